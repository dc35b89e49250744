"""What simulated people fill in: a value for each field, by the scenario or by its type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from zhunru.checker.resolved import FieldValue, ResolvedField
from zhunru.checker.resolved_flows import Body, Limit, Line, ResolvedWorkflow
from zhunru.compiler.chart import OrgChart
from zhunru.compiler.request import FactValue
from zhunru.diagnostics import Span
from zhunru.simulation.scenario import Spread, Weights, chosen
from zhunru.vocabulary import TODAY, YES, TypeName

DAYS_AHEAD = 60
_LATER = re.compile(r"(\d{1,5})\s*(?:日|天)后")
_TEXT = "模拟"
_NO = ("否", "no")
_NUMBERS = (TypeName.NUMBER, TypeName.MONEY, TypeName.RATIO)


class Facts:
    """Draws the values of the fields of one workflow."""

    def __init__(
        self, flow: ResolvedWorkflow, chart: OrgChart, given: Mapping[str, Weights | Spread]
    ) -> None:
        self._given = given
        self._chart = chart
        self._fields = {field.name: field for field in flow.fields}
        lines = [*(line for s in flow.states for line in s.lines), *(a.line for a in flow.anywhere)]
        later = {name for line in lines for name in line.inputs}
        read = set(names_read(flow)) | set(given)
        # What an action fills in is not known when the case is opened, and what the workflow
        # never looks at need not be known at all.
        self._first = [
            field
            for field in flow.fields
            if field.name not in later and (field.addressee or field.name in read)
        ]
        self._lowest: dict[date, list[str]] = {}

    def opening(self, day: date, rng: Random) -> dict[str, FactValue]:
        """Return the facts that a case is opened with."""
        found = {}
        for field in self._first:
            # A period that nobody gave is left open: it is not what a case is opened with.
            if field.type.name is not TypeName.SPAN or field.name in self._given:
                found[field.name] = self._value(field, day, rng)
        return found

    def inputs(self, line: Line, day: date, rng: Random) -> dict[str, FactValue]:
        """Return what is filled in with an action."""
        taken = (self._fields[name] for name in line.inputs if name in self._fields)
        return {field.name: self._value(field, day, rng) for field in taken}

    def _value(self, field: ResolvedField, day: date, rng: Random) -> FactValue:
        given = self._given.get(field.name)
        if isinstance(given, Spread):
            return _rounded(given.draw(rng), field.type.decimals)
        if given is not None:
            return _typed(chosen(given, rng), field, day)
        return self._assumed(field, day, rng)

    def _assumed(self, field: ResolvedField, day: date, rng: Random) -> FactValue:
        kind = field.type
        if kind.values:
            one = rng.choice(kind.values)
            return (one,) if kind.name is TypeName.CHOICES else one
        if kind.name in _NUMBERS:
            low, high = kind.low or Decimal(0), kind.high
            return _rounded(float(low + high) / 2 if high is not None else 1.0, kind.decimals)
        if kind.name is TypeName.FLAG:
            return rng.random() < 0.5
        if kind.name in (TypeName.DATE, TypeName.MOMENT):
            return day + timedelta(DAYS_AHEAD)
        if kind.name is TypeName.SPAN:
            return f"{day} 至 {day + timedelta(DAYS_AHEAD)}"
        if kind.name in (TypeName.UNIT, TypeName.UNITS):
            return self._unit(kind.name, day, rng)
        return _TEXT

    def _unit(self, kind: TypeName, day: date, rng: Random) -> FactValue:
        """Return one of the lowest units of the chart, where work arrives."""
        lowest = self._lowest.get(day)
        if lowest is None:
            known = self._chart.known(day)
            above = {self._chart.units[name].superior for name in known}
            lowest = [name for name in known if name not in above] or known or [_TEXT]
            self._lowest[day] = lowest
        one = rng.choice(lowest)
        return (one,) if kind is TypeName.UNITS else one


def names_read(part: Any) -> Iterator[str]:
    """Yield the names of the fields that a workflow reads: in conditions, limits and bodies."""
    if isinstance(part, FieldValue):
        yield part.name
    elif isinstance(part, (tuple, list)):
        for each in part:
            yield from names_read(each)
    # That a field is declared does not mean that anybody reads it.
    elif is_dataclass(part) and not isinstance(part, (ResolvedField, Span)):
        if isinstance(part, Body):
            yield part.name
        elif isinstance(part, Limit) and part.until and part.until not in TODAY:
            yield part.until
        for each in fields(part):
            yield from names_read(getattr(part, each.name))


def _rounded(value: float, decimals: int) -> Decimal:
    return Decimal(f"{value:.{decimals}f}")


def _typed(text: str, field: ResolvedField, day: date) -> FactValue:
    """Return a written value as a request holds it; what cannot be read stays as it is."""
    if field.type.name is TypeName.FLAG and text in (*YES, *_NO):
        return text in YES
    if field.type.name is TypeName.DATE:
        later = _LATER.fullmatch(text)
        return day + timedelta(int(later[1])) if later else text
    return text
