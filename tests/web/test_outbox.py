"""Letters: CloudEvents, signed, in order within a case, tried again, dead in the end and visible."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest
from tests.web.conftest import idle
from tests.web.test_tenants import ACCUSED, SECRET

from zhunru.errors import RequestRejected
from zhunru.runtime.case import EffectName
from zhunru.runtime.writing import SILENT, UNOPENED
from zhunru.store.base import MessageRow
from zhunru.web.hooks import TOPICS
from zhunru.web.outbox import ATTEMPTS, Outbox, cloud_event

URL, OTHER = "https://hooks.example.cn/in", "https://other.example.cn/in"


class Receiver:
    """Takes letters, or not, as it is told."""

    def __init__(self):
        self.status = 200
        self.status_of: dict[str, int] = {}
        self.refused: set[str] = set()
        self.got: list[tuple[dict, dict]] = []
        self.tried = 0

    def __call__(self, url, body, headers):
        assert url in (URL, OTHER)
        self.tried += 1
        event = json.loads(body)
        if event["subject"] in self.refused:
            return 503
        status = self.status_of.get(url, self.status)
        if status == 200:
            self.got.append((event, {**headers, "body": body, "url": url}))
        return status


@pytest.fixture(autouse=True)
def sent_by_hand(monkeypatch):
    """Let the tests alone say when a round goes out: one of the service's own might come first."""
    monkeypatch.setattr(Outbox, "run", idle)


@pytest.fixture
def api(serve, tmp_path):
    return start(serve, tmp_path)


def start(serve, tmp_path, store="memory:", clock=None, more=(), **hook):
    path = tmp_path / "hooks.json"
    row = {"id": "h", "url": URL, "secret": "s3cret", "unit": ACCUSED, **hook}
    path.write_text(json.dumps({"hooks": [row, *more]}), encoding="utf-8")
    settings = {"store": store, "hooks": path, "base_url": "https://city.example.cn"}
    api = serve("weihai", clock=clock, **settings)
    api.outbox = api.app.state.service.outbox
    api.receiver = api.outbox.post = Receiver()
    return api


def dead(api):
    return api.get("/v1/letters/dead").json()["letters"]


def report(api, number=1, prefix=""):
    body = {"flow": "擅自安排工作查处", "as": "幸福社区", "key": f"o{number}",
            "facts": {"目标社区": "幸福社区"}}  # fmt: skip
    case = api.ask(f"{prefix}/v1/cases", body)["case"]
    steps = [
        ("幸福社区", "反映", {"来文单位": ACCUSED, "事项": "商铺登记", "举报人": SECRET,
                        "证据": f"{SECRET}所摄"}),
        ("区民政局", "属实", {"收文日期": "2026-03-02"}),
    ]  # fmt: skip
    for who, action, inputs in steps:
        path = f"{prefix}/v1/cases/{case}/actions"
        api.ask(path, {"as": who, "action": action, "key": f"{action}{number}", "inputs": inputs})
    return case


def test_a_letter_is_a_cloud_event_that_its_reader_can_verify(api):
    case = report(api)
    api.outbox.send()
    assert len(api.receiver.got) > 1
    for event, headers in api.receiver.got:
        assert headers["content-type"] == "application/cloudevents+json"
        assert event["specversion"] == "1.0"
        assert event["type"].startswith("cn.zhunru.case.")
        assert event["source"] == "https://city.example.cn/v1/cases"
        assert event["subject"] == case
        assert event["time"].startswith("2026-03-02T09:00:00")
        # As Standard Webhooks has it: the headers as they came, then the body as it came.
        sent = headers["webhook-id"]
        assert sent.isascii(), "a header holds nothing else"
        assert sent == event["id"]
        plain = f"{sent}.{headers['webhook-timestamp']}.".encode() + headers["body"]
        wanted = hmac.digest(b"s3cret", plain, "sha256")
        assert b64decode(headers["webhook-signature"].removeprefix("v1,")) == wanted
    ids = [event["id"] for event, _ in api.receiver.got]
    assert len(set(ids)) == len(ids)


def test_the_check_that_the_documentation_shows_takes_our_letters_and_no_others(api):
    text = (Path(__file__).parents[2] / "docs" / "service.md").read_text(encoding="utf-8")
    shown: dict = {}
    exec(text.split("```python\n", 1)[1].split("```", 1)[0], shown)
    report(api)
    api.outbox.send()
    for _, headers in api.receiver.got:
        shown["time"] = SimpleNamespace(time=lambda at=headers: float(at["webhook-timestamp"]))
        assert shown["is_ours"](headers, headers["body"], "s3cret")
        assert not shown["is_ours"](headers, headers["body"] + b" ", "s3cret")
        assert not shown["is_ours"](headers, headers["body"], "other")


def test_no_letter_names_the_whistle_blower(api):
    report(api)
    api.outbox.send()
    written = json.dumps([event for event, _ in api.receiver.got], ensure_ascii=False)
    assert "商铺登记" in written, "the letters are about something"
    assert SECRET not in written
    assert SECRET not in json.dumps(api.lines, ensure_ascii=False)


def test_each_letter_is_sent_once(api):
    report(api)
    for _ in range(3):
        api.outbox.send()
    assert api.receiver.tried == len(api.receiver.got)


def test_a_case_that_waits_keeps_its_order_and_no_other_case_waiting(api):
    first, second = report(api, 1), report(api, 2)
    api.receiver.refused = {first}
    api.outbox.send()
    assert {event["subject"] for event, _ in api.receiver.got} == {second}
    tried = api.receiver.tried
    api.outbox.send()
    assert api.receiver.tried == tried, "it waits before it tries again"
    api.receiver.refused = set()
    api.clock.forward(minutes=1)
    api.outbox.send()
    sequence = [event["sequence"] for event, _ in api.receiver.got if event["subject"] == first]
    assert sequence == sorted(sequence) and len(sequence) > 1


def test_it_waits_longer_each_time_and_the_last_time_the_letter_is_dead(api):
    report(api)
    api.receiver.status = 503
    times = []
    for _ in range(20_000):
        before = api.receiver.tried
        api.outbox.send()
        if api.receiver.tried > before:
            times.append(api.clock.at.timestamp())
        if dead(api):
            break
        api.clock.forward(seconds=2)
    assert len(times) == ATTEMPTS
    waits = [after - before for before, after in pairwise(times)]
    assert waits[0] >= 3 and waits[-1] > 100 * waits[0]
    letters = dead(api)
    told = [(each["status"], each["hook"], each["attempts"]) for each in letters]
    assert told == [(503, "h", ATTEMPTS)]
    assert SECRET not in str(letters)
    none = api.post("/v1/letters/dead/999")
    assert (none.status_code, none.json()["code"]) == (404, "ZR776")
    place = f"/v1/letters/dead/{letters[0]['number']}"
    assert api.ask(place, None)["sent"] is False
    api.receiver.status = 200
    assert api.ask(place, None)["sent"] is True
    assert dead(api) == []
    assert api.post(place).status_code == 404


def test_a_restart_forgets_neither_how_often_a_letter_was_tried_nor_the_dead(serve, tmp_path):
    store = str(tmp_path / "cases.db")
    api = start(serve, tmp_path, store=store)
    report(api)
    api.receiver.status = 503
    for _ in range(3):
        api.outbox.send()
        api.clock.forward(minutes=5)
    clock = api.clock
    api.app.state.service.tenants[""].close()
    api = start(serve, tmp_path, store=store, clock=clock)
    api.receiver.status = 410  # whoever is gone for good is not tried again
    before = api.outbox.ledger(api.app.state.service.tenants[""]).of_hook("h")
    assert [row.attempts for row in before] == [3]
    api.clock.forward(hours=1)
    api.outbox.send()
    attempts = [each["attempts"] for each in dead(api)]
    assert attempts[0] == 4 and set(attempts[1:]) == {1}
    api.app.state.service.tenants[""].close()
    api = start(serve, tmp_path, store=store, clock=clock)
    assert [each["attempts"] for each in dead(api)] == attempts
    assert [len(page) for page in pages(api, 2)][:1] == [2]
    assert sum(len(page) for page in pages(api, 2)) == len(attempts)
    api.outbox.send()
    assert api.receiver.tried == 0, "the dead are sent again by hand only"
    for each in dead(api):
        assert api.ask(f"/v1/letters/dead/{each['number']}", None)["sent"] is True
    assert dead(api) == [] and len(api.receiver.got) == len(attempts)


def test_a_clock_that_was_ahead_and_is_set_back_keeps_no_letter_waiting(api):
    report(api)
    api.receiver.status = 503
    api.clock.forward(days=300)  # nobody has noticed yet
    api.outbox.send()
    api.clock.forward(days=-300)
    api.receiver.status = 200
    api.outbox.send()
    assert len(api.receiver.got) == 2


def pages(api, limit):
    found, after = [], ""
    while True:
        told = api.get("/v1/letters/dead", params={"limit": limit, "after": after}).json()
        found.append(told["letters"])
        if not (after := told["after"]):
            return found


def test_who_has_a_letter_is_not_sent_it_again_with_those_who_have_not(serve, tmp_path):
    api = start(serve, tmp_path, more=[{"id": "k", "url": OTHER, "secret": "k"}])
    report(api)
    api.receiver.status_of = {OTHER: 503}
    api.outbox.send()
    first = [event["id"] for event, _ in api.receiver.got]
    assert first
    for _ in range(12):
        api.clock.forward(hours=2)
        api.receiver.status_of = {}
        api.outbox.send()
    by_url = {
        url: [e["id"] for e, h in api.receiver.got if h["url"] == url] for url in (URL, OTHER)
    }
    assert by_url[URL] == by_url[OTHER]
    assert len(set(by_url[URL])) == len(by_url[URL])


def test_only_wanted_topics_are_sent(serve, tmp_path):
    api = start(serve, tmp_path, topics=["issue"])
    report(api)
    api.outbox.send()
    assert {event["type"] for event, _ in api.receiver.got} == {"cn.zhunru.case.issue"}


def test_letters_go_over_no_open_line(serve, tmp_path):
    with pytest.raises(RequestRejected):
        start(serve, tmp_path, url="http://hooks.example.cn/in")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"topic": ["notify"]}, "hooks 不收“topic”"),
        ({"topics": ["通知"]}, "topics 不收“通知”"),
        ({"topics": ["enter"]}, "topics 不收“enter”"),
        ({"tenant": "甲"}, "tenant 不收“甲”"),
        ({"more": [{"id": "h", "url": OTHER, "secret": "s"}]}, "“h”写了两次"),
        ({"more": [{"id": "i", "url": OTHER}]}, "缺少“secret”"),
    ],
)
def test_a_receiver_that_would_be_told_nothing_or_too_much_stops_the_start(
    serve, tmp_path, wrong, said
):
    with pytest.raises(RequestRejected) as refused:
        start(serve, tmp_path, **wrong)
    assert said in refused.value.diagnostics[0].zh


def test_the_topics_are_those_of_which_letters_go_out():
    # What a case puts on record is told nobody; what a duty does that was missed is.
    assert {*TOPICS} == ({*get_args(EffectName)} - SILENT) | {"record", UNOPENED}


def test_letters_of_a_tenant_go_to_its_own_receivers_the_dead_ones_too(serve, tmp_path):
    """Both registered a receiver by one name."""
    hooks = [
        {"id": "h", "url": url, "secret": tenant, "tenant": tenant}
        for tenant, url in (("甲", OTHER), ("乙", URL))
    ]
    (tmp_path / "hooks.json").write_text(json.dumps({"hooks": hooks}), encoding="utf-8")
    api = serve(sets={"甲": ["weihai"], "乙": ["weihai"]}, hooks=tmp_path / "hooks.json",
                store=str(tmp_path / "{tenant}.db"))  # fmt: skip
    outbox = api.app.state.service.outbox
    outbox.post = receiver = Receiver()
    receiver.status_of = {URL: 410}
    report(api, prefix="/t/乙")
    outbox.send()
    assert receiver.tried and receiver.got == []
    assert api.get("/t/甲/v1/letters/dead").json()["letters"] == []
    letters = api.get("/t/乙/v1/letters/dead").json()["letters"]
    receiver.status_of = {}
    for letter in letters:
        assert api.ask(f"/t/乙/v1/letters/dead/{letter['number']}", None)["sent"] is True
    assert {headers["url"] for _, headers in receiver.got} == {URL}
    assert len(receiver.got) == len(letters) > 0


def test_without_hooks_there_is_nothing_to_look_at(serve):
    assert serve("cert").get("/v1/letters/dead").status_code == 501


def test_a_letter_of_a_duty_is_sent_though_no_workflow_has_its_name(serve, tmp_path):
    api = start(serve, tmp_path)
    service = api.app.state.service
    (tenant,), (hook,) = service.tenants.values(), api.outbox.hooks
    (row,) = tenant.office.store.find_cases(flow="挂牌整治抽查", limit=1)
    told = MessageRow(case_id=row.case_id, number=1, position=0, topic="notify", body="{}")
    event = cloud_event(service, tenant, tenant.office, hook, told)
    assert event["subject"] == row.case_id
