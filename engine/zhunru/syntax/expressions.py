"""Expressions of the source tree: conditions and values as written, nothing resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from zhunru.diagnostics import NOWHERE, Span
from zhunru.vocabulary import Measure


def place() -> Any:
    """Return the field that holds the place of a node, left out of comparisons."""
    return field(default=NOWHERE, compare=False, repr=False)


CompareOp = Literal["==", "!=", ">=", "<=", ">", "<"]
ArithOp = Literal["+", "-", "*", "/"]
DayKind = Literal["workday", "restday", "holiday"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its measure, or bare: `5 个工作日`, `60 分`, `3`, `30%` (value 30)."""

    value: Decimal
    measure: Measure | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text."""

    value: str
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Day:
    """A civil day."""

    value: date
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Moment:
    """A civil day with a time of day (Asia/Shanghai, minutes)."""

    value: datetime
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Days:
    """`2026-01-01 至 2026-03-31`: the days of a 时段, only as a fact of a test."""

    start: date
    end: date
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Flag:
    """是 or 否."""

    value: bool
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Nothing:
    """无: a field that may be empty is empty."""

    span: Span = place()


@dataclass(frozen=True, slots=True)
class Unknown:
    """未知: only as a fact of a test."""

    span: Span = place()


@dataclass(frozen=True, slots=True)
class Ref:
    """A name; what it means depends on where it stands."""

    name: str
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`."""

    op: CompareOp
    left: Expr
    right: Expr
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Among:
    """`left 属于 a、b`: one of the values, or in or below one of the units, levels, roles."""

    left: Expr
    items: tuple[Expr, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Inside:
    """`left 在 band 之内`, both ends included."""

    left: Expr
    band: Expr
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Falls:
    """`day 逢 休息日、法定休假日`: the day is of one of these kinds."""

    day: Expr
    kinds: tuple[DayKind, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Contains:
    """`left 包含 item`: of a set, or of a text."""

    left: Expr
    item: Expr
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Not:
    """`非 operand`."""

    operand: Expr
    span: Span = place()


@dataclass(frozen=True, slots=True)
class And:
    """`a 且 b 且 c`: at least two operands, none of them itself an And."""

    operands: tuple[Expr, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Or:
    """`a 或 b 或 c`: at least two operands, none of them itself an Or."""

    operands: tuple[Expr, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class If:
    """`若 test 则 then 否则 otherwise`."""

    test: Expr
    then: Expr
    otherwise: Expr
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Arith:
    """`left op right` over numbers, quantities and days."""

    op: ArithOp
    left: Expr
    right: Expr
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Negate:
    """`- operand`."""

    operand: Expr
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Call:
    """`name(a, b)`: a function, a formula, or a table looked up by its inputs."""

    name: str
    args: tuple[Expr, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Column:
    """`base 的 name`: a result column of a table row, or a fact of a quota."""

    base: Expr
    name: str
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Same:
    """`field 相同`: the field of a row is as that of the case at hand."""

    field: Expr
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Rows:
    """`base 于 over 其中 among 凡 where 近 past`: the rows that a function counts or sums.

    Without `over` the base is the register itself. `among` is what a share counts; `this_year` is
    本年.
    """

    base: Expr
    where: Expr | None = None
    past: Quantity | None = None
    over: Expr | None = None
    among: Expr | None = None
    this_year: bool = False
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Several:
    """Several values side by side: `a、b` or `{a, b}`."""

    items: tuple[Expr, ...]
    span: Span = place()


Expr = (
    Quantity
    | Text
    | Day
    | Moment
    | Days
    | Flag
    | Nothing
    | Unknown
    | Ref
    | Compare
    | Among
    | Inside
    | Falls
    | Contains
    | Not
    | And
    | Or
    | If
    | Arith
    | Negate
    | Call
    | Column
    | Same
    | Rows
    | Several
)
