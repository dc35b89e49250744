"""Workbooks as sheets of texts: equal to CSV, bounded, and honest about what is not there."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunru.diagnostics import Source
from zhunru.syntax import packed
from zhunru.syntax.columns_file import Columns
from zhunru.syntax.number_formats import column_number
from zhunru.syntax.sheet_reader import read_entries, read_register, read_units
from zhunru.syntax.workbook import Workbook, open_workbook

Sheets = dict[str, list[list[Any]]]


def packed_book(sheets: Sheets, *, merge: dict[str, list[str]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in (merge or {}).get(name, ()):
            sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(data: bytes) -> Workbook:
    book, found = open_workbook(data, "表.xlsx")
    assert found == []
    assert book is not None
    return book


def book_of(rows: list[list[Any]], *merge: str) -> Workbook:
    return opened(packed_book({"清单": rows}, merge={"清单": list(merge)}))


def places(found: list[Any]) -> list[tuple[str, str]]:
    return [(d.code, d.span.cell) for d in found]


HEAD = ["编号", "事项", "牵头", "频次"]
CELLS = st.text(alphabet="甲乙丙AZ一,;\"'<>&# ", max_size=6).map(str.strip)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
def test_a_workbook_says_what_the_same_csv_says(rows: list[list[str]]) -> None:
    table = [["社区", "单位", "备考"], *rows]
    quoted = ('"' + cell.replace('"', '""') + '"' for row in table for cell in row)
    cells = iter(quoted)
    text = "".join(",".join(next(cells) for _ in row) + "\n" for row in table)
    by_text = read_register(Source("表.csv", text), ["社区", "单位", "备考"])[0]
    by_book = read_register(book_of(table), ["社区", "单位", "备考"])[0]
    assert [[cell[:2] for cell in row] for row in by_book] == [
        [cell[:2] for cell in row] for row in by_text
    ]


def test_values_are_the_texts_that_people_see() -> None:
    row = [
        10.6,
        3,
        1e-7,
        True,
        date(2021, 1, 1),
        datetime(2021, 1, 1, 8, 30),
        time(8, 0),
        0.1 + 0.2,
    ]
    (sheet,) = book_of([row]).sheets
    (only,) = sheet.rows()
    assert only.texts == [
        "10.6", "3", "0.0000001", "是", "2021-01-01", "2021-01-01 08:30", "08:00", "0.3",
    ]  # fmt: skip


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False))
def test_numbers_of_up_to_fifteen_digits_are_exact(number: Decimal) -> None:
    (sheet,) = book_of([[float(number)]]).sheets
    (only,) = sheet.rows()
    assert Decimal(only.texts[0]) == number


def test_a_long_number_has_lost_its_last_digits() -> None:
    _, found = read_register(book_of([["证件"], [220102199003071234]]), ["证件"])
    assert places(found) == [("ZR894", "A2")]
    assert "18 位" in found[0].zh


def test_a_place_names_workbook_sheet_and_cell() -> None:
    rows = [HEAD, ["A", "甲事", "区民政局", "每年 四 次"]]
    _, (finding,) = read_entries(book_of(rows))
    assert finding.span.workbook == ("表.xlsx", "清单")
    assert finding.span.cell == "D2"


def test_a_cell_merged_downward_holds_for_each_of_its_rows() -> None:
    rows = [
        HEAD,
        ["A", "甲事", "区民政局"],
        ["B", "乙事", None],
        [None, None, None],
        ["C", "丙事", "区司法局"],
    ]
    entries, found = read_entries(book_of(rows, "C2:C4"))
    assert [(e.code, [n.text for n in e.leads]) for e in entries] == [
        ("A", ["区民政局"]),
        ("B", ["区民政局"]),
        ("C", ["区司法局"]),
    ]
    assert found == []


def test_headings_in_two_rows_under_a_wide_one() -> None:
    rows = [
        ["编号", "事项", "责任单位", None],
        [None, None, "牵头", "会同"],
        ["A", "甲事", "区民政局", "区司法局"],
    ]
    entries, found = read_entries(book_of(rows, "C1:D1", "A1:A2", "B1:B2"))
    assert found == []
    (only,) = entries
    assert (only.leads[0].text, only.jointly[0].text) == ("区民政局", "区司法局")


@pytest.mark.parametrize("wide", [("D1:E1",), ("A1:A2", "B1:B2", "C1:C2", "D1:E2")])
def test_two_columns_of_entries_under_one_heading_are_no_headings(wide: tuple[str, ...]) -> None:
    rows: list[list[object]] = [["编号", "事项", "牵头", "依据", None]]
    rows += [[None] * 5] * (len(wide) > 1)
    rows += [[code, "甲事", "区民政局", "某法 第一条", "某规定"] for code in ("A", "B")]
    entries, found = read_entries(book_of(rows, *wide))
    assert [entry.code for entry in entries] == ["A", "B"]
    # Which of the two columns the heading names is not ours to say.
    assert "ZR843" in [one.code for one in found]


def test_headings_under_a_wide_one_are_known_by_their_names() -> None:
    rows = [
        ["编号", "事项", "责任分工", None],
        ["（统一）", "（全称）", "牵头", "会同"],
        ["A", "甲事", "区民政局", "区司法局"],
    ]
    (only,), _ = read_entries(book_of(rows, "C1:D1"))
    assert (only.code, only.leads[0].text, only.jointly[0].text) == ("A", "区民政局", "区司法局")


def test_a_wide_heading_that_is_two_rows_high_has_others_under_it() -> None:
    rows = [
        ["编号", "事项", "责任分工", None],
        [None] * 4,
        [None, None, "牵头", "会同"],
        ["A", "甲事", "区民政局", "区司法局"],
    ]
    (only,), _ = read_entries(book_of(rows, "A1:A3", "B1:B3", "C1:D2"))
    assert (only.code, only.leads[0].text, only.jointly[0].text) == ("A", "区民政局", "区司法局")


def test_headings_in_three_rows_under_wide_ones() -> None:
    rows = [
        ["编号", "事项", "责任分工", None, None],
        [None, None, "部门", None, "街道"],
        [None, None, "牵头", "会同", None],
        ["A", "甲事", "区民政局", "区司法局", "柳河街道"],
    ]
    wide = ("A1:A3", "B1:B3", "C1:E1", "C2:D2", "E2:E3")
    entries, found = read_entries(book_of(rows, *wide))
    (only,) = entries
    assert (only.leads[0].text, only.jointly[0].text) == ("区民政局", "区司法局")
    assert not [one for one in found if one.severity == "error"]


def test_captions_repeated_headings_totals_and_notes_are_told_and_no_entries() -> None:
    rows = [
        ["协助清单", None, None, None],
        HEAD,
        ["一、社会事务", None, None, None],
        ["A", "甲事", "区民政局"],
        HEAD,
        ["B", "乙事", "区民政局"],
        ["合计", "2项"],
        ["填表人：张某"],
    ]
    entries, found = read_entries(book_of(rows, "A1:D1", "A3:D3"))
    assert [e.code for e in entries] == ["A", "B"]
    assert places(found) == [("ZR897", "A3"), ("ZR897", "A5"), ("ZR897", "A7"), ("ZR897", "A8")]
    assert entries[0].extra == (("类别", "一、社会事务"),)


def test_two_sheets_are_one_list_whose_numbers_go_on() -> None:
    head = ["序号", "事项"]
    sheets = {
        "城市": [head, [1, "甲"], [2, "乙"]],
        "乡镇": [head, [1, "丙"], [1, "丁"]],
        "填表说明": [["请逐项填写"]],
    }
    entries, found = read_entries(opened(packed_book(sheets)))
    assert [(e.code, e.title.zh) for e in entries] == [
        ("1", "甲"), ("2", "乙"), ("3", "丙"), ("4", "丁"),
    ]  # fmt: skip
    assert [(d.code, d.span.path.partition("#")[2]) for d in found] == [
        ("ZR889", "乡镇"),
        ("ZR892", ""),
    ]
    assert "填表说明" in found[-1].zh


def test_one_sheet_may_be_named_and_a_hidden_one_is_not_read() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(packed_book({"甲": [HEAD, ["A", "甲"]], "乙": [HEAD, ["B", "乙"]]}))
    )
    book["乙"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    entries, found = read_entries(opened(out.getvalue()))
    assert [e.code for e in entries] == ["A"]
    assert [d.code for d in found] == ["ZR892"]
    entries, found = read_entries(opened(out.getvalue()), Columns(sheet="乙"))
    assert ([e.code for e in entries], found) == (["B"], [])


def test_odd_headings_are_read_by_the_file_of_columns() -> None:
    rows = [
        ["某表"],
        ["工作代号", "工作事项", "责任科室", "分管领导"],
        ["A", "甲", "区民政局", "李某"],
    ]
    said = Columns(
        names={"工作代号": "编号", "工作事项": "事项", "责任科室": "牵头", "分管领导": None}
    )
    (entry,), found = read_entries(book_of(rows), said)
    assert found == []
    assert (entry.code, entry.title.zh, entry.leads[0].text, entry.extra) == (
        "A", "甲", "区民政局", (),
    )  # fmt: skip


def test_a_value_under_no_heading_is_told() -> None:
    units, found = read_units(book_of([["名称", "层级", None], ["江源区", "区", "老区"]]))
    assert len(units) == 1
    assert places(found) == [("ZR843", "C2")]


def test_formulas_without_a_value_are_told() -> None:
    _, found = read_entries(book_of([HEAD, ["A", "=B9&C9", "区民政局"]]))
    assert ("ZR893", "B2") in places(found)


@pytest.mark.rows("S3-35")
def test_full_width_and_stops_are_read_where_a_number_is_wanted() -> None:
    rows = [["社区", "人数", "比例", "截止"], ["富强", "１０。６", "85。6%", "截止20208月"]]
    fields = ["社区", "人数", "比例", "截止"]
    read, found = read_register(book_of(rows), fields, typed=set(fields[1:]))
    assert [cell[1] for cell in read[0]] == ["富强", "10.6", "85.6%", "截止2020年8月"]
    assert places(found) == [("ZR895", "B2"), ("ZR895", "C2"), ("ZR895", "D2")]


@pytest.mark.parametrize("text", ["共10。6人到会", "2020118月", "**区", "2O21年", "1 2 3"])
def test_what_has_two_readings_is_told_and_left_as_it_is(text: str) -> None:
    rows, found = read_register(
        book_of([["社区", "数"], ["富强", text]]), ["社区", "数"], typed={"数"}
    )
    assert rows[0][1][1] == text
    assert places(found) == [("ZR896", "B2")]


# --- bounds --------------------------------------------------------------------------------------


def rewritten(data: bytes, name: str, text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.infolist():
            new.writestr(part.filename, text if part.filename == name else old.read(part))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
START = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1"><c r="XFD1"><v>1</v></c></row>',
        b"<row r='1'><c r = 'XFD1'><v>1</v></c></row>",
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="4294967295"><c r="A4294967295"><v>1</v></c></row>',
        b'<row r="900000"><c r="IV900000"><v>1</v></c></row>',
        # The reader goes by the place of the cell, whatever its row says of itself.
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="IV99999"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c s="0" r="IV99999"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row><x:row r="2"><x:c r="IV99999"><v>1</v></x:c></x:row>',
        b'<row r="1">' + b"<c><v>1</v></c>" * 300 + b"</row>",
    ],
)
def test_far_cells_are_refused_before_room_is_made_for_them(rows: bytes) -> None:
    data = rewritten(
        packed_book({"甲": [["A"]]}), SHEET, START + rows + b"</sheetData></worksheet>"
    )
    book, found = open_workbook(data, "x.xlsx")
    assert book is None
    assert [d.code for d in found] == ["ZR891"]


PLACES = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from(["A", "B", "Z", "AA", "IV"])),
    min_size=1, max_size=8, unique=True,
)  # fmt: skip


@given(PLACES, st.sampled_from([b'<c s="0" r="%b">', b"<c r='%b'>", b'<c  r = "%b">']))
def test_what_is_written_in_another_way_reaches_as_far(
    at: list[tuple[int, str]], other: bytes
) -> None:
    def extent(cell: bytes) -> packed.Extent:
        rows = [
            b'<row r="%d">%b<v>1</v></c></row>' % (row, cell % f"{letters}{row}".encode())
            for row, letters in sorted(at)
        ]
        sheet = START + b"".join(rows) + b"</sheetData></worksheet>"
        book = opened(rewritten(packed_book({"甲": [["A"]]}), SHEET, sheet))
        return book.sheets[0].extent

    usual, unusual = extent(b'<c r="%b">'), extent(other)
    assert (usual.rows, usual.columns) == (unusual.rows, unusual.columns)
    assert usual.rows == max(row for row, _ in at)
    assert usual.columns == max(column_number(letters.encode()) for _, letters in at)


def test_looks_of_empty_cells_far_away_do_not_count() -> None:
    rows = b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row><row r="1048576" s="0"/>'
    data = rewritten(
        packed_book({"甲": [["A"]]}), SHEET, START + rows + b"</sheetData></worksheet>"
    )
    book, found = open_workbook(data, "x.xlsx")
    assert book is None or [row.texts for row in book.sheets[0].rows()] == [["1"]]
    assert [d.code for d in found] in ([], ["ZR891"])


def test_a_bomb_is_not_unpacked_beyond_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    data = rewritten(packed_book({"甲": [["A"]]}), "xl/styles.xml", b" " * 30_000_000)
    assert len(data) < 100_000
    monkeypatch.setattr(packed, "MAX_UNPACKED", 20_000_000)
    assert [d.code for d in open_workbook(data, "x.xlsx")[1]] == ["ZR891"]


def test_a_part_that_is_larger_than_it_says_counts_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = rewritten(packed_book({"甲": [["A"]]}), "xl/styles.xml", b" " * 30_000_000)
    lying = data.replace((30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != data
    monkeypatch.setattr(packed, "MAX_UNPACKED", 20_000_000)
    assert [d.code for d in open_workbook(lying, "x.xlsx")[1]] == ["ZR891"]


def test_entities_are_refused() -> None:
    text = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + START + b"</sheetData></worksheet>"
    for part in (SHEET, "xl/workbook.xml", "xl/styles.xml"):
        data = rewritten(packed_book({"甲": [["A"]]}), part, text)
        assert [d.code for d in open_workbook(data, "x.xlsx")[1]] == ["ZR890"]
        data = rewritten(packed_book({"甲": [["A"]]}), part, text.decode().encode("utf-16"))
        assert [d.code for d in open_workbook(data, "x.xlsx")[1]] == ["ZR890"]


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=4))
def test_a_damaged_file_is_a_finding(at: int, bytes_: bytes) -> None:
    good = packed_book({"甲": [HEAD, ["A", "甲"]]})
    data = good[: at % len(good)] + bytes_ + good[at % len(good) + len(bytes_) :]
    book, found = open_workbook(data, "x.xlsx")
    assert (book is None) == bool(found)
    if book is not None:
        read_entries(book)


def test_no_workbook_at_all(tmp_path: Path) -> None:
    assert [d.code for d in open_workbook(b"PK", "x.xlsx")[1]] == ["ZR890"]
    assert [d.code for d in open_workbook(b"", "x.xlsx")[1]] == ["ZR890"]
