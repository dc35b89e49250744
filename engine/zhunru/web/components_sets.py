"""What is answered about sets, drafts and versions, and about the service itself."""

from __future__ import annotations

from zhunru.analysis.effects import ASPECTS
from zhunru.diagnostics import Severity
from zhunru.vocabulary import ListKind
from zhunru.web.components_decisions import OUTCOME
from zhunru.web.schemas import (
    BOTH,
    COUNT,
    DAY,
    DIGEST,
    FACTS,
    FLAG,
    MOMENT,
    PLACE,
    TEXT,
    Schema,
    by_name,
    closed,
    listed,
    maybe,
    one_of,
    page,
    ref,
)

# --- sets ----------------------------------------------------------------------------------------

_SET: dict[str, Schema] = {
    "code": TEXT,
    "digest": DIGEST,
    "title": BOTH,
    "decisions": listed(TEXT),
    "workflows": listed(TEXT),
    "registers": listed(TEXT),
}
_KIND = one_of(*ListKind)
_SETS: dict[str, Schema] = {
    "Set": closed(_SET),
    "SetWithForms": closed({**_SET, "forms": by_name(listed(ref("Field")))}),
    "Sets": closed({"sets": listed(ref("Set"))}),
    "Lists": closed(
        {"lists": listed(closed({"set": TEXT, "name": TEXT, "kind": _KIND, "entries": COUNT}))}
    ),
    "EntryPage": page(
        "entries",
        closed({"set": TEXT, "list": TEXT, "kind": _KIND, "code": TEXT, "title": TEXT}),
    ),
    "Units": closed(
        {"units": listed(closed({"name": TEXT, "level": TEXT, "above": listed(TEXT)}))}
    ),
}

# --- drafts and versions -------------------------------------------------------------------------

_STATUS = one_of("rejected", "checked", "approved", "published", "withdrawn", "returned")
# `against`: the set that was current then, of which the approver saw what the draft changes.
_APPROVERS = listed(closed({"who": TEXT, "at": MOMENT}, {"against": DIGEST}))
_HANDED_IN: dict[str, Schema] = {
    "draft": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    "author": TEXT,
    "note": TEXT,
    "at": MOMENT,
    "status": _STATUS,
    "approvers": _APPROVERS,
}
# What could not be read as a set has no code and no digest.
_READ: dict[str, Schema] = {"set": TEXT, "digest": DIGEST}
_FINDING = closed(
    {
        "code": TEXT,
        "severity": one_of(*Severity),
        "message": BOTH,
        "help": BOTH,
        "line": COUNT,
        "column": COUNT,
        "file": TEXT,
    }
)
_TESTS = closed(
    {
        "run": COUNT,
        "failed": listed(closed({"title": TEXT, "case": COUNT, "zh": TEXT, "en": TEXT})),
    }
)
_RULED = closed({"outcome": OUTCOME, "code": TEXT})
_SHADOW = closed(
    {
        "tried": COUNT,
        "failed": COUNT,
        "flipped": COUNT,
        "flips": listed(closed({"as_of": DAY, "before": _RULED, "after": _RULED})),
    }
)
_RETURNED = closed({"who": TEXT, "at": MOMENT, "reason": TEXT})
_DRAFTS: dict[str, Schema] = {
    "Draft": closed(
        {**_HANDED_IN, "author_id": TEXT, "findings": listed(_FINDING)},
        {**_READ, "tests": _TESTS, "shadow": _SHADOW, "returned": _RETURNED},
    ),
    "Drafts": closed({"drafts": listed(closed(_HANDED_IN, _READ))}),
    "Shadowing": closed({"draft": TEXT, "on": FLAG}),
    "Version": closed(
        {
            "draft": TEXT,
            "author": TEXT,
            "approver": TEXT,
            "publisher": TEXT,
            "at": MOMENT,
            "code": TEXT,
            "number": COUNT,
            "digest": DIGEST,
            "sha256": DIGEST,
            "key": TEXT,
        }
    ),
    "Versions": closed({"bundles": listed(ref("Version")), "active": by_name(COUNT)}),
    "DraftDifference": closed(
        {
            "draft": TEXT,
            "meaning": ref("Comparison"),
            "impact": closed(
                {
                    "lines": COUNT,
                    "unread": COUNT,
                    "flipped": COUNT,
                    "shortened": FLAG,
                    "flips": listed(closed({"line": COUNT, "before": _RULED, "after": _RULED})),
                }
            ),
        }
    ),
}

# --- what a draft means otherwise ----------------------------------------------------------------

_WAY = one_of("equivalent", "stricter", "looser", "different")
_CHANGE = one_of("added", "removed", "changed")
_ASPECTS = closed(dict.fromkeys(ASPECTS, _WAY))
_PLACES: dict[str, Schema] = {"old": maybe(PLACE), "new": maybe(PLACE)}
_LINES = listed(BOTH)
_HEAD = closed({"code": TEXT, "title": TEXT, "digest": DIGEST})
_ITEM = closed({"kind": TEXT, "name": TEXT, "change": _CHANGE, "lines": _LINES, **_PLACES})
_WITNESS = closed(
    {
        "facts": FACTS,
        "received": DAY,
        "registers": by_name({"type": ["boolean", "array"], "items": FACTS}),
        "quotas": by_name(closed({"used": COUNT})),
        "needed": listed(TEXT),
        "zh": TEXT,
        "en": TEXT,
        "outcome": OUTCOME,
        "code": TEXT,
        "clause": TEXT,
        "sentence": BOTH,
        "reasons": listed(ref("Reason")),
        "obligations": listed(ref("Obligation")),
        "route": maybe(ref("Route")),
        "citations": listed(ref("Citation")),
    }
)
_DIFFERENCE = closed(
    {
        "status": _WAY,
        "outcomes": listed(OUTCOME),
        "aspects": {
            "type": "object",
            "properties": dict.fromkeys(ASPECTS, _WAY),
            "additionalProperties": False,
        },
        "sometimes": listed(one_of(*ASPECTS)),
        "causes": listed(closed({"kind": TEXT, "name": TEXT, "change": _CHANGE, **_PLACES})),
        "decided_by": listed(listed(TEXT)),
        "days": listed(listed(maybe(DAY), 2)),
        "where": _LINES,
        "partly": FLAG,
        "old": maybe(_WITNESS),
        "new": maybe(_WITNESS),
        "shown": FLAG,
    }
)
_DECISION = closed(
    {
        "name": TEXT,
        "status": _WAY,
        "aspects": _ASPECTS,
        "periods": listed(
            closed({"from": maybe(DAY), "to": maybe(DAY), "status": _WAY, "aspects": _ASPECTS})
        ),
        "differences": listed(_DIFFERENCE),
        "undecided": maybe(BOTH),
    }
)
_LIST = closed(
    {
        "old": TEXT,
        "new": TEXT,
        "kind": TEXT,
        "related": FLAG,
        "kept": FLAG,
        "placed": FLAG,
        "same": COUNT,
        "lines": _LINES,
        "old_place": maybe(PLACE),
        "new_place": maybe(PLACE),
        "items": listed(_ITEM),
        "near": listed(listed(TEXT, 2)),
    }
)
_TABLE = closed(
    {
        "name": TEXT,
        "equivalent": FLAG,
        "undecided": maybe(BOTH),
        "rows": listed(closed({"added": FLAG, "zh": TEXT, "en": TEXT, "place": maybe(PLACE)})),
        "results": listed(
            closed(
                {
                    "where": _LINES,
                    "old": maybe(BOTH),
                    "new": maybe(BOTH),
                    "inputs": maybe(BOTH),
                }
            )
        ),
        **_PLACES,
    }
)
_FLOW = closed(
    {
        "name": TEXT,
        "change": _CHANGE,
        "states": listed(closed({"name": TEXT, "change": _CHANGE, "lines": _LINES, **_PLACES})),
        "constraints": listed(
            closed(
                {
                    "change": _CHANGE,
                    "old_text": maybe(BOTH),
                    "new_text": maybe(BOTH),
                    **_PLACES,
                }
            )
        ),
        "times": listed(closed({"from": TEXT, "to": TEXT, "old": maybe(BOTH), "new": maybe(BOTH)})),
        "rest": _LINES,
        **_PLACES,
    }
)
_MEANING: dict[str, Schema] = {
    "Comparison": closed(
        {
            "old": _HEAD,
            "new": _HEAD,
            "status": _WAY,
            "decided": FLAG,
            "decisions": listed(_DECISION),
            "missing": listed(closed({"decision": TEXT, "in_new": FLAG})),
            "lists": listed(_LIST),
            "rules": listed(_ITEM),
            "parameters": listed(_ITEM),
            "tables": listed(_TABLE),
            "workflows": listed(_FLOW),
            "rest": listed(_ITEM),
        }
    )
}

# --- the service itself --------------------------------------------------------------------------

_EXPLAINED = closed({"message": TEXT, "help": TEXT, "why": TEXT})
_SERVICE: dict[str, Schema] = {
    "Alive": closed({"status": one_of("ok")}),
    "Ready": closed({"status": one_of("ready")}),
    "CodePage": closed({"code": TEXT, "slug": TEXT, "zh": _EXPLAINED, "en": _EXPLAINED}),
    "PublicKeys": closed(
        {
            "keys": listed(
                closed(
                    {
                        "kty": one_of("OKP"),
                        "crv": one_of("Ed25519"),
                        "use": one_of("sig"),
                        "alg": one_of("EdDSA"),
                        "kid": TEXT,
                        "x": TEXT,
                    }
                )
            )
        }
    ),
    # As far as it has to be of this version of OpenAPI; the rest is as that says.
    "Document": {
        "type": "object",
        "required": ["openapi", "info", "paths", "components"],
        "properties": {"openapi": {"type": "string", "pattern": r"^3\.1\."}},
    },
}
COMPONENTS: dict[str, Schema] = {**_SETS, **_DRAFTS, **_MEANING, **_SERVICE}
