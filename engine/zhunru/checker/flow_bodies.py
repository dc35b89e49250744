"""Who works on a state and who is told: names of the chart, fields of the case, rows of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.checker import calls
from zhunru.checker import resolved as r
from zhunru.checker import resolved_flows as f
from zhunru.checker.resolved_parts import substitute
from zhunru.syntax import expressions as x
from zhunru.syntax import nodes as n
from zhunru.syntax import workflow_nodes as w
from zhunru.vocabulary import SUPERIOR

if TYPE_CHECKING:
    from zhunru.checker.resolve import Resolver
    from zhunru.diagnostics import Span


class Bodies:
    """Binds bodies over the fields of one workflow; an unknown one is a finding and left out."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.model = resolver.model

    def owner(self, source: w.Owner | None) -> f.Owner | None:
        """Return the owner of a state."""
        if source is None:
            return None
        if isinstance(source, w.Joint):
            parties = self.several(source.parties)
            self._once(parties)
            return f.Joint(parties=parties, lead=self.named(source.lead))
        if isinstance(source, w.Meeting):
            return self._meeting(source)
        bodies = self.several(source.owners)
        jointly = tuple(b for b in map(self.named, source.jointly) if b)
        self._once((*bodies, *jointly))
        return f.Owners(
            bodies=bodies,
            jointly=jointly,
            substitute=self.body(source.substitute) if source.substitute else None,
        )

    def _once(self, bodies: tuple[f.Body, ...]) -> None:
        self.model.report.twice((body, body.name, body.span) for body in bodies)

    def _meeting(self, source: w.Meeting) -> f.Owner | None:
        body = self.body(source.body)
        if body is None:
            return None
        return f.Meeting(
            body=body,
            recused=self.body(source.recused) if source.recused else None,
            present=_quorum(source.present),
            favour=_quorum(source.favour),
        )

    def several(self, exprs: tuple[x.Expr, ...]) -> tuple[f.Body, ...]:
        """Return every body that is named."""
        flat = (
            part
            for each in exprs
            for part in (each.items if isinstance(each, x.Several) else (each,))
        )
        return tuple(body for body in map(self.body, flat) if body)

    def named(self, name: n.Name | None) -> f.Body | None:
        """Return the body that a bare name means."""
        return self._of_name(name.text, name.span) if name else None

    def body(self, expr: x.Expr) -> f.Body | None:
        """Return what one body means."""
        if isinstance(expr, (x.Ref, x.Text)):
            name = expr.name if isinstance(expr, x.Ref) else expr.value
            return self._of_name(name, expr.span)
        if isinstance(expr, x.Call) and not self.model.scope.find(expr.name, "table"):
            relation = self._relation(expr)
            if relation:
                return relation
        if isinstance(expr, (x.Call, x.Column)):
            found = calls.rows_of(self.resolver, expr)
            if found is None:
                return None
            return f.Body(kind="table", name=found.table, value=found, span=expr.span)
        self.resolver.add("ZR502", expr.span)
        return None

    def _of_name(self, name: str, span: Span) -> f.Body | None:
        target = self.model.chart.target(name)
        if target:
            return f.Body(kind=target.kind, name=target.name, span=span)
        if name in self.resolver.fields:
            return f.Body(kind="field", name=name, span=span)
        known = (*self.model.chart.names(), *self.resolver.fields)
        self.model.report.unknown("ZR203", span, name, known)
        return None

    def _relation(self, call: x.Call) -> f.Body | None:
        """Return `上级(x)`, or `街道(x)` for a level of the chart."""
        if len(call.args) != 1 or not isinstance(call.args[0], x.Ref):
            return None
        of = self._of_name(call.args[0].name, call.args[0].span)
        if of is None:
            return None
        if call.name in SUPERIOR:
            return f.Body(kind="superior", name=of.name, span=call.span)
        target = self.model.chart.target(call.name)
        if target and target.kind == "level":
            return f.Body(kind="above", name=of.name, level=target.name, span=call.span)
        return None


def _quorum(source: w.Quorum | None) -> f.Quorum | None:
    if source is None:
        return None
    percent = source.percent.value if source.percent else None
    return f.Quorum(share=source.share, over=source.over, percent=percent)


def expand(table: r.ResolvedTable, found: r.LookUp) -> tuple[tuple[r.RExpr, r.RExpr], ...]:
    """Return the rows that a look-up may meet: the condition over its arguments, and the value."""
    inputs = dict(zip((name for name, _ in table.inputs), found.args, strict=True))
    column = [name for name, _ in table.outputs].index(found.column)
    return tuple(
        (_joined(tuple(substitute(test, inputs) for test in row.tests)), row.results[column])
        for row in table.rows
    )


def _joined(tests: tuple[r.RExpr, ...]) -> r.RExpr:
    real = tuple(test for test in tests if test != f.ALWAYS)
    return real[0] if len(real) == 1 else r.Every(real)
