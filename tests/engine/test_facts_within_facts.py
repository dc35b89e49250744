"""A fact that is sought in another fact, and days of spans: what is unknown is asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.engine.conftest import HEAD, Asker, steps

from zhunru import Outcome, Request
from zhunru.analysis import compare, find_residual

FORM = HEAD.replace("表单 来件", "台账 应急\n  起止 时段\n  范围 单位组\n表单 来件") + (
    "  范围 单位组\n"
    "  别组 单位组\n"
    "  标签 多选 甲、乙、丙\n"
    "  少标 多选 甲、乙 可无 可改\n"
    "  类 枚举 甲、乙\n"
    "  说明 文本 可改\n"
    "  起止 时段\n"
    "  截止 日期\n"
)


def asker(when: str, ending: str = '暂缓 "先说明" 代码 试') -> Asker:
    return Asker(f"规则 试 依据 条例 第四条\n  当 {when}\n  {ending}\n" + steps("试"), FORM)


@pytest.mark.parametrize(
    ("when", "given", "unknown", "deferred", "refused"),
    [
        ("范围 包含 来文单位", {"范围": ["森工"]}, "来文单位", "森工", "富强"),
        ("来文单位 属于 范围", {"范围": ["森工"]}, "来文单位", "森工", "富强"),
        ("来文单位 属于 范围", {"来文单位": "森工"}, "范围", ["森工"], ["富强"]),
        ("标签 包含 类", {"标签": ["乙"]}, "类", "乙", "甲"),
        ("用途 包含 说明", {"用途": "房产公证"}, "说明", "公证", "落户"),
        ('"房产公证" 包含 说明', {}, "说明", "公证", "落户"),
        ("范围 不为 别组", {"范围": ["森工"]}, "别组", ["富强"], ["森工"]),
        ("范围 不为 别组 且 别组 包含 森工", {"范围": ["森工"]}, "别组", ["森工", "富强"], ["森工"]),
        ("日数(起止) 超过 30", {}, "起止", ["2026-01-01", "2026-02-01"], ["2026-01-01", None]),
        ("日数(起止) 不超过 30", {}, "起止", ["2026-01-01", "2026-01-02"], [None, "2026-01-02"]),
    ],
)  # fmt: skip
def test_what_the_answer_hangs_on_is_asked_for(
    when: str, given: dict[str, Any], unknown: str, deferred: Any, refused: Any
) -> None:
    ask = asker(when)
    assert ask(used={}, **{**given, unknown: deferred}).outcome is Outcome.DEFER
    assert ask(used={}, **{**given, unknown: refused}).outcome is Outcome.REFUSE
    unsaid = ask(used={}, **{**given, unknown: ...})
    assert unsaid.outcome is Outcome.INCOMPLETE
    assert [fact.name for fact in unsaid.missing] == [unknown]


@pytest.mark.parametrize(
    ("when", "unknown"),
    [
        ("范围 包含 来文单位", {"范围", "来文单位"}),
        ("标签 包含 类", {"标签", "类"}),
        ("标签 为 少标", {"标签", "少标"}),
        ("范围 不为 别组", {"范围", "别组"}),
        ("用途 包含 类", {"用途", "类"}),
        ("用途 包含 说明", {"用途", "说明"}),
        ('用途 不为 说明 且 用途 包含 "公证" 且 说明 包含 "公证"', {"用途", "说明"}),
    ],
)
def test_two_that_are_both_unknown_are_both_asked_for(when: str, unknown: set[str]) -> None:
    unsaid = asker(when)(used={}, **dict.fromkeys(unknown, ...))
    assert unsaid.outcome is Outcome.INCOMPLETE
    assert {fact.name for fact in unsaid.missing} == unknown


def test_a_unit_that_may_be_one_of_a_group_is_never_admitted_unsaid() -> None:
    ask = asker(
        "有效(应急) 且 非 范围 包含 来文单位",
        '准入 "可"\n  义务 补办 由 区民政局 限 5 个工作日',
    )
    found = ask(used={}, 范围=["救助站"], 来文单位=..., registers={"应急": True})
    assert found.outcome is Outcome.INCOMPLETE


def test_a_set_is_not_asked_for_that_cannot_be_what_it_is_compared_with() -> None:
    found = asker("标签 为 少标")(used={}, 标签=["甲", "丙"], 少标=...)
    assert found.outcome is Outcome.REFUSE


def test_days_are_told_apart_by_kind_where_they_are_counted_from_the_first_of_all() -> None:
    found = asker("截止 逢 工作日 且 日数(拟进入日期, 截止) 不满 5")
    assert found(used={}, 拟进入日期=..., 截止=...).outcome is Outcome.INCOMPLETE


@pytest.mark.parametrize("when", ["用途 包含 说明", '"房产公证" 包含 说明', "范围 包含 来文单位"])
def test_what_is_left_is_not_called_certain_where_facts_hold_facts(when: str) -> None:
    left = find_residual(asker(when).policy, Request(facts={}, received=date(2026, 2, 1)))
    assert left.matters
    assert not left.exact


def test_only_texts_that_somebody_can_write_are_proposed() -> None:
    wanted = '说明 不为 "" 且 说明 不为 用途'
    ask = asker(f"有效(应急) 且 {wanted}", '准入 "可"\n  义务 补办 由 区民政局 限 5 个工作日')
    found = ask(used={}, 说明="", 用途="公证", registers={"应急": True})
    assert found.outcome is Outcome.REFUSE
    assert not any(str(change.value).startswith(("\x01", "\x02")) for change in found.nearest or ())


def test_sets_that_differ_by_the_days_of_a_span_are_compared() -> None:
    old, new = (asker(f"日数(起止) {test}").policy for test in ("超过 30", "不超过 30"))
    found = compare(old, new)
    assert not found.decided
    assert found.to_dict()["decisions"]


@pytest.mark.parametrize("facts", ["标签 不为 少标", "范围 不为 别组"])
def test_sets_that_differ_where_two_groups_do_are_told_apart(facts: str) -> None:
    old, new = (asker(f"{facts} 且 {more}").policy for more in ("类 为 甲", "类 为 乙"))
    found = compare(old, new)
    assert found.to_dict()["status"] == "different"
    same = compare(old, asker(f"类 为 甲 且 {facts}").policy)
    assert not same.decided
