"""What is proved of workflows holds for cases that go every way, and is reached where it may be."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from tests.flows.random_cases import (
    CALENDARS,
    CHILD,
    ENDS,
    PLAIN,
    Kind,
    Maker,
    Stay,
    Walks,
    Way,
    policy_of,
    shown,
)

from zhunru.checker.flow_clocks import Clocks, needed
from zhunru.checker.flow_map import FlowMap
from zhunru.checker.flow_proofs import Prover
from zhunru.checker.flow_shortest import Shortest
from zhunru.checker.flow_times import Times
from zhunru.checker.resolved_flows import ResolvedWorkflow
from zhunru.vocabulary import CLOCK, Measure
from zhunru.worktime import BEIJING, Ledger, Suspension, Unit, elapsed
from zhunru.worktime.instants import HOUR, MINUTE, instant

CLOCKS = Clocks(CALENDARS)
STARTS = (
    datetime(2025, 9, 26, 17, 30, tzinfo=BEIJING),  # before a week of holidays and a Sunday of work
    datetime(2025, 12, 31, 9, 0, tzinfo=BEIJING),
    datetime(2025, 2, 8, 23, 59, 59, tzinfo=BEIJING),
    datetime(2024, 9, 14, 17, 29, 59, tzinfo=BEIJING),
    datetime(2020, 1, 23, 20, 0, tzinfo=BEIJING),
    datetime(2017, 9, 29, 23, 59, 59, 999_999, tzinfo=BEIJING),
)
MEASURES = (Measure.WORKDAY, Measure.WORKDAY, Measure.DAY, Measure.HOUR, Measure.WORKHOUR,
            Measure.NATURALDAY, Measure.MONTH)  # fmt: skip


def stretches(way: Way, start: str, ends: set[str]) -> list[list[Stay]]:
    """The visits from each entry of `start` to the next arrival at one of `ends`, or the end."""
    stays, last = way
    found = []
    for at, stay in enumerate(stays):
        if stay.state != start:
            continue
        following = (n for n in range(at + 1, len(stays)) if stays[n].state in ends)
        found.append(list(stays[at : next(following, len(stays))]))
    return [each for each in found if last or each[-1] is not stays[-1]]


def taken(flow: ResolvedWorkflow, stays: list[Stay], measure: Measure) -> Decimal:
    """What the clocks ran in these visits; not in states that stop them, and not while stopped."""
    home, total = CLOCKS.of(flow.calendar), Decimal(0)
    for run in _runs(flow, stays):
        start, end = instant(run[0].entered), instant(run[-1].left)
        pauses = [pause for stay in run for pause in stay.pauses]
        if pauses:
            stops = (Suspension(instant(one), instant(other)) for one, other in pauses)
            total += elapsed(
                start, end, Unit(measure.value), home.calendar, Ledger(tuple(stops))
            ).whole
        elif measure in CLOCK:
            ran = elapsed(start, end, Unit(measure.value), home.calendar).used
            total += Decimal(ran) / (MINUTE if measure is Measure.MINUTE else HOUR)
        else:
            total += needed(home, measure, start, end)
    return total


def _runs(flow: ResolvedWorkflow, stays: list[Stay]) -> list[list[Stay]]:
    runs: list[list[Stay]] = [[]]
    for stay in stays:
        state = flow.state(stay.state)
        assert state is not None
        if state.limit is not None and state.limit.stopped:
            runs.append([])
        else:
            runs[-1].append(stay)
    return [run for run in runs if run]


def ways_of(
    flow: ResolvedWorkflow,
    seed: int,
    late: bool,
    starts: Iterable[datetime],
    flags: Iterable[bool | None],
    stuck: list[tuple[tuple[Stay, ...], str]] | None = None,
) -> tuple[list[Way], bool]:
    found, cut = [], False
    for flag in flags:
        walks = Walks(policy_of(flow), flag, late, seed)
        for start in starts:
            found += walks.ways(start)
        cut |= walks.cut
        if stuck is not None:
            stuck += walks.stuck
    return found, cut


def asked(flow: ResolvedWorkflow, rng: random.Random) -> tuple[str, list[str]]:
    start = rng.choice(flow.states).name
    ends = {ENDS[0], rng.choice([*ENDS, *(state.name for state in flow.states)])}
    return start, sorted(ends)


def most(
    flow: ResolvedWorkflow, ways: list[Way], start: str, ends: list[str], measure: Measure
) -> tuple[Decimal, list[Stay]]:
    """The longest of all cases, with its visits."""
    found = (
        (taken(flow, stays, measure), stays)
        for way in ways
        for stays in stretches(way, start, set(ends))
    )
    return max(found, key=lambda each: each[0], default=(Decimal(0), []))


def _flag(flow: ResolvedWorkflow, rng: random.Random) -> bool | None:
    known = flow.fields[0].required
    return rng.choice((True, False) if known else (True, False, None))


def told(stays: list[Stay]) -> str:
    return " ".join(f"{s.state}[{shown(s.entered)}–{shown(s.left)} {s.line}]" for s in stays)


def check_bound(seed: int) -> bool:
    """No case takes longer than is said; return whether anything was said."""
    rng = random.Random(seed)
    measure = rng.choice(MEASURES)
    # Terms that roll on to the next day of work are not summed up over what lies between stops.
    rolls = measure in (Measure.NATURALDAY, Measure.MONTH)
    flow = Maker(rng, Kind(pauses=seed % 2 == 0 and not rolls, stops=not rolls)).flow()
    start, ends = asked(flow, rng)
    term = Times(FlowMap(flow), CLOCKS).longest(start, ends, measure)
    waits: list[tuple[tuple[Stay, ...], str]] = []
    ways, _ = ways_of(flow, seed, True, [rng.choice(STARTS)], [_flag(flow, rng)], waits)
    if term.amount is None:
        return False
    _none_waits(seed, waits, start, ends)
    found, stays = most(flow, ways, start, ends, measure)
    assert found <= term.amount, f"{seed}: {found} > {term}: {told(stays)}"
    return True


def _none_waits(
    seed: int, waits: list[tuple[tuple[Stay, ...], str]], start: str, ends: list[str]
) -> None:
    """No case waits for ever between `start` and `ends`."""
    for stays, state in waits:
        names = [*(stay.state for stay in stays), state]
        begins = [at for at, name in enumerate(names) if name == start]
        over = begins and any(name in ends for name in names[begins[-1] + 1 :])
        assert over or not begins, f"{seed}: waits in {state}: {told(list(stays))}"


def check_children(seed: int) -> bool:
    """Cases that others open, by 到达 and 产生, keep what is promised of their workflow."""
    rng = random.Random(seed)
    flow = Maker(rng, Kind(hooks=True, pauses=False)).flow()
    child = replace(Maker(rng, Kind(pauses=False)).flow(), name=CHILD)
    policy = policy_of(flow, child)
    parent = Walks(policy, _flag(flow, rng), True, seed)
    parent.ways(rng.choice(STARTS))
    start, ends = asked(child, rng)
    term = Times(FlowMap(child), CLOCKS).longest(start, ends, Measure.WORKDAY)
    if term.amount is None:
        return False
    opened = list(parent.opened.items())[:4]
    for (at, _), facts in opened:
        walks = Walks(policy, None, True, seed, CHILD, facts)
        found, stays = most(child, walks.ways(instant(at)), start, ends, Measure.WORKDAY)
        assert found <= term.amount, f"{seed}: {found} > {term}: {told(stays)}"
        _none_waits(seed, walks.stuck, start, ends)
    return bool(opened)


def check_exact(seed: int) -> bool:
    """Days of work: some case takes as long as is said, and none is faster than is said."""
    rng = random.Random(seed)
    flow = Maker(rng, PLAIN).flow()
    start, ends = asked(flow, rng)
    times = Times(FlowMap(flow), CLOCKS)
    term = times.longest(start, ends, Measure.WORKDAY)
    ways, cut = ways_of(flow, seed, True, STARTS[:1], [True])
    found, stays = most(flow, ways, start, ends, Measure.WORKDAY)
    assert term.amount is not None and not term.endless
    assert found <= term.amount, f"{seed}: {found} > {term}: {told(stays)}"
    if term.exact and not cut:
        assert found == term.amount, f"{seed}: {found} < {term}"
    return term.exact and not cut


def check_quickest(seed: int) -> bool:
    """No case is faster than is said; and with days of work alone some case is as fast."""
    rng = random.Random(seed)
    plain = seed % 2 == 0
    flow = Maker(rng, PLAIN if plain else Kind(pauses=False)).flow()
    start, ends = asked(flow, rng)
    measure = Measure.WORKDAY if plain else rng.choice(MEASURES)
    term = Shortest(Times(FlowMap(flow), CLOCKS)).between(start, ends, measure)
    begins = [rng.choice(STARTS)]
    ways, cut = ways_of(flow, seed, False, begins, [True if plain else _flag(flow, rng)])
    found = [
        taken(flow, stays, measure)
        for way in ways
        for stays in stretches(way, start, set(ends))
        if _arrives(way, stays, ends)
    ]
    if term is None:
        assert not found, seed
        return False
    assert term.amount is not None
    assert min(found, default=term.amount) >= term.amount, f"{seed}: {min(found)} < {term}"
    if plain and not cut and found:
        assert min(found) == term.amount, f"{seed}: {min(found)} > {term}"
    return bool(found)


def _arrives(way: Way, stays: list[Stay], ends: list[str]) -> bool:
    visits, last = way
    at = next(n for n, each in enumerate(visits) if each is stays[-1])
    return (visits[at + 1].state if at + 1 < len(visits) else last) in ends


def check_order(seed: int) -> bool:
    """What must come before, or after, does so in every case."""
    rng = random.Random(seed)
    plain = seed % 2 == 0
    flow = Maker(rng, PLAIN if plain else Kind(pauses=False)).flow()
    prover = Prover(None, flow, CLOCKS)  # type: ignore[arg-type]  # it looks up no name here
    names = [state.name for state in flow.states]
    before, after, end = rng.choice(names), rng.choice(names), rng.choice([*names, *ENDS])
    ways, cut = ways_of(flow, seed, True, STARTS[:1], [True if plain else _flag(flow, rng)])
    passed_over = [way for way in ways if _reaches(way, end) and not _worked(way, before, end)]
    walk = prover.walk_without((before,), end)
    assert walk is not None or not passed_over, f"{seed}: 未经 {before} 不得 {end}"
    missed = [way for way in ways if way[1] and _through(way, after) and not _through(way, end)]
    past = prover.walk_past(after, end)
    assert past is not None or not missed, f"{seed}: 凡 {after} 必有 {end}"
    if plain and not cut:
        assert (walk is None) == (not passed_over), f"{seed}: 未经 {before} 不得 {end} {walk}"
        assert (past is None) == (not missed), f"{seed}: 凡 {after} 必有 {end} {past}"
    return walk is None or past is None


def _through(way: Way, name: str) -> bool:
    return way[1] == name or any(stay.state == name for stay in way[0])


def _reaches(way: Way, end: str) -> bool:
    return _through(way, end)


def _worked(way: Way, state: str, end: str) -> bool:
    """Tell whether somebody left a state before the first arrival at `end`."""
    for stay in way[0]:
        if stay.state == end:
            return False
        if stay.state == state and stay.kind in ("acted", "joined"):
            return True
    return False


@pytest.mark.parametrize(
    ("check", "seeds"),
    [
        (check_exact, range(120)),
        (check_bound, range(30)),
        (check_children, range(30)),
        (check_quickest, range(20)),
        (check_order, range(100)),
    ],
)
def test_proofs_are_true_of_every_case(check: Callable[[int], bool], seeds: range) -> None:
    told_of = sum(check(seed) for seed in seeds)
    assert told_of > len(seeds) // 3
