"""Files of requests as frames of columns, some thousands of rows at a time.

Every cell is text or null. For what a JSON or Parquet file holds beside texts (numbers, truth
values, lists, rows of registers) the cell holds a key, and the value itself stands beside the
frame: equal cells are equal facts, and nothing is written out and read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Span
from zhunru.errors import RequestRejected
from zhunru.request_files import GivenRow, read_given
from zhunru.syntax.folders import shown

ROWS = 20_000
MOST_COLUMNS = 500
KEY = "\x00"


class Place(NamedTuple):
    """Where a row stands; of several worksheets its number alone names none."""

    row: int
    sheet: str = ""

    def __str__(self) -> str:
        """Return the place as people are told it."""
        return f"{self.sheet}!{self.row}" if self.sheet else str(self.row)


@dataclass(frozen=True, slots=True)
class Frame:
    """Some rows of a file: `lines` are their numbers, `unread` the findings of rows without facts.

    Rows are counted from 0 within `cells`. `values` are the values of cells that hold a key.
    `remarks` are what is told of the file as a whole, with its first frame. `sheets` are the
    worksheets of the rows, where they stand on several.
    """

    cells: pl.DataFrame
    lines: Sequence[int]
    values: Mapping[str, Any] = field(default_factory=dict)
    unread: Mapping[int, tuple[Diagnostic, ...]] = field(default_factory=dict)
    remarks: tuple[Diagnostic, ...] = ()
    sheets: Sequence[str] = ()

    def place(self, at: int) -> Place:
        """Return where a row stands in the file."""
        return Place(self.lines[at], self.sheets[at] if self.sheets else "")


def read_frames(
    path: Path, rows: int = ROWS, *, knows: Callable[[str], bool] = lambda name: False
) -> Iterator[Frame]:
    """Yield the rows of a CSV, workbook, JSON lines, JSON, YAML or Parquet file.

    `knows` tells names that mean something, by which the headings of a sheet are found. Memory does
    not grow with the file. Raises RequestRejected if it cannot be read at all.
    """
    if path.suffix.lower() == ".parquet":
        yield from _read_parquet(path, rows)
        return
    given = read_given(path, knows)
    remarks = given.remarks
    while some := list(islice(given.rows, rows)):
        sheets = [(row.span.workbook or ("", ""))[1] for row in some] if given.several else ()
        yield replace(frame_of(some), remarks=remarks, sheets=sheets)
        remarks = ()


def frame_of(rows: Sequence[GivenRow]) -> Frame:
    """Return rows as a frame; raises RequestRejected for more columns than any table has."""
    columns: dict[str, list[str | None]] = {}
    values: dict[str, Any] = {}
    unread: dict[int, tuple[Diagnostic, ...]] = {}
    for at, row in enumerate(rows):
        findings = row.findings or _shape(row)
        if findings:
            unread[at] = findings
            continue
        for name, value in row.given.items():
            column = columns.get(name)
            if column is None:
                column = columns[name] = [None] * len(rows)
            column[at] = value if type(value) is str and value[:1] != KEY else _key(value, values)
    if len(columns) > MOST_COLUMNS:
        raise RequestRejected([_too_wide(rows[0].span, len(columns))])
    schema = dict.fromkeys(columns, pl.String)
    cells = pl.DataFrame(columns, schema=schema) if columns else _empty(len(rows))
    return Frame(cells, [row.span.line for row in rows], values, unread)


def _key(value: Any, values: dict[str, Any]) -> str | None:
    """Return the key of a value, under which it is put among the values; of nothing, nothing."""
    if value is None:
        return None
    key = f"{KEY}{type(value).__name__} {value!r}"
    values[key] = value
    return key


def _empty(rows: int) -> pl.DataFrame:
    """Return a frame that keeps its number of rows without any column of the file."""
    return pl.DataFrame({KEY: [None] * rows}, schema={KEY: pl.String})


def _shape(row: GivenRow) -> tuple[Diagnostic, ...]:
    return () if isinstance(row.given, Mapping) else (diagnose("ZR782", row.span),)


def _too_wide(span: Span, columns: int) -> Diagnostic:
    return diagnose(
        "ZR784",
        span,
        what_zh=f"{columns} 列，最多 {MOST_COLUMNS} 列",
        what_en=f"{columns} columns, at most {MOST_COLUMNS}",
    )


# --- Parquet -------------------------------------------------------------------------------------


def _read_parquet(path: Path, rows: int) -> Iterator[Frame]:
    start = Span(shown(path), 0, 0, 1, 1)
    try:
        scanned = pl.scan_parquet(path)
        names = scanned.collect_schema().names()
        if len(names) > MOST_COLUMNS:
            raise RequestRejected([_too_wide(start, len(names))])
        line = 1
        for batch in scanned.collect_batches(chunk_size=rows):
            for part in batch.iter_slices(rows):
                yield _frame_of_part(part, line)
                line += part.height
    except (pl.exceptions.PolarsError, OSError):
        # What the reader says about a broken file is of no use to who has to mend it.
        raise RequestRejected([diagnose("ZR787", start)]) from None


def _frame_of_part(part: pl.DataFrame, line: int) -> Frame:
    values: dict[str, Any] = {}
    cells = pl.DataFrame([_cells(part[name], values) for name in part.columns])
    return Frame(cells, range(line, line + part.height), values)


def _cells(column: pl.Series, values: dict[str, Any]) -> pl.Series:
    if column.dtype == pl.Date:
        return column.dt.strftime("%Y-%m-%d")  # read as the same day, and without keys
    if column.dtype in (pl.String, pl.Categorical, pl.Enum):
        column = column.cast(pl.String)
        if not column.str.starts_with(KEY).any():
            return column
    keys = [_key(_exact(value), values) for value in column.to_list()]
    return pl.Series(column.name, keys, dtype=pl.String)


def _exact(value: Any) -> Any:
    """Return a binary fraction as the shortest decimal number that stands for it."""
    return Decimal(repr(value)) if isinstance(value, float) else value
