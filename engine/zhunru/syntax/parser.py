"""Reads policy text, Chinese or English, into the source tree; never raises on bad input.

English is the Chinese shape with the English words, but for the two words that only close a
Chinese phrase: `from 2018-01-01 100 times` (`2018-01-01 起 100 次`), `x inside band`
(`x 在 band 之内`). A second text behind a text is the same in English.
"""

from __future__ import annotations

from typing import Any

from zhunru.diagnostics import Diagnostic, Source, sort_diagnostics
from zhunru.syntax import lowering_clauses, lowering_declarations, lowering_expressions  # noqa: F401
from zhunru.syntax.declarations import BUILDS, Builder
from zhunru.syntax.keywords import NOT_AVAILABLE, WORDS
from zhunru.syntax.lists import BUILDS as LIST_BUILDS
from zhunru.syntax.nodes import Declaration, File
from zhunru.syntax.outline import Line, Outline, outline
from zhunru.syntax.pieces import Pieces
from zhunru.syntax.parts_of_language import read_part
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


def parse_part(
    kind: str, text: str, source: Source, offset: int, language: str
) -> tuple[Any, list[Diagnostic]]:
    """Read one part of the language: a YAML scalar, a cell of a sheet.

    `kind` is a start rule of cells without `k_`, or one of its short names (see
    `parts_of_language`). `text` stands at `offset` of `source`; `language` may be "any". The
    value is None where there is none, or where it cannot be read.
    """
    return read_part(kind, text, source, offset, language)


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
