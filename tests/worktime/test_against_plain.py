"""The clock against plain walking, day by day and slot by slot, on thousands of random cases."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from tests.worktime.plain import Plain
from tests.worktime.samples import a_calendar, a_ledger, a_limit, a_moment

from zhunru.worktime import NO_SUSPENSIONS, Limit, Unit, due, elapsed, natural_time

QUARTER = timedelta(minutes=15)
CLOCK_UNITS = {Unit.WORKHOUR, Unit.HOUR, Unit.MINUTE}


@pytest.mark.parametrize("seed", range(10))
def test_due_instants_are_those_found_by_walking(seed: int) -> None:
    random = Random(seed)
    for _ in range(600):
        start, calendar, limit = a_moment(random, QUARTER), a_calendar(random), a_limit(random)
        ledger = a_ledger(random, start, QUARTER)
        found = due(start, limit, calendar, ledger).instant
        assert found == Plain(calendar, ledger, QUARTER).due(start, limit), (
            start,
            limit,
            calendar.name,
            ledger,
        )


@pytest.mark.parametrize("seed", range(4))
def test_amounts_used_are_those_found_by_walking(seed: int) -> None:
    random = Random(100 + seed)
    for _ in range(300):
        start, calendar, unit = a_moment(random, QUARTER), a_calendar(random), a_limit(random).unit
        end = start + QUARTER * random.randrange(1500)
        ledger = a_ledger(random, start, QUARTER)
        used = elapsed(start, end, unit, calendar, ledger).used
        plain = Plain(calendar, ledger, QUARTER).elapsed(start, end, unit)
        if isinstance(plain, timedelta):
            plain = plain // timedelta(microseconds=1)
        assert used == plain, (start, end, unit, calendar.name, ledger)


def test_hours_are_those_found_minute_by_minute() -> None:
    random, minute = Random(7), timedelta(minutes=1)
    for _ in range(60):
        start, calendar = a_moment(random, minute), a_calendar(random)
        limit = a_limit(random)
        if limit.unit not in CLOCK_UNITS:
            continue
        ledger = a_ledger(random, start, minute)
        found = due(start, limit, calendar, ledger).instant
        assert found == Plain(calendar, ledger, minute).due(start, limit)


def test_whole_months_and_years_are_those_that_fit() -> None:
    random, calendar = Random(11), natural_time()
    plain = Plain(calendar, NO_SUSPENSIONS, QUARTER)
    for _ in range(300):
        start = a_moment(random, QUARTER, span=60)
        # Often a day about which a month ends.
        end = start + timedelta(
            random.choice((29, 30, 31, 59, 90, 365, 366, random.randrange(900)))
        )
        for unit in (Unit.MONTH, Unit.YEAR):
            found = elapsed(start, end, unit, calendar)
            lengths = (plain.number(start.date(), Limit(n, unit)) for n in range(1, 40))
            assert found.whole == sum(length <= found.used for length in lengths), (start, end)
