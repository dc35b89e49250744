"""A copy of a store that is in use."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.store.disks import small_disk
from tests.store.rows import Counting
from tests.store.servers import Missing

from zhunru.errors import StoreError
from zhunru.store import verify
from zhunru.store.base import Store


def links(store: Store) -> dict[str, int]:
    """Return how many events each chain has."""
    return {name: sum(1 for _ in store.chain(name)) for name in store.partitions()}


def test_a_copy_made_while_others_write_is_the_store_at_one_instant(
    tmp_path: Path, opened: Callable[..., Store]
) -> None:
    store = opened(str(tmp_path / "办件.db"))
    over, acknowledged = threading.Event(), [0] * 4

    def write(at: int) -> None:
        while not over.is_set():
            store.write(Counting(f"案{at}", partition=f"第{at}街道").work())
            acknowledged[at] += 1

    callers = [threading.Thread(target=write, args=(at,)) for at in range(4)]
    for each in callers:
        each.start()
    try:
        for number in range(5):
            while min(acknowledged) < number * 20 + 1:
                over.wait(0.001)
            before = list(acknowledged)
            target = tmp_path / f"备份{number}.db"
            store.back_up(target)
            program = [sys.executable, "-I", "-S", verify.__file__, str(target)]
            assert subprocess.run(program, capture_output=True, check=False).returncode == 0
            copy = opened(str(target))
            kept = links(copy)
            for at in range(4):
                assert before[at] <= kept[f"第{at}街道"]
                row = copy.read(lambda view, case_id=f"案{at}": view.case(case_id))
                assert row is not None and row.version == kept[f"第{at}街道"]
    finally:
        over.set()
        for each in callers:
            each.join()
    assert sorted(path.name for path in tmp_path.glob("*.new*")) == []


def test_a_copy_is_a_store_to_go_on_with(tmp_path: Path, opened: Callable[..., Store]) -> None:
    store = opened(str(tmp_path / "办件.db"), algorithm="sm3")
    store.write(Counting("案1", partition="甲").work())
    store.back_up(tmp_path / "备份.db")
    store.write(Counting("案1", partition="甲").work())
    copy = opened(str(tmp_path / "备份.db"))
    copy.write(Counting("案2", partition="甲").work())
    assert (links(store), links(copy)) == ({"甲": 2}, {"甲": 2})


def test_what_a_copy_left_that_was_broken_off_is_in_nobodys_way(
    tmp_path: Path, opened: Callable[..., Store]
) -> None:
    store = opened(str(tmp_path / "办件.db"))
    store.write(Counting("案1", partition="甲").work())
    for name in ("备份.db.new", "备份.db.new-journal"):
        (tmp_path / name).write_bytes(b"half a page" * 100)
    store.back_up(tmp_path / "备份.db")
    assert links(opened(str(tmp_path / "备份.db"))) == {"甲": 1}
    assert not list(tmp_path.glob("*.new*"))


def test_nothing_that_is_there_is_written_over(
    tmp_path: Path, opened: Callable[..., Store]
) -> None:
    store = opened(str(tmp_path / "办件.db"))
    target = tmp_path / "备份.db"
    target.write_bytes(b"of yesterday")
    with pytest.raises(FileExistsError):
        store.back_up(target)
    assert target.read_bytes() == b"of yesterday"


def test_where_a_copy_cannot_be_written_is_told(
    tmp_path: Path, opened: Callable[..., Store]
) -> None:
    store = opened(str(tmp_path / "办件.db"))
    with pytest.raises(StoreError) as refused:
        store.back_up(tmp_path / "没有" / "备份.db")
    assert refused.value.diagnostic.code == "ZR851"
    assert "备份.db" in refused.value.diagnostic.zh


@pytest.mark.parametrize("kind", ["memory", "postgres"])
def test_a_store_that_is_in_no_file_is_copied_by_others(
    kind: str, tmp_path: Path, opened: Callable[..., Store], request: pytest.FixtureRequest
) -> None:
    server = "memory:" if kind == "memory" else request.getfixturevalue("server").new_database()
    with pytest.raises(StoreError) as refused:
        opened(server).back_up(tmp_path / "备份.db")
    assert refused.value.diagnostic.code == "ZR869"
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_no_half_of_a_copy(tmp_path: Path, opened: Callable[..., Store]) -> None:
    store = opened(str(tmp_path / "办件.db"))
    for number in range(300):
        store.write(Counting(f"案{number}", partition="甲", body=f'"{"长" * 3_000}"').work())
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(tmp_path / "小", "1m"))
        except Missing as missing:
            pytest.skip(str(missing))
        with pytest.raises(StoreError) as refused:
            store.back_up(disk.place / "备份.db")
        assert refused.value.diagnostic.code == "ZR852"
        assert not list(disk.place.iterdir())
    assert links(store) == {"甲": 300}
