"""Requests that keep a processor busy for seconds: nobody else waits behind them."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import Any

import pytest
from tests.web.conftest import SETS

from zhunru.web import publishing
from zhunru.web.answers import as_json

MANY = 40  # more than a machine has threads for requests
FILES = {"files": {"认证.policy": (SETS / "cert" / "cert.policy").read_text(encoding="utf-8")}}
ASKED = {
    "subject": {"type": "user", "id": "alice"},
    "action": {"name": "read"},
    "resource": {"type": "record", "id": "record-1"},
}


def test_drafts_that_are_handed_in_keep_nobody_waiting(
    serve: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, at_once, most = Event(), [], [0]

    def slow(call: Any) -> Any:
        at_once.append(1)
        most[0] = max(most[0], len(at_once))
        go_on.wait(60)
        at_once.pop()
        return as_json({"drafts": []})

    # In the place of what a large draft takes.
    (place,) = [each for each in publishing.ENDPOINTS if each.handler is publishing.add]
    assert place.heavy
    object.__setattr__(place, "handler", slow)
    try:
        api = serve("cert", store=str(tmp_path / "cases.db"), drafts=tmp_path / "drafts")
        threads = [Thread(target=_hand_in, args=(api,)) for _ in range(MANY)]
        for each in threads:
            each.start()
        while len(at_once) < 2:
            time.sleep(0.01)
        began = time.monotonic()
        for _ in range(3):
            assert api.ask("/access/v1/evaluation", ASKED)["decision"] is True
            assert api.get("/ready").status_code == 200
            assert api.get("/v1/drafts").status_code == 200
        assert time.monotonic() - began < 15
        go_on.set()
        for each in threads:
            each.join()
    finally:
        go_on.set()
        object.__setattr__(place, "handler", publishing.add)
    assert most[0] == 2


def _hand_in(api: Any) -> None:
    api.__class__.__mro__[1].request(api, "POST", "/v1/drafts", json=FILES)
