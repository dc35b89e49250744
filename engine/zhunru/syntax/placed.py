"""Texts taken out of a file: scalars of YAML and cells of sheets, with the way back to places."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zhunru.diagnostics import Diagnostic, Edit, Fix, Source, Span


@dataclass(frozen=True)
class Cell(Source):
    """A text whose every part stands at one place: a cell of a sheet, a folded scalar."""

    at: Span

    def span(self, start: int, end: int) -> Span:
        """Return the place of the whole."""
        return self.at


@dataclass(frozen=True)
class Unescaped(Source):
    """A text written with escapes: character `i` stands at `offsets[i]` of `base`."""

    base: Source
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Return the place in the file of the characters from `start` to `end`."""
        last = len(self.offsets) - 1
        first = self.offsets[min(start, last)]
        return self.base.span(first, max(first, self.offsets[min(end, last)]))


Move = Callable[[Span], Span]

# Per class of node, the names of its parts; classes without parts are left as they are.
_PARTS: dict[type, tuple[str, ...]] = {}
_LEAVES: set[type] = {str, int, bool, type(None)}


def moved(node: Any, move: Move) -> Any:
    """Return the source tree `node` with every place moved by `move`."""
    kind = type(node)
    if kind is Span:
        return move(node)
    parts = _PARTS.get(kind)
    if parts is None:
        return _moved_other(node, kind, move)
    copy = object.__new__(kind)
    put = object.__setattr__
    for name in parts:
        value = getattr(node, name)
        put(copy, name, value if type(value) in _LEAVES or value == () else moved(value, move))
    return copy


def _moved_other(node: Any, kind: type, move: Move) -> Any:
    """Move what is no node, or a node of a class that was not seen before."""
    if kind is tuple:
        return tuple([moved(item, move) for item in node])
    if kind is list:
        return [moved(item, move) for item in node]
    if kind is dict:
        return {key: moved(value, move) for key, value in node.items()}
    if isinstance(node, tuple):  # a named one
        return kind(*[moved(item, move) for item in node])
    if dataclasses.is_dataclass(kind):
        _PARTS[kind] = tuple(field.name for field in dataclasses.fields(kind))
        return moved(node, move)
    _LEAVES.add(kind)
    return node


def moved_finding(finding: Diagnostic, move: Move, exact: bool) -> Diagnostic:
    """Return a finding with its places moved; a fix only where they stay `exact`."""
    return dataclasses.replace(
        finding,
        span=move(finding.span),
        related=tuple((move(span), zh, en) for span, zh, en in finding.related),
        fix=_moved_fix(finding.fix, move) if finding.fix and exact else None,
    )


def _moved_fix(fix: Fix, move: Move) -> Fix:
    edits = tuple(Edit(move(edit.span), edit.text) for edit in fix.edits)
    return dataclasses.replace(fix, edits=edits)
