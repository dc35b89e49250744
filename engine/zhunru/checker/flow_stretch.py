"""The part of a workflow between two of its states, and a length of time that is found for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from zhunru.checker.flow_map import Arc, Came, FlowMap, Node, Walk, reachable, walk_to
from zhunru.checker.resolved_flows import Gap
from zhunru.vocabulary import Measure

Reason = Literal[
    "",
    "wait",
    "loop",
    "field",
    "large",
    "mixed",
    "calendar",
    "again",
    "unset",
    "gap",
    "rows",
    "pause",
]
"""Why there is no exact number: it may wait, or go round, for ever, or a state has no limit because
a fact is missing or a table has no row; a field decides, or whether a table has a row is open; or
the bound is only safe: there are too many nodes, hours and days are mixed in a way that no start is
worst for, no published year is long enough, a state has only what earlier visits left (累计), or a
clock that may stop runs again on other days."""

_ENDLESS = ("wait", "loop", "unset", "gap")


@dataclass(frozen=True, slots=True)
class Term:
    """A length between two states. `amount` None: none is known, or there is none (`reason`)."""

    amount: Decimal | None
    measure: Measure
    walk: Walk
    reason: Reason = ""
    at: str = ""
    gap: Gap | None = None

    @property
    def exact(self) -> bool:
        """Tell whether some case really takes this long."""
        return self.reason in ("", *_ENDLESS)

    @property
    def endless(self) -> bool:
        """Tell whether a case may take for ever."""
        return self.reason in _ENDLESS


class Stretch:
    """The nodes from the entries of one state up to the arrival at others, or the end."""

    def __init__(self, map_: FlowMap, start: str, ends: Iterable[str]) -> None:
        self.map = map_
        self.ends = frozenset(ends)
        came = reachable(map_, [map_.start])
        entries = dict.fromkeys(self._entries(start, came))
        # An action may arrive where the stretch ends in the very moment in which it begins.
        named = start not in map_.states
        self.at_once = next((e for e in entries if named and e.state in self.ends), None)
        self.starts = [e for e in entries if not (named and e.state in self.ends)]
        self.came: Came = dict.fromkeys(self.starts)
        self.out: dict[Node, list[tuple[Arc, Node | None]]] = {}
        self._explore()

    def _entries(self, start: str, came: Iterable[Node]) -> Iterable[Node]:
        for node in came:
            if node.state == start:
                yield node
            elif start not in self.map.states:
                for arc, following in self.map.steps(node):
                    if start in (arc.line.name, arc.line.label):
                        yield following

    def final(self, arc: Arc) -> bool:
        """Tell whether an arc ends the stretch."""
        names = (arc.target, arc.line.name, arc.line.label)
        return self.map.is_end(arc.target) or not self.ends.isdisjoint(names)

    def _explore(self) -> None:
        waiting = list(self.starts)
        while waiting:
            node = waiting.pop()
            out = self.out[node] = []
            for arc, following in self.map.steps(node):
                if self.final(arc):
                    out.append((arc, None))
                    continue
                out.append((arc, following))
                if following not in self.came:
                    self.came[following] = (arc, node)
                    waiting.append(following)

    def ordered(self) -> tuple[list[Node], Walk | None]:
        """Return the nodes, each before those it leads to; or a walk that comes round again."""
        done: dict[Node, bool] = {}
        order: list[Node] = []
        for root in self.starts:
            if root in done:
                continue
            done[root] = False
            open_ = [(root, iter(self.out[root]))]
            while open_:
                node, rest = open_[-1]
                for arc, following in rest:
                    if following is None or done.get(following):
                        continue
                    if following in done:
                        return [], self._round(following, [each for each, _ in open_], arc)
                    done[following] = False
                    open_.append((following, iter(self.out[following])))
                    break
                else:
                    open_.pop()
                    done[node] = True
                    order.append(node)
        order.reverse()
        return order, None

    def _round(self, node: Node, path: list[Node], last: Arc) -> Walk:
        lead = walk_to(node, self.came)
        way = path[path.index(node) :]
        arcs = [self._arc(one, other) for one, other in pairwise(way)]
        return Walk(lead.first, (*lead.arcs, *arcs, last))

    def _arc(self, one: Node, other: Node) -> Arc:
        return next(arc for arc, following in self.out[one] if following == other)
