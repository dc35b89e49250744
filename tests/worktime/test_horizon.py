"""Which due instants are provisional, and what is published when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from tests.worktime.samples import CALENDARS, ONLINE, a_ledger, a_limit, a_moment, some_days

from zhunru.worktime import (
    Calendar,
    DayKind,
    Due,
    Hours,
    Ledger,
    Limit,
    Receipt,
    Unit,
    WorkCalendar,
    beijing,
    calendar_of,
    due,
    elapsed,
    holiday_notices,
    natural_time,
    published_calendar,
    round_the_clock,
    working_time,
)

WORK = working_time()
THEN = working_time(published_calendar(known_on=date(2025, 11, 1)))  # 2026 is not published
NOW = working_time(published_calendar(known_on=date(2025, 11, 4)))


class Assigned(Calendar):
    """A calendar in which some days are what the test says, and every day is published."""

    def __init__(self, basis: Calendar, kinds: Mapping[date, DayKind]) -> None:
        self.basis, self.kinds = basis, kinds
        super().__init__(date(2024, 1, 1), date(2030, 1, 1), [], [])

    def kind(self, day: date) -> DayKind:
        return self.kinds.get(day) or self.basis.kind(day)


def unpublished(calendar: Calendar, start: datetime, end: datetime) -> list[date]:
    days = (start.date() + timedelta(n) for n in range(-2, (end - start).days + 12))
    return [day for day in days if not calendar.covers(day)]


def dues(random: Random, number: int) -> list[tuple[WorkCalendar, datetime, Limit, Ledger, Due]]:
    found = []
    while len(found) < number:
        calendar = replace(random.choice(CALENDARS), days=some_days(random))
        start, limit = a_moment(random, timedelta(hours=1)), a_limit(random)
        if limit.unit is Unit.YEAR:
            continue
        ledger = a_ledger(random, start, timedelta(minutes=30))
        found.append((calendar, start, limit, ledger, due(start, limit, calendar, ledger)))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_a_firm_due_instant_stays_whatever_is_published(seed: int) -> None:
    random, seen = Random(seed), 0
    for calendar, start, limit, ledger, found in dues(random, 120):
        open_days = unpublished(calendar.days, start, found.instant)
        if found.provisional or not open_days:
            continue
        seen += 1
        for _ in range(4):
            kinds = {day: random.choice(list(DayKind)) for day in open_days}
            other = replace(calendar, days=Assigned(calendar.days, kinds))
            assert due(start, limit, other, ledger).instant == found.instant
    assert seen > 10


@pytest.mark.parametrize("seed", range(3))
def test_a_provisional_due_instant_would_be_moved_by_some_publication(seed: int) -> None:
    random, seen = Random(50 + seed), 0
    for calendar, start, limit, ledger, found in dues(random, 30):
        if not found.provisional:
            continue
        seen += 1
        open_days = unpublished(calendar.days, start, found.instant)
        others = (
            replace(calendar, days=Assigned(calendar.days, dict.fromkeys(days, kind)))
            for kind in DayKind
            for days in ([day] for day in open_days)
        )
        assert any(due(start, limit, by, ledger).instant != found.instant for by in others), (
            calendar.name,
            start,
            limit,
            ledger,
        )
    assert seen > 5


def test_natural_hours_and_a_service_that_never_closes_know_no_horizon() -> None:
    start = beijing(2030, 1, 1)
    for calendar in (WORK, round_the_clock()):
        assert not due(start, Limit(30, Unit.MINUTE), calendar).provisional
    assert not due(start, Limit(30, Unit.DAY), natural_time()).provisional
    assert due(start, Limit(30, Unit.NATURALDAY), natural_time()).provisional
    assert due(start, Limit(5, Unit.MINUTE), ONLINE).provisional


def test_years_that_are_published_share_no_sums_with_those_that_are_not() -> None:
    days = published_calendar()
    years = [*range(days.horizon.year + 1, days.horizon.year + 29), days.first.year - 6]
    years += range(days.first.year, days.horizon.year + 1)
    asked = replace(WORK)
    for year in years:
        start, end = beijing(year, 1, 1), beijing(year + 1, 1, 1)
        alone = elapsed(start, end, Unit.WORKHOUR, replace(WORK)).used
        assert elapsed(start, end, Unit.WORKHOUR, asked).used == alone, year


def test_a_calendar_that_is_given_is_the_one_that_counts() -> None:
    days = published_calendar("广西")
    for made in (natural_time, working_time, round_the_clock):
        assert made(days).days is days
        assert made().days == published_calendar()


def test_an_amount_used_is_provisional_past_the_horizon() -> None:
    start, end = beijing(2026, 12, 30, 9), beijing(2027, 1, 8, 18)
    assert elapsed(start, end, Unit.WORKDAY, WORK).provisional
    assert not elapsed(start, end, Unit.HOUR, WORK).provisional
    assert not elapsed(start, beijing(2026, 12, 31, 18), Unit.WORKDAY, WORK).provisional


def test_a_receipt_of_the_next_day_of_business_hangs_on_which_days_will_be_open() -> None:
    lines = (Hours.on(DayKind.WORKDAY, "8:00-24:00"),)
    later = WorkCalendar("夜间", published_calendar(), lines, receipt=Receipt.NEXT_DAY)
    morning, days = beijing(2031, 1, 6, 9), timedelta(20)
    # A Monday: received on that day, or if it will be one of rest, on the next that is none.
    assert due(morning, Limit(10, Unit.DAY), later).provisional
    assert elapsed(morning, morning + days, Unit.DAY, later).provisional
    assert not due(morning, Limit(10, Unit.DAY), natural_time()).provisional
    shut = replace(later, lines=(Hours.on(DayKind.WORKDAY, "8:00-24:00", standby=True),))
    assert not due(morning, Limit(10, Unit.DAY), shut).provisional


def test_a_calendar_of_holidays_alone_opens_as_long_as_holidays_are_published() -> None:
    lines = (Hours.on(DayKind.HOLIDAY, "9:00-17:00"),)
    shift = WorkCalendar("节假日", published_calendar(known_on=date(2025, 11, 4)), lines)
    hours = Limit(2, Unit.WORKHOUR)
    found = due(beijing(2025, 11, 1, 9), hours, shift)
    assert found == Due(beijing(2026, 1, 1, 11), provisional=False)
    never = due(beijing(2026, 11, 1, 9), hours, shift)
    assert (never.day, never.provisional) == (date.max, True)


def test_a_region_is_settled_only_in_the_years_whose_notice_is_known() -> None:
    guangxi = working_time(published_calendar("广西"))
    five = Limit(5, Unit.WORKDAY)
    settled = due(beijing(2024, 4, 8, 9), five, guangxi)
    assert settled == Due(beijing(2024, 4, 17, 18), provisional=False)
    assert due(beijing(2025, 4, 8, 9), five, guangxi).provisional
    assert not due(beijing(2025, 4, 8, 9), five, WORK).provisional


# --- what a publication changes --------------------------------------------------------------------


def test_a_provisional_due_instant_is_another_once_its_days_are_published() -> None:
    start, limit = beijing(2025, 10, 30, 9), Limit(45, Unit.WORKDAY)
    assert due(start, limit, THEN) == Due(beijing(2026, 1, 1, 18), provisional=True)
    # 国办发明电〔2025〕7号: 1 and 2 January are off, Sunday the 4th is worked.
    assert due(start, limit, NOW) == Due(beijing(2026, 1, 4, 18), provisional=False)


def test_published_days_may_be_changed_by_a_later_notice() -> None:
    # 国办发明电〔2020〕1号: the spring festival of 2020 was lengthened to 2 February.
    known = working_time(published_calendar(known_on=date(2020, 1, 26)))
    start, limit = beijing(2020, 1, 22, 9), Limit(2, Unit.WORKDAY)
    assert due(start, limit, known).day == date(2020, 1, 31)
    assert due(start, limit, working_time()).day == date(2020, 2, 3)


# --- notices --------------------------------------------------------------------------------------


def test_every_year_names_its_notice_and_when_it_was_known() -> None:
    papers = holiday_notices()
    years = [notice.year for notice in papers]
    assert sorted(set(years)) == list(range(2007, published_calendar().horizon.year + 1))
    assert {year for year in years if years.count(year) > 1} == {2015, 2019, 2020}
    for notice in papers:
        assert "国" in notice.paper and "〔" in notice.paper
        assert notice.known is not None
        assert f"〔{notice.known.year}〕" in notice.paper
    assert list(papers) == sorted(papers, key=lambda notice: notice.known or date.max)


def test_working_days_of_a_year() -> None:
    calendar = published_calendar()
    for year, number in ((2024, 251), (2025, 248), (2026, 248)):
        assert calendar.count_workdays(date(year - 1, 12, 31), date(year, 12, 31)) == number


def test_the_calendar_known_on_a_day_ends_with_the_notices_of_that_day() -> None:
    assert published_calendar(known_on=date(2025, 11, 3)).horizon == date(2025, 12, 31)
    assert published_calendar(known_on=date(2025, 11, 4)).horizon == date(2026, 12, 31)
    with pytest.raises(ValueError, match="no holiday notice"):
        published_calendar(known_on=date(2000, 1, 1))


def test_a_notice_may_change_the_december_before() -> None:
    before = calendar_of(n for n in holiday_notices() if n.year < 2019)
    assert before.kind(date(2018, 12, 31)) is DayKind.WORKDAY
    assert published_calendar().kind(date(2018, 12, 31)) is DayKind.HOLIDAY
    assert published_calendar().kind(date(2018, 12, 29)) is DayKind.WORKDAY


def test_a_region_adds_its_festivals_and_moves_its_own_days() -> None:
    guangxi, nation = published_calendar("广西"), published_calendar()
    assert nation.kind(date(2017, 4, 1)) is DayKind.WORKDAY
    assert guangxi.kind(date(2017, 4, 1)) is DayKind.HOLIDAY
    assert guangxi.kind(date(2017, 4, 8)) is DayKind.WORKDAY
    assert published_calendar("新疆").kind(date(2025, 6, 10)) is DayKind.HOLIDAY
    lhasa = published_calendar("拉萨")
    assert lhasa.kind(date(2025, 3, 4)) is DayKind.HOLIDAY
    assert lhasa.covers(date(2025, 3, 4))
    assert not lhasa.covers(date(2025, 3, 5))


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(ValueError, match="火星"):
        published_calendar("火星")
