"""Receivers as there are: that hang, lead elsewhere, break off; who keeps whom waiting."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import pytest
from tests.web.conftest import Served, idle
from tests.web.test_outbox import report

from zhunru.web import outbox as outboxes
from zhunru.web import sending
from zhunru.web.outbox import Outbox
from zhunru.web.sending import post

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def telling(answer: bytes) -> Callable[[socket.socket], None]:
    def tell(connection: socket.socket) -> None:
        connection.sendall(answer)

    return tell


def trickling(connection: socket.socket) -> None:
    for byte in OK * 50:
        connection.sendall(bytes([byte]))
        sleep(0.05)


def hanging(connection: socket.socket) -> None:
    sleep(2)


ANSWERS = {
    "ok": (telling(OK), 200),
    "elsewhere": (telling(b"HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:9/\r\n\r\n"), 307),
    "moved": (telling(b"HTTP/1.1 301 X\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n"), 301),
    "gone": (telling(b"HTTP/1.1 410 Gone\r\n\r\n"), 410),
    "broken off in the body": (telling(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nok"), 200),
    "broken off in the head": (telling(b"HTTP/1.1 200 OK\r\ncontent-le"), 200),
    "nothing": (telling(b""), 0),
    "no answer that is known": (telling(b"SSH-2.0-x\r\n"), 0),
    "a head without end": (telling(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000), 0),
    "byte by byte": (trickling, 0),
    "hanging": (hanging, 0),
}


@pytest.fixture
def listening() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Give what listens as a receiver, and return its address."""
    open_ones, over = [], Event()

    def listen(answer: Callable[[socket.socket], None]) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        open_ones.append(server)

        def serve() -> None:
            while not over.is_set():
                with suppress(OSError):
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(1 << 16)
                        answer(connection)
                        connection.shutdown(socket.SHUT_WR)

        Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/in"

    yield listen
    over.set()
    for each in open_ones:
        each.close()


@pytest.mark.parametrize("name", ANSWERS)
def test_whatever_a_receiver_does_a_letter_is_over_in_time(listening, monkeypatch, name):
    monkeypatch.setattr(sending, "_TIMEOUT", 0.5)
    answer, status = ANSWERS[name]
    url, began = listening(answer), monotonic()
    assert post(url, b"{}", {"content-type": "application/json"}) == status
    assert monotonic() - began < 1.8


# --- several of them -----------------------------------------------------------------------------

FINE, DOWN = "https://fine.example.cn/in", "https://down.example.cn/in"


class Two:
    """A receiver that takes everything, and one that does not answer for some time."""

    def __init__(self) -> None:
        self.status = 0
        self.got: dict[str, list[str]] = {FINE: [], DOWN: []}
        self.tried = {FINE: 0, DOWN: 0}

    def __call__(self, url: str, body: bytes, headers: Any) -> int:
        self.tried[url] += 1
        status = 200 if url == FINE else self.status
        if status == 200:
            event = json.loads(body)
            self.got[url].append(f"{event['subject']} {event['sequence']}")
        return status


@pytest.fixture
def api(serve, tmp_path, monkeypatch) -> Served:
    monkeypatch.setattr(Outbox, "run", idle)
    hooks = [{"id": url[8:12], "url": url, "secret": "s"} for url in (DOWN, FINE)]
    (tmp_path / "hooks.json").write_text(json.dumps({"hooks": hooks}), encoding="utf-8")
    served: Served = serve("weihai", store="memory:", hooks=tmp_path / "hooks.json")
    served.app.state.service.outbox.post = Two()
    return served


def test_who_does_not_answer_costs_one_attempt_a_round_and_keeps_nobody_else_waiting(api):
    outbox = api.app.state.service.outbox
    for number in range(5):
        report(api, number)
    outbox.send()
    fine = outbox.post.got[FINE]
    assert len(fine) >= 10 and outbox.post.tried[DOWN] == 1
    outbox.send()
    assert outbox.post.tried[DOWN] == 2
    assert outbox.post.got[FINE] == fine, "who has it is not sent it again"
    outbox.post.status = 200
    for _ in range(3):
        api.clock.forward(hours=1)
        outbox.send()
    assert sorted(outbox.post.got[DOWN]) == sorted(fine)
    for case in {each.partition(" ")[0] for each in fine}:
        of_case = [each for each in outbox.post.got[DOWN] if each.startswith(case)]
        assert of_case == sorted(of_case), "those of a case come in their order"


def test_behind_many_letters_that_wait_others_are_sent(api, monkeypatch):
    monkeypatch.setattr(outboxes, "_AT_ONCE", 4)
    outbox = api.app.state.service.outbox
    for number in range(4):
        report(api, number)
    for _ in range(20):
        outbox.send()
    waiting = [row for _, row in outbox.service.default.desk.store.messages(100)]
    assert len(waiting) > 4, "more wait than are read at a time"
    assert len(outbox.post.got[FINE]) == len(waiting)


def test_what_goes_wrong_with_a_letter_does_not_end_all_sending(api, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(outboxes, "_PAUSE", 0.001)
    outbox = api.app.state.service.outbox
    tried: list[int] = []

    def failing() -> None:
        tried.append(1)
        raise KeyError("张三")

    monkeypatch.setattr(outbox, "send", failing)

    async def some_time() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(outbox.run(), 0.5)

    asyncio.run(some_time())
    assert len(tried) > 1
    said = [line for line in api.lines if line["event"] == "outbox-failed"]
    assert said[0]["error"] == "KeyError"
    assert "张三" not in str(said)
