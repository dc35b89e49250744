"""Keys of an issuer at an address: rotated, unknown, away, slow, too large, and led elsewhere."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from tests.web.conftest import bearer as presented
from tests.web.test_bearer import AUDIENCE, ISSUER, keys, token

from zhunru.errors import RequestRejected
from zhunru.web import bearer


class Issuer:
    """An issuer whose answer tests choose."""

    def __init__(self):
        self.asked = 0
        self.answer = lambda handler: self.keys(handler, keys())
        issuer = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked += 1
                issuer.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.server.daemon_threads = True
        self.gone = self.server.gone = Event()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/jwks"
        Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def keys(handler, found, more=b""):
        Issuer.body(handler, json.dumps({"keys": found}).encode() + more)

    @staticmethod
    def body(handler, body, status=200, **headers):
        handler.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def issuer():
    made = Issuer()
    yield made
    made.gone.set()
    made.server.shutdown()
    made.server.server_close()


class Ticking:
    """Seconds that pass as tests say; `real`: as they really do, too."""

    def __init__(self):
        self.ahead = 0.0
        self.real = False

    def __call__(self):
        return self.ahead + (time.monotonic() if self.real else 0.0)


@pytest.fixture
def clock(monkeypatch):
    made = Ticking()
    monkeypatch.setattr(bearer, "_now", made)
    return made


@pytest.fixture
def waiting(monkeypatch, clock):
    """Say how long answers are waited for: hardly, where none comes, else as it is."""

    def wait(how=""):
        clock.real = clock.real or how == "drop by drop"
        monkeypatch.setattr(bearer, "_WAIT", 0.4 if how in ENDLESS else _WAIT)

    return wait


_WAIT = bearer._WAIT


@pytest.fixture
def api(serve, issuer, clock, tmp_path):
    return serve("cert", issuers=issuers_file(tmp_path, issuer.url))


def issuers_file(folder, place):
    row = {"issuer": ISSUER, "audience": AUDIENCE, "jwks": place, "scopes": {"judge": ["decide"]}}
    path = folder / "issuers.json"
    path.write_text(json.dumps({"issuers": [row]}), encoding="utf-8")
    return path


def status(api, text):
    return api.get("/v1/sets", headers=presented(text)).status_code


def test_keys_are_fetched_once_and_anew_after_a_while(api, issuer, clock):
    for _ in range(5):
        assert status(api, token()) == 200
    assert issuer.asked == 1
    clock.ahead += 301
    assert status(api, token()) == 200
    assert issuer.asked == 2


def test_a_key_that_is_new_counts_at_once_and_one_that_is_gone_soon_no_more(api, issuer, clock):
    only = {kid: [key for key in keys() if key["kid"] == kid] for kid in "re"}
    issuer.answer = lambda handler: issuer.keys(handler, only["r"])
    assert status(api, token("RS256")) == 200
    issuer.answer = lambda handler: issuer.keys(handler, only["e"])
    clock.ahead += 11
    assert status(api, token("ES256")) == 200
    assert issuer.asked == 2
    assert status(api, token("RS256")) == 401


def test_who_makes_up_keys_does_not_have_the_issuer_asked_each_time(api, issuer, clock):
    assert status(api, token()) == 200
    clock.ahead += 11
    for number in range(20):
        assert status(api, token(head={"kid": f"made-up-{number}"})) == 401
    assert issuer.asked == 2
    assert status(api, token()) == 200


def test_many_who_come_at_once_have_the_keys_fetched_once(api, issuer):
    going = Event()

    def late(handler):
        going.wait(30)
        issuer.keys(handler, keys())

    issuer.answer = late
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(status, api, token()) for _ in range(4)]
        time.sleep(0.3)  # whoever has not come by then finds the keys there
        going.set()
        assert [answer.result() for answer in answers] == [200] * 4
    assert issuer.asked == 1


def drip(handler):
    handler.send_response(200)
    handler.end_headers()
    try:
        while not handler.server.gone.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()
    except OSError:
        pass  # nobody listens any more: that is what is wanted


AWAY = {
    "an error": lambda handler: Issuer.body(handler, b"", 503),
    "no JSON": lambda handler: Issuer.body(handler, b"<html>"),
    "no keys": lambda handler: Issuer.body(handler, b'{"keys": 7}'),
    "deep JSON": lambda handler: Issuer.body(handler, b"[" * 60_000),
    "too large": lambda handler: Issuer.keys(handler, keys(), b" " * (1 << 17)),
    "no answer": lambda handler: handler.server.gone.wait(),
    "drop by drop": drip,
    "cut off": lambda handler: Issuer.body(handler, b"{", **{"content-length": "900"}),
    "led elsewhere": lambda handler: Issuer.body(handler, b"", 302, location="/other"),
}


# Whoever waits for these to the end waits for as long as the test lasts.
ENDLESS = {"no answer", "drop by drop"}


@pytest.mark.parametrize("how", AWAY)
def test_an_issuer_that_is_away_lets_nobody_new_in_and_keeps_nobody_waiting(
    api, issuer, clock, waiting, how
):
    issuer.answer = AWAY[how]
    waiting(how)
    for _ in range(5):
        assert status(api, token()) == 401
    assert issuer.asked == 1
    issuer.answer = lambda handler: issuer.keys(handler, keys())
    waiting()
    clock.ahead += 11
    assert status(api, token()) == 200


@pytest.mark.parametrize("how", ["an error", "too large", "no answer"])
def test_while_it_is_away_its_keys_count_for_an_hour_and_no_longer(
    api, issuer, clock, waiting, how
):
    assert status(api, token()) == 200
    issuer.answer = AWAY[how]
    waiting(how)
    clock.ahead += 3_000
    assert status(api, token()) == 200
    clock.ahead += 700
    assert status(api, token()) == 401


@pytest.mark.parametrize("place", ["http://id.example.cn/jwks", "ftp://id.example.cn/jwks"])
def test_keys_come_over_no_open_line(serve, tmp_path, place):
    with pytest.raises(RequestRejected):
        serve("cert", issuers=issuers_file(tmp_path, place))
