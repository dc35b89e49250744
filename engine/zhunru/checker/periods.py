"""Arithmetic of days in force: both ends included, None is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from zhunru.syntax.nodes import Period

_DAY = timedelta(days=1)


def both(*periods: Period) -> Period:
    """Return the days that all `periods` share; reversed if they share none."""
    return Period(*_shared(periods))


def _shared(periods: Iterable[Period]) -> tuple[date | None, date | None]:
    """Return the latest start and the earliest end."""
    start: date | None = None
    end: date | None = None
    for each in periods:
        if each.start is not None and (start is None or each.start > start):
            start = each.start
        if each.end is not None and (end is None or each.end < end):
            end = each.end
    return start, end


def empty(period: Period) -> bool:
    """Tell whether a period holds no day."""
    return bool(period.start and period.end and period.end < period.start)


def apart(one: Period, other: Period) -> bool:
    """Tell whether two periods share no day."""
    start, end = _shared((one, other))
    return start is not None and end is not None and end < start


def next_day(day: date) -> date:
    """Return the day after, or the last day of the calendar itself."""
    return day if day == date.max else day + _DAY


def first_uncovered(life: Period, covers: Iterable[Period]) -> date | None:
    """Return the first day of `life` that none of `covers` holds; None if there is none.

    A life without a start is taken to start with the first of the covers.
    """
    ordered = sorted(covers, key=lambda p: p.start or date.min)
    day = life.start
    if day is None:
        day = ordered[0].start or date.min if ordered else date.min
    for cover in ordered:
        if cover.holds(day):
            if cover.end is None or cover.end == date.max:
                return None
            day = next_day(cover.end)
    return None if life.end and life.end < day else day
