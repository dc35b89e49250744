"""AuthZEN search: which subjects, resources or actions would be permitted, page by page.

A search tries each candidate of the set by the same decision as an evaluation would: what it
finds is what would be admitted, and nothing else is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import orjson

from zhunru.decision import decide
from zhunru.errors import RequestRejected
from zhunru.vocabulary import Outcome
from zhunru.web.answers import Answer, as_json
from zhunru.web.authzen import ACTION, BAD, SUBJECT, Asking, entity
from zhunru.web.calls import Call, Endpoint
from zhunru.web.problems import reject
from zhunru.web.reading import mapping, text, whole
from zhunru.web.schemas import ref

_TOKEN = "search-page"


def search(call: Call, part: str) -> Answer:
    """Return the candidates of one part that would be admitted."""
    data = call.json(BAD)
    asked = _question(data, part)
    page = mapping(data, "page")
    limit = whole(page, "limit", "page.")
    start = _start(call, text(page, "token", "page.", ""), part, asked, limit)
    asking = Asking(call, mapping(asked["context"], "zhunru"))
    most = call.service.settings.limits.page
    wanted = start.size or (most if limit is None else min(limit, most))
    found, after = _page(asking, part, asked, start.at, wanted)
    token = "" if after is None else _token(call, part, asked, after, wanted)
    return as_json({"page": {"next_token": token, "count": len(found)}, "results": found})


class _Start(NamedTuple):
    """Where a page begins, and how long the pages of its search are (0: not said yet)."""

    at: int = 0
    size: int = 0


def _question(data: Mapping[str, Any], part: str) -> dict[str, Any]:
    """Return the question with the part that is searched for left open."""
    asked: dict[str, Any] = {"context": mapping(data, "context")}
    for name in ("subject", "resource"):
        wanted = ("type",) if name == part else ("type", "id")
        asked[name] = entity(data, name, *wanted)
    if part != "action":
        asked["action"] = entity(data, "action", "name")
    if part in asked:
        # An id of what is searched for is to be ignored, as if it had been left out.
        asked[part] = {key: value for key, value in asked[part].items() if key != "id"}
    return asked


def _page(
    asking: Asking, part: str, asked: Mapping[str, Any], start: int, wanted: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of what is admitted, and where the next one begins (None: there is none)."""
    hits = _hits(asking, part, asked, start)
    found = list(islice(hits, wanted))
    following = next(hits, None)
    return [candidate for _, candidate in found], None if following is None else following[0]


def _hits(
    asking: Asking, part: str, asked: Mapping[str, Any], start: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    kind = str(asked.get(part, {}).get("type", ""))
    most = asking.call.service.settings.limits.candidates
    candidates = asking.mapped.candidates(part, kind, asking.day)
    for number, candidate in islice(enumerate(candidates), start, most):
        given = {**asked.get(part, {}), **candidate}
        if _admits(asking, {**asked, part: given}):
            yield number, candidate


def _admits(asking: Asking, asked: dict[str, Any]) -> bool:
    try:
        found = decide(asking.current.policy, asking.request(asked), asking.asked.name)
    except RequestRejected:
        return False
    return found.outcome is Outcome.ADMIT


# --- pages -----------------------------------------------------------------------------------


def _digest(call: Call, part: str, asked: Mapping[str, Any]) -> str:
    text = orjson.dumps(
        [call.tenant.name, part, dict(asked)], default=str, option=orjson.OPT_SORT_KEYS
    )
    return call.service.signer.mac(text)[:16]


def _token(call: Call, part: str, asked: Mapping[str, Any], at: int, size: int) -> str:
    data = {"at": at, "size": size, "of": _digest(call, part, asked)}
    return call.service.signer.seal(data, _TOKEN)


def _start(
    call: Call, token: str, part: str, asked: Mapping[str, Any], limit: int | None
) -> _Start:
    """Return where a page begins; refuse a token of another search, or of other conditions."""
    if not token:
        return _Start()
    data = call.service.signer.unseal(token, _TOKEN)
    if data is None or data["of"] != _digest(call, part, asked):
        reject(400, "ZR876")
    if limit not in (None, data["size"]):
        reject(400, "ZR876")
    return _Start(data["at"], data["size"])


# --- the table -------------------------------------------------------------------------------

_OBJECT = {"type": "object"}
_TEXT = {"type": "string"}
_OPEN = {"type": "object", "required": ["type"], "properties": {"type": _TEXT, "id": _TEXT}}
_PAGE = {
    "type": "object",
    "properties": {"token": _TEXT, "limit": {"type": "integer", "minimum": 0}},
}


def _endpoint(part: str, members: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/access/v1/search/{part}",
        handler=partial(search, part=part),
        scope="decide",
        summary=f"Which {part}s would be permitted?",
        tag="authzen",
        plain_errors=True,
        threaded=True,
        request={
            "type": "object",
            "required": list(members),
            "properties": {**members, "context": _OBJECT, "page": _PAGE},
        },
        response=ref("SearchedEntities"),
        statuses=(200, 400),
    )


ENDPOINTS = [
    _endpoint("subject", {"subject": _OPEN, "action": ACTION, "resource": SUBJECT}),
    _endpoint("resource", {"subject": SUBJECT, "action": ACTION, "resource": _OPEN}),
    _endpoint("action", {"subject": SUBJECT, "resource": SUBJECT}),
]
