"""Spans for a collector: what took how long, nothing about whom; and none where none is named."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from tests.web.conftest import bearer, tokens_file
from tests.web.test_decisions import SIGN
from tests.web.test_tenants import ACCUSED, EVERYTHING, SECRET

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector:
    """Takes spans over HTTP, as any collector does."""

    def __init__(self):
        self.raw: list[bytes] = []
        raw = self.raw

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self):
                assert self.path == "/v1/traces"
                raw.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self):
        found = []
        for each in self.raw:
            for resource in ExportTraceServiceRequest.FromString(each).resource_spans:
                for scope in resource.scope_spans:
                    found += scope.spans
        return found


@pytest.fixture
def collector():
    made = Collector()
    yield made
    made.server.shutdown()
    made.server.server_close()


def attributes(span):
    return {a.key: a.value.string_value or a.value.int_value for a in span.attributes}


def flush(api):
    api.app.state.service.tracing._provider.force_flush()


def test_requests_decisions_and_commands_are_told_and_nobody_is_named(serve, collector, tmp_path):
    rows = {"id": "甲平台", "token": "t0ken", "scopes": EVERYTHING}
    api = serve("weihai", store="memory:", otel=collector.url, tokens=tokens_file(tmp_path, rows))
    headers = bearer("t0ken")
    above = {**headers, "traceparent": f"00-{TRACE}-{PARENT}-01", "x-request-id": "张三-1".encode()}
    api.ask("/v1/decide", {"facts": SIGN}, headers=above)
    body = {
        "flow": "擅自安排工作查处",
        "as": "幸福社区",
        "key": "1",
        "facts": {"目标社区": "幸福社区"},
    }
    case = api.ask("/v1/cases", body, headers=headers)["case"]
    inputs = {"来文单位": ACCUSED, "事项": "商铺登记", "举报人": SECRET, "证据": f"{SECRET}所摄"}
    step = {"as": "幸福社区", "action": "反映", "key": "2", "inputs": inputs}
    api.ask(f"/v1/cases/{case}/actions", step, headers=headers)
    wrong = {**step, "action": SECRET, "key": "3"}
    assert api.post(f"/v1/cases/{case}/actions", json=wrong, headers=headers).status_code >= 400
    assert api.get(f"/v1/inbox/{SECRET}", headers=headers).status_code == 404
    assert api.get(f"/v1/{SECRET}", headers=headers).status_code == 404
    flush(api)
    spans = {span.name: span for span in collector.spans()}
    assert {"POST /v1/decide", "decide", "POST /v1/cases", "open", "act",
            "POST /v1/cases/{case}/actions", "GET /v1/inbox/{name}", "- -"} == set(spans)  # fmt: skip
    request, inner = spans["POST /v1/decide"], spans["decide"]
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, PARENT)
    assert inner.parent_span_id == request.span_id
    assert attributes(request)["http.response.status_code"] == 200
    assert attributes(inner)["zhunru.outcome"] == "refuse"
    assert attributes(spans["open"])["zhunru.state"] == "举报"
    # Neither what was asked nor who asked, neither the token nor where from, is in any of it.
    everything = b"".join(collector.raw)
    for text in (
        SECRET,
        ACCUSED,
        "幸福社区",
        "食品安全工作站",
        "甲平台",
        "t0ken",
        "张三",
        case,
        "127.0.0.1",
    ):
        assert text.encode() not in everything, text


def test_a_collector_that_is_away_is_said_and_holds_up_nothing(serve):
    api = serve("cert", otel="http://127.0.0.1:9")
    facts = {"主体": "alice", "动作": "read", "资源": "record-1"}
    assert api.ask("/v1/decide", {"facts": facts})["outcome"] == "admit"
    api.app.state.service.tracing._provider.shutdown()
    assert {line["event"] for line in api.lines} >= {"request", "tracing-failed"}


def test_what_is_left_when_the_service_stops_is_sent(serve, collector):
    api = serve("cert", otel=collector.url)
    api.ask("/v1/decide", {"facts": {"主体": "alice", "动作": "read", "资源": "record-1"}})
    api.app.state.service.tracing.close()
    assert "POST /v1/decide" in {span.name for span in collector.spans()}


def test_a_collector_that_takes_nothing_keeps_no_service_from_stopping(serve, monkeypatch):
    monkeypatch.setattr("zhunru.web.tracing._LAST", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it listens, and answers nothing
        api = serve("cert", otel=f"http://127.0.0.1:{silent.getsockname()[1]}")
        api.ask("/v1/decide", {"facts": {"主体": "alice", "动作": "read", "资源": "record-1"}})
        began = time.monotonic()
        api.app.state.service.tracing.close()
        assert time.monotonic() - began < 5


QUIET = """
import sys
from zhunru.web import Settings, create_app
from starlette.testclient import TestClient
with TestClient(create_app(Settings(sets={{"": ["{place}"]}}))) as api:
    assert api.get("/health").status_code == 200
    assert api.get("/v1/sets").status_code == 200
print(sorted(name for name in sys.modules if name.startswith("opentelemetry")))
"""


def test_without_an_address_nothing_is_even_loaded():
    from tests.web.conftest import place

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", QUIET.format(place=place("cert"))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
