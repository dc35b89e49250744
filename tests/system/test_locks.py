"""Locks, where there are some and where there are none."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from zhunru.system import let_go, lock


def test_one_alone_has_a_lock_and_the_next_when_it_lets_go(tmp_path: Path) -> None:
    one, other = (os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT) for _ in range(2))
    assert lock(one, wait=False)
    assert not lock(other, wait=False)
    let_go(one)
    assert lock(other, wait=True)
    let_go(other)


def test_a_file_system_without_locks_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*given: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    assert lock(0, wait=False)
    assert lock(0, wait=True)
