"""Texts with one blank left out beside a keyword, and whether what is found mends them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax.keywords import WORDS
from zhunru.syntax.parser import parse


def glued(text: str) -> Iterator[tuple[str, str]]:
    """Yield a declaration for each single blank that it has beside a keyword, outside comments and
    cell edges: without that blank, and as it is."""
    starts = [found.start() for found in re.finditer(r"^(?=\w)", text, re.M)]
    words = "|".join(sorted(WORDS["zh"], key=len, reverse=True))
    places = set()
    for found in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", text):
        places |= {found.start() - 1, found.end()}
    for at in sorted(places):
        if _is_between_words(text, at):
            start = max(one for one in starts if one <= at)
            end = min([*(one for one in starts if one > at), len(text)])
            yield text[start:at] + text[at + 1 : end], text[start:end]


def _is_between_words(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    alone = text[at : at + 1] == " " and text[at - 1] not in " \n|"
    return alone and text[at + 1] not in " |\n" and "#" not in line


def mends(wrong: str, right: str, finding: Diagnostic) -> bool:
    """Tell whether the fix of a finding makes a text say again what it should."""
    assert finding.fix is not None
    mended = wrong
    for edit in sorted(finding.fix.edits, key=lambda one: -one.span.start):
        mended = mended[: edit.span.start] + edit.text + mended[edit.span.end :]
    again, left = parse(Source("x", mended))
    return left == [] and again.declarations == parse(Source("x", right))[0].declarations
