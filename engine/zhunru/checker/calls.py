"""Names, functions, tables and formulas inside expressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zhunru.checker import numbers
from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.typed import BROKEN, NEVER, Typed
from zhunru.syntax import expressions as x
from zhunru.vocabulary import FUNCTIONS, Function, HitPolicy, Measure, TypeName

if TYPE_CHECKING:
    from zhunru.checker.resolve import Resolver

FUNCTION_OF: dict[str, Function] = {
    word: function for function, words in FUNCTIONS.items() for word in words
}
OVER_ROWS = frozenset(
    {
        Function.COUNT,
        Function.TOTAL,
        Function.MEAN,
        Function.PORTION,
        Function.HIGHEST,
        Function.LOWEST,
    }
)
_LISTS = (HitPolicy.EACH, HitPolicy.OUTPUT, HitPolicy.COLLECT)
_ROUNDING = (Function.ROUND, Function.ROUNDDOWN, Function.ROUNDUP)
_COUNTS = {
    Function.MAX: (2, 16),
    Function.MIN: (2, 16),
    Function.ROUND: (1, 2),
    Function.ROUNDDOWN: (1, 1),
    Function.ROUNDUP: (1, 1),
    Function.DAYCOUNT: (1, 2),
    Function.WORKDAYCOUNT: (2, 2),
}


def named(self: Resolver, expr: x.Expr, name: str) -> Typed | None:
    """Return the field, parameter or formula that a bare name stands for."""
    if name in self.fields:
        type_ = self.fields.settle(name, v.NUMBER)
        return Typed(r.FieldValue(name, type_), type_)
    if self.model.scope.find(name, "parameter"):
        return _parameter(self, expr, name)
    if self.model.scope.find(name, "formula"):
        return _formula(self, x.Call(name, _own_facts(self, name, expr), expr.span))
    return None


def _own_facts(self: Resolver, name: str, expr: x.Expr) -> tuple[x.Expr, ...]:
    """Return the facts of the names of a formula's inputs: by its name alone it takes those."""
    formula = self.model.formula(name)
    inputs = [each for each, _ in formula.parameters] if formula else []
    known = all(each in self.fields for each in inputs)
    return tuple(x.Ref(each, expr.span) for each in inputs) if known else ()


def _parameter(self: Resolver, expr: x.Expr, name: str) -> Typed:
    type_ = self.model.parameter_type(name)
    if type_ is None:
        return BROKEN
    if self.model.is_band(name):
        return self.add("ZR310", expr.span, name=name)
    return Typed(r.ParameterOf(name, type_), type_)


def band(self: Resolver, expr: x.Expr) -> tuple[Typed, Typed] | None:
    """Return both ends of a band: of a band parameter, or written `1 至 3`."""
    if isinstance(expr, x.Several) and len(expr.items) == 2:
        low, high = (self.value(item, v.NUMBER) for item in expr.items)
        return None if low.type is None or high.type is None else (low, high)
    name = expr.name if isinstance(expr, x.Ref) else ""
    type_ = self.model.parameter_type(name)
    if type_ is None and not self.model.scope.find(name, "parameter"):
        names = self.model.scope.names("parameter")
        self.model.report.unknown("ZR201", expr.span, name or "…", names)
        return None
    if type_ is None:
        return None
    if not self.model.is_band(name):
        self.add("ZR311", expr.span, name=name)
        return None
    return (
        Typed(r.ParameterOf(name, type_, "low"), type_),
        Typed(r.ParameterOf(name, type_, "high"), type_),
    )


def in_force(self: Resolver, expr: x.Call) -> r.RExpr | None:
    """Return the test `有效(台账, 范围)`; None if this is another call."""
    if FUNCTION_OF.get(expr.name) is not Function.INFORCE:
        return None
    if not 1 <= len(expr.args) <= 2:
        _count(self, expr, "1–2")
        return NEVER
    register = expr.args[0]
    name = register.name if isinstance(register, x.Ref) else "…"
    if not self.model.scope.find(name, "register"):
        self.model.report.unknown(
            "ZR204", register.span, name, self.model.scope.names("register"),
            kind_zh="台账", kind_en="register",
        )  # fmt: skip
        return NEVER
    scope = expr.args[1] if len(expr.args) == 2 else None
    return r.InForce(name, _scope_field(self, scope) if scope else None)


def _scope_field(self: Resolver, expr: x.Expr) -> str:
    found = self.value(expr)
    if found.type is None:
        return ""
    if not isinstance(found.node, r.FieldValue) or found.type.name is not TypeName.UNIT:
        self.mismatch(expr.span, v.UNIT, found.type)
        return ""
    return found.node.name


def call(self: Resolver, expr: x.Call, expected: r.Type | None) -> Typed:
    """Return what a call stands for: a function, a formula or a table with one result."""
    scope = self.model.scope
    if scope.find(expr.name, "formula"):
        return _formula(self, expr)
    if scope.find(expr.name, "table"):
        return _table(self, expr, None)
    function = FUNCTION_OF.get(expr.name)
    if function is Function.INFORCE:
        return Typed(in_force(self, expr) or NEVER, v.FLAG)
    if function in (Function.UPPER, Function.LOWER):
        return _end(self, expr, function)
    if function in _COUNTS:
        return _apply(self, expr, function)
    if function in OVER_ROWS and self.counting:
        return _over_rows(self, expr)
    if function:
        return self.add("ZR313", expr.span, **_called(expr))
    known = (*scope.names("formula", "table"), *FUNCTION_OF)
    self.model.report.unknown(
        "ZR204", expr.span, expr.name, known, kind_zh="公式、对照表或者函数",
        kind_en="formula, table or function",
    )  # fmt: skip
    return BROKEN


def _over_rows(self: Resolver, expr: x.Call) -> Typed:
    """Return a count over rows of registers: all of them, or those that share a fact with these."""
    # here: what reads measures builds on this
    from zhunru.checker.measuring import MeasureResolver
    from zhunru.checker.things import World

    return MeasureResolver(self.model, World(self.model), (), fields=self.fields).value(expr)


def _end(self: Resolver, expr: x.Call, function: Function | None) -> Typed:
    if len(expr.args) != 1:
        return _count(self, expr, "1")
    ends = band(self, expr.args[0])
    return BROKEN if ends is None else ends[function is Function.UPPER]


def _count(self: Resolver, expr: x.Call, wanted: str) -> Typed:
    return self.add("ZR312", expr.span, **_called(expr), wanted=wanted, given=len(expr.args))


def _called(expr: x.Call) -> dict[str, str]:
    """Return the word of a function in both languages, or the name of a formula or table."""
    function = FUNCTION_OF.get(expr.name)
    zh, en = FUNCTIONS[function] if function else (expr.name, expr.name)
    return {"name_zh": zh, "name_en": en}


def _apply(self: Resolver, expr: x.Call, function: Function) -> Typed:
    least, most = _COUNTS[function]
    if not least <= len(expr.args) <= most:
        return _count(self, expr, str(least) if least == most else f"{least}–{most}")
    days = function in (Function.DAYCOUNT, Function.WORKDAYCOUNT)
    wanted = v.DATE if days else v.NUMBER
    if function is Function.DAYCOUNT and len(expr.args) == 1:
        wanted = v.SPAN
    args = [self.value(arg, wanted) for arg in expr.args]
    if any(arg.type is None for arg in args):
        return BROKEN
    for arg in args:
        if arg.type and not v.comparable(wanted, arg.type):
            return self.mismatch(expr.span, wanted, arg.type)
    if days:
        measure = Measure.WORKDAY if function is Function.WORKDAYCOUNT else Measure.DAY
        node = r.Apply(function, tuple(arg.node for arg in args))
        return Typed(node, v.number(measure))
    return _number(self, expr, function, args)


def _number(self: Resolver, expr: x.Call, function: Function, args: list[Typed]) -> Typed:
    if function not in _ROUNDING:
        return _extreme(self, expr, function, args)
    type_ = args[0].type or v.NUMBER
    node = r.Apply(function, tuple(arg.node for arg in args))
    decimals = type_.decimals if len(args) == 2 else 0
    # 向下取整((户数 - 3000) / 500) says how many times 500 households: a bare number.
    of = node.args[0]
    if function is not Function.ROUND and isinstance(of, r.Compute) and of.op == "/":
        return Typed(node, v.number(None, decimals))
    return Typed(node, v.like(type_, decimals))


def _extreme(self: Resolver, expr: x.Call, function: Function, args: list[Typed]) -> Typed:
    """Return the greatest or least of several numbers, all in one unit of measure."""
    first = next((arg for arg in args if arg.type and v.is_percent(arg.type)), args[0])
    nodes = []
    result = first.type or v.NUMBER
    for arg in args:
        both = numbers.alike(Typed(first.node, result), arg)
        if both is None:
            return self.mixed(expr.span, result, arg.type or result)
        nodes.append(both[1].node)
        result = v.joined(result, both[1].type or result)
    return Typed(r.Apply(function, tuple(nodes)), v.like(result, result.decimals))


def _formula(self: Resolver, expr: x.Call) -> Typed:
    formula = self.model.formula(expr.name)
    if formula is None:
        return BROKEN
    if formula.counted and not self.counting:
        return self.add("ZR313", expr.span, **_called(expr))
    args = _arguments(self, expr, formula.parameters)
    if args is None:
        return BROKEN
    return Typed(r.Formula(expr.name, args, formula.type), formula.type)


def column(self: Resolver, expr: x.Column) -> Typed:
    """Return `table(args) 的 column`."""
    base = expr.base
    if isinstance(base, x.Call) and self.model.scope.find(base.name, "table"):
        return _table(self, base, expr)
    name = base.name if isinstance(base, (x.Call, x.Ref)) else "…"
    self.model.report.unknown(
        "ZR204", base.span, name, self.model.scope.names("table"),
        kind_zh="对照表", kind_en="table",
    )  # fmt: skip
    return BROKEN


def rows_of(self: Resolver, expr: x.Call | x.Column) -> r.LookUp | None:
    """Return a look-up that may give several rows: who they are, where bodies are wanted."""
    call_ = expr.base if isinstance(expr, x.Column) else expr
    if not isinstance(call_, x.Call) or not self.model.scope.find(call_.name, "table"):
        self.model.report.unknown(
            "ZR204", expr.span, getattr(call_, "name", "…"), self.model.scope.names("table"),
            kind_zh="对照表", kind_en="table",
        )  # fmt: skip
        return None
    picked = expr if isinstance(expr, x.Column) else None
    node = _table(self, call_, picked, several=True).node
    return node if isinstance(node, r.LookUp) else None


def _table(
    self: Resolver, expr: x.Call, picked: x.Column | None, *, several: bool = False
) -> Typed:
    table = self.model.table(expr.name)
    if table is None:
        return BROKEN
    if table.hit in _LISTS and not several:
        return self.add("ZR314", expr.span, name=expr.name)
    args = _arguments(self, expr, table.inputs)
    outputs = dict(table.outputs)
    name = picked.name if picked else next(iter(outputs), "")
    if picked and name not in outputs:
        self.model.report.unknown("ZR205", picked.span, name, outputs, table=expr.name)
        return BROKEN
    if not picked and len(outputs) != 1:
        return self.add("ZR315", expr.span, name=expr.name, all=tuple(outputs))
    if args is None or name not in outputs:
        return BROKEN
    type_ = _result_type(table, outputs[name])
    return Typed(r.LookUp(expr.name, args, name, type_), type_)


def _result_type(table: r.ResolvedTable, type_: r.Type) -> r.Type:
    if table.hit is HitPolicy.COUNT:
        return v.NUMBER
    return r.Type(type_.name, type_.measure, type_.values, decimals=type_.decimals, optional=True)


def _arguments(
    self: Resolver, expr: x.Call, inputs: Sequence[tuple[str, r.Type]]
) -> tuple[r.RExpr, ...] | None:
    if len(expr.args) != len(inputs):
        _count(self, expr, str(len(inputs)))
        return None
    args = []
    for arg, (_, type_) in zip(expr.args, inputs, strict=True):
        if isinstance(arg, x.Ref) and self.fields.get(arg.name, v.TEXT) is None:
            self.fields.settle(arg.name, type_)
        found = self.value(arg, type_)
        if found.type and not v.comparable(type_, found.type):
            self.mismatch(arg.span, type_, found.type)
            return None
        both = numbers.alike(Typed(r.FieldValue("", type_), type_), found)
        if both is None:
            self.mixed(arg.span, type_, found.type or type_)
            return None
        args.append(both[1])
    return tuple(a.node for a in args) if all(a.type for a in args) else None
