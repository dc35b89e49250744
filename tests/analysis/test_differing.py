"""The quick test of what two sets may answer otherwise beside what they do answer."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from tests.strategies.changes import altered
from tests.strategies.resolved import a_request, a_set
from tests.strategies.times import DAYS

from zhunru.analysis.may_differ import Differing, differing
from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.reading import read_request
from zhunru.decision import Decision, QuotaUse, Request, decide
from zhunru.syntax.loader import load_text
from zhunru.vocabulary import Outcome


def pair_of(seed: int) -> tuple[CompiledPolicy, CompiledPolicy, Random]:
    rng = Random(seed)
    checked = a_set(rng)
    return compile_policies(checked), compile_policies(altered(rng, checked)), rng


def answer(decision: Decision) -> tuple[object, ...]:
    missing = {fact.name for fact in decision.missing}
    if decision.outcome is Outcome.INCOMPLETE:  # which of the open reasons are told may differ
        return (decision.outcome, missing, decision.possible)
    reasons = {reason.zh for reason in decision.reasons if not reason.also}
    return (decision.outcome, decision.code, decision.clause, decision.basis, missing, reasons)


def decided(policy: CompiledPolicy, request: Request) -> Decision:
    """What a set decides; of quotas that it does not have nothing is told it."""
    return decide(policy, replace(request, quotas=known_quotas(policy, request)))


def known_quotas(policy: CompiledPolicy, request: Request) -> dict[str, QuotaUse]:
    """The quotas of a request that a set has; only with 计次 is a request counted already."""
    merging = {q.key for c in policy.plan().clauses for q in c.quotas if q.counted_by}
    return {
        name: QuotaUse(used=use.used, counted=use.counted and name in merging)
        for name, use in request.quotas.items()
        if name in policy.quota_keys
    }


def may(told: Differing, policy: CompiledPolicy, request: Request) -> bool:
    reading = read_request(policy.plan(), policy.model, request, policy.supplied)
    return told.may(reading.facts.values, request.received)


def overlooked(seed: int, count: int, unknown: float) -> tuple[list[str], int]:
    """Requests answered otherwise of which it is said that they are not; and how many are not."""
    old, new, rng = pair_of(seed)
    told = differing(old, new)
    found, alike = [], 0
    for _ in range(count):
        request = a_request(rng, old.checked, unknown)
        if may(told, old, request):
            continue
        alike += 1
        if answer(decided(old, request)) != answer(decided(new, request)):
            found.append(f"seed {seed}: {decided(old, request)} {decided(new, request)} {request}")
    return found, alike


@pytest.mark.parametrize("seed", range(60))
def test_what_is_not_said_to_differ_is_answered_alike(seed: int) -> None:
    found, _ = overlooked(seed, 40, 0.0)
    assert not found, found[0]


@pytest.mark.parametrize("seed", range(30))
def test_requests_with_gaps_that_are_not_said_to_differ_are_answered_alike(seed: int) -> None:
    found, _ = overlooked(seed, 25, 0.15)
    assert not found, found[0]


def test_most_requests_are_not_said_to_differ() -> None:
    alike = sum(overlooked(seed, 20, 0.0)[1] for seed in range(40))
    assert alike > 400


def test_a_set_beside_itself_differs_nowhere() -> None:
    old, _, _ = pair_of(1)
    told = differing(old, old)
    assert told.nowhere
    assert told.fields == ()


def undated(seed: int, count: int) -> tuple[list[str], int]:
    """The same of requests that do not say the day whose law applies: that of receipt is taken."""
    old, new, rng = pair_of(seed)
    told, governing = differing(old, new), old.plan().governing_field
    found, alike = [], 0
    for _ in range(count if governing else 0):
        request = a_request(rng, old.checked, rng.choice((0.0, 0.1)))
        received = rng.choice((None, *DAYS))
        facts = {name: value for name, value in request.facts.items() if name != governing}
        request = replace(request, facts=facts)
        if received is not None:
            request = replace(request, received=received)
        if may(told, old, request):
            continue
        alike += 1
        if answer(decided(old, request)) != answer(decided(new, request)):
            found.append(f"seed {seed}: {decided(old, request)} {decided(new, request)} {request}")
    return found, alike


@pytest.mark.parametrize("seed", [*range(12), 265])
def test_requests_without_the_day_of_the_law_are_not_overlooked(seed: int) -> None:
    found, _ = undated(seed, 25)
    assert not found, found[0]


def test_many_requests_without_the_day_of_the_law_are_still_told_alike() -> None:
    assert sum(undated(seed, 20)[1] for seed in range(15)) > 50


NAMED = """政策 试验 "试验办法"
  施行 2024-01-01
依据 某法 "某法"
  层级 法律
  公布 2020-01-01
  施行 2020-01-01
表单 来件
  事项 事项
清单 事项目录 "事项目录" 类型 准入
  条目 JZ-1 "某证明"
    别名 某某证明
    依据 某法 第三条
判定 社区准入 对象 来件
  依次
    事项目录
  默认 拒绝 "未列入"
"""


@pytest.mark.parametrize(
    ("before", "after"), [("JZ-1", "JZ-2"), ("别名 某某证明", "别名 另一证明")]
)
def test_a_name_that_only_one_set_knows_may_be_answered_otherwise(before: str, after: str) -> None:
    old, new = (policy_of(text) for text in (NAMED, NAMED.replace(before, after)))
    told = differing(old, new)
    for name in (before.split()[-1], after.split()[-1]):
        request = Request(facts={"事项": name}, received=DAYS[0])
        assert decided(old, request).outcome != decided(new, request).outcome
        assert may(told, old, request)
    request = Request(facts={"事项": "没有听说过的事"}, received=DAYS[0])
    assert not may(told, old, request)


def policy_of(text: str) -> CompiledPolicy:
    loaded, _ = load_text(text, "a.policy")
    assert loaded is not None
    checked, found = check(loaded)
    assert checked is not None, [each.zh for each in found]
    return compile_policies(checked)
