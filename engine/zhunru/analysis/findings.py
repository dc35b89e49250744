"""What rules and steps say together, for all requests at once.

Clauses that contradict each other, never apply, never decide, ask for what always or never holds;
entries of one matter with holes between their days.

Each finding is proved for every request; a request that shows it is decided by the set itself
before it is shown. What cannot be decided is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from zhunru.analysis.axes import Axis, left_by
from zhunru.analysis.forest import TooLarge
from zhunru.analysis.lower_sets import compare_with_uppers
from zhunru.analysis.promises import broken_promises
from zhunru.analysis.reads import Asked, Part, fields_in
from zhunru.analysis.space import Space
from zhunru.analysis.verdicts import End, Verdicts
from zhunru.analysis.witness import Witness, Witnesses
from zhunru.checker.periods import empty
from zhunru.checker.resolved import (
    CheckedPolicySet,
    Clause,
    Every,
    FieldValue,
    Quota,
    RExpr,
    Some,
    Test,
    Within,
)
from zhunru.codes import diagnose
from zhunru.compiler.atoms import clause_expressions
from zhunru.compiler.judge import failing_lines
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy, compile_policies
from zhunru.diagnostics import Diagnostic, Span, sort_diagnostics
from zhunru.explain.phrases import describe
from zhunru.syntax.nodes import Period
from zhunru.vocabulary import OUTCOMES

MOST_MATTERS = 20_000
_PAIRS = 20  # conflicts of one decision that are reported


def check_deeply(checked: CheckedPolicySet) -> list[Diagnostic]:
    """Return what is wrong with the rules and steps of a checked set, taken together."""
    return findings(compile_policies(checked))


def findings(policy: CompiledPolicy) -> list[Diagnostic]:
    """Return what is wrong with the rules and steps of a set, its upper sets being as they are."""
    found: list[Diagnostic] = []
    for name in policy.decisions:
        plan = policy.plan(name)
        if any(clause.set_code == policy.code for clause in plan.clauses):
            found.extend(Questions(policy, plan).findings())
    found.extend(compare_with_uppers(policy))
    found.extend(broken_promises(policy))
    return sort_diagnostics(found)


@dataclass
class Seen:
    """What was seen of the clauses over all matters."""

    applies: set[int] = field(default_factory=set)
    answers: set[int] = field(default_factory=set)
    decides: set[int] = field(default_factory=set)
    steps: set[int] = field(default_factory=set)
    lines: dict[tuple[int, int], set[bool]] = field(default_factory=dict)
    pairs: dict[tuple[int, int], tuple[End, int | None]] = field(default_factory=dict)
    places: dict[int, int | None] = field(default_factory=dict)  # a matter of each clause


class Questions:
    """The questions about one decision."""

    def __init__(self, policy: CompiledPolicy, plan: Plan) -> None:
        self.policy = policy
        self.plan = plan
        self.found: list[Diagnostic] = []

    def findings(self) -> list[Diagnostic]:
        """Return the findings; one that says so where the question was too large."""
        if len(self.plan.index.numbers) > 3 * MOST_MATTERS:
            self._undecided("条目太多", "there are too many entries")
            return self.found
        try:
            self._ask()
        except (TooLarge, RecursionError):
            self._undecided("要分的情形太多", "there are too many cases")
        return self.found

    def _ask(self) -> None:
        part = Part(self.policy, self.plan)
        self.space = Space([part])
        self.verdicts = Verdicts(self.space, part)
        self.forest = self.space.forest
        self.seen = Seen()
        valid = self.verdicts.valid
        for at in self.verdicts.matters:
            self._look(at, valid)
        self.makes = Witnesses(self.space, part, self.verdicts.possible)
        self._report_doubts()
        self._report_conflicts()
        self._report_steps()
        self._report_clauses()
        self._report_lines()
        self._report_conditions()
        self._report_holes()

    # --- looking -------------------------------------------------------------------------------

    def _look(self, at: int | None, valid: int) -> None:
        """Walk the steps for the requests of one matter, with those that no step decided yet."""
        forest, verdicts = self.forest, self.verdicts
        left = verdicts.of_matter(valid, at)
        for step, numbers in enumerate(verdicts.steps(at)):
            if not numbers or left == forest.no:
                continue
            if any(forest.both(left, verdicts.days(n)) != forest.no for n in numbers):
                self.seen.steps.add(step)
            for number in numbers:
                self._look_at(number, at, left)
            ends = verdicts.step(step, numbers, at)
            here = forest.chosen(left, ends, forest.end(None))
            for end in forest.values(here):
                if end is not None:
                    self._note(end, at)
            decided = forest.mapped("decided", _is_there, ends)
            left = forest.but(left, decided)
        for numbers in verdicts.steps(at):
            for number in numbers:
                self._note_applying(number, at, valid)

    def _note_applying(self, number: int, at: int | None, valid: int) -> None:
        """Note whether a clause concerns some request at all, whatever decides it."""
        if number in self.seen.applies:
            return
        here = self.forest.both(
            self.verdicts.applies(number, at), self.verdicts.of_matter(valid, at)
        )
        if here != self.forest.no:
            self.seen.applies.add(number)
            self.seen.places[number] = at

    def _look_at(self, number: int, at: int | None, left: int) -> None:
        clause = self.plan.clauses[number]
        lines = failing_lines(clause)
        if not lines or clause.set_code != self.policy.code:
            return
        here = self.forest.both(self.verdicts.applies(number, at), left)
        if here == self.forest.no:
            return
        for place, line in enumerate(lines):
            told = self.seen.lines.setdefault((number, place), set())
            unlimited = isinstance(line, Quota) and line.limit is None
            if len(told) < 2 and not unlimited:
                fails = self.verdicts.of_matter(self.verdicts.fails(line, clause), at)
                if self.forest.both(here, fails) != self.forest.no:
                    told.add(True)
                if self.forest.but(here, fails) != self.forest.no:
                    told.add(False)

    def _note(self, end: End, at: int | None) -> None:
        self.seen.answers.update(answer.number for answer in end.answers)
        self.seen.decides.update(answer.number for answer in end.deciding)
        if len({answer.outcome for answer in end.answers}) > 1:
            for one, other in combinations(end.answers, 2):
                if one.outcome is not other.outcome:
                    self.seen.pairs.setdefault((one.number, other.number), (end, at))

    # --- what cannot be decided ----------------------------------------------------------------

    def doubts(self, numbers: Iterable[int]) -> list[Axis]:
        """Return the facts read by clauses whose classes may not show everything."""
        names: dict[str, None] = {}
        for number in numbers:
            names.update(dict.fromkeys(self._reads(self.plan.clauses[number])))
        levels = self.space.levels
        axes = (self.space.axes[levels[a]] for n in names if (a := Asked("field", n)) in levels)
        return [axis for axis in axes if not axis.exact]

    def _reads(self, clause: Clause) -> Iterator[str]:
        for expr in clause_expressions(clause):
            yield from fields_in(self.policy.model, expr)
        for code in clause.unless_clauses:
            for number in self.plan.by_code.get(code, ()):
                yield from self._reads(self.plan.clauses[number])

    @property
    def _inexact(self) -> bool:
        return bool(self.space.inexact)

    def _report_doubts(self) -> None:
        doubt = left_by(self.space.inexact)
        if doubt is not None:
            self._undecided(doubt.zh, doubt.en)

    def _undecided(self, zh: str, en: str) -> None:
        head = self.plan.head
        self._add("ZR462", head.span, name=head.name, why_zh=zh, why_en=en)

    def _sure(self, number: int) -> bool:
        """Tell whether "no request" is proved of what hangs on a clause and those before it."""
        if not self._inexact:
            return True
        last = self.plan.step_of(number)
        before = (n for n in range(len(self.plan.clauses)) if self.plan.step_of(n) <= last)
        return not self.doubts(before)

    # --- findings ------------------------------------------------------------------------------

    def _add(
        self, code: str, span: Span, related: tuple[tuple[Span, str, str], ...] = (), **values: Any
    ) -> None:
        self.found.append(diagnose(code, span, related=related, **values))

    def _own(self, number: int) -> bool:
        return self.plan.clauses[number].set_code == self.policy.code

    def _report_conflicts(self) -> None:
        told = 0
        for (one, other), (end, at) in self.seen.pairs.items():
            if told >= _PAIRS or not (self._own(one) or self._own(other)):
                continue
            first, second = self.plan.clauses[one], self.plan.clauses[other]
            shown = self._shown(self.verdicts.verdict(at), at, lambda found, e=end: found == e)
            if shown is None or not self.makes.agrees(end, shown.decision):
                continue
            outcomes = {answer.number: answer.outcome for answer in end.answers}
            first_says, then_says = OUTCOMES[outcomes[one]], OUTCOMES[outcomes[other]]
            told += 1
            self._add(
                "ZR455", second.span, ((first.span, "另一条", "the other clause"),),
                one=first.code, other=second.code, case_zh=shown.told.zh, case_en=shown.told.en,
                said_zh=f"前者{first_says[0]}，后者{then_says[0]}",
                said_en=f"the one says {first_says[1]}, the other {then_says[1]}",
            )  # fmt: skip

    def _shown(self, diagram: int, at: int | None, wanted: Any = bool) -> Witness | None:
        """Return the least request of one matter with a wanted value, decided by the set."""
        hits = self.forest.mapped(object(), lambda value: bool(wanted(value)), diagram)
        least = self.makes.least(self.verdicts.only_of_matter(hits, at))
        return None if least is None else self.makes.executed(*least)

    def _report_steps(self) -> None:
        numbers = self.plan.numbers_by_step
        for step, found in enumerate(self.plan.head.steps):
            own = [n for n in numbers[step] if self._own(n)]
            if own and step not in self.seen.steps and self._sure(own[-1]):
                names = tuple(found.names) or found.label
                self._add("ZR458", self.plan.clauses[own[0]].span, name=names)

    def _report_clauses(self) -> None:
        for number, clause in enumerate(self.plan.clauses):
            never_decides = number not in self.seen.decides and clause.origin != "register"
            if not self._own(number) or not never_decides or not _may_decide(clause):
                continue
            if self.plan.step_of(number) not in self.seen.steps or not self._sure(number):
                continue
            if number not in self.seen.applies:
                if not _never_in_force(clause):
                    self._add("ZR456", clause.span, name=_called(clause))
            elif clause.outcome is not None or number in self.seen.answers:
                self._report_overridden(number, clause)

    def _report_overridden(self, number: int, clause: Clause) -> None:
        at = self.seen.places[number]
        shown = self._shown(self.verdicts.applies(number, at), at)
        if shown is None:
            return
        code = "ZR461" if clause.origin == "entry" else "ZR457"
        by = shown.decision.clause or shown.decision.code
        self._add(
            code, clause.span, name=_called(clause), by=by,
            case_zh=shown.told.zh, case_en=shown.told.en,
        )  # fmt: skip

    def _report_lines(self) -> None:
        """Requirements that hold, or fail, for every request that comes to them."""
        told: set[Any] = set()
        merged: dict[Any, set[bool]] = {}
        places: dict[Any, tuple[int, Any]] = {}
        for (number, place), seen in self.seen.lines.items():
            line = failing_lines(self.plan.clauses[number])[place]
            key = (line.span, line.code)  # one line of a list holds for all its entries
            merged.setdefault(key, set()).update(seen)
            places.setdefault(key, (number, line))
        for key, seen in merged.items():
            number, line = places[key]
            if len(seen) == 1 and key not in told and self._sure(number):
                told.add(key)
                clause = self.plan.clauses[number]
                code = "ZR460" if True in seen else "ZR459"
                self._add(code, _place(line, clause), name=_called(clause), line=line.code)

    def _report_conditions(self) -> None:
        """Parts of 当 that hold, or fail, for every request there can be."""
        told: set[int] = set()
        for number in self.plan.general:
            clause = self.plan.clauses[number]
            if not self._own(number) or number not in self.seen.applies:
                continue
            around = self.forest.both(self.verdicts.valid, self.verdicts.days(number))
            for expr in _parts(clause.when):
                if id(expr) in told or _is_bound(expr) or not self._sure(number):
                    continue
                told.add(id(expr))
                truth = self.verdicts.meaning.truth(expr, clause.leads)
                if self.forest.but(around, truth) == self.forest.no:
                    told_as = describe(expr)
                    self._add(
                        "ZR463", clause.span, name=_called(clause),
                        what_zh=told_as.zh, what_en=told_as.en,
                    )  # fmt: skip

    def _report_holes(self) -> None:
        """Entries of one matter in one list whose days leave a hole between them."""
        groups: dict[tuple[str, str], list[Clause]] = {}
        for clause in self.plan.clauses:
            if clause.origin == "entry" and clause.set_code == self.policy.code:
                groups.setdefault((clause.list_name, clause.title.zh), []).append(clause)
        for clauses in groups.values():
            for before, after in _holes(clauses):
                self._add(
                    "ZR464", after.span, ((before.span, "前一段", "the days before"),),
                    name=_called(after), start=after.period.start, end=before.period.end,
                )  # fmt: skip


def _holes(clauses: list[Clause]) -> Iterator[tuple[Clause, Clause]]:
    """Yield neighbouring entries between whose days some day belongs to neither."""
    dated = sorted(clauses, key=lambda clause: clause.period.start or date.min)
    last: Clause | None = None
    for clause in dated:
        if last is not None and _apart(last.period, clause.period):
            yield last, clause
        if last is None or _later(clause.period, last.period):
            last = clause


def _apart(one: Period, other: Period) -> bool:
    if one.end is None or other.start is None:
        return False
    return (other.start - one.end).days > 1


def _later(one: Period, other: Period) -> bool:
    return other.end is not None and (one.end is None or one.end > other.end)


def _is_there(value: Any) -> bool:
    return value is not None


def _may_decide(clause: Clause) -> bool:
    return clause.outcome is not None or bool(clause.requirements or clause.quotas)


def _never_in_force(clause: Clause) -> bool:
    """Tell whether its days alone rule a clause out: a finding of the days, not of conditions."""
    return empty(clause.period)


def _called(clause: Clause) -> str:
    return clause.code


def _parts(when: RExpr) -> tuple[RExpr, ...]:
    return when.operands if isinstance(when, Every) else (when,)


def _is_bound(expr: RExpr) -> bool:
    """Tell whether a comparison with one constant is held against its field's domain elsewhere."""
    if expr in (Every(()), Some(())):
        return True
    return isinstance(expr, Test | Within) and isinstance(expr.left, FieldValue)


def _place(line: Any, clause: Clause) -> Span:
    return line.span if line.span.path else clause.span
