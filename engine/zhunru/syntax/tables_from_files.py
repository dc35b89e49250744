"""取自: the tables that lie in files of their own, read into the declarations that name them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax import sheet_reader, yaml_reader
from zhunru.syntax.columns_file import SUFFIXES, Columns, columns_beside
from zhunru.syntax.decode import start_of
from zhunru.syntax.folders import is_file, names_in, read_sheet, read_source, real
from zhunru.syntax.measure_declarations import with_indicators
from zhunru.syntax.measure_nodes import Scorecard
from zhunru.syntax.misspelling import did_you_mean, nearest
from zhunru.syntax.nodes import Declaration, File, ListDecl, Register, UnitBlock
from zhunru.syntax.sheet_table import AnySource
from zhunru.syntax.workbook import Workbook, read_workbook
from zhunru.vocabulary import ORDERED

_TEXTS = (".csv", ".tsv", ".txt")
_BOOKS = (".xlsx",)
_SHEETS = _TEXTS + _BOOKS
_YAML = (".yaml", ".yml")
_ABSOLUTE = re.compile(r"[/~]|[A-Za-z]:")

WithTable = ListDecl | Register | UnitBlock | Scorecard
T = TypeVar("T")


@dataclass
class TableFiles:
    """The table files of one set.

    `folder` is the folder of the set, None for a set without one; `beside` the folder of each of
    its files. `used` are files that were read as tables, resolved; `dropped` those of them that
    were taken for policy files.
    """

    folder: Path | None
    beside: dict[str, Path]
    found: list[Diagnostic] = field(default_factory=list)
    used: set[Path] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)

    def fill(self, files: list[File]) -> list[File]:
        """Return the policy files with the tables that their declarations name."""
        filled = [self._fill_file(file) for file in files]
        if self.used:
            paths = (file.source.path for file in files)
            self.dropped = {path for path in paths if real(Path(path)) in self.used}
        return [file for file in filled if file.source.path not in self.dropped]

    def _fill_file(self, file: File) -> File:
        declarations = tuple(self._fill(file, one) for one in file.declarations)
        return replace(file, declarations=declarations)

    def _fill(self, file: File, declaration: Declaration) -> Declaration:
        if not isinstance(declaration, WithTable) or not declaration.source:
            return declaration
        place = _place(file, declaration)
        name, sheet = sheet_named(declaration.source)
        path = self._resolve(file, name, place)
        if path is None:
            return declaration
        if path.suffix.lower() in _YAML:
            source = self._read(path)
            return self._from_yaml(declaration, source, place) if source else declaration
        return self._from_sheet(declaration, path, sheet, place)

    def _resolve(self, file: File, name: str, place: Span) -> Path | None:
        """Return the file that is meant, or None with a finding."""
        # Sets are written on one system and read on another.
        relative = name.replace("\\", "/")
        if self.folder is None:
            self._missing(name, place, None)
            return None
        base = self.beside.get(file.source.path, self.folder)
        path = base / relative
        # A set may be a stranger's: it must not read what lies elsewhere on the machine, by links
        # neither.
        inside = not _ABSOLUTE.match(relative) and _is_inside(path, self.folder)
        if not inside:
            self.found.append(diagnose("ZR812", place, path=name))
        elif path.suffix.lower() not in _SHEETS + _YAML:
            self.found.append(_wrong_kind(place, path.suffix or name, name))
        elif not is_file(path):
            self._missing(name, place, base)
        else:
            return path
        return None

    def _missing(self, name: str, place: Span, base: Path | None) -> None:
        beside = names_in(base) if base is not None else []
        names = [path.name for path in beside if path.suffix.lower() in _SHEETS]
        self.found.append(
            diagnose(
                "ZR813",
                place,
                path=name,
                **did_you_mean(nearest(name, names)),
            )
        )

    def _read(self, path: Path) -> Source | None:
        source, found = read_source(path)
        self.found += found
        return source

    def _from_sheet(self, declaration: WithTable, path: Path, sheet: str, place: Span) -> WithTable:
        """Return the declaration with the rows of a CSV file or of worksheets."""
        said, found = columns_beside(path)
        self.found += found
        source: AnySource | None
        if path.suffix.lower() in _BOOKS:
            source, found = read_workbook(path)
            self.found += found
            said = replace(said, sheet=sheet or said.sheet)
            if source is not None and said.sheet and source.named(said.sheet) is None:
                self._no_sheet(source, said.sheet, place if sheet else start_of(source.path))
                return declaration
        else:
            source, found = read_sheet(path)
            self.found += found
        return self._with_table(declaration, source, said) if source else declaration

    def _no_sheet(self, book: Workbook, name: str, place: Span) -> None:
        names = [sheet.name for sheet in book.sheets]
        self.found.append(
            diagnose(
                "ZR899",
                place,
                sheet=name,
                known=names,
                **did_you_mean(nearest(name, names)),
            )
        )

    def _with_table(self, declaration: WithTable, source: AnySource, said: Columns) -> WithTable:
        found: list[Diagnostic]
        filled: WithTable
        if isinstance(declaration, ListDecl):
            entries, found = sheet_reader.read_entries(source, said)
            filled = replace(declaration, entries=declaration.entries + entries)
        elif isinstance(declaration, Scorecard):
            placed, found = sheet_reader.read_indicators(source, said)
            filled = with_indicators(declaration, placed)
        elif isinstance(declaration, UnitBlock):
            units, found = sheet_reader.read_units(source, said)
            filled = replace(declaration, units=_joined(declaration.units, units))
        else:
            names = [field.name.text for field in declaration.fields]
            # In fields of numbers and days slips of the pen are looked for.
            typed = {field.name.text for field in declaration.fields if field.type in ORDERED}
            rows, found = sheet_reader.read_register(source, names, said, typed=typed)
            filled = replace(declaration, rows=_joined(declaration.rows, rows))
        self.found += found
        return filled

    def _from_yaml(self, declaration: WithTable, source: Source, place: Span) -> WithTable:
        # Taken for a policy file at first, since it has the same ending: what was found about it is
        # forgotten.
        self.used.add(real(Path(source.path)))
        if isinstance(declaration, (Register, Scorecard)):
            suffix = Path(source.path).suffix
            self.found.append(_wrong_kind(place, suffix, declaration.source))
            return declaration
        if isinstance(declaration, ListDecl):
            entries, found = yaml_reader.read_entry_file(source)
            self.found += found
            return replace(declaration, entries=declaration.entries + entries)
        units, found = yaml_reader.read_unit_file(source)
        self.found += found
        return replace(declaration, units=_joined(declaration.units, units))


def tables_of(file: File) -> Iterator[Path]:
    """Yield every file that the declarations of a file take rows from, and those of its columns.

    What is kept of a set, compiled or as text, hangs on all of them, those not there included.
    """
    for declared in file.declarations:
        if isinstance(declared, WithTable) and declared.source:
            name, _ = sheet_named(declared.source.replace("\\", "/"))
            table = Path(file.source.path).parent / name
            yield table
            for suffix in SUFFIXES:
                yield table.with_name(table.stem + suffix)


def sheet_named(source: str) -> tuple[str, str]:
    """Return the file and the worksheet that `取自 "名册.xlsx#清单"` names."""
    file, mark, sheet = source.partition(".xlsx#")
    return (f"{file}.xlsx", sheet) if mark else (source, "")


def _joined(written: Sequence[T], read: Sequence[T]) -> Sequence[T]:
    """Return rows from a file behind those written beside its name: as they are, if none are."""
    return (*written, *read) if written else read


def _is_inside(path: Path, folder: Path) -> bool:
    return real(path).is_relative_to(real(folder))


def _place(file: File, declaration: WithTable) -> Span:
    """Return where the name of the file stands in the declaration."""
    start = file.source.text.find(declaration.source, declaration.span.start)
    if start < 0:
        return declaration.span
    return file.source.span(start, start + len(declaration.source))


def _wrong_kind(place: Span, suffix: str, path: str) -> Diagnostic:
    """Say that a set takes nothing from files of this kind."""
    zh, en = (
        "（Word 里的表先复制到工作簿），再改“取自”",
        " (copy a table out of Word), and name that file",
    )
    return diagnose("ZR814", place, suffix=suffix, path=path, new=".xlsx", then_zh=zh, then_en=en)
