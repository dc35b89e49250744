"""Duties that one alone has, of all who have a store open; when it is gone, the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zhunru import system
from zhunru.errors import StoreError
from zhunru.store import claims, postgres_claims
from zhunru.store.base import Store

Opener = Callable[..., Store]
HOLDS = """
import sys, time
from zhunru.store.opening import open_store
store = open_store(sys.argv[1])
print(store.claim("letters"), flush=True)
time.sleep(600)
"""


def test_one_store_alone_has_a_duty(durable: str, opened: Opener) -> None:
    one, other = opened(durable), opened(durable)
    first = one.claim("letters")
    assert first > 0
    assert (other.claim("letters"), one.claim("letters")) == (0, first)
    assert other.claim("other") > 0, "another duty is another's"
    assert one.claim("other") == 0
    one.close()
    assert other.claim("letters") > 0
    with pytest.raises(StoreError) as refused:
        one.claim("letters")
    assert refused.value.code == "ZR860"


def test_who_has_a_store_in_memory_has_its_duties(opened: Opener) -> None:
    assert opened("memory:").claim("letters") == opened("memory:").claim("letters") == 1


def test_a_duty_is_free_as_soon_as_its_process_is_killed(durable: str, opened: Opener) -> None:
    store = opened(durable)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, durable], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 0
        assert store.claim("letters") == 0
        process.kill()
    # A server has to see that the connection is gone.
    for _ in range(10_000):
        if store.claim("letters"):
            return
    raise AssertionError("nobody has the duty")


def test_other_names_of_a_file_are_the_same_store(tmp_path: Path, opened: Opener) -> None:
    (tmp_path / "real.db").touch()
    (tmp_path / "name.db").symlink_to(tmp_path / "real.db")
    one, other = opened(str(tmp_path / "real.db")), opened(str(tmp_path / "name.db"))
    assert (one.claim("letters"), other.claim("letters")) == (1, 0)


def test_where_no_lock_can_be_made_it_is_said(tmp_path: Path, opened: Opener) -> None:
    store = opened(str(tmp_path / "store.db"))
    (tmp_path / "store.db-letters").mkdir()
    with pytest.raises(StoreError) as refused:
        store.claim("letters")
    assert refused.value.code == "ZR851"


@pytest.mark.parametrize("durable", ["postgres"], indirect=True)
def test_a_duty_that_was_lost_with_its_connection_is_not_the_same_again(
    durable: str, opened: Opener
) -> None:
    import psycopg

    one, other = opened(durable), opened(durable)
    first = one.claim("letters")
    with psycopg.connect(durable, autocommit=True) as manager:
        manager.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks "
            "WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
    assert one.claim("letters") not in (0, first)
    assert other.claim("letters") == 0


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody be silent for more than a second."""
    monkeypatch.setattr(claims, "SILENT", 1.0)
    monkeypatch.setattr(postgres_claims, "SILENT", 1.0)


@pytest.mark.skipif(os.name == "nt", reason="there a file that is open stays in its place")
@pytest.mark.usefixtures("hasty")
def test_who_hangs_loses_a_duty_and_who_only_waits_does_not(durable: str, opened: Opener) -> None:
    one, other, third = opened(durable), opened(durable), opened(durable)
    first, until = one.claim("letters"), time.monotonic() + 3
    while time.monotonic() < until:
        assert (other.claim("letters"), third.claim("letters")) == (0, 0)
        assert one.claim("letters") == first
        time.sleep(0.05)
    # From here on the first says nothing.
    while not (second := other.claim("letters")):
        assert time.monotonic() < until + 60
        time.sleep(0.05)
    assert one.claim("letters") == 0, "what it would do next is not done"
    assert (other.claim("letters"), third.claim("letters")) == (second, 0)
    other.close()
    again = one.claim("letters")
    assert again not in (0, first)
    assert third.claim("letters") == 0


@pytest.mark.skipif(os.name == "nt", reason="there a file that is open stays in its place")
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("when", ["it was found", "it is done"])
def test_of_several_who_find_that_one_hangs_one_alone_has_its_duty(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, third = (claims.FileClaims(tmp_path / "s.db") for _ in range(3))
    assert (one.claim("letters"), other.claim("letters"), third.claim("letters")) == (1, 0, 0)
    time.sleep(1.1)
    between: list[int] = []

    def found(*_: Any) -> bool:
        monkeypatch.undo()
        monkeypatch.setattr(claims, "SILENT", 1.0)
        between.append(third.claim("letters"))
        return True

    def done(*args: Any, **how: Any) -> None:
        monkeypatch.undo()
        monkeypatch.setattr(claims, "SILENT", 1.0)
        between.append(third.claim("letters"))
        system.replace(*args, **how)

    if when == "it was found":
        monkeypatch.setattr(other, "_hangs", found)
    else:
        monkeypatch.setattr(claims, "replace", done)
    had = [other.claim("letters") > 0, *(number > 0 for number in between)]
    assert sorted(had) == [False, True]
    assert [path.name for path in tmp_path.iterdir()] == ["s.db-letters"]
    for each in (one, other, third):
        each.close()


def test_a_duty_whose_file_was_taken_away_is_not_had_by_two(tmp_path: Path, opened: Opener) -> None:
    one, other = opened(str(tmp_path / "s.db")), opened(str(tmp_path / "s.db"))
    assert one.claim("letters") == 1
    (tmp_path / "s.db-letters").unlink()
    assert other.claim("letters") == 1
    assert one.claim("letters") == 0
    (tmp_path / "s.db-letters").unlink()
    assert other.claim("letters") == 2
    assert one.claim("letters") == 0


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="tells which files are open")
@pytest.mark.usefixtures("hasty")
def test_only_who_has_a_duty_has_its_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def still_open() -> list[str]:
        links = (each for each in Path("/proc/self/fd").iterdir() if each.is_symlink())
        return [found.name for each in links if (found := each.readlink()).parent == tmp_path]

    one, other, third = (claims.FileClaims(tmp_path / "s.db") for _ in range(3))
    assert (one.claim("letters"), other.claim("letters")) == (1, 0)
    assert still_open() == ["s.db-letters"]
    time.sleep(1.1)
    assert other.claim("letters") > 0
    assert one.claim("letters") == 0
    assert still_open() == ["s.db-letters"]
    other.close()

    def late(file: int, *, wait: bool) -> bool:
        monkeypatch.setattr(claims, "lock", system.lock)
        (tmp_path / "s.db-letters").unlink()
        assert third.claim("letters") > 0
        return system.lock(file, wait=wait)

    monkeypatch.setattr(claims, "lock", late)
    assert one.claim("letters") == 0, "what it locked stands there no more"
    assert still_open() == ["s.db-letters"]
    third.close()
    assert still_open() == []
