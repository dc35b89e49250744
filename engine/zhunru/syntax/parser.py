"""Reads policy text, Chinese or English, into the source tree; never raises on bad input.

English is the Chinese shape with the English words, but for the two words that only close a
Chinese phrase: `from 2018-01-01 100 times` (`2018-01-01 起 100 次`), `x inside band`
(`x 在 band 之内`). A second text behind a text is the same in English.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from zhunru.diagnostics import Diagnostic, Edit, Fix, Source, Span, sort_diagnostics
from zhunru.syntax import (  # noqa: F401
    lowering_clauses,
    lowering_declarations,
    lowering_expressions,
    lowering_measures,
    lowering_time,
    lowering_workflow,
)
from zhunru.syntax.builder import Builder
from zhunru.syntax.declarations import BUILDS
from zhunru.syntax.keywords import DECLARATIONS, NOT_AVAILABLE, WORDS
from zhunru.syntax.layout import report_layout
from zhunru.syntax.lists import BUILDS as LIST_BUILDS
from zhunru.syntax.measure_declarations import BUILDS as MEASURE_BUILDS
from zhunru.syntax.misspelling import likely, only
from zhunru.syntax.nodes import Declaration, File
from zhunru.syntax.numbering import DOCUMENT_HEADINGS, is_remark, numbering
from zhunru.syntax.outline import Line, Outline, outline
from zhunru.syntax.parts_of_language import read_part
from zhunru.syntax.pasted import tell_pasted
from zhunru.syntax.pieces import Pieces
from zhunru.syntax.reading import Reading
from zhunru.syntax.usual_words import meant_by
from zhunru.syntax.workflow_declarations import BUILDS as WORKFLOW_BUILDS

_BUILDS = BUILDS | LIST_BUILDS | WORKFLOW_BUILDS | MEASURE_BUILDS

_UNREADABLE = ("ZR101", "ZR102")


def parse(source: Source) -> tuple[File, list[Diagnostic]]:
    """Read a policy file; what cannot be read is reported and left out."""
    lines = outline(source)
    reading = Reading(source, lines.language)
    report_layout(lines, reading)
    build = Builder(Pieces(lines, reading))
    declarations: list[Declaration] = []
    for line in lines.lines:
        declarations.extend(_declaration(build, lines, line))
    file = File(
        source=source,
        language="en" if lines.language == "en" else "zh",
        notation="policy",
        declarations=tuple(declarations),
        comments=tuple(lines.comments),
    )
    return file, sort_diagnostics(tell_pasted(lines, _telling(reading.found)))


def _telling(found: list[Diagnostic]) -> list[Diagnostic]:
    """Leave out what cannot be read on a line that is only indented wrongly."""
    shifted = {finding.span.line for finding in found if finding.code == "ZR112"}
    return [each for each in found if each.span.line not in shifted or each.code not in _UNREADABLE]


def parse_part(
    kind: str, text: str, source: Source, offset: int, language: str
) -> tuple[Any, list[Diagnostic]]:
    """Read one part of the language: a YAML scalar, a cell of a sheet.

    `kind` is a start rule of cells without `k_`, or one of its short names (see
    `parts_of_language`). `text` stands at `offset` of `source`; `language` may be "any". The
    value is None where there is none, or where it cannot be read.
    """
    return read_part(kind, text, source, offset, language)


def _declaration(build: Builder, lines: Outline, line: Line) -> Iterator[Declaration]:
    """Build the declaration that a line at the margin opens; others are findings."""
    word = lines.first_word(line.start)
    terminal = opener(word, lines.language)
    span = lines.source.span(line.start, line.start + max(len(word), 1))
    if terminal in _BUILDS:
        yield from _BUILDS[terminal](build, line)
    elif terminal:
        build.reading.report("ZR105", span, found=word)
    elif number := numbering(lines.shadow, line.start):
        yield from _numbered(build, lines, line, number)
    else:
        fix = _remark(lines, line, line.start) or _indented(lines, line, word)
        build.reading.report("ZR106", span, fix=fix, found=word or lines.shadow[line.start])


def _remark(lines: Outline, line: Line, begin: int) -> Fix | None:
    """Return the mend of a line of a document, from `begin` on a heading or a sentence of it."""
    if not is_remark(lines.shadow[begin : line.end]):
        return None
    place = lines.source.span(line.start, line.start)
    return Fix((Edit(place, "# "),), "行首加“# ”，写成批注", "make it a comment: `# …`", safe=False)


def _indented(lines: Outline, line: Line, word: str) -> Fix | None:
    """Return the mend of a line that stands at the margin though it is part of what is above."""
    if word not in WORDS[lines.language] or line is lines.lines[0]:
        return None
    edit = Edit(lines.source.span(line.start, line.start), "  ")
    zh, en = "前面空两格，归入上面一段", "indent it: it is part of the block above"
    return Fix((edit,), zh, en, safe=False)


def _numbered(build: Builder, lines: Outline, line: Line, number: int) -> Iterator[Declaration]:
    """Build the declaration behind a number or a bullet of an official document: 一、依据."""
    begin = line.start + number
    word = lines.first_word(begin)
    span = lines.source.span(line.start, begin)
    opens = opener(word, lines.language) in _BUILDS
    fix: Fix | None = Fix((Edit(span, ""),), "删去序号", "take the number out", safe=False)
    if not opens:
        fix = _remark(lines, line, begin)
    build.reading.report("ZR106", span, fix=fix, found=_written(lines, span))
    if opens:
        yield from _declaration(build, lines, replace(line, start=begin))


def _written(lines: Outline, span: Span) -> str:
    """Return the characters of a place as written, without the blanks around them."""
    return lines.source.text[span.start : span.end].strip()


def opener(word: str, language: str) -> str:
    """Return the terminal of the declaration that a first word opens, or probably should."""
    if word in DOCUMENT_HEADINGS:
        return ""
    openers = {
        spelling: name
        for spelling, name in WORDS[language].items()
        if name in DECLARATIONS or name in NOT_AVAILABLE
    }
    if word in openers:
        return openers[word]
    other = WORDS["en" if language == "zh" else "zh"].get(word)
    if other in DECLARATIONS or other in NOT_AVAILABLE:
        return str(other)
    glued = [spelling for spelling in openers if len(spelling) > 1 and word.startswith(spelling)]
    if glued and language == "zh":
        return openers[max(glued, key=len)]
    usual = [terminal for terminal in meant_by(word) if terminal in openers.values()]
    if usual:
        return usual[0]
    # A word of a line further in is that word at the margin, and no misspelt opener.
    near = "" if word in WORDS[language] else only(likely(word, openers, language))
    return openers.get(near, "")
