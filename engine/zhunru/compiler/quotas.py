"""Windows of quotas: the calendar period that holds a day, and the next one."""

from __future__ import annotations

from datetime import date, timedelta

from zhunru.vocabulary import Window

_MONTHS = {Window.YEAR: 12, Window.HALFYEAR: 6, Window.QUARTER: 3, Window.MONTH: 1}


def next_window(window: Window, day: date) -> date | None:
    """Return the first day of the window after the one that holds `day`.

    None where there is no next one: a rolling window hangs on the bookings, 累计 never ends.
    """
    if window is Window.DAY:
        return day + timedelta(1)
    if window is Window.WEEK:
        return day + timedelta(7 - day.weekday())
    months = _MONTHS.get(window)
    if months is None:
        return None
    first = (day.month - 1) // months * months
    year, month = divmod(day.year * 12 + first + months, 12)
    return date(year, month + 1, 1)
