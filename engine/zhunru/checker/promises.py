"""保证 of a set and of those above it, bound to the decisions that they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker.resolved_measures import ResolvedPromise
from zhunru.checker.symbols import KIND_WORDS, Symbol
from zhunru.syntax import measure_nodes as m
from zhunru.syntax import nodes as n
from zhunru.vocabulary import Outcome

if TYPE_CHECKING:
    from zhunru.checker.model import Model


def read_promises(model: Model) -> None:
    """Put every promise that holds for the set into the model, those of upper sets too."""
    for name, symbol in model.scope.visible["promise"].items():
        found = _promise(model, symbol)
        if found is not None:
            model.promises[name] = found


def _promise(model: Model, symbol: Symbol) -> ResolvedPromise | None:
    source: m.Promise = symbol.node
    decision = model.decisions.get(source.decision.text)
    if decision is None:
        zh, en = KIND_WORDS["decide"]
        known = model.scope.names("decide")
        model.report.unknown(
            "ZR204", source.decision.span, source.decision.text, known, kind_zh=zh, kind_en=en
        )
        return None
    if source.outcome is Outcome.INCOMPLETE:
        model.report.add("ZR470", source.span, name=source.name.text)
    resolver = model.clauses(decision.form).resolver
    fields = {field.name for field in decision.fields}
    return ResolvedPromise(
        name=source.name.text,
        decision=decision.name,
        when=resolver.condition(source.where) if source.where else r.Every(()),
        outcome=source.outcome,
        regardless=tuple(_field(model, each, fields) for each in source.regardless),
        citations=tuple(model.bases.bind(each).resolved for each in source.citations),
        set_code=symbol.scope.code,
        span=source.name.span,
    )


def _field(model: Model, name: n.Name, fields: set[str]) -> str:
    if name.text not in fields:
        model.report.unknown("ZR201", name.span, name.text, fields)
    return name.text
