"""`zhunru backup`: what it says of a store that is not whole."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from tests.store.disks import small_disk
from tests.store.rows import Counting
from tests.store.servers import Missing

from zhunru.store.opening import open_store


def _store(path: Path) -> Path:
    with closing(open_store(str(path))) as store:
        for _ in range(3):
            store.write(Counting("案1", partition="甲街道").work())
    return path


def test_a_store_whose_chain_is_broken_is_copied_and_told(tmp_path: Path, zhunru: Any) -> None:
    store, target = _store(tmp_path / "办件.db"), tmp_path / "备份.db"
    with closing(sqlite3.connect(store)) as file:
        file.execute("UPDATE events SET body = '{\"x\":1}' WHERE number = 2")
        file.commit()
    code, _, err = zhunru("backup", target, "--store", store)
    # What is left is all the more worth a copy; who makes it must not take it for whole.
    assert code == 1 and target.exists()
    assert "ZR882" in err and "甲街道" in err
    assert (
        json.loads((tmp_path / "备份.db.heads.json").read_text(encoding="utf-8"))["holds"] is False
    )


def test_an_end_that_is_cut_off_later_shows_against_the_noted_heads(
    tmp_path: Path, zhunru: Any
) -> None:
    store, target = _store(tmp_path / "办件.db"), tmp_path / "备份.db"
    assert zhunru("backup", target, "--store", store)[0] == 0
    with closing(sqlite3.connect(store)) as file:
        file.execute("DELETE FROM events WHERE number = 3")
        file.commit()
    noted = ("--noted", f"{target}.heads.json")
    assert zhunru("audit", "verify", "--store", store, *noted)[0] == 1
    assert zhunru("audit", "verify", "--store", target, *noted)[0] == 0


def test_heads_that_are_there_are_not_written_over(tmp_path: Path, zhunru: Any) -> None:
    store, target = _store(tmp_path / "办件.db"), tmp_path / "备份.db"
    (tmp_path / "备份.db.heads.json").write_text("昨天的", encoding="utf-8")
    assert zhunru("backup", target, "--store", store)[0] == 2
    assert not target.exists()


def test_an_old_store_is_checked_and_stays_one_that_its_own_program_opens(
    tmp_path: Path, zhunru: Any
) -> None:
    """Whoever goes back to the program of before starts it with such a copy."""
    store = tmp_path / "旧库 #1?.db"
    fixture = Path(__file__).parents[1] / "fixtures" / "store" / "version-1.sql"
    with closing(sqlite3.connect(store)) as file:
        file.executescript(fixture.read_text(encoding="utf-8"))
        file.execute("PRAGMA journal_mode = WAL")
    before = store.read_bytes()
    for words in (("verify",), ("export",)):
        code, out, _ = zhunru("audit", *words, "--store", store)
        assert code == 0 and "甲街道" in out
        assert [path.name for path in tmp_path.iterdir()] == [store.name]
        assert store.read_bytes() == before
    # Backing up comes before an update too: the store and its copy stay what they were.
    target = tmp_path / "备份.db"
    assert zhunru("backup", target, "--store", store)[0] == 0
    assert store.read_bytes() == before
    for path in (store, target):
        with closing(sqlite3.connect(path)) as file:
            assert [*file.execute("SELECT value FROM zhunru_store WHERE name = 'version'")] == [
                ("1",)
            ]


def test_what_is_checked_is_not_changed_by_a_single_byte(tmp_path: Path, zhunru: Any) -> None:
    """Whoever noted the digest of a copy holds the file against it later."""
    store = _store(tmp_path / "办件.db")
    before = store.read_bytes()
    assert zhunru("audit", "verify", "--store", store)[0] == 0
    assert zhunru("backup", tmp_path / "备份.db", "--store", store)[0] == 0
    assert store.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "办件.db",
        "备份.db",
        "备份.db.heads.json",
    ]


def test_a_store_where_nobody_may_write_is_checked(tmp_path: Path, zhunru: Any) -> None:
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(tmp_path / "光盘", "4m"))
        except Missing as missing:
            pytest.skip(str(missing))
        store = _store(disk.place / "办件.db")
        disk.protect()
        assert zhunru("audit", "verify", "--store", store)[0] == 0
        code, out, _ = zhunru("audit", "export", "--store", store)
        assert code == 0 and out.count("甲街道") == 3
        assert zhunru("backup", tmp_path / "备份.db", "--store", store)[0] == 0


def test_cases_are_looked_at_where_nobody_may_write(tmp_path: Path, zhunru: Any) -> None:
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(tmp_path / "光盘", "4m"))
        except Missing as missing:
            pytest.skip(str(missing))
        store, sender = disk.place / "办件.db", "区市场监管局"
        matter = ("类别=行政任务", "事项=食品安全宣传入户")
        facts = (f"来文单位={sender}", "目标社区=幸福社区", *matter)
        asked = ("case", "open", "weihai", *facts, "--apply", "--as", sender)
        said = zhunru(*asked, "--format", "json", "--store", store)[1]
        (opened,) = json.loads(said)["answer"]["opened"]
        disk.protect()
        for words in (
            ("inbox", sender),
            ("case", "list"),
            ("case", "stats"),
            ("case", "show", opened["case"]),
            ("case", "history", opened["case"]),
            ("report", "weihai"),
        ):
            code, _, error = zhunru(*words, "--store", store)
            assert (code, error) == (0, ""), words


def test_what_stands_beside_a_store_after_a_crash_is_checked_and_stays(
    tmp_path: Path, zhunru: Any
) -> None:
    with closing(open_store(str(tmp_path / "在用.db"))) as store:
        for _ in range(3):
            store.write(Counting("案1", partition="甲街道").work())
        copy = tmp_path / "断电.db"
        for end in ("", "-wal"):
            shutil.copy(f"{tmp_path / '在用.db'}{end}", f"{copy}{end}")
    before = copy.read_bytes(), Path(f"{copy}-wal").read_bytes()
    code, out, _ = zhunru("audit", "verify", "--store", copy)
    assert code == 0 and "3 条" in out
    assert (copy.read_bytes(), Path(f"{copy}-wal").read_bytes()) == before
