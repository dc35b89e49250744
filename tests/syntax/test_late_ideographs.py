"""Ideographs younger than the running Python are letters of names as all others are."""

from __future__ import annotations

import pytest

from zhunru import check_policies, format_policy
from zhunru.diagnostics import Source
from zhunru.sheets import import_sheet
from zhunru.syntax.nodes import Rule
from zhunru.syntax.parser import parse

# Of Unicode 15.0, 15.1, 17.0, and one that is in none yet: Python 3.11 has that of 14.0.
LATE = ["\U00031360", "\U0002ebf0", "\U000323b0", "\U0003d000"]

SET = """政策 试点 "试点"
  施行 2026-01-01

单位
  | 名称     | 层级 | 上级   |
  | 示例街道 | 街道 | -      |
  | {0}家社区 | 社区 | 示例街道 |

角色 系统
角色 {0}氏联络员 每个 社区

表单 来件
  目标社区 单位 必填 主体
  {0}户数 数值 0 至 9 户

规则 不进{0}家
  当 目标社区 为 {0}家社区 且 {0}户数 超过 3 户
  拒绝 "不进" 代码 不进
"""


def declarations(text):
    file, found = parse(Source("x", text))
    assert [one.zh for one in found] == []
    return file.declarations


@pytest.mark.parametrize("letter", LATE)
def test_names_may_hold_them_anywhere(letter, tmp_path):
    text = SET.format(letter)
    (rule,) = (each for each in declarations(text) if isinstance(each, Rule))
    assert rule.name.text == f"不进{letter}家"
    path = tmp_path / "甲.policy"
    path.write_text(text, encoding="utf-8")
    found = {each.code for each in check_policies(path)[1]}
    path.write_text(SET.format("王"), encoding="utf-8")
    assert found == {each.code for each in check_policies(path)[1]}


@pytest.mark.parametrize("letter", LATE)
def test_a_number_is_no_quantity_before_them(letter):
    said = [parse(Source("x", f"公式 甲(乙) = 乙 + 3天{each}\n")) for each in (letter, "王")]
    (_, one), (_, other) = said
    assert [each.code for each in one] == [each.code for each in other]


@pytest.mark.parametrize("letter", LATE)
def test_they_are_printed_without_brackets(letter, tmp_path):
    text = SET.format(letter)
    path = tmp_path / "甲.policy"
    path.write_text(text, encoding="utf-8")
    printed = format_policy(path).text
    assert "[" not in printed and "【" not in printed
    assert declarations(printed) == declarations(text)


@pytest.mark.parametrize("letter", LATE)
def test_a_list_is_named_by_them_after_its_sheet(letter, tmp_path):
    sheet = tmp_path / f"{letter}家事项.csv"
    sheet.write_text("序号,事项名称\n1,协助登记\n", encoding="utf-8")
    assert f"清单 {letter}家事项 " in import_sheet(sheet, kind="list").text
