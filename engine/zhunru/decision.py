"""What is asked, what is answered: requests, decisions, and the pure function between them.

`decide` takes a request. Who asks without end holds a function of facts and day instead, made once:
`decider` for decisions, `answerer` for grounds alone, `recorder` for what there is to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from zhunru.checker.words import Phrase
from zhunru.compiler.fast import FastPath
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.request import FactValue, QuotaUse, Request, snapshot
from zhunru.compiler.ruling import Ruling, asserter
from zhunru.explain import advice, duties, identity, reasons, record, unpublished
from zhunru.explain.answers import (
    Change,
    Cited,
    MissingFact,
    Obligation,
    Reason,
    Route,
    Suggestion,
    Unresolved,
)
from zhunru.explain.case import Case
from zhunru.explain.ready import (
    FixedCase,
    Ready,
    Varies,
    basis_of,
    cited,
    make_default,
    make_ready,
    worded,
)
from zhunru.vocabulary import Outcome

if TYPE_CHECKING:
    from zhunru.diagnostics import Language

__all__ = [
    "Change",
    "Cited",
    "Decision",
    "FactValue",
    "Grounds",
    "MissingFact",
    "Obligation",
    "QuotaUse",
    "Reason",
    "Request",
    "Route",
    "Suggestion",
    "Unresolved",
    "ValuesUsed",
    "answerer",
    "decide",
    "decide_many",
    "decider",
    "recorder",
]

# Kind of value (facts, parameters, quotas, registers) to the values read, by their names.
ValuesUsed: TypeAlias = Mapping[str, Mapping[str, Any]]

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
    `basis` (the texts of `citations` as one),
    `reasons`, `missing`, `possible` (outcomes over the unknown facts), `never_admits`,
    `obligations`, `route`, `nearest` (changes, or None), `suggestions`, `citations`, `digest`,
    `set_code`, `decision_name`, `as_of` (day whose law was applied), `valid_until`, `facts_used`
    (facts, parameters, quotas and registers read), `claims` (facts given by one who may not assert
    them), `unresolved` (units the chart does not know), `taken_as_confirmed`, `exhaustive` (False:
    未穷尽), `conflict`, `wording` (display word),
    `grounds` (what has all of these but `as_of`, `facts_used` and advice, and is read fastest:
    where nothing of it hangs on the request it is one object for all who were answered so).
    Methods: `sentence(lang)` one sentence; `to_dict()` JSON-ready, exact numbers as texts.
    """

    # What every reader asks for has a slot. `_ready` is the ready part of a fast decision (None:
    # the careful path decided), `_asked` are the values that were read, `_given` is the request
    # (of `decider`: the day of receipt); `_more` keeps what was computed.
    __slots__ = (
        "_asked", "_given", "_more", "_ready", "as_of", "basis", "clause", "code", "outcome",
    )  # fmt: skip

    _asked: tuple[Any, ...]
    _case: Case
    _more: dict[str, Any]
    _path: FastPath
    _policy: CompiledPolicy
    _ready: Ready | None
    _given: Request | date
    as_of: date
    basis: str
    citations: tuple[Cited, ...]
    claims: Mapping[str, FactValue]
    clause: str
    code: str
    conflict: bool
    decision_name: str
    digest: str
    exhaustive: bool
    facts_used: ValuesUsed
    grounds: Grounds
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
    unresolved: tuple[Unresolved, ...]
    valid_until: date | None
    wording: str

    def __repr__(self) -> str:
        return f"<Decision {self.outcome.value} {self.code or '-'}>"

    def sentence(self, lang: Language = "zh") -> str:
        """Return the decision in one sentence."""
        return record.sentence(self, lang)

    def to_dict(self, *, advice: bool = True) -> dict[str, Any]:
        """Return everything the decision says, ready for JSON; without `advice` (nearest
        admission, similar entries, how long it holds), which takes long, at a fraction of it."""
        return record.to_dict(self, advice=advice)


# What an answer says whoever asks, or the decision itself where that hangs on the request.
Grounds: TypeAlias = Ready | Decision


class _Careful(Decision):
    """A decision of the careful path: even its code is found when it is read."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        """Compute what has a slot and has not been read before."""
        compute = _FROM_REASONS.get(name)
        if compute is None:
            raise AttributeError(name)
        value = compute(self)
        setattr(self, name, value)
        return value


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


def decider(
    policy: CompiledPolicy, decision: str = ""
) -> Callable[[Mapping[str, FactValue], date], Decision]:
    """Return a function of facts and day of receipt that decides as `decide` does.

    For who asks often: it is looked up once, and needs no Request. Facts are taken as confirmed;
    for roles, quotas and registers there is `decide`.
    """
    return _fast_path(policy, decision).direct(_by_request(policy, decision))


def answerer(
    policy: CompiledPolicy, decision: str = ""
) -> Callable[[Mapping[str, FactValue], date], Grounds]:
    """Return a function that gives the `grounds` of what `decider`'s function decides.

    For who sends work on and keeps nothing: outcome, reasons, basis, duties, way out, wording.
    Where they do not hang on the request they are one object that all share who are answered so,
    and no decision is made; else they are the decision.
    """
    ask = _by_request(policy, decision)
    return _fast_path(policy, decision).grounds(lambda facts, day: ask(facts, day).grounds)


def recorder(
    policy: CompiledPolicy, decision: str = ""
) -> Callable[[Mapping[str, FactValue], date], tuple[Grounds, date, ValuesUsed]]:
    """Return a function that gives what there is to keep of what `decider`'s function decides.

    Its `grounds`, `as_of` and `facts_used`: the complete record, without advice. The facts used
    are a copy, which does not change when the caller's facts do.
    """
    ask = _by_request(policy, decision)
    path = _fast_path(policy, decision)
    return path.record(lambda facts, day: _recorded(ask(facts, day)), _recorded)


def _by_request(
    policy: CompiledPolicy, decision: str
) -> Callable[[Mapping[str, FactValue], date], Decision]:
    return lambda facts, day: decide(policy, Request(facts=facts, received=day), decision)


def _recorded(found: Decision) -> tuple[Grounds, date, ValuesUsed]:
    return found.grounds, found.as_of, found.facts_used


def decide_many(
    policy: CompiledPolicy, requests: Iterable[Request], decision: str = ""
) -> Iterator[Decision]:
    """Decide requests one after the other, as `decide` does."""
    plan = policy.plan(decision)
    run = policy.runs.get(decision) or _fast_path(policy, decision).run
    for request in requests:
        yield run(request) or _careful(policy, plan, snapshot(request))


def _careful(policy: CompiledPolicy, plan: Plan, request: Request) -> Decision:
    ruling = policy.rule(plan, request)
    found = _Careful()
    found._ready = None
    found._more = {"_case": Case(policy, plan, request, lambda: ruling)}
    found.outcome = ruling.outcome
    return found


def _fast_path(policy: CompiledPolicy, decision: str) -> FastPath:
    """Return the fast path of a decision, made when it is first asked for."""
    found: FastPath | None = policy.paths.get(decision)
    if found is None:
        plan = policy.plan(decision)
        found = FastPath(
            plan,
            policy.model,
            policy.supplied,
            lambda answers, conflict: make_ready(policy, plan, answers, conflict),
            lambda clauses, day: make_default(policy, plan, clauses, day),
            lambda path: _classes(policy, path),
        )
        policy.paths[decision] = found
        policy.runs.setdefault(decision, found.run)
    return found


def _classes(policy: CompiledPolicy, path: FastPath) -> Sequence[type[Decision]]:
    """Return the classes of fast decisions.

    On complete requests: of those whose ready part is fixed, and of the others. On requests with
    gaps.

    What is the same for all decisions by one plan stands in their class, so that it need not be
    set in each of them.
    """
    common = {
        "__slots__": (),
        "_path": path,
        "_policy": policy,
        "claims": MappingProxyType({}),
        "decision_name": path.plan.head.name,
        "digest": policy.digest,
        "exhaustive": True,
        "missing": (),
        "set_code": policy.code,
    }
    with_gaps = type("Decision", (Decision,), common)
    open_ended = type("Decision", (Decision,), {**common, **_of_complete(path, _SAME)})
    whole = {**common, **_of_complete(path, _SAME + _FIXED), "grounds": vars(Decision)["_ready"]}
    fixed = type("Decision", (Decision,), whole)
    return fixed, open_ended, with_gaps


def _of_complete(path: FastPath, ready: Sequence[str]) -> dict[str, Any]:
    """Return attributes of decisions on complete requests; those named are of the ready part."""
    found: dict[str, Any] = {name: property(attrgetter(f"_ready.{name}")) for name in ready}
    found["facts_used"] = property(_fast_facts_used)
    found["taken_as_confirmed"] = path.plan.confirmed_fields
    found["unresolved"] = ()
    return found


_SAME = ("citations", "conflict", "never_admits", "possible", "reasons", "wording")
_FIXED = ("obligations", "route")


def _fast_facts_used(decision: Decision) -> ValuesUsed:
    """Return the facts used, at once where the same are read for the same ready part."""
    ready: Any = decision._ready
    reader = ready.reader
    if reader is None:
        made = decision._path.reader_of(ready.answers, ready.reasons is None)
        reader = ready.keep_reader(made)
    read = reader(decision._asked) if reader else _keeping("facts_used", _facts_used)(decision)
    found: ValuesUsed = read
    return found


# --- what is computed when it is read ------------------------------------------------------------


def _plan(decision: Decision) -> Plan:
    return decision._path.plan if _is_ready(decision) else decision._case.plan


def _ruling(decision: Decision) -> Ruling:
    return decision._case.ruling


def _reasons(decision: Decision) -> tuple[Reason, ...]:
    ready = decision._ready
    if ready is not None and ready.reasons is not None:
        return ready.reasons
    return reasons.reasons(decision._case)


def _of_first(decision: Decision, name: str) -> str:
    """Return what the first reason says; an incomplete request has no deciding one."""
    if decision.outcome is Outcome.INCOMPLETE or not decision.reasons:
        return ""
    found: str = getattr(decision.reasons[0], name)
    return found


def _is_ready(decision: Decision) -> bool:
    """Tell whether the fast path decided: then nothing unknown stood in the way."""
    return decision._ready is not None


def _missing(decision: Decision) -> tuple[MissingFact, ...]:
    ruling, case = _ruling(decision), decision._case
    claims = ruling.reading.claims
    found = []
    for fact in ruling.missing:
        why = unpublished.why(case) if fact.kind == "calendar" else Phrase("", "")
        found.append(
            MissingFact(
                name=fact.name,
                asserted_by=asserter(case.plan, case.model, fact),
                decisive=fact in ruling.decisive,
                claimed=claims.get(fact.name) if fact.kind == "field" else None,
                why_zh=why.zh,
                why_en=why.en,
            )
        )
    return tuple(found)


def _possible(decision: Decision) -> tuple[Outcome, ...]:
    if _is_ready(decision):
        return (decision.outcome,)
    possible = _ruling(decision).possible
    return tuple(outcome for outcome in _ORDER if outcome in possible)


def _request(decision: Decision) -> Request:
    """Return the request of a fast decision; of `decider` there is only the day of receipt."""
    given = decision._given
    return given if isinstance(given, Request) else Request(facts={}, received=given)


def _case(decision: Decision) -> Case:
    """Return the case of a decision that the fast path made."""
    policy, path = decision._policy, decision._path
    facts = path.facts_of(decision._asked)
    kept = snapshot(replace(_request(decision), facts=facts))
    return Case(policy, path.plan, kept, lambda: policy.rule(path.plan, kept))


def _obligations(decision: Decision) -> tuple[Obligation, ...]:
    ready = decision._ready
    if ready is not None:
        path, model = decision._path, decision._policy.model
        request = _request(decision)
        made_at = request.made_at or request.received
        known = partial(path.calls.known, decision._asked)
        found = ready.obligations_from(path.plan, model, made_at, known)
        if found is not None:
            return found
    return duties.obligations(decision._case)


def _route(decision: Decision) -> Route | None:
    ready = decision._ready
    if ready is not None:
        path, model = decision._path, decision._policy.model
        known = path.calls.known(decision._asked)
        with suppress(Varies):
            return duties.route(FixedCase(path.plan, model, ready, date.min, known))
    return duties.route(decision._case)


def _conflict(decision: Decision) -> bool:
    ready = decision._ready
    return _ruling(decision).verdict.conflict if ready is None else ready.conflict


def _confirmed(decision: Decision) -> tuple[str, ...]:
    confirmed = _ruling(decision).reading.confirmed
    return tuple(name for name in _plan(decision).fields if name in confirmed)


def _facts_used(decision: Decision) -> ValuesUsed:
    case = decision._case
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS.values()}
    facts = _ruling(decision).reading.facts
    for (kind, name), value in _ruling(decision).used.items():
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


# The rest of what has a slot, where the careful path decided.
_FROM_REASONS: dict[str, Callable[[Decision], Any]] = {
    "as_of": lambda d: d._case.day,
    "basis": lambda d: basis_of(d.citations),
    "clause": lambda d: _of_first(d, "clause"),
    "code": lambda d: _of_first(d, "code"),
}

_COMPUTE: dict[str, Callable[[Decision], Any]] = {
    "_case": _case,
    "citations": lambda d: cited(d.reasons),
    "claims": lambda d: dict(_ruling(d).reading.claims),
    "conflict": _conflict,
    "decision_name": lambda d: _plan(d).head.name,
    "digest": lambda d: d._case.policy.digest,
    "exhaustive": lambda d: _ruling(d).exhaustive,
    "facts_used": _facts_used,
    "grounds": lambda d: d,
    "missing": _missing,
    "nearest": lambda d: advice.nearest(d._case),
    "never_admits": lambda d: Outcome.ADMIT not in d.possible,
    "obligations": _obligations,
    "possible": _possible,
    "reasons": _reasons,
    "route": _route,
    "set_code": lambda d: d._case.policy.code,
    "suggestions": lambda d: advice.suggestions(d._case),
    "taken_as_confirmed": _confirmed,
    "unresolved": lambda d: identity.unresolved(d._case),
    "valid_until": lambda d: advice.valid_until(d._case),
    "wording": lambda d: worded(_plan(d), d.outcome),
}


def _keeping(name: str, compute: Callable[[Decision], Any]) -> Callable[[Decision], Any]:
    """Return what computes an attribute when it is first read, and keeps it."""

    def read(decision: Decision) -> Any:
        try:
            kept = decision._more
        except AttributeError:
            kept = decision._more = {}
        if name not in kept:
            kept[name] = compute(decision)
        return kept[name]

    return read


for _name, _compute in _COMPUTE.items():
    setattr(Decision, _name, property(_keeping(_name, _compute)))
