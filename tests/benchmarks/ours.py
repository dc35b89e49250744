"""The policy engine on the workload: opened from the text of a policy file, then asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.workload import TODAY, Answer, Facts, Item, policy_text

from zhunru import Request, open_policy
from zhunru.compiler import CompiledPolicy
from zhunru.decision import decide


def opened(listed: list[Item], folder: Path) -> tuple[CompiledPolicy, float, float]:
    """Write the set to `folder`, open it twice; return it with both times in seconds."""
    path = folder / f"bench{len(listed)}.policy"
    path.write_text(policy_text(listed), encoding="utf-8")
    times = []
    for _ in range(2):
        start = time.perf_counter()
        policy = open_policy(path)
        times.append(time.perf_counter() - start)
    return policy, times[0], times[1]


def request_of(facts: Facts) -> Request:
    return Request(facts=facts, received=TODAY)


def answers(policy: CompiledPolicy) -> Callable[[Request], Answer]:
    """Read outcome, first reason, its basis and the entry: what the floor gives."""

    def run(request: Request) -> Answer:
        decision = decide(policy, request)
        reasons = decision.reasons
        if not reasons:
            return (decision.outcome.value, "", "", "")
        first = reasons[0]
        basis = first.citations[0].text if first.citations else ""
        return (decision.outcome.value, first.code, basis, decision.clause)

    return run


def records(policy: CompiledPolicy) -> Callable[[Request], object]:
    """The complete record, JSON-ready."""

    def run(request: Request) -> object:
        return decide(policy, request).to_dict()

    return run
