"""Files that somebody hands in, kept only while they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from zhunru.diagnostics import Diagnostic
from zhunru.errors import PolicyRejected, RequestRejected


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


def _told(found: Sequence[Diagnostic], folder: str) -> list[Diagnostic]:
    """Return findings that name files as they were handed in: where we put them is our business."""
    place = f"{folder}/"
    return [
        replace(each, zh=each.zh.replace(place, ""), en=each.en.replace(place, ""))
        for each in found
    ]
