"""Lines of printed text: where they came from, tables set by display width, comments put back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from zhunru.diagnostics import Source
from zhunru.syntax.nodes import Comment

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


def with_comments(lines: list[Line], comments: Sequence[Comment], source: Source) -> list[str]:
    """Return the text lines with every comment put back.

    A comment on its own line goes before what follows it, a trailing one behind what it stood on.
    """
    placed = _Placed(lines, source)
    for comment in comments:
        placed.put(comment)
    return placed.render()


class _Placed:
    """The lines and, by index, the comments that belong to them."""

    def __init__(self, lines: list[Line], source: Source) -> None:
        self._lines = lines
        self._source = source
        self._places = sorted((line.at, index) for index, line in enumerate(lines) if line.at)
        self._above: dict[int, list[str]] = {}
        self._behind: dict[int, str] = {}

    def put(self, comment: Comment) -> None:
        """Put one comment at its place."""
        text = f"# {comment.text.strip()}".rstrip()
        index = self._standing_on(comment.line) if comment.trailing else None
        if index is None:
            self._put_above(self._following(comment.line), text, comment.line)
        elif index in self._behind:
            self._above.setdefault(index, []).append(text)
        else:
            self._behind[index] = text

    def _put_above(self, index: int, text: str, line: int) -> None:
        above = self._above.setdefault(index, [])
        above.append(text)
        top = index < len(self._lines) and self._lines[index].indent == 0
        if top and line < len(self._source.line_starts) and not self._source.line(line + 1).strip():
            above.append("")

    def _standing_on(self, line: int) -> int | None:
        """Return the printed line of what stands on a line of the source, or begins before it."""
        at = bisect_left(self._places, (line, 0))
        if at < len(self._places) and self._places[at][0] == line:
            return self._places[at][1]
        return self._places[at - 1][1] if at else None

    def _following(self, line: int) -> int:
        at = bisect_left(self._places, (line + 1, 0))
        return self._places[at][1] if at < len(self._places) else len(self._lines)

    def render(self) -> list[str]:
        """Return the lines of the text."""
        shown: list[str] = []
        for index, line in enumerate(self._lines):
            above = self._above.get(index, [])
            if not line.text:
                shown.append("")
                continue
            pad = INDENT * line.indent
            shown += [pad + text if text else "" for text in above]
            behind = self._behind.get(index)
            shown.append(pad + line.text + (f"  {behind}" if behind else ""))
        if rest := self._above.get(len(self._lines)):
            shown += [*([""] if shown else []), *rest]
        return shown
