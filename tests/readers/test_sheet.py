"""CSV cut into cells: against the csv module, and what it is too lenient about."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunru.diagnostics import Source
from zhunru.syntax import sheet
from zhunru.syntax.sheet import Sheet

CELLS = st.text(alphabet='甲乙 ,;"\nA1', max_size=8).map(str.strip)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1, max_size=6)


@given(TABLES, st.sampled_from([",", ";", "\t"]))
def test_cells_are_those_that_the_csv_module_wrote(table: list[list[str]], separator: str) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\n").writerows(table)
    read = Sheet(Source("x.csv", stream.getvalue()), separator)
    assert [row.texts for row in read.rows()] == table
    assert read.found == []


@given(TABLES)
def test_a_cell_without_quotes_stands_where_its_place_says(table: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(table)
    source = Source("x.csv", stream.getvalue())
    for row in Sheet(source, ",").rows():
        for text, (start, end) in zip(row.texts, row.places, strict=True):
            written = source.text[start:end]
            assert text == written.strip() or written.strip().startswith('"')


def test_line_and_column_are_those_of_the_sheet_even_behind_a_cell_with_line_ends() -> None:
    read = Sheet(Source("x.csv", '甲,"乙\n乙",丙\n丁,戊,己\n'), ",")
    first, second = read.rows()
    assert first.texts == ["甲", "乙\n乙", "丙"]
    assert read.span(second, 2)[3:] == (2, 3)


@pytest.mark.parametrize("text", ['甲,"乙\n丙,丁\n', '甲,"乙"丙\n丙,丁\n'])
def test_an_open_quote_is_reported_and_does_not_swallow_the_rows_behind_it(text: str) -> None:
    read = Sheet(Source("x.csv", text), ",")
    rows = list(read.rows())
    assert [d.code for d in read.found] == ["ZR844"]
    assert read.found[0].span[3:] == (1, 2)
    assert rows[-1].texts == ["丙", "丁"]


def test_rows_and_columns_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MAX_ROWS", 3)
    read = Sheet(Source("x.csv", "a,b\n" * 4), ",")
    assert len(list(read.rows())) == 3
    assert [d.code for d in read.found] == ["ZR846"]
    wide = Sheet(Source("x.csv", "," * 10_000 + "\n"), ",")
    assert list(wide.rows()) == []
    assert [d.code for d in wide.found] == ["ZR846"]


@given(st.text(alphabet='a",\n ', max_size=200))
def test_any_text_is_cut(text: str) -> None:
    rows = list(Sheet(Source("x.csv", text), ",").rows())
    assert all(len(row.texts) == len(row.places) for row in rows)


@given(st.lists(st.text(alphabet="甲,a \t", max_size=7), max_size=12), st.booleans())
def test_where_a_large_text_is_cut_into_blocks_changes_nothing(
    lines: list[str], ended: bool
) -> None:
    text = "\n".join(lines) + "\n" * ended
    at, expected = 0, []
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), 1):
        expected.append((number, at, [cell.strip() for cell in line.split(",")]))
        at += len(line) + 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheet, "_BLOCK", 5)
        assert list(Sheet(Source("x.csv", text), ",").lines()) == expected
