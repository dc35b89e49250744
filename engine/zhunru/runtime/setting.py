"""What a case is stepped against: one workflow of one policy set, its chart and calendars.

Made once per policy set and workflow and shared by all its cases; everything that can be worked
out beforehand is worked out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from datetime import date
from typing import Any

from zhunru.checker.flow_clocks import work_calendar
from zhunru.checker.flow_owners import worked_on
from zhunru.checker.flow_unset import asked_on_opening
from zhunru.checker.resolved import ResolvedField, ResolvedRegister
from zhunru.checker.resolved_flows import (
    Apart,
    Body,
    Exactly,
    Joint,
    Line,
    Owners,
    State,
    Withheld,
)
from zhunru.compiler.graph import FlowPlan, StatePlan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.reading import read_rows
from zhunru.runtime.case import NONE, Actor
from zhunru.runtime.deadlines import StateClock
from zhunru.runtime.direct import Way, ways_of
from zhunru.runtime.owners import Finder
from zhunru.vocabulary import TypeName
from zhunru.worktime import Calendar, WorkCalendar


class Setting:
    """A workflow with the policy set that it is of.

    `registers`: register name to what it holds now: rows by field, or True / False (in force for
    whatever is asked / empty). It is asked only where a guard reads a register, so it may be a
    mapping that looks into a store. Registers that the set brings itself need not be given.
    `days`: the holiday calendar (default: what is published).
    """

    def __init__(
        self,
        policy: CompiledPolicy,
        flow: str,
        *,
        registers: Mapping[str, Any] = NONE,
        days: Calendar | None = None,
    ) -> None:
        self.policy = policy
        self.plan: FlowPlan = policy.flows[flow]
        self.flow = self.plan.flow
        self.registers = registers
        self.days = days
        self.model = policy.model if days is None else replace(policy.model, calendar=days)
        self.chart = self.model.chart
        self.fields: dict[str, ResolvedField] = {each.name: each for each in self.flow.fields}
        self.finder = Finder(self.chart, policy.core.posts)
        self._calendars: dict[str, WorkCalendar] = {}
        self.states = {name: StateDesk(self, plan) for name, plan in self.plan.states.items()}
        self.apart = tuple(self._by_states(rule) for rule in _of(Apart, self.flow.constraints))
        self.withheld = _of(Withheld, self.flow.constraints)
        self.begins_with = asked_on_opening(self.flow)
        self.supervisors = tuple(
            body
            for effect in self.flow.effects()
            if effect.kind == "supervise"
            for body in effect.to
        )
        self.exactly = {each.role: each.number for each in _of(Exactly, self.flow.constraints)}
        self._places = _place_fields(self.flow.fields)
        self.place_names = tuple(name for name, _ in self._places)
        self.applicant_fields = self._applicant_fields()
        # Last, for what a state does directly is found by looking at the states it leads to.
        for desk in self.states.values():
            desk.ways = ways_of(self, desk)

    def _by_states(self, rule: Apart) -> Apart:
        """Return a rule about who must not be the same, with states for the actions it names."""
        left, right = (
            tuple(state.name for name in names for state in worked_on(self.flow, name))
            for names in (rule.left, rule.right)
        )
        return replace(rule, left=left, right=right)

    def holding(self, registers: Mapping[str, Any]) -> Setting:
        """Return this setting with what registers hold now; cheap, all else is shared."""
        found = copy(self)
        found.registers = registers
        return found

    def rows(self, day: date) -> Any:
        """Return the registers as an evaluator reads them, each read when it is asked for."""
        return _Registers(self, day)

    def every_row(self, register: str, day: date) -> tuple[Mapping[str, Any], ...] | None:
        """Return all rows of a register, also those no longer in force; None: none are known."""
        every = getattr(self.registers, "every", None)
        found = every(register) if every else self.registers.get(register)
        if found is None:
            supplied = self.policy.supplied.get(register)
            return None if supplied is None else tuple(row.values for row in supplied)
        if isinstance(found, bool):
            return None if found else ()
        read = read_rows(self.chart, day, self.model.registers[register], found)
        return tuple(row.values for row in read)

    def calendar(self, name: str) -> WorkCalendar:
        """Return a calendar by its name, over the holidays of this setting."""
        found = self._calendars.get(name)
        if found is None:
            found = work_calendar(name, self.policy.core.calendars)
            if self.days is not None:
                found = replace(found, days=self.days)
            self._calendars[name] = found
        return found

    def places(self, fields: Mapping[str, Any], opener: Actor) -> tuple[str, ...]:
        """Return the units that say where a case is: marked 主体 first, then the deepest first."""
        chart = self.chart
        found: list[tuple[bool, int, int, str]] = []
        for name, marked in self._places:
            unit = fields.get(name)
            if isinstance(unit, str) and unit in chart.units:
                found.append((not marked, -len(chart.above(unit)), len(found), unit))
        found.sort()
        if opener.unit in chart.units:
            found.append((True, 0, len(found), opener.unit))
        return tuple(dict.fromkeys(unit for *_, unit in found))

    def moves(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether facts may change where a case is."""
        return any(name in facts for name, _ in self._places)

    def row(self, register: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the facts of a case that a row of a register holds."""
        known = self.model.registers.get(register)
        names = (each.name for each in known.fields) if known else ()
        return {name: facts[name] for name in names if name in facts}

    def slots(self, document: str) -> tuple[str, ...]:
        """Return the fields that a document shows."""
        known = self.policy.core.documents.get(document)
        return known.slots if known else ()

    def handed_on(self, flow: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the facts that a case of another workflow begins with.

        A secret goes on only to a workflow that keeps it from the same bodies.
        """
        other = self.policy.flows[flow].flow
        known = {each.name for each in other.fields}
        known -= {name for name, _ in _kept(self.flow.constraints) - _kept(other.constraints)}
        return {name: value for name, value in facts.items() if name in known}

    def state(self, name: str) -> StateDesk:
        """Return what is known beforehand of a state."""
        return self.states[name]

    def _applicant_fields(self) -> tuple[str, ...]:
        initial = self.plan.states.get(self.plan.initial)
        owner = initial.state.owner if initial else None
        bodies = owner.bodies if isinstance(owner, Owners) else ()
        return tuple(body.name for body in bodies if body.kind == "field")


def _kept(constraints: Iterable[Any]) -> set[tuple[str, Body]]:
    """Return the fields that a workflow keeps from somebody, with that body."""
    return {(each.secret, each.from_) for each in constraints if isinstance(each, Withheld)}


class StateDesk:
    """A state with what can be known of it beforehand.

    `by_verb`: its actions and results by name. `joins`: the results of a 会办 in written order;
    `answers` are the words that a party may answer with. `ways`: actions that are done directly.
    """

    def __init__(self, setting: Setting, plan: StatePlan) -> None:
        self.plan = plan
        self.state: State = plan.state
        self.owner = plan.state.owner
        limit = plan.state.limit
        name = limit.calendar if limit and limit.calendar else setting.flow.calendar
        self.clock = StateClock(plan.state, setting.calendar(name))
        self.by_verb: dict[str, tuple[Line, ...]] = {}
        for line in plan.actions:
            self.by_verb[line.name] = (*self.by_verb.get(line.name, ()), line)
        self.joins = tuple(line for line in plan.actions if line.join)
        self.answers = self._answers()
        self.ways: dict[str, Way] = {}

    @property
    def name(self) -> str:
        """Return the name of the state."""
        return self.state.name

    def _answers(self) -> tuple[str, ...]:
        if not isinstance(self.owner, Joint):
            return ()
        silences = (line.silence for line in self.plan.endings if line.silence)
        return tuple(dict.fromkeys((*(line.name for line in self.joins), *silences)))


class _Registers:
    """Registers by name, read when an evaluator asks."""

    def __init__(self, setting: Setting, day: date) -> None:
        self._setting = setting
        self._day = day

    def get(self, name: str) -> Any:
        """Return the rows of a register, True, False, or None: not known."""
        setting = self._setting
        found = setting.registers.get(name)
        if found is None:
            return setting.policy.supplied.get(name)
        if isinstance(found, bool):
            return found
        register: ResolvedRegister = setting.model.registers[name]
        return read_rows(setting.chart, self._day, register, found)


def _of(kind: type[Any], constraints: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(each for each in constraints if isinstance(each, kind))


def _place_fields(fields: tuple[ResolvedField, ...]) -> tuple[tuple[str, bool], ...]:
    return tuple((f.name, f.addressee) for f in fields if f.type.name is TypeName.UNIT)
