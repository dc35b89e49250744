"""Pages are counted, told of in a line, and given up in time, as what the API answers is."""

from __future__ import annotations

import asyncio

from zhunru.web import Limits, Settings
from zhunru.web.calls import Table
from zhunru.web.front import Front
from zhunru.web.service import Service


def test_a_page_has_an_id_a_line_and_a_figure(serve):
    api = serve("weihai", pages=True)
    answer = api.get("/lists/entry?code=A01&set=x", headers={"accept": "text/html"})
    told = [line for line in api.lines if line["event"] == "request"]
    assert [line["route"] for line in told] == ["/lists/entry"], "where it is, and not who is meant"
    assert told[0]["status"] == answer.status_code and told[0]["bytes"] == len(answer.content)
    assert told[0]["request_id"] == answer.headers["x-request-id"]
    given = api.get("/lists", headers={"x-request-id": "mine-7"})
    assert (given.status_code, given.headers["x-request-id"]) == (200, "mine-7")
    assert api.get("/no-such-page").status_code == 404
    assert [(line["route"], line["status"]) for line in api.lines[-2:]] == [
        ("/lists", 200),
        ("-", 404),
    ]
    counted = api.get("/metrics").text
    assert 'zhunru_requests_total{route="/lists",status="200"} 1.0' in counted


def test_a_page_that_takes_too_long_is_given_up():
    lines, told = [], []
    limits = Limits(patience=0.05)
    service = Service(Settings(sets={"": ["weihai"]}, limits=limits, journal=lines.append))
    scope = {"type": "http", "method": "GET", "path": "/board", "query_string": b"", "headers": []}

    async def send(message):
        told.append(message)

    async def receive():
        return {"type": "http.request", "body": b""}

    async def ask(begun):
        async def page(scope, receive, send):
            if begun:
                await send({"type": "http.response.start", "status": 200, "headers": []})
            await asyncio.sleep(30)

        await Front(page, service, Table([]))(dict(scope), receive, send)

    asyncio.run(ask(begun=False))
    assert [each.get("status") for each in told] == [503, None] and b'"status":503' in lines[-1]
    told.clear()
    try:
        asyncio.run(ask(begun=True))
        raise AssertionError("what was begun cannot be answered anew: its connection has to end")
    except TimeoutError:
        assert [each["type"] for each in told] == ["http.response.start"]
    assert b'"status":200' in lines[-1] and service.figures.under_way == 0
