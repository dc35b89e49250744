"""Who may not learn what: 不得送达, 保密 and 匿名保密."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from zhunru.checker.resolved import UnitTarget
from zhunru.compiler.request import FactValue
from zhunru.runtime.case import Actor, Case
from zhunru.runtime.scene import Scene

if TYPE_CHECKING:
    from zhunru.runtime.setting import Setting


def visible(setting: Setting, case: Case, viewer: Actor) -> Mapping[str, FactValue]:
    """Return the facts of a case that somebody may see.

    What must not reach the viewer is left out; what is kept confidential is seen by those whose
    turn it is and by who gave it.
    """
    scene = Scene(setting, case.fields, case.opener, case.at)
    hidden = withheld(scene, (viewer.unit,))
    if viewer.unit not in (case.opener.unit, *case.visit.owners):
        hidden |= set(case.confidential)
        hidden |= {each.name for each in setting.flow.fields if each.secret}
    if not hidden:
        return case.fields
    return {name: value for name, value in case.fields.items() if name not in hidden}


def withheld(scene: Scene, recipients: Iterable[str]) -> set[str]:
    """Return the fields that must not reach any of these bodies, or a body below those named."""
    setting, found = scene.setting, set()
    units = tuple(recipients)
    for each in setting.withheld:
        barred = scene.bearer(each.from_).units
        if any(setting.chart.is_within(unit, barred) for unit in units):
            found.add(each.secret)
    for field in setting.flow.fields:
        if field.withheld_from and any(
            _is_among(setting, unit, field.withheld_from) for unit in units
        ):
            found.add(field.name)
    return found


def _is_among(setting: Setting, unit: str, names: tuple[str, ...]) -> bool:
    chart = setting.chart
    return any(
        unit == name
        or name in chart.above(unit)
        or chart.belongs(unit, UnitTarget("role", name))
        or chart.belongs(unit, UnitTarget("level", name))
        for name in names
    )
