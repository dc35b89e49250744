"""Works of many callers handed in at once, on all three stores: as if each had come by itself."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from tests.store.rows import (
    Counting,
    booking,
    case,
    event,
    message,
    opening,
    register_row,
    timer,
    work,
)
from tests.store.test_contract import all_of

from zhunru.errors import StoreError
from zhunru.store.base import Change, Store, View, Work
from zhunru.store.chain import verify_chain
from zhunru.store.committed import CommittedRows
from zhunru.store.database import DatabaseStore
from zhunru.store.memory import MemoryStore


class Refused(Exception):
    """What a caller's own work raises."""


def refusing() -> Work:
    def run(view: View) -> tuple[Change, object]:
        raise Refused

    return Work(partition="甲街道", run=run)


def code_of(error: object) -> str:
    assert isinstance(error, StoreError), error
    assert not error.uncertain
    return error.code


def test_each_sees_what_those_before_it_wrote(store: Store) -> None:
    works = [Counting("案1", f"令{n}").work() for n in range(4)]
    assert store.write_all(works) == [1, 2, 3, 4]
    assert [each.command for each in store.events("案1")] == [f"令{n}" for n in range(4)]
    assert store.write_all([Counting("案1", "令9").work()]) == [5]
    assert store.write_all([]) == []


def test_a_bad_one_among_good_ones_fails_alone(store: Store) -> None:
    twice = work(opening("案3"))
    unfit = work(Change(events=(event("案9", body="半\ud800"),), cases=(case("案9"),)))
    works = [Counting("案1").work(), refusing(), twice, unfit, twice, Counting("案2").work()]
    found = store.write_all(works)
    assert isinstance(found[1], Refused)
    assert [found[at] for at in (0, 2, 5)] == [1, "好", 1]
    assert [code_of(found[at]) for at in (3, 4)] == ["ZR862", "ZR858"]
    assert [len(store.events(f"案{n}")) for n in (1, 2, 3, 9)] == [1, 1, 1, 0]


@pytest.mark.parametrize("named", ["case", "command", "partition"])
def test_a_name_that_is_no_text_fails_alone(store: Store, named: str) -> None:
    unfit = Counting(
        case_id="案\ud800" if named == "case" else "案9",
        command="令\ud800" if named == "command" else "令9",
        partition="甲\ud800" if named == "partition" else "甲街道",
    )
    works = [Counting("案1", "令1").work(), unfit.work(), Counting("案2", "令2").work()]
    found = store.write_all(works)
    assert [found[0], found[2]] == [1, 1]
    assert code_of(found[1]) == "ZR862"
    assert [len(store.events(f"案{n}")) for n in (1, 2)] == [1, 1]


def test_what_one_writes_anew_those_behind_it_see_once_and_in_its_place(store: Store) -> None:
    rows = (register_row("行1"), register_row("行2"), register_row("行4"))
    uses = (booking(), booking("事2"))
    store.write(work(replace(opening(), register_rows=rows, bookings=uses)))
    anew = Change(
        cases=(case(state="办结"),),
        register_rows=(
            register_row("行1", body='{"x":1}'),
            register_row("行3"),
            register_row("行4", cancelled=700_001),
            register_row("行9", register="别的台账"),
        ),
        bookings=(
            booking(),
            booking("事2", cancelled=9),
            booking("事3", subject="别的社区"),
            booking("事4", day=12),
        ),
        timers={"案1": (timer(name="到期", due=9), timer(name="催办", due=4))},
    )

    def reading(view: View) -> tuple[Change, object]:
        listed = [(row.row_id, row.body) for row in view.register_rows("应急响应")]
        fired = [row.name for row in view.timers("案1")]
        return Change(), (listed, len(view.bookings("检查", "社区", 1, 9)), fired)

    seen = ([("行1", '{"x":1}'), ("行2", "{}"), ("行3", "{}")], 1, ["催办", "到期"])
    bare = work(opening("案2"))
    found = store.write_all([work(anew), bare, Work(partition="甲街道", run=reading)])
    assert found == ["好", "好", seen]
    assert store.write(Work(partition="甲街道", run=reading)) == seen


def test_the_same_command_twice_is_carried_out_once(store: Store) -> None:
    works = [Counting("案1", "令1").work() for _ in range(3)]
    assert store.write_all(works) == [1, 1, 1]
    assert len(store.events("案1")) == 1


def test_a_closed_store_tells_each(address: str, opened: Callable[..., Store]) -> None:
    store = opened(address)
    store.close()
    found = store.write_all(Counting("案1").work() for _ in range(3))
    assert [code_of(each) for each in found] == ["ZR860"] * 3
    assert len({id(each) for each in found}) == 3, "threads must not share a traceback"


def test_what_making_the_works_raises_comes_back_and_stops_nobody(store: Store) -> None:
    def works() -> Iterator[Work]:
        yield Counting("案1").work()
        raise Refused

    with pytest.raises(Refused):
        store.write_all(works())
    assert store.write(Counting("案2").work()) == 1
    assert store.events("案1") == []


@pytest.mark.parametrize("seed", range(3))
def test_groups_of_any_size_come_to_what_one_by_one_comes_to(store: Store, seed: int) -> None:
    """Plain oracle: the same works, each alone, in memory."""
    chance = random.Random(seed)

    def one() -> Work:
        case_id, key = f"案{chance.randint(1, 5)}", f"令{chance.randrange(60)}"
        partition = f"分区{int(case_id[1]) % 2}"
        odd = chance.random()
        if odd < 0.1:
            return refusing()
        if odd < 0.2:
            # Out of line, or in a partition that is not the case's own.
            return work(opening(case_id), partition="分区0")
        return Counting(case_id, key, partition).work()

    works, oracle = [one() for _ in range(120)], MemoryStore()

    def alone(each: Work) -> object:
        try:
            return oracle.write(each)
        except Exception as error:
            return error

    wanted = [alone(each) for each in works]
    found: list[object] = []
    while len(found) < len(works):
        size = chance.choice((0, 1, 2, 7, 40))
        found += store.write_all(iter(works[len(found) : len(found) + size]))
    assert list(map(str, found)) == list(map(str, wanted))
    assert all_of(store) == all_of(oracle)
    for name in store.partitions():
        assert list(store.chain(name)) == list(oracle.chain(name))
        assert verify_chain(oracle.chain_rule, name, store.chain(name)).broken is None


# --- beside threads ------------------------------------------------------------------------------


def test_those_who_speak_for_many_and_threads_share_writes(
    durable: str, opened: Callable[..., Store]
) -> None:
    store = opened(durable)
    answers: list[object] = []

    def alone(caller: int) -> None:
        for number in range(12):
            one = Counting(f"案{number % 3}", f"{caller}-{number}").work()
            answers.append(store.write(one))

    def many(caller: int) -> None:
        for number in range(4):
            works = [Counting(f"案{n}", f"{caller}-{number}-{n}").work() for n in range(3)]
            answers.extend(store.write_all(works))

    jobs = [partial(go, caller) for caller, go in enumerate((alone, many) * 4)]
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 96
    for number in range(3):
        assert [e.number for e in store.events(f"案{number}")] == list(range(1, 33))


def test_works_are_asked_for_when_it_is_their_turn(
    durable: str, opened: Callable[..., Store]
) -> None:
    """What comes in while somebody writes goes along with those who came before."""
    store = opened(durable)
    assert isinstance(store, DatabaseStore)
    held, let_go, asked = threading.Event(), threading.Event(), threading.Event()

    def hold(view: View) -> tuple[Change, object]:
        held.set()
        assert let_go.wait(60)
        return Change(), None

    def works() -> Iterator[Work]:
        asked.set()
        yield Counting("案1").work()

    found: list[object] = []
    first = threading.Thread(target=store.write, args=(Work(partition="甲街道", run=hold),))
    second = threading.Thread(target=lambda: found.extend(store.write_all(works())))
    first.start()
    assert held.wait(60)
    second.start()
    while not store._committer._waiting:
        threading.Event().wait(0.001)
    assert not asked.is_set()
    let_go.set()
    for thread in (first, second):
        thread.join(60)
    assert asked.is_set()
    assert found == [1]


def test_a_value_that_the_database_refuses_fails_alone(
    durable: str, opened: Callable[..., Store]
) -> None:
    store = opened(durable)
    unfit = Change(
        events=(event("案9"),), cases=(case("案9"),), messages=(message("案9", body="半\ud800"),)
    )
    found = store.write_all([Counting("案1").work(), work(unfit), Counting("案2").work()])
    assert [found[0], found[2], code_of(found[1])] == [1, 1, "ZR862"]


def test_a_group_reads_a_register_and_uses_once_and_sees_its_own_rows(
    durable: str, opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    store = opened(durable)
    plain = CommittedRows.__init__

    def watched(self: CommittedRows, session: Any, *given: Any) -> None:
        plain(self, session, *given)

        def query(text: str, values: Any = ()) -> Any:
            asked.append(text)
            return session.query(text, values)

        self._session = SimpleNamespace(
            query=query, query_all=session.query_all, among=session.among
        )

    monkeypatch.setattr(CommittedRows, "__init__", watched)

    def look(number: int) -> Work:
        def run(view: View) -> tuple[Change, object]:
            seen = (len(view.register_rows("应急响应")), len(view.bookings("检查", "社区", 0, 9)))
            rows = (register_row(f"行{number}"),)
            return Change(register_rows=rows, bookings=(booking(f"事{number}"),)), seen

        return Work(partition="甲街道", run=run)

    assert store.write_all([look(0)]) == [(0, 0)]
    asked.clear()
    # What the group itself writes is seen by those behind; what was there is read once for all.
    assert store.write_all([look(n) for n in range(1, 9)]) == [(n, n) for n in range(1, 9)]
    assert sum("register_rows" in text for text in asked) == 1
    assert sum("bookings" in text for text in asked) == 1


@pytest.mark.parametrize(
    "odd", ["\x1f", "\x1f\x1f乙", '"', "\\", "\\\\x1f", "{,}", "NULL", "?", "'"]
)
def test_any_sign_in_a_text_comes_back_as_it_was(store: Store, odd: str) -> None:
    # The mark that PostgreSQL is told columns apart by is a sign like any other in a text.
    beside = [(f"案{n}", f"令{n}") for n in range(3)] + [(f"案{odd}", f"令{odd}"), ("案8", odd)]
    works = [Counting(case_id, command).work() for case_id, command in beside]
    told = work(Change(messages=(message(body=odd), message(body=f"{odd}末"), message(body=""))))
    assert store.write_all([*works, told]) == [1, 1, 1, 1, 1, "好"]
    for case_id, command in beside:
        assert [each.command for each in store.events(case_id)] == [command]
    bodies = [row.body for _, row in store.messages(100)]
    assert bodies[-3:] == [odd, f"{odd}末", ""]
    again = [Counting(case_id, command).work() for case_id, command in beside]
    assert store.write_all(again) == [1] * 5
