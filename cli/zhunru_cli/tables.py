"""Tables for people: columns as wide as what stands in them, Chinese characters being two."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence

from zhunru_cli.page import wrap
from zhunru_cli.surface import cells, fit

WIDEST = 110
_GAP = "  "
_LEAST = 8


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> Iterator[str]:
    """Yield the lines of a table; the first `left` columns stand left, figures stand right.

    Where it is too wide for the screen, the widest column on the left is cut.
    """
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(cells(line[at]) for line in lines) for at in range(len(heads))]
    _narrow(widths, left)
    for line in lines:
        parts = [
            fit(text, width) if at < left else " " * (width - cells(text)) + text
            for at, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield _GAP.join(parts).rstrip()


def table_with_text(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table whose last column is running text, told in full over lines."""
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(cells(line[at]) for line in lines) for at in range(len(heads) - 1)]
    margin = sum(widths) + len(_GAP) * len(widths)
    room = max(_width() - margin, 4 * _LEAST)
    for *first, text in lines:
        head = _GAP.join(fit(each, width) for each, width in zip(first, widths, strict=True))
        pieces = list(wrap(text, room)) or [""]
        yield f"{head}{_GAP}{pieces[0]}".rstrip()
        yield from (" " * margin + piece for piece in pieces[1:])


def _width() -> int:
    return min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)


def _narrow(widths: list[int], left: int) -> None:
    over = sum(widths) + len(_GAP) * (len(widths) - 1) - _width()
    while over > 0:
        # A column at a time, a step at a time: once cut, another one is the widest.
        at = max(range(left), key=lambda each: widths[each])
        if widths[at] <= _LEAST:
            return
        widths[at] -= 1
        over -= 1
