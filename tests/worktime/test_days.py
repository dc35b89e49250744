"""Working days against chinesecalendar, and what every term must hold."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunru.worktime import DueDay, published_calendar

CALENDAR = published_calendar()

published = st.dates(CALENDAR.first, CALENDAR.horizon)
any_day = st.dates(date(1990, 1, 1), date(2060, 1, 1))
numbers = st.integers(0, 400)


def test_every_published_day_agrees_with_chinesecalendar() -> None:
    day = CALENDAR.first
    while day <= CALENDAR.horizon:
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day), day
        day += timedelta(1)


def test_horizon_is_the_last_year_with_a_holiday_notice() -> None:
    assert CALENDAR.horizon.year == max(chinese_calendar.constants.holidays).year


@pytest.mark.parametrize(
    ("start", "number", "due"),
    [
        (date(2026, 1, 5), 5, date(2026, 1, 12)),  # a plain week: Monday to next Monday
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # Saturday worked for the spring festival
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # the festival itself is passed over
        (date(2026, 3, 7), 0, date(2026, 3, 7)),
    ],
)
def test_working_days_skip_holidays_and_count_make_up_days(
    start: date, number: int, due: date
) -> None:
    assert CALENDAR.add_workdays(start, number) == DueDay(due, provisional=False)


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        (date(2025, 12, 31), 2, date(2026, 2, 28)),  # no 31 February; 28th is a make-up Saturday
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2026, 3, 10), 3, date(2026, 6, 10)),
    ],
)
def test_months_end_on_the_same_day_number_or_the_last_of_the_month(
    start: date, months: int, due: date
) -> None:
    assert CALENDAR.add_months(start, months).day == due


def test_natural_days_that_end_in_a_holiday_roll_to_the_day_after_it() -> None:
    assert CALENDAR.add_days(date(2026, 9, 1), 30) == DueDay(date(2026, 10, 8), provisional=False)


def test_past_the_horizon_a_term_is_provisional() -> None:
    last = CALENDAR.horizon
    assert CALENDAR.add_workdays(last - timedelta(20), 60).provisional
    assert CALENDAR.add_days(last - timedelta(1), 5).provisional
    assert CALENDAR.add_years(date(2026, 1, 1), 2).provisional
    assert CALENDAR.count_workdays(last - timedelta(5), last + timedelta(1)) is None
    assert CALENDAR.count_workdays(last - timedelta(5), last) is not None


def test_a_term_beyond_all_dates_ends_on_the_last_one_and_is_provisional() -> None:
    for due in (
        CALENDAR.add_days(date(2026, 1, 1), 10**9),
        CALENDAR.add_workdays(date(2026, 1, 1), 10**9),
        CALENDAR.add_years(date(2026, 1, 1), 10**9),
    ):
        assert due == DueDay(date.max, provisional=True)


def test_a_negative_term_is_refused() -> None:
    for add in (CALENDAR.add_workdays, CALENDAR.add_days, CALENDAR.add_months, CALENDAR.add_years):
        with pytest.raises(ValueError, match="negative"):
            add(date(2026, 1, 1), -1)


@given(any_day, st.integers(1, 400))
def test_adding_walks_day_by_day(start: date, number: int) -> None:
    day, left = start, number
    while left:
        day += timedelta(1)
        left -= CALENDAR.is_workday(day)
    assert CALENDAR.add_workdays(start, number).day == day


@given(published, numbers)
def test_counting_reverses_adding(start: date, number: int) -> None:
    due = CALENDAR.add_workdays(start, number)
    if not due.provisional:
        assert CALENDAR.count_workdays(start, due.day) == number


@given(published, published, published)
def test_counts_add_up(a: date, b: date, c: date) -> None:
    ab, bc, ac = (CALENDAR.count_workdays(*pair) for pair in ((a, b), (b, c), (a, c)))
    assert ab is not None and bc is not None
    assert ab + bc == ac


@given(any_day, any_day, numbers, numbers)
def test_a_later_start_or_a_longer_term_never_ends_earlier(
    a: date, b: date, n: int, m: int
) -> None:
    early, late = sorted((a, b))
    short, long = sorted((n, m))
    for add in (CALENDAR.add_workdays, CALENDAR.add_days, CALENDAR.add_months):
        assert add(early, short).day <= add(late, long).day


@given(any_day, numbers)
def test_a_term_of_natural_days_or_months_ends_on_a_working_day(start: date, n: int) -> None:
    assert CALENDAR.is_workday(CALENDAR.add_days(start, n).day)
    assert CALENDAR.is_workday(CALENDAR.add_months(start, n).day)


@given(any_day, numbers)
def test_a_firm_date_rests_on_published_days_only(start: date, n: int) -> None:
    for due in (CALENDAR.add_workdays(start, n), CALENDAR.add_days(start, n)):
        if not due.provisional:
            assert CALENDAR.covers(due.day)
