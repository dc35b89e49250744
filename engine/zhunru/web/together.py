"""Lines of a batch that are answered together: plain requests of one kind are decided once.

Which requests have one answer is found by the columns engine; here their answers and their lines
of the log are put together from pieces that were written before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson

from zhunru.batch.columns import ColumnsEngine
from zhunru.batch.kinds import fits_diagrams
from zhunru.batch.numbers import BY_ITSELF
from zhunru.request_facts import RequestFacts
from zhunru.web.members import Members, Row
from zhunru.web.tenants import Asked, Current
from zhunru.web.written import Told

MOST_CLASSES = 30_000  # classes of days, times clauses: past this a first answer takes too long
_MOST_KEPT = 100_000
_MOST_ENGINES = 8  # days and callers for whom answers are kept


class Together:
    """What is known of the answers to plain requests of some callers, on one day."""

    def __init__(self, current: Current, asked: Asked, facts: RequestFacts) -> None:
        self._facts = facts
        self._fields = asked.plan.fields
        self._governing = asked.plan.governing_field
        self._engine = ColumnsEngine(
            current.policy,
            received=facts.received,
            asserted_by=facts.asserted_by,
            decision=asked.name,
            most=_MOST_KEPT,
        )
        self._days: dict[Any, bytes] = {}
        self._written = asked.written
        self._begin()

    def _begin(self) -> None:
        """Begin with no pieces of lines: what numbers they have hangs on those of the engine."""
        self._begun = self._engine.begun
        self._members = Members(
            self._number, self._day, self._governing or "", self._takes_any_text
        )
        self._rows: dict[Row, Told | None] = {}

    @classmethod
    def of(cls, current: Current, asked: Asked, facts: RequestFacts) -> Together | None:
        """Return what is known; None for a decision of which each request is decided by itself."""
        known = asked.together
        if known is None:
            return None
        key = (facts.received, facts.asserted_by)
        found: Together | None = known.get(key)
        if found is None:
            if asked.secret or not fits_diagrams(current.policy, asked.plan, MOST_CLASSES):
                asked.together = None
                return None
            while len(known) >= _MOST_ENGINES:
                del known[next(iter(known))]
            found = known[key] = cls(current, asked, facts)
        return found

    def pieces(self, marked: bytes) -> tuple[list[Told | None], Sequence[bytes]]:
        """Return what is told of each line, with the day whose law applies; None for each that has
        to be read to know. The ends of lines are marked."""
        too_many = len(self._rows) > _MOST_KEPT or self._members.is_full
        if too_many or self._begun != self._engine.begun:
            self._begin()
        parted, known = self._members.part(marked), self._rows
        try:
            return self._members.look_up(parted, known)
        except (LookupError, ValueError):
            found = self._members.read(parted)
            for row in dict.fromkeys(found.rows):
                if row not in known:
                    known[row] = self._of_row(row)
            return list(map(known.get, found.rows)), found.days

    def _of_row(self, row: Row) -> Told | None:
        facts = self._members.of_row(row)
        if facts is None or not facts.keys() <= self._fields.keys():
            return None
        found = self._engine.plain(facts)
        if found is None:
            return None
        assert found.outcome is not None
        outcome = found.outcome.value
        return self._written.told(outcome, found.code, found.clause, found.basis, found.missing)

    def _number(self, name: str, value: Any) -> int:
        return self._engine.number(name, value) if name in self._fields else BY_ITSELF

    def _takes_any_text(self, name: str) -> bool:
        return name in self._fields and self._engine.takes_any_text(name)

    def _day(self, given: Any) -> bytes:
        found = self._days.get(given)
        if found is None:
            if len(self._days) > _MOST_KEPT:
                self._days.clear()
            found = self._days[given] = orjson.dumps(self._engine.law_day(given))
        return found

    def log_block(
        self,
        at: datetime,
        caller: str,
        previous: str,
        text: bytes,
        told: Sequence[Told],
        days: Sequence[bytes],
        kinds: Iterable[Told],
    ) -> tuple[bytes, ...]:
        """Return the texts of the block of the log for requests that `text` holds as they came."""
        return self._written.block(at, caller, self._facts, previous, text, told, days, kinds)


_NUMBERED = b'{"line":%d'
_BEGINNINGS = [_NUMBERED % number for number in range(10_000)]


def answer_lines(numbers: Sequence[int], told: Sequence[Told]) -> bytes:
    """Return the lines of the answer."""
    if isinstance(numbers, range) and numbers.stop <= len(_BEGINNINGS):
        begin = _BEGINNINGS[numbers.start : numbers.stop]
    else:
        begin = list(map(_NUMBERED.__mod__, numbers))
    # Two slices take half as long as pairs do, and are refused like those if one is shorter.
    pieces = [b""] * (2 * len(told))
    pieces[::2] = begin
    pieces[1::2] = [each.line for each in told]
    return b"".join(pieces)
