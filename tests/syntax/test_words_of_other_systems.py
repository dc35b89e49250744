"""Names with blanks or quotes, columns of official tables, types and marks of other systems."""

from __future__ import annotations

import pytest

from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax.parser import parse

UNITS = "单位\n| {} | {} |\n| 甲局 | 部门 |\n"
FORM = "表单 来件\n  甲 {}\n"
NAMED = [
    ("单位\n| 名称 | 上级 |\n| {} | |\n", "江源区 民政局", "江源区民政局"),
    ("单位\n| 名称 | 上级 |\n| 社区 | {} |\n", "江源区　民政 局", "江源区民政局"),
    ("unit\n| name | superior |\n| {} | |\n", "town police office", "town-police-office"),
    ("unit\n| name | superior |\n| {} | |\n", '"police post"', "police-post"),
    ("unit\n| name | superior |\n| post | {} |\n", "town office", "town-office"),
    ('policy a "A"\n  issuer {}\n', "town office", "town-office"),
    ('清单 甲 "乙" 类型 协助\n| 编号 | 事项 | 牵头 |\n| 1 | 某事 | {} |\n', "“民政局”", "民政局"),
]
WRITTEN = [
    ("ZR116", UNITS.format("{}", "层级"), "单位名称", "名称"),
    ("ZR116", UNITS.format("名称", "{}"), "级别", "层级"),
    ("ZR116", "unit\n| name | {} |\n| post | office |\n", "parent", "superior"),
    (
        "ZR130",
        '清单 甲 "乙" 类型 协助\n| 编号 | 事项 | {} |\n| 1 | 某事 | 甲局 |\n',
        "牵头单位",
        "牵头",
    ),
    ("ZR123", FORM, "文字", "文本"),
    ("ZR123", FORM, "整数", "数值"),
    ("ZR123", FORM, "布尔", "是否"),
    ("ZR123", "form a\n  b {}\n", "boolean", "flag"),
    ("ZR123", '清单 甲 "乙" 类型 {}\n', "配合", "协助"),
    ("ZR140", FORM.format("单位 {}"), "承办", "主体"),
    ("ZR140", "form a\n  b date {}\n", "applies-on", "governing"),
]


def found_in(text: str) -> list[Diagnostic]:
    return parse(Source("x.policy", text))[1]


def mended(text: str, code: str) -> str:
    (found,) = [one for one in found_in(text) if one.code == code]
    assert found.fix is not None and not found.fix.safe
    (edit,) = found.fix.edits
    return text[: edit.span.start] + edit.text + text[edit.span.end :]


@pytest.mark.parametrize(("around", "written", "meant"), NAMED)
def test_a_name_in_several_words_is_told_as_one(around: str, written: str, meant: str) -> None:
    assert mended(around.format(written), "ZR101") == around.format(meant)
    assert found_in(around.format(meant)) == []


@pytest.mark.parametrize(
    "text",
    [
        "参数 检查 次数 5 次\n",  # a number is missing behind the name, not a letter inside it
        '规则 甲\n  当 类别 行政任务\n  拒绝 "不"\n',  # a comparison is missing
    ],
)
def test_two_names_where_something_else_is_missing_are_not_joined(text: str) -> None:
    joined = text.replace("检查 次数", "检查次数").replace("类别 行政任务", "类别行政任务")
    for one in found_in(text):
        assert one.fix is None or one.fix.edits[0].text not in joined


@pytest.mark.parametrize(("code", "around", "written", "meant"), WRITTEN)
def test_words_of_other_systems_are_told_the_word(
    code: str, around: str, written: str, meant: str
) -> None:
    assert mended(around.format(written), code) == around.format(meant)
