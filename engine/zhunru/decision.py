"""What is asked, what is answered: requests, decisions, and the pure function between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from zhunru.checker.resolved import Clause
from zhunru.compiler.fast import FastPath
from zhunru.compiler.judge import Answer
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.request import FactValue, QuotaUse, Request, snapshot
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


_UNREAD = object()
_KEPT = ("_more", "_ready", "_path", "_facts", "_request")


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

    # What every reader asks for has a slot; the rest is kept in `_more` once it was computed.
    __slots__ = (
        "_facts",
        "_more",
        "_path",
        "_ready",
        "_request",
        "clause",
        "code",
        "outcome",
        "reasons",
    )

    _case: Case
    _facts: tuple[Any, ...]
    _more: dict[str, Any]
    _path: FastPath
    _ready: Ready
    _request: Request
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
        if name in _KEPT:
            if name != "_more":
                raise AttributeError(name)
            self._more = {}
            return self._more
        value = self._more.get(name, _UNREAD)
        if value is _UNREAD:
            compute = _COMPUTE.get(name)
            if compute is None:
                raise AttributeError(name)
            value = self._more[name] = compute(self)
        return value

    def __repr__(self) -> str:
        return f"<Decision {self.outcome.value} {self.code or '-'}>"

    def sentence(self, lang: Language = "zh") -> str:
        """Return the decision in one sentence."""
        return record.sentence(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """Return everything the decision says, ready for JSON."""
        return record.to_dict(self)


class Ready:
    """The part of a decision that is the same whenever the same clauses decide alike."""

    __slots__ = ("answers", "citations", "clause", "code", "conflict", "outcome", "reasons")

    def __init__(
        self,
        outcome: Outcome,
        reasons: tuple[Reason, ...],
        answers: tuple[Answer, ...] = (),
        conflict: bool = False,
    ) -> None:
        self.outcome = outcome
        self.code = reasons[0].code
        self.clause = reasons[0].clause
        self.reasons: tuple[Reason, ...] | None = reasons
        self.citations = _cited(reasons)
        self.answers = answers
        self.conflict = conflict


def decide(policy: CompiledPolicy, request: Request, decision: str = "") -> Decision:
    """Decide a request by a policy; `decision` names the 判定 where the set has several.

    Pure: the same policy and request give the same decision. Raises RequestRejected, with a
    finding for each fact, if the request cannot be read against its form.
    """
    try:
        run = policy.runs[decision]
    except KeyError:
        run = _fast_path(policy, decision).run
    found: Decision | None = run(request)
    if found is None:
        return _careful(policy, policy.plan(decision), snapshot(request))
    return found


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
    found._more = {"_case": Case(policy, plan, request, lambda: ruling)}
    found.outcome = ruling.outcome
    return found


def _fast_path(policy: CompiledPolicy, decision: str) -> FastPath:
    """Return the fast path of a decision, made when it is first asked for."""
    plan = policy.plan(decision)
    head = plan.head

    def make_default(clauses: Sequence[Clause] | None, day: date) -> Ready:
        ready = Ready(Outcome.REFUSE, reasons.out_of_force_reasons(head, clauses or (), day))
        if clauses is None:
            ready.reasons = None
        return ready

    path = FastPath(plan, policy.model, policy.supplied, _make_ready, make_default, Decision)
    path.policy = policy
    policy.runs[decision] = path.run
    return path


def _make_ready(answers: tuple[Answer, ...], conflict: bool) -> Ready:
    """Of clauses side by side the strictest outcome stands (D9)."""
    for outcome in (Outcome.REFUSE, Outcome.DEFER, Outcome.ADMIT):
        deciding = [answer for answer in answers if answer.outcome is outcome]
        if deciding:
            break
    each = (reasons.reasons_of(a.clause, outcome, a.failed) for a in deciding)
    return Ready(outcome, tuple(reason for some in each for reason in some), answers, conflict)


# --- what is computed when it is read ------------------------------------------------------------


def _plan(decision: Decision) -> Plan:
    return decision._path.plan if _is_ready(decision) else decision._case.plan


def _policy(decision: Decision) -> CompiledPolicy:
    if _is_ready(decision):
        policy: CompiledPolicy = decision._path.policy
        return policy
    return decision._case.policy


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


def _is_ready(decision: Decision) -> bool:
    """Tell whether the fast path decided: then nothing unknown stood in the way."""
    return "_case" not in decision._more and hasattr(decision, "_ready")


def _missing(decision: Decision) -> tuple[MissingFact, ...]:
    if _is_ready(decision):
        return ()
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
    if _is_ready(decision):
        return (decision.outcome,)
    possible = _ruling(decision).possible
    return tuple(outcome for outcome in _ORDER if outcome in possible)


def _cited(found: Iterable[Reason]) -> tuple[Cited, ...]:
    cited = (c for reason in found if not reason.also for c in reason.citations)
    return tuple(dict.fromkeys(cited))


def _case(decision: Decision) -> Case:
    """Return the case of a decision that the fast path made."""
    policy, plan, request = decision._path.policy, decision._path.plan, decision._request
    kept = snapshot(replace(request, facts=decision._path.facts_of(decision._facts)))
    return Case(policy, plan, kept, lambda: policy.rule(plan, kept))


def _wording(decision: Decision) -> str:
    words = _plan(decision).head.wording
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
    "_case": _case,
    "citations": lambda d: _cited(d.reasons),
    "claims": lambda d: {} if _is_ready(d) else dict(_ruling(d).reading.claims),
    "clause": _clause,
    "code": _code,
    "conflict": lambda d: d._ready.conflict if _is_ready(d) else _ruling(d).verdict.conflict,
    "decision_name": lambda d: _plan(d).head.name,
    "digest": lambda d: _policy(d).digest,
    "exhaustive": lambda d: _is_ready(d) or _ruling(d).exhaustive,
    "facts_used": _facts_used,
    "missing": _missing,
    "nearest": lambda d: advice.nearest(d._case),
    "never_admits": lambda d: Outcome.ADMIT not in d.possible,
    "obligations": lambda d: duties.obligations(d._case),
    "outcome": lambda d: _ruling(d).outcome,
    "possible": _possible,
    "reasons": _reasons,
    "route": lambda d: duties.route(d._case),
    "set_code": lambda d: _policy(d).code,
    "suggestions": lambda d: advice.suggestions(d._case),
    "taken_as_confirmed": lambda d: tuple(_ruling(d).reading.confirmed),
    "valid_until": lambda d: advice.valid_until(d._case),
    "wording": _wording,
}
