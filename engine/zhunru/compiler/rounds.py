"""The periods of the calendar in which duties come back."""

from __future__ import annotations

from datetime import date, timedelta

from zhunru.vocabulary import Measure


def round_of(length: int, measure: Measure, day: date) -> tuple[date, date]:
    """Return the first and the last day of the period that holds a day.

    Periods lie as calendars have them: weeks from Monday, months and their multiples from January,
    years from the first one.
    """
    if measure in (Measure.DAY, Measure.WEEK):
        days = length * (7 if measure is Measure.WEEK else 1)
        at = day.toordinal()
        first = date.fromordinal(at - (at - 1) % days)
        return first, first + timedelta(days - 1)
    months = length * (12 if measure is Measure.YEAR else 1)
    start = (day.year * 12 + day.month - 1) // months * months
    return _month(start), _month(start + months) - timedelta(1)


def _month(number: int) -> date:
    year, month = divmod(number, 12)
    return date(year, month + 1, 1)
