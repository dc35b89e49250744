"""Cases over HTTP: submitted, opened, acted on, looked at; each caller sees only what it may."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from zhunru.errors import RequestRejected
from zhunru.request_files import read_requests
from zhunru.runtime.case import Actor, actor_named
from zhunru.runtime.looking import answered, shown_at
from zhunru.runtime.service import micros
from zhunru.web.answers import Answer, as_json, homeless
from zhunru.web.calls import Call, endpoint
from zhunru.web.masking import masked, unseen
from zhunru.web.problems import reject
from zhunru.web.reading import flag, mapping, only, text, whole, wrong_kind
from zhunru.web.schemas import AFTER, AGAIN, FLAG, LIMIT, TEXT
from zhunru.web.tracing import span

_LONGEST_KEY = 200
_COLON = re.compile(":(?!//)")
_CLOSED = {"": None, "true": True, "false": False}


# --- who acts --------------------------------------------------------------------------------


def actor(call: Call, data: Mapping[str, Any]) -> Actor:
    """Return who acts: whom the token stands for, or whom a caller that may names."""
    named = actor_named(text(data, "as", "", ""))
    own = call.principal.actor
    if named is None and own is not None:
        return own
    if named is None:
        reject(400, "ZR881")
    # Whoever may name any actor may do what any office may: that is a scope of its own.
    if named != own:
        call.need("act-as")
    return named


def viewer(call: Call) -> Actor | None:
    """Return in whose eyes cases are shown; None: everything is shown."""
    named = actor_named(call.query.get("as", ""))
    own = call.principal.actor
    if named is not None and named != own:
        call.need("act-as")
        return named
    if own is None:
        call.need("act-as")
    return own


def key(call: Call, data: Mapping[str, Any]) -> str:
    """Return the key of a command: the caller's own, within what is the caller's."""
    given = text(data, "key", "", "") or call.header(b"idempotency-key")
    if not given:
        reject(400, "ZR788", name="key")
    # Two callers that choose the same key mean different commands. What ends the name of one is in
    # no other's name; but names that issuers give begin with `https://`, and keep their keys.
    own = f"{_COLON.sub('%3A', call.principal.id.replace('%', '%25'))}:"
    most = _LONGEST_KEY - len(own)
    if len(given) > most:
        # Cut short, two keys might be one, and the second command would not be carried out.
        wrong_kind("key", f"至多 {most} 个字", f"at most {most} characters")
    return own + given


# --- commands --------------------------------------------------------------------------------


async def submit(call: Call) -> Answer:
    """Have a request decided and put on record; an admission opens its workflows."""
    data = call.json()
    only(data, _SUBMISSION["properties"])
    current = call.tenant.current(text(data, "set", "", ""))
    asked = current.asked(text(data, "decision", "", ""))
    rows = read_requests(
        [mapping(data, "facts")],
        current.policy,
        received=call.at.date(),
        decision=asked.name,
    )
    row = next(iter(rows))
    if row.request is None:
        raise RequestRejected(row.findings)
    with span("submit") as note:
        reply = await call.tenant.hall.submit(
            row.request,
            actor=actor(call, data),
            key=key(call, data),
            at=call.at,
            decision=asked.name,
            policy=current.policy.code,
            apply=flag(data, "apply"),
        )
        note(set=current.policy.code, outcome=reply.outcome, state=reply.state)
    return as_json(answered(reply), 201)


async def open_case(call: Call) -> Answer:
    """Open a case of a workflow, without a decision."""
    data = call.json()
    only(data, _OPENING["properties"])
    current = call.tenant.current(text(data, "set", "", ""))
    with span("open") as note:
        reply = await call.tenant.hall.open(
            text(data, "flow"),
            actor=actor(call, data),
            key=key(call, data),
            at=call.at,
            facts=mapping(data, "facts"),
            policy=current.policy.code,
        )
        note(set=current.policy.code, state=reply.state, repeated=reply.repeated)
    return as_json(answered(reply), 201)


async def act(call: Call) -> Answer:
    """Do something to a case; sent again under the same key it is answered as before."""
    data = call.json()
    only(data, _ACTION["properties"])
    with span("act") as note:
        reply = await call.tenant.hall.act(
            call.params["case"],
            text(data, "action"),
            actor=actor(call, data),
            key=key(call, data),
            at=call.at,
            inputs=mapping(data, "inputs"),
            expected=whole(data, "expected"),
        )
        note(state=reply.state, closed=reply.closed, repeated=reply.repeated)
    return as_json(answered(reply))


# --- looking ---------------------------------------------------------------------------------


def show(call: Call) -> Answer:
    """Return a case with what can be done next."""
    seen_by = viewer(call)
    office, case_id = call.tenant.desk, call.params["case"]
    who = "" if seen_by is None else f"{seen_by.unit} {seen_by.person}"
    found = office.show(case_id, call.at, who)
    return as_json(masked(found, unseen(office, case_id, seen_by)))


def history(call: Call) -> Answer:
    """Return the events of a case; what the viewer may not learn is not in them either."""
    seen_by = viewer(call)
    office, case_id = call.tenant.desk, call.params["case"]
    events = office.history(case_id)
    for event in events:
        homeless(event["data"].get("decision") or {})
    return as_json({"events": masked(events, unseen(office, case_id, seen_by))})


def find(call: Call) -> Answer:
    """Return a page of cases."""
    query = call.query
    closed = query.get("closed", "")
    if closed not in _CLOSED:
        wrong_kind("closed", "true 或者 false", "true or false")
    limit = call.limit()
    found = call.tenant.desk.find(
        call.at,
        flow=query.get("flow", ""),
        state=query.get("state", ""),
        owner=query.get("owner", ""),
        closed=_CLOSED[closed],
        after=query.get("after", ""),
        limit=limit,
    )
    # The last one seen, not a number to skip: pages stay whole while cases are opened.
    after = found[-1]["case"] if len(found) == limit else ""
    return as_json({"cases": found, "after": after})


def inbox(call: Call) -> Answer:
    """Return what waits for a unit or a role, most urgent first."""
    found = call.tenant.desk.inbox(call.params["name"], call.at, call.limit())
    return as_json({"cases": found})


def stats(call: Call) -> Answer:
    """Return how many cases there are by workflow and state."""
    office = call.tenant.desk
    return as_json({**office.stats(call.at), "at": shown_at(micros(call.at))})


# --- the table -------------------------------------------------------------------------------

_TEXT = {"type": "string"}
_OBJECT = {"type": "object"}
_WHO = {"as": _TEXT, "key": _TEXT}
_SUBMISSION: Any = {
    "type": "object",
    "required": ["facts", "key"],
    "properties": {
        **_WHO,
        "set": _TEXT,
        "decision": _TEXT,
        "facts": _OBJECT,
        "apply": {"type": "boolean"},
    },
}
_OPENING: Any = {
    "type": "object",
    "required": ["flow", "key"],
    "properties": {**_WHO, "set": _TEXT, "flow": _TEXT, "facts": _OBJECT},
}
_ACTION: Any = {
    "type": "object",
    "required": ["action", "key"],
    "properties": {
        **_WHO,
        "action": _TEXT,
        "inputs": _OBJECT,
        "expected": {"type": "integer", "minimum": 0},
    },
}
_read = partial(endpoint, "GET", scope="cases:read", tag="cases", threaded=True)
_write = partial(
    endpoint, "POST", answer="Reply", scope="cases:write", tag="cases", gathered=True,
    headers=AGAIN, statuses=(201, 400, 403, 404, 409, 422, 501),
)  # fmt: skip
_SOUGHT = {
    **dict.fromkeys(("flow", "state", "owner"), TEXT),
    "closed": FLAG,
    "after": AFTER,
    "limit": LIMIT,
}
_SEEN: Any = {"query": {"as": TEXT}, "statuses": (200, 403, 404, 501)}
_PAGE = (200, 400, 404, 501)

ENDPOINTS = [
    _write(
        "/v1/submissions", submit, "Have a request decided and put on record", request=_SUBMISSION
    ),
    _write("/v1/cases", open_case, "Open a case of a workflow", request=_OPENING),
    _write(
        "/v1/cases/{case}/actions",
        act,
        "Do something to a case",
        request=_ACTION,
        statuses=(200, 400, 403, 404, 409, 422, 501),
    ),
    _read("/v1/cases", find, "A page of cases", "CasePage", query=_SOUGHT, statuses=_PAGE),
    _read("/v1/cases/{case}", show, "A case, and what can be done next", "Case", **_SEEN),
    _read("/v1/cases/{case}/history", history, "What happened in a case", "History", **_SEEN),
    _read(
        "/v1/inbox/{name}",
        inbox,
        "What waits for a unit or a role",
        "Inbox",
        query={"limit": LIMIT},
        statuses=_PAGE,
    ),
    _read("/v1/stats", stats, "Cases by workflow and state", "Stats", statuses=(200, 501)),
]
