"""The org chart: which unit a name means on a day, and what it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from zhunru.checker.resolved import OUTSIDE, ResolvedUnit, UnitTarget, normal_title

_OUTSIDE_MARKS = (OUTSIDE, "系统外：", "outside:")


class OrgChart:
    """Units with their superiors and roles; answers are remembered, the chart never changes."""

    def __init__(
        self, units: Mapping[str, ResolvedUnit], roles: Mapping[str, tuple[UnitTarget, ...]]
    ) -> None:
        self.units = units
        self.roles = roles
        self._names: dict[str, list[str]] | None = None
        self._answers: dict[tuple[str, UnitTarget], bool] = {}
        self._above: dict[str, tuple[str, ...]] = {}

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
            for unit in self.units.values():
                for name in dict.fromkeys((unit.name, *unit.names)):
                    self._names.setdefault(normal_title(name), []).append(unit.name)
        return self._names.get(normal_title(text), [])

    def known(self, day: date) -> list[str]:
        """Return the units of the chart of `day`, in written order."""
        return [unit.name for unit in self.units.values() if unit.period.holds(day)]

    def above(self, unit: str) -> tuple[str, ...]:
        """Return the unit itself and everything above it, nearest first."""
        line = self._above.get(unit)
        if line is None:
            line = self._above[unit] = tuple(self._climb(unit))
        return line

    def _climb(self, unit: str) -> Iterator[str]:
        seen: set[str] = set()
        while unit and unit not in seen:
            seen.add(unit)
            yield unit
            found = self.units.get(unit)
            unit = found.superior if found else ""

    def belongs(self, unit: str, target: UnitTarget) -> bool:
        """Tell whether a unit is `target` or below it, of its level, or in or below its role."""
        key = (unit, target)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._belongs(unit, target)
        return answer

    def _belongs(self, unit: str, target: UnitTarget) -> bool:
        if unit not in self.units:
            return False
        if target.kind == "unit":
            return target.name in self.above(unit)
        if target.kind == "level":
            return self.units[unit].level == target.name
        return any(self.holds_role(above, target.name) for above in self.above(unit))

    def is_target(self, unit: str, target: UnitTarget) -> bool:
        """Tell whether a unit is `target` itself, of its level, or a holder of its role."""
        if target.kind == "unit":
            return unit == target.name
        if target.kind == "level":
            return unit in self.units and self.units[unit].level == target.name
        return self.holds_role(unit, target.name)

    def holds_role(self, unit: str, role: str) -> bool:
        """Tell whether a unit holds a role by its own line or by that of the role."""
        return self._holds(unit, role, frozenset())

    def _holds(self, unit: str, role: str, asked: frozenset[str]) -> bool:
        found = self.units.get(unit)
        if found is None or role in asked:
            return False
        if role in found.roles:
            return True
        return any(
            self._holds(unit, target.name, asked | {role})
            if target.kind == "role"
            else self.is_target(unit, target)
            for target in self.roles.get(role, ())
        )
