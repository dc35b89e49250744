"""Values as the engine computes with them: 未知 beside every known value, and how they compare."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from zhunru.checker.resolved import NOTHING
from zhunru.syntax.expressions import ArithOp, CompareOp


class _Unknown:
    """The value 未知: a fact that has not been given."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    # Copied by its name, so that it stays the one object that `is` asks for.
    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()

AND_MORE = "\x01|"
"""Stands, in a text made up for a class of texts, before the parts that it holds beside others."""

_COMPARE: dict[CompareOp, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}

# Sums, differences and products of bounded decimals are exact; a quotient has 50 digits.
_EXACT = Context(prec=50, traps=[InvalidOperation, DivisionByZero, Overflow])

_SETTLED = Context(prec=40)

_ARITHMETIC: dict[ArithOp, Callable[[Decimal, Decimal], Decimal]] = {
    "+": _EXACT.add,
    "-": _EXACT.subtract,
    "*": _EXACT.multiply,
    "/": _EXACT.divide,
}


def compare(op: CompareOp, left: Any, right: Any) -> bool:
    """Return `left op right` of two known values, neither of them 无."""
    return _COMPARE[op](*_alike(left, right))


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """A day against a moment: the moment's day counts."""
    if isinstance(left, datetime) != isinstance(right, datetime):
        return civil(left), civil(right)
    return settled(left), settled(right)


def settled(value: Any) -> Any:
    """Return a number without the last digits that quotients left over, as it is looked at.

    A third and a third and a third are one: what 50 digits cannot hold is off by one in the last
    of them, and two different results of bounded facts differ long before the fortieth.
    """
    return _SETTLED.plus(value) if isinstance(value, Decimal) else value


def civil(value: Any) -> Any:
    """Return the day of a moment; whatever else stays as it is."""
    return value.date() if isinstance(value, datetime) else value


def compute(op: ArithOp, left: Any, right: Any) -> Any:
    """Return `left op right`; 无 with anything, and a division by zero, are 无."""
    if left is NOTHING or right is NOTHING:
        return NOTHING
    if isinstance(left, date) or isinstance(right, date):
        return _compute_days(op, civil(left), civil(right))
    try:
        return _ARITHMETIC[op](left, right)
    except (DivisionByZero, InvalidOperation, Overflow):
        return NOTHING


def _compute_days(op: ArithOp, left: Any, right: Any) -> Any:
    """Day - day is a number of days; day + number and day - number are days."""
    if isinstance(left, date) and isinstance(right, date):
        return Decimal(left.toordinal() - right.toordinal()) if op == "-" else NOTHING
    day, number = (left, right) if isinstance(left, date) else (right, left)
    shift = int(number) if op == "+" else -int(number)
    ordinal = day.toordinal() + shift
    # Past the days that can be written there is none.
    if op not in ("+", "-") or not 1 <= ordinal <= date.max.toordinal():
        return NOTHING
    return date.fromordinal(ordinal)


def exact(value: Decimal) -> Decimal:
    """Return an equal number in its shortest form (`12`, not `12.0` or `1.2E+1`)."""
    if value == value.to_integral_value():
        # `quantize` takes no more digits than the 28 of the usual context; a longer number is left
        # whole.
        return value.quantize(Decimal(1)) if abs(value) < Decimal(10) ** 27 else value
    return value.normalize()


def compact(value: Any) -> Any:
    """Return a number as int where it is whole: equal, and compared faster."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value
