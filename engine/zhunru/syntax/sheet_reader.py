"""Sheets (CSV, workbooks) as list entries, units and register rows.

Headings are known by keyword, cells are read as in tables of policy text; a cell that cannot be
read is a finding with its row and column, and the other cells go on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax import headings
from zhunru.syntax.columns_file import Columns
from zhunru.syntax.measure_declarations import Placed
from zhunru.syntax.measure_nodes import Indicator, ScoreClass
from zhunru.syntax.nodes import Clauses, Entry, Name, Period, Unit
from zhunru.syntax.official_words import INDICATOR_WORDS, LIST_WORDS, UNIT_WORDS, other_words
from zhunru.syntax.shadow import normalise
from zhunru.syntax.sheet import Row
from zhunru.syntax.sheet_table import NO_COLUMNS, AnySource, Cells, SheetTable

_CLAUSES = frozenset(Clauses.__dataclass_fields__)

RegisterRow = tuple[tuple[str, str, Span], ...]


def read_entries(
    source: AnySource, said: Columns = NO_COLUMNS
) -> tuple[tuple[Entry, ...], list[Diagnostic]]:
    """Read the entries of a list; columns with other headings are kept as `extra`.

    In workbooks the words of official lists (事项名称, 牵头单位) are headings too, which is told.
    """
    known = {word: heading.key for word, heading in headings.ENTRY.items()}
    tables = SheetTable.all(source, known, _with_words(source, said, LIST_WORDS))
    entries: list[Entry] = []
    for table in tables:
        if table.columns:
            entries += _entries(table, len(entries))
    return tuple(entries), _found(tables)


def read_units(
    source: AnySource, said: Columns = NO_COLUMNS
) -> tuple[tuple[Unit, ...], list[Diagnostic]]:
    """Read units of the org chart."""
    known = {word: heading.key for word, heading in headings.UNIT.items()}
    tables = SheetTable.all(source, known, _with_words(source, said, UNIT_WORDS))
    units: list[Unit] = []
    for table in tables:
        table.report_unknown(headings.UNIT)
        if table.columns:
            units += _units(table)
    return tuple(units), _found(tables)


def read_register(
    source: AnySource,
    fields: Collection[str],
    said: Columns = NO_COLUMNS,
    *,
    typed: Collection[str] = (),
) -> tuple[tuple[RegisterRow, ...], list[Diagnostic]]:
    """Read the rows of a register, the texts of its fields; without fields, of every column.

    `typed` are the fields that hold numbers and days, in which slips of the pen are looked for.
    """
    tables = SheetTable.all(source, {normalise(name): name for name in fields}, said)
    rows: list[RegisterRow] = []
    for table in tables:
        if fields:
            table.report_unknown(fields)
        rows += (tuple(table.texts(row, only=fields, typed=typed)) for row in table.rows())
    return tuple(row for row in rows if row), _found(tables)


def read_indicators(
    source: AnySource, said: Columns = NO_COLUMNS
) -> tuple[tuple[Placed, ...], list[Diagnostic]]:
    """Read the indicators of a scorecard, each with the class that it stands in."""
    known = {word: heading.key for word, heading in _INDICATOR.items()}
    tables = SheetTable.all(source, known, _with_words(source, said, INDICATOR_WORDS))
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


def _with_words(source: AnySource, said: Columns, words: dict[str, tuple[str, ...]]) -> Columns:
    """Add the words of official lists; a CSV file was written for us and means what it says."""
    return said if isinstance(source, Source) else replace(said, also=other_words(words))


def _found(tables: list[SheetTable]) -> list[Diagnostic]:
    return [finding for table in tables for finding in table.found]


# --- entries and units ---------------------------------------------------------------------------


def _entries(table: SheetTable, before: int) -> Iterator[Entry]:
    """Yield the entries of one table; without codes they are numbered on from those before."""
    coded = any(column.key == "code" for column in table.columns)
    running = 0
    for number, row in enumerate(table.rows(), before + 1):
        said = table.cells(row, headings.ENTRY)
        counted = None if coded else table.running_number(row)
        if counted is not None:
            if counted <= running:
                table.restarts(row, running, counted)
            running = counted
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


def _units(table: SheetTable) -> Iterator[Unit]:
    # Places are looked up once: a chart may have as many rows as a worksheet can hold.
    at = {column.key: column.at for column in table.columns}
    quick = _quick_units(table, at)
    for row in table.rows():
        unit = quick(row)
        if unit is not None:
            yield unit
            continue
        said = table.cells(row, headings.UNIT)
        said.pop("extra", None)
        if "name" not in said:
            table.missing(row, "name")
            continue
        yield Unit(period=_period(said), span=table.sheet.span(row, 0), **said)


def _quick_units(table: SheetTable, at: dict[str | None, int]) -> Callable[[Row], Unit | None]:
    """Return how a row of plain names becomes a unit; None for a row that says more."""
    places = [at.get(key, -1) for key in ("name", "level", "superior")]
    others = [column.at for column in table.columns if column.at not in places]
    name_at = table.parts.names_at
    span_of = table.sheet.span

    def quick(row: Row) -> Unit | None:
        texts = row.texts
        width = len(texts)
        if any(place < width and texts[place] for place in others):
            return None
        names: list[Name | None] = []
        for place in places:
            text = texts[place] if 0 <= place < width else ""
            name = name_at("name", text, span_of(row, place)) if text else None
            if text and name is None:
                return None
            names.append(name)
        name, level, superior = names
        if name is None:
            return None
        return Unit(name=name, level=level, superior=superior, span=span_of(row, 0))

    return quick
