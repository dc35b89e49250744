"""The connection that writes to PostgreSQL: what it keeps prepared, and how long it waits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.store.rows import Counting, opening, timer
from tests.store.servers import Server
from tests.store.test_kept import acted, fixed, row_of, whole

from zhunru.errors import StoreError
from zhunru.store import wire
from zhunru.store.base import Change, Store, View, Work


@pytest.mark.parametrize("most", [0, 6])
def test_no_more_statements_are_prepared_than_are_kept(
    server: Server, opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(wire, "MOST_PREPARED", most)
    store = opened(server.new_database())
    kept: list[int] = []
    for number in range(8):
        store.write(acted(owner=f"单位{number % 3}", due=number // 2))
        store.write(fixed(opening(f"新{number}"), f"新{number}"))
        writer = store._database._wire  # type: ignore[attr-defined]
        (((count,),),) = writer.journey([("SELECT count(*) FROM pg_prepared_statements", ())])
        kept.append(int(count))
    # Those of one journey may come on top.
    assert max(kept) <= most + 8
    found = row_of(store, "案1")
    assert found is not None and found.version == 8
    assert store.read(lambda view: view.timers("案1")) == [timer("案1", due=3)]
    assert whole(store)


@pytest.mark.parametrize("asking", [False, True])
def test_a_server_that_says_nothing_is_not_waited_for_for_ever(
    server: Server, opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch, asking: bool
) -> None:
    psycopg = pytest.importorskip("psycopg")
    monkeypatch.setattr(wire, "PATIENCE_SECONDS", 0.2)
    address = server.new_database()
    store = opened(address)
    store.write(Counting("案1", "令1").work())
    held = "SELECT FROM zhunru_store FOR UPDATE" if asking else "LOCK TABLE events"
    with psycopg.connect(address) as other:
        other.execute(held)
        with pytest.raises(StoreError) as caught:
            store.write(Counting("案1", "令2").work())
        other.rollback()
    # Before anything was written it is known that nothing was.
    expected = ("ZR851", False) if asking else ("ZR861", True)
    assert (caught.value.code, caught.value.uncertain) == expected
    monkeypatch.undo()
    assert store.write(Counting("案1", "令2").work()) == 2
    assert store.write(Counting("案1", "令3").work()) == 3
    assert whole(store)


def test_a_value_that_cannot_be_written_leaves_nothing_under_way(
    server: Server, opened: Callable[..., Store]
) -> None:
    """Asked for inside a work, it is that work's failure, and the next answers are their own."""
    store = opened(server.new_database())

    def look(view: View) -> tuple[Change, object]:
        view.case("半\ud800")
        return Change(), None

    found = store.write_all([Work("甲", look), acted(), Work("甲", look), acted("案2")])
    assert [isinstance(each, Exception) for each in found] == [True, False, True, False]
    assert store.write(acted())[0] == 1  # type: ignore[index]
    assert whole(store)
