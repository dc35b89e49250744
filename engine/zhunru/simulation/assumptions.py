"""What a simulation takes for granted where the scenario is silent; all of it is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhunru.checker.flow_clocks import work_calendar
from zhunru.checker.flow_words import length_text
from zhunru.checker.resolved_flows import Limit, Owner, State, acting
from zhunru.codes import diagnose
from zhunru.compiler.graph import FlowPlan
from zhunru.compiler.program import CompiledPolicy
from zhunru.diagnostics import NOWHERE, Diagnostic
from zhunru.errors import PolicyRejected
from zhunru.simulation.reading import WORD_OF
from zhunru.simulation.results import Assumption
from zhunru.simulation.scenario import EXPIRY, Arrivals, Discipline, Scenario, Spread, Weights
from zhunru.vocabulary import Measure
from zhunru.worktime import WorkCalendar, working_time
from zhunru.worktime.days import days
from zhunru.worktime.hours import Worked
from zhunru.worktime.instants import DAY, HOUR, MINUTE, midnight

ARRIVALS = Arrivals(number=2)
STAFF = 1
# A piece of work takes two hours on the average, but a quarter of its limit at the most: where
# minutes are allowed, nobody plans with hours.
_WORK_HOURS = 2.0
_LIMIT_SHARE = 0.25
# Working days of a month, about.
_MONTH_DAYS = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A scenario without a gap, for one workflow of one set.

    `crews` are for each state the bodies that work there; `worked` is the open time of everybody,
    `day` how much of it a working day has.
    """

    plan: FlowPlan
    scenario: Scenario
    calendar: WorkCalendar
    worked: Worked
    day: int
    start: int
    arrivals: Arrivals
    handling: Mapping[str, Spread]
    choices: Mapping[str, Weights]
    crews: Mapping[str, tuple[str, ...]]
    staff: Mapping[str, int | None]
    discipline: Discipline
    assumptions: tuple[Assumption, ...]

    def work(self, spread: Spread, drawn: float) -> int:
        """Return a drawn length of work as open time."""
        return round(drawn * self._size(spread.measure))

    def _size(self, measure: Measure | None) -> int:
        if measure is Measure.WORKDAY:
            return self.day
        return MINUTE if measure is Measure.MINUTE else HOUR


def set_up(policy: CompiledPolicy, flow: str, scenario: Scenario) -> Setup:
    """Return what is simulated; PolicyRejected if the scenario does not fit the workflow."""
    plan = policy.flows[flow]
    crews = {name: crews_of(each.state.owner) for name, each in plan.states.items()}
    _check(plan, scenario, crews)
    calendar = work_calendar(plan.flow.calendar, policy.core.calendars)
    start = scenario.start or _first_day(calendar, policy.core.period.start)
    open_time = _open_time(calendar)
    length = _day_length(calendar, open_time, start)
    handling = {name: _handling(each.state, length) for name, each in plan.states.items()}
    staff = {name: STAFF for names in crews.values() for name in names}
    return Setup(
        plan=plan,
        scenario=scenario,
        calendar=calendar,
        worked=open_time,
        day=length,
        start=midnight(start),
        arrivals=scenario.arrivals or ARRIVALS,
        handling={**handling, **scenario.handling},
        choices={name: _choices(plan, name, scenario) for name in plan.states},
        crews=crews,
        staff={**staff, **scenario.staff},
        discipline=scenario.discipline,
        assumptions=tuple(_assumptions(plan, scenario, start)),
    )


def crews_of(owner: Owner | None) -> tuple[str, ...]:
    """Return the names of the bodies that work in a state, as the workflow writes them."""
    from zhunru.analysis.picture import body_text

    if owner is None:
        return ("",)
    return tuple(dict.fromkeys(map(body_text, acting(owner))))


def verbs(plan: FlowPlan, state: str) -> tuple[str, ...]:
    """Return what somebody may do in a state itself, each once, in written order."""
    return tuple(dict.fromkeys(line.name for line in plan.states[state].state.actions))


def _anywhere(plan: FlowPlan, state: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.name for line in plan.states[state].actions))


def _expires(plan: FlowPlan, state: str) -> bool:
    return any(line.kind == "expiry" for line in plan.states[state].endings)


def _choices(plan: FlowPlan, state: str, scenario: Scenario) -> Weights:
    """Return how often each way out is chosen: all alike, and nothing that is open anywhere."""
    given = scenario.choices.get(state)
    if given is not None:
        return given
    found = dict.fromkeys(verbs(plan, state), 1.0)
    return {**found, EXPIRY: 1.0} if _expires(plan, state) else found


def _handling(state: State, day: int) -> Spread:
    allowed = _least_hours(state.limit, day)
    mean = _WORK_HOURS if allowed is None else min(_WORK_HOURS, allowed * _LIMIT_SHARE)
    return Spread(shape="exponential", first=mean, measure=Measure.WORKHOUR)


def _least_hours(limit: Limit | None, day: int) -> float | None:
    """Return the least time that a state allows, in working hours; None: no number is known."""
    if limit is None or not limit.lengths:
        return None
    sizes = {
        Measure.MINUTE: MINUTE / HOUR,
        Measure.HOUR: 1.0,
        Measure.WORKHOUR: 1.0,
        Measure.MONTH: _MONTH_DAYS * day / HOUR,
        Measure.YEAR: 12 * _MONTH_DAYS * day / HOUR,
    }
    return min(
        float(length.amount) * sizes.get(length.measure, day / HOUR) for length in limit.lengths
    )


def _first_day(calendar: WorkCalendar, since: date | None) -> date:
    """Return the first working day of the last published year but one.

    Time limits of a year then still end on published days, where they can end at all.
    """
    first = date(calendar.days.horizon.year - 1, 1, 1)
    start = max(first, since) if since else first
    return next(d for d in days(start, date(start.year + 1, 1, 31)) if calendar.days.is_workday(d))


def _open_time(calendar: WorkCalendar) -> Worked:
    """Return when people are at work: in the hours of the calendar, on standby where it serves.

    A calendar of natural days has no hours; people then keep those of an office.
    """
    if calendar.service:
        return calendar.served
    return calendar.worked if calendar.lines else working_time(calendar.days).worked


def _day_length(calendar: WorkCalendar, worked: Worked, start: date) -> int:
    """Return the open time of the first working day from `start` on that has any."""
    for day in days(start, date(start.year + 1, 12, 31)):
        begin = midnight(day)
        length = worked.between(begin, begin + DAY) if calendar.days.is_workday(day) else 0
        if length:
            return length
    return 8 * HOUR


# --- what does not fit --------------------------------------------------------------------------


def _check(plan: FlowPlan, scenario: Scenario, crews: Mapping[str, tuple[str, ...]]) -> None:
    found = list(_misfits(plan, scenario, crews))
    if found:
        raise PolicyRejected(found)


def _misfits(
    plan: FlowPlan, scenario: Scenario, crews: Mapping[str, tuple[str, ...]]
) -> Iterator[Diagnostic]:
    bodies = list(dict.fromkeys(name for names in crews.values() for name in names))
    fields = [field.name for field in plan.flow.fields]
    for key, known, given in (
        ("handling", list(plan.states), scenario.handling),
        ("choices", list(plan.states), scenario.choices),
        ("staff", bodies, scenario.staff),
        ("fields", fields, scenario.fields),
    ):
        for name in given:
            if name not in known:
                yield _misfit(plan, scenario, key, name, known)
    for state, weights in scenario.choices.items():
        if state in plan.states:
            known = [*_anywhere(plan, state), *([EXPIRY] if _expires(plan, state) else [])]
            for name in weights:
                if name not in known:
                    yield _misfit(plan, scenario, "choices", name, known)


def _misfit(
    plan: FlowPlan, scenario: Scenario, key: str, name: str, known: Iterable[str]
) -> Diagnostic:
    span = scenario.places.get((key, name), NOWHERE)
    names = tuple(known) or "-"
    return diagnose("ZR872", span, flow=plan.name, name=name, key=WORD_OF[key], names=names)


# --- what is said of it -------------------------------------------------------------------------


def _assumptions(plan: FlowPlan, scenario: Scenario, start: date) -> Iterator[Assumption]:
    """Yield everything that was taken for granted, in words."""
    arrivals = scenario.arrivals or ARRIVALS
    yield _said("arrivals", *_arrival_text(arrivals), scenario.arrivals is not None)
    yield _said("start", f"{start} 起", f"from {start} on", scenario.start is not None)
    if set(plan.states) - set(scenario.handling):
        yield _said(
            "handling",
            "没有写办理时长的环节：指数分布，平均 2 个工作小时，且不超过时限的四分之一",
            "states without a handling time: exponential, 2 working hours on the average, "
            "a quarter of the limit at the most",
            False,
        )
    if set(plan.states) - set(scenario.choices):
        yield _said(
            "choices",
            "没有写去向的环节：各个动作机会均等，“期满”也算一个；各环节都可办的动作不发生",
            "states without choices: every action alike, expiry being one; "
            "what is open in any state does not happen",
            False,
        )
    yield _said(
        "staff",
        "没有写人手的：每方 1 人，上班时间办理，一次办一件",
        "bodies without staff: one person each, at work in open hours, on one piece at a time",
        bool(scenario.staff),
    )
    zh, en = {
        "arrival": ("先来先办", "first come, first served"),
        "due": ("先到期先办", "what is due first is done first"),
    }[scenario.discipline]
    yield _said("discipline", zh, en, scenario.discipline != "arrival")
    yield _said(
        "fields",
        "没有写的栏目：可选的值机会均等，数取中间，日期为 60 日后",
        "fields without values: every choice alike, numbers in the middle, days 60 days ahead",
        bool(scenario.fields),
    )


def _said(key: str, zh: str, en: str, given: bool) -> Assumption:
    return Assumption(key=key, zh=zh, en=en, given=given)


def _arrival_text(arrivals: Arrivals) -> tuple[str, str]:
    number = Decimal(str(arrivals.number)).normalize()
    one_zh = length_text(Decimal(1), arrivals.measure, "zh").removeprefix("1 ")
    one_en = length_text(Decimal(1), arrivals.measure, "en").removeprefix("1 ")
    how = ("，间隔相等", ", evenly spaced") if arrivals.even else ("，随机到达", ", at random")
    return f"每{one_zh} {number:f} 件{how[0]}", f"{number:f} cases per {one_en}{how[1]}"
