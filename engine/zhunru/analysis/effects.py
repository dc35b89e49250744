"""What an answer carries, so that the answers of two sets can be held side by side.

Where work goes, who owes a duty and how long it takes may hang on facts: these are diagrams of the
one space, so equal numbers are equal for every request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from zhunru.analysis.forest import END, Forest
from zhunru.analysis.pairs import routes_of
from zhunru.analysis.verdicts import Answered, End, Verdicts
from zhunru.checker.resolved import NOTHING, Clause, Duty, FieldValue, RExpr
from zhunru.compiler.judge import failing_lines
from zhunru.compiler.values import UNKNOWN
from zhunru.explain.answers import Reason
from zhunru.explain.duties import Following, following, only_waits, whose_work
from zhunru.explain.reasons import default_reason, reasons_of
from zhunru.vocabulary import CLOCK, Measure, Outcome, TypeName

Aspect = Literal["outcome", "reason", "basis", "obligation", "deadline", "route"]
Direction = Literal["stricter", "looser", "different"]
Mark = tuple[Aspect, Direction]
ASPECTS: tuple[Aspect, ...] = ("outcome", "obligation", "deadline", "route", "reason", "basis")
_STRICTNESS = {Outcome.ADMIT: 0, Outcome.DEFER: 1, Outcome.REFUSE: 2}


class Owed(NamedTuple):
    """A duty of an answer; `by` and `length` are diagrams."""

    name: str
    per: str
    consequence: str
    measure: Measure | None
    by: int
    length: int


class Effect(NamedTuple):
    """What an answer carries; `to` is a diagram of the names of bodies."""

    outcome: Outcome
    reasons: tuple[tuple[str, str], ...]
    basis: tuple[str, ...]
    owed: tuple[Owed, ...]
    to: int
    rest: Following


class Open(NamedTuple):
    """A part of two answers that hangs on facts: two diagrams, equal for some requests perhaps."""

    aspect: Aspect
    old: int
    new: int


class Effects:
    """The effects of the ends of one set."""

    def __init__(self, verdicts: Verdicts) -> None:
        self.verdicts = verdicts
        self.plan = verdicts.plan
        self.forest: Forest = verdicts.forest
        self._known: dict[End, Effect] = {}

    def of(self, end: End) -> Effect:
        """Return what the answer of an end carries."""
        found = self._known.get(end)
        if found is None:
            found = self._known[end] = self._effect(end)
        return found

    def _effect(self, end: End) -> Effect:
        reasons = self.reasons(end)
        return Effect(
            end.outcome,
            tuple(dict.fromkeys((reason.code, reason.zh) for reason in reasons)),
            tuple(dict.fromkeys(cited.text for r in reasons for cited in r.citations)),
            self._owed(end),
            self._to(end),
            self._rest(end),
        )

    def reasons(self, end: End) -> list[Reason]:
        """Return the reasons of an answer, those that only stand beside left out."""
        if not end.answers:
            return [default_reason(self.plan.head)]
        found = (
            reason
            for answer in end.deciding
            for reason in reasons_of(self._clause(answer), end.outcome, self._failed(answer))
        )
        return [reason for reason in found if not reason.also]

    def _clause(self, answer: Answered) -> Clause:
        return self.plan.clauses[answer.number]

    def _failed(self, answer: Answered) -> list[Any]:
        lines = failing_lines(self._clause(answer))
        return [lines[place] for place in answer.failed]

    # --- duties ----------------------------------------------------------------------------------

    def _owed(self, end: End) -> tuple[Owed, ...]:
        if end.outcome is not Outcome.ADMIT:
            return ()
        found: dict[str, list[Owed]] = {}
        for answer in end.deciding:
            clause = self._clause(answer)
            for duty in clause.duties:
                found.setdefault(duty.name, []).append(self._duty(duty, clause))
        return tuple(each for some in found.values() for each in self._soonest(some))

    def _duty(self, duty: Duty, clause: Clause) -> Owed:
        length = self.forest.end(duty.amount)
        if duty.length is not None:
            length = self.verdicts.meaning.value(duty.length, clause.leads)
        limited = duty.length is not None or duty.amount is not None
        measure = duty.measure if limited else None
        by = self._by(duty.by)
        return Owed(duty.name, duty.per, duty.consequence, measure, by, length)

    def _by(self, by: str) -> int:
        field = self.plan.fields.get(by)
        if field is None or field.type.name is not TypeName.UNIT:
            return self.forest.end(by)
        value = self.verdicts.meaning.value(FieldValue(by, field.type))
        named = ("owes", by)
        return self.forest.mapped(named, lambda unit: unit if isinstance(unit, str) else by, value)

    def _soonest(self, some: list[Owed]) -> list[Owed]:
        """Return the duty that is due first of those of one name; several where that hangs on
        facts or on the calendar."""
        limited = [each for each in some if each.measure is not None]
        timed = [each for each in limited if each.measure not in CLOCK]
        if not timed:
            return (limited or some)[:1]
        return [
            each
            for at, each in enumerate(timed)
            if not any(self._sooner(timed, other, at) for other in range(len(timed)))
        ]

    def _sooner(self, timed: Sequence[Owed], one: int, other: int) -> bool:
        """Tell whether one duty is always due before another, or as soon and written before it."""
        days, later = (self._constant(timed[at].length) for at in (one, other))
        measures = (timed[one].measure, timed[other].measure)
        if not isinstance(days, Decimal) or not isinstance(later, Decimal) or one == other:
            return False
        # So many days in a row never end after as many working days.
        if measures[0] is measures[1] or measures == (Measure.DAY, Measure.WORKDAY):
            return days < later or (days == later and one < other)
        return False

    def _constant(self, diagram: int) -> Any:
        return self.forest.value(diagram) if self.forest.level(diagram) == END else None

    # --- where it goes ---------------------------------------------------------------------------

    def _to(self, end: End) -> int:
        forest = self.forest
        if end.outcome is Outcome.ADMIT:
            return forest.end(())
        # Backwards, so that the way written first is asked first.
        found = self._whose(end)
        for answer in reversed(end.deciding):
            clause = self._clause(answer)
            for way in reversed(list(routes_of(clause))):
                found = forest.first(self._names(way, clause), found)
        return forest.mapped("or nobody", lambda names: names or (), found)

    def _names(self, way: RExpr, clause: Clause | None) -> int:
        value = self.verdicts.meaning.value(way, clause.leads if clause else ())
        return self.forest.mapped("names", _named, value)

    def _whose(self, end: End) -> int:
        """Return who gets what no 改由 or 退回 sends on, as `explain.duties` reckons it."""
        forest, deciding = self.forest, end.deciding
        if end.outcome is not Outcome.REFUSE or (deciding and all(map(self._waits, deciding))):
            return forest.end(())
        for answer in deciding:
            if not self._waits(answer):
                names = whose_work(self._clause(answer), elsewhere=answer.elsewhere)
                if names:
                    return forest.end(names)
        back = self.plan.head.default_return
        return forest.end(()) if back is None else self._names(back, None)

    def _waits(self, answer: Answered) -> bool:
        return only_waits(self._failed(answer), answer.outcome)

    def _rest(self, end: End) -> Following:
        clauses = [self._clause(answer) for answer in end.deciding]
        return following(
            clauses,
            self.plan.head.default_apply,
            admitted=end.outcome is Outcome.ADMIT,
            defaulted=not end.answers,
        )


def _named(value: Any) -> Any:
    if value is NOTHING or value is UNKNOWN:
        return None
    return (tuple(sorted(value)) if isinstance(value, frozenset) else (str(value),)) or None


# --- side by side --------------------------------------------------------------------------------


def marks_of(old: Effect, new: Effect) -> tuple[list[Mark], list[Open]]:
    """Return what differs between two answers always, and what may for some requests.

    Where the outcome is another one nothing else is compared: all of it follows.
    """
    # INCOMPLETE is no end of a diagram: every fact is known there.
    if old.outcome is not new.outcome:
        stricter = _STRICTNESS[new.outcome] > _STRICTNESS[old.outcome]
        return [("outcome", "stricter" if stricter else "looser")], []
    marks: list[Mark] = []
    if set(old.reasons) != set(new.reasons):
        marks.append(("reason", "different"))
    if set(old.basis) != set(new.basis):
        marks.append(("basis", "different"))
    if old.rest != new.rest:
        marks.append(("route", "different"))
    opened = [Open("route", old.to, new.to)] if old.to != new.to else []
    owed, terms = _duties(old.owed, new.owed)
    return [*marks, *owed], [*opened, *terms]


def _duties(old: Sequence[Owed], new: Sequence[Owed]) -> tuple[list[Mark], list[Open]]:
    before, after = [each.name for each in old], [each.name for each in new]
    marks: list[Mark] = []
    # The order of duties means nothing: only which there are.
    if before != after and set(before) != set(after):
        more, fewer = set(before) < set(after), set(before) > set(after)
        direction: Direction = "stricter" if more else "looser" if fewer else "different"
        marks.append(("obligation", direction))
    opened: list[Open] = []
    for one, other in _by_name(old, new):
        if one[1:3] != other[1:3]:
            marks.append(("obligation", "different"))
        if one.by != other.by:
            opened.append(Open("obligation", one.by, other.by))
        if one.measure and other.measure and one.measure is not other.measure:
            marks.append(("deadline", "different"))
        elif one.length != other.length:
            opened.append(Open("deadline", one.length, other.length))
    return marks, opened


def _by_name(old: Sequence[Owed], new: Sequence[Owed]) -> Iterator[tuple[Owed, Owed]]:
    for name in dict.fromkeys(each.name for each in old):
        ones = [each for each in old if each.name == name]
        others = [each for each in new if each.name == name]
        yield from zip(ones, others, strict=False)


def direction_of(aspect: Aspect, old: Any, new: Any) -> Direction | None:
    """Return which way a part differs that hangs on facts; None: it does not."""
    # Yes and 1 are equal to Python; to whoever reads a decision they are not.
    if old == new and type(old) is type(new):
        return None
    if aspect != "deadline":
        return "different"
    if isinstance(old, Decimal | date) and isinstance(new, type(old)):
        return "stricter" if new < old else "looser"  # type: ignore[operator]
    no_limit = (None, NOTHING)
    if old in no_limit and new in no_limit:
        return None
    return "stricter" if old in no_limit else "looser" if new in no_limit else "different"
