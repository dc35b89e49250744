"""What a decision carries: duties with their due days, and where the work goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from zhunru.checker.resolved import Clause, Duty, FieldValue, Quota
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
    workflow = next((clause.workflow for clause in clauses if clause.workflow), "")
    # A clause that refuses what the default would have refused may leave the same way out open.
    apply = case.plan.head.default_apply
    if not case.defaulted and (admitted or workflow != apply):
        apply = ""
    found = Route(
        to=() if admitted else _receivers(case, case.deciders),
        workflow="" if apply else workflow,
        apply=apply,
        documents=united(clause.documents for clause in clauses) if admitted else (),
        materials=united(clause.materials for clause in clauses) if admitted else (),
    )
    return None if found == Route() else found


def united(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
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
    if case.outcome is not Outcome.REFUSE or (deciders and all(map(_waits, deciders))):
        return ()
    for answer in deciders:
        names = () if _waits(answer) else _whose(answer)
        if names:
            return names
    back = case.plan.head.default_return
    return () if back is None else case.names(back)


def _waits(answer: Answer) -> bool:
    """Tell whether nothing but quotas stood in the way."""
    failed = [line for line in answer.failed if line.outcome is answer.outcome]
    return bool(failed) and all(isinstance(line, Quota) for line in failed)


def _whose(answer: Answer) -> tuple[str, ...]:
    """Return whose the work of a clause is that refuses.

    A duty is its own body's. Any other work is that of who leads it: it may send it, and does
    itself what communities may not do. Never the body that has just been spared it.
    """
    clause = answer.clause
    if answer.elsewhere and clause.owner:
        return (clause.owner,)
    return clause.lead_names
