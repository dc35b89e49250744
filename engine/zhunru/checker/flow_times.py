"""How long a case may take: over every walk, with the walk that attains it.

Time in states that stop the clock (停表) is left out. Exact by these means: days of work add up
whatever the calendar says; with hours or natural days among them the worst start of the last
published years is taken, day by day. Only the latest arrival at each node matters, because no
length ends earlier for starting later. Where that would be too much work a bound is given that is
safe, and said to be no more than that.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from itertools import pairwise

from zhunru.checker.flow_clocks import (
    Allowance,
    Clocks,
    grain,
    last_of,
    needed,
    of_grains,
    ran,
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
)
from zhunru.checker.flow_starts import YEARS, Starts
from zhunru.checker.flow_stretch import Reason, Stretch, Term
from zhunru.checker.flow_unset import without_limit
from zhunru.checker.resolved_flows import Length
from zhunru.vocabulary import CLOCK, Measure

MOST_WORK = 6_000_000
_STARTS = YEARS * 366
_HALVINGS = 4096
MANY = 40
ROLLING = (Measure.NATURALDAY, Measure.MONTH, Measure.YEAR)
_DAYS = {Measure.WORKDAY: 1, Measure.DAY: 1, Measure.NATURALDAY: 1, Measure.MONTH: 31,
         Measure.YEAR: 366}  # fmt: skip


class Times:
    """What states allow, and the longest that it may come to between two of them."""

    def __init__(self, map_: FlowMap, clocks: Clocks) -> None:
        self.map = map_
        self.horizon = clocks.horizon
        self.home = clocks.of(map_.flow.calendar)
        # States of which all visits share one limit (累计).
        self.shared = [state.name for state in map_.flow.states if state.cumulative]
        self.allowed = {state.name: clocks.allowance(state) for state in map_.flow.states}
        self._singles: dict[tuple[Allowance, Measure, bool], Decimal | None] = {}

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
        again = next((name for name in self.shared if visited.count(name) > 1), "")
        again = again or self._begun(stretch, full.walk.first, {*visited} & {*self.shared})
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
        elif is_large(stretch):
            safe = "large"
        else:
            found = self._worst_of(_Plain(stretch, order, self.allowed), measure, names)
            if found:
                return found
        walk = walk_to(order[-1], stretch.came) if order else Walk("")
        return Term(self._safe(measure, names), measure, walk, safe, paused)

    @cached_property
    def starts(self) -> Starts:
        """Return the days at which a case may begin."""
        clocks = (self.home, *(allowance.clock for allowance in self.allowed.values()))
        return Starts(clocks, self.horizon)

    def dated(self, names: Iterable[str], measure: Measure) -> bool:
        """Tell whether it matters for these states which day it is."""
        used = {measure}.union(*(self.allowed[name].measures for name in names))
        return not used.isdisjoint((Measure.MONTH, Measure.YEAR))

    def _worst_of(self, plain: _Plain, measure: Measure, names: Iterable[str]) -> Term | None:
        """Return the longest over all starts; None where it runs past what is published."""
        worst, at = -1, self.horizon
        each = len(plain.order) > MANY or self.dated(names, measure)
        for start, arrival in self._swept(plain, each_day=each):
            number = needed(self.home, measure, start, arrival)
            if number > worst:
                worst, at = number, start
        return None if worst < 0 else Term(Decimal(worst), measure, plain.walk(at))

    def _swept(self, plain: _Plain, *, each_day: bool) -> Iterator[tuple[datetime, datetime]]:
        """Yield the moments at which a case may begin, with the latest arrival of each."""

        def reach(day: date) -> date:
            return plain.arrival(last_of(day)).date()

        if not each_day:
            for day in self.starts.days(reach, dated=False):
                yield from ((start, plain.arrival(start)) for start in self.home.starts(day))
            return
        # All days are gone over together: node by node.
        begun = [(day, start) for day in self.starts.every() for start in self.home.starts(day)]
        arrivals = plain.arrivals([start for _, start in begun], self.horizon)
        latest = dict(zip((day for day, _ in begun), arrivals, strict=True))
        known = set(self.starts.days(lambda day: latest[day].date(), dated=True))
        for (day, start), arrival in zip(begun, arrivals, strict=True):
            if day in known:
                yield start, arrival

    def _safe(self, measure: Measure, names: Iterable[str]) -> Decimal | None:
        """Return a bound that no case passes: every state as often as the bounds let it be."""
        names = [name for name in names if not self.allowed[name].limit.stopped]
        rounds = self.map.rounds()
        if rounds is None:
            return None
        if measure in ROLLING and sum(rounds[name] for name in names) > 1:
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
        return name in self.shared and plain and days

    def _single(self, name: str, measure: Measure) -> Decimal | None:
        """Return the most that one visit takes in this measure."""
        allowance, pauses = self.allowed[name], bool(self.map.states[name].suspensions)
        key = (allowance, measure, pauses)
        if key not in self._singles:
            self._singles[key] = self._most_of(*key)
        return self._singles[key]

    def _most_of(self, allowance: Allowance, measure: Measure, pauses: bool) -> Decimal | None:
        if allowance.open or allowance.limit.untimed:
            return None
        same = allowance.clock is self.home or measure not in CLOCK
        if allowance.measures == {grain(measure)} and same:
            return of_grains(allowance.most(), measure)
        if pauses:
            # While it is stopped days of rest may pass, and every day that counts be one of work.
            return _most_days(allowance.lengths) if measure is Measure.WORKDAY else None
        if measure in CLOCK:
            hours = self._most_hours(allowance, measure)
            return None if hours is None else Decimal(hours)
        found = [
            needed(self.home, measure, start, allowance.latest(start))
            for day in self.days_for(allowance, measure)
            for start in self.home.starts(day)
        ]
        return Decimal(max(found)) if found else None

    def days_for(self, allowance: Allowance, measure: Measure) -> Iterator[date]:
        """Yield days of every kind for a visit that begins on them."""

        def reach(day: date) -> date:
            return allowance.latest(last_of(day)).date()

        dated = not {measure, *allowance.measures}.isdisjoint((Measure.MONTH, Measure.YEAR))
        return self.starts.days(reach, dated=dated)

    def _most_hours(self, allowance: Allowance, measure: Measure) -> int | None:
        """Return a bound on the hours or minutes of one visit, whenever in a day it begins.

        What begins between two moments takes at most from the first to the end of what begins at
        the second; where that is too much the part is halved.
        """

        def most(one: datetime, other: datetime) -> int:
            return ran(self.home, measure, one, allowance.latest(other))

        pairs = [
            pair
            for day in self.days_for(allowance, measure)
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


def is_large(stretch: Stretch) -> bool:
    """Tell whether a stretch is too large to be gone over once for every start."""
    return sum(map(len, stretch.out.values())) * _STARTS > MOST_WORK


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

    def arrivals(self, starts: list[datetime], last: datetime) -> list[datetime]:
        """Return the latest arrival of each start; what is past `last` goes no further."""
        entries: list[list[datetime]] = [[] for _ in self.order]
        for place in self._starts:
            entries[place] = starts
        found = starts
        for at, entered in enumerate(entries):
            latest = self._latest[at]
            dues = [moment if moment > last else latest(moment) for moment in entered]
            entries[at] = []  # a long list for each node would be much
            if self._final[at]:
                found = [*map(max, found, dues)]
            for following in self._inner[at]:
                before = entries[following]
                entries[following] = [*map(max, before, dues)] if before else dues
        return found

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
