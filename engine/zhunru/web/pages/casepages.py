"""办件: inboxes, a case with its time line, and what can be done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from zhunru.diagnostics import Diagnostic
from zhunru.errors import CaseRefused, RequestRejected
from zhunru.runtime.case import Actor
from zhunru.runtime.encoding import decode_case
from zhunru.runtime.ids import is_record_id
from zhunru.runtime.recurring import is_duty_id
from zhunru.web.masking import masked, unseen
from zhunru.web.pages.caselist import BETWEEN, PAST, TABS, Wanted, page_of
from zhunru.web.pages.controls import Control, control, facts_of, hint, marked
from zhunru.web.pages.facts import Fields, fields_of, told, written
from zhunru.web.pages.titles import title_of
from zhunru.web.pages.visit import Visit
from zhunru.web.pages.words import OF_DUTIES, OF_RECORDS
from zhunru.web.paths import named
from zhunru.web.problems import reject
from zhunru.web.reading import whole_number
from zhunru.worktime import BEIJING

_SOON = timedelta(hours=48)
_MOST_KIN = 20
_SEAL = "（印章）"
# Figures of a meeting that it can do without: a chart may know the members, nobody need be recused.
_WHERE_NEEDED = ("应到", "回避")


def show(visit: Visit) -> Response:
    """Show a page of cases: those of everybody, or what waits for a unit or a role."""
    if visit.tenant.office is None:
        return visit.page("cases.html", here="cases", page=None)
    own = visit.principal.actor
    wanted = Wanted.of(visit.query, own.unit if own is not None else "")
    page = page_of(visit, wanted)

    def link(**changes: str) -> str:
        """Return the address of the list with something else asked for."""
        place = f"{wanted.flow}{BETWEEN}{wanted.state}" if wanted.state else wanted.flow
        # An empty name is said too: whoever has a unit would else see that unit's cases again.
        kept = {"tab": wanted.tab, "who": wanted.who, "set": wanted.code, "in": place}
        kept |= {"q": wanted.words, **changes}
        return (
            visit.url("/cases")
            + "?"
            + urlencode({k: v for k, v in kept.items() if v or k == "who"})
        )

    return visit.page(
        "cases.html",
        here="cases",
        page=page,
        wanted=wanted,
        between=BETWEEN,
        rows=[(row, _urgency(row, visit.at)) for row in page.rows],
        state_of=partial(_state, visit),
        tabs=TABS,
        past=PAST,
        link=link,
        here_asked=link(after=wanted.after).partition("?")[2],
        several=len(visit.tenant.sets) > 1,
        units=_units(visit),
    )


def one(visit: Visit) -> Response:
    """Show a case with its time line and what can be done next."""
    return _page(visit, visit.params["case"])


def paper(visit: Visit) -> Response:
    """Show a paper that a case issued, ready to be printed."""
    params = visit.params
    hidden = unseen(visit.tenant.desk, params["case"], _viewer(visit))
    events = masked(visit.tenant.desk.history(params["case"]), hidden)
    found = {
        f"{event['number']}-{at}": each
        for event in events
        for at, each in enumerate(event.get("papers", ()), 1)
    }.get(params["paper"])
    if found is None:
        reject(404, "ZR884", path=named(visit.request.url.path)[:200])
    heading, number, *lines = found["text"].split("\n")
    # Below the text stand who signs, where to seal and the day.
    end = len(lines) - (3 if _SEAL in lines[-2:-1] else 1)
    return visit.page(
        "paper.html",
        here="cases",
        heading=heading,
        number=number,
        body=lines[:end],
        signed=lines[end:],
        missing=found.get("missing", ()),
    )


async def act(visit: Visit) -> Response:
    """Do something to a case; what is refused is told beside the form, and nothing is lost."""
    if visit.text("unsent"):  # what was typed so far, in the other language
        return await run_in_threadpool(one, visit)
    case_id = visit.params["case"]
    try:
        await visit.tenant.hall.act(
            case_id,
            visit.text("action"),
            actor=visit.actor(),
            key=f"{visit.principal.id}:{visit.text('key')}",
            at=visit.at,
            inputs=facts_of(visit),
            expected=whole_number(visit.text("version")),
        )
    except CaseRefused as refused:
        return await run_in_threadpool(_page, visit, case_id, [refused.diagnostic])
    except RequestRejected as rejected:
        return await run_in_threadpool(_page, visit, case_id, rejected.diagnostics)
    asked = visit.query.get("list", "")
    return visit.move("/cases", case_id, done="1", who=visit.text("as"), list=asked)


def _page(visit: Visit, case_id: str, findings: Sequence[Diagnostic] = ()) -> Response:
    office, viewer = visit.tenant.desk, _viewer(visit)
    hidden = unseen(office, case_id, viewer)
    who = "" if viewer is None else f"{viewer.unit} {viewer.person}"
    case = masked(office.show(case_id, visit.at, who), hidden)
    events = masked(office.history(case_id), hidden)
    steps = [(step, _inputs(step, case, visit)) for step in _next(case, visit)]
    tried = visit.text("action")
    fields = _fields(visit, case)
    always = _always(visit, case_id, findings)
    offered = {step["action"] for step, _ in (*steps, *always)}
    steps = [(s, marked(f, findings) if s["action"] == tried else f) for s, f in steps]
    shown_to = visit.text("as") or visit.query.get("who", "") or who.strip()
    # Whoever goes through a list comes back to where in it they were.
    asked = visit.query.get("list", "") or urlencode({"who": shown_to.split(" ")[0]})
    return visit.page(
        "case.html",
        409 if findings else 200,
        here="cases",
        back=f"{visit.url('/cases')}?{asked}",
        case=case,
        title=_title(visit, case_id),
        urgency=_urgency(case, visit.at),
        events=events,
        told=partial(_told, visit, case, fields),
        state=_state(visit, case_id, case["state"]),
        steps=[(step, fields, _lacking(step, fields)) for step, fields in steps],
        always=always,
        tried=tried,
        # Somebody else was faster, and what was asked for is not to be done any more.
        kept=facts_of(visit) if findings and tried not in offered else {},
        kin=_kin(visit, case),
        findings=findings,
        who=shown_to,
        key=visit.service.settings.entropy(8).hex(),
        units=_units(visit),
    )


def _inputs(step: dict[str, Any], case: dict[str, Any], visit: Visit) -> list[Control]:
    """Return the controls of what an action asks for, and of what its condition hangs on."""
    policy = visit.tenant.service.policies.of(case["digest"])
    fields = fields_of(policy, case["flow"])
    filled = facts_of(visit) if visit.text("action") == step["action"] else {}
    found = []
    for each in step["inputs"]:
        name, field = each["name"], fields.get(each["name"])
        # What another party answered is not what this one has to say.
        before = None if case["parties"] else case["facts"].get(name)
        value = filled.get(name, written(before, field))
        only = each.get("for", ())
        notes = [visit.say("only_for").format(visit.say("comma").join(only))] if only else []
        if field is not None:
            notes.append(hint(field, visit))
            made = control(policy, field, name, value, _joined(notes, visit))
        else:
            # Figures of a meeting and the like are fields of no form.
            notes.append(each["type"][visit.language])
            made = Control(name, "text", value, note=_joined(notes, visit))
        # What is known already is given anew all the same: an action says what it takes.
        needed = not only and name not in _WHERE_NEEDED
        found.append(replace(made, required=needed))
    for name in step["unknown"]:
        field = fields.get(name)
        if field is not None:
            note = hint(field, visit)
            found.append(control(policy, field, name, filled.get(name, ""), note))
    return found


def _always(
    visit: Visit, case_id: str, findings: Sequence[Diagnostic]
) -> list[tuple[dict[str, Any], list[Control]]]:
    """Return what may be done in every state, each with its controls."""
    tried, filled = visit.text("action"), facts_of(visit)
    found = []
    for step in visit.tenant.desk.built_in(case_id, visit.at):
        given = filled if step["action"] == tried else {}
        made = [_built_in_control(each, given, visit) for each in step["inputs"]]
        found.append((step, marked(made, findings) if given else made))
    return found


def _built_in_control(each: dict[str, Any], given: Mapping[str, str], visit: Visit) -> Control:
    values, name = tuple(each["values"]), each["name"]
    kind = "choice" if values else "text"
    if each["is_unit"]:
        kind, values = "offered", tuple(_units(visit))
    note, label = each["type"][visit.language], each["word"][visit.language]
    value = given.get(name, "")
    return Control(name, kind, value, values, note, required=each["must"], label=label)


def _state(visit: Visit, case_id: str, state: str) -> str:
    """Return the state of a case; those of records and duties are words of ours."""
    ours = is_record_id(case_id) or is_duty_id(case_id)
    return OF_RECORDS.get(state, state) if ours and visit.language == "en" else state


def _told(visit: Visit, case: dict[str, Any], fields: Fields, facts: Mapping[str, Any]) -> Any:
    shown = told(facts, fields, visit.language)
    ours = is_duty_id(case["case"]) and visit.language == "en"
    return [(OF_DUTIES.get(name, name), text) for name, text in shown] if ours else shown


def _fields(visit: Visit, case: dict[str, Any]) -> Fields:
    """Return the fields of a case; one whose set cannot be read any more is shown all the same."""
    try:
        return fields_of(visit.tenant.service.policies.of(case["digest"]), case["flow"])
    except CaseRefused:
        return {}


def _joined(notes: Sequence[str], visit: Visit) -> str:
    return visit.say("semicolon").join(note for note in notes if note)


def _title(visit: Visit, case_id: str) -> str:
    row = visit.tenant.desk.store.read(lambda view: view.case(case_id))
    return title_of(visit.tenant.desk, decode_case(row.body)) if row is not None else ""


def _next(case: dict[str, Any], visit: Visit) -> list[dict[str, Any]]:
    """Return what can be done next; a duty that comes back is done, once more each time."""
    if not is_duty_id(case["case"]) or case["closed"]:
        return list(case.get("next", ()))
    step: dict[str, Any] = {
        "inputs": [],
        "unknown": [],
        "needs": None,
        "met": True,
        "times_left": None,
    }
    return [{**step, "action": visit.say("duty_done"), "leads_to": visit.say("duty_counted")}]


def _lacking(step: dict[str, Any], fields: Sequence[Control]) -> list[str]:
    """Return what an action hangs on that nobody can fill in here, such as days not published."""
    names = {field.name for field in fields}
    return [name for name in step["unknown"] if name not in names]


def _viewer(visit: Visit) -> Actor | None:
    """Return in whose eyes a case is shown; None sees everything."""
    if visit.principal.actor is not None:
        return visit.principal.actor
    visit.need("act-as")
    return None


def _urgency(row: dict[str, Any], now: datetime) -> str:
    """Return how a deadline is coloured."""
    if row.get("closed"):
        return "closed"
    if row.get("stopped"):
        return "stopped"
    if row.get("overdue"):
        return "overdue"
    due = row.get("due")
    if not due:
        return "open"
    until = datetime.fromisoformat(due).replace(tzinfo=BEIJING) - now
    return "soon" if until < _SOON else "in_time"


def _kin(visit: Visit, case: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the cases beside this one: the key of what each is to it, its id, what it is called.

    A case follows from the record of a decision, or from a step of another case.
    """
    found = [("parent", case["parent"])] if case["parent"] else []
    found += [("child", each) for each in case["children"]]
    found = found[:_MOST_KIN]
    rows = visit.tenant.desk.store.read(lambda view: [view.case(case_id) for _, case_id in found])
    return [
        (
            "record" if is_record_id(case_id) else key,
            case_id,
            f"{row.flow} · {_state(visit, case_id, row.state)}",
        )
        for (key, case_id), row in zip(found, rows, strict=True)
        if row is not None
    ]


def _units(visit: Visit) -> list[str]:
    """Return names that an inbox may be asked for."""
    names: dict[str, None] = {}
    for current in visit.tenant.sets.values():
        names |= dict.fromkeys(list(current.policy.model.chart.units)[:300])
    return list(names)[:500]
