"""Checks on days in force: none backwards, none outside those of what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhunru.checker.periods import apart, both, empty
from zhunru.diagnostics import NOWHERE, Span
from zhunru.syntax import nodes as n

if TYPE_CHECKING:
    from zhunru.checker.model import Model

# A period with its place and name, and the period around it with its name.
Life = tuple[n.Period, Span, str, n.Period, str]


def check_lives(model: Model) -> None:
    """Every entry, rule and list is in force on some day, and only inside its list and set."""
    for period, span, name, outer, outer_name in _lives(model):
        if period.start is None and period.end is None:
            continue
        place = period.span if period.span != NOWHERE else span
        if empty(period):
            model.report.add("ZR316", place, start=period.start, end=period.end)
        elif empty(outer):
            continue
        elif apart(period, outer):
            model.report.add("ZR317", place, name=name, outer=outer_name)
        elif _reaches_out(period, outer):
            model.report.add("ZR318", place, name=name, outer=outer_name)


def _reaches_out(period: n.Period, outer: n.Period) -> bool:
    early = bool(period.start and outer.start and period.start < outer.start)
    late = bool(period.end and outer.end and period.end > outer.end)
    return early or late


def _lives(model: Model) -> Iterator[Life]:
    open_, set_name = n.Period(), model.scope.code
    header = model.scope.header
    if header:
        yield header.period, header.span, header.code, open_, ""
    for unit in model.scope.units.others.values():  # the only ones with days
        yield unit.period, unit.name.span, unit.name.text, open_, ""
    for source in model.scope.lists():
        name = source.name.text
        yield source.period, source.name.span, name, model.life, set_name
        outer = both(model.life, source.period)
        for entry in source.entries:
            yield entry.period, entry.named_at, entry.title.zh or entry.code, outer, name
    for kind in ("rule", "table"):
        for node in model.scope.nodes(kind):
            yield node.period, node.name.span, node.name.text, model.life, set_name


CHECKS = (check_lives,)
