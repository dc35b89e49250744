"""Connections that say nothing keep nobody out, and a head that never ends fills no memory."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import resource
import socket

import pytest
import uvicorn
from tests.web.conftest import SETS
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from zhunru.system import allow_files
from zhunru.web import Settings, connections, serving
from zhunru.web.connections import Connections
from zhunru.web.service import Service

MOST = 8
ASKED = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


async def app(scope, receive, send):
    if scope["path"] == "/slow":
        await asyncio.sleep(3)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(500 if scope["path"] == "/large" else 0):
        await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
    while scope["path"] == "/body" and (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.body", "body": b"well"})


class Serving:
    """A server with room for a few connections, none of which may be silent for long."""

    def __init__(self, base, seconds=60.0):
        http = Connections(seconds, MOST).protocol(base)
        config = uvicorn.Config(
            app, http=http, log_config=None, lifespan="off", h11_max_incomplete_event_size=1 << 16
        )
        self._server = uvicorn.Server(config)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]

    async def __aenter__(self):
        self._task = asyncio.create_task(self._server.serve([self._listening]))
        while not self._server.started:
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_):
        self._server.should_exit = self._server.force_exit = True
        await self._task

    async def connect(self, said=b""):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(said)
        await writer.drain()
        return reader, writer

    @property
    def connections(self):
        return self._server.server_state.connections

    async def asked(self):
        reader, writer = await self.connect(ASKED)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
        writer.close()
        return answer


async def _said(reader, writer, pieces, pause):
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)
        if reader.at_eof():  # one kind of server says so before it closes
            raise ConnectionResetError


of_each_kind = pytest.mark.parametrize("base", [HttpToolsProtocol, H11Protocol])


@of_each_kind
def test_who_asks_is_answered_however_many_connect_and_say_nothing(base):
    async def go():
        async with Serving(base) as server:
            silent = [await server.connect() for _ in range(10 * MOST)]
            assert (await server.asked()).startswith(b"HTTP/1.1 200")
            assert await asyncio.wait_for(silent[0][0].read(), 30) == b""  # the oldest went

    asyncio.run(go())


@of_each_kind
def test_where_all_are_asking_one_more_is_refused_in_words(base):
    async def go():
        async with Serving(base) as server:
            slow = [await server.connect(ASKED.replace(b"/ ", b"/slow ")) for _ in range(MOST)]
            await asyncio.sleep(0.2)
            reader, _ = await server.connect()
            answer = await asyncio.wait_for(reader.read(), 30)
            assert answer.startswith(b"HTTP/1.1 503") and b"ZR792" in answer
            for each, _ in slow:
                assert (await each.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")

    asyncio.run(go())


@of_each_kind
def test_a_head_that_comes_too_slowly_is_not_waited_for(base, monkeypatch):
    monkeypatch.setattr(connections, "_PAUSE", 0.05)

    async def go():
        async with Serving(base, seconds=0.5) as server:
            reader, writer = await server.connect(ASKED[:-2])
            with pytest.raises(OSError):
                await _said(reader, writer, [b"x: y\r\n"] * 600, 0.05)

    asyncio.run(go())


@of_each_kind
def test_a_slow_answer_is_not_a_silent_caller(base, monkeypatch):
    monkeypatch.setattr(connections, "_PAUSE", 0.05)

    async def go():
        async with Serving(base, seconds=0.5) as server:
            reader, _ = await server.connect(ASKED.replace(b"/ ", b"/slow "))
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")

    asyncio.run(go())


@of_each_kind
def test_a_body_whose_rest_never_comes_is_not_waited_for(base, monkeypatch):
    monkeypatch.setattr(connections, "_PAUSE", 0.05)
    begun = b"POST /body HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 20\r\n\r\n"

    async def go():
        async with Serving(base, seconds=0.5) as server:
            slow, slow_writer = await server.connect(begun)
            stalled, _ = await server.connect(begun + b"half")
            await _said(slow, slow_writer, [b"x"] * 20, 0.1)  # slowly, but it comes
            assert (await asyncio.wait_for(slow.read(), 30)).endswith(b"well\r\n0\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                assert b"well" not in await asyncio.wait_for(stalled.read(), 30)

    asyncio.run(go())


@of_each_kind
def test_who_takes_nothing_of_an_answer_is_not_waited_for(base, monkeypatch):
    monkeypatch.setattr(connections, "_PAUSE", 0.05)

    async def go():
        async with Serving(base, seconds=0.5) as server:
            _kept = await server.connect(ASKED.replace(b"/ ", b"/large "))
            for _ in range(600):
                await asyncio.sleep(0.05)
                if not server.connections:
                    return
            raise AssertionError("it is still there")

    asyncio.run(go())


@of_each_kind
def test_a_head_without_end_is_not_taken(base):
    async def go():
        async with Serving(base) as server:
            reader, writer = await server.connect(ASKED[:-2] + b"x: ")
            with pytest.raises(OSError):
                await _said(reader, writer, [b"y" * 65_536] * 1_000, 0)

    asyncio.run(go())


@of_each_kind
def test_an_address_in_chinese_as_it_is_typed_is_refused_in_words(base):
    """As curl sends it, what stands behind the question mark."""
    typed = ASKED.replace(b"/ ", "/v1/cases?flow=网格事项 ".encode())

    async def go():
        async with Serving(base) as server:
            reader, _ = await server.connect(typed)
            head, _, body = (await asyncio.wait_for(reader.read(), 30)).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n") and b"retry-after" not in head
            told = json.loads(body)
            assert told["code"] == "ZR772" and "--data-urlencode" in told["help"]
            assert f"content-length: {len(body)}".encode() in head

    asyncio.run(go())


def test_what_the_server_says_of_connections_is_a_line_like_the_others():
    lines = []
    Service(Settings(sets={"": [str(SETS / "cert")]}, journal=lines.append))
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    assert b'"event":"server"' in lines[-1]


def test_where_no_line_can_be_written_time_goes_on(monkeypatch):
    def full(line):
        raise OSError(28, "No space left on device")

    settings = Settings(sets={"": [str(SETS / "cert")]}, journal=full, tick_seconds=0.001)
    service, ticks = Service(settings), []

    def fail(tenant):
        ticks.append(tenant)
        raise OSError(28, "No space left on device")

    async def go():
        clock = asyncio.create_task(service._tick(service.default))
        while len(ticks) < 3 and not clock.done():
            await asyncio.sleep(0.001)
        clock.cancel()

    monkeypatch.setattr(service, "tick", fail)
    asyncio.run(go())
    assert len(ticks) >= 3


def test_as_many_files_may_be_open_as_connections_need():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, before[1]))
        allow_files(serving._FILES)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(2 * connections.MOST, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
