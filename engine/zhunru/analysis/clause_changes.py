"""What stands otherwise in a clause of two sets, part by part, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from zhunru.analysis.changes import NONE, Part, listed, retold
from zhunru.checker.resolved import Clause, Duty, Every, Quota, Requirement, RExpr, Some
from zhunru.checker.words import Phrase, amount, joined
from zhunru.explain.phrases import describe, show
from zhunru.syntax.nodes import Period, Title
from zhunru.vocabulary import OUTCOMES, WINDOWS, Window


def changed_parts(old: Clause, new: Clause) -> Iterator[Phrase]:
    """Yield each part of a clause that is not the same in two sets, in a sentence."""
    return retold(old, new, _PARTS)


# --- parts in words ------------------------------------------------------------------------------


def tell_text(value: Any) -> Phrase:
    """Return what is the same in both languages; 无 where nothing is said."""
    return Phrase(str(value), str(value)) if value else NONE


def tell_title(title: Title) -> Phrase:
    """Return a title in words."""
    return Phrase(title.zh, title.en or title.zh) if title.zh or title.en else NONE


def _condition(expr: RExpr | None) -> Phrase:
    if expr is None or expr == Some(()):
        return NONE
    return Phrase("任何来件", "any request") if expr == Every(()) else describe(expr)


def _joined(parts: Iterable[Phrase]) -> Phrase:
    some = list(parts)
    return joined(some, "；", "; ") if some else NONE


def _outcome(outcome: Any) -> Phrase:
    return Phrase(*OUTCOMES[outcome]) if outcome else Phrase("只在不满足时决定", "a gate")


def tell_period(period: Period) -> Phrase:
    """Return days in force in words."""
    return tell_days(period.start, period.end)


def tell_days(start: Any, end: Any) -> Phrase:
    """Return a spell of days in words; None is open."""
    if start and end:
        return Phrase(f"{start}至{end}", f"{start} to {end}")
    if start:
        return Phrase(f"{start}起", f"from {start}")
    if end:
        return Phrase(f"至{end}", f"until {end}")
    return Phrase("不限日期", "any day")


def _requirements(found: tuple[Requirement, ...]) -> Phrase:
    return _joined(_requirement(each) for each in found)


def _requirement(line: Requirement) -> Phrase:
    test, (zh, en) = describe(line.test), OUTCOMES[line.outcome]
    return Phrase(
        f"{test.zh}，否则{zh}“{line.message.zh}”",
        f"{test.en}, otherwise {en} `{line.message.en or line.message.zh}`",
    )


def _quotas(found: tuple[Quota, ...]) -> Phrase:
    return _joined(_quota(each) for each in found)


def _quota(line: Quota) -> Phrase:
    zh, en = WINDOWS[line.window]
    if line.window is Window.ROLLING:
        zh, en = f"{zh}{line.days}日", f"{en} {line.days} days"
    limit = Phrase("不限", "unlimited") if line.limit is None else describe(line.limit)
    per, by = listed(line.per), listed(line.counted_by)
    counted = Phrase("", "")
    if line.counted_by:
        counted = Phrase(f"，按{by.zh}计次", f", counted by {by.en}")
    return Phrase(
        f"每个{per.zh}{zh}不超过{limit.zh}次{counted.zh}，否则{OUTCOMES[line.outcome][0]}",
        f"for each {per.en} {en} at most {limit.en}{counted.en}, "
        f"otherwise {OUTCOMES[line.outcome][1]}",
    )


def _duties(found: tuple[Duty, ...]) -> Phrase:
    return _joined(_duty(each) for each in found)


def _duty(duty: Duty) -> Phrase:
    zh, en = duty.name, duty.name
    if duty.by:
        zh, en = f"{zh}，由{duty.by}", f"{en} by {duty.by}"
    if duty.amount is not None:
        limit = amount(duty.amount, duty.measure)
        zh, en = f"{zh}，限{limit.zh}", f"{en} within {limit.en}"
    elif duty.length is not None:
        limit = describe(duty.length)
        zh, en = f"{zh}，限{limit.zh}", f"{en} within {limit.en}"
    if duty.consequence:
        zh, en = f"{zh}，逾期{duty.consequence}", f"{en}, else {duty.consequence}"
    return Phrase(zh, en)


def _cited(clause: Clause) -> tuple[str, ...]:
    return tuple(citation.text for citation in clause.citations)


_PARTS: tuple[Part, ...] = (
    (Phrase("结论", "outcome"), lambda c: c.outcome, _outcome),
    (Phrase("题名", "title"), lambda c: c.title, tell_title),
    (Phrase("别名", "aliases"), lambda c: c.aliases, listed),
    (Phrase("当", "when"), lambda c: c.when, _condition),
    (Phrase("除外", "except"), lambda c: c.unless, _condition),
    (Phrase("除外条款", "excepted clauses"), lambda c: c.unless_clauses, listed),
    (Phrase("要求", "requirements"), lambda c: c.requirements, _requirements),
    (Phrase("限额", "quotas"), lambda c: c.quotas, _quotas),
    (Phrase("义务", "duties"), lambda c: c.duties, _duties),
    (Phrase("告知内容", "message"), lambda c: c.message, tell_title),
    (Phrase("代码", "code"), lambda c: c.reason_code, tell_text),
    (Phrase("依据", "basis"), _cited, listed),
    (Phrase("牵头", "lead"), lambda c: c.lead_names, listed),
    (Phrase("主体", "owner"), lambda c: c.owner, tell_text),
    (Phrase("改由", "instead"), lambda c: c.instead, _condition),
    (Phrase("退回", "return"), lambda c: c.return_to, _condition),
    (Phrase("流程", "workflow"), lambda c: c.workflow, tell_text),
    (Phrase("文书", "documents"), lambda c: c.documents, listed),
    (Phrase("材料", "materials"), lambda c: c.materials, listed),
    (Phrase("施行", "in force"), lambda c: c.period, tell_period),
    (Phrase("可放宽", "relaxable"), lambda c: c.relaxable, show),
    (Phrase("刚性", "binding"), lambda c: c.binding, show),
)
