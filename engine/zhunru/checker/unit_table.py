"""The units of a large chart by column: the same mapping as of a small one, made as asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from zhunru.checker.resolved import ResolvedUnit


class UnitTable(Mapping[str, ResolvedUnit]):
    """Units by name, in written order; `others` are those with aliases, roles or days.

    `at` gives the place of a name in the columns.
    """

    __slots__ = ("_below", "at", "levels", "others", "superiors")

    def __init__(self) -> None:
        self.at: dict[str, int] = {}
        self.levels: list[str] = []
        self.superiors: list[str] = []
        self.others: dict[str, ResolvedUnit] = {}
        self._below: dict[str, list[str]] | None = None

    @classmethod
    def of(cls, units: Mapping[str, ResolvedUnit]) -> UnitTable:
        """Return a table of its own with the units of another chart."""
        table = cls()
        table.add_all(units)
        return table

    def add_all(self, units: Mapping[str, ResolvedUnit]) -> None:
        """Add the units of another chart."""
        if isinstance(units, UnitTable):
            self.extend(list(units.at), units.levels, units.superiors)
            self.others.update(units.others)
            return
        for unit in units.values():
            self.put(unit)

    def extend(self, names: Sequence[str], levels: list[str], superiors: list[str]) -> None:
        """Add units that are no more than a name, a level and a superior."""
        start = len(self.levels)
        places = dict(zip(names, range(start, start + len(names)), strict=True))
        if len(places) == len(names) and self.at.keys().isdisjoint(places):
            self.at.update(places)
            self.levels += levels
            self.superiors += superiors
            return
        for name, level, superior in zip(names, levels, superiors, strict=True):
            self._set(name, level, superior)

    def put(self, unit: ResolvedUnit) -> None:
        """Add a unit, or replace the one of its name."""
        self._set(unit.name, unit.level, unit.superior)
        self.others[unit.name] = unit

    def _set(self, name: str, level: str, superior: str) -> None:
        at = self.at.setdefault(name, len(self.levels))
        self.others.pop(name, None)
        self.levels[at : at + 1] = [level]
        self.superiors[at : at + 1] = [superior]

    def settle(self, own: Callable[[str, str], str]) -> None:
        """Replace superiors given by alias by the unit's own name."""
        self.superiors = list(map(own, self.superiors, self.superiors))
        for name, unit in self.others.items():
            self.others[name] = _with_superior(unit, self.superiors[self.at[name]])

    # --- as a mapping ----------------------------------------------------------------------------

    def __getitem__(self, name: str) -> ResolvedUnit:
        other = self.others.get(name)
        return other if other is not None else self._make(name, self.at[name])

    def _make(self, name: str, at: int) -> ResolvedUnit:
        return ResolvedUnit(
            name=name, names=(name,), level=self.levels[at], superior=self.superiors[at]
        )

    def get(self, name: str, default: Any = None) -> Any:
        """Return a unit, or what is given for one that is not there."""
        return self[name] if name in self.at else default

    def __contains__(self, name: object) -> bool:
        return name in self.at

    def __iter__(self) -> Iterator[str]:
        return iter(self.at)

    def __len__(self) -> int:
        return len(self.at)

    # --- asked of all ----------------------------------------------------------------------------

    def of_level(self, level: str) -> list[str]:
        """Return the units of a level, in written order."""
        return [name for name, each in zip(self.at, self.levels, strict=True) if each == level]

    def superior(self, name: str) -> str:
        """Return what a unit stands under, or an empty text."""
        at = self.at.get(name)
        return "" if at is None else self.superiors[at]

    def below(self, name: str) -> list[str]:
        """Return what stands under a body, itself included; nobody twice."""
        if self._below is None:
            self._below = {}
            for unit, superior in zip(self.at, self.superiors, strict=True):
                if superior:
                    self._below.setdefault(superior, []).append(unit)
        found = {name: None}
        waiting = [name]
        while waiting:
            for unit in self._below.get(waiting.pop(), ()):
                if unit not in found:
                    found[unit] = None
                    waiting.append(unit)
        return list(found)


def saying_more(units: Mapping[str, ResolvedUnit]) -> Iterable[ResolvedUnit]:
    """Return, in written order, at least the units that have aliases, roles or days."""
    return units.others.values() if isinstance(units, UnitTable) else units.values()


def of_level(units: Mapping[str, ResolvedUnit], level: str) -> list[str]:
    """Return the units of a level, in written order."""
    if isinstance(units, UnitTable):
        return units.of_level(level)
    return [unit.name for unit in units.values() if unit.level == level]


def _with_superior(unit: ResolvedUnit, superior: str) -> ResolvedUnit:
    if unit.superior == superior:
        return unit
    return ResolvedUnit(
        name=unit.name, names=unit.names, level=unit.level, superior=superior,
        roles=unit.roles, period=unit.period,
    )  # fmt: skip
