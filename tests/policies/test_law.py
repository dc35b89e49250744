"""What no request to the shipped national set may get, whatever else is true of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shipped import compiled

from zhunru.compiler import CompiledPolicy
from zhunru.decision import Decision, QuotaUse, Request, decide
from zhunru.vocabulary import Outcome

SENDERS = (
    "示例区公安局", "示例区民政局", "示例区司法局", "示例区卫健局", "示例区疾控中心",
    "示例区市场监管局", "示例街道", "示例镇", "示例区", "示例市统计局", "示例银行", "示例公证处",
)  # fmt: skip
DEPARTMENTS = {
    "示例区公安局", "示例区民政局", "示例区司法局", "示例区卫健局", "示例区疾控中心",
    "示例区市场监管局", "示例市统计局",
}  # fmt: skip
NEVER = ("系统应用", "网络推广", "执法检查", "责任签状", "招商征拆")
CATEGORIES = ("行政任务", "检查考核", "出具证明", "挂牌", "统计报表", "创建评比", *NEVER)
CERTIFICATES = ("亲属关系证明", "健在证明", "婚姻状况证明", "收入证明", "收养登记委托书证明")
MATTERS = (*CERTIFICATES, *(f"A{n:02d}" for n in range(1, 46)), "B01", "B07", "LZ-03", "JD-01",
           "综治中心", "毫无来由的一件工作")  # fmt: skip


def national() -> CompiledPolicy:
    return compiled("national")


def ask(facts: dict[str, Any], *, emergency: bool = False, register: bool = False) -> Decision:
    quotas = {f"检查总量控制.{window}": QuotaUse(used=0) for window in ("每年", "任意连续7日")}
    registers = {"应急响应": emergency, "准入登记": register}
    request = Request(facts=facts, received=date(2026, 3, 2), quotas=quotas, registers=registers)
    return decide(national(), request)


def requests(**fixed: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Complete requests; `fixed` says what some facts are, or are drawn from."""
    facts: dict[str, st.SearchStrategy[Any]] = {
        "来文单位": st.sampled_from(SENDERS),
        "目标社区": st.sampled_from(("示例一社区", "示例二社区")),
        "事项": st.sampled_from(MATTERS),
        "类别": st.sampled_from(CATEGORIES),
        "承担方式": st.sampled_from(("主责", "协助", "知晓")),
        "拟进入日期": st.integers(0, 3650).map(lambda n: date(2019, 1, 1) + timedelta(days=n)),
        "经费到位": st.booleans(),
        "报表备案": st.booleans(),
        "用途": st.sampled_from(("办理公证", "办理收养登记", "其他用途")),
    }
    facts |= {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in fixed.items()}
    return st.fixed_dictionaries(facts)


@settings(max_examples=120, deadline=None)
@given(requests(类别=st.sampled_from(NEVER)), st.booleans(), st.booleans())
def test_apps_enforcement_pledges_and_land_are_refused_even_if_entered_or_urgent(
    facts: dict[str, Any], emergency: bool, register: bool
) -> None:
    assert ask(facts, emergency=emergency, register=register).outcome is Outcome.REFUSE


@settings(max_examples=120, deadline=None)
@given(
    requests(类别="检查考核", 来文单位=st.sampled_from(sorted(DEPARTMENTS))),
    st.booleans(),
    st.booleans(),
)
def test_no_department_assesses_a_community(
    facts: dict[str, Any], emergency: bool, register: bool
) -> None:
    assert ask(facts, emergency=emergency, register=register).outcome is Outcome.REFUSE


@settings(max_examples=150, deadline=None)
@given(requests(事项=st.sampled_from(CERTIFICATES), 类别="出具证明"), st.booleans(), st.booleans())
def test_a_certificate_is_issued_only_for_the_purpose_that_the_law_names(
    facts: dict[str, Any], emergency: bool, register: bool
) -> None:
    if ask(facts, emergency=emergency, register=register).outcome is Outcome.ADMIT:
        purpose = {"亲属关系证明": "办理公证", "收养登记委托书证明": "办理收养登记"}
        assert purpose[facts["事项"]] == facts["用途"]
        assert facts["来文单位"] != "示例银行"


@settings(max_examples=150, deadline=None)
@given(requests(事项=st.integers(1, 45).map(lambda n: f"A{n:02d}"), 类别="行政任务"))
def test_assistance_needs_the_manner_and_the_money(facts: dict[str, Any]) -> None:
    answer = ask(facts)
    if answer.outcome is Outcome.ADMIT:
        assert (facts["承担方式"], facts["经费到位"]) == ("协助", True)
        assert facts["来文单位"] not in {"示例银行", "示例公证处"}
    if answer.outcome is Outcome.DEFER:
        assert facts["经费到位"] is False


@settings(max_examples=150, deadline=None)
@given(requests(事项="毫无来由的一件工作"), st.booleans())
def test_unlisted_work_comes_in_only_by_emergency_with_the_duty_to_regularise(
    facts: dict[str, Any], emergency: bool
) -> None:
    answer = ask(facts, emergency=emergency)
    if answer.outcome is Outcome.ADMIT:
        assert emergency
        assert facts["类别"] == "行政任务"
        assert [duty.name for duty in answer.obligations] == ["补办准入申请"]
        assert facts["拟进入日期"] >= date(2007, 11, 1)


@settings(max_examples=150, deadline=None)
@given(requests(), st.sets(st.sampled_from(("来文单位", "类别", "承担方式", "经费到位", "用途"))))
def test_leaving_facts_out_never_admits_what_they_would_refuse(
    facts: dict[str, Any], dropped: set[str]
) -> None:
    partial = ask({name: value for name, value in facts.items() if name not in dropped})
    if partial.outcome is not Outcome.INCOMPLETE:
        assert partial.outcome is ask(facts).outcome
    else:
        assert {fact.name for fact in partial.missing} <= dropped


@pytest.mark.parametrize(
    ("day", "outcome"), [(date(2025, 3, 14), Outcome.REFUSE), (date(2025, 3, 15), Outcome.ADMIT)]
)
def test_the_day_of_application_picks_the_law(day: date, outcome: Outcome) -> None:
    facts = {
        "来文单位": "示例区林草局", "目标社区": "示例一社区", "事项": "A32", "类别": "行政任务",
        "承担方式": "协助", "经费到位": True, "拟进入日期": day,
    }  # fmt: skip
    assert ask(facts).outcome is outcome
