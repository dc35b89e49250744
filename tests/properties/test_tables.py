"""Every hit policy of a table against a brute-force reading of its definition."""

from __future__ import annotations

import itertools
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from zhunru.checker import resolved as r
from zhunru.compiler.tables import HitConflict, pick
from zhunru.vocabulary import HitPolicy, TypeName

WORDS = ("甲", "乙", "丙")
Matched = list[tuple[int, tuple[Any, ...]]]


def a_table(rng: Random, hit: HitPolicy) -> r.ResolvedTable:
    columns = rng.randint(1, 2)
    kind = r.Type(TypeName.TEXT)
    orders = tuple(tuple(rng.sample(WORDS, rng.randint(0, 3))) for _ in range(columns))
    return r.ResolvedTable(
        name="表",
        hit=hit,
        inputs=(("甲栏", kind),),
        outputs=tuple((f"栏{i}", kind) for i in range(columns)),
        orders=orders,
        rows=(),
    )


def some_rows(rng: Random, table: r.ResolvedTable) -> Matched:
    numeric = table.hit in (HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX)
    values: list[Any] = [Decimal(rng.randint(-3, 3)) for _ in range(3)] if numeric else [*WORDS]
    numbers = sorted(rng.sample(range(9), rng.randint(0, 4)))
    cells = [*values, r.NOTHING] if rng.random() < 0.3 else values
    return [(n, tuple(rng.choice(cells) for _ in table.outputs)) for n in numbers]


def expected(table: r.ResolvedTable, matched: Matched) -> tuple[Any, ...]:
    """The definition, word for word."""
    rows = [results for _, results in matched]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.outputs)
    match table.hit:
        case HitPolicy.COUNT:
            return tuple(Decimal(len(column)) for column in columns)
        case _ if not rows:
            return tuple(r.NOTHING for _ in table.outputs)
        case HitPolicy.FIRST:
            return rows[0]
        case HitPolicy.UNIQUE:
            return rows[0] if len(rows) == 1 else conflict(table, matched)
        case HitPolicy.ANY:
            return rows[0] if len(set(rows)) == 1 else conflict(table, matched)
        case HitPolicy.PRIORITY:
            return best_first(table, rows)[0]
        case HitPolicy.OUTPUT:
            return tuple(zip(*best_first(table, rows), strict=True))
        case HitPolicy.EACH | HitPolicy.COLLECT:
            return tuple(columns)
    known = [[v for v in column if v is not r.NOTHING] for column in columns]
    if table.hit is HitPolicy.SUM:
        return tuple(sum(column, Decimal(0)) for column in known)
    choose = min if table.hit is HitPolicy.MIN else max
    return tuple(choose(column) if column else r.NOTHING for column in known)


def conflict(table: r.ResolvedTable, matched: Matched) -> tuple[Any, ...]:
    found = HitConflict(table.name, tuple(n + 1 for n, _ in matched))
    return (found,) * len(table.outputs)


def best_first(table: r.ResolvedTable, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The row order in which no row stands before one that outranks it, else as written."""
    for order in itertools.permutations(range(len(rows))):
        pairs = itertools.combinations(order, 2)
        if not any(wrong(table, rows, a, b) for a, b in pairs):
            return [rows[i] for i in order]
    raise AssertionError("a total order has a sorted arrangement")


def wrong(table: r.ResolvedTable, rows: list[tuple[Any, ...]], a: int, b: int) -> bool:
    for at, order in enumerate(table.orders):
        one, other = (place(order, rows[i][at]) for i in (a, b))
        if one != other:
            return one > other
    return a > b


def place(order: tuple[str, ...], value: Any) -> int:
    return order.index(value) if value in order else len(order)


@pytest.mark.parametrize("hit", list(HitPolicy))
def test_a_hit_policy_picks_what_its_definition_says(hit: HitPolicy) -> None:
    rng = Random(hit.value)
    for _ in range(300):
        table = a_table(rng, hit)
        matched = some_rows(rng, table)
        assert pick(table, matched) == expected(table, matched), (table, matched)
