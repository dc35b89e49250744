"""Rows of a large register by column: the same sequence as of a small one, made as asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

from zhunru.checker.resolved import Value

Row = tuple[tuple[str, Value], ...]


class RegisterTable(Sequence[Row]):
    """Rows of typed values. `columns` has one list for each of `headings`, `ABSENT` for a blank."""

    __slots__ = ("columns", "headings")

    def __init__(self, headings: Sequence[str], columns: Sequence[list[Any]]) -> None:
        self.headings = tuple(headings)
        self.columns = tuple(columns)

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @overload
    def __getitem__(self, at: int) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...

    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return tuple(map(self._row, range(*at.indices(len(self)))))
        return self._row(range(len(self))[at])

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(map(tuple.__eq__, self, other))

    def __hash__(self) -> int:
        return hash((self.headings, len(self)))

    def _row(self, at: int) -> Row:
        cells = zip(self.headings, self.columns, strict=True)
        return tuple((h, value) for h, column in cells if (value := column[at]) is not ABSENT)

    def values(self, at: int) -> dict[str, Value]:
        """Return a row as a mapping."""
        return dict(self._row(at))


# What a column has where a row says nothing.
ABSENT: Any = None
