"""Rows of large sheets kept by column: a row becomes a node, with its places, when it is asked for.

A province has 60,000 communities and ten times as many grids: an object for each cell and place of
such a sheet would take gigabytes, and nearly none of them is ever looked at.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TypeVar

from zhunru.diagnostics import Span
from zhunru.on_demand import OnDemand
from zhunru.syntax.nodes import Name, Unit
from zhunru.syntax.sheet import Line, Row, Sheet
from zhunru.syntax.workbook import Worksheet

# From so many rows on a sheet is kept by column; below, plain nodes are as good.
MANY = 2_000

T = TypeVar("T")
RegisterRow = tuple[tuple[str, str, Span], ...]


class Places:
    """Where the rows stand in their sheet: numbers and starts, the places of cells on demand."""

    __slots__ = ("numbers", "sheet", "starts")

    def __init__(self, sheet: Sheet | Worksheet) -> None:
        # Rows are kept as long as their policy is; the cells must not be kept with them.
        self.sheet = sheet.without_cells() if isinstance(sheet, Worksheet) else sheet
        # Four bytes a row each; lists of numbers would take many times that.
        self.numbers = array("I")
        self.starts = array("I")

    def add(self, line: Line) -> None:
        """Note where the next row stands."""
        self.numbers.append(line[0])
        self.starts.append(line[1])

    def row(self, at: int) -> Row:
        """Return the row as the sheet has it; of a workbook without its texts."""
        return self.sheet.row_of((self.numbers[at], self.starts[at], []))

    def span(self, at: int, column: int) -> Span:
        """Return the place of a cell, row and column counted from 0."""
        return self.sheet.span(self.row(at), column)


class Rows(OnDemand[T]):
    """The rows of a sheet, each as what it says."""

    __slots__ = ()

    places: Places

    def __len__(self) -> int:
        return len(self.places.numbers)


class UnitRows(Rows[Unit]):
    """Units of a sheet: names, levels and superiors by column; `others` say more than these."""

    __slots__ = ("columns", "levels", "names", "others", "places", "superiors")

    def __init__(self, places: Places, columns: tuple[int, int, int]) -> None:
        self.places = places
        self.columns = columns
        self.names: list[str] = []
        self.levels: list[str] = []
        self.superiors: list[str] = []
        self.others: dict[int, Unit] = {}

    def add(self, line: Line, name: str, level: str, superior: str) -> None:
        """Add a unit that is no more than a plain name, a level and a superior."""
        self.places.add(line)
        self.names.append(name)
        self.levels.append(level)
        self.superiors.append(superior)

    def add_other(self, line: Line, unit: Unit) -> None:
        """Add any other unit."""
        self.others[len(self.names)] = unit
        self.add(line, unit.name.text, _text(unit.level), _text(unit.superior))

    def make(self, at: int) -> Unit:
        """Return a unit with its places."""
        other = self.others.get(at)
        if other is not None:
            return other
        row, span = self.places.row(at), self.places.sheet.span
        words = (self.names[at], self.levels[at], self.superiors[at])
        name, level, superior = (
            Name(word, span(row, column)) if word else None
            for word, column in zip(words, self.columns, strict=True)
        )
        assert name is not None
        return Unit(name=name, level=level, superior=superior, span=span(row, 0))


class RegisterRows(Rows[RegisterRow]):
    """Rows of a register: `texts` of each column by heading, empty where a row says nothing."""

    __slots__ = ("columns", "headings", "places", "texts")

    def __init__(self, places: Places, headings: Sequence[str], columns: Sequence[int]) -> None:
        self.places = places
        self.headings = tuple(headings)
        self.columns = tuple(columns)
        self.texts: tuple[list[str], ...] = tuple([] for _ in headings)

    def make(self, at: int) -> RegisterRow:
        """Return heading, text and place of the cells of a row that say anything."""
        row, span = self.places.row(at), self.places.sheet.span
        cells = zip(self.headings, self.columns, self.texts, strict=True)
        return tuple((h, texts[at], span(row, c)) for h, c, texts in cells if texts[at])


def _text(name: Name | None) -> str:
    return name.text if name is not None else ""
