"""The units that a set declares, in written order: as nodes, and by column for what asks of all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from zhunru.on_demand import OnDemand
from zhunru.syntax import nodes as n
from zhunru.syntax.sheet_rows import UnitRows


class UnitNodes(OnDemand[n.Unit]):
    """Units of one or more blocks. `others` are those with aliases, roles or days, by place.

    A large chart makes its nodes when they are asked for: checks read the columns, and ask for
    the node of a unit only to say where it stands.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.levels: list[str] = []
        self.superiors: list[str] = []
        self.others: dict[int, n.Unit] = {}
        self._starts: list[int] = []
        self._blocks: list[Sequence[n.Unit]] = []

    def extend(self, units: Sequence[n.Unit]) -> None:
        """Add the units of a block."""
        if not units:
            return
        start = len(self.names)
        self._starts.append(start)
        self._blocks.append(units)
        if isinstance(units, UnitRows):
            self.names += units.names
            self.levels += units.levels
            self.superiors += units.superiors
            self.others.update((start + at, unit) for at, unit in units.others.items())
        else:
            self._extend(units)

    def _extend(self, units: Sequence[n.Unit]) -> None:
        for unit in units:
            if unit.aliases or unit.roles or unit.period != _ALWAYS:
                self.others[len(self.names)] = unit
            self.names.append(unit.name.text)
            self.levels.append(unit.level.text if unit.level else "")
            self.superiors.append(unit.superior.text if unit.superior else "")

    def __len__(self) -> int:
        return len(self.names)

    def make(self, at: int) -> n.Unit:
        """Return the node of a unit."""
        block = bisect_right(self._starts, at) - 1
        return self._blocks[block][at - self._starts[block]]

    def __iter__(self) -> Iterator[n.Unit]:
        for block in self._blocks:
            yield from block

    def named(self) -> Iterator[tuple[int, str, bool]]:
        """Yield place and name of every unit, and whether it says more than names and level."""
        others = self.others
        for at, name in enumerate(self.names):
            yield at, name, at in others


_ALWAYS = n.Period()
