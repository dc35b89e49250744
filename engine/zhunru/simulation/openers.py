"""Who opens a simulated case: one of the units that the first state belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random

from zhunru.checker.resolved import UnitTarget
from zhunru.checker.resolved_flows import Body, acting
from zhunru.compiler.chart import OrgChart
from zhunru.compiler.graph import FlowPlan
from zhunru.compiler.request import FactValue
from zhunru.runtime.case import Actor


def opener_of(
    plan: FlowPlan,
    chart: OrgChart,
    facts: Mapping[str, FactValue],
    day: date,
    rng: Random,
) -> Actor:
    """Return who opens a case. Where the chart has nobody of that name, the body itself does."""
    body = next(iter(acting(plan.states[plan.initial].state.owner)), None)
    units = candidates(body, chart, facts, day) if body is not None else []
    name = rng.choice(units) if units else (body.name if body is not None else "")
    return Actor(unit=name, person="", roles=(body.name,) if body and body.kind == "role" else ())


def candidates(body: Body, chart: OrgChart, facts: Mapping[str, FactValue], day: date) -> list[str]:
    """Return the units of the chart that a body may mean, in written order."""
    if body.kind in ("unit", "role", "level"):
        target = UnitTarget(body.kind, body.name)
        return [unit for unit in chart.known(day) if chart.is_target(unit, target)]
    value = facts.get(body.name)
    return [value] if isinstance(value, str) else []
