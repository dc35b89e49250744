"""Representatives: for each unknown fact, one value of every class that the clauses tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations, pairwise
from math import floor
from typing import Any

from zhunru.checker.resolved import (
    NOTHING,
    OUTSIDE,
    Apply,
    BelongsTo,
    Clause,
    FieldValue,
    Has,
    InForce,
    IsUnit,
    OneOf,
    ResolvedField,
    RExpr,
    Test,
    UnitTarget,
    Within,
    normal_title,
)
from zhunru.checker.values import as_number
from zhunru.compiler.atoms import Atom, atoms, clause_expressions, opened
from zhunru.compiler.evaluate import Evaluator, Fact, Facts
from zhunru.compiler.judge import MATCH, in_force_on
from zhunru.compiler.linear import Analyst
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.registers import RegisterRow, covers
from zhunru.compiler.values import AND_MORE, UNKNOWN
from zhunru.vocabulary import Function, TypeName

_NUMERIC = {TypeName.NUMBER, TypeName.MONEY, TypeName.RATIO, TypeName.DATE, TypeName.MOMENT}
_SETS = {TypeName.CHOICES, TypeName.UNITS}
_MAX_DOMAIN = 2000  # points of an opaque numeric domain that are tried one by one
_MAX_MATTERS = 600
_PAST = date.max.toordinal() + 1
_MAX_MEMBERS = 8  # members of a set whose presence is told apart
_PER_CLASS = 2  # units and matters of one class that stand for it

Values = tuple[Any, ...]


class Regions:
    """Finds the representatives of unknown facts, for one request on one day.

    `exact` turns False where they may not show every outcome.
    """

    def __init__(self, plan: Plan, model: Model, day: date, facts: Facts) -> None:
        self.plan = plan
        self.model = model
        self.day = day
        self.facts = facts
        self.exact = True
        self._known = Evaluator(model, day, facts)
        self._found: dict[Fact, Values] = {}
        self._atoms: list[Atom] | None = None
        self._points: Analyst | None = None

    def of(self, fact: Fact) -> Values:
        """Return the representatives of an unknown fact."""
        found = self._found.get(fact)
        if found is None:
            found = self._found[fact] = self._find(fact)
        return found

    def _find(self, fact: Fact) -> Values:
        if fact.kind == "quota":
            return (True, False)
        if fact.kind == "register":
            return self._register(fact.name)
        if fact.kind == "calendar":
            self.exact = False
            return ()
        field = self.plan.fields.get(fact.name)
        if field is None:
            self.exact = False
            return ()
        if self._held_unseen(field):
            self.exact = False
        found = self._values(field)
        return (*found, NOTHING) if field.type.optional else found

    def _values(self, field: ResolvedField) -> Values:
        kind = field.type.name
        if kind is TypeName.FLAG:
            return (True, False)
        if kind is TypeName.CHOICE:
            return tuple(field.type.values)
        if kind is TypeName.MATTER:
            return self._matters(field)
        if kind is TypeName.UNIT:
            return self._units(field.name)
        if kind in _NUMERIC:
            return self._numbers(field)
        if kind in _SETS:
            return self._sets(field)
        if kind is TypeName.SPAN:
            return self._spans(field.name)
        return self._texts(field.name)

    # --- what the clauses test -----------------------------------------------------------------

    def clauses(self) -> Iterator[Clause]:
        """Yield the clauses that may concern the request on this day."""
        return (clause for clause in self.concerned() if in_force_on(clause, self.day))

    def concerned(self) -> Iterator[Clause]:
        """Yield the clauses that may concern the request on any day."""
        yield from (self.plan.clauses[number] for number in self.concerned_numbers())

    def concerned_numbers(self) -> list[int]:
        """Return the numbers of the clauses that may concern the request on any day."""
        name = self.plan.matter_field
        matter: Any = self.facts.values.get(name, UNKNOWN) if name else NOTHING
        numbers: list[int] = list(self.plan.general)
        if matter is UNKNOWN:
            for title in self._matter_titles():
                numbers.extend(self.plan.index.find(title))
        elif matter is not NOTHING:
            numbers.extend(self.plan.index.find(normal_title(matter)))
        return self._with_named(numbers)

    def _with_named(self, numbers: list[int]) -> list[int]:
        """Add the clauses that these name after 除外, and those that they name."""
        seen: dict[int, None] = {}
        waiting = list(dict.fromkeys(numbers))
        while waiting:
            number = waiting.pop(0)
            if number in seen:
                continue
            seen[number] = None
            for code in self.plan.clauses[number].unless_clauses:
                waiting.extend(self.plan.by_code.get(code, ()))
        return list(seen)

    def atoms(self) -> list[Atom]:
        """Return every test that those clauses make, each once."""
        if self._atoms is None:
            found: dict[Atom, None] = {}
            for clause in self.clauses():
                for expr in clause_expressions(clause):
                    found.update(dict.fromkeys(atoms(self.model, expr, clause.leads)))
            self._atoms = list(found)
        return self._atoms

    def registers(self) -> list[str]:
        """Return the registers that stand among those clauses."""
        return [clause.code for clause in self.clauses() if clause.origin == "register"]

    def constants(self, name: str) -> dict[Any, None]:
        """Return the values with which a field is tested for being equal, or one beside it."""
        values = chain.from_iterable(map(self._own_constants, self._compared(name)))
        return {value: None for value in values if value is not NOTHING}

    def _own_constants(self, name: str) -> Iterator[Any]:
        for atom in self.atoms():
            if isinstance(atom, OneOf) and _reads(atom.left, name):
                yield from sorted(atom.values)
            elif isinstance(atom, Test):
                for side, other in ((atom.left, atom.right), (atom.right, atom.left)):
                    if _reads(side, name):
                        yield from self._possible(other)
        yield from (row.values[name] for row in self._rows_matched() if name in row.values)

    def _possible(self, expr: RExpr) -> Iterator[Any]:
        """Yield the values that the other side of a test may have."""
        value = self._known.value(expr)
        if value is not UNKNOWN:
            yield value
            return
        for part in opened(self.model, expr):
            yield from self._possible(part)

    def _rows_matched(self) -> Iterator[RegisterRow]:
        for name in self.registers():
            rows = self.facts.registers.get(name)
            if isinstance(rows, Sequence):
                yield from rows

    def _compared(self, name: str) -> list[str]:
        """Return the field and the unknown ones that tests compare with it, or with those."""
        pairs = [_compared_fields(atom) for atom in self.atoms() if isinstance(atom, Test)]
        found = [name]
        # The list grows while it is gone through: what is compared with what is compared.
        for here in found:
            for pair in pairs:
                known = any(self.facts.values.get(field, UNKNOWN) is not UNKNOWN for field in pair)
                if here in pair and not known:
                    found.extend(other for other in pair if other not in found)
        return found

    def _paired(self, name: str) -> bool:
        """Tell whether the field is compared with another unknown one, sought in a group, or is a
        register's scope."""
        for atom in self.atoms():
            if isinstance(atom, Has) and _reads(atom.item, name):
                return True
            if isinstance(atom, InForce) and atom.scope == name:
                return True
            if isinstance(atom, Test) and name in _compared_fields(atom):
                return True
        return name == self.plan.addressee_field and bool(self.registers())

    # --- units ---------------------------------------------------------------------------------

    def _units(self, name: str) -> Values:
        """Return units of every class of the field, and of those that it is compared with: the
        same unit may stand in both."""
        fields = self._compared(name)
        return tuple(dict.fromkeys(chain.from_iterable(map(self._units_by_class, fields))))

    def _units_by_class(self, name: str) -> Values:
        """Return units by class (same answers to every test), and one outside the chart."""
        targets, constants = self._unit_tests(name)
        rows, beside = self._rows_of(name), self._units_beside(name)
        groups, named = self._groups_asked(name)
        constants |= named
        classes: dict[tuple[Any, ...], list[str]] = {}
        members = _PER_CLASS if self._paired(name) else 1
        for unit in (*self.model.chart.known(self.day), OUTSIDE + "某单位", OUTSIDE + "另一单位"):
            answers = tuple(test(unit, target) for test, target in targets)
            shown = tuple(covers(self.model.chart, row, unit) for row in rows)
            placed = tuple(self._relation(unit, other) for other in beside)
            inside = tuple(unit in group for group in groups)
            key = (answers, shown, placed, inside, unit in constants and unit)
            alike = classes.setdefault(key, [])
            if len(alike) < members:
                alike.append(unit)
        return tuple(chain.from_iterable(classes.values()))

    def _units_beside(self, name: str) -> list[str]:
        """Return the known units that an unknown register is asked about together with a field:
        where they stand on the chart binds what rows may hold for both."""
        found: dict[str, None] = {}
        for register in self.model.registers:
            asked = self.units_asked(register) if register not in self.facts.registers else []
            if name in asked:
                values = (self.facts.values.get(other, UNKNOWN) for other in asked)
                found.update((value, None) for value in values if isinstance(value, str))
        return list(found)

    def _relation(self, unit: str, other: str) -> tuple[bool, bool]:
        """Tell whether a unit stands below another, or above it."""
        above = self.model.chart.above
        return other in above(unit), unit in above(other)

    def _unit_tests(self, name: str) -> tuple[list[tuple[Any, UnitTarget]], set[Any]]:
        chart = self.model.chart
        targets: dict[tuple[Any, UnitTarget], None] = {}
        for atom in self.atoms():
            if isinstance(atom, BelongsTo) and _reads(atom.left, name):
                targets.update({(chart.belongs, target): None for target in atom.targets})
            elif isinstance(atom, IsUnit) and _reads(atom.left, name):
                targets[(chart.is_target, atom.target)] = None
        return list(targets), set(self.constants(name))

    def _groups_asked(self, name: str) -> tuple[list[frozenset[str]], set[str]]:
        """Return the known groups that a unit is sought in, or that an unknown one is compared
        with, and the units that such an unknown one is asked to hold."""
        groups: dict[frozenset[str], None] = {}
        named: set[str] = set()
        for atom in self._holdings():
            if not _reads(atom.item, name):
                continue
            groups.update({v: None for v in self._possible(atom.left) if isinstance(v, frozenset)})
            for group in self._compared(_name_of(atom.left)):
                constants = self.constants(group)
                groups.update({v: None for v in constants if isinstance(v, frozenset)})
                items = (a.item for a in self._holdings() if _reads(a.left, group))
                known = (self._known.value(item) for item in items)
                named.update(value for value in known if isinstance(value, str))
        return list(groups), named

    def _rows_of(self, name: str) -> list[RegisterRow]:
        """Return the rows whose scope is asked about by this field."""
        asked = {a.register for a in self.atoms() if isinstance(a, InForce) and a.scope == name}
        if name == self.plan.addressee_field:
            asked.update(self.registers())
        found: list[RegisterRow] = []
        for register in asked:
            rows = self.facts.registers.get(register)
            found.extend(rows if isinstance(rows, Sequence) else ())
        return found

    # --- matters and texts ---------------------------------------------------------------------

    def _matter_titles(self) -> list[str]:
        """Return the titles of listed matters by class: what answers to them, and how."""
        index = self.plan.index.numbers
        if len(index) > _MAX_MATTERS * 10:
            self.exact = False
        seen: dict[tuple[int, ...], str] = {}
        for title in index:
            if len(seen) >= _MAX_MATTERS:
                self.exact = False
                break
            seen.setdefault(self.plan.index.find(title), title)
        return list(seen.values())

    def _matters(self, field: ResolvedField) -> Values:
        unlisted = "未列事项"
        listed: tuple[str, ...] = ()
        if field.name == self.plan.matter_field:
            listed = tuple(self._matter_titles())
        return tuple(dict.fromkeys((*listed, *self.constants(field.name), unlisted)))

    def _texts(self, name: str) -> Values:
        """Return the texts asked about, those that hold the parts asked about, and others."""
        constants = [text for text in self.constants(name) if isinstance(text, str)]
        names = self._compared(name)
        found = [a.item for a in self._holdings() if any(_reads(a.left, n) for n in names)]
        held = list(dict.fromkeys(text for item in found for text in self._members(item)))
        # What is asked to stand in a longer text may be all of that text, or some of it.
        around = (a.left for a in self._holdings() if _reads(a.item, name))
        wider = [text for left in around for text in self._possible(left) if isinstance(text, str)]
        constants.extend(part for text in wider for part in (text, text[:1]))
        if len(held) > _MAX_MEMBERS:
            self.exact = False
        parts = list(subsets(held[:_MAX_MEMBERS]))
        mixtures = ["|".join(some) for some in parts]
        # A text may hold a part and still be none of those that are asked for as a whole.
        longer = [AND_MORE + "|".join(some) for some in parts
                  if some and (constants or len(names) > 1)]  # fmt: skip
        # Two that no clause names, so that two fields may also differ by them.
        return tuple(dict.fromkeys((*constants, *mixtures, *longer, "\x01", "\x02")))

    def _sets(self, field: ResolvedField) -> Values:
        """Return the sets of the members asked about, with and without another member."""
        names = self._compared(field.name)
        asked: dict[str, None] = {}
        for atom in self._holdings():
            if any(_reads(atom.left, name) for name in names):
                asked.update(dict.fromkeys(self._members(atom.item)))
        whole = [value for value in self.constants(field.name) if isinstance(value, frozenset)]
        own = field.type.values
        if field.type.name is TypeName.CHOICES:
            asked = {member: None for member in asked if member in own}
            whole = [value for value in whole if value.issubset(own)]
        if len(asked) > _MAX_MEMBERS:
            self.exact = False
        members = list(asked)[:_MAX_MEMBERS]
        if whole or len(names) > 1:
            # As many as make more sets of the same members asked about than are compared.
            more = (len(names) + len(whole)).bit_length()
            members.extend(self._others(field, asked)[:more])
        return tuple(dict.fromkeys((*map(frozenset, subsets(members)), *whole)))

    def _others(self, field: ResolvedField, asked: Iterable[str]) -> list[str]:
        """Return members that a set may have and that are not asked about."""
        if field.type.name is TypeName.CHOICES:
            # Those first that compared fields take, too: two sets may then be equal by them.
            shared = [self.plan.fields[name].type.values for name in self._compared(field.name)]
            values = sorted(field.type.values, key=lambda v: not all(v in own for own in shared))
        else:
            values = list(self.model.chart.known(self.day))
        return [value for value in values if value not in asked]

    # --- what holds what -----------------------------------------------------------------------

    def _holdings(self) -> Iterator[Has]:
        return (atom for atom in self.atoms() if isinstance(atom, Has))

    def _members(self, item: RExpr) -> Iterator[str]:
        """Yield what a set or text may be asked to hold, by classes where that is a fact."""
        value = self._known.value(item)
        if value is not UNKNOWN:
            yield from (value,) if isinstance(value, str) else ()
        elif isinstance(item, FieldValue) and item.name in self.plan.fields:
            type_ = self.plan.fields[item.name].type
            if type_.name is TypeName.CHOICE:
                yield from type_.values
            elif type_.name is TypeName.UNIT:
                yield from self._units(item.name)
            else:
                self.exact = False
                yield from (v for v in self.constants(item.name) if isinstance(v, str))
        else:
            for part in opened(self.model, item):
                yield from self._members(part)

    def _held_unseen(self, field: ResolvedField) -> bool:
        """Tell whether a fact is asked to be held, or to hold, in a way that has no classes."""
        kind = field.type.name
        for atom in self._holdings():
            if _reads(atom.item, field.name):
                classed = kind in (TypeName.CHOICE, TypeName.UNIT)
                if not classed or not isinstance(atom.left, FieldValue):
                    return kind is not TypeName.CHOICE
            elif self._mentions(atom, field.name) and not _reads(atom.left, field.name):
                return True
        return False

    def _mentions(self, expr: RExpr, name: str) -> bool:
        return _reads(expr, name) or any(
            self._mentions(part, name) for part in opened(self.model, expr)
        )

    # --- spans ---------------------------------------------------------------------------------

    def _spans(self, name: str) -> Values:
        """Return spans of the lengths at which tests of their days turn, and one without end."""
        lengths = {0}
        for atom in self.atoms():
            if not self._mentions(atom, name):
                continue
            bounds = self._bounds_of_length(atom, name)
            if bounds is None:
                self.exact = False
            for bound in bounds or ():
                lengths.update(floor(bound) + shift for shift in (-1, 0, 1))
        first, last = self.day, date.max.toordinal()
        ends = (first.toordinal() + length for length in sorted(lengths))
        spans = [(first, date.fromordinal(end)) for end in ends if 1 <= end <= last]
        self.exact = self.exact and len(spans) == len(lengths)
        return (*spans, (first, None))

    def _bounds_of_length(self, atom: Atom, name: str) -> list[Decimal] | None:
        """Return the numbers that the days of a span are tested against; None for other tests."""
        if not isinstance(atom, Test | Within):
            return None
        sides = _sides(atom)
        lengths = [side for side in sides if _is_length(side, name)]
        numbers = [self._known.value(side) for side in sides if not _is_length(side, name)]
        if len(lengths) != 1 or (isinstance(atom, Within) and lengths[0] is not atom.left):
            return None
        if not all(isinstance(number, Decimal) for number in numbers):
            return None
        return numbers

    # --- numbers and days ----------------------------------------------------------------------

    def _numbers(self, field: ResolvedField) -> Values:
        analyst = self._analyst()
        grid = _grid(field)
        if field.name in analyst.turns.opaque:
            return self._all_numbers(field, grid)
        points = self._anchored(field.name, analyst, grid)
        low, high = _bounds(field)
        found: set[int] = set()
        for point in points:
            step = floor(point / grid)
            found.update(step + shift for shift in self._shifts(analyst, field.name))
        if low is not None:
            found.add(floor(low / grid))
        if high is not None:
            found.add(floor(high / grid))
        if field.name in analyst.turns.kinds:
            found.update(self._kinds_of_days(field.name, points, analyst))
        if not found:
            found.add(self._somewhere(field, grid))
        inside = (
            step * grid
            for step in sorted(found)
            if (low is None or low <= step * grid) and (high is None or step * grid <= high)
        )
        return tuple(_typed(field, number) for number in inside)

    def _kinds_of_days(self, name: str, points: set[Fraction], analyst: Analyst) -> set[int]:
        """Return a day of each kind between any two thresholds: what 逢 asks can tell them apart.

        Days that hang together with other days are not seen through as far as that.
        """
        if any(name in pair for pair in analyst.turns.distances):
            self.exact = False
        near = (floor(point) + shift for point in points for shift in (0, 1))
        cuts = sorted({1, *(cut for cut in near if 1 < cut < _PAST), _PAST})
        found: set[int] = set()
        for low, high in pairwise(cuts):
            first, last = date.fromordinal(max(low, 1)), date.fromordinal(min(high, _PAST) - 1)
            found.update(d.toordinal() for d in self.model.calendar.one_of_each(first, last))
        return found

    def _shifts(self, analyst: Analyst, name: str) -> range:
        """Neighbours of a threshold on the grid: more of them where fields hang together."""
        linked = sum(name in pair for pair in analyst.turns.distances)
        return range(-1 - linked, 3 + linked)

    def _anchored(self, name: str, analyst: Analyst, grid: Fraction) -> set[Fraction]:
        """Return thresholds, and those of linked fields moved by the distances tested."""
        turns = analyst.turns
        found = set(turns.points.get(name, ()))
        reach = {name: {Fraction(0)}}
        for _ in range(3):
            for pair, gaps in turns.distances.items():
                for here, there in _both_ways(pair):
                    if here in reach and there not in reach:
                        reach[there] = {r + s for r in reach[here] for g in gaps for s in (g, -g)}
        for other, moves in reach.items():
            anchors = set(turns.points.get(other, ())) | self._ends(other)
            if other != name or len(reach) > 1:
                found.update(anchor + move for anchor in anchors for move in moves)
        return found

    def _ends(self, name: str) -> set[Fraction]:
        """Return an anchor for a field without thresholds: the ends of its domain, or a point."""
        field = self.plan.fields[name]
        ends = {end for end in _bounds(field) if end is not None}
        return ends or {self._somewhere(field, _grid(field)) * _grid(field)}

    def _somewhere(self, field: ResolvedField, grid: Fraction) -> int:
        if field.type.name in (TypeName.DATE, TypeName.MOMENT):
            return floor(Fraction(self.day.toordinal()) / grid)
        return 1

    def _all_numbers(self, field: ResolvedField, grid: Fraction) -> Values:
        low, high = _bounds(field)
        if low is None or high is None or (high - low) / grid > _MAX_DOMAIN:
            self.exact = False
            low, high = low or Fraction(0), high or (low or Fraction(0)) + 100 * grid
        steps = range(floor(low / grid), floor(high / grid) + 1)
        stride = max(1, len(steps) // _MAX_DOMAIN)
        return tuple(_typed(field, step * grid) for step in steps[::stride])

    def _analyst(self) -> Analyst:
        if self._points is None:
            values = self.facts.values
            self._points = Analyst(
                self.model, self._known.value, lambda name: values.get(name, UNKNOWN) is UNKNOWN
            )
            for atom in self.atoms():
                if isinstance(atom, Test | Within) and self._numeric(atom):
                    self._points.read(atom)
            self._read_rows(self._points)
        return self._points

    def _numeric(self, atom: Test | Within) -> bool:
        """Tell whether a test reads an unknown number or day at all."""
        return any(self._reads_number(side) for side in _sides(atom))

    def _reads_number(self, expr: RExpr) -> bool:
        if isinstance(expr, FieldValue):
            field = self.plan.fields.get(expr.name)
            known = self.facts.values.get(expr.name, UNKNOWN) is not UNKNOWN
            return field is not None and field.type.name in _NUMERIC and not known
        return any(self._reads_number(part) for part in opened(self.model, expr))

    def _read_rows(self, analyst: Analyst) -> None:
        for row in self._rows_matched():
            for name, value in row.values.items():
                number = as_number(value)
                if number is not None and name in self.plan.fields:
                    analyst.turns.points.setdefault(name, set()).add(number)

    # --- registers -----------------------------------------------------------------------------

    def _register(self, name: str) -> Values:
        """Return the sets of scopes that some rows could cover together."""
        scopes = self.scopes(name)
        return tuple(s for s in map(frozenset, subsets(scopes)) if self._coherent(name, s))

    def scopes(self, name: str) -> list[str]:
        """Return what is asked of a register: fields, "" (any row), a match as a clause."""
        calls = (atom for atom in self.atoms() if isinstance(atom, InForce))
        asked = {call.scope or "" for call in calls if call.register == name}
        if name in self.registers():
            asked.add(MATCH)
        return sorted(asked)

    def _coherent(self, name: str, held: frozenset[str]) -> bool:
        """A row that matches or covers one unit is a row."""
        if held and "" in self.scopes(name) and "" not in held:
            return False
        return self.fits_chart(name, held, self.facts.values)

    def units_asked(self, name: str) -> list[str]:
        """Return the unit fields on which it hangs together what a register holds."""
        asked = [scope for scope in self.scopes(name) if scope not in ("", MATCH)]
        if MATCH in self.scopes(name) and self.model.registers[name].scope_field:
            asked.append(self.plan.addressee_field)
        return list(dict.fromkeys(unit for unit in asked if unit))

    def fits_chart(self, name: str, held: frozenset[str], values: Mapping[str, Any]) -> bool:
        """Tell whether rows may hold this for these units: one that covers a unit covers those
        below it. Units that are not known hinder nothing."""
        addressee = self.plan.addressee_field
        units = [scope for scope in self.scopes(name) if scope not in ("", MATCH)]
        # No row covers 无; only who says that a register is in force for whatever is asked does.
        if any(unit in held and values.get(unit) is NOTHING for unit in units):
            return held.issuperset(self.scopes(name))
        if MATCH in held and self.model.registers[name].scope_field:
            covered = (u for u in units if u == addressee or self._below(u, addressee, values))
            if any(unit not in held for unit in covered):
                return False
        return not any(
            above in held and below not in held and self._below(below, above, values)
            for above in units
            for below in units
        )

    def _below(self, below: str, above: str, values: Mapping[str, Any]) -> bool:
        unit, over = values.get(below), values.get(above)
        if not isinstance(unit, str) or not isinstance(over, str):
            return False
        return over in self.model.chart.above(unit)


def _reads(expr: RExpr, name: str) -> bool:
    return isinstance(expr, FieldValue) and expr.name == name


def _name_of(expr: RExpr) -> str:
    return expr.name if isinstance(expr, FieldValue) else ""


def _is_length(expr: RExpr, name: str) -> bool:
    """Tell whether an expression is the number of days of a span."""
    if not isinstance(expr, Apply) or expr.function is not Function.DAYCOUNT:
        return False
    return len(expr.args) == 1 and _reads(expr.args[0], name)


def _compared_fields(atom: Test) -> tuple[str, ...]:
    """Return the two fields of a test of one field against another."""
    sides = [side.name for side in (atom.left, atom.right) if isinstance(side, FieldValue)]
    return tuple(sides) if len(sides) == 2 else ()


def _sides(atom: Test | Within) -> Sequence[RExpr]:
    if isinstance(atom, Test):
        return (atom.left, atom.right)
    return (atom.left, atom.low, atom.high)


def subsets(items: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Yield every choice of some of the items, the empty one first."""
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))


def _both_ways(pair: frozenset[str]) -> list[tuple[str, str]]:
    one, other = sorted(pair)
    return [(one, other), (other, one)]


def _grid(field: ResolvedField) -> Fraction:
    """Return the distance between neighbouring values of a field."""
    if field.type.name is TypeName.DATE:
        return Fraction(1)
    if field.type.name is TypeName.MOMENT:
        return Fraction(1, 1440)
    return Fraction(1, 10**field.type.decimals)


def _bounds(field: ResolvedField) -> tuple[Fraction | None, Fraction | None]:
    if field.type.name in (TypeName.DATE, TypeName.MOMENT):
        return Fraction(1), Fraction(date.max.toordinal())
    low, high = field.type.low, field.type.high
    return (
        None if low is None else Fraction(low),
        None if high is None else Fraction(high),
    )


def _typed(field: ResolvedField, number: Fraction) -> Any:
    if field.type.name is TypeName.DATE:
        return date.fromordinal(int(number))
    if field.type.name is TypeName.MOMENT:
        day, part = divmod(number, 1)
        minutes = int(part * 1440)
        return datetime.combine(
            date.fromordinal(int(day)), datetime.min.time().replace(minutes // 60, minutes % 60)
        )
    return Decimal(number.numerator) / Decimal(number.denominator)
