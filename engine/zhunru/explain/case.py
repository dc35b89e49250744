"""One decided request with everything that explanations are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any

from zhunru.checker.resolved import NOTHING, Clause, normal_title
from zhunru.compiler.completions import Completions
from zhunru.compiler.diagram import Diagram
from zhunru.compiler.judge import Answer
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.request import Request
from zhunru.compiler.ruling import Ruling
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import Outcome


class Case:
    """A request, the plan it was decided by, and the ruling; the ruling is made when first read."""

    _rule: Callable[[], Ruling] | None = None  # None: known by the clauses that decided alone

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
        assert self._rule is not None
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
    def ways(self) -> Diagram:
        """Return the graph of all that the unknown facts leave, down to the clauses that decide."""
        reading = self.ruling.reading
        return Completions(self.plan, self.model, reading.day, reading.facts).diagram(fine=True)

    @cached_property
    def complete(self) -> bool:
        """Tell whether all that the unknown facts leave was found."""
        return self.ways.root is not None and self.ways.complete and self.ways.regions.exact

    @cached_property
    def deciders(self) -> list[Answer]:
        """Return the clauses that certainly give the outcome, in the order of their lines."""
        verdict = self.ruling.verdict
        deciders: Iterable[Answer] = verdict.deciders
        if not verdict.settled and self.ruling.survey is not None:
            deciders = self._common()
        return [answer for answer in deciders if answer.possible == {self.outcome}]

    def _common(self) -> list[Answer]:
        """Return the clauses that decide however the unknown facts turn out."""
        ends = list(self.ways.leaves.values())
        shared = [{answer.number for answer in end.deciders} for end in ends]
        first = ends[0].deciders if ends and self.complete else ()
        return [answer for answer in first if all(answer.number in some for some in shared)]

    @property
    def ends(self) -> tuple[tuple[Answer, ...], ...]:
        """Return the clauses of each end that the unknown facts leave, where no clause is common
        to all of them; nothing where not all ends are known."""
        if self.deciders or self.ruling.verdict.settled:
            return ()
        return tuple(end.deciders for end in self.ways.leaves.values()) if self.complete else ()

    @property
    def defaulted(self) -> bool:
        """Tell whether no clause decided, so that the default did."""
        if self.outcome is not Outcome.REFUSE or self.deciders:
            return False
        if self._rule is None or self.ruling.verdict.settled:
            return True
        return self.complete and not any(end.deciders for end in self.ways.leaves.values())

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
