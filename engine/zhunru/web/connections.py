"""Connections as such: how many there are, and how long one may say nothing.

The server counts a connection that says nothing as much as one that asks: without this, whoever
opens enough of them and waits keeps everybody else out, and a head that never ends fills memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE, Diagnostic
from zhunru.web.problems import Problem

MOST = 1_000
_LONGEST_HEAD = 1 << 16  # bytes
_PAUSE = 1.0  # seconds between two looks at who says nothing
_AGAIN = 5  # seconds after which who is refused may try again
_BUSY = 503
_CLOSING = object()


class Connections:
    """Looks after the connections of one server: closes those whose other side is waited for too
    long, and the oldest of those that say nothing where there is no more room."""

    def __init__(self, seconds: float, most: int = MOST) -> None:
        self._seconds = seconds
        self._most = most
        self._since: dict[Any, tuple[object, float]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def protocol(self, base: type[asyncio.Protocol]) -> type[asyncio.Protocol]:
        """Return how a connection speaks, watched over."""
        room = self

        class Watched(base):  # type: ignore[misc, valid-type]
            _unfinished = 0
            heard = 0  # how often the caller has said something

            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                room.come(self)

            def data_received(self, data: bytes) -> None:
                before = self.cycle
                self.heard += 1
                super().data_received(data)
                if self.cycle is not before or not _is_idle(self):
                    self._unfinished = 0
                    return
                self._unfinished += len(data)
                if self._unfinished > _LONGEST_HEAD:
                    self.transport.abort()

            def send_400_response(self, msg: str) -> None:
                # The server's own words say neither what cannot be read nor what to do.
                _refuse(self, 400, diagnose("ZR772", NOWHERE))

        return Watched

    def come(self, connection: Any) -> None:
        """Take a connection, and make room for it; refuse it where all others are asking."""
        connection.came = connection.loop.time()
        everybody = connection.connections
        if len(everybody) > self._most and not self._make_room(connection):
            _refuse(connection, _BUSY, diagnose("ZR792", NOWHERE, seconds=_AGAIN))
        if self._timer is None:
            self._look_later(connection.loop, everybody)

    def _make_room(self, last: Any) -> bool:
        """Close connections that say nothing; first those that never asked, the oldest first."""
        idle = [each for each in last.connections if each is not last and _is_idle(each)]
        idle.sort(key=lambda each: (each.cycle is not None, each.came))
        for each in idle[: 1 + self._most // 20]:
            each.transport.abort()
        return bool(idle)

    def _look_later(self, loop: asyncio.AbstractEventLoop, everybody: Iterable[Any]) -> None:
        self._timer = loop.call_later(_PAUSE, self._look, loop, everybody)

    def _look(self, loop: asyncio.AbstractEventLoop, everybody: Iterable[Any]) -> None:
        self._timer = None
        self.close_silent(everybody, loop.time())
        if self._since or everybody:
            self._look_later(loop, everybody)

    def close_silent(self, everybody: Iterable[Any], now: float) -> None:
        """Close who has been saying nothing, or taking nothing of an answer, for too long."""
        since: dict[Any, tuple[object, float]] = {}
        for each in everybody:
            stands = _waited_for(each)
            if stands is None:
                continue
            before, began = self._since.get(each, (stands, now))
            since[each] = stands, began if before == stands else now
            if now - since[each][1] >= self._seconds:
                each.transport.abort()
        self._since = since


def _waited_for(connection: Any) -> object:
    """Return how far the other side has come that a connection waits for; None: for nothing."""
    if connection.transport.is_closing():
        return _CLOSING
    cycle = connection.cycle
    if _is_idle(connection):
        # Between two requests the server itself waits, not as long.
        return (cycle,) if connection.timeout_keep_alive_task is None else None
    if cycle.flow.write_paused:
        return cycle, "takes", connection.transport.get_write_buffer_size()
    if cycle.more_body and not cycle.body:
        return cycle, "says", connection.heard
    return None


def _is_idle(connection: Any) -> bool:
    """Tell whether nothing is asked over a connection, or not to its end."""
    return connection.cycle is None or connection.cycle.response_complete


def _refuse(connection: Any, status: int, finding: Diagnostic) -> None:
    """Answer what never becomes a request, and say no more over its connection."""
    answer = Problem(status, [finding]).answer("zh", "")
    later = f"retry-after: {_AGAIN}\r\n" if status == _BUSY else ""
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nconnection: close\r\n{later}"
        f"content-type: {answer.media}\r\ncontent-language: zh\r\n"
        f"content-length: {len(answer.body)}\r\n\r\n"
    )
    connection.transport.write(head.encode() + answer.body)
    connection.transport.close()
