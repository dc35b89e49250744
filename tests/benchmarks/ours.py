"""The policy engine on the workload: opened from the text of a policy file, then asked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from tests.benchmarks.workload import TODAY, Answer, Facts, Item, policy_files

from zhunru import Request, open_policy
from zhunru.compiler import CompiledPolicy
from zhunru.decision import answerer, decide, decider, recorder

# Opens the set and decides once, in a process of its own.
STARTER = """
import sys, time
from datetime import date
start = time.process_time()
from zhunru import Request, open_policy
from zhunru.decision import decide
policy = open_policy(sys.argv[1])
decide(policy, Request(facts={"事项": "XZ-1"}, received=date(2026, 6, 1))).outcome
print(time.process_time() - start)
"""


def opened(listed: list[Item], folder: Path) -> tuple[CompiledPolicy, float, float]:
    """Write the set to `folder`; return it, and the processor time that two fresh processes take to
    open it and decide once: the first reads, checks and compiles, the second finds what the first kept."""
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


def answered(policy: CompiledPolicy) -> Callable[[Asked], Answer]:
    """Read outcome, reason, basis and entry: what the floor gives, from the facts it is given.

    As the floor's function is, the function that answers is made once and held.
    """
    return told_by(answerer(policy))


def held(policy: CompiledPolicy) -> Callable[[Asked], Answer]:
    """Read the same of a decision, that can be asked for advice later."""
    return told_by(decider(policy))


def told_by(ask: Callable[[Facts, date], Any]) -> Callable[[Asked], Answer]:
    def run(asked: Asked) -> Answer:
        found = ask(asked[0], TODAY)
        return (found.outcome, found.code, found.basis, found.clause)

    return run


def answers(policy: CompiledPolicy) -> Callable[[Asked], Answer]:
    """Read the same of a request made before. An outcome is a text."""

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
    """Read the complete record, value by value: answer, words, reasons with citations and places,
    duties, route, what it was decided by and from (a mapping of its own for each). Advice is no
    part of it: it is computed for who asks for it."""
    ask = recorder(policy)

    def run(asked: Asked) -> tuple[object, ...]:
        grounds, as_of, facts_used = ask(asked[0], TODAY)
        return (
            grounds.outcome, grounds.code, grounds.basis, grounds.clause, as_of, facts_used,
            grounds.wording, grounds.reasons, grounds.citations, grounds.obligations,
            grounds.route, grounds.missing, grounds.possible, grounds.never_admits,
            grounds.exhaustive, grounds.conflict, grounds.claims, grounds.taken_as_confirmed,
            grounds.unresolved, grounds.set_code, grounds.decision_name, grounds.digest,
        )  # fmt: skip

    return run


def each_read(policy: CompiledPolicy) -> Callable[[Asked], tuple[object, ...]]:
    """Read the same of a request made before, as attributes of the decision."""

    def run(asked: Asked) -> tuple[object, ...]:
        found = decide(policy, asked[1])
        return (
            found.outcome, found.code, found.basis, found.clause, found.as_of, found.facts_used,
            found.wording, found.reasons, found.citations, found.obligations,
            found.route, found.missing, found.possible, found.never_admits,
            found.exhaustive, found.conflict, found.claims, found.taken_as_confirmed,
            found.unresolved, found.set_code, found.decision_name, found.digest,
        )  # fmt: skip

    return run


def written(policy: CompiledPolicy, *, advice: bool) -> Callable[[Asked], object]:
    """Make a tree ready for JSON, with or without advice (nearest admission, similar entries, how
    long it holds)."""

    def run(asked: Asked) -> object:
        return decide(policy, asked[1]).to_dict(advice=advice)

    return run
