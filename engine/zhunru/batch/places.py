"""Which rows of a frame two sets may answer otherwise, told by the classes of their facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from zhunru.analysis import differing
from zhunru.batch.classes import Cell, Role
from zhunru.batch.frames import Frame
from zhunru.batch.numbers import Column
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.values import UNKNOWN

MOST_KEPT = 100_000

_Classes = tuple["int | None", ...]


class Differing:
    """The rows that a draft may answer otherwise; `column` reads the cells of a column.

    Only the fields on which that hangs are looked at. What is not known may be anything.
    """

    def __init__(
        self, current: CompiledPolicy, draft: CompiledPolicy, decision: str, received: date
    ) -> None:
        self._told = differing(current, draft, decision)
        self._received = received
        self._classes: dict[str, dict[str | None, int | None]] = {}
        self._kept: dict[tuple[Any, ...], bool] = {}

    @property
    def everywhere(self) -> bool:
        """Tell whether each row may be answered otherwise."""
        return bool(self._told.everywhere)

    def rows(self, frame: Frame, columns: Sequence[Column]) -> list[bool]:
        """Tell of each row of a frame whether it may be answered otherwise."""
        if self.everywhere:
            return [True] * frame.cells.height
        if sum(map(len, self._classes.values())) + len(self._kept) > MOST_KEPT:
            self._classes, self._kept = {}, {}
        # Where rows give their own day of receipt, it may be any: that of the law is a field.
        dated = any(column.role is Role.RECEIVED for column in columns)
        received = None if dated else self._received
        names = set(self._told.fields)
        asked = [column for column in columns if column.name in names]
        heading = tuple(column.name for column in asked)
        return [self._may(heading, row, received) for row in self._rows(frame, asked)]

    def _rows(self, frame: Frame, columns: Sequence[Column]) -> Iterator[_Classes]:
        if not columns:
            return iter([()] * frame.cells.height)
        return zip(*(self._of(column, frame) for column in columns), strict=True)

    def _of(self, column: Column, frame: Frame) -> list[int | None]:
        known = self._classes.setdefault(column.name, {})
        cells = frame.cells[column.name].to_list()
        for cell in set(cells) - known.keys():
            known[cell] = self._class(column.name, column.read(cell, frame.values))
        return [known[cell] for cell in cells]

    def _class(self, name: str, cell: Cell) -> int | None:
        unsure = cell.value is UNKNOWN or cell.alone is not None or cell.named
        return None if unsure else self._told.class_of(name, cell.value)

    def _may(self, heading: tuple[str, ...], row: _Classes, received: date | None) -> bool:
        key = (heading, row)
        found = self._kept.get(key)
        if found is None:
            classes = dict(zip(heading, row, strict=True))
            found = self._kept[key] = self._told.may_be(classes, received)
        return found
