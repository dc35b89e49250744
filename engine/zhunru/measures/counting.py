"""Expressions over rows: counts, sums, shares, the year before, what is the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import partial, reduce
from typing import Any, cast

from zhunru.checker import resolved_measures as m
from zhunru.checker.resolved import NOTHING, Every, FieldValue
from zhunru.compiler.evaluate import Evaluator, Fact, Facts
from zhunru.compiler.values import UNKNOWN
from zhunru.measures.rows import Kept, Row, Rows, day_of, year_of
from zhunru.vocabulary import TODAY, Function, Measure
from zhunru.worktime.days import months_later

# A context of its own: that of the thread belongs to whoever calls.
EXACT = Context(prec=50)
HUNDRED = Decimal(100)
_ALWAYS = Every(())


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that were looked for: those that are certainly among them, and those that may be."""

    sure: tuple[Row, ...]
    maybe: tuple[Row, ...] = ()


class _Facts:
    """The columns of the subjects; the first that has one says it. 今日 is the day of asking."""

    def __init__(self, subjects: Sequence[Row], rows: Rows) -> None:
        self._subjects = subjects
        self._rows = rows

    def get(self, name: str, default: Any = None) -> Any:
        """Return what the first subject with that column says; `default` where none has it, and
        where it is blank: what another subject has there is not its own."""
        for row in self._subjects:
            value = row.values.get(name, default)
            if value is not default or self._rows.have(row.things, name):
                return value
        return self._rows.day if name in TODAY else default


class Measuring(Evaluator):
    """Evaluates what is said about `subjects`; `outer` is what 相同 compares with."""

    def __init__(
        self, rows: Rows, subjects: tuple[Row, ...], outer: Measuring | None = None
    ) -> None:
        facts = Facts(cast(Any, _Facts(subjects, rows)), cast(Any, rows.in_force), {})
        super().__init__(rows.policy.model, rows.day, facts)
        self.rows = rows
        self.subjects = subjects
        self.outer = outer
        self.first_year = False
        self.counted: list[Row] = []
        self.counter = partial(count, rows)

    def truth(self, expr: Any) -> Any:
        """Return True, False or UNKNOWN."""
        rule = _RULES.get(type(expr))
        value = rule(self, expr) if rule else super().value(expr)
        # NOTHING is not true, and not unknown either.
        return value if value is UNKNOWN else value is True

    def value(self, expr: Any) -> Any:
        """Return the value of an expression, NOTHING or UNKNOWN."""
        rule = _RULES.get(type(expr))
        return rule(self, expr) if rule else super().value(expr)

    def _same_as(self, expr: m.SameAs) -> Any:
        inner = self.value(expr.inner)
        outer = self.outer.value(expr.outer) if self.outer else UNKNOWN
        if inner is UNKNOWN or outer is UNKNOWN:
            return UNKNOWN
        # Two that are known to be blank are the same; a blank and a value are not.
        return inner is outer if NOTHING in (inner, outer) else bool(inner == outer)

    # --- the year before -------------------------------------------------------------------------

    def _last_year(self, expr: m.LastYear) -> Any:
        subject = next(row for row in self.subjects if row.things == expr.things)
        before = self._a_year_before(subject, expr)
        if before is None:
            self.first_year = True
            return NOTHING
        others = tuple(before if row is subject else row for row in self.subjects)
        inner = Measuring(self.rows, others)
        value = inner.value(expr.value)
        if value is UNKNOWN and isinstance(subject.values, Kept):
            self.first_year = True
            return NOTHING
        return value

    def _a_year_before(self, subject: Row, expr: m.LastYear) -> Row | None:
        values = subject.values
        if isinstance(values, Kept):
            earlier = values.of_year(self.day.year - 1)
            return Row(subject.things, subject.number, subject.name, earlier)
        year = values.get(expr.things.year, UNKNOWN)
        found = [
            row
            for row in self.rows.of(expr.things) or ()
            if year_of(row.values.get(expr.things.year)) == year_of(year) - 1
            and all(row.values.get(each) == values.get(each) for each in expr.same)
        ]
        # Two rows of one year contradict each other: neither is taken.
        return found[0] if len(found) == 1 else None

    def _of_subject(self, expr: m.OfSubject) -> Any:
        """Return a column of whom rows are counted for."""
        return self.outer.value(expr.value) if self.outer else UNKNOWN

    # --- rows ------------------------------------------------------------------------------------

    def find(self, wanted: m.Rows) -> Found | None:
        """Return the rows that are meant; None, and the register noted, where none are known."""
        if self.rows.of(wanted.things) is None:
            self.open[Fact("register", wanted.things.name)] = None
            return None
        sure: list[Row] = []
        maybe: list[Row] = []
        for row in self._candidates(wanted):
            truth = self._meets(wanted, row)
            if truth is not False:
                (maybe if truth is UNKNOWN else sure).append(row)
        return Found(tuple(sure), tuple(maybe))

    def _candidates(self, wanted: m.Rows) -> Sequence[Row]:
        if wanted.joined is not None:
            column, theirs = wanted.joined
            value = self.value(theirs.value)
            # Whatever is not known may be of any row.
            if value is not UNKNOWN:
                return self.rows.having(wanted.things, column, value)
        if not wanted.links:
            return self.rows.of(wanted.things) or ()
        first, *rest = (
            self.rows.linked(wanted.things, link, self.subjects[link.subject])
            for link in wanted.links
        )
        for other in rest:
            # By number: rows of a large register are made anew each time, and are never equal.
            numbers = {row.number for row in other}
            first = [row for row in first if row.number in numbers]
        return first

    def _meets(self, wanted: m.Rows, row: Row) -> Any:
        inside = in_spell(wanted.spell, row, self.day)
        if inside is False or wanted.where == _ALWAYS:
            return inside
        inner = Measuring(self.rows, (row,), outer=self)
        truth = inner.truth(wanted.where)
        self.open.update(inner.open if truth is UNKNOWN else {})
        return UNKNOWN if truth is True and inside is UNKNOWN else truth

    def _aggregate(self, expr: m.Aggregate) -> Any:
        found = self.find(expr.rows)
        # One row that may or may not count leaves every total open, and the highest and lowest too.
        if found is None or found.maybe:
            return UNKNOWN
        # Kept as witnesses of what is found.
        self.counted += found.sure
        if expr.function is Function.COUNT:
            return Decimal(len(found.sure))
        if expr.function is Function.PORTION:
            return self._portion(expr, found.sure)
        values = [self._of(row, expr.value) for row in found.sure]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        return _REDUCE[expr.function]([value for value in values if value is not NOTHING])

    def _of(self, row: Row, value: m.MExpr | None) -> Any:
        if isinstance(value, FieldValue):  # the usual case, of very many rows
            found = row.values.get(value.name, UNKNOWN)
            if found is not UNKNOWN:
                return found
        inner = Measuring(self.rows, (row,), outer=self)
        found = inner.value(value)
        self.open.update(inner.open if found is UNKNOWN else {})
        return found

    def _portion(self, expr: m.Aggregate, rows: tuple[Row, ...]) -> Any:
        inners = [Measuring(self.rows, (row,), outer=self) for row in rows]
        truths = [inner.truth(expr.among) for inner in inners]
        # A share of no rows is no number, neither 0 nor 100 per cent.
        if not truths:
            return NOTHING
        if any(truth is UNKNOWN for truth in truths):
            for inner, truth in zip(inners, truths, strict=True):
                self.open.update(inner.open if truth is UNKNOWN else {})
            return UNKNOWN
        count = Decimal(sum(truth is True for truth in truths))
        return EXACT.divide(count * HUNDRED, Decimal(len(truths)))


_CASE = m.Things("values", "", "")


def count(rows: Rows, asking: Evaluator, expr: m.Aggregate) -> Any:
    """Return what a count comes to that a formula or a condition asks for, of these rows.

    What the rows must share with it are the facts of whoever asks.
    """
    inner = Measuring(rows, (Row(_CASE, 0, "", asking.facts.values),))
    value = inner.value(expr)
    asking.open.update(inner.open if value is UNKNOWN else {})
    return value


def mean(values: Sequence[Decimal]) -> Any:
    """Return the mean of exact numbers; of none there is nothing."""
    return EXACT.divide(summed(values), Decimal(len(values))) if values else NOTHING


def summed(values: Sequence[Decimal]) -> Decimal:
    """Return the sum of exact numbers."""
    return reduce(EXACT.add, values, Decimal(0))


_REDUCE: dict[Function, Callable[[list[Decimal]], Any]] = {
    Function.TOTAL: summed,
    Function.MEAN: mean,
    Function.HIGHEST: lambda values: max(values, default=NOTHING),
    Function.LOWEST: lambda values: min(values, default=NOTHING),
}

_RULES: dict[type, Callable[[Measuring, Any], Any]] = {
    m.Aggregate: Measuring._aggregate,
    m.SameAs: Measuring._same_as,
    m.OfSubject: Measuring._of_subject,
    m.LastYear: Measuring._last_year,
}

# --- time ----------------------------------------------------------------------------------------


def in_spell(spell: m.Spell | None, row: Row, day: date) -> Any:
    """Tell whether a row lies in the time in which rows count; a row without a date may."""
    if spell is None:
        return True
    of = day_of(row.values.get(spell.column))
    if of is None:
        return UNKNOWN
    if spell.kind == "rolling":
        # Whether rows lie close enough together is counted afterwards, in the fullest run of days.
        return of <= day
    return first_day(spell, day) <= of <= day


def first_day(spell: m.Spell, day: date) -> date:
    """Return the first day on which rows count: the day after the same one so long ago."""
    if spell.kind == "year":
        return date(day.year, 1, 1)
    if spell.kind == "period":
        return period_start(day, spell.length)
    if spell.measure in (Measure.MONTH, Measure.YEAR):
        months = spell.length * (12 if spell.measure is Measure.YEAR else 1)
        return months_before(day, months) + timedelta(1)
    days = spell.length * (7 if spell.measure is Measure.WEEK else 1)
    # Never before the first day that can be written.
    return date.fromordinal(max(day.toordinal() - days, 0) + 1)


def period_start(day: date, months: int) -> date:
    """Return the first day of the calendar's period of so many months that holds a day."""
    number = (day.year * 12 + day.month - 1) // months * months
    return date(number // 12, number % 12 + 1, 1)


def months_before(day: date, months: int) -> date:
    """Return the day of the same number so many months before, or that month's last."""
    # Never before the first month that can be written.
    return months_later(day, -min(months, (day.year - 1) * 12 + day.month - 1))


def most_in_a_run(days: Sequence[date], length: int) -> int:
    """Return the greatest number of rows within any so many days on end."""
    # The fullest run can always be moved to begin at a row, so only those need a look.
    ordered = sorted(day.toordinal() for day in days)
    return max(
        (bisect_right(ordered, first + length - 1) - at for at, first in enumerate(ordered)),
        default=0,
    )
