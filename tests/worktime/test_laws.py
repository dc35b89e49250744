"""What must hold of every term, whatever the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.worktime.plain import start_of
from tests.worktime.samples import CALENDARS, WINDOWS, a_calendar, a_ledger, a_limit, a_moment

from zhunru.worktime import (
    Ledger,
    Limit,
    Receipt,
    Suspension,
    Unit,
    WorkCalendar,
    ahead,
    beijing,
    due,
    elapsed,
    halfway,
    until,
)

MICRO = timedelta(microseconds=1)
CLOCK = (Unit.WORKHOUR, Unit.HOUR, Unit.MINUTE)
MONTHS = (Unit.MONTH, Unit.YEAR)
WHOLE_DAYS = tuple(unit for unit in Unit if unit not in CLOCK)

moments = st.builds(
    lambda first, micros: start_of(first) + timedelta(microseconds=micros),
    st.sampled_from(WINDOWS),
    st.integers(0, 30 * 86_400_000_000),
)
calendars = st.sampled_from(CALENDARS)
amounts = st.integers(1, 30)
no_or_some = st.integers(0, 30)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    pauses = draw(st.lists(st.tuples(moments, st.integers(0, 5 * 86_400_000_000)), max_size=3))
    return Ledger(
        tuple(Suspension(since, since + timedelta(microseconds=n)) for since, n in pauses)
    )


@given(moments, amounts, st.sampled_from(list(Unit)), calendars, ledgers())
def test_measuring_reverses_adding(
    start: datetime, amount: int, unit: Unit, calendar: WorkCalendar, ledger: Ledger
) -> None:
    end = due(start, Limit(amount, unit), calendar, ledger).instant
    used = elapsed(start, end, unit, calendar, ledger)
    close = end if unit in CLOCK else min(end, until(end.date(), calendar).instant)
    just_before = elapsed(start, close - MICRO, unit, calendar, ledger)
    if unit in (*CLOCK, Unit.WORKDAY, Unit.DAY):
        assert used.whole == amount
        assert just_before.whole == amount - 1
    else:  # the last day may have rolled on
        assert used.whole >= amount


@given(moments, moments, st.sampled_from(list(Unit)), calendars, ledgers())
def test_adding_what_was_measured_does_not_pass_the_end(
    a: datetime, b: datetime, unit: Unit, calendar: WorkCalendar, ledger: Ledger
) -> None:
    start, end = sorted((a, b))
    assume(unit not in (Unit.NATURALDAY, *MONTHS))
    used = elapsed(start, end, unit, calendar, ledger)
    assume(used.whole > 0)
    limit = Limit(used.whole, unit)
    assert due(start, limit, calendar, ledger).day <= end.date()
    assert due(start, replace(limit, amount=used.whole + 1), calendar, ledger).instant > end


@given(moments, moments, amounts, st.sampled_from(list(Unit)), calendars, ledgers())
def test_a_later_start_never_ends_earlier(
    a: datetime, b: datetime, amount: int, unit: Unit, calendar: WorkCalendar, ledger: Ledger
) -> None:
    early, late = sorted((a, b))
    # Months that end with the month are of different lengths, and a pause adds days to them.
    stops = Ledger() if unit in MONTHS else ledger
    limit = Limit(amount, unit)
    assert due(early, limit, calendar, stops).instant <= due(late, limit, calendar, stops).instant


@given(moments, no_or_some, no_or_some, st.sampled_from(list(Unit)), calendars, ledgers())
def test_a_longer_limit_never_ends_earlier_and_no_limit_ends_before_it_begins(
    start: datetime, m: int, n: int, unit: Unit, calendar: WorkCalendar, ledger: Ledger
) -> None:
    short, long = sorted((m, n))
    first = due(start, Limit(short, unit), calendar, ledger).instant
    assert start <= first <= due(start, Limit(long, unit), calendar, ledger).instant


@given(
    moments,
    amounts,
    amounts,
    st.sampled_from([*CLOCK, Unit.WORKDAY, Unit.DAY]),
    st.sampled_from([c for c in CALENDARS if c.receipt is Receipt.SAME_DAY]),
    ledgers(),
)
def test_terms_that_follow_one_another_are_one_term(
    start: datetime, m: int, n: int, unit: Unit, calendar: WorkCalendar, ledger: Ledger
) -> None:
    middle = due(start, Limit(m, unit), calendar, ledger).instant
    assert (
        due(middle, Limit(n, unit), calendar, ledger).instant
        == due(start, Limit(m + n, unit), calendar, ledger).instant
    )


@given(moments, amounts, st.sampled_from(list(Unit)), calendars, ledgers(), st.data())
def test_split_pauses_equal_whole_ones(
    start: datetime,
    amount: int,
    unit: Unit,
    calendar: WorkCalendar,
    ledger: Ledger,
    data: st.DataObject,
) -> None:
    pieces = []
    for pause in ledger.entries:
        length = (pause.until - pause.since) // MICRO
        cut = pause.since + MICRO * data.draw(st.integers(0, length))
        pieces += [Suspension(cut, pause.until), Suspension(pause.since, cut)]
    limit = Limit(amount, unit)
    split = due(start, limit, calendar, Ledger(tuple(pieces)))
    assert split == due(start, limit, calendar, ledger)


@given(moments, amounts, st.sampled_from(WHOLE_DAYS), calendars, moments, st.data())
def test_a_pause_within_a_day_changes_no_day_deadline(
    start: datetime,
    amount: int,
    unit: Unit,
    calendar: WorkCalendar,
    since: datetime,
    data: st.DataObject,
) -> None:
    rest = (start_of(since.date()) + timedelta(1) - since) // MICRO
    pause = Suspension(since, since + MICRO * data.draw(st.integers(0, rest)))
    limit = Limit(amount, unit)
    found, plain = due(start, limit, calendar, Ledger((pause,))), due(start, limit, calendar)
    # If it stands at the very close, the end of the pause takes the place of the close.
    assert found.instant == (
        pause.until if pause.since <= plain.instant < pause.until else plain.instant
    )
    assert found.instant - MICRO < start_of(plain.day) + timedelta(1)


@given(moments, amounts, st.sampled_from(list(Unit)), calendars, moments)
def test_a_pause_of_no_length_changes_nothing(
    start: datetime, amount: int, unit: Unit, calendar: WorkCalendar, at: datetime
) -> None:
    limit = Limit(amount, unit)
    nothing = Ledger((Suspension(at, at),))
    assert due(start, limit, calendar, nothing) == due(start, limit, calendar)


@given(moments, amounts, st.sampled_from(list(Unit)), calendars, ledgers(), ledgers())
def test_more_pauses_never_end_a_limit_earlier(
    start: datetime, n: int, unit: Unit, calendar: WorkCalendar, one: Ledger, other: Ledger
) -> None:
    limit = Limit(n, unit)
    fewer = due(start, limit, calendar, one).instant
    assert fewer <= due(start, limit, calendar, one.joined(other)).instant


@given(moments, amounts, st.sampled_from(list(Unit)), calendars, ledgers())
def test_nothing_is_due_while_the_clock_stands(
    start: datetime, amount: int, unit: Unit, calendar: WorkCalendar, ledger: Ledger
) -> None:
    end = due(start, Limit(amount, unit), calendar, ledger).instant
    assert not any(pause.since <= end < pause.until for pause in ledger.entries)


@given(moments, amounts, st.sampled_from(list(Unit)), calendars, ledgers())
def test_reminders_lie_between_the_start_and_the_end(
    start: datetime, amount: int, unit: Unit, calendar: WorkCalendar, ledger: Ledger
) -> None:
    limit = Limit(amount, unit)
    end = due(start, limit, calendar, ledger).instant
    half = halfway(start, limit, calendar, ledger).instant
    assert start <= half
    for notice in (Limit(1, Unit.WORKDAY), Limit(2, Unit.WORKHOUR)):
        early = ahead(start, limit, notice, calendar, ledger).instant
        assert start <= early <= end


@settings(deadline=None)
@given(st.integers(0, 10**12), st.sampled_from(list(Unit)), calendars)
def test_however_long_a_limit_is_its_end_can_be_written(
    amount: int, unit: Unit, calendar: WorkCalendar
) -> None:
    end = due(beijing(2026, 3, 9, 10), Limit(amount, unit), calendar).instant
    assert beijing(2026, 3, 9, 10) <= end <= datetime.max.replace(tzinfo=end.tzinfo)


@pytest.mark.parametrize("seed", range(5))
def test_1000_random_cases_each_of_later_starts(seed: int) -> None:
    random, quarter = Random(seed), timedelta(minutes=15)
    for _ in range(1000):
        calendar, limit = a_calendar(random), a_limit(random)
        early, late = sorted((a_moment(random, quarter), a_moment(random, quarter)))
        ledger = Ledger() if limit.unit in MONTHS else a_ledger(random, early, quarter)
        assert (
            due(early, limit, calendar, ledger).instant
            <= due(late, limit, calendar, ledger).instant
        )
