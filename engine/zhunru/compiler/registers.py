"""Rows of registers: whether one is in force on a day, and what it covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, overload

from zhunru.checker.register_table import RegisterTable
from zhunru.checker.resolved import NOTHING, ResolvedRegister
from zhunru.compiler.chart import OrgChart
from zhunru.syntax.written_days import day_in


class RegisterRow(NamedTuple):
    """A row: its values by field, its days in force, the units it covers (None: any)."""

    values: Mapping[str, Any]
    start: date | None
    end: date | None
    scope: frozenset[str] | None


def make_row(register: ResolvedRegister, values: Mapping[str, Any]) -> RegisterRow:
    """Return a row of `register` from typed values."""
    start, end = span_ends(values.get(register.span_field, NOTHING))
    scope = _units(values.get(register.scope_field, NOTHING)) if register.scope_field else None
    return RegisterRow(values, start, end, scope)


class SuppliedRows(Sequence[RegisterRow]):
    """The rows that a set brings of a large register: made when they are first asked for."""

    def __init__(self, register: ResolvedRegister) -> None:
        self.register = register

    @cached_property
    def _made(self) -> tuple[RegisterRow, ...]:
        return tuple(make_row(self.register, dict(row)) for row in self.register.rows or ())

    def __len__(self) -> int:
        return len(self.register.rows or ())

    @overload
    def __getitem__(self, at: int) -> RegisterRow: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[RegisterRow]: ...

    def __getitem__(self, at: int | slice) -> RegisterRow | Sequence[RegisterRow]:
        return self._made[at]

    def __iter__(self) -> Iterator[RegisterRow]:
        return iter(self._made)


def supplied_rows(register: ResolvedRegister) -> Sequence[RegisterRow]:
    """Return the rows that a set brings of a register."""
    if isinstance(register.rows, RegisterTable):
        return SuppliedRows(register)
    return tuple(make_row(register, dict(row)) for row in register.rows or ())


def span_ends(span: Any) -> tuple[date | None, date | None]:
    """Return the first and last day of a 时段, None for an open end; rows of a file have it as a
    text."""
    if isinstance(span, tuple):
        return span
    if not isinstance(span, str):
        return None, None
    low, _, high = span.partition("至")
    try:
        return _end(low), _end(high)
    except ValueError:
        # What cannot be read must not hold for ever.
        return date.max, None


def _end(text: str) -> date | None:
    return day_in(text.strip()) if text.strip() else None


def _units(value: Any) -> frozenset[str]:
    """Return the units a row covers; a blank one covers nobody."""
    if value is NOTHING:
        return frozenset()
    return value if isinstance(value, frozenset) else frozenset((value,))


def in_force(row: RegisterRow, day: date) -> bool:
    """Tell whether a row is in force on `day`; both ends are included."""
    return (row.start is None or row.start <= day) and (row.end is None or day <= row.end)


def covers(chart: OrgChart, row: RegisterRow, unit: str) -> bool:
    """Tell whether a row covers `unit`: it names the unit, or one above it."""
    return row.scope is None or not row.scope.isdisjoint(chart.above(unit))
