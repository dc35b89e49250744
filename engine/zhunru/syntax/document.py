"""Tables of Word documents (.docx) as worksheets: lists are mostly issued as such tables.

Tables are named by their number; rows count from 1 as they stand in the table, and the few lines
above it that belong to it (its title, who fills it in) stand before row 1. What is read is the text
as it stands once every tracked change is accepted; whatever is left out is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax.decode import start_of
from zhunru.syntax.folders import read_bytes, shown
from zhunru.syntax.packed import MAX_COLUMNS, MAX_PACKED, Damaged, Extent, Package, TooLarge
from zhunru.syntax.workbook import Merged, Workbook, Worksheet, unreadable

SUFFIX = ".docx"
_PART = "word/document.xml"
# Notes at the foot of a page or the end, and beside the text: what a cell says may hang on them.
_BESIDE = ("word/comments.xml", "word/endnotes.xml", "word/footnotes.xml")
# A few bytes of a document say a cell over 256 columns.
_MOST_CELLS = 1_000_000
_MOST_ABOVE = 4
_LONGEST_TITLE = 60
_MOST_TOLD = 3
_ANNEX = re.compile(r"附\s*[件表录]\s*[\d０-９一二三四五六七八九十]*\s*[:：]?")
_NOTE = re.compile(r"\s*[（(]?(?:注|备注|说明|附注|Note)", re.I)
_WORDS = ("/wordprocessingml/2006/main", "/wordprocessingml/main", "/math")
# Signs that stand in a font of pictures, by their number in it: a tick in a column of ticks.
_SIGNS = {
    ("wingdings", 0xFC): "√",
    ("wingdings", 0xFE): "☑",
    ("wingdings", 0xFB): "×",
    ("wingdings", 0xFD): "☒",
    ("wingdings", 0xA8): "□",
    ("wingdings", 0x6F): "□",
    ("wingdings 2", 0x50): "√",
    ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0x4F): "×",
    ("wingdings 2", 0x51): "☒",
    ("wingdings 2", 0xA3): "□",
}
_UNKNOWN_SIGN = "\N{REPLACEMENT CHARACTER}"


@dataclass
class _Cell:
    """A cell while it is read: its column, over how many it goes, its lines."""

    column: int
    width: int = 1
    goes_on: bool = False  # with the cell above
    begins: bool = False
    numbered: bool = False
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the lines of the cell that are not blank."""
        return "\n".join(line for line in self.lines if line.strip())


@dataclass
class _Table:
    """A table of the document, with the lines above it."""

    above: list[str]
    rows: list[list[_Cell]] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Return over how many columns its widest row goes."""
        return max((cell.column + cell.width for row in self.rows for cell in row), default=0)


@dataclass
class _Grid:
    """Cells in the form in which the reader of workbooks gives them."""

    rows: list[list[str]]
    merged_cell_ranges: list[Merged]

    @property
    def start(self) -> tuple[int, int] | None:
        """Return where the first value stands; None where there is none."""
        return (0, 0) if self.rows else None

    def iter_rows(self) -> list[list[str]]:
        """Return the rows, all of them as wide as the widest."""
        return self.rows


def read_document(path: Path) -> tuple[Workbook | None, list[Diagnostic]]:
    """Return the tables of a document as worksheets, or None with what keeps it from being read."""
    data, found = read_bytes(path, MAX_PACKED)
    return (None, found) if data is None else open_document(data, shown(path))


def open_document(data: bytes, path: str) -> tuple[Workbook | None, list[Diagnostic]]:
    """Return the tables of the bytes of a document as worksheets."""
    try:
        read = _read(data)
    except Damaged as damage:
        return None, [unreadable(damage, path, SUFFIX)]
    if not read.tables:
        return None, [diagnose("ZR835", start_of(path))]
    sheets = [_worksheet(f"{path}#", at, table) for at, table in enumerate(read.tables, 1)]
    # Told with whichever table is read.
    for sheet in sheets:
        sheet.remarks += _remarks(read, start_of(path))
    return Workbook(path, sheets), []


def _read(data: bytes) -> _Reader:
    package = Package(data)
    text = package.text(_PART)
    if not text:
        raise Damaged("里面没有 Word 文档", "there is no document in it")
    reader = _taken(text)
    for part in _BESIDE:
        beside = package.text(part)
        if beside:
            # In front: a condition stands there rather than in the letter.
            reader.left[:0] = _taken(beside).left
    return reader


def _taken(text: bytes) -> _Reader:
    reader = _Reader()
    parser = ElementTree.XMLParser(target=reader)
    try:
        parser.feed(text)
        parser.close()
    except ElementTree.ParseError:
        raise Damaged("内容已经损坏", "what is in it is damaged") from None
    reader.leave(reader.above)
    return reader


def _worksheet(book: str, at: int, table: _Table) -> Worksheet:
    name, width = f"表{at}", max(table.width, 1)
    above = [[line] + [""] * (width - 1) for line in table.above]
    rows = [*above, *(_laid_out(row, width) for row in table.rows)]
    sheet = Worksheet(
        source=Source(f"{book}{name}", ""),
        name=name,
        visible=True,
        cells=_Grid(rows, _merged(table, len(above))),
        extent=Extent(rows=len(rows), columns=width),
        first_row=1 - len(above),
    )
    numbered = [
        sheet.place(row, cell.column + 1)
        for row, cells in enumerate(table.rows, 1)
        for cell in cells
        if cell.numbered and not cell.text
    ]
    if numbered:
        sheet.remarks.append(diagnose("ZR834", numbered[0], count=len(numbered)))
    return sheet


def _laid_out(row: list[_Cell], width: int) -> list[str]:
    texts = [""] * width
    for cell in row:
        texts[cell.column] = cell.text
    return texts


def _merged(table: _Table, above: int) -> list[Merged]:
    """Return the merged cells, rows and columns counted from 0."""
    found: list[Merged] = []
    first: dict[tuple[int, int], int] = {}  # row in which cells that go on began, by their columns
    for at, row in enumerate(table.rows, above):
        begun = {}
        for cell in row:
            columns = (cell.column, cell.column + cell.width - 1)
            if cell.goes_on and columns in first:
                begun[columns] = first[columns]
            elif cell.begins or cell.goes_on or cell.width > 1:
                begun[columns] = at
        found += [_range(*one, at - 1) for one in first.items() if begun.get(one[0]) != one[1]]
        first = begun
    last = above + len(table.rows) - 1
    found += [_range(*one, last) for one in first.items()]
    return [one for one in found if one[0] != one[1]]


def _range(columns: tuple[int, int], first: int, last: int) -> Merged:
    return ((first, columns[0]), (last, columns[1]))


def _remarks(read: _Reader, place: Span) -> list[Diagnostic]:
    """Tell what of the whole document is read in one way of several, or not at all."""
    found = [diagnose("ZR818", place)] if read.revised else []
    if read.struck:
        found.append(diagnose("ZR828", place, struck=_shortened(read.struck[:_MOST_TOLD])))
    if read.left:
        # Notes first: a condition stands there rather than in the letter in front.
        left = sorted(read.left, key=lambda text: _NOTE.match(text) is None)[:_MOST_TOLD]
        found.append(diagnose("ZR833", place, count=len(read.left), texts=_shortened(left)))
    return found


def _shortened(texts: list[str]) -> list[str]:
    return [f"{text[:30]}…" if len(text) > 30 else text for text in texts]


class _Reader:
    """Takes the tags of a document one by one, so that no tree of it is ever made."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self.above: list[str] = []  # lines since the last table that may belong to the next one
        self.left: list[str] = []  # lines that belong to no table
        self.revised = False
        self.struck: list[str] = []  # what stands there struck out, or hidden
        self._strikes = False
        self._tables = 0  # how many tables are open, one in a cell of the other
        self._skipped = 0  # how many tags are open of which nothing is read
        self._row: list[_Cell] | None = None
        self._cell: _Cell | None = None
        self._column = 0
        self._cells = 0
        self._line: list[str] = []
        self._taken = False  # whether what comes next is text
        self._in_row_properties = self._row_gone = False
        self._page_ends = False
        self._numbered = False

    # --- what the parser calls ------------------------------------------------------------------

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""
        space, _, name = tag.rpartition("}")
        if self._skipped or name in ("moveFrom", "Fallback") or self._is_removed(name):
            # Taken away, or said a second time for older programs.
            self.revised |= name in ("moveFrom", "del") and not self._skipped
            self._skipped += 1
            return
        if space.endswith(_WORDS):
            said = {key.rpartition("}")[2]: value for key, value in attributes.items()}
            self._take(name, said)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if self._skipped:
            self._skipped -= 1
            return
        space, _, name = tag.rpartition("}")
        if not space.endswith(_WORDS):
            return  # a drawing has lines and tables of its own
        match name:
            case "t":
                self._taken = False
            case "p":
                self._end_line()
            case "trPr":
                self._in_row_properties = False
            case "tc" if self._tables == 1 and self._row is not None and self._cell is not None:
                self._row.append(self._cell)
                self._cell = None
            case "tr" if self._tables == 1 and self._row is not None:
                if not self._row_gone and self._row:
                    self.tables[-1].rows.append(self._row)
                self._row = None
            case "tbl":
                self._tables -= 1
                if not self._tables and not self.tables[-1].rows:
                    # What stands above it may belong to the next one.
                    self.above = self.tables.pop().above

    def data(self, text: str) -> None:
        """Take text."""
        if self._taken and not self._skipped:
            self._line.append(text)
            if self._strikes and self._tables == 1 and text.strip():
                self.struck.append(text.strip())

    def close(self) -> None:
        """Take the end of the document."""

    # --- elements -------------------------------------------------------------------------------

    def _is_removed(self, name: str) -> bool:
        # How a text looked before somebody changed it (rPrChange) is gone, too.
        return name.endswith("PrChange") or (name == "del" and not self._in_row_properties)

    def _take(self, name: str, said: Mapping[str, str]) -> None:
        match name:
            case "t":
                self._taken = True
            case "tab":
                self._line.append(" ")
            case "br" if said.get("type") in ("page", "column"):
                self._end_page()
            case "br" | "cr":
                self._line.append("\n")
            case "noBreakHyphen":
                self._line.append("-")
            case "sym":
                self._line.append(_sign(said))
            case "ins" | "moveTo":
                self.revised = True
            case "r":
                self._strikes = False
            case "strike" | "dstrike" | "vanish":
                self._strikes |= said.get("val") not in ("0", "false")
            case "pageBreakBefore" if said.get("val") not in ("0", "false"):
                self._end_page()
            case "sectPr":
                self._page_ends = True
            case "numId" if said.get("val") != "0":
                self._numbered = True
            case _:
                self._take_part_of_table(name, said)

    def _take_part_of_table(self, name: str, said: Mapping[str, str]) -> None:
        if name == "tbl":
            self._tables += 1
            if self._tables == 1:
                self.tables.append(_Table(self._lines_above()))
        if self._tables != 1:
            return
        match name:
            case "tr":
                self._row, self._column, self._row_gone = [], 0, False
            case "trPr":
                self._in_row_properties = True
            case "del" if self._in_row_properties:
                self._row_gone = self.revised = True
            case "gridBefore":
                self._widen(_number(said))
            case "tc" if self._row is not None:
                self._cell = _Cell(self._column)
                self._widen(1)
            case "gridSpan" if self._cell is not None:
                more = max(_number(said), 1) - self._cell.width
                self._cell.width += more
                self._widen(more)
            case "vMerge" if self._cell is not None:
                self._cell.begins = said.get("val") == "restart"
                self._cell.goes_on = not self._cell.begins

    def _widen(self, columns: int) -> None:
        self._column += columns
        self._cells += max(columns, 0)
        if self._column > MAX_COLUMNS:
            raise TooLarge(f"表超过 {MAX_COLUMNS} 栏", f"a table of over {MAX_COLUMNS} columns")
        if self._cells > _MOST_CELLS:
            raise TooLarge(f"表格超过 {_MOST_CELLS} 格", f"tables of over {_MOST_CELLS} cells")

    # --- lines ----------------------------------------------------------------------------------

    def _end_line(self) -> None:
        text = "".join(self._line).strip()
        self._line.clear()
        if self._cell is not None:
            self._cell.lines.append(text)
            self._cell.numbered |= self._numbered
        elif text:
            self.above.append(text)
        self._numbered = False
        if self._page_ends and not self._tables:
            self._end_page()
        self._page_ends = False

    def _end_page(self) -> None:
        """Leave what stands on the pages before: it belongs to no table below."""
        if not self._tables:
            self.leave(self.above)
            self.above = []

    def _lines_above(self) -> list[str]:
        """Return the last short lines, from where an annex begins; what is before them is left."""
        first = len(self.above)
        while first and len(self.above) - first < _MOST_ABOVE and _may_head(self.above[first - 1]):
            first -= 1
            if _ANNEX.fullmatch(self.above[first]):
                break
        self.leave(self.above[:first])
        above, self.above = self.above[first:], []
        return above

    def leave(self, lines: list[str]) -> None:
        """Note lines that belong to no table."""
        self.left += lines


def _may_head(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and not line.endswith(("。", "；", "，", "："))


def _number(said: Mapping[str, str]) -> int:
    digits = said.get("val", "")
    return int(digits) if digits.isdecimal() and len(digits) < 6 else 0


def _sign(said: Mapping[str, str]) -> str:
    try:
        number = int(said.get("char", ""), 16) & 0xFF
    except ValueError:
        return _UNKNOWN_SIGN
    return _SIGNS.get((said.get("font", "").lower(), number), _UNKNOWN_SIGN)
