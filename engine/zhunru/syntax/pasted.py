"""Rows pasted from a word processor or a workbook: cells between tabs, where rows take bars."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Edit, Fix, Severity, Source
from zhunru.syntax.outline import MAX_LINE, Outline

_TAB = re.compile(r"\t")
# Typed by hand, cells stand some blanks apart; two cells so written may be a line with a gap in it.
_GAP = re.compile(r"\t|[ \u3000\u00a0]{2,}")
_LEAST = {_TAB: 2, _GAP: 3}
# More rows than this are not mended in a policy file: so long a table has a file of its own.
_MOST_ROWS = 2000


def tell_pasted(text: Outline, found: list[Diagnostic]) -> list[Diagnostic]:
    """Put one finding, with a mend, for all that was found in rows that have no bars.

    Lines that can be read as they stand are no such rows, whatever they look like.
    """
    source = text.source
    wrong = sorted({each.span.line for each in found if each.severity is Severity.ERROR})
    lines = _without_comments(text) if wrong else []
    told: list[Diagnostic] = []
    taken: set[int] = set()
    for sign in _LEAST:
        # The heading of a table is never a line of its own: a block begins with what is wrong.
        for first in wrong:
            rows = [] if first in taken else _rows(lines, first, sign)
            if len(rows) > 1:
                taken.update(range(first, first + len(rows)))
                told.append(_finding(source, lines, first, rows))
    return [each for each in found if each.span.line not in taken] + told


def _without_comments(text: Outline) -> list[str]:
    plain, shadowed = text.source.text.split("\n"), text.shadow.split("\n")
    return [line[: len(bare.rstrip())] for line, bare in zip(plain, shadowed, strict=True)]


def _rows(lines: Sequence[str], first: int, sign: re.Pattern[str]) -> list[list[str]]:
    """Return the cells of the lines from number `first` (from 1) that could be rows of a table."""
    heading = lines[first - 1]
    indented = heading[: len(heading) - len(heading.lstrip(" \t\u3000"))]
    rows: list[list[str]] = []
    for number in range(first - 1, min(len(lines), first + _MOST_ROWS)):
        row = _cells(lines[number].removeprefix(indented), sign, len(rows[0]) if rows else 0)
        if not row:
            break
        rows.append(row)
    return rows


def _cells(line: str, sign: re.Pattern[str], wanted: int) -> list[str]:
    """Return the cells of a line, empty if it does not look like a row of `wanted` cells.

    A heading is a row of any number of cells: `wanted` is 0.
    """
    if "|" in line or len(line) > MAX_LINE:
        return []
    cells = [cell.strip() for cell in sign.split(line.strip(" \u3000\r"))]
    if len(cells) < _LEAST[sign] or len(cells) > (wanted or len(cells)):
        return []
    # Empty cells at the end may have lost their tabs.
    return cells + [""] * (wanted - len(cells))


def _finding(source: Source, lines: Sequence[str], first: int, rows: list[list[str]]) -> Diagnostic:
    edits = []
    for number, cells in enumerate(rows, first):
        start, line = source.line_starts[number - 1], lines[number - 1]
        edits.append(Edit(source.span(start, start + len(line)), _row(line, cells)))
    fix = Fix(tuple(edits), "改成用“|”隔开的表格", "make it a table with bars")
    end = edits[0].span.end
    span = source.span(end - len(lines[first - 1].lstrip()), end)
    return diagnose("ZR138", span, fix=fix, rows=len(rows), last=first + len(rows) - 1)


def _row(line: str, cells: list[str]) -> str:
    # A table hangs under the line that is less indented; by two at least, it is the block's own.
    blanks = len(line) - len(line.lstrip(" "))
    return " " * max(2, blanks) + "| " + " | ".join(cells) + " |"
