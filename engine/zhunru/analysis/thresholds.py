"""Numbers and days by class: the thresholds of all tests, and what stands between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from zhunru.checker.resolved import ParameterOf, ResolvedField, RExpr, Test, Within
from zhunru.checker.values import from_number
from zhunru.compiler.atoms import opened
from zhunru.compiler.evaluate import Evaluator, Facts
from zhunru.compiler.linear import Analyst, Turns
from zhunru.compiler.model import Model
from zhunru.vocabulary import DAYS, TypeName

MOST_POINTS = 2_000  # values of one field that are tried one by one
_MINUTES = 1440


class Stretch(NamedTuple):
    """Values of one class: all from `low` to `high` (None: without end); `value` is one of them."""

    value: Any
    low: Any
    high: Any


class Stretches(NamedTuple):
    """The classes of a number or day; not `exact`: they may not tell every outcome apart."""

    found: tuple[Stretch, ...]
    exact: bool


def turns_of(model: Model, atoms: Iterable[Test | Within], known: Mapping[str, Any]) -> Turns:
    """Return where tests turn, whatever the day is on which parameters are read.

    `known` are values of fields that do not change.
    """
    found = Turns({}, {}, set(), set())
    plain: list[Test | Within] = []
    dated: list[Test | Within] = []
    for atom in atoms:
        (dated if _reads_parameter(model, atom) else plain).append(atom)
    for day in _parameter_days(model) if dated else ():
        _add(found, _turns_on(model, day, dated, known))
    _add(found, _turns_on(model, date.max, plain, known))
    return found


def _reads_parameter(model: Model, expr: RExpr) -> bool:
    if isinstance(expr, ParameterOf):
        return True
    return any(_reads_parameter(model, part) for part in opened(model, expr))


def _parameter_days(model: Model) -> list[date]:
    return sorted({start for p in model.parameters.values() for start, _, _ in p.values})


def _turns_on(
    model: Model, day: date, atoms: Sequence[Test | Within], known: Mapping[str, Any]
) -> Turns:
    # Nothing else is known: what evaluates to a value is the same for every request of that day.
    constant = Evaluator(model, day, Facts(dict(known), {}, {}))
    analyst = Analyst(model, constant.value, lambda name: name not in known)
    for atom in atoms:
        analyst.read(atom)
    for name in analyst.turns.kinds:
        analyst.turns.points.setdefault(name, set()).update(_calendar_turns(model))
    return analyst.turns


# A day begins between two minutes: a cut there leaves no class of one instant.
_BEFORE = Fraction(1, 2 * 24 * 60)


def _calendar_turns(model: Model) -> set[Fraction]:
    """Return where a day of another kind begins, and where the published days begin and end."""
    return {Fraction(day.toordinal()) - _BEFORE for day in model.calendar.turns}


def _add(found: Turns, more: Turns) -> None:
    for name, points in more.points.items():
        found.points.setdefault(name, set()).update(points)
    for pair, gaps in more.distances.items():
        found.distances.setdefault(pair, set()).update(gaps)
    found.opaque.update(more.opaque)
    found.kinds.update(more.kinds)


def together(turns: Sequence[Turns]) -> Turns:
    """Return the turns of several sets as those of one."""
    found = Turns({}, {}, set(), set())
    for each in turns:
        _add(found, each)
    return found


# --- classes ---------------------------------------------------------------------------------


class Scale(NamedTuple):
    """The domain of a field on its grid: steps from `low` to `high`, each `grid` apart."""

    kind: TypeName
    grid: Fraction
    low: int | None
    high: int | None

    def typed(self, step: int) -> Any:
        """Return the value that a step stands for."""
        return from_number(self.kind, step * self.grid)


def scale_of(fields: Sequence[ResolvedField]) -> Scale:
    """Return the domain of a field; of one that stands in several forms, what holds all."""
    kind = fields[0].type.name
    if kind is TypeName.DATE:
        return Scale(kind, Fraction(1), 1, date.max.toordinal())
    if kind is TypeName.MOMENT:
        last = date.max.toordinal() * _MINUTES + _MINUTES - 1
        return Scale(kind, Fraction(1, _MINUTES), _MINUTES, last)
    grid = Fraction(1, 10 ** max(field.type.decimals for field in fields))
    lows = [field.type.low for field in fields]
    highs = [field.type.high for field in fields]
    known_lows = [low for low in lows if low is not None]
    known_highs = [high for high in highs if high is not None]
    low = min(known_lows) if len(known_lows) == len(lows) else None
    high = max(known_highs) if len(known_highs) == len(highs) else None
    return Scale(
        kind,
        grid,
        None if low is None else ceil(Fraction(low) / grid),
        None if high is None else floor(Fraction(high) / grid),
    )


class Numbers:
    """The classes of every number and day of a space."""

    def __init__(
        self,
        scales: dict[str, Scale],
        turns: Turns,
        ends: dict[str, set[Fraction]],
        anchor: date,
    ) -> None:
        self.scales = scales
        self.turns = turns
        self.ends = ends  # where a form of one set ends that of another goes on
        self.anchor = anchor

    def of(self, name: str) -> Stretches:
        """Return the classes of a field."""
        scale = self.scales[name]
        if name in self.turns.opaque:
            return self._every(scale)
        linked = self._linked(name)
        if len(linked) > 1:
            return self._points(name, linked)
        points = {*self.turns.points.get(name, ()), *self.ends.get(name, ())}
        return Stretches(tuple(self._between(scale, points)), True)

    def _between(self, scale: Scale, points: set[Fraction]) -> Iterator[Stretch]:
        """Yield the stretches in which no test turns: a threshold belongs to neither side."""
        cuts = {ceil(point / scale.grid) for point in points}
        cuts.update(floor(point / scale.grid) + 1 for point in points)
        inner = [
            cut
            for cut in sorted(cuts)
            if (scale.low is None or cut > scale.low) and (scale.high is None or cut <= scale.high)
        ]
        lows = [scale.low, *inner]
        highs = [*(cut - 1 for cut in inner), scale.high]
        for low, high in zip(lows, highs, strict=True):
            yield self._stretch(scale, low, high)

    def _stretch(self, scale: Scale, low: int | None, high: int | None) -> Stretch:
        days = scale.kind in DAYS
        first = None if low is None or (days and low == scale.low) else scale.typed(low)
        last = None if high is None or (days and high == scale.high) else scale.typed(high)
        return Stretch(self._stands(scale, first, last), first, last)

    def _stands(self, scale: Scale, first: Any, last: Any) -> Any:
        if first is not None:
            return first
        if last is not None:
            return last
        if scale.kind not in DAYS:
            return Decimal(0)
        moment = scale.kind is TypeName.MOMENT
        return datetime.combine(self.anchor, time()) if moment else self.anchor

    def _every(self, scale: Scale) -> Stretches:
        """Every value, where tests leave the forms that are understood; some, if too many."""
        low, high = scale.low, scale.high
        whole = low is not None and high is not None and high - low < MOST_POINTS
        if not whole:
            low = low if low is not None and scale.kind not in DAYS else self._step(scale)
            high = low + 99
        assert low is not None
        assert high is not None
        values = [scale.typed(step) for step in range(low, high + 1)]
        return Stretches(tuple(Stretch(value, value, value) for value in values), whole)

    def _step(self, scale: Scale) -> int:
        """Return a step to start from where a domain has no ends."""
        if scale.kind is TypeName.DATE:
            return self.anchor.toordinal()
        return self.anchor.toordinal() * _MINUTES if scale.kind is TypeName.MOMENT else 0

    # --- fields that are compared with each other --------------------------------------------

    def _linked(self, name: str) -> set[str]:
        """Return the fields that hang together with one by differences, itself included."""
        found, waiting = {name}, [name]
        while waiting:
            here = waiting.pop()
            for pair in self.turns.distances:
                if here in pair:
                    waiting.extend(pair - found)
                    found |= pair
        return found

    def _points(self, name: str, linked: set[str]) -> Stretches:
        """Return the values that a solution of difference bounds can be moved to.

        A system of `x - y <= c` and `x <= t` that has a solution has one in which each field is a
        threshold of some field plus the gaps along a way to it, a step more or less for each
        strict bound: so these points show every outcome.
        """
        scale = self.scales[name]
        if len({self.scales[each].grid for each in linked}) > 1:
            return Stretches(self._typed(scale, self._near(name, linked, scale)), False)
        points = self._near(name, linked, scale)
        if len(points) > MOST_POINTS:
            return Stretches(self._typed(scale, points[:: len(points) // 100]), False)
        return Stretches(self._typed(scale, points), True)

    def _typed(self, scale: Scale, steps: Sequence[int]) -> tuple[Stretch, ...]:
        values = [scale.typed(step) for step in steps]
        return tuple(Stretch(value, value, value) for value in values)

    def _near(self, name: str, linked: set[str], scale: Scale) -> list[int]:
        reach = self._reach(name, linked)
        anchors = {
            (other, point)
            for other in linked
            for point in (*self.turns.points.get(other, ()), *self._rims(other))
        }
        found: set[int] = set()
        for other, point in anchors:
            for move in reach.get(other, ()):
                step = floor((point + move) / scale.grid)
                found.update(range(step - len(linked), step + len(linked) + 2))
        low, high = scale.low, scale.high
        return sorted(s for s in found if (low is None or s >= low) and (high is None or s <= high))

    def _rims(self, name: str) -> list[Fraction]:
        """Return the ends of a domain as thresholds; one point of a domain without ends."""
        scale = self.scales[name]
        found = [*self.ends.get(name, ())]
        if scale.kind in DAYS:
            return found or [self._step(scale) * scale.grid]
        ends = [end for end in (scale.low, scale.high) if end is not None]
        found.extend(end * scale.grid for end in ends)
        return found or [Fraction(0)]

    def _reach(self, name: str, linked: set[str]) -> dict[str, set[Fraction]]:
        """Return how far each linked field may stand from this one along simple ways."""
        found: dict[str, set[Fraction]] = {}

        def walk(here: str, moved: Fraction, seen: frozenset[str]) -> None:
            moves = found.setdefault(here, set())
            moves.add(moved)
            if len(moves) > MOST_POINTS:
                return
            for pair, gaps in self.turns.distances.items():
                for there in pair - seen if here in pair else ():
                    for gap in gaps:
                        walk(there, moved + gap, seen | {there})
                        walk(there, moved - gap, seen | {there})

        walk(name, Fraction(0), frozenset((name,)))
        return {other: found[other] for other in linked if other in found}
