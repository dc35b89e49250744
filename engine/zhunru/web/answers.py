"""What a handler gives back: bytes at once, or piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from zhunru.decision import Decision

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


def said(found: Decision, *, advice: bool) -> dict[str, Any]:
    """Return everything a decision says, as it is told outside."""
    return homeless(found.to_dict(advice=advice))


def homeless(decision: dict[str, Any]) -> dict[str, Any]:
    """Return what a decision says, its places by set and file: where a set lies on this machine is
    nobody's business elsewhere."""
    for reason in decision.get("reasons", ()):
        path = str(reason["place"]["path"]).replace("\\", "/")
        reason["place"]["path"] = "/".join(path.split("/")[-2:])
    return decision


def as_json(data: Any, status: int = 200, headers: Mapping[str, str] = _NONE) -> Answer:
    """Return data as a JSON answer."""
    return Answer(orjson.dumps(data, default=str), status, JSON, headers)
