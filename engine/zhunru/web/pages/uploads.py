"""Files that somebody hands in, kept only while they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from zhunru.analysis.xml_text import plain
from zhunru.diagnostics import Diagnostic
from zhunru.errors import PolicyRejected, RequestRejected
from zhunru.system import takes_name
from zhunru.web.problems import reject

_LONGEST = 150  # bytes of a name
_NO_NAME = re.compile(r'[<>:"|?*\\]|[. ]+\Z')  # what not every system takes in names


@contextmanager
def passing_folder() -> Iterator[Path]:
    """Yield a folder that is gone afterwards; what is found in it is told without its place."""
    with TemporaryDirectory() as folder:
        try:
            yield Path(folder)
        except RequestRejected as rejected:
            raise RequestRejected(_told(rejected.diagnostics, folder)) from None
        except PolicyRejected as rejected:
            raise PolicyRejected(_told(rejected.diagnostics, folder)) from None


def put(folder: Path, name: str, content: bytes) -> Path:
    """Write a file that was handed in, and return where: it is told by its name there.

    Of the path that a browser gives only the name is taken, and of that what a file may be called:
    other systems allow names three times as long. Two that come to one name are refused, unless
    they are the same: one would be lost without a word.
    """
    given = plain(name.replace("\\", "/").rpartition("/")[2])
    stem, dot, suffix = given.lstrip(".").rpartition(".")
    cut = (stem if dot else suffix).encode(errors="ignore")[:_LONGEST].decode(errors="ignore")
    name = (cut or "1") + (dot and f".{suffix.lower()[:20]}")
    path = folder / (name if takes_name(name) else _NO_NAME.sub("_", f"_{name}"))
    if path.exists() and path.read_bytes() != content:
        reject(400, "ZR915", name=path.name)
    path.write_bytes(content)
    return path


def _told(found: Sequence[Diagnostic], folder: str) -> list[Diagnostic]:
    """Return findings that name files as they were handed in: where we put them is our business."""
    place = f"{Path(folder).as_posix()}/"
    return [
        replace(each, zh=each.zh.replace(place, ""), en=each.en.replace(place, ""))
        for each in found
    ]
