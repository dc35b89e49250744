"""What of a worksheet only its owner sees: rows and columns that are hidden, comments beside cells.

Hidden rows are read like the others, comments are not read: either is told, once a sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic
from zhunru.syntax.number_formats import column_number
from zhunru.syntax.workbook import Worksheet

if TYPE_CHECKING:
    from zhunru.syntax.sheet_table import SheetTable

_MOST = 5
_PLACE = re.compile(r"([A-Z]+)(\d+)\Z")


def asides(table: SheetTable) -> list[Diagnostic]:
    """Return what is to be told of the worksheet of a table that is read."""
    sheet = table.sheet
    if not isinstance(sheet, Worksheet) or table.heading_row is None:
        return []
    above = table.heading_row.number
    return [*sheet.remarks, *_hidden(sheet, above), *_struck(sheet, above), *_comments(sheet)]


def _hidden(sheet: Worksheet, above: int) -> list[Diagnostic]:
    rows = [row for row in sheet.extent.hidden_rows if row > above]
    columns = [at for at in sheet.extent.hidden_columns if at <= sheet.extent.columns]
    if not rows and not columns:
        return []
    names = [str(row) for row in rows]
    names += [sheet.place(0, at).cell.removesuffix("0") for at in columns]
    place = sheet.place(rows[0] if rows else above, columns[0] if columns else 1)
    return [diagnose("ZR838", place, hidden=_first(names))]


def _struck(sheet: Worksheet, above: int) -> Iterator[Diagnostic]:
    """Tell of each row with cells that are struck out, at the first of them."""
    rows: dict[int, set[int]] = {}
    for row, letters in sheet.extent.struck:
        if row > above:
            rows.setdefault(row, set()).add(column_number(letters))
    for row in sorted(rows):
        columns = sorted(rows[row])
        cells = [sheet.place(row, at).cell for at in columns]
        yield diagnose("ZR828", sheet.place(row, columns[0]), struck=_first(cells))


def _comments(sheet: Worksheet) -> list[Diagnostic]:
    found = [_PLACE.match(place) for place in sheet.comments]
    cells = sorted((int(one[2]), column_number(one[1].encode())) for one in found if one)
    if not cells:
        return []
    names = [sheet.place(row, column).cell for row, column in cells]
    return [diagnose("ZR837", sheet.place(*cells[0]), cells=_first(names))]


def _first(names: list[str]) -> list[str]:
    return names if len(names) <= _MOST else [*names[:_MOST], "…"]
