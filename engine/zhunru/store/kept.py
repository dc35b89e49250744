"""Rows as the last write of a store left them, for the next write to begin with.

They hold for as long as nobody else has written to the database, which every write asks it first.
"""

from __future__ import annotations

from zhunru.store.base import CaseRow
from zhunru.store.chain import Head
from zhunru.store.tables import Record

# Of rows that nobody asks for again only so many are held in memory.
_MOST_CASES = 1 << 12


class Kept:
    """Cases and timers by case, heads and numbers by partition; None: there is none."""

    __slots__ = ("cases", "heads", "homes", "ids", "timers")

    def __init__(self) -> None:
        self.cases: dict[str, CaseRow | None] = {}
        # The numbers of the partitions that cases are in.
        self.homes: dict[str, int] = {}
        # As the database gave them: most are only compared with what is to be written.
        self.timers: dict[str, Record | None] = {}
        self.heads: dict[str, Head] = {}
        self.ids: dict[str, int] = {}

    def clear(self) -> None:
        """Forget everything: somebody else has written, or a write has failed."""
        for each in (self.cases, self.homes, self.timers, self.heads, self.ids):
            each.clear()

    def bound(self) -> None:
        """Begin anew once too much is kept."""
        if len(self.cases) > _MOST_CASES or len(self.timers) > _MOST_CASES:
            self.clear()
