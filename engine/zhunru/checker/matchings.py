"""配对 of a set, bound: which resources meet a need, in which order, and what is used up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker import resolved_measures as m
from zhunru.checker.measuring import MeasureResolver
from zhunru.checker.symbols import KIND_WORDS, Symbol
from zhunru.checker.things import World
from zhunru.syntax import expressions as x
from zhunru.syntax import measure_nodes as source
from zhunru.syntax import nodes as n

if TYPE_CHECKING:
    from zhunru.checker.model import Model

_MADE = ("workflow", "register", "form")


def read_matchings(model: Model, world: World) -> None:
    """Put every matching that holds for the set into the model, those of upper sets too."""
    for name, symbol in model.scope.visible["matching"].items():
        found = _matching(model, world, symbol)
        if found is not None:
            model.matchings[name] = found


def _matching(model: Model, world: World, symbol: Symbol) -> m.ResolvedMatching | None:
    node: source.Matching = symbol.node
    needs, resources = _register(model, world, node.needs), _register(model, world, node.resources)
    if needs is None or resources is None:
        return None
    outer = MeasureResolver(model, world, (needs,))
    fields = world.inputs(resources, needs)
    resolver = MeasureResolver(model, world, (resources,), fields=fields, outer=outer)
    _check_names(model, world, node, needs)
    return m.ResolvedMatching(
        name=node.name.text,
        needs=needs,
        resources=resources,
        when=resolver.condition(node.when) if node.when is not None else r.Every(()),
        stock=tuple(_stock(node.when, world.columns(resources.name))),
        sorted_by=tuple(each.text for each in node.sorted_by),
        makes=node.makes.text if node.makes else "",
        unmatched=node.unmatched.text if node.unmatched else "",
        set_code=symbol.scope.code,
        span=node.name.span,
    )


def _register(model: Model, world: World, name: n.Name) -> m.Things | None:
    if not model.scope.find(name.text, "register"):
        zh, en = KIND_WORDS["register"]
        known = model.scope.names("register")
        model.report.unknown("ZR204", name.span, name.text, known, kind_zh=zh, kind_en=en)
        return None
    return world.find(name.text)


def _check_names(model: Model, world: World, node: source.Matching, needs: m.Things) -> None:
    columns = world.columns(needs.name)
    for each in node.sorted_by:
        if each.text not in columns:
            model.report.unknown("ZR201", each.span, each.text, columns)
    if node.makes and not model.scope.find(node.makes.text, *_MADE):
        model.report.unknown(
            "ZR204", node.makes.span, node.makes.text, model.scope.names(*_MADE),
            kind_zh="流程、台账或者表单", kind_en="workflow, register or form",
        )  # fmt: skip
    if node.unmatched and model.chart.target(node.unmatched.text) is None:
        known = model.chart.names()
        model.report.unknown("ZR203", node.unmatched.span, node.unmatched.text, known)


def _stock(when: x.Expr | None, columns: dict[str, r.Type]) -> list[tuple[str, Decimal]]:
    """Return the number columns of the resource of which a match takes so much."""
    parts = when.operands if isinstance(when, x.And) else (when,)
    return [
        (part.left.name, part.right.value)
        for part in parts
        if isinstance(part, x.Compare)
        and part.op == ">="
        and isinstance(part.left, x.Ref)
        and part.left.name in columns
        and isinstance(part.right, x.Quantity)
    ]
