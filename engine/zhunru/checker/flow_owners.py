"""Who works on the states of a workflow: whether two states may fall to one unit, or one person,
and whether a body may be one from which something is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from zhunru.checker import resolved_flows as f
from zhunru.checker.resolved import NOTHING, Const, LookUp
from zhunru.checker.unit_table import of_level

if TYPE_CHECKING:
    from zhunru.checker.chart import Chart
    from zhunru.checker.flow_map import FlowMap
    from zhunru.checker.resolved import ResolvedTable, UnitTarget


class Hands:
    """The bodies of one workflow, as far as the chart knows them."""

    def __init__(self, chart: Chart, tables: Mapping[str, ResolvedTable], map_: FlowMap) -> None:
        self.chart = chart
        self._tables = tables
        self.map = map_
        flow = map_.flow
        self._bearers = chart.bearers()
        self._units: dict[f.Body, frozenset[str] | None] = {}
        first = flow.state(flow.initial)
        owner = first.owner if first else None
        asking = owner.bodies if isinstance(owner, f.Owners) else ()
        self._asking = set(asking)
        self._after: dict[str, frozenset[str]] = {}

    def possible_conflict(self, one: f.State, other: f.State, by: Literal["unit", "person"]) -> str:
        """Return the body that may work on both states in one case; empty: none can.

        Persons are kept apart when the case runs; it cannot be kept where a post has one holder
        only. A recusal of whoever owns the other state keeps units apart, and a substitute does if
        the other side applies: a field or a role off the chart that has the first state.
        """
        if not (self._may_follow(one, other) or self._may_follow(other, one)):
            return ""
        for mine in everybody(one.owner):
            for theirs in everybody(other.owner):
                if by == "person":
                    if mine.name == theirs.name and self._single(mine):
                        return mine.name
                elif self._can_meet(mine, theirs) and not (
                    self._gives_way(other, theirs, one, mine)
                    or self._gives_way(one, mine, other, theirs)
                ):
                    return mine.name if mine.name == theirs.name else f"{mine.name}、{theirs.name}"
        return ""

    def _may_follow(self, one: f.State, other: f.State) -> bool:
        """Tell whether a case may come to a state after somebody worked on another."""
        # A party of a 会办 may have answered before time leaves it for all of them.
        joint = isinstance(one.owner, f.Joint)
        ways = (arc for arc in self.map.arcs[one.name] if joint or not arc.line.ends_time)
        return any(other.name in self._onward(arc.target) for arc in ways)

    def _onward(self, name: str) -> frozenset[str]:
        if name not in self._after:
            self._after[name] = self.map.onward([name])
        return self._after[name]

    def reaches(self, body: f.Body, barred: f.Body) -> bool:
        """Tell whether a body may be, or be below, one from which something is kept.

        A body that is not on the chart is only itself: a field may name any unit.
        """
        if body == barred:
            return True
        units, kept_from = self.units_of(body), self.units_of(barred)
        return bool(units and kept_from and any(self._is_within(u, kept_from) for u in units))

    def units_of(self, body: f.Body) -> frozenset[str] | None:
        """Return the units that a body can be; None: it is not known, any may be."""
        if body not in self._units:
            self._units[body] = self._found(body)
        return self._units[body]

    def _found(self, body: f.Body) -> frozenset[str] | None:
        if body.kind == "unit":
            return frozenset({body.name})
        if body.kind in ("level", "above"):
            return frozenset(of_level(self.chart.units, body.level or body.name))
        if body.kind == "role":
            return frozenset(self._holding(body.name, set())) or None
        return self._of_column(body.value) if isinstance(body.value, LookUp) else None

    def _of_column(self, found: LookUp) -> frozenset[str] | None:
        """Return whom a column of a table names; None: a cell hangs on more, or nobody is it."""
        table = self._tables[found.table]
        at = [name for name, _ in table.outputs].index(found.column)
        cells = (row.results[at] for row in table.rows)
        named: set[str] = set()
        for text in {cell.value if isinstance(cell, Const) else None for cell in cells}:
            if text is NOTHING:
                continue
            if not isinstance(text, str):
                return None
            for each in text.split("、"):
                target = self.chart.target(each.strip())
                units = {*self._meant(target, set())} if target else {each.strip()}
                if not units:
                    return None
                named |= units
        return frozenset(named)

    def _holding(self, role: str, asked: set[str]) -> Iterator[str]:
        asked.add(role)
        for target in self._bearers.get(role, ()):
            yield from self._meant(target, asked)

    def _meant(self, target: UnitTarget, asked: set[str]) -> Iterator[str]:
        if target.kind == "unit":
            yield target.name
        elif target.kind == "level":
            yield from of_level(self.chart.units, target.name)
        elif target.name not in asked:
            yield from self._holding(target.name, asked)

    def _gives_way(self, state: f.State, mine: f.Body, before: f.State, other: f.Body) -> bool:
        """Tell whether `mine` is replaced in a state, or kept out, where `other` works on another
        one."""
        owner = state.owner
        if other.kind == "field" and self._given_between(state, before, other.name):
            return False
        if isinstance(owner, f.Meeting):
            # Who stands above one that is recused is not.
            return owner.recused is not None and owner.recused == other
        substitute = owner.substitute if isinstance(owner, f.Owners) else None
        if substitute is None or not self._applies(other):
            return False
        # Whoever is named to stand in is not the applicant; whom a field leads to may be, but for
        # what is above the applicant itself.
        of_field = self.chart.target(substitute.name) is None
        led = of_field and substitute.kind in ("field", "above", "superior")
        own = substitute.kind == "superior" and substitute.name == other.name
        return mine is not substitute or own or not led

    def _given_between(self, one: f.State, other: f.State, name: str) -> bool:
        """Tell whether an action may give a field anew after one of two states, before the
        other."""
        given = [arc for arc in self.map.every_arc() if name in arc.line.inputs]
        return any(
            arc.source in self._onward(first.name) and second.name in self._onward(arc.target)
            for arc in given
            for first, second in ((one, other), (other, one))
        )

    def _applies(self, body: f.Body) -> bool:
        """Tell whether a body is who asks. A case may be opened by any unit of the chart, so none
        is that is known; a field of the first state is, and a role that no unit has."""
        if body.kind == "field":
            return body in self._asking
        return body.kind == "role" and not self._bearers.get(body.name)

    def _is_within(self, unit: str, others: Collection[str]) -> bool:
        """Tell whether a unit is one of others, or below one."""
        seen: set[str] = set()
        while unit not in others and unit in self.chart.units and unit not in seen:
            seen.add(unit)
            unit = self.chart.units[unit].superior
        return unit in others

    def _single(self, body: f.Body) -> bool:
        role = self.chart.roles.get(body.name) if body.kind == "role" else None
        return bool(role and role.number and role.number.value == 1)

    def _can_meet(self, one: f.Body, other: f.Body) -> bool:
        """Tell whether some unit may be both; what is not known to differ may be the same."""
        if one == other:
            return True
        mine, theirs = self.units_of(one), self.units_of(other)
        if mine is None or theirs is None:
            return not self._are_kinds_apart(one, other)
        return bool(mine & theirs)

    def _are_kinds_apart(self, one: f.Body, other: f.Body) -> bool:
        """A meeting or post 每个 L is no unit of another level; bodies nobody holds yet may be
        any."""
        kinds = [self._level(body) for body in (one, other)]
        return None not in kinds and kinds[0] != kinds[1]

    def _level(self, body: f.Body) -> str | None:
        if body.kind in ("level", "above"):
            return body.level or body.name
        if body.kind == "unit":
            return self.chart.units[body.name].level or None
        role = self.chart.roles.get(body.name) if body.kind == "role" else None
        return role.every.text if role and role.every else None


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
    """Return the bodies that act in a state, or stand in for them; not those that are only
    written beside them (会同)."""
    substitute = owner.substitute if isinstance(owner, f.Owners) else None
    return f.acting(owner) + ((substitute,) if substitute else ())


def everybody(owner: f.Owner | None) -> tuple[f.Body, ...]:
    """Return the bodies that a state is in the hands of, those beside them too."""
    return working(owner) + (owner.jointly if isinstance(owner, f.Owners) else ())
