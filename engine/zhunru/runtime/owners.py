"""Who a body is on a day: units of the chart as near to the case as they can be found.

A unit is itself, a field what it holds. A level or a role has many bearers, so the case's place
picks: the community it is about, then the other units it names, then who opened it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from zhunru.checker.chart import COMMON_LEVELS
from zhunru.checker.resolved import ResolvedUnit
from zhunru.checker.resolved_flows import Body
from zhunru.checker.unit_table import saying_more
from zhunru.compiler.chart import OrgChart
from zhunru.worktime.instants import DAY

_MOST_KEPT = 1 << 14
_PLACES = frozenset(COMMON_LEVELS) - {"部门", "派出机构"}


class Bearers(NamedTuple):
    """The units that a body is; `roles` are those that a caller may vouch for instead.

    `missing` is the field that is not known. `raised`: a role that nobody has where it belongs,
    found one level up; `unheld`: nobody has it at all.
    """

    units: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()
    unheld: tuple[str, ...] = ()


NOBODY = Bearers()


def together(parts: Iterable[Bearers]) -> Bearers:
    """Return the bearers of several bodies, each once."""
    columns = zip(*parts, strict=True)
    return Bearers(*(tuple(dict.fromkeys(x for part in each for x in part)) for each in columns))


class Finder:
    """Finds bearers in one chart; answers are remembered by day and place."""

    def __init__(self, chart: OrgChart, posts: Mapping[str, str]) -> None:
        self.chart = chart
        self.posts = posts
        self._kept: dict[tuple[str, str, int, tuple[str, ...]], Bearers] = {}
        self._days: dict[int, date] = {}
        self._holders: dict[tuple[str, int], tuple[str, ...]] = {}

    def day(self, at: int) -> date:
        """Return the day of an instant."""
        ordinal = at // DAY
        found = self._days.get(ordinal)
        if found is None:
            if len(self._days) >= _MOST_KEPT:
                self._days.clear()
            found = self._days[ordinal] = date.fromordinal(ordinal)
        return found

    def named(self, body: Body, places: tuple[str, ...], at: int) -> Bearers:
        """Return the bearers of a unit, role or level of the chart."""
        if body.kind == "unit":
            return Bearers((body.name,))
        return self.of_name(body.kind, body.name, places, at)

    def of_name(self, kind: str, name: str, places: tuple[str, ...], at: int) -> Bearers:
        """Return the bearers of the role or level of that name."""
        key = (kind, name, at // DAY, places)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            make = self._of_role if kind == "role" else self._of_level
            found = self._kept[key] = make(name, places, self.day(at))
        return found

    def of_text(self, text: str, places: tuple[str, ...], at: int) -> Bearers:
        """Return the bearers of what a table names: a unit, role, level, or a body of its own."""
        day = self.day(at)
        unit = self.chart.resolve(text, day)
        if unit is not None:
            return Bearers((unit,))
        if text in self.chart.roles or text in self.posts:
            return self.of_name("role", text, places, at)
        found = self.of_name("level", text, places, at)
        return found if found.units else Bearers((text,))

    def above(self, unit: str) -> str:
        """Return the superior of a unit, or "" at the top."""
        line = self.chart.above(unit)
        return line[1] if len(line) > 1 else ""

    def at_level(self, unit: str, level: str) -> str:
        """Return the unit of a level at or above a unit, or ""."""
        units = self.chart.units
        return next(
            (u for u in self.chart.above(unit) if u in units and units[u].level == level), ""
        )

    # --- levels ----------------------------------------------------------------------------

    def _of_level(self, level: str, places: tuple[str, ...], day: date) -> Bearers:
        bearers = [u for u in self.chart.known(day) if self.chart.units[u].level == level]
        for place in places:
            found = self.at_level(place, level)
            if found:
                return Bearers((found,))
        for place in places:
            below = tuple(u for u in bearers if place in self.chart.above(u))
            if below:
                return Bearers(below)
        return Bearers(tuple(bearers))

    # --- roles -----------------------------------------------------------------------------

    def _of_role(self, role: str, places: tuple[str, ...], day: date) -> Bearers:
        bearers = self.holders(role, day)
        elsewhere = False
        for place in places:
            passed = False
            for found, beside in self._up(place, bearers):
                passed = passed or beside
                if found:
                    moved = (role,) if passed else ()
                    return Bearers(found, (role,), raised=moved)
            elsewhere = elsewhere or passed
        near = tuple(unit for unit in bearers if not self._foreign(unit, places))
        if near and not elsewhere:
            return Bearers(near, (role,))
        # Beside the case others have the role, or nobody has: they cannot stand in for each other.
        return Bearers((role,), (role,), unheld=(role,))

    def _foreign(self, unit: str, places: tuple[str, ...]) -> bool:
        """Tell whether a unit belongs to a territory in which none of the places lies.

        A set brings the offices of those above it along, which may be of another district: what
        is told to one's own police or court is no business of theirs.
        """
        chart = self.chart
        tops = {chart.above(place)[-1] for place in places if place in chart.units}
        top = chart.above(unit)[-1]
        return bool(tops) and top not in tops and self._is_place(top)

    def assembly(self, role: str, places: tuple[str, ...], at: int) -> Bearers:
        """Return the members of a body that meets: offices of one superior that have its role.

        A place that has the role has a body of its own, whose members are not on the chart.
        """
        found = self.of_name("role", role, places, at)
        if len(found.units) != 1 or self._is_place(found.units[0]):
            return found
        superior = self.above(found.units[0])
        beside = tuple(u for u in self.holders(role, self.day(at)) if self.above(u) == superior)
        return found._replace(units=beside) if superior and len(beside) > 1 else found

    def _is_place(self, unit: str) -> bool:
        known = self.chart.units.get(unit)
        return known is not None and known.level in _PLACES

    def holders(self, role: str, day: date) -> tuple[str, ...]:
        """Return every unit that has a role on a day."""
        key = (role, day.toordinal())
        found = self._holders.get(key)
        if found is None:
            level, chart = self.posts.get(role, ""), self.chart
            found = self._holders[key] = tuple(
                unit
                for unit in chart.known(day)
                if chart.holds_role(unit, role) or (level and chart.units[unit].level == level)
            )
        return found

    def _up(self, place: str, bearers: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], bool]]:
        """Yield, from a place upwards, who has the role there, and whether only others beside do.

        Of a superior only its own offices count, not what stands below the place's siblings.
        """
        chart = self.chart
        below = tuple(unit for unit in bearers if place in chart.above(unit))
        yield below, False
        came = [place]
        for up in chart.above(place)[1:]:
            levels = {chart.units[u].level for u in came if u in chart.units}
            near = [u for u in bearers if u == up or self.above(u) == up]
            own = tuple(u for u in near if u == up or chart.units[u].level not in levels)
            beside = any(up in chart.above(u) and u not in own for u in bearers)
            yield own, beside
            came.append(up)


def forerunners(chart: OrgChart, name: str, day: date = date.max) -> Iterator[str]:
    """Yield the units whose office a unit has taken over by a day: it has a role of theirs below
    the same superior and came first after they were gone. What they took over comes with it.

    A case keeps the name of whose turn it was when it came, or who was asked or called in then.
    """
    unit = chart.units.get(name)
    came = unit.period.start if unit is not None else None
    if unit is None or came is None or came > day:
        return
    for other in saying_more(chart.units):
        # Who came later still is a further unit of its kind, such as one more community.
        if _may_take_over(unit, other) and came == _next_day(chart, other):
            yield other.name
            yield from forerunners(chart, other.name)


def other_names(chart: OrgChart, name: str) -> Iterator[str]:
    """Yield the other names of a unit that are no other unit's: it may have been called so before,
    and records keep the name of their day."""
    unit = chart.units.get(name)
    for other in unit.names if unit is not None else ():
        if other != name and chart.ever(other) == [name]:
            yield other


def earlier_names(chart: OrgChart, name: str, day: date = date.max) -> Iterator[str]:
    """Yield what a unit was called before, and those whose office it has, by all their names."""
    yield from other_names(chart, name)
    for gone in forerunners(chart, name, day):
        yield gone
        yield from other_names(chart, gone)


def _may_take_over(unit: ResolvedUnit, gone: ResolvedUnit) -> bool:
    came, ended = unit.period.start, gone.period.end
    followed = came is not None and ended is not None and ended < came
    return followed and unit.superior == gone.superior and bool({*unit.roles} & {*gone.roles})


def _next_day(chart: OrgChart, gone: ResolvedUnit) -> date | None:
    """Return the first day of whoever came first after a unit that is gone."""
    days = (each.period.start for each in saying_more(chart.units) if _may_take_over(each, gone))
    return min((day for day in days if day is not None), default=None)
