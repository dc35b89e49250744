"""Cells of a workbook are read as the values shown: percentages, days, sums and codes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunru.sheets import import_sheet
from zhunru.syntax.number_formats import StyledCells, read_format, read_styles
from zhunru.syntax.sheet_reader import read_register
from zhunru.syntax.sheet_rows import RegisterRows
from zhunru.syntax.workbook import Workbook, open_workbook

PERCENT = ("0%", "0.00%", "0.0%;[Red]-0.0%", "[Blue]0.0%", "0.0 %", "#,##0.0%;@")
NUMBERS = ("General", "0", "#,##0.00", '"¥"#,##0.00', "[$¥-804]#,##0.00", '0"人"', '0.00"元/㎡"',
           "0.00_);[Red]\\(0.00\\)", '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)', "0.00E+00",
           '[DBNum1][$-804]General', "@", '"约"0.0', "# ?/?", '"年"0.0')  # fmt: skip
DAYS = ("yyyy-mm-dd", "yyyy/m/d;@", 'yyyy"年"m"月"d"日"', "[$-804]aaaa", "m/d/yy", "e/m/d")
CODES = {"000": "{:03d}", '"XZ-"00': "XZ-{:02d}", '"第"0"项"': "第{}项", '000"号"': "{:03d}号"}


def packed(rows: list[list[tuple[Any, str]]]) -> bytes:
    """Return a workbook of values with their number formats."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for at, row in enumerate(rows, 1):
        for column, (value, looks) in enumerate(row, 1):
            cell = sheet.cell(at, column, value)
            cell.number_format = looks
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(data: bytes) -> Workbook:
    book, found = open_workbook(data, "表.xlsx")
    assert found == []
    assert book is not None
    return book


def changed(data: bytes, **parts: tuple[str, str]) -> bytes:
    """Return a workbook with a pattern replaced in some of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.namelist():
            text = old.read(part).decode("utf-8")
            pattern, by = parts.get(Path(part).stem, ("\\Z", ""))
            new.writestr(part, re.sub(pattern, by, text, flags=re.S))
    return out.getvalue()


def texts(data: bytes) -> list[list[str]]:
    return [row.texts for row in opened(data).sheets[0].rows()]


def plain(number: Decimal) -> str:
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-0", "0", text == "-0")


@pytest.mark.parametrize("looks", PERCENT)
def test_a_percentage_is_read_as_one(looks: str) -> None:
    values = (0.785, 0.78500000000000003, 1, -0.05, 975 / 1242, 0)
    shown = ["78.5%", "78.5%", "100%", "-5%", "78.5024154589372%", "0%"]
    assert texts(packed([[(value, looks) for value in values]])) == [shown]


def test_the_strict_form_of_a_workbook_says_the_same() -> None:
    old = "http://schemas.openxmlformats.org/"
    strict = {
        f"{old}spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
        f"{old}officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
    data = packed([[(0.785, PERCENT[0]), ("=A1", "General")]])
    for before, after in strict.items():
        names = ("workbook", "workbook.xml", "sheet1", "styles")
        data = changed(data, **dict.fromkeys(names, (re.escape(before), after)))
    sheet = opened(data).sheets[0]
    assert [row.texts for row in sheet.rows()] == [["78.5%"]]
    assert [(one.code, one.span.cell) for one in sheet.found] == [("ZR893", "B1")]


def test_a_sign_in_quotes_changes_the_text_and_not_the_number() -> None:
    looks = ('0.0"%"', "0.0\\%", "0.0!%", "0.0％")
    assert texts(packed([[(78.5, each) for each in looks]])) == [["78.5%"] * 4]


def test_texts_and_truth_values_under_a_percent_format_stay_what_they_are() -> None:
    row = [(each, "0.0%") for each in ("78.50%", "待定", True)]
    assert texts(packed([row])) == [["78.50%", "待定", "是"]]


@pytest.mark.parametrize("looks", NUMBERS)
def test_money_and_units_are_read_as_the_number_alone(looks: str) -> None:
    row = [(each, looks) for each in (1234.5, 0.785, -3.25)]
    assert texts(packed([row])) == [["1234.5", "0.785", "-3.25"]]


@pytest.mark.parametrize("looks", CODES)
def test_codes_keep_their_zeros_and_letters(looks: str) -> None:
    shown = [CODES[looks].format(7), CODES[looks].format(1234), "1.5"]
    assert texts(packed([[(7, looks), (1234, looks), (1.5, looks)]])) == [shown]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("looks", DAYS)
def test_days_are_counted_from_the_first_day_of_the_workbook(looks: str, late: bool) -> None:
    data = packed([[(44562, looks), (44562.75, looks)]])
    if late:
        data = changed(data, workbook=("<workbookPr ?/>", '<workbookPr date1904="1"/>'))
    first = date(1904, 1, 1) if late else date(1899, 12, 30)
    # A day that is shown without the hour is a day, whatever hour =NOW() has left with it.
    assert texts(data) == [[(first + timedelta(44562)).isoformat()] * 2]


def test_hours_are_shown_to_the_second_and_beyond_a_day() -> None:
    row = [(8.5 / 24, "h:mm"), (26.5 / 24, "[h]:mm"), (datetime(2026, 3, 2, 8, 30), "yyyy/m/d h:mm"),
           (datetime(2026, 3, 2, 8, 30, 15), "yyyy/m/d h:mm")]  # fmt: skip
    assert texts(packed([row])) == [["08:30", "26:30", "2026-03-02 08:30", "2026-03-02 08:30:15"]]


@pytest.mark.parametrize("number", [9, 10, 14, 31, 57])
def test_formats_that_every_program_knows_need_no_text(number: int) -> None:
    data = packed([[(44562, "0")]])
    styles = f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{number}"/></cellXfs>'
    shown = "4456200%" if number < 14 else "2022-01-01"
    assert texts(changed(data, styles=("<cellXfs.*</cellXfs>", styles))) == [[shown]]


def test_cells_that_do_not_say_where_they_stand_keep_their_looks() -> None:
    data = packed([[(0.5, "0%"), (0.25, "0"), (0.75, "0%")]] * 2)
    bare = changed(data, sheet1=(r' r="[A-Z]*\d+"', ""))
    assert texts(bare) == texts(data) == [["50%", "0.25", "75%"]] * 2


def test_a_number_that_is_shown_scaled_is_told_once_a_column() -> None:
    rows: list[list[tuple[Any, str]]] = [[("社区", "General"), ("经费", "General")]]
    rows += [[("富强", "General"), (12345, '0!.0,"万"')], [("森工", "General"), (3, '0"万元"')]]
    read, found = read_register(opened(packed(rows)), ["社区", "经费"])
    assert [[cell[1] for cell in row] for row in read] == [["富强", "12345"], ["森工", "3"]]
    assert [(d.code, d.span.cell) for d in found] == [("ZR896", "B2"), ("ZR896", "B3")]


def test_damaged_styles_are_a_finding() -> None:
    data = changed(packed([[(0.5, "0%")]]), styles=("</styleSheet>", ""))
    assert [d.code for d in open_workbook(data, "x.xlsx")[1]] == ["ZR890"]


# --- random styles and values --------------------------------------------------------------------

VALUES = st.decimals(min_value=-9999, max_value=9999, places=3, allow_nan=False)
KINDS = st.sampled_from(["percent", "number", "day", "code", "text", "none"])


@st.composite
def cells(draw: st.DrawFn) -> tuple[Any, str, str]:
    """Return a value, its number format, and the text that a person takes from the cell."""
    value = draw(VALUES)
    match draw(KINDS):
        case "percent":
            return float(value), draw(st.sampled_from(PERCENT)), plain(value * 100) + "%"
        case "number":
            return float(value), draw(st.sampled_from(NUMBERS)), plain(value)
        case "day":
            day = date(1901, 1, 1) + timedelta(draw(st.integers(0, 70_000)))
            return day, draw(st.sampled_from(DAYS)), day.isoformat()
        case "code":
            looks, number = draw(st.sampled_from(sorted(CODES))), draw(st.integers(1, 9999))
            return number, looks, CODES[looks].format(number)
        case "text":
            text = draw(st.sampled_from(["78.50%", "001", "2026.3.5", "=甲", "１２％"]))
            return f" {text}", draw(st.sampled_from(PERCENT + NUMBERS + DAYS)), text
    return None, draw(st.sampled_from(PERCENT)), ""


TABLES = st.lists(st.lists(cells(), min_size=3, max_size=3), min_size=1, max_size=6)


@given(TABLES)
def test_cells_are_what_a_person_sees_in_small_sheets_and_in_large_ones(
    table: list[list[tuple[Any, str, str]]],
) -> None:
    heads = ["甲", "乙", "丙"]
    rows: list[list[tuple[Any, str]]] = [[(head, "General") for head in heads]]
    rows += [[(value, looks) for value, looks, _ in row] for row in table]
    data = packed(rows)
    small, found = read_register(opened(data), heads)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zhunru.syntax.sheet_reader.MANY", 0)
        large, more = read_register(opened(data), heads)
    assert isinstance(large, RegisterRows)
    assert (list(large), more) == (list(small), found)
    seen = [
        [(head, text) for head, (_, _, text) in zip(heads, row, strict=True) if text]
        for row in table
    ]
    assert [[cell[:2] for cell in row] for row in small] == [row for row in seen if row]


@given(st.text(alphabet='0#?%,.;"\\!_*[]hmsydae@$¥万E+->=1 GeneralAM/P', max_size=30))
def test_any_text_is_a_number_format(code: str) -> None:
    looks = read_format(code)
    assert looks is None or looks.section(Decimal("-1.5")) in looks.sections


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 20)), unique=True))
def test_styled_cells_are_found_again_in_any_order(places: list[tuple[int, int]]) -> None:
    looks = read_format("0%")
    assert looks is not None
    styled = StyledCells({3: looks})
    letters = "ABCDEFGHIJKLMNOPQRST"
    for row, column in places:
        tag = f'<c r="{letters[column - 1]}{row}" s="3"><v>1</v></c>'
        styled.look(f"{tag}<c r='A{row}' s='33'><v>1</v></c>".encode(), placed=True)
    styled.settle()
    found = [(row, column) for row in range(42) for column, _ in styled.at(row)]
    assert found == sorted(places)


def test_no_styles_are_no_formats() -> None:
    assert read_styles(b"") == {}


# --- as a clerk meets them -----------------------------------------------------------------------


def test_a_register_made_of_a_sheet_has_ratios_where_percentages_are_shown(tmp_path: Path) -> None:
    rows: list[list[tuple[Any, str]]] = [
        [(head, "General") for head in ("社区", "办结率", "日期", "经费")]
    ]
    rows += [
        [
            (f"富强{n}", "General"),
            (n / 1000, "0.0%"),
            (44562 + n, "yyyy/m/d"),
            (n * 1000.5, '"¥"#,##0.00'),
        ]
        for n in (785, 912)
    ]
    path = tmp_path / "办结.xlsx"
    path.write_bytes(packed(rows))
    made = import_sheet(path, kind="register")
    assert made.text.splitlines()[1:] == [
        "  社区 文本",
        "  办结率 比例",
        "  日期 日期",
        "  经费 数值",
    ]


def test_a_list_is_published_with_its_percentages_and_comes_back_with_them(tmp_path: Path) -> None:
    from zhunru.sheets import export_list

    (tmp_path / "a.policy").write_text(
        "清单 目录 类型 目录\n  | 编号 | 事项 | 比例 | 限 |\n"
        "  | A | 甲 | 78.5% | 78.50% |\n  | B | 乙 | -5% | 007% |\n",
        encoding="utf-8",
    )
    export_list(tmp_path / "a.policy").write(tmp_path / "表.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "表.xlsx").worksheets[0]
    cells_of = [
        [(c.value, c.number_format) for c in row][-2:] for row in sheet.iter_rows(min_row=4)
    ]
    assert cells_of == [
        [(0.785, "0.0%"), ("78.50%", "General")],
        [(-0.05, "0%"), ("007%", "General")],
    ]
    back = import_sheet(tmp_path / "表.xlsx", kind="list").text
    assert [line.split("|")[3:5] for line in back.splitlines() if line.startswith("  | ")][1:] == [
        [" 78.5% ", " 78.50% "],
        [" -5%   ", " 007%   "],
    ]
