"""Tables with the headings that offices give them: each is told with the language's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhunru.opening import check_policies
from zhunru.syntax import headings, official_words

TEXT = """政策 CS-1 "测试办法（示例，非官方）"
  施行 2026-01-01
依据
  | 文件名称 | 文件全称         | 发文字号 | 效力级别 | 施行日期   | 发文机关 |
  | 甲办法   | 社会救助暂行办法 | -        | 行政法规 | 2026-03-01 | 国务院   |
单位
  | 单位名称 | 层级 | 上级单位 |
  | 柳河区   | 区   | -        |
  | 柳河街道 | 街道 | 柳河区   |
表单 来件
  | 字段名称 | 数据类型 | 是否必填 |
  | 事项     | 事项     | 必填     |
  | 年龄     | 数值     | -        |
规则 禁令 依据 甲办法
  | 规则名称 | 适用情形     | 处理意见 | 理由 |
  | 甲       | 年龄 超过 60 | 拒绝     | 不行 |
流程 办 止于 办结
  | 步骤 | 责任单位 | 办理时限   | 下一步      | 超期处理    |
  | 受理 | 街道     | 3 个工作日 | 受理 → 办理 | 逾期 → 办理 |
  | 办理 | 街道     | 3 个工作日 | 办好 → 办结 | 逾期 → 办结 |
"""


def test_the_fixes_of_all_headings_leave_a_set_without_errors(tmp_path: Path) -> None:
    path, text = tmp_path / "甲.policy", TEXT
    path.write_text(text, encoding="utf-8")
    found = check_policies(path)[1]
    told = [one for one in found if one.code == "ZR116"]
    assert [one.code for one in found if one.severity.name == "ERROR"] == ["ZR116"] * 20
    edits = [edit for one in told if one.fix for edit in one.fix.edits]
    assert len(edits) == len(told)
    for edit in sorted(edits, key=lambda one: -one.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    path.write_text(text, encoding="utf-8")
    assert [one for one in check_policies(path)[1] if one.severity.name == "ERROR"] == []


def test_a_column_that_is_there_is_not_offered_again(tmp_path: Path) -> None:
    path = tmp_path / "甲.policy"
    path.write_text(
        "表单 来件\n  | 栏目 | 名称 | 填写 |\n  | 年龄 | 岁数 | 数值 |\n", encoding="utf-8"
    )
    (told,) = [one for one in check_policies(path)[1] if one.code == "ZR116"]
    assert told.fix is None
    assert told.help_zh == "可以用的栏名：要求、栏目、填写"


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (official_words.BASIS_WORDS, headings.BASIS),
        (official_words.FIELD_WORDS, headings.FIELD),
        (official_words.RULE_WORDS, headings.RULE),
        (official_words.STATE_WORDS, headings.STATE),
        (official_words.CHECK_WORDS, headings.CHECK),
    ],
)
def test_every_word_is_for_a_heading_of_its_table(
    words: dict[str, tuple[str, ...]], known: dict[str, object]
) -> None:
    assert words.keys() <= known.keys()
    said = [word for several in words.values() for word in several]
    assert len(said) == len(set(said))
    assert not set(said) & known.keys()
    for heading, several in words.items():
        assert {official_words.official_heading(word, known) for word in several} == {heading}


def test_columns_that_a_list_adds_of_its_own_stay_its_own(tmp_path: Path) -> None:
    path = tmp_path / "甲.policy"
    path.write_text(
        '政策 甲 "乙"\n  施行 2026-01-01\n清单 丙 类型 目录\n'
        "  | 编号 | 事项 | 说明 | 条件 | 承办单位 | 时限 |\n  | 1 | 甲事 | 子 | 丑 | 寅 | 卯 |\n",
        encoding="utf-8",
    )
    assert not [one for one in check_policies(path)[1] if one.code in ("ZR116", "ZR130")]
