"""The digest of a checked set: of what it means, whatever its files are called or look like."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any

_Render = Callable[[Any], str]
_LONG = 256


def digest_of(parts: Iterable[Any]) -> str:
    """Return the SHA-256 of a canonical rendering of resolved values."""
    sha = hashlib.sha256()
    render = Renderer().render
    for part in parts:
        sha.update(render(part).encode())
        sha.update(b"\n")
    return sha.hexdigest()


def _short(text: str) -> str:
    """Return a text, or its own digest where it is long: the whole is never held in memory."""
    return text if len(text) < _LONG else hashlib.sha256(text.encode()).hexdigest()


class Renderer:
    """Writes values in one canonical way. What many clauses share is written once."""

    def __init__(self) -> None:
        self._written: dict[int, str] = {}
        self._ways: dict[type, _Render] = {
            str: lambda value: f"{len(value)}:{value}",
            tuple: self._tuple,
            frozenset: self._set,
        }

    def render(self, value: Any) -> str:
        """Return the canonical text of a value."""
        kind = type(value)
        way = self._ways.get(kind)
        if way is None:
            way = self._ways[kind] = self._way(value, kind)
        return way(value)

    def _way(self, value: Any, kind: type) -> _Render:
        if is_dataclass(value):
            return self._node_way(kind)
        if isinstance(value, Mapping):
            return self._mapping
        name = kind.__name__
        return lambda each: f"<{name} {each}>"

    def _tuple(self, value: tuple[Any, ...]) -> str:
        known = self._written.get(id(value))
        if known is None:
            known = _short(f"({','.join(map(self.render, value))})")
            self._written[id(value)] = known
        return known

    def _set(self, value: frozenset[Any]) -> str:
        parts = [f"{len(p)}:{p}" if p.__class__ is str else self.render(p) for p in value]
        return f"{{{','.join(sorted(parts))}}}"

    def _mapping(self, value: Mapping[Any, Any]) -> str:
        items = sorted((self.render(key), self.render(part)) for key, part in value.items())
        return f"[{','.join(f'{key}={part}' for key, part in items)}]"

    def _node_way(self, kind: Any) -> _Render:
        """Return how nodes of a class are written: places, and parts left at their default, not."""
        shape = [each for each in fields(kind) if each.compare]
        names, defaults = [each.name for each in shape], [each.default for each in shape]
        # one name more, so that a class of one field gives a tuple too
        parts_of = attrgetter(*names, "__class__")
        name, written, render = kind.__name__, self._written, self.render

        def way(value: Any) -> str:
            known = written.get(id(value))
            if known is None:
                parts = [
                    # texts are most of it: written here without a further call
                    f"{field}={len(part)}:{part}"
                    if part.__class__ is str
                    else f"{field}={render(part)}"
                    for field, part, default in zip(names, parts_of(value), defaults, strict=False)
                    if part is not default and part != default
                ]
                known = written[id(value)] = _short(f"{name}({','.join(parts)})")
            return known

        return way
