"""Trying a workflow as the tests of a set do: who does what when, and when its states end.

What a test leaves out is filled in so that the case can go on: owners act in their own turn, and
inputs that nothing hangs on are any that fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from zhunru.checker.resolved import ResolvedField
from zhunru.checker.resolved_flows import Joint, Meeting
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.request import FactValue
from zhunru.runtime.case import Actor, Visit
from zhunru.runtime.kit import CaseKit
from zhunru.runtime.scene import Scene
from zhunru.vocabulary import PASSED, TypeName
from zhunru.worktime.instants import DAY, MINUTE, day_of, instant

_MOST_TIMERS = 200  # further than that no test looks ahead

_ROSTER = 9  # so many meet where a test only says what came of it

Happened = tuple[str, int]
"""The name of an action or a result, and the instant at which somebody takes it."""


def ends_of(
    policy: CompiledPolicy,
    flow: str,
    facts: Mapping[str, FactValue],
    happened: Sequence[Happened],
    wanted: Iterable[str],
) -> dict[str, int | None]:
    """Return when the time of each wanted state ends, in the visit that these events lead to.

    States that are not entered by then are waited for; one that is never entered is left out.
    Raises CaseRefused where an event cannot happen.
    """
    trial = _Trial(policy, flow, facts)
    trial.begin(happened[0][1])
    for name, at in happened:
        trial.let(name, at)
    trial.wait_for(tuple(wanted))
    return trial.ends


def is_at(due: int | None, said: int) -> bool:
    """Tell whether time ends when a test says: to the minute; 24:00 is the end of its day."""
    if due is None:
        return False
    return due // MINUTE == said // MINUTE or (said % DAY == 0 and due + 1 == said)


class _Trial:
    """One case on its way, and when each state that it came to ends."""

    def __init__(self, policy: CompiledPolicy, flow: str, facts: Mapping[str, FactValue]) -> None:
        self.kit = CaseKit(policy, flow)
        self.facts = dict(facts)
        self.ends: dict[str, int | None] = {}
        self._seen = 0
        self._hands = 0

    def begin(self, at: int) -> None:
        """Open the case for the first unit that the facts name, or that the chart has."""
        setting = self.kit.setting
        fields = {field.name: field for field in setting.flow.fields}
        known = {name: value for name, value in self.facts.items() if name in fields}
        places = setting.places(known, Actor(unit=""))
        unit = next(iter([*places, *setting.chart.known(day_of(at))]), "")
        self.kit.open(Actor(unit=unit, person="经办"), instant(at), known)
        self._note(again=True)

    def let(self, name: str, at: int) -> None:
        """Let an action or a result be taken by whose turn it is."""
        self.kit.wait(instant(at))
        desk = self.kit.setting.states.get(self.kit.state)
        owner = desk.owner if desk else None
        if isinstance(owner, Joint):
            self._answer(name, at)
        elif isinstance(owner, Meeting) and desk is not None and name in desk.by_verb:
            self._meet(name, at, owner)
        else:
            self.kit.act(name, self._hand(), self._inputs(name, at), instant(at))
        self._note(again=True)

    def _answer(self, name: str, at: int) -> None:
        """Let every party that has not answered give this answer."""
        state = self.kit.state
        waiting = [party.unit for party in self.kit.case.asked if not party.result]
        for unit in waiting:
            if self.kit.state == state and not self.kit.case.closed:
                hand = self._hand((unit,))
                self.kit.act(name, hand, self._inputs(name, at), instant(at))

    def _meet(self, name: str, at: int, owner: Meeting) -> None:
        """Let everybody meet who may, and agree or not."""
        scene = Scene(self.kit.setting, self.kit.case.fields, self.kit.case.opener, at)
        units = self.kit.setting.chart.units
        roster = [unit for unit in self.kit.case.visit.owners if unit in units]
        recused = owner.recused is not None
        present = [unit for unit in roster if not (recused and scene.is_applicant(unit))]
        figures: dict[str, FactValue] = {"到会": present, "赞成": present if name in PASSED else []}
        if not present:
            # A body that the chart does not list meets by its numbers.
            favour = _ROSTER if name in PASSED else 0
            figures = {"应到": _ROSTER, "到会": _ROSTER, "赞成": favour}
        inputs = {**self._inputs(name, at), **figures}
        self.kit.act("会议", self._hand(), inputs, instant(at))

    def _hand(self, owners: tuple[str, ...] = ()) -> Actor:
        """Return whose turn it is; each act is another person's, so that no two are the same."""
        self._hands += 1
        names = owners or self.kit.case.visit.owners or (self.kit.case.opener.unit,)
        return Actor(unit=names[0], person=f"经办{self._hands}", roles=names)

    def _inputs(self, name: str, at: int) -> dict[str, FactValue]:
        setting = self.kit.setting
        desk = setting.states.get(self.kit.state)
        lines = desk.by_verb.get(name, ()) if desk else ()
        names = {field for line in lines for field in line.inputs}
        return {
            each: self.facts.get(each, sample(setting.fields[each], day_of(at), self.kit))
            for each in names
            if each in setting.fields
        }

    def wait_for(self, wanted: Sequence[str]) -> None:
        """Let time pass until the case has come to all wanted states, or will not."""
        for _ in range(_MOST_TIMERS):
            if not self.kit.timers or all(name in self.ends for name in wanted):
                return
            self.kit.skip()
            self._note(again=False)

    def _note(self, again: bool) -> None:
        """Note when the states end that were entered; the first visit counts while waiting."""
        events, self._seen = self.kit.events[self._seen :], len(self.kit.events)
        visits = [event.data.get("visit") for event in events]
        for visit in (*visits, self.kit.case.visit):
            if isinstance(visit, Visit) and (again or visit.state not in self.ends):
                self.ends[visit.state] = visit.due


def sample(field: ResolvedField, day: date, kit: CaseKit) -> FactValue:
    """Return a value that a field takes."""
    kind = field.type
    match kind.name:
        case TypeName.NUMBER | TypeName.MONEY | TypeName.RATIO:
            return kind.low if kind.low is not None else kind.high or Decimal(1)
        case TypeName.DATE:
            return day
        case TypeName.MOMENT:
            return datetime(day.year, day.month, day.day)
        case TypeName.FLAG:
            return True
        case TypeName.CHOICE:
            return kind.values[0]
        case TypeName.CHOICES:
            return kind.values[:1]
        case TypeName.UNIT:
            return _unit(day, kit)
        case TypeName.UNITS:
            return (_unit(day, kit),)
        case TypeName.SPAN:
            return f"{day} 至 {day}"
    return "试填"


def _unit(day: date, kit: CaseKit) -> str:
    found: Any = kit.setting.places(kit.case.fields, kit.case.opener)
    return next(iter([*found, *kit.setting.chart.known(day)]), "系统外:某单位")
