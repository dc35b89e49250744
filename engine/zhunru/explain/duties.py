"""What a decision carries: duties with their due days, and where the work goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from zhunru.checker.resolved import Clause, Duty, FieldValue, Quota, Requirement
from zhunru.checker.words import amount
from zhunru.compiler.judge import Answer
from zhunru.explain.answers import Obligation, Route
from zhunru.explain.case import Case
from zhunru.vocabulary import Measure, Outcome, TypeName
from zhunru.worktime import Calendar, DueDay


def obligations(case: Case) -> tuple[Obligation, ...]:
    """Return the duties of the deciding clauses; of one name, the one due first (D19)."""
    if case.outcome is not Outcome.ADMIT:
        return ()
    found: dict[str, Obligation] = {}
    for answer in case.deciders:
        for duty in answer.clause.duties:
            new = _obligation(case, duty, answer.clause)
            known = found.get(duty.name)
            if known is None or _sooner(new.due, known.due):
                found[duty.name] = new
    return tuple(found.values())


def _sooner(new: date | None, known: date | None) -> bool:
    return new is not None and (known is None or new < known)


def _obligation(case: Case, duty: Duty, clause: Clause) -> Obligation:
    length: Any = duty.amount
    if duty.length is not None:
        length = case.value(duty.length, clause)
    due = due_day(case.model.calendar, case.made_at, length, duty.measure)
    limit = amount(length, duty.measure) if isinstance(length, Decimal) else None
    return Obligation(
        name=duty.name,
        by=_body(case, duty.by),
        workflow=duty.per,
        limit_zh=limit.zh if limit else "",
        limit_en=limit.en if limit else "",
        due=due.day if due else None,
        provisional=bool(due and due.provisional),
        consequence=duty.consequence,
        clause=clause.code,
    )


def _body(case: Case, by: str) -> str:
    """Return who owes a duty: the body in the unit field that it names, else the name itself."""
    field = case.plan.fields.get(by)
    if field is None or field.type.name is not TypeName.UNIT:
        return by
    value = case.value(FieldValue(by, field.type))
    return value if isinstance(value, str) else by


def due_day(calendar: Calendar, start: date, length: Any, measure: Measure | None) -> DueDay | None:
    """Return the last day of a term from `start`; None for one counted in hours, or open.

    日 and 周 are counted as they are; only 自然日, 月 and 年 that end on a rest day roll on.
    """
    if isinstance(length, date):
        # A day that is named hangs on no calendar.
        return DueDay(length, False)
    if not isinstance(length, Decimal) or measure is None:
        return None
    number = int(length)
    if measure is Measure.WORKDAY:
        return calendar.add_workdays(start, number)
    if measure is Measure.NATURALDAY:
        return calendar.add_days(start, number)
    if measure is Measure.MONTH:
        return calendar.add_months(start, number)
    if measure is Measure.YEAR:
        return calendar.add_years(start, number)
    if measure in (Measure.DAY, Measure.WEEK):
        return DueDay(start + timedelta(number * (7 if measure is Measure.WEEK else 1)), False)
    return None


# --- where the work goes -----------------------------------------------------------------------


def route(case: Case) -> Route | None:
    """Return who should do it instead, what follows, and what may be applied for (D19)."""
    if case.outcome is Outcome.INCOMPLETE:
        return None
    clauses = [answer.clause for answer in case.deciders]
    admitted = case.outcome is Outcome.ADMIT
    apply = case.plan.head.default_apply
    to = () if admitted else _receivers(case, case.deciders)
    follows = following(clauses, apply, admitted=admitted, defaulted=case.defaulted)
    found = Route(to=to, **follows._asdict())
    return None if found == Route() else found


class Following(NamedTuple):
    """What an answer leads to: a workflow, or one that may be applied for, and its papers."""

    workflow: str
    apply: str
    documents: tuple[str, ...]
    materials: tuple[str, ...]


def following(
    clauses: Sequence[Clause], apply: str, *, admitted: bool, defaulted: bool
) -> Following:
    """Return what follows an answer of these clauses; `apply` is what 默认 leaves open."""
    workflow = next((clause.workflow for clause in clauses if clause.workflow), "")
    # A clause that refuses what the default would have refused may leave the same way out open.
    if not defaulted and (admitted or workflow != apply):
        apply = ""
    papers = clauses if admitted else ()
    return Following(
        workflow="" if apply else workflow,
        apply=apply,
        documents=_united(clause.documents for clause in papers),
        materials=_united(clause.materials for clause in papers),
    )


def _united(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return the names in all of these, each once."""
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _receivers(case: Case, deciders: list[Answer]) -> tuple[str, ...]:
    """Return who should do it instead, also where only that is sure which clauses may refuse.

    Where these name different bodies, nobody can tell yet which, and 默认's 退回 stands.
    """
    ends = case.ends if case.outcome is Outcome.REFUSE else ()
    found = {_receivers_of(case, end) for end in ends}
    if len(found) == 1:
        return found.pop()
    return _receivers_of(case, deciders)


def _receivers_of(case: Case, deciders: Sequence[Answer]) -> tuple[str, ...]:
    """改由 or 退回 of a deciding clause; else, of a refusal, whose the work is, or 默认's 退回.

    What was deferred, or refused for its number alone, stays where it is and waits.
    """
    for answer in deciders:
        for way in (answer.clause.instead, answer.clause.return_to):
            names = () if way is None else case.names(way, answer.clause)
            if names:
                return names
    waits = [only_waits(answer.failed, answer.outcome) for answer in deciders]
    if case.outcome is not Outcome.REFUSE or (deciders and all(waits)):
        return ()
    for answer, waiting in zip(deciders, waits, strict=True):
        names = () if waiting else whose_work(answer.clause, elsewhere=answer.elsewhere)
        if names:
            return names
    back = case.plan.head.default_return
    return () if back is None else case.names(back)


def only_waits(failed: Iterable[Requirement | Quota], outcome: Outcome | None) -> bool:
    """Tell whether nothing but quotas stood in the way."""
    found = [line for line in failed if line.outcome is outcome]
    return bool(found) and all(isinstance(line, Quota) for line in found)


def whose_work(clause: Clause, *, elsewhere: bool) -> tuple[str, ...]:
    """Return whose the work of a clause is that refuses.

    A duty is its own body's. Any other work is that of who leads it: it may send it, and does
    itself what communities may not do. Never the body that has just been spared it.
    """
    return (clause.owner,) if elsewhere and clause.owner else clause.lead_names
