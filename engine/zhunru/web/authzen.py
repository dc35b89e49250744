"""AuthZEN Authorization API 1.0: one evaluation, many evaluations, and the metadata.

A plain client reads the truth value `decision`. Every answer says in `context` what was decided;
a client that sends `context.zhunru.detail` = `full` is given the whole decision there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from zhunru.compiler.request import Request
from zhunru.decision import Decision
from zhunru.diagnostics import NOWHERE, Language
from zhunru.errors import RequestRejected
from zhunru.request_facts import sort_facts
from zhunru.syntax.written_days import day_in
from zhunru.vocabulary import OUTCOMES, Outcome
from zhunru.web import requestable
from zhunru.web.answers import Answer, as_json, said
from zhunru.web.calls import Call, Endpoint
from zhunru.web.problems import Problem, reject
from zhunru.web.reading import mapping, member, only, text, wrong_kind
from zhunru.web.schemas import ref
from zhunru.web.settings import LOCAL, machine
from zhunru.web.stored import with_store
from zhunru.web.tenants import Current
from zhunru.web.vouching import confirmed

SEMANTICS = ("execute_all", "deny_on_first_deny", "permit_on_first_permit")
_OPTIONS = frozenset({"set", "decision", "detail", "as_of", "facts"})  # in `context.zhunru`
_TOLD = 4  # reasons that a message tells
BAD = 400  # what AuthZEN answers to a request that it cannot take, of another type too
Question = dict[str, Any]


# --- questions -------------------------------------------------------------------------------


def entity(data: Mapping[str, Any], name: str, *wanted: str) -> dict[str, Any]:
    """Return one of the entities of a question, with the texts that it has to have."""
    found = data.get(name)
    if not isinstance(found, dict):
        member(data, name)
        wrong_kind(name, "对象", "an object")
    for each in wanted:
        if not isinstance(found.get(each), str):
            text(found, each, f"{name}.")
    if "properties" in found:
        mapping(found, "properties", f"{name}.")
    return found


def question(data: Mapping[str, Any]) -> Question:
    """Return a whole question; a Problem if part of it is missing or of the wrong kind."""
    return {
        "subject": entity(data, "subject", "type", "id"),
        "action": entity(data, "action", "name"),
        "resource": entity(data, "resource", "type", "id"),
        "context": mapping(data, "context"),
    }


class Asking:
    """One caller's questions to a set: how they are read, decided and told."""

    def __init__(self, call: Call, options: Mapping[str, Any]) -> None:
        only(options, _OPTIONS)
        self.call = call
        self.options = options
        self.current: Current = call.tenant.current(text(options, "set", "zhunru.", ""))
        self.mapped = self.current.mapped
        named = text(options, "decision", "zhunru.", "")
        self.asked = self.current.asked(named or self.mapped.decision)
        self.detail = text(options, "detail", "zhunru.", "brief")
        self.day = read_day(options, call.at.date())
        self.facts = self.asked.facts(self.day, call.principal.voucher)

    def request(self, asked: Question) -> Request:
        """Return the request that a question is; RequestRejected if it cannot be read."""
        given = self.mapped.facts(asked, {**asked["context"], **mapping(self.options, "facts")})
        request = self.asked.usual(given, self.facts)
        if request is None:
            request, found = sort_facts(given, NOWHERE, self.facts)
            if request is None:
                raise RequestRejected(found)
        request = confirmed(self.current.policy, self.asked.plan, request)
        return with_store(self.call.tenant, self.current.policy, self.asked.name, request)

    def decide(self, asked: Question) -> Decision:
        """Return the decision on a question, which is then on record."""
        call = self.call
        return call.tenant.decide(
            self.current, self.request(asked), self.asked, call.principal.id, call.at, call.later
        )

    def told(self, asked: Question) -> dict[str, Any]:
        """Return the answer to a question."""
        try:
            found = self.decide(asked)
        except RequestRejected as error:
            return refused(error, self.call.language)
        context = told(found, self.detail, self.call.language)
        if self.detail != "none" and (slips := self.mapped.slips(asked)):
            context["ignored"] = slips
        admitted = found.outcome is Outcome.ADMIT
        # Who is admitted has nothing to apply for: looked up for others, and for who asks to know.
        if not admitted or "approval" in asked["context"]:
            context |= requestable.context(self.call, self.current, asked, found)
        return {"decision": admitted, "context": context}


def read_day(options: Mapping[str, Any], today: date) -> date:
    """Return the day whose law is asked for; today unless told otherwise."""
    if "as_of" not in options:
        return today
    given = text(options, "as_of", "")
    try:
        return day_in(given)
    except ValueError:
        wrong_kind("as_of", "2026-03-02 这样的日期", "a date such as 2026-03-02")


def told(found: Decision, detail: str, language: Language) -> dict[str, Any]:
    """Return what the context of an answer says of a decision."""
    if detail == "none":
        return {}
    brief = {
        "outcome": found.outcome._value_,
        "reason": found.code,
        "message": message(found, language),
        "policy": found.set_code,
        "digest": found.digest,
        "as_of": found.as_of.isoformat(),
    }
    if detail == "brief":
        return brief
    return {**brief, "zhunru": said(found, advice=detail == "advice")}


def message(found: Decision, language: Language) -> str:
    """Return why it was so decided, or what is missing: of the reasons what is ready to be told."""
    if found.outcome is Outcome.INCOMPLETE or found.missing:
        return found.sentence(language)
    if language == "zh":
        return f"{found.wording}：{'；'.join(each.zh for each in found.reasons[:_TOLD])}。"
    return f"{OUTCOMES[found.outcome][1]}: {'; '.join(each.en for each in found.reasons[:_TOLD])}."


def refused(error: RequestRejected, language: Language) -> dict[str, Any]:
    """Return the answer to a question that cannot be read: no, and an error instead of reasons."""
    first = error.diagnostics[0]
    told = {"status": 422, "code": first.code, "message": first.message(language)}
    # A client that reads nothing but the truth value must not let anything through by mistake.
    return {"decision": False, "context": {"error": told}}


# --- one, and many ---------------------------------------------------------------------------


def evaluation(call: Call) -> Answer:
    """Answer one question."""
    return one(call, call.json(BAD))


def one(call: Call, data: Mapping[str, Any]) -> Answer:
    """Answer the question that a body is."""
    asked = question(data)
    return as_json(Asking(call, mapping(asked["context"], "zhunru")).told(asked))


def evaluations(call: Call) -> Answer:
    """Answer many questions, with what they have in common said once."""
    data = call.json(BAD)
    items = data.get("evaluations")
    if items is None or items == []:
        return one(call, data)
    if not isinstance(items, list):
        wrong_kind("evaluations", "清单", "a list")
    if len(items) > (most := call.service.settings.limits.evaluations):
        reject(413, "ZR886", what_zh=f"超过 {most} 项", what_en=f"more than {most} items")
    semantic = text(mapping(data, "options"), "evaluations_semantic", "options.", SEMANTICS[0])
    if semantic not in SEMANTICS:
        choices = "、".join(SEMANTICS)
        wrong_kind("options.evaluations_semantic", choices, ", ".join(SEMANTICS))
    names = ("subject", "action", "resource", "context")
    shared = {name: data[name] for name in names if name in data}
    asking: dict[str, Asking] = {}
    answers = (_item(call, shared, item, asking) for item in items)
    return as_json({"evaluations": list(_until(answers, semantic))})


def _item(
    call: Call, shared: Mapping[str, Any], item: Any, asking: dict[str, Asking]
) -> dict[str, Any]:
    """Return the answer to one of many questions; what is wrong with it stays with it."""
    try:
        if not isinstance(item, dict):
            wrong_kind("evaluations", "对象的清单", "a list of objects")
        asked = question({**shared, **item})
        options = mapping(asked["context"], "zhunru")
        # Nearly all questions of a call have the same options: read and mapped once.
        key = repr(options)
        if key not in asking:
            asking[key] = Asking(call, options)
        return asking[key].told(asked)
    except Problem as problem:
        told = {
            "status": problem.status,
            "code": problem.findings[0].code,
            "message": problem.message(call.language),
        }
        return {"decision": False, "context": {"error": told}}


def _until(answers: Iterator[dict[str, Any]], semantic: str) -> Iterator[dict[str, Any]]:
    """Yield answers up to the one that settles it; no question after that is asked."""
    last = {"deny_on_first_deny": False, "permit_on_first_permit": True}.get(semantic)
    for answer in answers:
        yield answer
        if answer["decision"] is last:
            return


# --- metadata --------------------------------------------------------------------------------

_PATHS = {
    "access_evaluation_endpoint": "/access/v1/evaluation",
    "access_evaluations_endpoint": "/access/v1/evaluations",
    "search_subject_endpoint": "/access/v1/search/subject",
    "search_resource_endpoint": "/access/v1/search/resource",
    "search_action_endpoint": "/access/v1/search/action",
}


def base_url(call: Call) -> str:
    """Return how callers reach the service: as it was set up, else as this caller did.

    Who calls from this machine itself comes without TLS; from elsewhere TLS is somebody's in front.
    """
    told = call.service.settings.base_url.rstrip("/")
    host = call.header(b"host") or "localhost"
    return told or f"{'http' if machine(host) in LOCAL else 'https'}://{host}"


def metadata(call: Call) -> Answer:
    """Return where everything of AuthZEN is; for a tenant under the path of its own."""
    name = call.params.get("tenant", "")
    tenant = call.service.tenants.get(name)
    if tenant is None:
        reject(404, "ZR884", path=call.path[:200])
    base = base_url(call) + tenant.prefix
    found: dict[str, Any] = {"policy_decision_point": base}
    found |= {name: base + path for name, path in _PATHS.items()}
    if tenant.office is not None:
        found["access_request_endpoint"] = f"{base}/access/v1/requests"
        found["jwks_uri"] = f"{base_url(call)}/access/v1/jwks"
        found["capabilities"] = ["urn:openid:authzen:capability:access-request"]
    claims = {**found, "iss": base}
    return as_json({**found, "signed_metadata": call.service.signer.jws(claims, "JWT")})


# --- the table -------------------------------------------------------------------------------

_TEXT = {"type": "string"}
_OBJECT = {"type": "object"}
SUBJECT = {
    "type": "object",
    "required": ["type", "id"],
    "properties": {"type": _TEXT, "id": _TEXT, "properties": _OBJECT},
}
ACTION = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": _TEXT, "properties": _OBJECT},
}
EVALUATION = {
    "type": "object",
    "required": ["subject", "action", "resource"],
    "properties": {"subject": SUBJECT, "action": ACTION, "resource": SUBJECT, "context": _OBJECT},
}
_MANY = {
    "type": "object",
    "properties": {
        **EVALUATION["properties"],  # type: ignore[dict-item]
        "evaluations": {"type": "array", "items": _OBJECT},
        "options": {
            "type": "object",
            "properties": {"evaluations_semantic": {"enum": list(SEMANTICS)}},
        },
    },
}
_make = partial(
    Endpoint, method="POST", scope="decide", tag="authzen", plain_errors=True, stored=True,
    statuses=(200, 400, 413),
)  # fmt: skip

ENDPOINTS = [
    _make(
        path="/access/v1/evaluation",
        handler=evaluation,
        summary="May this subject do this to that resource?",
        request=EVALUATION,
        response=ref("Evaluation"),
    ),
    _make(
        path="/access/v1/evaluations",
        handler=evaluations,
        summary="Many such questions at once",
        request=_MANY,
        response=ref("Evaluations"),
    ),
    Endpoint(
        method="GET",
        path="/.well-known/authzen-configuration",
        handler=metadata,
        summary="Where everything of AuthZEN is",
        tag="authzen",
        open=True,
        shared=True,
        response=ref("Metadata"),
        statuses=(200, 404),
    ),
    Endpoint(
        method="GET",
        path="/.well-known/authzen-configuration/t/{tenant}",
        handler=metadata,
        summary="Where everything of AuthZEN is, for a tenant",
        tag="authzen",
        open=True,
        shared=True,
        response=ref("Metadata"),
        statuses=(200, 404),
    ),
]
