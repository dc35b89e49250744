"""Every completion of a request in one graph: what it comes to, and which facts it hangs on.

The facts are filled in in one fixed order, each only where a clause that may still count reads
it. Values that no such clause tells apart lead to the same node, and so do fillings that leave
the same clauses in the same state. Equal parts of the graph are one node, so a fact stands in the
graph iff two completions that differ only in it come to different ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from zhunru.checker.resolved import Clause, normal_title
from zhunru.compiler.evaluate import Fact, Facts
from zhunru.compiler.judge import (
    ANYTHING,
    SILENT,
    Answer,
    Judge,
    Possible,
    stricter,
)
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.readers import Readers
from zhunru.compiler.regions import Regions
from zhunru.compiler.supports import support_of
from zhunru.compiler.unlisted import deciders_left
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import Outcome, TypeName

Key = tuple[Any, ...]
Live = Sequence[tuple[int, Sequence[int]]]  # by step, the clauses that may still count
_FREE = object()  # in a projection: a fact that is not filled in
_RANKS = {
    TypeName.CHOICE: 0,
    TypeName.UNIT: 1,
    TypeName.FLAG: 2,
}


class OutOfBudget(Exception):
    """The search took more steps than it may."""


class Budget:
    """How much a search may still do, counted in passes over the steps; shared by its parts."""

    __slots__ = ("left",)

    def __init__(self, passes: int) -> None:
        self.left = passes

    def spend(self) -> None:
        """Count one pass; raise `OutOfBudget` after the last."""
        self.left -= 1
        if self.left < 0:
            raise OutOfBudget


class Leaf:
    """An end: `key` tells which, `deciders` are the clauses that lead to it, `filled` is what was
    filled in when it was first found."""

    __slots__ = ("deciders", "filled", "key", "outcome")

    def __init__(
        self,
        key: Key,
        outcome: Outcome,
        deciders: tuple[Answer, ...],
        filled: Mapping[Fact, Any],
    ) -> None:
        self.key = key
        self.outcome = outcome
        self.deciders = deciders
        self.filled = dict(filled)


class Node:
    """A fact, and where each of its representatives leads: None where the chart rules it out.

    The calendar has no representatives: below it stands every end that it may leave.
    """

    __slots__ = ("children", "fact")

    def __init__(self, fact: Fact, children: tuple[Node | Leaf | None, ...]) -> None:
        self.fact = fact
        self.children = children


class Diagram:
    """The graph of one request. `fine`: its ends tell every clause that decides, and what failed;
    else they agree as decisions do (D13)."""

    def __init__(
        self,
        plan: Plan,
        model: Model,
        day: date,
        facts: Facts,
        regions: Regions,
        budget: Budget,
        *,
        fine: bool = False,
    ) -> None:
        self.plan = plan
        self.model = model
        self.day = day
        self.regions = regions
        self.budget = budget
        self.fine = fine
        self.leaves: dict[Key, Leaf] = {}
        self.nodes: dict[tuple[Any, ...], Node] = {}
        self.asked: dict[Fact, None] = {}
        self.proven: dict[Fact, None] = {}
        self.root: Node | Leaf | None = None
        self.bound = False  # True: the chart rules out some fillings
        self.complete = True  # False: a fact is asked for of which the values cannot be listed
        self._known = facts
        filled = Facts(dict(facts.values), dict(facts.registers), dict(facts.quotas))
        self._judge = Judge(plan, model, day, filled)
        self._filled: dict[Fact, Any] = {}
        self._answers: dict[tuple[Any, ...], tuple[Answer, tuple[Fact, ...]]] = {}
        self._memo: dict[tuple[Any, ...], Node | Leaf] = {}
        name = plan.matter_field
        known = not name or facts.values.get(name, UNKNOWN) is not UNKNOWN
        self._matter = None if known else Fact("field", name)
        self._readers = Readers(plan, model, day, facts, name if self._matter else "")
        self._bounds: dict[str, list[str]] = {}
        self._places = self._order()

    def build(self) -> None:
        """Make the graph; raises `OutOfBudget`, and keeps what was made by then."""
        hidden = self._matter is not None and bool(self.plan.entry_steps)
        numbers: Iterable[int] = self.plan.general
        if self._matter is None and self.plan.matter_field:
            numbers = (*numbers, *self._entries(self._known.values[self.plan.matter_field]))
        spread = self.plan.steps(numbers)
        self.root = self._below([(at, found) for at, found in enumerate(spread)], hidden)

    def _entries(self, matter: Any) -> Iterable[int]:
        return self.plan.index.find(normal_title(matter)) if isinstance(matter, str) else ()

    # --- the order of the facts ----------------------------------------------------------------

    def _order(self) -> dict[Fact, int]:
        """What most clauses hang on comes first, then the matter, then the others."""
        counts: dict[str, int] = {}
        total = 0
        for number in self.regions.concerned_numbers():
            total += 1
            for name in support_of(self.plan, self.model, number).scope:
                counts[name] = counts.get(name, 0) + 1
        names = list(self.plan.fields)

        def rank(name: str) -> tuple[Any, ...]:
            common = counts.get(name, 0) * 2 > total
            if common or name == self.plan.matter_field:
                return (0 if common else 1, 0, names.index(name))
            kind = self.plan.fields[name].type.name
            return (2, _RANKS.get(kind, 1), names.index(name))

        return {Fact("field", name): at for at, name in enumerate(sorted(names, key=rank))}

    def first_facts(self) -> list[Fact]:
        """Return the unknown facts up to the matter that are not filled in yet."""
        values = self._judge.facts.values
        last = self._places[self._matter] if self._matter else -1
        return [
            fact
            for fact, place in self._places.items()
            if place <= last and values.get(fact.name, UNKNOWN) is UNKNOWN
        ]

    def place(self, fact: Fact) -> tuple[Any, ...]:
        """Return where a fact stands in the order."""
        place = self._places.get(fact)
        if place is not None:
            return (0, place)
        return (("register", "quota", "calendar").index(fact.kind) + 1, fact.name)

    # --- one pass ------------------------------------------------------------------------------

    def _projected(self, number: int) -> tuple[Any, ...]:
        filled = self._filled
        return tuple(
            self._readers.seen(number, reader, filled[reader.fact])
            if reader.fact in filled
            else _FREE
            for reader in self._readers.of(number)
        )

    def _answer(self, number: int) -> tuple[Answer, tuple[Fact, ...], tuple[Any, ...]]:
        """Return what a clause comes to, what it asks for, and what it was told."""
        told = self._projected(number)
        found = self._answers.get((number, told))
        if found is None:
            judge = self._judge
            judge.forget()
            answer = judge.answer(number)
            opened = {} if answer.settled else self._opened(number, judge.evaluator.open)
            if answer.settled and answer.possible == _ADMITTING:
                opened = self._opened(number, judge.open_terms(answer.clause))
            found = self._answers[(number, told)] = (answer, tuple(opened))
        return (*found, told)

    def _opened(self, number: int, opened: Mapping[Fact, None]) -> dict[Fact, None]:
        """Return what a clause asks for; a table shows its registers only one after the other."""
        found = {fact: None for fact in opened if fact.kind == "calendar"}
        for reader in self._readers.of(number):
            fact = reader.fact
            if fact not in self._filled and (fact in opened or fact.kind == "register"):
                found[fact] = None
        return found

    def _below(self, live: Live, hidden: bool) -> Node | Leaf:
        """Return the node of what is filled in so far."""
        self.budget.spend()
        weighed = _Weighed(self, live, hidden)
        if weighed.leaf is not None:
            return self._leaf(*weighed.leaf)
        # Entries of a matter that is not filled in yet may read whatever is.
        state = tuple(self._filled.items()) if hidden else (*weighed.state, *self._tie(weighed))
        node = self._memo.get(state)
        if node is None:
            node = self._memo[state] = self._split(weighed, hidden)
        return node

    def _tie(self, weighed: _Weighed) -> Iterator[tuple[Fact, Any]]:
        """Yield the units filled in that bind what an unknown register may hold further on."""
        for name in self._binding(weighed):
            fact = Fact("field", name)
            if fact in self._filled:
                yield fact, self._filled[fact]

    def _binding(self, weighed: _Weighed) -> dict[str, None]:
        """Return the fields that bind each other in a register that may still be asked about."""
        found: dict[str, None] = {}
        for number in weighed.unsettled:
            for reader in self._readers.of(number):
                if reader.fact.kind == "register" and reader.fact not in self._filled:
                    units = self._bound(reader.fact.name)
                    found.update(dict.fromkeys(units if len(units) > 1 else ()))
        return found

    def _bound(self, register: str) -> list[str]:
        found = self._bounds.get(register)
        if found is None:
            found = self._bounds[register] = self.regions.units_asked(register)
        return found

    def _leaf(self, key: Key, outcome: Outcome, deciders: tuple[Answer, ...]) -> Leaf:
        found = self.leaves.get(key)
        if found is None:
            found = self.leaves[key] = Leaf(key, outcome, deciders, self._filled)
        return found

    def _split(self, weighed: _Weighed, hidden: bool) -> Node | Leaf:
        self.asked.update(dict.fromkeys(weighed.open))
        fact = min(weighed.open, key=self.place, default=None)
        if self.fine and fact is not None and fact.kind == "calendar":
            return self._node(fact, tuple(self._unlisted(weighed)))
        values = () if fact is None else self.regions.of(fact)
        if fact is None or not values:
            self.complete = False
            return self._leaf((Outcome.INCOMPLETE,), Outcome.INCOMPLETE, ())
        children: list[Node | Leaf | None] = []
        known: dict[tuple[Any, ...], Node | Leaf] = {}
        try:
            children.extend(self._child(weighed, hidden, fact, value, known) for value in values)
        finally:
            self._unfill(fact)
            if len({id(child) for child in children if child is not None}) > 1:
                self.proven[fact] = None  # even if the budget was spent amid the others
        return self._node(fact, tuple(children))

    def _unlisted(self, weighed: _Weighed) -> Iterator[Leaf]:
        """Yield the ends that are left where nothing but the calendar is not known."""
        steps = [numbers for _, numbers in weighed.live]
        for deciders in deciders_left(self._judge, steps):
            yield self._leaf(*_fine_end(deciders))

    def _child(
        self,
        weighed: _Weighed,
        hidden: bool,
        fact: Fact,
        value: Any,
        known: dict[tuple[Any, ...], Node | Leaf],
    ) -> Node | Leaf | None:
        if fact.kind == "register" and not self._fits_chart(fact.name, value):
            self.bound = True
            return None
        if fact == self._matter and hidden:
            self._fill(fact, value)
            return self._below(self._unveiled(weighed, value), False)
        seen: tuple[Any, ...] = (value,)
        # Values that every clause still open takes alike lead to one diagram, made once. Only
        # equal ones do while entries are hidden, or a register binds fields to each other.
        if not hidden and fact.name not in self._binding(weighed):
            seen = tuple(
                self._readers.seen(number, reader, value)
                for number in weighed.unsettled
                for reader in self._readers.of(number)
                if reader.fact == fact
            )
        child = known.get(seen)
        if child is None:
            self._fill(fact, value)
            child = known[seen] = self._below(weighed.live, hidden)
        return child

    def _fits_chart(self, register: str, held: frozenset[str]) -> bool:
        units = self._judge.facts.values
        return len(self._bound(register)) < 2 or self.regions.fits_chart(register, held, units)

    def _unveiled(self, weighed: _Weighed, matter: Any) -> Live:
        """Add the entries of a matter to the clauses that may still count."""
        steps: dict[int, list[int]] = {at: list(numbers) for at, numbers in weighed.live}
        for number in self._entries(matter):
            at = self.plan.step_of(number)
            if at <= weighed.last and at not in weighed.closed:
                steps.setdefault(at, []).append(number)
        return [(at, sorted(numbers)) for at, numbers in sorted(steps.items())]

    def _node(self, fact: Fact, children: tuple[Node | Leaf | None, ...]) -> Node | Leaf:
        """Return the one node with these children; where all are the same, that child."""
        first = next(child for child in children if child is not None)
        if all(child is first or child is None for child in children):
            return first
        # Equal parts are one object by now, so it tells them to tell the objects.
        key = (fact, *map(id, children))
        found = self.nodes.get(key)
        if found is None:
            found = self.nodes[key] = Node(fact, children)
        return found

    # --- filling in ----------------------------------------------------------------------------

    def _fill(self, fact: Fact, value: Any) -> None:
        self._filled[fact] = value
        self._part(fact)[fact.name] = value

    def _unfill(self, fact: Fact) -> None:
        self._filled.pop(fact, None)
        self._part(fact).pop(fact.name, None)

    def _part(self, fact: Fact) -> dict[str, Any]:
        facts = self._judge.facts
        if fact.kind == "field":
            return facts.values
        return facts.registers if fact.kind == "register" else facts.quotas


_ADMITTING: Possible = frozenset((Outcome.ADMIT,))
_REFUSING: Possible = frozenset((Outcome.REFUSE,))


class _Weighed:
    """What a pass over the steps leaves: an end, or clauses that may still count and their state.

    `last`: the step after which nothing counts any more; `closed`: steps that refuse already.
    """

    __slots__ = ("closed", "diagram", "last", "leaf", "live", "open", "state", "unsettled")

    def __init__(self, diagram: Diagram, live: Live, hidden: bool) -> None:
        self.diagram = diagram
        self.live: list[tuple[int, list[int]]] = []
        self.state: list[Any] = []
        self.open: dict[Fact, None] = {}
        self.unsettled: list[int] = []
        self.closed: set[int] = set()
        self.last = len(diagram.plan.starts)
        self.leaf: tuple[Key, Outcome, tuple[Answer, ...]] | None = None
        veiled = diagram.plan.entry_steps if hidden else frozenset[int]()
        if veiled and diagram._matter is not None:
            self.open.update(dict.fromkeys(diagram.first_facts()))
        self._pass(live, veiled)

    def _pass(self, live: Live, veiled: frozenset[int]) -> None:
        steps = dict(live)
        possible: set[Outcome] = set()
        certain = True
        for at in sorted({*steps, *veiled}):
            answers = self._answers(at, steps.get(at, ()))
            left: Possible = ANYTHING if at in veiled else SILENT
            for answer in answers:
                left = frozenset(stricter(a, b) for a in left for b in answer.possible)
            possible.update(outcome for outcome in left if outcome is not None)
            certain = certain and at not in veiled and all(a.settled for a in answers)
            if None not in left:
                self.last = at
                self._end(possible, answers, certain)
                return
        possible.add(Outcome.REFUSE)
        self._end(possible, [], certain)

    def _answers(self, at: int, numbers: Iterable[int]) -> list[Answer]:
        """Return the answers of a step that are not certainly silent, and keep their state."""
        diagram = self.diagram
        found = []
        for number in numbers:
            answer, opened, told = diagram._answer(number)
            if answer.settled and answer.possible == SILENT:
                continue
            if answer.settled and answer.possible == _REFUSING and not diagram.fine:
                # Beside a refusal nothing else of the step counts.
                self.closed.add(at)
                self.live.append((at, [number]))
                self.state.append(Outcome.REFUSE)
                return [answer]
            found.append((answer, opened, told))
        if found:
            self.live.append((at, [answer.number for answer, _, _ in found]))
            for answer, opened, told in found:
                self.open.update(dict.fromkeys(opened))
                self.state.append(self._state(at, answer, opened, told))
        return [answer for answer, _, _ in found]

    def _state(
        self, at: int, answer: Answer, opened: tuple[Fact, ...], told: tuple[Any, ...]
    ) -> Any:
        """Return what is all that counts of an answer from here on."""
        if not answer.settled or opened:
            self.unsettled.append(answer.number)
            return (answer.number, told)
        if self.diagram.fine:
            return _finding(answer)
        if answer.possible != _ADMITTING:
            return (at, answer.outcome)
        return (answer.number, told if carries(answer.clause) else None)

    def _end(self, possible: set[Outcome], answers: Sequence[Answer], certain: bool) -> None:
        """Keep the end, where the pass came to one."""
        deciders = tuple(answer for answer in answers if None not in answer.possible)
        if self.diagram.fine:
            if certain:
                self.leaf = _fine_end(deciders)
            return
        if len(possible) > 1:
            return
        (outcome,) = possible
        if outcome is not Outcome.ADMIT:
            self.leaf = ((outcome,), outcome, deciders)
            return
        found = self.diagram._judge.key(outcome, deciders, certain)
        if found is not None:
            self.leaf = (found, outcome, deciders)


def _fine_end(deciders: tuple[Answer, ...]) -> tuple[Key, Outcome, tuple[Answer, ...]]:
    """Return the end that these clauses come to, told by all of them that give its outcome."""
    outcome = _strictest(deciders)
    return (outcome, *(_finding(a) for a in deciders if a.outcome is outcome)), outcome, deciders


def _finding(answer: Answer) -> tuple[Any, ...]:
    failed = tuple((line.outcome, line.code, line.span.start) for line in answer.failed)
    return (answer.number, answer.possible, failed, answer.elsewhere)


def _strictest(deciders: Iterable[Answer]) -> Outcome:
    found: Outcome | None = None
    for answer in deciders:
        found = stricter(found, answer.outcome)
    return Outcome.REFUSE if found is None else found


def carries(clause: Clause) -> bool:
    """Tell whether an admission by this clause carries what hangs on facts."""
    return clause.instead is not None or any(duty.length is not None for duty in clause.duties)
