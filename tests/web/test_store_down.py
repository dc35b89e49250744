"""A store that does not answer: callers are told that, whoever looks after it is told the rest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from tests.web.conftest import SETS, Served, serving

from zhunru.store.failures import failure
from zhunru.web.standing import ready

PLACE, SAID = "user=zhunru host=10.2.3.4", "password authentication failed"
QUESTION = {
    "subject": {"type": "unit", "id": "区市场监管局"},
    "action": {"name": "反诈应用推广"},
    "resource": {"type": "community", "id": "幸福社区"},
}


@pytest.fixture(scope="module")
def api() -> Iterator[Served]:
    with serving() as start:
        yield start("weihai", store="memory:", pages=True)


@pytest.fixture(params=["ZR851", "ZR854", "ZR863"])
def down(request: Any, api: Served, monkeypatch: pytest.MonkeyPatch) -> str:
    def fail(*_: Any, **__: Any) -> Any:
        raise failure(request.param, address=PLACE, reason=SAID)

    store = api.app.state.service.tenants[""].office.store  # type: ignore[attr-defined]
    for name in ("next_due", "read", "find_cases", "count_cases", "write", "bundles", "newest_ids"):
        monkeypatch.setattr(store, name, fail)
    api.lines.clear()
    return str(request.param)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/ready", None),
        ("GET", "/v1/cases", None),
        ("GET", "/v1/inbox/幸福社区", None),
        ("GET", "/v1/stats", None),
        ("POST", "/access/v1/evaluation", QUESTION),
        ("GET", "/cases", None),
    ],
)
def test_where_a_store_is_and_what_it_says_is_told_in_our_lines_only(
    api: Served, down: str, method: str, path: str, body: Any
) -> None:
    for language in ("zh", "en"):
        answer = api.request(method, path, json=body, headers={"accept-language": language})
        assert answer.status_code == 503
        assert "10.2.3.4" not in answer.text and "authentication" not in answer.text
        if answer.headers["content-type"] == "application/problem+json":
            assert answer.json()["code"] == down
    said = [line for line in api.lines if line["event"] == "store-failed"]
    assert len(said) == 2 and all(SAID in each["error"] for each in said)


def test_what_needs_no_store_goes_on(api: Served, down: str) -> None:
    assert api.get("/health").status_code == 200
    facts = {"来文单位": "区市场监管局", "类别": "系统应用", "事项": "反诈应用推广"}
    assert api.ask("/v1/decide", {"facts": facts})["outcome"] == "refuse"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Served]:
    with serving() as start:
        sets = {"甲": [str(SETS / "cert")], "乙": [str(SETS / "cert")]}
        yield start(sets=sets, store=str(tmp_path / "{tenant}.db"))


def break_down(api: Served, *names: str) -> list[str]:
    """Let stores of tenants fail; return what takes the names of those that are asked."""
    asked: list[str] = []
    for name, tenant in api.app.state.service.tenants.items():  # type: ignore[attr-defined]

        def due(name: str = name) -> None:
            asked.append(name)
            if name in names:
                raise failure("ZR851", address=PLACE, reason=SAID)

        tenant.office.store.next_due = due
    return asked


def test_one_store_that_is_down_takes_nobody_else_out_of_service(two: Served) -> None:
    asked = break_down(two, "甲")
    assert [two.get(f"{at}/ready").status_code for at in ("", "/t/甲", "/t/乙")] == [200, 503, 200]
    assert two.get("/t/丙/ready").status_code == 404
    asked.clear()
    assert two.get("/ready").status_code == 200 and asked == ["乙"], "who answers is asked first"
    break_down(two, "甲", "乙")
    assert [two.get(f"{at}/ready").status_code for at in ("", "/t/甲", "/t/乙")] == [503] * 3
    break_down(two)
    assert [two.get(f"{at}/ready").status_code for at in ("", "/t/甲", "/t/乙")] == [200] * 3


def test_two_looks_at_once_each_ask_every_store() -> None:
    """甲 is down, and 乙 slow to answer another look that began while 甲 was asked."""
    begun, go_on = Event(), Event()

    def down() -> None:
        if not begun.is_set():
            other.start()
            assert begun.wait(60)
        raise failure("ZR851", address=PLACE, reason=SAID)

    def slow() -> None:
        if not begun.is_set():
            begun.set()
            assert go_on.wait(60)

    stores = [SimpleNamespace(next_due=each) for each in (down, slow)]
    call: Any = SimpleNamespace(
        path="/ready",
        service=SimpleNamespace(
            ready=True,
            stopping=False,
            settings=SimpleNamespace(store="{tenant}.db"),
            waiting_for=tuple(SimpleNamespace(desk=SimpleNamespace(store=s)) for s in stores),
        ),
    )
    other = Thread(target=ready, args=(call,))
    assert ready(call).status == 200
    go_on.set()
    other.join()


def test_a_store_that_hangs_holds_up_one_look_and_not_the_next(two: Served) -> None:
    asked = break_down(two)
    assert two.get("/ready").status_code == 200
    go_on, tenants = Event(), two.app.state.service.tenants  # type: ignore[attr-defined]
    tenants[asked[0]].office.store.next_due = lambda: go_on.wait(60)
    slow = Thread(target=two.get, args=("/ready",))
    slow.start()
    until = time.monotonic() + 60
    while two.app.state.service.waiting_for[0].name == asked[0]:  # type: ignore[attr-defined]
        assert time.monotonic() < until
        time.sleep(0.01)
    assert two.get("/ready").status_code == 200
    go_on.set()
    slow.join()
