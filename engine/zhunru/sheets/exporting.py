"""A list as the table that is published: title row, running numbers, the words of official lists.

A second worksheet keeps what the table has no place for, so that nothing is lost on the way back.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhunru.diagnostics import Source, has_errors
from zhunru.errors import PolicyRejected
from zhunru.opening import locate
from zhunru.sheets.marks import ENGLISH, FORCE, OTHER, RUNNING, SHEET, Marks
from zhunru.syntax.format_lists import ListPrinter
from zhunru.syntax.format_words import Words
from zhunru.syntax.loader import load
from zhunru.syntax.nodes import Entry, File, ListDecl, Policy, PolicySet
from zhunru.syntax.number_formats import plain_text
from zhunru.syntax.official_words import LIST_WORDS

_RUNNING = "序号"
_WIDEST = 42.0
_BAD_NAME = re.compile(r"[\\/*?:\[\]]")
_PERCENT = re.compile(r"-?\d{1,9}(\.\d{1,4})?%")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Exported:
    """A list as the bytes of a workbook; `name` and `title` are the list's."""

    name: str
    title: str
    entries: int
    data: bytes

    def write(self, path: str | Path) -> None:
        """Write the workbook."""
        Path(path).write_bytes(self.data)


def lists_of(path: str | Path) -> tuple[list[tuple[File, ListDecl]], PolicySet]:
    """Return the lists of a set with their files. Raises PolicyRejected for a set with errors."""
    loaded, found = load(locate(path))
    if loaded is None or has_errors(found):
        raise PolicyRejected(found)
    pairs = [
        (file, one)
        for file in loaded.files
        for one in file.declarations
        if isinstance(one, ListDecl)
    ]
    return pairs, loaded


def export_list(path: str | Path, name: str = "") -> Exported:
    """Return a list of a policy set as a workbook; without a name its only list.

    Raises LookupError, with the names there are, where the list is not there or not the only one.
    """
    pairs, loaded = lists_of(path)
    named = [pair for pair in pairs if name in ("", pair[1].name.text)]
    if len(named) != 1:
        raise LookupError("、".join(one.name.text for _, one in pairs))
    ((file, declared),) = named
    table = _Table(file, declared)
    title = declared.title.zh or declared.name.text
    return Exported(
        name=declared.name.text,
        title=title,
        entries=len(declared.entries),
        data=_packed(title, _issued(loaded.header), table),
    )


def _issued(header: Policy | None) -> str:
    """Return the line under the title: who issued the list, and from when it holds."""
    if header is None:
        return ""
    parts = [f"印发单位：{header.issuer.text}"] if header.issuer else []
    if header.period.start:
        parts.append(f"施行日期：{header.period.start.isoformat()}")
    return "    ".join(parts)


class _Table:
    """The columns and rows of a list, as they are published."""

    def __init__(self, file: File, declared: ListDecl) -> None:
        printer = ListPrinter(Words("zh", file.language), Source("", ""))
        cells = [_cells(printer, entry) for entry in declared.entries]
        self.slots = _slots(cells)
        own = {name for each in declared.entries for name, _ in each.extra}
        self.headings = _headings(printer, self.slots, own)
        self.rows = [[each.get(slot, "") for slot in self.slots] for each in cells]
        head = printer.catalogue(replace(declared, entries=(), source=""))
        self.marks = Marks([f"{'  ' * line.indent}{line.text}" for line in head])
        self.marks.columns = {
            heading: _means(printer, slot)
            for heading, slot in zip(self.headings, self.slots, strict=True)
        }
        self.numbered = _RUNNING not in self.marks.columns
        if self.numbered:
            self.marks.columns[_RUNNING] = RUNNING


def _cells(printer: ListPrinter, entry: Entry) -> dict[str, str]:
    """Return the cells of an entry, with two that tables of policy text have no place for."""
    clauses = entry.clauses
    force = [
        word for word, said in (("可放宽", clauses.relaxable), ("刚性", clauses.binding)) if said
    ]
    kept = {f"+{name}": text for name, text in entry.extra}
    plain = printer.cells(replace(entry, extra=()))
    return {**plain, f"+{ENGLISH}": entry.title.en, f"+{FORCE}": "、".join(force), **kept}


def _slots(cells: Sequence[dict[str, str]]) -> list[str]:
    """Return the columns that say something, those of the list's own words last."""
    slots = dict.fromkeys(slot for each in cells for slot in each)
    used = [slot for slot in slots if any(each.get(slot) for each in cells)]
    return [slot for slot in used if slot[0] != "+"] + [slot for slot in used if slot[0] == "+"]


def _headings(printer: ListPrinter, slots: Sequence[str], own: Iterable[str]) -> list[str]:
    """Return the official word of each column, the plain one where the list uses that itself."""
    taken = set(own)
    headings = []
    for slot in slots:
        if slot[0] == "+":
            headings.append(slot[1:])
            continue
        plain = printer.heading(slot)
        official = LIST_WORDS.get(plain, (plain,))[0]
        headings.append(next(word for word in (official, plain, f"{plain} ") if word not in taken))
    return headings


def _means(printer: ListPrinter, slot: str) -> str:
    return OTHER if slot[0] == "+" else printer.heading(slot)


# --- the workbook --------------------------------------------------------------------------------


def _packed(title: str, issued: str, table: _Table) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _BAD_NAME.sub("", title)[:31] or "清单"
    headings = ([_RUNNING] if table.numbered else []) + table.headings
    _banner(sheet, title, issued, len(headings))
    _row(sheet, 3, headings, head=True)
    for number, texts in enumerate(table.rows, 1):
        _row(sheet, number + 3, ([number] if table.numbered else []) + texts)
    _laid_out(sheet, headings, table)
    notes = book.create_sheet(SHEET)
    for at, noted in enumerate(table.marks.rows(), 1):
        for column, text in enumerate(noted, 1):
            _put(notes, at, column, text)
    notes.column_dimensions["A"].width = 80
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _banner(sheet: Any, title: str, issued: str, columns: int) -> None:
    from openpyxl.styles import Alignment, Font

    for at, text, font in (
        (1, title, Font(name="宋体", size=18, bold=True)),
        (2, issued, Font(name="仿宋", size=11)),
    ):
        _put(sheet, at, 1, text)
        cell = sheet.cell(at, 1)
        cell.font, cell.alignment = font, Alignment(horizontal="center", vertical="center")
        sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=max(columns, 2))
    sheet.row_dimensions[1].height = 34


def _row(sheet: Any, at: int, values: Sequence[Any], *, head: bool = False) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    thin = Side(style="thin", color="808080")
    for column, value in enumerate(values, 1):
        _put(sheet, at, column, value)
        cell = sheet.cell(at, column)
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        cell.font = Font(name="黑体" if head else "仿宋", size=11)
        middle = head or isinstance(value, int)
        cell.alignment = Alignment(
            horizontal="center" if middle else "left", vertical="center", wrap_text=True
        )
        if head:
            cell.fill = PatternFill("solid", fgColor="E7E6E6")


def _put(sheet: Any, row: int, column: int, value: Any) -> None:
    """Write a value; a text stays a text, whatever it begins with."""
    if isinstance(value, str):
        value = _UNSEEN.sub("", value)
        if not value:
            return
        if _put_percent(sheet, row, column, value):
            return
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"


def _put_percent(sheet: Any, row: int, column: int, text: str) -> bool:
    """Write a percentage as one that sheets reckon with, unless it would come back otherwise."""
    found = _PERCENT.fullmatch(text)
    if found is None:
        return False
    ratio = Decimal(text[:-1]) / 100
    if f"{plain_text(ratio * 100)}%" != text:
        return False  # as 78.50%: its last digit would be lost
    cell = sheet.cell(row, column, ratio)
    cell.number_format = re.sub(r"\d", "0", f"0{found[1] or ''}%")
    return True


def _laid_out(sheet: Any, headings: Sequence[str], table: _Table) -> None:
    """Set widths, the fixed heading and the paper."""
    from openpyxl.utils import get_column_letter

    first = 1 if table.numbered else 0
    for at, heading in enumerate(headings):
        texts = [row[at - first] for row in table.rows[:500]] if at >= first else []
        wide = max((2.1 * len(text) for text in [heading, *texts]), default=8)
        sheet.column_dimensions[get_column_letter(at + 1)].width = min(max(wide, 8), _WIDEST)
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
