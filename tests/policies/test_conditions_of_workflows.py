"""Guards of the shipped workflows that ask for several things: none of them can be dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import pytest
from tests.cases import scripts
from tests.shipped import SETS, compiled, written

from zhunru.checker.resolved import Every
from zhunru.checker.resolved_flows import State
from zhunru.compiler import CompiledPolicy
from zhunru.store.memory import MemoryStore
from zhunru.syntax.expressions import And
from zhunru.syntax.workflow_nodes import Workflow


def joined() -> Iterator[tuple[str, str]]:
    """Yield the workflows that have a guard of several conditions."""
    for name in SETS:
        for flow in (each for each in written(name) if isinstance(each, Workflow)):
            actions = (line.guard for state in flow.states for line in state.actions)
            endings = (line.guard for state in flow.states for line in state.endings)
            if any(isinstance(guard, And) for guard in (*actions, *endings)):
                yield name, flow.name.text


FLOWS = sorted(joined())
# The third form of consultation: whatever the two lines before it do not take can only be it.
NEEDLESS = {"会商诊断": [("发起.发起会诊.3", 0)]}


def test_the_workflows_in_which_several_must_be_there_are_among_them() -> None:
    assert {("jin-an", "联席会议议定"), ("jin-an", "小院改造恳谈")} <= set(FLOWS)


@pytest.mark.rows(
    "S0-40", "S0-45", "S0-56", "S0-63", "S2-09", "S2-24", "S3-01", "S3-14", "S3-40", "S4-02",
    "S4-07", "S4-11", "S4-17",
)  # fmt: skip
@pytest.mark.parametrize(("name", "flow"), FLOWS)
def test_a_condition_left_out_of_a_guard_makes_a_script_fail(
    name: str, flow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody does in a script what that one condition alone refuses; without it, it is let."""
    unnoticed = []
    for line, at in conditions(name, flow):
        less = cache(partial(lessened, flow=flow, line=line, at=at))
        monkeypatch.setattr(scripts, "policy_of", less)
        if not any(map(fails, scripts_of(flow))):
            unnoticed.append((line, at))
    assert unnoticed == NEEDLESS.get(flow, [])


def conditions(name: str, flow: str) -> Iterator[tuple[str, int]]:
    """Yield the conditions of guards of several: of which line, and the how manieth."""
    for line in (one for s in compiled(name).core.workflows[flow].states for one in s.lines):
        if isinstance(line.guard, Every) and len(line.guard.operands) > 1:
            yield from ((line.id, at) for at in range(len(line.guard.operands)))


def lessened(name: str, *, flow: str, line: str, at: int) -> CompiledPolicy:
    """Return a set, be it one below that has the workflow from above, with one condition less."""
    policy = compiled(name)
    whole = policy.checked.workflows[flow]
    states = tuple(_without(each, line, at) for each in whole.states)
    flows = {**policy.checked.workflows, flow: replace(whole, states=states)}
    return CompiledPolicy(replace(policy.checked, workflows=flows), policy.plans)


def _without(state: State, line: str, at: int) -> State:
    """Return a state with one condition of the line left out, if the line is its own."""
    return replace(
        state,
        lines=tuple(
            replace(each, guard=Every(each.guard.operands[:at] + each.guard.operands[at + 1 :]))
            if each.id == line and isinstance(each.guard, Every)
            else each
            for each in state.lines
        ),
    )


@cache
def scripts_of(flow: str) -> tuple[Path, ...]:
    """Return the scripts of a workflow; first those in which a guard refuses something."""
    texts = {path: path.read_text(encoding="utf-8") for path in scripts.SCRIPTS}
    own = [path for path, text in texts.items() if f"流程: {flow}\n" in text]
    return tuple(sorted(own, key=lambda path: "guard-not-met" not in texts[path]))


def fails(path: Path) -> bool:
    """Tell whether something in a script does not come about as it says."""
    try:
        scripts.play(path, MemoryStore())
    except AssertionError:
        return True
    return False
