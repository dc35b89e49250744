"""What the connection that writes to PostgreSQL keeps prepared: bounded, whatever is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.store.rows import opening, timer
from tests.store.servers import Server
from tests.store.test_kept import acted, fixed, row_of, whole

from zhunru.store import wire
from zhunru.store.base import Store


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
