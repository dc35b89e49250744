"""Where a case can go: states with the counters of bounded lines, walked step by step.

A bounded line may be taken so many times, so the ways on depend on what was taken before. A count
matters only while the case can come back: inside one strongly connected component; it begins with
the line that leads in, and is dropped when the case leaves. Guards are left open, so every walk of
a case is a walk here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from zhunru.checker.resolved_flows import ALWAYS, Line, ResolvedWorkflow, State

MOST_NODES = 1 << 17
_NARROW = 8


@dataclass(frozen=True, slots=True)
class Arc:
    """One way from a state to another; `spent`: the bound of the line is used up (满后)."""

    source: str
    target: str
    line: Line
    spent: bool = False


class Node(NamedTuple):
    """A state with how often each bounded line of its component was taken."""

    state: str
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """Arcs one after the other; `first` is where it begins (also if there are no arcs)."""

    first: str
    arcs: tuple[Arc, ...] = ()

    @property
    def last(self) -> str:
        """Return where it ends."""
        return self.arcs[-1].target if self.arcs else self.first


P = TypeVar("P", bound=Hashable)

Came = dict[Node, "tuple[Arc, Node] | None"]
"""Nodes that were reached, each with the arc and node it was first reached from."""


class TooLarge(Exception):
    """There are more nodes than may be looked at."""


class FlowMap:
    """The arcs of a workflow, and its nodes as far as they were asked for.

    Not `counting`, a node is a state: every walk of a case is one here, and others are, too.
    """

    def __init__(self, flow: ResolvedWorkflow, *, counting: bool = True) -> None:
        self.flow = flow
        self.counting = counting
        self.states: dict[str, State] = {state.name: state for state in flow.states}
        self.ends = tuple(end for end in flow.ends if end not in self.states)
        self.arcs: dict[str, tuple[Arc, ...]] = {
            name: tuple(self._arcs_of(state)) for name, state in self.states.items()
        }
        self.component = components({name: self._next(name) for name in self.states})
        self._counted = self._counters() if counting else {}
        self._ways: dict[str, tuple[_Way, ...]] = {}
        self._steps: dict[Node, tuple[tuple[Arc, Node], ...]] = {}

    @cached_property
    def flat(self) -> FlowMap:
        """Return this map without counting."""
        return FlowMap(self.flow, counting=False)

    @property
    def most(self) -> int:
        """Return how many nodes may be looked at: fewer where each has many counts."""
        width = max(map(len, self._counted.values()), default=0)
        return MOST_NODES // (1 + width // _NARROW)

    @property
    def start(self) -> Node:
        """Return the node that a case is opened in."""
        return self.entry(self.flow.initial)

    def entry(self, state: str) -> Node:
        """Return a state as it is when nothing of its component was taken yet."""
        return Node(state, (0,) * len(self._counted.get(self.component.get(state, -1), ())))

    def is_end(self, name: str) -> bool:
        """Tell whether a case ends there."""
        return name not in self.states

    def every_arc(self) -> Iterator[Arc]:
        """Yield every arc."""
        for arcs in self.arcs.values():
            yield from arcs

    def steps(self, node: Node) -> tuple[tuple[Arc, Node], ...]:
        """Return the ways out of a node with where they lead."""
        found = self._steps.get(node)
        if found is None:
            found = self._steps[node] = tuple(self._steps_of(node))
        return found

    def follows(self, walk: Walk) -> bool:
        """Tell whether a walk can be gone, however its lines are bounded."""
        node: Node | None = self.entry(walk.first)
        for arc in walk.arcs:
            ways = self.steps(node) if node else ()
            node = next((following for each, following in ways if each == arc), None)
        return node is not None

    def size(self, states: Iterable[str]) -> int:
        """Return how many nodes these states may have: the sum of the products of their bounds."""
        total = 0
        for state in states:
            product = 1
            for _, times in self._counted.get(self.component.get(state, -1), ()):
                # Held at the bound: bounds of many lines multiply to numbers of thousands of
                # digits.
                product = min(product * (times + 1), MOST_NODES + 1)
            total += product
        return total

    def rounds(self) -> dict[str, int] | None:
        """Return how often a case can be in each state at most; None: there is no bound."""
        if self.unbounded(lambda arc: True):
            return None
        return {
            name: 1 + sum(times for _, times in self._counted.get(home, ()))
            for name, home in self.component.items()
        }

    def unbounded(self, counts: Callable[[Arc], bool]) -> list[str]:
        """Return the states of a way round that no bound ends, over arcs that count."""
        following = {
            name: [
                arc.target
                for arc in self.arcs[name]
                if arc.target in self.states
                and counts(arc)
                and (arc.spent or arc.line.bound is None or arc.line.bound.times is None)
            ]
            for name in self.states
        }
        home = components(following)
        for name, nexts in following.items():
            inside = [each for each in nexts if home[each] == home[name]]
            if inside:
                return _circle(name, following, home)
        return []

    def onward(self, names: Iterable[str]) -> frozenset[str]:
        """Return these states, and all to which any arcs lead from them."""
        found = {*names}
        waiting = list(found)
        while waiting:
            for arc in self.arcs.get(waiting.pop(), ()):
                if arc.target not in found:
                    found.add(arc.target)
                    waiting.append(arc.target)
        return frozenset(found)

    def between(self, start: str, ends: Iterable[str]) -> set[str]:
        """Return the states that a case may be in after `start`, before `ends`."""
        stop = frozenset(ends)
        found = {start} & self.states.keys()
        for arc in self.every_arc():
            if start in (arc.line.name, arc.line.label):
                found.add(arc.target)
        waiting = list(found)
        while waiting:
            for arc in self.arcs.get(waiting.pop(), ()):
                if arc.target not in stop and arc.target in self.states and arc.target not in found:
                    found.add(arc.target)
                    waiting.append(arc.target)
        return found & self.states.keys()

    # --- making ----------------------------------------------------------------------------

    def _arcs_of(self, state: State) -> Iterator[Arc]:
        for line in (*state.lines, *self._anywhere(state.name)):
            yield from self._known(Arc(state.name, line.target, line))
            if line.bound and line.bound.then:
                yield from self._known(Arc(state.name, line.bound.then, line, spent=True))

    def _anywhere(self, state: str) -> Iterator[Line]:
        for each in self.flow.anywhere:
            if state not in each.excluding:
                yield each.line

    def _known(self, arc: Arc) -> Iterator[Arc]:
        if arc.target in self.states or arc.target in self.ends:
            yield arc

    def _next(self, state: str) -> list[str]:
        return [arc.target for arc in self.arcs[state] if arc.target in self.states]

    def _counters(self) -> dict[int, tuple[tuple[str, int], ...]]:
        """Return the bounded lines of each component that lead back into it."""
        found: dict[int, dict[str, int]] = {}
        for arc in self.every_arc():
            home = self.component[arc.source]
            times = arc.line.bound.times if arc.line.bound else None
            inside = self.component.get(arc.target) == home
            if times is not None and inside and not arc.spent:
                found.setdefault(home, {})[arc.line.id] = times
        return {home: tuple(lines.items()) for home, lines in found.items()}

    def _steps_of(self, node: Node) -> Iterator[tuple[Arc, Node]]:
        if not self.counting:
            yield from ((arc, Node(arc.target)) for arc in self.arcs.get(node.state, ()))
            return
        ways = self._ways.get(node.state)
        if ways is None:
            ways = self._ways[node.state] = tuple(self._ways_of(node.state))
        over = False
        for arc, place, arrival in ways:
            counts = _after(arc, node.counts, place)
            # Time takes the first line that is open: none behind one without a condition.
            if counts is None or (over and arc.line.ends_time):
                continue
            over = over or (arc.line.ends_time and arc.line.guard == ALWAYS)
            yield arc, arrival or Node(arc.target, counts)

    def _ways_of(self, state: str) -> Iterator[_Way]:
        """Yield the arcs out of a state, with what does not hang on the counts."""
        home = self.component.get(state)
        if home is None:
            return
        places = {line: at for at, (line, _) in enumerate(self._counted.get(home, ()))}
        for arc in self.arcs[state]:
            inside = self.component.get(arc.target) == home
            yield _Way(arc, places.get(arc.line.id), None if inside else self._arrival(arc))

    def _arrival(self, arc: Arc) -> Node:
        """Return where an arc into another component leads.

        A line of 各环节 that leads in from outside is counted like one that is taken inside.
        """
        node = self.entry(arc.target)
        if arc.spent:
            return node
        counted = self._counted.get(self.component.get(arc.target, -1), ())
        return Node(node.state, tuple(int(line == arc.line.id) for line, _ in counted))


class _Way(NamedTuple):
    """An arc with the place of its count (None: it is not counted), and, if it leaves the
    component, where it leads."""

    arc: Arc
    place: int | None
    arrival: Node | None


def _after(arc: Arc, counts: tuple[int, ...], place: int | None) -> tuple[int, ...] | None:
    """Return the counts after an arc; None if it cannot be taken."""
    times = arc.line.bound.times if arc.line.bound else None
    if times is None:
        return counts
    taken = counts[place] if place is not None else 0
    # One line gives two ways: its own while there are times left, 满后 when there are none.
    if (taken >= times) is not arc.spent:
        return None
    if arc.spent or place is None:
        return counts
    return (*counts[:place], taken + 1, *counts[place + 1 :])


def _circle(start: str, following: dict[str, list[str]], home: dict[str, int]) -> list[str]:
    """Return the states of a shortest way round through `start`, inside its component."""
    came: dict[str, str] = {}
    queue = deque([start])
    while queue:
        name = queue.popleft()
        for each in following[name]:
            if home[each] != home[start]:
                continue
            if each == start:
                way = [name]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            if each not in came:
                came[each] = name
                queue.append(each)
    return []


def components(following: dict[str, list[str]]) -> dict[str, int]:
    """Return the strongly connected component of each state, numbered from the last ones up."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    found: dict[str, int] = {}
    waiting: list[str] = []
    number = 0
    for root in following:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        waiting.append(root)
        # Tarjan's algorithm with a stack of its own: a chain of states is longer than Python
        # recurses.
        open_ = [(root, iter(following[root]))]
        while open_:
            name, rest = open_[-1]
            for each in rest:
                if each not in order:
                    order[each] = low[each] = len(order)
                    waiting.append(each)
                    open_.append((each, iter(following[each])))
                    break
                if each not in found:
                    low[name] = min(low[name], order[each])
            else:
                open_.pop()
                if open_:
                    low[open_[-1][0]] = min(low[open_[-1][0]], low[name])
                if low[name] == order[name]:
                    while name not in found:
                        found[waiting.pop()] = number
                    number += 1
    return found


def search(
    map_: FlowMap,
    starts: Iterable[Node],
    wanted: Callable[[Node], bool],
    allowed: Callable[[Arc], bool] = lambda _: True,
) -> Walk | None:
    """Return a walk of fewest arcs from one of `starts` to a wanted node, by allowed arcs only."""
    came: Came = dict.fromkeys(starts)
    found = next(filter(wanted, _spread(map_, came, allowed)), None)
    return None if found is None else walk_to(found, came)


def reachable(
    map_: FlowMap, starts: Iterable[Node], allowed: Callable[[Arc], bool] = lambda _: True
) -> Came:
    """Return every node that can be reached by allowed arcs, each with how it was first reached."""
    came: Came = dict.fromkeys(starts)
    for _ in _spread(map_, came, allowed):
        pass
    return came


def _spread(map_: FlowMap, came: Came, allowed: Callable[[Arc], bool]) -> Iterator[Node]:
    """Yield the nodes of `came` and those that follow by allowed arcs, the nearest first.

    How each is reached is noted in `came`. Raises `TooLarge` where they are too many.
    """
    queue = deque(came)
    most = map_.most
    while queue:
        node = queue.popleft()
        yield node
        for arc, following in map_.steps(node):
            if following not in came and allowed(arc):
                if len(came) >= most:
                    raise TooLarge
                came[following] = (arc, node)
                queue.append(following)


def plainly_whole(map_: FlowMap) -> bool:
    """Tell whether every state and end is reached, and an end from each, however often bounded
    lines were taken before; False: their counts have to be looked at."""
    return _all_reached(map_) and _all_end(map_)


def _all_reached(map_: FlowMap) -> bool:
    """By ways that come to no state twice, so that no line of one is used up."""
    shared = {each.line.id for each in map_.flow.anywhere if each.line.bound}
    seen = {map_.flow.initial}
    waiting = [map_.flow.initial]
    while waiting:
        for arc, _ in map_.steps(map_.entry(waiting.pop())):
            if arc.target not in seen and arc.line.id not in shared:
                seen.add(arc.target)
                waiting.append(arc.target)
    return seen >= {*map_.states, *map_.ends}


def _all_end(map_: FlowMap) -> bool:
    """By lines that are always open, wherever they lead by then."""
    ending = set(map_.ends)
    left = [*map_.states]
    while left:
        rest: list[str] = []
        # Most lines lead onward, so what comes last is found first.
        for name in reversed(left):
            if _leads_into(map_.arcs[name], ending):
                ending.add(name)
            else:
                rest.append(name)
        if len(rest) == len(left):
            return False
        left = rest[::-1]
    return True


def _leads_into(arcs: Iterable[Arc], ending: set[str]) -> bool:
    targets: dict[str, list[str]] = {}
    last = ""
    for arc in arcs:
        bound = arc.line.bound
        # Time takes the first line without a condition, and none behind it.
        if arc.line.ends_time and last not in ("", arc.line.id):
            continue
        if arc.line.ends_time and arc.line.guard == ALWAYS:
            last = arc.line.id
        if bound is None or bound.times is None or bound.then:
            targets.setdefault(arc.line.id, []).append(arc.target)
    return any(all(each in ending for each in found) for found in targets.values())


def walk_to(node: Node, came: Came) -> Walk:
    """Return the walk by which a node was reached."""
    first, arcs = way_to(node, came)
    return Walk(first.state, arcs)


def way_to(place: P, came: Mapping[P, tuple[Arc, P] | None]) -> tuple[P, tuple[Arc, ...]]:
    """Return where the way to a place begins, and its arcs from there."""
    arcs: list[Arc] = []
    before = came[place]
    while before:
        arcs.append(before[0])
        place = before[1]
        before = came[place]
    return place, tuple(reversed(arcs))
