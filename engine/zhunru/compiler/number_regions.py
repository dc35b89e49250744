"""Representatives of unknown numbers and days: values around the thresholds of the clauses."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, permutations
from math import floor
from typing import Any

from zhunru.checker.resolved import FieldValue, ResolvedField, RExpr, Test, Within
from zhunru.checker.values import as_number, from_number
from zhunru.compiler.asked import Asked, sides
from zhunru.compiler.atoms import opened
from zhunru.compiler.linear import Analyst
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import DAYS, ORDERED, TypeName

_MAX_DOMAIN = 2000  # points of an opaque numeric domain that are tried one by one
_PAST = date.max.toordinal() + 1


class NumberRegions:
    """Finds the representatives of unknown numbers and days by what is asked of them."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def of(self, field: ResolvedField) -> tuple[Any, ...]:
        """Return the representatives of a field; `asked` is not exact where they miss some."""
        analyst = self._analyst
        grid = _grid(field)
        if field.name in analyst.turns.opaque:
            return self._all_numbers(field, grid)
        points = self._anchored(field.name, analyst)
        low, high = _bounds(field)
        found: set[int] = set()
        for point in points:
            step = floor(point / grid)
            found.update(step + shift for shift in self._shifts(analyst, field.name))
        if low is not None:
            found.add(floor(low / grid))
        if high is not None:
            found.add(floor(high / grid))
        if field.name in analyst.turns.kinds:
            found.update(self._kinds_of_days(field.name, points, analyst))
        if not found:
            found.add(self._somewhere(field, grid))
        inside = (
            step * grid
            for step in sorted(found)
            if (low is None or low <= step * grid) and (high is None or step * grid <= high)
        )
        return tuple(from_number(field.type.name, number) for number in inside)

    def _kinds_of_days(self, name: str, points: set[Fraction], analyst: Analyst) -> set[int]:
        """Return a day of each kind between any two thresholds: what 逢 asks can tell them apart.

        Days that hang together with other days are not seen through as far as that.
        """
        if any(name in pair for pair in analyst.turns.distances):
            self.asked.exact = False
        near = (floor(point) + shift for point in points for shift in (0, 1))
        cuts = sorted({1, *(cut for cut in near if 1 < cut < _PAST), _PAST})
        found: set[int] = set()
        for low, high in pairwise(cuts):
            first, last = date.fromordinal(max(low, 1)), date.fromordinal(min(high, _PAST) - 1)
            found.update(d.toordinal() for d in self.asked.model.calendar.one_of_each(first, last))
        return found

    def _shifts(self, analyst: Analyst, name: str) -> range:
        """Neighbours of a threshold on the grid: more of them where fields hang together."""
        linked = sum(name in pair for pair in analyst.turns.distances)
        return range(-1 - linked, 3 + linked)

    def _anchored(self, name: str, analyst: Analyst) -> set[Fraction]:
        """Return thresholds, and those of linked fields moved by the distances tested."""
        turns = analyst.turns
        found = set(turns.points.get(name, ()))
        reach = {name: {Fraction(0)}}
        for _ in range(3):
            for pair, gaps in turns.distances.items():
                for here, there in permutations(sorted(pair)):
                    if here in reach and there not in reach:
                        reach[there] = {r + s for r in reach[here] for g in gaps for s in (g, -g)}
        for other, moves in reach.items():
            anchors = set(turns.points.get(other, ())) | self._ends(other)
            if other != name or len(reach) > 1:
                found.update(anchor + move for anchor in anchors for move in moves)
        return found

    def _ends(self, name: str) -> set[Fraction]:
        """Return an anchor for a field without thresholds: the ends of its domain, or a point."""
        field = self.asked.plan.fields[name]
        ends = {end for end in _bounds(field) if end is not None}
        return ends or {self._somewhere(field, _grid(field)) * _grid(field)}

    def _somewhere(self, field: ResolvedField, grid: Fraction) -> int:
        if field.type.name in DAYS:
            return floor(Fraction(self.asked.day.toordinal()) / grid)
        return 1

    def _all_numbers(self, field: ResolvedField, grid: Fraction) -> tuple[Any, ...]:
        low, high = _bounds(field)
        if low is None or high is None or (high - low) / grid > _MAX_DOMAIN:
            self.asked.exact = False
            low, high = low or Fraction(0), high or (low or Fraction(0)) + 100 * grid
        steps = range(floor(low / grid), floor(high / grid) + 1)
        stride = max(1, len(steps) // _MAX_DOMAIN)
        return tuple(from_number(field.type.name, step * grid) for step in steps[::stride])

    @cached_property
    def _analyst(self) -> Analyst:
        """Return where the tests of numbers and days turn."""
        asked, values = self.asked, self.asked.facts.values
        found = Analyst(
            asked.model, asked.known.value, lambda name: values.get(name, UNKNOWN) is UNKNOWN
        )
        for atom in asked.atoms():
            # Where no unknown number or day is read, nothing turns.
            if isinstance(atom, Test | Within) and any(map(self._reads_number, sides(atom))):
                found.read(atom)
        self._read_rows(found)
        return found

    def _reads_number(self, expr: RExpr) -> bool:
        if isinstance(expr, FieldValue):
            field = self.asked.plan.fields.get(expr.name)
            known = self.asked.facts.values.get(expr.name, UNKNOWN) is not UNKNOWN
            return field is not None and field.type.name in ORDERED and not known
        return any(self._reads_number(part) for part in opened(self.asked.model, expr))

    def _read_rows(self, analyst: Analyst) -> None:
        for row in self.asked.rows_matched():
            for name, value in row.values.items():
                number = as_number(value)
                if number is not None and name in self.asked.plan.fields:
                    analyst.turns.points.setdefault(name, set()).add(number)


def _grid(field: ResolvedField) -> Fraction:
    """Return the distance between neighbouring values of a field."""
    if field.type.name is TypeName.DATE:
        return Fraction(1)
    if field.type.name is TypeName.MOMENT:
        return Fraction(1, 1440)
    return Fraction(1, 10**field.type.decimals)


def _bounds(field: ResolvedField) -> tuple[Fraction | None, Fraction | None]:
    if field.type.name in DAYS:
        return Fraction(1), Fraction(date.max.toordinal())
    low, high = field.type.low, field.type.high
    return (
        None if low is None else Fraction(low),
        None if high is None else Fraction(high),
    )
