"""How generated functions read the facts of a request: each by its type, anything odd given up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import Any

from zhunru.checker.resolved import ResolvedField, Type
from zhunru.compiler.field_values import NO_VALUE, UNKNOWN_WORDS
from zhunru.compiler.plan import Plan
from zhunru.compiler.source import Keep, indent
from zhunru.compiler.values import compact
from zhunru.vocabulary import TypeName

_NUMBERS = {TypeName.NUMBER, TypeName.MONEY, TypeName.RATIO}


class FactReading:
    """Writes how the facts of one form are read into `v0 v1 …`, `day` and `hits`.

    `units` are the names on the chart where it is the same on all days (else `dated`).
    """

    def __init__(self, plan: Plan, units: Mapping[str, str], *, dated: bool) -> None:
        self.plan = plan
        self.units = units
        self.own_names = frozenset(name for name, unit in units.items() if name == unit)
        self.dated = dated

    @property
    def domains(self) -> Mapping[int, frozenset[Any]]:
        """Return the values that fields can have which are told by looking them up."""
        kinds = enumerate(field.type for field in self.plan.head.fields)
        found = ((at, self._domain(kind)) for at, kind in kinds if not kind.optional)
        return {at: domain for at, domain in found if domain is not None}

    def _domain(self, kind: Type) -> frozenset[Any] | None:
        if kind.name is TypeName.UNIT:
            return None if self.dated else self.own_names
        if kind.name is TypeName.CHOICE:
            return frozenset(kind.values)
        # Flags are told by `is`: 1 equals True.
        return frozenset() if kind.name is TypeName.FLAG else None

    def strict_lines(self, keep: Keep, put_off: Collection[int]) -> list[str]:
        """Write how facts are read that are all there, each as it is kept; else `fill` reads them.

        They are taken by one call, and looked over after that; not so the fields `put_off`.
        """
        return [*self._first_lines(), *self._complete_lines(keep, "request.received", put_off)]

    def direct_lines(self, keep: Keep, put_off: Collection[int]) -> list[str]:
        """Write the same where nothing but `facts` and the day `received` is given."""
        first = "if type(facts) is not dict: return None"
        return [first, *self._complete_lines(keep, "received", put_off)]

    def check_lines(self, at: int, keep: Keep) -> list[str]:
        """Write how a field is looked over that was put off."""
        lines = self._kept_lines(at, self.plan.head.fields[at], keep)
        assert lines is not None
        return lines

    def _complete_lines(self, keep: Keep, received: str, put_off: Collection[int]) -> list[str]:
        fields = self.plan.head.fields
        given = ", ".join(f"v{at}" for at in range(len(fields)))
        lines = ["try:", f"    {given}, = asked = {self._taken(keep)}"]
        lines += indent(self._kept_day_lines(received))
        changed = False
        for at, field in enumerate(fields):
            own = [] if at in put_off else self._kept_lines(at, field, keep)
            changed = changed or own is None
            lines += indent(self._field_lines(at, field, f"v{at}", keep) if own is None else own)
        return [
            *lines,
            "except KeyError:",
            "    return fill(request)",
            "except TypeError:",
            "    return None",
            f"if len(facts) != {len(fields)}: return None",
            f"asked = ({given},)" if changed else f"if asked is None: asked = ({given},)",
        ]

    def _taken(self, keep: Keep) -> str:
        """Write how the values of all fields are taken out of `facts`, as a tuple."""
        names = [field.name for field in self.plan.head.fields]
        if len(names) == 1:
            return f"(facts[{names[0]!r}],)"
        return f"{keep(itemgetter(*names))}(facts)"

    def _first_lines(self) -> list[str]:
        lines = ["facts = request.facts", "if type(facts) is not dict: return None"]
        if any(field.asserted_by for field in self.plan.head.fields):
            lines.append("if request.asserted_by is not None or request.assertions: return None")
        return [
            *lines,
            "if request.quotas is not NONE or request.registers is not NONE:",
            "    request = snapshot(request)",
            "    if not checked(request): return None",
        ]

    def lenient_lines(self, keep: Keep) -> list[str]:
        """Write how facts are read that may be missing, or written otherwise than they are kept."""
        fields = self.plan.head.fields
        lines = [*self._first_lines(), "count = 0", "missing = False", "try:"]
        lines += indent(self._day_lines())
        for at, field in enumerate(fields):
            given = f"facts[{field.name!r}]"
            lines += indent(
                [
                    f"if {field.name!r} in facts:",
                    "    count += 1",
                    *indent(self._field_lines(at, field, given, keep)),
                    "else:",
                    *indent(self._absent_lines(at, field)),
                ]
            )
        given = ", ".join(f"v{at}" for at in range(len(fields)))
        return [
            *lines,
            "except (KeyError, TypeError):",
            "    return None",
            "if len(facts) != count: return None",
            f"asked = ({given},)",
        ]

    def _absent_lines(self, at: int, field: ResolvedField) -> list[str]:
        if field.default is not None:
            return [f"v{at} = d{at}"]
        blank = [f"v{at} = BLANK"]
        if field.name == self.plan.matter_field:
            blank.append("hits = ()")
        return [*blank, "missing = True"] if field.required else blank

    def _kept_day_lines(self, received: str) -> list[str]:
        """Write how the day is taken whose law applies, if it is given as a day."""
        name = self.plan.governing_field
        if not name:
            return [f"day = {received}", *self._unit_lines()]
        at = list(self.plan.fields).index(name)
        # As JSON and CSV bring it: the values as read then differ from those that were taken.
        text = f"if type(day) is not date: day = v{at} = to_day(day); asked = None"
        return [f"day = v{at}", text, *self._unit_lines()]

    def _day_lines(self) -> list[str]:
        """Write how the day is read whose law applies."""
        name = self.plan.governing_field
        if not name:
            return ["day = request.received", *self._unit_lines()]
        given = f"day = facts.get({name!r}, request.received)"
        return [given, "if type(day) is not date: day = to_day(day)", *self._unit_lines()]

    def _unit_lines(self) -> list[str]:
        has_units = any(field.type.name is TypeName.UNIT for field in self.plan.head.fields)
        return ["units = units_on(day)"] if has_units and self.dated else []

    def _kept_lines(self, at: int, field: ResolvedField, keep: Keep) -> list[str] | None:
        """Write how a value is looked over that is as it is kept, None where it has to be read."""
        kind, name = field.type, f"v{at}"
        if kind.optional:
            return None
        if field.name == self.plan.matter_field:
            return [f"hits = index[{name}]"]
        if kind.name is TypeName.UNIT and not self.dated:
            return [f"if {name} not in {keep(self.own_names)}: return fill(request)"]
        if kind.name is TypeName.CHOICE:
            return [f"if {name} not in {keep(frozenset(kind.values))}: return None"]
        if kind.name is TypeName.FLAG:
            return [f"if {name} is not True and {name} is not False: return None"]
        if kind.name in _NUMBERS:
            return [f"if {self._odd_number(name, field, keep)}: return fill(request)"]
        if field.name == self.plan.governing_field and kind.name is TypeName.DATE:
            return []
        if kind.name is TypeName.DATE:
            return [f"if type({name}) is not date: {name} = to_day({name}); asked = None"]
        return None

    def _as_kept(self, kind: Type) -> frozenset[Any]:
        """Return values that read as they are; of those that are told by looking them up."""
        own: Collection[Any] = ()
        if kind.name is TypeName.UNIT and not self.dated:
            own = self.own_names - {NO_VALUE, *UNKNOWN_WORDS}
        elif kind.name is TypeName.CHOICE:
            own = kind.values
        return frozenset(own)

    def _field_lines(self, at: int, field: ResolvedField, given: str, keep: Keep) -> list[str]:
        """Write how one fact is read by its type; anything unusual gives None or raises."""
        kind, name = field.type, f"v{at}"
        if field.name == self.plan.matter_field:
            return self._matter_lines(name, field, given, keep)
        if kind.optional:
            read = f"{name} = read({keep(field)}, day, {name})"
            own = self._as_kept(kind)
            return [f"{name} = {given}", f"if {name} not in {keep(own)}: {read}" if own else read]
        if kind.name is TypeName.UNIT:
            units = "units" if self.dated else keep(self.units)
            return [f"{name} = {units}[{given}]"]
        if kind.name is TypeName.CHOICE:
            return [
                f"{name} = {given}",
                f"if {name} not in {keep(frozenset(kind.values))}: return None",
            ]
        if kind.name is TypeName.FLAG:
            test = f"if {name} is not True and {name} is not False: return None"
            return [f"{name} = {given}", test]
        if kind.name in _NUMBERS:
            odd = self._odd_number(name, field, keep)
            return [f"{name} = {given}", f"if {odd}: {name} = number({keep(field)}, {name})"]
        if kind.name is TypeName.DATE:
            if field.name == self.plan.governing_field:
                return [f"{name} = day"]
            day = f"if type({name}) is not date: {name} = to_day({name})"
            return [f"{name} = {given}", day]
        return [f"{name} = read({keep(field)}, day, {given})"]

    def _odd_number(self, name: str, field: ResolvedField, keep: Keep) -> str:
        """Write the test whether a number is anything but a whole one in its domain."""
        kind = field.type
        low, high = (None if end is None else compact(end) for end in (kind.low, kind.high))
        odd = [f"type({name}) is not int"]
        if low is not None:
            odd.append(f"{name} < {_constant(low, keep)}")
        if high is not None:
            odd.append(f"{name} > {_constant(high, keep)}")
        if low is None and high is None:
            odd.append(f"not -10**30 < {name} < 10**30")
        return " or ".join(odd)

    def _matter_lines(self, name: str, field: ResolvedField, given: str, keep: Keep) -> list[str]:
        """Write how the rows of a matter are found."""
        if field.type.optional:
            read = f"{name} = read({keep(field)}, day, {given})"
            return [read, f"hits = () if {name} is NOTHING else find({name})"]
        return [f"{name} = {given}", f"hits = find({name})", f"{name} = {name}.strip()"]


def _constant(value: Any, keep: Keep) -> str:
    return str(value) if type(value) is int else keep(value)
