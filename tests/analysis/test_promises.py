"""Promises about random sets beside decisions of many requests."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from tests.analysis.test_against_decisions import is_complete, random_path
from tests.strategies.changes import shape_of
from tests.strategies.resolved import a_condition, a_set

from zhunru.analysis.promises import Proof
from zhunru.analysis.witness import Witness, Witnesses
from zhunru.checker.resolved import Every
from zhunru.checker.resolved_measures import ResolvedPromise
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.evaluate import Evaluator
from zhunru.compiler.reading import read_request
from zhunru.decision import Request, decide
from zhunru.vocabulary import Outcome

OUTCOMES = (Outcome.ADMIT, Outcome.REFUSE, Outcome.DEFER)


def proof_of(seed: int, *, regardless: bool) -> tuple[CompiledPolicy, Proof, Random]:
    rng = Random(seed)
    checked = a_set(rng)
    when = a_condition(rng, shape_of(checked)) if rng.random() < 0.8 else Every(())
    promise = ResolvedPromise(name="诺", decision="社区准入", when=when)
    if regardless:
        names = [field.name for field in checked.decisions["社区准入"].fields]
        promise = replace(promise, regardless=tuple(rng.sample(names, rng.randint(1, 2))))
    else:
        promise = replace(promise, outcome=rng.choice(OUTCOMES))
    policy = compile_policies(checked)
    return policy, Proof(policy, promise), rng


def requests_of(proof: Proof, rng: Random, count: int) -> list[tuple[dict[int, int], Request]]:
    """Random requests that can be and meet the condition, by class."""
    found = []
    for _ in range(count):
        path = random_path(rng, proof.space)
        if proof.space.forest.at(proof.meant, path):
            found.append((path, proof.makes.request(path)))
    return found


def meets(policy: CompiledPolicy, proof: Proof, request: Request) -> bool:
    reading = read_request(policy.plan(), policy.model, request, policy.supplied)
    value = Evaluator(policy.model, reading.day, reading.facts).value(proof.promise.when)
    return value is True


@pytest.mark.parametrize("seed", range(36))
def test_what_is_promised_of_all_holds_for_each_or_is_said_not_to(seed: int) -> None:
    policy, proof, rng = proof_of(seed, regardless=False)
    found = list(proof.findings())
    broken = [d for d in found if d.code == "ZR497"]
    assert [d.code for d in found] in ([], ["ZR497"], ["ZR491"])
    for _, request in requests_of(proof, rng, 60):
        assert meets(policy, proof, request)
        if not found and is_complete(proof.part, request):
            assert decide(policy, request).outcome is proof.promise.outcome
    if broken:
        least = proof.makes.least(
            proof.whole, lambda end: end is not None and end.outcome is not proof.promise.outcome
        )
        assert least is not None
        shown = proof.makes.executed(*least)
        assert shown.decision.outcome is not proof.promise.outcome
        assert meets(policy, proof, shown.request)


@pytest.mark.parametrize("seed", range(36))
def test_what_may_not_matter_does_not_or_two_requests_show_that_it_does(seed: int) -> None:
    policy, proof, rng = proof_of(seed, regardless=True)
    found = list(proof.findings())
    levels = [
        level
        for level, axis in enumerate(proof.space.axes)
        if axis.asked.kind == "field" and axis.asked.name in proof.promise.regardless
    ]
    for path, request in requests_of(proof, rng, 40) if not found else ():
        for level in levels:
            other = path | {level: rng.randrange(proof.space.forest.sizes[level])}
            if not proof.space.forest.at(proof.meant, other):
                continue
            one, two = (decide(policy, r) for r in (request, proof.makes.request(other)))
            assert one.outcome is two.outcome
            assert {o.name for o in one.obligations} == {o.name for o in two.obligations}
    for finding in found:
        assert finding.code in ("ZR490", "ZR491")


def test_the_two_requests_that_are_shown_differ_in_nothing_else_and_not_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[Witness] = []
    executed = Witnesses.executed

    def noted(self: Witnesses, *args: Any) -> Witness:
        shown.append(executed(self, *args))
        return shown[-1]

    monkeypatch.setattr(Witnesses, "executed", noted)
    apart: list[bool] = []
    for seed in range(18):
        shown.clear()
        policy, proof, _ = proof_of(seed, regardless=True)
        (finding, *_) = (*proof.findings(), None)
        if finding is None or finding.code != "ZR490":
            continue
        one, other = (each.request for each in shown)
        assert one.received == other.received
        differing = {name for name, value in one.facts.items() if other.facts[name] != value}
        assert differing and differing <= set(proof.promise.regardless)
        assert all(f"{name}为" in finding.zh for name in differing)
        assert meets(policy, proof, one) and meets(policy, proof, other)
        first, then = (each.decision for each in shown)
        carried = ([each.obligations, each.route] for each in (first, then))
        assert [first.outcome, *next(carried)] != [then.outcome, *next(carried)]
        apart.append(first.outcome is not then.outcome)
        assert ("，但" in finding.zh) is (", with other" in finding.en) is not apart[-1]
    assert True in apart and False in apart


def test_random_promises_are_kept_and_broken() -> None:
    codes = [[d.code for d in proof_of(seed, regardless=kind)[1].findings()]
             for seed in range(60) for kind in (False, True)]  # fmt: skip
    assert [] in codes
    assert ["ZR497"] in codes
    assert ["ZR490"] in codes
