"""Who asked to be called back about an access request, and to which addresses we may do so.

Only addresses that an administrator has registered are called, each with a secret of its own; one
that leads into the own network is called only if it was registered as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from zhunru.store.base import LetterRow
from zhunru.web.calls import Call
from zhunru.web.ledger import AWAITED
from zhunru.web.problems import reject
from zhunru.web.reading import mapping, text, wrong_kind
from zhunru.web.sending import is_closed, outside

CALLBACK = "callback"
EVENTS = ("approved", "denied", "expired", "cancelled", "failed", "partial")
_LONGEST = 1_000  # characters of what the caller wants to be given back


@dataclass(frozen=True, slots=True)
class Allowed:
    """An address that may be called back, for whom, and by which secret it knows us."""

    endpoint: str
    secret: bytes
    tenant: str = ""
    callers: tuple[str, ...] = ()
    internal: bool = False


def allowed(row: Mapping[str, Any]) -> Allowed:
    """Return an address of the file of webhooks; ValueError if it may not stand there."""
    endpoint, internal = str(row["endpoint"]), row.get("internal", False) is True
    if not (endpoint.startswith("https://") or (internal and is_closed(endpoint))):
        raise ValueError(endpoint)
    return Allowed(
        endpoint=endpoint,
        secret=str(row["secret"]).encode(),
        tenant=str(row.get("tenant", "")),
        callers=tuple(str(each) for each in row.get("callers", ())),
        internal=internal,
    )


def allowance(
    registered: Sequence[Allowed], tenant: str, caller: str, endpoint: str
) -> Allowed | None:
    """Return by what a caller may be called back at an address; None if nothing allows it."""
    for each in registered:
        named = not each.callers or caller in each.callers
        if (each.endpoint, each.tenant) == (endpoint, tenant) and named:
            return each
    return None


def wanted(call: Call, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the member `callback` asks for; a Problem if it is not allowed."""
    if "callback" not in data:
        return None
    asked = mapping(data, "callback")
    endpoint = text(asked, "endpoint", "callback.")
    outbox = call.service.outbox
    if outbox is None:
        reject(400, "ZR794", what_zh="回调（--hooks）", what_en="callbacks (--hooks)")
    found = allowance(outbox.callbacks, call.tenant.name, call.principal.id, endpoint)
    if found is None or not (found.internal or _is_outside(endpoint)):
        zh, en = (
            "登记过的、不通向内网的 https 地址",
            "a registered https address that leads outside",
        )
        wrong_kind("callback.endpoint", zh, en)
    state = text(asked, "state", "callback.", "")
    if len(state) > _LONGEST:
        wrong_kind("callback.state", f"至多 {_LONGEST} 字", f"at most {_LONGEST} characters")
    # The service goes by names of its own; the caller is told of the request under its host.
    host = call.header(b"host")
    kept = {"endpoint": endpoint, "events": _events(asked), "by": call.principal.id}
    return {**kept, "state": state, "tenant": call.tenant.name, "host": host}


def _is_outside(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return outside(parts.hostname or "", parts.port or 443) is not None
    except ValueError:
        return False


def _events(asked: Mapping[str, Any]) -> list[str]:
    given = asked.get("events", list(EVENTS))
    if not isinstance(given, list) or not all(each in EVENTS for each in given):
        wrong_kind("callback.events", "、".join(EVENTS), ", ".join(EVENTS))
    return given


def keep(call: Call, handle: str, case_id: str, asked: Mapping[str, Any]) -> None:
    """Keep that somebody wants to be called back; sent again it is the same wish."""
    outbox = call.service.outbox
    assert outbox is not None, "a wish is only taken where there is an outbox"
    name = call.service.signer.mac(handle.encode())[:32]
    body = orjson.dumps({**asked, "task": handle}).decode()
    ledger = outbox.ledger(call.tenant)
    if ledger.of(CALLBACK, name) is None and not ledger.is_over(CALLBACK, name):
        row = LetterRow(
            hook=CALLBACK, letter=name, case_id=case_id, topic="task", state=AWAITED, body=body
        )
        ledger.note(row)
