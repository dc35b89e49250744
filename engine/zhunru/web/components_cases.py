"""What is answered about cases, in the words of the document: rows, files, replies, figures."""

from __future__ import annotations

from zhunru.web.schemas import (
    BOTH,
    COUNT,
    DAY,
    DIGEST,
    FACTS,
    FLAG,
    INSTANT,
    MOMENT,
    TEXT,
    Schema,
    by_name,
    closed,
    either,
    listed,
    maybe,
    one_of,
    page,
    ref,
)

# What a list shows of a case, and its time at the instant of the answer.
_ROW: dict[str, Schema] = {
    "case": TEXT,
    "version": COUNT,
    "flow": TEXT,
    "state": TEXT,
    "closed": FLAG,
    "opened": INSTANT,
    "due": maybe(INSTANT),
    "owners": listed(TEXT),
    "provisional": FLAG,
    "stopped": maybe(TEXT),
    "overdue": FLAG,
    "limit": TEXT,
    "marks": listed(TEXT),
}
_DETAILS: dict[str, Schema] = {
    "set": TEXT,
    "digest": DIGEST,
    "opener": TEXT,
    "since": INSTANT,
    "parties": listed(closed({"unit": TEXT, "lead": FLAG, "result": TEXT})),
    "supervised": listed(TEXT),
    "children": listed(TEXT),
    "parent": TEXT,
    "facts": FACTS,
    "timers": listed(
        {"type": "array", "prefixItems": [TEXT, INSTANT], "minItems": 2, "maxItems": 2}
    ),
    "next": listed(ref("NextStep")),
}
_INPUT = closed(
    {"name": TEXT, "type": BOTH, "values": listed(TEXT), "known": FLAG}, {"for": listed(TEXT)}
)
_CELL: Schema = either(BOTH, {"type": ["string", "integer", "null"]})

_OWNERS: dict[str, Schema] = {
    "owner_text": TEXT,
    "owner_text_en": TEXT,
    "unheld": listed(TEXT),
    "unheld_text": BOTH,
}

COMPONENTS: dict[str, Schema] = {
    # Roles that no unit has: told of what waits for somebody.
    "CaseRow": closed(_ROW, {"unheld": listed(TEXT)}),
    # The owner in words: a submission on record has none.
    "Case": closed({**_ROW, **_DETAILS}, _OWNERS),
    "NextStep": closed(
        {
            "action": TEXT,
            "leads_to": TEXT,
            "inputs": listed(_INPUT),
            "needs": maybe(BOTH),
            "met": maybe(FLAG),
            "unknown": listed(TEXT),
            "times_left": maybe(COUNT),
            "anywhere": FLAG,
        }
    ),
    # What a kind of event has on record is its own: `data` is not closed.
    "Event": closed(
        {
            "number": COUNT,
            "at": INSTANT,
            "recorded": INSTANT,
            "kind": TEXT,
            "actor": TEXT,
            "effects": listed({"type": "object"}),
            "word": BOTH,
            "from": TEXT,
            "to": TEXT,
            "facts": FACTS,
            "marks": listed(TEXT),
            "note": BOTH,
            "data": {"type": "object"},
        },
        {"papers": listed(closed({"number": TEXT, "text": TEXT}, {"missing": listed(TEXT)}))},
    ),
    "History": closed({"events": listed(ref("Event"))}),
    "CasePage": page("cases", ref("CaseRow")),
    "Inbox": closed({"cases": listed(ref("CaseRow"))}),
    "Reply": closed(
        {
            "case": TEXT,
            "version": COUNT,
            "state": TEXT,
            "closed": FLAG,
            "due": maybe(INSTANT),
            "outcome": TEXT,
            "code": TEXT,
            "sentence": BOTH,
            "opened": listed(TEXT),
            "papers": listed(TEXT),
            "lacking": listed(TEXT),
            "repeated": FLAG,
        }
    ),
    "Stats": closed(
        {
            "flows": by_name(closed({"open": by_name(COUNT), "closed": by_name(COUNT)})),
            "next_due": maybe(INSTANT),
            "waiting_for_tick": COUNT,
            "at": INSTANT,
        }
    ),
    "Report": closed(
        {
            "version": COUNT,
            "set": TEXT,
            "digest": DIGEST,
            "from": maybe(DAY),
            "to": maybe(DAY),
            "unread": COUNT,
            "sections": listed(
                closed(
                    {
                        "key": TEXT,
                        "title": BOTH,
                        "columns": listed(BOTH),
                        "rows": listed(listed(_CELL)),
                        "note": BOTH,
                    }
                )
            ),
        },
        # Rows of tables that were not read: a store has none.
        {"unread_rows": listed({"type": "object"})},
    ),
    "DeadLetters": page(
        "letters",
        closed(
            {
                "number": COUNT,
                "hook": TEXT,
                "case": TEXT,
                "topic": TEXT,
                "status": COUNT,
                "attempts": COUNT,
            }
        ),
    ),
    "Sent": closed({"sent": FLAG}),
}

# --- Open311 -------------------------------------------------------------------------------------

COMPONENTS |= {
    "Open311Discovery": closed(
        {
            "changeset": TEXT,
            "endpoints": listed(
                closed({"specification": TEXT, "url": TEXT, "type": TEXT, "formats": listed(TEXT)})
            ),
        }
    ),
    "Open311Services": listed(
        closed(
            {
                "service_code": TEXT,
                "service_name": TEXT,
                "description": TEXT,
                "metadata": FLAG,
                "type": one_of("realtime"),
                "keywords": TEXT,
                "group": TEXT,
            }
        )
    ),
    "Open311Definition": closed(
        {
            "service_code": TEXT,
            "attributes": listed(
                closed(
                    {
                        "variable": FLAG,
                        "code": TEXT,
                        "datatype": one_of(
                            "string", "number", "datetime", "singlevaluelist", "multivaluelist"
                        ),
                        "required": FLAG,
                        "datatype_description": TEXT,
                        "order": COUNT,
                        "description": TEXT,
                        "values": listed(closed({"key": TEXT, "name": TEXT})),
                    }
                )
            ),
        }
    ),
    "Open311Reported": listed(
        closed({"service_request_id": TEXT, "service_notice": TEXT, "account_id": TEXT}), 1
    ),
    "Open311Errors": listed(closed({"code": COUNT, "description": TEXT})),
    "Open311Reports": listed(
        closed(
            {
                "service_request_id": TEXT,
                "status": one_of("open", "closed"),
                "status_notes": TEXT,
                "service_name": TEXT,
                "service_code": TEXT,
                "agency_responsible": TEXT,
                "requested_datetime": MOMENT,
                "expected_datetime": TEXT,
            }
        ),
        100,
    ),
}
