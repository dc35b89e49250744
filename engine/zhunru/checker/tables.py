"""Checks on tables that need no geometry: equal rows, rows after one that meets everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.syntax import nodes as n
from zhunru.vocabulary import HitPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunru.checker.model import Model

_RANKED = (HitPolicy.PRIORITY, HitPolicy.OUTPUT)
_ALL_ROWS = (HitPolicy.EACH, HitPolicy.COLLECT, HitPolicy.SUM, HitPolicy.COUNT, HitPolicy.OUTPUT)


def own_tables(model: Model) -> Iterator[tuple[n.Table, r.ResolvedTable]]:
    """Yield the tables of a set itself, as written and as resolved; none that did not resolve."""
    for node in model.scope.nodes("table"):
        table = model.tables.get(node.name.text)
        if table:
            yield node, table


def check_results(model: Model) -> None:
    """A table has a result, and an order of values where rows are ranked."""
    for node, table in own_tables(model):
        if not table.outputs:
            model.report.add("ZR425", node.name.span, name=table.name)
        elif table.hit in _RANKED and not table.orders[0]:
            column = table.outputs[0][0]
            model.report.add("ZR427", node.name.span, name=table.name, column=column)


def check_equal_rows(model: Model) -> None:
    """No two rows have the same conditions, unless every row counts and the results differ."""
    for _, table in own_tables(model):
        seen: dict[tuple[r.RExpr, ...], r.ResolvedRow] = {}
        for row in table.rows:
            earlier = seen.setdefault(row.tests, row)
            if earlier is row:
                continue
            if table.hit in _ALL_ROWS and earlier.results != row.results:
                continue
            if table.hit is HitPolicy.ANY and earlier.results == row.results:
                continue
            model.report.add(
                "ZR422", row.span, name=table.name,
                related=((earlier.span, "前一行", "the earlier row"),),
            )  # fmt: skip


def check_reach(model: Model) -> None:
    """With first, no row stands after one that meets everything."""
    for _, table in own_tables(model):
        if table.hit is not HitPolicy.FIRST:
            continue
        closed = False
        for row in table.rows:
            if closed:
                model.report.add("ZR423", row.span, name=table.name)
            closed = closed or all(test == r.Every(()) for test in row.tests)


CHECKS = (check_results, check_equal_rows, check_reach)
