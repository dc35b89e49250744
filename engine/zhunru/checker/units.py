"""Checks on the org chart: superiors, aliases, roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from zhunru.checker.resolved import ResolvedUnit
from zhunru.checker.unit_table import UnitTable
from zhunru.syntax import nodes as n
from zhunru.vocabulary import SYSTEM

if TYPE_CHECKING:
    from zhunru.checker.model import Model


def check_names(model: Model) -> None:
    """A unit's names are its own, and no unit is called like a role."""
    owners: dict[str, str] = {}
    for upper in model.scope.uppers:
        owners.update(upper.chart.called)
    units = model.scope.units
    # Where no name can be that of two, they need not be gone through.
    aliased = any(unit.aliases for unit in units.others.values())
    for at, name, says_more in units.named() if owners or aliased else ():
        if says_more:
            unit = units[at]
            for each in dict.fromkeys((unit.name, *unit.aliases)):
                _check_name(model, owners, unit, each)
        elif owners.setdefault(name, name) != name:
            _check_name(model, owners, units[at], units[at].name)
    for role in model.scope.roles:
        if role.name.text in model.chart.called:
            model.report.add("ZR213", role.name.span, name=role.name.text)


def _check_name(model: Model, owners: dict[str, str], unit: n.Unit, name: n.Name) -> None:
    owner = owners.setdefault(name.text, unit.name.text)
    if owner != unit.name.text:
        model.report.add("ZR215", name.span, name=name.text, one=owner, other=unit.name.text)


def check_repeated_units(model: Model) -> None:
    """A unit is declared once for each day; two runs of days may follow each other."""
    seen: set[str] = set()
    above = [upper.chart.units for upper in model.scope.uppers]
    names = model.scope.units.names
    alone = not above and len(set(names)) == len(names)
    for at, name in enumerate(() if alone else names):
        if name in seen or any(name in units for units in above):
            model.report.add("ZR210", model.scope.units[at].name.span, name=name)
        seen.add(name)
    roles: set[str] = set()
    for role in model.scope.roles:
        if role.name.text in roles:
            model.report.add("ZR210", role.name.span, name=role.name.text)
        roles.add(role.name.text)


def check_superiors(model: Model) -> None:
    """Superiors exist and lead upwards."""
    called, units = model.chart.called, model.scope.units
    circular = _circular_units(model)
    for at, name in enumerate(units.superiors):
        if not name or (name in called and units.names[at] not in circular):
            continue
        unit = units[at]
        assert unit.superior is not None
        if name not in called:
            model.report.unknown("ZR216", unit.superior.span, name, called, unit=unit.name.text)
        else:
            model.report.add("ZR214", unit.superior.span, name=unit.name.text)


def _circular_units(model: Model) -> set[str]:
    """Return the units that stand above themselves: superiors are walked over, each once."""
    units = model.chart.units
    above = units.superior if isinstance(units, UnitTable) else _superiors(units).get
    done: set[str] = set()
    found: set[str] = set()
    for name in _standing_above(units):
        path: dict[str, int] = {}
        at = name
        while at and at not in done and at not in path:
            path[at] = len(path)
            at = above(at) or ""
        if at in path:
            found.update(each for each, place in path.items() if place >= path[at])
        done.update(path)
    return found


def _standing_above(units: Mapping[str, ResolvedUnit]) -> Iterable[str]:
    if isinstance(units, UnitTable):
        return set(units.superiors)
    return {unit.superior for unit in units.values()}


def _superiors(units: Mapping[str, ResolvedUnit]) -> dict[str, str]:
    return {name: unit.superior for name, unit in units.items()}


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
                    known = name.text in SYSTEM or name.text in fields
                    if not known and not model.chart.target(name.text):
                        model.report.unknown("ZR203", name.span, name.text, model.chart.names())


CHECKS = (check_names, check_repeated_units, check_superiors, check_roles, check_asserters)
