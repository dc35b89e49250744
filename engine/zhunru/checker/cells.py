"""The cells of a column of a table: values that no row tells apart, and which tests they meet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations
from math import ceil, floor
from typing import Any

from zhunru.checker import resolved as r
from zhunru.checker.belonging import Belonging
from zhunru.checker.values import as_number, from_number
from zhunru.checker.words import Phrase, amount, at_least, at_most, joined, written
from zhunru.vocabulary import DAYS, ORDERED, Measure, TypeName

_MOST_MEMBERS = 8
_OTHERS = "\x00其他"  # every value that no row names; no text of a file can hold this sign
_COUNTED = frozenset(Measure) - {Measure.YUAN, Measure.PERCENT, Measure.YEAR, Measure.HOUR}
_ARITHMETIC: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


class Outside(Exception):
    """A test that no cells of its column alone decide; carries why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


Constant = Callable[[r.RExpr], Any]  # the value of an expression that reads no column


class Cells:
    """The cells of one column. `size` of them; bit `c` of a mask is cell `c`; `listed` leaves out
    the cell of all values that no row names, in a column that could hold anything."""

    def __init__(self, name: str, kind: r.Type) -> None:
        self.name = name
        self.kind = kind
        self.size = 0

    def mask(self, test: r.RExpr, constant: Constant) -> int:
        """Return the cells that meet a test; raises `Outside` where cells do not tell."""
        if isinstance(test, r.Every):
            found = self.every
            for each in test.operands:
                found &= self.mask(each, constant)
            return found
        if isinstance(test, r.Some):
            found = 0
            for each in test.operands:
                found |= self.mask(each, constant)
            return found
        if isinstance(test, r.Inverse):
            return self.every & ~self.mask(test.operand, constant)
        if isinstance(test, r.Test) and (nothing := self._against_nothing(test)) is not None:
            return nothing
        return self.leaf(test, constant)

    @property
    def every(self) -> int:
        """Return all cells."""
        return (1 << self.size) - 1

    @property
    def listed(self) -> int:
        """Return the cells on which a table can be expected to say something."""
        return self.every

    @property
    def nothing(self) -> int:
        """Return the cell of 无, the last one; none where the column is never 无."""
        return 1 << (self.size - 1) if self.kind.optional else 0

    def _against_nothing(self, test: r.Test) -> int | None:
        for side, other in ((test.left, test.right), (test.right, test.left)):
            if isinstance(other, r.Const) and other.value is r.NOTHING and self.is_own(side):
                return self.nothing if test.op == "==" else self.every & ~self.nothing
        return None

    def is_own(self, expr: r.RExpr) -> bool:
        """Tell whether an expression is the value of this column."""
        return isinstance(expr, r.FieldValue) and expr.name == self.name

    def leaf(self, test: r.RExpr, constant: Constant) -> int:
        """Return the cells that meet a single test; raises `Outside` where they do not tell."""
        raise NotImplementedError

    def words(self, mask: int) -> Phrase:
        """Return in words that the value is in one of the cells."""
        raise NotImplementedError

    def _with_nothing(self, mask: int, found: Phrase) -> Phrase:
        if not mask & self.nothing:
            return found
        if mask == self.nothing:
            return Phrase("为无", "is none")
        return Phrase(f"{found.zh}或者为无", f"{found.en} or none")


class Listed(Cells):
    """Cells of values that stand for themselves: choices, flags, texts, matters, units."""

    def __init__(self, name: str, kind: r.Type, values: Sequence[Any], *, open_: bool) -> None:
        super().__init__(name, kind)
        self.values = list(values)
        self.open = open_  # the last value stands for all that no row names
        self.places = {value: at for at, value in enumerate(self.values)}
        self.size = len(self.values) + kind.optional

    @property
    def listed(self) -> int:
        """Return the cells that some row names."""
        return self.every & ~(1 << (len(self.values) - 1)) if self.open else self.every

    def holding(self, values: Iterable[Any]) -> int:
        """Return the cells of some values."""
        found = 0
        for value in values:
            at = self.places.get(value)
            if at is not None:
                found |= 1 << at
        return found

    def leaf(self, test: r.RExpr, constant: Constant) -> int:
        """Return the cells that meet a single test; raises `Outside` where they do not tell."""
        if self.is_own(test):
            return self.holding((True,))
        if isinstance(test, r.OneOf) and self.is_own(test.left):
            return self.holding(test.values)
        if isinstance(test, r.Test) and test.op in ("==", "!="):
            for side, other in ((test.left, test.right), (test.right, test.left)):
                if self.is_own(side):
                    met = self.holding((self._plain(constant(other)),))
                    return met if test.op == "==" else self.every & ~self.nothing & ~met
        raise _not_here(self.name)

    def _plain(self, value: Any) -> Any:
        return r.normal_title(value) if self.kind.name is TypeName.MATTER else value

    def words(self, mask: int) -> Phrase:
        """Return in words that the value is one of some."""
        here = [v for at, v in enumerate(self.values) if mask >> at & 1]
        rest = [v for at, v in enumerate(self.values) if not mask >> at & 1]
        if self.open and mask >> (len(self.values) - 1) & 1:
            return self._with_nothing(mask, _is(rest, "不为", "is not"))
        if len(rest) == 1 and len(here) > 2:
            return self._with_nothing(mask, _is(rest, "不为", "is not"))
        return self._with_nothing(mask, _is(here, "为", "is"))


def _is(values: Sequence[Any], zh: str, en: str) -> Phrase:
    shown = joined(map(_shown, values))
    return Phrase(f"{zh}{shown.zh}", f"{en} {shown.en}")


def _shown(value: Any) -> Phrase:
    if isinstance(value, bool):
        return Phrase("是", "yes") if value else Phrase("否", "no")
    if isinstance(value, frozenset):
        return Phrase("、".join(sorted(value)) or "空", ", ".join(sorted(value)) or "none")
    text = str(value).removeprefix("\x00")
    return Phrase(text, text)


class Members(Listed):
    """Cells of sets: which of the members asked about they hold."""

    def __init__(self, name: str, kind: r.Type, members: Sequence[str]) -> None:
        if len(members) > _MOST_MEMBERS:
            raise Outside(
                f"“{name}”要分别看的选项超过 {_MOST_MEMBERS} 个",
                f"`{name}` is asked about more than {_MOST_MEMBERS} members",
            )
        sizes = range(len(members) + 1)
        # Every subset is a cell, hence the bound on members.
        sets = chain.from_iterable(combinations(members, size) for size in sizes)
        super().__init__(name, kind, [frozenset(each) for each in sets], open_=False)

    def leaf(self, test: r.RExpr, constant: Constant) -> int:
        """Return the cells that meet a single test; raises `Outside` where they do not tell."""
        if isinstance(test, r.Has) and self.is_own(test.left):
            item = constant(test.item)
            return self.holding(value for value in self.values if item in value)
        raise _not_here(self.name)


class Units(Listed):
    """Cells of units: those with the same answers to every test."""

    def __init__(
        self, name: str, kind: r.Type, units: Belonging, tests: Sequence[r.BelongsTo | r.IsUnit]
    ) -> None:
        self.units = units
        alike: dict[Any, str] = {}
        # The empty name stands for bodies outside the chart.
        for unit in (*units.units, ""):
            alike.setdefault(tuple(self._passes(unit, test) for test in tests), unit)
        none = tuple(False for _ in tests)
        alike.setdefault(none, "")
        others = alike.pop(none)
        super().__init__(name, kind, [*alike.values(), others], open_=True)

    def _passes(self, unit: str, test: r.BelongsTo | r.IsUnit) -> bool:
        if isinstance(test, r.IsUnit):
            return self.units.is_target(unit, test.target)
        return any(self.units.belongs(unit, target) for target in test.targets)

    def leaf(self, test: r.RExpr, constant: Constant) -> int:
        """Return the cells that meet a single test; raises `Outside` where they do not tell."""
        if isinstance(test, r.BelongsTo | r.IsUnit) and self.is_own(test.left):
            return self.holding(unit for unit in self.values if self._passes(unit, test))
        raise _not_here(self.name)


class Stretches(Cells):
    """Cells of numbers or days: the stretches between the thresholds of all rows."""

    def __init__(self, name: str, kind: r.Type, points: set[Fraction]) -> None:
        super().__init__(name, kind)
        self.points = points
        self.grid = _grid(kind)
        self.of_days = kind.name in DAYS
        low, high = _domain(kind)
        # In steps of the grid, in whole numbers: two cuts for each threshold, before it and behind
        # it.
        cuts = {ceil(point / self.grid) for point in points}
        cuts.update(floor(point / self.grid) + 1 for point in points)
        inner = [
            cut for cut in sorted(cuts)
            if (low is None or cut > low) and (high is None or cut <= high)
        ]  # fmt: skip
        self.lows = [low, *inner]
        self.highs = [*(cut - 1 for cut in inner), high]
        # One value of each cell; a first cell without a low end stands by its high end.
        self.values = [
            (0 if last is None else last) if first is None else first
            for first, last in zip(self.lows, self.highs, strict=True)
        ]
        self._keys = [value * self.grid for value in self.values]
        self.size = len(self.values) + kind.optional

    def leaf(self, test: r.RExpr, constant: Constant) -> int:
        """Return the cells that meet a single test; raises `Outside` where they do not tell."""
        if isinstance(test, r.Test):
            if self.is_own(test.left):
                return self._compared(test.op, constant(test.right))
            if self.is_own(test.right):
                return self._compared(_TURNED[test.op], constant(test.left))
        if isinstance(test, r.Within) and self.is_own(test.left):
            above = self._compared(">=", constant(test.low))
            return above & self._compared("<=", constant(test.high))
        raise _not_here(self.name)

    def _compared(self, op: str, value: Any) -> int:
        point = as_number(value)
        if point is None:
            return 0
        every = (1 << len(self.values)) - 1
        below = (1 << bisect_left(self._keys, point)) - 1
        upto = (1 << bisect_right(self._keys, point)) - 1
        found = {
            "<": below, "<=": upto, ">": every & ~upto, ">=": every & ~below,
            "==": upto & ~below, "!=": every & ~(upto & ~below),
        }  # fmt: skip
        return found[op]

    # --- words ---------------------------------------------------------------------------------

    def words(self, mask: int) -> Phrase:
        """Return in words that the value lies in one of some stretches."""
        parts = [self._stretch(first, last) for first, last in self._runs(mask)]
        return self._with_nothing(mask, joined(parts, "或者", " or "))

    def _runs(self, mask: int) -> Iterator[tuple[int, int]]:
        at = 0
        while at < len(self.values):
            if mask >> at & 1:
                first = at
                while at + 1 < len(self.values) and mask >> (at + 1) & 1:
                    at += 1
                yield first, at
            at += 1

    def _stretch(self, first: int, last: int) -> Phrase:
        low, high = self.lows[first], self.highs[last]
        if low is not None and low == high:
            shown = self._shown(low * self.grid)
            return Phrase(f"为{shown.zh}", f"is {shown.en}")
        ends = [self._low(low)] if first else []
        ends += [self._high(high)] if last + 1 < len(self.values) else []
        if not ends:
            return Phrase("为任何值", "is anything")
        return joined(ends, "且", " and ")

    def _low(self, low: int | None) -> Phrase:
        assert low is not None
        below = (low - 1) * self.grid
        if not self.of_days and low * self.grid not in self.points and below in self.points:
            shown = self._shown(below)
            return Phrase(f"超过{shown.zh}", f"is more than {shown.en}")
        return at_least(self._shown(low * self.grid), day=self.of_days)

    def _high(self, high: int | None) -> Phrase:
        assert high is not None
        above = (high + 1) * self.grid
        if not self.of_days and high * self.grid not in self.points and above in self.points:
            shown = self._shown(above)
            return Phrase(f"不满{shown.zh}", f"is less than {shown.en}")
        return at_most(self._shown(high * self.grid), day=self.of_days)

    def _shown(self, point: Fraction) -> Phrase:
        value = from_number(self.kind.name, point)
        if isinstance(value, date):
            return Phrase(written(value), written(value))
        return amount(value, self.kind.measure)


_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _not_here(name: str) -> Outside:
    return Outside(
        f"“{name}”一栏与别的栏或者现算的数比较", f"`{name}` is compared with more than constants"
    )


def _grid(kind: r.Type) -> Fraction:
    """Return the distance between two values; what is counted one by one has no fractions."""
    if kind.name is TypeName.DATE:
        return Fraction(1)
    if kind.name is TypeName.MOMENT:
        return Fraction(1, 1440)
    if kind.measure in _COUNTED and kind.low is None and kind.high is None:
        return Fraction(1)
    return Fraction(1, 10**kind.decimals)


def _domain(kind: r.Type) -> tuple[int | None, int | None]:
    grid = _grid(kind)
    if kind.name in DAYS:
        # Up to the last value before the day behind the calendar, which cannot be told.
        return ceil(1 / grid), ceil((date.max.toordinal() + 1) / grid) - 1
    low = kind.low
    if low is None and kind.measure is not None:
        low = Decimal(0)  # nobody counts fewer than none
    return (
        None if low is None else ceil(Fraction(low) / grid),
        None if kind.high is None else floor(Fraction(kind.high) / grid),
    )


# --- finding the cells -------------------------------------------------------------------------


def cells_of_column(
    name: str,
    kind: r.Type,
    tests: Iterable[r.RExpr],
    constants: Sequence[Constant],
    units: Belonging,
    *,
    declared: bool,
) -> Cells:
    """Return the cells of a column whose rows make these tests; raises `Outside`.

    Choices that no form or register declares are only those that the rows happen to name.
    """
    leaves = [leaf for test in tests for leaf in _leaves(test)]
    if kind.name in ORDERED:
        return Stretches(name, kind, set(_points(leaves, constants)))
    if kind.name is TypeName.FLAG:
        return Listed(name, kind, (True, False), open_=False)
    if kind.name is TypeName.CHOICE:
        values = kind.values if declared else (*kind.values, _OTHERS)
        return Listed(name, kind, values, open_=not declared)
    if kind.name in (TypeName.TEXT, TypeName.MATTER, TypeName.PERSON):
        texts = dict.fromkeys(_texts(leaves, constants[0], matter=kind.name is TypeName.MATTER))
        return Listed(name, kind, (*texts, _OTHERS), open_=True)
    if kind.name is TypeName.UNIT:
        asked = [leaf for leaf in leaves if isinstance(leaf, r.BelongsTo | r.IsUnit)]
        return Units(name, kind, units, list(dict.fromkeys(asked)))
    if kind.name in (TypeName.CHOICES, TypeName.UNITS):
        members = (constants[0](leaf.item) for leaf in leaves if isinstance(leaf, r.Has))
        return Members(name, kind, list(dict.fromkeys(members)))
    raise Outside(f"“{name}”一栏的类型不能逐格比较", f"values of `{name}` cannot be told apart")


def _leaves(test: r.RExpr) -> Iterator[r.RExpr]:
    if isinstance(test, r.Every | r.Some):
        for each in test.operands:
            yield from _leaves(each)
    elif isinstance(test, r.Inverse):
        yield from _leaves(test.operand)
    else:
        yield test


def parameters_in(test: r.RExpr) -> Iterator[str]:
    """Yield the names of the parameters with which a test compares a column."""
    for leaf in _leaves(test):
        if isinstance(leaf, r.Test):
            yield from _parameters(leaf.left)
            yield from _parameters(leaf.right)
        elif isinstance(leaf, r.Within):
            yield from _parameters(leaf.low)
            yield from _parameters(leaf.high)


def _parameters(expr: r.RExpr) -> Iterator[str]:
    if isinstance(expr, r.ParameterOf):
        yield expr.name
    elif isinstance(expr, r.Compute):
        yield from _parameters(expr.left)
        yield from _parameters(expr.right)


def _points(leaves: Iterable[r.RExpr], constants: Sequence[Constant]) -> Iterator[Fraction]:
    for leaf in leaves:
        sides: tuple[r.RExpr, ...] = ()
        if isinstance(leaf, r.Test):
            sides = (leaf.left, leaf.right)
        elif isinstance(leaf, r.Within):
            sides = (leaf.low, leaf.high)
        for side in sides:
            if isinstance(side, r.Const):
                point = as_number(side.value)
                if point is not None:
                    yield point
            elif not isinstance(side, r.FieldValue):
                yield from (p for c in constants if (p := as_number(c(side))) is not None)


def _texts(leaves: Iterable[r.RExpr], constant: Constant, *, matter: bool) -> Iterator[str]:
    for leaf in leaves:
        if isinstance(leaf, r.OneOf):
            yield from sorted(leaf.values)
        elif isinstance(leaf, r.Test):
            for side in (leaf.left, leaf.right):
                value = None if isinstance(side, r.FieldValue) else constant(side)
                if isinstance(value, str):
                    yield r.normal_title(value) if matter else value


def constant_on(parameters: Mapping[str, r.ResolvedParameter], day: date | None) -> Constant:
    """Return what evaluates expressions that read no column, with parameters of a day.

    It raises `Outside` for what has no value before a request is there.
    """

    def constant(expr: r.RExpr) -> Any:
        if isinstance(expr, r.Const):
            return expr.value
        if isinstance(expr, r.ParameterOf) and day is not None:
            return _parameter(parameters[expr.name], expr.end, day)
        if isinstance(expr, r.Compute) and expr.op in _ARITHMETIC:
            left, right = as_number(constant(expr.left)), as_number(constant(expr.right))
            if left is None or right is None:
                return r.NOTHING
            return from_number(TypeName.NUMBER, _ARITHMETIC[expr.op](left, right))
        raise Outside("有一格要与现算的数比较", "a cell is compared with what is computed")

    return constant


def _parameter(parameter: r.ResolvedParameter, end: str, day: date) -> Any:
    found: Any = r.NOTHING
    if parameter.end is None or day <= parameter.end:
        for start, low, high in parameter.values:
            if start <= day:
                found = high if end == "high" and high is not None else low
    return found
