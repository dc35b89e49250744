"""The sets that ship, and the workflows that each of them adds to those above it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.cases.scripts import policy_of

from zhunru.checker.resolved_flows import Effect, Line, ResolvedWorkflow

POLICIES = Path(__file__).parents[2] / "policies"

SHIPPED = tuple(sorted(each.name for each in POLICIES.iterdir() if any(each.glob("*.policy"))))


def flows_of(code: str) -> dict[str, ResolvedWorkflow]:
    """Return the workflows that a set declares itself."""
    policy = policy_of(code)
    flows = policy.checked.workflows
    return {name: flow for name, flow in flows.items() if flow.set_code == policy.code}


def lines_of(flow: ResolvedWorkflow) -> Iterator[Line]:
    """Yield the lines of every state, and those open anywhere."""
    for state in flow.states:
        yield from state.lines
    for each in flow.anywhere:
        yield each.line


def effects_of(flow: ResolvedWorkflow) -> Iterator[Effect]:
    """Yield all that a workflow does on the way."""
    for line in lines_of(flow):
        yield from line.effects
        if line.bound is not None:
            yield from line.bound.effects
    for _, effects in flow.arrivals:
        yield from effects
