"""Lists beside each other that no decision names, and what clauses do not carry of the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.analysis.test_parts_compared import line_in, told
from tests.analysis.test_sets_compared import BASE, compiled

from zhunru import open_policy
from zhunru.analysis import compare
from zhunru.analysis.comparison import Comparison

MENU = """清单 服务菜单 "服务菜单" 类型 目录 主体 社区居委会 应有 3 条
  依据 条例
  | 编号  | 事项     | 牵头     | 频次             | 备注 |
  | FM-01 | 家电维修 | 区民政局 | 每年 不超过 2 次 | 周六 |
  | FM-02 | 理发     | 区民政局 | 不限             | 周六 |
  | FM-03 | 义诊     | 区民政局 | 不限             | 周日 |
清单 岗位 "可以认领的岗位" 类型 目录
  条目 GW-01 "巡逻"
    当 甲数 超过 3
    要求 乙数 不超过 9
    义务 反馈 由 区民政局 限 5 个工作日
"""
LISTED = BASE.replace("判定 社区准入", MENU + "判定 社区准入", 1)


def only(found: Comparison, name: str = "服务菜单") -> list[tuple[str, str, list[str]]]:
    """What is told of the entries of the one list that is not the same."""
    (listed,) = found.lists
    assert (listed.old, listed.new, listed.placed) == (name, name, False)
    return [(item.name, item.change, [line.zh for line in item.lines]) for item in listed.items]


def test_a_row_that_was_left_out_is_told_with_its_line() -> None:
    new = LISTED.replace("  | FM-02 | 理发     | 区民政局 | 不限             | 周六 |\n", "")
    found = compare(compiled(LISTED), compiled(new))
    assert only(found) == [("FM-02 理发", "removed", [])]
    assert found.status == "equivalent"
    assert not found.identical
    (item,) = found.lists[0].items
    line = line_in(LISTED, "FM-02")
    assert (item.old.line, item.new.path) == (line, "")
    assert f"- FM-02 理发  {item.old.path}:{line}" in told(found)
    assert "清单“服务菜单”（不用于判定）：增加 0，取消 1，改动 0，不变 2" in told(found)
    data = found.to_dict()["lists"][0]
    assert (data["placed"], data["items"][0]["old"]["line"]) == (False, line)
    page = found.page()
    assert "－FM-02 理发" in page
    assert f"{item.old.path}:{line}" in page


def test_a_new_row_is_told_with_its_line() -> None:
    new = LISTED.replace("清单 岗位", "  | FM-04 | 陪诊 | - | - | - |\n清单 岗位")
    found = compare(compiled(LISTED), compiled(new))
    assert only(found) == [("FM-04 陪诊", "added", [])]
    assert found.lists[0].items[0].new.line == line_in(new, "FM-04")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("义诊     |", "陪诊     |", "事项：义诊 → 陪诊"),
        ("义诊     | 区民政局", "义诊     | 东街", "牵头：区民政局 → 东街"),
        ("不限             | 周日", "每月 不超过 1 次 | 周日", "频次：不限 → 每月 不超过 1 次"),
        ("不限             | 周日", "- | 周日", "频次：不限 → 无"),
        ("周日", "周五", "备注：周日 → 周五"),
    ],
)
def test_a_row_that_is_written_otherwise_is_told_cell_by_cell(
    old: str, new: str, line: str
) -> None:
    text = LISTED.replace(old, new)
    found = compare(compiled(LISTED), compiled(text))
    ((name, change, lines),) = only(found)
    assert (name[:5], change, lines) == ("FM-03", "changed", [line])
    (item,) = found.lists[0].items
    assert item.old.line == item.new.line == line_in(text, "FM-03")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("甲数 超过 3", "甲数 超过 4", "当：甲数 超过 3 → 甲数 超过 4"),
        ("    要求 乙数 不超过 9\n", "", "要求：乙数 不超过 9 → 无"),
        ("限 5 个工作日", "限 9 个工作日",
         "义务：反馈 由 区民政局 限 5 个工作日 → 反馈 由 区民政局 限 9 个工作日"),
        ("    要求 乙数 不超过 9\n", "    要求 乙数 不超过 9\n    可放宽\n", "可放宽：否 → 是"),
    ],
)  # fmt: skip
def test_a_clause_under_an_entry_is_told(old: str, new: str, line: str) -> None:
    head, tail = LISTED.split("条目 GW-01")
    text = f"{head}条目 GW-01{tail.replace(old, new, 1)}"
    found = compare(compiled(LISTED), compiled(text))
    assert only(found, "岗位") == [("GW-01 巡逻", "changed", [line])]


def test_the_head_of_a_list_is_told_part_by_part_with_both_lines() -> None:
    new = LISTED.replace("应有 3 条\n  依据 条例", "应有 3 条\n  当 甲数 超过 1\n  依据 条例")
    new = new.replace('"服务菜单" 类型 目录', '"便民菜单" 类型 目录')
    found = compare(compiled(LISTED), compiled(new))
    assert only(found) == []
    (listed,) = found.lists
    assert [line.zh for line in listed.lines] == [
        "题名：服务菜单 → 便民菜单",
        "当：无 → 甲数 超过 1",
    ]
    assert listed.old_place.line == listed.new_place.line == line_in(LISTED, "清单 服务菜单")
    assert f"不变 3  {listed.new_place.path}:{listed.new_place.line}" in told(found)
    assert "题名：服务菜单 → 便民菜单；当：无 → 甲数 超过 1" in found.page()
    assert found.to_dict()["lists"][0]["lines"][0]["en"] == "title: 服务菜单 -> 便民菜单"


def test_a_list_that_came_or_went_is_told_with_its_rows() -> None:
    found = compare(compiled(BASE), compiled(LISTED))
    assert [(each.new, len(each.items)) for each in found.lists] == [("服务菜单", 3), ("岗位", 1)]
    assert "新增清单“服务菜单”（不用于判定），3 条" in told(found)
    assert "取消清单“岗位”（不用于判定），1 条" in told(compare(compiled(LISTED), compiled(BASE)))


def test_what_a_clause_does_not_carry_is_told_of_lists_of_decisions_too() -> None:
    """A column of its own, and how often without a quota, change no decision."""
    blocks = BASE[BASE.index("  条目 XZ-01") : BASE.index("流程 审批")]
    noted = BASE.replace(
        blocks,
        "  当 类别 为 行政任务\n  | 编号 | 事项 | 承担 | 频次 |\n"
        "  | XZ-01 | 低保核查 | 主责 | 每年 不超过 2 次 |\n  | XZ-02 | 养老认证 | - | - |\n",
    )
    assert noted != BASE
    other = noted.replace("主责", "协助").replace("2 次", "3 次")
    found = compare(compiled(noted), compiled(other))
    (listed,) = found.lists
    (item,) = listed.items
    assert listed.placed
    assert sorted(line.zh for line in item.lines) == [
        "承担：主责 → 协助",
        "频次：每年 不超过 2 次 → 每年 不超过 3 次",
    ]


def test_a_list_that_is_taken_out_of_its_decision_says_so() -> None:
    dropped = LISTED.replace("    协助事项\n", "", 1)
    found = compare(compiled(LISTED), compiled(dropped))
    (listed,) = (each for each in found.lists if each.new == "协助事项")
    assert [line.zh for line in listed.lines] == ["用于判定：是 → 否"]


def test_a_set_that_was_kept_compiled_tells_its_lists_too(tmp_path: Path) -> None:
    for name, text in (("甲", LISTED), ("乙", LISTED.replace("周日", "周五"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "办法.policy").write_text(text, encoding="utf-8")
    told_twice = [
        told(compare(open_policy(tmp_path / "甲"), open_policy(tmp_path / "乙"))) for _ in range(2)
    ]
    assert told_twice[0] == told_twice[1]
    assert "备注：周日 → 周五" in told_twice[0]


def test_lists_that_are_the_same_are_not_told() -> None:
    assert compare(compiled(LISTED), compiled(LISTED)).identical
