"""Entries asked in line decide as the careful path does, whatever stands around them."""

from __future__ import annotations

from datetime import date
from functools import cache
from random import Random

import pytest
from tests.benchmarks.workload import TODAY, items, policy_files, requests

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.decision import Decision, Grounds, Request, ValuesUsed, decide, decider, recorder
from zhunru.errors import RequestRejected
from zhunru.syntax.loader import load_text

Recorded = tuple[Grounds, date, ValuesUsed]

READ = (
    "outcome", "code", "basis", "clause", "as_of", "facts_used", "wording", "reasons", "citations",
    "obligations", "route", "missing", "possible", "never_admits", "exhaustive", "conflict",
    "claims", "taken_as_confirmed", "unresolved", "set_code", "decision_name", "digest",
)  # fmt: skip

RULE = '规则 先看\n  当 户数 超过 2500\n  拒绝 "户数太多" 代码 户数太多\n'
GATE = '规则 先看\n  要求 户数 不超过 2500 否则 暂缓 "再等等" 代码 再等等\n'
TWICE = """清单 又一份 类型 协助 主体 社区居委会
  要求 来文单位 属于 牵头及下级 否则 拒绝 "来文单位不是该事项牵头单位" 代码 主体不符
  条目 XZ-3 "协助办理第3项工作"
    牵头 部门1、部门2
    施行 2020-01-01
    要求 户数 不超过 100 否则 拒绝 "多于一百户" 代码 户数过多
    要求 户数 不超过 50 否则 暂缓 "多于五十户" 代码 户数过多
    依据 法规1 第一条
  条目 ONLY "只在这里"
    牵头 部门1
    施行 2020-01-01
    要求 户数 不超过 100 否则 拒绝 "多于一百户" 代码 户数过多
    要求 户数 不超过 50 否则 暂缓 "多于五十户" 代码 户数过多
    依据 法规1 第一条
"""
SETS = {
    "entries alone": ("", "{lists}"),
    "a rule before them": (RULE, "先看\n    {lists}"),
    "a rule beside them": (RULE, "先看、{lists}"),
    "a gate beside them": (GATE, "先看、{lists}"),
    "two lists side by side": (TWICE, "{lists}、又一份"),
    "two lists one after the other": (TWICE, "{lists}\n    又一份"),
    "a gate between two lists": (GATE + TWICE, "{lists}\n    先看\n    又一份"),
}


@cache
def a_policy(extra: str, order: str) -> CompiledPolicy:
    files = policy_files(items(40))
    first = files.pop("set")
    assert "  依次\n    协助事项1\n" in first
    first = first.replace("  依次\n    协助事项1\n", f"  依次\n    {order}\n")
    text = "\n".join([first.format(lists="协助事项1"), *files.values(), extra])
    loaded, findings = load_text(text)
    assert loaded is not None, findings
    checked, findings = check(loaded)
    assert checked is not None, [finding.zh for finding in findings]
    return compile_policies(checked)


def said(run) -> list[object]:
    """Return all that a decision or a record says, or the codes of what cannot be read."""
    try:
        found: Decision | Recorded = run()
    except RequestRejected as rejected:
        return [finding.code for finding in rejected.diagnostics]
    if isinstance(found, Decision):
        return [getattr(found, name) for name in READ]
    grounds, as_of, used = found
    of_request = {"as_of": as_of, "facts_used": used}
    return [of_request[name] if name in of_request else getattr(grounds, name) for name in READ]


@cache
def without_functions(policy: CompiledPolicy) -> CompiledPolicy:
    plain = compile_policies(policy.checked)
    plain.runs[""] = lambda _: None
    return plain


def careful(policy: CompiledPolicy, request: Request) -> Decision:
    return decide(without_functions(policy), request)


@pytest.mark.parametrize("name", SETS)
def test_entries_in_line_decide_as_the_careful_path_does(name: str) -> None:
    policy = a_policy(*SETS[name])
    ask, kept, rng = decider(policy), recorder(policy), Random(name)
    outcomes = set()
    for facts in requests(items(40), 80):
        if rng.random() < 0.1:
            facts |= {"事项": "只在这里", "来文单位": "部门1"}
        if rng.random() < 0.3:
            facts["拟进入日期"] = date(2023, 1, 1)
        request = Request(facts=facts, received=TODAY)
        slow = said(lambda: careful(policy, request))  # noqa: B023
        assert said(lambda: ask(facts, TODAY)) == slow, facts  # noqa: B023
        assert said(lambda: kept(facts, TODAY)) == slow, facts  # noqa: B023
        assert said(lambda: decide(policy, request)) == slow, facts  # noqa: B023
        assert policy.runs[""](request) is not None
        outcomes.add(slow[0])
    assert len(outcomes) == 3


ODD = (1, 0, True, "", "是", "部门1", "主责", ["主责"], {"主责"}, None, 0.5, -1, 5001, "未知")


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", requests(items(1), 1)[0])
def test_a_value_is_looked_over_whether_its_test_passes_or_not(name: str, odd: object) -> None:
    policy = a_policy(*SETS["entries alone"])
    ask, kept, listed = decider(policy), recorder(policy), items(40)
    for facts in requests(listed, 8):
        facts[name] = odd
        request = Request(facts=facts, received=TODAY)
        slow = said(lambda: careful(policy, request))  # noqa: B023
        assert said(lambda: ask(facts, TODAY)) == slow, facts  # noqa: B023
        assert said(lambda: kept(facts, TODAY)) == slow, facts  # noqa: B023
        assert said(lambda: decide(policy, request)) == slow, facts  # noqa: B023


def test_most_entries_need_no_function_of_their_own() -> None:
    policy = a_policy(*SETS["entries alone"])
    ask = decider(policy)
    for facts in requests(items(40), 300):
        ask(facts, TODAY)
    rows = policy.paths[""].rows.index.values()
    assert [row for row in rows if row and row[0] is not None] == []


def test_a_flag_that_nobody_gave_is_asked_for_and_not_taken_for_no() -> None:
    text = """政策 P-1 "甲"
单位 甲区 层级 区级
单位 乙社区 层级 社区 上级 甲区
角色 居委会 每个 社区
依据 法规 "法规"
  公布 2020-01-01
  施行 2020-01-01
表单 申请
  社区 单位 必填 主体
  服务 事项 必填
  常住 是否
清单 服务项目 类型 准入 主体 居委会
  要求 常住 否则 拒绝 "不是常住人口" 代码 非常住
  依据 法规 第一条
  | 编号 | 事项     |
  | A-1  | 劳动就业 |
  | A-2  | 医疗卫生 |
判定 受理 对象 申请
  依次
    服务项目
  默认 拒绝 "不在项目之内"
"""
    loaded, _ = load_text(text)
    assert loaded is not None
    checked, findings = check(loaded)
    assert checked is not None, [finding.zh for finding in findings]
    policy = compile_policies(checked)
    facts = {"社区": "乙社区", "服务": "劳动就业"}
    asked = decide(policy, Request(facts=facts, received=TODAY))
    assert (asked.outcome.value, [one.name for one in asked.missing]) == ("incomplete", ["常住"])
    for value, outcome in ((True, "admit"), (False, "refuse")):
        given = Request(facts=facts | {"常住": value}, received=TODAY)
        assert decide(policy, given).outcome.value == outcome
