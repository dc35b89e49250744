"""Which policy sets a path means, and the texts of their files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhunru.diagnostics import Source


def sets_in(path: str) -> list[Path]:
    """Return the sets that `path` means: itself, or the sets in a folder that holds only folders.

    A folder is a set if a policy file stands right in it.
    """
    from zhunru.syntax.folders import is_policy_file, list_files, names_in

    inside = names_in(Path(path))
    if any(is_policy_file(each.name) and each.is_file() for each in inside):
        return [Path(path)]
    # An empty folder is given on all the same, so that it is said to hold no set.
    return [each for each in inside if each.is_dir() and list_files(each)[0]] or [Path(path)]


class Texts:
    """The texts of files, each read once, for showing lines of them."""

    def __init__(self) -> None:
        self._source = cache(_read)

    def line(self, path: str, number: int) -> str:
        """Return a line of a file, or an empty text if it cannot be shown."""
        source = self._source(path)
        return source.line(number) if source else ""

    def position(self, path: str, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, from 1; (0, 0) if it is not known."""
        source = self._source(path)
        if source is None or offset > len(source.text):
            return 0, 0
        span = source.span(offset, offset)
        return span.line, span.column


def _read(path: str) -> Source | None:
    from zhunru import ZhunruError, read_source

    try:
        return read_source(path)
    except ZhunruError:
        return None
