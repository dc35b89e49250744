"""草案对比: hand in a draft, see what is found and what it would change, approve, publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, Response

from zhunru.diagnostics import Diagnostic
from zhunru.errors import RequestRejected
from zhunru.syntax.decode import decode
from zhunru.web import publishing
from zhunru.web.answers import Answer
from zhunru.web.apart import Unfinished
from zhunru.web.calls import Call
from zhunru.web.measuring import Turn
from zhunru.web.pages import impact
from zhunru.web.pages.visit import Visit
from zhunru.web.problems import Problem, reject

_MOST_SHOWN = 200
_LONGEST_NOTE = 300
_MOST_NAMED = 20
_ASK_AGAIN = 3  # seconds after which a page that waits for a comparison is fetched anew
_TABLES = (".xlsx", ".xls", ".et", ".ods", ".doc", ".docx", ".wps", ".pdf", ".zip", ".rar")


def show(visit: Visit) -> Response:
    """Show all drafts and published versions, and the form to hand a draft in."""
    return _page(visit)


def _page(visit: Visit, findings: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    if visit.tenant.drafts is None:
        return visit.page("drafts.html", here="drafts", drafts=None, findings=())
    kept: dict[str, Any] = {"bundles": [], "active": {}}
    if visit.tenant.bundles(visit.service.signer) is not None:
        kept = _ask(visit, publishing.bundles)
    return visit.page(
        "drafts.html",
        status,
        here="drafts",
        drafts=_ask(visit, publishing.drafts)["drafts"],
        versions=list(reversed(kept["bundles"]))[:_MOST_SHOWN],
        active=kept["active"],
        findings=findings,
        note=visit.text("note") or visit.query.get("note", "")[:_LONGEST_NOTE],
        back=visit.query.get("back", "")[:_LONGEST_NOTE],
    )


def add(visit: Visit) -> Response:
    """Keep a draft that was handed in as files; what is wrong with them is told beside the form."""
    if visit.tenant.drafts is None:
        return _page(visit)
    uploads = [each for each in visit.form.getlist("files") if isinstance(each, UploadFile)]
    left = [each.filename or "" for each in uploads if _is_table(each.filename or "")]
    names = [each.filename for each in uploads if each.filename]
    files: dict[str, str] = {}
    try:
        for upload in uploads:
            if _is_wanted(upload.filename or ""):
                # A browser names the files of a folder from that folder on, which is no part.
                name = (upload.filename or "").replace("\\", "/")
                _put(files, name.partition("/")[2] or name, _text(upload))
        if names and not files:
            reject(400, "ZR913", names=names[:_MOST_NAMED])
        if not files:
            reject(400, "ZR914")
        told = _ask(visit, publishing.add, data={"files": files, "note": visit.text("note")})
    except RequestRejected as rejected:
        return _page(visit, rejected.diagnostics, 422)
    except Problem as problem:
        return _page(visit, problem.findings, problem.status)
    between = ", " if visit.language == "en" else "、"
    return visit.move("/drafts", told["draft"], left=between.join(left)[:_LONGEST_NOTE])


def _put(files: dict[str, str], name: str, text: str) -> None:
    """Add a file; one of the folder and one chosen beside it may not both have a name."""
    # The same text twice is harmless; of two texts one would be lost without a word.
    if files.setdefault(name, text) != text:
        reject(400, "ZR915", name=name)


def go_back(visit: Visit) -> Response:
    """Make a version that was published before the current one again."""
    params = {"set": visit.text("set"), "number": visit.text("number")}
    call = replace(_call(visit), params=params)
    publishing.activate(call)
    return visit.move("/drafts", back=f"{params['set']} {params['number']}")


def _is_wanted(name: str) -> bool:
    return name.lower().endswith((".policy", ".yaml", ".yml", ".csv"))


def _is_table(name: str) -> bool:
    """Tell whether a file is one that people take for a part of a set, though it is none."""
    return name.lower().endswith(_TABLES)


def _text(upload: UploadFile) -> str:
    source, found = decode(upload.file.read(), upload.filename or "")
    if source is None:
        raise RequestRejected(found)
    return source.text


def one(visit: Visit) -> Response:
    """Show a draft: findings, tests, what it decides otherwise, and who has to do what."""
    state = _ask(visit, publishing.show)
    told, past, unfinished = None, None, None
    examined = state["status"] not in publishing.NOT_COMPARED
    same = examined and state["digest"] == visit.tenant.current(state["set"]).policy.digest
    ready = not examined or same or _is_compared(visit)
    if ready and examined and not same:
        try:
            told, past = impact.weighed(visit)
        except Unfinished as error:
            unfinished, told = error.diagnostics[0], impact.known(visit)
    flips = state.get("shadow", {}).get("flips", ())
    return visit.page(
        "draft.html",
        here="drafts",
        ask_again=0 if ready else _ASK_AGAIN,
        state=state,
        sections=told.sections if told is not None else (),
        past=past,
        same=same,
        unfinished=unfinished,
        turns=_drawn(past.turns if past is not None else Counter()),
        flips=Counter((_told(each["before"]), _told(each["after"])) for each in flips),
        left_out=visit.query.get("left", "")[:_LONGEST_NOTE],
        mine=state.get("author_id") == visit.principal.id,
        compared=examined,
        publishes=visit.tenant.bundles(visit.service.signer) is not None,
    )


def _is_compared(visit: Visit) -> bool:
    """Tell whether what a draft changes is known yet: it takes seconds the first time."""
    state, current = impact.chosen(visit)
    key = (visit.tenant.name, state["draft"], state["digest"], current.digest)
    return visit.memory.begun.is_ready(key, lambda: impact.weighed(visit))


def _told(said: Mapping[str, Any]) -> tuple[str, str]:
    return str(said["outcome"]), str(said["code"] or "—")


def meaning(visit: Visit) -> Response:
    """Return what a draft decides otherwise, on one page that a leader can read."""
    text = impact.compared(visit).pages[visit.language]
    # The page is one file with its style inside; it runs nothing and asks for nothing.
    safe = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HTMLResponse(text, headers={**safe, "cache-control": "no-store"})


def _drawn(turns: Counter[Turn]) -> list[tuple[str, str, int, int]]:
    """Return how many requests turned from which outcome to which, with the length of a bar."""
    most = max(turns.values(), default=1)
    ordered = turns.most_common(_MOST_SHOWN)
    return [(before, after, n, round(100 * n / most)) for (before, after), n in ordered]


def step(
    handler: Callable[[Call], Answer], said: Callable[[Visit], Mapping[str, Any]] = lambda visit: {}
) -> Callable[[Visit], Response]:
    """Return what takes a draft a step further, by what the form said, and shows it again."""

    def take(visit: Visit) -> Response:
        _ask(visit, handler, said(visit))
        return visit.move("/drafts", visit.params["draft"])

    return take


def _ask(
    visit: Visit, handler: Callable[[Call], Answer], data: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Ask the API in the name of the visitor, so that a page can do nothing that it could not."""
    found: dict[str, Any] = orjson.loads(handler(_call(visit, data)).body)
    return found


def _call(visit: Visit, data: Mapping[str, Any] | None = None) -> Call:
    return Call(
        visit.service,
        visit.tenant,
        visit.principal,
        visit.at,
        {b"content-type": b"application/json"},
        b"",
        visit.path,
        visit.params,
        visit.language,
        orjson.dumps(data or {}),
    )
