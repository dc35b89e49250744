"""Letters: CloudEvents, signed, in order within a case, tried again, dead in the end and visible."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode
from itertools import pairwise

import pytest
from tests.web.test_tenants import ACCUSED, SECRET

from zhunru.web.outbox import ATTEMPTS

URL = "https://hooks.example.cn/in"


class Receiver:
    """Takes letters, or not, as it is told."""

    def __init__(self):
        self.status = 200
        self.refused: set[str] = set()
        self.got: list[tuple[dict, dict]] = []
        self.tried = 0

    def __call__(self, url, body, headers):
        assert url == URL
        self.tried += 1
        event = json.loads(body)
        if event["subject"] in self.refused:
            return 503
        if self.status == 200:
            self.got.append((event, {**headers, "body": body}))
        return self.status


@pytest.fixture
def api(serve, tmp_path):
    return start(serve, tmp_path)


def start(serve, tmp_path, **hook):
    path = tmp_path / "hooks.json"
    row = {"id": "h", "url": URL, "secret": "s3cret", "unit": ACCUSED, **hook}
    path.write_text(json.dumps({"hooks": [row]}), encoding="utf-8")
    api = serve("weihai", store="memory:", hooks=path, base_url="https://city.example.cn")
    api.outbox = api.app.state.service.outbox
    api.receiver = api.outbox.post = Receiver()
    return api


def report(api, number=1):
    body = {"flow": "擅自安排工作查处", "as": "幸福社区", "key": f"o{number}",
            "facts": {"目标社区": "幸福社区"}}  # fmt: skip
    case = api.ask("/v1/cases", body)["case"]
    steps = [
        ("幸福社区", "反映", {"来文单位": ACCUSED, "事项": "商铺登记", "举报人": SECRET,
                        "证据": f"{SECRET}所摄"}),
        ("区民政局", "属实", {"收文日期": "2026-03-02"}),
    ]  # fmt: skip
    for who, action, inputs in steps:
        path = f"/v1/cases/{case}/actions"
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
        plain = f"{event['id']}.{headers['webhook-timestamp']}.".encode() + headers["body"]
        wanted = hmac.digest(b"s3cret", plain, "sha256")
        assert b64decode(headers["webhook-signature"].removeprefix("v1,")) == wanted
    ids = [event["id"] for event, _ in api.receiver.got]
    assert len(set(ids)) == len(ids)


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
        if len(api.outbox.dead) == 1:
            break
        api.clock.forward(seconds=2)
    assert len(times) == ATTEMPTS
    waits = [after - before for before, after in pairwise(times)]
    assert waits[0] >= 3 and waits[-1] > 100 * waits[0]
    letters = api.get("/v1/letters/dead").json()["letters"]
    assert [(each["status"], each["hook"]) for each in letters] == [(503, "h")]
    assert SECRET not in str(letters)
    api.receiver.status = 200
    assert api.ask("/v1/letters/dead/0", None)["sent"] is True
    assert api.get("/v1/letters/dead").json()["letters"] == []
    assert api.post("/v1/letters/dead/0").status_code == 404


def test_only_wanted_topics_are_sent(serve, tmp_path):
    api = start(serve, tmp_path, topics=["issue"])
    report(api)
    api.outbox.send()
    assert {event["type"] for event, _ in api.receiver.got} == {"cn.zhunru.case.issue"}


def test_letters_go_over_no_open_line(serve, tmp_path):
    from zhunru.errors import RequestRejected

    with pytest.raises(RequestRejected):
        start(serve, tmp_path, url="http://hooks.example.cn/in")


def test_without_hooks_there_is_nothing_to_look_at(serve):
    assert serve("cert").get("/v1/letters/dead").status_code == 501
