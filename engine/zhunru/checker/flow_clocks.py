"""Lengths of time on calendars, as the proofs about workflows need them: moments to moments.

Every length moves a later moment to one no earlier, so the latest arrival at a state is all that
has to be known about the ways to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from zhunru.checker.resolved_flows import Extension, Length, Limit, ResolvedCalendar, State
from zhunru.vocabulary import (
    CLOCK,
    NATURAL_DAYS,
    OFFICE_HOURS,
    RECEIPT,
    ROUND_THE_CLOCK,
    SERVICE,
    YES,
    Measure,
)
from zhunru.worktime import (
    BEIJING,
    DayKind,
    Hours,
    Receipt,
    Season,
    Unit,
    WorkCalendar,
    due,
    elapsed,
    natural_time,
    published_calendar,
    round_the_clock,
    working_time,
)
from zhunru.worktime import Limit as TimeLimit
from zhunru.worktime.instants import DAY, HOUR, MINUTE

_MOST = 1 << 16
_LAST = time(23, 59, 59, 999_999)
_BUILT_IN = {
    OFFICE_HOURS[0]: working_time,
    NATURAL_DAYS[0]: natural_time,
    ROUND_THE_CLOCK[0]: round_the_clock,
}


def work_calendar(name: str, declared: dict[str, ResolvedCalendar]) -> WorkCalendar:
    """Return the calendar of a name: one of the set, or a built-in one (also where it is blank).

    Minutes and hours of a calendar run in its hours if it serves the public: if it is open, or on
    standby, on days of rest; the setting 服务 says otherwise.
    """
    source = declared.get(name)
    if source is None:
        return _BUILT_IN.get(name, working_time)()
    settings = dict(source.settings)
    lines = tuple(
        Hours(
            frozenset(DayKind(kind) for kind in each.days),
            # A `time` cannot be 24:00: as an end, 0:00 is meant.
            tuple((_minute(start), _minute(end) or 24 * 60) for start, end in each.spells),
            Season(*each.season) if each.season else None,
            each.standby,
        )
        for each in source.hours
    )
    rests = any(DayKind.WORKDAY not in line.days or line.standby for line in lines)
    service = next((settings[word] in YES for word in SERVICE if word in settings), rests)
    later = any(settings.get(key) in RECEIPT[1] for key in RECEIPT[0])
    receipt = Receipt.NEXT_DAY if later else Receipt.SAME_DAY
    return WorkCalendar(name, published_calendar(), lines, service=service, receipt=receipt)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


class Clock:
    """A calendar on which lengths run."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self._known: dict[tuple[datetime, Decimal, Measure], datetime] = {}

    def due(self, start: datetime, amount: Decimal, measure: Measure) -> datetime:
        """Return when a length ends that begins at `start`."""
        key = (start, amount, measure)
        found = self._known.get(key)
        if found is None:
            limit = TimeLimit(amount, Unit(measure.value))
            found = self._known[key] = due(start, limit, self.calendar).instant
        return found

    @property
    def defers(self) -> bool:
        """Tell whether what comes after the close counts as received on a later day."""
        return self.calendar.receipt is Receipt.NEXT_DAY

    def starts(self, day: date) -> Iterator[datetime]:
        """Yield the moments of a day at which a start is worst: its end, and its close where what
        comes later is received on another day.

        Before that only time for the work of the same day is lost.
        """
        if self.defers:
            yield self.close(day)
        yield last_of(day)

    def edges(self, day: date) -> Iterator[datetime]:
        """Yield the moments of a day at which this calendar may open or close, its first and its
        last."""
        spells = self.calendar.hours_on(day)
        inside = {at for spell in (*spells.business, *spells.service) for at in spell}
        for at in sorted({0, *inside - {DAY}, DAY - 1}):
            yield first_of(day) + timedelta(microseconds=at)

    def close(self, day: date) -> datetime:
        """Return when a day of this calendar is used up."""
        return first_of(day) + timedelta(microseconds=self.calendar.hours_on(day).close)


def first_of(day: date) -> datetime:
    """Return the first moment of a day."""
    return datetime.combine(day, time(), BEIJING)


def last_of(day: date) -> datetime:
    """Return the last moment of a day."""
    return datetime.combine(day, _LAST, BEIJING)


class Clocks:
    """The clocks of a set's calendars, each made once."""

    def __init__(self, declared: dict[str, ResolvedCalendar]) -> None:
        self._declared = declared
        self._made: dict[str, Clock] = {}
        self._allowances: dict[tuple[object, ...], Allowance] = {}
        self.horizon = datetime.combine(published_calendar().horizon, _LAST, BEIJING)

    def of(self, name: str) -> Clock:
        """Return the clock of a calendar."""
        if name not in self._made:
            self._made[name] = Clock(work_calendar(name, self._declared))
        return self._made[name]

    def allowance(self, state: State) -> Allowance:
        """Return the time that a state allows, one and the same for equal limits."""
        limit = state.limit or Limit(untimed=True)
        key = (limit, state.extension)
        if key not in self._allowances:
            found = Allowance(limit, state.extension, self.of(limit.calendar))
            self._allowances[key] = found
        return self._allowances[key]


_BARE = frozenset({Measure.HOUR, Measure.MINUTE})
_SIXTY = Decimal(60)
_FINE = Decimal("0.0001")


def grain(measure: Measure) -> Measure:
    """Return the measure in which lengths of a measure are summed up.

    Hours and minutes run by one and the same clock, so they are counted in minutes; working hours
    run by another.
    """
    return Measure.MINUTE if measure in _BARE else measure


def grains(length: Length) -> Decimal:
    """Return how many of its grains a length has."""
    return length.amount * _SIXTY if length.measure is Measure.HOUR else length.amount


def of_grains(amount: Decimal, measure: Measure, rounding: str = ROUND_CEILING) -> Decimal:
    """Return so many grains in a measure, rounded up (the least of something: down) where an hour
    is not whole."""
    if measure is not Measure.HOUR:
        return amount
    hours = (amount / _SIXTY).quantize(_FINE, rounding=rounding)
    return hours.quantize(Decimal(1)) if hours == hours.to_integral_value() else hours


class Allowance:
    """The time that a state allows, its extensions granted: the most and the least of it."""

    def __init__(self, limit: Limit, extension: Extension | None, clock: Clock) -> None:
        self.limit = limit
        given = limit.lengths
        if limit.most is not None and limit.measure:
            given += (_most(limit.most, limit.measure),)
        self.lengths = tuple(_extended(length, extension) for length in given)
        self.plain = limit.lengths
        self._clock = clock
        self._latest: dict[datetime, datetime] = {}
        self._earliest: dict[datetime, datetime] = {}

    @property
    def clock(self) -> Clock:
        """Return the clock on which it runs."""
        return self._clock

    @property
    def open(self) -> bool:
        """Tell whether a field decides, without a bound."""
        return not self.lengths and not self.limit.untimed

    @property
    def measures(self) -> frozenset[Measure]:
        """Return the measures that occur, as they are summed up."""
        return frozenset(grain(length.measure) for parts in self.lengths for length in parts)

    def most(self) -> Decimal:
        """Return the grains of the longest of them, all being of one measure."""
        return max(sum(map(grains, parts), Decimal(0)) for parts in self.lengths)

    def least(self) -> Decimal:
        """Return the grains of the shortest of them; a field may give none at all."""
        return min(map(grains, self.plain), default=Decimal(0))

    def latest(self, start: datetime) -> datetime:
        """Return the last moment of a visit that begins at `start`."""
        found = self._latest.get(start)
        if found is None:
            found = self._latest[start] = max(self._due(start, parts) for parts in self.lengths)
        return found

    def earliest(self, start: datetime) -> datetime:
        """Return the first moment at which the time of a visit may be over."""
        found = self._earliest.get(start)
        if found is None:
            dues = (self._due(start, (length,)) for length in self.plain)
            found = self._earliest[start] = min(dues, default=start)
        return found

    def _due(self, start: datetime, parts: tuple[Length, ...]) -> datetime:
        for part in parts:
            start = self._clock.due(start, part.amount, part.measure)
        return start


def _most(amount: Decimal, measure: Measure) -> Length:
    """Return the most that a value gives, counted as the case counts it on entry."""
    # A week has no clock of its own, and a part of a day is one more day.
    if measure is Measure.WEEK:
        amount, measure = amount * 7, Measure.DAY
    if measure not in CLOCK:
        amount = amount.to_integral_value(ROUND_CEILING)
    return Length(amount=max(amount, Decimal(0)), measure=measure)


def _extended(length: Length, extension: Extension | None) -> tuple[Length, ...]:
    if extension is None:
        return (length,)
    more = extension.length.amount * extension.times
    if extension.length.measure is length.measure:
        return (Length(amount=length.amount + more, measure=length.measure),)
    return (length, Length(amount=more, measure=extension.length.measure))


def ran(clock: Clock, measure: Measure, start: datetime, arrival: datetime) -> int:
    """Return how many hours or minutes, a part of one counted whole, run between two moments."""
    return int(spent(clock, measure, start, arrival).to_integral_value(ROUND_CEILING))


def spent(clock: Clock, measure: Measure, start: datetime, arrival: datetime) -> Decimal:
    """Return how many hours or minutes run between two moments, with parts of one."""
    unit = Unit(measure.value)
    used = elapsed(start, max(start, arrival), unit, clock.calendar).used
    return Decimal(used) / (MINUTE if unit is Unit.MINUTE else HOUR)


def worked_days(clock: Clock, start: datetime, arrival: datetime) -> int | None:
    """Return how many days of work lie after the day of a start, up to that of an arrival."""
    return clock.calendar.days.count_workdays(start.date(), arrival.date())


def needed(clock: Clock, measure: Measure, start: datetime, arrival: datetime) -> int:
    """Return the least whole number of `measure` from `start` that does not end before `arrival`.

    Where the measure counts days, one of them is one day, though another calendar closes later in
    it, and none at all is needed within the day of the start.
    """
    if measure not in CLOCK:
        arrival = min(arrival, clock.close(arrival.date()))
    if arrival <= start:
        return 0
    if measure is Measure.DAY and not clock.defers:
        return (arrival.date() - start.date()).days
    worked = None if clock.defers else worked_days(clock, start, arrival)
    if measure is Measure.WORKDAY and worked is not None:
        # A day of rest is not over before the next day of work is.
        later = arrival.date() > start.date()
        return worked + (later and not clock.calendar.days.is_workday(arrival.date()))
    if clock.due(start, Decimal(0), measure) >= arrival:
        return 0
    high = 1
    # Doubling, then halving: `due` never goes back as the length grows.
    while high < _MOST and clock.due(start, Decimal(high), measure) < arrival:
        high *= 2
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        if clock.due(start, Decimal(middle), measure) < arrival:
            low = middle
        else:
            high = middle
    return high
