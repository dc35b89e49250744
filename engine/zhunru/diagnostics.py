"""Places in sources, findings about them, and mechanical fixes."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Severity(StrEnum):
    """How bad a finding is: an error blocks issuing, a warning should be read, a hint may be."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Span(NamedTuple):
    """A place in a file: offsets in characters, line and column counted from 1.

    `start` and `end` are offsets into the decoded text (byte-order mark removed).
    In a sheet, `line` is the row and `column` the column of the cell; of a workbook the path is
    `file.xlsx#sheet`, of a document `file.docx#table`.
    """

    path: str
    start: int
    end: int
    line: int
    column: int

    @property
    def workbook(self) -> tuple[str, str] | None:
        """Return file and worksheet (or table) of a place; None for one in a text."""
        for kind in (".xlsx", ".docx"):
            file, mark, sheet = self.path.partition(f"{kind}#")
            if mark:
                return file + kind, sheet
        return None

    @property
    def in_document(self) -> bool:
        """Tell whether the place is in a table of a document, whose cells have no names.

        Rows count within the table; below 1 are the lines above it.
        """
        return ".docx#" in self.path

    @property
    def cell(self) -> str:
        """Return the name of the cell as spreadsheet programs write it: C7."""
        letters, left = "", self.column
        while left > 0:
            left, letter = divmod(left - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"{letters}{self.line}"


NOWHERE = Span("", 0, 0, 0, 0)


@dataclass(frozen=True)
class Source:
    """The decoded text of one file, with the way from offsets to lines."""

    path: str
    text: str

    @cached_property
    def line_starts(self) -> list[int]:
        """Return the offset at which each line starts."""
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    def span(self, start: int, end: int) -> Span:
        """Return the span of the characters from `start` to `end`."""
        line = bisect.bisect_right(self.line_starts, start)
        return Span(self.path, start, end, line, start - self.line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its line end, or an empty text."""
        if not 1 <= number <= len(self.line_starts):
            return ""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")


@dataclass(frozen=True)
class Edit:
    """Replace the characters of `span` by `text`."""

    span: Span
    text: str


@dataclass(frozen=True)
class Fix:
    """A mechanical mend of a finding; `safe` means that it cannot change the meaning."""

    edits: tuple[Edit, ...]
    zh: str
    en: str
    safe: bool = True

    @classmethod
    def writing(cls, span: Span, text: str, *, safe: bool = False) -> Fix:
        """Return the mend that writes `text` over `span`."""
        return cls((Edit(span, text),), f"改为“{text}”", f"write `{text}`", safe=safe)


@dataclass(frozen=True)
class Diagnostic:
    """One finding about a policy set or a request, in both languages."""

    code: str
    severity: Severity
    span: Span
    zh: str
    en: str
    help_zh: str = ""
    help_en: str = ""
    fix: Fix | None = None
    related: tuple[tuple[Span, str, str], ...] = field(default=())

    def message(self, lang: Language) -> str:
        """Return the message in `lang`."""
        return self.zh if lang == "zh" else self.en

    def help(self, lang: Language) -> str:
        """Return what to do about it in `lang`, or an empty text."""
        return self.help_zh if lang == "zh" else self.help_en


_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}


def sort_diagnostics(found: list[Diagnostic]) -> list[Diagnostic]:
    """Return the findings in the order of their places, without exact repeats."""
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda d: (d.span.path, d.span.start, _RANK[d.severity], d.code))


def has_errors(found: list[Diagnostic]) -> bool:
    """Tell whether any of the findings blocks issuing."""
    return any(d.severity is Severity.ERROR for d in found)
