"""The same answers found the plain way: one day, or one slot of time, after the other."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from zhunru.worktime import (
    BEIJING,
    DayKind,
    Hours,
    Ledger,
    Limit,
    Receipt,
    Season,
    Unit,
    WorkCalendar,
)

ONE = timedelta(1)
MICRO = timedelta(microseconds=1)


def start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def is_open(calendar: WorkCalendar, moment: datetime, *, standby: bool) -> bool:
    """Whether business (or, with `standby`, business or standby) runs just after `moment`."""
    minute = moment.hour * 60 + moment.minute
    return any(a <= minute < b for a, b in spells(calendar, moment.date(), standby=standby))


def spells(calendar: WorkCalendar, day: date, *, standby: bool) -> list[tuple[int, int]]:
    if not calendar.lines:
        return [(0, 24 * 60)]
    kind = calendar.days.kind(day)
    lines = applying(calendar.lines, kind, day, standby=False)
    if standby:
        lines = [*lines, *applying(calendar.lines, kind, day, standby=True)]
    return [spell for line in lines for spell in line.spells]


@lru_cache(maxsize=100_000)
def applying(lines: tuple[Hours, ...], kind: DayKind, day: date, *, standby: bool) -> list[Hours]:
    fitting = [line for line in lines if kind in line.days and line.standby == standby]
    now = next((s for line in lines if (s := line.season) and in_season(s, day)), None)
    of_now = [line for line in fitting if line.season is not None and line.season == now]
    return of_now or [line for line in fitting if line.season is None]


def in_season(season: Season, day: date) -> bool:
    """Walk from the season's first day: does it reach `day` before its last?"""
    year = day.year - (season.first > (day.month, day.day))
    walk = date(year, *season.first)
    while (walk.month, walk.day) != season.last:
        if walk == day:
            return True
        walk += ONE
    return walk == day


def business_ends(calendar: WorkCalendar, day: date) -> datetime | None:
    """The end of the last business minute of a day, if it has any."""
    ends = [end for _, end in spells(calendar, day, standby=False)]
    return start_of(day) + timedelta(minutes=max(ends)) if ends else None


class Plain:
    """Due instants and used amounts of one calendar and one ledger, on a grid of time slots."""

    def __init__(self, calendar: WorkCalendar, ledger: Ledger, slot: timedelta) -> None:
        self.calendar = calendar
        self.pauses = [(e.since, e.until) for e in ledger.entries if e.since < e.until]
        self.slot = slot
        self._closes: dict[date, datetime] = {}

    def stopped(self, moment: datetime) -> bool:
        return any(since <= moment < until for since, until in self.pauses)

    def close(self, day: date) -> datetime:
        if day not in self._closes:
            end = business_ends(self.calendar, day)
            self._closes[day] = min(end or start_of(day) + ONE, start_of(day) + ONE - MICRO)
        return self._closes[day]

    def used(self, day: date) -> bool:
        """The clock runs at the close, or stands only for a while within this very day."""
        close = self.close(day)
        if not self.stopped(close):
            return True
        since, until = self.stretch(close)
        return start_of(day) <= since and until <= start_of(day) + ONE

    def stretch(self, moment: datetime) -> tuple[datetime, datetime]:
        """From when to when the clock stands around `moment`; pauses that touch are one."""
        low = high = moment
        for _ in self.pauses:
            for since, until in self.pauses:
                if since <= high and low <= until:
                    low, high = min(low, since), max(high, until)
        return low, high

    def counts(self, day: date, unit: Unit) -> bool:
        return unit is not Unit.WORKDAY or self.calendar.days.kind(day) is DayKind.WORKDAY

    def received(self, start: datetime) -> date:
        day = start.date()
        if self.calendar.receipt is Receipt.SAME_DAY:
            return day
        while True:
            ends = business_ends(self.calendar, day)
            if ends is not None and (start.date() < day or start <= ends):
                return day
            day += ONE

    def due(self, start: datetime, limit: Limit) -> datetime:
        if limit.unit in (Unit.WORKHOUR, Unit.HOUR, Unit.MINUTE):
            return self.run_out(start, limit)
        first = self.received(start)
        day, left = first, self.number(first, limit)
        while left:
            day += ONE
            left -= self.counts(day, limit.unit) and self.used(day)
        if limit.unit not in (Unit.WORKDAY, Unit.DAY):
            while not (self.may_end(day) and self.used(day)):
                day += ONE
        end = max(start, self.close(day))
        return self.stretch(end)[1] if self.stopped(end) else end

    def may_end(self, day: date) -> bool:
        kind = self.calendar.days.kind(day)
        if self.calendar.roll_weekends:
            return kind is DayKind.WORKDAY
        return kind is not DayKind.HOLIDAY

    def number(self, first: date, limit: Limit) -> int:
        amount = int(limit.amount)
        if limit.unit not in (Unit.MONTH, Unit.YEAR):
            return amount
        months = first.month - 1 + amount * (12 if limit.unit is Unit.YEAR else 1)
        year, month = first.year + months // 12, months % 12 + 1
        for day in range(first.day, 0, -1):
            try:
                return (date(year, month, day) - first).days
            except ValueError:
                continue
        raise AssertionError

    def runs(self, moment: datetime, unit: Unit) -> bool:
        if self.stopped(moment):
            return False
        if unit is Unit.WORKHOUR:
            return is_open(self.calendar, moment, standby=False)
        return not self.calendar.service or is_open(self.calendar, moment, standby=True)

    def run_out(self, start: datetime, limit: Limit) -> datetime:
        length = timedelta(hours=1) if limit.unit is not Unit.MINUTE else timedelta(minutes=1)
        left, moment = length * int(limit.amount), start
        while left > timedelta(0):
            if self.runs(moment, limit.unit):
                left -= self.slot
            moment += self.slot
        return moment

    def elapsed(self, start: datetime, end: datetime, unit: Unit) -> timedelta | int:
        if unit in (Unit.WORKHOUR, Unit.HOUR, Unit.MINUTE):
            ran, moment = timedelta(0), start
            while moment < end:
                ran += self.slot * self.runs(moment, unit)
                moment += self.slot
            return ran
        number, day = 0, self.received(start) + ONE
        while self.close(day) <= end:
            number += self.counts(day, unit) and self.used(day)
            day += ONE
        return number
