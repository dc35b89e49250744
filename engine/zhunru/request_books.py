"""Requests in workbooks: the rows under the headings of each worksheet, as they are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Severity, Span, has_errors
from zhunru.errors import RequestRejected
from zhunru.syntax.columns_file import bare, columns_beside
from zhunru.syntax.sheet import Row
from zhunru.syntax.sheet_asides import asides
from zhunru.syntax.sheet_habits import told_apart
from zhunru.syntax.sheet_table import SheetTable
from zhunru.syntax.workbook import Workbook, Worksheet, read_workbook

_TITLE_ROWS = 50
_ANOTHER = "ZR836"  # of another table no row is read, which is told as of a row

Knows = Callable[[str], bool]
# Place, what the row says by heading, and what keeps it from being read.
BookRow = tuple[Span, dict[str, str], tuple[Diagnostic, ...]]


def open_book(
    path: Path, knows: Knows
) -> tuple[tuple[str, ...], Iterator[BookRow], tuple[Diagnostic, ...], bool]:
    """Return the headings of a workbook of requests and its rows, and what its readers are told: of
    worksheets that are left out, of rows that are hidden or struck out, which are read all the
    same; and whether rows stand on several worksheets.

    The heading row is the first that shows two names that `knows` knows, else the first with two
    cells. Raises RequestRejected for a workbook that cannot be read at all.
    """
    said, found = columns_beside(path)
    book, more = read_workbook(path)
    if book is None or has_errors(found):
        raise RequestRejected(found + more)
    words = _known(book, knows)
    tables = SheetTable.all(book, words, said)
    if not any(table.columns for table in tables):
        raise RequestRejected([one for table in tables for one in table.found])
    names = [_names(table, knows) for table in tables]
    for table, each in zip(tables, names, strict=True):
        _refuse_twice(table, each, knows)
    columns = tuple(dict.fromkeys(name for each in names for name in each.values()))
    # A worksheet that says how to fill in the others is no request that cannot be read.
    told = (one for table in tables for one in (*table.found, *asides(table)))
    remarks = tuple(one for one in told if one.code != _ANOTHER)
    rows = _rows(list(zip(tables, names, strict=True)), knows)
    return columns, rows, remarks, sum(map(bool, names)) > 1


def _known(book: Workbook, knows: Knows) -> dict[str, str]:
    """Return the headings among the first rows that mean something."""
    texts = {
        text
        for sheet in book.sheets
        for row in islice(sheet.rows(), _TITLE_ROWS)
        for text in row.texts
        if text and (knows(text) or knows(bare(text)))
    }
    return {bare(text): text for text in texts}


def _names(table: SheetTable, knows: Knows) -> dict[int, str]:
    """Return the name of each column: as written where that means something, else bare."""
    row = table.heading_row
    if row is None:
        return {}
    names = (
        row.texts[column.at] if knows(row.texts[column.at]) else column.text
        for column in table.columns
    )
    places = (column.at for column in table.columns)
    return dict(zip(places, told_apart(names, knows), strict=True))


def _refuse_twice(table: SheetTable, names: dict[int, str], knows: Knows) -> None:
    """Refuse two columns of one name that means something: which of them counts is unclear."""
    first: dict[str, int] = {}
    for at, name in names.items():
        if first.setdefault(name, at) != at and knows(name) and table.heading_row is not None:
            place = table.sheet.span(table.heading_row, at)
            raise RequestRejected([diagnose("ZR783", place, name=name)])


def _rows(tables: list[tuple[SheetTable, dict[int, str]]], knows: Knows) -> Iterator[BookRow]:
    for table, names in tables:
        meant = {at for at, name in names.items() if knows(name)}
        lost, seen = _lost(table, meant), len(table.sheet.found)
        for row in table.rows():
            given = {name: row.texts[at] for at, name in names.items() if at < len(row.texts)}
            wrong = (*lost.pop(row.number, ()), *_wrong(table.sheet.found[seen:], row, meant))
            seen = len(table.sheet.found)
            yield table.sheet.span(row, 0), given, tuple(dict.fromkeys(wrong))
        apart = {row.number for _, row in table.apart}
        for number, found in lost.items():
            # All that the row says was to be reckoned.
            if number not in apart:
                yield found[0].span, {}, tuple(found)
        yield from _told(one for one in table.findings if one.code == _ANOTHER)


def _lost(table: SheetTable, meant: set[int]) -> dict[int, list[Diagnostic]]:
    """Return, by row, the cells below the headings that mean something and have no value."""
    sheet = table.sheet
    found: dict[int, list[Diagnostic]] = {}
    if isinstance(sheet, Worksheet) and table.heading_row is not None:
        for row, column, text in sheet.extent.failed:
            if row > table.heading_row.number and column - 1 in meant:
                finding = diagnose("ZR893", sheet.place(row, column), text=text)
                found.setdefault(row, []).append(finding)
    return found


def _wrong(found: Iterable[Diagnostic], row: Row, meant: set[int]) -> Iterator[Diagnostic]:
    """Yield what is wrong in the cells of a row that mean something."""
    for one in found:
        here = one.span.line == row.number and one.span.column - 1 in meant
        if here and one.severity is Severity.ERROR:
            yield one


def _told(found: Iterable[Diagnostic]) -> Iterator[BookRow]:
    """Yield what was told about rows as rows that are not read: nothing is left out unseen."""
    for finding in found:
        yield finding.span, {}, (finding,)
