"""AuthZEN access requests: a denial is applied for by the admission workflow of the same set.

A task is a case. Its handle is sealed, so that it can be neither guessed nor read, and nothing has
to be kept beside the case. Who may approve, and that nobody approves what is their own, is for the
workflow to say; the approval is what the workflow writes into a register. Several things may be
applied for at once; each is a case of its own, and they are opened together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NoReturn

from zhunru.decision import decide
from zhunru.diagnostics import NOWHERE
from zhunru.errors import CaseRefused, RequestRejected
from zhunru.request_facts import RequestFacts, sort_facts
from zhunru.runtime.case import Actor
from zhunru.runtime.replies import Reply
from zhunru.store.base import CaseRow, RegisterRow, View
from zhunru.vocabulary import BUILT_IN, Outcome
from zhunru.web import requestable
from zhunru.web.answers import Answer, as_json
from zhunru.web.authzen import ACTION, BAD, SUBJECT, Asking, base_url, question
from zhunru.web.callbacks import keep, wanted
from zhunru.web.calls import Call, endpoint
from zhunru.web.problems import Problem, reject
from zhunru.web.reading import mapping, member, text, wrong_kind
from zhunru.web.requestable import APPROVAL, DENIAL, Claims, binding
from zhunru.web.schemas import AGAIN
from zhunru.web.tokens import EVERYBODY
from zhunru.worktime import BEIJING
from zhunru.worktime.instants import instant

if TYPE_CHECKING:
    from zhunru.web.service import Service
    from zhunru.web.tenants import Tenant

_KIND = "urn:openid:authzen:access-request:error:"
_TASK = "access-request"
_LIFE = timedelta(days=180)
_YEAR = timedelta(days=365)
_MOST_ITEMS = 20
_LONGEST_HANDLE = 8_000  # characters: it stands in an address
_TERMINAL = {"withdrawn": "cancelled", "merged": "cancelled", "expired": "expired"}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was applied for: its case, and the question that it began with."""

    case_id: str
    binding: str
    resource: Mapping[str, Any] | None = None
    action: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What a handle is about: one thing or several (`bulk`), and who handed them in."""

    parts: tuple[Part, ...]
    by: str
    unit: str
    bulk: bool = False
    handle: str = ""


def _not_bound(kind: str, status: int, zh: str, en: str) -> NoReturn:
    reject(status, "ZR877", kind=_KIND + kind, problem_zh=zh, problem_en=en)


# --- handing in ------------------------------------------------------------------------------


def submit(call: Call) -> Answer:
    """Apply for what was denied; the case begins in the first state of its workflow."""
    data = call.json(BAD)
    bulk = "items" in data
    wishes = _wishes(call, data) if bulk else [_wish(call, data, data)]
    back = wanted(call, data)
    if bulk:
        _all_requestable(call, wishes)
    actor = _sender(call, wishes[0].asked)
    task = Task(_opened(call, wishes, actor, bulk), call.principal.id, actor.unit, bulk)
    if back is not None:
        keep(call, _handle(call, task), task.parts[0].case_id, back)
    body = _told(call, task)
    pending = body["task"]["status"] == "pending"
    headers = {"location": body["task"]["status_endpoint"]}
    return as_json(body, 202 if pending else 201, headers)


@dataclass(frozen=True, slots=True)
class _Wish:
    """One thing that is applied for, with the denial that it may be applied for by."""

    asked: dict[str, Any]
    claims: Claims
    access: Mapping[str, Any]


def _wishes(call: Call, data: Mapping[str, Any]) -> list[_Wish]:
    """Return the items of a request; each has a denial of its own, or that of the request."""
    items = data["items"]
    if not isinstance(items, list) or not 1 <= len(items) <= _MOST_ITEMS:
        wrong_kind("items", f"1 至 {_MOST_ITEMS} 项", f"a list of 1 to {_MOST_ITEMS}")
    if "resource" in data or "action" in data:
        wrong_kind("items", "单独写，不与 resource、action 并用", "without `resource` and `action`")
    if not all(isinstance(item, dict) for item in items):
        wrong_kind("items", "对象的清单", "a list of objects")
    return [_wish(call, data, item) for item in items]


def _wish(call: Call, data: Mapping[str, Any], item: Mapping[str, Any]) -> _Wish:
    names = ("subject", "context")
    asked = question({**item, **{name: data[name] for name in names if name in data}})
    denial = item.get("denial", member(data, "denial") if "denial" not in item else None)
    claims = _verified(call, denial if isinstance(denial, dict) else {}, asked)
    access = {**mapping(data, "requested_access"), **mapping(item, "requested_access")}
    return _Wish(asked, claims, access)


def _all_requestable(call: Call, wishes: list[_Wish]) -> None:
    """Refuse all of them where one is not to be applied for now: nothing is opened by halves."""
    for wish in wishes:
        options = {"set": wish.claims["set"], "decision": wish.claims["decision"]}
        asking = Asking(call, options)
        found = decide(asking.current.policy, asking.request(wish.asked), asking.asked.name)
        if found.outcome is Outcome.ADMIT or not requestable.can_apply(call, found):
            named = wish.asked["action"]["name"]
            zh, en = f"“{named}”现在不必或者不能申请", f"`{named}` is not to be applied for now"
            _not_bound("not_requestable", 400, zh, en)


def _opened(call: Call, wishes: list[_Wish], actor: Actor, bulk: bool) -> tuple[Part, ...]:
    parts: list[Part] = []
    for number, wish in enumerate(wishes):
        key = _key(call, wish.claims) + (f".{number}" if bulk else "")
        try:
            case_id = _submitted(call, wish.asked, wish.claims, actor, key).opened[-1]
            _apply(call, case_id, wish.access, actor, key)
        except (Problem, CaseRefused, RequestRejected):
            # Several are one request: what was opened for it before is taken back.
            for part in parts:
                _withdraw(call, part.case_id, actor)
            raise
        told = (wish.asked["resource"], wish.asked["action"]) if bulk else (None, None)
        parts.append(Part(case_id, wish.claims["binding"], *told))
    return tuple(parts)


def _verified(call: Call, denial: Mapping[str, Any], asked: Mapping[str, Any]) -> Claims:
    """Return what the denial says, if it is ours, still runs, and is of this question."""
    token = text(denial, "binding_token", "denial.", "")
    claims = call.service.signer.claims(token, DENIAL) if token else None
    if claims is None or claims.get("aud") != call.tenant.name:
        _not_bound(
            "invalid_denial_binding", 400, "不是本服务给出的凭据", "it is not of this service"
        )
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


def _apply(call: Call, case_id: str, access: Mapping[str, Any], actor: Actor, key: str) -> None:
    """Take the first step of the case at once, where the request says which."""
    step = mapping(access, "zhunru", "requested_access.")
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
    task = task_of(call, call.params["task"])
    if task is None or not _may_see(call, task.by):
        _not_bound("unknown_task", 404, "没有这项申请", "there is no such request")
    return task


def task_of(call: Call, handle: str) -> Task | None:
    """Return what a handle is about, if it is ours and of this tenant."""
    data = call.service.signer.unseal(handle.removeprefix("arq_"), _TASK)
    if data is None or data["tenant"] != call.tenant.name:
        return None
    bulk = "items" in data
    parts = tuple(
        Part(each["case"], each["binding"], each.get("resource"), each.get("action"))
        for each in data.get("items", [data])
    )
    return Task(parts, data["by"], data["unit"], bulk, handle)


def _may_see(call: Call, by: str) -> bool:
    return call.principal.id == by or call.principal.may("cases:read")


def _handle(call: Call, task: Task) -> str:
    if task.handle:
        return task.handle
    kept = [{"case": part.case_id, "binding": part.binding} for part in task.parts]
    about: dict[str, Any] = kept[0]
    if task.bulk:
        told = [{"resource": part.resource, "action": part.action} for part in task.parts]
        about = {"items": [{**one, **other} for one, other in zip(kept, told, strict=True)]}
    data = {**about, "by": task.by, "unit": task.unit, "tenant": call.tenant.name}
    handle = "arq_" + call.service.signer.seal(data, _TASK)
    if len(handle) > _LONGEST_HANDLE:
        reject(413, "ZR886", what_zh="items 里写的太多", what_en="there is too much in `items`")
    return handle


@dataclass(frozen=True, slots=True)
class _Standing:
    """How one thing that was applied for stands."""

    row: CaseRow
    status: str
    result: dict[str, Any] | None


def _stands(call: Call, task: Task, part: Part) -> _Standing:
    row, rows = _read(call, part)
    status = _status(call, row, rows)
    result = None
    if status == "approved":
        result = {"mode": "reevaluate", "approval": _approval(call, task, part, rows[0])}
    return _Standing(row, status, result)


def together(statuses: list[str]) -> str:
    """Return how several things stand as one: `partial` where they came to different ends."""
    if "pending" in statuses:
        return "pending"
    return statuses[0] if len(set(statuses)) == 1 else "partial"


def _told(call: Call, task: Task) -> dict[str, Any]:
    """Return a task, and what came of it once it is approved."""
    parts = [_stands(call, task, part) for part in task.parts]
    expires = instant(parts[0].row.opened) + _LIFE
    if call.at > expires:
        _not_bound("task_expired", 410, "申请已经过期", "the request has expired")
    handle = _handle(call, task)
    place = f"{base_url(call)}{call.tenant.prefix}/access/v1/requests/{handle}"
    stands = together([part.status for part in parts])
    shown = next((part.row for part in parts if part.status == stands), parts[0].row)
    found: dict[str, Any] = {
        "id": handle,
        "status": stands,
        "status_endpoint": place,
        "expires_at": expires.replace(microsecond=0).isoformat(),
        "progress": {"step_name": shown.state},
        "display": {"title": shown.flow, "description": shown.state},
    }
    if stands == "pending":
        found["links"] = {"cancel": f"{place}/cancel"}
    if task.bulk:
        found["items"] = [_item(*each) for each in zip(task.parts, parts, strict=True)]
    body = {"task": found}
    # What one of several came to is told with it, and never for all of them.
    if not task.bulk and parts[0].result is not None:
        body["result"] = parts[0].result
    return body


def _item(part: Part, standing: _Standing) -> dict[str, Any]:
    told = {"resource": part.resource, "action": part.action, "status": standing.status}
    return told if standing.result is None else {**told, "result": standing.result}


def settled(service: Service, tenant: Tenant, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what somebody is called back with; None as long as there is nothing to tell."""
    headers = {b"host": str(asked["host"]).encode("latin-1", "replace")}
    at = service.settings.clock()
    call = Call(service, tenant, EVERYBODY, at, headers, b"", "", {}, "zh")
    task = task_of(call, asked["task"])
    told = {"id": asked["task"], "status": "expired"}
    if task is not None:
        with suppress(Problem):
            told = _told(call, task)["task"]
    if told["status"] == "pending":
        return None
    # Whoever was told how a task stands asks for the rest: a callback lets nobody in by itself.
    names = ("id", "status", "status_endpoint")
    return {"state": asked["state"], "task": {n: told[n] for n in names if n in told}}


def _read(call: Call, part: Part) -> tuple[CaseRow, list[RegisterRow]]:
    """Return the case of what was applied for, and what it has written into registers."""
    office = call.tenant.desk

    def look(view: View) -> tuple[CaseRow | None, list[RegisterRow]]:
        row = view.case(part.case_id)
        policy = office.service.policies.of(row.digest) if row is not None else None
        names = office.service.policies.desk(policy).written if policy is not None else ()
        rows = [each for name in names for each in view.register_rows(name)]
        return row, [each for each in rows if each.case_id == part.case_id]

    row, rows = office.store.read(look)
    if row is None:
        _not_bound("unknown_task", 404, "没有这项申请", "there is no such request")
    return row, rows


def _status(call: Call, row: CaseRow, rows: list[RegisterRow]) -> str:
    """Return the one of the profile's words that the case comes to."""
    if rows:
        return "approved"
    if not row.closed:
        return "pending"
    last = call.tenant.desk.store.events(row.case_id)[-1]
    return _TERMINAL.get(last.kind, "denied")


def _approval(call: Call, task: Task, part: Part, row: RegisterRow) -> dict[str, Any]:
    """Return the approval that a row of a register is, signed for the question it is about."""
    if row.until is None:
        until = call.at.replace(microsecond=0) + _YEAR
    else:
        day = datetime.fromordinal(row.until).date() + timedelta(days=1)
        until = datetime.combine(day, time(), BEIJING)
    ours = call.service.signer.mac(f"{part.case_id}\0{row.row_id}".encode())[:32]
    approval = {"id": f"apr_{ours}", "approved_until": until.isoformat()}
    claims = {
        "iss": base_url(call) + call.tenant.prefix,
        "aud": call.tenant.name,
        "id": approval["id"],
        "task": _handle(call, task),
        "binding": part.binding,
        "until": approval["approved_until"],
    }
    return {**approval, "state": call.service.signer.jws(claims, APPROVAL)}


# --- taking back -----------------------------------------------------------------------------


def cancel(call: Call) -> Answer:
    """Take an access request back, as long as nothing has come of it."""
    task = _task(call)
    if call.principal.id != task.by:
        call.need("act-as")
    pending = [p for p in task.parts if _stands(call, task, p).status == "pending"]
    if not pending:
        _not_bound("invalid_task_state", 409, "申请已经有了结果", "the request is settled already")
    for part in pending:
        _withdraw(call, part.case_id, Actor(unit=task.unit))
    return as_json(_told(call, task))


def _withdraw(call: Call, case_id: str, actor: Actor) -> None:
    key, verb = f"arq:cancel:{case_id}", BUILT_IN["withdraw"][0]
    call.tenant.service.act(case_id, verb, actor=actor, key=key, at=call.at)


# --- the table -------------------------------------------------------------------------------

_OBJECT = {"type": "object"}
_SUBMISSION = {
    "type": "object",
    "required": ["subject"],
    "properties": {
        "subject": SUBJECT,
        "action": ACTION,
        "resource": SUBJECT,
        "context": _OBJECT,
        "denial": _OBJECT,
        "requested_access": _OBJECT,
        "items": {"type": "array", "items": _OBJECT},
        "callback": _OBJECT,
    },
}
_make = partial(
    endpoint, answer="AccessRequest", scope="decide", tag="access requests", threaded=True
)
_PATH = "/access/v1/requests"

ENDPOINTS = [
    _make(
        "POST",
        _PATH,
        submit,
        "Apply for what was denied",
        headers=AGAIN,
        request=_SUBMISSION,
        statuses=(201, 202, 400, 409, 410),
    ),
    _make("GET", f"{_PATH}/{{task}}", status, "How a request stands", statuses=(200, 404, 410)),
    _make(
        "POST", f"{_PATH}/{{task}}/cancel", cancel, "Take a request back", statuses=(200, 404, 409)
    ),
]
