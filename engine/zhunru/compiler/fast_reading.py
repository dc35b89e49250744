"""How generated functions read the facts of a request: each by its type, anything odd given up."""

from __future__ import annotations

from collections.abc import Mapping

from zhunru.checker.resolved import ResolvedField
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
        self.dated = dated

    def lines(self, keep: Keep, *, strict: bool) -> list[str]:
        """Write how the facts are read: all there, or with what is missing left blank."""
        fields = self.plan.head.fields
        lines = ["facts = request.facts", "if facts.__class__ is not dict: return None"]
        if any(field.asserted_by for field in fields):
            lines.append("if request.asserted_by is not None or request.assertions: return None")
        lines += [
            "if request.quotas or request.registers:",
            "    request = snapshot(request)",
            "    if not checked(request): return None",
        ]
        if strict:
            lines += ["try:", *indent(self._day_lines(strict=True))]
            for at, field in enumerate(fields):
                lines += indent(self._field_lines(at, field, f"facts[{field.name!r}]", keep))
            lines += [
                "except KeyError:",
                "    return fill(request)",
                "except TypeError:",
                "    return None",
                f"if len(facts) != {len(fields)}: return None",
            ]
            return lines
        lines += ["count = 0", "missing = False", "try:", *indent(self._day_lines(strict=False))]
        for at, field in enumerate(fields):
            lines += indent(
                [
                    f"if {field.name!r} in facts:",
                    "    count += 1",
                    *indent(self._field_lines(at, field, f"facts[{field.name!r}]", keep)),
                    "else:",
                    *indent(self._absent_lines(at, field)),
                ]
            )
        lines += [
            "except (KeyError, TypeError):",
            "    return None",
            "if len(facts) != count: return None",
        ]
        return lines

    def _absent_lines(self, at: int, field: ResolvedField) -> list[str]:
        if field.default is not None:
            return [f"v{at} = d{at}"]
        blank = [f"v{at} = BLANK"]
        if field.name == self.plan.matter_field:
            blank.append("hits = ()")
        return [*blank, "missing = True"] if field.required else blank

    def _day_lines(self, *, strict: bool) -> list[str]:
        name = self.plan.governing_field
        if not name:
            return ["day = request.received", *self._unit_lines()]
        given = f"facts[{name!r}]"
        if not strict:
            given = f"{given} if {name!r} in facts else request.received"
        read = "if day.__class__ is not date: day = to_day(day)"
        return [f"day = {given}", read, *self._unit_lines()]

    def _unit_lines(self) -> list[str]:
        has_units = any(field.type.name is TypeName.UNIT for field in self.plan.head.fields)
        return ["units = units_on(day)"] if has_units and self.dated else []

    def _field_lines(self, at: int, field: ResolvedField, given: str, keep: Keep) -> list[str]:
        """Write how one fact is read by its type; anything unusual gives None or raises."""
        kind, name = field.type, f"v{at}"
        if field.name == self.plan.matter_field:
            return self._matter_lines(at, field, given, keep)
        if kind.optional:
            return [f"{name} = read({keep(field)}, day, {given})"]
        if kind.name is TypeName.UNIT:
            units = "units" if self.dated else keep(self.units)
            return [f"{name} = {units}[{given}]"]
        if kind.name is TypeName.CHOICE:
            values = keep(frozenset(kind.values))
            return [f"{name} = {given}", f"if {name} not in {values}: return None"]
        if kind.name is TypeName.FLAG:
            test = f"if {name} is not True and {name} is not False: return None"
            return [f"{name} = {given}", test]
        if kind.name in _NUMBERS:
            return self._number_lines(at, field, given, keep)
        if kind.name is TypeName.DATE:
            if field.name == self.plan.governing_field:
                return [f"{name} = day"]
            day = f"if {name}.__class__ is not date: {name} = to_day({name})"
            return [f"{name} = {given}", day]
        return [f"{name} = read({keep(field)}, day, {given})"]

    def _number_lines(self, at: int, field: ResolvedField, given: str, keep: Keep) -> list[str]:
        name, kind = f"v{at}", field.type
        tests = [f"{name}.__class__ is int"]
        if kind.low is not None or kind.high is not None:
            low = "" if kind.low is None else f"{keep(compact(kind.low))} <= "
            high = "" if kind.high is None else f" <= {keep(compact(kind.high))}"
            tests.append(f"{low}{name}{high}")
        else:
            tests.append(f"-10**30 < {name} < 10**30")
        return [
            f"{name} = {given}",
            f"if not ({' and '.join(tests)}): {name} = number({keep(field)}, {name})",
        ]

    def _matter_lines(self, at: int, field: ResolvedField, given: str, keep: Keep) -> list[str]:
        name = f"v{at}"
        if field.type.optional:
            read = f"{name} = read({keep(field)}, day, {given})"
            return [read, f"hits = () if {name} is NOTHING else index[{name}]"]
        return [
            f"{name} = {given}",
            f"hits = index[{name}]",
        ]
