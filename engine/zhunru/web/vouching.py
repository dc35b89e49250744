"""What a caller confirms by being who its token says it is, though nobody lets it vouch for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from zhunru.compiler import CompiledPolicy
from zhunru.compiler.plan import Plan
from zhunru.compiler.request import Request
from zhunru.runtime.submitting import is_body, may_name
from zhunru.vocabulary import SYSTEM, TypeName


def confirming(policy: CompiledPolicy, plan: Plan, name: str | None, day: date) -> str | None:
    """Return the unit in whose name facts are asserted that somebody has to confirm; None: no unit
    asserts them, or nobody has to."""
    if name is None or not any(field.asserted_by for field in plan.fields.values()):
        return None
    return policy.model.chart.resolve(name, day)


def confirmed(policy: CompiledPolicy, plan: Plan, request: Request) -> Request:
    """Return a request with what the unit that asserts it may confirm confirmed, as for requests
    that are put on record."""
    facts, day = request.facts, request.received
    unit = confirming(policy, plan, request.asserted_by, day)
    if unit is None:
        return request
    found: dict[str, str] = {}
    for name, field in plan.fields.items():
        role = field.asserted_by
        if role in SYSTEM and field.type.name is TypeName.UNIT:
            # Who sends is known by the token.
            known = may_name(policy, plan, facts, facts.get(name), unit, day)
        else:
            known = bool(role) and is_body(policy, unit, role, day)
        if known:
            found[name] = role
    return replace(request, assertions=found) if found else request
