"""The org chart: which unit a name means on a day, and which units belong to a body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from zhunru.checker.belonging import Belonging
from zhunru.checker.resolved import OUTSIDE, ResolvedUnit, UnitTarget, normal_title
from zhunru.checker.unit_table import UnitTable, saying_more
from zhunru.syntax.nodes import Period

_OUTSIDE_MARKS = (OUTSIDE, "系统外：", "outside:")
_ALWAYS = Period()


def _called(units: Mapping[str, ResolvedUnit]) -> Iterator[tuple[str, str]]:
    """Yield every name of the units, each once for a unit, with the unit's own."""
    if isinstance(units, UnitTable):
        others = units.others
        for unit in units:
            names = others[unit].names if unit in others else ()
            yield from ((name, unit) for name in dict.fromkeys((unit, *names)))
        return
    for known in units.values():
        yield from ((name, known.name) for name in dict.fromkeys((known.name, *known.names)))


class OrgChart(Belonging):
    """Units with their superiors and roles, found by name; the chart never changes."""

    def __init__(
        self, units: Mapping[str, ResolvedUnit], roles: Mapping[str, tuple[UnitTarget, ...]]
    ) -> None:
        super().__init__(units, roles)
        self._names: dict[str, list[str]] | None = None

    def resolve(self, text: str, day: date) -> str | None:
        """Return the unit that `text` names on `day`; a body outside the chart stands for itself.

        None: nothing on the chart of the day has that name, or several units have it.
        """
        unit = self.units.get(text)
        if unit is not None and unit.period.holds(day):
            return text
        for mark in _OUTSIDE_MARKS:
            if text.startswith(mark):
                return OUTSIDE + text[len(mark) :].strip()
        found = {u for u in self._named(text) if self.units[u].period.holds(day)}
        return found.pop() if len(found) == 1 else None

    def ever(self, text: str) -> list[str]:
        """Return the units that `text` may name, on whatever day, in written order."""
        return list(dict.fromkeys(self._named(text)))

    def _named(self, text: str) -> list[str]:
        if self._names is None:
            self._names = {}
            for name, unit in _called(self.units):
                self._names.setdefault(normal_title(name), []).append(unit)
        return self._names.get(normal_title(text), [])

    def known(self, day: date) -> list[str]:
        """Return the units of the chart of `day`, in written order."""
        units = self.units
        if isinstance(units, UnitTable):
            gone = {unit.name for unit in units.others.values() if not unit.period.holds(day)}
            return [name for name in units if name not in gone] if gone else list(units)
        return [unit.name for unit in units.values() if unit.period.holds(day)]

    def names_on(self, day: date) -> dict[str, str]:
        """Return what each name on the chart of a day means."""
        units = self.units
        found: dict[str, str] = {}
        if isinstance(units, UnitTable):
            # A unit without days means itself on each day; only other names are looked up.
            found = {name: name for name in units if name not in units.others}
        telling = saying_more(units)
        names = {name for unit in telling for name in (unit.name, *unit.names)} - found.keys()
        found.update((name, unit) for name in names if (unit := self.resolve(name, day)))
        return found

    def are_dated(self) -> bool:
        """Tell whether any unit is on the chart on some days only."""
        return any(unit.period != _ALWAYS for unit in saying_more(self.units))

    def belonging(self, target: UnitTarget) -> frozenset[str]:
        """Return the units that belong to a target."""
        units = self.units
        if isinstance(units, UnitTable):
            if target.kind == "level":
                return frozenset(units.of_level(target.name))
            holders = (target.name,) if target.kind == "unit" else self._holding(target.name)
            return frozenset(u for holder in holders for u in units.below(holder) if u in units)
        return frozenset(unit for unit in units if self.belongs(unit, target))

    def being(self, target: UnitTarget) -> frozenset[str]:
        """Return the units that are a target: itself, those of its level, holders of its role."""
        units = self.units
        if isinstance(units, UnitTable) and target.kind != "role":
            of_level = units.of_level(target.name) if target.kind == "level" else (target.name,)
            return frozenset(unit for unit in of_level if unit in units)
        if isinstance(units, UnitTable):
            return frozenset(self._holding(target.name))
        return frozenset(unit for unit in units if self.is_target(unit, target))

    def _holding(self, role: str, asked: frozenset[str] = frozenset()) -> set[str]:
        """Return the units of a large chart that hold a role: the same as `holds_role` tells."""
        units = self.units
        found = {unit.name for unit in saying_more(units) if role in unit.roles}
        for target in self.roles.get(role, ()) if role not in asked else ():
            if target.kind == "role":
                found |= self._holding(target.name, asked | {role})
            else:
                found |= self.being(target)
        return found
