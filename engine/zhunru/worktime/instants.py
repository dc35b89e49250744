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


def moment_in(text: str) -> datetime:
    """Return the moment that an ISO text says; raises ValueError for none.

    From Python 3.14 on, 24:00 is read as the next day's 0:00. Which day is meant is not ours to
    guess, and the same text must not be a moment on one machine and none on another.
    """
    found = datetime.fromisoformat(text)
    # Only these can be a 24:00, and few texts of a day alone have 24 in them.
    if found.hour == 0 and "24" in text and any(_hour_24(text, end) for end in _ENDS_OF_DAYS):
        raise ValueError(f"no moment: {text!r}")
    return found


def clock_in(text: str) -> time:
    """Return the time of day that an ISO text says, in the same way."""
    found = time.fromisoformat(text)
    if text.startswith(("24", "T24")):
        raise ValueError(f"no time of day: {text!r}")
    return found


# How long a day is in ISO: 2026-03-02 and 2026-W10-1, 20260302 and 2026W101, 2026W10.
_ENDS_OF_DAYS = (10, 8, 7)


def _hour_24(text: str, end: int) -> bool:
    if text[end + 1 : end + 3] != "24":
        return False
    try:
        date.fromisoformat(text[:end])
    except ValueError:
        return False
    return True


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
