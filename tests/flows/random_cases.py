"""Workflows at random with everything that proofs reckon with, and cases that go every way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from tests.runtime.random_flows import FLAG, NAME, guard
from tests.runtime.sets import compiled, flow

from zhunru.checker.resolved import ResolvedField, Type
from zhunru.checker.resolved_flows import (
    ALWAYS,
    Anywhere,
    Body,
    Bound,
    Effect,
    Extension,
    Gap,
    Joint,
    Length,
    Limit,
    Line,
    Meeting,
    Owner,
    Quorum,
    ResolvedCalendar,
    ResolvedHours,
    ResolvedWorkflow,
    State,
    Suspension,
)
from zhunru.compiler import CompiledPolicy
from zhunru.errors import CaseRefused
from zhunru.runtime.advance import act, open_case, tick, timers_of
from zhunru.runtime.case import Actor, Case, Command, Step
from zhunru.runtime.setting import Setting
from zhunru.syntax.nodes import Title
from zhunru.vocabulary import Measure, TypeName
from zhunru.worktime.instants import instant, stamp

ENDS = ("办结", "挂账")
CHILD, DAY = "分办", "期日"
PARTIES = ("区民政局", "区财政局", "区司法局")
ABOVE = "一街道"
MEET = "会议"
# All there and for it; a quorum, and nobody for it; too few.
HELD = tuple({"应到": 9, "到会": here, "赞成": yes} for here, yes in ((9, 9), (7, 0), (2, 2)))
OFFICE, WINDOW, WATCH, COUNTER = "工作时间", "窗口", "值守", "次日窗口"
HOMES = (OFFICE, OFFICE, WATCH, COUNTER)
MOST_WAYS = 250
_DAYS = (Measure.WORKDAY, Measure.WORKDAY, Measure.DAY, Measure.NATURALDAY)
_HOURS = (Measure.WORKHOUR, Measure.HOUR, Measure.MINUTE)


def _open(days: tuple[str, ...], *spells: tuple[int, int], standby: bool = False) -> ResolvedHours:
    ends = tuple((time(one // 60, one % 60), time(end // 60 % 24, end % 60)) for one, end in spells)
    return ResolvedHours(days=days, spells=ends, standby=standby)  # type: ignore[arg-type]


# Closed over noon; open late, with duty at night and on days of rest; and one that receives
# tomorrow what comes after its close.
CALENDARS = {
    WINDOW: ResolvedCalendar(name=WINDOW, hours=(_open(("workday",), (510, 720), (810, 1050)),)),
    WATCH: ResolvedCalendar(
        name=WATCH,
        hours=(
            _open(("workday",), (480, 1200)),
            _open(("workday",), (1200, 1440), standby=True),
            _open(("restday", "holiday"), (540, 1020), standby=True),
        ),
    ),
    COUNTER: ResolvedCalendar(
        name=COUNTER,
        hours=(_open(("workday",), (510, 1020)),),
        settings=(("下班后收件", "次日"),),
    ),
}


@dataclass(frozen=True)
class Kind:
    """What may occur in the workflows of one run."""

    days_only: bool = False
    guards: bool = True
    pauses: bool = True
    stops: bool = True
    joint: bool = True
    meetings: bool = True
    gaps: bool = True
    dates: bool = True
    hooks: bool = False
    hours: bool = True


PLAIN = Kind(days_only=True, guards=False, pauses=False, gaps=False, dates=False)


class Maker:
    """Makes one workflow."""

    def __init__(self, rng: random.Random, kind: Kind) -> None:
        self.rng = rng
        self.kind = kind
        self.names = [f"环节{at}" for at in range(rng.randint(2, 3))]

    def flow(self) -> ResolvedWorkflow:
        states = tuple(self._state(at) for at in range(len(self.names)))
        needed = self.rng.random() < 0.7
        return ResolvedWorkflow(
            name=NAME,
            title=Title(NAME),
            set_code="试验",
            initial=self.names[0],
            ends=ENDS,
            states=states,
            anywhere=self._anywhere() if self.rng.random() < 0.4 else (),
            calendar=OFFICE if self.kind.days_only else self.rng.choice(HOMES),
            arrivals=self._hooks() if self.kind.hooks else (),
            fields=(
                ResolvedField(name="齐备", type=FLAG, required=needed),
                ResolvedField(name=DAY, type=Type(TypeName.DATE), required=True),
            ),
        )

    def _hooks(self) -> tuple[tuple[str, tuple[Effect, ...]], ...]:
        """到达 … 时 产生 分办, wherever it may be."""
        opens = (Effect(kind="open", object=CHILD), Effect(kind="record", object="分办过"))
        return tuple((name, opens) for name in (*self.names, ENDS[1]) if self._often(0.5))

    def _often(self, share: float) -> bool:
        return self.rng.random() < share

    def _length(self) -> Length:
        rng = self.rng
        measure = (
            Measure.WORKDAY if self.kind.days_only else rng.choice(_DAYS + _HOURS * self.kind.hours)
        )
        most = 3 if measure in _DAYS else 90 if measure is Measure.MINUTE else 12
        return Length(amount=Decimal(rng.randint(1, most)), measure=measure)

    def _limit(self) -> Limit:
        lengths = (self._length(),)
        if self.kind.guards and self._often(0.3):
            other = replace(self._length(), when=guard(self._often(0.5)))
            lengths = (other, *lengths)
        gap = None
        if self.kind.gaps and self._often(0.08):
            # A table with rows for one answer alone.
            lengths = tuple(replace(each, when=guard(self._often(0.5))) for each in lengths[:1])
            gap = Gap(table="表")
        calendar = (
            OFFICE if self.kind.days_only else self.rng.choice((OFFICE, WINDOW, WATCH, COUNTER))
        )
        stopped = self.kind.stops and self._often(0.15)
        if self.kind.dates and self._often(0.06):
            return Limit(until=DAY, calendar=calendar, stopped=stopped)
        return Limit(lengths=lengths, calendar=calendar, stopped=stopped, gap=gap)

    def _state(self, at: int) -> State:
        joint = self.kind.joint and self._often(0.3)
        meeting = self.kind.meetings and not joint and self._often(0.2)
        limit = self._limit()
        lengths = limit.lengths
        pause = Length(amount=Decimal(self.rng.randint(1, 2)), measure=Measure.WORKDAY)
        more = Length(amount=Decimal(1), measure=lengths[-1].measure if lengths else Measure.DAY)
        via = Body(kind="unit", name=ABOVE) if self._often(0.5) else None
        paused = self.kind.pauses and self._often(0.3) and not joint
        owner: Owner | None = None
        if joint:
            owner = Joint(parties=tuple(Body(kind="unit", name=one) for one in PARTIES))
        elif meeting:
            owner = self._meeting()
        make = self._joins if joint else self._results if meeting else self._actions
        return State(
            name=self.names[at],
            owner=owner,
            limit=limit,
            lines=(*make(at), *self._endings(at)),
            extension=Extension(times=self.rng.randint(1, 2), length=more, via=via)
            if lengths and self._often(0.25)
            else None,
            suspensions=(Suspension(reasons=("等候",), length=pause),) if paused else (),
            cumulative=self._often(0.15) and len(lengths) == 1 and not limit.gap,
        )

    def _onward(self, at: int) -> str:
        return self.names[at + 1] if at + 1 < len(self.names) else ENDS[0]

    def _target(self, at: int) -> tuple[str, Bound | None]:
        """A line back is bounded, so that every case ends."""
        target = self.rng.choice([*self.names, *ENDS])
        if target in self.names[: at + 1]:
            then = self.rng.choice([*self.names[at + 1 :], *ENDS, ""])
            return target, Bound(times=1, then=then)
        return target, None

    def _guard(self, share: float):
        return guard(self._often(0.5)) if self.kind.guards and self._often(share) else ALWAYS

    def _actions(self, at: int) -> list[Line]:
        found = []
        for number in range(self.rng.randint(0, 2)):
            target, bound = self._target(at)
            name = f"办理{number}"
            found.append(
                Line(
                    id=f"{self.names[at]}.{name}",
                    kind="action",
                    name=name,
                    target=target,
                    bound=bound,
                    guard=self._guard(0.3),
                )
            )
        return found

    def _joins(self, at: int) -> list[Line]:
        # Each has a result of its own: of two lines for one result the first is always taken.
        found, results = [], self.rng.sample(("同意", "不同意"), 2)
        for mix in self.rng.sample(("all", "any", "majority"), self.rng.randint(1, 2)):
            target, bound = self._target(at)
            result = results.pop()
            found.append(
                Line(
                    id=f"{self.names[at]}.{mix}",
                    kind="result",
                    name=result,
                    join=mix,  # type: ignore[arg-type]
                    target=target,
                    bound=bound,
                )
            )
        return found

    def _meeting(self) -> Meeting:
        share = self.rng.choice(("majority", "twothirds", "everyone"))
        over = self.rng.choice(("body", "present"))
        return Meeting(
            body=Body(kind="unit", name=PARTIES[0]),
            present=Quorum(share="twothirds") if self._often(0.7) else None,
            favour=Quorum(share=share, over=over) if self._often(0.7) else None,  # type: ignore[arg-type]
        )

    def _results(self, at: int) -> list[Line]:
        found = []
        for name in ("通过", "未通过"):
            target, bound = self._target(at)
            line = f"{self.names[at]}.{name}"
            found.append(Line(id=line, kind="result", name=name, target=target, bound=bound))
        return found

    def _endings(self, at: int) -> list[Line]:
        kind = self.rng.choice(("overdue", "expiry"))
        found = []
        for number in range(self.rng.choice((0, 0, 1, 2))):
            target, bound = self._target(at)
            found.append(
                Line(
                    id=f"{self.names[at]}.{kind}.{number}",
                    kind=kind,
                    name=kind,
                    target=target,
                    bound=bound,
                    guard=self._guard(1.0),
                )
            )
        if not self.kind.guards:
            found = [line for line in found if line.bound and not line.bound.then]
        last = Line(id=f"{self.names[at]}.{kind}", kind=kind, name=kind, target=self._onward(at))
        return [*found, last]

    def _anywhere(self) -> tuple[Anywhere, ...]:
        target = self.rng.choice([*self.names, ENDS[1]])
        times, then = self.rng.randint(1, 2), self.rng.choice((ENDS[0], ""))
        line = Line(
            id="各环节.叫停",
            kind="action",
            name="叫停",
            target=target,
            bound=Bound(times=times, then=then),
        )
        joint = tuple(name for name in self.names if self._often(0.4))
        return (Anywhere(line=line, excluding=joint),)


def policy_of(made: ResolvedWorkflow, child: ResolvedWorkflow | None = None) -> CompiledPolicy:
    """A set with this workflow, and the one that it opens cases of."""
    base = compiled(flow("| 受理 | 一网格 | 不限时 | 受理 → 办结 | - |"))
    flows = {NAME: made} | ({CHILD: child} if child else {})
    core = replace(base.core, workflows=flows, calendars=CALENDARS)
    return CompiledPolicy(core, {})


@dataclass(frozen=True)
class Stay:
    """A visit of one way: the state, its instants, how it was left, and when its clock stood."""

    state: str
    entered: int
    left: int
    line: str
    kind: str
    pauses: tuple[tuple[int, int], ...] = ()


Stays = tuple[Stay, ...]
Way = tuple[Stays, str]
"""The visits of a case, and where it ended."""


class Walks:
    """Cases of one workflow that go every way, people acting at the last moment or at once."""

    def __init__(
        self,
        policy: CompiledPolicy,
        flag: bool | None,
        late: bool,
        seed: int,
        name: str = NAME,
        facts: dict[str, Any] | None = None,
    ) -> None:
        self.setting = Setting(policy, name)
        self.flag = flag
        self.facts = facts
        self.late = late
        self.rng = random.Random(seed)
        self.cut = False
        self.stuck: list[tuple[Stays, str]] = []
        self.opened: dict[tuple[int, str], dict[str, Any]] = {}

    def _given(self, start: datetime) -> dict[str, Any]:
        if self.facts is not None:
            return self.facts
        day = date.fromordinal(start.toordinal() + self.rng.randint(-1, 12))
        return {DAY: day} | ({} if self.flag is None else {"齐备": self.flag})

    def ways(self, start: datetime) -> list[Way]:
        """Return the ways of a case opened at an instant; `cut` tells that there were too many."""
        try:
            step = open_case(
                self.setting,
                case_id="甲-1",
                partition="甲",
                actor=Actor(unit="一网格"),
                at=stamp(start),
                facts=self._given(start),
            )
        except CaseRefused:  # its first limit hangs on the fact that is not given
            return []
        found: list[Way] = []
        self._note(step)
        for way in self._go(step.case, ()):
            found.append(way)
            if len(found) >= MOST_WAYS:
                self.cut = True
                break
        return found

    def _go(self, case: Case, stays: Stays) -> Iterator[Way]:
        if case.closed or case.visit.due is None or case.visit.provisional:
            if not case.closed and case.visit.due is None:
                self.stuck.append((stays, case.visit.state))
            yield stays, case.end if case.closed else ""
            return
        state = self.setting.states[case.visit.state].state
        # Where visits share their time, it matters later how much of it this one used.
        shared = any(each.cumulative for each in self.setting.flow.states)
        if shared or not self.late:
            yield from self._by_people(case, stays, case.visit.entered)
        if self.late:
            case, passed = self._used_up(state, case)
            stays += passed
            if passed or case.visit.provisional:
                yield from self._go(case, stays)
                return
        due = case.visit.due
        assert due is not None
        if self.late:
            yield from self._by_people(case, stays, due)
        step = tick(self.setting, case, due + 1)
        if step is not None:
            self._note(step)
            yield from self._go(step.case, (*stays, *passed_in(case, step)))

    def _note(self, step: Step) -> None:
        """Remember the cases that a step opens, one for each instant and set of facts."""
        for event, done in step.events:
            for each in done:
                if each.kind == "open":
                    self.opened[event.at, str(sorted(each.fields.items()))] = dict(each.fields)

    def _by_people(self, case: Case, stays: Stays, at: int) -> Iterator[Way]:
        for verb, answers in self._choices(self.setting.states[case.visit.state].state):
            for inputs in HELD if verb == MEET else ({},):
                after, passed = self._acted(case, verb, answers, max(at, case.at), inputs)
                if passed:
                    yield from self._go(after, (*stays, *passed))

    def _used_up(self, state: State, case: Case) -> tuple[Case, Stays]:
        """Return the case with its clock stopped once, and its time extended as far as may be."""
        due, passed = case.visit.due, Stays()
        assert due is not None
        if state.suspensions and not case.visit.pauses and self.rng.random() < 0.7:
            at = max(self.rng.randint(case.visit.entered, due), case.at)
            case, passed = self._one(case, "停表", at, {"理由": "等候"})
        for _ in range(state.extension.times if state.extension else 0):
            if not passed and case.visit.due is not None:
                case, passed = self._one(case, "延期", case.visit.due)
            if not passed and case.visit.extending is not None:
                # Whoever has to agree does so at the last moment at which it can be done.
                timers = timers_of(self.setting, case)
                answer = next(timer.due for timer in timers if timer.name == "answer")
                case, passed = self._one(case, "同意延期", answer, unit=ABOVE)
        return case, passed

    def _one(
        self, case: Case, verb: str, at: int, inputs: Any = None, unit: str = PARTIES[0]
    ) -> tuple[Case, Stays]:
        """Return the case after a command, and the visits that ended; unchanged where refused."""
        command = Command(verb=verb, actor=Actor(unit=unit), at=at, inputs=inputs or {})
        try:
            step = act(self.setting, case, command)
        except CaseRefused:
            return case, ()
        self._note(step)
        return step.case, passed_in(case, step)

    def _choices(self, state: State) -> Iterator[tuple[str, tuple[str, ...]]]:
        names = list(dict.fromkeys(line.name for line in state.actions))
        if isinstance(state.owner, Meeting):
            yield MEET, ()
        elif isinstance(state.owner, Joint):
            for name in names:
                yield name, (name,) * 3
            if len(names) > 1:
                for one, other in (names, names[::-1]):
                    yield "", (one, other, other)
        else:
            for name in names:
                yield name, ()
        for each in self.setting.flow.anywhere:
            if state.name not in each.excluding:
                yield each.line.name, ()

    def _acted(
        self, case: Case, verb: str, answers: tuple[str, ...], at: int, inputs: Any
    ) -> tuple[Case, Stays]:
        if not answers:
            return self._one(case, verb, at, inputs)
        for unit, answer in zip(PARTIES, answers, strict=True):
            case, passed = self._one(case, answer, at, unit=unit)
            if passed:
                return case, passed
        return case, ()


def passed_in(case: Case, step: Step) -> Stays:
    """Return the visits that ended in a step."""
    visit, found = case.visit, []
    for event, _ in step.events:
        if "line" in event.data:
            pauses = tuple((p.since, p.bound if p.until is None else p.until) for p in visit.pauses)
            found.append(
                Stay(visit.state, visit.entered, event.at, event.data["line"], event.kind, pauses)
            )
        visit = event.data.get("visit", visit)
    return tuple(found)


def shown(at: int) -> str:
    """An instant, for messages."""
    return f"{instant(at):%Y-%m-%d %H:%M}"
