"""What is offered for a unit, an outcome or a sign that the language has another word for."""

from __future__ import annotations

import pytest

from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax.parser import parse

FLOW = "流程 甲 止于 完\n  环节 办 由 街道 限 {}\n    好 → 完\n"
CHECK = "核查 甲 每个 户 应当 有 不少于 1 次 走访 近 {} 否则 整改 街道\n"
TEST = '测试 "甲"\n  假如 类别 为 乙 那么 {}\n'
RULE = '规则 甲\n  当 {}\n  拒绝 "不"\n'


def only_finding(text: str) -> Diagnostic:
    (found,) = parse(Source("x.policy", text))[1]
    return found


@pytest.mark.parametrize(
    ("around", "written", "meant"),
    [
        (FLOW, "5 个工做日", "5 个工作日"),
        (FLOW, "3 个星期", "3 周"),
        (FLOW, "2 月", "2 个月"),
        (CHECK, "3 个季", "9 个月"),
        (CHECK, "2 个季度", "6 个月"),
    ],
)
def test_the_unit_that_was_meant_is_offered(around: str, written: str, meant: str) -> None:
    found = only_finding(around.format(written))
    assert found.code == "ZR101" and found.fix is not None and not found.fix.safe
    assert found.help_zh == f"是不是“{meant}”？" and found.help_en == f"did you mean `{meant}`?"
    assert found.fix.edits[0].text == meant


def test_a_quarter_is_three_months_in_english() -> None:
    text = "check a every home should have atleast 1 time visit past 3 quarters else rectify b\n"
    assert only_finding(text).help_en == "did you mean `9 months`?"


@pytest.mark.parametrize(
    ("written", "near"), [("批准", "准入"), ("拒接", "拒绝"), ("缓办", "暂缓"), ("补证", "补正")]
)
def test_the_four_outcomes_are_named_and_the_near_one_is_offered(written: str, near: str) -> None:
    found = only_finding(TEST.format(written))
    assert found.code == "ZR101" and found.fix is not None and found.fix.edits[0].text == near
    assert found.help_zh == f"结论写“准入”、“拒绝”、“暂缓”、“补正”之一；是不是“{near}”？"
    assert found.help_en.endswith(f"`准入`, `拒绝`, `暂缓`, `补正`; did you mean `{near}`?")


def test_a_word_like_no_outcome_is_told_all_four_and_how_a_field_is_expected() -> None:
    found = only_finding(TEST.format("好了"))
    assert found.fix is None
    assert found.help_zh.endswith("之一；写栏目的，后面写“为”和值")
    assert found.help_en.endswith("; behind a field write `is` and a value")


@pytest.mark.parametrize("sign", ["，", ",", "、"])
def test_between_conditions_both_words_are_offered_and_none_is_chosen(sign: str) -> None:
    found = only_finding(RULE.format(f"类别 为 乙{sign}人数 超过 3{sign}非 地点 为 丙"))
    assert found.code == "ZR101" and found.fix is None
    assert "“且”（都要满足）或者“或”（满足一个就行）" in found.help_zh
    assert "`且` (all of them) or `或` (any of them)" in found.help_en


def test_values_with_a_comma_are_still_offered_the_sign_of_lists() -> None:
    found = only_finding(RULE.format("类别 为 乙，丙"))
    assert found.code == "ZR133" and found.fix is not None
    assert found.help_zh.endswith("两个条件之间写“且”或者“或”")
