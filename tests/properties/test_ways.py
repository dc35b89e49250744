"""However a policy is run or kept, it says the same: fast, careful, and read back from bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest
from tests.properties.comparing import Pair, pairs_of, plain
from tests.strategies.resolved import a_request

from zhunru import Request
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.cache import dump, load
from zhunru.decision import (
    Decision,
    Grounds,
    _careful,
    answerer,
    decide,
    decider,
    recorder,
    snapshot,
)
from zhunru.errors import RequestRejected

SEEDS = range(100, 140)


def careful(policy: CompiledPolicy, request: Request, name: str) -> Decision:
    return _careful(policy, policy.plan(name), snapshot(request))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_generated_functions_decide_as_the_careful_path_does(seed: int) -> None:
    policy = None
    for pair in pairs_of(seed, 20):
        policy = policy or compile_policies(pair.checked)
        found = decide(policy, pair.request, pair.name)
        slow = careful(policy, pair.request, pair.name)
        assert found.to_dict() == slow.to_dict(), plain(pair.request)


# What grounds say. A decision says the day and the facts used besides, and gives advice.
GROUNDS = (
    "outcome", "code", "basis", "clause", "wording", "reasons", "citations", "obligations", "route",
    "missing", "possible", "never_admits", "exhaustive", "conflict", "claims", "unresolved",
    "taken_as_confirmed", "set_code", "decision_name", "digest",
)  # fmt: skip
ODD = (1, "", " 是", ["甲"], None, 0.5, "未知", "没有的值", date(2026, 1, 1))


def or_codes(run: Callable[[], list[Any]]) -> list[Any]:
    """What is said, or the codes of what cannot be read."""
    try:
        return run()
    except RequestRejected as rejected:
        return [finding.code for finding in rejected.diagnostics]


def said_by(found: Grounds) -> list[Any]:
    return [getattr(found, name) for name in GROUNDS]


def all_said_by(found: Decision) -> list[Any]:
    return [*said_by(found), found.as_of, found.facts_used]


def three_ways(
    policy: CompiledPolicy, name: str, facts: dict[str, Any], day: date
) -> list[list[Any]]:
    """What a decision, its grounds alone and its record say."""

    def recorded() -> list[Any]:
        grounds, as_of, used = recorder(policy, name)(facts, day)
        return [*said_by(grounds), as_of, used]

    return [
        or_codes(lambda: all_said_by(decider(policy, name)(facts, day))),
        or_codes(lambda: said_by(answerer(policy, name)(facts, day))),
        or_codes(recorded),
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_facts_and_day_alone_are_answered_as_a_request_of_them(seed: int) -> None:
    """By decision, by grounds and by record; odd facts too; the second time as the first."""
    policy, rng = None, Random(seed)
    for pair in pairs_of(seed, 20):
        policy, name = policy or compile_policies(pair.checked), pair.name
        facts, day = facts_to(pair, rng), pair.request.received
        if rng.random() < 0.2:
            facts[rng.choice([*facts, "没有的栏目"])] = rng.choice(ODD)
        request = Request(facts=facts, received=day)
        slow = or_codes(lambda: all_said_by(careful(policy, request, name)))  # noqa: B023
        for _ in range(2):
            found = three_ways(policy, name, facts, day)
            assert found == [slow, slow[: len(GROUNDS)], slow], facts


def facts_to(pair: Pair, rng: Random) -> dict[str, Any]:
    """Complete facts mostly: others never take the shortest way."""
    if rng.random() < 0.2:
        return dict(pair.request.facts)
    return dict(a_request(rng, pair.checked, 0, decision_name=pair.name).facts)


def test_one_random_answer_in_ten_is_shared() -> None:
    """Else the test before would show little."""
    rng, shared, asked = Random(5), 0, 0
    for pair in (pair for seed in SEEDS for pair in pairs_of(seed, 3)):
        ask = answerer(compile_policies(pair.checked), pair.name)
        facts, day = facts_to(pair, rng), pair.request.received
        ask(facts, day)  # the first who asks about a matter has its row made
        asked += 1
        shared += ask(facts, day) is ask(facts, day)
    assert shared > asked / 10


def test_the_random_requests_take_both_ways() -> None:
    ways = set()
    for pair in pairs_of(3, 200):
        policy = compile_policies(pair.checked)
        decide(policy, pair.request, pair.name)
        ways.add(policy.runs[pair.name](pair.request) is None)
        if len(ways) == 2:
            return
    raise AssertionError(f"only one way was taken: {ways}")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_policy_read_back_from_bytes_decides_the_same(seed: int) -> None:
    policy = kept = None
    for pair in pairs_of(seed, 10):
        policy = policy or compile_policies(pair.checked)
        kept = kept or load(dump(policy))
        found = decide(kept, pair.request, pair.name)
        assert found.to_dict() == decide(policy, pair.request, pair.name).to_dict()
    assert kept is not None
    assert kept.checked.decisions == compile_policies(pair.checked).checked.decisions


def test_the_same_seed_gives_the_same_set() -> None:
    """A failure is found again from the seed that it prints."""
    one, other = (next(pairs_of(7, 1)) for _ in range(2))
    assert (one.checked, one.request) == (other.checked, other.request)
