"""The rows of a frame as tuples of small numbers, one for each class that stands in a column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from zhunru.batch.classes import Cell, FactClasses, Role
from zhunru.batch.kinds import Given
from zhunru.compiler.plan import Plan
from zhunru.compiler.values import UNKNOWN, civil

Row = tuple[int, ...]

_ABSENT = 0
BY_ITSELF = -1  # of a value that no other may share an answer with
_MOST_VALUES = 20_000  # of one column that are kept as they are
_LONGEST = 200  # characters of a text that is kept: longer ones are rarely met twice


class PlainNumbers(dict[Any, int]):
    """The numbers of plain values of one kind: True and 1 are equal keys, and two facts."""

    def __init__(self, number: Callable[[Any], int]) -> None:
        super().__init__()
        self._of = number

    def __missing__(self, value: Any) -> int:
        if isinstance(value, str) and (len(value) > _LONGEST or not value.strip()):
            return BY_ITSELF
        if len(self) >= _MOST_VALUES:
            self.clear()  # their classes stay numbered as they were
        number = self[value] = self._of(value)
        return number


class Column:
    """What is known of the cells of a column: each distinct one is read once."""

    def __init__(self, classes: FactClasses, name: str) -> None:
        self.name = name
        self.role = classes.role(name)
        self.absent = classes.absent(name)
        self.cells = [self.absent]  # by number
        self.places = [classes.places(name, self.absent)]
        self.unknown = [self._lacks(self.absent)]
        self.numbers: dict[str | None, int] = {None: _ABSENT}
        self._classes = classes
        self._codes: dict[Any, int] = {}
        self._days: dict[str | None, date | None] = {}
        kinds: tuple[type, ...] = (str, bool, int)
        self._plain = {kind: PlainNumbers(self._number) for kind in kinds}

    def __len__(self) -> int:
        return len(self.numbers) + len(self._days) + sum(map(len, self._plain.values()))

    def plain(self, value: Any) -> int:
        """Return the number of a text, truth value or whole number as it is; BY_ITSELF of any other
        value."""
        known = self._plain.get(type(value))
        return BY_ITSELF if known is None else known[value]

    def numbered(self, column: Sequence[str | None], values: Mapping[str, Any]) -> list[int]:
        """Return the numbers of cells."""
        numbers = self.numbers
        for cell in set(column) - numbers.keys():
            numbers[cell] = self._number(values.get(cell or "", cell))
        return [numbers[cell] for cell in column]

    def _number(self, value: Any) -> int:
        if isinstance(value, str) and not value.strip():
            return _ABSENT
        found = self._classes.of(self.name, value)
        number = self._codes.setdefault(found.code, len(self.cells))
        if number == len(self.cells):
            self.cells.append(found)
            self.places.append(self._classes.places(self.name, found))
            self.unknown.append(self._lacks(found))
        return number

    def _lacks(self, cell: Cell) -> bool:
        return self.role is Role.FIELD and cell.value is UNKNOWN

    def read(self, cell: str | None, values: Mapping[str, Any]) -> Cell:
        """Return what just this cell says, not one of its class."""
        value = values.get(cell or "", cell)
        blank = value is None or (isinstance(value, str) and not value.strip())
        return self.absent if blank else self._classes.of(self.name, value)

    def day(self, cell: str | None, values: Mapping[str, Any]) -> date | None:
        """Return the day that a cell gives; None for one that gives none."""
        if cell not in self._days:
            if len(self._days) >= _MOST_VALUES:
                self._days.clear()
            found = civil(self.read(cell, values).value)
            self._days[cell] = found if isinstance(found, date) else None
        return self._days[cell]


class Sheet:
    """The columns of files with one heading, those that mean something; `kept` is what was found
    of their rows. `column` returns the column of a name."""

    def __init__(self, plan: Plan, names: Sequence[str], column: Callable[[str], Column]) -> None:
        self.columns = [column(name) for name in names]
        self.kept: dict[Row, Any] = {}
        self.governing = column(plan.governing_field) if plan.governing_field else None
        self.received = [each for each in self.columns if each.role is Role.RECEIVED]
        self._absent = [column(name) for name in plan.fields if name not in names]
        # The day of the field that governs counts before that of receipt: it is taken last.
        last = [at for at, each in enumerate(self.columns) if each is self.governing]
        self._order = sorted(range(len(names)), key=lambda at: (at in last, at))
        self._lacking = tuple(each.name for each in self._absent if each.unknown[_ABSENT])

    def given(self, row: Row, law: tuple[tuple[int, int], ...]) -> Given | None:
        """Return what rows with these numbers tell, where classes alone do; `law` is the place of
        the day of receipt of rows that give none."""
        known, unknown = dict(law), list(self._lacking)
        for column in self._absent:
            places = column.places[_ABSENT]
            if places is None:
                return None
            known.update(places)
        for at in self._order:
            column, number = self.columns[at], row[at]
            places = column.places[number]
            if places is None:
                return None
            known.update(places)
            if column.unknown[number]:
                unknown.append(column.name)
        return Given(known, tuple(unknown))


class Numbered:
    """Rows whose columns are numbered: `texts` are the cells of each column of the sheet, `values`
    what stands for those that hold a key, `lines` the numbers of the rows in their file."""

    def __init__(
        self,
        sheet: Sheet,
        texts: Sequence[Sequence[Any]],
        lines: Sequence[int],
        values: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.sheet = sheet
        self.lines = lines
        self.values = values
        self._texts = texts

    def rows(self) -> Iterator[Row]:
        """Yield the numbers of each row."""
        if not self._texts:
            return iter([()] * len(self.lines))
        pairs = zip(self.sheet.columns, self._texts, strict=True)
        return zip(*(c.numbered(texts, self.values) for c, texts in pairs), strict=True)

    def cells(self, row: Row) -> dict[str, Cell]:
        """Return what stands in the columns of rows with these numbers."""
        columns = self.sheet.columns
        return {c.name: c.cells[number] for c, number in zip(columns, row, strict=True)}

    def exactly(self, at: int) -> tuple[str | None, ...]:
        """Return what stands in a row, as it stands."""
        return tuple(texts[at] for texts in self._texts)

    def facts(self, at: int) -> dict[str, Any]:
        """Return what a row gives."""
        values = self.values
        return {
            column.name: values.get(cell, cell)
            for column, cell in zip(self.sheet.columns, self.exactly(at), strict=True)
            if cell is not None
        }

    def law_day(self, at: int, received: date) -> date:
        """Return the day whose law applies to a row; `received` if it gives no day at all."""
        names = (column.name for column in self.sheet.columns)
        cells, values = dict(zip(names, self.exactly(at), strict=True)), self.values
        governing, day = self.sheet.governing, None
        if governing is not None:
            day = governing.day(cells.get(governing.name), values)
        for column in reversed(self.sheet.received):
            day = day or column.day(cells[column.name], values)
        return day or received
