"""Rows of a large register by column: the same sequence as of a small one, made as asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhunru.checker.resolved import Value
from zhunru.on_demand import OnDemand

Row = tuple[tuple[str, Value], ...]


class RegisterTable(OnDemand[Row]):
    """Rows of typed values. `columns` has one list for each of `headings`, `ABSENT` for a blank."""

    __slots__ = ("columns", "headings")

    def __init__(self, headings: Sequence[str], columns: Sequence[list[Any]]) -> None:
        self.headings = tuple(headings)
        self.columns = tuple(columns)

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def make(self, at: int) -> Row:
        """Return a row: heading and value of the cells that say anything."""
        cells = zip(self.headings, self.columns, strict=True)
        return tuple((h, value) for h, column in cells if (value := column[at]) is not ABSENT)

    def values(self, at: int) -> dict[str, Value]:
        """Return a row as a mapping."""
        return dict(self.make(at))


# What a column has where a row says nothing.
ABSENT: Any = None
