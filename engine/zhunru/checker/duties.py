"""定期 of a set, resolved: what comes back for whom, how often, and what missing it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhunru.checker import resolved_flows as f
from zhunru.checker.resolve import Resolver
from zhunru.checker.resolved import RExpr
from zhunru.checker.typed import Inputs
from zhunru.syntax import expressions as x
from zhunru.syntax import nodes as n
from zhunru.syntax import workflow_nodes as w
from zhunru.vocabulary import Measure

if TYPE_CHECKING:
    from zhunru.checker.model import Model

# Periods that a calendar has; a duty counted by other measures stays text for people.
_PERIODS = frozenset({Measure.DAY, Measure.WEEK, Measure.MONTH, Measure.YEAR})
# What only a case of a workflow does; a duty that was missed is marked, and told of.
_OF_CASES = frozenset({"enter", "cancel", "issue", "open"})


def read_duties(model: Model) -> None:
    """Put the set's own recurring duties into the model."""
    for node in model.scope.nodes("recurring"):
        _check_rhythm(model, node)
        _check_bodies(model, node)
        _check_effects(model, node)
        model.duties.update((duty.name, duty) for duty in _duties(model, node))


def _duties(model: Model, source: w.Recurring) -> Iterator[f.ResolvedDuty]:
    """Yield a duty for each of its rhythms; the further ones have a number behind their name."""
    where, attending = _where(model, source), _attending(model, source)
    for number, each in enumerate(source.occurrences, 1):
        measure = each.period.measure
        if measure not in _PERIODS or measure is None:
            continue
        yield f.ResolvedDuty(
            name=source.name.text if number == 1 else f"{source.name.text}.{number}",
            every=source.every.text,
            length=int(each.period.value),
            measure=measure,
            least=int(each.least.value),
            origin=source.origin,
            by=_named(source.by),
            attending=attending,
            record=source.record.text if source.record else "",
            missed=tuple(_missed(effect) for effect in source.missed),
            where=where,
            span=source.name.span,
        )


def _check_rhythm(model: Model, source: w.Recurring) -> None:
    """定期 says how often: 党委、政府定期研究 alone never comes due."""
    unsaid = not source.occurrences or any(not each.period.value for each in source.occurrences)
    if unsaid and source.period_from is None:
        model.report.add("ZR535", source.name.span, name=source.name.text)


def _check_effects(model: Model, source: w.Recurring) -> None:
    """Report what missing a duty is said to do, and does not."""
    for effect in source.missed:
        if effect.kind in _OF_CASES:
            model.report.add("ZR538", effect.span, name=source.name.text)


def _check_bodies(model: Model, source: w.Recurring) -> None:
    """Report who is to do it (由), or to hear that it was missed, and is known to nobody."""
    told = [each for effect in source.missed for each in effect.to]
    for body in (source.by, *told):
        if isinstance(body, x.Ref):
            _body(model, source, n.Name(body.name, body.span))


def _where(model: Model, source: w.Recurring) -> RExpr | None:
    """Return which rows of a register are owed a duty; of units all are."""
    columns = model.forms.get(source.every.text)
    if source.where is None or columns is None:
        return None
    return Resolver(model, Inputs(columns)).condition(source.where)


def _attending(model: Model, source: w.Recurring) -> tuple[str, ...]:
    """Return who takes part (参加): bodies of the chart, or columns that say so row by row."""
    return tuple(filter(None, (_body(model, source, each) for each in source.attending)))


def _body(model: Model, source: w.Recurring, name: n.Name) -> str:
    """Return a body's own name, or the column; of nobody that is known nothing, and a finding."""
    target, columns = model.chart.target(name.text), model.forms.get(source.every.text, {})
    if target is not None:
        return target.name
    if name.text in columns:
        return name.text
    # A message to a name that nobody bears would go out and be read by nobody.
    model.report.unknown("ZR203", name.span, name.text, (*model.chart.names(), *columns))
    return ""


def _missed(effect: w.Effect) -> f.Missed:
    to = tuple(filter(None, map(_named, effect.to)))
    return f.Missed(kind=effect.kind, object=effect.object.text if effect.object else "", to=to)


def _named(body: x.Expr | None) -> str:
    return body.name if isinstance(body, x.Ref) else ""
