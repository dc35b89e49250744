"""A whole copy of a store that is a file, made while others go on writing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def back_up(live: sqlite3.Connection, target: Path) -> None:
    """Write a copy of the store of a connection into `target`, as `Store.back_up` does."""
    if target.exists():
        raise FileExistsError(target)
    fresh = target.with_name(f"{target.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(fresh)) as copy:
            # All pages in one step: of one instant, however much is written meanwhile.
            live.backup(copy)
        fresh.rename(target)
    except BaseException:
        for left in (fresh, fresh.with_name(f"{fresh.name}-journal")):
            left.unlink(missing_ok=True)
        raise
