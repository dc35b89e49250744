"""What is left of incomplete requests, beside all their completions."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from tests.analysis.test_whatif import CHANGEABLE, domain
from tests.strategies.resolved import a_request, a_set

from zhunru import open_policy
from zhunru.analysis.residual import boxes_of, find_residual, surroundings
from zhunru.checker.resolved import NOTHING
from zhunru.compiler import compile_policies
from zhunru.decision import Request, decide
from zhunru.vocabulary import Outcome


def disagreements(seed: int, count: int) -> list[str]:
    """Complete requests to a random set with some fields taken out, then filled in every way."""
    rng = Random(seed)
    checked = a_set(rng)
    policy = compile_policies(checked)
    plan, found = policy.plan(), []
    # A field with a default is never open: left out, it has that value.
    names = [f.name for f in plan.head.fields if f.name in CHANGEABLE and f.default is None]
    names = [name for name in names if name != plan.governing_field]
    for _ in range(count):
        whole = replace(a_request(rng, checked, 0), asserted_by=None)
        gone = rng.sample(names, min(len(names), rng.randint(1, 3)))
        request = replace(whole, facts={n: v for n, v in whole.facts.items() if n not in gone})
        fields = [plan.fields[name] for name in gone]
        outcomes = set()
        for values in itertools.product(*map(domain, fields)):
            facts = {**request.facts, **dict(zip(gone, values, strict=True))}
            outcomes.add(decide(policy, replace(request, facts=facts)).outcome)
        left = find_residual(policy, request)
        if Outcome.INCOMPLETE in outcomes or not left.exact:
            continue  # other facts are open too
        if {way.outcome for way in left.ways} != outcomes:
            found.append(f"seed {seed}: {left.ways} but {outcomes} of {request}")
    return found


@pytest.mark.parametrize("seed", range(25))
def test_the_ways_are_those_of_all_completions(seed: int) -> None:
    assert not disagreements(seed, 6)


@pytest.mark.slow
def test_the_ways_are_those_of_all_completions_in_hundreds_of_sets() -> None:
    for seed in range(1000, 1600):
        found = disagreements(seed, 5)
        assert not found, found[0]


@pytest.mark.parametrize("seed", range(25))
def test_a_condition_leads_to_its_outcome(seed: int) -> None:
    rng = Random(seed)
    checked = a_set(rng)
    policy = compile_policies(checked)
    for _ in range(4):
        whole = replace(a_request(rng, checked, 0), asserted_by=None)
        gone = [name for name in CHANGEABLE if name in whole.facts and rng.random() < 0.5]
        gone = [name for name in gone if name != policy.plan().governing_field]
        request = replace(whole, facts={n: v for n, v in whole.facts.items() if n not in gone})
        space, verdicts = surroundings(policy, request)
        for outcome in (Outcome.ADMIT, Outcome.DEFER, Outcome.REFUSE):
            for box in boxes_of(verdicts, outcome):
                path = {at: rng.randrange(n) for at, n in enumerate(space.forest.sizes)}
                path |= {level: rng.choice(classes) for level, classes in box.items()}
                if not space.forest.at(verdicts.possible, path):
                    continue
                values = {
                    axis.asked.name: axis.values[path[at]] for at, axis in enumerate(space.axes)
                }
                filled = {n: values[n] for n in gone if n in values}
                facts = {n: None if v is NOTHING else v for n, v in filled.items()}
                made = decide(policy, replace(request, facts={**request.facts, **facts}))
                assert made.outcome in (outcome, Outcome.INCOMPLETE), (seed, box, request)


def test_a_sentence_says_what_is_left() -> None:
    request = Request(
        facts={
            "类别": "行政任务", "事项": "XZ-08", "拟进入日期": date(2026, 3, 5),
            "目标社区": "富强社区", "来文单位": "区住建局",
        },
        received=date(2026, 3, 2),
    )  # fmt: skip
    left = find_residual(open_policy("jiangyuan"), request)
    assert [fact.name for fact in left.matters] == ["承担方式", "经费到位"]
    assert left.sentence().zh == (
        "承担方式为协助且经费到位为是的，准入；承担方式为协助且经费到位为否的，暂缓；其余情形拒绝。"
    )
