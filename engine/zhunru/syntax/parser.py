"""Reads policy text, Chinese or English, into the source tree; never raises on bad input."""

from __future__ import annotations

from zhunru.diagnostics import Diagnostic, Source, sort_diagnostics
from zhunru.syntax import lowering_clauses, lowering_declarations, lowering_expressions  # noqa: F401
from zhunru.syntax.declarations import BUILDS, Builder
from zhunru.syntax.keywords import NOT_AVAILABLE, WORDS
from zhunru.syntax.lists import BUILDS as LIST_BUILDS
from zhunru.syntax.nodes import Declaration, File
from zhunru.syntax.outline import Line, Outline, outline
from zhunru.syntax.pieces import Pieces
from zhunru.syntax.reading import Reading

_BUILDS = BUILDS | LIST_BUILDS


def parse(source: Source) -> tuple[File, list[Diagnostic]]:
    """Read a policy file; what cannot be read is reported and left out."""
    lines = outline(source)
    reading = Reading(source, lines.language)
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
    return file, sort_diagnostics(reading.found)


def _declaration(build: Builder, lines: Outline, line: Line) -> list[Declaration]:
    word = lines.first_word(line.start)
    terminal = WORDS[lines.language].get(word, "")
    span = lines.source.span(line.start, line.start + max(len(word), 1))
    if terminal in _BUILDS:
        return list(_BUILDS[terminal](build, line))
    if terminal in NOT_AVAILABLE:
        build.reading.report("ZR105", span, found=word)
        return []
    build.reading.report("ZR106", span, found=word or lines.shadow[line.start], zh="", en="")
    return []
