"""参数: values by day, and what can be wrong with them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker.model import parameter_type
from zhunru.checker.periods import next_day
from zhunru.checker.values import measured
from zhunru.syntax import nodes as n
from zhunru.vocabulary import Measure

if TYPE_CHECKING:
    from zhunru.checker.model import Model


def resolve_parameter(node: n.Parameter) -> r.ResolvedParameter | None:
    """Return a parameter with its values in order of their days; None: it has no value yet."""
    type_ = parameter_type(node)
    if type_ is None:
        return None
    values = tuple(
        (value.start or date.min, value.low.value, value.high.value if value.high else None)
        for value in sorted(node.values, key=_start)
        if value.low
    )
    return r.ResolvedParameter(
        name=node.name.text, type=type_, values=values, end=node.end, span=node.span
    )


def resolve_parameters(model: Model) -> dict[str, r.ResolvedParameter]:
    """Return the parameters that a set sees and that have values."""
    return {
        name: resolved
        for name, symbol in model.scope.visible["parameter"].items()
        if (resolved := resolve_parameter(symbol.node))
    }


def _start(value: n.ParameterValue) -> date:
    return value.start or date.min


def check_tbd(model: Model) -> None:
    """待定 blocks issuing."""
    for node in model.scope.nodes("parameter"):
        for value in node.values:
            if value.tbd or value.low is None:
                model.report.add("ZR322", value.span, name=node.name.text)


def check_bands(model: Model) -> None:
    """A band runs upwards, and a parameter is a band on every day or on none."""
    for node in model.scope.nodes("parameter"):
        known = [value for value in node.values if value.low]
        for value in known:
            if value.high and value.low and value.high.value < value.low.value:
                model.report.add("ZR323", value.span, low=f"{value.low.value:f}",
                                 high=f"{value.high.value:f}")  # fmt: skip
        if len({value.band for value in known}) == 2:
            model.report.add("ZR334", node.name.span, name=node.name.text)


def check_measures(model: Model) -> None:
    """Every value of a parameter has the same measure."""
    for node in model.scope.nodes("parameter"):
        measures: list[Measure | None] = []
        for value in node.values:
            for quantity in (value.low, value.high):
                if not quantity:
                    continue
                if measures and quantity.measure not in (measures[0], None) and measures[0]:
                    model.report.add(
                        "ZR335", value.span, name=node.name.text,
                        left_zh=measured(measures[0], 0), left_en=measured(measures[0], 1),
                        right_zh=measured(quantity.measure, 0),
                        right_en=measured(quantity.measure, 1),
                    )  # fmt: skip
                measures.append(quantity.measure)


def check_days(model: Model) -> None:
    """Values stand in order of their days, from the first day of the set to its last."""
    for node in model.scope.nodes("parameter"):
        starts = [value.start for value in node.values]
        for earlier, later in pairwise(node.values):
            if (later.start or date.min) <= (earlier.start or date.min):
                model.report.add("ZR336", later.span, name=node.name.text)
        if starts and node.end and starts[-1] and node.end < starts[-1]:
            model.report.add("ZR340", node.name.span, start=starts[-1], end=node.end)


def check_holes(model: Model) -> None:
    """A parameter has a value on every day on which its set is in force."""
    life = model.life
    for node in model.scope.nodes("parameter"):
        if not node.values or (node.end and node.end < _start(node.values[-1])):
            continue
        first = min(_start(value) for value in node.values)
        if first != date.min and life.start and life.start < first:
            model.report.add("ZR321", node.name.span, name=node.name.text, day=life.start)
        if node.end and (life.end is None or node.end < life.end):
            model.report.add("ZR321", node.name.span, name=node.name.text, day=next_day(node.end))


CHECKS = (check_tbd, check_bands, check_measures, check_days, check_holes)
