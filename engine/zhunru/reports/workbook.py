"""A report as a workbook: a worksheet for each section, numbers as numbers, days as days."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from zhunru.diagnostics import Language
from zhunru.reports.figures import MONTH
from zhunru.reports.sections import Report, Section, Value, spoken, unread_section
from zhunru.syntax.format_lines import width

_NARROWEST, _WIDEST = 8.0, 42.0
_NOTE_WIDTH = 60.0  # a note above a narrow table still reaches so far
_LINE = 15.0  # the height of a line, in points
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_IS_MONTH = re.compile(r"(\d{4})-(\d{2})")


def as_xlsx(report: Report, language: Language = "zh") -> bytes:
    """Return the bytes of the workbook of a report."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    at = 0 if language == "zh" else 1
    for section in report.sections:
        _sheet(book, section, at)
    unread = unread_section(report)
    if unread is not None:
        _sheet(book, unread, at)
    _about(book, report, at)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Any, section: Section, at: int) -> None:
    from openpyxl.styles import Font

    sheet = book.create_sheet(section.title[at][:31])
    rows = [[_value(row, n, section, at) for n in range(len(row))] for row in section.rows]
    widths = _widths([[heading[at] for heading in section.columns], *rows])
    columns = len(widths)
    _put(sheet, 1, 1, section.title[at])
    sheet.cell(1, 1).font = Font(size=14, bold=True)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=columns)
    _heading(sheet, [heading[at] for heading in section.columns])
    for number, row in enumerate(rows, 3):
        for column, value in enumerate(row, 1):
            _put(sheet, number, column, value)
            if isinstance(value, date):
                sheet.cell(number, column).number_format = "yyyy-mm"
    _lay_out(sheet, widths)
    if section.note[at]:
        _note(sheet, len(rows) + 4, section.note[at], widths)


def _value(row: Sequence[Value], n: int, section: Section, at: int) -> Any:
    """Return the value of a cell; a month is its first day, so that sheets can reckon with it."""
    value = spoken(row[n], at)
    month = _IS_MONTH.fullmatch(value) if isinstance(value, str) else None
    if month is not None and section.columns[n] == MONTH:
        return date(int(month[1]), int(month[2]), 1)
    return value


def _heading(sheet: Any, texts: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for column, text in enumerate(texts, 1):
        _put(sheet, 2, column, text)
        cell = sheet.cell(2, column)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E7E6E6")
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def _put(sheet: Any, row: int, column: int, value: Any) -> None:
    """Write a value: long texts wrap, and each number shows the decimals that it has."""
    from openpyxl.styles import Alignment

    if isinstance(value, str):
        value = _UNSEEN.sub("", value)
    if value is None or value == "":
        return
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"  # whatever it begins with, it is no formula
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
        cell.alignment = Alignment(horizontal="left", vertical="top")
    else:
        decimals = max(0, -int(value.as_tuple().exponent)) if isinstance(value, Decimal) else 0
        cell.number_format = "#,##0" + ("." + "0" * decimals if decimals else "")
        cell.alignment = Alignment(vertical="top")


def _widths(rows: Sequence[Sequence[Any]]) -> list[float]:
    """Return the width of each column: that of its longest text, within bounds."""
    return [
        min(max(_NARROWEST, *(width(_written(value)) * 1.1 + 2 for value in column)), _WIDEST)
        for column in zip(*rows, strict=True)
    ]


def _written(value: Any) -> str:
    return "" if value is None else str(value)


def _lay_out(sheet: Any, widths: Sequence[float]) -> None:
    """Set the widths, what stays in sight, and the paper."""
    from openpyxl.utils import get_column_letter

    for column, wide in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = wide
    sheet.freeze_panes = "A3"
    sheet.print_title_rows = "1:2"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _note(sheet: Any, row: int, text: str, widths: Sequence[float]) -> None:
    """Write a note under a table, as wide as it and as high as its lines."""
    from openpyxl.styles import Alignment

    _put(sheet, row, 1, text)
    spread, columns = sum(widths), len(widths)
    while spread < _NOTE_WIDTH:
        spread, columns = spread + _NARROWEST, columns + 1
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
    sheet.cell(row, 1).alignment = Alignment(wrap_text=True, vertical="top")
    # Programs fit the height of a row to its text, but not where cells are merged.
    sheet.row_dimensions[row].height = _LINE * (int(width(text) * 1.1 / spread) + 1)


def _about(book: Any, report: Report, at: int) -> None:
    """Write what the figures are of: a sheet that is passed on must say so itself."""
    from openpyxl.styles import Font

    sheet = book.create_sheet(("说明", "About")[at])
    period = report.period
    for row, (words, value) in enumerate(
        (
            (("规则集", "policy set"), report.set_code),
            (("规则集摘要", "digest of the set"), report.digest),
            (("统计起日", "from"), period.start or ("不限", "open")[at]),
            (("统计止日", "to"), period.end or ("不限", "open")[at]),
            (("没有读入的行", "rows that were not read"), report.unread),
        ),
        1,
    ):
        _put(sheet, row, 1, words[at])
        _put(sheet, row, 2, value)
        sheet.cell(row, 1).font = Font(bold=True)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 40
