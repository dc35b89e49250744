"""Parses the pieces of one file, lines and cells; equal pieces are parsed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from types import MemberDescriptorType
from typing import Any, NamedTuple

from lark.exceptions import UnexpectedInput

from zhunru.diagnostics import Source, Span
from zhunru.syntax import lalr
from zhunru.syntax.lexer import Overflow, Snippet
from zhunru.syntax.outline import MAX_LINE, Line, Outline
from zhunru.syntax.reading import Item, Reading, lower
from zhunru.syntax.recovery import explain
from zhunru.syntax.shadow import shadow
from zhunru.vocabulary import Measure, Outcome, Window

Read = Callable[["Pieces", int, int], Any]


@dataclass
class Pieces:
    """The pieces of one outline."""

    outline: Outline
    reading: Reading
    stopped: int = 0
    _known: dict[tuple[str, str], tuple[Any, Span]] = field(default_factory=dict)

    def line(self, rule: str, line: Line) -> Any:
        """Return what a line says by a start rule, or None after reporting what is wrong."""
        return self.piece(rule, line.start, line.end)

    def line_of(self, at: int) -> tuple[int, int]:
        """Return the number and the start of the line that holds `at`."""
        span = self.outline.source.span(at, at)
        return span.line, at - span.column + 1

    def span(self, place: tuple[int, int], line: tuple[int, int] | None = None) -> Span:
        """Return the span of a place, quickly if its line is known."""
        if line is None:
            return self.outline.source.span(*place)
        start, end = place
        number, begin = line
        return _span(Span, (self.outline.source.path, start, end, number, start - begin + 1))

    def piece(
        self, rule: str, start: int, end: int, *, cell: bool = False,
        line: tuple[int, int] | None = None,
    ) -> Any:  # fmt: skip
        """Return what a piece says by a start rule, or None after reporting what is wrong."""
        return self.once(rule, start, end, lambda pieces, *at: pieces._parse(rule, *at, cell), line)

    def once(
        self, rule: str, start: int, end: int, read: Read, line: tuple[int, int] | None = None
    ) -> Any:
        """Return what `read` makes of a piece; of an equal one that is known, a moved copy.

        `line` is the line of the piece, where it is known, with its start.
        """
        key = (rule, self.outline.source.text[start:end])
        known = self._known.get(key)
        if known is not None:
            return self._again(known, start, line)
        count = len(self.reading.found)
        return self._keep(key, read(self, start, end), start, count)

    def _again(self, known: tuple[Any, Span], start: int, line: tuple[int, int] | None) -> Any:
        """Return what a known piece says where it stands again."""
        value, base = known
        number, begin = line or self.line_of(start)
        return moved(value, Move(start - base.start, number, start - begin + 1 - base.column))

    def _keep(self, key: tuple[str, str], value: Any, start: int, count: int) -> Any:
        """Know a piece from now on; `count` findings there were before it was read."""
        # Not where there were findings, which every place must get, and not over several lines,
        # whose places do not all move alike.
        if value is not None and len(self.reading.found) == count and "\n" not in key[1]:
            self._known[key] = (value, self.outline.source.span(start, start))
        return value

    def _parse(self, rule: str, start: int, end: int, cell: bool) -> Any:
        if end - start > MAX_LINE:
            self.reading.report("ZR119", self.outline.source.span(start, end), most=MAX_LINE)
            return None
        snippet = Snippet(
            self.outline.source, self.outline.shadow, start, end, self.reading.language, cell
        )
        self.reading.cell = cell
        try:
            value = lower(self.reading, lalr.tree(rule, snippet))
            return [value] if type(value) is Item else value
        except (UnexpectedInput, Overflow) as error:
            return self._mended(rule, snippet, error)

    def _mended(self, rule: str, snippet: Snippet, error: UnexpectedInput | Overflow) -> Any:
        """Report what is wrong; where a mend makes the piece readable, go on with the mend."""
        token = getattr(error, "token", None)
        self.stopped = getattr(token, "start_pos", None) or snippet.end
        if self.reading.full:
            return None
        mend = explain(self.reading, rule, snippet, error)
        return self._read_mended(rule, snippet, mend.text) if mend is not None else None

    def _read_mended(self, rule: str, snippet: Snippet, text: str) -> Any:
        place = self.outline.source.span(snippet.start, snippet.end)
        source = Source(place.path, text)
        mended = Snippet(source, shadow(text), 0, len(text), snippet.language, snippet.cell)
        quiet = Reading(source, snippet.language, cell=snippet.cell)
        try:
            value = lower(quiet, lalr.tree(rule, mended))
        except (UnexpectedInput, Overflow):
            return None
        value = [value] if type(value) is Item else value
        return moved(value, Everywhere(place))

    def quiet(self, rule: str, start: int, end: int) -> Any:
        """Return what a piece says, or None without a finding."""
        snippet = Snippet(
            self.outline.source, self.outline.shadow, start, end, self.reading.language
        )
        silent = Reading(self.outline.source, self.reading.language)
        try:
            return lower(silent, lalr.tree(rule, snippet))
        except (UnexpectedInput, Overflow):
            return None


class Move(NamedTuple):
    """From where a piece was parsed to where it stands again, within one line each."""

    delta: int
    line: int
    columns: int

    def span(self, span: Span) -> Span:
        """Return a place moved along."""
        path, start, end, line, column = span
        # What stands nowhere stays there.
        if line == 0:
            return span
        delta, here, columns = self
        return _span(Span, (path, start + delta, end + delta, here, column + columns))


@dataclass(frozen=True, slots=True)
class Everywhere:
    """Every part of a mended piece stands where the piece stands."""

    place: Span

    def span(self, span: Span) -> Span:
        """Return the place of the piece."""
        return self.place


_Setter = Callable[[Any, Any], None]
_SHAPES: dict[type[Any], tuple[Callable[[Any], tuple[Any, ...]], tuple[_Setter, ...]] | None] = {}


def _shape(kind: type[Any]) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[_Setter, ...]] | None:
    """Return what reads all fields of a class of nodes at once, and what writes each; other
    classes have no fields that hold places."""
    if kind not in _SHAPES:
        names = [f.name for f in fields(kind)] if is_dataclass(kind) else []
        # One name more, so that a class of one field gives a tuple too.
        reads = attrgetter(*names, "__class__") if names else None
        _SHAPES[kind] = (reads, tuple([_setter(kind, name) for name in names])) if reads else None
    return _SHAPES[kind]


def _setter(kind: type[Any], name: str) -> _Setter:
    """Return what writes a field, past the guard of frozen nodes: very many rows are copied."""
    slot = getattr(kind, name, None)
    if type(slot) is MemberDescriptorType:
        return slot.__set__

    def write(node: Any, value: Any) -> None:
        object.__setattr__(node, name, value)

    return write


def moved(value: Any, move: Move | Everywhere) -> Any:
    """Return a copy of what was parsed, its places moved."""
    kind = type(value)
    if kind is Span:
        return move.span(value)
    if kind is Item:
        key, part, place = value
        if type(part) not in _LEAVES:
            part = moved(part, move)
        return _item(Item, (key, part, move.span(place)))
    if kind is tuple:
        return tuple([moved(part, move) for part in value]) if value else value
    if kind is list:
        return [moved(part, move) for part in value]
    if kind is dict:
        return {key: moved(part, move) for key, part in value.items()}
    shape = _SHAPES[kind] if kind in _SHAPES else _shape(kind)
    if shape is None:
        return value
    reads, writes = shape
    # Past the constructor: the parts have been checked before.
    copy = object.__new__(kind)
    for write, part in zip(writes, reads(value), strict=False):
        kind = type(part)
        if kind in _LEAVES:
            write(copy, part)
        elif kind is Span:
            write(copy, move.span(part))
        else:
            write(copy, moved(part, move))
    return copy


_span = _item = tuple.__new__
_LEAVES = frozenset({str, int, bool, type(None), Decimal, date, datetime, Outcome, Measure, Window})
