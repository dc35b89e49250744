"""Calendars, starts, limits and pauses drawn at random, on a grid of slots."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from tests.worktime.plain import start_of

from zhunru.worktime import (
    Calendar,
    DayKind,
    Hours,
    Ledger,
    Limit,
    Receipt,
    Season,
    Suspension,
    Unit,
    WorkCalendar,
    natural_time,
    published_calendar,
    round_the_clock,
    working_time,
)

W, R, H = DayKind.WORKDAY, DayKind.RESTDAY, DayKind.HOLIDAY

ONLINE = WorkCalendar(
    "线上服务时间",
    published_calendar(),
    (
        Hours.on(W, "8:00-20:00"),
        Hours.on(W, "12:00-13:00", standby=True),
        Hours.on((R, H), "9:00-17:00", standby=True),
    ),
    service=True,
)
SEASONS = WorkCalendar(
    "冬夏作息",
    published_calendar("新疆"),
    (
        Hours.on(W, "10:00-14:00", "15:30-19:30"),
        Hours.on(W, "10:00-14:00", "16:00-20:00", season=Season((5, 1), (9, 30))),
        Hours.on(W, "14:00-15:30", standby=True),
    ),
)
LATE = replace(working_time(), receipt=Receipt.NEXT_DAY)
STRICT = replace(working_time(), roll_weekends=False)
WINTER = WorkCalendar(
    "窗口",
    published_calendar("拉萨"),
    (
        Hours.on((W, R), "9:30-12:30", "15:00-18:00"),
        Hours.on(R, "9:30-12:30", season=Season((11, 15), (2, 15))),
        Hours.on(H, "0:00-24:00", standby=True),
    ),
    service=True,
    receipt=Receipt.NEXT_DAY,
    roll_weekends=False,
)

CALENDARS = (
    natural_time(),
    working_time(),
    round_the_clock(),
    ONLINE,
    SEASONS,
    LATE,
    STRICT,
    WINTER,
)

# Around the spring festivals, the turn of the year, and the horizon.
WINDOWS = (date(2025, 1, 15), date(2025, 9, 20), date(2026, 2, 5), date(2026, 12, 10))


def a_calendar(random: Random) -> WorkCalendar:
    calendar = random.choice(CALENDARS)
    if random.random() < 0.3:
        return replace(calendar, days=some_days(random))
    return calendar


def some_days(random: Random) -> Calendar:
    """A made-up arrangement of a few months, with a run of days that is not published."""
    first = random.choice(WINDOWS) - timedelta(20)
    days = [first + timedelta(n) for n in range(70)]
    gap = random.choice(days)
    return Calendar(
        first,
        days[-1],
        random.sample(days, 8),
        [],
        unpublished=[(gap, gap + timedelta(random.randint(0, 6)))] if random.random() < 0.5 else [],
    )


def a_moment(random: Random, slot: timedelta, span: int = 25) -> datetime:
    day = random.choice(WINDOWS) + timedelta(random.randrange(span))
    return start_of(day) + slot * random.randrange(timedelta(1) // slot)


def a_limit(random: Random, *, least: int = 1) -> Limit:
    unit = random.choice(list(Unit))
    most = {Unit.MONTH: 2, Unit.YEAR: 1, Unit.WORKHOUR: 40, Unit.HOUR: 60}.get(unit, 12)
    if unit is Unit.MINUTE:
        return Limit(15 * random.randint(least, 60), unit)
    return Limit(random.randint(least, most), unit)


def a_ledger(random: Random, start: datetime, slot: timedelta) -> Ledger:
    entries = []
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        since = start + slot * random.randint(-300, 900)
        until = since + slot * random.choice((0, 1, random.randint(0, 60), random.randint(0, 500)))
        entries.append(Suspension(since, until, "等待居民"))
    return Ledger(tuple(entries))
