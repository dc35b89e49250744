"""Timers of a store made before they stood in one row a case: all are still there, in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from tests.store.rows import Counting, timer

from zhunru.store.base import Store, TimerRow
from zhunru.store.migrations import Execute, bring_up_to_date
from zhunru.store.schema import POSTGRES, SQLITE, STEPS

BEFORE = STEPS[:4]
TIMERS = [
    timer("案2", "甲", 5, 0),
    timer("案1", "半程", 40, 3),
    timer("案1", '带"引号"\\的', 100, 1),
    timer("案1", "到期", 100, 5),
    timer("案3", "先", 100, 5),
    timer("案3", "后", 100, 5),
    timer("定期:季度检查", "到期", 300, 0),
]


def fill(execute: Execute) -> None:
    """Put the timers down as programs of before did."""
    for row in TIMERS:
        execute(
            "INSERT INTO timers (case_id, name, due, rank) VALUES (?, ?, ?, ?)",
            (row.case_id, row.name, row.due, row.rank),
        )


def make_old(address: str) -> None:
    if address.startswith("postgresql:"):
        import psycopg

        with psycopg.connect(address) as old:

            def run(text: str, values: Any) -> list[tuple[Any, ...]]:
                cursor = old.execute(text.replace("?", "%s"), values)
                return cursor.fetchall() if cursor.description else []

            bring_up_to_date(run, POSTGRES, [], None, BEFORE)
            fill(run)
        return
    with closing(sqlite3.connect(address)) as file, file:

        def execute(text: str, values: Any) -> list[tuple[Any, ...]]:
            return file.execute(text, values).fetchall()

        bring_up_to_date(execute, SQLITE, [], None, BEFORE)
        fill(execute)


def order(row: TimerRow) -> tuple[int, int, str, str]:
    return row.due, row.rank, row.case_id, row.name


def test_timers_of_before_are_all_there(durable: str, opened: Callable[..., Store]) -> None:
    make_old(durable)
    store = opened(durable)
    ordered = sorted(TIMERS, key=order)
    assert store.due_timers(10**9, 100) == ordered
    for limit in range(len(ordered)):
        assert store.due_timers(10**9, limit) == ordered[:limit]
    assert store.due_timers(100, 100) == ordered[:2]
    own = [row for row in ordered if row.case_id == "案1"]
    assert list(store.read(lambda view: view.timers("案1"))) == own
    assert store.next_due() == 5
    assert store.write(Counting("案1").work()) == 1
    assert list(store.read(lambda view: view.timers("案1"))) == [timer("案1", "到期", 101)]
