"""The examples by which working time is described, each as one test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.worktime.samples import ONLINE

from zhunru.worktime import (
    DayKind,
    Hours,
    Ledger,
    Limit,
    Receipt,
    Season,
    Suspension,
    Unit,
    WorkCalendar,
    ahead,
    beijing,
    due,
    elapsed,
    halfway,
    natural_time,
    published_calendar,
    round_the_clock,
    until,
    working_time,
)

NATURAL = natural_time()
WORK = WorkCalendar(
    "办公时间",
    published_calendar(),
    (Hours.on(DayKind.WORKDAY, "8:30-12:00", "13:30-17:30"),),
)
LATE = replace(WORK, receipt=Receipt.NEXT_DAY)
LAST = timedelta(microseconds=1)


def workdays(number: int) -> Limit:
    return Limit(number, Unit.WORKDAY)


def stopped(since: datetime, till: datetime, reason: str = "补正") -> Ledger:
    return Ledger((Suspension(since, till, reason),))


# --- W4, W5: closes and the ladder ----------------------------------------------------------------


@pytest.mark.parametrize("calendar", [WORK, NATURAL], ids=["office", "midnight"])
def test_a_ladder_of_1_2_2_2_working_days_is_7_working_days(calendar: WorkCalendar) -> None:
    start = now = beijing(2026, 3, 9, 10)  # Monday
    for number in (1, 2, 2, 2):
        now = due(now, workdays(number), calendar).instant
    assert now == due(start, workdays(7), calendar).instant
    assert now.date() == date(2026, 3, 18)


def test_a_day_closes_with_business_or_at_its_last_microsecond() -> None:
    start = beijing(2026, 3, 9, 10)
    assert due(start, workdays(1), WORK).instant == beijing(2026, 3, 10, 17, 30)
    assert due(start, workdays(1), NATURAL).instant == beijing(2026, 3, 11) - LAST


def test_a_day_of_mere_standby_has_no_close_of_business() -> None:
    saturday = due(beijing(2026, 3, 6, 10), Limit(1, Unit.DAY), ONLINE).instant
    assert saturday == beijing(2026, 3, 8) - LAST


def test_four_working_hours_begun_at_17_end_next_morning() -> None:
    found = due(beijing(2026, 3, 9, 17), Limit(4, Unit.WORKHOUR), WORK).instant
    assert found == beijing(2026, 3, 10, 12)
    default = due(beijing(2026, 3, 9, 17), Limit(4, Unit.WORKHOUR), working_time()).instant
    assert default == beijing(2026, 3, 10, 11)


def test_units_never_convert_eight_working_hours_are_no_working_day() -> None:
    eight = Limit(8, Unit.WORKHOUR)
    assert due(beijing(2026, 3, 9, 8), eight, working_time()).instant == beijing(2026, 3, 9, 18)
    assert due(beijing(2026, 3, 9, 17), eight, working_time()).instant == beijing(2026, 3, 10, 17)
    assert due(beijing(2026, 3, 9, 8), workdays(1), working_time()).day == date(2026, 3, 10)


def test_part_of_an_hour_is_exact() -> None:
    limit = Limit(Decimal("1.5"), Unit.WORKHOUR)
    assert due(beijing(2026, 3, 9, 11), limit, WORK).instant == beijing(2026, 3, 9, 14)


# --- a service, and natural hours -----------------------------------------------------------------


def test_a_question_at_friday_19_58_is_to_be_answered_by_saturday_9_03() -> None:
    asked = beijing(2026, 3, 6, 19, 58)
    assert due(asked, Limit(5, Unit.MINUTE), ONLINE).instant == beijing(2026, 3, 7, 9, 3)


def test_minutes_and_hours_run_round_the_clock_unless_the_calendar_is_a_service() -> None:
    whistle = beijing(2026, 3, 6, 23, 50)
    for calendar in (WORK, round_the_clock()):
        assert due(whistle, Limit(30, Unit.MINUTE), calendar).instant == beijing(2026, 3, 7, 0, 20)


def test_working_hours_do_not_run_while_there_is_only_standby() -> None:
    start = beijing(2026, 3, 6, 19)
    assert due(start, Limit(2, Unit.WORKHOUR), ONLINE).instant == beijing(2026, 3, 9, 9)
    assert due(start, Limit(2, Unit.HOUR), ONLINE).instant == beijing(2026, 3, 7, 10)


def test_standby_over_a_national_holiday() -> None:
    eve = beijing(2026, 9, 30, 19, 59)
    assert due(eve, Limit(2, Unit.MINUTE), ONLINE).instant == beijing(2026, 10, 1, 9, 1)


def test_hours_change_with_the_season() -> None:
    # 新疆维吾尔自治区 2022 年冬夏季作息时间: 夏季自 5 月 1 日, 冬季自 10 月 1 日.
    lines = (
        Hours.on(DayKind.WORKDAY, "10:00-14:00", "15:30-19:30"),
        Hours.on(DayKind.WORKDAY, "10:00-14:00", "16:00-20:00", season=Season((5, 1), (9, 30))),
    )
    calendar = WorkCalendar("新疆作息", published_calendar("新疆"), lines)
    five = Limit(5, Unit.WORKHOUR)
    assert due(beijing(2022, 9, 29, 10), five, calendar).instant == beijing(2022, 9, 29, 17)
    assert due(beijing(2022, 11, 1, 10), five, calendar).instant == beijing(2022, 11, 1, 16, 30)
    assert until(date(2022, 9, 30), calendar).instant == beijing(2022, 9, 30, 20)
    assert until(date(2022, 10, 8), calendar).instant == beijing(2022, 10, 8, 19, 30)


def test_a_season_may_run_over_the_turn_of_the_year() -> None:
    winter = Season((11, 1), (3, 31))
    held = [winter.holds(day) for day in (date(2026, 12, 31), date(2026, 1, 1), date(2026, 4, 1))]
    assert held == [True, True, False]


# --- W4: natural days, months, years --------------------------------------------------------------


def test_natural_days_months_and_years_roll_on_working_days_and_days_do_not() -> None:
    start = beijing(2026, 9, 1, 9)
    assert due(start, Limit(30, Unit.NATURALDAY), WORK).day == date(2026, 10, 8)
    assert due(start, Limit(1, Unit.MONTH), WORK).day == date(2026, 10, 8)
    assert due(start, Limit(30, Unit.DAY), WORK).day == date(2026, 10, 1)
    assert due(beijing(2025, 3, 7, 9), Limit(1, Unit.YEAR), WORK).day == date(2026, 3, 9)


def test_whether_a_plain_weekend_rolls_is_a_setting() -> None:
    strict = replace(WORK, roll_weekends=False)
    saturday = Limit(5, Unit.NATURALDAY)
    assert due(beijing(2026, 3, 9, 9), saturday, strict).day == date(2026, 3, 14)
    assert due(beijing(2026, 3, 9, 9), saturday, WORK).day == date(2026, 3, 16)
    # A break rolls all the same; it ends on Wednesday 7 October.
    assert due(beijing(2026, 9, 26, 9), saturday, strict).day == date(2026, 10, 8)


def test_a_month_ends_on_the_day_of_that_number_or_the_last_of_the_month() -> None:
    assert due(beijing(2024, 1, 31, 9), Limit(1, Unit.MONTH), WORK).day == date(2024, 2, 29)
    assert due(beijing(2026, 3, 10, 9), Limit(3, Unit.MONTH), WORK).day == date(2026, 6, 10)


# --- W6: begun outside of hours -------------------------------------------------------------------


def test_hours_begun_outside_of_hours_start_at_the_next_opening() -> None:
    for begun in (beijing(2026, 3, 6, 18), beijing(2026, 3, 7, 12), beijing(2026, 3, 9, 6)):
        assert due(begun, Limit(1, Unit.WORKHOUR), WORK).instant == beijing(2026, 3, 9, 9, 30)


def test_days_begun_after_hours_start_that_day_or_the_next_by_setting() -> None:
    evening = beijing(2026, 3, 9, 20)
    assert due(evening, workdays(1), WORK).day == date(2026, 3, 10)
    assert due(evening, workdays(1), LATE).day == date(2026, 3, 11)


def test_what_arrives_on_friday_evening_or_at_the_weekend_is_received_on_monday() -> None:
    for arrival in (beijing(2026, 3, 6, 20), beijing(2026, 3, 7, 9), beijing(2026, 3, 9, 7)):
        assert due(arrival, workdays(1), LATE).day == date(2026, 3, 10)
    assert due(beijing(2026, 3, 6, 17, 30), workdays(1), LATE).day == date(2026, 3, 9)


# --- W3: closes of given dates, and what earlier visits left --------------------------------------


def test_until_a_date_is_until_its_close() -> None:
    assert until(date(2026, 3, 13), WORK).instant == beijing(2026, 3, 13, 17, 30)
    assert until(date(2026, 3, 14), WORK).instant == beijing(2026, 3, 15) - LAST


def test_a_second_visit_has_what_the_first_left() -> None:
    first = elapsed(beijing(2026, 3, 9, 10), beijing(2026, 3, 11, 18), Unit.WORKDAY, WORK)
    assert first.used == 2
    again = beijing(2026, 3, 16, 10)
    assert due(again, workdays(5), WORK, spent=first.used).day == date(2026, 3, 19)
    assert due(again, workdays(5), WORK).day == date(2026, 3, 23)


def test_a_limit_already_spent_is_over_with_the_day_of_the_start() -> None:
    assert due(beijing(2026, 3, 9, 10), workdays(2), WORK, spent=3).instant == beijing(
        2026, 3, 9, 17, 30
    )


# --- W7: suspensions ------------------------------------------------------------------------------


def test_a_pause_over_a_close_moves_the_due_day_and_one_within_a_day_does_not() -> None:
    start, limit = beijing(2026, 3, 9, 10), workdays(3)
    within = stopped(beijing(2026, 3, 10, 9), beijing(2026, 3, 10, 23))
    over = stopped(beijing(2026, 3, 10, 9), beijing(2026, 3, 11, 9))
    assert due(start, limit, WORK, within) == due(start, limit, WORK)
    assert due(start, limit, WORK, over).day == date(2026, 3, 13)


def test_a_pause_from_after_the_close_until_next_morning_costs_no_day() -> None:
    night = stopped(beijing(2026, 3, 10, 18), beijing(2026, 3, 11, 9))
    assert due(beijing(2026, 3, 9, 10), workdays(3), WORK, night).day == date(2026, 3, 12)


def test_a_pause_written_in_two_pieces_costs_what_it_costs_in_one() -> None:
    since, cut, till = beijing(2026, 3, 10, 9), beijing(2026, 3, 10, 20), beijing(2026, 3, 11, 9)
    pieces = Ledger((Suspension(since, cut), Suspension(cut, till)))
    for ledger in (pieces, stopped(since, till)):
        assert due(beijing(2026, 3, 9, 10), workdays(3), WORK, ledger).day == date(2026, 3, 13)


def test_nothing_is_over_while_a_pause_lasts() -> None:
    pause = stopped(beijing(2026, 3, 10, 16), beijing(2026, 3, 10, 19))
    found = due(beijing(2026, 3, 9, 10), workdays(1), WORK, pause)
    assert found.instant == beijing(2026, 3, 10, 19)


def test_a_pause_bounded_by_ten_working_days_costs_at_most_ten() -> None:
    since = beijing(2026, 3, 10, 9)
    bound = due(since, workdays(10), WORK).instant
    start = beijing(2026, 3, 9, 10)
    found = due(start, workdays(3), WORK, stopped(since, bound, "等待居民"))
    assert found.day == due(start, workdays(13), WORK).day


def test_hours_stand_while_paused() -> None:
    pause = stopped(beijing(2026, 3, 9, 10), beijing(2026, 3, 9, 11))
    start = beijing(2026, 3, 9, 9)
    assert due(start, Limit(2, Unit.WORKHOUR), WORK, pause).instant == beijing(2026, 3, 9, 12)
    assert elapsed(start, beijing(2026, 3, 9, 12), Unit.WORKHOUR, WORK, pause).whole == 2


@pytest.mark.parametrize("unit", [Unit.HOUR, Unit.WORKHOUR])
def test_no_hours_left_are_over_only_when_time_goes_on(unit: Unit) -> None:
    start = beijing(2026, 3, 9, 10)
    for since in (start, beijing(2026, 3, 9, 9)):
        pause = stopped(since, beijing(2026, 3, 9, 11))
        assert due(start, Limit(0, unit), WORK, pause).instant == beijing(2026, 3, 9, 11)


def test_a_case_stops_its_parties_and_a_party_does_not_stop_the_case() -> None:
    case = stopped(beijing(2026, 3, 10, 9), beijing(2026, 3, 11, 9))
    party = stopped(beijing(2026, 3, 11, 9), beijing(2026, 3, 13, 9), "等待居民")
    start = beijing(2026, 3, 9, 10)
    assert due(start, workdays(3), WORK, case).day == date(2026, 3, 13)
    assert due(start, workdays(3), WORK, case.joined(party)).day == date(2026, 3, 17)


# --- W8: the limit of a path around a state that stops the clock ----------------------------------


def test_a_correction_that_stops_the_clock_leaves_15_days_of_the_path() -> None:
    start = now = beijing(2026, 3, 2, 10)
    stops: list[Suspension] = []
    for number, stands in ((2, False), (10, True), (2, False), (4, False), (3, False), (4, False)):
        end = due(now, workdays(number), WORK).instant
        if stands:
            stops.append(Suspension(now, end, "补正"))
        now = end
    assert elapsed(start, now, Unit.WORKDAY, WORK, Ledger(tuple(stops))).used == 15


# --- W9: extension --------------------------------------------------------------------------------


def test_an_extension_runs_from_the_original_start_and_keeps_the_pauses() -> None:
    start = beijing(2026, 3, 9, 10)
    pause = stopped(beijing(2026, 3, 10, 9), beijing(2026, 3, 11, 9))
    longer = workdays(3).extended(workdays(5))
    assert due(start, longer, WORK, pause).day == date(2026, 3, 20)
    with pytest.raises(ValueError, match="unit of its limit"):
        workdays(3).extended(Limit(5, Unit.DAY))


# --- W10: reminders -------------------------------------------------------------------------------


def test_half_of_hours_is_exactly_half() -> None:
    assert halfway(beijing(2026, 3, 9, 17), Limit(4, Unit.WORKHOUR), WORK).instant == beijing(
        2026, 3, 10, 10
    )


@pytest.mark.parametrize(("number", "day"), [(1, 10), (2, 11), (5, 12), (4, 12)])
def test_half_of_days_is_the_opening_of_the_day_after_half(number: int, day: int) -> None:
    start = beijing(2026, 3, 9, 10)
    assert halfway(start, workdays(number), WORK).instant == beijing(2026, 3, day, 8, 30)


def test_one_working_day_ahead_is_the_opening_of_the_last_counted_day() -> None:
    start = beijing(2026, 3, 9, 10)
    assert ahead(start, workdays(5), workdays(1), WORK).instant == beijing(2026, 3, 16, 8, 30)
    assert ahead(start, workdays(5), workdays(2), WORK).instant == beijing(2026, 3, 13, 8, 30)
    assert ahead(start, workdays(1), workdays(4), WORK).instant == start


def test_hours_ahead_are_the_hours_that_are_left() -> None:
    two = Limit(2, Unit.WORKHOUR)
    assert ahead(beijing(2026, 3, 9, 10), workdays(1), two, WORK).instant == beijing(
        2026, 3, 10, 15, 30
    )


def test_no_reminder_while_the_clock_stands() -> None:
    pause = stopped(beijing(2026, 3, 9, 20), beijing(2026, 3, 11, 10))
    start = beijing(2026, 3, 9, 10)
    assert halfway(start, workdays(1), WORK, pause).instant == beijing(2026, 3, 11, 10)
    assert ahead(start, workdays(1), workdays(1), WORK, pause).instant == beijing(2026, 3, 11, 10)


# --- instants -------------------------------------------------------------------------------------


def test_an_instant_of_any_offset_is_read_as_beijing_time() -> None:
    utc = datetime.fromisoformat("2026-03-09T09:00:00+00:00")
    assert due(utc, Limit(4, Unit.WORKHOUR), WORK).instant == beijing(2026, 3, 10, 12)
    with pytest.raises(ValueError, match="offset"):
        due(datetime(2026, 3, 9, 17), Limit(4, Unit.WORKHOUR), WORK)


@pytest.mark.parametrize("amount", [-1, Decimal("0.5")])
def test_a_limit_of_days_is_a_whole_number(amount: int | Decimal) -> None:
    with pytest.raises(ValueError, match="limit"):
        Limit(amount, Unit.WORKDAY)


def test_hours_that_overlap_or_are_empty_are_refused() -> None:
    for spells in (("9:00-12:00", "11:00-13:00"), ("9:00-9:00",), ("9:00-25:00",), ("12:00-9:00",)):
        with pytest.raises(ValueError, match="follow one another"):
            Hours.on(DayKind.WORKDAY, *spells)


def test_a_suspension_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Suspension(beijing(2026, 3, 10), beijing(2026, 3, 9))
