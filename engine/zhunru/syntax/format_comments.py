"""Comments put back into printed text, beside what they stood by in the source."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace

from zhunru.diagnostics import Source
from zhunru.syntax import keywords
from zhunru.syntax.format_lines import INDENT, Line
from zhunru.syntax.headings import HEADINGS
from zhunru.syntax.nodes import Comment, File

_FIRST = re.compile(r"[\s\-{\"'【\[]*(\w[\w·]*)")
# What would end the comment, or what YAML allows nowhere.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SLOTS = {word: slot for slot, words in HEADINGS.items() for word in words}


def with_comments(lines: list[Line], file: File) -> list[str]:
    """Return the text lines with every comment of the file put back.

    A comment on its own line goes before what follows it, a trailing one behind what it stood on.
    """
    placed = _Placed(_aligned(lines, file) if file.comments else lines, file.source)
    for comment in file.comments:
        placed.put(comment)
    return placed.render()


def _aligned(lines: list[Line], file: File) -> list[Line]:
    """Give lines without a place that of the line of the source that opens with the same word."""
    known = _Known(lines, file)
    return [known.placed(line) for line in lines]


class _Known:
    """The places of lines, and by first word the lines of the source that are not yet taken."""

    def __init__(self, lines: list[Line], file: File) -> None:
        self._source = file.source
        # In YAML the keyword of declarations may stand before one of them on its line.
        self._keywords_apart = file.notation == "yaml"
        self._taken = {line.at for line in lines}
        deepest = max((line.indent for line in lines), default=0)
        self._ats = [
            sorted({line.at for line in lines if line.at and line.indent <= depth})
            for depth in range(deepest + 1)
        ]
        self._within: list[tuple[int, int]] = []
        self._words: dict[tuple[int, int], dict[str, list[int]]] = {}

    def placed(self, line: Line) -> Line:
        """Return a line with its place, if it has or finds one."""
        while self._within and self._within[-1][0] >= line.indent:
            self._within.pop()
        if not line.at and line.text:
            line = replace(line, at=self._found(line))
        if line.at:
            self._within.append((line.indent, line.at))
        return line

    def _found(self, line: Line) -> int:
        places = self._window(line.indent).get(_word(line.text), [])
        return places.pop(0) if places else 0

    def _window(self, indent: int) -> dict[str, list[int]]:
        """Return the free lines of the source between the outer item and the next like it."""
        depth, first = self._within[-1] if self._within else (-1, 0)
        last = len(self._source.line_starts)
        if depth >= 0:
            ats = self._ats[depth]
            after = bisect_right(ats, first)
            last = ats[after] - 1 if after < len(ats) else last
        if (depth, first) not in self._words:
            self._words[depth, first] = self._free(first + 1, last, margin=indent == 0)
        return self._words[depth, first]

    def _free(self, first: int, last: int, margin: bool) -> dict[str, list[int]]:
        words: dict[str, list[int]] = {}
        for number in range(first, last + 1):
            text = self._source.line(number)
            free = number not in self._taken or (margin and self._keywords_apart)
            if free and not (margin and text[:1].isspace()):
                words.setdefault(_word(text), []).append(number)
        words.pop("", None)
        return words


def _word(text: str) -> str:
    """Return the first word of a line, the same one for both languages."""
    found = _FIRST.match(text)
    if found is None:
        return ""
    word = found[1]
    both = keywords.WORDS
    return _SLOTS.get(word) or both["zh"].get(word) or both["en"].get(word) or word


class _Placed:
    """The lines and, by index, the comments that belong to them."""

    def __init__(self, lines: list[Line], source: Source) -> None:
        self._lines = lines
        self._source = source
        self._places = sorted((line.at, index) for index, line in enumerate(lines) if line.at)
        self._above: dict[int, list[str]] = {}
        self._behind: dict[int, str] = {}

    def put(self, comment: Comment) -> None:
        """Put one comment at its place."""
        text = f"# {_UNPRINTABLE.sub(' ', comment.text).strip()}".rstrip()
        index = self._standing_on(comment.line) if comment.trailing else None
        if index is None:
            self._put_above(self._following(comment.line), text, comment.line)
        elif index in self._behind:
            self._above.setdefault(index, []).append(text)
        else:
            self._behind[index] = text

    def _put_above(self, index: int, text: str, line: int) -> None:
        above = self._above.setdefault(index, [])
        above.append(text)
        top = index < len(self._lines) and self._lines[index].indent == 0
        if top and line < len(self._source.line_starts) and not self._source.line(line + 1).strip():
            above.append("")

    def _standing_on(self, line: int) -> int | None:
        """Return the printed line of what stands on a line of the source, or begins before it."""
        at, after = (bisect_left(self._places, (number, 0)) for number in (line, line + 1))
        here = [index for _, index in self._places[at:after]]
        if here:
            # A keyword alone, in front of its declarations, is not what a comment is about.
            indented = next((index for index in here if self._lines[index].indent), None)
            return self._below_keyword(here[0]) if indented is None else indented
        return self._places[at - 1][1] if at else None

    def _below_keyword(self, index: int) -> int:
        """Return the line below a keyword that stands alone and whose value has no place."""
        below = self._lines[index + 1] if index + 1 < len(self._lines) else None
        alone = self._lines[index].text.endswith(":")
        return index + 1 if alone and below is not None and below.indent and not below.at else index

    def _following(self, line: int) -> int:
        at = bisect_left(self._places, (line + 1, 0))
        return self._places[at][1] if at < len(self._places) else len(self._lines)

    def render(self) -> list[str]:
        """Return the lines of the text."""
        shown: list[str] = []
        for index, line in enumerate(self._lines):
            above = self._above.get(index, [])
            if not line.text:
                shown.append("")
                continue
            pad = INDENT * line.indent
            shown += [pad + text if text else "" for text in above]
            behind = self._behind.get(index)
            shown.append(pad + line.text + (f"  {behind}" if behind else ""))
        if rest := self._above.get(len(self._lines)):
            shown += [*([""] if shown else []), *rest]
        return shown
