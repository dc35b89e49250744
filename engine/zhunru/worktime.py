"""Working days and terms: the published holiday calendar, and when a term of days ends."""

from __future__ import annotations

import calendar
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import NamedTuple


class Due(NamedTuple):
    """The last day of a term; `provisional`: it hangs on days that no holiday notice covers yet."""

    day: date
    provisional: bool


class Calendar:
    """Rest days and working days of the years whose holiday arrangement has been published.

    `first` and `horizon` are the first and the last published day. Outside of them Monday to
    Friday are taken as working days, and every answer that rests on that is provisional.
    """

    def __init__(
        self, first: date, horizon: date, holidays: Iterable[date], makeup: Iterable[date]
    ) -> None:
        self.first = first
        self.horizon = horizon
        rest, work = frozenset(holidays), frozenset(makeup)
        # Ordinals in order: a count or an n-th day is then one bisection.
        self._workdays = [
            day.toordinal()
            for day in _days(first, horizon)
            if day in work or (day.weekday() < 5 and day not in rest)
        ]
        self._known = frozenset(self._workdays)

    def covers(self, day: date) -> bool:
        """Tell whether the holiday arrangement of `day` is published."""
        return self.first <= day <= self.horizon

    def is_workday(self, day: date) -> bool:
        """Tell whether `day` is a working day; where it is not covered, by weekends alone."""
        if self.covers(day):
            return day.toordinal() in self._known
        return day.weekday() < 5

    def add_workdays(self, start: date, number: int) -> Due:
        """Return the last day of a term of working days; the day of `start` is not counted.

        民法典第二百零一条: 按照年、月、日计算期间的,开始的当日不计入,自下一日开始计算.
        """
        _check(number)
        if number == 0:
            return Due(start, not self.covers(start))
        return self._due(start, self._nth(self._rank(start.toordinal()) + number))

    def add_days(self, start: date, number: int) -> Due:
        """Return the last day of a term of natural days; `start` is not counted.

        民法典第二百零三条: 期间的最后一日是法定休假日的,以法定休假日结束的次日为期间的最后一日.
        """
        _check(number)
        return self._rolled(start.toordinal() + number)

    def add_months(self, start: date, number: int) -> Due:
        """Return the last day of a term of months.

        民法典第二百零二条: 到期月的对应日为期间的最后一日;没有对应日的,月末日为期间的最后一日.
        """
        _check(number)
        year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
        if year > date.max.year:
            return self._rolled(date.max.toordinal())
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        return self._rolled(date(year, month + 1, day).toordinal())

    def add_years(self, start: date, number: int) -> Due:
        """Return the last day of a term of years (民法典第二百零二条)."""
        return self.add_months(start, number * 12)

    def count_workdays(self, after: date, upto: date) -> int | None:
        """Return how many working days follow `after` up to and including `upto`.

        Negative where `upto` lies before; None where a day that counts is not published.
        """
        earlier, later = sorted((after, upto))
        if earlier < later and not (self.first <= earlier + timedelta(1) and later <= self.horizon):
            return None
        return self._rank(upto.toordinal()) - self._rank(after.toordinal())

    def _rolled(self, ordinal: int) -> Due:
        """Return the first working day from `ordinal` on, within the days that can be written."""
        day = date.fromordinal(min(ordinal, date.max.toordinal()))
        known = self.covers(day)
        while not self.is_workday(day) and day < date.max:
            day += timedelta(1)
            known = known and self.covers(day)
        return Due(day, not known)

    def _due(self, start: date, ordinal: int) -> Due:
        day = date.fromordinal(min(ordinal, date.max.toordinal()))
        return Due(day, not (self.covers(start + timedelta(1)) and self.covers(day)))

    def _rank(self, ordinal: int) -> int:
        """Return how many working days lie in [first, ordinal]; before `first`, below zero."""
        first, last = self.first.toordinal(), self.horizon.toordinal()
        if ordinal < first:
            return _weekdays(ordinal) - _weekdays(first - 1)
        if ordinal > last:
            return len(self._workdays) + _weekdays(ordinal) - _weekdays(last)
        return bisect_right(self._workdays, ordinal)

    def _nth(self, rank: int) -> int:
        """Return the ordinal of the working day of this rank: the reverse of `_rank`."""
        if rank < 1:
            return _weekday_of(rank + _weekdays(self.first.toordinal() - 1))
        if rank > len(self._workdays):
            beyond = rank - len(self._workdays)
            return _weekday_of(beyond + _weekdays(self.horizon.toordinal()))
        return self._workdays[rank - 1]


@cache
def published_calendar() -> Calendar:
    """Return the calendar of the holiday arrangements that the State Council has published.

    The days come from the yearly notices of 国务院办公厅, as collected by the chinesecalendar
    package (MIT licence); `holidays.json` names its release.
    """
    text = resources.files("zhunru").joinpath("holidays.json").read_text(encoding="utf-8")
    data = json.loads(text)
    return Calendar(
        date.fromisoformat(data["first"]),
        date.fromisoformat(data["last"]),
        _expand(data["holidays"]),
        _expand(data["makeup"]),
    )


def _expand(runs: Iterable[str]) -> Iterator[date]:
    """Read days and runs of days: `2026-01-01/2026-01-03`."""
    for run in runs:
        start, _, end = run.partition("/")
        yield from _days(date.fromisoformat(start), date.fromisoformat(end or start))


def _days(start: date, end: date) -> Iterator[date]:
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _weekdays(ordinal: int) -> int:
    """Return how many days from Monday to Friday lie in [1, ordinal]; day 1 was a Monday."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _weekday_of(count: int) -> int:
    """Return the ordinal of the `count`-th day from Monday to Friday."""
    weeks, rest = divmod(count - 1, 5)
    return weeks * 7 + rest + 1


def _check(number: int) -> None:
    if number < 0:
        raise ValueError("a term cannot be negative")
