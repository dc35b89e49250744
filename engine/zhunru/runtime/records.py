"""Submissions on record: every decision is kept, the refusals too, as a case that is over.

A record is a case of its own kind: the workflow is the name of the decision, the end its outcome,
and each of its events carries all of it, because no workflow says what happened to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from zhunru.compiler import CompiledPolicy
from zhunru.compiler.chart import OrgChart
from zhunru.compiler.request import FactValue, Request
from zhunru.decision import Decision
from zhunru.runtime.case import Actor, Case, Event, Visit
from zhunru.runtime.encoding import decode_case, decode_event
from zhunru.runtime.events import fold
from zhunru.store.base import BookingRow, EventRow
from zhunru.vocabulary import OUTCOMES, SYSTEM, Outcome, TypeName
from zhunru.worktime.instants import day_of

DECIDED = "decided"
TAKEN_BACK = "taken_back"
OUTAGE = "outage"
DUTY = "duty"
_RECORDS = frozenset({DECIDED, TAKEN_BACK, OUTAGE, DUTY})


def is_record(case: Case) -> bool:
    """Tell whether a case is the record of a submission: no state was ever entered."""
    return case.visit.number == 0


def record_of(
    policy: CompiledPolicy,
    decision: Decision,
    request: Request,
    *,
    case_id: str,
    partition: str,
    actor: Actor,
    at: int,
    children: Sequence[str],
) -> Case:
    """Return the record of a decision."""
    state = OUTCOMES[decision.outcome][0]
    return Case(
        case_id=case_id,
        partition=partition,
        set_code=policy.code,
        digest=policy.digest,
        flow=decision.decision_name,
        opened=at,
        opener=actor,
        version=1,
        at=at,
        visit=Visit(number=0, state=state, entered=at),
        fields=dict(request.facts),
        children=tuple(children),
        end=state,
    )


def decided(
    case: Case, decision: Decision, request: Request, booked: Sequence[BookingRow]
) -> Event:
    """Return the event of a decision: the answer in full, and all that it was made from."""
    data: dict[str, Any] = {"case": case, "decision": decision.to_dict()}
    data["request"] = _request(request)
    if booked:
        data["bookings"] = [[use.quota, use.subject, use.day, use.item] for use in booked]
    return Event(kind=DECIDED, at=case.at, data=data, actor=case.opener)


def _request(request: Request) -> Mapping[str, Any]:
    quotas = {key: [use.used, use.counted] for key, use in request.quotas.items()}
    plain: dict[str, Any] = {
        "received": request.received,
        "made_at": request.made_at,
        "assertions": dict(request.assertions),
        "quotas": quotas,
        "registers": dict(request.registers),
    }
    return {name: value for name, value in plain.items() if value}


def booked_by(rows: Sequence[EventRow], case_id: str) -> list[BookingRow]:
    """Return the uses of quotas that a record holds."""
    found = orjson.loads(rows[0].body)["data"].get("bookings", ())
    return [
        BookingRow(quota=quota, subject=subject, day=day, item=item, case_id=case_id)
        for quota, subject, day, item in found
    ]


def case_from(rows: Sequence[EventRow]) -> Case:
    """Return what the events of a case add up to; those of a record carry it whole."""
    if rows[0].kind in _RECORDS:
        return decode_case(encode_part(rows[-1].body))
    return fold(decode_event(row.kind, row.at, row.actor, row.body) for row in rows)


def encode_part(body: str) -> str:
    """Return the case that the body of a record's event carries, as a body of its own."""
    return orjson.dumps(orjson.loads(body)["data"]["case"], option=orjson.OPT_SORT_KEYS).decode()


def facts_for(flow: Any, facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """Return the facts of a request that a workflow has fields for."""
    names = {field.name for field in flow.fields}
    return {name: value for name, value in facts.items() if name in names}


def follows(decision: Decision, apply: bool) -> list[tuple[str, str]]:
    """Return the workflows that a decision opens, each with who owes it ("": who asked).

    An admission opens the workflow of what admitted it, and those of its duties. What was not
    admitted opens the workflow by which it may be applied for, if somebody applies.
    """
    route = decision.route
    found: dict[str, str] = {}
    if decision.outcome is Outcome.ADMIT:
        if route is not None and route.workflow:
            found[route.workflow] = ""
        for duty in decision.obligations:
            if duty.workflow:
                found.setdefault(duty.workflow, duty.by)
    elif apply and route is not None and route.apply:
        found[route.apply] = ""
    return list(found.items())


def senders(policy: CompiledPolicy, chart: OrgChart, case: Case, at: int) -> set[str]:
    """Return who sent a submission, and who wrote it down, as it was and as a chart calls them.

    Whom it is for, and whoever else it names, has nothing to take back.
    """
    fields = policy.plan(case.flow).fields
    sent_by = [
        case.fields.get(name)
        for name, field in fields.items()
        if field.asserted_by in SYSTEM and field.type.name is TypeName.UNIT
    ]
    names = {case.opener.unit, *(name for name in sent_by if isinstance(name, str))}
    days = day_of(case.at), day_of(at)
    called = {chart.resolve(name, day) for name in names for day in days}
    return names | {name for name in called if name}
