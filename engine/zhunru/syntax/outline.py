"""The outline of a file: logical lines by indentation, rows of tables, comments."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from zhunru.diagnostics import Source
from zhunru.syntax.keywords import DECLARATIONS, NOT_AVAILABLE, WORDS
from zhunru.syntax.lexer import ODD_STRING, STRING
from zhunru.syntax.nodes import Comment
from zhunru.syntax.numbering import numbering
from zhunru.syntax.shadow import JOINER, WORD, invisible_runs, shadow
from zhunru.vocabulary import TYPES

_COMMENT = re.compile(rf"(?:{STRING}|{ODD_STRING}|\[[^\[\]\n]+\])|(?<!\S)(#[^\n]*)")
_BAR = re.compile(r"(?<!\\)\|\s*(#)?")
_WORD = re.compile(rf"[{WORD}][{WORD}·{JOINER}]*")
_WORD_BEFORE = re.compile(rf"[{WORD}]+\Z")
_LONGEST_WORD = 64
_OPEN_END = re.compile(rf"(?:[、,;+\-*/=<>({{≥≤≠]|(?<![{WORD}])(?:且|或|and|or))$")
# Longer lines are not read; a longer one is not put together either.
MAX_LINE = 4000
# The last signs of all that `_OPEN_END` finds (and, or end in d, r): one look instead of a search.
_HANGING = frozenset("、,;+-*/=<>({≥≤≠且或dr")
_STRING = re.compile(STRING)
_BLANKS = re.compile(" *")


@dataclass(slots=True, eq=False)
class Row:
    """A row of a table: its place without the indentation and without a comment."""

    start: int
    end: int


@dataclass(slots=True, eq=False)
class Line:
    """A logical line with what stands under it."""

    start: int
    end: int
    width: int
    children: list[Line] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    odd_width: bool = False
    shifted: bool = False


@dataclass(slots=True, eq=False)
class Outline:
    """A file as an outline; `shadow` has the comments blanked out."""

    source: Source
    shadow: str
    language: str
    lines: list[Line] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    tabs: list[tuple[int, int]] = field(default_factory=list)
    stray_rows: list[Row] = field(default_factory=list)

    def text(self, line: Line | Row) -> str:
        """Return the shadow text of a line."""
        return self.shadow[line.start : line.end]

    def first_word(self, start: int) -> str:
        """Return the word at `start`, or an empty text."""
        found = _WORD.match(self.shadow, start)
        return found[0].replace(JOINER, "") if found else ""


def language_of(shadowed: str) -> str:
    """Return the language of a file: that of its first word that is a keyword of a declaration."""
    for line in shadowed.split("\n"):
        text = line.lstrip()
        # A number of its heading says nothing: `1. 政策` is no English.
        found = _WORD.match(text, numbering(text, 0))
        if found and not text.startswith("#"):
            return "en" if found[0].isascii() and found[0] not in WORDS["zh"] else "zh"
    return "zh"


def outline(source: Source) -> Outline:
    """Cut a file into logical lines, rows and comments."""
    shadowed = shadow(source.text)
    language = language_of(shadowed)
    result = Outline(source, joined(source.text, shadowed, language), language)
    if "#" in shadowed:
        _blank_comments(result)
    _arrange(result)
    return result


def joined(text: str, shadowed: str, language: str) -> str:
    """Return a shadow in which a word with invisible characters inside is one word."""
    parts, at = [], 0
    for run in invisible_runs(text):
        if _is_inside_word(shadowed, run.start(), run.end(), WORDS[language]):
            parts += [shadowed[at : run.start()], JOINER * len(run[0])]
            at = run.end()
    return "".join([*parts, shadowed[at:]]) if parts else shadowed


_TYPES = frozenset(word for both in TYPES.values() for word in both)


def _is_inside_word(text: str, start: int, end: int, words: Container[str]) -> bool:
    """Tell whether what is between is inside a word: behind a keyword or number it is a blank."""
    before = _WORD_BEFORE.search(text[max(0, start - _LONGEST_WORD) : start])
    after = _WORD.match(text, end)
    if before is None or after is None or before[0][0].isdigit():
        return False
    together = before[0] + after[0]
    return before[0] not in words or together in words or together in _TYPES


# --- comments ------------------------------------------------------------------------------------


def _blank_comments(result: Outline) -> None:
    """Note the comments and blank them out of the shadow."""
    lines = result.shadow.split("\n")
    original = result.source
    bars = 0
    for number, line in enumerate(lines):
        at = _comment_start(line, bars) if "#" in line else -1
        if at >= 0:
            text = original.line(number + 1)[at + 1 :].strip()
            result.comments.append(Comment(number + 1, text, bool(line[:at].strip())))
            lines[number] = line[:at] + " " * (len(line) - at)
        bars = _bars(lines[number], bars)
    result.shadow = "\n".join(lines)


def _bars(line: str, above: int) -> int:
    """Return how many bars the rows behind a line have: as many as their heading, 0 before it."""
    bare = line.strip()
    if bare.startswith("|"):
        return above or len(_BAR.findall(bare))
    return 0 if bare else above


def _behind_row(line: str, bars: int) -> int:
    """Return where a comment behind the last bar of a row starts."""
    last = -1
    for number, found in enumerate(_BAR.finditer(line), 1):
        if found[1] and number > 1:
            last = found.start(1)
            if number == (bars or number):
                return last
    return -1 if line.rstrip().endswith("|") else last


def _comment_start(line: str, bars: int) -> int:
    if line.lstrip().startswith("|"):
        return _behind_row(line, bars)
    for found in _COMMENT.finditer(line):
        if found[1] is not None:
            return found.start(1)
    return -1


# --- lines ---------------------------------------------------------------------------------------


def _arrange(result: Outline) -> None:
    """Hang every line under the nearest line before it that is less indented."""
    stack: list[Line] = []
    for item in _logical(result):
        if isinstance(item, Row):
            _hang_row(result, stack, item)
            continue
        _shift_left(result, stack, item)
        while stack and stack[-1].width >= item.width:
            stack.pop()
        siblings = stack[-1].children if stack else result.lines
        item.odd_width = _is_odd(item, siblings, bool(stack))
        siblings.append(item)
        stack.append(item)


def _shift_left(result: Outline, stack: list[Line], item: Line) -> None:
    """Take a slightly indented line that can only open a declaration as one (L11)."""
    if not stack or not 0 < item.width < 4 or not _only_opens(result, item.start):
        return
    outer = WORDS[result.language].get(result.first_word(stack[0].start))
    if outer not in _NAMING:
        item.width, item.shifted = 0, True


def _only_opens(result: Outline, start: int) -> bool:
    word = result.first_word(start)
    if WORDS[result.language].get(word) not in _ONLY_OPENERS:
        return False
    behind = _BLANKS.match(result.shadow, start + len(word))
    at = behind.end() if behind else start
    return result.shadow[at : at + 1] not in ("", "\n", "、", ":")


# Words that begin nothing but a declaration, and declarations whose lines begin with names.
_ONLY_OPENERS = frozenset(
    [
        "POLICY",
        "FORM",
        "REGISTER",
        "PARAMETER",
        "LIST",
        "RULE",
        "TABLE",
        "FORMULA",
        "DECIDE",
        "TEST",
    ]
)
_NAMING = ("FORM", "REGISTER", "UNIT", "CALENDAR")


def _is_odd(item: Line, siblings: list[Line], nested: bool) -> bool:
    """Tell whether a line came back to a width at which no block was opened."""
    if not siblings:
        return False
    return siblings[-1].width != item.width and (nested or item.width > 0)


def _hang_row(result: Outline, stack: list[Line], row: Row) -> None:
    width = _width(result.source.text, _line_start(result, row.start), row.start)
    owner = next((line for line in reversed(stack) if line.width < width), None)
    owner = owner or (stack[0] if stack else None)
    (owner.rows if owner else result.stray_rows).append(row)


def _line_start(result: Outline, at: int) -> int:
    return result.shadow.rfind("\n", 0, at) + 1


def _logical(result: Outline) -> Iterator[Line | Row]:
    """Yield rows and logical lines; a line goes on where it ends in an open sign (L12)."""
    open_line: Line | None = None
    for start, first, end in _physical(result):
        if open_line is not None and _goes_on(result, open_line, start, first):
            open_line.end = end
            continue
        if open_line is not None:
            yield open_line
        open_line = None
        if result.shadow[first] == "|":
            yield Row(first, end)
        else:
            open_line = Line(first, end, _width(result.source.text, start, first))
    if open_line is not None:
        yield open_line


def _physical(result: Outline) -> Iterator[tuple[int, int, int]]:
    """Yield (start of line, first character, end) of every line that holds something."""
    at = 0
    for line in result.shadow.split("\n"):
        stripped = line.strip()
        if stripped:
            first = at + len(line) - len(line.lstrip())
            if "\t" in line[: first - at]:
                result.tabs.append((at, first))
            yield at, first, first + len(stripped)
        at += len(line) + 1


def _width(text: str, start: int, end: int) -> int:
    """Return the width of an indentation: a tab or an ideographic space counts two (L11)."""
    return end - start + text.count("\t", start, end) + text.count("\u3000", start, end)


def _goes_on(result: Outline, line: Line, start: int, first: int) -> bool:
    """Tell whether a logical line goes on with the next physical one."""
    text = result.shadow
    # A line at the margin always begins something: a sign that was forgotten spoils no more than
    # its own line.
    if text[first] == "|" or first == start or line.end - line.start > MAX_LINE:
        return False
    written = text[line.start : line.end]
    hangs = written[-1] in _HANGING and _OPEN_END.search(written) is not None
    return (hangs or _open_brackets(written) > 0) and not _opens_line(result, first)


def _open_brackets(text: str) -> int:
    if "(" not in text and "{" not in text:
        return 0
    # What stands in quotes opens nothing.
    bare = _STRING.sub("", text)
    return bare.count("(") + bare.count("{") - bare.count(")") - bare.count("}")


def _opens_line(result: Outline, first: int) -> bool:
    """Tell whether a line begins with a word that only begins clauses and declarations."""
    word = result.first_word(first)
    terminal = WORDS[result.language].get(word)
    after = first + len(word)
    return terminal in _OPENERS and result.shadow[after : after + 1] in ("", " ", "\n")


_OPENERS = frozenset(
    [
        "WHEN",
        "EXCEPT",
        "REQUIRE",
        "QUOTA",
        "COUNTED",
        "DUTY",
        "INSTEAD",
        "RETURN",
        "GIVEN",
        "ORDER",
        "WORDING",
        "DELEGATE",
        "EXPECT",
        "RELAXABLE",
        "BINDING",
        "EFFECTIVE",
        "ADMIT",
        "REFUSE",
        "DEFER",
        *("STATE", "ENSURE", "PRIORITY", "ANYWHERE", "OVERDUE", "EXPIRY", "HALFWAY"),
        *("EXTENDABLE", "SUSPENDABLE"),
    ]
) | (frozenset(DECLARATIONS) | frozenset(NOT_AVAILABLE)) - {"UNIT", "ROLE", "BASIS"} - {"DOCUMENT"}
