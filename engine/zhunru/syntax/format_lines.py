"""Lines of printed text: where they came from, and tables set by display width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhunru.diagnostics import Source

INDENT = "  "
_WIDEST = 40  # a column grows no wider than this; a longer cell runs over
# Whole blocks, and the wide signs among narrow ones: what the running Python knows of Unicode must
# not change how a file is set.
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff"
    "\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U00016fe0-\U00018dff"
    "\U0001aff0-\U0001b2ff\U0001f18e\U0001f191-\U0001f19a\U0001f200-\U0001f64f"
    "\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7ff\U0001f900-\U0001f9ff\U0001fa70-\U0001faff\U00020000-\U0003fffd"
    "\u231a\u231b\u2329\u232a\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2630-\u2637"
    "\u2648-\u2653\u267f\u268a-\u268f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce"
    "\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e"
    "\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55]+"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line; `at` is the line of the source that says it (0: none of its own)."""

    text: str
    at: int = 0
    indent: int = 0


def width(text: str) -> int:
    """Return how many columns a text takes: wide characters take two."""
    return len(text) + sum(map(len, _WIDE.findall(text)))


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
