"""What is used of a quota that a clause does not have is told, and with the one that was meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from tests.engine.conftest import ASSIST, FULL, Asker, compiled, steps
from tests.strategies.resolved import a_request, a_set

from zhunru.analysis.residual import find_residual
from zhunru.compiler import compile_policies
from zhunru.decision import QuotaUse, Request, decide
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.request_facts import Names, RequestFacts, sort_facts

KEY = "协助事项/XZ-01.每年"
ROWS = ASSIST.replace("不限           ", "每月 不超过 1 次")
RULE = """规则 检查总量
  当 类别 为 检查考核
  限额 每个 目标社区 每年 不超过 12 次 否则 拒绝 "满了" 代码 超总量
  限额 每个 目标社区 任意连续 7 日 不超过 1 次 否则 拒绝 "七日一次" 代码 超总量七日
"""


@pytest.fixture(scope="module")
def ask() -> Asker:
    return Asker(ROWS + RULE + steps("检查总量", "协助事项"))


def told(ask: Any, name: str) -> tuple[str, str]:
    with pytest.raises(RequestRejected) as caught:
        ask(used={KEY: 0, name: 4})
    (finding,) = caught.value.diagnostics
    assert finding.code == "ZR708" and f"“{name}”" in finding.zh and f"`{name}`" in finding.en
    return finding.help_zh, finding.help_en


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("XZ-01.每周", KEY),
        ("XZ-01.每 年", KEY),
        ("XZ-01.weekly", "协助事项/XZ-01.yearly"),
        ("协助事项/XZ-01.每月", KEY),
        ("XZ-02.每年", "协助事项/XZ-02.每月"),
        ("XZ-1.每年", KEY),
        ("检查总量.每月", "检查总量.每年"),
        ("检查总量.任意连续8日", "检查总量.任意连续7日"),
        ("检查总两.每年", "检查总量.每年"),
    ],
)
def test_a_quota_that_is_not_there_is_told_with_the_nearest(
    ask: Asker, name: str, near: str
) -> None:
    assert told(ask, name) == (f"是不是“{near}”？", f"did you mean `{near}`?")


@pytest.mark.parametrize("name", ["ＸＺ－０１.每年", "低保对象核查.每年"])
def test_a_clause_by_another_name_has_its_quotas_listed(ask: Asker, name: str) -> None:
    assert told(ask, name) == (f"可用的名称：{KEY}", f"the names are: {KEY}")


def test_a_clause_by_itself_says_which_quota_only_where_it_has_one(ask: Asker) -> None:
    assert ask(used={"XZ-01": 4}).code == ask(used={KEY: 4}).code == "超频"
    assert "检查总量." in told(ask, "检查总量")[0]


@pytest.mark.parametrize(
    "name",
    [
        "XZ-02.每月",
        "XZ-02",
        "协助事项/XZ-02",
        "检查总量.每年",
        "检查总量.任意连续7日",
        "XZ-02.monthly",
    ],
)
def test_uses_of_quotas_that_are_not_asked_for_are_taken(ask: Asker, name: str) -> None:
    assert ask(used={KEY: 0, name: 4}).outcome is ask(used={KEY: 0}).outcome


def test_a_file_or_a_form_gives_it_as_a_use_that_is_told() -> None:
    policy = compiled(ROWS + RULE + steps("检查总量", "协助事项"))
    facts = RequestFacts(Names.of(policy, ""), date(2026, 2, 1))
    for name in ("XZ-01.每周", "XZ-01 的 每周已用", "XZ-01.每周已用"):
        given = {**FULL, name: "4"}
        request, _ = sort_facts(given, NOWHERE, facts)
        assert request is not None and list(request.quotas) == ["XZ-01.每周"]
        for decides in (decide, find_residual):
            with pytest.raises(RequestRejected) as caught:
                decides(policy, request)
            assert [each.code for each in caught.value.diagnostics] == ["ZR708"]


@pytest.mark.parametrize(
    ("name", "near"), [("XZ-0l.每年", KEY), ("检查总两.每年", "检查总量.每年"), ("别的.栏", "")]
)
def test_a_misspelt_clause_in_a_file_is_told_with_the_quota_that_was_meant(
    name: str, near: str
) -> None:
    policy = compiled(ROWS + RULE + steps("检查总量", "协助事项"))
    with pytest.raises(RequestRejected) as caught:
        decide(policy, Request(facts={**FULL, name: "4"}, received=date(2026, 2, 1)))
    (finding,) = caught.value.diagnostics
    assert finding.code == "ZR701"
    assert (finding.help_zh == f"是不是“{near}”？") is bool(near)


def test_as_many_as_can_be_given_are_told_soon(ask: Asker) -> None:
    with pytest.raises(RequestRejected) as caught:
        ask(used={f"XZ-01.每{'年' * at}次": 4 for at in range(3, 2000)})
    assert len(caught.value.diagnostics) == 50


@pytest.mark.parametrize("seed", range(40))
def test_both_ways_take_the_same_names(seed: int) -> None:
    rng = Random(seed)
    policy = compile_policies(a_set(rng))
    plain = compile_policies(policy.checked)
    plain.runs[""] = lambda _: None
    plan = policy.plan()
    known = policy.quota_keys
    codes = sorted({clause.code for clause in plan.clauses})
    for _ in range(8):
        request = a_request(rng, policy.checked, 0)
        name = rng.choice(codes) + rng.choice(("", ".每年", ".每周", ".weekly", ".任意连续7日"))
        odd = replace(request, quotas={**request.quotas, name: QuotaUse(used=0)})
        found = [_codes(each, odd) for each in (policy, plain)]
        assert found[0] == found[1]
        assert ("ZR708" in found[0]) is (name not in known), name
        assert plan.knows_quota(name) is (name in known)


def _codes(policy: Any, request: Request) -> list[str]:
    try:
        return [decide(policy, request).code]
    except RequestRejected as rejected:
        return [each.code for each in rejected.diagnostics]
