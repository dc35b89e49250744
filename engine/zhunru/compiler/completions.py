"""Every way of filling in what is unknown: which outcomes are left, and which facts matter.

Exact over representatives (`regions`), by one graph of all completions (`diagram`). A budget
bounds the number of passes; past it the facts that were shown to matter are named, with all
others that were asked for, and nothing is admitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from zhunru.compiler.diagram import Budget, Diagram, Key, Leaf, Node, OutOfBudget
from zhunru.compiler.evaluate import Fact, Facts
from zhunru.compiler.judge import MATCH, Judge
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.regions import Regions
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import Outcome, TypeName

# Jin'an, with the most kinds of matters of the shipped sets, takes 10,923: 0.7 seconds.
PASSES = 15_000

Place = Node | Leaf


@dataclass(slots=True)
class Survey:
    """What the completions of a request come to.

    `keys`: the verdicts that occur, by key. `matters`: the unknown facts that could change the
    verdict, with those that could settle it alone in `decisive`; not `exact`: and those that may,
    for nothing is known of them, behind those that do.
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
        self, plan: Plan, model: Model, day: date, facts: Facts, budget: Budget | None = None
    ) -> None:
        self.plan = plan
        self.model = model
        self.day = day
        self.facts = facts
        self.budget = budget or Budget(PASSES)
        self.regions = Regions(plan, model, day, facts)

    def survey(self) -> Survey:
        """Return which verdicts occur, and which facts matter."""
        survey = Survey()
        diagram = self.diagram()
        survey.exact = diagram.root is not None and diagram.complete and self.regions.exact
        survey.keys = {key: None for key in diagram.leaves if key != (Outcome.INCOMPLETE,)}
        if diagram.root is not None and survey.exact:
            survey.matters = list(self._in(diagram, diagram.root))
            ends = Ends(diagram.root)
            survey.decisive = {fact for fact in survey.matters if ends.settled_by(fact)}
        else:
            survey.matters = list(dict.fromkeys((*diagram.proven, *self._may_matter(diagram))))
        return survey

    def diagram(self, *, fine: bool = False) -> Diagram:
        """Return the graph of the completions; it has no root where the budget was spent first."""
        parts = (self.plan, self.model, self.day, self.facts, self.regions, self.budget)
        diagram = Diagram(*parts, fine=fine)
        with suppress(OutOfBudget):
            diagram.build()
        return diagram

    # --- what matters (D14) --------------------------------------------------------------------

    def _in(self, diagram: Diagram, root: Place) -> Iterator[Fact]:
        """Yield the facts that stand in the graph, and units with another answer in its rows."""
        tied = self._tied()
        found: dict[Fact, None] = {}
        moved: dict[Fact, None] = {}
        for node in nodes_below(root):
            found[node.fact] = None
            if node.fact.kind == "register":
                fields = tied.get(node.fact.name, {})
                moved.update({f: None for f, asked in fields.items() if self._moves(node, asked)})
        if diagram.bound:
            # Parts that differ in what the chart rules out only are not told apart by a fact.
            apart = Apart(diagram, self.regions, tied)
            found = {fact: None for fact in found if fact in moved or apart.by(fact, root)}
        yield from {**found, **moved}

    def _moves(self, node: Node, asked: frozenset[str]) -> bool:
        """Tell whether two states of a register that differ only in what is asked by one unit
        lead apart: the same rows have another answer for another unit."""
        states = self.regions.of(node.fact)
        pairs = list(zip(states, node.children, strict=True))
        return any(
            child is not other and None not in (child, other) and state ^ another <= asked
            for state, child in pairs
            for another, other in pairs
        )

    def _tied(self) -> dict[str, dict[Fact, frozenset[str]]]:
        """Return the unknown fields that unknown registers are asked about, with what is asked."""
        found: dict[str, dict[Fact, frozenset[str]]] = {}
        for register in self.model.registers:
            if register in self.facts.registers:
                continue
            scopes, matched = self.regions.scopes(register), self._matched_fields(register)
            for name in (*scopes, *matched):
                unknown = self.facts.values.get(name, UNKNOWN) is UNKNOWN
                if name in self.plan.fields and unknown and self._varies(name):
                    asked = {scope for scope in scopes if scope == name}
                    asked.update((MATCH,) if name in matched else ())
                    found.setdefault(register, {})[Fact("field", name)] = frozenset(asked)
        return found

    def _varies(self, name: str) -> bool:
        """Tell whether a field has more than one value; there is always another matter."""
        matter = self.plan.fields[name].type.name is TypeName.MATTER
        return matter or len(self.regions.of(Fact("field", name))) > 1

    def _matched_fields(self, register: str) -> Iterable[str]:
        """Return the fields by which a register in 依次 finds its row."""
        if register not in self.regions.registers():
            return ()
        shared = Judge(self.plan, self.model, self.day, self.facts).shared(register)
        return (self.plan.addressee_field, *shared)

    def _may_matter(self, diagram: Diagram) -> Iterator[Fact]:
        """Yield the facts asked for, and the unknown fields that unknown registers are asked
        about."""
        yield from diagram.asked
        tied = self._tied()
        for fact in diagram.asked:
            yield from tied.get(fact.name, ()) if fact.kind == "register" else ()


def nodes_below(root: Place) -> Iterator[Node]:
    """Yield every node of a graph once, those above first."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        place = waiting.pop()
        if isinstance(place, Node) and id(place) not in seen:
            seen.add(id(place))
            yield place
            below = {id(child): child for child in place.children if child is not None}
            waiting.extend(reversed(below.values()))


class Ends:
    """Which facts can settle a graph alone. Equal parts of it are one node, so a node always
    leads to several ends."""

    def __init__(self, root: Place) -> None:
        self._root = root
        self._onward: dict[Node, tuple[Place, ...]] = {}

    def settled_by(self, fact: Fact) -> bool:
        """Tell whether some value of `fact` leaves one end, whatever else is unknown."""
        beside, asked = self._around(fact)
        if len(beside) > 1:
            return False
        none: set[Place | None] = {None}
        values = range(len(asked[0].children) if asked else 0)
        return any(
            len(ends) == 1 and isinstance(next(iter(ends)), Leaf)
            for ends in (beside | ({node.children[at] for node in asked} - none) for at in values)
        )

    def _around(self, fact: Fact) -> tuple[set[Place | None], list[Node]]:
        """Return the ends that are reached without asking for `fact`, and where it is asked.

        Two ends are enough to know that it settles nothing: most facts stand deep in one branch,
        and the first other branch shows two. To walk the whole graph for each of the facts took
        as many steps as there are pairs of entries.
        """
        beside: set[Place | None] = set()
        asked: list[Node] = []
        seen: set[Place] = set()
        waiting: list[Iterator[Place]] = [iter((self._root,))]
        while waiting and len(beside) < 2:
            place = next(waiting[-1], None)
            if place is None:
                waiting.pop()
            elif place not in seen:
                seen.add(place)
                if isinstance(place, Leaf):
                    beside.add(place)
                elif place.fact == fact:
                    asked.append(place)
                else:
                    waiting.append(iter(self._below(place)))
        return beside, asked

    def _below(self, node: Node) -> tuple[Place, ...]:
        """Return where a node leads, each once: most matters lead to one place."""
        found = self._onward.get(node)
        if found is None:
            kids = dict.fromkeys(child for child in node.children if child is not None)
            found = self._onward[node] = tuple(kids)
        return found


class Apart:
    """Whether two parts of a graph come to different ends for fillings that both allow."""

    def __init__(
        self, diagram: Diagram, regions: Regions, tied: Mapping[str, Mapping[Fact, frozenset[str]]]
    ) -> None:
        self._diagram = diagram
        self._regions = regions
        self._tied = tied
        self._known: dict[tuple[Fact, int, int], bool] = {}

    def by(self, fact: Fact, root: Place) -> bool:
        """Tell whether two fillings that differ only in `fact`, and, for a unit, in what the same
        rows hold for it, come to different ends."""
        return any(
            one is not None and other is not None and self._differ(fact, one, other)
            for node in nodes_below(root)
            if node.fact == fact
            for one, other in combinations({id(c): c for c in node.children}.values(), 2)
        )

    def _differ(self, fact: Fact, one: Place, other: Place) -> bool:
        if one is other:
            return False
        if isinstance(one, Leaf) and isinstance(other, Leaf):
            return True
        known = self._known.get((fact, id(one), id(other)))
        if known is None:
            known = any(self._differ(fact, a, b) for a, b in self._pairs(fact, one, other))
            self._known[(fact, id(one), id(other))] = known
        return known

    def _pairs(self, fact: Fact, one: Place, other: Place) -> Iterator[tuple[Place, Place]]:
        """Yield where the two lead for the next fact, filled in alike."""
        asked = [place.fact for place in (one, other) if isinstance(place, Node)]
        following = min(asked, key=self._diagram.place)
        values = self._regions.of(following)
        mine = self._tied.get(following.name, {}).get(fact, frozenset())
        if following.kind != "register":
            mine = frozenset()
        left, right = (
            place.children
            if isinstance(place, Node) and place.fact == following
            else (place,) * len(values)
            for place in (one, other)
        )
        for at, a in enumerate(left):
            for to, b in enumerate(right):
                alike = at == to or (mine and values[at] ^ values[to] <= mine)
                if alike and a is not None and b is not None:
                    yield a, b
