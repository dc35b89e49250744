"""A table whose heading cannot be read: told once, and what its rows declare is known elsewhere."""

from __future__ import annotations

import pytest

from zhunru.checker.check import check
from zhunru.diagnostics import Diagnostic, Severity
from zhunru.syntax.loader import load_text

SET = """政策 SHI-1 "测试用准入办法"
  印发 区民政局
  施行 2021-01-01
依据
  | {basis} | 全称 | 层级 | 公布 | 施行 |
  | 条例 | 社会救助暂行办法 | 行政法规 | 2014-02-21 | 2014-05-01 |
单位
  | {name} | {level} | 上级 |
  | 江源区 | 区级 | - |
  | 区民政局 | 部门 | 江源区 |
  | 街道办 | 街道 | 江源区 |
  | 某社区 | 社区 | 街道办 |
表单 来件
  | {field} | 填写 |
  | 目标社区 | 单位 |
  | 事项 | 事项 |
清单 协助 类型 准入 主体 {owner}
  当 目标社区 属于 社区
  | 编号 | 事项 | 牵头 | 依据 |
  | XZ-01 | 低保对象核查 | 区民政局 | 条例 第四条 |
判定 准入 对象 来件
  依次
    协助
  默认 拒绝 "未列入清单" 代码 未准入
"""
RIGHT = {"basis": "名称", "name": "名称", "level": "层级", "field": "栏目", "owner": "某社区"}


def errors(**wrong: str) -> list[Diagnostic]:
    loaded, found = load_text(SET.format(**{**RIGHT, **wrong}))
    assert loaded is not None
    _, more = check(loaded)
    return [one for one in (*found, *more) if one.severity is Severity.ERROR]


def test_the_set_has_nothing_else_that_is_wrong() -> None:
    assert errors() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "名字"},  # near to 名称
        {"name": "单位名"},
        {"name": "单位全名"},
        {"level": "层次"},
        {"level": "级别"},  # what official lists call it
        {"name": "单位名", "level": "层次"},
        {"basis": "法名"},
        {"field": "栏"},
    ],
)
def test_a_heading_is_told_and_not_that_its_rows_are_unknown(wrong: dict[str, str]) -> None:
    assert [one.code for one in errors(**wrong)] == ["ZR116"] * len(wrong)


@pytest.mark.parametrize("heading", ["名称", "名字", "单位名"])
def test_an_unknown_unit_is_told_with_the_nearest_whatever_the_heading(heading: str) -> None:
    (told,) = [one for one in errors(name=heading, owner="某社曲") if one.code == "ZR203"]
    assert "是否指“某社区”" in told.help_zh
    assert told.fix is not None
    assert told.fix.edits[0].text == "某社区"


def test_two_columns_near_to_one_heading_are_not_read_as_one() -> None:
    assert [one.code for one in errors(name="名字", level="名子")] == ["ZR116", "ZR116"]


def test_rules_have_no_names_of_need_so_an_unknown_column_of_them_is_none() -> None:
    rules = "规则 组\n  | 缘由 | 结论 | 告知内容 |\n  | 不在 / 清单 | 拒绝 | 不办 |\n"
    _, found = load_text(rules)
    assert [one.code for one in found] == ["ZR116"]


LIST = SET.replace("| 依据 |\n", "| 依据 | {column} |\n").replace(
    "条例 第四条 |", "条例 第四条 | 三 |"
)


@pytest.mark.parametrize(
    ("column", "read"),
    [(each, False) for each in ("任务期限", "有效期", "Valid until", "How frequently")]
    + [(each, True) for each in ("整改期限", "反馈期限", "保存期限", "视频资料", "Periodicals")],
)
def test_a_column_of_when_an_entry_holds_is_told_and_one_of_how_long_work_takes_is_not(
    column: str, read: bool
) -> None:
    loaded, found = load_text(LIST.format(**RIGHT, column=column))
    assert loaded is not None
    _, more = check(loaded)
    assert ("ZR347" not in {one.code for one in (*found, *more)}) is read


@pytest.mark.parametrize(("column", "read"), [("目标社区", False), ("所在社区", True)])
def test_a_column_that_is_called_as_a_field_is_told_to_be_no_condition(
    column: str, read: bool
) -> None:
    loaded, found = load_text(LIST.format(**RIGHT, column=column))
    assert loaded is not None
    _, more = check(loaded)
    told = [one for one in (*found, *more) if one.code == "ZR347"]
    assert (told == []) is read
    assert all(f"当 {column} 为 …" in one.help_zh for one in told)


def test_rows_without_any_heading_are_told_of_once_and_all_that_is_said_has_a_place() -> None:
    heading, row = (
        "  | 编号 | 事项 | 牵头 | 依据 |\n",
        "  | XZ-0{} | {} | 区民政局 | 条例 第四条 |\n",
    )
    rows = "".join(row.format(at, f"第{at}项核查") for at in (2, 3, 4))
    text = SET.format(**RIGHT).replace(heading, "").replace("判定 准入", f"{rows}判定 准入")
    loaded, found = load_text(text)
    assert loaded is not None
    _, more = check(loaded)
    told = [*found, *more]
    (one,) = [each for each in told if each.code in ("ZR227", "ZR230")]
    assert (one.code, "XZ-01、低保对象核查" in one.zh, "3 条都没有" in one.zh) == (
        "ZR230",
        True,
        True,
    )
    assert all(each.span.line for each in told), told


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (("| 编号 | 牵头 | 依据 |", "| XZ-02 | 区民政局 | 条例 第四条 |"), "ZR227"),
        (("| XZ-01 | 低保 | 条例 |", "| XZ-02 | 普查 | 条例 |"), "ZR230"),
    ],
)
def test_two_rows_without_a_heading_are_told_as_many_are(rows: tuple[str, ...], code: str) -> None:
    table = "  | 编号 | 事项 | 牵头 | 依据 |\n  | XZ-01 | 低保对象核查 | 区民政局 | 条例 第四条 |\n"
    text = SET.format(**RIGHT)
    assert table in text
    loaded, _ = load_text(text.replace(table, "".join(f"  {row}\n" for row in rows)))
    assert loaded is not None
    told = [each.code for each in check(loaded)[1] if each.code in ("ZR227", "ZR230")]
    assert told == [code]
