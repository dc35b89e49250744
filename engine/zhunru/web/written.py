"""What is written of many decisions alike, in answers and in the log: made once, then put together.

`log_lines` and `deciding` say what stands in a line and in an answer; what is put together here
is the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from zhunru.compiler.request import Request
from zhunru.decision import Decision
from zhunru.request_facts import RequestFacts
from zhunru.vocabulary import Outcome
from zhunru.web.log_lines import BLOCK, VERSION, plain

_MOST_KEPT = 100_000
_HEAD, _HEAD_OF_BLOCK = b'{"v":%d,"at":' % VERSION, b'{"v":%d,"at":' % BLOCK
_Key = tuple[str, str, str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is written for all requests with one answer: in a batch what follows the number of the
    line, in the log the result, and the brief answer, both up to the day whose law was applied."""

    outcome: str
    line: bytes
    result: bytes
    brief: bytes
    alone: bytes  # the result without the day, as an object


_DAY = b',"as_of":'


class Written:
    """What is written of the decisions of one kind by one set."""

    def __init__(self, digest: str, decision: str) -> None:
        self._told: dict[_Key, Told] = {}
        self._around: dict[tuple[str, date, str | None], tuple[bytes, bytes, bytes]] = {}
        self._names = _inside({"digest": digest, "decision": decision})
        self._digest = b',"digest":"' + digest.encode() + b'"}'

    # --- answers ---------------------------------------------------------------------------------

    def told(
        self, outcome: str, code: str, clause: str, basis: str, missing: tuple[str, ...] = ()
    ) -> Told:
        """Return what is written for an answer."""
        key = (outcome, code, clause, basis, missing)
        found = self._told.get(key)
        if found is None:
            if len(self._told) >= _MOST_KEPT:
                self._told.clear()
            found = self._told[key] = _told(*key)
        return found

    def told_of(self, found: Decision) -> tuple[Told, bytes]:
        """Return what is written for a decision, in the log and as brief answer, and its day."""
        outcome = found.outcome
        basis = "" if outcome is Outcome.INCOMPLETE else found.basis
        key = (outcome._value_, found.code, found.clause, basis, ())
        return self._told.get(key) or self.told(*key), orjson.dumps(found.as_of)

    def brief(self, told: Told, day: bytes) -> bytes:
        """Return the brief answer of a decision that lacks nothing."""
        return b"%b%b%b" % (told.brief, day, self._digest)

    # --- the log ---------------------------------------------------------------------------------

    def entry(self, at: datetime, caller: str, request: Request, told: Told, day: bytes) -> bytes:
        """Return the line of a decision up to the digest before it, for a request that gives
        nothing but facts, to a form without confidential fields."""
        key = (caller, request.received, request.asserted_by)
        before, after, _ = self._around.get(key) or self._of(*key)
        facts = orjson.dumps(request.facts, default=plain)
        return b"".join((_HEAD, orjson.dumps(at), before, facts, after, told.result, day, b"}"))

    def block(
        self,
        at: datetime,
        caller: str,
        facts: RequestFacts,
        previous: str,
        text: bytes,
        told: Sequence[Told],
        days: Sequence[bytes],
        kinds: Iterable[Told],
    ) -> tuple[bytes, ...]:
        """Return the texts of a block of the log for requests that `text` holds as they came: what
        they have in common is said once, in the line before them. `kinds` are what is told, each
        once."""
        numbers = {each: number for number, each in enumerate(kinds)}
        head = (
            _HEAD_OF_BLOCK,
            orjson.dumps(at),
            self._of(caller, facts.received, facts.asserted_by)[2],
            b",".join([each.alone for each in numbers]),
            b'],"told":',
            orjson.dumps(list(map(numbers.__getitem__, told))),
            b',"as_of":[',
            b",".join(days),
            b'],"previous":"' + previous.encode() + b'"}\n',
        )
        return b"".join(head), text, b"\n"

    def _of(
        self, caller: str, received: date, asserted_by: str | None
    ) -> tuple[bytes, bytes, bytes]:
        """Return what stands between the instant and the facts, between facts and result, and in
        the head of a block between the instant and the results."""
        key = (caller, received, asserted_by)
        found = self._around.get(key)
        if found is None:
            if len(self._around) >= _MOST_KEPT:
                self._around.clear()
            before = b"," + _inside({"by": caller}) + b"," + self._names + b',"given":{'
            rest: dict[str, Any] = {"received": received.isoformat()}
            if asserted_by is not None:
                rest["asserted_by"] = asserted_by
            given = _inside(rest) + b"}"
            after, common = b"," + given + b',"result":', before + given + b',"results":['
            found = self._around[key] = (before + b'"facts":', after, common)
        return found


def _told(outcome: str, code: str, clause: str, basis: str, missing: tuple[str, ...]) -> Told:
    result = {"outcome": outcome, "code": code, "clause": clause, "basis": basis}
    line = {**result, "missing": list(missing)}
    rest = b"," + orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)[1:]
    inside, brief = b"{" + _inside(result), b"{" + _inside(line) + _DAY
    return Told(outcome, rest, inside + _DAY, brief, inside + b"}")


def _inside(members: Mapping[str, Any]) -> bytes:
    """Return the text of the members of an object."""
    return orjson.dumps(members)[1:-1]
