"""定期 of a set, resolved: what comes back for whom, how often, and what missing it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhunru.checker import resolved_flows as f
from zhunru.syntax import expressions as x
from zhunru.syntax import workflow_nodes as w
from zhunru.vocabulary import Measure

if TYPE_CHECKING:
    from zhunru.checker.model import Model

# Periods that a calendar has; a duty counted by other measures stays text for people.
_PERIODS = frozenset({Measure.DAY, Measure.WEEK, Measure.MONTH, Measure.YEAR})


def read_duties(model: Model) -> None:
    """Put the set's own recurring duties into the model."""
    for node in model.scope.nodes("recurring"):
        model.duties.update((duty.name, duty) for duty in _duties(node))


def _duties(source: w.Recurring) -> Iterator[f.ResolvedDuty]:
    """Yield a duty for each of its rhythms; the further ones have a number behind their name."""
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
            by=_named(source.by),
            record=source.record.text if source.record else "",
            missed=tuple(_missed(effect) for effect in source.missed),
            span=source.name.span,
        )


def _missed(effect: w.Effect) -> f.Missed:
    to = tuple(filter(None, map(_named, effect.to)))
    return f.Missed(kind=effect.kind, object=effect.object.text if effect.object else "", to=to)


def _named(body: x.Expr | None) -> str:
    return body.name if isinstance(body, x.Ref) else ""
