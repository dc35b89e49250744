"""Who may not learn what: 不得送达, 保密 and 匿名保密."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from zhunru.checker.resolved import ResolvedField, UnitTarget
from zhunru.compiler.chart import OrgChart
from zhunru.compiler.request import FactValue
from zhunru.runtime.case import Actor, Case
from zhunru.runtime.owners import forerunners
from zhunru.runtime.scene import Scene

if TYPE_CHECKING:
    from zhunru.runtime.setting import Setting


def visible(setting: Setting, case: Case, viewer: Actor) -> Mapping[str, FactValue]:
    """Return the facts of a case that somebody may see.

    What must not reach the viewer is left out; what is kept confidential is seen by those whose
    turn it is and by who gave it, and by who has their office by now.
    """
    scene = Scene(setting, case.fields, case.opener, case.at)
    hidden = withheld(scene, (viewer.unit,))
    offices = (viewer.unit, *forerunners(setting.chart, viewer.unit))
    if {case.opener.unit, *case.visit.owners}.isdisjoint(offices):
        hidden |= set(case.confidential)
        hidden |= {each.name for each in setting.flow.fields if each.secret}
    if not hidden:
        return case.fields
    return {name: value for name, value in case.fields.items() if name not in hidden}


def withheld(scene: Scene, recipients: Iterable[str]) -> set[str]:
    """Return the fields that must not reach any of these bodies, or a body below those named."""
    setting, found = scene.setting, set()
    units = _called(setting.chart, recipients)
    for each in setting.withheld:
        barred = scene.bearer(each.from_).units
        if any(setting.chart.is_within(unit, barred) for unit in units):
            found.add(each.secret)
    return found | kept_from(setting.chart, setting.flow.fields, scene.fields, units)


def kept_from(
    chart: OrgChart,
    fields: Iterable[ResolvedField],
    values: Mapping[str, Any],
    units: Iterable[str],
) -> set[str]:
    """Return the fields that by their own marks (不得送达) must not reach any of these units."""
    called = _called(chart, units)
    return {
        field.name
        for field in fields
        if field.withheld_from
        and any(_is_among(chart, unit, _named(field.withheld_from, values)) for unit in called)
    }


def _called(chart: OrgChart, names: Iterable[str]) -> tuple[str, ...]:
    """Return names with the units that they are other names of, on whatever day, and those whose
    office these have: a short or an old name, and who takes over, learns no more than the unit."""
    called = [each for name in names for each in (name, *chart.ever(name))]
    return (*called, *(before for each in called for before in forerunners(chart, each)))


def _named(names: tuple[str, ...], values: Mapping[str, Any]) -> Iterator[str]:
    """Yield names, and where one is that of a field the units that stand in it as well."""
    for name in names:
        yield name
        value = values.get(name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, frozenset | tuple | list):
            yield from (each for each in value if isinstance(each, str))


def _is_among(chart: OrgChart, unit: str, names: Iterable[str]) -> bool:
    return any(
        unit == name
        or name in chart.above(unit)
        or chart.belongs(unit, UnitTarget("role", name))
        or chart.belongs(unit, UnitTarget("level", name))
        for name in names
    )
