"""All requests to one or several sets: the classes of every fact together (a path) are a request.

`Verdicts.valid` says which of them can be. Registers and the use of quotas are facts too, so "for
every request" is whatever they hold.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any

from zhunru.analysis.axes import Axis
from zhunru.analysis.classes import Classes
from zhunru.analysis.forest import Forest
from zhunru.analysis.reads import MATCH, Asked, Part
from zhunru.checker.resolved import NOTHING
from zhunru.compiler.evaluate import Evaluator, Facts
from zhunru.compiler.registers import RegisterRow, covers, in_force
from zhunru.compiler.values import civil
from zhunru.vocabulary import TypeName


class Space(Classes):
    """The requests that one or several decisions are asked about; with `given`, those that agree
    with what is known of one request. Facts are diagrams over their classes."""

    @cached_property
    def levels(self) -> dict[Asked, int]:
        """Return at which level of the diagrams each fact is asked."""
        return {axis.asked: level for level, axis in enumerate(self.axes)}

    @cached_property
    def forest(self) -> Forest:
        """Return the diagrams over the facts."""
        return Forest([len(axis.values) for axis in self.axes])

    @cached_property
    def _values(self) -> dict[Asked, int]:
        return {}

    def value(self, asked: Asked) -> int:
        """Return the diagram of the value of a fact."""
        found = self._values.get(asked)
        if found is None:
            level = self.levels[asked]
            found = self._values[asked] = self.forest.of(level, self.axes[level].values)
        return found

    def fact(self, name: str) -> int:
        """Return the diagram of a field, whether it counts or is only known."""
        if name in self._fixed:
            return self.forest.end(self._fixed[name])
        return self.value(Asked("field", name))

    def held(self, part: Part, register: str, scope: str) -> int:
        """Return where a register holds what it is asked: for a unit field, any row (""), or
        `MATCH`."""
        known = self.given.registers.get(register) if self.given else None
        if known is None:
            return self.value(Asked("register", register, scope))
        if isinstance(known, bool):
            return self.forest.end(known)
        rows = (self._row_holds(part, register, row, scope) for row in known)
        return self.forest.some(rows)

    def _row_holds(self, part: Part, register: str, row: RegisterRow, scope: str) -> int:
        """Return where one row is in force, covers the unit, and shares the key fields (D18)."""
        forest = self.forest
        named = (row.start, row.end)
        found = forest.mapped(named, lambda day: in_force(row, day), self.law_day(part))
        shared = part.shared(register) if scope == MATCH else []
        unit = part.plan.addressee_field if scope == MATCH else scope
        scope_field = part.model.registers[register].scope_field
        if unit and row.scope is not None and scope_field not in shared:
            chart = part.model.chart

            def covered(value: Any) -> bool:
                return isinstance(value, str) and covers(chart, row, value)

            found = forest.both(
                found, forest.mapped((row.scope, id(chart)), covered, self.fact(unit))
            )
        for name in shared:
            found = forest.both(found, self._shares(part, name, row.values.get(name, NOTHING)))
        return found

    def _shares(self, part: Part, name: str, expected: Any) -> int:
        matter = part.plan.fields[name].type.name is TypeName.MATTER
        same_matter = Evaluator(part.model, self.anchor, Facts({}, {}, {})).same_matter

        def shares(value: Any) -> bool:
            if value is NOTHING or expected is NOTHING:
                return False
            if matter:
                return same_matter(value, expected)
            return type(value) is type(expected) and bool(value == expected)

        named = ("shares", part.policy.digest, matter, expected)
        return self.forest.mapped(named, shares, self.fact(name))

    def law_day(self, part: Part) -> int:
        """Return the diagram of the day whose law a set applies (D23)."""
        forest, name = self.forest, part.plan.governing_field
        if not name or self._undated:
            return self.value(Asked("received", ""))
        if self.given is not None and name not in self.given.free and name not in self._fixed:
            return self.forest.end(self.given.day)  # by whose law it is decided while it is open
        given = forest.mapped("civil", _civil, self.value(Asked("field", name)))
        if not part.plan.fields[name].type.optional:
            return given
        return forest.first(given, self.value(Asked("received", "")))

    @property
    def inexact(self) -> list[Axis]:
        """Return the facts whose classes may not show everything.

        Diagrams do not tell which of them count: what the classes leave out may be just what
        a diagram would hang on.
        """
        return [axis for axis in self.axes if not axis.exact]

    @cached_property
    def weights(self) -> dict[int, tuple[Fraction, ...]]:
        """Return, by level, which part of its domain each class holds (for `Forest.share`)."""
        return {level: axis.shares for level, axis in enumerate(self.axes)}


def _civil(value: Any) -> Any:
    return None if value is NOTHING else civil(value)
