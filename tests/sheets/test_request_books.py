"""Requests in workbooks: what a sheet does not say for sure is decided by nobody, and is told."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from time import process_time
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from zhunru.errors import RequestRejected
from zhunru.request_files import GivenRow, read_given
from zhunru.syntax.sheet_habits import told_apart

POLICIES = Path(__file__).parents[2] / "policies"
HEADS = ["收件日期", "来文单位", "类别", "事项"]
SOUND = ["2026-03-02", "区市场监管局", "系统应用", "反诈应用推广"]


def _book(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def _changed(path: Path, before: str, after: str) -> Path:
    """Change the first worksheet of a workbook as another program would have written it."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    assert before in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(before, after).encode()
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return path


def _read(path: Path) -> list[GivenRow]:
    return list(read_given(path, HEADS.__contains__))


def _told(rows: list[GivenRow]) -> list[tuple[int, list[str]]]:
    return [(row.span.line, [one.code for one in row.findings]) for row in rows]


def test_a_request_that_hangs_on_a_formula_without_value_is_not_decided(tmp_path: Path) -> None:
    lacking = ["2026-03-02", "=B2", "系统应用", "反诈应用推广"]
    path = _book(tmp_path / "甲.xlsx", HEADS, SOUND, lacking, ["=A2", "=B2", "=C2", "=D2"])
    assert _told(_read(path)) == [(2, []), (3, ["ZR893"]), (4, ["ZR893"] * 4)]


def test_each_of_many_rows_that_lack_a_value_is_told(tmp_path: Path) -> None:
    lacking = ["2026-03-02", "=B2", "系统应用", "反诈应用推广"]
    rows = _read(_book(tmp_path / "甲.xlsx", HEADS, SOUND, *[lacking] * 250))
    assert sum(bool(row.findings) for row in rows) == 250


def test_a_formula_beside_the_facts_or_in_a_total_keeps_no_request_back(tmp_path: Path) -> None:
    rows = [[*HEADS, "办理人"], [*SOUND, "=A9"], ["合计", "=COUNTA(B2:B2)"]]
    assert _told(_read(_book(tmp_path / "甲.xlsx", *rows))) == [(2, [])]


def test_a_formula_that_says_nothing_of_an_empty_row_has_a_value(tmp_path: Path) -> None:
    path = _book(tmp_path / "甲.xlsx", HEADS, SOUND, [None, '=IF(A3="","",A3)'])
    assert _told(_read(path)) == [(2, []), (3, ["ZR893"])], "nobody has reckoned it yet"
    _changed(path, '<c r="B3">', '<c r="B3" t="str">')
    assert _told(_read(path)) == [(2, [])]


def test_a_number_whose_last_digits_are_lost_is_no_fact(tmp_path: Path) -> None:
    path = _book(tmp_path / "甲.xlsx", HEADS, SOUND, [*SOUND[:3], 370681199001011234])
    assert _told(_read(path)) == [(2, []), (3, ["ZR894"])]
    beside = _book(tmp_path / "乙.xlsx", [*HEADS, "证件号"], [*SOUND, 370681199001011234])
    assert _told(_read(beside)) == [(2, [])]


def test_long_numbers_in_many_rows_are_told_as_fast_as_the_rows_are_read(tmp_path: Path) -> None:
    rows = [[*SOUND[:3], 370681199001000000 + 1000 * n] for n in range(12_000)]
    path = _book(tmp_path / "甲.xlsx", HEADS, *rows)
    begun = process_time()
    assert all(row.findings for row in _read(path))
    assert process_time() - begun < 8, "it was 16 s where each was looked for among all others"


def test_a_second_table_below_is_told_as_not_read(tmp_path: Path) -> None:
    path = _book(tmp_path / "甲.xlsx", HEADS, SOUND, HEADS[::-1], SOUND[::-1])
    assert _told(_read(path)) == [(2, []), (3, ["ZR836"])]


def test_a_second_table_beside_is_told_as_not_read(tmp_path: Path) -> None:
    path = _book(tmp_path / "甲.xlsx", [*HEADS, "", *HEADS], [*SOUND, "", *SOUND], SOUND)
    rows = read_given(path, HEADS.__contains__)
    assert not rows.remarks
    assert _told(list(rows)) == [(2, []), (3, []), (1, ["ZR836"])]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_remarks_that_stand_twice_are_carried_along_both(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"来件.{suffix}"
    head, row = [*HEADS, "备注", "备注"], [*SOUND, "甲", "乙"]
    if suffix == "csv":
        path.write_text("\n".join(map(",".join, (head, row))), encoding="utf-8")
    else:
        _book(path, head, row)
    rows = read_given(path, HEADS.__contains__)
    assert rows.columns == (*HEADS, "备注", "备注2") and not rows.remarks
    (read,) = rows
    assert read.given == dict(zip(rows.columns, row, strict=True))


def test_two_columns_of_one_name_are_refused_as_in_a_text_file(tmp_path: Path) -> None:
    path = _book(tmp_path / "甲.xlsx", [*HEADS, "来 文单位"], [*SOUND, "区民政局"])
    with pytest.raises(RequestRejected) as caught:
        _read(path)
    (found,) = caught.value.diagnostics
    assert (found.code, found.span.cell) == ("ZR783", "E1")
    # What means nothing cannot be taken for the other.
    more = _book(tmp_path / "乙.xlsx", [*HEADS, "签字", "签字"], [*SOUND, "甲", "乙"])
    assert _told(_read(more)) == [(2, [])]


@pytest.mark.parametrize("command", ["impact", "report"])
def test_past_requests_that_are_struck_out_or_hidden_are_counted_and_told(
    command: str, tmp_path: Path, zhunru: Any
) -> None:
    path = _book(
        tmp_path / "往年.xlsx", ["来文登记簿"], ["街道办事处", "2026年度"], HEADS, SOUND, SOUND
    )
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    book.active["D4"].font = Font(strike=True)
    book.active.row_dimensions[5].hidden = True
    book.save(path)
    against = ["--against", POLICIES / "weihai"] if command == "impact" else []
    words = [POLICIES / "weihai", *against, "--history", path, "--format", "json"]
    code, out, err = zhunru(command, *words)
    assert code == 0 and "ZR828" in err and "ZR838" in err and "ZR8" not in out


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_past_requests_stand_below_the_titles_that_a_register_has(
    suffix: str, tmp_path: Path, zhunru: Any
) -> None:
    rows = [["来文登记簿", "", "", ""], ["街道办事处", "", "2026年度", ""], HEADS, SOUND]
    path = _book(tmp_path / "往年.xlsx", *rows)
    if suffix == "csv":
        path = tmp_path / "往年.csv"
        path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    words = ["--against", POLICIES / "national", "--history", path]
    code, out, _ = zhunru("impact", POLICIES / "weihai", *words)
    assert code == 0 and "以往来件 1 件" in out and "比不出什么" not in out


def test_rows_of_several_worksheets_are_named_by_their_worksheets(
    tmp_path: Path, zhunru: Any
) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "一月"
    for sheet in (book.active, book.create_sheet("二月")):
        sheet.append(["来文单位", "类别", "事项"])
        sheet.append(SOUND[1:])
        sheet.append(["区市场监管局", "没有这一类", "反诈应用推广"])
    book.save(tmp_path / "来件.xlsx")
    words = ("decide", POLICIES / "weihai", "--file", tmp_path / "来件.xlsx", "--format")
    _, out, _ = zhunru(*words, "text")
    assert [line.split()[0] for line in out.splitlines()[2:6]] == [
        *("一月!2", "一月!3"),
        *("二月!2", "二月!3"),
    ]
    _, out, _ = zhunru(*words, "csv")
    assert [line.partition(",")[0] for line in out.splitlines()[1:]][2:] == ["二月!2", "二月!3"]
    _, out, _ = zhunru(*words, "jsonl")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["sheet"], line["row"]) for line in lines][2:] == [("二月", 2), ("二月", 3)]
    # Of one worksheet the number says it all.
    book.remove(book["二月"])
    book.save(tmp_path / "来件.xlsx")
    _, out, _ = zhunru(*words, "text")
    assert [line.split()[0] for line in out.splitlines()[2:4]] == ["2", "3"]


def test_a_worksheet_that_is_left_out_is_told_and_is_no_request(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(_book(tmp_path / "来件.xlsx", [*HEADS, "备注", "备注"], SOUND))
    book.create_sheet("填表说明").append(["日期写全年月日"])
    hidden = book.create_sheet("旧稿")
    hidden.append(HEADS)
    hidden.append(SOUND)
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "来件.xlsx")
    rows = read_given(tmp_path / "来件.xlsx", HEADS.__contains__)
    assert [one.code for one in rows.remarks] == ["ZR892", "ZR892"]
    assert _told(list(rows)) == [(2, [])] and not rows.several


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_rows_that_are_numbered_and_not_filled_in_are_no_requests(
    suffix: str, tmp_path: Path
) -> None:
    rows = [["序号", *HEADS], [1, *SOUND], [2, "", "", "", ""], [3, "", "", "", "待补"]]
    path = _book(tmp_path / "甲.xlsx", *rows)
    if suffix == "csv":
        path = tmp_path / "甲.csv"
        path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), "utf-8")
    assert _told(_read(path)) == [(2, []), (4, [])]


def test_what_is_no_workbook_is_told_and_not_read_as_one_without_requests(tmp_path: Path) -> None:
    path = tmp_path / "甲.xlsx"
    path.write_text("来文单位,事项\n", encoding="utf-8")
    with pytest.raises(RequestRejected) as caught:
        _read(path)
    assert [one.code for one in caught.value.diagnostics] == ["ZR890"]
    _book(path, HEADS, SOUND)
    (tmp_path / "甲.栏目.yaml").write_text("工作簿: 一\n", encoding="utf-8")
    with pytest.raises(RequestRejected) as caught:
        _read(path)
    assert [one.code for one in caught.value.diagnostics] == ["ZR898"]


def test_a_workbook_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestRejected) as caught:
        _read(_book(tmp_path / "甲.xlsx", ["只有一句话"], ["又一句"]))
    assert [one.code for one in caught.value.diagnostics] == ["ZR840"]


def test_remarks_of_one_heading_are_told_apart_from_one_that_is_numbered_already() -> None:
    heads = ["备注", "备注2", "备注", "", "备注", "编号", "编号"]
    told = told_apart(heads, lambda name: name == "编号")
    assert told == ["备注", "备注2", "备注3", "", "备注4", "编号", "编号"]


def test_the_headings_of_a_wide_sheet_are_told_apart_in_one_pass() -> None:
    class Counted(str):
        compared = 0
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            Counted.compared += 1
            return str.__eq__(self, other)

    told = told_apart([Counted(f"列{at}") for at in range(500)], lambda name: False)
    assert len(set(told)) == 500 and Counted.compared < 5_000
