"""Tables: the types of their columns, and their rows as conditions and values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from zhunru.checker import numbers
from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.resolve import Resolver, word_of
from zhunru.checker.typed import NEVER, Inputs, Typed
from zhunru.syntax import expressions as x
from zhunru.syntax import nodes as n
from zhunru.syntax.said_amounts import amount_meant
from zhunru.vocabulary import NUMERIC, TIME, HitPolicy, Measure, TypeName

if TYPE_CHECKING:
    from zhunru.checker.model import Model

# What tables say in their last row for all that no other row meets.
_ELSE = frozenset(
    {"其他", "其它", "其余", "其他情形", "其它情形", "其余情形", "其他情况", "其余情况", "其余各项"}
    | {"任意", "任何", "不论", "均可", "others", "other", "else", "otherwise", "any"}
)
_ADDED = (HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX)


class ColumnReader:
    """Reads one table of the source into a resolved one."""

    def __init__(self, model: Model, table: n.Table) -> None:
        self.model = model
        self.source = table
        self.inputs = [c for c in table.columns if not c.result]
        self.outputs = [c for c in table.columns if c.result]

    def table(self) -> r.ResolvedTable:
        """Return the table with typed columns and resolved rows."""
        types = {
            column.name.text: self._input_type(at, column) for at, column in enumerate(self.inputs)
        }
        resolver = Resolver(self.model, Inputs(types))
        results = [self._output_type(at, each, resolver) for at, each in enumerate(self.outputs)]
        rows = tuple(self._row(row, resolver, results) for row in self.source.rows)
        return r.ResolvedTable(
            name=self.source.name.text,
            hit=self.source.hit,
            inputs=tuple(types.items()),
            outputs=tuple((c.name.text, t) for c, t in zip(self.outputs, results, strict=True)),
            orders=tuple(tuple(name.text for name in c.order) for c in self.outputs),
            rows=rows,
            every=self.source.every.text if self.source.every else "",
            span=self.source.name.span,
        )

    # --- inputs ----------------------------------------------------------------------------

    def _input_type(self, at: int, column: n.TableColumn) -> r.Type:
        every = self.source.every
        declared = self.model.field_type(column.name.text, every.text if every else "")
        return declared or self._from_tests(at)

    def _from_tests(self, at: int) -> r.Type:
        """Infer the type of an input that no form or register declares from its cells."""
        leaves: list[x.Expr] = []
        for row in self.source.rows:
            if at < len(row.tests):
                for test in row.tests[at].tests:
                    leaves.extend(_leaves(test))
        words = tuple(dict.fromkeys(leaf.name for leaf in leaves if isinstance(leaf, x.Ref)))
        others = [leaf for leaf in leaves if not isinstance(leaf, x.Ref)]
        found = self._plain_type(others)
        if found:
            return found
        parameter = next(filter(None, map(self.model.parameter_type, words)), None)
        if parameter:
            return v.number(parameter.measure)
        if words and all(word in self.model.chart.called for word in words):
            return v.UNIT
        return r.Type(TypeName.CHOICE, values=words) if words else v.TEXT

    def _plain_type(self, leaves: Sequence[x.Expr]) -> r.Type | None:
        for leaf in leaves:
            if isinstance(leaf, (x.Quantity, x.Arith, x.Call, x.Negate)):
                return v.number(self._measure(leaves), 6)
            if isinstance(leaf, x.Flag):
                return v.FLAG
            if isinstance(leaf, (x.Day, x.Falls, x.Moment)):
                return v.MOMENT if isinstance(leaf, x.Moment) else v.DATE
        return None

    def _measure(self, leaves: Sequence[x.Expr]) -> Measure | None:
        measures = (leaf.measure for leaf in leaves if isinstance(leaf, x.Quantity))
        return next((measure for measure in measures if measure), None)

    # --- rows ------------------------------------------------------------------------------

    def _row(self, row: n.TableRow, resolver: Resolver, types: list[r.Type]) -> r.ResolvedRow:
        tests = tuple(
            self._test(column.name, test, resolver)
            for column, test in zip(self.inputs, row.tests, strict=True)
        )
        results = tuple(
            self._result(cell, type_, resolver)
            for cell, type_ in zip(row.results, types, strict=True)
        )
        return r.ResolvedRow(tests=tests, results=results, span=row.span)

    def _test(self, column: n.Name, test: n.UnaryTest, resolver: Resolver) -> r.RExpr:
        if not test.tests:
            return r.Every(())
        parts = tuple(self._unary(column, each, resolver) for each in test.tests)
        joined = parts[0] if len(parts) == 1 else r.Some(parts)
        return r.Inverse(joined) if test.negated else joined

    def _unary(self, column: n.Name, test: x.Expr, resolver: Resolver) -> r.RExpr:
        if isinstance(test, x.Ref) and self._is_else(column, test, resolver):
            return NEVER
        left = x.Ref(column.text, test.span)
        filled = _fill(test, left)
        if filled is test:
            filled = x.Compare("==", left, test, test.span)
        return resolver.condition(filled)

    def _is_else(self, column: n.Name, test: x.Ref, resolver: Resolver) -> bool:
        """Report a cell that says in other words than `-` that all that is left meets it."""
        type_ = resolver.fields.get(column.text)
        if test.name not in _ELSE or type_ is None or test.name in type_.values:
            return False
        report = self.model.report
        if type_.values:
            report.unknown("ZR202", test.span, test.name, (), meant="-", all=type_.values)
        elif type_.name in (*NUMERIC, TypeName.DATE, TypeName.FLAG):
            report.unknown("ZR201", test.span, test.name, (), meant="-")
        else:
            return False
        return True

    def _result(self, cell: x.Expr, type_: r.Type, resolver: Resolver) -> r.RExpr:
        if isinstance(cell, x.Nothing):
            return r.Const(r.NOTHING, type_)
        if type_.name is TypeName.TEXT and isinstance(cell, (x.Ref, x.Text)):
            return r.Const(word_of(cell), type_)
        if type_.name in (TypeName.CHOICE, TypeName.UNIT) and isinstance(cell, (x.Ref, x.Text)):
            word = word_of(cell)
            return r.Const(self.model.chart.called.get(word, word), type_)
        if type_.name in v.SETS and isinstance(cell, (x.Ref, x.Text)):
            cell = x.Several((cell,), cell.span)  # one thing, in a column of sets of them
        found = resolver.bounded_value(cell, type_)
        if found.type is None or (type_.name is TypeName.LENGTH and found.type.measure in TIME):
            return found.node if found.type else NEVER
        if not v.comparable(type_, found.type):
            # 壹仟捌佰元 is a word like any other.
            meant = amount_meant(word_of(cell)) if isinstance(cell, x.Ref) else ""
            resolver.mismatch(cell.span, type_, found.type, meant)
        elif both := numbers.alike(Typed(r.FieldValue("", type_), type_), found):
            return both[1].node
        else:
            resolver.mixed(cell.span, type_, found.type)
        return found.node

    def _output_type(self, at: int, column: n.TableColumn, resolver: Resolver) -> r.Type:
        cells = [row.results[at] for row in self.source.rows if at < len(row.results)]
        if column.text:
            return r.Type(TypeName.TEXT, optional=_may_be_nothing(cells))
        type_ = self._from_results([c for c in cells if not isinstance(c, x.Nothing)], resolver)
        if self.source.hit in _ADDED and type_.name not in NUMERIC:
            self.model.report.add("ZR426", column.name.span, name=column.name.text)
        return r.Type(type_.name, type_.measure, type_.values, decimals=type_.decimals,
                      optional=_may_be_nothing(cells))  # fmt: skip

    def _from_results(self, cells: list[x.Expr], resolver: Resolver) -> r.Type:
        words = [c for c in cells if isinstance(c, x.Ref) and not self._is_fact(c, resolver)]
        if words and len(words) == len(cells):
            names = tuple(dict.fromkeys(word.name for word in words))
            if all(name in self.model.chart.called for name in names):
                return v.UNIT
            return r.Type(TypeName.CHOICE, values=names)
        if any(isinstance(c, x.Several) for c in cells):
            return self._set_type(cells)
        others = [c for c in cells if c not in words]
        spelt = others and all(amount_meant(word.name) for word in words)
        if spelt or len(words) < sum(isinstance(each, x.Quantity) for each in others):
            # Among numbers the few words are to be mended, not every number.
            words = []
        if any(isinstance(c, x.Text) for c in others) or words:
            return v.TEXT
        return self._value_type(others, resolver)

    def _set_type(self, cells: list[x.Expr]) -> r.Type:
        names = [word_of(part) for cell in cells for part in _leaves(cell)]
        if all(name in self.model.chart.called for name in names):
            return v.UNITS
        return r.Type(TypeName.CHOICES, values=tuple(dict.fromkeys(names)))

    def _value_type(self, cells: list[x.Expr], resolver: Resolver) -> r.Type:
        quiet = len(self.model.report.found)
        found = [resolver.bounded_value(cell).type for cell in cells]
        del self.model.report.found[quiet:]  # each cell is read again for its findings
        known = [type_ for type_ in found if type_]
        if not known:
            return v.TEXT
        if len(measures := {type_.measure for type_ in known}) > 1 and measures <= TIME:
            return v.LENGTH  # each cell keeps its own unit
        result = known[0]
        for type_ in known[1:]:
            if v.comparable(result, type_):
                result = v.joined(result, type_)
        return result

    def _is_fact(self, cell: x.Ref, resolver: Resolver) -> bool:
        scope = self.model.scope
        return cell.name in resolver.fields or bool(scope.find(cell.name, "parameter", "formula"))


def _may_be_nothing(cells: list[x.Expr]) -> bool:
    return any(isinstance(cell, x.Nothing) for cell in cells)


def _leaves(test: x.Expr) -> list[x.Expr]:
    """Return what a cell compares its column with."""
    if isinstance(test, x.Compare):
        return [test.right]
    if isinstance(test, x.Inside):
        return _leaves(test.band)
    if isinstance(test, (x.And, x.Or)):
        return [leaf for part in test.operands for leaf in _leaves(part)]
    if isinstance(test, x.Several):
        return [leaf for part in test.items for leaf in _leaves(part)]
    if isinstance(test, x.Among):
        return list(test.items)
    return _leaves(test.operand) if isinstance(test, x.Not) else [test]


def _fill(test: x.Expr, left: x.Ref) -> x.Expr:
    """Return a cell's test with its column written in as the left side."""
    blank = x.Ref("")
    if isinstance(test, (x.Compare, x.Inside, x.Among, x.Contains)):
        return replace(test, left=left) if test.left == blank else test
    if isinstance(test, x.Falls):
        return replace(test, day=left) if test.day == blank else test
    if isinstance(test, x.Not):
        return x.Not(_fill(test.operand, left), test.span)
    if isinstance(test, (x.And, x.Or)):
        return type(test)(tuple(_fill(part, left) for part in test.operands), test.span)
    return test
