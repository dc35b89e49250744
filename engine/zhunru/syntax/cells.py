"""Tables: rows to cells, each cell parsed by the start rule of its heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from zhunru.diagnostics import Edit, Fix, Source, Span
from zhunru.syntax.amounts import EMPTY as EMPTY
from zhunru.syntax.citations import read_citations, read_trace
from zhunru.syntax.nodes import Name, Title
from zhunru.syntax.official_words import official_heading
from zhunru.syntax.outline import Row
from zhunru.syntax.pieces import Pieces
from zhunru.syntax.reading import Item
from zhunru.syntax.shadow import normalise
from zhunru.syntax.table_totals import Totals

_BAR = re.compile(r"(?<!\\)\|")
# Cells that need no grammar; equality with it is tested.
_PLAIN = {
    "k_name": re.compile(r"[^\W\d][\w·]*"),
    "k_names": re.compile(r"[^\W\d][\w·]*(?:、[^\W\d][\w·]*)*"),
    "k_codes": re.compile(r"[A-Za-z0-9][\w.-]*(?:、[A-Za-z0-9][\w.-]*)*"),
}


class Heading(NamedTuple):
    """What a column is: the key of its items and how its cells are read.

    `rule` is a start rule of the grammar, or one of the readings that need no grammar:
    "raw", "title", "citations", "trace", "code".
    """

    key: str
    rule: str


class Cell(NamedTuple):
    """The place of a cell's text."""

    start: int
    end: int


@dataclass(slots=True)
class Column:
    """A column as its heading cell says; `heading` is None where the table does not know it."""

    text: str
    cell: Cell
    heading: Heading | None = None


def split_row(pieces: Pieces, row: Row, expected: int | None) -> list[Cell]:
    """Return the cells of a row, without the blanks around them."""
    text = pieces.outline.shadow[row.start : row.end]
    # Nearly no row has a `\|` in it, and plain splitting is quicker.
    parts = text.split("|") if "\\" not in text else _BAR.split(text)
    closed = not parts[-1].strip()
    cells, at = [], row.start + 1
    for part in parts[1 : -1 if closed else None]:
        bare = part.strip()
        start = at + len(part) - len(part.lstrip()) if bare else at
        cells.append(Cell(start, start + len(bare)))
        at += len(part) + 1
    if not closed and expected in (None, len(cells)):
        _report_open(pieces, row)
    return cells


def _report_open(pieces: Pieces, row: Row) -> None:
    end = pieces.outline.source.span(row.end, row.end)
    fix = Fix((Edit(end, " |"),), "行末补“|”", "end the row with |")
    pieces.reading.report("ZR128", pieces.outline.source.span(row.end - 1, row.end), fix=fix)


def raw(source: Source, cell: Cell) -> str:
    """Return the text of a cell as written, `\\|` for a bar, `-` for nothing."""
    text = source.text[cell.start : cell.end].replace("\\|", "|")
    return "" if text in EMPTY else text


class Grid:
    """A table under a declaration: its columns and rows."""

    def __init__(self, pieces: Pieces, rows: Sequence[Row]) -> None:
        self.pieces = pieces
        self.columns = [
            Column(_bare(pieces, cell), cell) for cell in split_row(pieces, rows[0], None)
        ]
        self.rows = rows[1:]

    def known(
        self, headings: Mapping[str, Heading], owner: str, *, keep: bool = False, named: bool = True
    ) -> None:
        """Resolve the columns' headings; two alike are a finding, and so are unknown ones.

        With `keep` unknown ones are remarks; then only those nearly like a heading are reported.
        Others are then read as what they were probably meant to be; `named`: its rows have names.
        """
        seen: set[str] = set()
        taken = {headings[each.text].key for each in self.columns if each.text in headings}
        for column in self.columns:
            column.heading = headings.get(column.text)
            key = column.heading.key if column.heading else column.text
            if key in seen:
                span = self.pieces.outline.source.span(*column.cell)
                self.pieces.reading.report("ZR122", span, text=column.text)
            seen.add(key)
            if column.heading is None and column.text:
                self._unknown(column, headings, owner, keep, taken)
        if not keep:
            self._stand_in(headings, named)

    def _stand_in(self, headings: Mapping[str, Heading], named: bool) -> None:
        """Read unknown columns as the headings that they are near, and the first of the others as
        that of names, if there is no such.

        Else whatever uses what the rows declare would be told to be unknown as well.
        """
        taken = {column.heading.key for column in self.columns if column.heading is not None}
        names = next((each for each in headings.values() if each.key == "name"), None)
        for column in self.columns:
            if column.heading is not None or not column.text:
                continue
            near = _official(column.text, headings) or _near(column.text, headings)
            meant = headings[near] if near else names if named else None
            if meant is not None and meant.key not in taken:
                column.heading = meant
                taken.add(meant.key)

    def _unknown(
        self,
        column: Column,
        headings: Mapping[str, Heading],
        owner: str,
        keep: bool,
        taken: set[str],
    ) -> None:
        near = _official(column.text, headings) or _near(column.text, headings)
        if near and headings[near].key in taken and not keep:
            near = ""  # that column is there already
        if near:
            taken.add(headings[near].key)
        span = self.pieces.outline.source.span(*column.cell)
        fix = None
        if near:
            zh, en = f"改为“{near}”", f"write `{near}`"
            fix = Fix((Edit(span, near),), zh, en, safe=False)
        report = self.pieces.reading.report
        if not keep:
            zh = "、".join(_each_once(headings, ascii_=False))
            en = ", ".join(_each_once(headings, ascii_=True))
            report("ZR116", span, fix=fix, owner=owner, found=column.text, known_zh=zh, known_en=en)
        elif near:
            report("ZR130", span, fix=fix, found=column.text, near=near)

    def cut(self, totals: Totals | None = None) -> Iterator[tuple[Row, list[Cell]]]:
        """Yield each row with as many cells as the heading has; other rows are findings.

        What `totals` takes (合计) is none of the rows, however many cells it has. A cell under a
        blank heading is one too many: nobody would read it.
        """
        totals = totals or Totals(self)
        blank = [at for at, column in enumerate(self.columns) if not column.text]
        expected = len(self.columns)
        source, report = self.pieces.outline.source, self.pieces.reading.report
        for row in self.rows:
            cells = split_row(self.pieces, row, len(self.columns))
            if totals.takes(row, cells):
                continue
            if len(cells) != expected:
                span = source.span(row.start, row.end)
                report("ZR114", span, found=len(cells), expected=expected)
            elif extra := next((cells[at] for at in blank if raw(source, cells[at])), None):
                named = expected - len(blank)
                report("ZR114", source.span(*extra), found=expected, expected=named)
            else:
                yield row, cells

    def items(self, cells: list[Cell]) -> list[Item]:
        """Return what a row says, cell by cell, empty cells left out."""
        # Looked up once for the row: every cell's place needs it.
        line = self.pieces.line_of(cells[0].start) if cells else None
        found: list[Item] = []
        for column, cell in zip(self.columns, cells, strict=True):
            heading = column.heading
            if heading is None or cell.start == cell.end:
                continue
            value = cell_value(self.pieces, heading.rule, cell, line)
            if value is None or value == ():
                continue
            span = self.pieces.span(cell, line)
            if heading.rule in _SEVERAL:
                found += _items(heading, value, span)
            else:
                found.append(Item(heading.key, value, span))
        return found


def _each_once(headings: Mapping[str, Heading], *, ascii_: bool) -> list[str]:
    """Return the headings of a language, each in the first of its spellings."""
    words = [word for word in headings if word.isascii() == ascii_]
    return list({headings[word].key: word for word in reversed(words)}.values())[::-1]


def _near(text: str, headings: Mapping[str, Heading]) -> str:
    """Return the heading that a column was probably meant to have: one sign apart."""
    # Of a single sign every other one would be near.
    alike = [word for word in headings if len(word) == len(text) > 1]
    near = [word for word in alike if sum(a != b for a, b in zip(word, text, strict=True)) == 1]
    return near[0] if len(near) == 1 else ""


def _official(text: str, headings: Mapping[str, Heading]) -> str:
    """Return the heading for what official lists call otherwise, in the language of the text."""
    found = official_heading(text, headings)
    if not found or not text.isascii():
        return found
    same = headings[found]
    return next(word for word, each in headings.items() if word.isascii() and each == same)


def _items(heading: Heading, value: Any, span: Span) -> list[Item]:
    """Return the items of a cell that may hold several."""
    return [part if isinstance(part, Item) else Item(heading.key, part, span) for part in value]


# Cells that may hold several clauses.
_SEVERAL = frozenset(
    {"k_conditions", "k_quotas", "k_duties", "k_marks"}
    | {"k_check_scope"}
    | {"k_actions", "k_endings", "k_reminders", "k_suspensions"}
)


def _bare(pieces: Pieces, cell: Cell) -> str:
    return normalise(re.sub(r"\s+", "", pieces.outline.shadow[cell.start : cell.end]))


LinePlace = tuple[int, int]


def cell_value(pieces: Pieces, rule: str, cell: Cell, line: LinePlace | None) -> Any:
    """Return what a cell says, or None if it says nothing or cannot be read."""
    text = pieces.outline.source.text[cell.start : cell.end]
    if text in EMPTY:
        return None
    if rule in _READINGS:
        return _READINGS[rule](pieces, cell, text, line)
    plain = _PLAIN.get(rule)
    if plain is not None and plain.fullmatch(text):
        names = _plain_names(pieces, cell, text, line)
        return names[0] if rule == "k_name" else names
    value = pieces.piece(rule, cell.start, cell.end, cell=True, line=line)
    if isinstance(value, list) and rule not in _SEVERAL:
        return value[0] if value else None
    return value


def _plain_names(pieces: Pieces, cell: Cell, text: str, line: LinePlace | None) -> tuple[Name, ...]:
    """Return names that need no grammar: the fast path, equal to the rule `names`."""
    names, at = [], cell.start
    for part in text.split("、"):
        place = pieces.span(Cell(at, at + len(part)), line)
        names.append(Name(normalise(part), place))
        at += len(part) + 1
    return tuple(names)


def _raw(pieces: Pieces, cell: Cell, text: str, line: LinePlace | None) -> Any:
    return raw(pieces.outline.source, cell)


def _title(pieces: Pieces, cell: Cell, text: str, line: LinePlace | None) -> Any:
    return Title(text.replace("\\|", "|"), span=pieces.span(cell, line))


def _code(pieces: Pieces, cell: Cell, text: str, line: LinePlace | None) -> Any:
    shadowed = pieces.outline.shadow[cell.start : cell.end]
    return Name(normalise(shadowed), pieces.span(cell, line))


def _trace(pieces: Pieces, cell: Cell, text: str, line: LinePlace | None) -> Any:
    return read_trace(text)


def _citations(pieces: Pieces, cell: Cell, text: str, line: LinePlace | None) -> Any:
    return pieces.once("citations", cell.start, cell.end, _cited, line)


def _cited(pieces: Pieces, start: int, end: int) -> Any:
    source = pieces.outline.source
    cited, found = read_citations(source.text[start:end], source, start)
    pieces.reading.note(found)
    return cited


_READINGS = {
    "raw": _raw,
    "title": _title,
    "code": _code,
    "trace": _trace,
    "citations": _citations,
}
