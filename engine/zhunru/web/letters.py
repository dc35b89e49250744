"""Dead letters over HTTP: what could not be delivered, and sending it once more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from zhunru.store.base import LetterRow
from zhunru.web.answers import Answer, as_json
from zhunru.web.calls import Call, endpoint
from zhunru.web.outbox import Outbox
from zhunru.web.problems import reject
from zhunru.web.reading import not_there, whole_number, wrong_kind
from zhunru.web.schemas import AFTER, LIMIT

if TYPE_CHECKING:
    from zhunru.web.service import Service
    from zhunru.web.tenants import Tenant


def outbox_of(service: Service, tenant: Tenant) -> Outbox:
    """Return what sends the letters of a tenant; a Problem where nothing does."""
    if service.outbox is None or tenant.office is None:
        reject(501, "ZR794", what_zh="外送通知（--hooks）", what_en="webhooks (--hooks)")
    return service.outbox


def dead(call: Call) -> Answer:
    """Return a page of the letters that were not taken."""
    after = call.place()
    limit = call.limit()
    rows = outbox_of(call.service, call.tenant).ledger(call.tenant).dead(after, limit)
    following = str(rows[-1].number) if len(rows) == limit else ""
    return as_json({"letters": [shown(each) for each in rows], "after": following})


def shown(row: LetterRow) -> dict[str, Any]:
    """Return what is told of a dead letter: not what it says."""
    return {
        "number": row.number,
        "hook": row.hook,
        "case": row.case_id,
        "topic": row.topic,
        "status": row.status,
        "attempts": row.attempts,
    }


def again(call: Call) -> Answer:
    """Send a dead letter once more."""
    number = whole_number(call.params["number"])
    if number is None:
        wrong_kind("number", "编号", "a number")
    taken = outbox_of(call.service, call.tenant).again(call.tenant, number)
    if taken is None:
        not_there("死信", "dead letter", call.params["number"])
    return as_json({"sent": taken})


_make = partial(endpoint, scope="operate", tag="letters", threaded=True)

ENDPOINTS = [
    _make(
        "GET",
        "/v1/letters/dead",
        dead,
        "Letters that were not taken",
        "DeadLetters",
        query={"after": AFTER, "limit": LIMIT},
        statuses=(200, 400, 501),
    ),
    _make(
        "POST",
        "/v1/letters/dead/{number}",
        again,
        "Send a dead letter once more",
        "Sent",
        statuses=(200, 404, 501),
    ),
]
