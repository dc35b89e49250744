"""Representatives: for each unknown fact, one value of every class that the clauses tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, combinations
from math import floor
from typing import Any

from zhunru.checker.resolved import (
    NOTHING,
    OUTSIDE,
    Apply,
    BelongsTo,
    FieldValue,
    InForce,
    IsUnit,
    ResolvedField,
    RExpr,
    Test,
    UnitTarget,
    Within,
)
from zhunru.compiler.asked import Asked, reads, sides
from zhunru.compiler.atoms import Atom, opened
from zhunru.compiler.evaluate import Fact, Facts
from zhunru.compiler.judge import MATCH
from zhunru.compiler.model import Model
from zhunru.compiler.number_regions import NumberRegions
from zhunru.compiler.plan import Plan
from zhunru.compiler.registers import RegisterRow, covers
from zhunru.compiler.values import AND_MORE, UNKNOWN
from zhunru.vocabulary import ORDERED, Function, TypeName

_SETS = {TypeName.CHOICES, TypeName.UNITS}
_MAX_MEMBERS = 8  # members of a set whose presence is told apart
_PER_CLASS = 2  # units and matters of one class that stand for it

Values = tuple[Any, ...]


class Regions(Asked):
    """Finds the representatives of unknown facts, for one request on one day.

    `exact` turns False where they may not show every outcome.
    """

    def __init__(self, plan: Plan, model: Model, day: date, facts: Facts) -> None:
        super().__init__(plan, model, day, facts)
        self._found: dict[Fact, Values] = {}
        self._numbers = NumberRegions(self)

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
        if kind in ORDERED:
            return self._numbers.of(field)
        if kind in _SETS:
            return self._sets(field)
        if kind is TypeName.SPAN:
            return self._spans(field.name)
        return self._texts(field.name)

    # --- units -----------------------------------------------------------------------------------

    def _units(self, name: str) -> Values:
        """Return units of every class of the field, and of those that it is compared with: the
        same unit may stand in both."""
        fields = self.compared(name)
        return tuple(dict.fromkeys(chain.from_iterable(map(self._units_by_class, fields))))

    def _units_by_class(self, name: str) -> Values:
        """Return units by class (same answers to every test), and one outside the chart."""
        targets, constants = self._unit_tests(name)
        rows, beside = self._rows_of(name), self._units_beside(name)
        groups, named = self._groups_asked(name)
        constants |= named
        classes: dict[tuple[Any, ...], list[str]] = {}
        members = _PER_CLASS if self.paired(name) else 1
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
            if isinstance(atom, BelongsTo) and reads(atom.left, name):
                targets.update({(chart.belongs, target): None for target in atom.targets})
            elif isinstance(atom, IsUnit) and reads(atom.left, name):
                targets[(chart.is_target, atom.target)] = None
        return list(targets), set(self.constants(name))

    def _groups_asked(self, name: str) -> tuple[list[frozenset[str]], set[str]]:
        """Return the known groups that a unit is sought in, or that an unknown one is compared
        with, and the units that such an unknown one is asked to hold."""
        groups: dict[frozenset[str], None] = {}
        named: set[str] = set()
        for atom in self.holdings():
            if not reads(atom.item, name):
                continue
            groups.update({v: None for v in self.possible(atom.left) if isinstance(v, frozenset)})
            for group in self.compared(_name_of(atom.left)):
                constants = self.constants(group)
                groups.update({v: None for v in constants if isinstance(v, frozenset)})
                items = (a.item for a in self.holdings() if reads(a.left, group))
                known = (self.known.value(item) for item in items)
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

    # --- matters, texts and sets -----------------------------------------------------------------

    def _matters(self, field: ResolvedField) -> Values:
        unlisted = "未列事项"
        listed: tuple[str, ...] = ()
        if field.name == self.plan.matter_field:
            listed = tuple(self.matter_titles())
        return tuple(dict.fromkeys((*listed, *self.constants(field.name), unlisted)))

    def _texts(self, name: str) -> Values:
        """Return the texts asked about, those that hold the parts asked about, and others."""
        constants = [text for text in self.constants(name) if isinstance(text, str)]
        names = self.compared(name)
        found = [a.item for a in self.holdings() if any(reads(a.left, n) for n in names)]
        held = list(dict.fromkeys(text for item in found for text in self._members(item)))
        # What is asked to stand in a longer text may be all of that text, or some of it.
        around = (a.left for a in self.holdings() if reads(a.item, name))
        wider = [text for left in around for text in self.possible(left) if isinstance(text, str)]
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
        names = self.compared(field.name)
        asked: dict[str, None] = {}
        for atom in self.holdings():
            if any(reads(atom.left, name) for name in names):
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
            shared = [self.plan.fields[name].type.values for name in self.compared(field.name)]
            values = sorted(field.type.values, key=lambda v: not all(v in own for own in shared))
        else:
            values = list(self.model.chart.known(self.day))
        return [value for value in values if value not in asked]

    def _members(self, item: RExpr) -> Iterator[str]:
        """Yield what a set or text may be asked to hold, by classes where that is a fact."""
        value = self.known.value(item)
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
        for atom in self.holdings():
            if reads(atom.item, field.name):
                classed = kind in (TypeName.CHOICE, TypeName.UNIT)
                if not classed or not isinstance(atom.left, FieldValue):
                    return kind is not TypeName.CHOICE
            elif self.mentions(atom, field.name) and not reads(atom.left, field.name):
                return True
        return False

    # --- spans -----------------------------------------------------------------------------------

    def _spans(self, name: str) -> Values:
        """Return spans of the lengths at which tests of their days turn, and one without end."""
        lengths = {0}
        for atom in self.atoms():
            if not self.mentions(atom, name):
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
        compared = sides(atom)
        lengths = [side for side in compared if _is_length(side, name)]
        numbers = [self.known.value(side) for side in compared if not _is_length(side, name)]
        if len(lengths) != 1 or (isinstance(atom, Within) and lengths[0] is not atom.left):
            return None
        if not all(isinstance(number, Decimal) for number in numbers):
            return None
        return numbers

    # --- registers -------------------------------------------------------------------------------

    def _register(self, name: str) -> Values:
        """Return the sets of scopes that some rows could cover together."""
        scopes = self.scopes(name)
        return tuple(s for s in map(frozenset, subsets(scopes)) if self._coherent(name, s))

    def _coherent(self, name: str, held: frozenset[str]) -> bool:
        """A row that matches or covers one unit is a row."""
        if held and "" in self.scopes(name) and "" not in held:
            return False
        return self.fits_chart(name, held, self.facts.values)

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


def _name_of(expr: RExpr) -> str:
    return expr.name if isinstance(expr, FieldValue) else ""


def _is_length(expr: RExpr, name: str) -> bool:
    """Tell whether an expression is the number of days of a span."""
    if not isinstance(expr, Apply) or expr.function is not Function.DAYCOUNT:
        return False
    return len(expr.args) == 1 and reads(expr.args[0], name)


def subsets(items: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Yield every choice of some of the items, the empty one first."""
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))
