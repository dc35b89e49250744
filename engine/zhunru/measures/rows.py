"""The rows that checks and scorecards are asked over: of registers, units, lists and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeAlias

from zhunru.checker.register_table import RegisterTable
from zhunru.checker.resolved import NOTHING, UnitTarget, normal_title
from zhunru.checker.resolved_measures import Link, Things
from zhunru.checker.things import YEARS
from zhunru.checker.unit_table import UnitTable
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.registers import RegisterRow, make_row
from zhunru.compiler.values import UNKNOWN
from zhunru.measures.many import Made, Named, Places, Registered, said, totals
from zhunru.syntax.written_days import day_in

Values = Mapping[str, Any]
Index: TypeAlias = "dict[Any, list[Row]] | Places"


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One thing: the `number`th of its kind, what it is called, and its columns."""

    things: Things
    number: int
    name: str
    values: Any
    codes: frozenset[str] = field(default=frozenset())


class Rows:
    """Everything that is known on one day: the rows of registers, the units of the chart.

    `registers` are given rows by register; those that the set brings from files need not be given.
    A register without rows given or brought is unknown, not empty.
    """

    def __init__(
        self,
        policy: CompiledPolicy,
        day: date,
        registers: Mapping[str, Sequence[Values]] | None = None,
    ) -> None:
        self.policy = policy
        self.day = day
        self.chart = policy.model.chart
        self._given = dict(registers or {})
        self._rows: dict[tuple[str, str], Sequence[Row] | None] = {}
        self._indices: dict[tuple[str, str, str, bool], Index] = {}
        self._values: dict[tuple[str, str, str], dict[Any, list[Row]]] = {}

    def on(self, day: date) -> Rows:
        """Return the same rows as they stand on another day."""
        return Rows(self.policy, day, self._given)

    def register(self, name: str) -> Sequence[Values] | None:
        """Return the rows of a register; None: nothing is known of it."""
        if name in self._given:
            return self._given[name]
        register = self.policy.core.registers.get(name)
        if register is None or register.rows is None:
            return None
        if isinstance(register.rows, RegisterTable):
            return Made(len(register.rows), register.rows.values)
        return [*map(dict, register.rows)]

    @cached_property
    def in_force(self) -> dict[str, tuple[RegisterRow, ...]]:
        """Return the rows of registers as decisions read them, for 有效(台账)."""
        known = dict(self.policy.supplied)
        for name, rows in self._given.items():
            if name not in self.policy.core.registers:
                continue  # the ratings of a scorecard
            known[name] = tuple(make_row(self.policy.core.registers[name], row) for row in rows)
        return known

    def of(self, things: Things) -> Sequence[Row] | None:
        """Return all the rows of these things; None: nothing is known of them."""
        key = (things.kind, things.name)
        if key not in self._rows:
            register = things.kind == "register"
            self._rows[key] = self._registered(things) if register else self._make(things)
        return self._rows[key]

    def _registered(self, things: Things) -> Sequence[Row] | None:
        """Return the rows of a register; those of a large one are made when they are asked for."""
        found = self.register(things.name)
        if found is None:
            return None

        def row(at: int) -> Row:
            values = found[at]
            return Row(things, at + 1, _called(values.get(things.key), at + 1), values)

        table = self.policy.core.registers[things.name].rows if isinstance(found, Made) else None
        if isinstance(table, RegisterTable):
            return Registered(table, row)
        return tuple(map(row, range(len(found))))

    def _make(self, things: Things) -> Sequence[Row]:
        if things.kind in ("level", "role") and isinstance(self.chart.units, UnitTable):
            names = self._units(things)
            return Named(names, lambda at: self._unit(things, at + 1, names[at]))
        return tuple(self._few(things))

    def _unit(self, things: Things, number: int, name: str) -> Row:
        return Row(things, number, name, Kept(self, things, name))

    def _few(self, things: Things) -> Iterator[Row]:
        if things.kind == "list":
            for number, called in enumerate(things.entries, 1):
                title = called[1]
                codes = frozenset(map(normal_title, called))
                yield Row(things, number, title, Kept(self, things, title), codes)
            return
        names: Iterable[str] = things.values if things.kind == "values" else self._units(things)
        for number, name in enumerate(names, 1):
            yield self._unit(things, number, name)

    def _units(self, things: Things) -> list[str]:
        target = UnitTarget("role" if things.kind == "role" else "level", things.name)
        found = self.chart.being(target)
        return [unit for unit in self.chart.known(self.day) if unit in found]

    def have(self, things: Things, column: str) -> bool:
        """Tell whether things have a column, even if all of it is blank."""
        if things.kind != "register":
            return column == things.key or column in dict(things.kept)
        register = self.policy.core.registers.get(things.name)
        return register is not None and any(each.name == column for each in register.fields)

    # --- what belongs to whom --------------------------------------------------------------------

    def linked(self, things: Things, link: Link, subject: Row) -> list[Row]:
        """Return the rows that belong to a subject by a link, in their order."""
        index = self.index(things, link)
        wanted = subject.codes or {subject.values.get(link.key, UNKNOWN)}
        found = [row for key in wanted for row in index.get(key, ())]
        return found if len(wanted) == 1 else sorted(found, key=lambda row: row.number)

    def index(self, things: Things, link: Link) -> Index:
        """Return the rows by whom they belong to."""
        key = (things.kind, things.name, link.column, link.below)
        if key not in self._indices:
            rows = self.of(things) or ()
            named = said(rows, link)
            if named is None or (link.below and not isinstance(self.chart.units, UnitTable)):
                self._indices[key] = self._each(rows, link)
            else:
                self._indices[key] = Places(rows, named, link, self.chart.units)
        return self._indices[key]

    def having(self, things: Things, column: str, value: Any) -> list[Row]:
        """Return the rows that have a value in a column, and those of which that is not known."""
        key = (things.kind, things.name, column)
        if key not in self._values:
            index: dict[Any, list[Row]] = {}
            for row in self.of(things) or ():
                index.setdefault(row.values.get(column, UNKNOWN), []).append(row)
            self._values[key] = index
        found = [*self._values[key].get(value, ()), *self._values[key].get(UNKNOWN, ())]
        return sorted(found, key=lambda row: row.number)

    def _each(self, rows: Sequence[Row], link: Link) -> dict[Any, list[Row]]:
        index: dict[Any, list[Row]] = {}
        for row in rows:
            for value in self._keys(row, link):
                index.setdefault(value, []).append(row)
        return index

    def totals(self, things: Things, link: Link) -> Mapping[str, int] | None:
        """Return how many rows belong to each body, of very many; None: ask one by one."""
        named = said(self.of(things) or (), link)
        return None if named is None else totals(named, link, self.chart.units)

    def _keys(self, row: Row, link: Link) -> Iterable[Any]:
        """Return whom a row belongs to: who is named, and for units all above them."""
        said = row.values.get(link.column, UNKNOWN) if link.column else row.name
        if said is UNKNOWN or said is NOTHING:
            return ()
        several = said if isinstance(said, frozenset) else (said,)
        if not link.below:
            # As it stands and as titles are compared: a clerk's full-width letters name the same
            # body.
            texts = {normal_title(one) for one in several if isinstance(one, str)}
            return {*several, *texts}
        return {unit for one in several for unit in self.chart.above(one)}


class Kept:
    """The columns of a unit, an entry or a value: what the register kept by it says.

    A register with several rows for it says nothing, unless it has a row for each year.
    """

    def __init__(self, rows: Rows, things: Things, name: str, year: int = 0) -> None:
        self._rows = rows
        self._things = things
        self._name = name
        self._year = year or rows.day.year

    def of_year(self, year: int) -> Kept:
        """Return the same in another year."""
        return Kept(self._rows, self._things, self._name, year)

    def get(self, column: str, default: Any = None) -> Any:
        """Return what is known of a column."""
        if column == self._things.key:
            return self._name
        register = dict(self._things.kept).get(column)
        if register is None:
            return default
        found = self._lines(register)
        return found[0].get(column, default) if len(found) == 1 else default

    def _lines(self, register: str) -> list[Values]:
        things = Things("register", register, "", year="")
        link = Link(self._things.key, 0, "")
        found = [row.values for row in self._rows.index(things, link).get(self._name, ())]
        year = next((c for c in YEARS if any(c in one for one in found)), "")
        return [one for one in found if not year or year_of(one.get(year)) == self._year]


def _called(value: Any, number: int) -> str:
    """Return what a row of a register is called: by its first column, else by its number."""
    if value is None or value is UNKNOWN or value is NOTHING:
        return f"第 {number} 行"
    return shown(value)


def shown(value: Any) -> str:
    """Return a value as people write it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, frozenset):
        return "、".join(sorted(map(shown, value)))
    if isinstance(value, tuple):
        return " 至 ".join(map(shown, value))
    if value is NOTHING:
        return "无"
    return "未知" if value is UNKNOWN else str(value)


def year_of(value: Any) -> int:
    """Return the year that a column of years says, -1 for none: 2025, 2025年度, a day in it."""
    if isinstance(value, date):
        return value.year
    if isinstance(value, (Decimal, int)):
        return int(value)
    text = str(value).removesuffix("度").removesuffix("年").strip()
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def day_of(value: Any) -> date | None:
    """Return the day that a row is of: a date, a moment's day, the first of a 时段."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, tuple):
        return value[0] if isinstance(value[0], date) else None
    if isinstance(value, str):
        try:
            return day_in(value.split("至")[0].strip())
        except ValueError:
            return None
    return None
