"""Tables of two sets: rows that came, went or changed, and the inputs that now give other values.

A table that gives one row is the same wherever no changed row holds; so only the rows that meet
changed ones are asked, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import chain, repeat
from typing import Any, NamedTuple

from zhunru.analysis.axes import left_by
from zhunru.analysis.changes import place_of
from zhunru.analysis.few_boxes import few_boxes
from zhunru.analysis.forest import TooLarge
from zhunru.analysis.meaning import Inputs, Meaning
from zhunru.analysis.reads import Asked, Part
from zhunru.analysis.space import Space
from zhunru.analysis.words import Words
from zhunru.checker.resolved import (
    NOTHING,
    Clause,
    Const,
    Every,
    FieldValue,
    LookUp,
    OneOf,
    ResolvedDecision,
    ResolvedField,
    ResolvedRow,
    ResolvedTable,
    RExpr,
    Test,
    Type,
    Within,
)
from zhunru.checker.words import Phrase, amount, joined
from zhunru.compiler.plan import MatterIndex, Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.tables import HitConflict
from zhunru.diagnostics import NOWHERE, Span
from zhunru.explain.phrases import describe, show
from zhunru.syntax.nodes import Title
from zhunru.vocabulary import HitPolicy, Measure, Outcome, TypeName

_MOST_DIFFERENCES = 20
_MOST_CONDITIONS = 4
_ONE_ROW = (HitPolicy.FIRST, HitPolicy.UNIQUE, HitPolicy.ANY)
_RECKONED = (HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT)
_MEASURE = Type(TypeName.TEXT)


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that only one of two tables has; `text` is what it says."""

    added: bool
    text: Phrase
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Results:
    """Inputs for which a table gives other values: `old` and `new`, under any of `where`.

    `inputs` are the smallest ones, asked of both tables; None: they could not be shown.
    """

    where: tuple[Phrase, ...]
    old: Phrase
    new: Phrase
    inputs: Phrase | None = None


@dataclass(frozen=True, slots=True)
class TableDiff:
    """Two tables of one name. `results` are the differences of what they give; where `undecided`
    says why, there may be others."""

    name: str
    rows: tuple[RowChange, ...]
    results: tuple[Results, ...]
    old: Span = NOWHERE
    new: Span = NOWHERE
    undecided: Phrase | None = None

    @property
    def equivalent(self) -> bool:
        """Tell whether both tables give the same for every input."""
        return not self.results and self.undecided is None


def compare_tables(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[TableDiff]:
    """Yield the tables that are not written the same in both sets."""
    before, after = old.core.tables, new.core.tables
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            found = one or other
            assert found is not None
            rows = tuple(_row(row, found, added=one is None) for row in found.rows)
            yield TableDiff(name, rows, (), place_of(one), place_of(other), _ONLY)
        elif one != other or _reads_otherwise(old, new, one):
            yield _Tables(old, new, one, other).diff()


_ONLY = Phrase("只有一边有这张表", "only one of the sets has this table")


def _reads_otherwise(old: CompiledPolicy, new: CompiledPolicy, table: ResolvedTable) -> bool:
    from zhunru.analysis.contents import differing_names, named_in

    clause = _clause_of(table)
    return not differing_names(old.model, new.model).isdisjoint(named_in(old.model, clause))


def _row(row: ResolvedRow, table: ResolvedTable, *, added: bool) -> RowChange:
    tests = [describe(test) for test in row.tests]
    results = [describe(result) for result in row.results]
    names = [name for name, _ in table.outputs]
    zh = "、".join(f"{name}为{told.zh}" for name, told in zip(names, results, strict=True))
    en = ", ".join(f"{name} is {told.en}" for name, told in zip(names, results, strict=True))
    when = [(t.zh, t.en) for t in tests if t.zh]
    text = Phrase(
        f"{'且'.join(z for z, _ in when) or '其余'} → {zh}",
        f"{' and '.join(e for _, e in when) or 'else'} -> {en}",
    )
    return RowChange(added, text, row.span)


def _clause_of(table: ResolvedTable) -> Clause:
    """Return a clause that asks a table for its first column, so that all of it is read."""
    args = tuple(FieldValue(name, kind) for name, kind in table.inputs)
    column, kind = table.outputs[0]
    asked = LookUp(table.name, args, column, kind)
    return Clause(
        code=table.name, origin="rule", set_code="", outcome=Outcome.REFUSE, instead=asked
    )


def _columns_apart(one: ResolvedTable, other: ResolvedTable) -> Phrase:
    """Say in what the columns of two tables differ: in their names, or in what stands there."""
    kinds, others = dict((*one.inputs, *one.outputs)), dict((*other.inputs, *other.outputs))
    if set(kinds) != set(others):
        return Phrase("两边的栏目不同", "their columns are not the same")
    names = [name for name in kinds if kinds[name] != others[name]]
    if not names:
        return Phrase("两边栏目的次序或者入、出不同", "the order of their columns is not the same")
    return Phrase(
        f"“{'、'.join(names)}”一栏两边的类型或者单位不同",
        f"{', '.join(names)}: of another type or measure on either side",
    )


class _Tables:
    """Two tables of one name and inputs."""

    def __init__(
        self, old: CompiledPolicy, new: CompiledPolicy, one: ResolvedTable, other: ResolvedTable
    ) -> None:
        self.policies = (old, new)
        self.tables = (one, other)

    def diff(self) -> TableDiff:
        """Return which rows came, went or changed, and for which inputs the results differ."""
        one, other = self.tables
        rows = tuple(self._rows())
        made = TableDiff(one.name, rows, (), one.span, other.span)
        if (one.inputs, one.outputs) != (other.inputs, other.outputs):
            return replace(made, undecided=_columns_apart(one, other))
        try:
            results, doubts = self._results()
        except (TooLarge, RecursionError):
            large = Phrase("要分的情形太多", "there are too many cases")
            return replace(made, undecided=large)
        return replace(made, results=results, undecided=doubts)

    def _rows(self) -> Iterator[RowChange]:
        one, other = self.tables
        for tag, a, b, c, d in _blocks(one.rows, other.rows):
            if tag != "equal":
                yield from (_row(row, one, added=False) for row in one.rows[a:b])
                yield from (_row(row, other, added=True) for row in other.rows[c:d])

    # --- what they give ------------------------------------------------------------------------

    def _results(self) -> tuple[tuple[Results, ...], Phrase | None]:
        trimmed = [_with_measures(table) for table in self._trimmed()]
        space = Space([_part(p, t) for p, t in zip(self.policies, trimmed, strict=True)])
        forest = space.forest
        inputs = {name: space.value(Asked("field", name)) for name, _ in trimmed[0].inputs
                  if Asked("field", name) in space.levels}  # fmt: skip
        meanings = [Meaning(space, part) for part in space.parts]
        one, other = (
            meaning.table(table, _filled(forest, table, inputs))
            for meaning, table in zip(meanings, trimmed, strict=True)
        )
        apart = forest.joined("apart", _apart, one, other)
        unsettled = forest.either(meanings[0].unsettled, meanings[1].unsettled)
        possible = forest.negated(unsettled)
        found = forest.chosen(possible, apart, forest.end(None))
        told = [pair for pair in forest.values(found) if pair is not None]
        words = Words(space, space.parts[1])
        results = tuple(
            self._result(space, words, found, possible, pair) for pair in told[:_MOST_DIFFERENCES]
        )
        return results, left_by(space.inexact)

    def _trimmed(self) -> tuple[ResolvedTable, ResolvedTable]:
        """Return the tables with the rows that can count where the tables differ."""
        one, other = self.tables
        if one.hit not in _ONE_ROW or one.hit is not other.hit:
            return one, other
        changed: list[ResolvedRow] = []
        for tag, a, b, c, d in _blocks(one.rows, other.rows):
            if tag != "equal":
                changed.extend((*one.rows[a:b], *other.rows[c:d]))
        known, meets = set(map(id, changed)), _Meeting(map(_plain_tests, changed))
        return tuple(
            replace(t, rows=tuple(
                row for row in t.rows if id(row) in known or meets.may_meet(_plain_tests(row))
            ))
            for t in (one, other)
        )  # type: ignore[return-value]  # fmt: skip

    def _result(
        self, space: Space, words: Words, found: int, possible: int, pair: tuple[Any, Any]
    ) -> Results:
        forest = space.forest
        here = forest.mapped(("pair", pair), lambda each: each == pair, found)
        boxes = few_boxes(forest, here, possible, _MOST_CONDITIONS)
        path = forest.least(here)
        assert path is not None
        values = _values(space, path, self.tables[0])
        shown = values if self._shows(values, pair) else None
        return Results(
            tuple(words.of_box(dict(sorted(box.items()))) for box in boxes),
            self._told(pair[0]),
            self._told(pair[1]),
            None if shown is None else _inputs(shown, dict(self.tables[0].inputs)),
        )

    def _shows(self, values: dict[str, Any], pair: tuple[Any, Any]) -> bool:
        """Ask both tables for some inputs: they must give what is said of them."""
        day = values.pop("", date(2026, 1, 1))
        for policy, table, said in zip(self.policies, self.tables, pair, strict=True):
            given = policy.evaluate_table(table.name, values, day)
            if said[: len(given)] != tuple(_clashing(value) for value in given.values()):
                return False
        return True

    def _told(self, values: Sequence[Any]) -> Phrase:
        outputs = self.tables[0].outputs
        names, measures = [name for name, _ in outputs], iter(values[len(outputs) :])
        shown = [
            _value(value, next(measures, None) if kind.name is TypeName.LENGTH else kind.measure)
            for value, (_, kind) in zip(values, outputs, strict=False)
        ]
        return Phrase(
            "、".join(f"{name}为{v.zh}" for name, v in zip(names, shown, strict=True)),
            ", ".join(f"{name} is {v.en}" for name, v in zip(names, shown, strict=True)),
        )


# --- rows that no input meets together -----------------------------------------------------------


class _Span(NamedTuple):
    """The numbers or days that a plain test allows, both ends included; None: open."""

    low: Any
    high: Any

    def isdisjoint(self, other: _Span) -> bool:
        """Tell whether no value is in both."""
        return _before(self.high, other.low) or _before(other.high, self.low)


_Allowed = frozenset[Any] | _Span | None


class _Meeting:
    """Rows, found by the values that they allow in the column with most sets of single values."""

    def __init__(self, rows: Iterable[list[_Allowed]]) -> None:
        self.rows = list(rows)
        width = len(self.rows[0]) if self.rows else 0
        self.column = max(range(width), key=self._sets, default=0)
        self._anywhere: list[list[_Allowed]] = []  # whatever the value of that column is
        self._by_value: dict[Any, list[list[_Allowed]]] = {}
        for row in self.rows:
            allowed = row[self.column] if width else None
            if isinstance(allowed, frozenset):
                for value in allowed:
                    self._by_value.setdefault(value, []).append(row)
            else:
                self._anywhere.append(row)

    def _sets(self, column: int) -> int:
        return sum(isinstance(row[column], frozenset) for row in self.rows)

    def may_meet(self, row: list[_Allowed]) -> bool:
        """Tell whether some inputs may satisfy a row and one of these."""
        return any(not any(map(_ruled_out, row, other)) for other in self._near(row))

    def _near(self, row: list[_Allowed]) -> Iterable[list[_Allowed]]:
        allowed = row[self.column] if self.rows else None
        if not isinstance(allowed, frozenset):
            return self.rows
        found = (self._by_value.get(value, ()) for value in allowed)
        return chain(self._anywhere, chain.from_iterable(found))


def _ruled_out(one: _Allowed, other: _Allowed) -> bool:
    # What is not known to be of one kind, a set or a span, rules nothing out.
    return type(one) is type(other) and one is not None and one.isdisjoint(other)  # type: ignore[arg-type]


def _before(end: Any, start: Any) -> bool:
    return type(end) is type(start) and end is not None and bool(end < start)


def _plain_tests(row: ResolvedRow) -> list[_Allowed]:
    return [_allowed(test) for test in row.tests]


def _allowed(test: Any) -> _Allowed:
    """Return the values that a plain test of one input allows; None: not known."""
    if isinstance(test, OneOf):
        return test.values
    if isinstance(test, Within) and isinstance(test.low, Const) and isinstance(test.high, Const):
        return _Span(test.low.value, test.high.value)
    if isinstance(test, Every) and len(test.operands) == 2:  # as `0 至 199` is read
        low, high = map(_allowed, test.operands)
        if isinstance(low, _Span) and isinstance(high, _Span) and low.high is high.low is None:
            return _Span(low.low, high.high)
    return _of_test(test) if isinstance(test, Test) else None


def _of_test(test: Test) -> _Allowed:
    if not isinstance(test.left, FieldValue) or not isinstance(test.right, Const):
        return None
    value = test.right.value
    if test.op == "==":
        return frozenset((value,))
    if test.op == ">=":
        return _Span(value, None)
    return _Span(None, value) if test.op == "<=" else None


def _blocks(
    old: Sequence[ResolvedRow], new: Sequence[ResolvedRow]
) -> Iterable[tuple[str, int, int, int, int]]:
    """Return which stretches of rows are equal, in the order of both tables."""
    numbers: dict[ResolvedRow, int] = {}
    before, after = ([numbers.setdefault(row, len(numbers)) for row in rows] for rows in (old, new))
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def _part(policy: CompiledPolicy, table: ResolvedTable) -> Part:
    """Return a decision that asks a table for whatever its inputs are."""
    fields = tuple(ResolvedField(name=name, type=kind) for name, kind in table.inputs)
    head = ResolvedDecision(
        name=table.name, form="", fields=fields, wording=("", "", "", ""), steps=(),
        default_message=Title(""), default_code="", default_return=None, default_apply="",
        set_code=policy.code,
    )  # fmt: skip
    core = replace(policy.core, tables={**policy.core.tables, table.name: table})
    asked = CompiledPolicy(core, {})
    return Part(asked, Plan(head, [_clause_of(table)], [0], [0], MatterIndex()))


def _with_measures(table: ResolvedTable) -> ResolvedTable:
    """Return a table that also gives the measure of each length of time, which its row says: two
    hours are not two days. What counts or adds its rows up gives no length."""
    at = [place for place, (_, kind) in enumerate(table.outputs) if kind.name is TypeName.LENGTH]
    if not at or table.hit in _RECKONED:
        return table
    rows = (
        replace(row, results=(*row.results, *(_measure(row.results[place]) for place in at)))
        for row in table.rows
    )
    more = tuple((table.outputs[place][0], _MEASURE) for place in at)
    return replace(table, outputs=(*table.outputs, *more), rows=tuple(rows))


def _measure(result: RExpr) -> Const:
    kind = getattr(result, "type", None)
    return Const(kind.measure or NOTHING if isinstance(kind, Type) else NOTHING, _MEASURE)


def _filled(forest: Any, table: ResolvedTable, inputs: Inputs) -> Inputs:
    """Return the inputs; one that no row reads is whatever it is."""
    return {name: inputs.get(name, forest.end(NOTHING)) for name, _ in table.inputs}


def _apart(old: Any, new: Any) -> Any:
    """Return both results where they are not alike; which rows clash makes no difference."""
    one, other = (tuple(_clashing(value) for value in values) for values in (old, new))
    return None if one == other else (one, other)


def _clashing(value: Any) -> Any:
    return HitConflict("", ()) if isinstance(value, HitConflict) else value


def _values(space: Space, path: dict[int, int], table: ResolvedTable) -> dict[str, Any]:
    found: dict[str, Any] = {}
    names = {name for name, _ in table.inputs}
    for level, axis in enumerate(space.axes):
        value = axis.values[path.get(level, 0)]
        if axis.asked.kind == "received":
            found[""] = value
        elif axis.asked.name in names:
            found[axis.asked.name] = value
    return found


def _inputs(values: dict[str, Any], kinds: Mapping[str, Type]) -> Phrase:
    shown = [(name, _value(value, kinds[name].measure)) for name, value in values.items() if name]
    return Phrase(
        "、".join(f"{name}为{v.zh}" for name, v in shown),
        ", ".join(f"{name} is {v.en}" for name, v in shown),
    )


def _value(value: Any, measure: Any) -> Phrase:
    """Return a value with its measure; of several rows there are as many of both."""
    if isinstance(value, HitConflict):
        return Phrase("两行同时对得上，没有定", "undecided, as several rows match")
    if isinstance(value, tuple):
        each = measure if isinstance(measure, tuple) else repeat(measure, len(value))
        return joined(map(_value, value, each))
    if isinstance(value, Decimal):
        return amount(value, measure if isinstance(measure, Measure) else None)
    return show(value)
