"""Print expressions: one template per node, parentheses only where the reading needs them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhunru.syntax.expressions import (
    Among,
    And,
    Arith,
    Call,
    Column,
    Compare,
    Contains,
    Day,
    DayKind,
    Days,
    Expr,
    Falls,
    Flag,
    If,
    Inside,
    Moment,
    Negate,
    Not,
    Nothing,
    Or,
    Quantity,
    Ref,
    Rows,
    Same,
    Several,
    Text,
    Unknown,
)
from zhunru.syntax.format_words import Words, join
from zhunru.syntax.nodes import UnaryTest
from zhunru.vocabulary import DAY_KINDS

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _NEGATE, _ATOM = range(1, 9)


class Expressions:
    """Print expressions in the language of `words`."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def show(self, expr: Expr) -> str:
        """Return an expression that stands alone."""
        return self._show(expr, 0, last=True)

    def value(self, expr: Expr) -> str:
        """Return a value: as an expression, but several values may stand side by side."""
        if isinstance(expr, Several) and self.words.zh and len(expr.items) > 1:
            return self._listed(expr.items)
        return self.show(expr)

    def operand(self, expr: Expr) -> str:
        """Return an expression at a place that takes a sum: a number of times, a time limit."""
        return self._show(expr, _SUM)

    def route(self, expr: Expr) -> str:
        """Return who should do it: a name, several, or a choice by 若."""
        if isinstance(expr, If):
            return self.show(expr)
        return self.value(expr) if isinstance(expr, Several) else self.operand(expr)

    def cell(self, test: UnaryTest) -> str:
        """Return the cell of an input column."""
        if not test.tests:
            return "-"
        tests = self.words.comma.join(self._unary(one) for one in test.tests)
        return join(self.words.key("NOT") if test.negated else "", tests)

    def _unary(self, expr: Expr) -> str:
        """Return one test of a cell: the column, its left side, is left out."""
        match expr:
            case Compare(op, Ref(""), right):
                return f"{self.words.compare(op)} {self._show(right, _SUM)}"
            case Inside(Ref(""), band):
                return self._inside(band)
            case Falls(Ref(""), kinds):
                return self._falls(kinds, braced=len(kinds) > 1)
            case Contains(Ref(""), item):
                return f"{self.words.key('CONTAINS')} {self._show(item, _SUM)}"
            case Among(Ref(""), items):
                return f"{self.words.key('IN')} {self._braced(items)}"
            case And((Compare(">=", Ref(""), low), Compare("<=", Ref(""), high))):
                return self._range(low, high)
            case _:
                return self._show(expr, _SUM)

    def _range(self, low: Expr, high: Expr) -> str:
        if isinstance(low, Quantity) and isinstance(high, Quantity):
            return self.words.band(low, high)
        return f"{self._show(low, _SUM)} {self.words.key('TO')} {self._show(high, _SUM)}"

    def _show(self, expr: Expr, level: int, *, last: bool = False) -> str:
        """Return `expr`, in parentheses where it binds looser than `level`.

        `last`: nothing follows, so that 若 may stand without parentheses.
        """
        if isinstance(expr, If):
            text = self._if(expr)
            return text if last else f"({text})"
        own = _level(expr)
        inner_last = last or own < level
        text = self._compound(expr, last=inner_last) if own < _ATOM else self._atom(expr)
        return f"({text})" if own < level else text

    def _if(self, expr: If) -> str:
        key = self.words.key
        return join(
            key("IF"),
            self._show(expr.test, _OR),
            key("THEN"),
            self._show(expr.then, _OR),
            key("OTHERWISE"),
            self._show(expr.otherwise, 0, last=True),
        )

    def _compound(self, expr: Expr, *, last: bool) -> str:
        key = self.words.key
        match expr:
            case Or(operands):
                return f" {key('OR')} ".join(self._show(one, _AND) for one in operands)
            case And(operands):
                return f" {key('AND')} ".join(self._show(one, _NOT) for one in operands)
            case Not(operand):
                return f"{key('NOT')} {self._show(operand, _NOT)}"
            case Negate(operand):
                return f"-{self._show(operand, _ATOM)}"
            case Arith(op, left, right):
                return self._arith(op, left, right, last=last)
            case _:
                return self._comparison(expr)

    def _arith(self, op: str, left: Expr, right: Expr, *, last: bool) -> str:
        level = _SUM if op in "+-" else _PRODUCT
        sign = "×" if op == "*" and self.words.zh else op
        last = last and level == _SUM
        return f"{self._show(left, level)} {sign} {self._show(right, level + 1, last=last)}"

    def _comparison(self, expr: Expr) -> str:
        key = self.words.key
        match expr:
            case Compare(op, left, right):
                return (
                    f"{self._show(left, _SUM)} {self.words.compare(op)} {self._show(right, _SUM)}"
                )
            case Among(left, items):
                return f"{self._show(left, _SUM)} {key('IN')} {self._members(items)}"
            case Inside(left, band):
                return f"{self._show(left, _SUM)} {self._inside(band)}"
            case Falls(day, kinds):
                return f"{self._show(day, _SUM)} {self._falls(kinds, braced=self._is_set(kinds))}"
            case Contains(left, item):
                return f"{self._show(left, _SUM)} {key('CONTAINS')} {self._show(item, _SUM)}"
            case Same(field):
                return f"{self._show(field, _SUM)} {key('SAME')}"
        raise TypeError(type(expr).__name__)

    def _is_set(self, items: Sequence[object]) -> bool:
        """Tell whether items stand in braces: a comma would end a condition in English."""
        return len(items) > 1 and not self.words.zh

    def _falls(self, kinds: Sequence[DayKind], *, braced: bool) -> str:
        words = self.words
        listed = words.comma.join(words.pick(DAY_KINDS[kind]) for kind in kinds)
        return f"{words.key('FALLS')} {f'{{{listed}}}' if braced else listed}"

    def _inside(self, band: Expr) -> str:
        shown = f"{self.words.key('INSIDE')} {self._show(band, _SUM)}"
        return f"{shown} {self.words.key('INSIDE_END')}" if self.words.zh else shown

    def _atom(self, expr: Expr) -> str:
        words = self.words
        match expr:
            case Quantity():
                return words.quantity(expr)
            case Text(value):
                return words.text(value)
            case Day(day):
                return words.day(day)
            case Days(start, end):
                return join(words.day(start), words.key("TO"), words.day(end))
            case Moment(moment):
                return words.moment(moment)
            case Flag(value):
                return words.key("YES" if value else "NO")
            case Nothing():
                return words.key("NOTHING")
            case Unknown():
                return words.key("UNKNOWN")
            case Ref(name):
                return words.reference(name)
            case _:
                return self._group(expr)

    def _group(self, expr: Expr) -> str:
        words = self.words
        match expr:
            case Call(name, args):
                return f"{words.function(name)}({', '.join(self.show(arg) for arg in args)})"
            case Column(base, name):
                named = words.operand(name) if isinstance(base, Call) else words.quota_fact(name)
                return f"{self._show(base, _ATOM)} {words.key('OF')} {named}"
            case Several(items):
                return self._braced(items)
            case Rows():
                return self._rows(expr)
        raise TypeError(type(expr).__name__)

    def _rows(self, rows: Rows) -> str:
        """Return `base 于 over 其中 among 凡 where 近 past`, which stands only as an argument."""
        words = self.words
        alone = rows.past is None and not rows.this_year
        parts = [self._show(rows.base, _OR)]
        if rows.over is not None:
            parts += [words.key("AT"), self._show(rows.over, _ATOM)]
        for terminal, expr, last in (
            ("AMONG", rows.among, alone and rows.where is None),
            ("WHERE", rows.where, alone),
        ):
            if expr is not None:
                parts += [words.key(terminal), self._show(expr, 0, last=last)]
        if rows.past is not None:
            parts += [words.key("PAST"), words.quantity(rows.past)]
        return join(*parts, words.key("THISYEAR") if rows.this_year else "")

    def _members(self, items: tuple[Expr, ...]) -> str:
        return self._braced(items) if self._is_set(items) else self._listed(items)

    def _listed(self, items: Iterable[Expr]) -> str:
        return self.words.comma.join(self._show(item, _SUM) for item in items)

    def _braced(self, items: Iterable[Expr]) -> str:
        return f"{{{self._listed(items)}}}"


def _level(expr: Expr) -> int:
    match expr:
        case Or():
            return _OR
        case And():
            return _AND
        case Not():
            return _NOT
        case Compare() | Among() | Inside() | Falls() | Contains() | Same():
            return _COMPARE
        case Arith(op):
            return _SUM if op in "+-" else _PRODUCT
        case Negate():
            return _NEGATE
    return _ATOM
