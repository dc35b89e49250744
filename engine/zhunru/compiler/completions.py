"""Every way of filling in what is unknown: which outcomes are left, and which facts matter.

Exact over representatives (`regions`): split on an unknown fact until a pass over the steps is
unanimous. A budget bounds the number of passes; past it nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhunru.checker.resolved import InForce
from zhunru.compiler.evaluate import Fact, Facts
from zhunru.compiler.judge import Judge, Verdict
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.regions import Regions
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import Outcome

BUDGET = 20_000

Key = tuple[Any, ...]
Filled = Mapping[Fact, Any]


class OutOfBudget(Exception):
    """The search took more passes than it may."""


@dataclass(slots=True)
class Survey:
    """What the completions of a request come to.

    `keys`: the verdicts that occur, by key. `matters`: the unknown facts that could change the
    verdict, with those that could settle it alone in `decisive`. `exact`: nothing was left out.
    """

    keys: dict[Key, None] = field(default_factory=dict)
    matters: list[Fact] = field(default_factory=list)
    decisive: set[Fact] = field(default_factory=set)
    exact: bool = True

    @property
    def outcomes(self) -> frozenset[Outcome]:
        """Return the outcomes that occur."""
        return frozenset(key[0] for key in self.keys)


class Completions:
    """Searches the completions of one request."""

    def __init__(
        self, plan: Plan, model: Model, day: date, facts: Facts, budget: int = BUDGET
    ) -> None:
        self.plan = plan
        self.model = model
        self.day = day
        self.facts = facts
        self.budget = budget
        self.regions = Regions(plan, model, day, facts)
        self.asked: dict[Fact, None] = {}

    def judge(self, filled: Filled) -> Judge:
        """Return a judge of the request with some unknown facts filled in."""
        return Judge(self.plan, self.model, self.day, fill(self.facts, filled))

    def verdict(self, filled: Filled) -> Verdict:
        """Return what the steps come to with some unknown facts filled in; counted."""
        self.budget -= 1
        if self.budget < 0:
            raise OutOfBudget
        return self.judge(filled).verdict()

    # --- outcomes ------------------------------------------------------------------------------

    def survey(self) -> Survey:
        """Return which verdicts occur, and which facts matter."""
        survey = Survey()
        proven: set[Fact] = set()
        try:
            self._explore({}, survey.keys, proven)
        except OutOfBudget:
            survey.exact = False
        survey.exact = survey.exact and self.regions.exact
        if len(survey.keys) > 1 or not survey.exact:
            self._find_matters(survey, proven)
        return survey

    def _explore(
        self, filled: dict[Fact, Any], keys: dict[Key, None], proven: set[Fact]
    ) -> dict[Key, None]:
        """Collect the keys below `filled`; a fact whose values lead apart for sure is proven."""
        verdict = self.verdict(filled)
        if verdict.key is not None:
            keys[verdict.key] = None
            return {verdict.key: None}
        self.asked.update(dict.fromkeys(verdict.open))
        fact = self.choose(verdict.open, filled)
        if fact is None:
            raise OutOfBudget
        branches = [
            self._explore({**filled, fact: value}, keys, proven) for value in self.regions.of(fact)
        ]
        if not branches:
            raise OutOfBudget
        if fact not in proven and _lead_apart(branches):
            proven.add(fact)
        return {key: None for branch in branches for key in branch}

    def choose(self, open_facts: Iterable[Fact], filled: Filled) -> Fact | None:
        """Return the fact to fill in next: the one with the fewest classes."""
        facts = [fact for fact in open_facts if fact not in filled]
        if not facts:
            return None
        fact = min(facts, key=lambda fact: len(self.regions.of(fact)) or BUDGET)
        return self._scope_first(fact, filled)

    def _scope_first(self, fact: Fact, filled: Filled) -> Fact:
        """The units a register is asked about are filled in before the register."""
        if fact.kind == "register":
            scopes = [s for s in self.regions.scopes(fact.name) if s in self.plan.fields]
            for scope in scopes if len(scopes) > 1 else ():
                unit = Fact("field", scope)
                if unit not in filled and self.facts.values.get(scope, UNKNOWN) is UNKNOWN:
                    return unit
        return fact

    # --- what matters --------------------------------------------------------------------------

    def _find_matters(self, survey: Survey, proven: set[Fact]) -> None:
        for fact in list(self.asked):
            try:
                if fact in proven or self.matters(fact):
                    survey.matters.append(fact)
            except OutOfBudget:
                survey.exact = False
                survey.matters.append(fact)
        for fact in survey.matters:
            try:
                if self._settles(fact):
                    survey.decisive.add(fact)
            except OutOfBudget:
                survey.exact = False

    def matters(self, fact: Fact) -> bool:
        """Tell whether two completions that differ only in `fact` differ in verdict (D14)."""
        if fact.kind == "calendar":
            return True
        return len(self.regions.of(fact)) > 1 and self._differ(fact, {})

    def _differ(self, fact: Fact, filled: dict[Fact, Any]) -> bool:
        keys: dict[Key, None] = {}
        waiting: dict[Fact, None] = {}
        for value in self.regions.of(fact):
            found, left = self._keys_for({**filled, fact: value}, self._tied(fact))
            keys.update(found)
            waiting.update(dict.fromkeys(left))
            if len(keys) > 1:
                return True
        following = self.choose((f for f in waiting if f != fact), filled)
        if following is None:
            return False
        if not self.regions.of(following):
            raise OutOfBudget
        return any(
            self._differ(fact, {**filled, following: value}) for value in self.regions.of(following)
        )

    def _keys_for(
        self, filled: dict[Fact, Any], tied: frozenset[Fact]
    ) -> tuple[dict[Key, None], tuple[Fact, ...]]:
        """Return the keys below `filled` over the facts tied to the one in question, else what
        is still open."""
        verdict = self.verdict(filled)
        if verdict.key is not None:
            return {verdict.key: None}, ()
        free = [fact for fact in verdict.open if fact in tied and fact not in filled]
        if not free:
            return {}, verdict.open
        keys: dict[Key, None] = {}
        left: dict[Fact, None] = {}
        for value in self.regions.of(free[0]):
            found, waiting = self._keys_for({**filled, free[0]: value}, tied)
            keys.update(found)
            left.update(dict.fromkeys(waiting))
        return keys, tuple(left)

    def _tied(self, fact: Fact) -> frozenset[Fact]:
        """Return the unknown registers that are asked about by the unit in question: another unit
        has another answer in the same rows."""
        if fact.kind != "field":
            return frozenset()
        calls = (atom for atom in self.regions.atoms() if isinstance(atom, InForce))
        names = {call.register for call in calls if call.scope == fact.name}
        judge = self.judge({})
        for register in self.regions.registers():
            if fact.name == self.plan.addressee_field or fact.name in judge.shared(register):
                names.add(register)
        return frozenset(Fact("register", n) for n in names if n not in self.facts.registers)

    def _settles(self, fact: Fact) -> bool:
        """Tell whether some value of the fact leaves one verdict, whatever else is unknown."""
        return any(self._unanimous({fact: value}) for value in self.regions.of(fact))

    def _unanimous(self, filled: dict[Fact, Any]) -> bool:
        keys: set[Key] = set()
        for leaf, _ in self.leaves(filled):
            keys.add(leaf)
            if len(keys) > 1:
                return False
        return True

    def leaves(self, filled: dict[Fact, Any]) -> Iterator[tuple[Key, dict[Fact, Any]]]:
        """Yield the unanimous parts of the space of completions, one after the other."""
        verdict = self.verdict(filled)
        if verdict.key is not None:
            yield verdict.key, filled
            return
        fact = self.choose(verdict.open, filled)
        if fact is None or not self.regions.of(fact):
            raise OutOfBudget
        for value in self.regions.of(fact):
            yield from self.leaves({**filled, fact: value})


def fill(facts: Facts, filled: Filled) -> Facts:
    """Return facts with some unknown ones filled in."""
    if not filled:
        return facts
    values, registers, quotas = dict(facts.values), dict(facts.registers), dict(facts.quotas)
    for fact, value in filled.items():
        if fact.kind == "field":
            values[fact.name] = value
        elif fact.kind == "register":
            registers[fact.name] = value
        elif fact.kind == "quota":
            quotas[fact.name] = value
    return Facts(values, registers, quotas)


def _lead_apart(branches: list[dict[Key, None]]) -> bool:
    """One branch is unanimous, and another holds something else: then two completions that
    differ only in the fact split on differ in verdict."""
    single = [branch for branch in branches if len(branch) == 1]
    return any(any(key not in branch for key in other) for branch in single for other in branches)
