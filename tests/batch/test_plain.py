"""Plain requests that share answers beside deciding each of them: random sets, odd values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from tests.batch.test_random_sets import RECEIVED
from tests.strategies.resolved import a_request, a_set

from zhunru.batch.columns import MOST_KEPT, Answer, ColumnsEngine, answer_of
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.decision import Request, decide
from zhunru.errors import RequestRejected

ODD = ("乱写", "", " ", None, "未知", "无", "2026-02-30", 1, 0, True, False, 7, "\x00bool True")
Facts = dict[str, Any]


def plain(value: Any) -> Any:
    """What a line of JSON says of a value."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return sorted(value) if isinstance(value, (tuple, frozenset)) else value


def facts_of(rng: Random, policy: CompiledPolicy, unknown: float) -> Facts:
    given = {name: plain(v) for name, v in a_request(rng, policy.checked, unknown).facts.items()}
    given = {name: value for name, value in given.items() if not isinstance(value, list)}
    return {n: rng.choice(ODD) if rng.random() < 0.03 else v for n, v in given.items()}


def told_together(engine: ColumnsEngine, rows: Sequence[Facts]) -> list[tuple[Answer, date] | None]:
    """What is told of requests without deciding each; None of those that are decided."""
    given, governing = engine.plan.fields.keys(), engine.plan.governing_field
    found: list[tuple[Answer, date] | None] = []
    for row in rows:
        answer = engine.plain(row) if row and row.keys() <= given else None
        found.append(answer and (answer, engine.law_day(row.get(governing))))
    return found


def compared(seed: int, number: int, most: int = MOST_KEPT) -> tuple[list[str], int]:
    """What is told otherwise than by deciding, and how many requests were told together."""
    rng = Random(seed)
    policy = compile_policies(a_set(rng))
    role = rng.choice((None, None, "街道"))
    unknown = rng.choice((0.0, 0.05, 0.2))
    rows = [facts_of(rng, policy, unknown) for _ in range(number)]
    engine = ColumnsEngine(policy, received=RECEIVED, asserted_by=role, most=most)
    # Twice: first classes are found, then they are known.
    found = [*told_together(engine, rows), *told_together(engine, rows)]
    wrong = []
    for row, told in zip([*rows, *rows], found, strict=True):
        if told is None:
            continue
        try:
            made = decide(policy, Request(facts=row, received=RECEIVED, asserted_by=role))
            wanted: Any = (answer_of(made), made.as_of)
        except RequestRejected as error:
            wanted = error
        if told != wanted:
            wrong.append(f"seed {seed}: {told} but {wanted} of {row}")
    return wrong, sum(each is not None for each in found)


@pytest.mark.parametrize("seed", range(12))
def test_requests_told_together_are_told_what_each_is_decided(seed: int) -> None:
    wrong, _ = compared(5_000 + seed, 60)
    assert not wrong, wrong[0]


def test_a_unit_equal_to_that_of_another_field_is_told_apart() -> None:
    wrong, _ = compared(6_283, 120)  # a clause counts where a committee asks for its own community
    assert not wrong, wrong[0]


@pytest.mark.parametrize("most", [0, 12, 60])
def test_requests_that_are_more_than_is_kept_are_told_all_the_same(most: int) -> None:
    wrong, together = compared(5_100, 60, most)
    assert not wrong, wrong[0]
    assert together == compared(5_100, 60)[1]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(400))
def test_requests_told_together_are_told_so_on_many_sets(seed: int) -> None:
    wrong, _ = compared(6_000 + seed, 250)
    assert not wrong, wrong[0]


def test_most_plain_requests_are_told_together() -> None:
    assert sum(compared(seed, 60)[1] for seed in range(5_100, 5_104)) > 150
