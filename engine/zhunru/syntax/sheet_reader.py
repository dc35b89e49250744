"""Sheets (CSV) as list entries, units and register rows: headings by keyword, cells as in tables.

Rows above the headings (titles, dates) are passed over; a cell that cannot be read is a finding
with its row and column, and the other cells go on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import process

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax import headings
from zhunru.syntax.cells import EMPTY, Heading
from zhunru.syntax.decode import start_of
from zhunru.syntax.nodes import Clauses, Entry, Name, Period, Title, Unit
from zhunru.syntax.part_reader import PartReader
from zhunru.syntax.placed import Move
from zhunru.syntax.shadow import normalise, shadow
from zhunru.syntax.sheet import SEPARATORS, Row, Sheet

# How far down the headings are looked for.
_TITLE_ROWS = 50
_MAX_FINDINGS = 200
# Columns that every office has in its sheets and that mean nothing to us.
_IDLE = frozenset({"序号", "备注", "no", "note"})
_CLAUSES = frozenset(Clauses.__dataclass_fields__)

RegisterRow = tuple[tuple[str, str, Span], ...]
Cells = dict[str, Any]


def read_entries(source: Source) -> tuple[tuple[Entry, ...], list[Diagnostic]]:
    """Read the entries of a list; columns with other headings are kept as `extra`."""
    known = {word: heading.key for word, heading in headings.ENTRY.items()}
    table = _Table.open(source, known)
    entries = tuple(_entries(table)) if table.columns else ()
    return entries, table.found


def read_units(source: Source) -> tuple[tuple[Unit, ...], list[Diagnostic]]:
    """Read units of the org chart."""
    known = {word: heading.key for word, heading in headings.UNIT.items()}
    table = _Table.open(source, known)
    table.report_unknown(headings.UNIT)
    units = tuple(_units(table)) if table.columns else ()
    return units, table.found


def read_register(
    source: Source, fields: Collection[str]
) -> tuple[tuple[RegisterRow, ...], list[Diagnostic]]:
    """Read the rows of a register, the texts of its fields; without fields, of every column."""
    table = _Table.open(source, {normalise(name): name for name in fields})
    if fields:
        table.report_unknown(fields)
    rows = (tuple(table.texts(row, only=fields)) for row in table.rows())
    return tuple(row for row in rows if row), table.found


# --- the table inside a sheet --------------------------------------------------------------------


@dataclass(frozen=True)
class _Column:
    """A column: the heading as written and as it is known."""

    at: int
    text: str
    key: str | None


@dataclass
class _Table:
    """The table in a sheet: the columns of its heading row, the rows below it."""

    sheet: Sheet
    columns: list[_Column]
    heading_row: Row | None
    parts: PartReader
    findings: list[Diagnostic] = field(default_factory=list)

    @classmethod
    def open(cls, source: Source, known: Mapping[str, str]) -> _Table:
        """Find the headings, by the separator that shows most of them."""
        tried = [cls._cut(source, separator, known) for separator in SEPARATORS]
        best = max(tried, key=lambda table: len(table.columns))
        best._check_headings(known)
        return best

    @classmethod
    def _cut(cls, source: Source, separator: str, known: Mapping[str, str]) -> _Table:
        sheet = Sheet(source, separator)
        row = _heading_row(sheet, known)
        columns = _columns(row, known) if row else []
        sheet.found.clear()
        return cls(sheet, columns, row, PartReader(source.path, "any"))

    @property
    def found(self) -> list[Diagnostic]:
        """Return the findings about the sheet and about its cells."""
        return self.sheet.found + self.findings

    def report(self, code: str, span: Span, **values: Any) -> None:
        """Note a finding, up to the bound of a file."""
        self.note([diagnose(code, span, **values)])

    def note(self, found: list[Diagnostic]) -> None:
        """Note findings, up to the bound of a file."""
        self.findings += found[: max(0, _MAX_FINDINGS - len(self.findings))]

    def _check_headings(self, known: Mapping[str, str]) -> None:
        if self.heading_row is None:
            words = "、".join(list(known)[:12])
            self.report("ZR840", start_of(self.sheet.source.path), known=words)
            return
        seen: set[str] = set()
        for column in self.columns:
            if (column.key or column.text) in seen:
                span = self.sheet.span(self.heading_row, column.at)
                self.report("ZR842", span, heading=column.text)
            seen.add(column.key or column.text)

    def report_unknown(self, known: Collection[str]) -> None:
        """Warn of the columns that are not read."""
        for column in self.columns:
            if column.key is None and column.text.lower() not in _IDLE and self.heading_row:
                guess = process.extractOne(column.text, list(known), score_cutoff=50)
                self.report(
                    "ZR841",
                    self.sheet.span(self.heading_row, column.at),
                    heading=column.text,
                    hint_zh=f"是不是“{guess[0]}”？" if guess else "",
                    hint_en=f"did you mean `{guess[0]}`? " if guess else "",
                    known="、".join(known),
                )

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the headings that say anything."""
        if self.heading_row is None:
            return
        above, width = self.heading_row.number, len(self.heading_row.texts)
        for row in self.sheet.rows():
            if row.number > above and any(row.texts):
                if len(row.texts) > width:
                    self._check_rest(row, width)
                yield row

    def _check_rest(self, row: Row, width: int) -> None:
        for at in range(width, len(row.texts)):
            if row.texts[at]:
                self.report("ZR843", self.sheet.span(row, at), text=row.texts[at][:40])
                return

    def texts(self, row: Row, *, only: Collection[str]) -> Iterator[tuple[str, str, Span]]:
        """Yield heading, text and place of the cells that say anything."""
        for column in self.columns:
            text = row.texts[column.at] if column.at < len(row.texts) else ""
            if text not in EMPTY and (column.key or not only):
                yield column.key or column.text, text, self.sheet.span(row, column.at)

    def cells(self, row: Row, known: Mapping[str, Heading]) -> Cells:
        """Return what the cells of a row say, by the key of their heading."""
        said: Cells = {}
        for column in self.columns:
            text = row.texts[column.at] if column.at < len(row.texts) else ""
            if text in EMPTY:
                continue
            if column.key is None:
                said.setdefault("extra", []).append((column.text, text))
                continue
            value = self._value(known[column.text], text, self.sheet.span(row, column.at))
            if value is not None and value != ():
                said[column.key] = value
        return said

    def _value(self, heading: Heading, text: str, span: Span) -> Any:
        plain = _PLAIN.get(heading.rule)
        if plain is not None:
            return plain(text, span)
        rule = heading.rule.removeprefix("k_")
        names = self.parts.names_at(rule, text, span)
        if names is not None:
            return names
        value, found = self.parts.read(rule, text, _always(span), exact=False)
        if found:
            self.note(found)
        return value

    def missing(self, row: Row, key: str) -> None:
        """Report the empty cell of a row that must not be empty."""
        column = next((column for column in self.columns if column.key == key), None)
        at = column.at if column is not None and column.at < len(row.texts) else 0
        word = column.text if column is not None else headings.HEADINGS[_WORDS[key]][0]
        self.report("ZR845", self.sheet.span(row, at), heading=word)


_WORDS = {"title": "matter", "name": "name", "code": "code"}


def _heading_row(sheet: Sheet, known: Mapping[str, str]) -> Row | None:
    """Return the first row that shows two known headings (one, where there is only one)."""
    needed = min(2, len(known)) or 2
    for row in sheet.rows():
        if row.number > _TITLE_ROWS:
            return None
        said = [text for text in row.texts if text]
        matching = [text for text in said if _bare(text) in known] if known else said
        if len({_bare(text) for text in matching}) >= needed:
            return row
    return None


def _columns(row: Row, known: Mapping[str, str]) -> list[_Column]:
    return [
        _Column(at, _bare(text), known.get(_bare(text)))
        for at, text in enumerate(row.texts)
        if text
    ]


def _bare(text: str) -> str:
    """Return a heading as it is compared: width and blanks do not count."""
    return normalise("".join(shadow(text).split()))


def _always(span: Span) -> Move:
    def move(inner: Span) -> Span:
        return span if inner.path else inner

    return move


def _code(text: str, span: Span) -> Name:
    return Name(normalise(shadow(text)), span)


_PLAIN: dict[str, Callable[[str, Span], Any]] = {
    "raw": lambda text, span: text,
    "title": lambda text, span: Title(text, span=span),
    "code": _code,
}


# --- entries and units ---------------------------------------------------------------------------


def _entries(table: _Table) -> Iterator[Entry]:
    coded = any(column.key == "code" for column in table.columns)
    for number, row in enumerate(table.rows(), 1):
        said = table.cells(row, headings.ENTRY)
        for key in ("code", "title") if coded else ("title",):
            if key not in said:
                table.missing(row, key)
                break
        else:
            code = said.pop("code").text if coded else str(number)
            yield _entry(code, said, table.sheet.span(row, 0))


def _entry(code: str, said: Cells, span: Span) -> Entry:
    extra = tuple(said.pop("extra", ()))
    clauses = {key: said.pop(key) for key in list(said) if key.rstrip("*") in _CLAUSES}
    return Entry(
        code=code,
        period=_period(said),
        clauses=_clauses(clauses) if clauses else Clauses(),
        extra=extra,
        span=span,
        **said,
    )


def _clauses(said: Cells) -> Clauses:
    parts: Cells = {}
    for key, value in said.items():
        one = key in ("when", "unless")
        parts[key.rstrip("*")] = (value,) if one else value
    return Clauses(**parts)


def _period(said: Cells) -> Period:
    start, end = said.pop("start", None), said.pop("end", None)
    return Period(start, end)


def _units(table: _Table) -> Iterator[Unit]:
    for row in table.rows():
        said = table.cells(row, headings.UNIT)
        said.pop("extra", None)
        if "name" not in said:
            table.missing(row, "name")
            continue
        yield Unit(period=_period(said), span=table.sheet.span(row, 0), **said)
