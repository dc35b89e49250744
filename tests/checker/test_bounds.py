"""Hostile input is refused in bounded time, never with a traceback."""

from __future__ import annotations

import time

from tests.checker.sets import BASE, decide, findings, load

from zhunru.checker.check import check
from zhunru.checker.report import MOST_FINDINGS, Report
from zhunru.diagnostics import Span
from zhunru.syntax import expressions as x
from zhunru.syntax import nodes as n


def nested(depth: int) -> x.Expr:
    expr: x.Expr = x.Ref("经费到位")
    for _ in range(depth):
        expr = x.Not(expr)
    return expr


def with_rule(test: x.Expr) -> n.PolicySet:
    base = load(BASE + '规则 某规则 依据 某法\n  当 经费到位\n  拒绝 "不行"\n' + decide("某规则"))
    (file,) = base.files
    declarations = tuple(
        n.Rule(name=d.name, verdict=d.verdict, clauses=n.Clauses(when=(test,)))
        if isinstance(d, n.Rule)
        else d
        for d in file.declarations
    )
    return n.PolicySet("t", (n.File(file.source, "zh", "policy", declarations),))


def test_depth_is_bounded() -> None:
    result, found = check(with_rule(nested(50_000)))
    assert result is None
    assert "ZR326" in {d.code for d in found}
    assert check(with_rule(nested(60)))[0] is not None


def test_formulas_that_double_each_other_are_refused() -> None:
    lines = ["公式 数0(基) = 基 + 1"]
    lines += [f"公式 数{i}(基) = 数{i - 1}(基) + 数{i - 1}(基)" for i in range(1, 40)]
    found = findings(BASE + "\n".join(lines) + "\n")
    assert "ZR328" in {d.code for d in found}


def test_a_long_chain_of_formulas_needs_no_recursion() -> None:
    lines = ["公式 数0 = 1"] + [f"公式 数{i} = 数{i - 1} + 1" for i in range(1, 3_000)]
    assert not [d for d in findings(BASE + "\n".join(lines) + "\n") if d.code != "ZR420"]


def test_a_circle_of_superiors_ends() -> None:
    rows = "".join(f"单位 甲{i} 层级 部门 上级 甲{(i + 1) % 200}\n" for i in range(200))
    assert "ZR214" in {d.code for d in findings(BASE + rows)}


def test_thousands_of_unknown_names_take_bounded_time() -> None:
    rules = "".join(
        f'规则 规{i} 依据 某法\n  当 没有的栏目{i} 为 甲\n  拒绝 "不行"\n' for i in range(1_500)
    )
    policy_set = load(BASE + rules)
    start = time.process_time()
    _, found = check(policy_set)
    assert time.process_time() - start < 20
    assert sum(d.code == "ZR201" for d in found) == 1_500


def test_an_invisible_character_in_a_name_is_found() -> None:
    base = load(BASE)
    (file,) = base.files
    parameter = n.Parameter(
        name=n.Name("限\u200b额"), values=(n.ParameterValue(low=x.Quantity(x.Decimal(3))),)
    )
    files = (n.File(file.source, "zh", "policy", (*file.declarations, parameter)),)
    found = [d for d in check(n.PolicySet("t", files))[1] if d.code == "ZR603"]
    assert len(found) == 1


def test_thousands_of_entries_share_their_list_s_lines() -> None:
    rows = "".join(
        f"  | B-{i} | 第{i}号事项 | 区民政局 | 每年 不超过 4 次 | |\n" for i in range(5_000)
    )
    policy_set = load(BASE + rows + decide("协助事项"))
    start = time.process_time()
    result, _ = check(policy_set)
    assert result is not None
    assert time.process_time() - start < 15
    shared = {id(c.requirements) for c in result.decisions["社区准入"].steps[0].clauses}
    assert len(shared) == 1


def test_what_is_past_the_bound_of_findings_is_not_searched() -> None:
    report = Report()
    for _ in range(MOST_FINDINGS):
        report.add("ZR229", Span("a.policy", 0, 1, 1, 1), name="甲乙丁")
    known = iter(["甲乙丙"])
    report.unknown("ZR203", Span("a.policy", 0, 1, 1, 1), "甲乙丁", known)
    assert list(known) == ["甲乙丙"] and len(report.found) == MOST_FINDINGS
