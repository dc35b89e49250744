"""Files that are replaced as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from zhunru import system


def replace(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file as a whole, in a folder that is made if it is not there. Raises OSError."""
    make_folder(path.parent)
    system.replace(path, data, private=private)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are not there, so that they are even after a
    power cut. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        system.keep_names(folder.parent)


def write_json(path: Path, data: object) -> None:
    """Write a file of JSON as a whole. Raises OSError."""
    replace(path, _text(data))


@contextmanager
def writing_json(path: Path, data: object) -> Iterator[None]:
    """Write a file of JSON as a whole when something is done for which it was to be on the disk
    before: what fails then leaves the file as it was. Raises OSError."""
    make_folder(path.parent)
    with system.replacing(path, _text(data)):
        yield


def _text(data: object) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_INDENT_2)
