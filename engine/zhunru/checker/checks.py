"""核查 of a set, bound: whom each asks, what it demands, and what a finding leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker import resolved_measures as m
from zhunru.checker import values as v
from zhunru.checker.measuring import MeasureResolver, choice_column
from zhunru.checker.symbols import Symbol
from zhunru.checker.things import World
from zhunru.syntax import expressions as x
from zhunru.syntax import measure_nodes as source
from zhunru.syntax.format_measures import MeasurePrinter
from zhunru.syntax.format_words import Words
from zhunru.vocabulary import NUMERIC

if TYPE_CHECKING:
    from zhunru.checker.model import Model

_PRINTERS = (MeasurePrinter(Words("zh")), MeasurePrinter(Words("en")))


def read_checks(model: Model, world: World) -> None:
    """Put every check that holds for the set into the model, those of upper sets too.

    A check that an upper set has is asked over the registers and units of this one.
    """
    for name, symbol in model.scope.visible["check"].items():
        found = _Reader(model, world, symbol).read()
        if found is not None:
            model.checks[name] = found


class _Reader:
    def __init__(self, model: Model, world: World, symbol: Symbol) -> None:
        self.model = model
        self.world = world
        self.symbol = symbol
        self.node: source.Check = symbol.node

    def read(self) -> m.ResolvedCheck | None:
        """Return the check; None where whom it asks is unknown, which is a finding."""
        node = self.node
        named = [each for each in (node.every, node.beside) if each is not None]
        subjects = tuple(things for each in named if (things := self.world.named(each)))
        if len(subjects) != len(named):
            return None
        pairs = len(subjects) == 2 and subjects[0] == subjects[1]
        asked = subjects[:1] if pairs else subjects
        other = MeasureResolver(self.model, self.world, asked) if pairs else None
        resolver = MeasureResolver(self.model, self.world, asked, outer=other)
        return m.ResolvedCheck(
            name=node.name.text,
            demand=self._demand(resolver),
            subjects=subjects,
            where=resolver.condition(node.where) if node.where is not None else r.Every(()),
            before=node.before,
            should=node.should,
            consequence=self._consequence(resolver),
            pairs=pairs,
            said=self._said(),
            citations=tuple(self.model.bases.bind(each).resolved for each in node.citations),
            set_code=self.symbol.scope.code,
            span=node.name.span,
        )

    def _said(self) -> tuple[str, str]:
        zh, en = (
            printer.counted(self.node.demand)
            if isinstance(self.node.demand, source.Counted)
            else printer.clauses.show(self.node.demand)
            for printer in _PRINTERS
        )
        return zh, en

    # --- what is demanded ------------------------------------------------------------------------

    def _demand(self, resolver: MeasureResolver) -> m.MExpr | m.Demand:
        demand = self.node.demand
        if not isinstance(demand, source.Counted):
            return resolver.condition(demand)
        things = self.world.named(demand.subject)
        if things is None:
            return r.Every(())
        column = choice_column(self.world, things, demand.each) if demand.each else ""
        if demand.each and not column:
            values = [each.text for each in demand.each]
            self.model.report.add("ZR479", demand.span, name=things.name, values=values)
        row = resolver.of_rows(things)
        if demand.spell and demand.spell.kind == "rolling" and demand.low is not None:
            self.model.report.add("ZR471", demand.spell.span)
        # 各 1 名 asks that nobody be missing; more than one does no harm.
        bare = bool(demand.each) and demand.low == demand.high
        return m.Demand(
            rows=resolver.rows(things, demand.where, demand.spell, demand.subject.span, row),
            low=self._bound(resolver, demand.low),
            high=self._bound(resolver, None if bare else demand.high),
            column=column,
            each=tuple(each.text for each in demand.each),
        )

    def _bound(self, resolver: MeasureResolver, bound: x.Expr | None) -> m.MExpr | None:
        if bound is None:
            return None
        found = resolver.bounded_value(bound, v.NUMBER)
        if found.type and found.type.name not in NUMERIC:
            resolver.mismatch(bound.span, v.NUMBER, found.type)
        return found.node

    # --- what follows ----------------------------------------------------------------------------

    def _consequence(self, resolver: MeasureResolver) -> m.Consequence:
        said = self.node.consequence
        if said is None:
            return m.Consequence(kind="hint" if self.node.should else "rectify")
        kind = "hint" if self.node.should and said.kind == "rectify" else said.kind
        if said.to is None:
            return m.Consequence(kind=kind)
        if not isinstance(said.to, (x.Ref, x.Text)):
            return m.Consequence(kind=kind, to=resolver.value(said.to).node)
        name = said.to.name if isinstance(said.to, x.Ref) else said.to.value
        if said.kind == "rectify" and isinstance(said.to, x.Ref):
            self._addressed(resolver, said.to)
            found = resolver.value(said.to).node if name in resolver.fields else None
            return m.Consequence(kind=kind, told=name, to=found)
        table = self.model.tables.get(name) if said.kind == "hint" else None
        if table is not None:
            lacking = [column for column, _ in table.inputs if column not in resolver.fields]
            for column in lacking:
                self.model.report.unknown("ZR201", said.to.span, column, resolver.fields)
        return m.Consequence(kind=kind, told=name, table=table.name if table else "")

    def _addressed(self, resolver: MeasureResolver, to: x.Ref) -> None:
        """A body that must put it right is one of the chart, or a column that names it."""
        if to.name not in resolver.fields and self.model.chart.target(to.name) is None:
            known = [*resolver.fields, *self.model.chart.names()]
            self.model.report.unknown("ZR203", to.span, to.name, known)
