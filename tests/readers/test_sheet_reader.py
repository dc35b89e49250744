"""Sheets as entries, units and register rows: equal to tables in policy text, robust against
what offices do to sheets."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax import parser
from zhunru.syntax.nodes import ListDecl, UnitBlock
from zhunru.syntax.sheet_reader import read_entries, read_register, read_units

TABLE = [
    ["编号", "事项", "牵头", "依据", "频次", "当", "要求", "自", "至", "承担"],
    ["XZ-01", "低保核查", "区民政局、区财政局", "救助办法 第四条、第五条", "每年 不超过 4 次", "-",
     '经费到位 否则 暂缓 "经费未到"', "2021-01-01", "2025-12-31", "协助"],
    ["XZ-02", "社区矫正", "-", "社区矫正法 第六条 待核实", "不限", "类别 为 行政任务 且 非 急", "-",
     "2021年1月1日", "-", "-"],
    ["ＸＺ－０３", "信访|接待", "区信访局", "-", "每月 不超过 １ 次", "-", "-", "-", "-", "主责"],
]  # fmt: skip


def policy_table(head: str, rows: list[list[str]]) -> str:
    lines = ["  | " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in rows]
    return head + "\n" + "\n".join(lines) + "\n"


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('",;\t') else cell


def csv(rows: list[list[str]], separator: str = ",") -> Source:
    text = "".join(separator.join(quoted(cell) for cell in row) + "\n" for row in rows)
    return Source("表.csv", text)


def codes(found: list[Diagnostic]) -> list[str]:
    return [d.code for d in found]


def places(found: list[Diagnostic]) -> list[tuple[str, int, int]]:
    return [(d.code, d.span.line, d.span.column) for d in found]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_sheet_says_what_the_same_table_says_in_policy_text(separator: str) -> None:
    text = policy_table("清单 甲 类型 协助", TABLE)
    file, found = parser.parse(Source("x.policy", text))
    assert found == []
    (decl,) = file.declarations
    assert isinstance(decl, ListDecl)
    entries, found = read_entries(csv(TABLE, separator))
    assert found == []
    assert entries == decl.entries


def test_a_sheet_without_codes_counts_its_rows_as_a_table_does() -> None:
    rows = [row[1:] for row in TABLE]
    file, _ = parser.parse(Source("x.policy", policy_table("清单 甲 类型 协助", rows)))
    (decl,) = file.declarations
    assert isinstance(decl, ListDecl)
    assert read_entries(csv(rows))[0] == decl.entries


def test_units_say_what_the_same_table_says() -> None:
    rows = [
        ["名称", "层级", "上级", "别名", "角色", "自", "至"],
        ["江源区", "区", "-", "-", "-", "-", "-"],
        ["区民政局", "部门", "江源区", "民政局、区民政", "民政部门", "2020-01-01", "2029-12-31"],
    ]
    file, _ = parser.parse(Source("x.policy", policy_table("单位", rows)))
    (block,) = file.declarations
    assert isinstance(block, UnitBlock)
    units, found = read_units(csv(rows))
    assert found == []
    assert units == block.units


def test_headings_are_found_below_titles_whatever_their_width_and_language() -> None:
    rows = [
        ["社区居委会协助政府工作事项清单（2021年版）", "", ""],
        ["填报单位：区民政局", "", "单位：项"],
        ["", "", ""],
        ["Ｃode", " 事 项 ", "lead"],
        ["XZ-01", "低保核查", "区民政局"],
    ]
    rows[3][0] = "code"
    entries, found = read_entries(csv(rows))
    assert found == []
    assert [(e.code, e.title.zh, e.leads[0].text) for e in entries] == [
        ("XZ-01", "低保核查", "区民政局")
    ]
    assert entries[0].span[3:] == (5, 1)


def test_a_bad_cell_is_reported_at_its_row_and_column_and_the_others_go_on() -> None:
    rows = [
        ["编号", "事项", "频次", "当", "自"],
        ["A", "甲事", "每年 四 次", "类别 为 行政任务", "2021-02-30"],
        ["B", "乙事", "每年 不超过 4 次", "类别 为 且 甲 乙", "2021-01-01"],
    ]
    entries, found = read_entries(csv(rows))
    assert [(d.span.path, d.span.line, d.span.column) for d in found] == [
        ("表.csv", 2, 3),
        ("表.csv", 2, 5),
        ("表.csv", 3, 4),
    ]
    assert all(d.fix is None for d in found)
    assert [e.code for e in entries] == ["A", "B"]
    assert entries[0].clauses.when != ()
    assert entries[1].frequency is not None


def test_the_places_of_equal_cells_are_their_own() -> None:
    rows = [["编号", "事项", "牵头"], ["A", "甲", "区民政局"], ["B", "乙", "区民政局"]]
    first, second = read_entries(csv(rows))[0]
    assert first.leads == second.leads
    assert first.leads[0].span[3:] == (2, 3)
    assert second.leads[0].span[3:] == (3, 3)


def test_places_in_the_text_of_the_file_are_exact() -> None:
    source = csv(TABLE)
    entries, _ = read_entries(source)
    span = entries[1].clauses.citations[0].span
    assert source.text[span.start : span.end] == "社区矫正法 第六条 待核实"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["甲", "乙"], ["1", "2"]], [("ZR840", 1, 1)]),
        ([], [("ZR840", 1, 1)]),
        ([["编号", "事项", "编 号"], ["A", "甲", "B"]], [("ZR842", 1, 3)]),
        ([["编号", "事项"], ["A", "甲", "乙"]], [("ZR843", 2, 3)]),
        ([["编号", "事项"], ["", "甲"], ["B", ""]], [("ZR845", 2, 1), ("ZR845", 3, 2)]),
        ([["编号", "事项"], ["A", "甲", "", ""], ["", ""]], []),
    ],
)
def test_damaged_sheets_are_reported(
    rows: list[list[str]], expected: list[tuple[str, int, int]]
) -> None:
    assert places(read_entries(csv(rows))[1]) == expected


def test_a_misspelt_column_of_units_is_named() -> None:
    rows = [["名称", "层级", "上級单位", "序号"], ["江源区", "区", "省", "1"]]
    units, found = read_units(csv(rows))
    assert len(units) == 1
    assert places(found) == [("ZR841", 1, 3)]
    assert "上级" in found[0].help_zh


def test_register_rows_are_the_texts_of_the_fields() -> None:
    rows = [
        ["包联一览表", "", ""],
        ["社 区", "区直单位", "备注"],
        ["富强社区", "区民政局", "x"],
        ["", "", ""],
        ["森工社区", "-", ""],
    ]
    read, found = read_register(csv(rows), ["区直单位", "社区"])
    assert found == []
    assert [[cell[:2] for cell in row] for row in read] == [
        [("社区", "富强社区"), ("区直单位", "区民政局")],
        [("社区", "森工社区")],
    ]
    assert read[1][0][2][3:] == (5, 1)


def test_a_register_without_fields_takes_every_column() -> None:
    read, found = read_register(csv([["甲", "乙"], ["1", "2"]]), [])
    assert found == []
    assert [[cell[:2] for cell in row] for row in read] == [[("甲", "1"), ("乙", "2")]]


def test_a_register_of_one_field_needs_one_heading() -> None:
    read, _ = read_register(csv([["社区"], ["富强社区"]]), ["社区"])
    assert [row[0][1] for row in read] == ["富强社区"]


WORDS = ["", "-", "甲", "a、b", "每年 不超过 4 次", "2021-01-01", "1/2", '"', "|", "#"]
CELL = st.sampled_from(WORDS)


@given(st.lists(st.lists(CELL, max_size=6), max_size=6))
def test_any_cells_below_the_headings_are_read_or_reported(rows: list[list[str]]) -> None:
    head = ["编号", "事项", "牵头", "频次", "自", "要求"]
    entries, found = read_entries(csv([head, *rows]))
    titled = [row for row in rows if len(row) > 1 and {row[0], row[1]}.isdisjoint({"", "-"})]
    assert len(entries) == len(titled)
    assert all(d.span.line > 1 for d in found)


def test_twenty_thousand_rows_are_read_in_seconds() -> None:
    rows = [["编号", "事项", "牵头", "依据", "频次", "对应"]]
    for n in range(20_000):
        basis, frequency = f"救助办法 第{n % 90 + 1}条", f"每年 不超过 {n % 12 + 1} 次"
        rows.append([f"XZ-{n}", f"第{n}项", "区民政局、区财政局", basis, frequency, f"JD-{n}"])
    start = time.process_time()
    entries, found = read_entries(csv(rows))
    assert time.process_time() - start < 20
    assert found == []
    assert len(entries) == 20_000
    assert entries[-1].span.line == 20_001
