"""Laws of deciding that need no oracle: what may be changed without changing the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from tests.oracle.unknowns import domain
from tests.properties.comparing import SAMPLES, duties, keys
from tests.strategies.resolved import MATTERS, a_request, a_set

from zhunru.checker.resolved import CheckedPolicySet, Clause, ResolvedStep, normal_title
from zhunru.compiler import compile_policies
from zhunru.decision import Decision, Request, decide
from zhunru.vocabulary import ListKind, Outcome

SEEDS = range(40)
REQUESTS = 15


def requests(rng: Random, checked: CheckedPolicySet, unknown: float = 0.1) -> Iterator[Request]:
    for _ in range(REQUESTS):
        yield a_request(rng, checked, unknown)


def said(decision: Decision) -> tuple[Any, ...]:
    """What an answer says, the order of reasons left out."""
    return (
        decision.outcome,
        frozenset(decision.possible),
        frozenset(m.name for m in decision.missing),
        frozenset((r.code, r.clause, r.also, r.certain) for r in decision.reasons),
        duties(decision),
    )


def with_steps(
    checked: CheckedPolicySet, change: Callable[[ResolvedStep], ResolvedStep]
) -> CheckedPolicySet:
    name, decision = next(iter(checked.decisions.items()))
    steps = tuple(change(step) for step in decision.steps)
    changed = {name: replace(decision, steps=steps)}
    return replace(checked, decisions=changed, digest=checked.digest + "changed")


@pytest.mark.parametrize("seed", SEEDS)
def test_an_entry_of_another_matter_changes_nothing(seed: int) -> None:
    rng = Random(seed)
    checked = a_set(rng)

    def with_another(step: ResolvedStep) -> ResolvedStep:
        of_lists = [clause for clause in step.clauses if clause.origin == "entry"]
        if not of_lists:
            return step
        other = replace(
            of_lists[0], code=of_lists[0].list_name + "/另", matter=frozenset({"毫不相干"})
        )
        return replace(step, clauses=(other, *step.clauses))

    before, after = compile_policies(checked), compile_policies(with_steps(checked, with_another))
    for request in requests(rng, checked):
        if request.facts.get("事项", "未知") != "未知":
            assert said(decide(after, request)) == said(decide(before, request)), request


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_entries_of_a_list_changes_nothing(seed: int) -> None:
    rng = Random(seed)
    checked = a_set(rng)

    def permuted(step: ResolvedStep) -> ResolvedStep:
        clauses = list(step.clauses)
        rng.shuffle(clauses)
        return replace(step, clauses=tuple(clauses))

    before, after = compile_policies(checked), compile_policies(with_steps(checked, permuted))
    for request in requests(rng, checked):
        assert said(decide(after, request)) == said(decide(before, request)), request


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_facts_changes_nothing(seed: int) -> None:
    rng = Random(seed)
    checked = a_set(rng)
    policy = compile_policies(checked)
    for request in requests(rng, checked):
        facts = list(request.facts.items())
        rng.shuffle(facts)
        turned = decide(policy, replace(request, facts=dict(facts)))
        assert turned.to_dict() == decide(policy, request).to_dict()


@pytest.mark.parametrize("seed", SEEDS)
def test_knowing_less_never_decides_otherwise(seed: int) -> None:
    """Without a fact the answer is the same, or 补正 that still holds the answer possible."""
    rng = Random(seed)
    checked = a_set(rng)
    policy = compile_policies(checked)
    governing = {f.name for d in checked.decisions.values() for f in d.fields if f.governing}
    for request in requests(rng, checked):
        before = decide(policy, request)
        for name in set(request.facts) - governing:
            after = decide(policy, replace(request, facts={**request.facts, name: "未知"}))
            assert set(before.possible) <= set(after.possible), (name, request)
            if after.outcome is not Outcome.INCOMPLETE:
                assert after.outcome is before.outcome, (name, request)


@pytest.mark.parametrize("seed", SEEDS)
def test_supplying_a_missing_fact_in_all_ways_leads_to_the_possible_outcomes(seed: int) -> None:
    rng = Random(seed)
    checked = a_set(rng)
    policy = compile_policies(checked)
    for request in requests(rng, checked, unknown=0.25):
        before = decide(policy, request)
        for missing in before.missing:
            ways = list(supplied(checked, request, missing.name))
            if ways:
                reached = [decide(policy, way).possible for way in ways]
                assert set().union(*reached) == set(before.possible), (missing.name, request)


def supplied(checked: CheckedPolicySet, request: Request, name: str) -> Iterator[Request]:
    """The request with the field `name` given in every way; nothing for the store's facts."""
    from fractions import Fraction

    decision = next(iter(checked.decisions.values()))
    found = next((f for f in decision.fields if f.name == name and not f.governing), None)
    if found is None:
        return
    day = decide_day(checked, request)
    by = {**request.assertions, name: found.asserted_by} if found.asserted_by else {}
    for value in domain(checked, found.type, day, SAMPLES):
        given = int(value) if isinstance(value, Fraction) else None if is_nothing(value) else value
        yield replace(request, facts={**request.facts, name: given}, assertions=by)


def is_nothing(value: Any) -> bool:
    from zhunru.checker.resolved import NOTHING

    return value is NOTHING


def decide_day(checked: CheckedPolicySet, request: Request) -> Any:
    return decide(compile_policies(checked), request).as_of


@pytest.mark.parametrize("seed", SEEDS)
def test_what_no_list_names_is_admitted_only_by_rules_and_registers(seed: int) -> None:
    rng = Random(seed)
    checked = a_set(rng)
    policy = compile_policies(checked)
    clauses = {c.code: c for d in checked.decisions.values() for s in d.steps for c in s.clauses}
    for request in requests(rng, checked):
        unlisted = replace(request, facts={**request.facts, "事项": "没有一张清单说到它"})
        decision = decide(policy, unlisted)
        for _, code in keys(decision, also=False):
            assert not code or clauses[code].origin != "entry", unlisted


def of_kind(checked: CheckedPolicySet, kind: ListKind) -> list[Clause]:
    steps = (s for d in checked.decisions.values() for s in d.steps)
    return [c for s in steps for c in s.clauses if c.list_kind is kind]


@pytest.mark.parametrize("title", [text for matter in MATTERS for text in matter if text])
def test_a_title_in_other_width_case_and_quotes_is_the_same_matter(title: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in title)
    rng = Random(title)
    checked = a_set(rng)
    policy = compile_policies(checked)
    for request in requests(rng, checked):
        one = decide(policy, replace(request, facts={**request.facts, "事项": title}))
        other_text = f"“{wide[0]} {wide[1:]}”"
        assert normal_title(other_text) == normal_title(title)
        other = decide(policy, replace(request, facts={**request.facts, "事项": other_text}))
        assert said(one) == said(other)
