"""What a denied question says about applying for it, and what an approval is worth later.

A denial can be applied for where the decision names a workflow for that (可申请). What it says is
signed and bound to the question, so that nobody can apply with it for anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson

from zhunru.decision import Decision
from zhunru.vocabulary import Outcome
from zhunru.web.calls import Call
from zhunru.web.tenants import Current

DENIAL, APPROVAL = "denial+jwt", "approval+jwt"
_VALID = timedelta(minutes=30)
Claims = Mapping[str, Any]


def binding(asked: Mapping[str, Any]) -> str:
    """Return a digest of the subject, action, resource and context that count of a question."""
    context = {k: v for k, v in asked.get("context", {}).items() if k not in _NOT_BOUND}
    parts = [asked.get(name) for name in ("subject", "action", "resource")]
    data = orjson.dumps([*parts, context], default=str, option=orjson.OPT_SORT_KEYS)
    return sha256(data).hexdigest()[:32]


# Members of the context that are about the exchange, not about the question.
_NOT_BOUND = ("approval", "zhunru", "justification", "business_justification", "time")


def context(
    call: Call, current: Current, asked: Mapping[str, Any], found: Decision
) -> dict[str, Any]:
    """Return what the context of an answer says besides the decision itself."""
    told: dict[str, Any] = {}
    presented = asked["context"].get("approval")
    if presented is not None:
        told |= _about(call, asked, found, presented)
    if found.outcome is not Outcome.ADMIT and can_apply(call, found):
        told |= _offer(call, current, asked, found)
        if told.get("reason") == "approval_expired":
            told["next_action"] = "request"
    return told


def can_apply(call: Call, found: Decision) -> bool:
    """Tell whether a denial can be applied for here."""
    return call.tenant.office is not None and found.route is not None and bool(found.route.apply)


def _offer(
    call: Call, current: Current, asked: Mapping[str, Any], found: Decision
) -> dict[str, Any]:
    """Return that, how and until when a denial can be applied for."""
    expires = (call.at + _VALID).replace(microsecond=0)
    evaluation = "eval_" + call.service.settings.entropy(12).hex()
    assert found.route is not None
    claims = {
        "aud": call.tenant.name,
        "evaluation_id": evaluation,
        "binding": binding(asked),
        "set": current.policy.code,
        "decision": found.decision_name,
        "template": found.route.apply,
        "exp": int(expires.timestamp()),
    }
    offer = {
        "template": found.route.apply,
        "expires_at": expires.isoformat(),
        "binding_token": call.service.signer.jws(claims, DENIAL),
        "display": {"title": found.route.apply, "description": found.sentence(call.language)},
    }
    at = call.at.replace(microsecond=0).isoformat()
    return {"evaluation_id": evaluation, "evaluated_at": at, "access_request": offer}


def _about(call: Call, asked: Mapping[str, Any], found: Decision, presented: Any) -> dict[str, Any]:
    """Return what becomes of an approval that a question presents.

    It never admits by itself: the approval stands in a register of the store, and the set decides
    by that. What is presented is only checked, so that the caller is told why it did not help.
    """
    claims, why = verified(call, presented)
    if claims is not None and claims["binding"] != binding(asked):
        claims, why = None, "out_of_scope"
    if claims is None:
        step = "request" if why == "approval_expired" else "none"
        told = {"approval": {"applied": False, "reason": why}}
        return (
            told if found.outcome is Outcome.ADMIT else {**told, "reason": why, "next_action": step}
        )
    if found.outcome is Outcome.ADMIT:
        return {"approval": {"id": presented["id"], "approved_until": claims["until"]}}
    return {"reason": "policy_denied", "next_action": "none"}


def verified(call: Call, presented: Any) -> tuple[Claims | None, str]:
    """Return what an approval says if it is ours, of this tenant, and still runs; else why not."""
    if not isinstance(presented, dict) or not isinstance(presented.get("state"), str):
        return None, "approval_unverifiable"
    claims = call.service.signer.claims(presented["state"], APPROVAL)
    if claims is None or claims.get("aud") != call.tenant.name:
        return None, "approval_unverifiable"
    if claims["id"] != presented.get("id"):
        return None, "approval_unverifiable"
    if datetime.fromisoformat(claims["until"]) <= call.at:
        return None, "approval_expired"
    return claims, ""
