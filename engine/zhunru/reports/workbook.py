"""A report as a workbook: a worksheet for each section, numbers as numbers."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from zhunru.diagnostics import Language
from zhunru.reports.figures import Report, Section, spoken


def as_xlsx(report: Report, language: Language = "zh") -> bytes:
    """Return the bytes of the workbook of a report."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for section in report.sections:
        _sheet(book, section, 0 if language == "zh" else 1)
    if not report.sections:
        book.create_sheet("无" if language == "zh" else "nothing")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Any, section: Section, at: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(section.title[at][:31])
    sheet.cell(1, 1, section.title[at]).font = Font(size=14, bold=True)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(section.columns))
    for column, heading in enumerate(section.columns, 1):
        cell = sheet.cell(2, column, heading[at])
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E7E6E6")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    for number, row in enumerate(section.rows, 3):
        for column, value in enumerate(row, 1):
            _put(sheet, number, column, spoken(value, at))
    if section.note[at]:
        sheet.cell(len(section.rows) + 4, 1, section.note[at])
    for column in range(1, len(section.columns) + 1):
        texts = [str(spoken(row[column - 1], at) or "") for row in section.rows]
        texts.append(section.columns[column - 1][at])
        width = min(max(2.1 * len(text) for text in texts), 42)
        sheet.column_dimensions[get_column_letter(column)].width = max(width, 8)
    sheet.freeze_panes = "A3"


def _put(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None:
        return
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"  # whatever it begins with, it is no formula
    elif isinstance(value, Decimal):
        cell.number_format = "0.0"
