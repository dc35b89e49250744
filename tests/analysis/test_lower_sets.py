"""What is said of a lower set beside what both sets decide of many requests."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from tests.analysis.test_comparison import paths
from tests.shipped import compiled
from tests.strategies.changes import altered
from tests.strategies.resolved import a_set

from zhunru.analysis.lower_sets import Below, compare_with_uppers
from zhunru.analysis.promises import broken_promises
from zhunru.analysis.witness import Witnesses
from zhunru.checker.resolved import CheckedPolicySet
from zhunru.compiler import compile_policies
from zhunru.decision import Decision
from zhunru.syntax.nodes import PolicySet
from zhunru.vocabulary import Outcome

RANK = {Outcome.ADMIT: 0, Outcome.DEFER: 1, Outcome.REFUSE: 2}


def marked(rng: Random, checked: CheckedPolicySet) -> CheckedPolicySet:
    """The set with some clauses 可放宽 and some 刚性."""
    decision = next(iter(checked.decisions.values()))
    steps = tuple(
        replace(
            step,
            clauses=tuple(
                replace(c, relaxable=rng.random() < 0.3, binding=rng.random() < 0.3)
                for c in step.clauses
            ),
        )
        for step in decision.steps
    )
    return replace(checked, decisions={decision.name: replace(decision, steps=steps)})


def below(seed: int) -> Below:
    rng = Random(seed)
    upper = marked(rng, a_set(rng))
    lower = replace(altered(rng, upper), code="下")
    return Below(
        compile_policies(upper), compile_policies(lower), PolicySet(path=""), "社区准入"
    )  # fmt: skip


def wrong(asked: Below, upper: Decision, lower: Decision) -> set[str]:
    """What D22 does not allow of two decisions, read off the decisions alone."""
    clauses = asked.upper.plan("社区准入").by_code
    plan = asked.upper.plan("社区准入")
    codes = {r.clause for r in upper.reasons if not r.also and r.clause}
    deciding = [plan.clauses[number] for code in codes for number in clauses[code]]
    if upper.outcome is not Outcome.ADMIT:
        looser = RANK[lower.outcome] < RANK[upper.outcome]
        held = any(not clause.relaxable for clause in deciding)
        return {"ZR467"} if deciding and looser and held else set()
    if lower.outcome is not Outcome.ADMIT:
        return {"ZR469"} if any(clause.binding for clause in deciding) else set()
    dropped = {o.name for o in upper.obligations} - {o.name for o in lower.obligations}
    return {"ZR468"} if dropped else set()


@pytest.mark.parametrize("seed", range(50))
def test_no_request_is_looser_unless_it_is_said(seed: int) -> None:
    asked, rng = below(seed), Random(seed)
    told = {finding.code for finding in asked.findings()}
    makers = [Witnesses(asked.pair.space, part, asked.pair.possible) for part in asked.pair.parts]
    for path in paths(asked.deltas, rng):
        if asked.pair.forest.at(asked.pair.possible, path):
            upper, lower = (maker.executed(path).decision for maker in makers)
            if Outcome.INCOMPLETE in (upper.outcome, lower.outcome):
                continue  # it hangs on what only clauses read that are the same in both sets
            assert wrong(asked, upper, lower) <= told


def test_random_lower_sets_go_wrong_in_every_way() -> None:
    codes = {finding.code for seed in range(80) for finding in below(seed).findings()}
    assert {"ZR467", "ZR468", "ZR469"} <= codes


@pytest.mark.parametrize("seed", range(20))
def test_a_set_that_changes_nothing_is_not_looser(seed: int) -> None:
    upper = marked(Random(seed), a_set(Random(seed)))
    policy = compile_policies(upper)
    lower = compile_policies(replace(upper, digest="f" * 32, code="下"))
    asked = Below(policy, lower, PolicySet(path=""), "社区准入")
    assert not [d for d in asked.findings() if d.code != "ZR496"]


LARGE = [pytest.param(name, marks=pytest.mark.slow) for name in ("weihai", "jiangyuan")]


@pytest.mark.parametrize("name", ["hubei", "xianning", "hongqi", *LARGE])
def test_no_shipped_set_is_looser_than_those_above_it(name: str) -> None:
    policy = compiled(name)
    found = [*compare_with_uppers(policy), *broken_promises(policy)]
    assert [finding.zh for finding in found] == []
