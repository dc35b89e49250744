"""Conditions as Python source: what the generated fast path runs.

A source names the values of the fields `v0 v1 …`, the day `day`, the request `request`, and
constants. It is only ever run with the values that the fast path has read; a value that is not
known is `BLANK`, which refuses every question by raising `NotKnown`, and so leads to the careful
path. Constants never stand in the text: two clauses that ask the same of other constants have the
same source, and share one function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from zhunru.checker.resolved import (
    BelongsTo,
    BelongsToLeads,
    Choose,
    Const,
    Every,
    FieldValue,
    Has,
    InForce,
    Inverse,
    IsUnit,
    OneOf,
    ParameterOf,
    RExpr,
    Some,
    Test,
    UnitTarget,
    Within,
    normal_title,
)
from zhunru.compiler.evaluate import is_nothing
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.values import compact
from zhunru.vocabulary import TypeName

_ORDERED = {TypeName.NUMBER, TypeName.MONEY, TypeName.RATIO, TypeName.DATE, TypeName.MOMENT}
_EQUAL = {TypeName.TEXT, TypeName.PERSON, TypeName.ATTACHMENT, TypeName.CHOICE, TypeName.FLAG}
_MAX_TARGETS = 4
_FEW_UNITS = 16

Keep = Callable[[Any], str]


class NotKnown(Exception):
    """A fact that is not known was asked for; the careful path decides."""


class _Blank:
    """Stands for a value that is not known: any question raises."""

    __slots__ = ()

    def _ask(self, *_: object) -> Any:
        raise NotKnown

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _ask
    __hash__ = __bool__ = __contains__ = _ask


BLANK = _Blank()


class Writer:
    """Writes the sources of conditions; `keep` gives a constant its name."""

    def __init__(self, plan: Plan, model: Model, unit_sets: UnitSets) -> None:
        self.plan = plan
        self.model = model
        self.unit_sets = unit_sets
        self.places = {field.name: at for at, field in enumerate(plan.head.fields)}

    def write(self, expr: RExpr, leads: Sequence[UnitTarget], keep: Keep) -> str:
        """Return the source of a condition: it gives a true or false value, or raises."""
        rule = _RULES.get(type(expr))
        source = rule(self, expr, leads, keep) if rule else None
        if source is not None:
            return source
        return f"ask({keep((expr, tuple(leads)))}, day, request, ({self.every_value()},))"

    def every_value(self) -> str:
        """Return the names of all values, for the way through the evaluator."""
        return ", ".join(f"v{at}" for at in range(len(self.places)))

    # --- parts ---------------------------------------------------------------------------------

    def field(self, expr: RExpr, kinds: Iterable[TypeName]) -> str | None:
        """Return the name of a field's value, if `expr` is a field of one of these types."""
        if isinstance(expr, FieldValue) and expr.name in self.places:
            found = self.plan.fields[expr.name].type
            if found.name in kinds:
                return f"v{self.places[expr.name]}"
        return None

    def optional(self, expr: RExpr) -> bool:
        """Tell whether a field may be 无."""
        return isinstance(expr, FieldValue) and self.plan.fields[expr.name].type.optional

    def constant(self, expr: RExpr, keep: Keep) -> str | None:
        """Return the name of a constant."""
        if isinstance(expr, Const) and not is_nothing(expr):
            return keep(compact(expr.value))
        return None


def _flag(writer: Writer, expr: FieldValue, _: Any, __: Keep) -> str | None:
    name = writer.field(expr, (TypeName.FLAG,))
    return f"({name} == True)" if name and writer.optional(expr) else name


def _every(writer: Writer, expr: Every, leads: Any, keep: Keep) -> str:
    parts = [writer.write(part, leads, keep) for part in expr.operands]
    # A register takes longest to ask, and need not be where anything else is untrue.
    parts.sort(key=lambda part: "in_force(" in part)
    return f"({' and '.join(parts)})" if parts else "True"


def _some(writer: Writer, expr: Some, leads: Any, keep: Keep) -> str:
    parts = [writer.write(part, leads, keep) for part in expr.operands]
    return f"({' or '.join(parts)})" if parts else "False"


def _inverse(writer: Writer, expr: Inverse, leads: Any, keep: Keep) -> str:
    return f"(not {writer.write(expr.operand, leads, keep)})"


def _choose(writer: Writer, expr: Choose, leads: Any, keep: Keep) -> str:
    then, test, otherwise = (
        writer.write(part, leads, keep) for part in (expr.then, expr.test, expr.otherwise)
    )
    return f"({then} if {test} else {otherwise})"


def _const(_: Writer, expr: Const, __: Any, ___: Keep) -> str:
    return "True" if expr.value is True else "False"


def _test(writer: Writer, expr: Test, _: Any, keep: Keep) -> str | None:
    """A field against a constant, a parameter, or another field."""
    if is_nothing(expr.right):
        name = writer.field(expr.left, TypeName)
        # Not by `is`: a value that is not known has to raise.
        return f"({name} {expr.op} NOTHING)" if name else None
    if _is_matter(writer, expr.left):
        return _matter_test(writer, expr, keep)
    kinds = _ORDERED | _EQUAL | {TypeName.UNIT} if expr.op in ("==", "!=") else _ORDERED
    left = writer.field(expr.left, kinds)
    right = writer.field(expr.right, kinds) or writer.constant(expr.right, keep)
    guards = [f"{name} is not NOTHING" for name, side in ((left, expr.left), (right, expr.right))
              if writer.optional(side)]  # fmt: skip
    if left and right is None and isinstance(expr.right, ParameterOf):
        right = "limit"
        guards.append(f"(limit := {_parameter(expr.right, keep)}) is not None")
    # A flag is asked for its truth: quicker than a comparison, and 1 is no flag.
    if left and isinstance(expr.right, Const) and isinstance(expr.right.value, bool):
        positive = expr.right.value == (expr.op == "==")
        same = left if positive else f"(not {left})"
        return f"({' and '.join([*guards, same])})" if guards else same
    if left is None or right is None or _moments(writer, expr):
        return None
    return f"({' and '.join([*guards, f'{left} {expr.op} {right}'])})"


def _moments(writer: Writer, expr: Test) -> bool:
    """A moment against a day is compared by days: left to the evaluator."""
    return any(
        writer.field(side, (TypeName.MOMENT,))
        or (isinstance(side, Const) and isinstance(side.value, datetime))
        for side in (expr.left, expr.right)
    )


def _parameter(expr: ParameterOf, keep: Keep) -> str:
    return f"parameter({keep((expr.name, expr.end))}, day)"


def _is_matter(writer: Writer, expr: RExpr) -> bool:
    return writer.field(expr, (TypeName.MATTER,)) is not None


def _matter_test(writer: Writer, expr: Test, keep: Keep) -> str | None:
    if expr.op not in ("==", "!=") or not isinstance(expr.right, Const):
        return None
    if not isinstance(expr.right.value, str):
        return None
    inside = _matter_in(writer, expr.left, [expr.right.value], keep)
    if expr.op == "==" or not writer.optional(expr.left):
        return inside if expr.op == "==" else f"(not {inside})"
    return None


def _matter_in(writer: Writer, left: RExpr, values: Iterable[str], keep: Keep) -> str:
    """A matter is among some: by normal titles, with every other name of the same matters."""
    asked = {normal_title(value) for value in values}
    titles = asked.union(*map(writer.model.names_of, asked))
    name = writer.field(left, (TypeName.MATTER,))
    guard = f"{name} is not NOTHING and " if writer.optional(left) else ""
    return f"({guard}normal({name}) in {keep(frozenset(titles))})"


def _one_of(writer: Writer, expr: OneOf, _: Any, keep: Keep) -> str | None:
    if _is_matter(writer, expr.left):
        return _matter_in(writer, expr.left, expr.values, keep)
    name = writer.field(expr.left, _EQUAL | {TypeName.UNIT})
    return f"({name} in {keep(expr.values)})" if name else None


def _belongs_to(writer: Writer, expr: BelongsTo, _: Any, keep: Keep) -> str | None:
    return _unit_in(writer, expr.left, expr.targets, writer.unit_sets.belonging, keep)


def _belongs_to_leads(writer: Writer, expr: BelongsToLeads, leads: Any, keep: Keep) -> str | None:
    return _unit_in(writer, expr.left, leads, writer.unit_sets.belonging, keep)


def _is_unit(writer: Writer, expr: IsUnit, _: Any, keep: Keep) -> str | None:
    return _unit_in(writer, expr.left, (expr.target,), writer.unit_sets.being, keep)


def _unit_in(
    writer: Writer, left: RExpr, targets: Sequence[UnitTarget], find: Any, keep: Keep
) -> str | None:
    """The units of each target are one shared set; sets are joined where that costs little."""
    name = writer.field(left, (TypeName.UNIT,))
    if name is None:
        return None
    sets = [find(target) for target in targets]
    # A union copies its sets, while apart each of them is a further question.
    if len(sets) > _MAX_TARGETS or sum(map(len, sets)) <= _FEW_UNITS:
        sets = [frozenset().union(*sets)]
    parts = [f"{name} in {keep(units)}" for units in sets]
    return f"({' or '.join(parts)})" if parts else f"({name} in {keep(frozenset())})"


def _within(writer: Writer, expr: Within, _: Any, keep: Keep) -> str | None:
    name = writer.field(expr.left, _ORDERED - {TypeName.MOMENT})
    low, high = writer.constant(expr.low, keep), writer.constant(expr.high, keep)
    if name is None or low is None or high is None:
        return None
    guard = f"{name} is not NOTHING and " if writer.optional(expr.left) else ""
    return f"({guard}{low} <= {name} <= {high})"


def _has(writer: Writer, expr: Has, _: Any, keep: Keep) -> str | None:
    name = writer.field(expr.left, (TypeName.CHOICES, TypeName.TEXT))
    item = writer.constant(expr.item, keep)
    if name is None or item is None or writer.optional(expr.left):
        return None
    return f"({item} in {name})"


def _in_force(writer: Writer, expr: InForce, _: Any, keep: Keep) -> str | None:
    unit: str | None = "None"
    if expr.scope is not None:
        scope = FieldValue(expr.scope, writer.plan.fields[expr.scope].type)
        unit = writer.field(scope, (TypeName.UNIT,))
    return f"in_force({keep(expr.register)}, {unit}, day, request)" if unit else None


_RULES: dict[type, Callable[[Writer, Any, Any, Keep], str | None]] = {
    BelongsTo: _belongs_to,
    BelongsToLeads: _belongs_to_leads,
    Choose: _choose,
    Const: _const,
    Every: _every,
    FieldValue: _flag,
    Has: _has,
    InForce: _in_force,
    Inverse: _inverse,
    IsUnit: _is_unit,
    OneOf: _one_of,
    Some: _some,
    Test: _test,
    Within: _within,
}


class UnitSets:
    """The units that answer to a target, each set made once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._belonging: dict[UnitTarget, frozenset[str]] = {}
        self._being: dict[UnitTarget, frozenset[str]] = {}

    def belonging(self, target: UnitTarget) -> frozenset[str]:
        """Return the units that belong to a target."""
        found = self._belonging.get(target)
        if found is None:
            found = self.model.chart.belonging(target)
            self._belonging[target] = found
        return found

    def being(self, target: UnitTarget) -> frozenset[str]:
        """Return the units that are a target."""
        found = self._being.get(target)
        if found is None:
            found = self.model.chart.being(target)
            self._being[target] = found
        return found


def indent(lines: Sequence[str], by: int = 1) -> list[str]:
    """Return lines of source moved to the right."""
    return ["    " * by + line for line in lines]
