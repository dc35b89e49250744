"""Several things applied for at once, and being called back about what came of them."""

from __future__ import annotations

import hmac
import json
import socket
import threading
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from tests.web.conftest import bearer, tokens_file
from tests.web.test_access_requests import KIND, STEP, STREET, denial_of, question

from zhunru.errors import RequestRejected
from zhunru.web import sending

BACK = "https://pep.example.com/back"
MATTERS = ("反诈宣传进社区", "商户摸排", "安全检查表")


@pytest.fixture
def start(serve, tmp_path):
    def made(store="memory:", clock=None, callbacks=(), listed=True, **more):
        path = tmp_path / "hooks.json"
        rows = [*([{"endpoint": BACK, "secret": "s3cret"}] if listed else ()), *callbacks]
        path.write_text(json.dumps({"hooks": [], "callbacks": rows}), encoding="utf-8")
        base = "https://pdp.example.com"
        pdp = serve("weihai", store=store, clock=clock, hooks=path, base_url=base, **more)
        pdp.outbox = pdp.app.state.service.outbox
        pdp.called = []
        pdp.status = 200

        def post(url, body, headers):
            pdp.called.append((url, json.loads(body), {**headers, "body": body}))
            return pdp.status

        pdp.outbox.post_outside = post
        return pdp

    return made


@pytest.fixture
def outside(monkeypatch):
    """Every name leads to the public internet."""
    monkeypatch.setattr(sending.socket, "getaddrinfo", leading_to("93.184.216.34"))


def leading_to(*addresses):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]
    return lambda *_, **__: found


def item_of(pdp, matter, **headers):
    asked = question(matter=matter)
    context = pdp.ask("/access/v1/evaluation", asked, **headers)["context"]
    return {"resource": asked["resource"], "action": asked["action"], "denial": denial_of(context)}


def submission(pdp, matters=MATTERS, **more):
    items = [item_of(pdp, matter) for matter in matters]
    body = {"subject": question()["subject"], "context": {}, "items": items,
            "requested_access": {"zhunru": STEP}}  # fmt: skip
    return {**body, **more}


def submit(pdp, body, key="k-1"):
    return pdp.post("/access/v1/requests", json=body, headers={"Idempotency-Key": key})


def place_of(answer):
    assert answer.status_code == 202, answer.text
    return answer.json()["task"]["status_endpoint"].removeprefix("https://pdp.example.com")


def settle(pdp, number, action, **inputs):
    """Let the street settle one of the cases, in the order in which they were opened."""
    cases = pdp.get("/v1/cases", params={"flow": "社区工作准入"}).json()["cases"]
    case = next(each["case"] for each in cases if MATTERS[number] in str(facts_of(pdp, each)))
    body = {"as": STREET, "action": action, "key": f"{number}{action}", "inputs": inputs}
    pdp.ask(f"/v1/cases/{case}/actions", body)


def facts_of(pdp, case):
    return pdp.get(f"/v1/cases/{case['case']}").json()


def test_several_are_opened_together_and_each_comes_to_its_own_end(start):
    pdp = start()
    place = place_of(submit(pdp, submission(pdp)))
    task = pdp.get(place).json()["task"]
    assert task["status"] == "pending"
    assert [each["action"]["name"] for each in task["items"]] == list(MATTERS)
    assert {each["status"] for each in task["items"]} == {"pending"}
    settle(pdp, 0, "同意", 经费到位=True, 资金来源="部门预算")
    settle(pdp, 1, "不同意", 理由="没有必要")
    told = pdp.get(place).json()
    assert told["task"]["status"] == "pending"
    assert [e["status"] for e in told["task"]["items"]] == ["approved", "denied", "pending"]
    settle(pdp, 2, "同意", 经费到位=True, 资金来源="部门预算")
    told = pdp.get(place).json()
    assert told["task"]["status"] == "partial"
    assert "result" not in told, "what one came to is never told for all of them"
    first, second, third = told["task"]["items"]
    assert "result" not in second
    for each in (first, third):
        asked = question(matter=each["action"]["name"], approval=each["result"]["approval"])
        assert pdp.ask("/access/v1/evaluation", asked)["decision"] is True
    # The approval of one is of no use for another.
    other = question(matter=MATTERS[1], approval=first["result"]["approval"])
    assert pdp.ask("/access/v1/evaluation", other)["context"]["reason"] == "out_of_scope"


def test_all_of_one_end_are_of_that_end_together(start):
    pdp = start()
    place = place_of(submit(pdp, submission(pdp)))
    for number in range(3):
        settle(pdp, number, "同意", 经费到位=True, 资金来源="部门预算")
    assert pdp.get(place).json()["task"]["status"] == "approved"


def test_taking_back_takes_back_what_is_pending(start):
    pdp = start()
    place = place_of(submit(pdp, submission(pdp)))
    settle(pdp, 0, "同意", 经费到位=True, 资金来源="部门预算")
    told = pdp.ask(f"{place}/cancel", {})["task"]
    assert [e["status"] for e in told["items"]] == ["approved", "cancelled", "cancelled"]
    assert told["status"] == "partial"
    again = pdp.post(f"{place}/cancel", json={})
    assert again.status_code == 409 and again.json()["type"] == KIND + "invalid_task_state"


def test_sent_again_it_is_the_same_request(start):
    pdp = start()
    body = submission(pdp)
    assert place_of(submit(pdp, body)) == place_of(submit(pdp, body))
    assert len(pdp.get("/v1/cases", params={"flow": "社区工作准入"}).json()["cases"]) == 3


def test_where_one_is_of_another_question_none_is_opened(start):
    pdp = start()
    body = submission(pdp)
    body["items"][2]["denial"] = body["items"][1]["denial"]
    refused = submit(pdp, body)
    assert refused.json()["type"] == KIND + "invalid_denial_binding"
    cases = pdp.get("/v1/cases", params={"flow": "社区工作准入"}).json()["cases"]
    assert cases == []


def test_where_one_is_admitted_by_now_none_is_opened(start):
    pdp = start()
    body = submission(pdp)
    place_of(submit(pdp, submission(pdp, MATTERS[:1]), key="k-0"))
    settle(pdp, 0, "同意", 经费到位=True, 资金来源="部门预算")
    before = pdp.get("/v1/stats").json()
    refused = submit(pdp, body)
    assert (refused.status_code, refused.json()["type"]) == (400, KIND + "not_requestable")
    assert pdp.get("/v1/stats").json() == before


@pytest.mark.parametrize(
    "change",
    [{"items": []}, {"items": 3}, {"items": ["x"]}, {"items": [{}] * 21}, {"resource": {}},
     {"action": {"name": "x"}}],
)  # fmt: skip
def test_items_that_are_none_are_a_bad_request(start, change):
    pdp = start()
    assert submit(pdp, {**submission(pdp, MATTERS[:1]), **change}).status_code == 400


# --- called back ---------------------------------------------------------------------------------


def single(pdp, **callback):
    context = pdp.ask("/access/v1/evaluation", question())["context"]
    wish = {"callback": {"endpoint": BACK, "state": "s-1", **callback}}
    access = {"requested_access": {"zhunru": STEP}}
    return submit(pdp, {**question(), "denial": denial_of(context), **access, **wish})


def test_who_asked_for_it_is_called_back_once_with_a_signature(start, outside):
    pdp = start()
    place = place_of(single(pdp))
    pdp.outbox.send()
    assert pdp.called == [], "there is nothing to tell yet"
    settle(pdp, 0, "同意", 经费到位=True, 资金来源="部门预算")
    for _ in range(3):
        pdp.clock.forward(minutes=1)
        pdp.outbox.send()
    ((url, body, headers),) = pdp.called
    assert url == BACK
    assert body["state"] == "s-1"
    assert body["task"]["status"] == "approved"
    assert body["task"]["status_endpoint"].endswith(place)
    assert "result" not in body, "a callback lets nobody in by itself"
    plain = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + headers["body"]
    wanted = hmac.digest(b"s3cret", plain, "sha256")
    assert b64decode(headers["webhook-signature"].removeprefix("v1,")) == wanted


def test_several_are_called_back_about_when_all_are_settled(start, outside):
    pdp = start()
    place_of(submit(pdp, submission(pdp, callback={"endpoint": BACK})))
    for number, action in enumerate(("同意", "同意")):
        settle(pdp, number, action, 经费到位=True, 资金来源="部门预算")
    pdp.clock.forward(minutes=1)
    pdp.outbox.send()
    assert pdp.called == []
    settle(pdp, 2, "不同意", 理由="无")
    pdp.clock.forward(minutes=1)
    pdp.outbox.send()
    assert [body["task"]["status"] for _, body, _ in pdp.called] == ["partial"]


def test_only_events_that_were_asked_for_are_told(start, outside):
    pdp = start()
    place_of(single(pdp, events=["approved"]))
    settle(pdp, 0, "不同意", 理由="无")
    pdp.clock.forward(minutes=1)
    pdp.outbox.send()
    assert pdp.called == []


def test_who_has_lost_its_turn_calls_nobody_back(start, outside, monkeypatch):
    """Another service that shares the store does it by now: who asked would be told twice."""
    pdp = start()
    place_of(single(pdp))
    settle(pdp, 0, "不同意", 理由="无")
    pdp.clock.forward(minutes=1)
    store = pdp.app.state.service.tenants[""].office.store
    turns = iter([1])
    monkeypatch.setattr(store, "claim", lambda duty: next(turns, 0))
    pdp.outbox.send()
    assert pdp.called == []
    monkeypatch.setattr(store, "claim", lambda duty: 2)
    pdp.outbox.send()
    assert [body["task"]["status"] for _, body, _ in pdp.called] == ["denied"]


def test_a_callback_outlives_a_restart_is_tried_again_and_dies_visibly(start, outside, tmp_path):
    store, key = str(tmp_path / "cases.db"), tmp_path / "key"
    key.write_text("ab" * 32, encoding="ascii")
    pdp = start(store=store, key=key)
    place_of(single(pdp))
    pdp.app.state.service.tenants[""].close()
    pdp = start(store=store, key=key, clock=pdp.clock)
    settle(pdp, 0, "同意", 经费到位=True, 资金来源="部门预算")
    pdp.status = 500
    for _ in range(13):
        pdp.clock.forward(hours=1)
        pdp.outbox.send()
    (dead,) = pdp.get("/v1/letters/dead").json()["letters"]
    assert (dead["hook"], dead["status"], dead["attempts"]) == ("callback", 500, 12)
    pdp.status = 200
    pdp.called.clear()
    assert pdp.ask(f"/v1/letters/dead/{dead['number']}", None)["sent"] is True
    assert [body["task"]["status"] for _, body, _ in pdp.called] == ["approved"]


@pytest.mark.parametrize(
    "endpoint",
    ["https://elsewhere.example.com/back", "https://pep.example.com/back/", "http://pep.example.com",
     "https://pep.example.com/back?x", "file:///etc/passwd", "https://[::1", "gopher://x"],
)  # fmt: skip
def test_an_address_that_is_not_registered_is_refused(start, outside, endpoint):
    answer = single(start(), endpoint=endpoint)
    assert (answer.status_code, answer.json()["code"]) == (400, "ZR789")


@pytest.mark.parametrize(
    "row",
    [{"endpoint": "http://pep.example.com/back"}, {"endpoint": "http://127.0.0.1:9/back"},
     {"endpoint": "http://pep.example.com/back", "internal": True},
     {"endpoint": "http://127.0.0.1:9/back", "internal": "true"}],
)  # fmt: skip
def test_an_address_that_others_could_read_along_is_not_registered(start, row):
    with pytest.raises(RequestRejected) as refused:
        start(callbacks=[{"secret": "k", **row}])
    assert refused.value.diagnostics[0].code == "ZR875"
    start(callbacks=[{"secret": "k", "endpoint": "http://127.0.0.1:9/back", "internal": True}])


@pytest.mark.parametrize(
    "asked",
    [{"events": "approved"}, {"events": {"approved": True}}, {"events": 1}, {"events": ["other"]},
     {"state": "x" * 1_001}],
)  # fmt: skip
def test_a_wish_that_cannot_be_kept_is_refused(start, outside, asked):
    answer = single(start(), **asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "ZR789")


def test_what_is_to_be_given_back_may_be_as_long_as_was_said(start, outside):
    place_of(single(start(), state="号" * 1_000))


def test_an_address_that_was_taken_off_the_list_since_is_called_no_more(
    start, outside, tmp_path, monkeypatch
):
    # The first service is not to call it by itself, however long the steps before its end take;
    # the second one looks as soon as it starts.
    monkeypatch.setattr("zhunru.web.outbox._PAUSE", 3600.0)
    store, key = str(tmp_path / "cases.db"), tmp_path / "key"
    key.write_text("ab" * 32, encoding="ascii")
    pdp = start(store=store, key=key)
    place_of(single(pdp))
    settle(pdp, 0, "不同意", 理由="无")
    pdp.app.state.service.tenants[""].close()
    again = start(store=store, key=key, clock=pdp.clock, listed=False)
    again.clock.forward(minutes=1)
    again.outbox.send()
    assert again.called == []
    (dead,) = again.get("/v1/letters/dead").json()["letters"]
    assert (dead["hook"], dead["status"], dead["attempts"]) == ("callback", 410, 1)
    assert again.ask(f"/v1/letters/dead/{dead['number']}", None)["sent"] is False
    assert again.called == []


INSIDE = ("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "0.0.0.0",
          "100.64.0.1", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "224.0.0.1")  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused_and_never_connected_to(start, monkeypatch, address):
    pdp = start()
    monkeypatch.setattr(sending.socket, "getaddrinfo", leading_to("93.184.216.34", address))
    assert single(pdp).json()["code"] == "ZR789"

    def connect(*_):
        raise AssertionError("it was connected to")

    monkeypatch.setattr(sending.socket, "create_connection", connect)
    assert sending.post_outside(BACK, b"{}", {}) == 0


def test_what_was_judged_is_what_is_connected_to(monkeypatch):
    """A name that leads outside when it is judged and inside a moment later gains nothing."""
    answers = iter([leading_to("93.184.216.34")(), leading_to("127.0.0.1")()])
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *_, **__: next(answers))
    tried = []

    def connect(address, timeout):
        tried.append(address)
        raise OSError

    monkeypatch.setattr(sending.socket, "create_connection", connect)
    assert sending.post_outside(BACK, b"{}", {}) == 0
    assert tried == [("93.184.216.34", 443)]


def test_an_address_inside_is_called_where_it_was_registered_as_such(start):
    got = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    inner = f"http://127.0.0.1:{server.server_address[1]}/back"
    pdp = start(callbacks=[{"endpoint": inner, "secret": "k", "internal": True}])
    place_of(single(pdp, endpoint=inner))
    settle(pdp, 0, "不同意", 理由="无")
    pdp.clock.forward(minutes=1)
    pdp.outbox.send()
    server.shutdown()
    server.server_close()
    assert [each["task"]["status"] for each in got] == ["denied"]


def test_an_address_is_for_the_callers_that_it_was_registered_for(start, outside, tmp_path):
    scopes = ["decide", "act-as", "cases:read"]
    tokens = tokens_file(tmp_path, {"id": "a", "token": "a", "scopes": scopes})
    pdp = start(
        tokens=tokens, callbacks=[{"endpoint": BACK + "2", "secret": "k", "callers": ["b"]}]
    )
    headers = {"headers": bearer("a")}
    context = pdp.ask("/access/v1/evaluation", question(), **headers)["context"]
    body = {**question(), "denial": denial_of(context), "callback": {"endpoint": BACK + "2"}}
    answer = pdp.post("/access/v1/requests", json=body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "ZR789")
    body["callback"]["endpoint"] = BACK
    assert pdp.post("/access/v1/requests", json=body, **headers).status_code == 202


def test_without_hooks_nobody_is_called_back(serve):
    pdp = serve("weihai", store="memory:")
    context = pdp.ask("/access/v1/evaluation", question())["context"]
    body = {**question(), "denial": denial_of(context), "callback": {"endpoint": BACK}}
    answer = submit(pdp, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "ZR794")
