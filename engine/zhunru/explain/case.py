"""One decided request with everything that explanations are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from typing import Any

from zhunru.checker.resolved import NOTHING, Clause, normal_title
from zhunru.compiler.completions import Completions, OutOfBudget
from zhunru.compiler.evaluate import Fact
from zhunru.compiler.judge import Answer, Judge, Verdict
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.request import Request
from zhunru.compiler.ruling import Ruling
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import Outcome

_BUDGET = 4_000


class Case:
    """A request, the plan it was decided by, and the ruling; the ruling is made when first read."""

    def __init__(
        self, policy: CompiledPolicy, plan: Plan, request: Request, rule: Callable[[], Ruling]
    ) -> None:
        self.policy = policy
        self.plan = plan
        self.request = request
        self._rule = rule

    @cached_property
    def ruling(self) -> Ruling:
        """Return the ruling of the careful path."""
        return self._rule()

    @property
    def model(self) -> Model:
        """Return what expressions are evaluated against."""
        return self.policy.model

    @property
    def day(self) -> date:
        """Return the day whose law was applied."""
        return self.ruling.reading.day

    @property
    def made_at(self) -> date:
        """Return the day from which duties run."""
        return self.request.made_at or self.request.received

    @property
    def outcome(self) -> Outcome:
        """Return the outcome."""
        return self.ruling.outcome

    @cached_property
    def leaves(self) -> list[tuple[Verdict, dict[Fact, Any], Judge]]:
        """Return every verdict that the unknown facts leave, with what was filled in for it.

        Where nothing unknown stands in the way there is one, with nothing filled in. `complete`
        tells whether all of them were found.
        """
        found: list[tuple[Verdict, dict[Fact, Any], Judge]] = []
        reading = self.ruling.reading
        search = Completions(self.plan, self.model, reading.day, reading.facts, _BUDGET)
        self.complete = True
        try:
            found.extend(_settled(search, {}))
        except OutOfBudget:
            self.complete = False
        return found

    complete = True

    @cached_property
    def deciders(self) -> list[Answer]:
        """Return the clauses that certainly give the outcome, in the order of their lines."""
        verdict = self.ruling.verdict
        deciders = verdict.deciders
        if not verdict.settled and self.ruling.survey is not None and self.leaves:
            deciders = self.leaves[0][0].deciders
        return [answer for answer in deciders if answer.possible == {self.outcome}]

    @property
    def defaulted(self) -> bool:
        """Tell whether no clause decided, so that the default did."""
        return self.outcome is Outcome.REFUSE and not self.deciders

    def entries(self) -> Iterator[tuple[int, Clause]]:
        """Yield the clauses that answer to the matter of the request."""
        matter = self.matter
        if matter:
            for number in self.plan.index.find(normal_title(matter)):
                yield number, self.plan.clauses[number]

    @property
    def matter(self) -> str:
        """Return what the request is about, as far as it says."""
        value = self.ruling.reading.facts.values.get(self.plan.matter_field, UNKNOWN)
        return value if isinstance(value, str) else ""

    def value(self, expr: Any, clause: Clause | None = None) -> Any:
        """Return the value of an expression for this request."""
        judge = self.ruling.judge
        if clause is not None:
            return judge.tracked(expr, clause)
        return judge.evaluator.value(expr)

    def names(self, expr: Any, clause: Clause | None = None) -> tuple[str, ...]:
        """Return the names an expression comes to; none where it is 无 or unknown."""
        value = self.value(expr, clause)
        if value is NOTHING or value is UNKNOWN:
            return ()
        return tuple(sorted(value)) if isinstance(value, frozenset) else (str(value),)


def _settled(
    search: Completions, filled: dict[Fact, Any]
) -> Iterator[tuple[Verdict, dict[Fact, Any], Judge]]:
    """Split on unknown facts until nothing unknown stands in a verdict."""
    judge = search.judge(filled)
    search.budget -= 1
    if search.budget < 0:
        raise OutOfBudget
    verdict = judge.verdict()
    if verdict.settled:
        yield verdict, filled, judge
        return
    fact = search.choose(verdict.open, filled)
    if fact is None or not search.regions.of(fact):
        raise OutOfBudget
    for value in search.regions.of(fact):
        yield from _settled(search, {**filled, fact: value})
