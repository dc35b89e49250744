"""Tests that a set carries of its checks and scorecards: facts given, results compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from zhunru.checker import resolved_measures as m
from zhunru.checker.resolved import NOTHING
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.values import UNKNOWN
from zhunru.measures.counting import Found, Measuring
from zhunru.measures.review import ask, review_one
from zhunru.measures.rows import Row, Rows
from zhunru.measures.scoring import FINE, Scored, Step, assess_values
from zhunru.vocabulary import FOUND_IN_TESTS, SCORED_IN_TESTS, VERDICTS_IN_TESTS


class Given(Measuring):
    """What is said about one subject whose facts are given; of registers, how many rows it has."""

    counts: Mapping[str, int] = {}

    def find(self, wanted: m.Rows) -> Found | None:
        """Return as many rows of a register as are given."""
        count = self.counts.get(wanted.things.name)
        if count is None:
            return super().find(wanted)
        name = wanted.things.name
        return Found(tuple(Row(wanted.things, at, f"{name}{at}", {}) for at in range(1, count + 1)))


def try_check(
    policy: CompiledPolicy, name: str, facts: Mapping[str, Any], day: date
) -> dict[str, Any]:
    """Return what a check says of one subject with these facts; without facts, of the set's rows.

    The words are both languages' at once: a test asks for those of its file.
    """
    check = policy.core.checks[name]
    if not facts:
        done = review_one(Rows(policy, day), check)
        bad = any(not each.unsure for each in done.findings)
        outcome = "not_met" if bad else "unsure" if done.findings else "met"
        who = tuple("、".join(each.subjects) for each in done.findings)
        number = Decimal(len(done.findings))
        return _told(outcome) | _both("number", number) | _both("who", who)
    asking = _asking(policy, facts, day, check.subjects)
    # Whom the check does not concern meets it; what else would decide that need not be given.
    found = None if asking.truth(check.where) is False else ask(check, asking)
    outcome = "met" if found is None else "unsure" if found.unsure else "not_met"
    return _told(outcome) | dict(found.hint if found else ())


def try_formula(policy: CompiledPolicy, name: str, facts: Mapping[str, Any], day: date) -> Any:
    """Return what a formula that counts comes to: of registers, so many rows are given.

    Registers that are not given have the rows that the set brings for them.
    """
    asking = _asking(policy, facts, day)
    return asking.value(policy.core.formulas[name].body)


def _asking(
    policy: CompiledPolicy, facts: Mapping[str, Any], day: date, subjects: tuple[m.Things, ...] = ()
) -> Given:
    """Return who asks about the first of the subjects, or about nobody in particular."""
    # How many rows of which registers are given; a column may have its register's name.
    counted = {
        name: int(value)
        for name, value in facts.items()
        if name in policy.core.registers and isinstance(value, Decimal)
    }
    values = {n: v for n, v in facts.items() if n not in counted and v is not UNKNOWN}
    first = next(iter(subjects), m.Things("values", "", ""))
    asking = Given(Rows(policy, day), (Row(first, 1, first.name, values),))
    asking.counts = counted
    return asking


def try_scorecard(
    policy: CompiledPolicy, name: str, facts: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return what a scorecard gives: of the one subject, or by the name of each.

    A fact is the value of an indicator; `甲 的 指标` that of the subject 甲.
    """
    card = policy.core.scorecards[name]
    by: dict[str, dict[str, Decimal]] = {}
    for key, value in facts.items():
        subject, _, indicator = key.rpartition(".")
        by.setdefault(subject, {})[indicator] = value
    done = assess_values(card, by)
    found = {one.subject: _scored(one) for one in done.scored}
    return found.get("", {}), found


def _scored(one: Scored) -> dict[str, Any]:
    found: dict[str, Any] = dict(one.credits) | {step.name: step.score for step in _all(one.steps)}
    results: tuple[tuple[str, Any], ...] = (
        ("total", one.total),
        ("grade", one.grade),
        ("rank", Decimal(one.rank)),
        ("recommended", one.recommended or NOTHING),
    )
    for key, value in results:
        found |= dict.fromkeys(SCORED_IN_TESTS[key], value)
    return {name: UNKNOWN if value is None else _fine(value) for name, value in found.items()}


def _fine(value: Any) -> Any:
    """Return a score without what a division left over: six indicators share a class evenly."""
    if not isinstance(value, Decimal) or value == value.to_integral_value():
        return value
    return value.quantize(FINE)


def _all(steps: tuple[Step, ...]) -> list[Step]:
    return [each for step in steps for each in (step, *_all(step.steps))]


def _told(outcome: str) -> dict[str, Any]:
    return _both("verdict", VERDICTS_IN_TESTS[outcome])


def _both(key: str, value: Any) -> dict[str, Any]:
    return dict.fromkeys(FOUND_IN_TESTS[key], value)
