"""Commands over HTTP wait together: few writes for many, a time limit, a bound, a graceful end."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from tests.cases.test_hall import held

from zhunru.web import Settings, create_app
from zhunru.web.settings import Limits

BODY = {"flow": "擅自安排工作查处", "as": "幸福社区", "facts": {}}


def opened(api: Any, key: str) -> Any:
    return api.post("/v1/cases", json={**BODY, "key": key})


@pytest.fixture
def begin(serve, tmp_path):
    def start(**settings: Any) -> Any:
        api = serve("weihai", store=str(tmp_path / "cases.db"), **settings)
        api.tenant = api.app.state.service.default
        return api

    return start


def waiting(api: Any, count: int) -> bool:
    return len(api.tenant.hall._waiting) >= count


def test_many_at_once_share_few_writes(begin, monkeypatch):
    api = begin()
    sizes: list[int] = []
    store = api.tenant.office.store
    write_all = store.write_all

    def noted(works: Any) -> Any:
        found = write_all(works)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(store, "write_all", noted)
    with ThreadPoolExecutor(30) as pool:
        with held(store):
            asks = [pool.submit(opened, api, str(number)) for number in range(30)]
            # One is on its way already; all the others stand in line behind whoever writes.
            while not waiting(api, 30):
                Event().wait(0.001)
        answers = [each.result() for each in asks]
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["case"] for each in answers}) == 30
    assert sizes == [30]


def test_what_is_not_done_in_time_may_be_sent_again(begin):
    api = begin(limits=Limits(seconds=0.3))
    store = api.tenant.office.store
    with held(store):
        answer = opened(api, "1")
    assert (answer.status_code, answer.json()["code"]) == (503, "ZR793")
    first, second = opened(api, "1").json(), opened(api, "1").json()
    assert (first["case"], second["repeated"]) == (second["case"], True)
    found = api.get("/v1/cases", params={"flow": BODY["flow"]}).json()["cases"]
    assert len(found) == 1


def test_too_many_are_turned_away(begin):
    api = begin()
    api.tenant.hall._most = 2
    with ThreadPoolExecutor(3) as pool:
        with held(api.tenant.office.store):
            asks: list[Future[Any]] = []
            for number in range(2):
                asks.append(pool.submit(opened, api, str(number)))
                while not waiting(api, number + 1):
                    Event().wait(0.001)
            refused = opened(api, "3")
        assert [each.result().status_code for each in asks] == [201, 201]
    assert (refused.status_code, refused.json()["code"]) == (503, "ZR792")
    assert refused.headers["retry-after"] == "1"
    assert opened(api, "3").status_code == 201


def test_the_pages_go_in_by_the_hall_too(begin, monkeypatch):
    api = begin(pages=True)
    case = opened(api, "1").json()["case"]
    page = api.get(f"/cases/{case}")
    assert page.status_code == 200
    csrf = page.text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    asked: list[Any] = []
    act = api.tenant.hall.act

    async def noted(*given: Any, **named: Any) -> Any:
        asked.append(given)
        return await act(*given, **named)

    monkeypatch.setattr(api.tenant.hall, "act", noted)
    form = {"csrf": csrf, "as": "幸福社区", "action": "没有的动作", "key": "k", "version": "1"}
    refused = api.post(f"/cases/{case}", data=form)
    assert asked == [(case, "没有的动作")]
    assert refused.status_code == 409
    assert "没有的动作" in refused.text


def test_a_log_that_cannot_be_closed_keeps_nothing_else_open(begin, monkeypatch):
    api = begin()
    assert opened(api, "1").status_code == 201
    service, lines = api.app.state.service, []

    def full() -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(api.tenant.log, "close", full)
    monkeypatch.setattr(service.journal, "write", lines.append)
    api.portal.call(service.stop)
    assert [line["event"] for line in lines] == ["close-failed", "stopped"]
    assert not any(thread.is_alive() for thread in api.tenant.hall._threads)


def test_time_goes_on_after_whatever_went_wrong(monkeypatch):
    lines, turns = [], []
    settings = Settings(sets={"": ["weihai"]}, store="memory:", tick_seconds=0, pages=False)
    service = create_app(settings).state.service  # not started: nothing else lets time go on

    def tick(tenant: Any) -> None:
        turns.append(tenant.name)
        raise KeyError("张三") if len(turns) == 1 else asyncio.CancelledError

    monkeypatch.setattr(service, "tick", tick)
    monkeypatch.setattr(service.journal, "write", lines.append)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(service._tick(service.default))
    assert len(turns) == 2
    ((event, said),) = [(line["event"], line["error"]) for line in lines]
    assert event == "tick-failed"
    assert said.startswith("KeyError ") and "张三" not in said
