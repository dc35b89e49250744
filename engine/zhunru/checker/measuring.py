"""Expressions of checks and scorecards: those of decisions, and counts over rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from zhunru.checker import numbers
from zhunru.checker import resolved as r
from zhunru.checker import resolved_measures as m
from zhunru.checker import values as v
from zhunru.checker.calls import FUNCTION_OF, OVER_ROWS
from zhunru.checker.resolve import Resolver
from zhunru.checker.typed import BROKEN, NEVER, Inputs, Typed
from zhunru.checker.walk import walk
from zhunru.diagnostics import Severity, Span
from zhunru.syntax import expressions as x
from zhunru.syntax import nodes as n
from zhunru.syntax.measure_nodes import Spell
from zhunru.vocabulary import FUNCTIONS, NUMERIC, TODAY, Function, Measure, TypeName

if TYPE_CHECKING:
    from zhunru.checker.model import Model
    from zhunru.checker.things import World

_SHARE = v.number(Measure.PERCENT, 6)


class MeasureResolver(Resolver):
    """Resolves what is said about `subjects`.

    `outer` are the facts that `相同` compares with: those of the subjects, for a row that is
    counted; those of the other one, in a pair. `months` is the period in which rows with a date
    count that say no other time.
    """

    def __init__(
        self,
        model: Model,
        world: World,
        subjects: tuple[m.Things, ...],
        *,
        fields: Inputs | None = None,
        outer: MeasureResolver | None = None,
        months: int = 0,
    ) -> None:
        inputs = world.inputs(*subjects) if fields is None else fields
        super().__init__(model, inputs, counting=True)
        self.world = world
        self.subjects = subjects
        self.outer = outer
        self.months = months

    # --- values ----------------------------------------------------------------------------------

    def test(self, expr: x.Expr) -> r.RExpr:
        """Return what a condition tests."""
        if isinstance(expr, x.Same):
            return self._same(expr)
        return super().test(expr)

    def value(self, expr: x.Expr, expected: r.Type | None = None) -> Typed:
        """Return the value that an expression stands for."""
        if isinstance(expr, x.Same):
            return Typed(self._same(expr), v.FLAG)
        if isinstance(expr, x.Call):
            function = FUNCTION_OF.get(expr.name)
            if function in OVER_ROWS:
                return self._over_rows(expr, function)
            if function is Function.LASTYEAR:
                return self._last_year(expr)
        if isinstance(expr, x.Ref) and expr.name not in self.fields:
            if expr.name in TODAY:
                return Typed(r.FieldValue(TODAY[0], v.DATE), v.DATE)
            theirs = self._of_subject(expr, expected)
            if theirs is not None:
                return theirs
            formula = self.model.formulas.get(expr.name)
            if formula and formula.parameters:
                # A formula by its name alone takes the facts of the same names.
                args = tuple(x.Ref(name, expr.span) for name, _ in formula.parameters)
                return super().value(x.Call(expr.name, args, expr.span), expected)
        return super().value(expr, expected)

    def _of_subject(self, expr: x.Ref, expected: r.Type | None) -> Typed | None:
        """Return a column of whom rows are counted for, where the rows have none of that name."""
        if self.outer is None or expr.name not in self.outer.fields:
            return None
        if self._of_type(expr.name, expected, expr) is not None:
            return None  # a choice, a body or a matter of that name
        if self.model.scope.find(expr.name, "parameter", "formula"):
            return None
        found = self.outer.value(expr)
        if found.type is None:
            return found
        return Typed(cast(r.RExpr, m.OfSubject(found.node)), found.type)

    def _same(self, expr: x.Same) -> r.RExpr:
        if self.outer is None:
            self.add("ZR474", expr.span)
            return NEVER
        inner, outer = self.value(expr.field), self.outer.value(expr.field)
        if inner.type is None or outer.type is None:
            return NEVER
        if not v.comparable(inner.type, outer.type):
            self.mismatch(expr.span, inner.type, outer.type)
            return NEVER
        both = numbers.alike(inner, outer)
        if both is None:
            self.mixed(expr.span, inner.type, outer.type)
            return NEVER
        return cast(r.RExpr, m.SameAs(both[0].node, both[1].node))

    def _last_year(self, expr: x.Call) -> Typed:
        if len(expr.args) != 1:
            return self.add("ZR312", expr.span, name_zh="上年", name_en="lastyear", wanted="1",
                            given=len(expr.args))  # fmt: skip
        found = self.value(expr.args[0])
        things = self._yearly()
        if things is None:
            return self.add("ZR475", expr.span)
        if found.type is None:
            return BROKEN
        same = self.world.same_row(things) if things.kind == "register" else ()
        return Typed(cast(r.RExpr, m.LastYear(found.node, things, same)), found.type)

    def _yearly(self) -> m.Things | None:
        """Return the subject that has a row, or registers with a row, for each year."""
        for things in self.subjects:
            kept = (self.world.find(name) for _, name in things.kept)
            if things.year or any(each and each.year for each in kept):
                return things
        return None

    # --- rows ------------------------------------------------------------------------------------

    def _over_rows(self, expr: x.Call, function: Function) -> Typed:
        if len(expr.args) != 1:
            zh, en = FUNCTIONS[function]
            return self.add("ZR312", expr.span, name_zh=zh, name_en=en, wanted="1",
                            given=len(expr.args))  # fmt: skip
        said = expr.args[0]
        said = said if isinstance(said, x.Rows) else x.Rows(said, span=said.span)
        things, valued = self._things_of(said, function)
        if things is None:
            return BROKEN
        row = self.of_rows(things)
        value = row.bounded_value(valued, v.NUMBER) if valued is not None else None
        among = row.condition(said.among) if said.among is not None else None
        if function is Function.PORTION and among is None:
            return self.add("ZR476", expr.span)
        rows = self.rows(things, said.where, _spell_of(said), said.span, row)
        if value is not None and value.type is None:
            return BROKEN
        if value is not None and value.type and value.type.name not in NUMERIC:
            return self.mismatch(said.span, v.NUMBER, value.type)
        node = m.Aggregate(function, rows, value.node if value else None, among)
        return Typed(cast(r.RExpr, node), _type(function, value.type if value else None))

    def of_rows(self, things: m.Things) -> MeasureResolver:
        """Return the reader of what is said about rows of these things."""
        return MeasureResolver(self.model, self.world, (things,), outer=self, months=self.months)

    def rows(
        self,
        things: m.Things,
        where: x.Expr | None,
        spell: Spell | None,
        span: Span,
        row: MeasureResolver,
    ) -> m.Rows:
        """Return the rows that belong to the subjects and meet what is said of them."""
        links = self.world.links(things, self.subjects)
        found = len(self.model.report.found)
        test = row.condition(where) if where is not None else r.Every(())
        wrong = any(one.severity is Severity.ERROR for one in self.model.report.found[found:])
        joined = None if links else _joined(test)
        if links is None:
            said = joined or (where and any(isinstance(each, x.Same) for each in walk(where)))
            # A condition that is itself wrong is mended first: it may be what links the two.
            if not said and not wrong:
                self._unlinked(things, where, span, row)
            links = ()
        return m.Rows(things, links, test, self._spell(things, spell, span), joined)

    def _unlinked(
        self, things: m.Things, where: x.Expr | None, span: Span, row: MeasureResolver
    ) -> None:
        """Tell that nothing says whose the rows are; a column's name may just be misspelt."""
        words = [] if where is None else list(_texts_unquoted(where, {*row.fields, *self.fields}))
        for word in words:
            if self.model.report.nearest(word.name, self.fields):
                self.model.report.unknown("ZR201", word.span, word.name, self.fields)
                return
        of_zh, of_en = (mark.join(each.name for each in self.subjects) for mark in "、,")
        word_zh = word_en = ""
        if words:
            span, name = words[0].span, words[0].name
            word_zh = f"；“{name}”不是“{of_zh}”的栏目，按文字读了"
            word_en = f"; `{name}` is no field of `{of_en}` and was read as text"
        subject = [each.name for each in self.subjects]
        said = {"name": things.name, "subject": subject, "word_zh": word_zh, "word_en": word_en}
        other_zh = "或者写“凡 … 相同”；栏目名称不同的，写“凡 甲栏 为 乙栏”"
        other_en = (
            "or say `where … same`; of columns that are called differently, `where this = that`"
        )
        self.add("ZR472", span, **said, other_zh=other_zh, other_en=other_en)

    def _spell(self, things: m.Things, spell: Spell | None, span: Span) -> m.Spell | None:
        column = self.world.dated(things)
        if spell is None:
            return m.Spell("period", column, self.months) if self.months and column else None
        if not column:
            self.add("ZR473", span, name=things.name)
            return None
        length = spell.length
        number = int(length.value) if length else 0
        measure = length.measure if length else None
        if length and measure not in _LENGTHS:
            self.add("ZR477", length.span)
        return m.Spell(spell.kind, column, number, measure)

    def _things_of(self, said: x.Rows, function: Function) -> tuple[m.Things | None, x.Expr | None]:
        """Return what the rows are of, and what is taken of each."""
        if isinstance(said.over, x.Ref):
            return self.world.named(n.Name(said.over.name, said.over.span)), said.base
        name = said.base.name if isinstance(said.base, x.Ref) else ""
        things = self.world.find(name)
        if things is None:
            homes = self.model.scope.names("register")
            registers = [home for home in homes if name in self.world.columns(home)]
            if len(registers) == 1:
                return self.world.find(registers[0]), said.base
            self.world.named(n.Name(name or "…", said.base.span))
            return None, None
        if function in (Function.COUNT, Function.PORTION):
            return things, None
        return self._only_number(things, said)

    def _only_number(self, things: m.Things, said: x.Rows) -> tuple[m.Things | None, x.Expr | None]:
        columns = self.world.columns(things.name) if things.kind == "register" else {}
        numbers = [c for c, type_ in columns.items() if type_.name in NUMERIC]
        if len(numbers) != 1:
            self.add("ZR478", said.span, name=things.name)
            return None, None
        return things, x.Ref(numbers[0], said.span)


_LENGTHS = frozenset({Measure.DAY, Measure.NATURALDAY, Measure.WEEK, Measure.MONTH, Measure.YEAR})


def _texts_unquoted(where: x.Expr, columns: set[str]) -> Iterator[x.Ref]:
    """Yield the words that a condition sets beside a column, and that are no column themselves."""
    for each in walk(where):
        if isinstance(each, x.Compare) and each.op == "==":
            words = [side for side in (each.left, each.right) if isinstance(side, x.Ref)]
            unknown = [word for word in words if word.name not in columns]
            # Beside something that is no column either, it is none of the rows' business.
            if len(words) == 2 and len(unknown) == 1:
                yield unknown[0]


def _joined(test: r.RExpr) -> tuple[str, m.OfSubject] | None:
    """Return a column of the rows that a condition asks to be a value of their subjects."""
    for part in test.operands if isinstance(test, r.Every) else (test,):
        if isinstance(part, r.Test) and part.op == "==":
            sides = (part.left, part.right)
            for one, other in (sides, sides[::-1]):
                theirs = cast(m.MExpr, other)
                if isinstance(one, r.FieldValue) and isinstance(theirs, m.OfSubject):
                    return one.name, theirs
    return None


def _spell_of(said: x.Rows) -> Spell | None:
    if said.this_year:
        return Spell(kind="year", span=said.span)
    return Spell(kind="past", length=said.past, span=said.span) if said.past else None


def _type(function: Function, of: r.Type | None) -> r.Type:
    if function is Function.COUNT:
        return v.NUMBER
    if function is Function.PORTION:
        return _SHARE
    decimals = 6 if function is Function.MEAN else of.decimals if of else 0
    found = v.like(of or v.NUMBER, decimals)
    if function is Function.TOTAL:
        return found
    return r.Type(found.name, found.measure, decimals=decimals, optional=True)


def choice_column(world: World, things: m.Things, values: tuple[n.Name, ...]) -> str:
    """Return the column of a register whose choices hold all the values, or nothing."""
    wanted = {value.text for value in values}
    columns = world.columns(things.name) if things.kind == "register" else {}
    return next(
        (
            c
            for c, type_ in columns.items()
            if type_.name is TypeName.CHOICE and wanted <= set(type_.values)
        ),
        "",
    )
