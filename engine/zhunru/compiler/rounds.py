"""The periods of the calendar in which duties come back."""

from __future__ import annotations

from datetime import date, timedelta

from zhunru.vocabulary import Measure
from zhunru.worktime.days import months_between, months_later


def round_of(length: int, measure: Measure, day: date, origin: date | None) -> tuple[date, date]:
    """Return the first and the last day of the period that holds a day.

    Periods lie as calendars have them: weeks from Monday, months and their multiples from January,
    years from the first one. With an `origin` they lie one after the other from that day on.
    """
    if measure in (Measure.DAY, Measure.WEEK):
        days = length * (7 if measure is Measure.WEEK else 1)
        # The first day there is was a Monday.
        since = day.toordinal() - (1 if origin is None else origin.toordinal())
        first = day - timedelta(since % days)
        return first, first + timedelta(days - 1)
    months = length * (12 if measure is Measure.YEAR else 1)
    if origin is not None:
        start = months_between(origin, day) // months * months
        return months_later(origin, start), months_later(origin, start + months) - timedelta(1)
    start = (day.year * 12 + day.month - 1) // months * months
    return _month(start), _month(start + months) - timedelta(1)


def _month(number: int) -> date:
    year, month = divmod(number, 12)
    return date(year, month + 1, 1)
