"""A whole copy of a store that is a file, made while others go on writing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_SECONDS = 30


def back_up(source: Path, target: Path) -> None:
    """Write a copy of the store in a file into `target`, as `Store.back_up` does."""
    if target.exists():
        raise FileExistsError(target)
    fresh = target.with_name(f"{target.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        _copy(source, fresh)
        fresh.rename(target)
    except BaseException:
        for left in (fresh, fresh.with_name(f"{fresh.name}-journal")):
            left.unlink(missing_ok=True)
        raise


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=_SECONDS)) as live:
        live.execute("PRAGMA query_only = ON")
        with closing(sqlite3.connect(target)) as copy:
            # All pages in one step: of one instant, however much is written meanwhile.
            live.backup(copy)
