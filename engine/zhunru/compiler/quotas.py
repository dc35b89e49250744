"""Quotas: the names of their facts, and the window that follows the one that holds a day."""

from __future__ import annotations

from datetime import date, timedelta

from zhunru.checker.resolved import Clause, Quota, quota_key
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


def quota_names(quota: Quota, clause: Clause) -> list[str]:
    """Return the names under which a request may give the use of a quota."""
    english = quota_key(clause.code, quota.window, quota.days, "en")
    names = [quota.key, english]
    if len(clause.quotas) == 1:
        names.append(clause.code)
    return [*names, *(name.rpartition("/")[2] for name in names if "/" in name)]
