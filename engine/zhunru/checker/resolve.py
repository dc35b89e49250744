"""Conditions and values as written become resolved ones: names bound by slot, types checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhunru.checker import calls, numbers
from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.report import MOST_FINDINGS
from zhunru.checker.run_together import apart
from zhunru.checker.typed import BROKEN, NEVER, Inputs, Typed
from zhunru.checker.walk import deeper_than, written
from zhunru.diagnostics import Edit, Fix, Span
from zhunru.syntax import expressions as x
from zhunru.vocabulary import KIND_NUMBERS, LEADS_AND_BELOW, ORDERED, OWN_LEADS, Function, TypeName

if TYPE_CHECKING:
    from zhunru.checker.model import Model

DEEPEST = 64
_BODIES = (TypeName.UNIT, TypeName.UNITS)


class Resolver:
    """Resolves expressions over the fields of one form (or the inputs of a table or formula).

    Every distinct source node is resolved once. `leads` tells whether 牵头及下级 means something
    here, `counting` whether rows of registers may be counted. Findings go to the model's report.
    """

    def __init__(
        self, model: Model, fields: Inputs, *, leads: bool = False, counting: bool = False
    ) -> None:
        self.model = model
        self.fields = fields
        self.leads = leads
        self.counting = counting
        self._memo: dict[int, tuple[x.Expr, r.RExpr]] = {}
        self._values: dict[tuple[int, str], tuple[x.Expr, Typed]] = {}
        self._alike: dict[tuple[Any, ...], r.RExpr] = {}
        self.met: list[Span] | None = None  # ends of a band that are always met, while it is read

    # --- conditions ------------------------------------------------------------------------

    def condition(self, expr: x.Expr) -> r.RExpr:
        """Return what a condition tests."""
        known = self._memo.get(id(expr))
        if known:
            return known[1]
        words = written(expr)
        same = self._alike.get(words) if words else None
        if same is not None:
            return same
        before = len(self.model.report.found)
        if deeper_than(expr, DEEPEST):
            self.add("ZR326", expr.span, bound=DEEPEST)
            found: r.RExpr = NEVER
        else:
            found = self.test(expr)
        self._memo[id(expr)] = (expr, found)
        # What was found about one must be found about each that is written so.
        if words and len(self.model.report.found) == before < MOST_FINDINGS:
            self._alike[words] = found
        return found

    def test(self, expr: x.Expr) -> r.RExpr:
        """Return what a condition tests (depth already bounded)."""
        handler = _CONDITIONS.get(type(expr))
        return handler(self, expr) if handler else self._flag(expr)

    def _flag(self, expr: x.Expr) -> r.RExpr:
        found = self.value(expr)
        if found.type is None:
            return NEVER
        if found.type.name is not TypeName.FLAG:
            self.add("ZR304", expr.span, **self._named(found.type))
            return NEVER
        if isinstance(found.node, r.Const):
            return r.Every(()) if found.node.value is True else NEVER
        return r.Test("==", found.node, r.Const(True, v.FLAG))

    def _and(self, expr: x.And) -> r.RExpr:
        match expr.operands:
            case (x.Compare(op=">=") as low, x.Compare(op="<=") as high) if low.span == high.span:
                return self._band(expr)
        return r.Every(tuple(self.test(part) for part in expr.operands))

    def _band(self, expr: x.And) -> r.RExpr:
        """`0 至 100` where nothing is below 0: an end that is always met says nothing wrong."""
        self.met = []
        found = r.Every(tuple(self.test(part) for part in expr.operands))
        met, self.met = self.met, None
        if len(met) == len(expr.operands):
            numbers.check_domain_of_band(self, expr, found)
        return found

    def _or(self, expr: x.Or) -> r.RExpr:
        return r.Some(tuple(self.test(part) for part in expr.operands))

    def _not(self, expr: x.Not) -> r.RExpr:
        return r.Inverse(self.test(expr.operand))

    def _if(self, expr: x.If) -> r.RExpr:
        return r.Choose(self.test(expr.test), self.test(expr.then), self.test(expr.otherwise))

    def _call(self, expr: x.Call) -> r.RExpr:
        in_force = calls.in_force(self, expr)
        return self._flag(expr) if in_force is None else in_force

    def _compare(self, expr: x.Compare) -> r.RExpr:
        self._settle(expr.left, expr.right)
        left = self.value(expr.left)
        if left.type is None:
            return NEVER
        if isinstance(meant_by(expr.right, left.type), x.Nothing):
            return self._with_nothing(expr, left.node, left.type)
        if isinstance(expr.right, x.Several) and left.type.name not in v.SETS:
            self.add("ZR306", expr.span, **self._named(left.type))
            return NEVER
        if left.type.name is TypeName.UNIT:
            return self._unit(expr, left.node, left.type)
        if left.type.name is TypeName.MATTER:
            found = self._matter(expr, left.node, left.type)
            if found:
                return found
        return self._plain(expr, left.node, left.type)

    def _plain(self, expr: x.Compare, left: r.RExpr, type_: r.Type) -> r.RExpr:
        self._settle(expr.right, expr.left)
        right = self.value(expr.right, type_)
        if right.type is None:
            return NEVER
        if not v.comparable(type_, right.type):
            self.mismatch(expr.span, type_, right.type)
        elif expr.op not in ("==", "!=") and type_.name not in ORDERED:
            self.add("ZR305", expr.span, **self._named(type_))
        elif both := numbers.alike(Typed(left, type_), right):
            one, other = both
            numbers.check_fraction(self.model.report, type_, expr.right)
            numbers.check_domain(self, expr, one.node, one.type or type_, other)
            return r.Test(expr.op, one.node, other.node)
        else:
            self.mixed(expr.span, type_, right.type)
        return NEVER

    def _with_nothing(self, expr: x.Compare, left: r.RExpr, type_: r.Type) -> r.RExpr:
        if expr.op not in ("==", "!="):
            self.add("ZR305", expr.span, **self._named(type_))
        elif not type_.optional:
            self.add("ZR307", expr.span, name=_written(expr.left))
        return r.Test(expr.op, left, r.Const(r.NOTHING, type_))

    def _unit(self, expr: x.Compare, left: r.RExpr, type_: r.Type) -> r.RExpr:
        if expr.op not in ("==", "!="):
            self.add("ZR305", expr.span, **self._named(v.UNIT))
            return NEVER
        name = word_of(expr.right)
        target = self.model.chart.target(name) if name else None
        if target:
            return _is_or_not(expr.op, left, type_, r.IsUnit(left, target))
        if name in OWN_LEADS and name not in self.fields:
            self._is_lead(expr)
            return NEVER
        right = self.value(expr.right, v.UNIT)
        if right.type is None:
            return NEVER
        if right.type.name is not TypeName.UNIT:
            self.mismatch(expr.span, v.UNIT, right.type)
            return NEVER
        return r.Test(expr.op, left, right.node)

    def _is_lead(self, expr: x.Compare) -> None:
        """`为 牵头` fails for the bodies below the lead: offer 属于 牵头及下级."""
        span = Span(*expr.span[:1], expr.left.span.end, *expr.span[2:])
        fix = None
        if expr.op == "==" and expr.left.span.end <= expr.right.span.start:
            gap = expr.left.span._replace(start=expr.left.span.end, end=expr.right.span.end)
            english = word_of(expr.right) == OWN_LEADS[1]
            text = f" in {LEADS_AND_BELOW[1]}" if english else f" 属于 {LEADS_AND_BELOW[0]}"
            fix = Fix((Edit(gap, text),), f"改为“{text.strip()}”", f"write `{text.strip()}`", False)
        self.add("ZR331", expr.span or span, fix=fix)

    def _matter(self, expr: x.Compare, left: r.RExpr, type_: r.Type) -> r.RExpr | None:
        name = word_of(expr.right)
        if not name or name in self.fields or expr.op not in ("==", "!="):
            return None
        found = r.OneOf(left, self.model.matter(name, expr.right.span))
        return _is_or_not(expr.op, left, type_, found)

    def _among(self, expr: x.Among) -> r.RExpr:
        left = self.value(expr.left)
        if left.type is None:
            return NEVER
        items = tuple(_flat(expr.items))
        called = self.model.chart.called if left.type.name in _BODIES else {}
        words = [(word, item.span) for item in items if (word := word_of(item))]
        self.model.report.twice((called.get(word, word), word, span) for word, span in words)
        if left.type.name is TypeName.UNIT:
            return self._belongs(left.node, items)
        if left.type.name in v.WORDS:
            return self._one_of(left.node, left.type, items)
        tests = (x.Compare("==", expr.left, item, item.span) for item in items)
        return r.Some(tuple(self.test(test) for test in tests))

    def _belongs(self, left: r.RExpr, items: tuple[x.Expr, ...]) -> r.RExpr:
        targets: list[r.UnitTarget] = []
        others: list[r.RExpr] = []
        for item in items:
            name = word_of(item)
            target = self.model.chart.target(name)
            if target:
                targets.append(target)
            elif name in LEADS_AND_BELOW:
                others.append(self._leads(left, item))
            else:
                others.append(self._member(left, item, name))
        if targets:
            others.insert(0, r.BelongsTo(left, tuple(targets)))
        return others[0] if len(others) == 1 else r.Some(tuple(others))

    def _leads(self, left: r.RExpr, item: x.Expr) -> r.RExpr:
        if not self.leads:
            self.add("ZR332", item.span)
        return r.BelongsToLeads(left)

    def _member(self, left: r.RExpr, item: x.Expr, name: str) -> r.RExpr:
        type_ = self.fields.get(name)
        if type_ and type_.name is TypeName.UNITS:
            return r.Has(r.FieldValue(name, type_), left)
        if name in OWN_LEADS:
            fix = Fix.writing(item.span, LEADS_AND_BELOW[OWN_LEADS.index(name)])
            self.add("ZR331", item.span, fix=fix)
        else:
            # 牵头及下属 and its like mean the words for the lead and those below it.
            known = [*LEADS_AND_BELOW, *self.model.chart.names()]
            self.model.report.unknown("ZR203", item.span, name, known)
        return NEVER

    def _one_of(self, left: r.RExpr, type_: r.Type, items: tuple[x.Expr, ...]) -> r.RExpr:
        found: set[str] = set()
        for item in items:
            name = word_of(item)
            if type_.name is TypeName.MATTER and name:
                found |= self.model.matter(name, item.span)
                continue
            value = self.value(item, type_)
            if value.type and not (
                isinstance(value.node, r.Const) and isinstance(value.node.value, str)
            ):
                self.mismatch(item.span, type_, value.type)
            elif value.type and isinstance(value.node, r.Const):
                found.add(str(value.node.value))
        return r.OneOf(left, frozenset(found))

    def _falls(self, expr: x.Falls) -> r.RExpr:
        day = self.value(expr.day, v.DATE)
        if day.type is None:
            return NEVER
        if day.type.name is not TypeName.DATE:
            self.mismatch(expr.span, v.DATE, day.type)
            return NEVER
        kind = r.Apply(Function.DAYKIND, (day.node,))
        tests = tuple(
            r.Test("==", kind, r.Const(Decimal(KIND_NUMBERS[one]), v.NUMBER)) for one in expr.kinds
        )
        return tests[0] if len(tests) == 1 else r.Some(tests)

    def _inside(self, expr: x.Inside) -> r.RExpr:
        left = self.value(expr.left, v.NUMBER)
        band = calls.band(self, expr.band)
        if left.type is None or band is None:
            return NEVER
        for end in band:
            if not end.type or not v.comparable(left.type, end.type):
                self.mismatch(expr.span, left.type, end.type or v.TEXT)
                return NEVER
            if numbers.alike(left, end) is None:
                self.mixed(expr.span, left.type, end.type)
                return NEVER
        return self._within(left, *band)

    def _within(self, left: Typed, low: Typed, high: Typed) -> r.RExpr:
        """Test a number against both ends; a quotient between percentages becomes one first."""
        found = [numbers.alike(left, end) or (left, end) for end in (low, high)]
        if found[0][0] == found[1][0]:
            return r.Within(found[0][0].node, found[0][1].node, found[1][1].node)
        (above, least), (below, most) = found
        at_least = r.Test(">=", above.node, least.node)
        return r.Every((at_least, r.Test("<=", below.node, most.node)))

    def _contains(self, expr: x.Contains) -> r.RExpr:
        left = self.value(expr.left)
        if left.type is None:
            return NEVER
        holds = left.type.name in v.SETS or left.type.name is TypeName.TEXT
        if not holds or isinstance(expr.item, x.Several):
            self.add("ZR306", expr.span, **self._named(left.type))
            return NEVER
        item = self.value(expr.item, _member_type(left.type))
        if item.type is None:
            return NEVER
        if not v.comparable(_member_type(left.type), item.type):
            self.mismatch(expr.span, _member_type(left.type), item.type)
        return r.Has(left.node, item.node)

    # --- values ----------------------------------------------------------------------------

    def value(self, expr: x.Expr, expected: r.Type | None = None) -> Typed:
        """Return the value that an expression stands for, where `expected` is wanted."""
        expr = meant_by(expr, expected)
        handler = _VALUES.get(type(expr))
        if handler:
            return handler(self, expr, expected)
        return Typed(self.test(expr), v.FLAG)

    def bounded_value(self, expr: x.Expr, expected: r.Type | None = None) -> Typed:
        """Return a value as `value` does, refusing expressions that nest too deep."""
        if deeper_than(expr, DEEPEST):
            self.add("ZR326", expr.span, bound=DEEPEST)
            return BROKEN
        return self.value(expr, expected)

    def name(self, expr: x.Ref | x.Text, expected: r.Type | None) -> Typed:
        """Return what a bare name stands for: a value of the expected type, else a fact."""
        name = expr.name if isinstance(expr, x.Ref) else expr.value
        word = self._of_type(name, expected, expr)
        if word:
            return word
        found = calls.named(self, expr, name)
        if found:
            return found
        if expected and expected.name in (TypeName.TEXT, TypeName.PERSON):
            return Typed(r.Const(name, v.TEXT), v.TEXT)
        return self._unknown(expr, name, expected)

    def _of_type(self, name: str, expected: r.Type | None, expr: x.Expr) -> Typed | None:
        if expected is None:
            return None
        if expected.name in (TypeName.CHOICE, TypeName.CHOICES) and name in expected.values:
            type_ = r.Type(TypeName.CHOICE, values=expected.values)
            return Typed(r.Const(name, type_), type_)
        if expected.name in (TypeName.UNIT, TypeName.UNITS):
            unit = self.model.chart.called.get(name)
            return Typed(r.Const(unit, v.UNIT), v.UNIT) if unit else None
        if expected.name is TypeName.MATTER and name not in self.fields:
            return Typed(r.Const(r.normal_title(name), v.MATTER), v.MATTER)
        return None

    def _unknown(self, expr: x.Expr, name: str, expected: r.Type | None) -> Typed:
        report = self.model.report
        if expected and expected.name in (TypeName.CHOICE, TypeName.CHOICES):
            report.unknown("ZR202", expr.span, name, expected.values, all=expected.values)
        elif expected and expected.name in (TypeName.UNIT, TypeName.UNITS):
            report.unknown("ZR203", expr.span, name, self.model.chart.names())
        else:
            known = (*self.fields, *self.model.scope.names("parameter", "formula"))
            report.unknown("ZR201", expr.span, name, known, meant=apart(name, self.fields))
        return BROKEN

    def _text(self, expr: x.Text, expected: r.Type | None) -> Typed:
        if expected and expected.name in (*v.WORDS, *v.SETS, TypeName.UNIT):
            found = self._of_type(expr.value, expected, expr)
            if found:
                return found
            if expected.name is TypeName.CHOICE:
                return self._unknown(expr, expr.value, expected)
        return Typed(r.Const(expr.value, v.TEXT), v.TEXT)

    def _nothing(self, expr: x.Nothing, expected: r.Type | None) -> Typed:
        type_ = expected or v.TEXT
        return Typed(r.Const(r.NOTHING, type_), type_)

    def _unknown_word(self, expr: x.Unknown, expected: r.Type | None) -> Typed:
        self.add("ZR309", expr.span)
        return BROKEN

    def _several(self, expr: x.Several, expected: r.Type | None) -> Typed:
        member = _member_type(expected) if expected else v.TEXT
        found = [self.value(item, member) for item in _flat(expr.items)]
        if any(item.type is None for item in found):
            return BROKEN
        words = [item.node.value for item in found if isinstance(item.node, r.Const)]
        if len(words) != len(found) or not all(isinstance(word, str) for word in words):
            self.add("ZR306", expr.span, **self._named(found[0].type or v.TEXT))
            return BROKEN
        units = bool(expected and expected.name in (TypeName.UNIT, TypeName.UNITS))
        type_ = v.UNITS if units else r.Type(TypeName.CHOICES, values=expected.values
                                             if expected else ())  # fmt: skip
        return Typed(r.Const(frozenset(map(str, words)), type_), type_)

    def _choose(self, expr: x.If, expected: r.Type | None) -> Typed:
        test = self.test(expr.test)
        then, other = self.value(expr.then, expected), self.value(expr.otherwise, expected)
        if then.type is None or other.type is None:
            return BROKEN
        if not v.comparable(then.type, other.type):
            return self.mismatch(expr.span, then.type, other.type)
        both = numbers.alike(then, other)
        if both is None:
            return self.mixed(expr.span, then.type, other.type)
        then, other = both
        assert then.type and other.type
        return Typed(r.Choose(test, then.node, other.node), v.joined(then.type, other.type))

    # --- findings --------------------------------------------------------------------------

    def add(self, code: str, span: Span, **values: Any) -> Typed:
        """Note a finding and return the value that asks nothing more."""
        self.model.report.add(code, span, **values)
        return BROKEN

    def mismatch(self, span: Span, one: r.Type, other: r.Type, meant: str = "") -> Typed:
        """Report two kinds of values; `meant` is what was probably meant by the one at `span`."""
        fix = Fix.writing(span, meant) if meant else None
        return self.add("ZR301", span, fix=fix, left_zh=v.named(one, 0), left_en=v.named(one, 1),
                        right_zh=v.named(other, 0), right_en=v.named(other, 1))  # fmt: skip

    def mixed(self, span: Span, one: r.Type, other: r.Type) -> Typed:
        """Report two numbers of different measures."""
        return self.add(
            "ZR302", span,
            left_zh=v.measured(one.measure, 0), left_en=v.measured(one.measure, 1),
            right_zh=v.measured(other.measure, 0), right_en=v.measured(other.measure, 1),
        )  # fmt: skip

    def _named(self, type_: r.Type) -> dict[str, str]:
        return {"type_zh": v.named(type_, 0), "type_en": v.named(type_, 1)}

    def _settle(self, expr: x.Expr, beside: x.Expr) -> None:
        """Give an input without a type that of what it is compared with."""
        if not isinstance(expr, x.Ref) or expr.name not in self.fields:
            return
        if self.fields[expr.name] is None:
            self.fields.settle(expr.name, self._beside(beside))

    def _beside(self, expr: x.Expr) -> r.Type:
        if isinstance(expr, x.Flag):
            return v.FLAG
        if isinstance(expr, (x.Day, x.Moment)):
            return v.DATE if isinstance(expr, x.Day) else v.MOMENT
        if isinstance(expr, x.Text):
            return v.TEXT
        if isinstance(expr, x.Ref):
            parameter = self.model.parameter_type(expr.name)
            return parameter or self.fields.get(expr.name) or v.TEXT
        return v.number(expr.measure) if isinstance(expr, x.Quantity) else v.NUMBER


def word_of(expr: x.Expr) -> str:
    """Return the word that an expression consists of; nothing where it is no word."""
    if isinstance(expr, x.Ref):
        return expr.name
    return expr.value if isinstance(expr, x.Text) else ""


def _written(expr: x.Expr) -> str:
    return word_of(expr) or (expr.name if isinstance(expr, (x.Call, x.Column)) else "…")


def meant_by(expr: x.Expr, expected: r.Type | None) -> x.Expr:
    """Return what an expression means: of a choice that lists 是, 否, 无 or 未知 that value."""
    if expected is None or expected.name not in (TypeName.CHOICE, TypeName.CHOICES):
        return expr
    if isinstance(expr, x.Several):
        return replace(expr, items=tuple(meant_by(item, expected) for item in expr.items))
    said: tuple[str, ...] = ()
    if isinstance(expr, x.Flag):
        said = ("是", "yes") if expr.value else ("否", "no")
    elif isinstance(expr, x.Nothing):
        said = ("无", "nothing")
    elif isinstance(expr, x.Unknown):
        said = ("未知", "unknown")
    word = next((word for word in said if word in expected.values), None)
    return expr if word is None else x.Text(word, expr.span)


def _is_or_not(op: str, left: r.RExpr, type_: r.Type, found: r.RExpr) -> r.RExpr:
    """Return the test that a value is something, or is something else: 无 is neither."""
    if op == "==":
        return found
    other = r.Inverse(found)
    given = r.Test("!=", left, r.Const(r.NOTHING, type_))
    return r.Every((given, other)) if type_.optional else other


def _flat(items: tuple[x.Expr, ...]) -> list[x.Expr]:
    return [
        part for item in items for part in (item.items if isinstance(item, x.Several) else (item,))
    ]


def _member_type(of: r.Type) -> r.Type:
    if of.name is TypeName.CHOICES:
        return r.Type(TypeName.CHOICE, values=of.values)
    return v.UNIT if of.name is TypeName.UNITS else of


_CONDITIONS: dict[type, Callable[[Resolver, Any], r.RExpr]] = {
    x.And: Resolver._and,
    x.Or: Resolver._or,
    x.Not: Resolver._not,
    x.If: Resolver._if,
    x.Call: Resolver._call,
    x.Compare: Resolver._compare,
    x.Among: Resolver._among,
    x.Inside: Resolver._inside,
    x.Falls: Resolver._falls,
    x.Contains: Resolver._contains,
}

_VALUES: dict[type, Callable[[Resolver, Any, r.Type | None], Typed]] = {
    x.Quantity: lambda _, e, __: numbers.constant(e),
    x.Text: Resolver._text,
    x.Day: lambda _, e, __: Typed(r.Const(e.value, v.DATE), v.DATE),
    x.Moment: lambda _, e, __: Typed(r.Const(e.value, v.MOMENT), v.MOMENT),
    x.Flag: lambda _, e, __: Typed(r.Const(e.value, v.FLAG), v.FLAG),
    x.Nothing: Resolver._nothing,
    x.Unknown: Resolver._unknown_word,
    x.Ref: Resolver.name,
    x.If: Resolver._choose,
    x.Several: Resolver._several,
    x.Arith: lambda s, e, _: numbers.arithmetic(s, e),
    x.Negate: lambda s, e, _: numbers.negation(s, e),
    x.Call: lambda s, e, t: calls.call(s, e, t),
    x.Column: lambda s, e, _: calls.column(s, e),
    # What a count says of its rows stands inside its brackets only.
    x.Same: lambda s, e, _: s.add("ZR474", e.span),
    x.Rows: lambda s, e, _: s.add("ZR105", e.span, found="凡"),
}
