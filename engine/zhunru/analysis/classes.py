"""Facts in finitely many classes: a class holds values that no test of any of the sets tells apart.

One value stands for each class. Fields, days of receipt, rows of registers and the use of quotas
are facts alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any

from zhunru.analysis.axes import Axis, even, quota_axis
from zhunru.analysis.reads import (
    MATCH,
    Asked,
    Given,
    Part,
    boundaries,
    fields_in,
    may_be,
    numeric_tests,
    possible_values,
    reads_of,
    turning,
)
from zhunru.analysis.thresholds import (
    Numbers,
    Scale,
    scale_of,
    together,
    turns_of,
)
from zhunru.checker.resolved import (
    NOTHING,
    OUTSIDE,
    BelongsTo,
    Has,
    IsUnit,
    OneOf,
    Quota,
    ResolvedField,
    RExpr,
    Test,
    UnitTarget,
    normal_title,
)
from zhunru.checker.values import as_number
from zhunru.compiler.linear import Turns
from zhunru.compiler.regions import subsets
from zhunru.compiler.registers import RegisterRow, covers
from zhunru.compiler.request import NONE
from zhunru.vocabulary import DAYS, ORDERED, TypeName

UNLISTED = "未列事项"
OTHER_TEXT = "其他内容"
OTHER_UNITS = (OUTSIDE + "某单位", OUTSIDE + "另一单位")
_MOST_MEMBERS = 8  # members of a set that are told apart
_MOST_UNITS = 400  # units that are told apart one by one, where a register may cover several
_SETS = (TypeName.CHOICES, TypeName.UNITS)
_DAY = timedelta(1)


class Classes:
    """The facts on which what one or several sets answer hangs, in order, each in classes."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        given: Given | None = None,
        also: Sequence[RExpr] = (),
        undated: bool = False,
    ) -> None:
        """`given`: only requests that agree with what is known of one. `also` are conditions that
        are asked beside those of the clauses. `undated`: of requests that do not say the day whose
        law applies; that of receipt is taken, the field is open."""
        self.parts = tuple(parts)
        self.given = given
        self._undated = undated
        self._fixed: Mapping[str, Any] = given.values if given else NONE
        self.reads = tuple(reads_of(part, given, also) for part in self.parts)
        self.boundaries = tuple(sorted(self._turning_days()))
        self.anchor = max(self.boundaries, default=date(2026, 1, 1))
        self._turns: Turns = together([
            turns_of(part.model, numeric_tests(part, reads), self._fixed)
            for part, reads in zip(self.parts, self.reads, strict=True)
        ])  # fmt: skip
        self.axes = tuple(self._axis(asked) for asked in self._order())

    def _turning_days(self) -> set[date]:
        found = {day for part in self.parts for day in boundaries(part)}
        for row in self._known_rows():
            found.update(turning(row.start, row.end))
        return found

    def _known_rows(self) -> Iterator[RegisterRow]:
        if self.given is not None:
            for register in self.given.registers:
                yield from self.given.rows(register)

    # --- which facts, in which order -----------------------------------------------------------

    def _order(self) -> list[Asked]:
        """What most clauses hang on comes first, then the matter, days, other fields, the rest."""
        names = [name for name in self.fields if self._is_read(name)]
        total = sum(reads.total for reads in self.reads)

        def rank(name: str) -> tuple[Any, ...]:
            count = sum(reads.counts.get(name, 0) for reads in self.reads)
            common = count * 2 > total
            late = 2 if self.fields[name][0].type.name in ORDERED else 3
            place = 0 if common else 1 if name in self._matters else late
            return (place, list(self.fields).index(name))

        found = [Asked("field", name) for name in sorted(names, key=rank)]
        if self._needs_receipt:
            found.append(Asked("received", ""))
        known = self.given.registers if self.given else NONE
        found.extend(each for each in self._scopes if each.name not in known)
        found.extend(self._quotas)
        return found

    @cached_property
    def fields(self) -> dict[str, list[ResolvedField]]:
        """Return the fields of the forms by name, one for each form that has it."""
        found: dict[str, list[ResolvedField]] = {}
        for part in self.parts:
            for each in part.plan.head.fields:
                found.setdefault(each.name, []).append(each)
        return found

    @cached_property
    def _matters(self) -> set[str]:
        return {part.plan.matter_field for part in self.parts} - {""}

    def _is_read(self, name: str) -> bool:
        governing = any(part.plan.governing_field == name for part in self.parts)
        return governing or name in self._matters or any(name in r.fields for r in self.reads)

    @property
    def _needs_receipt(self) -> bool:
        """Tell whether some request is decided by the law of the day of its receipt."""
        for part in self.parts:
            name = part.plan.governing_field
            if self._undated or not name or part.plan.fields[name].type.optional:
                return True
        return False

    # --- classes -------------------------------------------------------------------------------

    def _axis(self, asked: Asked) -> Axis:
        if asked.kind == "field" and asked.name in self._fixed:
            return even(asked, (self._fixed[asked.name],))
        if asked.kind == "received" and self.given is not None:
            return even(asked, (self.given.received,))
        if asked.kind == "received":
            # No law turns between two boundaries, so one day of each stretch stands for all of it.
            days = (self._before, *self.boundaries) if self.boundaries else (self.anchor,)
            lows, highs = (None, *days[1:]), (*(day - _DAY for day in days[1:]), None)
            return even(asked, days, tuple(zip(lows, highs, strict=True)))
        if asked.kind == "quota":
            return quota_axis(asked, self._quotas[asked])
        if asked.kind != "field":
            return even(asked, (False, True))
        fields = self.fields[asked.name]
        axis = self._field_axis(asked, fields)
        if len({each.type.name for each in fields}) > 1:
            # Read by two types, a fact has no classes that both sets share: nothing is proved.
            axis = Axis(asked, axis.values, (), axis.shares, exact=False)
        if not any(each.type.optional for each in fields):
            return axis
        ends = (*axis.ends, (NOTHING, NOTHING)) if axis.ends else ()
        # 无 is one class more and weighs as much as an average one; the others shrink to make room.
        left = 1 - Fraction(1, len(axis.values) + 1)
        shares = (*(share * left for share in axis.shares), 1 - left)
        return Axis(asked, (*axis.values, NOTHING), ends, shares, axis.exact)

    @property
    def _before(self) -> date:
        return self.boundaries[0] - _DAY

    def _field_axis(self, asked: Asked, fields: Sequence[ResolvedField]) -> Axis:
        axis = self._classes(asked, fields)
        return replace(axis, exact=axis.exact and asked.name not in self._held_by_facts)

    @cached_property
    def _held_by_facts(self) -> set[str]:
        """Return the facts that are sought in facts, or in a text: they have no classes of their
        own."""
        found: set[str] = set()
        for part, reads in zip(self.parts, self.reads, strict=True):
            for atom in reads.atoms:
                sought = set(fields_in(part.model, atom.item)) if isinstance(atom, Has) else ()
                if sought:
                    found.update(fields_in(part.model, atom))
        return found

    def _classes(self, asked: Asked, fields: Sequence[ResolvedField]) -> Axis:
        kind = fields[0].type.name
        if kind is TypeName.FLAG:
            return even(asked, (False, True))
        if kind is TypeName.CHOICE:
            return even(asked, tuple(dict.fromkeys(v for f in fields for v in f.type.values)))
        if kind is TypeName.MATTER:
            return even(asked, self._matter_classes(asked.name))
        if kind is TypeName.UNIT:
            return self._units(asked)
        if kind in ORDERED:
            return self._numbers_axis(asked)
        if kind in _SETS:
            return self._sets(asked)
        if kind is TypeName.SPAN:
            return self._spans(asked)
        return self._texts(asked)

    def _numbers_axis(self, asked: Asked) -> Axis:
        found, exact = self._numbers.of(asked.name)
        values = tuple(each.value for each in found)
        ends = tuple((each.low, each.high) for each in found)
        scale = self._numbers.scales[asked.name]
        return Axis(asked, values, ends, _shares(scale, ends), exact)

    @cached_property
    def _numbers(self) -> Numbers:
        scales, ends = {}, {}
        for name, fields in self.fields.items():
            if all(each.type.name in ORDERED for each in fields):
                scales[name] = scale_of(fields)
                ends[name] = set(self._ends(name, fields))
        return Numbers(scales, self._turns, ends, self.anchor)

    def _ends(self, name: str, fields: Sequence[ResolvedField]) -> Iterator[Fraction]:
        """Yield where a field turns beside its tests: law begins or ends, a form's domain ends."""
        governing = any(part.plan.governing_field == name for part in self.parts)
        if governing and (self.given is None or name in self.given.free):
            yield from (Fraction(day.toordinal()) for day in self.boundaries)
        now = as_number(self._now(name))
        if now is not None:
            yield now
        for each in fields if len(fields) > 1 else ():
            for end in (each.type.low, each.type.high):
                if end is not None:
                    yield Fraction(end)

    # --- quotas --------------------------------------------------------------------------------

    @cached_property
    def _quotas(self) -> dict[Asked, list[tuple[Part, Quota]]]:
        """Return the counts that quotas are held against, with the quotas of each."""
        found: dict[Asked, list[tuple[Part, Quota]]] = {}
        for part, reads in zip(self.parts, self.reads, strict=True):
            for quota in chain.from_iterable(reads.quotas.values()):
                found.setdefault(self.count_of(quota), []).append((part, quota))
        return found

    def count_of(self, quota: Quota) -> Asked:
        """Return the count that a quota is held against: one name may be counted in two ways."""
        named = (reads.quotas.get(quota.key, ()) for reads in self.reads)
        ways = {(each.per, each.counted_by) for some in named for each in some}
        own = "、".join((*quota.per, *quota.counted_by)) if len(ways) > 1 else ""
        return Asked("quota", quota.key, own)

    # --- matters -------------------------------------------------------------------------------

    def _matter_classes(self, name: str) -> tuple[Any, ...]:
        found: dict[Any, str] = {}
        for title in (*self._titles(), *self._constants(name)):
            if isinstance(title, str):
                found.setdefault(self.class_of_matter(title), title)
        found.setdefault(("", UNLISTED), UNLISTED)
        return tuple(found.values())

    def _titles(self) -> Iterator[str]:
        """Yield a title of every entry, as it is written."""
        for part in self.parts:
            for clause in part.plan.clauses:
                if clause.matter is not None:
                    yield clause.title.zh or clause.title.en or next(iter(sorted(clause.matter)))

    def class_of_matter(self, title: str) -> Any:
        """Return what tells a matter apart: the entries it has in each set, else its own title."""
        normal = normal_title(title)
        numbers = tuple(
            plan.index.find(normal) for part in self.parts for plan in part.policy.plans.values()
        )
        return numbers if any(numbers) else ("", normal)

    # --- units ---------------------------------------------------------------------------------

    def _units(self, asked: Asked) -> Axis:
        classes: dict[Any, list[str]] = {}
        names = dict.fromkeys(unit for part in self.parts for unit in part.model.chart.units)
        apart = asked.name in self._told_apart
        each_apart = asked.name in self._covered
        class_of = self.class_of_unit(asked.name)
        for unit in (*names, *OTHER_UNITS):
            classes.setdefault(class_of(unit), []).append(unit)
        kept = [(u, Fraction(len(c), 2 if apart else 1)) for c in classes.values()
                for u in c[: 2 if apart else 1]]  # fmt: skip
        total = sum((weight for _, weight in kept), Fraction(0))
        exact = not each_apart or len(names) <= _MOST_UNITS
        shares = tuple(weight / total for _, weight in kept)
        return Axis(asked, tuple(unit for unit, _ in kept), (), shares, exact)

    def class_of_unit(self, name: str) -> Callable[[str], Any]:
        """Return what tells units apart in a field: equal for units that every test takes alike.

        Fields that are compared with each other have the same classes.
        """
        each_apart = any(each in self._covered for each in self._alike(name))
        tests = [self._unit_tests(at, name) for at in range(len(self.parts))]
        constants = self._constants(name)

        def class_of(unit: str) -> Any:
            alone = unit if each_apart or unit in constants else None
            return (*(self._answers(at, tests[at], unit) for at in range(len(tests))), alone)

        return class_of

    def is_compared(self, name: str) -> bool:
        """Tell whether a field is compared with another field: two values of a class differ."""
        return name in self._told_apart

    def _answers(self, at: int, tests: Sequence[tuple[Any, UnitTarget]], unit: str) -> Any:
        """Return what a set can tell of a unit: its answers, and the days on which it is there."""
        chart = self.parts[at].model.chart
        known = chart.units[unit].period if unit in chart.units else unit.startswith(OUTSIDE)
        covered = tuple(covers(chart, row, unit) for row in self._known_rows())
        return (known, tuple(test(unit, target) for test, target in tests), covered)

    def _unit_tests(self, at: int, name: str) -> list[tuple[Any, UnitTarget]]:
        chart = self.parts[at].model.chart
        found: dict[tuple[Any, UnitTarget], None] = {}
        for atom in self.reads[at].atoms:
            if not isinstance(atom, BelongsTo | IsUnit) or not self._is_of(
                self.parts[at], atom, name
            ):
                continue
            if isinstance(atom, BelongsTo):
                found.update({(chart.belongs, target): None for target in atom.targets})
            else:
                found[(chart.is_target, atom.target)] = None
        return list(found)

    def _alike(self, name: str) -> Collection[str]:
        """Return the fields that need the same classes as this one: a class that only one of two
        fields knew could not be shown to be equal in both."""
        return self._told_apart if name in self._told_apart else (name,)

    def _is_of(self, part: Part, atom: Any, name: str) -> bool:
        """Tell whether a test is about a field, or one of the same classes."""
        return any(may_be(atom.left, each, part.model) for each in self._alike(name))

    @cached_property
    def _told_apart(self) -> set[str]:
        """Return the fields that are compared with other fields: two values of a class differ."""
        found: set[str] = set()
        for part, reads in zip(self.parts, self.reads, strict=True):
            for atom in reads.atoms:
                if isinstance(atom, Test) and atom.op in ("==", "!="):
                    sides = [set(fields_in(part.model, s)) for s in (atom.left, atom.right)]
                    found.update(chain(*sides) if all(sides) else ())
        return found

    @cached_property
    def _covered(self) -> set[str]:
        """Return the units that one row of a register may cover together."""
        found: set[str] = set()
        for part in self.parts:
            for register in part.model.registers:
                units = self.units_asked(part, register)
                found.update(units if len(units) > 1 else ())
        return found

    def units_asked(self, part: Part, register: str) -> list[str]:
        """Return the unit fields that rows of a register are asked to cover."""
        scopes = [each.scope for each in self._scopes if each.name == register]
        asked = [scope for scope in scopes if scope not in ("", MATCH)]
        if MATCH in scopes and part.model.registers[register].scope_field:
            asked.append(part.plan.addressee_field)
        return list(dict.fromkeys(unit for unit in asked if unit))

    @cached_property
    def _scopes(self) -> tuple[Asked, ...]:
        return tuple(dict.fromkeys(chain.from_iterable(reads.scopes for reads in self.reads)))

    # --- texts and sets ------------------------------------------------------------------------

    def _constants(self, name: str) -> dict[Any, None]:
        """Return the values that a field is compared with."""
        found: dict[Any, None] = {}
        for part, reads in zip(self.parts, self.reads, strict=True):
            for atom in reads.atoms:
                if isinstance(atom, OneOf) and self._is_of(part, atom, name):
                    found.update(dict.fromkeys(sorted(atom.values)))
                elif isinstance(atom, Test):
                    for side, other in ((atom.left, atom.right), (atom.right, atom.left)):
                        if any(may_be(side, each, part.model) for each in self._alike(name)):
                            found.update(dict.fromkeys(possible_values(part.model, other)))
        for each in self._alike(name):
            found.update((row.values.get(each, NOTHING), None) for row in self._known_rows())
            found[self._now(each)] = None
            found[self._fixed.get(each, NOTHING)] = None
        found.pop(NOTHING, None)
        return found

    def _now(self, name: str) -> Any:
        """Return the value that a field has before anything changes; 无 where it has none."""
        return self.given.now.get(name, NOTHING) if self.given else NOTHING

    def _held(self, name: str) -> list[str]:
        """Return the parts or members that a text or set is asked to hold."""
        found: dict[str, None] = {}
        for part, reads in zip(self.parts, self.reads, strict=True):
            for atom in reads.atoms:
                if isinstance(atom, Has) and self._is_of(part, atom, name):
                    possible = possible_values(part.model, atom.item)
                    found.update(dict.fromkeys(v for v in possible if isinstance(v, str)))
        return list(found)

    def _sets(self, asked: Asked) -> Axis:
        whole = [v for v in self._constants(asked.name) if isinstance(v, frozenset)]
        members = list(dict.fromkeys((*self._held(asked.name), *sorted(frozenset().union(*whole)))))
        told = members[:_MOST_MEMBERS]
        # A set that is asked to be equal to another may have one more member than any it names.
        more = [frozenset[str](), *(frozenset((m,)) for m in self._another(asked.name, told))]
        apart = asked.name in self._told_apart
        values = dict.fromkeys(
            frozenset(some) | rest
            for some in subsets(told)
            for rest in (more if whole or apart else more[:1])
        )
        axis = even(asked, tuple(values))
        # Two sets that are compared may differ in more ways than one other member shows.
        exact = len(members) <= _MOST_MEMBERS and not apart
        return Axis(asked, axis.values, (), axis.shares, exact)

    def _another(self, name: str, members: Sequence[str]) -> list[str]:
        """Return a member that no test names, if there is one."""
        fields = self.fields[name]
        if fields[0].type.name is TypeName.UNITS:
            return [OTHER_UNITS[0]]
        values = (v for each in fields for v in each.type.values if v not in members)
        return list(values)[:1]

    def _spans(self, asked: Asked) -> Axis:
        """Return a span of one day, a long one and one without end: not all there are."""
        first = self.boundaries[0]
        spans = ((first, first), (first, first + timedelta(365)), (first, None))
        return replace(even(asked, spans), exact=False)

    def _texts(self, asked: Asked) -> Axis:
        constants = [text for text in self._constants(asked.name) if isinstance(text, str)]
        held = self._held(asked.name)
        others = [OTHER_TEXT]
        if asked.name in self._told_apart:
            others.append(OTHER_TEXT + "二")
        mixed = (
            "，".join((*some, other)) for some in subsets(held[:_MOST_MEMBERS]) for other in others
        )
        plain = len(held) <= _MOST_MEMBERS and not any("，" in part for part in held)
        axis = even(asked, tuple(dict.fromkeys((*constants, *mixed))))
        return Axis(asked, axis.values, (), axis.shares, plain)


def _shares(scale: Scale, ends: Sequence[tuple[Any, Any]]) -> tuple[Fraction, ...]:
    """Return the parts of a domain by length; of one without ends, each class counts the same."""
    if scale.kind in DAYS or any(end is None for pair in ends for end in pair):
        return (Fraction(1, len(ends)),) * len(ends)
    lengths = [Fraction(high) - Fraction(low) + scale.grid for low, high in ends]
    total = sum(lengths, Fraction(0))
    return tuple(length / total for length in lengths)
