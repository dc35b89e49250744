"""Trees of texts as YAML lines: blocks, short things in one line, quotes where they are needed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zhunru.diagnostics import Language
from zhunru.syntax.format_lines import Line, width
from zhunru.syntax.yaml_keys import CONSTRUCTS

_WIDE = 100

# Nothing that YAML gives a meaning: signs, outer blanks, words of other types, bare numbers.
_PLAIN = re.compile(
    r"(?![-?=~\s])[^\s,:#{}\[\]\"'&*!|>%@`\\](?:[^,:#{}\[\]\"'\n\\]*[^\s,:#{}\[\]\"'\\])?\Z"
)
_OTHER = re.compile(
    r"(?:true|false|yes|no|on|off|y|n|null|[\d_.+]+(?:e[\d+-]+)?|0x[\da-f]+|\.(?:inf|nan))\Z", re.I
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True)
class Said:
    """A tree that line `at` of the source says."""

    tree: Tree
    at: int


@dataclass(frozen=True)
class Pair:
    """A key with its value; `at` is the line of the source that says it."""

    key: str
    value: Tree
    at: int = 0


@dataclass(frozen=True)
class Record:
    """A mapping; the pairs whose value is empty are left out."""

    pairs: tuple[Pair, ...]
    at: int = 0

    @property
    def said(self) -> tuple[Pair, ...]:
        """Return the pairs that say something."""
        return tuple(pair for pair in self.pairs if bare(pair.value) not in ("", ()))


def record_of(construct: str, language: Language, at: int = 0, /, **slots: Tree) -> Record:
    """Return the mapping of a construct, its slots under their keys in one language."""
    keys = {key.slot: key for key in CONSTRUCTS[construct]}
    pairs = (Pair(keys[slot].spellings(language)[0], tree) for slot, tree in slots.items())
    return Record(tuple(pairs), at)


Tree = str | tuple["Tree", ...] | Record | Said


def line_of(tree: Tree) -> int:
    """Return the line of the source that says a tree, if it is known."""
    if isinstance(tree, tuple):
        return line_of(tree[0]) if tree else 0
    return 0 if isinstance(tree, str) else tree.at


def _last_line(tree: Tree) -> int:
    """Return the last line of the source that is known to say a part of a tree."""
    said = bare(tree)
    parts = [pair.value for pair in said.said] if isinstance(said, Record) else said
    inner = [] if isinstance(parts, str) else [_last_line(part) for part in parts]
    pairs = [pair.at for pair in said.said] if isinstance(said, Record) else []
    return max([0 if isinstance(tree, str | tuple) else tree.at, *inner, *pairs])


def bare(tree: Tree) -> str | tuple[Tree, ...] | Record:
    """Return a tree without its line."""
    return bare(tree.tree) if isinstance(tree, Said) else tree


def scalar(text: str) -> str:
    """Return a text, quoted where YAML would read anything else."""
    if _PLAIN.match(text) and not _OTHER.match(text):
        return text
    if any(char in text for char in "\n\t\\"):
        return f'"{"".join(_ESCAPES.get(char, char) for char in text)}"'
    return "'" + text.replace("'", "''") + "'"


def flow(tree: Tree) -> str:
    """Return a tree on one line."""
    said = bare(tree)
    if isinstance(said, Record):
        pairs = (f"{scalar(pair.key)}: {flow(pair.value)}" for pair in said.said)
        return f"{{{', '.join(pairs)}}}"
    if isinstance(said, tuple):
        return f"[{', '.join(map(flow, said))}]"
    return scalar(said)


class Block:
    """Print trees as lines; `comments` are the lines of the source that hold comments.

    What has comments between its lines is not put on one line.
    """

    def __init__(self, comments: Sequence[int]) -> None:
        self._comments = sorted(comments)

    def lines(self, record: Record, indent: int = 0) -> Iterator[Line]:
        """Yield the lines of a mapping."""
        for pair in record.said:
            yield from self._pair(pair, indent)

    def _pair(self, pair: Pair, indent: int) -> Iterator[Line]:
        key, value, at = scalar(pair.key), bare(pair.value), pair.at or line_of(pair.value)
        if isinstance(value, Record) and value.said:
            yield Line(f"{key}:", at, indent)
            yield from self.lines(value, indent + 1)
        elif isinstance(value, tuple) and not self._short(value, indent + width(key)):
            yield Line(f"{key}:", pair.at, indent)
            for item in value:
                yield from self._item(item, indent + 1)
        else:
            yield Line(f"{key}: {flow(value)}", at, indent)

    def _item(self, item: Tree, indent: int) -> Iterator[Line]:
        at, said = line_of(item), bare(item)
        if not isinstance(said, Record) or self._short(said, indent - 8):
            yield Line(f"- {flow(said)}", at, indent)
            return
        first, *rest = self.lines(said)
        yield Line(f"- {first.text}", at, indent)
        for line in rest:
            yield Line(line.text, line.at, indent + 1 + line.indent)

    def _short(self, tree: tuple[Tree, ...] | Record, taken: int) -> bool:
        """Tell whether a tree goes on one line: few texts, no mapping in a list, no comment."""
        if isinstance(tree, tuple) and any(isinstance(bare(item), Record) for item in tree):
            return False
        return width(flow(tree)) + taken <= _WIDE - 20 and not self._commented(tree)

    def _commented(self, tree: tuple[Tree, ...] | Record) -> bool:
        """Tell whether a comment stands between the first and the last line of a tree."""
        if not self._comments:
            return False
        return bisect_left(self._comments, line_of(tree)) < bisect_left(
            self._comments, _last_line(tree)
        )
