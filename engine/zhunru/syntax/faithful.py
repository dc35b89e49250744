"""Whether printed text still says what was printed: it is read back and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Literal

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Language, Source, has_errors
from zhunru.syntax import parser, yaml_reader
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import (
    Declaration,
    Entry,
    File,
    ListDecl,
    Parameter,
    Policy,
    RuleGroup,
    Test,
    UnitBlock,
)

Notation = Literal["policy", "yaml"]

_NOTATIONS = {"yaml": ("YAML", "YAML"), "policy": ("政策文本", "policy text")}


def losses(file: File, text: str, language: Language, notation: Notation) -> list[Diagnostic]:
    """Return a finding where `text`, printed of `file`, does not give everything back.

    It names the first declaration that cannot be written so, or stands in the way of another.
    """
    if _gives_back(file, text, language, notation):
        return []
    culprit = next(_unwritable(file, language, notation), None)
    name = _name(culprit) if culprit is not None else file.source.path
    span = culprit.span if culprit is not None else file.source.span(0, 0)
    zh, en = _NOTATIONS[notation]
    return [diagnose("ZR832", span, what=name, notation_zh=zh, notation_en=en)]


def _gives_back(file: File, text: str, language: Language, notation: Notation) -> bool:
    again, found = _read(text, notation)
    # There may be more comments than before, for notes can become comments.
    if has_errors(found) or len(again.comments) < len(file.comments):
        return False
    told, before = _said(again, notation), _said(file, notation)
    if language == file.language:
        return told == before
    # YAML has room for one 政策: of two both would be printed without the second.
    if [len(kind) for kind in told] != [len(kind) for kind in before]:
        return False
    return _in_own_words(again, file.language) == _in_own_words(
        replace(file, notation=notation, comments=()), file.language
    )


def _read(text: str, notation: Notation) -> tuple[File, list[Diagnostic]]:
    read = yaml_reader.read if notation == "yaml" else parser.parse
    return read(Source("", text))


def _in_own_words(file: File, language: Language) -> str:
    return format_file(replace(file, comments=()), language=language)


def _said(file: File, notation: Notation) -> list[list[Declaration]]:
    """Return the declarations of each kind: YAML puts those of one kind together."""
    kinds: dict[str, list[Declaration]] = {}
    for declaration in file.declarations:
        if notation == "policy" and isinstance(declaration, Policy | Parameter):
            # There is no line for a note: it becomes a comment.
            declaration = replace(declaration, note="")
        if isinstance(declaration, ListDecl):
            declaration = replace(declaration, entries=tuple(map(_sorted, declaration.entries)))
        kinds.setdefault(_kind(declaration), []).append(declaration)
    kinds["UnitBlock"] = list(_joined(kinds.get("UnitBlock", [])))
    return [kinds[kind] for kind in sorted(kinds)]


def _sorted(entry: Entry) -> Entry:
    """Return an entry with its further columns in one order: it means nothing."""
    return replace(entry, extra=tuple(sorted(entry.extra))) if entry.extra else entry


def _kind(declaration: Declaration) -> str:
    return "Rule" if isinstance(declaration, RuleGroup) else type(declaration).__name__


def _joined(blocks: Iterable[Declaration]) -> Iterator[Declaration]:
    """Yield blocks of units, those in a row as one."""
    units = [block for block in blocks if isinstance(block, UnitBlock)]
    for source, run in groupby(units, lambda block: block.source):
        if source:
            yield from run
        elif listed := tuple(unit for block in run for unit in block.units):
            yield UnitBlock(units=listed)


def _unwritable(file: File, language: Language, notation: Notation) -> Iterator[Declaration]:
    """Yield what cannot be written by itself, then what has the name of another of its kind."""
    for declaration in file.declarations:
        one = replace(file, declarations=(declaration,), comments=())
        text = format_file(one, language=language, notation=notation)
        if not _gives_back(one, text, language, notation):
            yield declaration
    named = [(_kind(one), _name(one)) for one in file.declarations]
    times = Counter(named)
    for declaration, key in zip(file.declarations, named, strict=True):
        if times[key] > 1 and not isinstance(declaration, UnitBlock | Test):
            yield declaration


def _name(declaration: Declaration) -> str:
    """Return what a declaration is called."""
    if isinstance(declaration, UnitBlock):
        return declaration.source or "、".join(unit.name.text for unit in declaration.units[:3])
    if isinstance(declaration, Policy):
        return declaration.code
    return declaration.title.zh if isinstance(declaration, Test) else declaration.name.text
