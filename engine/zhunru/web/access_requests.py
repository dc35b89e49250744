"""AuthZEN access requests: a denial is applied for by the admission workflow of the same set.

A task is a case. Its handle is sealed, so that it can be neither guessed nor read, and nothing has
to be kept beside the case. Who may approve, and that nobody approves what is their own, is for the
workflow to say; the approval is what the workflow writes into a register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from zhunru.diagnostics import NOWHERE
from zhunru.errors import CaseRefused, RequestRejected
from zhunru.request_facts import RequestFacts, sort_facts
from zhunru.runtime.case import Actor
from zhunru.runtime.replies import Reply
from zhunru.store.base import CaseRow, RegisterRow, View
from zhunru.vocabulary import BUILT_IN, Outcome
from zhunru.web.answers import Answer, as_json
from zhunru.web.authzen import ACTION, SUBJECT, base_url, question
from zhunru.web.calls import Call, Endpoint
from zhunru.web.problems import Problem, reject
from zhunru.web.reading import mapping, member, text
from zhunru.web.requestable import APPROVAL, DENIAL, Claims, binding
from zhunru.worktime import BEIJING
from zhunru.worktime.instants import instant

_KIND = "urn:openid:authzen:access-request:error:"
_TASK = "access-request"
_LIFE = timedelta(days=180)
_YEAR = timedelta(days=365)
_TERMINAL = {"withdrawn": "cancelled", "merged": "cancelled", "expired": "expired"}


@dataclass(frozen=True, slots=True)
class Task:
    """What a handle is about: a case, the question it began with, and who handed it in."""

    case_id: str
    binding: str
    by: str
    unit: str
    handle: str = ""


def _not_bound(kind: str, status: int, zh: str, en: str) -> None:
    reject(status, "ZR877", kind=_KIND + kind, problem_zh=zh, problem_en=en)


# --- handing in ------------------------------------------------------------------------------


def submit(call: Call) -> Answer:
    """Apply for what was denied; the case begins in the first state of its workflow."""
    data = call.json()
    if "items" in data:
        what = {"what_zh": "一次申请多项", "what_en": "several items in one request"}
        reject(400, "ZR794", kind=_KIND + "not_requestable", **what)
    asked = question(data)
    denial = member(data, "denial")
    claims = _verified(call, denial if isinstance(denial, dict) else {}, asked)
    actor = _sender(call, asked)
    key = _key(call, claims)
    reply = _submitted(call, asked, claims, actor, key)
    case_id = reply.opened[-1]
    _apply(call, case_id, mapping(data, "requested_access"), actor, key)
    task = Task(case_id, claims["binding"], call.principal.id, actor.unit)
    body = _told(call, task)
    pending = body["task"]["status"] == "pending"
    headers = {"location": body["task"]["status_endpoint"]}
    return as_json(body, 202 if pending else 201, headers)


def _verified(call: Call, denial: Mapping[str, Any], asked: Mapping[str, Any]) -> Claims:
    """Return what the denial says, if it is ours, still runs, and is of this question."""
    token = text(denial, "binding_token", "denial.", "")
    claims = call.service.signer.claims(token, DENIAL) if token else None
    if claims is None or claims.get("aud") != call.tenant.name:
        _not_bound(
            "invalid_denial_binding", 400, "不是本服务给出的凭据", "it is not of this service"
        )
        raise AssertionError
    if call.at.timestamp() > claims["exp"]:
        _not_bound("expired_denial", 410, "已经过期", "it has expired")
    if claims["binding"] != binding(asked):
        _not_bound("invalid_denial_binding", 400, "与申请的事项不符", "it is of another question")
    return claims


def _sender(call: Call, asked: Mapping[str, Any]) -> Actor:
    """Return who applies: the subject, which the caller has to be or may act for."""
    unit = asked["subject"]["id"]
    actor = call.principal.actor
    if actor is not None and actor.unit == unit:
        return actor
    call.need("act-as")
    return Actor(unit=unit)


def _key(call: Call, claims: Claims) -> str:
    """Return the key of the command: a request sent again is the same request."""
    given = call.header(b"idempotency-key") or claims["evaluation_id"]
    return "arq:" + sha256(f"{call.principal.id}\0{given}".encode()).hexdigest()


def _submitted(
    call: Call, asked: Mapping[str, Any], claims: Claims, actor: Actor, key: str
) -> Reply:
    current = call.tenant.current(claims["set"])
    names = current.asked(claims["decision"]).names
    facts = RequestFacts(names=names, received=call.at.date())
    given = current.mapped.facts(asked, asked["context"])
    request, found = sort_facts(given, NOWHERE, facts)
    if request is None:
        raise RequestRejected(found)
    try:
        reply = call.tenant.service.submit(
            request,
            actor=actor,
            key=key,
            at=call.at,
            decision=claims["decision"],
            policy=claims["set"],
            apply=True,
        )
    except CaseRefused as refused:
        raise _refused(refused) from None
    if reply.outcome == Outcome.ADMIT.value or not reply.opened:
        _not_bound("not_requestable", 400, "现在已经可以，不必申请", "it is admitted by now")
    return reply


def _refused(refused: CaseRefused) -> Exception:
    if refused.code == "ZR751":
        return Problem(409, [refused.diagnostic], kind=_KIND + "duplicate_request")
    return refused


def _apply(call: Call, case_id: str, wanted: Mapping[str, Any], actor: Actor, key: str) -> None:
    """Take the first step of the case at once, where the request says which."""
    step = mapping(wanted, "zhunru", "requested_access.")
    action = text(step, "action", "requested_access.zhunru.", "")
    if action:
        inputs = mapping(step, "inputs", "requested_access.zhunru.")
        service = call.tenant.service
        service.act(case_id, action, actor=actor, key=f"{key}:1", at=call.at, inputs=inputs)


# --- looking ---------------------------------------------------------------------------------


def status(call: Call) -> Answer:
    """Return how an access request stands."""
    return as_json(_told(call, _task(call)))


def _task(call: Call) -> Task:
    handle = call.params["task"]
    data = call.service.signer.unseal(handle.removeprefix("arq_"), _TASK)
    if data is None or data["tenant"] != call.tenant.name or not _may_see(call, data["by"]):
        _not_bound("unknown_task", 404, "没有这项申请", "there is no such request")
        raise AssertionError
    return Task(data["case"], data["binding"], data["by"], data["unit"], handle)


def _may_see(call: Call, by: str) -> bool:
    return call.principal.id == by or call.principal.may("cases:read")


def _handle(call: Call, task: Task) -> str:
    if task.handle:
        return task.handle
    data = {"case": task.case_id, "binding": task.binding, "by": task.by, "unit": task.unit}
    return "arq_" + call.service.signer.seal({**data, "tenant": call.tenant.name}, _TASK)


def _told(call: Call, task: Task) -> dict[str, Any]:
    """Return a task, and what came of it once it is approved."""
    row, rows = _read(call, task)
    expires = instant(row.opened) + _LIFE
    if call.at > expires:
        _not_bound("task_expired", 410, "申请已经过期", "the request has expired")
    handle = _handle(call, task)
    place = f"{base_url(call)}{call.tenant.prefix}/access/v1/requests/{handle}"
    stands = _status(call, row, rows)
    found: dict[str, Any] = {
        "id": handle,
        "status": stands,
        "status_endpoint": place,
        "expires_at": expires.replace(microsecond=0).isoformat(),
        "progress": {"step_name": row.state},
        "display": {"title": row.flow, "description": row.state},
    }
    if stands == "pending":
        found["links"] = {"cancel": f"{place}/cancel"}
    body = {"task": found}
    if stands == "approved":
        body["result"] = {"mode": "reevaluate", "approval": _approval(call, task, rows[0])}
    return body


def _read(call: Call, task: Task) -> tuple[CaseRow, list[RegisterRow]]:
    """Return the case of a task, and what it has written into registers."""
    office = call.tenant.desk

    def look(view: View) -> tuple[CaseRow | None, list[RegisterRow]]:
        row = view.case(task.case_id)
        policy = office.service.policies.of(row.digest) if row is not None else None
        names = office.service.policies.desk(policy).written if policy is not None else ()
        rows = [each for name in names for each in view.register_rows(name)]
        return row, [each for each in rows if each.case_id == task.case_id]

    row, rows = office.store.read(look)
    if row is None:
        _not_bound("unknown_task", 404, "没有这项申请", "there is no such request")
        raise AssertionError
    return row, rows


def _status(call: Call, row: CaseRow, rows: list[RegisterRow]) -> str:
    """Return the one of the profile's words that the case comes to."""
    if rows:
        return "approved"
    if not row.closed:
        return "pending"
    last = call.tenant.desk.store.events(row.case_id)[-1]
    return _TERMINAL.get(last.kind, "denied")


def _approval(call: Call, task: Task, row: RegisterRow) -> dict[str, Any]:
    """Return the approval that a row of a register is, signed for the question it is about."""
    if row.until is None:
        until = call.at.replace(microsecond=0) + _YEAR
    else:
        day = datetime.fromordinal(row.until).date() + timedelta(days=1)
        until = datetime.combine(day, time(), BEIJING)
    ours = call.service.signer.mac(f"{task.case_id}\0{row.row_id}".encode())[:32]
    approval = {"id": f"apr_{ours}", "approved_until": until.isoformat()}
    claims = {
        "iss": base_url(call) + call.tenant.prefix,
        "aud": call.tenant.name,
        "id": approval["id"],
        "task": _handle(call, task),
        "binding": task.binding,
        "until": approval["approved_until"],
    }
    return {**approval, "state": call.service.signer.jws(claims, APPROVAL)}


# --- taking back -----------------------------------------------------------------------------


def cancel(call: Call) -> Answer:
    """Take an access request back, as long as nothing has come of it."""
    task = _task(call)
    if call.principal.id != task.by:
        call.need("act-as")
    row, rows = _read(call, task)
    if _status(call, row, rows) != "pending":
        _not_bound("invalid_task_state", 409, "申请已经有了结果", "the request is settled already")
    key = f"arq:cancel:{task.case_id}"
    verb = BUILT_IN["withdraw"][0]
    call.tenant.service.act(task.case_id, verb, actor=Actor(unit=task.unit), key=key, at=call.at)
    return as_json(_told(call, task))


# --- the table -------------------------------------------------------------------------------

_OBJECT = {"type": "object"}
_SUBMISSION = {
    "type": "object",
    "required": ["subject", "action", "resource", "denial"],
    "properties": {
        "subject": SUBJECT,
        "action": ACTION,
        "resource": SUBJECT,
        "context": _OBJECT,
        "denial": _OBJECT,
        "requested_access": _OBJECT,
    },
}
_make = partial(Endpoint, scope="decide", tag="access requests", threaded=True)

ENDPOINTS = [
    _make(
        method="POST",
        path="/access/v1/requests",
        handler=submit,
        summary="Apply for what was denied",
        request=_SUBMISSION,
        statuses=(201, 202, 400, 409, 410),
    ),
    _make(
        method="GET",
        path="/access/v1/requests/{task}",
        handler=status,
        summary="How a request stands",
        statuses=(200, 404, 410),
    ),
    _make(
        method="POST",
        path="/access/v1/requests/{task}/cancel",
        handler=cancel,
        summary="Take a request back",
        statuses=(200, 404, 409),
    ),
]
