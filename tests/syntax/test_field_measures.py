"""A measure without a range behind the type of a field: told with what says as much."""

from __future__ import annotations

import pytest

from zhunru.diagnostics import Source
from zhunru.syntax.parser import parse

FORM = "表单 来件\n  栏 {}\n"
EN_FORM = "form a\n  field {}\n"


@pytest.mark.parametrize(
    ("around", "written", "meant", "said"),
    [
        (FORM, "数值 元", "金额", "只写“金额”"),
        (FORM, "金额 元", "金额", "只写“金额”"),
        (FORM, "数值（元） 必填", "金额 必填", "只写“金额”"),
        (FORM, "数值 %", "比例", "只写“比例”"),
        (FORM, "比例 （%） 可无", "比例 可无", "只写“比例”"),
        (FORM, "数值 周岁 必填", "数值 必填", "“数值 0 至 1000 岁”"),
        (FORM, "数值 工作日", "数值", "“数值 0 至 1000 个工作日”"),
        (FORM, "数值 平方米", "数值", "“平方米”不能作单位"),
        (FORM, "数值(件) 由 街道 确认", "数值 由 街道 确认", "“件”不能作单位"),
        (FORM, "金额 万元", "金额", "3万元填 30000"),
        (FORM, "数值 万元", "金额", "3万元填 30000"),
        (EN_FORM, "number yuan", "money", "写“money”"),
        (EN_FORM, "number persons required", "number required", "number 0 to 1000 persons"),
    ],
)
def test_a_measure_without_its_range_is_told(
    around: str, written: str, meant: str, said: str
) -> None:
    text = around.format(written)
    _, (found,) = parse(Source("x.policy", text))
    assert found.code == "ZR144"
    assert said in f"{found.help_zh} {found.help_en}"
    assert found.fix is not None and not found.fix.safe
    (edit,) = found.fix.edits
    mended = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert mended == around.format(meant)
    assert parse(Source("x.policy", mended))[1] == []


@pytest.mark.parametrize("written", ["数值 备注", "文本 元", "数值 必埴"])
def test_other_words_are_not_called_measures(written: str) -> None:
    _, (found,) = parse(Source("x.policy", FORM.format(written)))
    assert found.code == "ZR140"


def test_what_the_range_says_is_its_example() -> None:
    for written in ("数值 0 至 1000 岁", "数值 0 至 1000 个工作日"):
        assert parse(Source("x.policy", FORM.format(written)))[1] == []
