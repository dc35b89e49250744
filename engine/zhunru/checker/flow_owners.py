"""Whether the owners of two states can be one unit, or one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from zhunru.checker import resolved_flows as f
from zhunru.checker.unit_table import of_level

if TYPE_CHECKING:
    from zhunru.checker.chart import Chart


def possible_conflict(
    chart: Chart, one: f.State, other: f.State, by: Literal["unit", "person"], initial: str = ""
) -> str:
    """Return the body that may work on both states; empty: none can.

    Persons are kept apart when the case runs; it cannot be kept where a post has one holder only.
    A recusal of whoever owns the other state keeps units apart, and a substitute does if the other
    side applies: whoever has `initial`, or is not on the chart.
    """
    for mine in _bodies(one.owner):
        for theirs in _bodies(other.owner):
            if by == "person":
                if mine.name == theirs.name and _single(chart, mine):
                    return mine.name
            elif _can_meet(chart, mine, theirs) and not (
                _gives_way(chart, other, mine, one.name == initial)
                or _gives_way(chart, one, theirs, other.name == initial)
            ):
                return mine.name if mine.name == theirs.name else f"{mine.name}、{theirs.name}"
    return ""


def worked_on(flow: f.ResolvedWorkflow, name: str) -> tuple[f.State, ...]:
    """Return the state of a name, or all those in which an action of that name is taken."""
    state = flow.state(name)
    if state is not None:
        return (state,)
    return tuple(each for each in flow.states if name in _actions(flow, each))


def _actions(flow: f.ResolvedWorkflow, state: f.State) -> set[str]:
    lines = (*state.actions, *(a.line for a in flow.anywhere if state.name not in a.excluding))
    return {name for line in lines for name in (line.name, line.label) if name}


def working(owner: f.Owner | None) -> tuple[f.Body, ...]:
    """Return the bodies that act in a state; not those that are only written beside them (会同)."""
    if isinstance(owner, f.Owners):
        return owner.bodies
    return _bodies(owner)


def _bodies(owner: f.Owner | None) -> tuple[f.Body, ...]:
    if isinstance(owner, f.Joint):
        return owner.parties
    if isinstance(owner, f.Meeting):
        return (owner.body,)
    return owner.bodies + owner.jointly if owner else ()


def _gives_way(chart: Chart, state: f.State, other: f.Body, opens: bool) -> bool:
    """Tell whether the owner of a state is replaced, or kept out, where `other` worked before."""
    owner = state.owner
    if isinstance(owner, f.Owners):
        # A unit that is known and did not ask for anything is not given way to.
        return owner.substitute is not None and (opens or units_of(chart, other) is None)
    recused = owner.recused if isinstance(owner, f.Meeting) else None
    return recused is not None and recused.name == other.name


def _single(chart: Chart, body: f.Body) -> bool:
    role = chart.roles.get(body.name) if body.kind == "role" else None
    return bool(role and role.number and role.number.value == 1)


def _can_meet(chart: Chart, one: f.Body, other: f.Body) -> bool:
    """Tell whether some unit may be both; what is not known to differ may be the same."""
    if (one.kind, one.name) == (other.kind, other.name):
        return True
    mine, theirs = units_of(chart, one), units_of(chart, other)
    if mine is None or theirs is None:
        return not _are_kinds_apart(chart, one, other)
    return bool(mine & theirs)


def units_of(chart: Chart, body: f.Body) -> frozenset[str] | None:
    """Return the units that a body can be; None: it is not known, any may be."""
    if body.kind == "unit":
        return frozenset({body.name})
    if body.kind == "level":
        return frozenset(of_level(chart.units, body.name))
    if body.kind == "role":
        holders = chart.holders().get(body.name, ())
        found: set[str] = set()
        for target in holders:
            if target.kind != "unit":
                return None
            found.add(target.name)
        return frozenset(found) or None
    return None


def _are_kinds_apart(chart: Chart, one: f.Body, other: f.Body) -> bool:
    """A meeting or post 每个 L is no unit of another level; bodies nobody holds yet may be any."""
    kinds = [_level(chart, body) for body in (one, other)]
    return None not in kinds and kinds[0] != kinds[1]


def _level(chart: Chart, body: f.Body) -> str | None:
    if body.kind == "level":
        return body.name
    if body.kind == "unit":
        return chart.units[body.name].level or None
    role = chart.roles.get(body.name) if body.kind == "role" else None
    return role.every.text if role and role.every else None
