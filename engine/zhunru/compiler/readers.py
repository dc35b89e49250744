"""How the clauses tell the values of unknown facts apart, for one request on one day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from zhunru.checker.resolved import normal_title
from zhunru.compiler.evaluate import Fact, Facts
from zhunru.compiler.judge import Judge
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.quotas import quota_names
from zhunru.compiler.registers import RegisterRow, covers, in_force
from zhunru.compiler.supports import Support, support_of
from zhunru.compiler.values import UNKNOWN

_UNSEEN = object()


class Reader(NamedTuple):
    """An unknown fact that a clause reads; `same` maps a value to its class (None: to itself)."""

    fact: Fact
    same: Callable[[Any], Any] | None


class Readers:
    """Finds which unknown facts each clause reads; `matter` is the field if it is unknown."""

    def __init__(self, plan: Plan, model: Model, day: date, known: Facts, matter: str) -> None:
        self.plan = plan
        self.model = model
        self.day = day
        self.known = known
        self.matter = matter
        self._judge = Judge(plan, model, day, known)
        self._found: dict[int, tuple[Reader, ...]] = {}
        self._classes: dict[tuple[int, Fact], dict[Any, Any]] = {}

    def of(self, number: int) -> tuple[Reader, ...]:
        """Return the unknown facts that clause `number` reads."""
        found = self._found.get(number)
        if found is None:
            support = support_of(self.plan, self.model, number)
            found = self._found[number] = tuple(self._make(number, support))
        return found

    def seen(self, number: int, reader: Reader, value: Any) -> Any:
        """Return the class of a value for clause `number`."""
        if reader.same is None:
            return value
        classes = self._classes.setdefault((number, reader.fact), {})
        found = classes.get(value, _UNSEEN)
        if found is _UNSEEN:
            found = classes[value] = reader.same(value)
        return found

    def _make(self, number: int, support: Support) -> Iterator[Reader]:
        yield from self._fields(support)
        for register in support.registers:
            if self.known.registers.get(register) is None:
                yield Reader(Fact("register", register), None)
        clause = self.plan.clauses[number]
        for quota in clause.quotas:
            given = any(name in self.known.quotas for name in quota_names(quota, clause))
            if quota.limit is not None and not given:
                yield Reader(Fact("quota", quota.key), None)

    def _fields(self, support: Support) -> Iterator[Reader]:
        covering, shared = self._rows_asked(support)
        whole = {*support.plain, *shared}
        for name in dict.fromkeys((*support.plain, *shared, *support.tests, *covering)):
            if self.known.values.get(name, UNKNOWN) is UNKNOWN:
                asked = None if name in whole else self._unit_asked(support, covering, name)
                yield Reader(Fact("field", name), asked)
        if self.matter and support.named and self.matter not in whole:
            yield Reader(Fact("field", self.matter), self._matter_asked(support.named))

    def _rows_asked(self, support: Support) -> tuple[dict[str, list[RegisterRow]], dict[str, None]]:
        """Return the unit fields that known rows may cover, with these rows; and the fields whose
        values they are compared with."""
        covering: dict[str, list[RegisterRow]] = {}
        shared: dict[str, None] = {}
        for register, scope in support.scopes:
            covering.setdefault(scope, []).extend(self._rows(register))
        for register in support.rows:
            rows = self._rows(register)
            if rows:
                shared.update(dict.fromkeys(self._judge.shared(register)))
                if self.plan.addressee_field:
                    covering.setdefault(self.plan.addressee_field, []).extend(rows)
        return {name: rows for name, rows in covering.items() if rows}, shared

    def _rows(self, register: str) -> list[RegisterRow]:
        rows = self.known.registers.get(register)
        if not isinstance(rows, Sequence):
            return []
        return [row for row in rows if in_force(row, self.day)]

    def _unit_asked(
        self, support: Support, covering: Mapping[str, list[RegisterRow]], name: str
    ) -> Callable[[Any], Any]:
        """Return what a clause sees of a unit: its answers to the tests, and the rows over it."""
        chart = self.model.chart
        tests = tuple(support.tests.get(name, ()))
        rows = covering.get(name, [])

        def seen(unit: Any) -> Any:
            if not isinstance(unit, str):
                return unit
            return (
                tuple(
                    any((chart.belongs if below else chart.is_target)(unit, t) for t in targets)
                    for below, targets in tests
                ),
                tuple(covers(chart, row, unit) for row in rows),
            )

        return seen

    def _matter_asked(self, named: Mapping[int, None]) -> Callable[[Any], Any]:
        """Return what a clause sees of a matter that only those named after 除外 ask about."""
        index = self.plan.index

        def seen(matter: Any) -> Any:
            if not isinstance(matter, str):
                return matter
            return tuple(number for number in index.find(normal_title(matter)) if number in named)

        return seen
