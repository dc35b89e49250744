"""The texts of policy files, for showing lines of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhunru.diagnostics import Source


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
