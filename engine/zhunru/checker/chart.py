"""The org chart of a set and its upper sets: what a name of a body means."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhunru.checker.resolved import ResolvedUnit, UnitTarget
from zhunru.syntax import nodes as n

# Levels that need no declaration: they are the same everywhere in China.
COMMON_LEVELS = (
    "国家", "省", "省级", "市", "市级", "区", "区级", "县", "县级", "区县", "街道", "乡镇", "镇",
    "乡", "社区", "村", "网格", "小区", "部门", "派出机构",
)  # fmt: skip


@dataclass
class Chart:
    """Units, roles and levels by name. `every` maps a role to the level it exists at."""

    units: dict[str, ResolvedUnit] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    roles: dict[str, n.Role] = field(default_factory=dict)
    levels: set[str] = field(default_factory=lambda: set(COMMON_LEVELS))

    def copy(self) -> Chart:
        """Return a chart that can grow without changing this one."""
        return Chart(dict(self.units), dict(self.called), dict(self.roles), set(self.levels))

    def extend(self, other: Chart) -> None:
        """Add everything of another chart."""
        self.units.update(other.units)
        self.called.update(other.called)
        self.roles.update(other.roles)
        self.levels.update(other.levels)

    def add(self, unit: n.Unit) -> None:
        """Add a unit under its name and aliases."""
        names = (unit.name.text, *(alias.text for alias in unit.aliases))
        for name in names:
            self.called.setdefault(name, unit.name.text)
        for role in unit.roles:
            self.roles.setdefault(role.text, n.Role(name=role))
        if unit.level:
            self.levels.add(unit.level.text)
        self.units[unit.name.text] = ResolvedUnit(
            name=unit.name.text,
            names=names,
            level=unit.level.text if unit.level else "",
            superior=unit.superior.text if unit.superior else "",
            roles=tuple(role.text for role in unit.roles),
            period=n.Period(unit.period.start, unit.period.end),
        )

    def target(self, name: str) -> UnitTarget | None:
        """Return what a body's name means: a unit, else a role, else a level."""
        if name in self.called:
            return UnitTarget("unit", self.called[name])
        if name in self.roles:
            return UnitTarget("role", name)
        return UnitTarget("level", name) if name in self.levels else None

    def owners(self, name: str) -> tuple[UnitTarget, ...]:
        """Return which addressees are the body `name` itself; a role 每个 L is at every L."""
        target = self.target(name)
        if target is None:
            return ()
        role = self.roles.get(name) if target.kind == "role" else None
        if role and role.every:
            return (target, UnitTarget("level", role.every.text))
        return (target,)

    def names(self) -> list[str]:
        """Return every name of a body."""
        return [*self.called, *self.roles, *sorted(self.levels)]

    def posts(self) -> dict[str, str]:
        """Return the roles that every unit of a level has, with that level."""
        return {name: role.every.text for name, role in self.roles.items() if role.every}

    def holders(self) -> dict[str, tuple[UnitTarget, ...]]:
        """Return who holds each role: units marked with it, and its 由."""
        held: dict[str, list[UnitTarget]] = {name: [] for name in self.roles}
        for unit in self.units.values():
            for role in unit.roles:
                held.setdefault(role, []).append(UnitTarget("unit", unit.name))
        for role_node in self.roles.values():
            for by in role_node.held_by:
                target = self.target(by.text)
                if target:
                    held[role_node.name.text].append(target)
        return {name: tuple(dict.fromkeys(targets)) for name, targets in held.items()}

    def superiors_are_settled(self) -> None:
        """Replace superiors given by alias by the unit's own name."""
        for name, unit in self.units.items():
            own = self.called.get(unit.superior, unit.superior)
            if own != unit.superior:
                self.units[name] = ResolvedUnit(
                    name=unit.name, names=unit.names, level=unit.level, superior=own,
                    roles=unit.roles, period=unit.period,
                )  # fmt: skip
