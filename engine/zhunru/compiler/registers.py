"""Rows of registers: whether one is in force on a day, and what it covers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from zhunru.checker.resolved import NOTHING, ResolvedRegister
from zhunru.compiler.chart import OrgChart


class RegisterRow(NamedTuple):
    """A row: its values by field, its days in force, the units it covers (None: any)."""

    values: Mapping[str, Any]
    start: date | None
    end: date | None
    scope: frozenset[str] | None


def make_row(register: ResolvedRegister, values: Mapping[str, Any]) -> RegisterRow:
    """Return a row of `register` from typed values."""
    start, end = _days(values.get(register.span_field, NOTHING))
    scope = _units(values.get(register.scope_field, NOTHING)) if register.scope_field else None
    return RegisterRow(values, start, end, scope)


def _days(span: Any) -> tuple[date | None, date | None]:
    return span if isinstance(span, tuple) else (None, None)


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
