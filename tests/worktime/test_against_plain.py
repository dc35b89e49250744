"""The clock against plain walking, day by day and slot by slot, on thousands of random cases."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from tests.worktime.plain import Plain
from tests.worktime.samples import a_calendar, a_ledger, a_limit, a_moment

from zhunru.worktime import Unit, due, elapsed

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
