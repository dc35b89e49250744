"""草案对比: hand in a draft, see what is found and what it would change, approve, publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, Response

from zhunru.errors import RequestRejected
from zhunru.syntax.decode import decode
from zhunru.web import publishing
from zhunru.web.answers import Answer
from zhunru.web.calls import Call
from zhunru.web.pages.visit import Visit

_MOST_SHOWN = 200


def show(visit: Visit) -> Response:
    """Show all drafts, and the form to hand one in."""
    if visit.tenant.drafts is None:
        return visit.page("drafts.html", here="drafts", drafts=None, active={})
    found = _ask(visit, publishing.drafts)["drafts"]
    return visit.page("drafts.html", here="drafts", drafts=found)


def add(visit: Visit) -> Response:
    """Keep a draft that was handed in as files."""
    files: dict[str, str] = {}
    for upload in visit.form.getlist("files"):
        if isinstance(upload, UploadFile) and _is_wanted(upload.filename or ""):
            # A browser names the files of a folder from that folder on, which itself is no part.
            name = (upload.filename or "").replace("\\", "/")
            files[name.partition("/")[2] or name] = _text(upload)
    told = _ask(visit, publishing.add, data={"files": files, "note": visit.text("note")})
    return visit.move(f"/drafts/{told['draft']}")


def _is_wanted(name: str) -> bool:
    return name.endswith((".policy", ".yaml", ".yml", ".csv"))


def _text(upload: UploadFile) -> str:
    source, found = decode(upload.file.read(), upload.filename or "")
    if source is None:
        raise RequestRejected(found)
    return source.text


def one(visit: Visit) -> Response:
    """Show a draft: findings, tests, what it decides otherwise, and who has to do what."""
    state = _ask(visit, publishing.show)
    sections, impact = [], None
    if state["status"] != "rejected":
        _, changed, past = publishing.changes(_call(visit))
        sections, impact = list(changed.sections()), _counted(past)
    return visit.page(
        "draft.html",
        here="drafts",
        state=state,
        sections=sections,
        impact=impact,
        mine=state.get("author_id") == visit.principal.id,
    )


def meaning(visit: Visit) -> Response:
    """Return what a draft decides otherwise, on one page that a leader can read."""
    text = _compared(visit, _ask(visit, publishing.show)).page(visit.language)
    # The page is one file with its style inside; it runs nothing and asks for nothing.
    safe = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HTMLResponse(text, headers={**safe, "cache-control": "no-store"})


def _compared(visit: Visit, state: Mapping[str, Any]) -> Any:
    from zhunru.analysis import compare

    drafts = visit.tenant.drafts
    assert drafts is not None
    return compare(visit.tenant.current(state["set"]).policy, drafts.open(state))


def _counted(impact: dict[str, Any]) -> dict[str, Any]:
    """Return what a draft would have changed of decisions on record, counted by kind of change."""
    changes = Counter(
        (flip["before"]["outcome"], flip["after"]["outcome"]) for flip in impact["flips"]
    )
    most = max(changes.values(), default=1)
    rows = [
        (before, after, count, round(100 * count / most))
        for (before, after), count in changes.most_common(_MOST_SHOWN)
    ]
    return {**impact, "rows": rows}


def approve(visit: Visit) -> Response:
    """Approve somebody else's draft."""
    return _step(visit, publishing.approve, "approve")


def publish(visit: Visit) -> Response:
    """Make an approved draft the current set."""
    return _step(visit, publishing.publish, "publish")


def shadow(visit: Visit) -> Response:
    """Let a draft decide beside the current set, or stop it."""
    return _step(visit, publishing.shadow, "draft", {"on": visit.text("on") == "1"})


def _step(
    visit: Visit, handler: Callable[[Call], Answer], scope: str, data: Any = None
) -> Response:
    visit.need(scope)
    _ask(visit, handler, data=data or {})
    return visit.move(f"/drafts/{visit.request.path_params['draft']}")


def _ask(visit: Visit, handler: Callable[[Call], Answer], data: Any = None) -> dict[str, Any]:
    """Ask the API in the name of the visitor, so that a page can do nothing that it could not."""
    found: dict[str, Any] = orjson.loads(handler(_call(visit, data)).body)
    return found


def _call(visit: Visit, data: Any = None) -> Call:
    return Call(
        visit.service,
        visit.tenant,
        visit.principal,
        visit.at,
        {b"content-type": b"application/json"},
        b"",
        visit.request.url.path,
        visit.request.path_params,
        visit.language,
        orjson.dumps(data if data is not None else {}),
    )
