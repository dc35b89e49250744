"""Tables: which rows count, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from zhunru.checker.resolved import NOTHING, ResolvedTable
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import HitPolicy


class HitConflict(NamedTuple):
    """The error value of a table: rows (from 1) that matched together where only one may."""

    table: str
    rows: tuple[int, ...]


_SINGLE = (HitPolicy.FIRST, HitPolicy.UNIQUE, HitPolicy.ANY)
_AGGREGATES = (HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT)


def pick(table: ResolvedTable, matched: Sequence[tuple[int, tuple[Any, ...]]]) -> tuple[Any, ...]:
    """Return the value of every result column; `matched` are (row number, results) in order."""
    if not matched and table.hit is not HitPolicy.COUNT:
        return (NOTHING,) * len(table.outputs)
    if table.hit in _SINGLE:
        return _pick_one(table, matched)
    if table.hit in _AGGREGATES:
        return tuple(
            _aggregate(table.hit, [results[at] for _, results in matched])
            for at in range(len(table.outputs))
        )
    return _pick_several(table, [results for _, results in matched])


def _pick_one(
    table: ResolvedTable, matched: Sequence[tuple[int, tuple[Any, ...]]]
) -> tuple[Any, ...]:
    """First row; and for 唯一一行 the only one, for 任一行 one of equal rows."""
    first = matched[0][1]
    several = table.hit is HitPolicy.UNIQUE and len(matched) > 1
    unlike = table.hit is HitPolicy.ANY and any(results != first for _, results in matched)
    if several or unlike:
        return (HitConflict(table.name, tuple(row + 1 for row, _ in matched)),) * len(table.outputs)
    return first


def _pick_several(table: ResolvedTable, found: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    if table.hit in (HitPolicy.PRIORITY, HitPolicy.OUTPUT):
        found = sorted(found, key=table.rank)
    if table.hit is HitPolicy.PRIORITY:
        return found[0]
    return tuple(tuple(results[at] for results in found) for at in range(len(table.outputs)))


def _aggregate(hit: HitPolicy, values: list[Any]) -> Any:
    if hit is HitPolicy.COUNT:
        return Decimal(len(values))
    numbers = [value for value in values if value is not NOTHING]
    if any(value is UNKNOWN for value in numbers):
        return UNKNOWN
    if hit is HitPolicy.SUM:
        return sum(numbers, Decimal(0))
    if not numbers:
        return NOTHING
    return min(numbers) if hit is HitPolicy.MIN else max(numbers)
