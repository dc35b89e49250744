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


Asked = tuple[Facts, Request]  # the same question for both: the facts, and the request of them


def answers(policy: CompiledPolicy) -> Callable[[Asked], Answer]:
    """Read outcome, reason, basis and entry: what the floor gives. An outcome is a text."""

    def run(asked: Asked) -> Answer:
        found = decide(policy, asked[1])
        return (found.outcome, found.code, found.basis, found.clause)

    return run


def built(policy: CompiledPolicy) -> Callable[[Asked], Answer]:
    """The same, with the request made first."""

    def run(asked: Asked) -> Answer:
        found = decide(policy, Request(facts=asked[0], received=TODAY))
        return (found.outcome, found.code, found.basis, found.clause)

    return run


def records(policy: CompiledPolicy) -> Callable[[Asked], tuple[object, ...]]:
    """Read the complete record: answer, words, reasons with citations and places, duties, route,
    and what it was decided by. Advice is no part of it: it is computed for who asks for it."""

    def run(asked: Asked) -> tuple[object, ...]:
        found = decide(policy, asked[1])
        return (
            found.outcome, found.code, found.basis, found.clause, found.wording, found.reasons,
            found.citations, found.obligations, found.route, found.digest, found.set_code,
            found.decision_name, found.as_of, found.facts_used, found.claims,
            found.taken_as_confirmed,
        )  # fmt: skip

    return run


def written(policy: CompiledPolicy) -> Callable[[Asked], object]:
    """All there is to say, advice included (nearest admission, suggestions, how long it holds), as
    a tree ready for JSON."""

    def run(asked: Asked) -> object:
        return decide(policy, asked[1]).to_dict()

    return run
