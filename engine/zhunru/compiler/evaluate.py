"""Expressions over facts of which some may be unknown: three-valued, exact, total.

A condition is True, False or UNKNOWN; a value is a value, NOTHING (无) or UNKNOWN. What was
unknown and got in the way is kept in `open`, what was read in `used`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Any, Literal, NamedTuple

from zhunru.checker.resolved import (
    NOTHING,
    Apply,
    BelongsTo,
    BelongsToLeads,
    Choose,
    Compute,
    Const,
    Every,
    FieldValue,
    Formula,
    Has,
    InForce,
    Inverse,
    IsUnit,
    LookUp,
    OneOf,
    ParameterOf,
    ResolvedParameter,
    ResolvedTable,
    RExpr,
    Some,
    Test,
    Type,
    UnitTarget,
    Within,
    normal_title,
)
from zhunru.checker.resolved_measures import Aggregate
from zhunru.compiler.model import Model
from zhunru.compiler.registers import RegisterRow, covers, in_force, span_ends
from zhunru.compiler.tables import HitConflict, pick
from zhunru.compiler.values import UNKNOWN, civil, compare, compute, settled
from zhunru.vocabulary import KIND_NUMBERS, Function, HitPolicy, TypeName


class Fact(NamedTuple):
    """What may be unknown: a field, a register, a quota, or a holiday calendar of later years."""

    kind: Literal["field", "register", "quota", "calendar"]
    name: str


@dataclass(slots=True)
class Facts:
    """What is known: values of fields, rows of registers, use of quotas.

    A register is a tuple of rows, or True / False (in force for whatever is asked / empty); or,
    while completions are searched, the scopes that it covers. A quota is True where it holds.
    """

    values: dict[str, Any]
    registers: dict[str, Sequence[RegisterRow] | bool | frozenset[str]]
    quotas: dict[str, Any]


class Evaluator:
    """Evaluates the expressions of one model on one day against `facts`."""

    def __init__(self, model: Model, day: date, facts: Facts) -> None:
        self.model = model
        self.day = day
        self.facts = facts
        self.leads: tuple[UnitTarget, ...] = ()
        self.open: dict[Fact, None] = {}
        self.used: dict[tuple[str, str], Any] = {}
        self.conflicts: list[HitConflict] = []
        # What counts rows of registers, where they are known one by one: the layers above do.
        self.counter: Callable[[Evaluator, Aggregate], Any] | None = None

    # --- conditions ----------------------------------------------------------------------------

    def truth(self, expr: RExpr) -> Any:
        """Return True, False or UNKNOWN; 无 as a condition is false."""
        value = _RULES[type(expr)](self, expr)
        if value is UNKNOWN:
            return value
        return value is True

    def value(self, expr: RExpr) -> Any:
        """Return the value of an expression, NOTHING or UNKNOWN."""
        return _RULES[type(expr)](self, expr)

    def _every(self, expr: Every) -> Any:
        unknown = False
        for operand in expr.operands:
            truth = self.truth(operand)
            if truth is False:
                return False
            unknown = unknown or truth is UNKNOWN
        return UNKNOWN if unknown else True

    def _some(self, expr: Some) -> Any:
        unknown = False
        for operand in expr.operands:
            truth = self.truth(operand)
            if truth is True:
                return True
            unknown = unknown or truth is UNKNOWN
        return UNKNOWN if unknown else False

    def _inverse(self, expr: Inverse) -> Any:
        truth = self.truth(expr.operand)
        return UNKNOWN if truth is UNKNOWN else not truth

    def _test(self, expr: Test) -> Any:
        left, right = self.value(expr.left), self.value(expr.right)
        if is_nothing(expr.left) or is_nothing(expr.right):
            if left is UNKNOWN or right is UNKNOWN:
                return UNKNOWN
            return (left is right) == (expr.op == "==")
        if left is NOTHING or right is NOTHING:
            return False
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        if expr.op in ("==", "!=") and is_matter(expr.left, expr.right):
            return self.same_matter(left, right) == (expr.op == "==")
        return compare(expr.op, left, right)

    def same_matter(self, left: Any, right: Any) -> bool:
        """Tell whether two texts name one matter: equal, or both names of one entry."""
        if left is NOTHING or right is NOTHING:
            return left is right
        one, other = normal_title(left), normal_title(right)
        return one == other or self.model.is_alias(one, other)

    def _one_of(self, expr: OneOf) -> Any:
        left = self.value(expr.left)
        if left is UNKNOWN or left is NOTHING:
            return UNKNOWN if left is UNKNOWN else False
        if is_matter(expr.left, expr.left):
            return any(self.same_matter(left, value) for value in expr.values)
        return left in expr.values

    def _belongs_to(self, expr: BelongsTo) -> Any:
        return self._unit_test(expr.left, expr.targets, self.model.chart.belongs)

    def _belongs_to_leads(self, expr: BelongsToLeads) -> Any:
        return self._unit_test(expr.left, self.leads, self.model.chart.belongs)

    def _is_unit(self, expr: IsUnit) -> Any:
        return self._unit_test(expr.left, (expr.target,), self.model.chart.is_target)

    def _unit_test(
        self,
        left: RExpr,
        targets: Iterable[UnitTarget],
        test: Callable[[str, UnitTarget], bool],
    ) -> Any:
        unit = self.value(left)
        if unit is UNKNOWN or unit is NOTHING:
            return UNKNOWN if unit is UNKNOWN else False
        return any(test(unit, target) for target in targets)

    def _within(self, expr: Within) -> Any:
        left = self.value(expr.left)
        low = _ordered(">=", left, self.value(expr.low))
        high = _ordered("<=", left, self.value(expr.high))
        # One end that is certainly missed settles it, whatever the other is.
        if low is False or high is False:
            return False
        return UNKNOWN if UNKNOWN in (low, high) else True

    def _has(self, expr: Has) -> Any:
        left, item = self.value(expr.left), self.value(expr.item)
        if left is NOTHING or item is NOTHING:
            return False
        if left is UNKNOWN or item is UNKNOWN:
            return UNKNOWN
        return item in left

    def _in_force(self, expr: InForce) -> Any:
        self.used[("register", expr.register)] = True
        rows = self.facts.registers.get(expr.register)
        if rows is None:
            self.open[Fact("register", expr.register)] = None
            if expr.scope is not None:
                self._fact(expr.scope)  # another unit may have another answer in the same rows
            return UNKNOWN
        if isinstance(rows, frozenset):
            return (expr.scope or "") in rows
        if isinstance(rows, bool):
            return rows
        return self._covered(expr, [row for row in rows if in_force(row, self.day)])

    def _covered(self, expr: InForce, rows: list[RegisterRow]) -> Any:
        if not rows or expr.scope is None:
            return bool(rows)
        unit = self._fact(expr.scope)
        if unit is UNKNOWN or unit is NOTHING:
            return UNKNOWN if unit is UNKNOWN else False
        return any(covers(self.model.chart, row, unit) for row in rows)

    # --- values --------------------------------------------------------------------------------

    def _const(self, expr: Const) -> Any:
        return expr.value

    def _field(self, expr: FieldValue) -> Any:
        return self._fact(expr.name)

    def _fact(self, name: str) -> Any:
        value = self.facts.values.get(name, UNKNOWN)
        if value is UNKNOWN:
            self.open[Fact("field", name)] = None
        else:
            self.used[("field", name)] = value
        return value

    def _parameter(self, expr: ParameterOf) -> Any:
        found = parameter_on(self.model.parameters[expr.name], self.day)
        if found is None:
            return NOTHING
        low, high = found
        value = high if expr.end == "high" and high is not None else low
        self.used[("parameter", expr.name)] = value
        return value

    def _choose(self, expr: Choose) -> Any:
        test = self.truth(expr.test)
        if test is not UNKNOWN:
            return self.value(expr.then if test else expr.otherwise)
        then, otherwise = self.value(expr.then), self.value(expr.otherwise)
        # Where both ways lead to the same, the test need not be known.
        return then if then is not UNKNOWN and _same(then, otherwise) else UNKNOWN

    def _compute(self, expr: Compute) -> Any:
        left, right = self.value(expr.left), self.value(expr.right)
        if left is NOTHING or right is NOTHING:
            return NOTHING
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        return compute(expr.op, left, right)

    def _apply(self, expr: Apply) -> Any:
        values = [self.value(arg) for arg in expr.args]
        # Before what is not known: with 无 it comes to 无 whatever the rest turns out to be.
        if any(value is NOTHING for value in values):
            return NOTHING
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        result = FUNCTIONS[expr.function](self.model, values)
        if result is UNKNOWN:
            self.open[Fact("calendar", "日历")] = None
        return result

    def _look_up(self, expr: LookUp) -> Any:
        table = self.model.tables[expr.table]
        results = self.table_results(table, [self.value(arg) for arg in expr.args])
        if results is UNKNOWN:
            return UNKNOWN
        value = results[[name for name, _ in table.outputs].index(expr.column)]
        if isinstance(value, HitConflict):
            self.conflicts.append(value)
            return NOTHING
        return value

    def table_results(self, table: ResolvedTable, args: list[Any]) -> Any:
        """Return the value of every result column for these inputs, or UNKNOWN."""
        inner = self._inner(dict(zip((name for name, _ in table.inputs), args, strict=True)))
        matched = []
        for number, row in enumerate(table.rows):
            truth = inner.truth(Every(row.tests))
            if truth is UNKNOWN:
                self._take(inner)
                return UNKNOWN
            if truth:
                matched.append((number, tuple(inner.value(result) for result in row.results)))
                if table.hit is HitPolicy.FIRST:
                    break
        self._take(inner)
        return pick(table, matched)

    def _formula(self, expr: Formula) -> Any:
        formula = self.model.formulas[expr.name]
        args = [self.value(arg) for arg in expr.args]
        inner = self._inner(dict(zip((n for n, _ in formula.parameters), args, strict=True)))
        value = inner.value(formula.body)
        self._take(inner)
        return value

    def _counted(self, expr: Aggregate) -> Any:
        if self.counter is not None:
            return self.counter(self, expr)
        self.open[Fact("register", expr.rows.things.name)] = None
        return UNKNOWN

    def _take(self, inner: Evaluator) -> None:
        """Keep what was read inside a table or formula; its fields are not those of the request."""
        self.used.update({key: value for key, value in inner.used.items() if key[0] != "field"})
        self.open.update({fact: None for fact in inner.open if fact.kind != "field"})

    def _inner(self, values: Mapping[str, Any]) -> Evaluator:
        """Return an evaluator inside a table or formula: its fields are the inputs."""
        known = {name: value for name, value in values.items() if value is not UNKNOWN}
        inner = Evaluator(self.model, self.day, Facts(known, self.facts.registers, {}))
        inner.conflicts = self.conflicts
        inner.counter = self.counter
        return inner


def parameter_on(parameter: ResolvedParameter, day: date) -> tuple[Decimal, Decimal | None] | None:
    """Return the value (or the band) of a parameter on a day; None where it has none."""
    if parameter.end is not None and day > parameter.end:
        return None
    found = None
    for start, low, high in parameter.values:
        if start <= day:
            found = (low, high)
    return found


def _ordered(op: Literal[">=", "<="], left: Any, right: Any) -> Any:
    if left is NOTHING or right is NOTHING:
        return False
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    return compare(op, left, right)


def is_nothing(expr: RExpr) -> bool:
    """Tell whether an expression is the constant 无, the only thing that 无 is compared with."""
    return isinstance(expr, Const) and expr.value is NOTHING


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def is_matter(left: RExpr, right: RExpr) -> bool:
    """Tell whether two sides are compared as matters: by what they mean, not as texts."""
    return any(type_of(side).name is TypeName.MATTER for side in (left, right) if type_of(side))


def type_of(expr: RExpr) -> Any:
    """Return the type that an expression carries, or None for those that have one by nature."""
    found: Type | None = getattr(expr, "type", None)
    return found


_WIDE = Context(prec=60)


def _rounded(mode: str) -> Callable[[Model, list[Any]], Any]:
    def rounded(_: Model, values: list[Any]) -> Any:
        places = int(values[1]) if len(values) > 1 else 0
        return settled(values[0]).quantize(Decimal(1).scaleb(-places), rounding=mode, context=_WIDE)

    return rounded


def _days_between(_: Model, values: list[Any]) -> Any:
    if len(values) == 1:
        return _days_of_span(values[0])
    first, last = (civil(value) for value in values)
    return Decimal(last.toordinal() - first.toordinal())


def _days_of_span(span: str | tuple[date | None, date | None]) -> Any:
    """Return the days from the first to the last of a 时段; one that is open has no number."""
    first, last = span_ends(span)
    if first is None or last is None:
        return NOTHING
    return Decimal(last.toordinal() - first.toordinal())


def _workdays_between(model: Model, values: list[Any]) -> Any:
    first, last = (civil(value) for value in values)
    count = model.calendar.count_workdays(first, last)
    return UNKNOWN if count is None else Decimal(count)


def _kind_of_day(model: Model, values: list[Any]) -> Any:
    day = civil(values[0])
    if not model.calendar.covers(day):
        return UNKNOWN  # by weekends alone it would be guessed
    return Decimal(KIND_NUMBERS[model.calendar.kind(day)])


FUNCTIONS: dict[Function, Callable[[Model, list[Any]], Any]] = {
    Function.MAX: lambda _, values: max(values),
    Function.MIN: lambda _, values: min(values),
    Function.ROUNDDOWN: _rounded(ROUND_FLOOR),
    Function.ROUNDUP: _rounded(ROUND_CEILING),
    Function.ROUND: _rounded(ROUND_HALF_UP),
    Function.DAYCOUNT: _days_between,
    Function.WORKDAYCOUNT: _workdays_between,
    Function.DAYKIND: _kind_of_day,
}

_RULES: dict[type, Callable[[Evaluator, Any], Any]] = {
    Const: Evaluator._const,
    FieldValue: Evaluator._field,
    ParameterOf: Evaluator._parameter,
    Test: Evaluator._test,
    OneOf: Evaluator._one_of,
    BelongsTo: Evaluator._belongs_to,
    IsUnit: Evaluator._is_unit,
    BelongsToLeads: Evaluator._belongs_to_leads,
    Within: Evaluator._within,
    Has: Evaluator._has,
    InForce: Evaluator._in_force,
    Every: Evaluator._every,
    Some: Evaluator._some,
    Inverse: Evaluator._inverse,
    Choose: Evaluator._choose,
    Compute: Evaluator._compute,
    Apply: Evaluator._apply,
    LookUp: Evaluator._look_up,
    Formula: Evaluator._formula,
    Aggregate: Evaluator._counted,
}
