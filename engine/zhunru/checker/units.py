"""Checks on the org chart: superiors, aliases, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.syntax import nodes as n

if TYPE_CHECKING:
    from zhunru.checker.model import Model


def check_names(model: Model) -> None:
    """A unit's names are its own, and no unit is called like a role."""
    owners: dict[str, str] = {}
    for upper in model.scope.uppers:
        owners.update(upper.chart.called)
    for unit in model.scope.units:
        for name in dict.fromkeys((unit.name, *unit.aliases)):
            _check_name(model, owners, unit, name)
    for role in model.scope.roles:
        if role.name.text in model.chart.called:
            model.report.add("ZR213", role.name.span, name=role.name.text)


def _check_name(model: Model, owners: dict[str, str], unit: n.Unit, name: n.Name) -> None:
    owner = owners.setdefault(name.text, unit.name.text)
    if owner != unit.name.text:
        model.report.add("ZR215", name.span, name=name.text, one=owner, other=unit.name.text)


def check_repeated_units(model: Model) -> None:
    """A unit is declared once for each day; two runs of days may follow each other."""
    seen: dict[str, n.Unit] = {}
    for unit in model.scope.units:
        if unit.name.text in seen or _above(model, unit.name.text):
            model.report.add("ZR210", unit.name.span, name=unit.name.text)
        seen[unit.name.text] = unit
    roles: set[str] = set()
    for role in model.scope.roles:
        if role.name.text in roles:
            model.report.add("ZR210", role.name.span, name=role.name.text)
        roles.add(role.name.text)


def _above(model: Model, name: str) -> bool:
    return any(name in upper.chart.units for upper in model.scope.uppers)


def check_superiors(model: Model) -> None:
    """Superiors exist and lead upwards."""
    chart = model.chart
    circular = _circular_units(model)
    for unit in model.scope.units:
        if not unit.superior:
            continue
        name = unit.superior.text
        if name not in chart.called:
            model.report.unknown(
                "ZR216", unit.superior.span, name, chart.called, unit=unit.name.text
            )
        elif unit.name.text in circular:
            model.report.add("ZR214", unit.superior.span, name=unit.name.text)


def _circular_units(model: Model) -> set[str]:
    """Return the units that stand above themselves; every unit is walked over once."""
    units = model.chart.units
    done: set[str] = set()
    found: set[str] = set()
    for name in units:
        path: dict[str, int] = {}
        at = name
        while at in units and at not in done and at not in path:
            path[at] = len(path)
            at = units[at].superior
        if at in path:
            found.update(each for each, place in path.items() if place >= path[at])
        done.update(path)
    return found


def check_roles(model: Model) -> None:
    """Who holds a role exists, and so does the level that it exists at."""
    for role in model.scope.roles:
        for name in (*role.held_by, *((role.every,) if role.every else ())):
            if not model.chart.target(name.text):
                model.report.unknown("ZR203", name.span, name.text, model.chart.names())


def check_asserters(model: Model) -> None:
    """Who confirms a field, or may not get it, is a known body (系统 is the system itself)."""
    for kind in ("form", "register"):
        for node in model.scope.nodes(kind):
            fields = {field.name.text for field in node.fields}
            for field in node.fields:
                by = (field.asserted_by,) if field.asserted_by else ()
                for name in (*by, *field.withheld_from):
                    known = name.text in _SYSTEM or name.text in fields
                    if not known and not model.chart.target(name.text):
                        model.report.unknown("ZR203", name.span, name.text, model.chart.names())


_SYSTEM = ("系统", "system")

CHECKS = (check_names, check_repeated_units, check_superiors, check_roles, check_asserters)
