"""Groups on PostgreSQL whose rows leave in parts: they come to what one part comes to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import count

import pytest
from tests.store.rows import Counting, booking, register_row
from tests.store.servers import Server
from tests.store.test_failures import waits
from tests.store.test_write_all import (
    code_of,
    test_a_bad_one_among_good_ones_fails_alone,
    test_a_value_that_the_database_refuses_fails_alone,
    test_each_sees_what_those_before_it_wrote,
    test_groups_of_any_size_come_to_what_one_by_one_comes_to,
    test_the_same_command_twice_is_carried_out_once,
)

from zhunru.store import postgres
from zhunru.store.base import Change, Store, View, Work
from zhunru.store.database import DatabaseStore
from zhunru.store.wire import Wire

# The contract of works handed in at once, again with the stores of this page.
__all__ = [
    "test_a_bad_one_among_good_ones_fails_alone",
    "test_a_value_that_the_database_refuses_fails_alone",
    "test_each_sees_what_those_before_it_wrote",
    "test_groups_of_any_size_come_to_what_one_by_one_comes_to",
    "test_the_same_command_twice_is_carried_out_once",
]
psycopg = pytest.importorskip("psycopg")


@pytest.fixture(params=(1, 3), autouse=True)
def ahead(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Parts so small that a group of a few works has several."""
    monkeypatch.setattr(postgres._WritingSession, "ahead", request.param)
    found: int = request.param
    return found


@pytest.fixture
def durable(server: Server) -> str:
    return server.new_database()


@pytest.fixture
def store(durable: str, opened: Callable[..., Store]) -> Store:
    return opened(durable)


def counted(number: int) -> list[Work]:
    return [Counting(f"案{n % 2}", f"令{n}").work() for n in range(number)]


def test_all_but_the_last_part_leave_ahead(
    store: Store, ahead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []
    leave = Wire.send_ahead
    monkeypatch.setattr(
        Wire, "send_ahead", lambda wire, some: left.append(len(some)) or leave(wire, some)
    )
    assert store.write_all(counted(6)) == [1, 1, 2, 2, 3, 3]
    assert left == [1] * (6 // ahead - 1)


def test_a_part_reads_what_the_parts_before_it_wrote(store: Store) -> None:
    numbers = count()

    def book(view: View) -> tuple[Change, object]:
        seen = len(view.bookings("检查", "社区", 0, 9)), len(view.register_rows("应急响应"))
        number = next(numbers)
        rows = (register_row(f"行{number}"),)
        return Change(register_rows=rows, bookings=(booking(f"事{number}"),)), seen

    works = [Work(partition="甲街道", run=book) for _ in range(7)]
    assert store.write_all(works) == [(n, n) for n in range(7)]


def test_where_the_last_part_writes_nothing_those_before_are_committed(store: Store) -> None:
    def refuse(view: View) -> tuple[Change, object]:
        raise LookupError

    works = [*counted(6), *[Work(partition="甲街道", run=refuse)] * 3]
    found = store.write_all(works)
    assert found[:6] == [1, 1, 2, 2, 3, 3]
    assert all(isinstance(each, LookupError) for each in found[6:])
    assert [len(store.events(f"案{n}")) for n in range(2)] == [3, 3]


def test_a_part_that_the_server_refuses_leaves_nothing_of_the_group(
    store: Store, durable: str
) -> None:
    with psycopg.connect(durable, autocommit=True) as other:
        other.execute(
            "ALTER TABLE events ADD CONSTRAINT f CHECK (command <> '令1') NOT VALID",
        )
        found = store.write_all(counted(6))
        # Each is then written on its own; what 令1 would have counted is not counted by others.
        assert code_of(found[1]) == "ZR863"
        assert [each for at, each in enumerate(found) if at != 1] == [1, 2, 1, 3, 2]
        other.execute("ALTER TABLE events DROP CONSTRAINT f")
    assert store.write_all(counted(6))[1] == 3
    assert [len(store.events(f"案{n}")) for n in range(2)] == [3, 3]


def test_a_connection_lost_between_the_parts_costs_at_most_asking_again(
    store: Store, durable: str
) -> None:
    assert isinstance(store, DatabaseStore)
    store.write(Counting("案9", "始").work())
    number = store._database._writer.info.backend_pid  # type: ignore[attr-defined]
    lost: list[int] = []

    def lose(view: View) -> tuple[Change, object]:
        if not lost:
            lost.append(number)
            with psycopg.connect(durable, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (number,))
                while other.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE pid = %s", (number,)
                ).fetchone():
                    time.sleep(0.01)
        return Change(), "失"

    works = [*counted(3), Work(partition="甲街道", run=lose), *counted(9)[3:]]
    wanted = [1, 1, 2, "失", 2, 3, 3, 4, 4, 5]
    found = store.write_all(works)
    assert lost
    # Noticed before the end was sent, all is written on a new connection, unseen.
    if found != wanted:
        assert {(each.code, each.uncertain) for each in found} == {("ZR861", True)}  # type: ignore[attr-defined]
    assert store.write_all(works) == wanted
    assert [len(store.events(f"案{n}")) for n in range(2)] == [5, 4]


def test_a_connection_lost_at_the_end_leaves_all_of_the_group_uncertain(
    store: Store, durable: str
) -> None:
    store.write(Counting("案9", "始").work())
    number = store._database._writer.info.backend_pid  # type: ignore[attr-defined]
    found: list[object] = []
    with psycopg.connect(durable, autocommit=True) as other:
        # The first part waits for the table, and with it all that left behind it.
        other.execute("BEGIN")
        other.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        writer = threading.Thread(target=lambda: found.extend(store.write_all(counted(6))))
        writer.start()
        while not waits(other, number):
            time.sleep(0.01)
        time.sleep(0.1)  # by then the group is run, and its end has left
        other.execute("SELECT pg_terminate_backend(%s)", (number,))
        writer.join(60)
        other.execute("ROLLBACK")
    assert [(each.code, each.uncertain) for each in found] == [("ZR861", True)] * 6  # type: ignore[attr-defined]
    assert store.write_all(counted(6)) == [1, 1, 2, 2, 3, 3], "asked again, each is done once"
