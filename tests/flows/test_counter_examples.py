"""The way that a refuted constraint is told with is one that a case can go, and it breaks it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.flows.random_cases import (
    ABOVE,
    ENDS,
    HELD,
    MEET,
    NAME,
    PARTIES,
    PLAIN,
    Kind,
    Maker,
    Stay,
    passed_in,
    policy_of,
)
from tests.flows.test_proofs_against_cases import CLOCKS, STARTS, asked, taken

from zhunru.checker.flow_map import Arc, FlowMap, Node, Walk, reachable, walk_to
from zhunru.checker.flow_proofs import Prover
from zhunru.checker.flow_times import Times
from zhunru.checker.resolved_flows import Joint, Meeting, ResolvedWorkflow
from zhunru.runtime.advance import act, open_case, tick
from zhunru.runtime.case import Actor, Case, Command, Step
from zhunru.runtime.setting import Setting
from zhunru.vocabulary import Measure
from zhunru.worktime.instants import day_of, stamp


class Replay:
    """A case that goes a given way."""

    def __init__(self, flow: ResolvedWorkflow, start: datetime = STARTS[0]) -> None:
        self.flow = flow
        self.late = False
        self.stays: list[Stay] = []
        self.setting = Setting(policy_of(flow), NAME)
        at = stamp(start)
        facts = {"齐备": True, "期日": day_of(at)}
        self.case = open_case(
            self.setting, case_id="甲-1", partition="甲", actor=Actor(unit="一网格"), at=at, facts=facts
        ).case  # fmt: skip
        self.lines: list[str] = []

    def go(self, walk: Walk) -> None:
        """Take every arc of a walk, each as it is taken: by time or by people."""
        assert walk.first == self.case.visit.state
        for arc in walk.arcs:
            if self.late:
                self._extend()
            before = len(self.lines)
            self._by_time() if arc.line.ends_time else self._by_people(arc)
            assert self.lines[before:] == [arc.line.id], (arc, self.lines)
            assert (self.case.end or self.case.visit.state) == arc.target

    def _by_time(self) -> None:
        due = self.case.visit.due
        assert due is not None
        step = tick(self.setting, self.case, due + 1)
        assert step is not None
        self._note(step)

    def _by_people(self, arc: Arc) -> None:
        owner = self.setting.states[arc.source].state.owner
        if isinstance(owner, Meeting) and arc.line.kind == "result":
            self._act(MEET, HELD[0] if arc.line.name == "通过" else HELD[1])
        elif isinstance(owner, Joint) and arc.line.kind == "result":
            for unit in PARTIES:
                if self._act(arc.line.name, {}, unit):
                    break
        else:
            self._act(arc.line.name, {})

    def _act(self, verb: str, inputs: dict[str, int], unit: str = PARTIES[0]) -> bool:
        due = self.case.visit.due
        at = due if self.late and due is not None else self.case.at
        command = Command(
            verb=verb, actor=Actor(unit=unit), at=max(at, self.case.at), inputs=inputs
        )
        step = act(self.setting, self.case, command)
        self._note(step)
        return any("line" in event.data for event, _ in step.events)

    def _extend(self) -> None:
        """Have the time of the state extended as often and as late as may be."""
        extension = self.setting.states[self.case.visit.state].state.extension
        for _ in range(extension.times if extension else 0):
            self._act("延期", {})
            if self.case.visit.extending is not None:
                command = Command(verb="同意延期", actor=Actor(unit=ABOVE), at=self.case.at)
                self._note(act(self.setting, self.case, command))

    def _note(self, step: Step) -> None:
        self.stays += passed_in(self.case, step)
        self.case: Case = step.case
        self.lines += [event.data["line"] for event, _ in step.events if "line" in event.data]


@pytest.mark.parametrize("part", range(4))
def test_a_case_can_go_the_way_that_breaks_an_order(part: int) -> None:
    replayed = 0
    for seed in range(part * 60, part * 60 + 60):
        rng = random.Random(seed)
        flow = _each_its_own(Maker(rng, PLAIN).flow())
        prover = Prover(None, flow, CLOCKS)  # type: ignore[arg-type]  # it looks up no name here
        names = [state.name for state in flow.states]
        before, after, end = rng.choice(names), rng.choice(names), rng.choice([*names, *ENDS])
        without = prover.walk_without((before,), end)
        if without is not None:
            replay = Replay(flow)
            replay.go(without)
            assert (replay.case.end or replay.case.visit.state) == end
            assert not any(_by_hand(arc) and arc.source == before for arc in without.arcs)
            replayed += 1
        past = prover.walk_past(after, end)
        if past is not None:
            replay = Replay(flow)
            replay.go(past)
            seen = {past.first, *(arc.target for arc in past.arcs)}
            assert replay.case.end and after in seen and end not in seen
            replayed += 1
    assert replayed > 30


@pytest.mark.parametrize("part", range(4))
def test_a_case_takes_as_long_by_the_way_that_breaks_a_term_as_is_said(part: int) -> None:
    replayed = 0
    for seed in range(part * 60, part * 60 + 60):
        rng = random.Random(seed)
        flow = _each_its_own(Maker(rng, PLAIN).flow())
        start, ends = asked(flow, rng)
        map_ = FlowMap(flow)
        term = Times(map_, CLOCKS).longest(start, ends, Measure.WORKDAY)
        if not term.exact or term.endless or not term.walk.arcs:
            continue
        replay = Replay(flow)
        replay.go(_lead(map_, term.walk))
        begun = len(replay.stays)
        replay.late = True
        replay.go(term.walk)
        assert term.amount == taken(flow, replay.stays[begun:], Measure.WORKDAY), (seed, term)
        assert (replay.case.end or replay.case.visit.state) in (*ends, *ENDS)
        replayed += 1
    assert replayed > 40


DAYS = Kind(pauses=False, stops=False, gaps=False, dates=False, guards=False, hours=False)


@pytest.mark.parametrize("part", range(2))
def test_on_some_day_a_case_takes_as_long_as_is_said_where_days_are_mixed(part: int) -> None:
    replayed = 0
    for seed in range(part * 8, part * 8 + 8):
        rng = random.Random(seed)
        flow = _each_its_own(Maker(rng, DAYS).flow())
        term = Times(FlowMap(flow), CLOCKS).longest(flow.initial, [ENDS[0]], Measure.WORKDAY)
        if not term.exact or term.endless or not term.walk.arcs:
            continue
        ways = (_replayed(flow, term.walk, begin) for begin in _days_of(flow))
        assert any(taken(flow, stays, Measure.WORKDAY) == term.amount for stays in ways), seed
        replayed += 1
    assert replayed


def _replayed(flow: ResolvedWorkflow, walk: Walk, start: datetime) -> list[Stay]:
    replay = Replay(flow, start)
    replay.late = True
    replay.go(walk)
    return replay.stays


def _days_of(flow: ResolvedWorkflow) -> list[datetime]:
    """The starts of the published years that a term may hang on, one for each run of days."""
    times = Times(FlowMap(flow), CLOCKS)
    days = times.starts.days(lambda day: day + timedelta(40), dated=False)
    return [start for day in days for start in times.home.starts(day)]


def _lead(map_: FlowMap, walk: Walk) -> Walk:
    """A way of a new case to where a walk can begin."""
    came = reachable(map_, [map_.start])
    for node in came:
        if node.state == walk.first and _goes(map_, node, walk):
            return walk_to(node, came)
    raise AssertionError(walk)


def _goes(map_: FlowMap, node: Node, walk: Walk) -> bool:
    for arc in walk.arcs:
        following = dict(map_.steps(node)).get(arc)
        if following is None:
            return False
        node = following
    return True


def _each_its_own(flow: ResolvedWorkflow) -> ResolvedWorkflow:
    """Where visits share one limit (累计) the last of them may be over as it begins."""
    return replace(flow, states=tuple(replace(each, cumulative=False) for each in flow.states))


def _by_hand(arc: Arc) -> bool:
    return not arc.line.ends_time
