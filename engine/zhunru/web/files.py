"""Files that are replaced as a whole."""

from __future__ import annotations

from pathlib import Path

import orjson

from zhunru import system


def replace(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file as a whole, in a folder that is made if it is not there. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    system.replace(path, data, private=private)


def write_json(path: Path, data: object) -> None:
    """Write a file of JSON as a whole. Raises OSError."""
    replace(path, orjson.dumps(data, option=orjson.OPT_INDENT_2))
