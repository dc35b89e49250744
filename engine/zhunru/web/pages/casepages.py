"""办件: inboxes, a case with its time line, and what can be done to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from zhunru.errors import CaseRefused, RequestRejected
from zhunru.runtime.case import Actor
from zhunru.web.masking import masked, unseen
from zhunru.web.pages.controls import Control, facts_of
from zhunru.web.pages.visit import Visit
from zhunru.worktime import BEIJING

_ON_A_PAGE = 50
_SOON = timedelta(hours=48)


def show(visit: Visit) -> Response:
    """Show the inbox of a unit or a role, or a page of all cases."""
    if visit.tenant.office is None:
        return visit.page("cases.html", here="cases", rows=None, name="", after="", units=[])
    own = visit.principal.actor
    name = visit.query.get("who", "").strip() or (own.unit if own is not None else "")
    after = visit.query.get("after", "")
    if name:
        rows = visit.tenant.desk.inbox(name, visit.at, _ON_A_PAGE)
        following = ""
    else:
        rows = visit.tenant.desk.find(visit.at, closed=None, after=after, limit=_ON_A_PAGE)
        following = rows[-1]["case"] if len(rows) == _ON_A_PAGE else ""
    return visit.page(
        "cases.html",
        here="cases",
        rows=[(row, _urgency(row, visit.at)) for row in rows],
        name=name,
        after=following,
        units=_units(visit),
    )


def one(visit: Visit) -> Response:
    """Show a case with its time line and what can be done next."""
    return _page(visit, visit.request.path_params["case"])


def act(visit: Visit) -> Response:
    """Do something to a case; what is refused is told beside the form, and nothing is lost."""
    visit.need("cases:write")
    case_id = visit.request.path_params["case"]
    try:
        visit.tenant.service.act(
            case_id,
            visit.text("action"),
            actor=visit.actor(),
            key=f"{visit.principal.id}:{visit.text('key')}",
            at=visit.at,
            inputs=facts_of(visit),
            expected=_version(visit.text("version")),
        )
    except (CaseRefused, RequestRejected) as refused:
        return _page(visit, case_id, refused)
    return visit.move(f"/cases/{case_id}", done="1", who=visit.text("as"))


def _version(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _page(visit: Visit, case_id: str, refused: Any = None) -> Response:
    office, viewer = visit.tenant.desk, _viewer(visit)
    hidden = unseen(office, case_id, viewer, visit.at)
    who = "" if viewer is None else f"{viewer.unit} {viewer.person}"
    case = masked(office.show(case_id, visit.at, who), hidden)
    events = masked(office.history(case_id), hidden)
    findings = () if refused is None else getattr(refused, "diagnostics", (refused.diagnostic,))
    return visit.page(
        "case.html",
        409 if refused is not None else 200,
        here="cases",
        case=case,
        urgency=_urgency(case, visit.at),
        events=events,
        steps=[(step, _inputs(step, visit)) for step in case.get("next", ())],
        findings=findings,
        who=visit.text("as") or visit.query.get("who", "") or who.strip(),
        key=visit.service.settings.entropy(8).hex(),
        units=_units(visit),
    )


_KINDS = {"flag": "flag", "choice": "choice", "choices": "choices", "date": "date"}


def _inputs(step: dict[str, Any], visit: Visit) -> list[Control]:
    """Return the controls of what an action asks for, and of what its condition hangs on."""
    filled = facts_of(visit) if visit.text("action") == step["action"] else {}
    found = []
    for each in step["inputs"]:
        kind = _KINDS.get(each["type"]["en"], "text")
        note = each["type"][visit.language] if kind == "text" else ""
        name = each["name"]
        found.append(Control(name, kind, filled.get(name, ""), tuple(each["values"]), note))
    found += [Control(name, "text", filled.get(name, "")) for name in step["unknown"]]
    return found


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


def _units(visit: Visit) -> list[str]:
    """Return names that an inbox may be asked for."""
    names: dict[str, None] = {}
    for current in visit.tenant.sets.values():
        names |= dict.fromkeys(list(current.policy.model.chart.units)[:300])
    return list(names)[:500]
