"""Reasons that hang on unknown facts say when they hold: by classes, not by examples."""

from __future__ import annotations

from datetime import date

import pytest
from tests import shipped
from tests.engine.conftest import ASSIST, HEAD, Asker, steps

from zhunru import Outcome, Request, decide

FORM = HEAD.replace(
    "  经费到位 是否 由 街道 确认 可改\n",
    "  经费到位 是否 由 街道 确认 可改\n  户数 数值 0 至 30000 户\n  截止 日期\n  来源 枚举 甲、乙、丙\n",
)


def condition(rule: str, unknown: str, code: str = "试", english: bool = False) -> str:
    """Return when the reason of a rule with this 当 holds, one fact being unknown."""
    body = f'规则 试 依据 条例 第四条\n  当 {rule}\n  拒绝 "不得办理" 代码 试\n'
    ask = Asker(body + steps("试"), FORM)
    given = {"户数": 5, "截止": "2026-03-02", "来源": "甲", unknown: ...}
    found = {reason.code: reason for reason in ask(used={}, **given).reasons}
    return found[code].condition_en if english else found[code].condition_zh


@pytest.mark.parametrize(
    ("rule", "unknown", "expected"),
    [
        ("来文单位 属于 街道", "来文单位", "来文单位属于街道"),
        ("来文单位 属于 区民政局、街道", "来文单位", "来文单位属于区民政局、街道"),
        ("来文单位 为 区民政局", "来文单位", "来文单位为区民政局"),
        ("非 来文单位 属于 部门", "来文单位", "来文单位不属于部门"),
        ("户数 超过 3000", "户数", "户数超过3000户"),
        ("户数 不少于 3000", "户数", "户数超过2999户"),
        ("户数 不满 3000", "户数", "户数不超过2999户"),
        ("户数 超过 100 且 户数 不超过 300", "户数", "户数超过100户且不超过300户"),
        ("截止 超过 2026-06-30", "截止", "截止在2026-07-01以后"),
        ("截止 不超过 2026-06-30", "截止", "截止在2026-06-30以前"),
        ("来源 不为 乙", "来源", "来源不为乙"),
        ("来源 属于 乙、丙", "来源", "来源不为甲"),
        ("来源 为 乙", "来源", "来源为乙"),
        ("用途 为 公证", "用途", "用途为公证"),
        ("经费到位", "经费到位", "经费到位为是"),
    ],
)
def test_a_condition_names_the_class(rule: str, unknown: str, expected: str) -> None:
    assert condition(rule, unknown) == expected


def test_a_body_outside_the_chart_is_said_to_be_outside() -> None:
    rule = "非 来文单位 属于 江源区"
    assert condition(rule, "来文单位") == "来文单位不在组织架构内"
    assert condition(rule, "来文单位", english=True) == "来文单位 is outside the chart"
    assert condition(rule, "来文单位", code="未准入") == "来文单位属于江源区"


def test_matters_are_named_by_their_list() -> None:
    lists = (
        '清单 禁办 "禁止办理" 类型 禁止\n  依据 条例 第四条\n  拒绝 "不得办理" 代码 禁办\n'
        "  | 编号 | 事项 |\n  | 1 | 健在证明 |\n  | 2 | 收入证明 |\n"
        '清单 其他 "其他事项" 类型 准入\n  依据 条例 第四条\n  | 编号 | 事项 |\n  | 3 | 采集 |\n'
    )
    rule = '规则 试 依据 条例 第四条\n  当 类别 为 行政任务\n  拒绝 "不得" 代码 试\n'
    ask = Asker(lists + rule + steps("禁办", "试", "其他"))
    found = {reason.code: reason for reason in ask(事项=..., used={}).reasons}
    assert found["试"].condition_zh == "事项未列入禁办"


def test_at_most_two_conditions_are_told_and_others_are_owned_up_to() -> None:
    body = (
        "规则 试 依据 条例 第四条\n"
        "  当 来源 为 乙 且 经费到位 且 户数 超过 3000 且 来文单位 属于 部门\n"
        '  拒绝 "不得办理" 代码 试\n'
    )
    ask = Asker(body + steps("试"), FORM)
    answer = ask(used={}, 来源=..., 经费到位=..., 户数=..., 来文单位=..., 截止="2026-03-02")
    (reason,) = (reason for reason in answer.reasons if reason.code == "试")
    assert reason.condition_zh.count("、") == 1
    assert reason.condition_zh.endswith("等")


def test_facts_that_do_not_matter_for_a_reason_are_left_out_of_its_condition() -> None:
    body = (
        '规则 试 依据 条例 第四条\n  当 来源 为 乙\n  要求 经费到位 否则 拒绝 "钱" 代码 钱\n'
        '  要求 户数 超过 3000 否则 拒绝 "户" 代码 户\n'
    )
    ask = Asker(body + steps("试"), FORM)
    answer = ask(used={}, 来源=..., 经费到位=..., 户数=..., 截止="2026-03-02")
    found = {reason.code: reason.condition_zh for reason in answer.reasons}
    assert found["钱"] == "来源为乙、经费到位为否"
    assert found["户"] == "来源为乙、户数不超过3000户"


def test_where_either_of_two_facts_may_lead_to_a_reason_one_of_them_is_said() -> None:
    # Whatever either of them is, the other may still lead there: neither is shut out by itself.
    facts = {"类别": "行政任务", "事项": "食品安全宣传入户", "目标社区": "幸福社区"}
    request = Request(
        facts={"来文单位": "区市场监管局", **facts},
        received=date(2026, 11, 23),
        asserted_by="区住建局",
    )
    found = decide(shipped.compiled("weihai"), request)
    unsure = {r.code: (r.condition_zh, r.condition_en) for r in found.reasons if not r.certain}
    zh, en = unsure["WH-10擅自安排工作叫停"]
    assert zh.startswith(("承担方式不为主责", "来文单位不属于应急指挥部成员")), zh
    assert en.startswith(("承担方式 is not 主责", "来文单位 does not belong to")), en
    assert "若，" not in found.sentence("zh")
    assert "if ," not in found.sentence("en")


def test_a_text_may_hold_a_part_without_being_it() -> None:
    rule = '规则 试 依据 条例 第四条\n  当 用途 包含 "公证" 且 用途 不为 "公证"\n  暂缓 "先说明" 代码 试\n'
    ask = Asker(rule + steps("试"))
    assert ask(used={}, 用途="公证").outcome is Outcome.REFUSE
    assert ask(used={}, 用途="房产公证").outcome is Outcome.DEFER
    unsaid = ask(used={}, 用途=...)
    assert unsaid.outcome is Outcome.INCOMPLETE
    assert [fact.name for fact in unsaid.missing] == ["用途"]
    found = {reason.code: reason for reason in unsaid.reasons}
    assert found["试"].condition_zh == "用途除公证外还有其他内容"
    assert found["试"].condition_en == "用途 holds 公证 and more"


def test_no_change_to_a_text_is_proposed_that_nobody_can_write() -> None:
    form = HEAD.replace("  用途 文本\n", "  用途 文本 可改\n")
    wanted = (
        '  要求 用途 包含 "公证" 且 用途 不为 "公证" 否则 暂缓 "先说明" 代码 试\n  要求 经费到位 '
    )
    ask = Asker(ASSIST.replace("  要求 经费到位 ", wanted, 1) + steps("协助事项"), form)
    answer = ask(用途="买房", 事项="XZ-02", 拟进入日期=date(2025, 12, 1), used={})
    assert answer.outcome is Outcome.DEFER
    assert not answer.nearest
