"""Dead letters over HTTP: what could not be delivered, and sending it once more."""

from __future__ import annotations

from zhunru.web.answers import Answer, as_json
from zhunru.web.calls import Call, Endpoint
from zhunru.web.outbox import Outbox
from zhunru.web.problems import reject
from zhunru.web.reading import wrong_kind


def _outbox(call: Call) -> Outbox:
    outbox = call.service.outbox
    if outbox is None:
        reject(501, "ZR794", what_zh="外送通知（--hooks）", what_en="webhooks (--hooks)")
    return outbox


def dead(call: Call) -> Answer:
    """Return the letters that were not taken."""
    found = [
        {"number": number, "hook": each.hook, "case": each.case_id, "topic": each.topic,
         "status": each.status}
        for number, each in _outbox(call).dead_of(call.tenant.name)
    ]  # fmt: skip
    return as_json({"letters": found})


def again(call: Call) -> Answer:
    """Send a dead letter once more."""
    number = call.params["number"]
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        wrong_kind("number", "编号", "a number")
    taken = _outbox(call).again(call.tenant.name, int(number))
    if taken is None:
        reject(404, "ZR884", path=call.path[:200])
    return as_json({"sent": taken})


ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/v1/letters/dead",
        handler=dead,
        scope="operate",
        summary="Letters that were not taken",
        tag="letters",
        threaded=True,
        statuses=(200, 501),
    ),
    Endpoint(
        method="POST",
        path="/v1/letters/dead/{number}",
        handler=again,
        scope="operate",
        summary="Send a dead letter once more",
        tag="letters",
        threaded=True,
        statuses=(200, 404, 501),
    ),
]
