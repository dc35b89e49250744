"""What a handler gives back: bytes at once, or piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

JSON = "application/json"
LINES = "application/x-ndjson"
_NONE: Mapping[str, str] = {}


class Answer(NamedTuple):
    """A whole answer."""

    body: bytes
    status: int = 200
    media: str = JSON
    headers: Mapping[str, str] = _NONE


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that is written while it is made."""

    pieces: AsyncIterator[bytes]
    status: int = 200
    media: str = LINES
    headers: Mapping[str, str] = field(default_factory=lambda: _NONE)


def as_json(data: Any, status: int = 200, headers: Mapping[str, str] = _NONE) -> Answer:
    """Return data as a JSON answer."""
    return Answer(orjson.dumps(data, default=str), status, JSON, headers)
