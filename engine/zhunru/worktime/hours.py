"""Hours: when a calendar is open, on which kinds of day and in which season, and when it closes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

from zhunru.worktime.days import Calendar, DayKind, clamped, days
from zhunru.worktime.instants import DAY, END, MINUTE, day_of, midnight
from zhunru.worktime.notices import published_calendar

Spell = tuple[int, int]
"""From and to within a day: minutes in what is declared, microseconds in what is worked out."""

_MINUTES = 24 * 60


class Receipt(StrEnum):
    """下班后收件: the day on which what arrives outside of business counts as received.

    民法典第二百零三条 closes a day at the end of business; which day a later receipt belongs to
    is for the set to say. NEXT_DAY is the next day of business, so that what arrives on Friday
    evening and on Saturday is treated alike.
    """

    SAME_DAY = "当日"
    NEXT_DAY = "次日"


class Season(NamedTuple):
    """Days of every year, from first to last (month, day); it may run over the turn of the year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def holds(self, day: date) -> bool:
        """Tell whether `day` lies in this season."""
        now = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= now <= self.last
        return now >= self.first or now <= self.last


@dataclass(frozen=True, slots=True)
class Hours:
    """One line of a calendar: `工作日 8:30 至 12:00、14:00 至 17:30 [自 5-1 至 9-30] [值班]`.

    A line of a season replaces, while the season holds, the lines without one for the same kind
    of day. 值班 hours answer what comes in; they are no hours of business: hours and minutes of a
    service run in them, 工作小时 do not, and no day closes at their end.
    """

    days: frozenset[DayKind]
    spells: tuple[Spell, ...]
    season: Season | None = None
    standby: bool = False

    def __post_init__(self) -> None:
        """Refuse spells that are empty, out of order or outside of a day."""
        ends = [0, *(minute for spell in self.spells for minute in spell), _MINUTES]
        if ends != sorted(ends) or any(start == end for start, end in self.spells):
            raise ValueError("hours must follow one another within a day")

    @classmethod
    def on(
        cls,
        kinds: Iterable[DayKind] | DayKind,
        *spells: str,
        season: Season | None = None,
        standby: bool = False,
    ) -> Hours:
        """Return a line of hours from spells like `8:30-12:00`."""
        chosen = frozenset([kinds] if isinstance(kinds, DayKind) else kinds)
        return cls(chosen, tuple(_spell(text) for text in spells), season, standby)


class DayHours(NamedTuple):
    """One day's spells in microseconds: those of business, and those of business or standby."""

    business: tuple[Spell, ...]
    service: tuple[Spell, ...]

    @property
    def close(self) -> int:
        """Return the end of business, or of a day without; the end of a day belongs to it."""
        return min(self.business[-1][1], DAY - 1) if self.business else DAY - 1

    @property
    def opening(self) -> int:
        """Return the beginning of business, or of a day without."""
        return self.business[0][0] if self.business else 0


@dataclass(frozen=True)
class WorkCalendar:
    """A 日历: its hours over the days of a holiday calendar, and its settings.

    Without any line of hours it is open all day, every day. `service`: 小时 and 分钟 run in its
    hours (a service answers only while it is open) rather than round the clock.
    `roll_weekends`: a term of natural days, months or years that ends on a plain Saturday or
    Sunday ends on the next working day too.
    """

    name: str
    days: Calendar
    lines: tuple[Hours, ...] = ()
    service: bool = False
    receipt: Receipt = Receipt.SAME_DAY
    roll_weekends: bool = True

    def hours_on(self, day: date) -> DayHours:
        """Return the hours of a day."""
        return self.hours_of_kind(self.days.kind(day), day)

    def hours_of_kind(self, kind: DayKind, day: date) -> DayHours:
        """Return the hours that a day has if it is of this kind."""
        season = -1
        if self._seasons:
            season = next((i for i, s in enumerate(self._seasons) if s.holds(day)), -1)
        return self._tables[kind, season]

    def close(self, day: date) -> int:
        """Return the microseconds at which a day closes (民法典第二百零三条第二款).

        有业务时间的,停止业务活动的时间为截止时间; else its last microsecond: the close belongs
        to its day, and what begins there begins on that day.
        """
        return midnight(day) + self.hours_on(day).close

    def opening(self, day: date) -> int:
        """Return the microseconds at which a day opens."""
        return midnight(day) + self.hours_on(day).opening

    def received(self, moment: int) -> date:
        """Return the day on which what arrives at `moment` counts as received."""
        day = day_of(moment)
        if self.receipt is Receipt.SAME_DAY or (
            self.hours_on(day).business and moment <= self.close(day)
        ):
            return day
        return self._next_open(day)

    def same_day(self, moment: int) -> date:
        """Return the day at whose close is over what has to be done on the day of `moment`.

        What comes after the close counts from the next day of business.
        """
        day = self.received(moment)
        return day if self.close(day) > moment else self._next_open(day)

    def _next_open(self, day: date) -> date:
        """Return the next day of business; `day` itself if there is none within two years."""
        ordinal = day.toordinal()
        # Two years hold every season with every day of the week; what does not open then never
        # does.
        after = (clamped(ordinal + n) for n in range(1, 2 * 366))
        return next((found for found in after if self.hours_on(found).business), self._never(day))

    def _never(self, day: date) -> date:
        """Return the day of receipt where no day of business follows."""
        # Days that are all taken to be closed stand for the longest wait: `day` itself would hide
        # that the receipt hangs on which of them will be open.
        opens = any(hours.business for hours in self._tables.values())
        return date.max if self.days.assumed and opens else day

    @cached_property
    def worked(self) -> Worked:
        """Return the time of business, summed up."""
        return Worked(self, standby=False)

    @cached_property
    def served(self) -> Worked:
        """Return the time of business or standby, summed up."""
        return Worked(self, standby=True)

    def closed_from(self, year: int, *, standby: bool) -> bool:
        """Tell whether no day from this year on can be open."""
        if year <= self.days.horizon.year:
            return False
        kinds = self.days.unpublished_kinds
        tables = (hours for (kind, _), hours in self._tables.items() if kind in kinds)
        return not any(hours.service if standby else hours.business for hours in tables)

    @cached_property
    def variants(self) -> tuple[WorkCalendar, ...]:
        """Return this calendar with the days that are not published of each kind in turn.

        An answer that they all share does not depend on days that are not published.
        """
        return tuple(replace(self, days=self.days.assuming(kind)) for kind in DayKind)

    @cached_property
    def _seasons(self) -> tuple[Season, ...]:
        """Return the seasons; where two overlap, the one written first holds."""
        return tuple(dict.fromkeys(line.season for line in self.lines if line.season))

    @cached_property
    def _tables(self) -> dict[tuple[DayKind, int], DayHours]:
        seasons = [*enumerate(self._seasons), (-1, None)]
        return {(kind, i): self._table(kind, season) for kind in DayKind for i, season in seasons}

    def _table(self, kind: DayKind, season: Season | None) -> DayHours:
        if not self.lines:
            return DayHours(((0, DAY),), ((0, DAY),))
        business = _union(self._applying(kind, season, standby=False))
        return DayHours(business, _union([*business, *self._applying(kind, season, standby=True)]))

    def _applying(self, kind: DayKind, season: Season | None, *, standby: bool) -> list[Spell]:
        lines = [line for line in self.lines if kind in line.days and line.standby is standby]
        # Business and standby each by itself: summer hours of business leave the standby as it is.
        seasonal = [line for line in lines if line.season == season]
        chosen = seasonal or [line for line in lines if line.season is None]
        return [(a * MINUTE, b * MINUTE) for line in chosen for a, b in line.spells]


class Worked:
    """Sums of open time: how much lies between two instants, and when an amount is used up.

    Each year has a table of sums, made when it is first asked about; years that are not published
    share one table per weekday of New Year and length.
    """

    def __init__(self, calendar: WorkCalendar, *, standby: bool) -> None:
        self._calendar = calendar
        self._standby = standby
        self._tables: dict[tuple[int, int, int], list[int]] = {}

    def between(self, start: int, end: int) -> int:
        """Return the open microseconds from `start` to `end`."""
        if end <= start:
            return 0
        first, last = day_of(start).year, day_of(end).year
        whole = sum(self._table(year)[-1] for year in range(first, last))
        return whole + self._in_year(end) - self._in_year(start)

    def after(self, start: int, amount: int) -> int:
        """Return the first moment by which `amount` open microseconds have run since `start`."""
        if amount <= 0:
            return start
        # It could not be used up even round the clock.
        if amount > END - start:
            return END
        year, need = day_of(start).year, amount + self._in_year(start)
        while need > self._table(year)[-1]:
            need -= self._table(year)[-1]
            year += 1
            # A calendar that never opens again is told at once, not after thousands of empty years.
            if year > date.max.year or self._calendar.closed_from(year, standby=self._standby):
                return END
        return self._found(year, need)

    def _found(self, year: int, need: int) -> int:
        table = self._table(year)
        index = bisect_left(table, need) - 1
        day = date.fromordinal(date(year, 1, 1).toordinal() + index)
        need -= table[index]
        for start, end in self._spells(day):
            if need <= end - start:
                return midnight(day) + start + need
            need -= end - start
        raise AssertionError("a table of sums does not agree with its days")

    def _in_year(self, moment: int) -> int:
        """Return the open microseconds from New Year to `moment`."""
        day = day_of(moment)
        whole = self._table(day.year)[day.timetuple().tm_yday - 1]
        now = moment - midnight(day)
        return whole + sum(min(now, end) - start for start, end in self._spells(day) if now > start)

    def _table(self, year: int) -> list[int]:
        """Return the open microseconds of the first 0, 1, 2, … days of a year."""
        first, last = date(year, 1, 1), date(year, 12, 31)
        # Unpublished years that begin on one weekday and are as long have the same sums: fourteen
        # tables at most, however far a limit reaches.
        settled = self._calendar.days.first.year <= year <= self._calendar.days.horizon.year
        key = (year if settled else 0, first.weekday(), last.toordinal() - first.toordinal())
        if key not in self._tables:
            lengths = (sum(b - a for a, b in self._spells(day)) for day in days(first, last))
            self._tables[key] = [0, *accumulate(lengths)]
        return self._tables[key]

    def _spells(self, day: date) -> tuple[Spell, ...]:
        hours = self._calendar.hours_on(day)
        return hours.service if self._standby else hours.business


@lru_cache(maxsize=32)
def natural_time(days: Calendar | None = None) -> WorkCalendar:
    """Return 自然日: every day counts, all day long."""
    return WorkCalendar("自然日", days or published_calendar())


@lru_cache(maxsize=32)
def working_time(days: Calendar | None = None) -> WorkCalendar:
    """Return 工作时间, for workflows that name no calendar: 8:00 to 12:00 and 14:00 to 18:00.

    Eight hours a day, forty a week, 国务院关于职工工作时间的规定(国务院令第174号)第三条; where the
    day begins is for a place to say, by a 日历 of its own.
    """
    lines = (Hours.on(DayKind.WORKDAY, "8:00-12:00", "14:00-18:00"),)
    return WorkCalendar("工作时间", days or published_calendar(), lines)


@lru_cache(maxsize=32)
def round_the_clock(days: Calendar | None = None) -> WorkCalendar:
    """Return 全天候: a service that never closes."""
    return WorkCalendar("全天候", days or published_calendar(), service=True)


def _spell(text: str) -> Spell:
    start, end = (
        int(hour) * 60 + int(minute)
        for hour, minute in (part.strip().split(":") for part in text.split("-"))
    )
    return start, end


def _union(spells: Iterable[Spell]) -> tuple[Spell, ...]:
    joined: list[Spell] = []
    for start, end in sorted(spells):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)
