"""The days on which a use of a quota counts beside one on a day, held against each day around it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zhunru.runtime.submitting import window_of
from zhunru.vocabulary import Window

SAME = {
    Window.YEAR: lambda day: day.year,
    Window.HALFYEAR: lambda day: (day.year, day.month > 6),
    Window.QUARTER: lambda day: (day.year, (day.month - 1) // 3),
    Window.MONTH: lambda day: (day.year, day.month),
    Window.WEEK: lambda day: day.isocalendar()[:2],
    Window.DAY: lambda day: day,
    Window.EVER: lambda day: None,
}
DAYS = [date(2023, 12, 1) + timedelta(days=7 * n + n % 7) for n in range(70)]
DAYS += [
    date(2024, month, day)
    for month in (1, 6, 7, 12)
    for day in (1, 30, 31)
    if (month, day) != (6, 31)
]


@pytest.mark.parametrize("window", SAME)
def test_a_use_counts_with_those_of_its_own_period(window: Window) -> None:
    for day in DAYS:
        first, last = window_of(window, 0, day)
        for at in range(day.toordinal() - 400, day.toordinal() + 400):
            counts = SAME[window](date.fromordinal(at)) == SAME[window](day)
            assert (first <= at <= last) == counts, (day, date.fromordinal(at))


def test_of_any_seven_days_those_before_and_behind_count() -> None:
    for day in DAYS:
        first, last = window_of(Window.ROLLING, 7, day)
        assert (first, last) == (day.toordinal() - 6, day.toordinal() + 6)


def test_every_window_is_held() -> None:
    assert set(SAME) | {Window.ROLLING} == set(Window)
