"""How short a case may take between two states of a workflow, with the walk that attains it.

People act at once; only time that has to pass counts, and not in states that stop the clock.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any

from zhunru.checker.flow_clocks import (
    Allowance,
    Clock,
    first_of,
    grain,
    grains,
    last_of,
    needed,
    of_grains,
    spent,
    worked_days,
)
from zhunru.checker.flow_map import Arc, Node, TooLarge, Walk, way_to
from zhunru.checker.flow_stretch import Reason, Stretch, Term
from zhunru.checker.flow_times import MANY, ROLLING, Times, is_large
from zhunru.checker.resolved_flows import Length
from zhunru.vocabulary import CLOCK, Measure

_ADDED = (Measure.WORKDAY, Measure.DAY)
_FINE = Decimal("0.0001")
_MOST_PLACES = 1 << 15

_Spent = tuple[Node, frozenset[str]]
"""A node, and the states of which the time has run out for good."""


@dataclass(frozen=True, slots=True)
class Shortest:
    """Shortest lengths of time in one workflow."""

    times: Times

    def between(self, start: str, ends: Iterable[str], measure: Measure) -> Term | None:
        """Return the shortest from an entry of `start` to an arrival at `ends`; None: no way."""
        wanted = frozenset(ends)
        try:
            stretch = Stretch(self.times.map, start, wanted)
        except TooLarge:
            return Term(Decimal(0), measure, Walk(start), "large")
        if stretch.at_once:
            return Term(Decimal(0), measure, Walk(stretch.at_once.state))
        shared = self._come_back_to()
        first = _entered(stretch, shared)
        if first is not None:
            return self._least_over(_Ways(stretch, wanted, shared, first), measure)
        # Below all of them: nothing is left of any limit that is shared.
        first = [(node, shared) for node in stretch.starts]
        found = self._least_over(_Ways(stretch, wanted, shared, first), measure)
        return found and replace(found, reason="again", at=min(shared))

    def _come_back_to(self) -> frozenset[str]:
        """Return the states whose visits share one limit, and that can be visited twice."""
        map_ = self.times.map
        home = map_.component
        rounds = {
            home[arc.source] for arc in map_.every_arc() if home[arc.source] == home.get(arc.target)
        }
        return frozenset(name for name in self.times.shared if home[name] in rounds)

    def _least_over(self, ways: _Ways, measure: Measure) -> Term | None:
        waits = self._waits(ways.stretch)
        running = [name for name in waits if not self.times.allowed[name].limit.stopped]
        if self._adds_up_fast(running, measure):
            found = ways.least(Decimal(0), self._least)
            return found and Term(of_grains(found[0], measure, ROUND_FLOOR), measure, found[1])
        large = is_large(ways.stretch)
        if measure in CLOCK or len(running) < len(waits) or large:
            # What is left out between two spells may put the later one on any other day.
            allowed = {name: self.times.allowed[name] for name in running}
            visits = {each: self._least_visit(each, measure) for each in {*allowed.values()}}
            least = {name: visits[each] for name, each in allowed.items()}

            def leave(node: Node, spent: Decimal, arc: Arc) -> Decimal:
                return spent + least.get(node.state, 0) if arc.line.ends_time else spent

            found = ways.least(Decimal(0), leave)
            reason: Reason = "large" if large else "mixed"
            return found and Term(
                found[0].quantize(_FINE, ROUND_FLOOR).normalize() + 0, measure, found[1], reason
            )
        return self._least_of(ways, measure)

    def _waits(self, stretch: Stretch) -> list[str]:
        """Return the states that time may leave."""
        arcs = (arc for node in stretch.out for arc, _ in stretch.out[node])
        return list(dict.fromkeys(arc.source for arc in arcs if arc.line.ends_time))

    def _least_visit(self, allowance: Allowance, measure: Measure) -> Decimal:
        """Return a bound below what time needs to end one visit, whenever that begins."""
        if measure in ROLLING:
            return Decimal(0)
        least = (self._least_length(allowance, length, measure) for length in allowance.plain)
        return min(least, default=Decimal(0))

    def _least_length(self, allowance: Allowance, length: Length, measure: Measure) -> Decimal:
        own = allowance.clock is self.times.home
        added = measure in _ADDED and not self.times.home.defers
        if grain(length.measure) is grain(measure) and (own or added):
            return of_grains(grains(length), measure, ROUND_FLOOR)
        if own and length.measure is Measure.WORKHOUR and measure in CLOCK:
            # Hours of work are hours, whatever else may run between them.
            return length.amount * (60 if measure is Measure.MINUTE else 1)

        def end(start: datetime) -> datetime:
            return allowance.clock.due(start, length.amount, length.measure)

        days = self.times.days_for(allowance, measure)
        return min((self._least_on(day, allowance.clock, end, measure) for day in days),
                   default=Decimal(0))  # fmt: skip

    def _least_on(
        self, day: date, clock: Clock, end: Callable[[datetime], datetime], measure: Measure
    ) -> Decimal:
        """Return a bound below what runs from a start on this day to its end."""
        home = self.times.home
        if measure not in CLOCK:
            begin = first_of(day)
            # Days of rest at the end of a visit may be those at the start of the next one.
            days = worked_days(home, begin, end(begin)) if measure is Measure.WORKDAY else None
            least = needed(home, measure, begin, end(begin)) if days is None else days
            # What is received on a later day has that day less.
            return Decimal(max(least - home.defers, 0))
        # What begins between two moments takes at least from the second to the end of what begins
        # at the first.
        return min(
            spent(home, measure, other, end(one))
            for one, other in pairwise(sorted({*home.edges(day), *clock.edges(day)}))
        )

    def _least_of(self, ways: _Ways, measure: Measure) -> Term | None:
        """Return the least over the first moments of all days, and the last ones where what comes
        then is received on a later day."""

        def arrival(start: datetime) -> tuple[datetime, Walk] | None:
            return ways.least(start, self._earliest)

        def reach(day: date) -> date:
            found = arrival(last_of(day))
            return found[0].date() if found else day

        names = {node.state for node in ways.stretch.out}
        dated = self.times.dated(names, measure)
        if not ways.shared and (dated or len(ways.stretch.out) > MANY):
            order, loop = ways.stretch.ordered()
            if not loop:
                return self._least_of_all(ways, order, measure)
        best: Term | None = None
        for day in self.times.starts.days(reach, dated=dated):
            for start in (first_of(day), *((last_of(day),) if self.times.home.defers else ())):
                found = arrival(start)
                if found is None:
                    return None
                number = Decimal(needed(self.times.home, measure, start, found[0]))
                if best is None or best.amount is None or number < best.amount:
                    best = Term(number, measure, found[1])
        return best

    def _least_of_all(self, ways: _Ways, order: list[Node], measure: Measure) -> Term | None:
        """Return the same, all days being gone over together: node by node."""
        times = self.times

        def leave(node: Node, moments: list[datetime]) -> list[datetime]:
            earliest = times.allowed[node.state].earliest
            # What is past the published days goes no further.
            return [m if m > times.horizon else earliest(m) for m in moments]

        days = [*times.starts.every()]
        arrivals = ways.arrivals(order, [last_of(day) for day in days], leave)
        if arrivals is None:
            return None
        last = dict(zip(days, arrivals, strict=True))
        known = [*times.starts.days(lambda day: last[day].date(), dated=True)]
        begun = [first_of(day) for day in known]
        tried = [*zip(begun, ways.arrivals(order, begun, leave) or (), strict=True)]
        if times.home.defers:
            tried += [(last_of(day), last[day]) for day in known]
        least = [(needed(times.home, measure, *each), each[0]) for each in tried]
        if not least:
            return None
        number, start = min(least)
        way = ways.least(start, self._earliest)
        return way and Term(Decimal(number), measure, way[1])

    def _least(self, node: Node, spent: Decimal, arc: Arc) -> Decimal:
        waits = arc.line.ends_time and not self.times.allowed[node.state].limit.stopped
        return spent + self.times.allowed[node.state].least() if waits else spent

    def _earliest(self, node: Node, moment: datetime, arc: Arc) -> datetime:
        return self.times.allowed[node.state].earliest(moment) if arc.line.ends_time else moment

    def _adds_up_fast(self, names: Iterable[str], measure: Measure) -> bool:
        """Tell whether lengths add up as the longest do; where nothing forces a wait, all do."""
        waits = [each for each in map(self.times.allowed.__getitem__, names) if each.plain]
        own = all(each.clock is self.times.home for each in waits)
        # What one calendar takes in today another may receive tomorrow.
        same = own or (measure in _ADDED and not self.times.home.defers)
        alike = {grain(length.measure) for each in waits for length in each.plain}
        return not waits or (same and alike == {grain(measure)} and measure not in ROLLING)


def _arrives(arc: Arc, wanted: frozenset[str]) -> bool:
    return not wanted.isdisjoint((arc.target, arc.line.name, arc.line.label))


def _entered(stretch: Stretch, shared: frozenset[str]) -> list[_Spent] | None:
    """Return the nodes that a stretch begins with, and what may have run out before it does.

    None: they are too many to go over. What a stretch comes through is among what is counted here.
    """
    if not shared:
        return [(node, frozenset()) for node in stretch.starts]
    found: dict[_Spent, None] = {(stretch.map.start, frozenset()): None}
    # The list grows while it is gone through.
    waiting = list(found)
    for node, gone in waiting:
        for arc, following in stretch.map.steps(node):
            over = gone | (shared & {node.state} if arc.line.ends_time else frozenset())
            if (following, over) not in found:
                if len(found) >= _MOST_PLACES:
                    return None
                found[following, over] = None
                waiting.append((following, over))
    starts = set(stretch.starts)
    return [place for place in found if place[0] in starts]


@dataclass(frozen=True, slots=True)
class _Ways:
    """The ways over a stretch to what is `wanted`, from the places that it begins with.

    The time of a state of `shared` runs out once for all its visits: afterwards none is left.
    """

    stretch: Stretch
    wanted: frozenset[str]
    shared: frozenset[str]
    first: list[_Spent]

    def arrivals(
        self,
        order: list[Node],
        starts: list[datetime],
        leave: Callable[[Node, list[datetime]], list[datetime]],
    ) -> list[datetime] | None:
        """Return the earliest arrival of each start, where nothing is shared; None: no way."""
        entries: dict[Node, list[datetime]] = {node: starts for node, _ in self.first}
        best: list[datetime] | None = None
        for node in order:
            entered = entries.pop(node)
            over: list[datetime] | None = None
            for arc, following in self.stretch.out[node]:
                if arc.line.ends_time:
                    after = over = over or leave(node, entered)
                else:
                    after = entered
                if following is not None:
                    before = entries.get(following)
                    entries[following] = [*map(min, before, after)] if before else after
                elif _arrives(arc, self.wanted):
                    best = [*map(min, best, after)] if best else after
        return best

    def least(self, start: Any, leave: Callable[[Node, Any, Arc], Any]) -> tuple[Any, Walk] | None:
        """Return the least that it takes to arrive; `leave` says what it comes to after an arc."""
        best: dict[_Spent, Any] = dict.fromkeys(self.first, start)
        came: dict[_Spent, tuple[Arc, _Spent] | None] = dict.fromkeys(self.first)
        heap = [(start, at, place) for at, place in enumerate(self.first)]
        top: tuple[Any, _Spent, Arc] | None = None
        number = len(heap)
        while heap:
            so_far, _, place = heapq.heappop(heap)
            if so_far > best[place] or (top and so_far >= top[0]):
                continue
            node, spent = place
            for arc, following in self.stretch.out[node]:
                after = so_far if node.state in spent else leave(node, so_far, arc)
                if following is None:
                    if _arrives(arc, self.wanted) and (top is None or after < top[0]):
                        top = (after, place, arc)
                    continue
                over = spent | (self.shared & {node.state} if arc.line.ends_time else frozenset())
                reached = (following, over)
                if reached not in best or after < best[reached]:
                    best[reached] = after
                    came[reached] = (arc, place)
                    # The number, because two nodes of one length have no order of their own.
                    number += 1
                    heapq.heappush(heap, (after, number, reached))
        if top is None:
            return None
        (origin, _), arcs = way_to(top[1], came)
        return top[0], Walk(origin.state, (*arcs, top[2]))
