"""Parts of the language inside YAML scalars and sheet cells: each distinct text is parsed once."""

from __future__ import annotations

import re
from typing import Any, Literal

from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax import keywords, parser
from zhunru.syntax.nodes import Name
from zhunru.syntax.placed import Move, moved, moved_finding
from zhunru.syntax.shadow import normalise

Language = Literal["zh", "en", "any"]

# Names of letters only, by far the most frequent cells, need no parser.
_PLAIN_NAMES = re.compile(r"[^\W\d_]\w*(?:、[^\W\d_]\w*)*\Z")


class PartReader:
    """Parse the parts of one file."""

    def __init__(self, path: str, language: Language) -> None:
        self.path = path
        self.language = language
        self._read: dict[tuple[str, str], tuple[Any, list[Diagnostic]]] = {}

    def read(
        self, kind: str, text: str, move: Move, *, exact: bool = True
    ) -> tuple[Any, list[Diagnostic]]:
        """Return the part that `text` is, with places moved by `move`, and the findings.

        `exact` says that places inside the text can be told apart, so that fixes are possible.
        """
        key = (kind, text)
        if key not in self._read:
            self._read[key] = self._parse(kind, text)
        node, found = self._read[key]
        return moved(node, move), [moved_finding(f, move, exact) for f in found]

    def _parse(self, kind: str, text: str) -> tuple[Any, list[Diagnostic]]:
        source = Source(self.path, text)
        if kind == "names" and _PLAIN_NAMES.match(text):
            words = text.split("、")
            if not any(word in keywords.WORDS["any"] for word in words):
                return _plain_names(words, source), []
        return parser.parse_part(kind, text, source, 0, self.language)


def _plain_names(words: list[str], source: Source) -> tuple[Name, ...]:
    names: list[Name] = []
    at = 0
    for word in words:
        names.append(Name(normalise(word), source.span(at, at + len(word))))
        at += len(word) + 1
    return tuple(names)
