"""What the law asks of every set, held for each set that ships: no set may be left out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random

import pytest
from tests.oracle.expressions import value_of
from tests.oracle.interpreter import SEVERITY
from tests.oracle.unknowns import interpret, known_world
from tests.properties.comparing import differences, is_complete
from tests.shipped import SETS
from tests.shipped import checked as checked_set
from tests.shipped import compiled as compiled_set
from tests.strategies.shipped import UNLISTED, a_request_about, clauses_of

from zhunru.checker import resolved as r
from zhunru.decision import Decision, Request, decide
from zhunru.vocabulary import ListKind, Outcome

ADMITTING = {ListKind.ASSISTANCE, ListKind.ADMISSION, ListKind.CERTIFICATE}
ADMITTING |= {ListKind.RESPONSIBILITY}
# The rarest kind of answer is one in a hundred and ten: by fewer some set misses it by chance.
REQUESTS = 720


def decisions_of(name: str) -> list[r.ResolvedDecision]:
    return list(checked_set(name).decisions.values())


@cache
def decided(name: str, unknown: float = 0.0) -> tuple[tuple[str, Request, Decision], ...]:
    """Requests to every 判定 of the set with their decisions."""
    rng = Random(f"{name} {unknown}")
    found = []
    for decision in decisions_of(name):
        for _ in range(REQUESTS if unknown == 0.0 else REQUESTS // 3):
            request = a_request_about(rng, checked_set(name), decision, unknown)
            answer = decide(compiled_set(name), request, decision.name)
            found.append((decision.name, request, answer))
    return tuple(found)


def deciding(name: str, decision_name: str, answer: Decision) -> list[r.Clause]:
    known = {c.code: c for c in clauses_of(checked_set(name).decisions[decision_name])}
    return [known[reason.clause] for reason in answer.reasons if reason.clause and not reason.also]


def admitted(name: str) -> Iterator[tuple[str, Request, Decision, r.Clause]]:
    for unknown in (0.0, 0.15):
        for decision_name, request, answer in decided(name, unknown):
            if answer.outcome is Outcome.ADMIT:
                for clause in deciding(name, decision_name, answer):
                    yield decision_name, request, answer, clause


def form_has(name: str, decision_name: str, field: str) -> bool:
    return any(f.name == field for f in checked_set(name).decisions[decision_name].fields)


def test_sets_ship_with_the_library() -> None:
    assert SETS


@pytest.mark.parametrize("name", SETS)
def test_a_set_loads_checks_and_compiles(name: str) -> None:
    assert compiled_set(name) is not None


@pytest.mark.parametrize("name", SETS)
def test_decisions_are_those_of_the_plain_reading(name: str) -> None:
    # The plain reading is slow: every other request, in the normal run. All sets together, it is
    # thousands.
    step = 1 if os.environ.get("ZHUNRU_TESTS") == "nightly" else 2
    for decision_name, request, answer in decided(name)[::step]:
        plain = interpret(checked_set(name), request, decision_name)
        assert not differences(plain, answer, is_complete(plain)), request


@pytest.mark.parametrize("name", SETS)
def test_1_nothing_is_admitted_but_by_list_register_or_emergency(name: str) -> None:
    for decision_name, request, _, clause in admitted(name):
        if clause.origin == "entry":
            assert clause.list_kind in ADMITTING, request
        elif clause.origin == "rule":
            assert emergency_in_force(name, decision_name, request, clause), request


def emergency_in_force(name: str, decision_name: str, request: Request, clause: r.Clause) -> bool:
    """The rule demands a register in force, and one is, on the day and for what is asked."""
    checked = checked_set(name)
    world = known_world(checked, checked.decisions[decision_name], request)
    parts = clause.when.operands if isinstance(clause.when, r.Every) else (clause.when,)
    demanded = [part for part in parts if isinstance(part, r.InForce)]
    return bool(demanded) and all(value_of(world, part, clause) is True for part in demanded)


@pytest.mark.parametrize("name", SETS)
def test_the_requests_of_these_tests_reach_every_kind_of_answer(name: str) -> None:
    """Else the laws below would hold of nothing."""
    origins = {clause.origin for _, _, _, clause in admitted(name)}
    kinds = {clause.list_kind for _, _, _, clause in admitted(name)}
    outcomes = {answer.outcome for _, _, answer in decided(name)}
    known = [c for decision in decisions_of(name) for c in clauses_of(decision)]
    asked = [each for c in known for each in (*c.requirements, *c.quotas)]
    can = {each.outcome for each in (*known, *asked)} - {None}
    assert outcomes - {Outcome.INCOMPLETE} == can | {Outcome.REFUSE}
    assert origins == {c.origin for c in known if c.outcome is Outcome.ADMIT}
    assert kinds >= {c.list_kind for c in known if c.list_kind in ADMITTING}


@pytest.mark.parametrize("name", SETS)
def test_1_a_live_admission_begins_and_ends_with_its_row(name: str) -> None:
    for decision in decisions_of(name):
        registers = [c.code for c in clauses_of(decision) if c.origin == "register"]
        for code in registers:
            register = checked_set(name).registers[code]
            inside, outside = live_admission(name, decision, register)
            assert inside, code
            assert not outside, code


def live_admission(
    name: str, decision: r.ResolvedDecision, register: r.ResolvedRegister
) -> tuple[bool, bool]:
    """Whether the row ever admits on its days, and whether it ever does on others or elsewhere."""
    rng = Random(name)
    first, last = date(2026, 3, 2), date(2026, 4, 1)
    inside = outside = False
    for _ in range(REQUESTS):
        request = with_fact(a_request_about(rng, checked_set(name), decision), "事项", UNLISTED)
        community = str(request.facts["目标社区"])
        row: dict[str, object] = {
            f.name: request.facts.get(f.name, "甲") for f in register.fields
        } | {register.span_field: (first, last), register.scope_field: (community,)}
        for shift, days in ((-1, first), (0, first), (0, last), (1, last)):
            asked = on_day(request, decision, days + timedelta(days=shift))
            there = replace(asked, registers={register.name: [row]})  # type: ignore[dict-item]
            by_row = admitted_by(name, decision, there, register.name)
            inside, outside = inside or (by_row and not shift), outside or (by_row and bool(shift))
        elsewhere = replace(
            on_day(request, decision, first),
            registers={register.name: [{**row, register.scope_field: ()}]},  # type: ignore[dict-item]
        )
        outside = outside or admitted_by(name, decision, elsewhere, register.name)
    return inside, outside


def on_day(request: Request, decision: r.ResolvedDecision, day: date) -> Request:
    governing = {f.name: day for f in decision.fields if f.governing}
    return replace(request, received=day, facts={**request.facts, **governing})


def admitted_by(name: str, decision: r.ResolvedDecision, request: Request, code: str) -> bool:
    answer = decide(compiled_set(name), request, decision.name)
    found = {clause.code for clause in deciding(name, decision.name, answer)}
    return answer.outcome is Outcome.ADMIT and code in found


@pytest.mark.parametrize("name", SETS)
def test_1_what_is_on_no_list_is_admitted_by_no_list(name: str) -> None:
    for decision_name, request, _, clause in admitted(name):
        if request.facts.get("事项") == UNLISTED:
            assert clause.origin != "entry", (decision_name, request)


@pytest.mark.parametrize("name", SETS)
def test_2_assistance_never_becomes_the_main_responsibility(name: str) -> None:
    for decision_name, request, _, clause in admitted(name):
        if clause.list_kind is ListKind.ASSISTANCE:
            assert form_has(name, decision_name, "承担方式")
            # To be told of a matter (知晓) is less still than to assist.
            assert request.facts["承担方式"] in ("协助", "知晓"), request


@pytest.mark.parametrize("name", SETS)
def test_3_a_certificate_outside_the_certificate_lists_is_refused(name: str) -> None:
    """Whatever else is said, and with somebody named who can help instead."""
    for decision in decisions_of(name):
        categories = [f for f in decision.fields if f.name == "类别"]
        if not any("出具证明" in f.type.values for f in categories):
            continue
        rng = Random(name)
        for _ in range(REQUESTS):
            request = a_request_about(rng, checked_set(name), decision)
            request = with_fact(request, "类别", "出具证明")
            answer = decide(compiled_set(name), request, decision.name)
            clauses = deciding(name, decision.name, answer)
            if answer.outcome is Outcome.ADMIT:
                assert {c.list_kind for c in clauses} <= {ListKind.CERTIFICATE}, request
            elif not any(c.list_kind is ListKind.CERTIFICATE for c in clauses):
                assert answer.outcome is Outcome.REFUSE, request


def with_fact(request: Request, name: str, value: object) -> Request:
    return replace(request, facts={**request.facts, name: value})  # type: ignore[dict-item]


@pytest.mark.parametrize("name", SETS)
def test_3_every_entry_that_forbids_a_certificate_names_who_helps_instead(name: str) -> None:
    for decision in decisions_of(name):
        for clause in clauses_of(decision):
            of_certificates = clause.title.zh.endswith("证明") and clause.matter is not None
            if of_certificates and clause.list_kind is ListKind.PROHIBITION:
                assert clause.instead is not None or clause.return_to is not None, clause.code


@pytest.mark.parametrize("name", SETS)
def test_5_assistance_does_not_begin_before_the_money_is_confirmed(name: str) -> None:
    for decision_name, request, _, clause in admitted(name):
        if clause.list_kind is ListKind.ASSISTANCE and asks_for_money(clause):
            assert form_has(name, decision_name, "经费到位")
            assert request.facts["经费到位"] is True, request


def asks_for_money(clause: r.Clause) -> bool:
    return any("经费" in repr(requirement.test) for requirement in clause.requirements)


@pytest.mark.parametrize("name", SETS)
def test_5_money_that_only_the_sender_claims_admits_nothing(name: str) -> None:
    for decision in decisions_of(name):
        confirmed = [f for f in decision.fields if f.name == "经费到位" and f.asserted_by]
        rng = Random(name)
        for _ in range(REQUESTS if confirmed else 0):
            request = a_request_about(rng, checked_set(name), decision)
            claimed = with_sender_claim(with_fact(request, "经费到位", True))
            answer = decide(compiled_set(name), claimed, decision.name)
            if answer.outcome is Outcome.ADMIT:
                for clause in deciding(name, decision.name, answer):
                    assert not asks_for_money(clause), claimed


def with_sender_claim(request: Request) -> Request:
    return replace(request, assertions={"经费到位": "来文单位"})


@pytest.mark.parametrize("name", SETS)
def test_12_assessments_by_departments_do_not_reach_communities(name: str) -> None:
    for decision_name, request, answer in decided(name):
        sender = checked_set(name).units.get(str(request.facts.get("来文单位")))
        of_department = sender is not None and sender.level == "部门"
        if of_department and request.facts.get("类别") in ("检查考核", "创建评比"):
            assert answer.outcome is not Outcome.ADMIT, (decision_name, request)


@pytest.mark.parametrize("name", SETS)
def test_13_every_list_or_rule_that_admits_cites_a_basis_in_force(name: str) -> None:
    for _, request, answer, clause in admitted(name):
        if clause.origin != "register":
            day = answer.as_of
            assert any(p.holds(day) for c in clause.citations for p in c.periods), request
            assert answer.citations, request


@pytest.mark.parametrize("name", SETS)
def test_15_an_emergency_pass_must_be_regularised_by_a_day(name: str) -> None:
    for _, request, answer, clause in admitted(name):
        if clause.origin == "rule":
            assert any(duty.amount is not None for duty in clause.duties), clause.code
            dues = [o.due for o in answer.obligations if o.clause == clause.code]
            assert any(due is not None and due > request.received for due in dues), request


@pytest.mark.parametrize("name", SETS)
def test_15_no_emergency_rule_admits_once_the_register_is_closed(name: str) -> None:
    for decision in decisions_of(name):
        rng = Random(name)
        for _ in range(REQUESTS):
            request = a_request_about(rng, checked_set(name), decision)
            closed = without_registers(request, checked_set(name))
            answer = decide(compiled_set(name), closed, decision.name)
            if answer.outcome is Outcome.ADMIT:
                found = deciding(name, decision.name, answer)
                assert all(clause.origin == "entry" for clause in found), closed


def without_registers(request: Request, checked: r.CheckedPolicySet) -> Request:
    return replace(request, registers=dict.fromkeys(checked.registers, False))


@pytest.mark.parametrize("name", SETS)
def test_knowing_less_never_admits_what_is_refused(name: str) -> None:
    for decision_name, request, answer in decided(name)[:50]:
        if answer.outcome is Outcome.ADMIT:
            continue
        for fact in request.facts:
            less = decide(compiled_set(name), with_fact(request, fact, "未知"), decision_name)
            assert less.outcome is not Outcome.ADMIT, (fact, request)
            if less.outcome in SEVERITY:
                assert less.outcome is answer.outcome, (fact, request)
