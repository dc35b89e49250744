"""What a store says to a database: rows by their columns, and of a group each found by a key,
however many others there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from tests.store.rows import case, event, message, reply, timer

from zhunru.store import base, tables
from zhunru.store.base import Change, LetterRow, Store, View, Work
from zhunru.store.database import DatabaseStore
from zhunru.store.sqlite import SqliteDatabase

CASES = tuple(f"案{n}" for n in range(5))


def step(number: int) -> Work:
    """A work that moves five cases to other owners, and takes away one of two timers."""

    def run(view: View) -> tuple[Change, object]:
        for case_id in CASES:
            view.case(case_id)
        owner = f"单位{number}"
        names = ("到期", "半程")[: 3 - number]
        return Change(
            events=tuple(event(each, number) for each in CASES),
            cases=tuple(case(each, number, owners=(owner,)) for each in CASES),
            timers={each: tuple(timer(each, name, due=number) for name in names) for each in CASES},
            messages=tuple(message(each, number) for each in CASES),
            replies=tuple(reply(f"{each}-{number}", each, number) for each in CASES),
        ), None

    commands = tuple(f"{each}-{number}" for each in CASES)
    return Work(partition="甲街道", run=run, cases=CASES, commands=commands)


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        (tables.EVENTS.columns[1:-1], base.EventRow),
        (tables.MESSAGES.columns, base.MessageRow),
        (tables.REGISTERS.columns, base.RegisterRow),
        (tables.BOOKINGS.columns, base.BookingRow),
        ((*tables.LETTERS.columns, "number"), base.LetterRow),
        (tables.REPLIES.columns, base.ReplyRow),
    ],
)
def test_the_fields_of_a_row_are_the_columns_of_its_table(
    columns: tuple[str, ...], kind: type[base.EventRow]
) -> None:
    assert columns == tuple(each.name for each in fields(kind))


def test_a_group_reads_no_table_through(tmp_path: Path, opened: Callable[..., Store]) -> None:
    path = tmp_path / "store.db"
    store = opened(str(path))
    assert isinstance(store, DatabaseStore)
    assert isinstance(store._database, SqliteDatabase)
    said: list[str] = []
    store._database._writer.set_trace_callback(said.append)
    letters = [
        LetterRow(hook="甲", letter=f"信{n}", case_id="案1", topic="通知", state="waiting")
        for n in range(3)
    ]
    store.write(step(1))
    store.write(step(2))
    store.sent([ticket for ticket, _ in store.messages(4)])
    store.put_letters(letters)
    store.drop_letters([("甲", each.letter) for each in letters])
    store._database._writer.set_trace_callback(None)
    assert {text.split()[0] for text in said} >= {"INSERT", "WITH", "SELECT"}
    assert tables_read_through(path, said) == []


def tables_read_through(path: Path, said: list[str]) -> list[str]:
    """Return the tables that statements go through from end to end."""
    found = []
    with sqlite3.connect(path) as connection:
        kept = {name for (name,) in connection.execute("SELECT name FROM sqlite_master") if name}
        for text in said:
            if text.split()[0] in {"BEGIN", "COMMIT", "PRAGMA"}:
                continue
            for *_, told in connection.execute(f"EXPLAIN QUERY PLAN {text}"):
                words = told.split()
                # The number of a partition is the highest so far and one more: partitions are few.
                through = words[0] == "SCAN" and words[1] in kept - {"partitions"}
                # All messages up to the last one are all that wait, too.
                if through or "(rowid<?)" in words:
                    found.append(told)
    return found
