"""Every way of filling in what is unknown: which outcomes are left, and which facts matter.

Exact over representatives (`regions`): split on an unknown fact until a pass over the steps is
unanimous. A budget bounds the number of passes; past it nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

from zhunru.compiler.evaluate import Fact, Facts
from zhunru.compiler.judge import MATCH, Judge, Verdict
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
        self._add_keys_of_registers()
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
        tied = self._tied(fact)
        branches: list[dict[Key, None]] = []
        waiting: dict[Fact, None] = {}
        for value in self.regions.of(fact):
            keys: dict[Key, None] = {}
            for variant in self._variants({**filled, fact: value}, tied):
                verdict = self.verdict(variant)
                if verdict.key is not None:
                    keys[verdict.key] = None
                else:
                    waiting.update(dict.fromkeys(verdict.open))
            branches.append(keys)
        if _some_apart(branches):
            return True
        following = self.choose(waiting, {**filled, fact: UNKNOWN})
        if following is None:
            return False
        if not self.regions.of(following):
            raise OutOfBudget
        return any(
            self._differ(fact, {**filled, following: value}) for value in self.regions.of(following)
        )

    def _variants(
        self, filled: dict[Fact, Any], tied: Mapping[Fact, frozenset[str]]
    ) -> Iterator[dict[Fact, Any]]:
        """Yield what the same rows of tied registers may hold for this value of the fact: what
        they hold for other units stays as it was filled in."""
        registers = [register for register in tied if register in filled]
        choices = [
            [s for s in self.regions.of(register) if s ^ filled[register] <= tied[register]]
            for register in registers
        ]
        for held in product(*choices):
            yield {**filled, **dict(zip(registers, held, strict=True))}

    def _tied(self, fact: Fact) -> dict[Fact, frozenset[str]]:
        """Return the unknown registers that are asked about by the fact in question, with what is
        asked by it: another unit has another answer in the same rows."""
        if fact.kind != "field":
            return {}
        found: dict[Fact, frozenset[str]] = {}
        for register in self._open_registers():
            asked = {scope for scope in self.regions.scopes(register) if scope == fact.name}
            if fact.name in self._matched_fields(register):
                asked.add(MATCH)
            if asked:
                found[Fact("register", register)] = frozenset(asked)
        return found

    def _open_registers(self) -> list[str]:
        """Return the registers of which nothing is known."""
        return [n for n in self.regions.model.registers if n not in self.facts.registers]

    def _matched_fields(self, register: str) -> Iterable[str]:
        """Return the fields by which a register in 依次 finds its row."""
        if register not in self.regions.registers():
            return ()
        return (self.plan.addressee_field, *self.judge({}).shared(register))

    def _add_keys_of_registers(self) -> None:
        """Where a register is unknown, the unknown fields it is asked about may matter too."""
        for fact in [fact for fact in self.asked if fact.kind == "register"]:
            asked = (*self.regions.scopes(fact.name), *self._matched_fields(fact.name))
            for name in asked:
                known = self.facts.values.get(name, UNKNOWN) is not UNKNOWN
                if name in self.plan.fields and not known:
                    self.asked[Fact("field", name)] = None

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


def _some_apart(branches: list[dict[Key, None]]) -> bool:
    """Two branches hold keys that are not the same one."""
    held = [branch for branch in branches if branch]
    return len(held) > 1 and len({key for branch in held for key in branch}) > 1
