"""Instants: moments of Beijing time as whole microseconds, for exact arithmetic.

Every instant that comes in carries its offset, every one that goes out is in Beijing time, which
has been UTC+8 without summer time since 1991 (and nothing here is older).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "UTC+8")

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# What would come later comes to this: no `datetime` can say more.
END = (date.max.toordinal() + 1) * DAY - 1


def stamp(instant: datetime) -> int:
    """Return an instant as microseconds of Beijing time, counted from day 0.

    Raises ValueError for one that does not say how far it is from UTC.
    """
    if instant.utcoffset() is None:
        raise ValueError("an instant needs its offset from UTC")
    local = instant.astimezone(BEIJING)
    seconds = (local.hour * 60 + local.minute) * 60 + local.second
    return local.toordinal() * DAY + seconds * 1_000_000 + local.microsecond


def instant(micros: int) -> datetime:
    """Return the instant of these microseconds, or the last one that can be written."""
    ordinal, rest = divmod(min(micros, END), DAY)
    return datetime.combine(date.fromordinal(ordinal), time(), BEIJING) + timedelta(
        microseconds=rest
    )


def midnight(day: date) -> int:
    """Return the microseconds at which a day begins."""
    return day.toordinal() * DAY


def day_of(micros: int) -> date:
    """Return the day in which these microseconds lie, or the last one that can be written."""
    return date.fromordinal(min(micros, END) // DAY)


def beijing(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    """Return an instant from what a clock in Beijing shows."""
    return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)
