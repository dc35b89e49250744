"""For whom a recurring duty comes back: units of a level, holders of a role, rows of a register."""

from __future__ import annotations

from collections import Counter
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
    if duty.origin is not None and day < duty.origin:
        return {}
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
    """Yield the rows of a register by name: of its file, and what workflows wrote."""
    written = (row_values(register, row) for row in rows_on(view, register.name, day))
    rows = [
        {name: value for name, value in row.items() if value not in (None, NOTHING)}
        for row in (*map(dict, register.rows or ()), *written)
    ]
    # Named before they are chosen from: a row keeps its name when another no longer meets 凡.
    for name, known in _named(register, rows).items():
        if _meets(policy, duty, day, known):
            yield name, known


def _named(register: ResolvedRegister, rows: list[dict[str, Any]]) -> dict[str, Known]:
    """Return the rows by their first column; another row of that name by its places as well.

    The first keeps the plain name, so that a record that is open stays that of its row.
    """
    column = register.fields[0].name if register.fields else ""
    units = [f.name for f in register.fields[1:] if f.type.name is TypeName.UNIT]
    found: dict[str, Known] = {}
    seen: set[str] = set()
    times: Counter[str] = Counter()
    for known in rows:
        # A row that stands there twice, every column the same, is one.
        if column not in known or (whole := repr(known)) in seen:
            continue
        seen.add(whole)
        name, places = str(known[column]), "、".join(str(known[u]) for u in units if u in known)
        if name in found and places:
            name = f"{name}（{places}）"
        times[name] += 1
        found[f"{name}（{times[name]}）" if name in found else name] = known
    return found


def _meets(policy: CompiledPolicy, duty: ResolvedDuty, day: date, row: Known) -> bool:
    if duty.where is None:
        return True
    return Evaluator(policy.model, day, Facts(dict(row), {}, {})).truth(duty.where) is True


def bearers_of(
    policy: CompiledPolicy, duty: ResolvedDuty, name: str, known: Known, finder: Finder, at: int
) -> tuple[str, ...]:
    """Return who owes a duty: whom the row names, or the body that the duty names, near it."""
    places = _places(policy, duty, name, known)
    return _bearers(duty.by, places, known, finder, at) if duty.by else places


def attending_of(
    policy: CompiledPolicy, duty: ResolvedDuty, name: str, known: Known, finder: Finder, at: int
) -> tuple[str, ...]:
    """Return who takes part in a duty (参加), each once; found as whoever owes it is."""
    places = _places(policy, duty, name, known)
    found = (_bearers(each, places, known, finder, at) for each in duty.attending)
    return tuple(dict.fromkeys(unit for units in found for unit in units))


def _places(policy: CompiledPolicy, duty: ResolvedDuty, name: str, known: Known) -> tuple[str, ...]:
    """Return near whom bodies are looked for: the unit it is for, or the units of the row."""
    register = policy.core.registers.get(duty.every)
    if register is None or known is NOTHING_MORE:
        return (name,)
    units = (f.name for f in register.fields if f.type.name is TypeName.UNIT)
    return tuple(str(known[column]) for column in units if column in known)


def _bearers(
    body: str, places: tuple[str, ...], known: Known, finder: Finder, at: int
) -> tuple[str, ...]:
    """Return the units that a body is; the row's own word goes first where it is a column."""
    said = known.get(body)
    return finder.of_text(body if said is None else str(said), places, at).units
