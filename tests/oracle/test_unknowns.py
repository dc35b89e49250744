"""The oracle itself, on the worked cases of the meaning: each small enough to check by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.unknowns import Answer, interpret

from zhunru.checker import resolved as r
from zhunru.decision import QuotaUse, Request
from zhunru.syntax.nodes import Period, PolicySet, Title
from zhunru.vocabulary import ListKind, Outcome, TypeName, Window

ADMIT, REFUSE, DEFER = Outcome.ADMIT, Outcome.REFUSE, Outcome.DEFER
FLAG, MATTER = r.Type(TypeName.FLAG), r.Type(TypeName.MATTER)
MANNER = r.Type(TypeName.CHOICE, values=("主责", "协助"))
MONEY = r.FieldValue("经费到位", FLAG)
FORM = (
    r.ResolvedField(name="事项", type=MATTER),
    r.ResolvedField(name="承担方式", type=MANNER),
    r.ResolvedField(name="经费到位", type=FLAG),
)
ASSISTING = r.Test("==", r.FieldValue("承担方式", MANNER), r.Const("协助", MANNER))
LIMIT = r.Quota(
    key="协助/1.每年", window=Window.YEAR, days=0,
    limit=r.Const(Decimal(4), r.Type(TypeName.NUMBER)),
    per=(), counted_by=(), outcome=REFUSE, message=Title("超频"), code="超频",
)  # fmt: skip
ENTRY = r.Clause(
    code="协助/1", origin="entry", set_code="T", list_kind=ListKind.ASSISTANCE, outcome=ADMIT,
    matter=frozenset({"低保核查", "xz-01"}),
    requirements=(
        r.Requirement(test=ASSISTING, outcome=REFUSE, message=Title("错位"), code="主责错位"),
        r.Requirement(test=MONEY, outcome=DEFER, message=Title("等钱"), code="经费未到"),
    ),
    quotas=(LIMIT,),
)  # fmt: skip


def asked(
    *lines: tuple[r.Clause, ...], quota: int | None = 0, fields: Any = FORM, **facts: Any
) -> Answer:
    decision = r.ResolvedDecision(
        name="判定", form="来件", fields=fields, wording=("", "", "", ""),
        steps=tuple(r.ResolvedStep(label="", clauses=line) for line in lines),
        default_message=Title(""), default_code="未准入", default_return=None, default_apply="",
        set_code="T",
    )  # fmt: skip
    policy = r.CheckedPolicySet(
        source=PolicySet(path=""), code="T", title=Title(""), digest="", period=Period(),
        decisions={"判定": decision}, tables={}, formulas={}, parameters={}, registers={},
        units={}, roles={}, tests=(),
    )  # fmt: skip
    quotas = {} if quota is None else {LIMIT.key: QuotaUse(used=quota)}
    return interpret(policy, Request(facts=facts, received=date(2026, 1, 5), quotas=quotas))


def test_main_responsibility_is_refused_without_asking_for_the_money() -> None:
    answer = asked((ENTRY,), 事项="XZ-01", 承担方式="主责")
    assert answer.outcome is REFUSE
    assert answer.certain == {("主责错位", "协助/1")}


def test_assistance_without_money_is_deferred() -> None:
    assert asked((ENTRY,), 事项="低保核查", 承担方式="协助", 经费到位=False).outcome is DEFER


def test_a_spent_quota_refuses_and_the_money_is_an_also() -> None:
    answer = asked((ENTRY,), 事项="低保核查", 承担方式="协助", 经费到位=False, quota=4)
    assert answer.verdict is not None
    assert answer.verdict.reasons == (("超频", "协助/1"),)
    assert answer.verdict.also == (("经费未到", "协助/1"),)


def test_unknown_manner_without_money_is_asked_for_and_never_admits() -> None:
    answer = asked((ENTRY,), 事项="低保核查", 经费到位=False)
    assert answer.outcome is Outcome.INCOMPLETE
    assert answer.possible == {REFUSE, DEFER}
    assert answer.missing == {"承担方式"}


def test_an_unlisted_matter_is_refused_and_nothing_is_asked() -> None:
    answer = asked((ENTRY,), 事项="低保入户核查工作", quota=None)
    assert (answer.outcome, answer.missing) == (REFUSE, frozenset())
    assert answer.verdict is not None
    assert answer.verdict.clauses == ()


def test_an_unsupplied_quota_is_a_missing_fact() -> None:
    answer = asked((ENTRY,), 事项="XZ-01", 承担方式="协助", 经费到位=True, quota=None)
    assert answer.missing == {LIMIT.key}
    assert answer.possible == {ADMIT, REFUSE}


def test_the_same_outcome_by_two_clauses_is_decided_when_it_refuses_and_asked_when_it_admits() -> (
    None
):
    other = r.Clause(code="补", origin="rule", set_code="T", outcome=ADMIT, when=MONEY)
    rest = replace(other, code="余", when=r.Every(()))
    assert asked((other,), (rest,), quota=None).missing == {"经费到位"}
    refusing = [(replace(clause, outcome=REFUSE),) for clause in (other, rest)]
    answer = asked(*refusing, quota=None)
    assert answer.outcome is REFUSE
    assert answer.certain == frozenset()
    assert answer.reasons == {("补", "补"), ("余", "余")}


def test_a_lapsed_basis_silences_what_admits_and_not_what_refuses() -> None:
    lapsed = r.BoundCitation(text="旧法", basis="旧法", periods=(Period(None, date(2025, 12, 31)),))
    rule = r.Clause(code="规", origin="rule", set_code="T", outcome=ADMIT, citations=(lapsed,))
    assert asked((rule,)).certain == {("未准入", "")}
    assert asked((replace(rule, outcome=REFUSE),)).certain == {("规", "规")}


def test_no_admission_stands_while_a_required_field_is_unknown() -> None:
    rule = r.Clause(code="规", origin="rule", set_code="T", outcome=ADMIT)
    fields = (replace(FORM[0], required=True), *FORM[1:])
    assert asked((rule,), fields=fields).missing == {"事项"}
    assert asked((replace(rule, outcome=DEFER),), fields=fields).outcome is DEFER


def test_an_exception_counts_even_where_the_other_clause_then_fails() -> None:
    ban = r.Clause(
        code="禁", origin="rule", set_code="T", outcome=REFUSE, unless_clauses=("协助/1",)
    )
    answer = asked((ban,), (ENTRY,), 事项="XZ-01", 承担方式="协助", 经费到位=False)
    assert answer.certain == {("经费未到", "协助/1")}
    assert asked((ban,), (ENTRY,), 事项="别的").certain == {("禁", "禁")}
