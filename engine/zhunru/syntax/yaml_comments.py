"""The comments of a YAML file: every `#` that stands in no scalar, to the end of its line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from zhunru.diagnostics import Source
from zhunru.syntax.nodes import Comment

Place = tuple[int, int]

# YAML also ends a line at the three signs behind the line feed.
_COMMENT = re.compile("#([^\n\x85\u2028\u2029]*)")
# A line that so far holds but the dashes of a list says nothing that a comment could follow.
_NOTHING_YET = " \t-"


def comments(source: Source, scalars: Iterable[Place]) -> tuple[Comment, ...]:
    """Return the comments between the scalars, whose places come in written order."""
    found: list[Comment] = []
    at = 0
    for start, end in (*scalars, (len(source.text), len(source.text))):
        found += (_comment(source, one) for one in _COMMENT.finditer(source.text, at, start))
        at = max(at, end)
    return tuple(found)


def _comment(source: Source, found: re.Match[str]) -> Comment:
    place = source.span(found.start(), found.end())
    before = source.text[found.start() - place.column + 1 : found.start()]
    return Comment(place.line, found[1].strip(), bool(before.strip(_NOTHING_YET)))
