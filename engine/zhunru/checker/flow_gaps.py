"""Cases for which a table that gives a limit has no row: there is no limit then, and no end.

Unlike the finding about a table as a whole this asks what the look-up may be asked: a text that no
row names is a gap here, and a choice that its field does not have is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker.belonging import Belonging
from zhunru.checker.cells import (
    Cells,
    Constant,
    Outside,
    Units,
    cells_of_column,
    constant_on,
)
from zhunru.checker.parameters import resolve_parameters
from zhunru.checker.periods import both
from zhunru.checker.regions import Box, Piece, Regions, TooMany
from zhunru.checker.resolved_flows import Gap
from zhunru.checker.resolved_parts import parts, substitute
from zhunru.checker.table_regions import days_of
from zhunru.checker.words import Phrase, case_of, first_of

if TYPE_CHECKING:
    from zhunru.checker.model import Model

_SHOWN = 3  # gaps that are told in words
_MOST_BOXES = 50_000


@dataclass(frozen=True)
class _Asked:
    """What a look-up asks about once: a field, a value, or what is computed for one column."""

    name: str
    kind: r.Type
    value: r.Const | None = None


def gap_of(model: Model, table: r.ResolvedTable, found: r.LookUp) -> Gap | None:
    """Return the cases in which a look-up meets no row; None: it always meets one."""
    inputs = [name for name, _ in table.inputs]
    # The usual last row, which meets whatever is left.
    if any(all(test == r.Every(()) for test in row.tests) for row in table.rows):
        return None
    try:
        cases = list(_Looked(model, table, dict(zip(inputs, _asked(table, found), strict=True))))
    except (Outside, TooMany):
        return Gap(table=table.name, sure=False)
    if not cases:
        return None
    told = first_of(cases, _SHOWN)
    return Gap(table=table.name, zh=told.zh, en=told.en)


def _asked(table: r.ResolvedTable, found: r.LookUp) -> Iterator[_Asked]:
    """Yield what each column is asked about; columns that are given one field ask about one."""
    for (name, kind), arg in zip(table.inputs, found.args, strict=True):
        if isinstance(arg, r.FieldValue):
            yield _Asked(arg.name, arg.type)
        elif isinstance(arg, r.Const):
            yield _Asked(f"\x00{name}", kind, arg)
        else:
            yield _Asked(f"\x00{name}", replace(kind, optional=_may_be_none(arg)))


def _may_be_none(expr: r.RExpr) -> bool:
    if isinstance(expr, r.FieldValue):
        return expr.type.optional
    if isinstance(expr, r.LookUp):
        return True
    return any(map(_may_be_none, parts(expr)))


class _Looked:
    """The cases that no row meets, in words, the largest first."""

    def __init__(self, model: Model, table: r.ResolvedTable, asked: Mapping[str, _Asked]) -> None:
        parameters = resolve_parameters(model)
        symbol = model.scope.find(table.name, "table")
        life = both(model.life, symbol.node.period) if symbol else model.life
        days = days_of(table, life, parameters)
        self.constants = [constant_on(parameters, start) for start, _ in days]
        self.bodies = Belonging(model.chart.units, model.chart.bearers())
        values: dict[str, r.RExpr] = {
            name: r.FieldValue(one.name, one.kind) for name, one in asked.items()
        }
        tests: dict[_Asked, list[r.RExpr]] = {one: [] for one in asked.values()}
        for row in table.rows:
            of_row: dict[_Asked, list[r.RExpr]] = {one: [] for one in tests}
            for (name, _), test in zip(table.inputs, row.tests, strict=True):
                of_row[asked[name]].append(substitute(test, values))
            for one, mine in of_row.items():
                tests[one].append(r.Every(tuple(mine)))
        self.columns = {one: self._cells(one, mine) for one, mine in tests.items()}
        self.tests = tests
        sizes = [len(days), *(cells.size for cells in self.columns.values())]
        self.regions = Regions(sizes, self._pieces(len(table.rows)), _MOST_BOXES)

    def _cells(self, one: _Asked, tests: list[r.RExpr]) -> Cells:
        # What is no choice of a field cannot be given; what no column declares, a row may name.
        seen = [*tests, *self._fixed(one)]
        return cells_of_column(
            one.name, one.kind, seen, self.constants, self.bodies, declared=one.value is None
        )

    def _fixed(self, one: _Asked) -> list[r.RExpr]:
        if one.value is None or one.value.value is r.NOTHING:
            return []
        return [r.Test("==", r.FieldValue(one.name, one.kind), one.value)]

    def _pieces(self, rows: int) -> Iterator[Piece]:
        for at in range(rows):
            for epoch, constant in enumerate(self.constants):
                columns = self.columns.items()
                box = tuple(cells.mask(self.tests[one][at], constant) for one, cells in columns)
                yield Piece(at, (1 << epoch, *box))

    def __iter__(self) -> Iterator[Phrase]:
        whole = (self.regions.whole[0], *(self._possible(one) for one in self.columns))
        return (self._words(box, whole) for box in self.regions.gaps_within(whole))

    def _possible(self, one: _Asked) -> int:
        """Return the cells in which what is asked about can lie."""
        cells = self.columns[one]
        if one.value is not None:
            return self._of_value(one, cells, self.constants[0])
        # Bodies outside the chart are refused.
        if isinstance(cells, Units) and not cells.values[-1]:
            return cells.listed
        return cells.every

    def _of_value(self, one: _Asked, cells: Cells, constant: Constant) -> int:
        tests = self._fixed(one)
        found = cells.mask(tests[0], constant) if tests else cells.nothing
        return found or cells.every & ~cells.nothing

    def _words(self, box: Box, whole: Box) -> Phrase:
        parts = zip(self.columns.items(), box[1:], whole[1:], strict=True)
        return case_of(
            (one.name.removeprefix("\x00"), cells.words(mine))
            for (one, cells), mine, every in parts
            if mine != every
        )
