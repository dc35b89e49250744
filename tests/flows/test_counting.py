"""Where nothing has to be counted, what is said of states is what holds of all nodes."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from tests.flows.random_cases import Kind, Maker
from tests.flows.sets import findings
from tests.flows.walking import random_flow
from tests.runtime.sets import CHART, flow

from zhunru.checker.flow_map import FlowMap, Node, plainly_whole, reachable
from zhunru.checker.resolved_flows import Bound, ResolvedWorkflow


def whole(map_: FlowMap) -> bool:
    """Whether everything is reached and an end from everywhere, by going over every node."""
    came = reachable(map_, [map_.start])
    ending: set[Node] = {node for node in came if map_.is_end(node.state)}
    while True:
        more = {
            node
            for node in came
            if node not in ending and any(after in ending for _, after in map_.steps(node))
        }
        if not more:
            break
        ending |= more
    return len(ending) == len(came) and {n.state for n in came} >= {*map_.states, *map_.ends}


def _closing(made: ResolvedWorkflow, rng: random.Random) -> ResolvedWorkflow:
    """The workflow with some lines shut after a few times, also those that time takes."""
    states = []
    for state in made.states:
        lines = [
            replace(line, bound=Bound(times=rng.randint(0, 2), then=rng.choice(("", made.initial))))
            if rng.random() < 0.3
            else line
            for line in state.lines
        ]
        states.append(replace(state, lines=tuple(lines)))
    return replace(made, states=tuple(states))


@pytest.mark.parametrize("part", range(3))
def test_a_workflow_is_plainly_whole_only_if_it_is(part: int) -> None:
    plainly = broken = 0
    for seed in range(part * 400, part * 400 + 400):
        rng = random.Random(seed)
        made = (
            Maker(rng, Kind()).flow()
            if seed % 2
            else random_flow(seed, states=rng.randint(2, 4), loose=True)
        )
        map_ = FlowMap(_closing(made, rng) if seed % 3 else made)
        found = whole(map_)
        assert found or not plainly_whole(map_), seed
        plainly += plainly_whole(map_)
        broken += not found
    assert plainly > 40 and broken > 40


@pytest.mark.parametrize("seed", range(200))
def test_every_way_of_a_case_is_one_where_nothing_is_counted(seed: int) -> None:
    map_ = FlowMap(_closing(random_flow(seed, states=3, loose=True), random.Random(seed)))
    for node in reachable(map_, [map_.start]):
        flat = dict(map_.flat.steps(Node(node.state)))
        assert all(flat[arc] == Node(after.state) for arc, after in map_.steps(node))


@pytest.mark.parametrize("back", ["", ";退 → 环{0} 不超过 1 次，满后 → 办结"])
def test_a_thousand_states_are_checked_in_seconds(back: str) -> None:
    # With a bound in every state there are more nodes than could ever be gone over.
    names = [f"环{at}" for at in range(1000)]
    rows = "\n".join(
        f"| {one} | 一街道 | {('2 个工作日', '4 个工作小时', '3 日')[at % 3]} | "
        f"办 → {other}{back.format(max(at - 1, 0))} | 逾期 → {other} |"
        for at, (one, other) in enumerate(pairwise((*names, "办结")))
    )
    under = "  约束 未经 办 不得 环999\n  约束 凡 环7 必有 环900\n  约束 自 环0 至 办结 不超过 5 个工作日\n"
    began = time.process_time()
    found = {each.code for each in findings(CHART + flow(rows, under=under))}
    assert time.process_time() - began < 20
    assert "ZR524" in found and found & {"ZR521", "ZR534"}  # longer than said; too many to show
