"""Lines of printed text: where they came from, and tables set by display width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from zhunru.diagnostics import Source

INDENT = "  "
_WIDEST = 40  # a column grows no wider than this; a longer cell runs over


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line; `at` is the line of the source that says it (0: none of its own)."""

    text: str
    at: int = 0
    indent: int = 0


def width(text: str) -> int:
    """Return how many columns a text takes: wide characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def cell(text: str) -> str:
    """Return the text of a table cell; an empty one is `-`."""
    return text.replace("|", "\\|") or "-"


def table(
    headings: Sequence[str], rows: Iterable[tuple[Sequence[str], int]], indent: int, at: int
) -> list[Line]:
    """Return the lines of a table whose columns stand under each other."""
    shown = [([cell(text) for text in headings], at)]
    shown += [([cell(text) for text in row], line) for row, line in rows]
    columns = zip(*(row for row, _ in shown), strict=True)
    widths = [max((w for w in map(width, column) if w <= _WIDEST), default=0) for column in columns]
    return [Line(_row(row, widths), line, indent) for row, line in shown]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [text + " " * (wide - width(text)) for text, wide in zip(cells, widths, strict=True)]
    return f"| {' | '.join(padded)} |"


def heading_line(source: Source, first: int) -> int:
    """Return the line above line `first` that is neither blank nor a comment: its heading."""
    line = first - 1
    while line > 0 and (not (text := source.line(line).strip()) or text.startswith("#")):
        line -= 1
    return max(line, 0)
