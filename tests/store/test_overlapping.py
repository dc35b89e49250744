"""Groups that are run while the one before them is still being written: on PostgreSQL."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

import pytest
from tests.store.rows import Counting, booking, case, event, opening, register_row, reply, work
from tests.store.servers import Server
from tests.store.test_contract import all_of
from tests.store.test_failures import waits

from zhunru.errors import StoreError
from zhunru.store import overlapping
from zhunru.store.base import Change, Store, View, Work
from zhunru.store.chain import verify_chain
from zhunru.store.memory import MemoryStore
from zhunru.store.overlapping import OverlappingStore

psycopg = pytest.importorskip("psycopg")
Opener = Callable[..., Any]


@pytest.fixture
def database(server: Server) -> str:
    return server.new_database()


class Group(threading.Thread):
    """Works handed in at once, by a thread of their own; `ran` once the last of them was run."""

    def __init__(self, store: OverlappingStore, *works: Work) -> None:
        super().__init__(daemon=True)
        self.store, self.works = store, works
        self.ran = threading.Event()
        self.times = 0
        self.found: Sequence[object] | None = None
        self.start()

    def run(self) -> None:
        last = self.works[-1]

        def noted(view: View) -> tuple[Change, object]:
            made = last.run(view)
            self.times += 1
            self.ran.set()
            return made

        self.found = self.store.write_all(
            [*self.works[:-1], Work(last.partition, noted, last.cases, last.commands)]
        )

    def told(self) -> list[object]:
        """Return what each came to: an answer, or the code of an error."""
        self.join(60)
        assert self.found is not None
        return [each.code if isinstance(each, StoreError) else each for each in self.found]


@contextmanager
def held_up(address: str, *stores: OverlappingStore) -> Iterator[Any]:
    """Let whatever is written wait in the server, between its first statement and its commit."""
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        yield other
        other.execute("ROLLBACK")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def pid(store: Any) -> int:
    writer = store._database._writer
    return 0 if writer.closed else int(writer.info.backend_pid)


def sent(other: Any, store: OverlappingStore, *works: Work) -> Group:
    """Hand in a group, and come back once it hangs in the server."""
    group = Group(store, *works)

    def hangs() -> bool:
        # Else a connection made since the first look would never be seen.
        other.execute("SELECT pg_stat_clear_snapshot()")
        return waits(other, pid(store))

    until(hangs)
    return group


def counting(case_id: str = "案1", command: str = "", **more: Any) -> Work:
    return Counting(case_id, command, **more).work()


def test_the_next_group_is_run_before_the_last_one_is_written(
    database: str, opened: Opener
) -> None:
    store = opened(database)
    with held_up(database) as other:
        one = sent(other, store, counting(command="令1"))
        two = Group(store, counting(command="令2"), counting("案2", "令3"))
        assert two.ran.wait(30)
        # Run, but nobody is told anything that is not known to be there.
        assert one.found is None and two.found is None
    assert (one.told(), two.told()) == ([1], [2, 1])
    assert two.times == 1
    assert [each.command for each in store.events("案1")] == ["令1", "令2"]
    assert whole(store)


def test_what_was_run_over_a_lost_write_is_run_again(database: str, opened: Opener) -> None:
    store = opened(database)

    def once(view: View) -> tuple[Change, object]:
        if view.case("案2") is not None:
            raise LookupError("there is one already")
        return opening("案2"), "开"

    with held_up(database) as other:
        one = sent(other, store, counting(command="令1"), work(opening("案2")))
        two = Group(store, Work("甲街道", once), counting(command="令2"))
        assert two.ran.wait(30)
        other.execute("SELECT pg_terminate_backend(%s)", (pid(store),))
    assert one.told() == ["ZR861", "ZR861"]
    # The refusal was over a case that never came to be.
    assert two.told() == ["开", 1]
    assert two.times == 2
    assert store.write_all([counting(command="令1")]) == [2]
    assert whole(store)


def test_a_write_that_the_server_refuses_in_part_is_not_taken_for_written(
    database: str, opened: Opener
) -> None:
    store = opened(database)
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("ALTER TABLE cases ADD CONSTRAINT f CHECK (case_id <> '坏')")
    with held_up(database) as other:
        one = sent(other, store, counting("坏", "令1"), counting("案1", "令2"))
        two = Group(store, counting("坏", "令3"), counting("案1", "令4"))
        assert two.ran.wait(30)
    assert one.told() == ["ZR863", 1]
    assert two.told() == ["ZR863", 2]
    assert whole(store)


@pytest.mark.parametrize("repeated", [False, True])
def test_what_was_run_before_another_worker_wrote_is_run_again(
    database: str, opened: Opener, repeated: bool
) -> None:
    store, rival = opened(database), opened(database)
    store.write(counting())
    with held_up(database) as other:
        one = sent(other, store, counting(command="令1"))
        two = Group(store, *[counting(command="令1")] * repeated, refused_at(2))
        assert two.ran.wait(30)
        between = sent(other, rival, counting(command="令2"))
        send = store._send_next

        def behind(*given: Any) -> bool:
            between.join(60)
            return bool(send(*given))

        store._send_next = behind
    assert (one.told(), between.told()) == ([2], [3])
    assert two.told() == [*[2] * repeated, 3]
    assert two.times == 2
    assert store._pause == overlapping.PAUSE
    assert whole(store)


def refused_at(version: int) -> Work:
    """Work that only looks, and answers what it found, unless it found that."""

    def look(view: View) -> tuple[Change, object]:
        found = view.case("案1")
        return Change(), found.version if found else 0

    return Work("甲街道", look, ("案1",))


def test_the_same_command_in_two_groups_is_carried_out_once(database: str, opened: Opener) -> None:
    store = opened(database)
    with held_up(database) as other:
        one = sent(other, store, counting(command="令1"))
        two = Group(store, counting(command="令1"), counting(command="令1"))
        assert two.ran.wait(30)
        assert two.found is None
    assert (one.told(), two.told()) == ([1], [1, 1])
    assert two.times == 1
    assert len(store.events("案1")) == 1


@pytest.mark.parametrize("lost", ["looking", "sending"])
def test_a_lost_connection_of_either_kind_loses_nothing(
    database: str, opened: Opener, lost: str
) -> None:
    store = opened(database)
    for number in range(3):
        with held_up(database) as other:
            one = sent(other, store, counting(command=f"甲{number}"))
            blind = number == 1 if lost == "looking" else number > 0
            if blind and lost == "looking":
                looker = store._database._looker[0].info.backend_pid
                other.execute("SELECT pg_terminate_backend(%s)", (looker,))
            two = Group(store, counting("案2", f"乙{number}"))
            # Without what reads beside the write, or behind a second attempt, it has to wait.
            assert two.ran.wait(0.1 if blind else 30) is not blind
        assert (one.told(), two.told()) == ([number + 1], [number + 1])
        store._pause = 0
        if lost == "sending":
            with psycopg.connect(database, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (pid(store),))
    assert whole(store)


# --- at random -----------------------------------------------------------------------------------


def taking(chance: random.Random, number: int) -> Work:
    """Work that looks at a quota, a register and cases by key, and takes what is left."""
    place, key = f"社区{chance.randrange(2)}", f"令{chance.randrange(40)}"
    case_id = f"案{number}"

    def run(view: View) -> tuple[Change, object]:
        if answered := view.reply(key):
            return Change(), f"已答 {answered.body}"
        used = view.bookings("检查", place, 0, 9)
        rows = view.register_rows("应急响应")
        about = [each.case_id for each in view.cases_by_key(place)]
        seen = f"{len(used)} {[row.row_id for row in rows]} {about}"
        if len(used) >= 6:
            raise LookupError(seen)
        struck = rows[0].row_id if len(rows) > 3 else f"行{number}"
        return (
            Change(
                events=(event(case_id, command=key),),
                cases=(case(case_id, opened=number, key=place),),
                register_rows=(register_row(struck, cancelled=1 if len(rows) > 3 else None),),
                bookings=(booking(f"事{number}", subject=place, day=number % 5),),
                replies=(reply(key, case_id, body=seen),),
            ),
            seen,
        )

    return Work(f"分区{number % 3}", run, (case_id,) if chance.random() < 0.5 else (), (key,))


def at_random(chance: random.Random, number: int) -> Work:
    odd = chance.random()
    if odd < 0.3:
        return taking(chance, number)
    if odd < 0.4:
        # Out of line, or in a partition that is not the case's own.
        return work(opening(f"事{chance.randint(1, 4)}"), partition="分区0")
    name = chance.randint(1, 4)
    return counting(f"事{name}", f"号{chance.randrange(60)}", partition=f"分区{name % 2}")


def overlapped(store: OverlappingStore, groups: list[list[Work]]) -> tuple[list[object], int]:
    """Write groups in order, each run while the one before is on its way; how many were so."""
    results: dict[int, Sequence[object]] = {}
    threads: list[threading.Thread] = []
    ahead: list[bool] = []
    looked = threading.Semaphore(0)
    leaving, run_ahead = store._leaving, store._run_ahead

    def begin() -> None:
        at = len(threads)
        go = partial(lambda at: results.update({at: store.write_all(groups[at])}), at)
        threads.append(threading.Thread(target=go, daemon=True))
        threads[-1].start()

    def watched(*given: Any) -> Callable[[], None]:
        left = leaving(*given)

        def then() -> None:
            left()
            if len(threads) < len(groups):
                begin()
                assert looked.acquire(timeout=30)

        return then

    def noted(before: Any, jobs: Any) -> Any:
        found = run_ahead(before, jobs)
        ahead.append(found is not None)
        looked.release()
        return found

    store._leaving = watched  # type: ignore[method-assign, assignment]
    store._run_ahead = noted  # type: ignore[method-assign]
    store._committer._is_large = lambda hand: True  # type: ignore[method-assign]
    for at in range(len(groups)):
        if len(threads) == at:
            begin()
        threads[at].join(60)
    return [each for at in range(len(groups)) for each in results[at]], sum(ahead)


@pytest.mark.parametrize("seed", range(4))
def test_overlapping_groups_come_to_what_one_by_one_comes_to(
    seed: int, database: str, opened: Opener
) -> None:
    """Plain oracle: the same works, each alone, in memory."""
    chance, store, oracle = random.Random(seed), opened(database), MemoryStore()
    sizes = [chance.choice((1, 1, 2, 5, 20)) for _ in range(40)]
    numbers = count(1)
    groups = [[at_random(chance, next(numbers)) for _ in range(size)] for size in sizes]

    def alone(each: Work) -> object:
        try:
            return oracle.write(each)
        except Exception as error:
            return error

    wanted = [alone(each) for group in groups for each in group]
    found, ahead = overlapped(store, groups)
    assert list(map(str, found)) == list(map(str, wanted))
    assert ahead > 15
    assert all_of(store) == all_of(oracle)
    for name in store.partitions():
        assert list(store.chain(name)) == list(oracle.chain(name))


def test_a_quota_is_never_overbooked(database: str, opened: Opener) -> None:
    """Many hands on two workers at once, with connections killed now and then."""
    stores = [opened(database), opened(database)]
    most, done = 150, threading.Event()
    answers: dict[str, int] = {}
    failures: list[str] = []

    def book(key: str) -> Work:
        def run(view: View) -> tuple[Change, object]:
            if answered := view.reply(key):
                return Change(), answered.version
            used = view.bookings("检查", "社区", 0, 9)
            if len(used) >= most:
                raise LookupError
            found = view.case("案1")
            number = found.version + 1 if found else 1
            return (
                Change(
                    events=(event("案1", number, command=key),),
                    cases=(case("案1", number),),
                    bookings=(booking(key),),
                    replies=(reply(key, version=number),),
                ),
                number,
            )

        return Work("甲街道", run, ("案1",), (key,))

    def go(store: Store, name: str) -> None:
        for number in range(30):
            keys = [f"{name}-{number}-{n}" for n in range(4)]
            while keys:
                found = store.write_all([book(key) for key in keys])
                told = dict(zip(keys, found, strict=True))
                answers.update({key: each for key, each in told.items() if isinstance(each, int)})
                keys = [key for key, each in told.items() if isinstance(each, StoreError)]
                failures.extend(told[key].code for key in keys)  # type: ignore[attr-defined]

    def kill() -> None:
        with psycopg.connect(database, autocommit=True) as other:
            while not done.wait(random.uniform(0.01, 0.15)):
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = "
                    "(SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1)"
                )

    names = [(store, f"{at}{name}") for at, store in enumerate(stores) for name in "甲乙丙"]
    threads = [threading.Thread(target=go, args=each) for each in names]
    killer = threading.Thread(target=kill)
    for thread in (*threads, killer):
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    done.set()
    killer.join()
    events = stores[0].events("案1")
    assert [each.number for each in events] == list(range(1, most + 1))
    assert {each.command: each.number for each in events} == answers
    assert len(stores[0].read(lambda view: view.bookings("检查", "社区", 0, 9))) == most
    assert set(failures) <= {"ZR851", "ZR861"}
    assert whole(stores[0])


def whole(store: Any) -> bool:
    """Tell whether every chain of a store holds."""
    return all(
        verify_chain(store.chain_rule, name, store.chain(name)).broken is None
        for name in store.partitions()
    )
