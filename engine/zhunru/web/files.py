"""Files that are replaced as a whole."""

from __future__ import annotations

import os
from pathlib import Path

import orjson

from zhunru.system import move


def replace(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file as a whole: whoever reads it finds the old bytes or the new ones, even after a
    power cut. The folder is made if it is not there.

    `private`: nobody but the owner of the process may read it. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o666)
    with os.fdopen(file, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(file)
    move(fresh, path)


def write_json(path: Path, data: object) -> None:
    """Write a file of JSON as a whole. Raises OSError."""
    replace(path, orjson.dumps(data, option=orjson.OPT_INDENT_2))
