"""Parts of the language outside a policy file: the start rules of cells, by short names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax import citations
from zhunru.syntax.declarations import field_of
from zhunru.syntax.expressions import Expr
from zhunru.syntax.lowering_expressions import items_of
from zhunru.syntax.outline import Outline, joined
from zhunru.syntax.pieces import Pieces
from zhunru.syntax.placed import moved, moved_finding
from zhunru.syntax.reading import Item, Reading
from zhunru.syntax.shadow import shadow

_RULES = {
    "cond": "condition",
    "freq": "frequency",
    "given": "fact",
    "values": "value",
}
_EMPTY = ("", "-", "－", "—")


def read_part(
    kind: str, text: str, source: Source, offset: int, language: str
) -> tuple[Any, list[Diagnostic]]:
    """Read `text` as a part of the kind; its places are `offset` further on in `source`."""
    part = Source(source.path, text)
    value, found = _read(kind, part, language)

    def move(span: Span) -> Span:
        return source.span(span.start + offset, span.end + offset) if span.line else span

    return _placed(value, move), [moved_finding(one, move, True) for one in found]


def _placed(value: Any, move: Callable[[Span], Span]) -> Any:
    """Return what was read with its places moved, whatever holds it."""
    if isinstance(value, Item):
        return Item(value.key, _placed(value.value, move), move(value.span))
    if isinstance(value, dict):
        return {key: _placed(one, move) for key, one in value.items()}
    if type(value) is tuple:
        return tuple(_placed(one, move) for one in value)
    return moved(value, move)


def _read(kind: str, part: Source, language: str) -> tuple[Any, list[Diagnostic]]:
    text = part.text
    if kind in ("citations", "citation"):
        cited, found = citations.read_citations(text, part, 0)
        return (cited if kind == "citations" else cited[0] if cited else None), found
    if kind == "trace":
        return citations.read_trace(text), []
    bare = text.strip()
    if bare in _EMPTY:
        return (() if kind in _TUPLES else None), []
    reading = Reading(part, language)
    pieces = Pieces(Outline(part, joined(text, shadow(text), language), language), reading)
    start = text.index(bare)
    said = pieces.piece(f"k_{_RULES.get(kind, kind)}", start, start + len(bare))
    if said is None:
        return None, reading.found
    return _shape(kind, said, reading, part.span(start, start + len(bare))), reading.found


def _shape(kind: str, said: Any, reading: Reading, span: Span) -> Any:
    """Give the values of a start rule the shape of the kind."""
    if kind == "field":
        return field_of(reading, said, span)
    if kind in _SHAPES:
        return _SHAPES[kind](said)
    if kind in _TUPLES:
        return said[0] if len(said) == 1 and type(said[0]) is tuple else tuple(said)
    return said[0] if isinstance(said, list) and said else said


def _verdict(said: list[Any]) -> tuple[Any, dict[str, Any]]:
    """Return the verdict and what stands behind it: return_to, apply, binding."""
    return said[0], {item.key: item.value for item in said[1:] if isinstance(item, Item)}


def _values(said: list[Expr]) -> tuple[Expr, ...]:
    return items_of(said[0]) if said else ()


def _dated_values(said: list[Any]) -> tuple[Any, ...]:
    return tuple(value for value, _ in said[0])


def _formula(said: list[Any]) -> tuple[Any, tuple[Any, ...]]:
    return said[0], said[1] if len(said) > 1 else ()


_SHAPES: dict[str, Callable[[Any], Any]] = {
    "verdict": _verdict,
    "values": _values,
    "dated_values": _dated_values,
    "formula": _formula,
    "sizes": tuple,
}
_TUPLES = (
    "names",
    "codes",
    "values",
    "conditions",
    "quotas",
    "duties",
    "marks",
    "facts",
    "expectations",
    "dated_values",
    "actions",
    "endings",
    "reminders",
    "suspensions",
)
