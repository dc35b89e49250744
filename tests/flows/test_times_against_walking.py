"""The longest and shortest times are those of walking every way of small workflows."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pytest
from tests.flows.random_cases import CALENDARS, Kind, Maker
from tests.flows.walking import END, Endless, entries, limit, moves, random_flow, runs

from zhunru.checker import flow_shortest, flow_times
from zhunru.checker.flow_clocks import Clocks
from zhunru.checker.flow_map import FlowMap
from zhunru.checker.flow_shortest import Shortest
from zhunru.checker.flow_starts import YEARS
from zhunru.checker.flow_times import Times
from zhunru.checker.resolved_flows import Bound, Line, ResolvedWorkflow, State
from zhunru.vocabulary import Measure
from zhunru.worktime import BEIJING, Limit, Unit, due, elapsed, working_time

CLOCKS = Clocks({})


def longest_by_walking(flow: ResolvedWorkflow, start: str, end: str) -> int | None:
    """Return the longest sum of limits over every way; None: some way has no end."""
    allowed = {state.name: int(state.limit.lengths[0].amount) for state in flow.states}  # type: ignore[union-attr]
    try:
        return max(
            (
                sum(allowed[name] for name, _ in way)
                for taken in entries(flow, start)
                for way in runs(flow, start, taken, frozenset({end}))
            ),
            default=0,
        )
    except Endless:
        return None


def shortest_by_walking(flow: ResolvedWorkflow, start: str, end: str) -> int | None:
    """Return the least waiting on any way to `end`; only expiries wait."""
    allowed = {state.name: int(state.limit.lengths[0].amount) for state in flow.states}  # type: ignore[union-attr]
    sums = [
        sum(allowed[name] for name, line in way if line.ends_time)
        for taken in entries(flow, start)
        for way in runs(flow, start, taken, frozenset({end}))
        if _arrives(flow, way, taken, end)
    ]
    return min(sums, default=None)  # type: ignore[type-var]


def _arrives(flow, way, taken, end) -> bool:
    for _, line in way:
        target, taken = next(iter(moves(line, taken)))
    return target == end


@pytest.mark.parametrize("part", range(10))
def test_days_of_work_add_up_to_the_longest_way(part: int) -> None:
    compared = endless = 0
    for seed in range(part * 150, part * 150 + 150):
        flow = random_flow(seed, states=3, loose=seed % 3 == 0)
        rng = random.Random(seed)
        start = f"s{rng.randrange(len(flow.states))}"
        end = rng.choice([END, f"s{rng.randrange(len(flow.states))}"])
        term = Times(FlowMap(flow), CLOCKS).longest(start, [end], Measure.WORKDAY)
        expected = longest_by_walking(flow, start, end)
        assert term.exact
        assert term.amount == (None if expected is None else Decimal(expected)), seed
        assert term.endless == (expected is None)
        if term.amount is not None and term.walk.arcs:
            allowed = {s.name: s.limit.lengths[0].amount for s in flow.states}
            assert sum(allowed[arc.source] for arc in term.walk.arcs) == term.amount
            assert all(one.target == other.source for one, other in pairwise(term.walk.arcs))
        compared += 1
        endless += expected is None
    assert compared == 150
    assert 0 < endless < 150


@pytest.mark.parametrize("part", range(5))
def test_the_shortest_way_waits_least(part: int) -> None:
    for seed in range(10_000 + part * 100, 10_100 + part * 100):
        flow = random_flow(seed, states=3)
        rng = random.Random(seed)
        start = f"s{rng.randrange(3)}"
        term = Shortest(Times(FlowMap(flow), CLOCKS)).between(start, [END], Measure.WORKDAY)
        expected = shortest_by_walking(flow, start, END)
        assert (term and term.amount) == expected, seed


MIXED = (Measure.WORKDAY, Measure.WORKHOUR, Measure.DAY, Measure.NATURALDAY)


@cache
def _due(begin: datetime, amount: Decimal, measure: Measure) -> datetime:
    return due(begin, Limit(amount, Unit(measure.value)), working_time()).instant


def _latest(flow: ResolvedWorkflow, begin: datetime, early: Callable[[], bool]) -> datetime:
    """Return the latest arrival at the end over every way; some visits are left early."""
    limits = {s.name: s.limit.lengths[0] for s in flow.states if s.limit}
    latest = begin
    for way in runs(flow, flow.initial, (), frozenset({END})):
        moment = begin
        for name, line in way:
            last = _due(moment, limits[name].amount, limits[name].measure)
            half = not line.ends_time and early()
            moment += (last - moment) / 2 if half else last - moment
        latest = max(latest, moment)
    return latest


def _count(begin: datetime, arrival: datetime) -> int:
    number = 0
    while _due(begin, Decimal(number), Measure.WORKDAY) < arrival:
        number += 1
    return number


@pytest.mark.parametrize("seed", range(8))
def test_with_hours_and_natural_days_no_start_of_the_year_takes_longer(seed: int) -> None:
    flow = random_flow(seed, states=3, measures=MIXED)
    term = Times(FlowMap(flow), CLOCKS).longest("s0", [END], Measure.WORKDAY)
    rng = random.Random(seed)
    found = 0
    for _ in range(25):
        begin = datetime(2025, 1, 1, tzinfo=BEIJING) + timedelta(minutes=rng.randrange(365 * 1440))
        arrival = _latest(flow, begin, lambda: rng.random() < 0.1)
        found = max(found, _count(begin, arrival))
    assert term.exact
    assert term.amount is not None
    assert found <= term.amount


@pytest.mark.parametrize("seed", [3, 5])
def test_the_worst_start_of_a_year_is_attained(seed: int) -> None:
    flow = random_flow(seed, states=2, measures=MIXED)
    term = Times(FlowMap(flow), CLOCKS).longest("s0", [END], Measure.WORKDAY)
    year = CLOCKS.horizon.year - 1  # starts of the last published year run past it
    ends = (time(17, 30), time(23, 59, 59, 999_999))
    days = (date(year, 1, 1) + timedelta(n) for n in range(365))
    starts = [datetime.combine(day, end, BEIJING) for day in days for end in ends]
    found = max(_count(begin, _latest(flow, begin, lambda: False)) for begin in starts)
    assert term.exact
    assert term.amount == found


@pytest.mark.parametrize("seed", [0, 3, 7])
def test_with_months_every_day_of_the_published_years_is_tried(seed: int) -> None:
    flow = random_flow(seed, states=2, measures=(Measure.MONTH, Measure.WORKDAY, Measure.DAY))
    term = Times(FlowMap(flow), CLOCKS).longest("s0", [END], Measure.WORKDAY)
    work = working_time().days.is_workday
    found, day = 0, date(CLOCKS.horizon.year - YEARS + 1, 1, 1)
    while True:
        begin = datetime.combine(day, time(23, 59, 59, 999_999), BEIJING)
        arrival = _latest(flow, begin, lambda: False).date()
        if arrival > CLOCKS.horizon.date():
            break
        days = [day + timedelta(n) for n in range(1, (arrival - day).days + 1)]
        found = max(found, sum(map(work, days)) + (arrival > day and not work(arrival)))
        day += timedelta(1)
    assert day.year >= CLOCKS.horizon.year - 1
    assert (term.amount, term.exact) == (found, True)


def test_days_gone_over_together_give_what_each_of_them_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = 0
    for seed in range(6):
        rng = random.Random(seed)
        flow = Maker(
            rng, Kind(pauses=False, stops=False, gaps=False, dates=False, hours=False)
        ).flow()
        found = []
        for many in (0, 10_000):
            for module in (flow_times, flow_shortest):
                monkeypatch.setattr(module, "MANY", many)
            times = Times(FlowMap(flow), Clocks(CALENDARS))
            start = flow.initial
            longest = times.longest(start, [END], Measure.WORKDAY)
            shortest = Shortest(times).between(start, [END], Measure.WORKDAY)
            found.append((longest.amount, longest.walk, shortest and shortest.amount))
        assert found[0] == found[1], seed
        compared += found[0][0] is not None
    assert compared > 1


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("measure", [Measure.HOUR, Measure.WORKHOUR])
def test_no_start_takes_more_hours_than_the_bound(seed: int, measure: Measure) -> None:
    flow = random_flow(seed, states=2, measures=MIXED)
    bound = Times(FlowMap(flow), CLOCKS).longest("s0", [END], measure).amount
    rng = random.Random(seed)
    most, year = timedelta(), CLOCKS.horizon.year - 2
    assert bound is not None
    for _ in range(60):
        begin = datetime(year, 1, 1, tzinfo=BEIJING) + timedelta(minutes=rng.randrange(366 * 1440))
        arrival = _latest(flow, begin, lambda: False)
        used = elapsed(begin, arrival, Unit(measure.value), working_time()).used
        most = max(most, timedelta(microseconds=used))
    assert most <= timedelta(hours=float(bound))


@pytest.mark.parametrize(
    ("amount", "own", "measure", "most"),
    [
        # From the midnight before the last workday ahead of ten days off to the next one's close.
        (1, Measure.WORKDAY, Measure.HOUR, 282),
        (1, Measure.WORKDAY, Measure.WORKHOUR, 16),
        (2, Measure.DAY, Measure.HOUR, 72),
        (30, Measure.MINUTE, Measure.WORKHOUR, 1),
    ],
)
def test_hours_of_one_visit_are_bounded_as_closely_as_can_be(
    amount: int, own: Measure, measure: Measure, most: int
) -> None:
    flow = random_flow(0, states=1)
    state = replace(flow.states[0], limit=limit(amount, own), lines=flow.states[0].lines[-1:])
    term = Times(FlowMap(replace(flow, states=(state,))), CLOCKS).longest("s0", [END], measure)
    assert (term.amount, term.exact) == (most, False)


def test_visits_that_share_one_limit_are_not_said_to_have_it_each() -> None:
    back = Line(id="b", kind="action", name="b", target="s0", bound=Bound(times=1, then=""))
    lines = ((), (back,))
    over = [
        Line(id=f"o{n}", kind="overdue", name="o", target=to) for n, to in enumerate(("s1", END))
    ]
    for cumulative, amount, exact in ((False, 12, True), (True, 8, False)):
        states = tuple(
            State(name=f"s{n}", owner=None, limit=limit(days, Measure.WORKDAY),
                  lines=(*lines[n], over[n]), cumulative=cumulative and n == 0)
            for n, days in enumerate((5, 1))
        )  # fmt: skip
        flow = replace(random_flow(0), states=states)
        term = Times(FlowMap(flow), CLOCKS).longest("s0", [END], Measure.WORKDAY)
        # Left in its fifth day, reviewed, left with one more day: eight, and never twelve.
        assert (term.amount, term.exact) == (amount, exact)
