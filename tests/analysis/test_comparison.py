"""What is said of two sets beside what both decide, request by request."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import pytest
from tests.analysis.test_differing import pair_of

from zhunru.analysis.deltas import Delta, Deltas
from zhunru.analysis.differences import compare_decision
from zhunru.analysis.effects import Mark
from zhunru.analysis.pairs import Pair
from zhunru.analysis.witness import Witnesses
from zhunru.decision import Decision
from zhunru.vocabulary import Outcome

MOST = 120
WITH_DEADLINES = (105, 106, 125, 142, 146, 191, 263, 286)
SEEDS = (*range(50), *WITH_DEADLINES)
SAYING = ["different", "stricter", "looser"].index  # merely different says least
STRICTNESS = {Outcome.ADMIT: 0, Outcome.DEFER: 1, Outcome.REFUSE: 2}


def deltas_of(seed: int) -> Deltas:
    old, new, _ = pair_of(seed)
    return Deltas(Pair(old, new))


def paths(deltas: Deltas, rng: Random) -> Iterator[dict[int, int]]:
    """Every request of a small space, by class; of a large one some."""
    sizes = deltas.forest.sizes
    total = 1
    for size in sizes:
        total *= size
    if total <= MOST:
        yield from (dict(enumerate(path)) for path in product(*map(range, sizes)))
        return
    for _ in range(MOST):
        yield {level: rng.randrange(size) for level, size in enumerate(sizes)}


def marks(old: Decision, new: Decision) -> set[Mark]:
    """In what two decisions differ, read off the decisions alone."""
    if old.outcome is not new.outcome:
        stricter = STRICTNESS[new.outcome] > STRICTNESS[old.outcome]
        return {("outcome", "stricter" if stricter else "looser")}
    found: set[Mark] = set()
    if reasons(old) != reasons(new):
        found.add(("reason", "different"))
    if bases(old) != bases(new):
        found.add(("basis", "different"))
    if old.route != new.route:
        found.add(("route", "different"))
    before, after = ({o.name: o for o in d.obligations} for d in (old, new))
    if before.keys() != after.keys():
        more, fewer = before.keys() < after.keys(), before.keys() > after.keys()
        found.add(("obligation", "stricter" if more else "looser" if fewer else "different"))
    for name in before.keys() & after.keys():
        one, other = before[name], after[name]
        if (one.by, one.workflow, one.consequence) != (other.by, other.workflow, other.consequence):
            found.add(("obligation", "different"))
        if one.limit_zh != other.limit_zh:
            found.add(("deadline", way(one.limit_zh, other.limit_zh)))
    return found


def way(old: str, new: str) -> Any:
    """Whether a limit is shorter or longer: limits of these sets have one digit."""
    if not old or not new:
        return "stricter" if not old else "looser"
    if old[1:] != new[1:]:
        return "different"
    return "stricter" if int(new[0]) < int(old[0]) else "looser"


def reasons(decision: Decision) -> set[tuple[str, str]]:
    found = (r for r in decision.reasons if not r.also)
    return {(r.code, r.zh.partition("（已用")[0]) for r in found}


def bases(decision: Decision) -> set[str]:
    return {c.text for r in decision.reasons if not r.also for c in r.citations}


def misjudged(seed: int) -> tuple[list[str], int, int]:
    """Requests that both sets decide otherwise than it is said, and how many were tried."""
    rng, deltas = Random(seed), deltas_of(seed)
    found, tried, apart = [], 0, 0
    every, possible = deltas.every, deltas.pair.possible
    makers = [Witnesses(deltas.pair.space, part, possible) for part in deltas.pair.parts]
    for path in paths(deltas, rng):
        if not deltas.forest.at(possible, path):
            continue
        tried += 1
        delta: Delta | None = deltas.forest.at(every, path)
        old, new = (maker.executed(path) for maker in makers)
        said = set(delta.marks) if delta else set()
        apart += bool(said)
        made = marks(old.decision, new.decision)
        if said != made:
            found.append(f"seed {seed}: said {said}, but {made}: {old} {new}")
    return found, tried, apart


@pytest.mark.parametrize("seed", SEEDS)
def test_every_request_differs_as_it_is_said(seed: int) -> None:
    found, tried, _ = misjudged(seed)
    assert not found, found[0]
    assert tried


def test_random_changes_make_differences_of_every_kind() -> None:
    kinds = {mark[0] for seed in SEEDS for d in deltas_of(seed).all for mark in d.marks}
    assert kinds == {"outcome", "reason", "basis", "route", "obligation", "deadline"}


@pytest.mark.parametrize("seed", range(30))
def test_every_difference_is_shown_by_a_request_and_has_a_cause(seed: int) -> None:
    old, new, _ = pair_of(seed)
    found = compare_decision(old, new, "社区准入")
    for each in found.differences:
        assert each.old is not None
        assert each.new is not None
        told = {aspect for aspect, _ in each.aspects}
        assert {aspect for aspect, _ in marks(each.old.decision, each.new.decision)} <= told
        assert each.causes
        assert each.where
    assert (found.status == "equivalent") == (not found.differences)
    ways = {way for each in found.differences for _, way in each.aspects}
    both = {"stricter", "looser"} <= ways
    assert found.status == ("different" if both else max(ways, default="equivalent", key=SAYING))


@pytest.mark.slow
def test_every_request_to_hundreds_of_sets_differs_as_it_is_said() -> None:
    for seed in range(300, 1000):
        assert not misjudged(seed)[0]


@pytest.mark.parametrize("seed", range(20))
def test_a_set_beside_itself_is_equivalent(seed: int) -> None:
    old, _, _ = pair_of(seed)
    found = compare_decision(old, old, "社区准入")
    assert found.status == "equivalent"
    assert not found.differences
