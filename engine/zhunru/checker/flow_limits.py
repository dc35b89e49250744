"""Lengths of time in workflows: limits of states, extensions, suspensions, validity of rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from zhunru.checker import calls
from zhunru.checker import resolved as r
from zhunru.checker import resolved_flows as f
from zhunru.checker import values as v
from zhunru.checker.flow_bodies import expand
from zhunru.checker.flow_gaps import gap_of
from zhunru.checker.typed import Typed
from zhunru.syntax import expressions as x
from zhunru.syntax import nodes as n
from zhunru.syntax import workflow_nodes as w
from zhunru.vocabulary import (
    CLOCK,
    DAYS,
    NATURAL_DAYS,
    NUMERIC,
    OFFICE_HOURS,
    ROUND_THE_CLOCK,
    TIME,
    HitPolicy,
    Measure,
)

if TYPE_CHECKING:
    from zhunru.checker.resolve import Resolver
    from zhunru.diagnostics import Span

_MOST_CONST = Decimal(100_000)


class _Row(NamedTuple):
    """A row of a table of lengths: what it gives as written, and as a length."""

    row: r.ResolvedRow
    amount: Decimal
    measure: Measure | None
    length: f.Length


class Limits:
    """Resolves lengths of time over the fields of one workflow."""

    def __init__(self, resolver: Resolver, calendar: str) -> None:
        self.resolver = resolver
        self.model = resolver.model
        self.calendar = calendar

    def limit(self, source: w.State) -> f.Limit | None:
        """Return the limit of a state; None: it says nothing."""
        limit = source.limit
        if source.until:
            return self._until(source.until, limit)
        if limit is None:
            return None
        if limit.untimed:
            return f.Limit(untimed=True, span=limit.span)
        calendar = self.named_calendar(limit.calendar) or self.calendar
        found = self._found(limit.length, limit.span) if limit.length else f.Limit()
        return f.Limit(
            lengths=found.lengths, value=found.value, measure=found.measure, most=found.most,
            until=found.until, calendar=calendar, stopped=limit.stopped, gap=found.gap,
            span=limit.span,
        )  # fmt: skip

    def _until(self, name: n.Name, limit: n.Limit | None) -> f.Limit:
        fields = self.resolver.fields
        if name.text not in fields:
            self.model.report.unknown("ZR201", name.span, name.text, fields)
        elif fields.settle(name.text, v.DATE).name not in DAYS:
            self.resolver.mismatch(name.span, v.DATE, fields.settle(name.text, v.DATE))
        calendar = self.named_calendar(limit.calendar) if limit else ""
        return f.Limit(until=name.text, calendar=calendar or self.calendar, span=name.span,
                       stopped=bool(limit and limit.stopped))  # fmt: skip

    def _found(self, expr: x.Expr, span: Span) -> f.Limit:
        if isinstance(expr, x.Quantity):
            length = self.length(expr)
            return f.Limit(lengths=(length,) if length else ())
        table = expr.base if isinstance(expr, x.Column) else expr
        if isinstance(table, x.Call) and self.model.scope.find(table.name, "table"):
            looked_up = calls.rows_of(self.resolver, expr)  # type: ignore[arg-type]
            return self._of_table(looked_up, span)
        return self._of_value(expr, span)

    def _of_table(self, found: r.LookUp | None, span: Span) -> f.Limit:
        table = self.model.table(found.table) if found else None
        if found is None or table is None:
            return f.Limit()
        if table.hit in _MANY:
            self.resolver.add("ZR314", span, name=table.name)
            return f.Limit()
        rows = self._rows_of(table, found, span)
        # Of 2 个工作日 and 3 日 none is the longer one, and together they are no amount of either.
        compared = table.hit in (*_BY_AMOUNT, HitPolicy.SUM)
        mixed = compared and len({each.measure for each in rows or ()}) > 1
        if rows is None or mixed or table.hit is HitPolicy.COUNT:
            self.resolver.add("ZR503", span)
            return f.Limit()
        if table.hit is HitPolicy.SUM and rows:
            most = sum((each.amount for each in rows), Decimal(0))
            gap = gap_of(self.model, table, found)
            return f.Limit(value=found, measure=rows[0].measure, most=most, gap=gap)
        # The first that holds is taken, so what a table prefers stands first.
        if table.hit in _BY_AMOUNT:
            rows.sort(key=lambda each: each.length.amount, reverse=table.hit is HitPolicy.MAX)
        elif table.hit is HitPolicy.PRIORITY:
            rows.sort(key=lambda each: table.rank_of(each.row))
        gap = gap_of(self.model, table, found)
        return f.Limit(lengths=tuple(each.length for each in rows), gap=gap)

    def _rows_of(self, table: r.ResolvedTable, found: r.LookUp, span: Span) -> list[_Row] | None:
        """Return the rows that give a length; None where one gives something else."""
        rows: list[_Row] = []
        for row, (when, value) in zip(table.rows, expand(table, found), strict=True):
            if not isinstance(value, r.Const) or not isinstance(value.value, Decimal):
                return None
            amount, measure = value.value, value.type.measure
            length = self._checked(amount, measure, span)
            if length:
                rows.append(_Row(row, amount, measure, replace(length, when=when)))
        return rows

    def _of_value(self, expr: x.Expr, span: Span) -> f.Limit:
        found = self.resolver.bounded_value(expr, v.NUMBER)
        if found.type is None:
            return f.Limit()
        if found.type.name not in NUMERIC:
            self.resolver.mismatch(span, v.NUMBER, found.type)
            return f.Limit()
        measure = found.type.measure or self._measure_of(expr)
        if measure not in TIME:
            self.resolver.add("ZR503", span)
            return f.Limit()
        return f.Limit(value=found.node, measure=measure, most=self._most(found))

    def _measure_of(self, expr: x.Expr) -> Measure:
        """A bare number is taken by its name (月数, 天数); else it is days."""
        name = expr.name if isinstance(expr, x.Ref) else ""
        for words, measure in _MEASURED:
            if any(word in name.lower() for word in words):
                return measure
        return Measure.DAY

    def _most(self, found: Typed) -> Decimal | None:
        if isinstance(found.node, r.ParameterOf):
            symbol = self.model.scope.find(found.node.name, "parameter")
            values = symbol.node.values if symbol else ()
            return max((q.value for each in values for q in (each.high or each.low,) if q),
                       default=None)  # fmt: skip
        return found.type.high if found.type else None

    def length(self, quantity: x.Quantity) -> f.Length | None:
        """Return a constant length; a finding if it is none."""
        return self._checked(quantity.value, quantity.measure, quantity.span)

    def _checked(self, amount: Decimal, measure: Measure | None, span: Span) -> f.Length | None:
        # Half an hour can be counted, half a working day cannot.
        whole = amount == amount.to_integral_value()
        if measure not in TIME or not 0 < amount <= _MOST_CONST or not (whole or measure in CLOCK):
            self.resolver.add("ZR503", span)
            return None
        # A week has no clock of its own; it is seven days whatever the calendar.
        if measure is Measure.WEEK:
            return f.Length(amount=amount * 7, measure=Measure.DAY)
        return f.Length(amount=amount, measure=measure)

    def valid(self, expr: x.Expr) -> tuple[r.RExpr, Measure] | None:
        """Return how long a register row holds, as a value of a measure."""
        if isinstance(expr, x.Quantity):
            length = self.length(expr)
            if length is None:
                return None
            # Two weeks are fourteen days here, too: the amount goes with the measure.
            days = replace(expr, value=length.amount, measure=length.measure)
            return v.quantity(days), length.measure
        found = self._of_value(expr, expr.span)
        return (found.value, found.measure) if found.value and found.measure else None

    def named_calendar(self, name: n.Name | None) -> str:
        """Return a calendar by its name; an unknown one is a finding."""
        if name is None:
            return ""
        for words in (OFFICE_HOURS, NATURAL_DAYS, ROUND_THE_CLOCK):
            if name.text in words and not self.model.scope.find(name.text, "calendar"):
                return words[0]
        if not self.model.scope.find(name.text, "calendar"):
            known = (*self.model.scope.names("calendar"), *OFFICE_HOURS, *NATURAL_DAYS)
            self.model.report.unknown(
                "ZR204", name.span, name.text, known, kind_zh="日历", kind_en="calendar"
            )
            return ""
        return name.text


_MANY = (HitPolicy.EACH, HitPolicy.COLLECT, HitPolicy.OUTPUT)
_BY_AMOUNT = (HitPolicy.MIN, HitPolicy.MAX)

_MEASURED = (
    (("工作日", "workday"), Measure.WORKDAY),
    (("工作小时", "workhour"), Measure.WORKHOUR),
    (("月", "month"), Measure.MONTH),
    (("年", "year"), Measure.YEAR),
    (("周", "week"), Measure.WEEK),
    (("小时", "hour"), Measure.HOUR),
    (("分钟", "minute"), Measure.MINUTE),
)
