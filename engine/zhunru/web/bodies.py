"""Bodies that are read piece by piece, and those that are read to their end before any answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import Any, NoReturn

from zhunru.web.problems import reject

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Next = Callable[[], Awaitable[bytes | None]]

_WHOLE = 17 << 20  # bytes that are read to their end before any answer, where it is told how many
_IN_MEMORY = 1 << 20
_PIECE = 1 << 18


class Gone(Exception):
    """The caller went away before it had sent everything."""


def too_large(limit: int) -> NoReturn:
    """Refuse a body that is too long."""
    size = f"{limit >> 10} KiB"
    reject(413, "ZR886", what_zh=f"超过 {size}", what_en=f"more than {size}")


class Chunks:
    """A body piece by piece. (A generator takes longer to begin and end than a body to read.)"""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._read = 0
        self.over = False  # whether all of it was given

    async def next(self) -> bytes | None:
        """Return what came of the body since, or None behind its end."""
        if self.over:
            return None
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part: bytes = message.get("body", b"")
        self._read += len(part)
        if self._read > self._limit:
            too_large(self._limit)
        self.over = not message.get("more_body")
        return part


async def read_ahead(chunks: Chunks, headers: Mapping[bytes, bytes]) -> Next:
    """Return what gives the next piece of a body; where its length is told, not before all is here.

    Who tells the length mostly sends everything before it looks at an answer (many libraries), or
    sends no more as soon as an answer begins (nginx): answered meanwhile, each would wait for the
    other. Who does not know how much will come wants its answers as it goes.
    """
    length = headers.get(b"content-length", b"")
    if not length.isdigit() or len(length) > 15 or int(length) > _WHOLE:
        return chunks.next
    piece = await chunks.next()
    if chunks.over:
        return _only(piece)
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it goes when the request does
    while piece is not None:
        file.write(piece)
        piece = await chunks.next()
    file.seek(0)

    async def following() -> bytes | None:
        return file.read(_PIECE) or None

    return following


def _only(piece: bytes | None) -> Next:
    left = [piece]

    async def following() -> bytes | None:
        return left.pop() if left else None

    return following
