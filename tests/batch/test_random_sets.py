"""Columns beside rows on random sets: facts missing or badly written, registers, quotas, days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from tests.strategies.resolved import a_request, a_set

from zhunru import read_requests
from zhunru.batch.columns import Answer, ColumnsEngine, answer_of
from zhunru.batch.frames import frame_of
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.decision import Request, decide
from zhunru.diagnostics import Span
from zhunru.errors import RequestRejected
from zhunru.request_files import GivenRow

RECEIVED = date(2026, 3, 2)
ODD = ("乱写", "", " ", None, "未知", "无", "2026-02-30", Decimal("1.5"), True, ["甲"])
Given = dict[str, Any]


def row_of(request: Request) -> Given:
    """What a file would say of a request."""
    facts = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in request.facts.items()
    }
    used = {
        name: {"已用": use.used, "已计": "是" if use.counted else "否"}
        for name, use in request.quotas.items()
    }
    return {**facts, **used, **request.registers, "日期": request.received}


def rows_of(rng: Random, policy: CompiledPolicy, number: int, unknown: float) -> Iterator[Given]:
    books = rng.random() < 0.3  # rows of registers are asked by themselves: mostly without them
    for _ in range(number):
        row = row_of(a_request(rng, policy.checked, unknown))
        for name in policy.model.registers if not books else ():
            if not isinstance(row.get(name), bool):
                row.pop(name, None)
        yield {n: rng.choice(ODD) if rng.random() < 0.02 else v for n, v in row.items()}


def one_by_one(policy: CompiledPolicy, rows: list[Given], role: str | None) -> Iterator[Answer]:
    for row in read_requests(rows, policy, received=RECEIVED, asserted_by=role):
        try:
            read = row.request
            yield Answer(None) if read is None else answer_of(decide(policy, read))
        except RequestRejected:
            yield Answer(None)


def compared(seed: int, number: int) -> tuple[list[str], int]:
    """What is answered otherwise, and how many rows shared an answer."""
    rng = Random(seed)
    policy = compile_policies(a_set(rng))
    role = rng.choice((None, None, "街道"))
    rows = list(rows_of(rng, policy, number, rng.choice((0.0, 0.05, 0.2))))
    engine = ColumnsEngine(policy, received=RECEIVED, asserted_by=role)
    asked: list[Any] = []
    ask = engine._ask
    engine._ask = lambda batch, at: asked.append(at) or ask(batch, at)  # type: ignore[method-assign,func-returns-value]
    found = engine.decide(frame_of([GivenRow(Span("", 0, 0, 1, 1), row) for row in rows]))
    wanted = one_by_one(policy, rows, role)
    triples = zip(rows, found, wanted, strict=True)
    wrong = [
        f"seed {seed}: {got} but {want} of {row}"
        for row, got, want in triples
        if replace(got, findings=()) != want
    ]
    return wrong, number - len(asked)


@pytest.mark.parametrize("seed", range(20))
def test_columns_answer_as_rows_do_on_random_sets(seed: int) -> None:
    wrong, _ = compared(seed, 60)
    assert not wrong, wrong[0]


def test_units_of_two_fields_that_are_equal_are_told_apart() -> None:
    wrong, _ = compared(1_355, 250)
    assert not wrong, wrong[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1_000, 1_400))
def test_columns_answer_as_rows_do_on_many_random_sets(seed: int) -> None:
    wrong, _ = compared(seed, 250)
    assert not wrong, wrong[0]


def test_rows_share_answers_on_random_sets() -> None:
    shared = sum(compared(seed, 400)[1] for seed in range(2_000, 2_004))
    assert shared > 100
