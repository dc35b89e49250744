"""Findings about random sets beside decisions of many requests, and beside a witness for each."""

from __future__ import annotations

from random import Random

import pytest
from tests.analysis.test_against_decisions import is_complete
from tests.strategies.resolved import a_request, a_set

from zhunru.analysis.findings import Questions
from zhunru.analysis.reads import Part
from zhunru.checker.resolved import CheckedPolicySet
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.decision import Decision, decide


def asked(checked: CheckedPolicySet) -> tuple[CompiledPolicy, Questions]:
    policy = compile_policies(checked)
    questions = Questions(policy, policy.plan())
    questions.findings()
    return policy, questions


def deciding(decision: Decision) -> set[str]:
    return {reason.clause for reason in decision.reasons if not reason.also and reason.clause}


def untrue(seed: int, count: int) -> list[str]:
    """Requests to a random set that show a clause deciding that is said never to decide."""
    rng = Random(seed)
    checked = a_set(rng)
    policy, questions = asked(checked)
    if questions.space.inexact:
        # Nothing is claimed of every request there, and that is said.
        said = [d.code for d in questions.found]
        return [] if "ZR462" in said else [f"seed {seed}: not seen through, and not said"]
    clauses = policy.plan().clauses
    never = {c.code for n, c in enumerate(clauses) if n not in questions.seen.decides}
    never -= {clauses[number].code for number in questions.seen.decides}
    found = []
    for _ in range(count):
        request = a_request(rng, checked, 0)
        if is_complete(Part(policy, policy.plan()), request):
            decision = decide(policy, request)
            if deciding(decision) & never:
                found.append(f"seed {seed}: {decision} of {request}")
            if decision.conflict and not questions.seen.pairs:
                found.append(f"seed {seed}: no conflict was found, but {decision} of {request}")
    return found


def unshown(seed: int) -> list[str]:
    """Clauses of a random set that are said to decide, but not of the request that shows it."""
    policy, questions = asked(a_set(Random(seed)))
    verdicts, clauses, found = questions.verdicts, policy.plan().clauses, []
    for number in sorted(questions.seen.decides):

        def by_it(end: object, number: int = number) -> bool:
            return any(answer.number == number for answer in end.deciding)  # type: ignore[attr-defined]

        least = questions.makes.least(verdicts.whole, by_it)
        shown = least and questions.makes.executed(*least)
        if not shown or clauses[number].code not in deciding(shown.decision):
            found.append(f"seed {seed}: {clauses[number].code} {shown}")
    return found


@pytest.mark.parametrize("seed", range(40))
def test_no_request_contradicts_a_finding(seed: int) -> None:
    assert not untrue(seed, 60)


@pytest.mark.parametrize("seed", range(40))
def test_every_clause_that_may_decide_has_a_request_that_shows_it(seed: int) -> None:
    assert not unshown(seed)


@pytest.mark.slow
def test_no_request_contradicts_a_finding_about_a_thousand_sets() -> None:
    for seed in range(1000, 2000):
        assert not untrue(seed, 40)
        assert not unshown(seed)
