"""The file of columns beside a sheet: what its odd headings mean (`名册.栏目.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax.decode import start_of
from zhunru.syntax.folders import is_file, read_source
from zhunru.syntax.shadow import normalise, shadow
from zhunru.syntax.sheet_habits import COLUMNS_BESIDE
from zhunru.syntax.yaml_text import Mapping, Scalar, compose

SUFFIXES = COLUMNS_BESIDE
_SHEET = frozenset({"工作表", "sheet"})
_ROW = frozenset({"标题行", "heading_row"})
_COLUMNS = frozenset({"栏目", "columns"})
_SKIP = frozenset({"不读", "skip"})


@dataclass(frozen=True)
class Columns:
    """What is known of a sheet beside its own words.

    `names` says what a heading means, None: the column is not read. `also` are further words for
    headings, whose use is told. `other` are columns that are kept under a name of their own. Words
    are bare: without blanks, of one width. `exact`: we wrote the sheet, it has no slips of the pen.
    """

    sheet: str = ""
    heading_row: int = 0
    names: Table[str, str | None] = field(default_factory=dict)
    also: Table[str, str] = field(default_factory=dict)
    other: Table[str, str] = field(default_factory=dict)
    exact: bool = False


def bare(text: str) -> str:
    """Return a heading as it is compared: width and blanks do not count."""
    return normalise("".join(shadow(text).split()))


def columns_beside(path: Path) -> tuple[Columns, list[Diagnostic]]:
    """Return what the file of columns beside a sheet says; nothing where there is none."""
    for suffix in SUFFIXES:
        beside = path.with_name(path.stem + suffix)
        if is_file(beside):
            return read_columns(beside)
    return Columns(), []


def read_columns(path: Path) -> tuple[Columns, list[Diagnostic]]:
    """Read a file of columns."""
    source, found = read_source(path)
    if source is None:
        return Columns(), found
    root, found = compose(source)
    if found:
        return Columns(), found
    return _Reading(source).read(root)


class _Reading:
    """One file of columns while it is read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Diagnostic] = []
        self.said: dict[str, Any] = {}

    def read(self, root: object) -> tuple[Columns, list[Diagnostic]]:
        """Return what the headings mean as far as it can be read, and findings about the rest."""
        if not isinstance(root, Mapping):
            self._wrong(start_of(self.source.path), "应是“栏目: …”的对照", "it is no mapping")
            return Columns(), self.found
        for key, value in root.pairs:
            self._take(key, value)
        return Columns(**self.said), self.found

    def _take(self, key: Scalar, value: object) -> None:
        if key.text in _SHEET and isinstance(value, Scalar):
            self.said["sheet"] = value.text
        elif key.text in _ROW and isinstance(value, Scalar):
            self._row(value)
        elif key.text in _COLUMNS and isinstance(value, Mapping):
            self.said["names"] = dict(self._names(value))
        else:
            what = key.text
            self._wrong(key.span, f"不认识“{what}”这一项", f"it has no key `{what}`")

    def _row(self, value: Scalar) -> None:
        if value.text.isdecimal() and 0 < int(value.text) <= 1000:
            self.said["heading_row"] = int(value.text)
        else:
            zh, en = "标题行应是 1 至 1000 的行号", "the heading row is a number from 1 to 1000"
            self._wrong(value.span, zh, en)

    def _names(self, value: Mapping) -> list[tuple[str, str | None]]:
        names: list[tuple[str, str | None]] = []
        for key, meant in value.pairs:
            if not isinstance(meant, Scalar):
                self._wrong(key.span, f"“{key.text}”应对应一个栏目名", "a column is one word")
                continue
            names.append((bare(key.text), None if meant.text in _SKIP else bare(meant.text)))
        return names

    def _wrong(self, span: Span, zh: str, en: str) -> None:
        self.found.append(diagnose("ZR898", span, problem_zh=zh, problem_en=en))
