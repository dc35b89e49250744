"""Requests in workbooks: the rows under the headings of each worksheet, as they are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from zhunru.diagnostics import Diagnostic, Span, has_errors
from zhunru.errors import RequestRejected
from zhunru.syntax.columns_file import bare, columns_beside
from zhunru.syntax.sheet_asides import asides
from zhunru.syntax.sheet_table import SheetTable
from zhunru.syntax.workbook import Workbook, read_workbook

_TITLE_ROWS = 50

Knows = Callable[[str], bool]
# Place, what the row says by heading, and what keeps it from being read.
BookRow = tuple[Span, dict[str, str], tuple[Diagnostic, ...]]


def open_book(
    path: Path, knows: Knows
) -> tuple[tuple[str, ...], Iterator[BookRow], tuple[Diagnostic, ...]]:
    """Return the headings of a workbook of requests and its rows, and what its readers are told: of
    rows that are hidden or struck out, which are read all the same.

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
    columns = tuple(dict.fromkeys(name for each in names for name in each.values()))
    remarks = tuple(one for table in tables for one in asides(table))
    return columns, _rows(list(zip(tables, names, strict=True))), remarks


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
    return {
        column.at: row.texts[column.at] if knows(row.texts[column.at]) else column.text
        for column in table.columns
    }


def _rows(tables: list[tuple[SheetTable, dict[int, str]]]) -> Iterator[BookRow]:
    for table, names in tables:
        yield from _told(table, 0)
        for row in table.rows():
            told = len(table.found)
            given = {name: row.texts[at] for at, name in names.items() if at < len(row.texts)}
            yield table.sheet.span(row, 0), given, ()
            yield from _told(table, told)


def _told(table: SheetTable, after: int) -> Iterator[BookRow]:
    """Yield what was told about rows as rows that are not read: nothing is left out unseen."""
    for finding in table.found[after:]:
        yield finding.span, {}, (finding,)
