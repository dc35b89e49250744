"""Findings about the layout of a file: invisible characters, tabs, indentation, stray rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhunru.diagnostics import Edit, Fix, Span
from zhunru.syntax.outline import Line, Outline
from zhunru.syntax.reading import Reading
from zhunru.syntax.shadow import WORD, invisible_runs

_BETWEEN = re.compile(rf"[{WORD}] +[{WORD}]")


def report_layout(lines: Outline, reading: Reading) -> None:
    """Report what is wrong with the layout; the text is read all the same."""
    _invisible(lines, reading)
    _tabs(lines, reading)
    for line in _all(lines.lines):
        _indentation(lines, reading, line)
    # The first tells; the others are rows of the same table.
    for row in lines.stray_rows[:1]:
        span = lines.source.span(row.start, row.end)
        reading.report("ZR127", span)


def _invisible(lines: Outline, reading: Reading) -> None:
    for found in invisible_runs(lines.source.text):
        span = lines.source.span(found.start(), found.end())
        if _parts_words(lines, span):
            edit, zh = Edit(span, " "), "看不见的字符改为空格"
            fix = Fix((edit,), zh, "put a blank for the invisible character")
        else:
            fix = Fix((Edit(span, ""),), "删去看不见的字符", "take the invisible character out")
        reading.report("ZR109", span, fix=fix, found=f"U+{ord(found[0][0]):04X}")


def _parts_words(lines: Outline, span: Span) -> bool:
    """Tell whether a keyword and a name would run together without what is at `span`."""
    around = lines.shadow[max(0, span.start - 1) : span.end + 1]
    if not _BETWEEN.fullmatch(around):
        return False
    before = lines.shadow[span.start - span.column + 1 : span.start]
    # In quotes nothing needs a blank.
    return before.count('"') % 2 == 0 and before.count("“") == before.count("”")


def _tabs(lines: Outline, reading: Reading) -> None:
    for start, end in lines.tabs:
        span = lines.source.span(start, end)
        blanks = lines.source.text[start:end].replace("\t", "  ")
        fix = Fix((Edit(span, blanks),), "制表符改为空格", "put blanks for the tab")
        reading.report("ZR110", span, fix=fix)


def _indentation(lines: Outline, reading: Reading, line: Line) -> None:
    if not (line.odd_width or line.shifted):
        return
    word = lines.first_word(line.start)
    span = lines.source.span(line.start, line.start + max(1, len(word)))
    if line.odd_width:
        reading.report("ZR112", span)
        return
    start = lines.source.line_starts[span.line - 1]
    edit = Edit(lines.source.span(start, line.start), "")
    fix = Fix((edit,), "删去行首空格", "take the indentation out", safe=False)
    reading.report("ZR113", span, fix=fix, found=word)


def _all(lines: list[Line]) -> Iterator[Line]:
    # Not by recursion: lines nest as deep as a file can be indented.
    pending = list(reversed(lines))
    while pending:
        line = pending.pop()
        yield line
        pending.extend(reversed(line.children))
