"""The careful way to a decision: read the request, run the steps, search what is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as slot
from datetime import date
from typing import Any

from zhunru.compiler.completions import Completions, Survey
from zhunru.compiler.diagram import Budget
from zhunru.compiler.evaluate import Fact
from zhunru.compiler.judge import Judge, Verdict
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.reading import Reading, read_request
from zhunru.compiler.request import Request
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import Outcome


@dataclass(slots=True)
class Ruling:
    """What a decision comes to, with what it was reached by.

    `verdict` is that of the facts as given; `survey` is there where unknown facts stood in the
    way. `missing` are the unknown facts that matter, the decisive ones first. `used` is what was
    read on the way to the outcome.
    """

    reading: Reading
    judge: Judge
    verdict: Verdict
    outcome: Outcome
    possible: frozenset[Outcome]
    missing: tuple[Fact, ...] = ()
    decisive: frozenset[Fact] = frozenset()
    exhaustive: bool = True
    survey: Survey | None = None
    used: Mapping[tuple[str, str], Any] = slot(default_factory=dict)


def rule(plan: Plan, model: Model, request: Request, supplied: Mapping[str, Any]) -> Ruling:
    """Decide a request; raise `RequestRejected` where it cannot be read."""
    reading = read_request(plan, model, request, supplied)
    ruling = rule_on(plan, model, reading, reading.day)
    # A copy: what is asked about the answer later (where the work goes, words) reads more.
    ruling.used = dict(ruling.judge.evaluator.used)
    return ruling


def rule_on(
    plan: Plan, model: Model, reading: Reading, day: date, budget: Budget | None = None
) -> Ruling:
    """Decide what was read by the law of `day`.

    A `budget` is shared with other decisions of one search: `OutOfBudget` where it is spent
    before this one begins.
    """
    if budget is not None:
        budget.spend()
    judge = Judge(plan, model, day, reading.facts)
    verdict = judge.verdict()
    if verdict.key is not None:
        outcome = verdict.key[0]
        return _stand(plan, Ruling(reading, judge, verdict, outcome, verdict.possible))
    survey = Completions(plan, model, day, reading.facts, budget).survey()
    possible = survey.outcomes if survey.exact else verdict.possible | survey.outcomes
    ruling = Ruling(reading, judge, verdict, Outcome.INCOMPLETE, possible, survey=survey)
    ruling.exhaustive = survey.exact
    if survey.exact and len(survey.keys) == 1:
        ruling.outcome = next(iter(survey.keys))[0]
    else:
        asked = () if survey.exact else verdict.open
        ruling.missing = tuple(dict.fromkeys((*survey.matters, *asked)))
        ruling.decisive = frozenset(survey.decisive)
    return _stand(plan, ruling)


def _stand(plan: Plan, ruling: Ruling) -> Ruling:
    """An admission stands only if every 必填 field is known; all of them are asked at once."""
    if ruling.outcome is Outcome.ADMIT or (
        ruling.outcome is Outcome.INCOMPLETE and Outcome.ADMIT in ruling.possible
    ):
        values = ruling.reading.facts.values
        unknown = [
            Fact("field", name) for name in plan.required if values.get(name, UNKNOWN) is UNKNOWN
        ]
        if unknown:
            ruling.outcome = Outcome.INCOMPLETE
            ruling.missing = tuple(dict.fromkeys((*ruling.missing, *unknown)))
    ruling.missing = _ordered(plan, ruling)
    return ruling


def asserter(plan: Plan, model: Model, fact: Fact) -> str:
    """Return the role that may assert a fact, or an empty text for the sender."""
    if fact.kind == "field":
        field = plan.fields.get(fact.name)
        return field.asserted_by if field else ""
    register = model.registers.get(fact.name) if fact.kind == "register" else None
    return register.asserted_by if register else ""


def _ordered(plan: Plan, ruling: Ruling) -> tuple[Fact, ...]:
    """Decisive facts first, then by who may assert them, the sender before the others."""
    model = ruling.judge.evaluator.model
    places = {name: at for at, name in enumerate(plan.fields)}
    roles: dict[str, int] = {"": -1}
    for field in plan.head.fields:
        roles.setdefault(field.asserted_by, len(roles))

    def rank(fact: Fact) -> tuple[Any, ...]:
        role = roles.get(asserter(plan, model, fact), len(roles))
        place = places.get(fact.name, len(places)) if fact.kind == "field" else len(places)
        return (fact not in ruling.decisive, role, place, fact.kind, fact.name)

    return tuple(sorted(ruling.missing, key=rank))
