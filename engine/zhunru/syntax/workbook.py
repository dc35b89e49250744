"""Workbooks (.xlsx) as worksheets of texts, each cell with its place, merged cells filled in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax.decode import start_of
from zhunru.syntax.folders import is_file, shown, unreadable
from zhunru.syntax.packed import MAX_COLUMNS, MAX_PACKED, Damaged, Extent, Package, TooLarge
from zhunru.syntax.sheet import Line, Row

_EXACT = 15  # digits that spreadsheet programs keep
_MAX_MERGED = 100_000

Merged = tuple[tuple[int, int], tuple[int, int]]


@dataclass
class Worksheet:
    """One worksheet: the interface of a CSV sheet, with what only workbooks have."""

    source: Source
    name: str
    visible: bool
    cells: Any  # the reader's sheet
    extent: Extent
    found: list[Diagnostic] = field(default_factory=list)
    captions: set[int] = field(default_factory=set)
    _merged: list[Merged] | None = None

    def span(self, row: Row, column: int) -> Span:
        """Return the place of a cell, `column` counted from 0."""
        return self.place(row.number, column + 1)

    def place(self, row: int, column: int) -> Span:
        """Return the place of a cell by row and column from 1; the offset only keeps the order."""
        start = row * MAX_COLUMNS + column
        return Span(self.source.path, start, start, row, column)

    @property
    def size(self) -> int:
        """Return about how many rows there are."""
        return self.extent.rows

    def rows(self) -> Iterator[Row]:
        """Yield the rows from 1, blank ones too, with the cells that a merged one covers."""
        return map(self.row_of, self.lines())

    def row_of(self, line: Line) -> Row:
        """Return a row; the places of its cells are told by its number."""
        return Row(line[0], line[2], [])

    def lines(self) -> Iterator[Line]:
        """Yield the rows from 1 as a sheet of text does."""
        if self.cells.start is None:
            return
        self._note_failed()
        down = self._downward()
        filled: dict[int, tuple[int, str]] = {}
        for number, values in enumerate(self._values(), 1):
            texts = [self._text(value, number, at) for at, value in enumerate(values, 1)]
            for first, last in down.get(number, ()):
                filled[first] = (last, texts[first] if first < len(texts) else "")
            if filled:
                filled = {at: one for at, one in filled.items() if number <= one[0]}
                # A row of which nothing is its own stays empty.
                for column, (_, text) in filled.items() if any(texts) else ():
                    if column < len(texts) and not texts[column]:
                        texts[column] = text
            yield number, 0, texts

    def _values(self) -> Iterator[list[Any]]:
        return self.cells.iter_rows()  # type: ignore[no-any-return]

    @property
    def merged(self) -> list[Merged]:
        """Return the merged cells: first and last row and column, counted from 0."""
        if self._merged is None:
            self._merged = (self.cells.merged_cell_ranges or [])[:_MAX_MERGED]
        return self._merged

    def wide_at(self, row: int) -> set[int]:
        """Return the columns, from 0, that cells merged sideways cover in a row."""
        wide: set[int] = set()
        for (top, left), (bottom, right) in self.merged:
            if right > left and top + 1 <= row <= bottom + 1:
                wide.update(range(left, min(right, MAX_COLUMNS) + 1))
        return wide

    def _downward(self) -> dict[int, list[tuple[int, int]]]:
        """Return, by row from 1, columns whose value holds down to a row; note captions."""
        down: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, right) in self.merged:
            if bottom > top:
                down.setdefault(top + 1, []).append((left, bottom + 1))
            if right > left:
                self.captions.update(range(top + 1, min(bottom, top + 100) + 2))
        return down

    def _note_failed(self) -> None:
        for row, column, text in self.extent.failed:
            finding = diagnose("ZR893", self.place(row, column), text=text)
            if finding not in self.found:
                self.found.append(finding)

    def _text(self, value: Any, row: int, column: int) -> str:
        """Return what a person sees in a cell."""
        if type(value) is str:
            return value.strip() if value else value
        if type(value) is float:
            return self._number(value, row, column)
        return _plain(value)

    def _number(self, value: float, row: int, column: int) -> str:
        if value == int(value) and abs(value) < 10**_EXACT:
            return str(int(value))
        text = f"{Decimal(f'{value:.{_EXACT}g}'):f}"
        if abs(value) >= 10**_EXACT:
            finding = diagnose("ZR894", self.place(row, column), digits=len(text.lstrip("-")))
            if finding not in self.found:
                self.found.append(finding)
        return text


@dataclass
class Workbook:
    """A workbook: its worksheets in their order."""

    path: str
    sheets: list[Worksheet]

    def named(self, name: str) -> Worksheet | None:
        """Return the worksheet of a name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case datetime(hour=0, minute=0, second=0):
            return value.date().isoformat()
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value).strip()


# --- opening -------------------------------------------------------------------------------------


def read_workbook(path: Path) -> tuple[Workbook | None, list[Diagnostic]]:
    """Return the worksheets of a file, or None with what keeps it from being read."""
    try:
        if not is_file(path):
            raise FileNotFoundError(path)
        with path.open("rb") as stream:
            data = stream.read(MAX_PACKED + 1)
    except OSError as error:
        return None, [unreadable(path, error)]
    return open_workbook(data, shown(path))


def open_workbook(data: bytes, path: str) -> tuple[Workbook | None, list[Diagnostic]]:
    """Return the worksheets of the bytes of a workbook."""
    try:
        return Workbook(path, _sheets(data, path)), []
    except TooLarge as large:
        place = start_of(path)
        return None, [diagnose("ZR891", place, what_zh=large.zh, what_en=large.en)]
    except Damaged as damage:
        place, zh, en = start_of(path), damage.zh, damage.en
        return None, [diagnose("ZR890", place, path=path, reason_zh=zh, reason_en=en)]


def _sheets(data: bytes, path: str) -> list[Worksheet]:
    package = Package(data)
    extents = package.survey()
    parts = _parts_of_sheets(package)
    book = _book(data)
    return [
        Worksheet(
            source=Source(f"{path}#{about.name}", ""),
            name=about.name,
            visible=str(about.visible).endswith(".Visible"),
            cells=_cells(book, about.name),
            extent=extents.get(parts.get(about.name, ""), Extent()),
        )
        for about in book.sheets_metadata
        if str(about.typ).endswith(".WorkSheet")
    ]


def _book(data: bytes) -> Any:
    # Loaded late: whoever reads no workbook does without the reader.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_object(io.BytesIO(data))
    except (CalamineError, OSError, ValueError):
        raise Damaged("内容不完整，或者设了密码", "it is incomplete or protected") from None


def _cells(book: Any, name: str) -> Any:
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(name)
    except (CalamineError, OSError, ValueError):
        raise Damaged(f"工作表“{name}”已经损坏", f"the worksheet `{name}` is damaged") from None


_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _parts_of_sheets(package: Package) -> dict[str, str]:
    """Return the part that holds each worksheet, by its name; nothing where that is not plain."""
    try:
        book = ElementTree.fromstring(package.text("xl/workbook.xml"))
        links = ElementTree.fromstring(package.text("xl/_rels/workbook.xml.rels"))
    except ElementTree.ParseError:
        return {}
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    return {
        sheet.get("name", ""): _part(targets.get(sheet.get(_RELATION), ""))
        for sheet in book.iter()
        if sheet.tag.endswith("}sheet")
    }


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
