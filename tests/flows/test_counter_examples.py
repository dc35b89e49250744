"""The way that a refuted constraint is told with is one that a case can go, and it breaks it."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from tests.flows.random_cases import ENDS, HELD, MEET, NAME, PARTIES, PLAIN, Maker, policy_of
from tests.flows.test_proofs_against_cases import CLOCKS, STARTS

from zhunru.checker.flow_map import Arc, Walk
from zhunru.checker.flow_proofs import Prover
from zhunru.checker.resolved_flows import Joint, Meeting, ResolvedWorkflow
from zhunru.runtime.advance import act, open_case, tick
from zhunru.runtime.case import Actor, Case, Command, Step
from zhunru.runtime.setting import Setting
from zhunru.worktime.instants import day_of, stamp


class Replay:
    """A case that goes a given way."""

    def __init__(self, flow: ResolvedWorkflow) -> None:
        self.flow = flow
        self.setting = Setting(policy_of(flow), NAME)
        at = stamp(STARTS[0])
        facts = {"齐备": True, "期日": day_of(at)}
        self.case = open_case(
            self.setting, case_id="甲-1", partition="甲", actor=Actor(unit="一网格"), at=at, facts=facts
        ).case  # fmt: skip
        self.lines: list[str] = []

    def go(self, walk: Walk) -> None:
        """Take every arc of a walk, each as it is taken: by time or by people."""
        assert walk.first == self.case.visit.state
        for arc in walk.arcs:
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
        command = Command(verb=verb, actor=Actor(unit=unit), at=self.case.at, inputs=inputs)
        step = act(self.setting, self.case, command)
        self._note(step)
        return any("line" in event.data for event, _ in step.events)

    def _note(self, step: Step) -> None:
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


def _each_its_own(flow: ResolvedWorkflow) -> ResolvedWorkflow:
    """Where visits share one limit (累计) the last of them may be over as it begins."""
    return replace(flow, states=tuple(replace(each, cumulative=False) for each in flow.states))


def _by_hand(arc: Arc) -> bool:
    return not arc.line.ends_time
