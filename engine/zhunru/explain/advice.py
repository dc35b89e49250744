"""What would help: the nearest admission, near entries, how long a verdict holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

from rapidfuzz import fuzz, process

from zhunru.checker.resolved import NOTHING, Clause, ResolvedField, normal_title
from zhunru.checker.values import as_number
from zhunru.compiler.asked import Asked
from zhunru.compiler.diagram import Budget, OutOfBudget
from zhunru.compiler.evaluate import Fact, Facts
from zhunru.compiler.judge import Judge
from zhunru.compiler.reading import Reading
from zhunru.compiler.regions import Regions
from zhunru.compiler.ruling import Ruling, rule_on
from zhunru.compiler.values import UNKNOWN
from zhunru.explain.answers import Change, Suggestion
from zhunru.explain.case import Case
from zhunru.explain.phrases import plain, show
from zhunru.vocabulary import Outcome

_MAX_CHANGES = 3
_MAX_PASSES = 2_000  # over the steps, in one search
_SUGGESTED = 3
# Likeness is told out of 100.
_NEAR = 60
_MANY = 2_000
_LIKELY = 100
# Characters of what was asked that are compared: a letter pasted in as a matter must not take long.
_MAX_ASKED = 100
_MAX_BOUNDARIES = 200
# How texts begin that `regions` makes up for a class of texts.
_STANDING_IN = ("\x01", "\x02")

# --- the nearest admission (D16) ---------------------------------------------------------------


def nearest(case: Case) -> tuple[Change, ...] | None:
    """Return the fewest changes of 可改 fields that lead to an admission; None if there are none.

    Only what the form marks 可改 is changed, never sender, matter or emergency. A request that
    is to be completed first has none, nor has one whose search did not come to its end.
    """
    if case.outcome not in (Outcome.REFUSE, Outcome.DEFER) or not case.ruling.exhaustive:
        return None
    curable = [field for field in case.plan.head.fields if field.curable]
    # A required fact that is unknown and may not be changed keeps every admission from standing.
    if not curable or _lacking(case) - {field.name for field in curable}:
        return None
    try:
        return _Nearest(case, curable).find()
    except OutOfBudget:
        return None


def _lacking(case: Case) -> set[str]:
    """Return the unknown facts without which no admission stands."""
    values = case.ruling.reading.facts.values
    return {name for name in case.plan.required if values.get(name, UNKNOWN) is UNKNOWN}


class _Nearest:
    """The search for the nearest admission; one budget for all of it."""

    def __init__(self, case: Case, curable: list[ResolvedField]) -> None:
        self.case = case
        self.curable = curable
        self.budget = Budget(_MAX_PASSES)
        self._hopeful: dict[tuple[date, frozenset[str]], bool] = {}

    def find(self) -> tuple[Change, ...] | None:
        """Return the first changes that admit: fewest first, then in the order of the form."""
        choices = {field.name: _alternatives(self.case, field) for field in self.curable}
        for size in range(1, min(_MAX_CHANGES, len(self.curable)) + 1):
            for fields in combinations(self.curable, size):
                found = self._among(fields, choices)
                if found is not None:
                    return tuple(change_to(field, found[field.name]) for field in fields)
        return None

    def _among(
        self, fields: Sequence[ResolvedField], choices: Mapping[str, list[Any]]
    ) -> dict[str, Any] | None:
        governing = self.case.plan.governing_field
        # The day apart: it says which law applies, so one look can rule out all other changes on
        # it.
        days = [field.name for field in fields if field.name == governing]
        others = [field.name for field in fields if field.name != governing]
        for on in product(*(choices[name] for name in days)):
            moved = dict(zip(days, on, strict=True))
            if not self._may_admit(moved, others):
                continue
            for values in product(*(choices[name] for name in others)):
                changed = {**moved, **dict(zip(others, values, strict=True))}
                if self._ruling(changed).outcome is Outcome.ADMIT:
                    return changed
        return None

    def _may_admit(self, moved: dict[str, Any], others: list[str]) -> bool:
        """Tell whether an admission is left on a day if anything curable may change, and then if
        only `others` may: one pass each, whatever they would change to."""
        every = [f.name for f in self.curable if f.name != self.case.plan.governing_field]
        return self._left(moved, frozenset(every)) and self._left(moved, frozenset(others))

    def _left(self, moved: dict[str, Any], names: frozenset[str]) -> bool:
        reading = _changed(self.case, moved)
        found = self._hopeful.get((reading.day, names))
        if found is None:
            self.budget.spend()
            kept = {n: v for n, v in reading.facts.values.items() if n not in names}
            facts = Facts(kept, reading.facts.registers, reading.facts.quotas)
            verdict = Judge(self.case.plan, self.case.model, reading.day, facts).verdict()
            found = self._hopeful[(reading.day, names)] = Outcome.ADMIT in verdict.possible
        return found

    def _ruling(self, changed: dict[str, Any]) -> Ruling:
        reading = _changed(self.case, changed)
        return rule_on(self.case.plan, self.case.model, reading, reading.day, self.budget)


def _alternatives(case: Case, field: ResolvedField) -> list[Any]:
    """Return other values of a field, the nearest first."""
    facts = case.ruling.reading.facts
    current = facts.values.get(field.name, UNKNOWN)
    # Without its own value, or its classes would be those that this value leaves.
    others = {name: value for name, value in facts.values.items() if name != field.name}
    open_facts = Facts(others, facts.registers, facts.quotas)
    regions = Regions(case.plan, case.model, case.day, open_facts)
    values = [value for value in regions.of(Fact("field", field.name)) if value is not NOTHING]
    if field.name == case.plan.governing_field:
        values.extend(boundary for boundary in boundaries(case) if boundary not in values)
    values = [value for value in values if value != current]
    # Nobody can write what only stands for anything else, or for a part with more beside it.
    values = [v for v in values if not (isinstance(v, str) and v.startswith(_STANDING_IN))]
    here = as_number(current)
    if here is not None:
        values.sort(key=lambda value: abs((as_number(value) or here) - here))
    return values


def _changed(case: Case, changed: dict[str, Any]) -> Reading:
    """Return the request with some fields changed; another day has other quota windows."""
    reading = case.ruling.reading
    day = changed.get(case.plan.governing_field, reading.day)
    quotas = reading.facts.quotas if day == reading.day else {}
    facts = Facts({**reading.facts.values, **changed}, reading.facts.registers, quotas)
    return Reading(day, facts)


def change_to(field: ResolvedField, value: Any) -> Change:
    """Return in words, too, that a field takes another value."""
    shown = show(value)
    return Change(
        field=field.name,
        value=plain(value),
        asserted_by=field.asserted_by,
        zh=f"{field.name}改为{shown.zh}",
        en=f"change {field.name} to {shown.en}",
    )


# --- near entries ------------------------------------------------------------------------------


def suggestions(case: Case) -> tuple[Suggestion, ...]:
    """Return entries whose titles are near an unlisted matter; never a decision."""
    matter = case.matter
    if not matter or any(True for _ in case.entries()):
        return ()
    titles = case.policy.titles(case.plan)
    asked = normal_title(matter)[:_MAX_ASKED]
    likely: Iterable[str] = titles
    if len(titles) > _MANY:
        # The good measure is slow: first take those that a fast one finds at all alike.
        likely = [
            title
            for title, _, _ in process.extract(
                asked, list(titles), scorer=fuzz.ratio, limit=_LIKELY, score_cutoff=_NEAR // 2
            )
        ]
    # More than are told: an entry may be found by several of its names, the best first.
    found = process.extract(
        asked, list(likely), scorer=fuzz.WRatio, limit=4 * _SUGGESTED, score_cutoff=_NEAR
    )
    near: dict[int, int] = {}
    for title, score, _ in found:
        near.setdefault(titles[title], round(score))
    best = sorted(near.items(), key=lambda item: -item[1])[:_SUGGESTED]
    return tuple(_suggestion(case.plan.clauses[number], score) for number, score in best)


def _suggestion(clause: Clause, score: int) -> Suggestion:
    return Suggestion(clause=clause.code, title=clause.title.zh, score=score)


# --- how long it holds (D27) -------------------------------------------------------------------


def valid_until(case: Case) -> date | None:
    """Return the last day on which the same facts have the same verdict; None if without end.

    Where the budget is spent first: the last day of which it is certain.
    """
    if case.outcome is Outcome.INCOMPLETE:
        return None
    ruling, budget = case.ruling, Budget(_MAX_PASSES)
    # Between two of these days nothing begins or ends, so only they need a ruling.
    for day in sorted(boundaries(case)):
        try:
            later = rule_on(case.plan, case.model, ruling.reading, day, budget)
        except OutOfBudget:
            return day - timedelta(1)
        if later.outcome is not ruling.outcome or later.verdict.key != ruling.verdict.key:
            return day - timedelta(1)
    return None


def boundaries(case: Case) -> list[date]:
    """Return the days after the day of application on which some law or row begins or has ended."""
    found = {day for day in _turning_days(case) if day > case.day}
    return sorted(found)[:_MAX_BOUNDARIES]


def _turning_days(case: Case) -> Iterator[date]:
    facts = case.ruling.reading.facts
    for clause in Asked(case.plan, case.model, case.day, facts).concerned():
        yield from _ends(clause.period.start, clause.period.end)
        for citation in clause.citations:
            for period in citation.periods:
                yield from _ends(period.start, period.end)
    for parameter in case.model.parameters.values():
        yield from (start for start, _, _ in parameter.values)
        yield from _ends(None, parameter.end)
    for rows in facts.registers.values():
        if isinstance(rows, tuple):
            for row in rows:
                yield from _ends(row.start, row.end)


def _ends(start: date | None, end: date | None) -> Iterator[date]:
    if start is not None:
        yield start
    if end is not None and end < date.max:
        yield end + timedelta(1)
