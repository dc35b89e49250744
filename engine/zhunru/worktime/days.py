"""Days: working days, rest days and holidays, and when a term of whole days ends."""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

LAST = date.max.toordinal()


class DayKind(StrEnum):
    """What a day is for those who work by the calendar.

    A holiday is a day of a break that a notice arranges, the weekend days within it included;
    a rest day is any other Saturday or Sunday. The distinction between the festival itself and
    the days moved next to it matters for pay (劳动法第四十四条), not for terms.
    """

    WORKDAY = "workday"
    RESTDAY = "restday"
    HOLIDAY = "holiday"


class DueDay(NamedTuple):
    """The last day of a term; `provisional`: it hangs on days that no holiday notice covers yet."""

    day: date
    provisional: bool


class Calendar:
    """Working days, rest days and holidays of the days whose arrangement has been published.

    `first` and `horizon` are the first and the last published day; `unpublished` are runs of
    days between them that are not settled either, as in a region whose own notice for a year
    is unknown. What is not published is taken by weekends (`assumed`: as days of that one
    kind), and every answer that rests on it is provisional.
    """

    def __init__(
        self,
        first: date,
        horizon: date,
        holidays: Iterable[date],
        makeup: Iterable[date],
        *,
        unpublished: Iterable[tuple[date, date]] = (),
        assumed: DayKind | None = None,
    ) -> None:
        self.first = first
        self.horizon = horizon
        self._assumed = assumed
        self._holidays, self._makeup = frozenset(holidays), frozenset(makeup)
        self._gaps = tuple(sorted((a.toordinal(), b.toordinal()) for a, b in unpublished))
        # Ordinals in order: a count or an n-th day is then one bisection.
        self._workdays = [d.toordinal() for d in days(first, horizon) if self.is_workday(d)]

    def covers(self, day: date) -> bool:
        """Tell whether the holiday arrangement of `day` is published."""
        return self.published(day, day)

    def published(self, first: date, last: date) -> bool:
        """Tell whether every day from `first` to `last` is published; true of no day at all."""
        if first > last:
            return True
        if first < self.first or last > self.horizon:
            return False
        return not any(
            gap[0] <= last.toordinal() and first.toordinal() <= gap[1] for gap in self._gaps
        )

    def kind(self, day: date) -> DayKind:
        """Return what kind of day `day` is; where it is not covered, by weekends alone."""
        if self._assumed is not None and not self.covers(day):
            return self._assumed
        if day in self._holidays:
            return DayKind.HOLIDAY
        if day.weekday() < 5 or day in self._makeup:
            return DayKind.WORKDAY
        return DayKind.RESTDAY

    @property
    def assumed(self) -> bool:
        """Tell whether the days that are not published are all taken to be of one kind."""
        return self._assumed is not None

    @property
    def unpublished_kinds(self) -> tuple[DayKind, ...]:
        """Return the kinds that days which are not published are taken to have."""
        return (self._assumed,) if self._assumed else (DayKind.WORKDAY, DayKind.RESTDAY)

    def is_workday(self, day: date) -> bool:
        """Tell whether `day` is a working day; where it is not covered, by weekends alone."""
        return self.kind(day) is DayKind.WORKDAY

    def assuming(self, kind: DayKind) -> Calendar:
        """Return this calendar with every day that is not published taken to be of one kind."""
        return self._variants[kind]

    @cached_property
    def _variants(self) -> dict[DayKind, Calendar]:
        gaps = [(date.fromordinal(a), date.fromordinal(b)) for a, b in self._gaps]
        return {
            kind: Calendar(
                self.first,
                self.horizon,
                self._holidays,
                self._makeup,
                unpublished=gaps,
                assumed=kind,
            )
            for kind in DayKind
        }

    @cached_property
    def turns(self) -> tuple[date, ...]:
        """Return the published days of another kind than the day before, and those next to what
        is not published."""
        told = [self.kind(d) if self.covers(d) else None for d in days(self.first, self.horizon)]
        before: list[DayKind | None] = [None, *told]
        beginning = self.first.toordinal()
        found = [
            date.fromordinal(beginning + at)
            for at, (one, other) in enumerate(zip(before, [*told, None], strict=True))
            if one is not other
        ]
        return tuple(found)

    def one_of_each(self, first: date, last: date) -> tuple[date, ...]:
        """Return a day of each kind from `first` to `last`, and one that is not published."""
        found: dict[DayKind | None, date] = {}
        starts = (first, _next(self.horizon), *(date.fromordinal(gap[0]) for gap in self._gaps))
        for day in starts:
            if first <= day <= last and not self.covers(day):
                found.setdefault(None, day)
        for day in days(max(first, self.first), min(last, self.horizon)):
            if self.covers(day):
                found.setdefault(self.kind(day), day)
            if len(found) == len(DayKind) + 1:
                break
        return tuple(found.values())

    # --- terms of days ---------------------------------------------------------------------

    def add_workdays(self, start: date, number: int) -> DueDay:
        """Return the last day of a term of working days; the day of `start` is not counted.

        民法典第二百零一条: 按照年、月、日计算期间的,开始的当日不计入,自下一日开始计算.
        行政许可法第八十二条: 期限以工作日计算,不含法定节假日.
        行政处罚法第八十五条: “二日”“三日”“五日”“七日”的规定是指工作日,不含法定节假日.
        """
        _check(number)
        # A term of no days ends where it starts, also on a rest day: nothing is counted.
        if number == 0:
            return DueDay(start, not self.covers(start))
        day = self.nth_workday(self.rank(start) + number)
        # The day of the start is not counted, so it need not be published.
        return DueDay(day, not self.published(_next(start), day))

    def add_days(self, start: date, number: int) -> DueDay:
        """Return the last day of a term of natural days; `start` is not counted.

        民法典第二百零三条: 期间的最后一日是法定休假日的,以法定休假日结束的次日为期间的最后一日.
        """
        _check(number)
        return self._rolled(clamped(start.toordinal() + number))

    def add_months(self, start: date, number: int) -> DueDay:
        """Return the last day of a term of months, on a working day."""
        _check(number)
        return self._rolled(months_later(start, number))

    def add_years(self, start: date, number: int) -> DueDay:
        """Return the last day of a term of years, on a working day."""
        return self.add_months(start, number * 12)

    def count_workdays(self, after: date, upto: date) -> int | None:
        """Return how many working days follow `after` up to and including `upto`.

        Negative where `upto` lies before; None where a day that counts is not published.
        """
        earlier, later = sorted((after, upto))
        if not self.published(_next(earlier), later):
            return None
        return self.rank(upto) - self.rank(after)

    def roll(self, day: date, *, weekends: bool = True) -> date:
        """Return the first day from `day` on that may end a term (民法典第二百零三条).

        `weekends`: a plain Saturday or Sunday may not end one either.
        """
        if self.is_workday(day):
            return day
        if weekends:
            return self.nth_workday(self.rank(day) + 1)
        # Day by day, for breaks are short; those assumed without end are jumped over.
        while self.kind(day) is DayKind.HOLIDAY and day < date.max:
            day = self._after_holiday(day)
        return day

    def _after_holiday(self, day: date) -> date:
        """Return the next day, or where holidays assumed without end come to an end."""
        if self._assumed is DayKind.HOLIDAY and not self.first <= day <= self.horizon:
            return self.first if day < self.first else date.max
        return _next(day)

    def _rolled(self, day: date) -> DueDay:
        end = self.roll(day)
        return DueDay(end, not self.published(day, end))

    # --- rank and select -------------------------------------------------------------------

    def rank(self, day: date) -> int:
        """Return how many working days lie from `first` up to `day`; before `first`, below zero."""
        ordinal, first, last = day.toordinal(), self.first.toordinal(), self.horizon.toordinal()
        if ordinal < first:
            return self._outside(ordinal) - self._outside(first - 1)
        if ordinal > last:
            return len(self._workdays) + self._outside(ordinal) - self._outside(last)
        return bisect_right(self._workdays, ordinal)

    def nth_workday(self, rank: int) -> date:
        """Return the working day of this rank: the reverse of `rank`, within what can be written.

        The last day that can be written stands for a working day that never comes.
        """
        if 1 <= rank <= len(self._workdays):
            return date.fromordinal(self._workdays[rank - 1])
        if rank < 1:
            return self._select(rank + self._outside(self.first.toordinal() - 1))
        return self._select(rank - len(self._workdays) + self._outside(self.horizon.toordinal()))

    def _outside(self, ordinal: int) -> int:
        """Return how many days in [1, ordinal] count as working days by assumption alone."""
        if self._assumed is None:
            weeks, rest = divmod(ordinal, 7)  # day 1 was a Monday
            return weeks * 5 + min(rest, 5)
        return ordinal if self._assumed is DayKind.WORKDAY else 0

    def _select(self, count: int) -> date:
        """Return the `count`-th day of those that `_outside` counts."""
        if count < 1:
            return date.min
        if self._assumed is None:
            # The reverse of `_outside`: day 1 was a Monday, and weeks begin with five of these.
            weeks, rest = divmod(count - 1, 5)
            return clamped(weeks * 7 + rest + 1)
        return clamped(count if self._assumed is DayKind.WORKDAY else LAST)


def months_later(start: date, number: int) -> date:
    """Return the day on which `number` months from `start` are over.

    民法典第二百零二条: 到期月的对应日为期间的最后一日;没有对应日的,月末日为期间的最后一日.
    """
    # Months from 0, or December would fall into the next year.
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Return how many whole months from `start` are over on `end`: the reverse of the above."""
    number = (end.year - start.year) * 12 + end.month - start.month
    return number if months_later(start, number) <= end else number - 1


def days(first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last`."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def clamped(ordinal: int) -> date:
    """Return the day of this number, or the last one that can be written."""
    return date.fromordinal(min(ordinal, LAST))


def _next(day: date) -> date:
    return clamped(day.toordinal() + 1)


def _check(number: int) -> None:
    if number < 0:
        raise ValueError("a term cannot be negative")
