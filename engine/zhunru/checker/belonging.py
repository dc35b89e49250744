"""What units belong to: what stands above them, their levels, the roles that they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from zhunru.checker.resolved import ResolvedUnit, UnitTarget
from zhunru.checker.unit_table import UnitTable


class Belonging:
    """Units with who bears each role; answers are remembered, neither ever changes."""

    def __init__(
        self, units: Mapping[str, ResolvedUnit], roles: Mapping[str, tuple[UnitTarget, ...]]
    ) -> None:
        self.units = units
        self.roles = roles
        self._answers: dict[tuple[str, UnitTarget], bool] = {}
        self._above: dict[str, tuple[str, ...]] = {}

    def above(self, unit: str) -> tuple[str, ...]:
        """Return the unit itself and everything above it, nearest first."""
        line = self._above.get(unit)
        if line is None:
            line = self._above[unit] = tuple(self._climb(unit))
        return line

    def is_within(self, unit: str, bodies: Iterable[str]) -> bool:
        """Tell whether a unit is one of these bodies, or stands below one of them."""
        return not set(bodies).isdisjoint(self.above(unit))

    def _climb(self, unit: str) -> Iterator[str]:
        # A chart that was never checked may run in a circle; the way up ends all the same.
        seen: set[str] = set()
        while unit and unit not in seen:
            seen.add(unit)
            yield unit
            unit = self._superior(unit)

    def _superior(self, unit: str) -> str:
        if isinstance(self.units, UnitTable):
            return self.units.superior(unit)
        found = self.units.get(unit)
        return found.superior if found else ""

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
