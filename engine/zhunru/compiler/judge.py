"""The steps of a decision over facts of which some may be unknown: what each clause comes to.

One pass over the steps collects every outcome that is still possible until a step certainly
decides. It is sound: an outcome left out cannot happen. Exactness comes from `completions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhunru.checker.resolved import (
    NOTHING,
    Clause,
    Quota,
    Requirement,
    RExpr,
    normal_title,
)
from zhunru.compiler.evaluate import Evaluator, Fact, Facts
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.quotas import quota_names
from zhunru.compiler.registers import RegisterRow, covers, in_force
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import ListKind, Outcome, TypeName

Possible = frozenset[Outcome | None]

_REFUSE: Possible = frozenset((Outcome.REFUSE,))
SILENT: Possible = frozenset((None,))
ANYTHING: Possible = frozenset((None, Outcome.ADMIT, Outcome.REFUSE, Outcome.DEFER))
_NEVER_SHARED = (TypeName.TEXT, TypeName.SPAN)
_STRICTNESS = {None: 0, Outcome.ADMIT: 1, Outcome.DEFER: 2, Outcome.REFUSE: 3}


@dataclass(slots=True)
class Answer:
    """What one clause comes to: None in `possible` is "does not decide".

    `failed` are the requirements and quotas that certainly fail, in written order; `elsewhere`:
    a 职责 entry of another body. `settled`: nothing unknown stands in it.
    """

    number: int
    clause: Clause
    possible: Possible
    failed: tuple[Requirement | Quota, ...] = ()
    elsewhere: bool = False
    settled: bool = True

    @property
    def outcome(self) -> Outcome | None:
        """Return the one outcome of a settled answer."""
        return next(iter(self.possible))


@dataclass(slots=True)
class Verdict:
    """What a pass came to.

    `possible`: every outcome that is left. `deciders`: the clauses that decide, where that is
    certain (empty with `defaulted`). `open`: unknown facts that got in the way. `key` equals that
    of another verdict iff the two agree as decisions do (D13): by outcome, and for admissions by
    clauses and where the work goes as well.
    """

    possible: frozenset[Outcome]
    deciders: tuple[Answer, ...] = ()
    step: int = -1
    defaulted: bool = False
    conflict: bool = False
    open: tuple[Fact, ...] = ()
    key: tuple[Any, ...] | None = None
    settled: bool = False


class Judge:
    """Runs the steps of one plan over one set of facts."""

    def __init__(self, plan: Plan, model: Model, day: date, facts: Facts) -> None:
        self.plan = plan
        self.facts = facts
        self.evaluator = Evaluator(model, day, facts)
        self.day = day
        self._applying: dict[int, Any] = {}

    # --- the steps -----------------------------------------------------------------------------

    def verdict(self) -> Verdict:
        """Return what the steps come to."""
        possible: set[Outcome] = set()
        certain = True
        for at, numbers in enumerate(self._candidates()):
            answers = [self.answer(number) for number in numbers]
            left = self._step_possible(at, answers)
            possible.update(outcome for outcome in left if outcome is not None)
            settled = all(answer.settled for answer in answers) and not self._hidden(at)
            # None among them: the whole step may stay silent, and then the next one counts too.
            if None not in left:
                deciders = tuple(a for a in answers if None not in a.possible)
                return self._close(possible, deciders, at, certain and settled)
            certain = certain and settled
        # What no step decides is refused: work on no list does not go down to a community.
        possible.add(Outcome.REFUSE)
        return self._close(possible, (), -1, certain)

    def _candidates(self) -> list[list[int]]:
        """Return the clauses that can concern the request, by step."""
        name = self.plan.matter_field
        matter: Any = self.facts.values.get(name, UNKNOWN) if name else NOTHING
        numbers: Iterable[int] = self.plan.general
        if matter is not UNKNOWN and matter is not NOTHING:
            numbers = (*numbers, *self.plan.index.find(normal_title(matter)))
        return self.plan.steps(numbers)

    def _hidden(self, step: int) -> bool:
        """Tell whether entries of this step were left out because the matter is unknown."""
        name = self.plan.matter_field
        if not name or step not in self.plan.entry_steps:
            return False
        if self.facts.values.get(name, UNKNOWN) is UNKNOWN:
            self.evaluator.open[Fact("field", name)] = None
            return True
        return False

    def _step_possible(self, at: int, answers: Sequence[Answer]) -> Possible:
        left: set[Outcome | None] = set(ANYTHING if self._hidden(at) else SILENT)
        for answer in answers:
            # Every mix of what the clauses may come to, each by its strictest.
            left = {stricter(one, other) for one in left for other in answer.possible}
        return frozenset(left)

    def _close(
        self, possible: set[Outcome], deciders: tuple[Answer, ...], step: int, certain: bool
    ) -> Verdict:
        verdict = Verdict(frozenset(possible), deciders, step, step < 0)
        outcomes = {answer.outcome for answer in deciders if answer.settled}
        verdict.conflict = len(outcomes) > 1 or bool(self.evaluator.conflicts)
        verdict.settled = certain
        if len(possible) == 1:
            verdict.key = self.key(next(iter(possible)), deciders, certain)
        verdict.open = tuple(self.evaluator.open)
        return verdict

    def key(
        self, outcome: Outcome, deciders: tuple[Answer, ...], certain: bool
    ) -> tuple[Any, ...] | None:
        """Return what an outcome is compared by, or None where that is not certain yet."""
        if outcome is not Outcome.ADMIT:
            return (outcome,)
        terms = tuple(term for answer in deciders for term in self._terms(answer.clause))
        if not certain or any(term is UNKNOWN for term in terms):
            return None
        return (outcome, tuple(answer.number for answer in deciders), terms)

    def _terms(self, clause: Clause) -> Iterator[Any]:
        """Yield what an admission carries that hangs on facts: where to, and by when."""
        if clause.instead is not None:
            yield self.tracked(clause.instead, clause)
        for duty in clause.duties:
            if duty.length is not None:
                yield self.tracked(duty.length, clause)

    def open_terms(self, clause: Clause) -> dict[Fact, None]:
        """Return the unknown facts on which it hangs what an admission by `clause` carries."""
        self.evaluator.open = {}
        for _ in self._terms(clause):
            pass
        return self.evaluator.open

    # --- one clause ----------------------------------------------------------------------------

    def forget(self) -> None:
        """Forget what was found before: the facts have changed."""
        self._applying.clear()
        self.evaluator.open = {}

    def answer(self, number: int) -> Answer:
        """Return what clause `number` comes to."""
        clause = self.plan.clauses[number]
        applies = self.applies(number)
        if applies is False:
            return Answer(number, clause, SILENT)
        answer = self._result(number, clause)
        if applies is UNKNOWN:
            # It may not concern the request at all, so silence is added to what it could say.
            answer.possible |= SILENT
            answer.settled = False
        return answer

    def applies(self, number: int) -> Any:
        """Tell whether a clause concerns the request: True, False or UNKNOWN (D6)."""
        found = self._applying.get(number)
        if found is None:
            found = self._applying[number] = self._applies(number)
        return found

    def _applies(self, number: int) -> Any:
        clause = self.plan.clauses[number]
        if not in_force_on(clause, self.day):
            return False
        return _all(self._scope(number, clause))

    def _scope(self, number: int, clause: Clause) -> Iterator[Any]:
        """Yield the conditions under which a clause in force concerns the request."""
        yield self._matter_fits(number, clause)
        yield self.tracked(clause.when, clause)
        yield _negated(self.tracked(clause.unless, clause))
        for code in clause.unless_clauses:
            for other in self.plan.by_code.get(code, ()):
                yield _negated(self.applies(other))
        if clause.origin == "register":
            yield self._registered(clause)

    def _matter_fits(self, number: int, clause: Clause) -> Any:
        """Entries come from the index; one named by 除外 may be of any matter."""
        if clause.matter is None:
            return True
        matter = self.facts.values.get(self.plan.matter_field, UNKNOWN)
        if matter is UNKNOWN:
            self.evaluator.open[Fact("field", self.plan.matter_field)] = None
            return UNKNOWN
        return matter is not NOTHING and number in self.plan.index.find(normal_title(matter))

    def tracked(self, expr: RExpr, clause: Clause) -> Any:
        """Evaluate; unknown facts are kept only if they leave the value unknown."""
        evaluator = self.evaluator
        # The open facts of one expression are kept apart: a value that is certain all the same asks
        # for none of them, and a fact that is asked for in vain would hold up the request.
        before, evaluator.open, evaluator.leads = evaluator.open, {}, clause.leads
        value = evaluator.value(expr)
        if value is UNKNOWN:
            before.update(evaluator.open)
        evaluator.open = before
        return value

    def _result(self, number: int, clause: Clause) -> Answer:
        if clause.outcome in (Outcome.REFUSE, Outcome.DEFER):
            return Answer(number, clause, frozenset((clause.outcome,)))
        if clause.addressee_test is None:
            return self._required(number, clause)
        own = self.tracked(clause.addressee_test, clause)
        if own is UNKNOWN:
            left = _REFUSE | self._required(number, clause).possible
            return Answer(number, clause, left, settled=False)
        if own is True:
            return self._required(number, clause)
        return Answer(number, clause, _REFUSE, elsewhere=True)

    def _required(self, number: int, clause: Clause) -> Answer:
        """Weigh requirements and quotas: refusals before deferrals before what it gives else."""
        fails = [(line, self.fails(line, clause)) for line in failing_lines(clause)]
        certain = tuple(line for line, fail in fails if fail is True)
        doubtful = {line.outcome for line, fail in fails if fail is UNKNOWN}
        outcomes = {line.outcome for line in certain}
        settled = not doubtful
        # A refusal is the strictest there is: what is still unknown could not change it.
        if Outcome.REFUSE in outcomes:
            return Answer(number, clause, _REFUSE, certain, settled=settled)
        least = Outcome.DEFER if Outcome.DEFER in outcomes else clause.outcome
        left = frozenset((least, *doubtful))
        return Answer(number, clause, left, certain, settled=settled)

    def fails(self, line: Requirement | Quota, clause: Clause) -> Any:
        """Tell whether a requirement or quota fails: True, False or UNKNOWN."""
        if isinstance(line, Requirement):
            return _negated(self.tracked(line.test, clause))
        return self._spent(line, clause)

    def _spent(self, quota: Quota, clause: Clause) -> Any:
        """Tell whether a quota is spent (D17)."""
        if quota.limit is None:
            return False
        limit = self.tracked(quota.limit, clause)
        if limit is NOTHING:
            return False
        use = self._use(quota, clause)
        if use is UNKNOWN:
            # Nothing fits into less than one, however much was used; only what is counted together
            # may be counted already.
            if limit is not UNKNOWN and limit < 1 and not quota.counted_by:
                return True
            self.evaluator.open[Fact("quota", quota.key)] = None
            return UNKNOWN
        if isinstance(use, bool):
            return not use
        if use.counted:
            return False
        return UNKNOWN if limit is UNKNOWN else use.used + 1 > limit

    def _use(self, quota: Quota, clause: Clause) -> Any:
        """Return the use of a quota: by its key, or by the code of a clause that has only one."""
        for name in quota_names(quota, clause):
            use = self.facts.quotas.get(name, UNKNOWN)
            if use is not UNKNOWN:
                self.evaluator.used[("quota", quota.key)] = use
                return use
        return UNKNOWN

    # --- registers -----------------------------------------------------------------------------

    def _registered(self, clause: Clause) -> Any:
        """Tell whether a row of the register is in force for what is asked (D18)."""
        name = clause.code
        self.evaluator.used[("register", name)] = True
        rows = self.facts.registers.get(name)
        if rows is None:
            self.evaluator.open[Fact("register", name)] = None
            for key in (*self.shared(name), self.plan.addressee_field):
                if key:
                    self._given(key)
            return UNKNOWN
        if isinstance(rows, bool):
            return rows
        if isinstance(rows, frozenset):
            return MATCH in rows
        found = [self.row_fits(name, row) for row in rows]
        return True if True in found else UNKNOWN if UNKNOWN in found else False

    def row_fits(self, register: str, row: RegisterRow) -> Any:
        """Tell whether a row is in force, covers the addressee, and shares the key fields."""
        if not in_force(row, self.day):
            return False
        return _all(self._row_conditions(register, row))

    def _row_conditions(self, register: str, row: RegisterRow) -> Iterator[Any]:
        shared = self.shared(register)
        scope = self.evaluator.model.registers[register].scope_field
        if row.scope is not None and scope not in shared and self.plan.addressee_field:
            unit = self._given(self.plan.addressee_field)
            if unit is UNKNOWN or unit is NOTHING:
                # A row with a blank scope covers nobody, so nobody need be known.
                yield UNKNOWN if unit is UNKNOWN and row.scope else False
            else:
                yield covers(self.evaluator.model.chart, row, unit)
        for name in shared:
            yield self._equal(name, row.values.get(name, NOTHING))

    def shared(self, register: str) -> Sequence[str]:
        """Return the fields on which a register in 依次 matches (texts excepted)."""
        found = self.evaluator.model.registers[register]
        same = {f.name: f.type for f in found.fields if f.type.name not in _NEVER_SHARED}
        return [
            f.name
            for f in self.plan.head.fields
            if f.name in same and same[f.name].name is f.type.name
        ]

    def _given(self, name: str) -> Any:
        value = self.facts.values.get(name, UNKNOWN)
        if value is UNKNOWN:
            self.evaluator.open[Fact("field", name)] = None
        else:
            self.evaluator.used[("field", name)] = value
        return value

    def _equal(self, name: str, expected: Any) -> Any:
        value = self._given(name)
        if value is UNKNOWN:
            return False if expected is NOTHING else UNKNOWN
        if value is NOTHING or expected is NOTHING:
            return False
        if self.plan.fields[name].type.name is TypeName.MATTER:
            return self.evaluator.same_matter(value, expected)
        # In Python 是 equals 1.
        return type(value) is type(expected) and value == expected


MATCH = "\x00match"  # beside the scopes of an unknown register: a row matches as a clause


def in_force_on(clause: Clause, day: date) -> bool:
    """Tell whether a clause is in force: its own days, and for one that admits its bases' (D10)."""
    if not clause.period.holds(day) or clause.list_kind is ListKind.CATALOGUE:
        return False
    return clause.outcome is not Outcome.ADMIT or based_on(clause, day)


def based_on(clause: Clause, day: date) -> bool:
    """Tell whether some cited basis is in force; a clause that cites none stands by itself."""
    citations = clause.citations
    return not citations or any(
        not cited.known or any(period.holds(day) for period in cited.periods) for cited in citations
    )


def failing_lines(clause: Clause) -> list[Requirement | Quota]:
    """Return requirements and quotas in written order where their places tell it."""
    lines: list[Requirement | Quota] = [*clause.requirements, *clause.quotas]
    if clause.quotas and clause.requirements:
        paths = {line.span.path for line in lines}
        if len(paths) == 1 and paths != {""}:
            lines.sort(key=lambda line: line.span.start)
    return lines


def stricter(one: Outcome | None, other: Outcome | None) -> Outcome | None:
    """Return the outcome that stands where two clauses of a step decide (D9)."""
    return one if _STRICTNESS[one] >= _STRICTNESS[other] else other


def _all(truths: Iterable[Any]) -> Any:
    """Conjunction that asks no further once something is false."""
    unknown = False
    for truth in truths:
        if truth is UNKNOWN:
            unknown = True
        elif truth is not True:
            return False
    return UNKNOWN if unknown else True


def _negated(truth: Any) -> Any:
    return UNKNOWN if truth is UNKNOWN else truth is not True
