"""Conditions and values as diagrams: what an expression comes to for every request at once.

The same steps as the evaluator takes for one request, and the same functions of values, so that
a diagram and the evaluator cannot say different things of a request.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from zhunru.analysis.forest import END, Forest
from zhunru.analysis.reads import Asked, Part
from zhunru.analysis.space import Space
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
    ResolvedTable,
    RExpr,
    Some,
    Test,
    UnitTarget,
    Within,
)
from zhunru.compiler.evaluate import (
    FUNCTIONS,
    Evaluator,
    Facts,
    is_matter,
    is_nothing,
    parameter_on,
)
from zhunru.compiler.tables import HitConflict, pick
from zhunru.compiler.values import UNKNOWN, compare, compute, settled
from zhunru.syntax.expressions import CompareOp
from zhunru.vocabulary import HitPolicy

Inputs = Mapping[str, int]  # of a table or formula: what each input comes to
Leads = tuple[UnitTarget, ...]
_ONE_ROW = (HitPolicy.FIRST, HitPolicy.UNIQUE)


class Meaning:
    """The diagrams of the expressions of one part of a space.

    `unsettled` holds the requests for which something has no value yet (working days past the
    published calendar); `clashes` those for which a table has several rows where only one may be.
    """

    def __init__(self, space: Space, part: Part) -> None:
        self.space = space
        self.part = part
        self.forest: Forest = space.forest
        self.unsettled = self.forest.no
        self.clashes: dict[str, int] = {}
        self._values: dict[tuple[Any, ...], int] = {}
        self._kept: list[Any] = []  # expressions are known by identity while they live
        self._plain = Evaluator(part.model, space.anchor, Facts({}, {}, {}))
        self._day: int | None = None
        self._orders: dict[int, tuple[Any, ...]] = {}

    @property
    def day(self) -> int:
        """Return the diagram of the day whose law is applied."""
        if self._day is None:
            self._day = self.space.law_day(self.part)
        return self._day

    def truth(self, expr: RExpr, leads: Leads = (), inputs: Inputs | None = None) -> int:
        """Return where a condition holds; 无 as a condition is false."""
        return self.forest.mapped("true", _is_true, self.value(expr, leads, inputs))

    def value(self, expr: RExpr, leads: Leads = (), inputs: Inputs | None = None) -> int:
        """Return the diagram of the value of an expression."""
        key = (id(expr), leads, id(inputs))
        found = self._values.get(key)
        if found is None:
            found = self._values[key] = _RULES[type(expr)](self, expr, leads, inputs)
            self._kept.append((expr, inputs))
        return found

    # --- conditions ----------------------------------------------------------------------------

    def _every(self, expr: Every, leads: Leads, inputs: Inputs | None) -> int:
        return self.forest.every(self.truth(each, leads, inputs) for each in expr.operands)

    def _some(self, expr: Some, leads: Leads, inputs: Inputs | None) -> int:
        return self.forest.some(self.truth(each, leads, inputs) for each in expr.operands)

    def _inverse(self, expr: Inverse, leads: Leads, inputs: Inputs | None) -> int:
        return self.forest.negated(self.truth(expr.operand, leads, inputs))

    def _test(self, expr: Test, leads: Leads, inputs: Inputs | None) -> int:
        left, right = self.value(expr.left, leads, inputs), self.value(expr.right, leads, inputs)
        nothing = is_nothing(expr.left) or is_nothing(expr.right)
        matter = expr.op in ("==", "!=") and is_matter(expr.left, expr.right)
        if not nothing and not matter:
            found = self._against_constant(expr.op, left, right)
            if found is not None:
                return found

        def test(one: Any, other: Any) -> bool:
            if nothing:
                return (one is other) == (expr.op == "==")
            if one is NOTHING or other is NOTHING:
                return False
            if matter:
                return self._plain.same_matter(one, other) == (expr.op == "==")
            return compare(expr.op, one, other)

        named = ("test", expr.op, nothing, matter and self.part.policy.digest)
        return self._joined(named, test, left, right)

    def _one_of(self, expr: OneOf, leads: Leads, inputs: Inputs | None) -> int:
        matter = is_matter(expr.left, expr.left)

        def test(left: Any) -> bool:
            if left is NOTHING:
                return False
            if matter:
                return any(self._plain.same_matter(left, value) for value in expr.values)
            return left in expr.values

        named = ("one of", expr.values, matter and self.part.policy.digest)
        return self._mapped(named, test, self.value(expr.left, leads, inputs))

    def _belongs_to(self, expr: BelongsTo, leads: Leads, inputs: Inputs | None) -> int:
        return self._unit(expr.left, expr.targets, self.part.model.chart.belongs, leads, inputs)

    def _belongs_to_leads(self, expr: BelongsToLeads, leads: Leads, inputs: Inputs | None) -> int:
        return self._unit(expr.left, leads, self.part.model.chart.belongs, leads, inputs)

    def _is_unit(self, expr: IsUnit, leads: Leads, inputs: Inputs | None) -> int:
        chart = self.part.model.chart
        return self._unit(expr.left, (expr.target,), chart.is_target, leads, inputs)

    def _unit(
        self,
        left: RExpr,
        targets: Leads,
        passes: Callable[[str, UnitTarget], bool],
        leads: Leads,
        inputs: Inputs | None,
    ) -> int:
        def test(unit: Any) -> bool:
            return unit is not NOTHING and any(passes(unit, target) for target in targets)

        named = ("unit", self.part.policy.digest, passes.__name__, targets)
        return self._mapped(named, test, self.value(left, leads, inputs))

    def _within(self, expr: Within, leads: Leads, inputs: Inputs | None) -> int:
        left = self.value(expr.left, leads, inputs)
        low, high = self.value(expr.low, leads, inputs), self.value(expr.high, leads, inputs)
        return self.forest.both(self._is(">=", left, low), self._is("<=", left, high))

    def _is(self, op: CompareOp, left: int, right: int) -> int:
        found = self._against_constant(op, left, right)
        if found is not None:
            return found
        return self._true(self._joined(("test", op, False, False), _ordered(op), left, right))

    def _against_constant(self, op: CompareOp, left: int, right: int) -> int | None:
        """Return where a number or day of a request stands so to a constant; None for others.

        Tables have thousands of such cells, and a field as many classes as cells: the classes are
        in order, so it is enough to find the place of the constant among them.
        """
        values = self._ascending(left)
        if not values or self.forest.level(right) != END:
            return None
        constant = settled(self.forest.value(right))
        if type(constant) is not type(values[0]):
            return None
        low, high = bisect_left(values, constant), bisect_right(values, constant)
        end = len(values)
        spans = {"<": (0, low), "<=": (0, high), "==": (low, high), ">": (high, end)}
        first, last = spans.get(op, (low, end))
        level, yes, no = self.forest.level(left), self.forest.yes, self.forest.no
        if op == "!=":
            kids = (yes,) * low + (no,) * (high - low) + (yes,) * (end - high)
        else:
            kids = (no,) * first + (yes,) * (last - first) + (no,) * (end - last)
        nothing = self.forest.sizes[level] - end  # 无 stands so to no constant
        return self.forest.node(level, kids + (no,) * nothing)

    def _ascending(self, diagram: int) -> tuple[Any, ...]:
        """Return the values of the classes of a number or day, 无 left out; nothing of others."""
        found = self._orders.get(diagram)
        if found is None:
            level = self.forest.level(diagram)
            axis = self.space.axes[level] if level != END else None
            found = ()
            if axis is not None and axis.ends and diagram == self.space.value(axis.asked):
                values = tuple(value for value in axis.values if value is not NOTHING)
                alike = len({type(value) for value in values}) == 1
                plain = alike and type(values[0]) in (Decimal, date)
                if plain and axis.values[: len(values)] == tuple(sorted(values)):
                    found = values
            self._orders[diagram] = found
        return found

    def _has(self, expr: Has, leads: Leads, inputs: Inputs | None) -> int:
        def test(left: Any, item: Any) -> bool:
            return left is not NOTHING and item is not NOTHING and item in left

        left, item = self.value(expr.left, leads, inputs), self.value(expr.item, leads, inputs)
        return self._joined("has", test, left, item)

    def _in_force(self, expr: InForce, leads: Leads, inputs: Inputs | None) -> int:
        return self.space.held(self.part, expr.register, expr.scope or "")

    # --- values --------------------------------------------------------------------------------

    def _const(self, expr: Const, leads: Leads, inputs: Inputs | None) -> int:
        return self.forest.end(expr.value)

    def _field(self, expr: FieldValue, leads: Leads, inputs: Inputs | None) -> int:
        if inputs is not None:
            return inputs[expr.name]
        return self.space.value(Asked("field", expr.name))

    def _parameter(self, expr: ParameterOf, leads: Leads, inputs: Inputs | None) -> int:
        parameter = self.part.model.parameters[expr.name]

        def on(day: Any) -> Any:
            found = parameter_on(parameter, day)
            if found is None:
                return NOTHING
            low, high = found
            return high if expr.end == "high" and high is not None else low

        named = ("parameter", self.part.policy.digest, expr.name, expr.end)
        return self.forest.mapped(named, on, self.day)

    def _choose(self, expr: Choose, leads: Leads, inputs: Inputs | None) -> int:
        test = self.truth(expr.test, leads, inputs)
        then = self.value(expr.then, leads, inputs)
        return self.forest.chosen(test, then, self.value(expr.otherwise, leads, inputs))

    def _compute(self, expr: Compute, leads: Leads, inputs: Inputs | None) -> int:
        left, right = self.value(expr.left, leads, inputs), self.value(expr.right, leads, inputs)
        return self._joined(("compute", expr.op), lambda a, b: compute(expr.op, a, b), left, right)

    def _apply(self, expr: Apply, leads: Leads, inputs: Inputs | None) -> int:
        given = self._listed([self.value(arg, leads, inputs) for arg in expr.args])

        def called(values: Any) -> Any:
            if any(value is NOTHING or value is UNKNOWN for value in values):
                return UNKNOWN if UNKNOWN in values else NOTHING
            return FUNCTIONS[expr.function](self.part.model, list(values))

        return self._settled(self.forest.mapped(("apply", expr.function), called, given))

    def _settled(self, value: int) -> int:
        """Keep the requests for which a value is unknown apart."""
        unknown = self.forest.mapped("unknown", lambda found: found is UNKNOWN, value)
        self.unsettled = self.forest.either(self.unsettled, unknown)
        return value

    def _listed(self, values: Sequence[int]) -> int:
        found = self.forest.end(())
        for value in values:
            found = self.forest.joined("list", lambda some, one: (*some, one), found, value)
        return found

    def _formula(self, expr: Formula, leads: Leads, inputs: Inputs | None) -> int:
        formula = self.part.model.formulas[expr.name]
        names = (name for name, _ in formula.parameters)
        given = [self.value(arg, leads, inputs) for arg in expr.args]
        return self.value(formula.body, (), dict(zip(names, given, strict=True)))

    # --- tables --------------------------------------------------------------------------------

    def _look_up(self, expr: LookUp, leads: Leads, inputs: Inputs | None) -> int:
        table = self.part.model.tables[expr.table]
        names = (name for name, _ in table.inputs)
        given = [self.value(arg, leads, inputs) for arg in expr.args]
        found = self.table(table, dict(zip(names, given, strict=True)))
        at = [name for name, _ in table.outputs].index(expr.column)

        def of_column(results: Any) -> Any:
            value = results[at]
            return NOTHING if isinstance(value, HitConflict) else value

        return self.forest.mapped(("column", at), of_column, found)

    def table(self, table: ResolvedTable, inputs: Inputs) -> int:
        """Return the diagram of the results of a table, one value a column."""
        rows = [
            (self.forest.every(self.truth(test, (), inputs) for test in row.tests),
             self._listed([self.value(result, (), inputs) for result in row.results]))
            for row in table.rows
        ]  # fmt: skip
        if table.hit in _ONE_ROW:
            found = self._first_row(table, rows)
        else:
            matched = self.forest.end(())
            for number, (guard, results) in enumerate(rows):
                shown = self.forest.mapped(("row", number), partial(_numbered, number), results)
                here = self.forest.chosen(guard, shown, self.forest.end(None))
                matched = self.forest.joined("match", _matched, matched, here)
            named = ("pick", self.part.policy.digest, table.name)
            found = self.forest.mapped(named, lambda rows: pick(table, rows), matched)
        self._note_clashes(table, found)
        return found

    def _first_row(self, table: ResolvedTable, rows: Sequence[tuple[int, int]]) -> int:
        forest = self.forest
        none: Hashable = (NOTHING,) * len(table.outputs)
        clash: Hashable = (HitConflict(table.name, ()),) * len(table.outputs)
        found, seen, twice = forest.end(none), forest.no, forest.no
        for guard, results in reversed(rows):
            found = forest.chosen(guard, results, found)
            if table.hit is HitPolicy.UNIQUE:
                twice = forest.either(twice, forest.both(guard, seen))
                seen = forest.either(seen, guard)
        return forest.chosen(twice, forest.end(clash), found)

    def _note_clashes(self, table: ResolvedTable, found: int) -> None:
        clash = self.forest.mapped("clash", _is_clash, found)
        known = self.clashes.get(table.name, self.forest.no)
        self.clashes[table.name] = self.forest.either(known, clash)

    # --- values that are not there -------------------------------------------------------------

    def _true(self, diagram: int) -> int:
        return self.forest.mapped("true", _is_true, diagram)

    def _mapped(self, named: Hashable, test: Callable[[Any], Any], one: int) -> int:
        return self.forest.mapped(
            named, lambda value: value if value is UNKNOWN else test(value), one
        )

    def _joined(self, named: Hashable, op: Callable[[Any, Any], Any], one: int, other: int) -> int:
        def known(left: Any, right: Any) -> Any:
            return UNKNOWN if left is UNKNOWN or right is UNKNOWN else op(left, right)

        return self.forest.joined(named, known, one, other)


def _is_true(value: Any) -> bool:
    return value is True


def _is_clash(results: Any) -> bool:
    return any(isinstance(value, HitConflict) for value in results)


def _numbered(number: int, results: Any) -> tuple[int, Any]:
    return (number, results)


def _matched(rows: Any, row: Any) -> Any:
    return rows if row is None else (*rows, row)


def _ordered(op: Any) -> Callable[[Any, Any], bool]:
    def test(left: Any, right: Any) -> bool:
        return left is not NOTHING and right is not NOTHING and compare(op, left, right)

    return test


_RULES: dict[type, Callable[[Meaning, Any, Leads, Inputs | None], int]] = {
    Const: Meaning._const,
    FieldValue: Meaning._field,
    ParameterOf: Meaning._parameter,
    Test: Meaning._test,
    OneOf: Meaning._one_of,
    BelongsTo: Meaning._belongs_to,
    IsUnit: Meaning._is_unit,
    BelongsToLeads: Meaning._belongs_to_leads,
    Within: Meaning._within,
    Has: Meaning._has,
    InForce: Meaning._in_force,
    Every: Meaning._every,
    Some: Meaning._some,
    Inverse: Meaning._inverse,
    Choose: Meaning._choose,
    Compute: Meaning._compute,
    Apply: Meaning._apply,
    LookUp: Meaning._look_up,
    Formula: Meaning._formula,
}
