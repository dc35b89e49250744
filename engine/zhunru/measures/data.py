"""The rows that staff have, from files: one sheet for each register, by its name.

A folder holds `包联.csv` or `包联.xlsx` for the register 包联; a workbook a sheet for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import InvalidOperation
from pathlib import Path
from typing import Any

from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.registers import cell_value, gaps, why_unread
from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import Diagnostic, Span
from zhunru.syntax.columns_file import columns_beside
from zhunru.syntax.decode import start_of
from zhunru.syntax.folders import is_file, is_folder, names_in, read_source
from zhunru.syntax.sheet_reader import read_register
from zhunru.syntax.sheet_table import AnySource
from zhunru.syntax.workbook import Workbook, read_workbook
from zhunru.vocabulary import ORDERED

_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
# The columns of the sheet of a scorecard's ratings.
RATING = {
    "对象": v.TEXT,
    "指标": v.TEXT,
    "评分人": v.TEXT,
    "得分": v.number(None, 6),
    "日期": v.DATE,
    "份": v.TEXT,
}
Table = tuple[dict[str, Any], ...]


def read_data(policy: CompiledPolicy, path: Path) -> tuple[dict[str, Table], list[Diagnostic]]:
    """Return the rows of registers and the ratings of scorecards that lie in a folder or file.

    What cannot be read is reported and left out: the cell is then unknown.
    """
    reader = _Reader(policy)
    for file in [path] if is_file(path) else _files(path):
        reader.read(file)
    if not is_file(path) and not is_folder(path):
        place = start_of(path.as_posix())
        reader.found.append(diagnose("ZR813", place, path=str(path), hint_zh="", hint_en=""))
    return reader.tables, reader.found


def _files(folder: Path) -> Iterator[Path]:
    for file in names_in(folder):
        # What headings mean stands in these files; they hold no rows.
        named_columns = file.stem.endswith((".栏目", ".columns"))
        if is_file(file) and file.suffix.lower() in _SUFFIXES and not named_columns:
            yield file


class _Reader:
    def __init__(self, policy: CompiledPolicy) -> None:
        self.policy = policy
        self.called = {n: u.name for u in policy.core.units.values() for n in (u.name, *u.names)}
        self.tables: dict[str, Table] = {}
        self.found: list[Diagnostic] = []

    def read(self, path: Path) -> None:
        """Read a file whose name, or whose sheets' names, are those of registers."""
        if path.suffix.lower() != ".xlsx":
            source, found = read_source(path)
            self.found += found
            if source is not None:
                self._table(path.stem, source, path, "")
            return
        book, found = read_workbook(path)
        self.found += found
        if book is not None:
            self._book(book, path)

    def _book(self, book: Workbook, path: Path) -> None:
        sheets = [sheet.name for sheet in book.sheets]
        named = [name for name in sheets if self.types_of(name) is not None]
        for name in named:
            self._table(name, book, path, name)
        if not named:
            self._table(path.stem, book, path, "")

    def types_of(self, name: str) -> Mapping[str, r.Type] | None:
        """Return the columns that a sheet of this name has; None: it is nothing of the set's."""
        register = self.policy.core.registers.get(name)
        if register is not None:
            return {field.name: field.type for field in register.fields}
        return RATING if name in self.policy.core.scorecards else None

    def _fields(self, name: str) -> Sequence[r.ResolvedField]:
        register = self.policy.core.registers.get(name)
        return register.fields if register is not None else ()

    def _table(self, name: str, source: AnySource, path: Path, sheet: str) -> None:
        types = self.types_of(name)
        if types is None:
            known = [*self.policy.core.registers, *self.policy.core.scorecards]
            self.found.append(diagnose("ZR778", start_of(path.as_posix()), name=name, known=known))
            return
        said, found = columns_beside(path)
        self.found += found
        if sheet:
            said = replace(said, sheet=sheet)
        typed = {c for c, type_ in types.items() if type_.name in ORDERED}
        rows, found = read_register(source, list(types), said, typed=typed)
        self.found += found
        required = [f.name for f in self._fields(name) if f.required]
        self.found += (diagnose("ZR344", at, name=gap) for gap, at in gaps(required, rows))
        self.tables[name] = tuple(self._row(types, row) for row in rows)

    def _row(
        self, types: Mapping[str, r.Type], row: tuple[tuple[str, str, Span], ...]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for column, text, span in row:
            if column in types and text.strip():
                value = self._value(column, text.strip(), types[column], span)
                if value is not None:
                    found[column] = value
        return found

    def _value(self, column: str, text: str, type_: r.Type, span: Span) -> r.Value | None:
        try:
            return cell_value(text, type_, self.called)
        except (ValueError, InvalidOperation):
            code, said = why_unread(column, text, type_)
            self.found.append(diagnose(code, span, **said))
            return None
