"""What decisions answer, in the words of the document: in full, in brief, and to AuthZEN."""

from __future__ import annotations

from zhunru.vocabulary import Outcome
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
    VALUE,
    Schema,
    closed,
    either,
    listed,
    maybe,
    one_of,
    ref,
)

OUTCOME = one_of(*Outcome)

_MEMBERS: dict[str, Schema] = {
    "outcome": OUTCOME,
    "wording": TEXT,
    "code": TEXT,
    "clause": TEXT,
    "sentence": BOTH,
    "reasons": listed(ref("Reason")),
    "missing": listed(ref("MissingFact")),
    "possible": listed(OUTCOME),
    "never_admits": FLAG,
    "obligations": listed(ref("Obligation")),
    "route": maybe(ref("Route")),
    "citations": listed(ref("Citation")),
    "as_of": DAY,
    "policy": TEXT,
    "decision": TEXT,
    "digest": DIGEST,
    "facts_used": {"type": "object", "additionalProperties": FACTS},
    "claims": FACTS,
    "unresolved": listed(ref("Unresolved")),
    "taken_as_confirmed": listed(TEXT),
    "exhaustive": FLAG,
    "conflict": FLAG,
}
_ADVICE: dict[str, Schema] = {
    "nearest": maybe(listed(ref("Change"))),
    "suggestions": listed(ref("Suggestion")),
    "valid_until": maybe(DAY),
}
_SHORT: dict[str, Schema] = {
    "outcome": OUTCOME,
    "code": TEXT,
    "clause": TEXT,
    "basis": TEXT,
    "missing": listed(TEXT),
}
_FINDING = closed({"code": TEXT, "severity": TEXT, "detail": TEXT, "help": TEXT})

_PARTS: dict[str, Schema] = {
    "Reason": closed(
        {
            "code": TEXT,
            "outcome": OUTCOME,
            "clause": TEXT,
            "zh": TEXT,
            "en": TEXT,
            "citations": listed(ref("Citation")),
            "place": PLACE,
            "set": TEXT,
            "certain": FLAG,
            "also": FLAG,
            "condition": BOTH,
        }
    ),
    "Citation": closed({"text": TEXT, "basis": TEXT, "unverified": FLAG}),
    "MissingFact": closed({"name": TEXT, "asserted_by": TEXT, "decisive": FLAG, "claimed": VALUE}),
    "Obligation": closed(
        {
            "name": TEXT,
            "by": TEXT,
            "workflow": TEXT,
            "limit": BOTH,
            "due": maybe(DAY),
            "provisional": FLAG,
            "consequence": TEXT,
            "clause": TEXT,
        }
    ),
    "Route": closed(
        {
            "to": listed(TEXT),
            "workflow": TEXT,
            "apply": TEXT,
            "documents": listed(TEXT),
            "materials": listed(TEXT),
        }
    ),
    "Unresolved": closed(
        {"field": TEXT, "given": TEXT, "units": listed(TEXT), "zh": TEXT, "en": TEXT}
    ),
    "Change": closed({"field": TEXT, "value": VALUE, "asserted_by": TEXT, "zh": TEXT, "en": TEXT}),
    "Suggestion": closed({"clause": TEXT, "title": TEXT, "score": COUNT}),
    "Field": closed(
        {
            "name": TEXT,
            "type": TEXT,
            "values": listed(TEXT),
            "required": FLAG,
            "asserted_by": TEXT,
        }
    ),
}

_OWN: dict[str, Schema] = {
    "Decision": closed(_MEMBERS, _ADVICE),
    "Brief": closed({**_SHORT, "as_of": DAY, "digest": DIGEST}),
    "Partial": closed(
        {
            "matters": listed(closed({"name": TEXT, "asserted_by": TEXT, "decisive": FLAG})),
            "ways": listed(closed({"outcome": OUTCOME, "rest": FLAG, "conditions": listed(BOTH)})),
            "exact": FLAG,
            "zh": TEXT,
            "en": TEXT,
            "ask_next": maybe(
                either(ref("Field"), closed({"name": TEXT, "type": one_of("register")}))
            ),
            "decision": ref("Brief"),
        }
    ),
    # A line of a batch: decided in brief or in full, or what is wrong with it.
    "DecidedLine": either(ref("BriefLine"), ref("FullLine"), ref("FailedLine")),
    "BriefLine": closed({"line": COUNT, **_SHORT}),
    "FullLine": closed({"line": COUNT, **_MEMBERS}),
    "FailedLine": closed({"line": COUNT, "error": listed(_FINDING)}),
}

# --- AuthZEN -------------------------------------------------------------------------------------

_REASONED: dict[str, Schema] = {
    "outcome": OUTCOME,
    "reason": TEXT,
    "message": TEXT,
    "policy": TEXT,
    "digest": DIGEST,
    "as_of": DAY,
}
_APPLIED: dict[str, Schema] = {
    "zhunru": ref("Decision"),
    "evaluation_id": TEXT,
    "evaluated_at": MOMENT,
    "access_request": closed(
        {
            "template": TEXT,
            "expires_at": MOMENT,
            "binding_token": TEXT,
            "display": closed({"title": TEXT, "description": TEXT}),
        }
    ),
    "approval": either(
        closed({"applied": FLAG, "reason": TEXT}), closed({"id": TEXT, "approved_until": MOMENT})
    ),
    "next_action": one_of("request", "none"),
    "ignored": listed(closed({"name": TEXT, "meant": TEXT})),
}
_ERROR = closed({"error": closed({"status": COUNT, "code": TEXT, "message": TEXT})})
# `reason` also says what became of an approval, where `detail` is `none` and it stands alone.
_CONTEXT = either(_ERROR, closed({}, {**_REASONED, **_APPLIED}))
_URL: Schema = {"type": "string", "format": "uri"}

# An entity as it was asked about: what else its type and name carry is the caller's own.
_ENTITY: Schema = {"type": "object", "required": ["type", "id"]}
_ACTION: Schema = {"type": "object", "required": ["name"]}
_STATUS = one_of("approved", "pending", "cancelled", "expired", "denied", "partial")
_RESULT = closed(
    {
        "mode": one_of("reevaluate"),
        "approval": closed({"id": TEXT, "approved_until": MOMENT, "state": TEXT}),
    }
)
_ITEM = closed({"resource": _ENTITY, "action": _ACTION, "status": _STATUS}, {"result": _RESULT})

_AUTHZEN: dict[str, Schema] = {
    "Evaluation": closed({"decision": FLAG, "context": _CONTEXT}),
    "Evaluations": either(closed({"evaluations": listed(ref("Evaluation"))}), ref("Evaluation")),
    "SearchedEntities": closed(
        {
            "page": closed({"next_token": TEXT, "count": COUNT}),
            "results": listed(either(closed({"type": TEXT, "id": TEXT}), closed({"name": TEXT}))),
        }
    ),
    "Metadata": closed(
        {
            "policy_decision_point": _URL,
            "access_evaluation_endpoint": _URL,
            "access_evaluations_endpoint": _URL,
            "search_subject_endpoint": _URL,
            "search_resource_endpoint": _URL,
            "search_action_endpoint": _URL,
            "signed_metadata": TEXT,
        },
        {"access_request_endpoint": _URL, "jwks_uri": _URL, "capabilities": listed(TEXT)},
    ),
    "AccessRequest": closed(
        {
            "task": closed(
                {
                    "id": TEXT,
                    "status": _STATUS,
                    "status_endpoint": _URL,
                    "expires_at": MOMENT,
                    "progress": closed({"step_name": TEXT}),
                    "display": closed({"title": TEXT, "description": TEXT}),
                },
                {"links": closed({"cancel": _URL}), "items": listed(_ITEM)},
            )
        },
        {"result": _RESULT},
    ),
}
COMPONENTS: dict[str, Schema] = {**_PARTS, **_OWN, **_AUTHZEN}
