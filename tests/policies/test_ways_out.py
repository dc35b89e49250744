"""Where the law lets an application be made, a refusal says so; where it does not, it is silent."""

from __future__ import annotations

from datetime import date

import pytest
from tests.shipped import compiled

from zhunru.decision import Decision, Request, decide
from zhunru.vocabulary import Outcome

OPEN = "社区工作准入"


def ask(name: str, category: str, matter: str) -> Decision:
    facts = {"来文单位": "示例区市场监管局", "目标社区": "示例一社区", "事项": matter,
             "类别": category, "承担方式": "协助", "拟进入日期": date(2026, 3, 2)}  # fmt: skip
    registers = {"应急响应": False, "准入登记": False}
    request = Request(facts=facts, received=date(2026, 3, 2), registers=registers)
    return decide(compiled(name), request)


@pytest.mark.parametrize("name", ["national", "weihai", "jiangyuan", "hubei", "xianning"])
def test_unlisted_work_may_be_applied_for(name: str) -> None:
    found = ask(name, "行政任务", "毫无来由的一件工作")
    assert found.outcome is Outcome.REFUSE
    assert found.route is not None
    assert (found.route.apply, found.route.to) == (OPEN, ("示例区市场监管局",))
    assert "可申请社区工作准入" in found.sentence("zh")


def test_weihai_stops_what_was_never_admitted_by_a_rule_of_its_own() -> None:
    found = ask("weihai", "行政任务", "毫无来由的一件工作")
    assert found.code == "WH-10擅自安排工作叫停"
    assert found.basis == "威海减负十条"


@pytest.mark.parametrize("category", ["系统应用", "网络推广", "执法检查", "责任签状"])
@pytest.mark.parametrize("name", ["national", "weihai"])
def test_what_is_forbidden_as_such_may_not_be_applied_for(name: str, category: str) -> None:
    found = ask(name, category, "毫无来由的一件工作")
    assert found.outcome is Outcome.REFUSE
    assert found.route is None or found.route.apply == ""


@pytest.mark.parametrize("name", ["national", "weihai"])
def test_a_certificate_that_no_list_has_may_not_be_applied_for(name: str) -> None:
    found = ask(name, "出具证明", "健在证明")
    assert found.outcome is Outcome.REFUSE
    assert found.route is None or found.route.apply == ""
