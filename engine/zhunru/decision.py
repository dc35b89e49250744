"""What is asked, what is answered: requests, decisions, and the pure function between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.request import FactValue, QuotaUse, Request
from zhunru.compiler.ruling import Ruling, asserter
from zhunru.explain import advice, duties, reasons, record
from zhunru.explain.answers import (
    Change,
    Cited,
    MissingFact,
    Obligation,
    Reason,
    Route,
    Suggestion,
)
from zhunru.explain.case import Case
from zhunru.vocabulary import Outcome

if TYPE_CHECKING:
    from zhunru.diagnostics import Language

__all__ = [
    "Change",
    "Cited",
    "Decision",
    "FactValue",
    "MissingFact",
    "Obligation",
    "QuotaUse",
    "Reason",
    "Request",
    "Route",
    "Suggestion",
    "decide",
    "decide_many",
]

_ORDER = (Outcome.ADMIT, Outcome.DEFER, Outcome.REFUSE)
_KINDS = {
    "field": "facts",
    "parameter": "parameters",
    "quota": "quotas",
    "register": "registers",
}


class Decision:
    """An answer, complete: everything here is derived from the policy and the request alone.

    Attributes (computed when first read where they cost anything):
    `outcome`, `code` (the first deciding reason's), `clause` (first deciding clause code or ""),
    `reasons`, `missing`, `possible` (outcomes over the unknown facts), `never_admits`,
    `obligations`, `route`, `nearest` (changes, or None), `suggestions`, `citations`, `digest`,
    `set_code`, `decision_name`, `as_of` (day whose law was applied), `valid_until`, `facts_used`
    (facts, parameters, quotas and registers read), `claims` (facts given by one who may not assert
    them), `taken_as_confirmed`, `exhaustive` (False: 未穷尽), `conflict`, `wording` (display word).
    Methods: `sentence(lang)` one sentence; `to_dict()` JSON-ready, exact numbers as texts.
    """

    __slots__ = (
        "_case",
        "as_of",
        "citations",
        "claims",
        "clause",
        "code",
        "conflict",
        "decision_name",
        "digest",
        "exhaustive",
        "facts_used",
        "missing",
        "nearest",
        "never_admits",
        "obligations",
        "outcome",
        "possible",
        "reasons",
        "route",
        "set_code",
        "suggestions",
        "taken_as_confirmed",
        "valid_until",
        "wording",
    )

    _case: Case
    as_of: date
    citations: tuple[Cited, ...]
    claims: Mapping[str, FactValue]
    clause: str
    code: str
    conflict: bool
    decision_name: str
    digest: str
    exhaustive: bool
    facts_used: Mapping[str, Mapping[str, Any]]
    missing: tuple[MissingFact, ...]
    nearest: tuple[Change, ...] | None
    never_admits: bool
    obligations: tuple[Obligation, ...]
    outcome: Outcome
    possible: tuple[Outcome, ...]
    reasons: tuple[Reason, ...]
    route: Route | None
    set_code: str
    suggestions: tuple[Suggestion, ...]
    taken_as_confirmed: tuple[str, ...]
    valid_until: date | None
    wording: str

    def __getattr__(self, name: str) -> Any:
        """Compute an attribute that has not been read before."""
        compute = _COMPUTE.get(name)
        if compute is None:
            raise AttributeError(name)
        value = compute(self)
        setattr(self, name, value)
        return value

    def __repr__(self) -> str:
        return f"<Decision {self.outcome.value} {self.code or '-'}>"

    def sentence(self, lang: Language = "zh") -> str:
        """Return the decision in one sentence."""
        return record.sentence(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """Return everything the decision says, ready for JSON."""
        return record.to_dict(self)


def decide(policy: CompiledPolicy, request: Request, decision: str = "") -> Decision:
    """Decide a request by a policy; `decision` names the 判定 where the set has several.

    Pure: the same policy and request give the same decision. Raises RequestRejected, with a
    finding for each fact, if the request cannot be read against its form.
    """
    plan = policy.plan(decision)
    return _careful(policy, plan, snapshot(request))


def decide_many(
    policy: CompiledPolicy, requests: Iterable[Request], decision: str = ""
) -> Iterator[Decision]:
    """Decide requests one after the other, as `decide` does."""
    policy.plan(decision)
    for request in requests:
        yield decide(policy, request, decision)


def _careful(policy: CompiledPolicy, plan: Plan, request: Request) -> Decision:
    ruling = policy.rule(plan, request)
    found = Decision()
    found._case = Case(policy, plan, request, lambda: ruling)
    found.outcome = ruling.outcome
    return found


def snapshot(request: Request) -> Request:
    """Return a request that does not change when the caller's mappings do."""
    registers = {
        name: rows if isinstance(rows, bool) else tuple(dict(row) for row in rows)
        for name, rows in request.registers.items()
    }
    return Request(
        facts=dict(request.facts),
        received=request.received,
        made_at=request.made_at,
        asserted_by=request.asserted_by,
        assertions=dict(request.assertions),
        quotas=dict(request.quotas),
        registers=registers,
    )


# --- what is computed when it is read ------------------------------------------------------------


def _ruling(decision: Decision) -> Ruling:
    return decision._case.ruling


def _reasons(decision: Decision) -> tuple[Reason, ...]:
    return reasons.reasons(decision._case)


def _code(decision: Decision) -> str:
    if decision.outcome is Outcome.INCOMPLETE:
        return ""
    return decision.reasons[0].code if decision.reasons else ""


def _clause(decision: Decision) -> str:
    if decision.outcome is Outcome.INCOMPLETE:
        return ""
    return decision.reasons[0].clause if decision.reasons else ""


def _missing(decision: Decision) -> tuple[MissingFact, ...]:
    ruling, case = _ruling(decision), decision._case
    claims = ruling.reading.claims
    return tuple(
        MissingFact(
            name=fact.name,
            asserted_by=asserter(case.plan, case.model, fact),
            decisive=fact in ruling.decisive,
            claimed=claims.get(fact.name) if fact.kind == "field" else None,
        )
        for fact in ruling.missing
    )


def _possible(decision: Decision) -> tuple[Outcome, ...]:
    possible = _ruling(decision).possible
    return tuple(outcome for outcome in _ORDER if outcome in possible)


def _citations(decision: Decision) -> tuple[Cited, ...]:
    cited = (c for reason in decision.reasons if not reason.also for c in reason.citations)
    return tuple(dict.fromkeys(cited))


def _wording(decision: Decision) -> str:
    words = decision._case.plan.head.wording
    return words[(*_WORDED,).index(decision.outcome)]


_WORDED = (Outcome.ADMIT, Outcome.REFUSE, Outcome.DEFER, Outcome.INCOMPLETE)


def _facts_used(decision: Decision) -> Mapping[str, Mapping[str, Any]]:
    case = decision._case
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS.values()}
    facts = _ruling(decision).reading.facts
    for (kind, name), value in _ruling(decision).judge.evaluator.used.items():
        if kind == "register":
            value = _register_shown(facts.registers.get(name))
        elif kind == "quota":
            value = value.used if isinstance(value, QuotaUse) else value
        found[_KINDS[kind]][name] = value
    matter = case.plan.matter_field
    if matter in facts.values:
        found["facts"][matter] = facts.values[matter]
    return {kind: dict(sorted(values.items())) for kind, values in found.items() if values}


def _register_shown(rows: Any) -> Any:
    if rows is None:
        return "未知"
    return rows if isinstance(rows, bool) else f"{len(rows)} 行"


_COMPUTE: dict[str, Callable[[Decision], Any]] = {
    "as_of": lambda d: d._case.day,
    "citations": _citations,
    "claims": lambda d: dict(_ruling(d).reading.claims),
    "clause": _clause,
    "code": _code,
    "conflict": lambda d: _ruling(d).verdict.conflict,
    "decision_name": lambda d: d._case.plan.head.name,
    "digest": lambda d: d._case.policy.digest,
    "exhaustive": lambda d: _ruling(d).exhaustive,
    "facts_used": _facts_used,
    "missing": _missing,
    "nearest": lambda d: advice.nearest(d._case),
    "never_admits": lambda d: Outcome.ADMIT not in d.possible,
    "obligations": lambda d: duties.obligations(d._case),
    "outcome": lambda d: _ruling(d).outcome,
    "possible": _possible,
    "reasons": _reasons,
    "route": lambda d: duties.route(d._case),
    "set_code": lambda d: d._case.policy.code,
    "suggestions": lambda d: advice.suggestions(d._case),
    "taken_as_confirmed": lambda d: tuple(_ruling(d).reading.confirmed),
    "valid_until": lambda d: advice.valid_until(d._case),
    "wording": _wording,
}
