"""The org chart of a set and its upper sets: what a name of a body means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from zhunru.checker.resolved import ResolvedUnit, UnitTarget
from zhunru.checker.unit_nodes import UnitNodes
from zhunru.checker.unit_table import UnitTable, saying_more
from zhunru.syntax import nodes as n
from zhunru.syntax.sheet_rows import MANY

# Levels that need no declaration: they are the same everywhere in China.
COMMON_LEVELS = (
    "国家", "省", "省级", "市", "市级", "区", "区级", "县", "县级", "区县", "街道", "乡镇", "镇",
    "乡", "社区", "村", "网格", "小区", "部门", "派出机构",
)  # fmt: skip


@dataclass
class Chart:
    """Units, roles and levels by name. `every` maps a role to the level it exists at."""

    units: dict[str, ResolvedUnit] | UnitTable = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    roles: dict[str, n.Role] = field(default_factory=dict)
    levels: set[str] = field(default_factory=lambda: set(COMMON_LEVELS))

    def extend(self, other: Chart) -> None:
        """Add everything of another chart."""
        if isinstance(other.units, UnitTable) or isinstance(self.units, UnitTable):
            self._table().add_all(other.units)
        else:
            self.units.update(other.units)
        self.called.update(other.called)
        self.roles.update(other.roles)
        self.levels.update(other.levels)

    def _table(self) -> UnitTable:
        """Return the units by column, from now on kept so."""
        if not isinstance(self.units, UnitTable):
            self.units = UnitTable.of(self.units)
        return self.units

    def add_all(self, units: UnitNodes) -> None:
        """Add units under their names and aliases; of very many, what is plain by column."""
        few = len(units) < MANY and not isinstance(self.units, UnitTable)
        # Names that stand twice are for the plain way, in which the last one counts and findings
        # are made.
        if few or len(set(units.names)) < len(units):
            for unit in units:
                self.add(unit)
            return
        table = self._table()
        setdefault, others = self.called.setdefault, units.others
        table.extend(units.names, units.levels, units.superiors)
        self.levels.update(level for level in set(units.levels) if level)
        for at, name in enumerate(units.names):
            setdefault(name, name)
            if at in others:
                table.put(self._known(others[at]))

    def add(self, unit: n.Unit) -> None:
        """Add a unit under its name and aliases."""
        if unit.level:
            self.levels.add(unit.level.text)
        found = self._known(unit)
        if isinstance(self.units, UnitTable):
            self.units.put(found)
        else:
            self.units[found.name] = found

    def _known(self, unit: n.Unit) -> ResolvedUnit:
        """Return a unit, its names and roles noted."""
        names = (unit.name.text, *(alias.text for alias in unit.aliases))
        for name in names:
            # Whoever has a name first keeps it; a second one is reported.
            self.called.setdefault(name, unit.name.text)
        for role in unit.roles:
            self.roles.setdefault(role.text, n.Role(name=role))
        return ResolvedUnit(
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
        return (target, *self._posted(name)) if target.kind == "role" else (target,)

    def names(self) -> Iterator[str]:
        """Return every name of a body."""
        return chain(self.called, self.roles, sorted(self.levels))

    def posts(self) -> dict[str, str]:
        """Return the roles that every unit of a level has, with that level."""
        return {name: role.every.text for name, role in self.roles.items() if role.every}

    def holders(self) -> dict[str, tuple[UnitTarget, ...]]:
        """Return who holds each role: units marked with it, and its 由."""
        held: dict[str, list[UnitTarget]] = {name: [] for name in self.roles}
        for unit in saying_more(self.units):
            for role in unit.roles:
                held.setdefault(role, []).append(UnitTarget("unit", unit.name))
        for role_node in self.roles.values():
            for by in role_node.held_by:
                target = self.target(by.text)
                if target:
                    held[role_node.name.text].append(target)
        return {name: tuple(dict.fromkeys(targets)) for name, targets in held.items()}

    def bearers(self) -> dict[str, tuple[UnitTarget, ...]]:
        """Return which units are meant by each role: who holds it, and every L of a role 每个 L."""
        return {name: (*held, *self._posted(name)) for name, held in self.holders().items()}

    def _posted(self, name: str) -> tuple[UnitTarget, ...]:
        """Return the level every unit of which has the role `name`."""
        role = self.roles[name]
        return (UnitTarget("level", role.every.text),) if role.every else ()

    def superiors_are_settled(self) -> None:
        """Replace superiors given by alias by the unit's own name."""
        if isinstance(self.units, UnitTable):
            self.units.settle(self.called.get)
            return
        for name, unit in self.units.items():
            own = self.called.get(unit.superior, unit.superior)
            if own != unit.superior:
                # Only values change: a dictionary may not grow while it is gone through.
                self.units[name] = ResolvedUnit(
                    name=unit.name, names=unit.names, level=unit.level, superior=own,
                    roles=unit.roles, period=unit.period,
                )  # fmt: skip
