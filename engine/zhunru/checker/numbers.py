"""Numbers and days in expressions: constants, exact arithmetic, measures, domains."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.typed import BROKEN, Typed
from zhunru.syntax import expressions as x
from zhunru.vocabulary import NUMERIC, Measure, TypeName

if TYPE_CHECKING:
    from zhunru.checker.report import Report
    from zhunru.checker.resolve import Resolver

_HUNDRED = r.Const(Decimal(100), v.NUMBER)
_ZERO = r.Const(Decimal(0), v.NUMBER)
_DAYS = frozenset({None, Measure.DAY, Measure.NATURALDAY})
_FLIPPED = {"==": "==", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}


def alike(left: Typed, right: Typed, *, loose: bool = True) -> tuple[Typed, Typed] | None:
    """Return two numbers in one unit of measure; None where they have none in common.

    A quotient beside a percentage becomes one. So does, where `loose`, a number written without
    a unit: `占比(…) 不低于 30` can only mean 30%, but in a sum 1 may also be the whole.
    """
    one, other = left.type, right.type
    if one is None or other is None or v.is_percent(one) == v.is_percent(other):
        same = one is None or other is None or v.same_measure(one, other)
        return (left, right) if same else None
    if v.is_percent(other):
        found = _as_percent(left, loose)
        return None if found is None else (found, right)
    found = _as_percent(right, loose)
    return None if found is None else (left, found)


def check_fraction(report: Report, of: r.Type, expr: x.Expr | None) -> None:
    """Tell of a bare number below 1 beside a percentage: 0.3 may be meant for 30%."""
    if isinstance(expr, x.Quantity) and expr.measure is None:
        percent = v.meant_percent(of, expr.value)
        if percent:
            report.add("ZR346", expr.span, number=f"{expr.value:f}", percent=percent)


def _as_percent(of: Typed, loose: bool) -> Typed | None:
    assert of.type
    if of.type.name not in NUMERIC:
        return of
    percent = v.number(Measure.PERCENT, of.type.decimals)
    if v.is_share(of.type):
        return Typed(r.Compute("*", of.node, _HUNDRED), percent)
    if loose and of.type.measure is None and isinstance(of.node, r.Const):
        return Typed(r.Const(of.node.value, percent), percent)
    return None


def constant(expr: x.Quantity) -> Typed:
    """Return the constant that a quantity writes."""
    const = v.quantity(expr)
    return Typed(const, const.type)


def negation(self: Resolver, expr: x.Negate) -> Typed:
    """Return the negative of a number."""
    found = self.value(expr.operand, v.NUMBER)
    if found.type is None:
        return found
    if found.type.name not in NUMERIC:
        return self.mismatch(expr.span, v.NUMBER, found.type)
    if isinstance(found.node, r.Const) and isinstance(found.node.value, Decimal):
        return Typed(r.Const(-found.node.value, found.type), found.type)
    return Typed(r.Compute("-", _ZERO, found.node), _unbounded(found.type))


def arithmetic(self: Resolver, expr: x.Arith) -> Typed:
    """Return the sum, difference, product or quotient of two numbers, or of days."""
    left, right = self.value(expr.left, v.NUMBER), self.value(expr.right, v.NUMBER)
    if left.type is None or right.type is None:
        return BROKEN
    if TypeName.DATE in (left.type.name, right.type.name):
        return _days(self, expr, left, right)
    for side in (left.type, right.type):
        if side.name not in NUMERIC:
            return self.mismatch(expr.span, v.NUMBER, side)
    if expr.op in ("+", "-"):
        return _sum(self, expr, left, right)
    return _product(self, expr, left, right)


def _sum(self: Resolver, expr: x.Arith, left: Typed, right: Typed) -> Typed:
    assert left.type and right.type
    both = alike(left, right, loose=False)
    if both is None:
        return self.mixed(expr.span, left.type, right.type)
    left, right = both
    assert left.type and right.type
    return Typed(r.Compute(expr.op, left.node, right.node), v.joined(left.type, right.type))


def _product(self: Resolver, expr: x.Arith, left: Typed, right: Typed) -> Typed:
    assert left.type and right.type
    one, other = left.type.measure, right.type.measure
    node: r.RExpr = r.Compute(expr.op, left.node, right.node)
    if expr.op == "/":
        return _quotient(self, expr, left, right)
    if Measure.PERCENT in (one, other):
        # 30% of 50% is 15%, of 200 yuan 60 yuan: as many hundredths as the percentage says.
        of = left.type if one is not Measure.PERCENT else right.type
        return Typed(r.Compute("/", node, _HUNDRED), v.like(of, of.decimals + 2))
    if one and other and one is not other:
        return self.mixed(expr.span, left.type, right.type)
    decimals = left.type.decimals + right.type.decimals
    if v.is_share(left.type) and v.is_share(right.type):
        return Typed(node, v.like(v.SHARE, decimals))
    return Typed(node, v.number(one or other, decimals))


def _quotient(self: Resolver, expr: x.Arith, left: Typed, right: Typed) -> Typed:
    assert left.type and right.type
    one, other = left.type.measure, right.type.measure
    node: r.RExpr = r.Compute("/", left.node, right.node)
    # Only a written 0 can be told here; one that comes out of facts makes the quotient 无.
    if isinstance(right.node, r.Const) and right.node.value == 0:
        return self.add("ZR327", expr.span)
    if one is other:
        return Typed(node, v.SHARE)
    if v.is_percent(right.type):
        node = r.Compute("/", r.Compute("*", left.node, _HUNDRED), right.node)
        return Typed(node, v.SHARE if one is None else v.number(one, 6))
    if one and other:
        return self.mixed(expr.span, left.type, right.type)
    return Typed(node, v.number(one or other, 6))


def _days(self: Resolver, expr: x.Arith, left: Typed, right: Typed) -> Typed:
    assert left.type and right.type
    node = r.Compute(expr.op, left.node, right.node)
    if left.type.name is right.type.name and expr.op == "-":
        return Typed(node, v.number(Measure.DAY))
    if left.type.name is not TypeName.DATE or expr.op not in ("+", "-"):
        return self.mismatch(expr.span, left.type, right.type)
    if right.type.name not in NUMERIC or right.type.measure not in _DAYS:
        return self.mismatch(expr.span, v.number(Measure.DAY), right.type)
    return Typed(node, v.DATE)


def _unbounded(of: r.Type) -> r.Type:
    return v.like(of, of.decimals)


def check_domain(
    self: Resolver, expr: x.Compare, left: r.RExpr, type_: r.Type, right: Typed
) -> None:
    """Find a comparison of a field with a constant that its domain always or never meets."""
    if isinstance(left, r.FieldValue) and isinstance(right.node, r.Const):
        field, type_of, value, op = left, type_, right.node.value, str(expr.op)
    elif isinstance(right.node, r.FieldValue) and isinstance(left, r.Const) and right.type:
        field, type_of = right.node, right.type
        value, op = left.value, _FLIPPED[expr.op]
    else:
        return
    if not isinstance(value, Decimal):
        return
    # None: it depends on the value, as a comparison should.
    met = _met(op, value, type_of)
    if met and self.met is not None:
        self.met.append(expr.span)
    elif met is not None:
        code = "ZR308" if met else "ZR303"
        self.add(code, expr.span, name=field.name, domain=_domain(type_of))


def check_domain_of_band(self: Resolver, expr: x.And, found: r.RExpr) -> None:
    """Say of a band whose ends are both always met that it is."""
    test = found.operands[0] if isinstance(found, r.Every) else found
    if isinstance(test, r.Test) and isinstance(test.left, r.FieldValue):
        left = test.left
        self.add("ZR308", expr.span, name=left.name, domain=_domain(left.type))


def _met(op: str, value: Decimal, type_: r.Type) -> bool | None:
    """Tell whether every (True) or no (False) value of the domain meets `op value`."""
    low, high = type_.low, type_.high
    outside = bool(
        (low is not None and value < low)
        or (high is not None and value > high)
        or v.decimals_of(value.normalize()) > type_.decimals
    )
    if op in ("==", "!="):
        return (op == "!=") if outside else None
    if op in (">=", "<"):
        always, never = low is not None and low >= value, high is not None and high < value
    else:
        always, never = low is not None and low > value, high is not None and high <= value
    if not always and not never:
        return None
    return always if op in (">=", ">") else never


def _domain(type_: r.Type) -> str:
    low = "…" if type_.low is None else f"{type_.low:f}"
    high = "…" if type_.high is None else f"{type_.high:f}"
    step = f" ({Decimal(1).scaleb(-type_.decimals):f})" if type_.decimals else ""
    return f"{low}–{high}{step}"
