"""Trees of texts as YAML lines: blocks, short things in one line, quotes where they are needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from zhunru.syntax.format_lines import INDENT, Line, width

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
        return tuple(pair for pair in self.pairs if pair.value not in ("", ()))


Tree = str | tuple["Tree", ...] | Record


def scalar(text: str) -> str:
    """Return a text, quoted where YAML would read anything else."""
    if _PLAIN.match(text) and not _OTHER.match(text):
        return text
    if any(char in text for char in "\n\t\\"):
        return f'"{"".join(_ESCAPES.get(char, char) for char in text)}"'
    return "'" + text.replace("'", "''") + "'"


def flow(tree: Tree) -> str:
    """Return a tree on one line."""
    if isinstance(tree, Record):
        pairs = (f"{scalar(pair.key)}: {flow(pair.value)}" for pair in tree.said)
        return f"{{{', '.join(pairs)}}}"
    if isinstance(tree, tuple):
        return f"[{', '.join(map(flow, tree))}]"
    return scalar(tree)


def block(record: Record, indent: int = 0) -> Iterator[Line]:
    """Yield the lines of a mapping."""
    for pair in record.said:
        yield from _pair(pair, indent)


def _pair(pair: Pair, indent: int) -> Iterator[Line]:
    key, value = scalar(pair.key), pair.value
    if isinstance(value, Record) and value.said:
        yield Line(f"{key}:", pair.at, indent)
        yield from block(value, indent + 1)
    elif isinstance(value, tuple) and not _short(value, indent + width(key)):
        yield Line(f"{key}:", pair.at, indent)
        for item in value:
            yield from _item(item, indent + 1)
    else:
        yield Line(f"{key}: {flow(value)}", pair.at, indent)


def _item(item: Tree, indent: int) -> Iterator[Line]:
    at = item.at if isinstance(item, Record) else 0
    if not isinstance(item, Record) or _short(item, indent - 8):
        yield Line(f"- {flow(item)}", at, indent)
        return
    lines = list(block(item))
    yield Line(f"- {lines[0].text}", at, indent)
    for line in lines[1:]:
        yield Line(INDENT * line.indent + line.text, line.at, indent + 1)


def _short(tree: Tree, taken: int) -> bool:
    """Tell whether a tree goes on one line: few texts, no mapping in a list."""
    listed = isinstance(tree, tuple) and any(isinstance(item, Record) for item in tree)
    return not listed and width(flow(tree)) + taken <= _WIDE - 20
