"""What the tests of a set exercise: clauses, steps, rows, conditions both ways, and how much.

Requests are told apart by how they end: by which clauses, and by which of their requirements. A
test exercises an ending if its request certainly ends so. The share is that of the requests whose
whole ending is exercised, among all that the set itself decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from zhunru.analysis.forest import TooLarge
from zhunru.analysis.reads import Part
from zhunru.analysis.space import Space
from zhunru.analysis.verdicts import End, Verdicts
from zhunru.analysis.witness import Witness, Witnesses
from zhunru.checker.resolved import Clause, Every, Quota, Requirement, ResolvedTable, Some
from zhunru.checker.words import Phrase
from zhunru.compiler.evaluate import Evaluator, Facts
from zhunru.compiler.judge import Answer, Judge, failing_lines, in_force_on
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.request import Request
from zhunru.compiler.ruling import Ruling
from zhunru.explain.case import Case
from zhunru.explain.phrases import describe, quota_named
from zhunru.vocabulary import OUTCOMES, HitPolicy, Outcome

MOST_REGIONS = 400  # endings without a test that are shown with a request
DEFAULT = -1
_ITSELF, _ELSEWHERE = -1, -2


class Ending(NamedTuple):
    """One way in which a request ends: by a clause (`DEFAULT`: by none), itself or by one of its
    requirements and quotas (`line`)."""

    number: int
    outcome: Outcome
    line: int = _ITSELF


@dataclass(frozen=True, slots=True)
class Tried:
    """What one test asks: a request to a 判定, or inputs to a table by the law of a day."""

    request: Request | None = None
    decision: str = ""
    target: str = ""
    inputs: Mapping[str, Any] | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """Requests that no test stands for; `witness` is the least of them (None: not found)."""

    ending: Ending
    clause: str
    told: Phrase
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class OneWay:
    """A condition that held in every test that came to it (or failed, or none came)."""

    clause: str
    told: Phrase
    held: bool
    failed: bool


@dataclass
class Tally:
    """How many of something there are, and which of them no test exercised."""

    total: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """Return how many were exercised."""
        return self.total - len(self.missed)


@dataclass
class DecisionCoverage:
    """What the tests of one 判定 exercise. Not `exact`: the share and regions are not known."""

    name: str
    tests: int = 0
    clauses: Tally = field(default_factory=Tally)
    steps: Tally = field(default_factory=Tally)
    conditions: int = 0
    one_way: list[OneWay] = field(default_factory=list)
    endings: int = 0
    regions: list[Region] = field(default_factory=list)
    share: Fraction = Fraction(0)
    exact: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "name": self.name,
            "tests": self.tests,
            "exact": self.exact,
            "share": float(round(self.share, 6)) if self.exact else None,
            "clauses": _counted(self.clauses),
            "steps": _counted(self.steps),
            "conditions": {
                "total": self.conditions,
                "both_ways": self.conditions - len(self.one_way),
                "one_way": [
                    {"clause": c.clause, "held": c.held, "failed": c.failed,
                     "zh": c.told.zh, "en": c.told.en}
                    for c in self.one_way
                ],
            },
            "endings": {"total": self.endings, "tried": self.endings - len(self.regions)},
            "untested": [
                {"clause": r.clause, "outcome": r.ending.outcome.value,
                 "zh": r.told.zh, "en": r.told.en,
                 "witness": r.witness.to_dict() if r.witness else None}
                for r in self.regions
            ],
        }  # fmt: skip


@dataclass
class Coverage:
    """What the tests of a set exercise, 判定 by 判定, and of its tables which rows."""

    decisions: list[DecisionCoverage] = field(default_factory=list)
    rows: dict[str, Tally] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "decisions": [each.to_dict() for each in self.decisions],
            "tables": {name: _counted(tally) for name, tally in self.rows.items()},
        }


def _counted(tally: Tally) -> dict[str, Any]:
    return {"total": tally.total, "tried": tally.tried, "untested": list(tally.missed)}


def measure_coverage(policy: CompiledPolicy, tried: Iterable[Any]) -> Coverage:
    """Return what tests exercise of a set; each says what it asks, as `Tried` or a test's result.

    Clauses of upper sets are left to the tests of those sets.
    """
    every = list(tried)
    found = Coverage()
    for name in policy.decisions:
        plan = policy.plan(name)
        if any(clause.set_code == policy.code for clause in plan.clauses):
            asked = [each.request for each in every if each.request and each.decision == name]
            found.decisions.append(_Measured(policy, plan).coverage(asked))
    for table in own_tables(policy):
        found.rows[table.name] = _rows_tried(policy, table, every)
    return found


# --- endings -------------------------------------------------------------------------------------


def endings_of(plan: Plan, end: End) -> frozenset[Ending]:
    """Return the ways in which a request ends, of an end of a diagram."""
    if not end.deciding:
        return frozenset((Ending(DEFAULT, Outcome.REFUSE),))
    return frozenset(
        Ending(answer.number, end.outcome, place)
        for answer in end.deciding
        for place in _places(plan, answer.number, end.outcome, answer.failed, answer.elsewhere)
    )


def _places(
    plan: Plan, number: int, outcome: Outcome, failed: Sequence[int], elsewhere: bool
) -> Sequence[int]:
    if elsewhere:
        return (_ELSEWHERE,)
    lines = failing_lines(plan.clauses[number])
    return [at for at in failed if lines[at].outcome is outcome] or (_ITSELF,)


def endings_ruled(policy: CompiledPolicy, plan: Plan, request: Request) -> frozenset[Ending]:
    """Return the ways in which a request certainly ends; none while it is incomplete."""
    ruling = policy.rule(plan, request)
    return _endings(policy, plan, request, ruling)


def _endings(
    policy: CompiledPolicy, plan: Plan, request: Request, ruling: Ruling
) -> frozenset[Ending]:
    if ruling.outcome is Outcome.INCOMPLETE:
        return frozenset()
    if ruling.verdict.settled and ruling.survey is None:
        return _decided(plan, ruling.verdict.deciders, ruling.outcome)
    case = Case(policy, plan, request, lambda: ruling)
    each = [_decided(plan, leaf.deciders, leaf.outcome) for leaf in case.ways.leaves.values()]
    return frozenset.intersection(*each) if each and case.complete else frozenset()


def _decided(plan: Plan, deciders: Sequence[Answer], outcome: Outcome) -> frozenset[Ending]:
    found: set[Ending] = set()
    for answer in deciders:
        if answer.possible == {outcome}:
            lines = failing_lines(answer.clause)
            failed = [at for at, line in enumerate(lines) if any(line is f for f in answer.failed)]
            places = _places(plan, answer.number, outcome, failed, answer.elsewhere)
            found.update(Ending(answer.number, outcome, place) for place in places)
    if not found and outcome is Outcome.REFUSE:
        found.add(Ending(DEFAULT, outcome))
    return frozenset(found)


# --- one decision --------------------------------------------------------------------------------


class _Measured:
    """The measuring of one 判定."""

    def __init__(self, policy: CompiledPolicy, plan: Plan) -> None:
        self.policy = policy
        self.plan = plan
        self.found = DecisionCoverage(plan.head.name)
        self.tried: set[Ending] = set()
        self.seen: dict[Any, set[bool]] = {}

    def coverage(self, requests: Sequence[Request]) -> DecisionCoverage:
        """Return what requests exercise."""
        self.found.tests = len(requests)
        for request in requests:
            ruling = self.policy.rule(self.plan, request)
            self.tried |= _endings(self.policy, self.plan, request, ruling)
            self._note_conditions(ruling)
        try:
            self._look()
        except (TooLarge, RecursionError):
            self.found.exact = False
        return self.found

    # --- conditions ----------------------------------------------------------------------------

    def _note_conditions(self, ruling: Ruling) -> None:
        judge, last = ruling.judge, ruling.verdict.step
        for step, numbers in enumerate(judge._candidates()):
            if step > last >= 0:
                return
            for number in numbers:
                clause = self.plan.clauses[number]
                if self._own(clause) and in_force_on(clause, judge.day):
                    for key, _, truth in self._conditions(number, clause, judge):
                        value = truth()
                        if isinstance(value, bool):
                            self.seen.setdefault(key, set()).add(value)

    def _conditions(
        self, number: int, clause: Clause, judge: Judge
    ) -> Iterator[tuple[Any, Phrase, Callable[[], Any]]]:
        """Yield what a clause asks: what it is known by, in words, and how it turns out."""
        if clause.origin == "rule" and clause.when != Every(()):
            yield (
                ("当", number),
                describe(clause.when),
                lambda: judge.tracked(clause.when, clause),
            )
        if clause.origin == "rule" and clause.unless != Some(()):
            told = describe(clause.unless)
            yield (("除外", number), told, lambda: judge.tracked(clause.unless, clause))
        applies = judge.applies(number) is True
        for line in failing_lines(clause):
            if isinstance(line, Quota) and line.limit is None:
                continue
            # A line of a list holds for all its entries: it is asked once.
            key = ("行", line.span.path, line.span.start, line.code or number)
            yield key, _asks(line), partial(self._holds, judge, line, clause, applies)

    def _holds(
        self, judge: Judge, line: Requirement | Quota, clause: Clause, applies: bool
    ) -> bool | None:
        fails = judge.fails(line, clause) if applies else None
        return not fails if isinstance(fails, bool) else None

    def _own(self, clause: Clause) -> bool:
        return clause.set_code == self.policy.code

    # --- all requests --------------------------------------------------------------------------

    def _look(self) -> None:
        part = Part(self.policy, self.plan)
        self.space = Space([part])
        self.verdicts = Verdicts(self.space, part)
        self.forest = self.space.forest
        # Matter by matter, so that a long list costs many small diagrams and no wide one.
        places: dict[Ending, int | None] = {}
        for at in self.verdicts.matters:
            possible = self.verdicts.of_matter(self.verdicts.valid, at)
            here = self.forest.chosen(possible, self.verdicts.verdict(at), self.forest.end(None))
            for end in self.forest.values(here):
                for ending in () if end is None else endings_of(self.plan, end):
                    places.setdefault(ending, at)
        own = {ending: at for ending, at in places.items() if self._counts(ending)}
        self.makes = Witnesses(self.space, part, self.verdicts.possible)
        self.found.endings = len(own)
        self._tally(own)
        self._list_conditions()
        self.found.share = self._share()
        self.found.exact = all(axis.exact for axis in self.space.axes)
        missed = sorted(ending for ending in own if ending not in self.tried)
        for place, ending in enumerate(missed):
            witness = self._witness(ending, own[ending]) if place < MOST_REGIONS else None
            self.found.regions.append(self._region(ending, witness))

    def _counts(self, ending: Ending) -> bool:
        """Tell whether an ending is one of the set itself, not of those above it."""
        if ending.number == DEFAULT:
            return self.plan.head.set_code == self.policy.code
        return self._own(self.plan.clauses[ending.number])

    def _tally(self, own: Iterable[Ending]) -> None:
        clauses = dict.fromkeys(each.number for each in sorted(own) if each.number != DEFAULT)
        tried = {ending.number for ending in self.tried}
        missed = [self.plan.clauses[number].code for number in clauses if number not in tried]
        self.found.clauses = Tally(len(clauses), missed)
        steps = dict.fromkeys(self.plan.step_of(number) for number in clauses)
        through = {self.plan.step_of(number) for number in tried if number != DEFAULT}
        names = [self._step_name(step) for step in steps if step not in through]
        self.found.steps = Tally(len(steps), names)

    def _step_name(self, step: int) -> str:
        found = self.plan.head.steps[step]
        return found.label or "、".join(found.names)

    def _list_conditions(self) -> None:
        judge = Judge(self.plan, self.policy.model, self.space.anchor, Facts({}, {}, {}))
        told: dict[Any, tuple[str, Phrase]] = {}
        for number, clause in enumerate(self.plan.clauses):
            if self._own(clause):
                for key, phrase, _ in self._conditions(number, clause, judge):
                    told.setdefault(key, (clause.code, phrase))
        self.found.conditions = len(told)
        for key, (code, phrase) in told.items():
            seen = self.seen.get(key, set())
            if len(seen) < 2:
                self.found.one_way.append(OneWay(code, phrase, True in seen, False in seen))

    def _share(self) -> Fraction:
        """Return which part of the requests that the set decides ends as tests end."""
        forest, plan = self.forest, self.plan
        whole = forest.chosen(self.verdicts.possible, self.verdicts.whole, forest.end(None))

        def is_own(end: End | None) -> bool:
            return end is not None and any(map(self._counts, endings_of(plan, end)))

        def is_tried(end: End | None) -> bool:
            return end is not None and is_own(end) and endings_of(plan, end) <= self.tried

        every = forest.share(whole, self.space.weights, is_own)
        return forest.share(whole, self.space.weights, is_tried) / every if every else Fraction(1)

    def _witness(self, ending: Ending, at: int | None) -> Witness | None:
        """Return the least request that ends so, if the set itself decides it so."""

        def wanted(end: End) -> bool:
            return ending in endings_of(self.plan, end)

        # A name of its own: `wanted` is another function for each ending.
        hits = self.forest.mapped(object(), wanted, self.verdicts.verdict(at))
        least = self.makes.least(self.verdicts.only_of_matter(hits, at))
        if least is None:
            return None
        witness = self.makes.executed(*least)
        ruled = endings_ruled(self.policy, self.plan, witness.request)
        return witness if ending in ruled else None

    def _region(self, ending: Ending, witness: Witness | None) -> Region:
        zh, en = OUTCOMES[ending.outcome]
        if ending.number == DEFAULT:
            told = Phrase(f"各步都没有对上，默认{zh}", f"no step decides, {en} by default")
            return Region(ending, "", told, witness)
        clause = self.plan.clauses[ending.number]
        title = f"{clause.code} {clause.title.zh}".strip() if clause.origin == "entry" else ""
        name = title or clause.code
        if ending.line >= 0:
            told = _failing(name, failing_lines(clause)[ending.line], ending.outcome)
        elif ending.line == _ELSEWHERE:
            told = Phrase(f"“{name}”：属于别处的职责，{zh}", f"`{name}`: a duty of others, {en}")
        else:
            told = Phrase(f"“{name}”：{zh}", f"`{name}`: {en}")
        return Region(ending, clause.code, told, witness)


def _failing(name: str, line: Requirement | Quota, outcome: Outcome) -> Phrase:
    zh, en = OUTCOMES[outcome]
    if isinstance(line, Quota):
        return Phrase(f"“{name}”：限额用完，{zh}", f"`{name}`: the quota is used up, {en}")
    asks = describe(line.test)
    return Phrase(f"“{name}”：不符合“{asks.zh}”，{zh}", f"`{name}`: not {asks.en}, {en}")


def _asks(line: Requirement | Quota) -> Phrase:
    if isinstance(line, Requirement):
        return describe(line.test)
    return Phrase(f"{quota_named(line.key).zh}未用完", f"{line.key} not used up")


# --- tables --------------------------------------------------------------------------------------


def own_tables(policy: CompiledPolicy) -> list[ResolvedTable]:
    """Return the tables of a set, not those of the sets above it: they stand beside its clauses."""
    clauses = (clause for name in policy.decisions for clause in policy.plan(name).clauses)
    folders = {Path(c.span.path).parent for c in clauses if c.set_code == policy.code}
    tables = policy.model.tables.values()
    return [table for table in tables if not folders or Path(table.span.path).parent in folders]


def matching_rows(
    policy: CompiledPolicy, table: ResolvedTable, inputs: Mapping[str, Any], day: date
) -> Iterator[int]:
    """Yield the rows of a table that certainly match inputs; of 首行 only the first."""
    facts = Facts(dict(inputs), dict(policy.supplied), {})
    evaluator = Evaluator(policy.model, day, facts)
    for number, row in enumerate(table.rows):
        if evaluator.truth(Every(row.tests)) is True:
            yield number
            if table.hit is HitPolicy.FIRST:
                return


def _rows_tried(policy: CompiledPolicy, table: ResolvedTable, every: Sequence[Any]) -> Tally:
    """Return which rows of a table some test that asks tables comes to."""
    names = {name for name, _ in table.inputs}
    matched: set[int] = set()
    for each in every:
        inputs = each.inputs
        if inputs is None or each.target not in ("", table.name) or not set(inputs) <= names:
            continue
        matched.update(matching_rows(policy, table, inputs, each.day))
    missed = [str(number + 1) for number in range(len(table.rows)) if number not in matched]
    return Tally(len(table.rows), missed)
