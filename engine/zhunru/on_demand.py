"""Sequences whose items are made when they are asked for, and not kept.

A chart of a province has 600,000 grids, and nearly none of them is ever looked at as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import eq
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class OnDemand(Sequence[T], Generic[T]):
    """A sequence of what `make` returns for each place; it says itself how long it is."""

    __slots__ = ()

    def make(self, at: int) -> T:
        """Return the item of a place from 0."""
        raise NotImplementedError

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        found = range(len(self))[at]
        return self.make(found) if isinstance(found, int) else tuple(map(self.make, found))

    def __iter__(self) -> Iterator[T]:
        return map(self.make, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        # Equal ones are equally long; hashing the items would make them all.
        return hash(len(self))
