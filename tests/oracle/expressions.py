"""The value of a resolved expression in a world where every fact is known: a plain tree walk."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from chinese_calendar import get_holiday_detail, is_workday

from zhunru.checker import resolved as r
from zhunru.vocabulary import Function, HitPolicy, TypeName

Row = Mapping[str, Any]


@dataclass(frozen=True)
class World:
    """Everything known: the law's day, the fields, the store. Numbers are fractions.

    A register is its rows, True (in force for whatever is asked) or False (closed and empty).
    """

    policy: r.CheckedPolicySet
    matters: tuple[frozenset[str], ...]
    day: date
    fields: Mapping[str, Any]
    quotas: Mapping[str, Any] = field(default_factory=dict)
    registers: Mapping[str, Any] = field(default_factory=dict)


def exact(value: Any) -> Any:
    """Numbers as fractions, everything else as it is."""
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        return Fraction(value)
    return value


normal = cache(r.normal_title)


def same_matter(world: World, one: str, other: str) -> bool:
    a, b = normal(one), normal(other)
    return a == b or any(a in group and b in group for group in world.matters)


def with_superiors(world: World, unit: str) -> Iterator[str]:
    while unit:
        yield unit
        known = world.policy.units.get(unit)
        unit = known.superior if known else ""


def in_or_below(world: World, unit: str, top: str) -> bool:
    return top in with_superiors(world, unit)


def holds_role(world: World, unit: str, role: str) -> bool:
    known = world.policy.units.get(unit)
    return (known is not None and role in known.roles) or any(
        is_unit(world, unit, target) for target in world.policy.roles.get(role, ())
    )


def is_unit(world: World, unit: str, target: r.UnitTarget) -> bool:
    if target.kind == "unit":
        return unit == target.name
    if target.kind == "level":
        return unit in world.policy.units and world.policy.units[unit].level == target.name
    return holds_role(world, unit, target.name)


def belongs(world: World, unit: Any, target: r.UnitTarget) -> bool:
    if unit is r.NOTHING or unit not in world.policy.units:
        return False
    if target.kind == "unit":
        return in_or_below(world, unit, target.name)
    if target.kind == "level":
        return is_unit(world, unit, target)
    above = [u for u in with_superiors(world, unit) if u in world.policy.units]
    return any(holds_role(world, u, target.name) for u in above)


def covers(world: World, rows: Any, register: r.ResolvedRegister, unit: Any) -> bool:
    """Some row is in force on the day and covers the unit (None: any row will do)."""
    if isinstance(rows, bool):
        return rows
    return any(
        row_in_force(world, register, row)
        and (unit is None or not register.scope_field or row_covers(world, register, row, unit))
        for row in rows
    )


def row_in_force(world: World, register: r.ResolvedRegister, row: Row) -> bool:
    if not register.span_field:
        return True
    start, end = row[register.span_field]
    return bool((start is None or start <= world.day) and (end is None or world.day <= end))


def row_covers(world: World, register: r.ResolvedRegister, row: Row, unit: Any) -> bool:
    return unit is not r.NOTHING and any(
        in_or_below(world, unit, top) for top in row[register.scope_field]
    )


def compare(op: str, a: Any, b: Any) -> bool:
    if op in ("==", "!="):
        return (a == b) == (op == "==")
    return bool({">=": a >= b, "<=": a <= b, ">": a > b, "<": a < b}[op])


def test(world: World, node: r.Test, own: r.Clause | None, names: Row) -> bool:
    a, b = (value_of(world, side, own, names) for side in (node.left, node.right))
    if any(isinstance(s, r.Const) and s.value is r.NOTHING for s in (node.left, node.right)):
        return ((a is r.NOTHING) and (b is r.NOTHING)) == (node.op == "==")
    if a is r.NOTHING or b is r.NOTHING:
        return False
    types = [getattr(getattr(s, "type", None), "name", None) for s in (node.left, node.right)]
    if TypeName.MATTER in types:
        return same_matter(world, a, b) == (node.op == "==")
    return compare(node.op, a, b)


def compute(op: str, a: Any, b: Any) -> Any:
    if a is r.NOTHING or b is r.NOTHING or (op == "/" and b == 0):
        return r.NOTHING
    if isinstance(a, date) and isinstance(b, date):
        return Fraction((a - b).days)
    if isinstance(a, date):
        return a + timedelta(days=int(b)) if op == "+" else a - timedelta(days=int(b))
    if isinstance(b, date):
        return b + timedelta(days=int(a))
    return {"+": a + b, "-": a - b, "*": a * b}[op] if op != "/" else Fraction(a) / b


def apply(function: Function, args: list[Any]) -> Any:
    if any(a is r.NOTHING for a in args):
        return r.NOTHING
    if function is Function.ROUND:
        scale = 10 ** int(args[1]) if len(args) > 1 else 1
        away = math.floor(abs(args[0]) * scale + Fraction(1, 2))
        return Fraction(away if args[0] >= 0 else -away, scale)
    plain = {
        Function.MAX: lambda: max(args),
        Function.MIN: lambda: min(args),
        Function.ROUNDDOWN: lambda: Fraction(math.floor(args[0])),
        Function.ROUNDUP: lambda: Fraction(math.ceil(args[0])),
        Function.DAYCOUNT: lambda: Fraction((args[1] - args[0]).days),
        Function.WORKDAYCOUNT: lambda: Fraction(workdays(*args)),
        Function.DAYKIND: lambda: Fraction(kind_of_day(args[0])),
    }
    return plain[function]()


def workdays(first: date, last: date) -> int:
    """Working days after `first` up to and including `last`; negative the other way round."""
    if last < first:
        return -workdays(last, first)
    days = (first + timedelta(days=n + 1) for n in range((last - first).days))
    return sum(map(is_workday, days))


def kind_of_day(day: date) -> int:
    """0 a working day, 1 a plain Saturday or Sunday, 2 a day of a break."""
    return 0 if is_workday(day) else 1 if get_holiday_detail(day)[1] is None else 2


def parameter(world: World, node: r.ParameterOf) -> Any:
    known = world.policy.parameters[node.name]
    if known.end is not None and world.day > known.end:
        return r.NOTHING
    begun = [value for value in known.values if value[0] <= world.day]
    if not begun:
        return r.NOTHING
    _, low, high = begun[-1]
    return exact(high if node.end == "high" else low)


def matching_rows(world: World, table: r.ResolvedTable, args: list[Any]) -> list[r.ResolvedRow]:
    names = dict(zip((name for name, _ in table.inputs), args, strict=True))
    return [
        row for row in table.rows if all(value_of(world, t, None, names) is True for t in row.tests)
    ]


def look_up(world: World, table: r.ResolvedTable, args: list[Any]) -> dict[str, Any] | None:
    """The row that counts, by column; None: no row matched. For policies that pick one row."""
    names = dict(zip((name for name, _ in table.inputs), args, strict=True))
    found = [
        [value_of(world, result, None, names) for result in row.results]
        for row in matching_rows(world, table, args)
    ]
    if not found:
        return None
    if table.hit is HitPolicy.PRIORITY:
        found.sort(key=lambda row: ranks(table, row))
    return dict(zip((name for name, _ in table.outputs), found[0], strict=True))


def ranks(table: r.ResolvedTable, row: list[Any]) -> list[int]:
    return [o.index(v) if v in o else len(o) for o, v in zip(table.orders, row, strict=False)]


def value_of(world: World, node: Any, own: r.Clause | None = None, names: Row | None = None) -> Any:
    """The value of `node`; `own` is the clause it stands in, `names` the inputs of a table."""
    bound = world.fields if names is None else names

    def at(inner: Any) -> Any:
        return value_of(world, inner, own, bound)

    match node:
        case r.Const(value):
            return exact(value)
        case r.FieldValue(name):
            return bound[name]
        case r.ParameterOf():
            return parameter(world, node)
        case r.Test():
            return test(world, node, own, bound)
        case r.OneOf(left, values):
            value = at(left)
            if value is r.NOTHING:
                return False
            if getattr(getattr(left, "type", None), "name", None) is TypeName.MATTER:
                return any(same_matter(world, value, v) for v in values)
            return value in values
        case r.BelongsTo(left, targets):
            return any(belongs(world, at(left), target) for target in targets)
        case r.IsUnit(left, target):
            return at(left) is not r.NOTHING and is_unit(world, at(left), target)
        case r.BelongsToLeads(left):
            return own is not None and any(belongs(world, at(left), t) for t in own.leads)
        case r.Within(left, low, high):
            three = [at(low), at(left), at(high)]
            return r.NOTHING not in three and three[0] <= three[1] <= three[2]
        case r.Has(left, item):
            return r.NOTHING not in (at(left), at(item)) and at(item) in at(left)
        case r.InForce(register, scope):
            unit = None if scope is None else world.fields[scope]
            known = world.policy.registers[register]
            return covers(world, world.registers[register], known, unit)
        case r.Every(operands):
            return all(at(o) is True for o in operands)
        case r.Some(operands):
            return any(at(o) is True for o in operands)
        case r.Inverse(operand):
            return at(operand) is not True  # 无 is never true
        case r.Choose(condition, then, otherwise):
            return at(then) if at(condition) is True else at(otherwise)
        case r.Compute(op, left, right):
            return compute(op, at(left), at(right))
        case r.Apply(function, args):
            return apply(function, [at(a) for a in args])
        case r.LookUp(table, args, column):
            row = look_up(world, world.policy.tables[table], [at(a) for a in args])
            return r.NOTHING if row is None else row[column]
        case r.Formula(name, args):
            known = world.policy.formulas[name]
            inner = dict(zip((p for p, _ in known.parameters), map(at, args), strict=True))
            return value_of(world, known.body, None, inner)
    raise AssertionError(node)


def plain_day(value: Any) -> Any:
    """A civil day, read from ISO text or a moment."""
    if isinstance(value, datetime):
        return value.date()
    return date.fromisoformat(value) if isinstance(value, str) else value
