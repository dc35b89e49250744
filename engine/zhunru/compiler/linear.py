"""Linear forms that a numeric expression may take, and the thresholds at which tests turn.

More thresholds than needed do no harm; `None` says that an expression leaves the exact fragment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from zhunru.checker.resolved import (
    NOTHING,
    Apply,
    Choose,
    Compute,
    FieldValue,
    Formula,
    LookUp,
    RExpr,
    Test,
    Within,
)
from zhunru.checker.resolved_parts import parts
from zhunru.checker.values import as_number
from zhunru.compiler.asked import sides
from zhunru.compiler.atoms import open_formula, open_table
from zhunru.compiler.model import Model
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import Function

_MAX_FORMS = 400
_MAX_CONSTANTS = 2_000  # of a column of a table: they turn a field, never each other


class Form(NamedTuple):
    """`sum(coefficient * field) + constant`; days count as their ordinals."""

    terms: tuple[tuple[str, Fraction], ...]
    constant: Fraction


Forms = frozenset[Form]
_NONE: Forms = frozenset()


class Turns(NamedTuple):
    """Where tests turn: thresholds of single fields, and distances between two fields.

    Tests of the days in `kinds` turn with the calendar (逢).
    """

    points: dict[str, set[Fraction]]
    distances: dict[frozenset[str], set[Fraction]]
    opaque: set[str]
    kinds: set[str]


class Analyst:
    """Finds the linear forms of expressions whose other facts are as `value` tells."""

    def __init__(
        self, model: Model, value: Callable[[RExpr], Any], unknown: Callable[[str], bool]
    ) -> None:
        self.model = model
        self.value = value
        self.unknown = unknown
        self.turns = Turns({}, {}, set(), set())

    def read(self, atom: Test | Within) -> None:
        """Add where a test turns."""
        left, *others = sides(atom)
        for right in others:
            if not self._read_workdays(left, right) and not self._read_kind(left):
                self._read_pair(self.forms(left), self.forms(right), (left, right))

    def _read_pair(
        self, left: Forms | None, right: Forms | None, sides: tuple[RExpr, RExpr]
    ) -> None:
        if left is None or right is None or _pairs(left, right) > _MAX_FORMS * 10:
            self.turns.opaque.update(name for side in sides for name in self._fields(side))
            return
        for one in left:
            for other in right if one.terms else _moving(right):
                self._turn(_combine(one, other, Fraction(-1)))

    def _turn(self, form: Form) -> None:
        """A test turns where the form is zero."""
        if len(form.terms) == 1:
            ((name, factor),) = form.terms
            self.turns.points.setdefault(name, set()).add(-form.constant / factor)
        elif len(form.terms) == 2 and form.terms[0][1] == -form.terms[1][1]:
            pair = frozenset(name for name, _ in form.terms)
            gap = abs(form.constant / form.terms[0][1])
            self.turns.distances.setdefault(pair, set()).add(gap)
        else:
            self.turns.opaque.update(name for name, _ in form.terms)

    def forms(self, expr: RExpr) -> Forms | None:
        """Return the forms an expression may take; empty where it is no number or day."""
        value = self.value(expr)
        if value is not UNKNOWN:
            return _constant(value)
        if isinstance(expr, FieldValue):
            return frozenset((Form(((expr.name, Fraction(1)),), Fraction(0)),))
        if isinstance(expr, Choose):
            return _union((self.forms(expr.then), self.forms(expr.otherwise)))
        if isinstance(expr, LookUp):
            return self._looked_up(expr)
        if isinstance(expr, Formula):
            return self.forms(open_formula(self.model, expr))
        if isinstance(expr, Compute):
            return self._computed(expr)
        return self._applied(expr) if isinstance(expr, Apply) else None

    def _looked_up(self, expr: LookUp) -> Forms | None:
        columns = [name for name, _ in self.model.tables[expr.table].outputs]
        at = columns.index(expr.column)
        return _union(self.forms(results[at]) for _, results in open_table(self.model, expr))

    def _computed(self, expr: Compute) -> Forms | None:
        left, right = self.forms(expr.left), self.forms(expr.right)
        if left is None or right is None or len(left) * len(right) > _MAX_FORMS:
            return None
        found = set()
        for one in left:
            for other in right:
                form = _operate(expr.op, one, other)
                if form is None:
                    return None
                found.add(form)
        return frozenset(found)

    def _applied(self, expr: Apply) -> Forms | None:
        """取大, 取小: any argument; where they change over two are equal, so that no test turns
        there that turns for neither. 日数: a difference."""
        if expr.function in (Function.MAX, Function.MIN):
            return _union(map(self.forms, expr.args))
        if expr.function is Function.DAYCOUNT and len(expr.args) == 2:
            first, last = expr.args
            return self._computed(Compute("-", last, first))
        return None

    def _read_workdays(self, left: RExpr, right: RExpr) -> bool:
        """工作日数 of one unknown day against a number turns at working days."""
        for call, other in ((left, right), (right, left)):
            if isinstance(call, Apply) and call.function is Function.WORKDAYCOUNT:
                bound = self.value(other)
                if isinstance(bound, Decimal) and self.value(call) is UNKNOWN:
                    return self._workday_turns(call, int(bound))
        return False

    def _read_kind(self, call: RExpr) -> bool:
        """逢 of an unknown day turns with the calendar; of a day that is known it does not."""
        if not isinstance(call, Apply) or call.function is not Function.DAYKIND:
            return False
        (day,) = call.args
        if self.value(day) is not UNKNOWN:
            return True
        if isinstance(day, FieldValue):
            self.turns.kinds.add(day.name)
        return isinstance(day, FieldValue)

    def _workday_turns(self, call: Apply, bound: int) -> bool:
        """The days, within the published calendar, next to which the count passes `bound`."""
        first, last = map(self.value, call.args)
        before = first is UNKNOWN
        field, fixed = call.args[not before], last if before else first
        if fixed is UNKNOWN or not isinstance(field, FieldValue):
            return False
        if not isinstance(fixed, date):
            return True
        points = self.turns.points.setdefault(field.name, set())
        calendar = self.model.calendar
        points.update(Fraction(day.toordinal()) for day in (calendar.first, calendar.horizon))
        points.update(_passing(calendar, fixed, bound, before=before))
        return True

    def _fields(self, expr: RExpr) -> Iterable[str]:
        if isinstance(expr, FieldValue) and self.unknown(expr.name):
            yield expr.name
        for part in parts(expr):
            yield from self._fields(part)


def _passing(calendar: Any, fixed: date, bound: int, *, before: bool) -> Iterable[Fraction]:
    """Yield the days around which `count_workdays` from or to `fixed` passes `bound`."""
    for day in range(calendar.first.toordinal(), calendar.horizon.toordinal()):
        this, following = date.fromordinal(day), date.fromordinal(day + 1)
        if before:
            counts = calendar.count_workdays(this, fixed), calendar.count_workdays(following, fixed)
        else:
            counts = calendar.count_workdays(fixed, this), calendar.count_workdays(fixed, following)
        if counts[0] != counts[1] and bound in counts:
            yield Fraction(day)
            yield Fraction(day + 1)


def _constant(value: Any) -> Forms:
    if value is NOTHING or isinstance(value, bool):
        return _NONE
    number = as_number(value)
    return _NONE if number is None else frozenset((Form((), number),))


def _union(forms: Iterable[Forms | None]) -> Forms | None:
    found: set[Form] = set()
    for some in forms:
        if some is None or len(found) > _MAX_CONSTANTS:
            return None
        found |= some
    return frozenset(found) if len(_moving(found)) <= _MAX_FORMS else None


def _moving(forms: Iterable[Form]) -> list[Form]:
    """Return the forms that hang on some field."""
    return [form for form in forms if form.terms]


def _pairs(left: Forms, right: Forms) -> int:
    """Return how many pairs of forms may turn: two constants never do."""
    moving = len(_moving(left))
    return moving * len(right) + (len(left) - moving) * len(_moving(right))


def _combine(one: Form, other: Form, factor: Fraction) -> Form:
    """Return `one + factor * other`."""
    terms = dict(one.terms)
    for name, coefficient in other.terms:
        terms[name] = terms.get(name, Fraction(0)) + factor * coefficient
    left = tuple(sorted((name, value) for name, value in terms.items() if value))
    return Form(left, one.constant + factor * other.constant)


def _operate(op: str, one: Form, other: Form) -> Form | None:
    if op in "+-":
        return _combine(one, other, Fraction(1 if op == "+" else -1))
    if op == "*" and (not one.terms or not other.terms):
        scaled, factor = (other, one.constant) if not one.terms else (one, other.constant)
        return _combine(Form((), Fraction(0)), scaled, factor)
    if op == "/" and not other.terms and other.constant:
        return _combine(Form((), Fraction(0)), one, 1 / other.constant)
    return None
