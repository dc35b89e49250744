"""Amounts and days in the words of offices: one finding each, with how the language writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhunru.diagnostics import Diagnostic, Source
from zhunru.opening import check_policies
from zhunru.syntax.parser import parse
from zhunru.syntax.said_amounts import amount_meant

HEAD = """政策 CS-1 "示例办法（示例，非官方）"
  施行 2026-01-01
表单 来件
  事项 事项 必填
  年龄 数值 0 至 120 岁
  类别 枚举 低保、特困
  救助金 金额
  到达日期 日期
"""
TABLE = HEAD + "对照表 津贴 取 首行\n  | 年龄 | → 津贴 |\n  | {} | 1800 元 |\n  | - | 0 元 |\n"
RESULT = HEAD + "对照表 津贴 取 首行\n  | 年龄 | → 津贴 |\n  | 60 | {} |\n  | - | 0 元 |\n"
KINDS = HEAD + "对照表 补贴 取 首行\n  | 类别 | → 补 |\n  | 低保 | 1000 |\n  | {} | 0 |\n"
RULE = HEAD + '规则 甲\n  当 {}\n  拒绝 "不办"\n'
START = '政策 CS-1 "示例办法（示例，非官方）"\n  施行 {}\n'

WRITTEN = [
    (TABLE, "80以上", "不少于 80"),
    (TABLE, "60岁及以上", "不少于 60 岁"),
    (TABLE, "六十周岁以上", "不少于 60 岁"),
    (TABLE, "不满18周岁", "不满 18 岁"),
    (TABLE, "70至79", "70 至 79"),
    (TABLE, "60周岁以上不满70周岁", "60 至 69 岁"),
    (TABLE, "60~69周岁", "60 至 69 岁"),
    (TABLE, "80（含）以上", "不少于 80"),
    (TABLE, "80岁（不含）以下", "不满 80岁"),
    (KINDS, "其余", "-"),
    (RESULT, "壹仟捌佰元整", "1800 元"),
    (RESULT, "人民币1800元", "1800 元"),
    (RESULT, "每人每月1800元", "1800 元"),
    (RESULT, "￥1,800.00", "1800.00 元"),
    (RESULT, "0.18万元", "1800 元"),
    (RULE, "救助金 不超过 伍仟元", "救助金 不超过 5000 元"),
    (RULE, "救助金 不少于 ￥5,000元", "救助金 不少于 5000 元"),
    (RULE, "年龄 满60周岁", "年龄 不少于 60 岁"),
    (RULE, "年龄 60周岁以上", "年龄 不少于 60 岁"),
    (RULE, "年龄 不到18岁", "年龄 不满 18岁"),
    (START, "2026.3.1起施行", "2026-03-01"),
    (START, "2026 年 3 月 1 日", "2026-03-01"),
    (START, "2026。3。1", "2026-03-01"),
    (START, "2026、3、1", "2026-03-01"),
    (START, "20260301", "2026-03-01"),
    (START, "46082", "2026-03-01"),
    (START, "自2026年3月1日起施行", "2026年3月1日"),
]

CASE = """测试 "甲"
  假如 流程 为 办, 登记 于 {} 那么 答复 止于 2026-03-02 18:00
"""
CLOCKS = [
    ("2026年3月2日上午9点", "2026-03-02 9:00"),
    ("2026年3月2日下午3点半", "2026-03-02 15:30"),
    ("2026.3.2 9时30分", "2026-03-02 9:30"),
    ("2026-03-02 下午2:05", "2026-03-02 14:05"),
    ("2026年3月2日9：15", "2026-03-02 9:15"),
    ("2026年3月2日中午12点", "2026-03-02 12:00"),
    ("2026年3月2日中午1点", "2026-03-02 13:00"),
    ("2026年3月2日凌晨12点半", "2026-03-02 0:30"),
    ("2026年3月2日晚上24:00", "2026-03-03 0:00"),
    ("2026年3月2日晚上8点", "2026-03-02 20:00"),
    ("2026年3月2日晚上12点", "2026-03-03 0:00"),
]


@pytest.mark.parametrize(("written", "meant"), CLOCKS)
def test_a_moment_in_words_is_told_as_the_language_writes_it(written: str, meant: str) -> None:
    text = CASE.format(written)
    found = parse(Source("x.policy", text))[1]
    for one in found:
        assert one.fix is not None
        for edit in one.fix.edits:
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert text == CASE.format(meant) or not found
    assert parse(Source("x.policy", text))[1] == []


@pytest.mark.parametrize("written", ["2026年3月2日晚上1点", "9999年12月31日24点"])
def test_an_hour_of_a_day_that_is_not_known_or_not_there_is_not_mended(written: str) -> None:
    found = parse(Source("x.policy", CASE.format(written)))[1]
    assert found and not any(one.fix for one in found)


FLOW = """流程 办 止于 办结
  环节 登记 由 社区 限 {}
    办 → 办结
    {} → 办结
"""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (FLOW.format("无时限", "逾期"), FLOW.format("不限时", "逾期")),
        (FLOW.format("不限", "逾期"), FLOW.format("不限时", "逾期")),
        (FLOW.format("1 天", "逾期 视为同意"), FLOW.format("1 天", "逾期")),
        (
            START.format("2026-01-01\n  印发 甲局、乙局"),
            START.format("2026-01-01\n  印发 甲局 会同 乙局"),
        ),
        (
            START.format("2026-01-01\n  印发 甲局 联合 乙局"),
            START.format("2026-01-01\n  印发 甲局 会同 乙局"),
        ),
    ],
)
def test_a_turn_of_offices_is_mended_in_one_go(text: str, meant: str) -> None:
    _, (found,) = parse(Source("x.policy", text))
    assert found.fix is not None
    for edit in sorted(found.fix.edits, key=lambda one: -one.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert " ".join(text.split()) == " ".join(meant.split())
    assert parse(Source("x.policy", text))[1] == []


def _errors(folder: Path, text: str) -> list[Diagnostic]:
    path = folder / "甲.policy"
    path.write_text(text, encoding="utf-8")
    return [one for one in check_policies(path)[1] if one.severity.name == "ERROR"]


@pytest.mark.parametrize(("around", "written", "meant"), WRITTEN)
def test_the_fix_followed_to_the_letter_leaves_no_error(
    tmp_path: Path, around: str, written: str, meant: str
) -> None:
    text = around.format(written)
    (found,) = _errors(tmp_path, text)
    assert found.fix is not None and not found.fix.safe
    for edit in sorted(found.fix.edits, key=lambda one: -one.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert text == around.format(meant)
    assert _errors(tmp_path, text) == []


@pytest.mark.parametrize(
    ("around", "written", "code", "said"),
    [
        (START, "2026.2.30", "ZR111", "没有“2026.2.30”这个日期"),
        (START, "2026年2月30号", "ZR111", "没有“2026年2月30号”"),
        (START, "二〇二六年二月三十日", "ZR111", "没有“二〇二六年二月三十日”"),
        (RULE, "到达日期 早于 2026.2.30", "ZR111", "没有“2026.2.30”"),
        (RULE, "到达日期 在 2026.2.1 至 2026.2.30 之间", "ZR111", "没有“2026.2.30”"),
        (START, "2026.3", "ZR101", "日期要写全年、月、日"),
        (START, "26.3.1", "ZR101", "日期要写全年、月、日"),
        (START, "3月1日", "ZR101", "日期要写全年、月、日"),
        (START, "3/1/2026", "ZR101", "日期要写全年、月、日"),
        (TABLE, "80岁（按周岁）", "ZR101", "删去它"),
    ],
)
def test_what_only_its_writer_knows_is_told_without_a_guess(
    tmp_path: Path, around: str, written: str, code: str, said: str
) -> None:
    (found,) = _errors(tmp_path, around.format(written))
    assert found.code == code
    assert said in f"{found.zh}；{found.help_zh}"


def test_a_name_is_no_amount() -> None:
    for name in ("向阳社区", "民政部门", "满意", "最高", "一级以上医院", "当日", "五日后", "三会"):
        assert amount_meant(name) == ""


def test_few_words_among_numbers_are_wrong_and_not_the_numbers(tmp_path: Path) -> None:
    text = HEAD + (
        "对照表 津贴 取 首行\n  | 年龄 | → 津贴 |\n  | 不少于 80 | 1800 元 |\n"
        "  | 不少于 60 | 另行规定 |\n  | - | 0 元 |\n"
    )
    (found,) = _errors(tmp_path, text)
    assert "另行规定" in found.zh


def test_rows_with_wrong_cells_are_not_called_equal_or_never_met(tmp_path: Path) -> None:
    path = tmp_path / "甲.policy"
    path.write_text(
        HEAD
        + "对照表 津贴 取 唯一一行\n  | 年龄 | → 津贴 |\n  | 长者 | 1800 元 |\n  | 青年 | 0 元 |\n",
        encoding="utf-8",
    )
    assert {one.code for one in check_policies(path)[1]} <= {"ZR201", "ZR236"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [("60以上不满70岁", "60 至 69 岁"), ("17岁以上不满18岁", "17 至 17 岁"),
     ("5岁以上不满3岁", ""), ("0岁以上未满0岁", ""), ("3个月以上不满2岁", "")],
)  # fmt: skip
def test_no_range_of_ages_is_proposed_that_holds_nobody(written: str, meant: str) -> None:
    assert amount_meant(written) == meant
