"""What the rows of a table say together: overlaps, gaps, rows that are never met or never reached.

Exact for cells that compare a column with constants, parameters, units, bands and lists of them. A
table with other cells is reported as not decided, never as fine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from zhunru.checker import resolved as r
from zhunru.checker.belonging import Belonging
from zhunru.checker.cells import (
    Constant,
    Outside,
    cells_of_column,
    constant_on,
    parameters_in,
)
from zhunru.checker.parameters import resolve_parameters
from zhunru.checker.periods import both
from zhunru.checker.regions import Box, Piece, Regions, TooMany, cells_of
from zhunru.checker.tables import own_tables
from zhunru.checker.words import Phrase, case_of, first_of
from zhunru.syntax import nodes as n
from zhunru.vocabulary import HitPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunru.checker.model import Model

_ONE_ANSWER = (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY)
_SHOWN = 3  # gaps that are told in words
_PAIRS = 20  # overlapping pairs of one table that are reported
_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Gap:
    """Cases that no row of a table meets, by column; a column left out may hold anything."""

    columns: tuple[tuple[str, Phrase], ...]

    def told(self) -> Phrase:
        """Return the cases in words."""
        return case_of(self.columns)


class TableRegions:
    """The rows of one table as boxes. Raises `Outside` where some cell is no box."""

    def __init__(
        self,
        table: r.ResolvedTable,
        life: n.Period,
        parameters: Mapping[str, r.ResolvedParameter],
        bodies: Belonging,
        declared: Callable[[str], bool] = bool,
    ) -> None:
        self.table = table
        self.days = days_of(table, life, parameters)
        constants = [constant_on(parameters, start) for start, _ in self.days]
        self.columns = [
            cells_of_column(
                name,
                kind,
                (row.tests[at] for row in table.rows),
                constants,
                bodies,
                declared=declared(name),
            )
            for at, (name, kind) in enumerate(table.inputs)
        ]
        sizes = [len(self.days), *(column.size for column in self.columns)]
        self.regions = Regions(sizes, self._pieces(constants))

    def _pieces(self, constants: Sequence[Constant]) -> Iterator[Piece]:
        """Yield the boxes of each row: one for all days on which it meets the same cells."""
        for at, row in enumerate(self.table.rows):
            boxes: dict[Box, int] = {}
            for epoch, constant in enumerate(constants):
                tests = zip(self.columns, row.tests, strict=True)
                box = tuple([column.mask(test, constant) for column, test in tests])
                boxes[box] = boxes.get(box, 0) | 1 << epoch
            for box, days in boxes.items():
                yield Piece(at, (days, *box))

    # --- answers -------------------------------------------------------------------------------

    def overlaps(self) -> Iterator[tuple[int, int, Gap]]:
        """Yield the rows that meet the same cases, in pairs, with these cases."""
        for one, other, box in self.regions.overlaps():
            yield one, other, self._gap(box)

    @cached_property
    def gaps(self) -> list[Gap]:
        """Return the cases that no row meets, the largest first. In a column of texts, matters or
        units that is what the table lists: what it does not name is no gap."""
        listed = (self.regions.whole[0], *(column.listed for column in self.columns))
        return [self._gap(box) for box in self.regions.gaps_within(listed)]

    def never_met(self) -> list[int]:
        """Return the rows that meet no case at all."""
        met = self.regions.rows()
        return [at for at in range(len(self.table.rows)) if at not in met]

    def hidden(self) -> list[int]:
        """Return the rows all cases of which go to rows that are taken first."""
        if self.table.hit is HitPolicy.FIRST:
            ranks: list[Any] = list(range(len(self.table.rows)))
        elif self.table.hit is HitPolicy.PRIORITY:
            ranks = [(*self.table.rank_of(row), at) for at, row in enumerate(self.table.rows)]
        else:
            return []
        met = self.regions.rows()
        return [
            at
            for at in range(len(ranks))
            if at in met and self.regions.hidden(at, partial(_goes_first, ranks, at))
        ]

    # --- words ---------------------------------------------------------------------------------

    def _gap(self, box: Box) -> Gap:
        parts: list[tuple[str, Phrase]] = []
        if box[0] != self.regions.whole[0]:
            parts.append(("日期", self._days_told(box[0])))
        for column, cells in zip(self.columns, box[1:], strict=True):
            if cells & column.listed != column.listed:
                parts.append((column.name, column.words(cells)))
        return Gap(tuple(parts))

    def _days_told(self, mask: int) -> Phrase:
        spans = [self.days[at] for at in cells_of(mask)]
        zh = "、".join(f"{start}至{end or ''}" for start, end in spans)
        return Phrase(f"在{zh}", "within " + ", ".join(f"{s}..{e or ''}" for s, e in spans))


def _goes_first(ranks: Sequence[Any], row: int, other: int) -> bool:
    return bool(ranks[other] < ranks[row])


def days_of(
    table: r.ResolvedTable, life: n.Period, parameters: Mapping[str, r.ResolvedParameter]
) -> list[tuple[date | None, date | None]]:
    """Return the stretches of days on which the parameters of the cells keep their values."""
    # Only the parameters of its cells cut the days: others may change without touching it.
    asked = {name for row in table.rows for test in row.tests for name in parameters_in(test)}
    if not asked:
        return [(None, None)]
    turns = {start for name in asked for start, _, _ in parameters[name].values}
    turns |= {end + _DAY for name in asked if (end := parameters[name].end) and end < date.max}
    first = life.start or min(turns)
    starts = [first, *sorted(t for t in turns if t > first and (not life.end or t <= life.end))]
    return list(zip(starts, [*(start - _DAY for start in starts[1:]), life.end], strict=True))


# --- findings ----------------------------------------------------------------------------------


def check_regions(model: Model) -> None:
    """Rows of a table do not contradict each other, leave nothing out, and are all of use."""
    tables = [(node, table) for node, table in own_tables(model) if table.rows and table.outputs]
    if not tables:
        return
    parameters = resolve_parameters(model)
    bodies = Belonging(model.chart.units, model.chart.bearers())
    for node, table in tables:
        try:
            life = both(model.life, node.period)
            found = TableRegions(table, life, parameters, bodies, _declared(model, table))
            _report(model, node, found)
        except Outside as why:
            model.report.add("ZR454", node.name.span, name=table.name, why_zh=why.zh, why_en=why.en)
        except TooMany:
            model.report.add(
                "ZR454", node.name.span, name=table.name,
                why_zh="要分的情形太多", why_en="there are too many cases",
            )  # fmt: skip


def _declared(model: Model, table: r.ResolvedTable) -> Callable[[str], bool]:
    return lambda name: model.field_type(name, table.every) is not None


def _report(model: Model, node: n.Table, found: TableRegions) -> None:
    table = found.table
    twice = _report_overlaps(model, found)
    for at in found.never_met():
        model.report.add("ZR452", table.rows[at].span, name=table.name)
    for at in found.hidden():
        # A row after one of all - is reported as such.
        if at not in twice and not _after_everything(table, at):
            model.report.add("ZR453", table.rows[at].span, name=table.name)
    if table.hit in _ONE_ANSWER and found.gaps:
        _report_gaps(model, node, found)


def _after_everything(table: r.ResolvedTable, at: int) -> bool:
    open_row = tuple(r.Every(()) for _ in table.inputs)
    return any(row.tests in (open_row, table.rows[at].tests) for row in table.rows[:at])


def _report_overlaps(model: Model, found: TableRegions) -> set[int]:
    """Report rows that contradict each other; rows with equal cells have a finding of their own."""
    table, told = found.table, set[int]()
    if table.hit not in (HitPolicy.UNIQUE, HitPolicy.ANY):
        return told
    for one, other, gap in found.overlaps():
        first, second = table.rows[one], table.rows[other]
        same = first.results == second.results
        if first.tests == second.tests or (table.hit is HitPolicy.ANY and same):
            continue
        case = gap.told()
        model.report.add(
            "ZR450", second.span, name=table.name, case_zh=case.zh, case_en=case.en,
            related=((first.span, "另一行", "the other row"),),
        )  # fmt: skip
        told |= {one, other}
        if len(told) > _PAIRS:
            break
    return told


def _report_gaps(model: Model, node: n.Table, found: TableRegions) -> None:
    told = first_of([gap.told() for gap in found.gaps], _SHOWN)
    model.report.add(
        "ZR451", node.name.span, name=found.table.name, cases_zh=told.zh, cases_en=told.en
    )


CHECKS = (check_regions,)
