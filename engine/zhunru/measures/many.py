"""Very many rows: made when they are asked for, and counted without being made.

A chart of 600,000 grids is asked grid by grid whether each has its staff: nearly all have, and of
those no more is needed than how many rows name them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar
from unicodedata import is_normalized

from zhunru.checker.register_table import ABSENT, RegisterTable
from zhunru.checker.resolved import NOTHING, normal_title
from zhunru.checker.unit_table import UnitTable
from zhunru.on_demand import OnDemand

if TYPE_CHECKING:
    from zhunru.checker.resolved_measures import Link
    from zhunru.measures.rows import Row

T = TypeVar("T")


class Made(OnDemand[T]):
    """So many things, each made by `make` from its place."""

    def __init__(self, size: int, make: Callable[[int], T]) -> None:
        self._size = size
        self._make = make

    def __len__(self) -> int:
        return self._size

    def make(self, at: int) -> T:
        """Return one of them."""
        return self._make(at)


class Named(Made["Row"]):
    """Units of a large chart: their names without the rest."""

    def __init__(self, names: Sequence[str], make: Callable[[int], Row]) -> None:
        super().__init__(len(names), make)
        self.names = names


class Registered(Made["Row"]):
    """Rows of a large register: their columns without the rest."""

    def __init__(self, table: RegisterTable, make: Callable[[int], Row]) -> None:
        super().__init__(len(table), make)
        self.table = table


def said(rows: Sequence[Row], link: Link) -> Sequence[str] | None:
    """Return whom each of very many rows names, one by one; a blank one names nobody.

    None where they are not kept by column, or name several at once.
    """
    if isinstance(rows, Named):
        return None if link.column else rows.names
    if not isinstance(rows, Registered) or rows.table.headings.count(link.column) != 1:
        return None
    column = rows.table.columns[rows.table.headings.index(link.column)]
    kinds = set(map(type, column)) - {str, type(NOTHING), type(ABSENT)}
    if kinds:
        return None
    return [value if value.__class__ is str else "" for value in column]


class Places:
    """Very many rows by whom they belong to, as `Rows.index` gives those of fewer."""

    def __init__(
        self, rows: Sequence[Row], named: Sequence[str], link: Link, units: Mapping[str, Any]
    ) -> None:
        self._rows = rows
        self._units = units if link.below else None
        self._at: dict[str, int | list[int]] = {}
        for at, name in enumerate(named):
            if name:
                self._add(name, at)
        for at, title in () if link.below else _other_titles(named):
            self._add(title, at)

    def _add(self, name: str, at: int) -> None:
        # Most have one row, which needs no list around it: with 600,000 of them the lists would
        # weigh more.
        found = self._at.setdefault(name, at)
        if found.__class__ is list:
            found.append(at)
        elif found != at:
            self._at[name] = [found, at]  # type: ignore[list-item]

    def get(self, name: Any, default: Sequence[Row] = ()) -> Sequence[Row]:
        """Return the rows that belong to a body, in their order."""
        names = self._units.below(name) if isinstance(self._units, UnitTable) else (name,)
        found = (self._at.get(each, ()) for each in names)
        places = chain.from_iterable((at,) if isinstance(at, int) else at for at in found)
        return [self._rows[at] for at in sorted(set(places))] or default


def _other_titles(named: Iterable[str]) -> list[tuple[int, str]]:
    """Return the places of names that are written otherwise than titles are compared."""
    names = list(named)
    text = "\n".join(names)
    if is_normalized("NFKC", text) and normal_title(text) == "".join(names):
        return []  # nearly always: one look at all of them tells
    titles = ((at, name, normal_title(name)) for at, name in enumerate(names))
    return [(at, title) for at, name, title in titles if title != name]


def totals(named: Sequence[str], link: Link, units: Mapping[str, Any]) -> Mapping[str, int] | None:
    """Return how many rows belong to each body; None where that has to be asked one by one."""
    counts = Counter(named)
    # A Counter does not mind that it may not have it.
    del counts[""]
    if not link.below:
        counts.update(title for _, title in _other_titles(named))
        return counts
    if not isinstance(units, UnitTable):
        return None
    found = Counter(counts)
    # Up the chart a step at a time, all together: nothing stands above itself in a checked set.
    while counts:
        higher: Counter[str] = Counter()
        for name, count in counts.items():
            superior = units.superior(name)
            if superior:
                higher[superior] += count
        found.update(higher)
        counts = higher
    return found
