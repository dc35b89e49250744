"""However a policy is run or kept, it says the same: fast, careful, and read back from bytes."""

from __future__ import annotations

import pytest
from tests.properties.comparing import pairs_of, plain

from zhunru import Request
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.cache import dump, load
from zhunru.decision import Decision, _careful, decide, snapshot

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
