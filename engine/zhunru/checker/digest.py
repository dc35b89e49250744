"""The digest of a checked set: of what it means, whatever its files are called or look like."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

_SHAPES: dict[type[Any], tuple[tuple[str, Any], ...]] = {}


def digest_of(parts: Iterable[Any]) -> str:
    """Return the SHA-256 of a canonical rendering of resolved values."""
    sha = hashlib.sha256()
    memo: dict[int, bytes] = {}
    for part in parts:
        sha.update(_render(part, memo))
    return sha.hexdigest()


def _render(value: Any, memo: dict[int, bytes]) -> bytes:
    """Return the canonical bytes of a value; what many clauses share is rendered once."""
    if isinstance(value, str):
        return f"{len(value)}:{value}".encode()
    if is_dataclass(value):
        return _node(value, memo)
    if isinstance(value, tuple):
        return b"(" + b",".join(_render(each, memo) for each in value) + b")"
    if isinstance(value, frozenset):
        return b"{" + b",".join(sorted(_render(each, memo) for each in value)) + b"}"
    if isinstance(value, Mapping):
        items = sorted((_render(k, memo), _render(v, memo)) for k, v in value.items())
        return b"[" + b",".join(k + b"=" + v for k, v in items) + b"]"
    return f"<{type(value).__name__} {value}>".encode()


def _node(value: Any, memo: dict[int, bytes]) -> bytes:
    known = memo.get(id(value))
    if known is None:
        # parts that equal their default say nothing: most parts of most clauses do
        parts = [
            name.encode() + b"=" + _render(part, memo)
            for name, default in _shape(type(value))
            if (part := getattr(value, name)) is not default and part != default
        ]
        known = type(value).__name__.encode() + b"(" + b",".join(parts) + b")"
        memo[id(value)] = known
    return known


def _shape(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """Return the parts of a node that count, with their defaults; places do not count."""
    if kind not in _SHAPES:
        _SHAPES[kind] = tuple((f.name, f.default) for f in fields(kind) if f.compare)
    return _SHAPES[kind]
