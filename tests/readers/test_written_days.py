"""Days as offices write them: read where one is meant, left unread where none or two are."""

from __future__ import annotations

from datetime import date

import pytest

from zhunru.syntax.written_days import day_in, day_of_moment, written_day


@pytest.mark.parametrize(
    "text",
    [
        *["2026.5.1", "２０２６．５．１", "2026/5/1", "2026-5-1", "2026年5月1日", "2026年5月1号"],
        *("二〇二六年五月一日", "二○二六年五月一日", " 2026年 5月 1日 "),
    ],
)
def test_a_day_is_read_in_each_of_the_ways_of_offices(text: str) -> None:
    assert written_day(text) == date(2026, 5, 1)


def test_days_and_months_above_ten_in_numerals() -> None:
    assert written_day("二〇二五年十二月三十一日") == date(2025, 12, 31)


@pytest.mark.parametrize(
    "text",
    ["2026.5", "5/1/2026", "26.5.1", "2026.2.30", "二〇二六年二月三十日", "2026.5.1-6.1", "长期"],
)
def test_what_is_no_day_or_may_be_two_is_none(text: str) -> None:
    assert written_day(text) is None
    with pytest.raises(ValueError):
        day_in(text)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-05-01", "2026-05-01 00:00:00", "2026-05-01T09:30", " 2026.5.1 9:05 "),
        *("2026年5月1日 23：59", "2026-05-01 09:30:00.000", "2026-05-01T09:30:00+08:00"),
    ],
)
def test_a_time_of_day_may_stand_behind_a_day(text: str) -> None:
    assert day_of_moment(text) == date(2026, 5, 1)


@pytest.mark.parametrize(
    "text",
    ["2026-05-01 24:00", "2026-05-01T23:30:00Z", "2026-05-01T23:30-05:00", "2026-05-01 9", "9:30"],
)
def test_a_moment_that_may_lie_on_another_day_here_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        day_of_moment(text)
