"""Tests for what no test exercises yet: written from witnesses, with the decision found.

They say what the set does, not what it should do: each is marked 待确认 until somebody who knows
has looked at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice, product
from typing import Any

from zhunru.analysis.classes import OTHER_TEXT
from zhunru.analysis.coverage import (
    Coverage,
    Ending,
    Region,
    endings_ruled,
    matching_rows,
    own_tables,
)
from zhunru.analysis.reads import fields_in, possible_values
from zhunru.checker.resolved import NOTHING, OUTSIDE, OneOf, ResolvedTable, RExpr
from zhunru.checker.values import from_number
from zhunru.checker.words import Phrase
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy, HitConflict
from zhunru.compiler.request import Request
from zhunru.compiler.values import UNKNOWN
from zhunru.decision import Decision, decide
from zhunru.diagnostics import Language, Source
from zhunru.syntax import expressions as ex
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import Case, Expected, File, Given, Name, Test, Title
from zhunru.vocabulary import DAY, DAYS, NUMERIC, QUOTA_USED, TypeName

UNCONFIRMED = ("（待确认）", " (to be confirmed)")
_HEAD = {
    "zh": "# 待确认：由 zhunru coverage --write 按现行规则写出，请核对结论后删去本行。",
    "en": "# To be confirmed: written by zhunru coverage --write from the rules as they are.",
}

MOST_TRIED = 20_000  # inputs that are tried for one row of a table
_MOST_UNITS = 50  # that are tried for one fact
_COMMUNITIES = ("社区", "村")  # whom most work is asked of
_DAY = date(2026, 1, 5)  # of which the law is asked, or of the first day of the set


@dataclass(frozen=True, slots=True)
class Written:
    """A test for one region, or for a row of a table (without `region`): its text, and the
    decision that it holds the set to."""

    title: str
    text: str
    region: Region | None = None
    decision: Decision | None = None


def write_missing_tests(
    policy: CompiledPolicy, coverage: Coverage, language: Language = "zh"
) -> list[Written]:
    """Return a test for each region and each row of a table that no test stands for, where one
    can be written.

    A test names no more facts than its decision takes.
    """
    found: list[Written] = []
    for decision in coverage.decisions:
        plan = policy.plan(decision.name)
        for region in decision.regions:
            if region.witness is not None:
                found.extend(_Writer(policy, plan, language).tests(region))
    for table in own_tables(policy):
        missed = coverage.rows[table.name].missed if table.name in coverage.rows else ()
        for row in missed:
            found.extend(_row_test(policy, table, int(row) - 1, language))
    return found


class _Writer:
    """Writes tests of one 判定."""

    def __init__(self, policy: CompiledPolicy, plan: Plan, language: Language) -> None:
        self.policy = policy
        self.plan = plan
        self.language: Language = language

    def tests(self, region: Region) -> Iterator[Written]:
        """Yield a test for a region, if a test can say what its witness holds."""
        assert region.witness is not None
        request = self._sayable(region.witness.request)
        if not self._ends(request, region.ending):
            return
        request = self._smaller(self._usual(request, region.ending), region.ending)
        decision = decide(self.policy, request, self.plan.head.name)
        title = _titled(region.told, self.language)
        test = Test(
            title=Title(title), target=self._target(), cases=(self._case(request, decision),)
        )
        yield Written(title, _printed(test, self.language), region, decision)

    def _target(self) -> Name | None:
        return Name(self.plan.head.name) if len(self.policy.decisions) > 1 else None

    # --- what a test can say -------------------------------------------------------------------

    def _sayable(self, request: Request) -> Request:
        """Return a request as a test can give it: of registers only whether they hold."""
        registers = {name: bool(rows) for name, rows in request.registers.items()}
        return replace(request, registers=registers)

    def _ends(self, request: Request, ending: Ending) -> bool:
        return ending in endings_ruled(self.policy, self.plan, request)

    def _smaller(self, request: Request, ending: Ending) -> Request:
        """Drop the facts without which the request ends so all the same."""
        first = decide(self.policy, request, self.plan.head.name)
        for part in ("quotas", "registers", "facts"):
            for name in reversed(getattr(request, part)):
                kept = {n: v for n, v in getattr(request, part).items() if n != name}
                changes: dict[str, Any] = {part: kept}
                fewer = replace(request, **changes)
                if name != self.plan.governing_field and self._ends(fewer, ending):
                    again = decide(self.policy, fewer, self.plan.head.name)
                    if again.code == first.code:
                        request = fewer
        return request

    def _usual(self, request: Request, ending: Ending) -> Request:
        """Take a day on which the set is in force and units of its chart, where it ends so too."""
        day = max(self.policy.core.period.start or _DAY, _DAY)
        for name, value in request.facts.items():
            tried: Iterable[Any] = ()
            if name == self.plan.governing_field and type(value) is date and value != day:
                tried = (day,)
            elif isinstance(value, str) and self._is_odd(name, value):
                tried = self._units(name)
            for other in tried:
                changed = replace(request, facts={**request.facts, name: other})
                if self._ends(changed, ending):
                    request = changed
                    break
        return request

    def _is_odd(self, name: str, value: str) -> bool:
        """Tell whether a unit is none that a reader expects there."""
        if value.startswith(OUTSIDE):
            return True
        unit = self.policy.model.chart.units.get(value)
        asked = name == self.plan.addressee_field
        return asked and unit is not None and unit.level not in _COMMUNITIES

    def _units(self, name: str) -> Iterator[str]:
        """Yield some units of the chart: for the addressee communities first."""
        units = self.policy.model.chart.units.values()
        asked = name == self.plan.addressee_field
        ranked = sorted(units, key=lambda unit: asked and unit.level not in _COMMUNITIES)
        return (unit.name for unit in islice(ranked, _MOST_UNITS))

    # --- as nodes of the language ----------------------------------------------------------------

    def _case(self, request: Request, decision: Decision) -> Case:
        given = (*self._facts(request), *self._held(request), *self._used(request))
        code = decision.code.rpartition("/")[2]
        expected = Expected(outcome=decision.outcome, code=Name(code) if code else None)
        return Case(given=(*given, *self._day(request)), expected=expected)

    def _facts(self, request: Request) -> Iterator[Given]:
        for name, value in request.facts.items():
            yield _given(ex.Ref(name), _expr(NOTHING if value is None else value))

    def _held(self, request: Request) -> Iterator[Given]:
        word = {"zh": "有效", "en": "inforce"}[self.language]
        for name, held in request.registers.items():
            yield _given(ex.Ref(name), ex.Ref(word) if held else ex.Nothing())

    def _used(self, request: Request) -> Iterator[Given]:
        suffix = QUOTA_USED[self.language == "en"]
        for key, use in request.quotas.items():
            base, _, window = key.rpartition(".")
            told = f"{window}{suffix}" if self.language == "zh" else f"{window}_{suffix}"
            subject = ex.Column(ex.Ref(base or key), told if base else suffix)
            yield _given(subject, ex.Quantity(Decimal(use.used)))

    def _day(self, request: Request) -> Iterator[Given]:
        if self.plan.governing_field not in request.facts:
            yield _given(ex.Ref(DAY[self.language == "en"]), ex.Day(request.received))


def _titled(told: Phrase, language: Language) -> str:
    return told.zh + UNCONFIRMED[0] if language == "zh" else told.en + UNCONFIRMED[1]


def _printed(test: Test, language: Language) -> str:
    """Return a test as it is written, under the line that marks it."""
    file = File(Source("", ""), language, "policy", (test,))
    text = format_file(file, language=language).strip("\n")
    return f"{_HEAD[language]}\n{text}\n"


# --- rows of tables ------------------------------------------------------------------------------


def _row_test(
    policy: CompiledPolicy, table: ResolvedTable, row: int, language: Language
) -> Iterator[Written]:
    """Yield a test of a row, if some of the values that the table names come to it."""
    day = max(policy.core.period.start or _DAY, _DAY)
    inputs = _inputs_of(policy, table, row, day)
    if inputs is None:
        return
    results = policy.evaluate_table(table.name, inputs, day)
    if any(isinstance(value, HitConflict) or value is UNKNOWN for value in results.values()):
        return
    given = [_given(ex.Ref(name), _expr(value)) for name, value in inputs.items()]
    given.append(_given(ex.Ref(DAY[language == "en"]), ex.Day(day)))
    values = tuple(_given(ex.Ref(name), _expr(_flat(v))) for name, v in results.items())
    case = Case(given=tuple(given), expected=Expected(values=values))
    told = Phrase(f"对照表“{table.name}”第{row + 1}行", f"row {row + 1} of table {table.name}")
    title = _titled(told, language)
    test = Test(title=Title(title), target=Name(table.name), cases=(case,))
    yield Written(title, _printed(test, language))


def _flat(value: Any) -> Any:
    """Return the results of several rows as a test says them: sets as one, one by itself."""
    if isinstance(value, tuple) and any(isinstance(each, frozenset) for each in value):
        sets = (each if isinstance(each, frozenset) else frozenset((each,)) for each in value)
        value = frozenset().union(*sets)
    if isinstance(value, tuple | frozenset) and len(value) == 1:
        return next(iter(value))
    return value


def _inputs_of(
    policy: CompiledPolicy, table: ResolvedTable, row: int, day: date
) -> dict[str, Any] | None:
    """Return the first inputs among the values at which the table may turn that come to a row."""
    names = [name for name, _ in table.inputs]
    columns = [list(_candidates(policy, table, at)) for at in range(len(names))]
    for values in islice(product(*columns), MOST_TRIED):
        inputs = dict(zip(names, values, strict=True))
        if row in matching_rows(policy, table, inputs, day):
            return inputs
    return None


def _candidates(policy: CompiledPolicy, table: ResolvedTable, at: int) -> Iterator[Any]:
    """Yield values of an input that its tests may tell apart: constants, and what lies beside."""
    name, kind = table.inputs[at]
    found: dict[Any, None] = dict.fromkeys(kind.values)
    if kind.name is TypeName.FLAG:
        found.update({True: None, False: None})
    if kind.name is TypeName.UNIT:
        found.update(dict.fromkeys(policy.model.chart.units))
    for row in table.rows:
        for test in row.tests:
            if name in fields_in(policy.model, test):
                for value in _named_in(policy, test):
                    found.update(dict.fromkeys(_beside(value)))
    if not found:
        found[_any_of(kind.name)] = None
    low, high = kind.low, kind.high
    for value in found:
        number = isinstance(value, Decimal)
        if not number or ((low is None or value >= low) and (high is None or value <= high)):
            yield value


def _any_of(kind: TypeName) -> Any:
    """Return a value of an input of which no row asks anything."""
    if kind in DAYS:
        return from_number(kind, Fraction(_DAY.toordinal()))
    return Decimal(0) if kind in NUMERIC else OTHER_TEXT


def _named_in(policy: CompiledPolicy, test: RExpr) -> Iterator[Any]:
    yield from possible_values(policy.model, test)
    if isinstance(test, OneOf):
        yield from sorted(test.values)


def _beside(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, Decimal):
        yield from (value + 1, value - 1)
    elif type(value) is date:
        yield from (value + timedelta(1), value - timedelta(1))


def _given(subject: ex.Ref | ex.Column, value: ex.Expr) -> Given:
    return Given(subject=subject, value=value)


def _expr(value: Any) -> ex.Expr:
    """Return a value as it is written."""
    if isinstance(value, bool):
        return ex.Flag(value)
    if isinstance(value, Decimal | int):
        return ex.Quantity(Decimal(value))
    if isinstance(value, datetime):
        return ex.Moment(value)
    if isinstance(value, date):
        return ex.Day(value)
    if isinstance(value, frozenset | tuple | list):
        items = sorted(value) if isinstance(value, frozenset) else value
        return ex.Several(tuple(_expr(item) for item in items))
    return ex.Nothing() if value is NOTHING else ex.Text(str(value))
