"""The clock of limits: when one is due, how much of it is used, and when to remind.

Days are counted in whole days: a counted day is used if the clock runs at its close, the day of
the start is not counted (民法典第二百零一条第一款), and a term of N days is due at the close of the
N-th used day. Hours and minutes run by the microsecond from the start on (第二款: 按照小时计算期间
的,自法律规定或者当事人约定的时间开始计算). Units are never converted into each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from zhunru.worktime.days import clamped, months_between, months_later
from zhunru.worktime.hours import WorkCalendar
from zhunru.worktime.instants import HOUR, MINUTE, day_of, instant, stamp
from zhunru.worktime.suspensions import NO_SUSPENSIONS, Ledger, Run


class Unit(StrEnum):
    """Units of a limit.

    工作日 count working days; 日 every day; 自然日, 月 and 年 too, but end on no rest day. 工作小时
    run in business hours; 小时 and 分钟 round the clock, in the calendar of a service while it is
    open.
    """

    WORKDAY = "workdays"
    WORKHOUR = "workhours"
    NATURALDAY = "naturaldays"
    DAY = "days"
    HOUR = "hours"
    MINUTE = "minutes"
    MONTH = "months"
    YEAR = "years"


# Units that run by the clock, in microseconds; the others count days.
MICROS = {Unit.WORKHOUR: HOUR, Unit.HOUR: HOUR, Unit.MINUTE: MINUTE}
_MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of a unit: `限 5 个工作日`. Days, months and years are whole numbers."""

    amount: int | Decimal
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse an amount that is negative or finer than its unit can be counted."""
        # Hours and minutes may have decimals as long as whole microseconds come out; a part of a
        # day, a month or a year means nothing.
        grain = self.amount * MICROS.get(self.unit, 1)
        if self.amount < 0:
            raise ValueError("a limit cannot be negative")
        if grain != int(grain):
            raise ValueError("a limit must be a whole number of days or microseconds")

    def extended(self, extra: Limit) -> Limit:
        """Return the limit after an extension, which runs from the original start.

        Raises ValueError for one in another unit.
        """
        # 2 个工作日 and 2 日 together are no amount of either.
        if extra.unit is not self.unit:
            raise ValueError("an extension is counted in the unit of its limit")
        return Limit(self.amount + extra.amount, self.unit)


class Due(NamedTuple):
    """An instant; `provisional` (暂定): it could change when the next holidays are published."""

    instant: datetime
    provisional: bool

    @property
    def day(self) -> date:
        """Return the day to which it belongs."""
        return self.instant.date()


class Elapsed(NamedTuple):
    """How much of a limit is used.

    `whole` units; `used` exactly, in days, or microseconds for hours and minutes. `provisional`
    as for a due instant.
    """

    whole: int
    used: int
    provisional: bool


def due(
    start: datetime,
    limit: Limit,
    calendar: WorkCalendar,
    suspensions: Ledger = NO_SUSPENSIONS,
    *,
    spent: int = 0,
) -> Due:
    """Return when a limit that runs from `start` is over; an act at that very instant is in time.

    `spent` is what earlier visits used of it (累计), as `Elapsed.used` has it.
    """
    begin = stamp(start)
    return _answer(begin, calendar, lambda by: _end(begin, limit, by, suspensions, spent))


def until(day: date, calendar: WorkCalendar) -> Due:
    """Return the close of a day that is given as the end of a limit (`限 至 兑现期限`)."""
    return _answer(calendar.opening(day), calendar, lambda by: by.close(day))


def elapsed(
    start: datetime,
    end: datetime,
    unit: Unit,
    calendar: WorkCalendar,
    suspensions: Ledger = NO_SUSPENSIONS,
) -> Elapsed:
    """Return how much of a limit in this unit is used between two instants."""
    begin, close = stamp(start), stamp(end)

    def used(by: WorkCalendar) -> int:
        return _used(begin, close, unit, by, suspensions)

    amount = used(calendar)
    provisional = _depends(calendar, begin, close, used)
    return Elapsed(_whole(begin, amount, unit, calendar), amount, provisional)


def halfway(
    start: datetime,
    limit: Limit,
    calendar: WorkCalendar,
    suspensions: Ledger = NO_SUSPENSIONS,
) -> Due:
    """Return when half of a limit is used (过半时).

    Hours exactly at half; days at the opening of counted day ⌊N/2⌋ + 1. Not while time stands.
    """
    begin = stamp(start)

    def half(by: WorkCalendar) -> int:
        if limit.unit in MICROS:
            amount = micros_of(limit) // 2
            return _run_out(_time(limit.unit, by), begin, amount, suspensions.stops)
        number = _number(by.received(begin), limit)
        if number == 0:
            return begin
        day = _nth_used(limit.unit, begin, number // 2 + 1, by, suspensions)
        return suspensions.held(by.opening(day))

    return _answer(begin, calendar, half)


def ahead(
    start: datetime,
    limit: Limit,
    notice: Limit,
    calendar: WorkCalendar,
    suspensions: Ledger = NO_SUSPENSIONS,
) -> Due:
    """Return when a reminder is due that comes `notice` before the end (提前 1 个工作日).

    Days at the opening of that counted day, the last one being one day ahead; hours when so many
    are left. Never before the start, and not while time stands.
    """
    begin = stamp(start)

    def early(by: WorkCalendar) -> int:
        end = _end(begin, limit, by, suspensions, 0)
        spare = micros_of(notice) if notice.unit in MICROS else int(notice.amount) - 1
        left = _used(begin, end, notice.unit, by, suspensions) - spare
        if left <= 0:
            return begin
        if notice.unit in MICROS:
            return _run_out(_time(notice.unit, by), begin, left, suspensions.stops)
        day = _nth_used(notice.unit, begin, left, by, suspensions)
        return suspensions.held(by.opening(day))

    return _answer(begin, calendar, early)


# --- what a calendar that is not published can change --------------------------------------------

Answer = TypeVar("Answer")


def _answer(begin: int, calendar: WorkCalendar, ask: Callable[[WorkCalendar], int]) -> Due:
    end = ask(calendar)
    return Due(instant(end), _depends(calendar, begin, end, ask))


def _depends(
    calendar: WorkCalendar, begin: int, end: int, ask: Callable[[WorkCalendar], int]
) -> bool:
    """Tell whether an answer over these instants rests on days that are not published."""
    # The usual case, and it saves working everything out once for each kind of day.
    if calendar.days.published(day_of(begin), day_of(end)):
        return False
    found = ask(calendar)
    return any(ask(variant) != found for variant in calendar.variants)


# --- limits --------------------------------------------------------------------------------------


def _end(begin: int, limit: Limit, calendar: WorkCalendar, ledger: Ledger, spent: int) -> int:
    if limit.unit in MICROS:
        amount = max(micros_of(limit) - spent, 0)
        return _run_out(_time(limit.unit, calendar), begin, amount, ledger.stops)
    number = max(_number(calendar.received(begin), limit) - spent, 0)
    day = _nth_used(limit.unit, begin, number, calendar, ledger)
    if limit.unit not in (Unit.WORKDAY, Unit.DAY):
        # Only these: a 工作日 is no rest day anyway, and 日 are counted as they are.
        day = _rolled(day, calendar, ledger)
    # A pause within the day takes no day, but nothing is over while it lasts.
    return ledger.held(max(begin, calendar.close(day)))


def _used(begin: int, end: int, unit: Unit, calendar: WorkCalendar, ledger: Ledger) -> int:
    if unit in MICROS:
        return _ran(_time(unit, calendar), begin, end, ledger.stops)
    first, last = calendar.received(begin), day_of(end)
    # The last day is used only once it has closed.
    through = last.toordinal() - (calendar.close(last) > end)
    count = _counting(unit, calendar)
    lost = sum(
        count.rank(clamped(min(b, through)))
        - count.rank(clamped(max(a, first.toordinal() + 1) - 1))
        for a, b in ledger.lost_days(calendar)
        if b > first.toordinal() and a <= through
    )
    # Below zero where the day of receipt has not even come: a letter of Friday evening may be one
    # of Monday's.
    return max(count.rank(clamped(through)) - count.rank(first) - lost, 0)


def _whole(begin: int, used: int, unit: Unit, calendar: WorkCalendar) -> int:
    if unit in MICROS:
        return used // MICROS[unit]
    if unit in _MONTHS:
        first = calendar.received(begin)
        return months_between(first, clamped(first.toordinal() + used)) // _MONTHS[unit]
    return used


def _number(first: date, limit: Limit) -> int:
    """Return how many days a limit counts; those of months depend on the day of the start."""
    amount = int(limit.amount)
    if limit.unit in _MONTHS:
        last = months_later(first, amount * _MONTHS[limit.unit])
        return last.toordinal() - first.toordinal()
    return amount


def micros_of(limit: Limit) -> int:
    """Return the microseconds of a limit that runs by the clock."""
    return int(limit.amount * MICROS[limit.unit])


# --- days ----------------------------------------------------------------------------------------


class _Counting(NamedTuple):
    """How many days count up to a day, and which day is the n-th."""

    rank: Callable[[date], int]
    nth: Callable[[int], date]


def _counting(unit: Unit, calendar: WorkCalendar) -> _Counting:
    if unit is Unit.WORKDAY:
        return _Counting(calendar.days.rank, calendar.days.nth_workday)
    return _Counting(date.toordinal, clamped)


def _nth_used(unit: Unit, begin: int, number: int, calendar: WorkCalendar, ledger: Ledger) -> date:
    """Return the `number`-th counted day after the start that is not lost to a suspension."""
    first = calendar.received(begin)
    if number == 0:
        return first
    count = _counting(unit, calendar)
    target = count.rank(first) + number
    for lost, last in ledger.lost_days(calendar):
        if last <= first.toordinal():
            continue
        before = clamped(max(lost - 1, first.toordinal()))
        # The lost runs are in order: what follows lies later still.
        if count.nth(target) <= before:
            break
        target += count.rank(clamped(last)) - count.rank(before)
    return count.nth(target)


def _rolled(day: date, calendar: WorkCalendar, ledger: Ledger) -> date:
    """Return the first day from `day` on that may end a term and is not lost."""
    day = calendar.days.roll(day, weekends=calendar.roll_weekends)
    for lost, last in ledger.lost_days(calendar):
        if lost <= day.toordinal() <= last:
            day = calendar.days.roll(clamped(last + 1), weekends=calendar.roll_weekends)
    return day


# --- hours ---------------------------------------------------------------------------------------


class _Time(Protocol):
    """Time that runs: how much between two moments, and when an amount is used up."""

    def between(self, start: int, end: int) -> int:
        """Return how many microseconds run from `start` to `end`; 0 where `end` is not after it."""

    def after(self, start: int, amount: int) -> int:
        """Return the instant at which `amount` microseconds have run since `start`."""


class _NaturalTime:
    """Time that always runs."""

    def between(self, start: int, end: int) -> int:
        return max(end - start, 0)

    def after(self, start: int, amount: int) -> int:
        return start + amount


_NATURAL = _NaturalTime()


def _time(unit: Unit, calendar: WorkCalendar) -> _Time:
    if unit is Unit.WORKHOUR:
        return calendar.worked
    return calendar.served if calendar.service else _NATURAL


def _run_out(time: _Time, start: int, amount: int, stops: tuple[Run, ...]) -> int:
    """Return when `amount` has run since `start`, leaving out the stops."""
    for since, resumed in stops:
        if resumed <= start:
            continue
        ran = time.between(start, since)
        if ran >= amount and since > start:
            break
        amount -= ran
        start = resumed
    return time.after(start, amount)


def _ran(time: _Time, start: int, end: int, stops: tuple[Run, ...]) -> int:
    """Return how much runs from `start` to `end`, leaving out the stops."""
    stopped = sum(time.between(max(start, since), min(end, resumed)) for since, resumed in stops)
    return time.between(start, end) - stopped
