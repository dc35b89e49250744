"""The way in: bounds, ids, lines without facts, figures; and that nothing comes out as a trace."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from pathlib import Path
from threading import Event
from urllib.parse import quote

import pytest
from tests.web.conftest import SETS, bearer, tokens_file

from zhunru.codes import CODES
from zhunru.errors import RequestRejected
from zhunru.web import Limits, Settings
from zhunru.web import serve as run_service
from zhunru.web.front import preferred
from zhunru.web.problems import MEDIA

ASK = "/access/v1/evaluation"


def test_what_is_not_there_and_what_cannot_be_done_there(serve):
    api = serve("cert")
    absent = api.get("/v1/nothing")
    assert (absent.status_code, absent.json()["code"]) == (404, "ZR884")
    for path in ("/nothing", "/health/"):
        nothing = api.get(path, headers={"accept-language": "en"})
        told = nothing.json()
        assert (nothing.status_code, told["code"]) == (404, "ZR884")
        assert told["request_id"] == nothing.headers["x-request-id"]
        assert nothing.headers["content-language"] == "en" and "there is nothing" in told["detail"]
    # As an AuthZEN address tells all errors: in a sentence, unless more is asked for.
    assert api.get(ASK).headers["content-type"] == "text/plain; charset=utf-8"
    wrong = api.get(ASK, headers={"accept": "application/problem+json"})
    assert (wrong.status_code, wrong.json()["code"]) == (405, "ZR885")
    assert wrong.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["/health", "/ready", "/v1/sets", "/openapi.json", "/problems/ZR201", "/v1/none"]
)
def test_who_asks_for_the_head_gets_the_head_alone(serve, path):
    api = serve("cert")
    whole, head = api.get(path), api.head(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    for name in ("content-type", "content-length"):
        assert head.headers[name] == whole.headers[name]
    assert "HEAD" in api.put("/health").headers["allow"]
    assert api.head("/v1/decide").status_code == 405


@pytest.mark.parametrize("path", ["/v1/decide", "/v1/decide/batch", ASK, "/v1/submissions"])
def test_a_packed_body_is_refused_as_what_it_is(serve, path):
    api = serve("cert")
    packed = gzip.compress(b'{"facts": {}}')
    media = "application/x-ndjson" if path.endswith("batch") else "application/json"
    headers = {"content-encoding": "gzip", "content-type": media, "accept": MEDIA}
    answer = api.post(path, content=packed, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "ZR773")
    assert answer.headers["accept-encoding"] == "identity"
    plain = {**headers, "content-encoding": "identity"}
    assert api.post(path, content=b"{}", headers=plain).status_code != 415


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/decide", 415), ("/v1/decide/batch", 415), (ASK, 400)]
)
def test_what_is_of_another_type_is_refused_as_that(serve, path, status):
    """AuthZEN has a status of its own for all that is wrong with a request."""
    api = serve("cert")
    answer = api.post(path, content=b"{}", headers={"content-type": "text/csv", "accept": MEDIA})
    assert (answer.status_code, answer.json()["code"]) == (status, "ZR887")
    told = api.get("/openapi.json").json()["paths"][path]["post"]["responses"]
    assert {"400", "415"} <= set(told)


def test_a_request_is_bounded_in_size_and_depth(serve):
    api = serve("cert", limits=Limits(body=2_000, depth=8))
    large = api.post("/v1/decide", json={"facts": {"主体": "x" * 3_000}})
    assert (large.status_code, large.json()["code"]) == (413, "ZR886")

    def pieces():
        for _ in range(100):
            yield b" " * 100

    unsaid = api.post("/v1/decide", content=pieces(), headers={"content-type": "application/json"})
    assert (unsaid.status_code, unsaid.json()["code"]) == (413, "ZR886")
    deep = "[" * 40 + "]" * 40
    nested = api.post(
        "/v1/decide", content=f'{{"facts":{deep}}}', headers={"content-type": "application/json"}
    )
    assert (nested.status_code, nested.json()["code"]) == (400, "ZR886")


def in_pieces(api, path, pieces, media="application/json", wait=0.0):
    """Send a body piece by piece; return what was answered, and how many pieces were taken."""
    told, taken = [], []

    async def receive():
        await asyncio.sleep(wait)
        taken.append(len(taken))
        if len(taken) > len(pieces):
            return {"type": "http.disconnect"}
        more = len(taken) < len(pieces) or pieces[-1] == b""
        return {"type": "http.request", "body": pieces[len(taken) - 1], "more_body": more}

    async def send(message):
        told.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": [(b"content-type", media.encode())], "scheme": "http",
        "root_path": "", "server": ("localhost", 80), "client": ("localhost", 1),
    }  # fmt: skip
    asyncio.run(asyncio.wait_for(api.app(scope, receive, send), 60))
    body = b"".join(message.get("body", b"") for message in told[1:])
    return (told[0]["status"] if told else None), body, len(taken)


LINES = "application/x-ndjson"


def test_a_body_that_comes_in_pieces_is_put_together_within_its_bounds(serve):
    api = serve("cert", limits=Limits(body=2_000, stream=2_000))
    text = json.dumps({"facts": {"主体": "alice", "动作": "read"}}).encode()
    status, body, taken = in_pieces(api, "/v1/decide", [text[:9], text[9:20], text[20:]])
    assert (status, json.loads(body)["outcome"], taken) == (200, "admit", 3)
    status, body, taken = in_pieces(api, "/v1/decide", [b" " * 900] * 50)
    assert (status, json.loads(body)["code"], taken) == (413, "ZR886", 3)
    status, body, taken = in_pieces(api, "/v1/decide/batch", [b" " * 900] * 50, LINES)
    assert (status, json.loads(body)["code"], taken) == (413, "ZR886", 3)


@pytest.mark.parametrize("told", [True, False])
def test_a_batch_whose_length_is_told_is_answered_when_all_of_it_is_here(serve, told):
    """Proxies send no more once an answer begins, and many libraries read none before they have
    sent everything: whoever waits for the other waits for ever."""
    api = serve("cert")
    line = b'{"\xe4\xb8\xbb\xe4\xbd\x93": "alice", "\xe5\x8a\xa8\xe4\xbd\x9c": "read"}\n'
    pieces, sent, begun = [line * 20_000] * 4, [], []

    async def receive():
        begun.append(bool(sent))
        await asyncio.sleep(0)
        more = len(begun) < len(pieces)
        return {"type": "http.request", "body": pieces[len(begun) - 1], "more_body": more}

    async def send(message):
        sent.append(message)

    length = [(b"content-length", b"%d" % sum(map(len, pieces)))] if told else []
    path = "/v1/decide/batch"
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": [(b"content-type", LINES.encode()), *length],
        "scheme": "http", "root_path": "", "server": ("localhost", 80), "client": ("localhost", 1),
    }  # fmt: skip
    asyncio.run(asyncio.wait_for(api.app(scope, receive, send), 60))
    assert len(begun) == 4 and begun[-1] is not told
    answered = b"".join(message.get("body", b"") for message in sent[1:]).splitlines()
    assert len(answered) == 80_000 and json.loads(answered[-1])["line"] == 80_000
    assert json.loads(answered[-1])["outcome"] == "admit"


@pytest.mark.parametrize(
    ("path", "media"), [("/v1/decide", "application/json"), ("/v1/decide/batch", LINES)]
)
def test_who_goes_away_in_the_middle_of_a_body_is_asked_nothing_more(serve, path, media):
    api = serve("cert")
    status, _, taken = in_pieces(api, path, [b'{"facts":', b""], media)
    assert (status, taken) == (None, 3)
    assert api.lines[-1]["status"] == 499
    assert api.get("/v1/sets").status_code == 200


def test_a_body_is_waited_for_so_long_and_no_longer(serve):
    api = serve("cert", limits=Limits(seconds=0.05))
    status, body, _ = in_pieces(api, "/v1/decide", [b" "] * 9_000, wait=0.01)
    assert (status, json.loads(body)["code"]) == (408, "ZR793")


def test_so_many_questions_in_one_request_and_no_more(serve):
    api = serve("cert", limits=Limits(evaluations=3))
    body = {"evaluations": [{}] * 4}
    assert api.post("/access/v1/evaluations", json=body).status_code == 413
    assert len(api.ask("/access/v1/evaluations", {"evaluations": [{}] * 3})["evaluations"]) == 3


def test_numbers_come_in_exactly(serve):
    api = serve("national")
    headers = {"content-type": "application/json"}
    for text in ('{"facts": {"a": 1, "a": 2}}', '{"facts": {"a": 1e999}}', '{"facts": NaN}'):
        assert api.post("/v1/decide", content=text, headers=headers).status_code == 400
    from decimal import Decimal

    from zhunru.web.reading import read_json

    assert read_json(b'{"a": 0.1, "b": 12345678901234567890, "c": "1.5"}', 5) == {
        "a": Decimal("0.1"),
        "b": 12345678901234567890,
        "c": "1.5",
    }


def test_a_caller_asks_so_often_and_no_more(serve):
    api = serve("cert", limits=Limits(rate=2, burst=3))
    answers = [api.get("/v1/sets").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert int(api.get("/v1/sets").headers["retry-after"]) >= 1
    api.clock.forward(seconds=1)
    assert [api.get("/v1/sets").status_code for _ in range(3)] == [200, 200, 429]


def test_lines_hold_no_fact_and_no_token(serve, tmp_path):
    tokens = tokens_file(tmp_path, {"id": "a", "token": "very-secret", "scopes": ["decide"]})
    api = serve("weihai", tokens=tokens)
    facts = {"来文单位": "区市场监管局", "事项": "张三举报李四"}
    for path, body in (
        ("/v1/decide", {"facts": facts}),
        ("/v1/decide", {"facts": {"类别": "张三"}}),
    ):
        api.post(path, json=body, headers=bearer("very-secret"))
    api.post("/v1/decide/张三", json={}, headers=bearer("very-secret"))
    written = json.dumps(api.lines, ensure_ascii=False)
    assert len(api.lines) == 3
    assert "张三" not in written and "very-secret" not in written and "市场" not in written
    assert {"method", "route", "status", "ms", "request_id"} <= set(api.lines[0])


def test_a_mistake_of_ours_is_a_reference_and_nothing_else(serve, monkeypatch):
    api = serve("cert")

    def broken(*_):
        raise RuntimeError("the secret is 张三")

    monkeypatch.setattr("zhunru.web.deciding.explained", broken)
    answer = api.post("/v1/decide", json={"facts": {}}, headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (500, "ZR901")
    assert "张三" not in answer.text and "Traceback" not in answer.text
    assert "张三" not in json.dumps(api.lines, ensure_ascii=False)


def test_what_takes_too_long_is_given_up(serve, monkeypatch):
    api = serve("cert", limits=Limits(seconds=0.05))
    told = Event()
    monkeypatch.setattr("zhunru.web.catalogue.written_lists", lambda policy: told.wait(60) and [])
    answer = api.get("/v1/sets/认证/lists")
    told.set()
    assert (answer.status_code, answer.json()["code"]) == (503, "ZR793")


def test_what_the_service_cannot_wait_for_when_it_stops_may_be_asked_again(serve, monkeypatch):
    api = serve("cert")
    begun, told = Event(), Event()
    sent = []

    def slow(policy):
        begun.set()
        told.wait(60)
        return []

    async def cut_off():
        task = asyncio.ensure_future(api.app(scope, receive, send))
        await asyncio.to_thread(begun.wait, 60)
        task.cancel("stopping")
        await task
        told.set()

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    monkeypatch.setattr("zhunru.web.catalogue.written_lists", slow)
    path = "/v1/sets/认证/lists"
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": quote(path).encode(),
        "query_string": b"", "headers": [], "scheme": "http", "root_path": "",
        "server": ("localhost", 80), "client": ("localhost", 1),
    }  # fmt: skip
    asyncio.run(cut_off())
    head, body = sent
    assert head["status"] == 503
    assert json.loads(body["body"])["code"] == "ZR793"
    assert [line["status"] for line in api.lines if line["event"] == "request"] == [503]


def test_what_goes_through_a_whole_set_is_given_its_time(serve, tmp_path):
    limits = Limits(seconds=0.001, patience=60)
    api = serve("cert", limits=limits, drafts=tmp_path / "drafts")
    text = (SETS / "cert" / "cert.policy").read_text(encoding="utf-8")
    answer = api.post("/v1/drafts", json={"files": {"认证.policy": text}})
    assert answer.status_code == 201, answer.text


def test_alive_and_ready_and_counted(serve):
    api = serve("cert")
    assert api.get("/health").json() == {"status": "ok"}
    assert api.get("/ready").json() == {"status": "ready"}
    api.ask("/v1/decide", {"facts": {"主体": "alice", "动作": "read"}})
    text = api.get("/metrics").text
    assert 'zhunru_requests_total{route="/v1/decide",status="200"} 1.0' in text
    assert 'zhunru_decisions_total{outcome="admit",set="认证"} 1.0' in text
    api.app.state.service.stopping = True
    assert api.get("/ready").status_code == 503


def test_no_answer_may_be_taken_for_a_page(serve):
    headers = serve("cert").get("/health").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US", "en"), ("fr", "zh"), ("en;q=0.1,zh;q=x", "en"),
     ("*", "zh"), ("", "zh")],
)  # fmt: skip
def test_the_language_is_the_one_wanted_most(wanted, language):
    assert preferred(wanted, "zh") == language


def test_an_id_that_could_break_a_header_is_not_taken_over(serve):
    api = serve("cert")
    for given in ("a b", "x" * 300):
        answer = api.get("/health", headers={"x-request-id": given})
        assert answer.headers["x-request-id"] != given


def test_without_tokens_only_this_machine_is_served():
    with pytest.raises(RequestRejected) as refused:
        run_service(Settings(sets={"": ["weihai"]}), host="0.0.0.0")
    assert refused.value.diagnostics[0].code == "ZR878"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"base_url": "qu.example.cn"}, "--base-url qu.example.cn"),
        ({"base_url": "https://qu.example.cn/zhunru?a=1"}, "要写全"),
        ({"base_url": "http://[qu"}, "要写全"),
        ({"otel": "localhost:4318"}, "--otel localhost:4318"),
        ({"open311": ("热线工单",)}, "--open311"),
        ({"hooks": Path("hooks.json")}, "--store"),
    ],
)
def test_what_could_never_be_reached_or_kept_is_told_before_anybody_asks(serve, wrong, said):
    with pytest.raises(RequestRejected) as refused:
        serve("weihai", **wrong)
    (found,) = refused.value.diagnostics
    assert found.code == "ZR875" and said in found.zh


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{", "ZR875", "不是对应表的格式"),
        ('{"decision": "没有这个判定"}', "ZR706", "没有这个判定"),
        ('{"subject": {"id": "来文机关"}}', "ZR875", "规则集“威海减负”没有“来文机关”这一栏"),
        ('{"subject": {"name": "来文单位"}}', "ZR875", "subject 不收“name”"),
        ('{"entites": {}}', "ZR875", "entites"),
    ],
)
def test_a_mapping_that_does_not_fit_the_set_stops_the_start(serve, tmp_path, text, code, said):
    file = tmp_path / "authzen.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RequestRejected) as refused:
        serve("weihai", mapping=file)
    (found,) = refused.value.diagnostics
    assert found.code == code and said in found.zh


def test_one_mapping_for_several_sets_need_not_fit_each(serve):
    mapping = SETS / "cert" / "authzen.json"
    with pytest.raises(RequestRejected):
        serve("weihai", "national", mapping=mapping)
    api = serve("cert", "weihai", mapping=mapping)
    asked = {"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}}
    asked["resource"] = {"type": "record", "id": "1"}
    answer = api.post("/access/v1/evaluation", json=asked)
    assert answer.json()["decision"] is True
    assert api.post("/v1/decide", json={"set": "威海减负", "facts": {}}).status_code == 200


def test_every_endpoint_is_in_the_document(serve):
    from zhunru.web.app import endpoints

    data = serve("cert").get("/openapi.json").json()
    assert data["openapi"].startswith("3.1")
    stated = {(m.upper(), path) for path, each in data["paths"].items() for m in each}
    assert stated == {(each.method, each.path) for each in endpoints()}
    for each in endpoints():
        operation = data["paths"][each.path][each.method.lower()]
        assert operation["summary"] and operation["responses"]


def test_makers_of_clients_can_read_what_each_list_is_of(serve):
    """They leave out whole answers, as openapi-python-client does, where a schema may be a list and
    does not say of what, or says so by a truth value."""

    def lists(schema):
        if isinstance(schema, dict):
            kind = schema.get("type")
            if "array" in (kind if isinstance(kind, list) else [kind]):
                yield schema
        parts = schema.values() if isinstance(schema, dict) else schema
        for part in parts if isinstance(schema, dict | list) else ():
            yield from lists(part)

    data = serve("cert").get("/openapi.json").json()
    found = list(lists(data))
    assert len(found) > 50
    for each in found:
        told = [each[name] for name in ("items", "prefixItems") if name in each]
        assert told and not any(isinstance(part, bool) for part in told), each


@pytest.mark.parametrize(
    "path", ["/v1/decide", ASK, "/open311/v2/services/x.json", "/open311/v2/services/x.xml"]
)
def test_what_is_wrong_is_first_in_the_document_as_it_is_told_unasked(serve, path):
    """Clients made of the document read by the first form, and do not say which they accept."""
    api = serve("cert")
    method = "get" if "open311" in path else "post"
    answer = api.request(method, path, json=None if method == "get" else {"没有的项": 1})
    place = path.replace("/x.", "/{code}.")
    told = api.get("/openapi.json").json()["paths"][place][method]["responses"]
    media = answer.headers["content-type"].partition(";")[0]
    assert answer.status_code >= 400
    assert next(iter(told[str(answer.status_code)]["content"])) == media


def test_the_document_names_all_that_a_drawing_or_a_report_may_be(serve):
    from zhunru.web.app import endpoints

    api = serve("weihai")
    for path, flow in (("/v1/sets/{set}/workflows/{flow}", "网格事项"), ("/v1/reports", "")):
        stated = api.get("/openapi.json").json()["paths"][path]["get"]
        (form,) = (e["schema"] for e in stated["parameters"] if e["name"] == "format")
        named = set(stated["responses"]["200"]["content"])
        if flow:
            place = path.format(set="威海减负", flow=flow)
            answers = [api.get(place, params={"format": each}) for each in form["enum"]]
            assert {a.headers["content-type"].partition(";")[0] for a in answers} == named
        else:
            assert len(named) == len(form["enum"])
    assert sum(bool(each.others) for each in endpoints()) == 2


def test_the_page_of_every_code_reads_without_a_case_at_hand(serve):
    api = serve("cert")
    for code in CODES.values():
        told = api.get(f"/problems/{code.id}").json()
        for language in ("zh", "en"):
            message, helping, why = (told[language][name] for name in ("message", "help", "why"))
            for text in (message, helping, why):
                assert text.strip(), code.id
                assert not re.search(r"{\w*}", text), f"{code.id}: {text}"
                assert "……" not in text and "{{" not in text, f"{code.id}: {text}"
    told = api.get("/problems/ZR701").json()["zh"]
    assert told["message"] == "表单“…”没有“…”这一栏"
