"""The policy engine on the workload: opened from the text of a policy file, then asked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.workload import TODAY, Answer, Facts, Item, policy_files

from zhunru import Request, open_policy
from zhunru.compiler import CompiledPolicy
from zhunru.decision import decide

# Opens the set and decides once, in a process of its own.
STARTER = """
import sys, time
from datetime import date
start = time.perf_counter()
from zhunru import Request, open_policy
from zhunru.decision import decide
policy = open_policy(sys.argv[1])
decide(policy, Request(facts={"事项": "XZ-1"}, received=date(2026, 6, 1))).outcome
print(time.perf_counter() - start)
"""


def opened(listed: list[Item], folder: Path) -> tuple[CompiledPolicy, float, float]:
    """Write the set to `folder`; return it, and how long two fresh processes take to open it and
    decide once: the first reads, checks and compiles, the second finds what the first kept."""
    path = folder / "bench"
    path.mkdir()
    for name, text in policy_files(listed).items():
        (path / f"{name}.policy").write_text(text, encoding="utf-8")
    apart = {**os.environ, "XDG_CACHE_HOME": str(folder)}
    first, second = (started(path, apart) for _ in range(2))
    return open_policy(path), first, second


def started(path: Path, environment: dict[str, str]) -> float:
    done = subprocess.run(
        [sys.executable, "-c", STARTER, str(path)],
        env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout)


def request_of(facts: Facts) -> Request:
    return Request(facts=facts, received=TODAY)


def answers(policy: CompiledPolicy) -> Callable[[Request], Answer]:
    """Read outcome, first reason, its basis and the entry: what the floor gives."""

    def run(request: Request) -> Answer:
        decision = decide(policy, request)
        first = decision.reasons[0]
        cited = first.citations
        return (decision.outcome.value, first.code, cited[0].text if cited else "", first.clause)

    return run


def records(policy: CompiledPolicy) -> Callable[[Request], object]:
    """The complete record, JSON-ready."""

    def run(request: Request) -> object:
        return decide(policy, request).to_dict()

    return run
