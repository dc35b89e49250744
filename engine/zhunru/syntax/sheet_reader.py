"""Sheets (CSV, workbooks) as list entries, units and register rows.

Headings are known by keyword, cells are read as in tables of policy text; a cell that cannot be
read is a finding with its row and column, and the other cells go on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from zhunru.diagnostics import Diagnostic, Span
from zhunru.syntax import headings, keywords
from zhunru.syntax.cells import EMPTY
from zhunru.syntax.columns_file import Columns
from zhunru.syntax.measure_declarations import Placed
from zhunru.syntax.measure_nodes import Indicator, ScoreClass
from zhunru.syntax.nodes import Clauses, Entry, Period, Unit
from zhunru.syntax.official_words import INDICATOR_WORDS, LIST_WORDS, UNIT_WORDS
from zhunru.syntax.part_reader import plain_words
from zhunru.syntax.shadow import normalise
from zhunru.syntax.sheet import Line, Row
from zhunru.syntax.sheet_asides import asides
from zhunru.syntax.sheet_continued import Continued
from zhunru.syntax.sheet_habits import NOTHING, UNSAID
from zhunru.syntax.sheet_rows import MANY, Places, RegisterRow, RegisterRows, UnitRows
from zhunru.syntax.sheet_table import NO_COLUMNS, AnySource, Cells, SheetTable
from zhunru.syntax.sheet_totals import ReadTable, check_totals
from zhunru.syntax.slips import read_slips
from zhunru.syntax.workbook import Worksheet

_CLAUSES = frozenset(Clauses.__dataclass_fields__)


def read_entries(
    source: AnySource, said: Columns = NO_COLUMNS
) -> tuple[tuple[Entry, ...], list[Diagnostic]]:
    """Read the entries of a list; columns with other headings are kept as `extra`.

    The words of official lists (事项名称, 牵头单位) are headings too, which is told.
    """
    known = {word: heading.key for word, heading in headings.ENTRY.items()}
    tables = SheetTable.all(source, known, _with_words(said, LIST_WORDS))
    entries: list[Entry] = []
    read = [ReadTable(table) for table in tables if table.columns]
    for one in read:
        entries += _entries(one, len(entries))
    check_totals(read)
    return tuple(entries), _found(tables)


def read_units(
    source: AnySource, said: Columns = NO_COLUMNS
) -> tuple[Sequence[Unit], list[Diagnostic]]:
    """Read units of the org chart; those of a large sheet are kept by column."""
    known = {word: heading.key for word, heading in headings.UNIT.items()}
    tables = SheetTable.all(source, known, _with_words(said, UNIT_WORDS))
    for table in tables:
        table.report_unknown(headings.UNIT)
    whole = _only(tables)
    if whole is not None:
        return _units_by_column(whole), _found(tables)
    units = tuple(unit for table in tables if table.columns for unit in _units(table))
    return units, _found(tables)


def read_register(
    source: AnySource,
    fields: Collection[str],
    said: Columns = NO_COLUMNS,
    *,
    typed: Collection[str] = (),
) -> tuple[Sequence[RegisterRow], list[Diagnostic]]:
    """Read the rows of a register, the texts of its fields; without fields, of every column.

    `typed` are the fields that hold numbers and days, in which slips of the pen are looked for.
    The rows of a large sheet are kept by column.
    """
    tables = SheetTable.all(source, {normalise(name): name for name in fields}, said)
    for table in tables:
        if fields:
            table.report_unknown(fields)
    whole = _only(tables)
    if whole is not None:
        return _rows_by_column(whole, fields, typed), _found(tables)
    rows = [tuple(t.texts(row, only=fields, typed=typed)) for t in tables for row in t.rows()]
    return tuple(row for row in rows if row), _found(tables)


def _only(tables: list[SheetTable]) -> SheetTable | None:
    """Return the one table of a large sheet; None where there are more, or but a few rows."""
    with_rows = [table for table in tables if table.columns]
    large = len(with_rows) == 1 and with_rows[0].sheet.size >= MANY
    return with_rows[0] if large else None


def read_indicators(
    source: AnySource, said: Columns = NO_COLUMNS
) -> tuple[tuple[Placed, ...], list[Diagnostic]]:
    """Read the indicators of a scorecard, each with the class that it stands in."""
    known = {word: heading.key for word, heading in _INDICATOR.items()}
    tables = SheetTable.all(source, known, _with_words(said, INDICATOR_WORDS))
    found: list[Placed] = []
    for table in tables:
        table.report_unknown(_INDICATOR)
        for row in table.rows() if table.columns else ():
            cells = table.cells(row, _INDICATOR)
            cells.pop("extra", None)
            found.append(_indicator(cells, table.sheet.span(row, 0)))
    return tuple(found), _found(tables)


# What a standard asks for is a sentence more often than a name.
_INDICATOR = {
    word: heading._replace(rule="code") if heading.key == "name" else heading
    for word, heading in headings.INDICATOR.items()
}


def _indicator(cells: Cells, span: Span) -> Placed:
    belongs: ScoreClass | None = cells.pop("class", None)
    if "name" in cells:
        return belongs, Indicator(span=span, **cells)
    weight = cells.get("weight")
    return (replace(belongs, weight=belongs.weight or weight) if belongs else None), None


def _with_words(said: Columns, words: dict[str, tuple[str, ...]]) -> Columns:
    """Add the words of official lists: a sheet means the same saved as a workbook and as CSV."""
    return replace(said, also=keywords.by_word(words))


def _found(tables: list[SheetTable]) -> list[Diagnostic]:
    return [finding for table in tables for finding in (*table.found, *asides(table))]


# --- entries and units ---------------------------------------------------------------------------


def _entries(read: ReadTable, before: int) -> Iterator[Entry]:
    """Yield the entries of one table; without codes they are numbered on from those before."""
    table = read.table
    coded = any(column.key == "code" for column in table.columns)
    running, number = 0, before
    held = Continued(table)
    for row in table.rows():
        said = table.cells(row, headings.ENTRY)
        if held.goes_on(row):
            held.join(row, said)
            continue
        # Who counts the entries of a sheet counts such rows once.
        read.rows.append(row)
        number += 1
        counted = None if coded else table.running_number(row)
        if counted is not None:
            if counted <= running:
                table.restarts(row, running, counted)
            running = counted
        # A row without one of these is told and left out; the rest of the sheet goes on.
        for key in ("code", "title") if coded else ("title",):
            if key not in said:
                table.missing(row, key)
                break
        else:
            code = said.pop("code").text if coded else str(number)
            yield from _held(held.take())
            held.hold(row, code, said)
    yield from _held(held.take())


def _held(one: tuple[str, Cells, Span] | None) -> Iterator[Entry]:
    if one is not None:
        yield _entry(*one)


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


def _units(table: SheetTable) -> Iterator[Unit]:
    """Yield the units of a table one by one: the plain way."""
    for row in table.rows():
        unit = _unit(table, row)
        if unit is not None:
            yield unit


def _unit(table: SheetTable, row: Row) -> Unit | None:
    said = table.cells(row, headings.UNIT)
    said.pop("extra", None)
    if "name" not in said:
        table.missing(row, "name")
        return None
    return Unit(period=_period(said), span=table.sheet.span(row, 0), **said)


def _units_by_column(table: SheetTable) -> UnitRows:
    """Return the units of a large table; equal to those of the plain way."""
    at = {column.key: column.at for column in table.columns}
    name_at, level_at, superior_at = places = tuple(at.get(k, -1) for k in _PLAIN_UNIT)
    # Of a column without meaning only a workbook's text is looked at, for slips of the pen.
    telling = [c for c in table.columns if c.key or isinstance(table.sheet, Worksheet)]
    others = [column.at for column in telling if column.at not in places]
    units = UnitRows(Places(table.sheet), (name_at, level_at, superior_at))
    plain = _PlainNames()
    # Looked up once: the loop may run over hundreds of thousands of rows.
    add = units.add
    for line in table.lines():
        texts = line[2]
        width = len(texts)
        # One lookup for each cell: most levels and superiors were seen before.
        name = plain[texts[name_at]] if 0 <= name_at < width else None
        level = plain[texts[level_at]] if 0 <= level_at < width else ""
        superior = plain[texts[superior_at]] if 0 <= superior_at < width else ""
        says_more = others and any(at < width and texts[at] for at in others)
        if name and level is not None and superior is not None and not says_more:
            add(line, name, level, superior)
            continue
        unit = _unit(table, table.sheet.row_of(line))
        if unit is not None:
            units.add_other(line, unit)
    return units


_PLAIN_UNIT = ("name", "level", "superior")


# Characters that are in their one form, as nearly all names are; equality is tested.
_SIMPLE = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff]*\Z")


class _PlainNames(dict[str, str | None]):
    """What plain names mean, by their text; None for a text that the grammar must read."""

    def __missing__(self, text: str) -> str | None:
        if text in NOTHING or text in UNSAID:
            self[text] = None
            return None
        if _SIMPLE.match(text) and text not in keywords.WORDS["any"]:
            self[text] = text
            return text
        words = plain_words("name", text) if text else [""]
        # A name that is written as it means stays one text, however often it stands there.
        found = self[text] = None if words is None else text if words[0] == text else words[0]
        return found


# --- registers -----------------------------------------------------------------------------------


def _rows_by_column(
    table: SheetTable, fields: Collection[str], typed: Collection[str]
) -> RegisterRows:
    """Return the rows of a large table; equal to those of the plain way."""
    columns = [column for column in table.columns if column.key or not fields]
    words = [column.key or column.text for column in columns]
    rows = RegisterRows(Places(table.sheet), words, [column.at for column in columns])
    mends = [word in typed and not table.said.exact for word in words]
    cells = [(column.at, _Texts(mend)) for column, mend in zip(columns, mends, strict=True)]
    blank: list[str | None] = [""] * len(cells)
    for line in table.lines():
        texts = line[2]
        width = len(texts)
        said = [known[texts[at]] if at < width else "" for at, known in cells]
        # As in the plain way, rows that say nothing are none.
        if said == blank:
            continue
        rows.places.add(line)
        for column, text, (at, _) in zip(rows.texts, said, cells, strict=True):
            column.append(_mended(table, line, at) if text is None else text)
    return rows


def _mended(table: SheetTable, line: Line, at: int) -> str:
    """Return a cell with its slips of the pen mended and told."""
    span = table.sheet.span(table.sheet.row_of(line), at)
    return table.mended(line[2][at], span, number=True)


class _Texts(dict[str, str | None]):
    """What cells of a column say, by their text; None where a slip of the pen has to be told."""

    def __init__(self, mend: bool) -> None:
        self.mend = mend

    def __missing__(self, text: str) -> str | None:
        found: str | None = "" if text in EMPTY else text
        if found and self.mend and read_slips(text, number=True) != (text, []):
            found = None
        # Equal texts become one; a column in which all differ gains nothing by being kept.
        if len(self) < _MOST_TEXTS:
            self[text] = found
        return found


_MOST_TEXTS = 4_096
