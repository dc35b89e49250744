"""Workbooks (.xlsx) as worksheets of texts, each cell with its place, merged cells filled in."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax import number_formats
from zhunru.syntax.decode import start_of
from zhunru.syntax.folders import read_bytes, shown
from zhunru.syntax.number_formats import EXACT, Kind, NumberFormat
from zhunru.syntax.packed import MAX_COLUMNS, MAX_PACKED, Damaged, Extent, Package, TooLarge
from zhunru.syntax.sheet import Line, Row
from zhunru.syntax.struck_out import struck_styles
from zhunru.syntax.workbook_comments import commented_cells

_MAX_MERGED = 100_000
_MOST_TOLD = 100  # cells of one worksheet
# Line ends of other programs inside a cell, the soft one of word processors among them.
_LINE_END = re.compile(r"\r+\n?|\v")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_LAST_DAY = 2_950_000  # within the year 9976, whichever day is the first

Merged = tuple[tuple[int, int], tuple[int, int]]


@dataclass
class Worksheet:
    """One worksheet: the interface of a CSV sheet, with what only workbooks have."""

    source: Source
    name: str
    visible: bool
    cells: Any  # the reader's sheet
    extent: Extent
    first_day: date = date(1899, 12, 30)  # the day whose number is 0
    found: list[Diagnostic] = field(default_factory=list)
    captions: set[int] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)  # the cells that have one
    # What is to be told of it, once, if it is read.
    remarks: list[Diagnostic] = field(default_factory=list)
    first_row: int = 1  # the number of the first row: below 1 where lines stand above a table
    _merged: list[Merged] | None = None
    _scaled: dict[tuple[int, int], int] = field(default_factory=dict)
    _noted: set[Diagnostic] = field(default_factory=set)  # what stands in `found`

    def span(self, row: Row, column: int) -> Span:
        """Return the place of a cell, `column` counted from 0."""
        return self.place(row.number, column + 1)

    def place(self, row: int, column: int) -> Span:
        """Return the place of a cell by row and column from 1; the offset only keeps the order."""
        start = (row - self.first_row + 1) * MAX_COLUMNS + column
        return Span(self.source.path, start, start, row, column)

    @property
    def size(self) -> int:
        """Return about how many rows there are."""
        return self.extent.rows

    def without_cells(self) -> Worksheet:
        """Return what tells the places of rows: the cells of a large book are 150 MiB."""
        first = self.first_row
        return Worksheet(self.source, self.name, self.visible, None, Extent(), first_row=first)

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
        down, styled = self._downward(), self.extent.styled or None
        filled: dict[int, tuple[int, str]] = {}
        for number, values in enumerate(self._values(), self.first_row):
            # Nearly every cell is a text: a call for each was a tenth of reading a large book.
            texts = [
                value.strip() if type(value) is str else self._text(value, number, at)
                for at, value in enumerate(values, 1)
            ]
            if not "".join(texts).isprintable():
                texts = [_CONTROL.sub("", _LINE_END.sub("\n", text)) for text in texts]
            for column, style in styled.at(number) if styled is not None else ():
                if column <= len(values):
                    texts[column - 1] = self._shown(values[column - 1], number, column, style)
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
        # The reader begins rows with the first column that is used; all else counts from A.
        left = [""] * self.cells.start[1]
        rows: Iterator[list[Any]] = self.cells.iter_rows()
        return (left + row for row in rows) if left else rows

    @property
    def merged(self) -> list[Merged]:
        """Return the merged cells: first and last row and column, counted from 0."""
        if self._merged is None:
            self._merged = (self.cells.merged_cell_ranges or [])[:_MAX_MERGED]
        return self._merged

    def wide_at(self, row: int) -> set[int]:
        """Return the columns, from 0, that cells merged sideways cover in a row."""
        wide: set[int] = set()
        at = row - self.first_row
        for (top, left), (bottom, right) in self.merged:
            if right > left and top <= at <= bottom:
                wide.update(range(left, min(right, MAX_COLUMNS) + 1))
        return wide

    def _downward(self) -> dict[int, list[tuple[int, int]]]:
        """Return, by number of row, columns whose value holds down to a row; note captions."""
        down: dict[int, list[tuple[int, int]]] = {}
        first = self.first_row
        for (top, left), (bottom, right) in self.merged:
            if bottom > top:
                down.setdefault(top + first, []).append((left, bottom + first))
            if right > left:
                self.captions.update(range(top + first, min(bottom, top + 100) + first + 1))
        return down

    def _note_failed(self) -> None:
        for row, column, text in self.extent.failed[:_MOST_TOLD]:
            self._note(diagnose("ZR893", self.place(row, column), text=text))

    def _note(self, finding: Diagnostic) -> None:
        """Note a finding once: rows are read again, the first for the headings, too."""
        if not self.found:
            self._noted.clear()
        if finding not in self._noted:
            self._noted.add(finding)
            self.found.append(finding)

    def _text(self, value: Any, row: int, column: int) -> str:
        """Return what a person sees in a cell that holds no text."""
        if type(value) is float:
            return self._number(value, row, column)
        return _plain(value)

    def _shown(self, value: Any, row: int, column: int, style: int) -> str:
        """Return the value that a number is shown as by its number format."""
        look = self.extent.styled.styles[style]
        if type(value) is datetime and look.sections[0].kind is Kind.DAY:
            return value.date().isoformat()
        if type(value) is not float:
            return _plain(value)
        number = number_formats.stored(value)
        section = look.section(number)
        # The reader takes a day shown by its weekday alone for a number.
        if section.kind is Kind.DAY and 61 <= number < _LAST_DAY:
            return (self.first_day + timedelta(days=int(number))).isoformat()
        if section.kind is Kind.SCALED:
            self._tell_scaled(look, row, column, style, number_formats.plain_text(number))
        return number_formats.shown(number, section)

    def _tell_scaled(
        self, look: NumberFormat, row: int, column: int, style: int, text: str
    ) -> None:
        """Tell once a column that what is shown is another number than what is stored."""
        # The first rows are read twice, for the headings and for what stands under them.
        if self._scaled.setdefault((column, style), row) != row:
            return
        zh = "格子的数字格式按万、千等缩放显示，这里读的是存着的数"
        en = "its number format shows it scaled; the stored number is read"
        place = self.place(row, column)
        self._note(diagnose("ZR896", place, text=text, what_zh=zh, what_en=en))

    def _number(self, value: float, row: int, column: int) -> str:
        if value == int(value) and abs(value) < 10**EXACT:
            return str(int(value))
        text = f"{number_formats.stored(value):f}"
        if abs(value) >= 10**EXACT:
            self._note(diagnose("ZR894", self.place(row, column), digits=len(text.lstrip("-"))))
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
        case datetime():
            second = _to_second(value)
            day = second.date().isoformat()
            return day if second.time() == time() else f"{day} {_clock(second.time())}"
        case date():
            return value.isoformat()
        case time():
            return _clock(_to_second(datetime.combine(date.min, value)).time())
        case timedelta():
            return _duration(value)
        case _:
            return str(value).strip()


def _to_second(value: datetime) -> datetime:
    """Return the full second nearest to a time, which is stored as a part of a day."""
    late = value.microsecond >= 500_000 and value < datetime(9999, 12, 31)
    return value.replace(microsecond=0) + timedelta(seconds=late)


def _clock(value: time) -> str:
    return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"


def _duration(value: timedelta) -> str:
    """Return hours and minutes, more than 24 too."""
    minutes, seconds = divmod(round(abs(value).total_seconds()), 60)
    text = f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return f"-{text}" if value < timedelta() else text


# --- opening -------------------------------------------------------------------------------------


def read_workbook(path: Path) -> tuple[Workbook | None, list[Diagnostic]]:
    """Return the worksheets of a file, or None with what keeps it from being read."""
    data, found = read_bytes(path, MAX_PACKED)
    return (None, found) if data is None else open_workbook(data, shown(path))


def open_workbook(data: bytes, path: str) -> tuple[Workbook | None, list[Diagnostic]]:
    """Return the worksheets of the bytes of a workbook."""
    try:
        return Workbook(path, _sheets(data, path)), []
    except Damaged as damage:
        return None, [unreadable(damage, path, ".xlsx")]


def unreadable(damage: Damaged, path: str, suffix: str) -> Diagnostic:
    """Return why a packed file is not read; `suffix` is how it is to be saved anew."""
    place, zh, en = start_of(path), damage.zh, damage.en
    if isinstance(damage, TooLarge):
        return diagnose("ZR891", place, what_zh=zh, what_en=en)
    return diagnose("ZR890", place, path=path, reason_zh=zh, reason_en=en, suffix=suffix)


def _sheets(data: bytes, path: str) -> list[Worksheet]:
    package = Package(data)
    extents = package.survey(*_styles(package))
    parts, first_day = _parts_of_sheets(package)
    comments = commented_cells(package, parts)
    book = _book(data)
    return [
        Worksheet(
            source=Source(f"{path}#{about.name}", ""),
            name=about.name,
            visible=str(about.visible).endswith(".Visible"),
            cells=_cells(book, about.name),
            extent=extents.get(parts.get(about.name, ""), Extent()),
            first_day=first_day,
            comments=comments.get(about.name, []),
        )
        for about in book.sheets_metadata
        if str(about.typ).endswith(".WorkSheet")
    ]


def _styles(package: Package) -> tuple[dict[int, NumberFormat], list[int]]:
    """Return the styles of cells whose numbers are shown in a way of their own, and those that
    strike out."""
    text = package.text("xl/styles.xml")
    try:
        return number_formats.read_styles(text), struck_styles(text)
    except ElementTree.ParseError:
        raise Damaged("格子的样式已经损坏", "the styles of its cells are damaged") from None


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


def _parts_of_sheets(package: Package) -> tuple[dict[str, str], date]:
    """Return the part of each worksheet, by its name, and the day that days are counted from.

    No parts where that is not plain.
    """
    try:
        book = ElementTree.fromstring(package.text("xl/workbook.xml"))
        links = ElementTree.fromstring(package.text("xl/_rels/workbook.xml.rels"))
    except ElementTree.ParseError:
        return {}, date(1899, 12, 30)
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts = {
        sheet.get("name", ""): _part(targets.get(_relation(sheet), ""))
        for sheet in book.iter()
        if sheet.tag.endswith("}sheet")
    }
    properties = next((one for one in book if one.tag.endswith("}workbookPr")), None)
    late = properties is not None and properties.get("date1904", "0") in ("1", "true")
    return parts, date(1904, 1, 1) if late else date(1899, 12, 30)


def _relation(sheet: ElementTree.Element) -> str | None:
    """Return what a worksheet is linked by; the strict form has another namespace."""
    return next((value for key, value in sheet.items() if key.endswith("/relationships}id")), None)


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
