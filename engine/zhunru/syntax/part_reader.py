"""Parts of the language inside YAML scalars and sheet cells: each distinct text is parsed once."""

from __future__ import annotations

import re
from typing import Any, Literal
from unicodedata import is_normalized

from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax import keywords, parser
from zhunru.syntax.nodes import Name
from zhunru.syntax.placed import Move, moved, moved_finding
from zhunru.syntax.shadow import normalise, shadow

Language = Literal["zh", "en", "any"]

# Names and codes of letters only, by far the most frequent cells, need no parser.
_PLAIN: dict[str, re.Pattern[str]] = {
    "name": re.compile(r"[^\W\d_]\w*\Z"),
    "names": re.compile(r"[^\W\d_]\w*(?:、[^\W\d_]\w*)*\Z"),
    "codes": re.compile(r"[\w.-]+(?:、[\w.-]+)*\Z"),
}


def plain_words(kind: str, text: str) -> list[str] | None:
    """Return the names or codes of a text that no grammar is needed for, else None."""
    pattern = _PLAIN.get(kind)
    if pattern is None or not pattern.match(text):
        return None
    # What NFKC leaves as it is, and \w holds, has no width to change either.
    plain = text if is_normalized("NFKC", text) else normalise(shadow(text))
    words = plain.split("、")
    if kind != "codes" and any(word in keywords.WORDS["any"] for word in words):
        return None
    return words


class PartReader:
    """Parse the parts of one file."""

    def __init__(self, path: str, language: Language) -> None:
        self.path = path
        self.language = language
        self._read: dict[tuple[str, str], tuple[Any, list[Diagnostic]]] = {}
        self._words: dict[tuple[str, str], list[str] | None] = {}

    def read(
        self, kind: str, text: str, move: Move, *, exact: bool = True, blanks: bool = True
    ) -> tuple[Any, list[Diagnostic]]:
        """Return the part that `text` is, with places moved by `move`, and the findings.

        `exact` says that places inside the text can be told apart, so that fixes are possible.
        Without `blanks` words may run together (每年不超过4次), where it is sure what they are.
        """
        key = (kind, text)
        if key not in self._read:
            self._read[key] = parser.parse_part(
                kind, text, Source(self.path, text), 0, self.language
            )
        node, found = self._read[key]
        told = [one for one in found if blanks or not _is_blank(one)]
        return moved(node, move), [moved_finding(one, move, exact) for one in told]

    def names_at(self, kind: str, text: str, span: Span) -> Any:
        """Return plain names or codes that all stand at one place; None where there may be more."""
        key = (kind, text)
        if key not in self._words:
            self._words[key] = plain_words(kind, text)
        words = self._words[key]
        if words is None:
            return None
        if kind == "name":
            return Name(words[0], span)
        return tuple([Name(word, span) for word in words])


def _is_blank(finding: Diagnostic) -> bool:
    """Tell whether all that is wrong is a blank that is not there, and where it belongs is sure."""
    return finding.code == "ZR103" and finding.fix is not None and finding.fix.safe
