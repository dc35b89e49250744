"""The invariants of law that concern one request, held over every shipped set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.invariants import (
    ADMISSION,
    OF_REQUESTS,
    applying,
    policy,
    sets,
    standing_apart,
)

from zhunru.checker.resolved import Clause
from zhunru.decision import Decision, QuotaUse, Request, decide
from zhunru.syntax.nodes import Period
from zhunru.vocabulary import ListKind, Outcome, TypeName

REGISTERS = ("应急响应", "准入登记", "评选批准")
WINDOWS = ("检查总量控制.每年", "检查总量控制.任意连续7日", "江源检查总量.每季度")
ADMITTING = (
    ListKind.RESPONSIBILITY, ListKind.ASSISTANCE, ListKind.ADMISSION, ListKind.CERTIFICATE,
)  # fmt: skip
COMMUNITIES = ("社区",)
DEPARTMENTS = ("部门", "党委部门", "下属单位", "事业单位", "议事协调机构")
EXAMPLES = settings(max_examples=20, deadline=None)
Facts = dict[str, Any]


@cache
def units(name: str, *levels: str) -> tuple[str, ...]:
    """Return the units of a set, of some levels if they are given."""
    chart = policy(name).checked.units
    found = [u for u, unit in chart.items() if not levels or unit.level in levels]
    return tuple(sorted(found or chart))


@cache
def matters(name: str, decision: str) -> tuple[str, ...]:
    """Return what the clauses of a decision are about, and one matter that no list has."""
    plan = policy(name).plan(decision)
    titles = {c.title.zh for c in plan.clauses if c.origin == "entry" and c.title.zh}
    return (*sorted(titles), "毫无来由的一件工作")


def days() -> st.SearchStrategy[date]:
    return st.integers(0, 3650).map(lambda n: date(2019, 1, 1) + timedelta(n))


def value_of(name: str, decision: str, field: Any) -> st.SearchStrategy[Any]:
    """Return values of a field of the form: whatever the set knows of that type."""
    kind = field.type.name
    if kind is TypeName.MATTER:
        return st.sampled_from(matters(name, decision))
    if kind is TypeName.UNIT:
        return st.sampled_from(units(name, *(COMMUNITIES if field.addressee else ())))
    if kind is TypeName.CHOICE:
        return st.sampled_from(sorted(field.type.values))
    if kind is TypeName.DATE:
        return days()
    assert kind is TypeName.FLAG, field.name
    return st.booleans()


def requests(name: str, decision: str, **fixed: Any) -> st.SearchStrategy[Facts]:
    """Return complete requests to a decision of a set; `fixed` narrows some of their facts."""
    plan = policy(name).plan(decision)
    facts = {f.name: value_of(name, decision, f) for f in plan.head.fields}
    facts |= {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in fixed.items()}
    return st.fixed_dictionaries(facts)


def fitting(name: str) -> st.SearchStrategy[Facts]:
    """Return requests that have what a list asks for: the right sender, manner and money."""
    plan = policy(name).plan(ADMISSION)
    chart = policy(name).checked.units
    good = [
        (clause.title.zh, unit)
        for clause in plan.clauses
        if clause.list_kind is ListKind.ASSISTANCE
        for unit, held in chart.items()
        if set(clause.lead_names) & {unit, *held.roles}
    ]

    def request(pair: tuple[str, str]) -> st.SearchStrategy[Facts]:
        matter, sender = pair
        return requests(name, ADMISSION, 事项=matter, 来文单位=sender, 类别="行政任务",
                        承担方式=st.sampled_from(("协助", "主责")))  # fmt: skip

    return st.sampled_from(sorted(set(good))).flatmap(request)


def ask(name: str, decision: str, facts: Facts, **registers: bool) -> Decision:
    """Decide with nothing used up; a register that is not named is closed and empty."""
    core = policy(name).checked.registers
    given_ = {each: registers.get(each, False) for each in REGISTERS if each in core}
    plan = policy(name).plan(decision)
    quotas = {key: QuotaUse(used=0) for key in WINDOWS if plan.knows_quota(key)}
    quotas |= {
        f"{c.code}.{key}": QuotaUse(used=0)
        for c in plan.clauses for key in ("每年", "每半年", "每季度", "每月")
        if c.quotas and plan.knows_quota(f"{c.code}.{key}")
    }  # fmt: skip
    asked = Request(facts=facts, received=date(2026, 3, 2), registers=given_, quotas=quotas)
    return decide(policy(name), asked, decision)


def decided_by(name: str, decision: str, answer: Decision) -> Clause:
    """Return the clause that decided."""
    plan = policy(name).plan(decision)
    return plan.clauses[plan.by_code[answer.clause][0]]


def of(name: str) -> str:
    """Return the first decision of a set: what it is for."""
    return next(iter(policy(name).checked.decisions))


def holds(day: date, period: Period) -> bool:
    return (period.start or date.min) <= day <= (period.end or date.max)


def over(name: str, test: Callable[[Facts, bool, bool], None], **fixed: Any) -> None:
    """Run a property over requests of a set, in and out of an emergency, entered or not."""
    drawn = requests(name, of(name), **fixed)
    if of(name) == ADMISSION and not fixed:
        drawn = st.one_of(drawn, fitting(name))
    EXAMPLES(given(drawn, st.booleans(), st.booleans())(test))()


@pytest.mark.invariant(1)
@pytest.mark.parametrize("name", applying(1))
def test_only_what_is_listed_entered_or_urgent_comes_in(name: str) -> None:
    def test(facts: Facts, urgent: bool, entered: bool) -> None:
        answer = ask(name, of(name), facts, 应急响应=urgent, 准入登记=entered, 评选批准=entered)
        if answer.outcome is not Outcome.ADMIT:
            return
        clause = decided_by(name, of(name), answer)
        assert holds(answer.as_of, clause.period)
        if clause.origin == "entry":
            assert clause.list_kind in ADMITTING
        elif clause.origin == "register":
            assert (clause.code, entered) == ("准入登记", True)
        else:
            assert (urgent, bool(answer.obligations)) == (True, True)

    over(name, test)


@pytest.mark.invariant(2)
@pytest.mark.parametrize("name", applying(2))
def test_a_community_never_answers_for_what_it_assists_in(name: str) -> None:
    def test(facts: Facts, urgent: bool, entered: bool) -> None:
        answer = ask(name, ADMISSION, facts, 应急响应=False, 准入登记=entered)
        if answer.outcome is Outcome.ADMIT:
            clause = decided_by(name, ADMISSION, answer)
            assert clause.list_kind is not ListKind.ASSISTANCE

    over(name, test, 事项=st.sampled_from(titled(name)), 类别="行政任务", 承担方式="主责")


def titled(name: str) -> list[str]:
    """Return the titles of what communities assist in."""
    plan = policy(name).plan(ADMISSION)
    return sorted({c.title.zh for c in plan.clauses if c.list_kind is ListKind.ASSISTANCE})


@pytest.mark.invariant(3)
@pytest.mark.parametrize("name", applying(3))
def test_a_certificate_outside_the_list_is_refused_whatever_else_holds(name: str) -> None:
    plan = policy(name).plan(ADMISSION)
    issued = {c.title.zh for c in plan.clauses if c.list_kind is ListKind.CERTIFICATE}

    def test(facts: Facts, urgent: bool, entered: bool) -> None:
        answer = ask(name, ADMISSION, facts, 应急响应=urgent, 准入登记=entered)
        if facts["事项"] in issued:
            return
        assert answer.outcome is Outcome.REFUSE
        clause = decided_by(name, ADMISSION, answer)
        if clause.list_kind is ListKind.PROHIBITION:
            assert answer.route is not None
            assert answer.route.to

    over(name, test, 类别="出具证明")


@pytest.mark.invariant(5)
@pytest.mark.parametrize("name", applying(5))
def test_assistance_waits_for_its_money(name: str) -> None:
    def test(facts: Facts, urgent: bool, entered: bool) -> None:
        answer = ask(name, ADMISSION, facts, 应急响应=False, 准入登记=False)
        if answer.outcome is Outcome.ADMIT:
            clause = decided_by(name, ADMISSION, answer)
            assert clause.list_kind is not ListKind.ASSISTANCE

    over(name, test, 事项=st.sampled_from(titled(name)), 类别="行政任务", 承担方式="协助",
         经费到位=False)  # fmt: skip


@pytest.mark.invariant(12)
@pytest.mark.parametrize("name", applying(12))
def test_assessments_by_departments_and_pledges_are_refused(name: str) -> None:
    def assessed(facts: Facts, urgent: bool, entered: bool) -> None:
        answer = ask(name, ADMISSION, facts, 应急响应=urgent, 准入登记=entered)
        assert answer.outcome is Outcome.REFUSE

    chart = policy(name).checked.units
    senders = [one for one in units(name, *DEPARTMENTS) if "统一考核机构" not in chart[one].roles]
    over(name, assessed, 类别="检查考核", 来文单位=st.sampled_from(senders))
    over(name, assessed, 类别="责任签状")


@pytest.mark.invariant(13)
@pytest.mark.parametrize("name", applying(13))
def test_what_admits_cites_a_basis_in_force_on_the_day(name: str) -> None:
    def test(facts: Facts, urgent: bool, entered: bool) -> None:
        answer = ask(name, of(name), facts, 应急响应=urgent, 准入登记=entered)
        if answer.outcome is not Outcome.ADMIT:
            return
        clause = decided_by(name, of(name), answer)
        if clause.origin == "register":
            return  # what entered it cited a basis; the row itself is a fact
        good = [c for c in clause.citations if not c.periods or any(holds(answer.as_of, p)
                for p in c.periods)]  # fmt: skip
        assert good, (clause.code, answer.as_of)

    over(name, test)


@pytest.mark.invariant(15)
@pytest.mark.parametrize("name", applying(15))
def test_an_emergency_pass_ends_with_the_emergency_and_must_be_regularised(name: str) -> None:
    def test(facts: Facts, urgent: bool, entered: bool) -> None:
        answer = ask(name, ADMISSION, facts, 应急响应=True, 准入登记=False)
        if answer.outcome is not Outcome.ADMIT or answer.code != "应急先行":
            return
        (duty,) = answer.obligations
        assert (duty.name, duty.workflow, duty.consequence) == (
            "补办准入申请", "社区工作准入", "撤销准入",
        )  # fmt: skip
        assert duty.due is not None
        after = ask(name, ADMISSION, facts, 应急响应=False, 准入登记=False)
        assert after.code != "应急先行"

    over(name, test, 类别="行政任务")


@pytest.mark.parametrize("number", OF_REQUESTS)
def test_a_set_that_an_invariant_of_requests_passes_over_asks_of_something_else(
    number: int,
) -> None:
    for name, _ in standing_apart(number):
        (decision,) = policy(name).checked.decisions.values()
        assert decision.name != ADMISSION
        fields = {field.name for field in decision.fields}
        assert fields.isdisjoint({"来文单位", "目标社区", "类别", "承担方式", "经费到位"})
    assert len(applying(number)) + len(standing_apart(number)) == len(sets())
