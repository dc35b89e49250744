"""The search over unknown facts: how far it gets, what it costs, what it says when it is cut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from random import Random
from typing import Any

import pytest
from tests.shipped import POLICIES, checked
from tests.strategies.resolved import a_request, a_set

from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.diagram import Diagram
from zhunru.compiler.judge import Judge
from zhunru.decision import Decision, Request, decide
from zhunru.vocabulary import Outcome

SETS = sorted(
    path.name
    for path in POLICIES.iterdir()
    # What is asked here is of 来件: sets that admit work are the national one or stand under it.
    if any(
        "上位" in (text := file.read_text(encoding="utf-8")) or "国家基层减负" in text
        for file in (*path.glob("*.policy"), *path.glob("*.yaml"))
    )
)
MOST = 15_000
EMPTY: list[dict[str, Any]] = [{}, {"类别": "行政任务"}, {"来文单位": "区民政局"}]
COMPLETE = {
    "来文单位": "区民政局",
    "目标社区": "幸福社区",
    "事项": "A38",
    "类别": "行政任务",
    "承担方式": "主责",
    "拟进入日期": "2026-03-02",
    "经费到位": "否",
    "报表备案": "否",
    "用途": "无",
}


@cache
def compiled_set(name: str) -> CompiledPolicy:
    return compile_policies(checked(name))


@cache
def asked(name: str, at: int) -> list[tuple[Decision, int]]:
    """Return what every 判定 of a set says to a request with hardly a fact, with its passes."""
    policy = compiled_set(name)
    found = []
    for decision in policy.decisions:
        with pytest.MonkeyPatch.context() as patch, counted(patch) as passes:
            answer = decide(policy, Request(facts=EMPTY[at], received=date(2026, 2, 1)), decision)
            assert (answer.outcome, answer.exhaustive) == (Outcome.INCOMPLETE, True)
        found.append((answer, passes[0]))
    return found


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Count the passes over the steps, those of the careful way and those of the search."""
    passes = [0]
    for owner, name in ((Judge, "verdict"), (Diagram, "_below")):
        original = getattr(owner, name)

        def counting(*args: Any, _original: Any = original, **more: Any) -> Any:
            passes[0] += 1
            return _original(*args, **more)

        monkeypatch.setattr(owner, name, counting)
    yield passes
    monkeypatch.undo()


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("facts", range(len(EMPTY)))
def test_an_empty_request_is_searched_to_the_end_within_the_budget(name: str, facts: int) -> None:
    assert asked(name, facts)
    assert all(0 < passes <= MOST for _, passes in asked(name, facts))


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("facts", range(len(EMPTY)))
def test_what_is_to_be_completed_has_no_nearest_admission_and_no_search_for_one(
    monkeypatch: pytest.MonkeyPatch, name: str, facts: int
) -> None:
    for answer, _ in asked(name, facts):
        with counted(monkeypatch) as passes:
            assert answer.nearest is None
        assert passes[0] == 0


@pytest.mark.parametrize("left_out", [(), ("报表备案", "用途"), ("经费到位",), ("来文单位",)])
def test_the_nearest_admission_of_a_refusal_is_searched_within_one_budget(
    monkeypatch: pytest.MonkeyPatch, left_out: tuple[str, ...]
) -> None:
    policy = compiled_set("weihai")
    facts = {name: value for name, value in COMPLETE.items() if name not in left_out}
    answer = decide(policy, Request(facts=facts, received=date(2026, 2, 1)))
    assert answer.outcome is Outcome.REFUSE
    with counted(monkeypatch) as passes:
        found = answer.nearest
    assert passes[0] <= 2 * 2_000
    admitted = {"承担方式": "协助", "经费到位": True}
    if "来文单位" not in left_out:
        assert {change.field: change.value for change in found or ()} == admitted


@pytest.mark.parametrize("seed", range(30))
def test_a_search_that_is_cut_names_what_it_has_shown_to_matter_and_admits_nothing(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = Random(seed)
    checked = a_set(rng)
    policy = compile_policies(checked)
    for _ in range(5):
        request = a_request(rng, checked, 0.4)
        whole = decide(policy, request)
        for most in range(12):
            monkeypatch.setattr("zhunru.compiler.completions.PASSES", most)
            cut = decide(policy, request)
            monkeypatch.undo()
            if cut.exhaustive:
                assert cut.outcome is whole.outcome
                continue
            assert cut.outcome is Outcome.INCOMPLETE
            assert cut.missing
            assert set(cut.possible) >= set(whole.possible)
            assert {fact.name for fact in cut.missing if fact.decisive} == set()
