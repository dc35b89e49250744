"""How long a case may take, and how short: over every walk, with the walk that attains it.

Time in states that stop the clock (停表) is left out of both. Exact by these means: days of work
add up whatever the calendar says; with hours or natural days among them the worst start of the last
published years is taken, day by day. Only the latest arrival at each node matters, because no
length ends earlier for starting later. Where that would be too much work a bound is given that is
safe, and said to be no more than that.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

from zhunru.checker.flow_clocks import (
    Allowance,
    Clock,
    Clocks,
    first_of,
    grain,
    grains,
    last_of,
    needed,
    of_grains,
    ran,
    spent,
    worked_days,
)
from zhunru.checker.flow_map import (
    Arc,
    Came,
    FlowMap,
    Node,
    TooLarge,
    Walk,
    reachable,
    walk_to,
    way_to,
)
from zhunru.checker.flow_starts import YEARS, Starts
from zhunru.checker.flow_unset import without_limit
from zhunru.checker.resolved_flows import Gap, Length, Limit
from zhunru.vocabulary import CLOCK, Measure

MOST_WORK = 6_000_000
_STARTS = YEARS * 366
_HALVINGS = 4096
_ROLLING = (Measure.NATURALDAY, Measure.MONTH, Measure.YEAR)
_ADDED = (Measure.WORKDAY, Measure.DAY)
_FINE = Decimal("0.0001")
_DAYS = {Measure.WORKDAY: 1, Measure.DAY: 1, Measure.NATURALDAY: 1, Measure.MONTH: 31,
         Measure.YEAR: 366}  # fmt: skip

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


class Times:
    """Lengths of time in one workflow."""

    def __init__(self, map_: FlowMap, clocks: Clocks) -> None:
        self.map = map_
        self.horizon = clocks.horizon
        self.home = clocks.of(map_.flow.calendar)
        self._spent = [state.name for state in map_.flow.states if state.cumulative]
        self.allowed = {
            state.name: Allowance(
                state.limit or Limit(untimed=True), state.extension,
                clocks.of(state.limit.calendar if state.limit else map_.flow.calendar),
            )
            for state in map_.flow.states
        }  # fmt: skip

    # --- the longest -----------------------------------------------------------------------

    def longest(self, start: str, ends: Iterable[str], measure: Measure) -> Term:
        """Return the longest that a case may take from an entry of `start` to `ends` or its end.

        Extensions are granted, bounds used up; time in states that stop the clock is left out.
        """
        ends = tuple(ends)
        try:
            stretch = Stretch(self.map, start, ends)
        except TooLarge:
            names = self.map.between(start, ends)
            return Term(self._safe(measure, names), measure, Walk(start), "large")
        found = self._never(stretch, measure)
        if found:
            return found
        order, loop = stretch.ordered()
        if loop:
            return Term(None, measure, loop, "loop", loop.last)
        # Where lengths add up no start has to be tried; elsewhere there are 732 of them a year.
        if self._adds_up(stretch, measure):
            return self._shared(stretch, self._sum(stretch, order, measure))
        return self._shared(stretch, self._sweep(stretch, order, measure))

    def _shared(self, stretch: Stretch, full: Term) -> Term:
        """Return a term found with a full limit for each visit, where visits share one (累计)."""
        names = {node.state for node in stretch.out}
        visited = [full.walk.first, *(arc.target for arc in full.walk.arcs)]
        again = next((name for name in self._spent if visited.count(name) > 1), "")
        again = again or self._begun(stretch, full.walk.first, {*visited} & {*self._spent})
        if not again or full.amount is None:
            return full
        safe = self._safe(full.measure, names)
        return replace(full, amount=min(full.amount, safe or full.amount), reason="again", at=again)

    def _begun(self, stretch: Stretch, first: str, shared: set[str]) -> str:
        """Return a state of `shared` that has run out before; empty: none need have."""

        def keeps(arc: Arc) -> bool:
            return not (arc.source in shared and arc.line.ends_time)

        if not shared:
            return ""
        came = reachable(self.map, [self.map.start], keeps)
        fresh = all(node in came for node in stretch.starts if node.state == first)
        return "" if fresh else min(shared)

    def _never(self, stretch: Stretch, measure: Measure) -> Term | None:
        """Return the walk to where time has no end, or to where only a field says when."""
        found: Term | None = None
        missing = without_limit(self.map, stretch.out, stretch.starts)
        if missing:
            return Term(None, measure, missing[0], "unset", missing[1])
        for node in stretch.out:
            allowance = self.allowed[node.state]
            if allowance.limit.untimed:
                return Term(None, measure, walk_to(node, stretch.came), "wait", node.state)
            gap = allowance.limit.gap
            if gap and gap.sure:
                walk = walk_to(node, stretch.came)
                return Term(None, measure, walk, "gap", node.state, gap)
            if gap and found is None:
                walk = walk_to(node, stretch.came)
                found = Term(None, measure, walk, "rows", node.state, gap)
            if allowance.open and not allowance.limit.stopped and found is None:
                walk = walk_to(node, stretch.came)
                found = Term(None, measure, walk, "field", node.state)
        return found

    def _running(self, stretch: Stretch) -> list[Allowance]:
        names = dict.fromkeys(node.state for node in stretch.out)
        return [a for a in (self.allowed[name] for name in names) if not a.limit.stopped]

    def _adds_up(self, stretch: Stretch, measure: Measure) -> bool:
        """Days of work add up on every calendar, working hours on one and the same."""
        running = self._running(stretch)
        if any(allowance.measures - {grain(measure)} for allowance in running):
            return False
        calendars = {allowance.limit.calendar for allowance in running}
        own = calendars <= {self.map.flow.calendar}
        # What one calendar takes in today another may receive tomorrow.
        defers = any(allowance.clock.defers for allowance in running)
        return own if measure in CLOCK or defers else measure is Measure.WORKDAY

    def _sum(self, stretch: Stretch, order: list[Node], measure: Measure) -> Term:
        best: dict[Node, Decimal] = dict.fromkeys(stretch.starts, Decimal(0))
        came: Came = dict.fromkeys(stretch.starts)
        top: tuple[Decimal, Node, Arc] | None = None
        for node in order:
            allowance = self.allowed[node.state]
            after = best[node] + (0 if allowance.limit.stopped else allowance.most())
            for arc, following in stretch.out[node]:
                if following is None:
                    if top is None or after > top[0]:
                        top = (after, node, arc)
                elif after > best.get(following, Decimal(-1)):
                    best[following] = after
                    came[following] = (arc, node)
        longest = of_grains(top[0] if top else Decimal(0), measure)
        return Term(longest, measure, _closed(top and top[1:], came))

    # --- with hours or natural days: the worst start of a year ---------------------------------

    def _sweep(self, stretch: Stretch, order: list[Node], measure: Measure) -> Term:
        # In hours, or behind a state that stops the clock, no list of starts is sure to hold the
        # worst one: only a bound is safe.
        names = dict.fromkeys(node.state for node in order)
        stopped = any(self.allowed[name].limit.stopped for name in names)
        paused = next((name for name in names if self.map.states[name].suspensions), "")
        safe: Reason = "calendar"
        if paused:
            safe = "pause"
        elif measure in CLOCK or stopped:
            safe = "mixed"
        elif sum(map(len, stretch.out.values())) * _STARTS > MOST_WORK:
            safe = "large"
        else:
            found = self._worst_of(_Plain(stretch, order, self.allowed), measure, names)
            if found:
                return found
        walk = walk_to(order[-1], stretch.came) if order else Walk("")
        return Term(self._safe(measure, names), measure, walk, safe, paused)

    @cached_property
    def _starts(self) -> Starts:
        clocks = (self.home, *(allowance.clock for allowance in self.allowed.values()))
        return Starts(clocks, self.horizon)

    def _dated(self, names: Iterable[str], measure: Measure) -> bool:
        used = {measure}.union(*(self.allowed[name].measures for name in names))
        return not used.isdisjoint((Measure.MONTH, Measure.YEAR))

    def _worst_of(self, plain: _Plain, measure: Measure, names: Iterable[str]) -> Term | None:
        """Return the longest over all starts; None where it runs past what is published."""
        worst, at = -1, self.horizon

        def reach(day: date) -> date:
            return plain.arrival(last_of(day)).date()

        for day in self._starts.days(reach, dated=self._dated(names, measure)):
            for start in self.home.starts(day):
                number = needed(self.home, measure, start, plain.arrival(start))
                if number > worst:
                    worst, at = number, start
        return None if worst < 0 else Term(Decimal(worst), measure, plain.walk(at))

    def _safe(self, measure: Measure, names: Iterable[str]) -> Decimal | None:
        """Return a bound that no case passes: every state as often as the bounds let it be."""
        names = [name for name in names if not self.allowed[name].limit.stopped]
        rounds = self.map.rounds()
        if rounds is None:
            return None
        if measure in _ROLLING and sum(rounds[name] for name in names) > 1:
            # Terms that go on to the next day of work do not add up; days do.
            days = self._safe(Measure.DAY, names)
            return days and _rolled(days, measure)
        total = Decimal(0)
        for name in names:
            single = self._single(name, measure)
            if single is None:
                return None
            more = rounds[name] - 1
            total += (
                single + (min(single, Decimal(1)) if self._shares(name, measure) else single) * more
            )
        return total

    def _shares(self, name: str, measure: Measure) -> bool:
        """Tell whether further visits only add what is left of a day to one limit for all."""
        # An extension is granted anew in each visit; terms of other days may each end on another.
        allowance = self.allowed[name]
        plain = allowance.lengths == tuple((length,) for length in allowance.plain)
        days = measure is Measure.WORKDAY and allowance.measures == {measure}
        return name in self._spent and plain and days

    def _single(self, name: str, measure: Measure) -> Decimal | None:
        """Return the most that one visit takes in this measure."""
        allowance = self.allowed[name]
        if allowance.open or allowance.limit.untimed:
            return None
        same = allowance.clock is self.home or measure not in CLOCK
        if allowance.measures == {grain(measure)} and same:
            return of_grains(allowance.most(), measure)
        if self.map.states[name].suspensions:
            # While it is stopped days of rest may pass, and every day that counts be one of work.
            return _most_days(allowance.lengths) if measure is Measure.WORKDAY else None
        if measure in CLOCK:
            hours = self._most_hours(allowance, measure)
            return None if hours is None else Decimal(hours)
        found = [
            needed(self.home, measure, start, allowance.latest(start))
            for day in self._days_for(allowance, measure)
            for start in self.home.starts(day)
        ]
        return Decimal(max(found)) if found else None

    def _days_for(self, allowance: Allowance, measure: Measure) -> Iterator[date]:
        """Yield days of every kind for a visit that begins on them."""

        def reach(day: date) -> date:
            return allowance.latest(last_of(day)).date()

        dated = not {measure, *allowance.measures}.isdisjoint((Measure.MONTH, Measure.YEAR))
        return self._starts.days(reach, dated=dated)

    def _most_hours(self, allowance: Allowance, measure: Measure) -> int | None:
        """Return a bound on the hours or minutes of one visit, whenever in a day it begins.

        What begins between two moments takes at most from the first to the end of what begins at
        the second; where that is too much the part is halved.
        """

        def most(one: datetime, other: datetime) -> int:
            return ran(self.home, measure, one, allowance.latest(other))

        pairs = [
            pair
            for day in self._days_for(allowance, measure)
            for pair in pairwise(sorted({*self.home.edges(day), *allowance.clock.edges(day)}))
        ]
        if not pairs:
            return None
        parts = [(-most(one, other), one, other) for one, other in pairs]
        heapq.heapify(parts)
        taken = max(most(one, one) for one, _ in pairs)
        for _ in range(_HALVINGS):
            bound, one, other = parts[0]
            if -bound <= taken:
                break
            middle = one + (other - one) / 2
            taken = max(taken, most(middle, middle))
            heapq.heapreplace(parts, (-most(one, middle), one, middle))
            heapq.heappush(parts, (-most(middle, other), middle, other))
        return max(taken, -parts[0][0])

    # --- the shortest ----------------------------------------------------------------------

    def quickest(self, start: str, ends: Iterable[str], measure: Measure) -> Term | None:
        """Return the shortest from an entry of `start` to an arrival at `ends`; None: no way.

        People act at once; only time that has to pass counts, and not in states that stop the
        clock.
        """
        wanted = frozenset(ends)
        stretch = Stretch(self.map, start, wanted)
        if stretch.at_once:
            return Term(Decimal(0), measure, Walk(stretch.at_once.state))
        shared = frozenset(self._spent)
        waits = self._waits(stretch)
        running = [name for name in waits if not self.allowed[name].limit.stopped]
        if self._adds_up_fast(running, measure):
            found = _first(stretch, wanted, Decimal(0), self._least, shared)
            return found and Term(of_grains(found[0], measure, ROUND_FLOOR), measure, found[1])
        if measure in CLOCK or len(running) < len(waits):
            # What is left out between two spells may put the later one on any other day.
            least = {name: self._least_visit(name, measure) for name in running}

            def leave(node: Node, spent: Decimal, arc: Arc) -> Decimal:
                return spent + least.get(node.state, 0) if arc.line.ends_time else spent

            found = _first(stretch, wanted, Decimal(0), leave, shared)
            return found and Term(
                found[0].quantize(_FINE, ROUND_FLOOR).normalize() + 0, measure, found[1], "mixed"
            )
        return self._least_of(stretch, wanted, shared, measure)

    def _waits(self, stretch: Stretch) -> list[str]:
        """Return the states that time may leave."""
        arcs = (arc for node in stretch.out for arc, _ in stretch.out[node])
        return list(dict.fromkeys(arc.source for arc in arcs if arc.line.ends_time))

    def _least_visit(self, name: str, measure: Measure) -> Decimal:
        """Return a bound below what time needs to end one visit, whenever that begins."""
        allowance = self.allowed[name]
        if measure in _ROLLING:
            return Decimal(0)
        least = (self._least_length(allowance, length, measure) for length in allowance.plain)
        return min(least, default=Decimal(0))

    def _least_length(self, allowance: Allowance, length: Length, measure: Measure) -> Decimal:
        own = allowance.clock is self.home
        added = measure in _ADDED and not self.home.defers
        if grain(length.measure) is grain(measure) and (own or added):
            return of_grains(grains(length), measure, ROUND_FLOOR)
        if own and length.measure is Measure.WORKHOUR and measure in CLOCK:
            # Hours of work are hours, whatever else may run between them.
            return length.amount * (60 if measure is Measure.MINUTE else 1)

        def end(start: datetime) -> datetime:
            return allowance.clock.due(start, length.amount, length.measure)

        days = self._days_for(allowance, measure)
        return min((self._least_on(day, allowance.clock, end, measure) for day in days),
                   default=Decimal(0))  # fmt: skip

    def _least_on(
        self, day: date, clock: Clock, end: Callable[[datetime], datetime], measure: Measure
    ) -> Decimal:
        """Return a bound below what runs from a start on this day to its end."""
        if measure not in CLOCK:
            begin = first_of(day)
            # Days of rest at the end of a visit may be those at the start of the next one.
            days = worked_days(self.home, begin, end(begin)) if measure is Measure.WORKDAY else None
            least = needed(self.home, measure, begin, end(begin)) if days is None else days
            # What is received on a later day has that day less.
            return Decimal(max(least - self.home.defers, 0))
        # What begins between two moments takes at least from the second to the end of what begins
        # at the first.
        return min(
            spent(self.home, measure, other, end(one))
            for one, other in pairwise(sorted({*self.home.edges(day), *clock.edges(day)}))
        )

    def _least_of(
        self, stretch: Stretch, wanted: frozenset[str], shared: frozenset[str], measure: Measure
    ) -> Term | None:
        """Return the least over the first moments of all days, and the last ones where what comes
        then is received on a later day."""

        def arrival(start: datetime) -> tuple[datetime, Walk] | None:
            return _first(stretch, wanted, start, self._earliest, shared)

        def reach(day: date) -> date:
            found = arrival(last_of(day))
            return found[0].date() if found else day

        names = {node.state for node in stretch.out}
        best: Term | None = None
        for day in self._starts.days(reach, dated=self._dated(names, measure)):
            for start in (first_of(day), *((last_of(day),) if self.home.defers else ())):
                found = arrival(start)
                if found is None:
                    return None
                number = Decimal(needed(self.home, measure, start, found[0]))
                if best is None or best.amount is None or number < best.amount:
                    best = Term(number, measure, found[1])
        return best

    def _least(self, node: Node, spent: Decimal, arc: Arc) -> Decimal:
        waits = arc.line.ends_time and not self.allowed[node.state].limit.stopped
        return spent + self.allowed[node.state].least() if waits else spent

    def _earliest(self, node: Node, moment: datetime, arc: Arc) -> datetime:
        return self.allowed[node.state].earliest(moment) if arc.line.ends_time else moment

    def _adds_up_fast(self, names: Iterable[str], measure: Measure) -> bool:
        """As `_adds_up`; where nothing forces a wait, every measure does."""
        waits = [each for each in map(self.allowed.__getitem__, names) if each.plain]
        own = all(each.clock is self.home for each in waits)
        # What one calendar takes in today another may receive tomorrow.
        same = own or (measure in _ADDED and not self.home.defers)
        alike = {grain(length.measure) for each in waits for length in each.plain}
        return not waits or (same and alike == {grain(measure)} and measure not in _ROLLING)


def _most_days(lengths: Iterable[tuple[Length, ...]]) -> Decimal | None:
    """Return how many days a visit can use at the most; None: hours can be spread over any."""
    most = Decimal(1)
    for parts in lengths:
        if any(part.measure not in _DAYS for part in parts):
            return None
        days = (part.amount * _DAYS[part.measure] for part in parts)
        most = max(most, sum(days, Decimal(0)))
    return most


def _rolled(days: Decimal, measure: Measure) -> Decimal:
    """Return so many terms that roll on as never hold fewer days."""
    if measure is Measure.NATURALDAY:
        return days
    # Some month has 28 days, two 59, and so on: never fewer than thirty each but for two.
    terms = days / 365 if measure is Measure.YEAR else (days + 2) / 30
    return terms.to_integral_value(ROUND_CEILING)


_Spent = tuple[Node, frozenset[str]]
"""A node, and the states of which the time has run out for good."""


class _Plain:
    """A stretch by numbers, for going over it many times."""

    def __init__(self, stretch: Stretch, order: list[Node], allowed: dict[str, Allowance]) -> None:
        self.stretch = stretch
        self.order = order
        places = {node: at for at, node in enumerate(order)}
        self._latest = [allowed[node.state].latest for node in order]
        self._starts = [places[node] for node in stretch.starts]
        self._inner = [
            sorted({places[n] for _, n in stretch.out[node] if n is not None}) for node in order
        ]
        self._final = [any(n is None for _, n in stretch.out[node]) for node in order]
        self._places = places

    def arrival(self, start: datetime) -> datetime:
        """Return the latest arrival at the end of the stretch."""
        dues = zip(self._dues(start), self._final, strict=True)
        return max((due for due, final in dues if final and due), default=start)

    def _dues(self, start: datetime) -> list[datetime | None]:
        """Return the latest moment in each node, None where the case does not come."""
        entry: list[datetime | None] = [None] * len(self.order)
        for place in self._starts:
            entry[place] = start
        dues: list[datetime | None] = [None] * len(self.order)
        for at, arrived in enumerate(entry):
            if arrived is None:
                continue
            due = dues[at] = self._latest[at](arrived)
            for following in self._inner[at]:
                before = entry[following]
                if before is None or due > before:
                    entry[following] = due
        return dues

    def walk(self, start: datetime) -> Walk:
        """Return a walk that arrives last."""
        dues = self._dues(start)
        best: dict[Node, datetime] = {self.order[place]: start for place in self._starts}
        came: Came = dict.fromkeys(best)
        top: tuple[datetime, Node, Arc] | None = None
        for due, node in zip(dues, self.order, strict=True):
            if due is None:
                continue
            for arc, following in self.stretch.out[node]:
                if following is None:
                    if top is None or due > top[0]:
                        top = (due, node, arc)
                elif following not in best or due > best[following]:
                    best[following] = due
                    came[following] = (arc, node)
        return _closed(top and top[1:], came)


def _closed(last: tuple[Node, Arc] | None, came: Came) -> Walk:
    if last is None:
        return Walk("")
    walk = walk_to(last[0], came)
    return Walk(walk.first, (*walk.arcs, last[1]))


def _arrives(arc: Arc, wanted: frozenset[str]) -> bool:
    return not wanted.isdisjoint((arc.target, arc.line.name, arc.line.label))


def _entered(stretch: Stretch, shared: frozenset[str]) -> list[_Spent]:
    """Return the nodes that a stretch begins with, and what may have run out before it does."""
    if not shared:
        return [(node, frozenset()) for node in stretch.starts]
    found: dict[_Spent, None] = {(stretch.map.start, frozenset()): None}
    # The list grows while it is gone through.
    waiting = list(found)
    for node, gone in waiting:
        for arc, following in stretch.map.steps(node):
            over = gone | (shared & {node.state} if arc.line.ends_time else frozenset())
            if (following, over) not in found:
                found[following, over] = None
                waiting.append((following, over))
    starts = set(stretch.starts)
    return [place for place in found if place[0] in starts]


def _first(
    stretch: Stretch,
    wanted: frozenset[str],
    start: Any,
    leave: Callable[[Node, Any, Arc], Any],
    shared: frozenset[str],
) -> tuple[Any, Walk] | None:
    """Return the least that it takes to arrive; `leave` says what it comes to after an arc.

    The time of a state of `shared` runs out once for all its visits: afterwards none is left.
    """
    first = _entered(stretch, shared)
    best: dict[_Spent, Any] = dict.fromkeys(first, start)
    came: dict[_Spent, tuple[Arc, _Spent] | None] = dict.fromkeys(first)
    heap = [(start, at, place) for at, place in enumerate(first)]
    top: tuple[Any, _Spent, Arc] | None = None
    number = len(heap)
    while heap:
        so_far, _, place = heapq.heappop(heap)
        if so_far > best[place] or (top and so_far >= top[0]):
            continue
        node, spent = place
        for arc, following in stretch.out[node]:
            after = so_far if node.state in spent else leave(node, so_far, arc)
            if following is None:
                if _arrives(arc, wanted) and (top is None or after < top[0]):
                    top = (after, place, arc)
                continue
            over = spent | (shared & {node.state} if arc.line.ends_time else frozenset())
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
