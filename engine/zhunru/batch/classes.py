"""What tells two requests apart: the class of each of their facts.

Facts of one class are taken alike by every clause, so requests whose facts are of the same
classes have the same answer. Where no classes are known, a value is a class of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from zhunru.analysis.axes import Axis, ClassOf, stretch_of
from zhunru.analysis.classes import UNLISTED
from zhunru.analysis.reads import Asked, turning
from zhunru.analysis.space import Space
from zhunru.checker.resolved import NOTHING, ResolvedField
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.field_values import Unreadable, read_value
from zhunru.compiler.plan import Plan
from zhunru.compiler.registers import covers
from zhunru.compiler.values import UNKNOWN, civil
from zhunru.diagnostics import NOWHERE
from zhunru.request_facts import RequestFacts, sort_facts
from zhunru.vocabulary import DAY_COLUMNS, TypeName

NUMERIC = (TypeName.NUMBER, TypeName.MONEY, TypeName.RATIO, TypeName.DATE, TypeName.MOMENT)


class Role(Enum):
    """What a column of a file says of a request."""

    FIELD = "field"
    REGISTER = "register"
    RECEIVED = "received"
    QUOTA = "quota"


class Alone(Enum):
    """Why a row does not share the answer of others: it cannot be read, and why not names what
    stands in it; or only rows that say exactly the same are certain to have its answer."""

    UNREADABLE = "unreadable"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says. Cells with equal codes are taken alike.

    `value` is what was read (UNKNOWN: nothing is known), `at` its class on the axis of its fact,
    `law` the class of the day whose law applies where the cell tells that day. `named`: it is the
    name of a unit, as it was given: the chart of the day decides whose.
    """

    code: Hashable
    value: Any = UNKNOWN
    at: int | None = None
    law: int | None = None
    alone: Alone | None = None
    named: bool = False


_UNKNOWN = Cell("未知")
_UNREADABLE = Cell(Alone.UNREADABLE, alone=Alone.UNREADABLE)
_ROWS = Cell(Alone.EXACT, alone=Alone.EXACT)  # of a register: whoever gives them asks once


class FactClasses:
    """The classes of what stands in the columns of one decision.

    `space` knows the classes of facts; None: each value is one by itself.
    """

    def __init__(
        self, policy: CompiledPolicy, plan: Plan, facts: RequestFacts, space: Space | None
    ) -> None:
        self._plan = plan
        self._model = policy.model
        self._facts = facts
        self._space = space
        self._tellers: dict[str, ClassOf] = {}
        self._law = _no_class if space is None else _day_class(space)
        levels = () if space is None else space.levels
        asked = {each.name for each in levels if each.kind == "register"}
        self._rows = [row for name in asked for row in policy.supplied.get(name, ())]
        self._row_days = sorted(set(self._turning_days()))
        units = policy.model.chart.units.values()
        self.changing = any(unit.period.start or unit.period.end for unit in units)

    def _turning_days(self) -> Iterator[date]:
        for row in self._rows:
            yield from turning(row.start, row.end)

    def role(self, name: str) -> Role:
        """Return what a column of this name says."""
        if name in self._plan.fields:
            return Role.FIELD
        if name in self._model.registers:
            return Role.REGISTER
        return Role.RECEIVED if name in DAY_COLUMNS else Role.QUOTA

    def absent(self, name: str) -> Cell:
        """Return what it says that a field is not given."""
        default = self._plan.fields[name].default if name in self._plan.fields else None
        return _UNKNOWN if default is None else self._of_field(name, default)

    def of(self, name: str, value: Any) -> Cell:
        """Return what stands in a column of that name; not for blank cells."""
        request, findings = sort_facts({name: value}, NOWHERE, self._facts)
        if request is None or findings:
            return _UNREADABLE
        role = self.role(name)
        if role is Role.FIELD:
            return self._read_field(name, request.facts[name])
        if role is Role.RECEIVED:
            return self.of_day(request.received)
        if role is Role.REGISTER:
            held = request.registers[name]
            return Cell(held, held) if isinstance(held, bool) else _ROWS
        return Cell(("given", str(value).strip()), value)

    def of_day(self, day: date) -> Cell:
        """Return what a day of receipt says."""
        law = self._law(day)
        return Cell(self._of_law(day, law), day, law=law)

    def _of_law(self, day: date, law: int | None) -> Hashable:
        """Return what tells days apart whose law applies: rows that the set brings count too."""
        return (day if law is None else law, bisect_right(self._row_days, day))

    def _read_field(self, name: str, given: Any) -> Cell:
        field = self._plan.fields[name]
        try:
            # Where units come and go, who is meant is read on the day of each row.
            read = read_value(self._model.chart, date.min, field, given, strangers=self.changing)
        except Unreadable:
            return _UNREADABLE
        if field.asserted_by and self._facts.asserted_by not in (None, field.asserted_by):
            return _UNKNOWN  # a claim of one who may not assert it
        if self.changing and field.type.name in (TypeName.UNIT, TypeName.UNITS):
            named = given if isinstance(given, str) else tuple(given or ())
            return Cell(("named", named), given, named=True)
        return _UNKNOWN if read is UNKNOWN else self._of_field(name, read)

    def on(self, name: str, cell: Cell, day: date) -> Cell:
        """Return what a cell says on a day: on that of a unit's name the chart decides."""
        if not cell.named:
            return cell
        given = cell.value
        try:
            read = read_value(self._model.chart, day, self._plan.fields[name], given)
        except Unreadable:
            return _UNREADABLE
        return _UNKNOWN if read is UNKNOWN else self._of_field(name, read)

    def _of_field(self, name: str, value: Any) -> Cell:
        """Return the class of a value that was read."""
        at = self.class_of(name, value)
        read = self._space is None or Asked("field", name) in self._space.levels
        code: Any = at if at is not None else (type(value), value) if read else value is NOTHING
        if name == self._plan.governing_field and value is not NOTHING:
            day = civil(value)
            law = self._law(day)
            return Cell((code, self._of_law(day, law)), value, at, law)
        return Cell((code, *self._of_rows(name, value)), value, at)

    def _of_rows(self, name: str, value: Any) -> Iterator[Hashable]:
        """Yield what rows that the set brings tell apart: whom they cover, what they share."""
        if not self._rows:
            return
        if self._plan.fields[name].type.name is TypeName.UNIT and isinstance(value, str):
            yield tuple(covers(self._model.chart, row, value) for row in self._rows)
        if any(name in row.values for row in self._rows):
            yield (type(value), value)

    def places(self, name: str, cell: Cell) -> tuple[tuple[int, int], ...] | None:
        """Return the classes that a cell tells, with the levels of their axes; None where it takes
        more to say what it tells."""
        if self._space is None or cell.alone is not None or cell.named:
            return None
        levels, found = self._space.levels, []
        level = levels.get(Asked("field", name)) if name in self._plan.fields else None
        if level is not None and cell.value is not UNKNOWN:
            if cell.at is None:
                return None
            found.append((level, cell.at))
        law = levels.get(Asked("received", ""))
        if law is not None and cell.law is not None:
            found.append((law, cell.law))
        if self._rows and name not in DAY_COLUMNS:
            return None  # what the rows hold that the set brings hangs on it too
        told = self.role(name) in (Role.FIELD, Role.RECEIVED) or cell.value is UNKNOWN
        return tuple(found) if told else None

    def class_of(self, name: str, value: Any) -> int | None:
        """Return the class of a value of a field on its axis; None where it is not known."""
        teller = self._tellers.get(name)
        if teller is None:
            teller = self._tellers[name] = self._teller(self._plan.fields[name])
        return teller(value)

    def takes_any_text(self, name: str) -> bool:
        """Tell whether all texts of a field are of one class, but for the words that stand for no
        text: no clause and no row of the set asks for it."""
        field, levels = self._plan.fields[name], self._space.levels if self._space else None
        read = (
            levels is None or Asked("field", name) in levels or name == self._plan.governing_field
        )
        held = any(name in row.values for row in self._rows)
        return field.type.name is TypeName.TEXT and not (read or held)

    def _teller(self, field: ResolvedField) -> ClassOf:
        space = self._space
        level = None if space is None else space.levels.get(Asked("field", field.name))
        if space is None or level is None:
            return _no_class
        axis = space.axes[level]
        # What is compared with another field is not told by its own class alone.
        if not axis.exact or space.is_compared(field.name) or _is_points(axis):
            return _no_class
        if field.type.name is TypeName.MATTER:
            return _grouped(axis, space.class_of_matter, otherwise=axis.values.index)
        if field.type.name is TypeName.UNIT:
            return _grouped(axis, space.class_of_unit(field.name))
        if field.type.name in NUMERIC:
            return stretch_of(axis)
        return _same_as(axis)


def _no_class(value: Any) -> int | None:
    return None


def _is_points(axis: Axis) -> bool:
    """Tell whether the classes are single values: so are those of numbers that are compared with
    each other, and what lies between them is of no class."""
    return bool(axis.ends) and all(low == high for low, high in axis.ends)


def _same_as(axis: Axis) -> ClassOf:
    """Return what finds a value among those that stand for classes."""
    known = {(type(value), value): at for at, value in enumerate(axis.values)}
    return lambda value: known.get((type(value), value))


def _grouped(
    axis: Axis, class_of: Callable[[Any], Any], otherwise: Callable[[Any], int] | None = None
) -> ClassOf:
    """Return what finds the class of a text by what is told of it; else that of unlisted ones."""
    known = {class_of(v): at for at, v in enumerate(axis.values) if v is not NOTHING}
    nothing = next((at for at, v in enumerate(axis.values) if v is NOTHING), None)
    rest = otherwise(UNLISTED) if otherwise is not None else None

    def of(value: Any) -> int | None:
        return nothing if value is NOTHING else known.get(class_of(value), rest)

    return of


def _day_class(space: Space) -> ClassOf:
    """Return what finds the stretch of days that the day of receipt lies in."""
    level = space.levels.get(Asked("received", ""))
    return _no_class if level is None else stretch_of(space.axes[level])
