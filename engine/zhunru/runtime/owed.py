"""For whom a recurring duty comes back: units of a level, holders of a role, rows of a register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from zhunru.checker.resolved import NOTHING, ResolvedRegister
from zhunru.checker.resolved_flows import ResolvedDuty
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.evaluate import Evaluator, Facts
from zhunru.runtime.owners import Finder
from zhunru.runtime.submitting import row_values, rows_on
from zhunru.store.base import View
from zhunru.vocabulary import TypeName

# What is known of somebody who is owed a duty; nothing of a unit, which is its name.
Known = Mapping[str, Any]
NOTHING_MORE: Known = {}


def owed_for(
    policy: CompiledPolicy, duty: ResolvedDuty, day: date, finder: Finder, view: View
) -> dict[str, Known]:
    """Return for whom a duty comes back on a day, with the row of a register that says so."""
    chart = policy.model.chart
    level = [unit for unit in chart.known(day) if chart.units[unit].level == duty.every]
    units = level or list(finder.holders(duty.every, day))
    register = policy.core.registers.get(duty.every)
    if units or register is None:
        return dict.fromkeys(units, NOTHING_MORE)
    return dict(_rows(policy, duty, day, register, view))


def _rows(
    policy: CompiledPolicy,
    duty: ResolvedDuty,
    day: date,
    register: ResolvedRegister,
    view: View,
) -> Iterator[tuple[str, Known]]:
    """Yield the rows of a register by their first column: of its file, and what workflows wrote."""
    column = register.fields[0].name if register.fields else ""
    written = (row_values(register, row) for row in rows_on(view, register.name, day))
    for row in (*map(dict, register.rows or ()), *written):
        known = {name: value for name, value in row.items() if value not in (None, NOTHING)}
        name = known.get(column)
        if name is not None and _meets(policy, duty, day, known):
            yield str(name), known


def _meets(policy: CompiledPolicy, duty: ResolvedDuty, day: date, row: Known) -> bool:
    if duty.where is None:
        return True
    return Evaluator(policy.model, day, Facts(dict(row), {}, {})).truth(duty.where) is True


def bearers_of(
    policy: CompiledPolicy, duty: ResolvedDuty, name: str, known: Known, finder: Finder, at: int
) -> tuple[str, ...]:
    """Return who owes a duty: whom the row names, or the body that the duty names, near it."""
    register = policy.core.registers.get(duty.every)
    if register is None or known is NOTHING_MORE:
        return finder.of_text(duty.by, (name,), at).units if duty.by else (name,)
    units = (f.name for f in register.fields if f.type.name is TypeName.UNIT)
    places = tuple(str(known[column]) for column in units if column in known)
    said = known.get(duty.by)
    if said is not None:
        return finder.of_text(str(said), places, at).units
    return finder.of_text(duty.by, places, at).units if duty.by else places
