"""What there is: sets, their forms, lists and workflows, for people to look through and draw."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from zhunru.analysis.drawing import FORMATS, draw_workflow
from zhunru.analysis.sources import written_lists
from zhunru.checker.resolved import normal_title
from zhunru.compiler import CompiledPolicy
from zhunru.web.answers import Answer, as_json
from zhunru.web.calls import Call, Endpoint, endpoint
from zhunru.web.deciding import described
from zhunru.web.reading import not_there, wrong_kind
from zhunru.web.schemas import AFTER, LIMIT, TEXT, Schema, one_of

_MEDIA = {
    "svg": "image/svg+xml",
    "mermaid": "text/plain; charset=utf-8",
    "dot": "text/vnd.graphviz; charset=utf-8",
    "graphml": "application/xml",
    "bpmn": "application/xml",
    "scxml": "application/scxml+xml",
}


def sets(call: Call) -> Answer:
    """Return the sets that decisions are made by, each with its version."""
    return as_json({"sets": [_summary(each.policy) for each in call.tenant.sets.values()]})


def _summary(policy: CompiledPolicy) -> dict[str, Any]:
    core = policy.core
    return {
        "code": policy.code,
        "digest": policy.digest,
        "title": {"zh": core.title.zh, "en": core.title.en},
        "decisions": list(policy.decisions),
        "workflows": list(core.workflows),
        "registers": list(core.registers),
    }


def one_set(call: Call) -> Answer:
    """Return a set with the forms of its decisions."""
    policy = call.tenant.current(call.params["set"]).policy
    forms = {
        name: [described(field, plan.fields) for field in plan.fields]
        for name, plan in policy.plans.items()
    }
    return as_json({**_summary(policy), "forms": forms})


def lists(call: Call) -> Answer:
    """Return the lists of a set and of those above it."""
    policy = call.tenant.current(call.params["set"]).policy
    found = [
        {"set": code, "name": each.name.text, "kind": each.kind.value, "entries": len(each.entries)}
        for code, each in written_lists(policy)
    ]
    return as_json({"lists": found})


def entries(call: Call) -> Answer:
    """Return a page of entries, those that hold the words that are searched for."""
    policy = call.tenant.current(call.params["set"]).policy
    limit = call.limit()
    start = call.place()
    wanted = normal_title(call.query.get("q", ""))
    name = call.query.get("list", "")
    names = dict.fromkeys(each.name.text for _, each in written_lists(policy))
    if name and name not in names:
        not_there("清单", "list", name, names)
    found: list[dict[str, Any]] = []
    after = ""
    for number, entry in enumerate(entries_of(policy, name)):
        if number < start or (
            wanted and wanted not in normal_title(entry["code"] + entry["title"])
        ):
            continue
        if len(found) == limit:
            after = str(number)
            break
        found.append(entry)
    return as_json({"entries": found, "after": after})


def entries_of(policy: CompiledPolicy, name: str) -> Iterator[dict[str, Any]]:
    """Yield the entries of a set and those above it, of one list or of all."""
    for code, each in written_lists(policy):
        if name and each.name.text != name:
            continue
        for entry in each.entries:
            yield {
                "set": code,
                "list": each.name.text,
                "kind": each.kind.value,
                "code": entry.code,
                "title": entry.title.zh,
            }


def units(call: Call) -> Answer:
    """Return the units of the chart of a day."""
    policy = call.tenant.current(call.params["set"]).policy
    chart = policy.model.chart
    found = [
        {"name": name, "level": chart.units[name].level, "above": list(chart.above(name)[1:])}
        for name in chart.known(call.at.date())
    ]
    return as_json({"units": found})


def graph(call: Call) -> Answer:
    """Return a workflow, drawn or for other programs."""
    policy = call.tenant.current(call.params["set"]).policy
    form = call.query.get("format", "svg")
    if form not in FORMATS:
        wrong_kind("format", "、".join(FORMATS), ", ".join(FORMATS))
    text = draw_workflow(policy, call.params["flow"], format=form, language=call.language)
    return Answer(text.encode(), media=_MEDIA[form])


_read = partial(endpoint, "GET", scope="decide", tag="sets", statuses=(200, 404))
_LISTING: dict[str, Schema] = {"q": TEXT, "list": TEXT, "after": AFTER, "limit": LIMIT}

ENDPOINTS = [
    _read("/v1/sets", sets, "The sets that decisions are made by", "Sets"),
    _read("/v1/sets/{set}", one_set, "A set with its forms", "SetWithForms"),
    _read("/v1/sets/{set}/lists", lists, "Its lists", "Lists", threaded=True),
    _read(
        "/v1/sets/{set}/entries",
        entries,
        "A page of entries",
        "EntryPage",
        threaded=True,
        query=_LISTING,
        statuses=(200, 400, 404),
    ),
    _read("/v1/sets/{set}/units", units, "The chart", "Units", threaded=True),
    Endpoint(
        method="GET",
        path="/v1/sets/{set}/workflows/{flow}",
        handler=graph,
        scope="decide",
        summary="A workflow, drawn",
        tag="sets",
        threaded=True,
        query={"format": {**one_of(*FORMATS), "default": "svg"}},
        media="image/svg+xml",
        others={m.partition(";")[0]: TEXT for m in list(_MEDIA.values())[1:]},
        response=TEXT,
        statuses=(200, 400, 404),
    ),
]
