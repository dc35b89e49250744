"""Open311 GeoReport v2: what residents report, taken in as cases, and how it stands.

A service is a workflow of the tenant's sets that the settings open to the public. What is told of
a case is its state and who has it, never its facts: a report may name people.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any, NoReturn
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, SubElement, tostring

from zhunru.analysis.xml_text import plain
from zhunru.checker.resolved import ResolvedField
from zhunru.checker.resolved_flows import ResolvedWorkflow
from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import NOWHERE, Language
from zhunru.runtime.case import Actor
from zhunru.runtime.ids import TENTH, first_id
from zhunru.store.base import CaseRow, Shelf
from zhunru.vocabulary import TypeName
from zhunru.web.answers import Answer, as_json
from zhunru.web.authzen import base_url
from zhunru.web.calls import Call, Endpoint
from zhunru.web.problems import Problem, reject
from zhunru.web.reading import not_there, only
from zhunru.web.schemas import AGAIN, TEXT, either, listed, ref
from zhunru.worktime.instants import BEIJING, instant, moment_in, stamp

_RESIDENT = "系统外:居民"
_MOST = 100
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")
# No case was opened before, none is behind.
_ALWAYS = {
    "start_date": datetime(2000, 1, 1, tzinfo=UTC),
    "end_date": datetime(2999, 1, 1, tzinfo=UTC),
}
_PLACES = ("地点", "地址", "位置")
_SAID = ("诉求内容", "事项内容", "问题描述", "情况描述", "反映内容", "描述", "内容", "情况", "事由")
# What GeoReport calls an element of a list, in XML.
_ITEMS = {
    "services": "service",
    "service_requests": "request",
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
}
_ATTRIBUTE = "attribute["
_LONGEST = 4_000  # characters of a description, as GeoReport has it
_TYPES = {
    TypeName.NUMBER: "number",
    TypeName.DATE: "datetime",
    TypeName.MOMENT: "datetime",
    TypeName.CHOICE: "singlevaluelist",
    TypeName.CHOICES: "multivaluelist",
}


# --- services --------------------------------------------------------------------------------


def _services(call: Call) -> Iterator[tuple[str, CompiledPolicy]]:
    """Yield the workflows that are open to the public, each with its set."""
    opened = call.service.settings.open311
    if not opened:
        reject(501, "ZR794", what_zh="Open311（--open311）", what_en="Open311 (--open311)")
    for current in call.tenant.sets.values():
        flows = current.policy.core.workflows
        yield from ((name, current.policy) for name in opened if name in flows)


def _service(call: Call, code: str) -> CompiledPolicy:
    found = dict(_services(call))
    if code not in found:
        not_there("服务", "service", code, found)
    return found[code]


def _wrong(status: int, name: str, zh: str, en: str) -> NoReturn:
    raise Problem(status, [diagnose("ZR789", NOWHERE, name=name, wanted_zh=zh, wanted_en=en)])


def discovery(call: Call) -> Answer:
    """Return where the API is."""
    place = f"{base_url(call)}{call.tenant.prefix}/open311/v2"
    formats = ["application/json", "text/xml"]
    end = {"specification": "http://wiki.open311.org/GeoReport_v2", "url": place,
           "type": "production", "formats": formats}  # fmt: skip
    return _answer(call, {"changeset": "2026-01-01 00:00", "endpoints": [end]}, "discovery")


def services(call: Call) -> Answer:
    """Return what can be reported."""
    found = [
        {
            "service_code": name,
            "service_name": name,
            "description": policy.core.workflows[name].title.zh or name,
            "metadata": True,
            "type": "realtime",
            "keywords": "",
            "group": policy.code,
        }
        for name, policy in _services(call)
    ]
    return _answer(call, found, "services")


def definition(call: Call) -> Answer:
    """Return what a service asks for."""
    code = call.params["code"]
    policy = _service(call, code)
    fields = _asked_for(policy.core.workflows[code])
    told = [_attribute(field, number) for number, field in enumerate(fields, 1)]
    return _answer(call, {"service_code": code, "attributes": told}, "service_definition")


def _asked_for(flow: ResolvedWorkflow) -> list[ResolvedField]:
    """Return what a report may say: what is filled in at the first state, and where and about what.

    The workflows of a set may share one form, whose other fields are about other work.
    """
    first = flow.state(flow.initial)
    lines = first.lines if first is not None else ()
    named = {name for line in lines for name in line.inputs}
    known = {field.name for field in flow.fields}
    named |= {_first_of(_PLACES, known), _first_of(_SAID, known)}
    return [field for field in flow.fields if field.name in named and not field.secret]


def _first_of(names: Sequence[str], known: Collection[str]) -> str:
    return next((name for name in names if name in known), "")


def _attribute(field: ResolvedField, number: int) -> dict[str, Any]:
    return {
        "variable": True,
        "code": field.name,
        "datatype": _TYPES.get(field.type.name, "string"),
        "required": False,
        "datatype_description": "",
        "order": number,
        "description": field.name,
        "values": [{"key": value, "name": value} for value in field.type.values],
    }


# --- reports ---------------------------------------------------------------------------------


async def report(call: Call) -> Answer:
    """Take a report in: a case of the workflow is opened."""
    form = _form(call)
    code = form.get("service_code", "")
    if not code:
        _wrong(400, "service_code", "一项服务", "a service")
    policy = _service(call, code)
    facts = _facts(form, policy.core.workflows[code])
    given = call.header(b"idempotency-key") or call.service.settings.entropy(16).hex()
    key = "311:" + sha256(f"{call.principal.id}\0{given}".encode()).hexdigest()
    actor = call.principal.actor or Actor(unit=_RESIDENT)
    reply = await call.tenant.hall.open(
        code, actor=actor, key=key, at=call.at, facts=facts, policy=policy.code
    )
    made = {"service_request_id": reply.case_id, "service_notice": reply.state, "account_id": ""}
    return _answer(call, [made], "service_requests", 201)


def _form(call: Call) -> dict[str, Any]:
    """Return what a form says; attributes that may be several, as `[]` says, as lists."""
    media = call.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if media != b"application/x-www-form-urlencoded":
        reject(400, "ZR887", wanted="application/x-www-form-urlencoded")
    try:
        text = call.body.decode()
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=200, errors="strict")
    except UnicodeError:
        # What `%` stands for may be another encoding as well.
        _wrong(400, "form", "UTF-8 编码的表单", "a form in UTF-8")
    except ValueError:
        _wrong(400, "form", "一张表单", "a form")
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name.startswith(_ATTRIBUTE) and name.endswith("][]"):
            found.setdefault(name, []).append(value)
        elif name in found:
            reject(400, "ZR783", name=name[:100])  # which of the two is meant is not for us to say
        else:
            found[name] = value
    return found


def _facts(form: Mapping[str, Any], flow: ResolvedWorkflow) -> dict[str, Any]:
    """Return what a report says as facts of the workflow: its attributes, its text, its place."""
    known = {field.name for field in flow.fields}
    facts = _attributes(form, {field.name: field for field in _asked_for(flow)})
    place, at = _place(form), _first_of(_PLACES, known)
    said = form.get("description", "")
    if at:
        facts.setdefault(at, place)
    else:
        said = f"{said}（地点：{place}）"
    if len(said) > _LONGEST:
        # Cut short, nobody would know what else was said.
        _wrong(400, "description", f"至多 {_LONGEST} 字（没有地点栏目的，连同地点）",
               f"at most {_LONGEST} characters, with the place where it has no field")  # fmt: skip
    # Never just any text: a light that is broken is no legal basis, and no photograph either.
    about = _first_of(_SAID, known)
    if not about:
        _wrong(400, "service_code", "能记下报告内容的服务", "a service that can hold what is said")
    return {**facts, about: said} if said else facts


def _attributes(form: Mapping[str, Any], asked: Mapping[str, ResolvedField]) -> dict[str, Any]:
    """Return the attributes that are given; one that the service does not ask for is refused."""
    given: dict[str, Any] = {}
    for name, value in form.items():
        if name.startswith(_ATTRIBUTE):
            code = name[len(_ATTRIBUTE) :].removesuffix("[]").removesuffix("]")
            if code in given:
                reject(400, "ZR783", name=name[:100])
            given[code] = value
    only(given, asked)
    return {name: _value(asked[name].type.name, each) for name, each in given.items() if each}


def _value(kind: TypeName, given: str | list[str]) -> str | list[str]:
    """Return the value of an attribute as a field of the workflow takes it."""
    if isinstance(given, list):
        return given[0] if len(given) == 1 and kind is not TypeName.CHOICES else given
    if kind is TypeName.DATE and "T" in given:
        # GeoReport knows no days, only times: the day is that of the calendar here.
        with suppress(ValueError, OverflowError):
            at = moment_in(given)
            return str((at if at.tzinfo is None else at.astimezone(BEIJING)).date())
    return given


def _place(form: Mapping[str, Any]) -> str:
    """Return where it is; a Problem if nobody could find it."""
    named: str = form.get("address_string") or form.get("address_id", "")
    if named:
        return named
    for name, most in (("lat", 90), ("long", 180)):
        if not form.get(name):
            _wrong(400, "address_string", "地点（或者 lat、long）", "a place, or lat and long")
        if not _DEGREES.fullmatch(form[name]) or abs(float(form[name])) > most:
            _wrong(400, name, f"至多 {most} 的度数，例如 37.5", f"degrees up to {most}, as 37.5")
    return "，".join((form["lat"], form["long"]))


def reports(call: Call) -> Answer:
    """Return the newest reports, or those that are asked for."""
    query = call.query
    wanted = query.get("service_request_id", "")
    if wanted:
        rows = [_row(call, case_id) for case_id in wanted.split(",")[:_MOST]]
        return _answer(call, [_told(row) for row in rows], "service_requests")
    codes = set(filter(None, query.get("service_code", "").split(",")))
    states = (query.get("status") or "open,closed").split(",")
    if not {"open", "closed"}.issuperset(states):
        _wrong(400, "status", "open 或者 closed", "open or closed")
    flows = {name: policy for name, policy in _services(call) if not codes or name in codes}
    since, until = _moment(query, "start_date"), _moment(query, "end_date")
    rows = _newest(call, flows, {state == "closed" for state in states}, since, until)
    told = [_told(row) for row in rows if since <= row.opened <= until]
    return _answer(call, told[:_MOST], "service_requests")


def _moment(query: Mapping[str, str], name: str) -> int:
    """Return an end of the time that is asked for; without one, all there is."""
    given = query.get(name, "")
    if not given:
        return stamp(_ALWAYS[name])
    if "T" in given:
        given = given.replace(" ", "+")  # as it comes where nobody wrote `%2B`: there is no blank
    try:
        found = moment_in(given)
    except ValueError:
        _wrong(400, name, "2026-03-02T09:00:00+08:00 这样的时刻",
               "a time such as 2026-03-02T09:00:00+08:00")  # fmt: skip
    found = found if found.tzinfo is not None else found.replace(tzinfo=BEIJING)
    return stamp(min(max(found, _ALWAYS["start_date"]), _ALWAYS["end_date"]))


def _newest(
    call: Call, flows: Mapping[str, CompiledPolicy], closed: set[bool], since: int, until: int
) -> list[CaseRow]:
    """Return the reports of a time that were made last, newest first, of each service at most so
    many: who wants those before asks for an earlier time."""
    store = call.tenant.desk.store
    shelves = [
        # `c`: opened for itself. A case that another one brought about is no report.
        Shelf(flow=flow, state=state, closed=over, low=first_id(flows[flow].code, since),
              high=first_id(flows[flow].code, until + TENTH))
        for flow, state, over in store.count_cases()
        if flow in flows and over in closed
    ]  # fmt: skip
    ids = store.newest_ids(shelves, _MOST)
    rows = store.read(lambda view: [view.case(case_id) for case_id in ids])
    return sorted(filter(None, rows), key=lambda row: row.opened, reverse=True)


def one_report(call: Call) -> Answer:
    """Return how a report stands."""
    row = _row(call, call.params["case"])
    return _answer(call, [_told(row)], "service_requests")


def _row(call: Call, case_id: str) -> CaseRow:
    """Return a case that is a report; any other is not there."""
    row = call.tenant.desk.store.read(lambda view: view.case(case_id))
    if row is None or row.flow not in {name for name, _ in _services(call)}:
        raise Problem(404, [diagnose("ZR752", NOWHERE, case=case_id[:200])])
    return row


def _told(row: CaseRow) -> dict[str, Any]:
    return {
        "service_request_id": row.case_id,
        "status": "closed" if row.closed else "open",
        "status_notes": row.state,
        "service_name": row.flow,
        "service_code": row.flow,
        "agency_responsible": "、".join(row.owners),
        "requested_datetime": instant(row.opened).isoformat(),
        "expected_datetime": "" if row.due is None else instant(row.due).isoformat(),
    }


# --- the two forms ---------------------------------------------------------------------------


def _answer(call: Call, data: Any, name: str, status: int = 200) -> Answer:
    """Return data as JSON, or as XML where the address ends so."""
    if not call.path.endswith(".xml"):
        return as_json(data, status)
    return _as_xml(data, name, status)


def _as_xml(data: Any, name: str, status: int) -> Answer:
    text = tostring(_element(Element(name), data), encoding="utf-8", xml_declaration=True)
    return Answer(text, status, "text/xml; charset=utf-8")


def _element(root: Element, data: Any) -> Element:
    if isinstance(data, list):
        for each in data:
            _element(SubElement(root, _ITEMS[root.tag]), each)
    elif isinstance(data, Mapping):
        for name, value in data.items():
            _element(SubElement(root, str(name)), value)
    else:
        text = str(data).lower() if isinstance(data, bool) else str(data)
        # What XML cannot hold at all is left out rather than making the whole answer unreadable.
        root.text = plain(text, kept="\n\t")
    return root


def _wrong_as_json(problem: Problem, language: Language) -> Answer:
    return as_json(_errors(problem, language), problem.status)


def _wrong_as_xml(problem: Problem, language: Language) -> Answer:
    return _as_xml(_errors(problem, language), "errors", problem.status)


def _errors(problem: Problem, language: Language) -> list[dict[str, Any]]:
    """Return what is wrong as GeoReport tells it, with our code where only people look."""
    said = f"{problem.message(language)} [{problem.findings[0].code}]"
    return [{"code": problem.status, "description": said}]


# --- the table -------------------------------------------------------------------------------


_FORM = {
    "type": "object",
    "required": ["service_code"],
    "properties": {
        name: {"type": "string"}
        for name in ("service_code", "description", "address_string", "address_id", "lat", "long",
                     "api_key")
    },
    "patternProperties": {r"^attribute\[.+\]$": either(TEXT, listed(TEXT))},
}  # fmt: skip
_SOUGHT = ("service_request_id", "service_code", "status", "start_date", "end_date", "api_key")


def _both(
    method: str,
    path: str,
    handler: Any,
    scope: str,
    summary: str,
    told: str,
    *,
    gathered: bool = False,
    **more: Any,
) -> Iterator[Endpoint]:
    make = partial(
        Endpoint,
        method=method,
        handler=handler,
        scope=scope,
        summary=summary,
        tag="open311",
        threaded=not gathered,
        gathered=gathered,
        keyed=True,
        statuses=(201 if method == "POST" else 200, 400, 404, 501),
        **more,
    )
    yield make(
        path=f"/open311/v2/{path}.json",
        response=ref(f"Open311{told}"),
        wrong=_wrong_as_json,
        wrong_response=ref("Open311Errors"),
    )
    yield make(
        path=f"/open311/v2/{path}.xml",
        media="text/xml",
        response={"type": "string"},
        wrong=_wrong_as_xml,
        wrong_response={"type": "string"},
    )


ENDPOINTS = [
    *_both("GET", "discovery", discovery, "decide", "Where the API is", "Discovery"),
    *_both("GET", "services", services, "decide", "What can be reported", "Services"),
    *_both("GET", "services/{code}", definition, "decide", "What a service asks for", "Definition"),
    *_both(
        "POST",
        "requests",
        report,
        "cases:write",
        "Report something",
        "Reported",
        gathered=True,
        headers=AGAIN,
        request=_FORM,
        takes="application/x-www-form-urlencoded",
    ),
    *_both(
        "GET",
        "requests",
        reports,
        "cases:read",
        "Reports",
        "Reports",
        query=dict.fromkeys(_SOUGHT, TEXT),
    ),
    *_both("GET", "requests/{case}", one_report, "cases:read", "How a report stands", "Reports"),
]
