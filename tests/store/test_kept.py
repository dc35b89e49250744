"""What a store keeps of its last write holds only while nobody else has written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.store.rows import case, event, opening, timer

from zhunru.errors import StoreError
from zhunru.store import kept
from zhunru.store.base import CaseRow, Change, Store, TimerRow, View, Work
from zhunru.store.chain import verify_chain
from zhunru.store.database import DatabaseStore

Opener = Callable[..., Store]
SEEN = tuple[int, tuple[str, ...], list[TimerRow]]


def acted(case_id: str = "案1", owner: str = "街道", due: int = 100) -> Work:
    """Work that goes on wherever its case stands, and answers what it found there."""

    def run(view: View) -> tuple[Change, SEEN]:
        before = view.case(case_id)
        version = before.version if before else 0
        found = (version, before.owners if before else (), list(view.timers(case_id)))
        change = Change(
            events=(event(case_id, version + 1),),
            cases=(case(case_id, version + 1, owners=(owner,)),),
            timers={case_id: (timer(case_id, due=due),)},
        )
        return change, found

    return Work(partition="甲", run=run, cases=(case_id,))


def fixed(change: Change, case_id: str, answer: object = "好", partition: str = "甲") -> Work:
    """Work that names a case and writes a fixed change."""
    return Work(partition=partition, run=lambda view: (change, answer), cases=(case_id,))


def row_of(store: Store, case_id: str) -> CaseRow | None:
    return store.read(lambda view: view.case(case_id))


def whole(store: Store) -> bool:
    """Tell whether every chain of a store holds."""
    found = [
        verify_chain(store.chain_rule, name, store.chain(name))  # type: ignore[attr-defined]
        for name in store.partitions()
    ]
    return all(each.broken is None for each in found)


def test_the_next_write_finds_what_the_last_one_left(durable: str, opened: Opener) -> None:
    store = opened(durable)
    assert store.write(acted(due=5)) == (0, (), [])
    assert store.write(acted(owner="区民政局", due=7)) == (1, ("街道",), [timer(due=5)])
    assert store.write(acted(due=7)) == (2, ("区民政局",), [timer(due=7)])
    assert row_of(store, "案1") == case("案1", 3)
    assert [row.case_id for row in store.find_cases(owner="街道")] == ["案1"]
    assert store.find_cases(owner="区民政局") == []
    assert store.due_timers(1_000, 10) == [timer(due=7)]


def test_what_is_kept_is_not_asked_for_again(
    durable: str, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(durable)
    assert isinstance(store, DatabaseStore)
    store.write(acted())
    store.write(acted())
    asked: list[str] = []
    with store._database.writing() as session:
        real = type(session).query_all

    def noting(self: object, queries: list[tuple[str, object]]) -> object:
        asked.extend(text for text, _ in queries)
        return real(self, queries)  # type: ignore[arg-type]

    monkeypatch.setattr(type(session), "query_all", noting)
    store.write(acted())
    assert asked == []


@pytest.mark.parametrize("rounds", [2, 5])
def test_two_stores_on_one_database_see_each_other(
    rounds: int, durable: str, opened: Opener
) -> None:
    one, other = opened(durable), opened(durable)
    number = 0
    for turn in range(rounds):
        for store, times in ((one, 1 + turn % 3), (other, 1 + turn % 2)):
            for _ in range(times):
                found = store.write(acted(owner=f"单位{number}", due=number))
                expected = (f"单位{number - 1}",) if number else ()
                timers = [timer(due=number - 1)] if number else []
                assert found == (number, expected, timers)
                number += 1
    assert [each.number for each in one.events("案1")] == list(range(1, number + 1))
    assert whole(one)


def test_a_case_that_another_store_opened_is_there(durable: str, opened: Opener) -> None:
    one, other = opened(durable), opened(durable)
    # Kept as one that is not there: asked for, and then nothing came of it.
    assert one.write(fixed(Change(), "案2", "无")) == "无"
    one.write(acted("案1"))
    assert other.write(acted("案2")) == (0, (), [])
    assert one.write(acted("案2"))[0] == 1  # type: ignore[index]


def test_a_failed_write_leaves_nothing_behind(durable: str, opened: Opener) -> None:
    store = opened(durable)
    store.write(acted())
    bad = Change(events=(event("案1", 2, body="\0"),), cases=(case("案1", 2, flow="\ud800"),))
    with pytest.raises(StoreError):
        store.write(fixed(bad, "案1"))
    assert store.write(acted())[0] == 1  # type: ignore[index]
    assert whole(store)


def test_work_that_is_refused_changes_nothing_kept(durable: str, opened: Opener) -> None:
    store = opened(durable)
    store.write(acted(due=5))

    def refuse(view: View) -> tuple[Change, object]:
        assert view.case("案1") is not None
        raise ValueError("不予办理")

    with pytest.raises(ValueError, match="不予办理"):
        store.write(Work(partition="甲", run=refuse, cases=("案1",)))
    assert store.write(acted()) == (1, ("街道",), [timer(due=5)])


def test_only_so_much_is_kept(
    durable: str, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_MOST_CASES", 3)
    store = opened(durable)
    assert isinstance(store, DatabaseStore)
    for turn in range(3):
        for number in range(1, 9):
            assert store.write(acted(f"案{number}"))[0] == turn  # type: ignore[index]
            assert len(store._kept.cases) <= 3
    assert whole(store)


def test_another_partition_written_by_another_store_is_seen(durable: str, opened: Opener) -> None:
    store, other = opened(durable), opened(durable)
    store.write(fixed(opening("案1"), "案1"))
    # Another partition: the chain of this one stands where it stood.
    other.write(fixed(opening("乙案"), "乙案", partition="乙"))
    assert store.write(acted("案1"))[0] == 1  # type: ignore[index]
    assert sorted(store.partitions()) == ["乙", "甲"]
    assert whole(store)
