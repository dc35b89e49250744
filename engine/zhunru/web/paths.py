"""Paths of addresses: a slash within a name (`%2F`) is not one between two names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

_WITHIN = "\ufdd0"  # stands for a slash within a name; it is no character, so no name holds it


def path_of(scope: Mapping[str, Any]) -> str:
    """Return the path that is asked for; `named` gives its parts as they are called."""
    path: str = scope["path"]
    raw: bytes = scope.get("raw_path") or b""
    if b"%2F" not in raw and b"%2f" not in raw:
        return path
    parts = raw.decode("latin-1").split("/")
    return "/".join(unquote(part).replace("/", _WITHIN) for part in parts)


def named(part: str) -> str:
    """Return what a part of a path names."""
    return part.replace(_WITHIN, "/")


def address(path: str, *names: object) -> str:
    """Return a path, and names below it, as they stand in addresses."""
    parts = [quote(each) for each in path.split(_WITHIN)]
    return "/".join(["%2F".join(parts), *(quote(str(each), safe="") for each in names)])
