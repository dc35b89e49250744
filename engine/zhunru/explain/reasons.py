"""Why a decision came out as it did: the deciding clauses, or why nothing admitted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from zhunru.checker.resolved import (
    BoundCitation,
    Clause,
    Every,
    Inverse,
    Quota,
    Requirement,
    ResolvedDecision,
    RExpr,
    Some,
)
from zhunru.checker.words import Phrase
from zhunru.compiler.diagram import Leaf
from zhunru.compiler.judge import Answer, based_on
from zhunru.compiler.quotas import next_window, quota_names
from zhunru.compiler.values import UNKNOWN
from zhunru.explain.answers import Cited, Reason
from zhunru.explain.case import Case
from zhunru.explain.conditions import Conditions
from zhunru.explain.phrases import describe, show
from zhunru.syntax.nodes import Title
from zhunru.vocabulary import ListKind, Outcome

_MOST_POSSIBLE = 24


# --- one clause --------------------------------------------------------------------------------


def reasons_of(clause: Clause, outcome: Outcome, failed: Sequence[Any]) -> tuple[Reason, ...]:
    """Return the reasons that a clause gives for an outcome: what failed, else the clause."""
    main = [line for line in failed if line.outcome is outcome]
    if not main:
        text = _own_text(clause, outcome)
        code = clause.reason_code or clause.code
        return (_reason(clause, code, outcome, text, clause.span),)
    # Told as well, so that nobody mends one thing only to be stopped by the next.
    also = [line for line in failed if line.outcome is not outcome]
    lines = [(line, False) for line in main] + [(line, True) for line in also]
    return tuple(
        replace(
            _reason(clause, line.code or clause.code, line.outcome, _failed(line), line.span),
            also=aside,
        )
        for line, aside in lines
    )


def _reason(clause: Clause, code: str, outcome: Outcome, text: Phrase, span: Any) -> Reason:
    return Reason(
        code=code,
        outcome=outcome,
        clause=clause.code,
        zh=text.zh,
        en=text.en,
        citations=cited(clause.citations),
        span=span,
        set_code=clause.set_code,
    )


@cache
def cited(citations: tuple[BoundCitation, ...]) -> tuple[Cited, ...]:
    """Return citations as an answer shows them."""
    return tuple(Cited(text=c.text, basis=c.basis, unverified=c.unverified) for c in citations)


def both(title: Title, fallback: Phrase) -> Phrase:
    """Return a title in both languages; a missing one is replaced."""
    return Phrase(title.zh or fallback.zh, title.en or title.zh or fallback.en)


def _failed(line: Requirement | Quota) -> Phrase:
    if isinstance(line, Requirement):
        test = describe(line.test)
        return both(line.message, Phrase(f"要求{test.zh}", f"required: {test.en}"))
    return both(line.message, Phrase("限额已用完", "the quota is used up"))


def _own_text(clause: Clause, outcome: Outcome) -> Phrase:
    title = clause.title.zh or clause.code
    english = clause.title.en or title
    if clause.addressee_test is not None and outcome is Outcome.REFUSE:
        to = clause.owner or clause.list_name
        return Phrase(f"“{title}”属于{to}的职责", f"`{english}` is a duty of {to}")
    if clause.origin == "register":
        fallback = Phrase(
            f"{clause.code}中有在有效期内的登记", f"{clause.code} holds a row in force for it"
        )
    elif clause.origin == "entry":
        verb = "" if outcome is Outcome.ADMIT else "不得办理："
        fallback = Phrase(
            f"{verb}“{title}”列入{clause.list_name}", f"`{english}` is on {clause.list_name}"
        )
    else:
        fallback = Phrase(f"按“{clause.code}”办理", f"by rule {clause.code}")
    return both(clause.message, fallback)


def answer_reasons(case: Case, answer: Answer) -> tuple[Reason, ...]:
    """Return the reasons of a deciding clause; spent quotas say how far, and when again (D17)."""
    (outcome,) = answer.possible
    assert outcome is not None
    found = reasons_of(answer.clause, outcome, answer.failed)
    quotas = [line for line in answer.failed if isinstance(line, Quota)]
    return tuple(_with_use(case, answer.clause, reason, quotas) for reason in found)


def _with_use(case: Case, clause: Clause, reason: Reason, quotas: list[Quota]) -> Reason:
    for quota in quotas:
        if reason.span == quota.span and reason.code == (quota.code or clause.code):
            note = _use(case, clause, quota)
            return replace(reason, zh=reason.zh + note.zh, en=reason.en + note.en)
    return reason


def _use(case: Case, clause: Clause, quota: Quota) -> Phrase:
    uses = case.ruling.reading.facts.quotas
    use = next((uses[name] for name in quota_names(quota, clause) if name in uses), None)
    value = case.value(quota.limit, clause)
    limit = Phrase("？", "?") if value is UNKNOWN else show(value)
    used = "" if use is None else f"{use.used}"
    following = next_window(quota.window, case.day)
    zh = f"（已用{used or '？'}次，限{limit.zh}次"
    en = f" (used {used or '?'} of {limit.en}"
    if following is not None:
        zh, en = f"{zh}，下一期自{following}起", f"{en}; the next window starts on {following}"
    return Phrase(zh + "）", en + ")")


# --- the default -------------------------------------------------------------------------------


def default_reason(head: ResolvedDecision) -> Reason:
    """Return the reason of the default."""
    text = both(head.default_message, Phrase("未列入准入清单", "it is on no list that admits it"))
    return Reason(
        code=head.default_code or "未准入",
        outcome=Outcome.REFUSE,
        clause="",
        zh=text.zh,
        en=text.en,
        span=head.span,
        set_code=head.set_code,
    )


def default_reasons(case: Case) -> Iterator[Reason]:
    """Yield the reason of the default, and why listed matters did not admit (D10)."""
    yield default_reason(case.plan.head)
    for number, clause in case.entries():
        if _may_admit(clause):
            yield from _not_applying(case, number, clause)


def out_of_force_reasons(
    head: ResolvedDecision, clauses: Iterable[Clause], day: date
) -> tuple[Reason, ...]:
    """Return the reasons of the default where these entries were not in force on the day."""
    late = (_lateness(clause, day) for clause in clauses if _may_admit(clause))
    return (default_reason(head), *(reason for reason in late if reason is not None))


def _may_admit(clause: Clause) -> bool:
    return clause.outcome is Outcome.ADMIT and clause.list_kind is not ListKind.CATALOGUE


def _lateness(clause: Clause, day: date) -> Reason | None:
    why = _out_of_force(clause, day)
    return None if why is None else _beside(clause, *why)


def _beside(clause: Clause, code: str, text: Phrase) -> Reason:
    """Return why an entry did not admit, as a further reason."""
    return replace(_reason(clause, code, Outcome.REFUSE, text, clause.span), also=True)


def _not_applying(case: Case, number: int, clause: Clause) -> Iterator[Reason]:
    late = _lateness(clause, case.day)
    if late is not None:
        yield late
    elif case.ruling.judge.applies(number) is False:
        because = _false_part(case, clause)
        name = _name(clause)
        text = Phrase(
            f"条目“{name}”因不符合“{because.zh}”不适用",
            f"entry `{name}` does not apply: it asks that {because.en}",
        )
        yield _beside(clause, case.plan.head.default_code or "未准入", text)


def _name(clause: Clause) -> str:
    return f"{clause.code} {clause.title.zh}".strip()


def _out_of_force(clause: Clause, day: date) -> tuple[str, Phrase] | None:
    """Say why a clause is not in force on the day, or None if it is."""
    name, period = _name(clause), clause.period
    if period.end is not None and day > period.end:
        text = Phrase(f"条目“{name}”已于{period.end}到期", f"entry `{name}` ended on {period.end}")
        return "已过期", text
    if period.start is not None and day < period.start:
        start = period.start
        return "未生效", Phrase(f"条目“{name}”自{start}起施行", f"entry `{name}` starts on {start}")
    if not based_on(clause, day):
        listed = "、".join(citation.text for citation in clause.citations)
        return "依据失效", Phrase(
            f"条目“{name}”的依据（{listed}）在{day}未施行",
            f"no basis of entry `{name}` ({listed}) is in force on {day}",
        )
    return None


def _false_part(case: Case, clause: Clause) -> Phrase:
    """Return the first condition that keeps a clause from applying."""
    for part in _conjuncts(clause.when):
        found = case.value(part, clause)
        # 无 fails a condition as 否 does.
        if found is not True and found is not UNKNOWN:
            return describe(part)
    if case.value(clause.unless, clause) is True:
        return describe(Inverse(clause.unless))
    for code in clause.unless_clauses:
        return Phrase(f"“{code}”不适用", f"`{code}` does not apply")
    return Phrase("所列范围", "the matter is in its scope")


def _conjuncts(expr: RExpr) -> Iterator[RExpr]:
    if isinstance(expr, Every):
        for operand in expr.operands:
            yield from _conjuncts(operand)
    elif not isinstance(expr, Some) or expr.operands:
        yield expr


# --- all of them -------------------------------------------------------------------------------


def reasons(case: Case) -> tuple[Reason, ...]:
    """Return why: certain reasons first, then those that hang on what is not known."""
    ruling = case.ruling
    if ruling.verdict.settled and ruling.survey is None:
        return _verdict_reasons(case, ruling.verdict.deciders, ruling.outcome)
    ends = case.ways.leaves.values()
    each = [(_verdict_reasons(case, end.deciders, end.outcome), end) for end in ends]
    return _merged(case, each)


def _verdict_reasons(
    case: Case, deciders: Sequence[Answer], outcome: Outcome
) -> tuple[Reason, ...]:
    deciding = [answer for answer in deciders if answer.possible == {outcome}]
    if not deciding:
        return tuple(default_reasons(case)) if outcome is Outcome.REFUSE else ()
    return tuple(reason for answer in deciding for reason in answer_reasons(case, answer))


def _merged(case: Case, each: list[tuple[tuple[Reason, ...], Leaf]]) -> tuple[Reason, ...]:
    """Unite the reasons of all completions; what is not in each of them carries its condition."""
    found: dict[tuple[str, str, bool], tuple[Reason, list[Leaf]]] = {}
    for some, end in each:
        for key, reason in {(r.code, r.clause, r.also): r for r in some}.items():
            found.setdefault(key, (reason, []))[1].append(end)
    decided = case.outcome is not Outcome.INCOMPLETE
    certain, possible = [], []
    conditions = Conditions(case)
    for reason, ends in found.values() if decided else _telling(list(found.values())):
        if len(ends) == len(each) and decided and case.complete:
            certain.append(reason)
        else:
            possible.append(_conditional(reason, conditions.of(ends)))
    return (*certain, *possible)


def _telling(found: list[tuple[Reason, list[Leaf]]]) -> list[tuple[Reason, list[Leaf]]]:
    """Of a great many reasons that an incomplete request may still meet, return those that occur
    most: of each code one."""
    if len(found) <= _MOST_POSSIBLE:
        return found
    by_code: dict[str, tuple[Reason, list[Leaf]]] = {}
    for one in sorted(found, key=lambda one: -len(one[1])):
        by_code.setdefault(one[0].code, one)
    return list(by_code.values())[:_MOST_POSSIBLE]


def _conditional(reason: Reason, when: Phrase) -> Reason:
    return replace(reason, certain=False, condition_zh=when.zh, condition_en=when.en)
