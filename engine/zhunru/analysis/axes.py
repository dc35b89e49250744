"""One fact of a request and its classes; how much of a quota is used among them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from zhunru.analysis.reads import Asked, Part
from zhunru.checker.resolved import (
    NOTHING,
    Choose,
    Const,
    Formula,
    LookUp,
    ParameterOf,
    Quota,
    RExpr,
)
from zhunru.checker.words import Phrase
from zhunru.compiler.atoms import open_formula, open_table

ClassOf = Callable[[Any], "int | None"]
"""What finds the class of a value on an axis; None: none that is known for sure."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A fact and its classes. `values[c]` stands for class `c`; `ends[c]` are the least and the
    greatest value of a class of numbers or days; `shares[c]` is its part of the domain. Not
    `exact`: the classes may not tell all outcomes apart."""

    asked: Asked
    values: tuple[Any, ...]
    ends: tuple[tuple[Any, Any], ...] = ()
    shares: tuple[Fraction, ...] = ()
    exact: bool = True


def even(asked: Asked, values: tuple[Any, ...], ends: tuple[Any, ...] = ()) -> Axis:
    """Return an axis each of whose classes is the same part of the domain."""
    return Axis(asked, values, ends, (Fraction(1, len(values)),) * len(values))


def stretch_of(axis: Axis) -> ClassOf:
    """Return what finds the class of a number or a day; None where it lies between single points.

    An axis without ends has one class for all of them, besides that of 无.
    """
    ends = axis.ends or ((None, None),) * len(axis.values)
    pairs = [(low, high, at) for at, (low, high) in enumerate(ends) if low is not NOTHING]
    lows: list[Any] = [low for low, _, _ in pairs if low is not None]
    # A first stretch that is open below has no low: places among `lows` lag one behind then.
    shift = len(pairs) - len(lows)
    nothing = next((at for at, value in enumerate(axis.values) if value is NOTHING), None)

    def class_of(value: Any) -> int | None:
        if value is NOTHING:
            return nothing
        place = bisect_right(lows, value) - 1 + shift
        if place < 0:
            return None
        low, high, at = pairs[place]
        inside = (low is None or low <= value) and (high is None or value <= high)
        return at if inside else None

    return class_of


def left_by(axes: Sequence[Axis]) -> Phrase | None:
    """Return why nothing is certain where these axes are not exact; None where there are none."""
    names = [axis.asked.name for axis in axes]
    if not names:
        return None
    return Phrase(
        f"用到“{'”“'.join(names)}”的条件超出了可以逐一判定的范围",
        f"conditions on {', '.join(names)} leave the exact fragment",
    )


def quota_axis(asked: Asked, quotas: Sequence[tuple[Part, Quota]]) -> Axis:
    """Return the classes of the use of a quota: room or none, whatever the limit is; where sets
    have limits of their own, how often it is used, or True for what is counted already."""
    if len({part.policy.digest for part, _ in quotas}) < 2 or _alike(quotas):
        return even(asked, (True, False))
    limits = [_limits(part, quota.limit) for part, quota in quotas]
    points = {floor(limit) for some in limits for limit in some or () if limit >= 1}
    lows = sorted({0, *points})
    ends = tuple(zip(lows, (*(low - 1 for low in lows[1:]), None), strict=True))
    if not any(quota.counted_by for _, quota in quotas):
        axis = even(asked, tuple(lows), ends)
    else:
        axis = even(asked, (*lows, True), (*ends, (True, True)))
    return Axis(asked, axis.values, axis.ends, axis.shares, None not in limits)


def _alike(quotas: Sequence[tuple[Part, Quota]]) -> bool:
    """Tell whether one constant is the limit of all, so that room for one is room for each."""
    limits = [_limits(part, quota.limit) for part, quota in quotas]
    return all(some is not None and len(some) == 1 and some == limits[0] for some in limits)


def _limits(part: Part, expr: RExpr | None) -> set[Decimal] | None:
    """Return the numbers that a limit may come to; None: it is reckoned from facts."""
    found: set[Decimal] = set()
    for leaf in () if expr is None else leaves_of(part, expr):
        if not isinstance(leaf, Const):
            return None
        if isinstance(leaf.value, Decimal):
            found.add(leaf.value)
    return found


def leaves_of(part: Part, expr: RExpr) -> Iterator[RExpr]:
    """Yield what an expression comes to in one case or another, tables and parameters opened."""
    if isinstance(expr, Choose):
        yield from leaves_of(part, expr.then)
        yield from leaves_of(part, expr.otherwise)
    elif isinstance(expr, LookUp):
        table = part.model.tables[expr.table]
        at = [name for name, _ in table.outputs].index(expr.column)
        for _, results in open_table(part.model, expr):
            yield from leaves_of(part, results[at])
    elif isinstance(expr, Formula):
        yield from leaves_of(part, open_formula(part.model, expr))
    elif isinstance(expr, ParameterOf):
        for _, low, high in part.model.parameters[expr.name].values:
            yield Const(high if expr.end == "high" and high is not None else low, expr.type)
    else:
        yield expr
