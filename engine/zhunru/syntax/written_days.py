"""Days as offices write them (2026.5.1, 2026年5月1日, 二〇二六年五月一日), read one way only, and
moments."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from zhunru.syntax.numerals import number_in_digits
from zhunru.syntax.shadow import shadow
from zhunru.worktime.instants import BEIJING, clock_in, moment_in

# Year first: 5/1/2026 is May or January, and 26.5.1 has no century.
_DIGITS = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_NUMERALS = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_YEAR = {sign: str(digit) for digit, sign in enumerate("〇一二三四五六七八九")} | dict.fromkeys(
    "○零", "0"
)
# What stands behind the day of a moment of ours; 24:00 may be of the next day.
_CLOCK = re.compile(
    r"(?:\s+|T)(?:[01]?\d|2[0-3])[:：][0-5]\d(?:[:：][0-5]\d(?:\.\d+)?)?(?:\s*\+08:?00)?\Z"
)

# What stands between the two days of a span, as people write it.
SPAN_MARKS = ("至", "to", "~", "～", "—")


def written_day(text: str) -> date | None:
    """Return the day that a text says in one of the ways of offices, None where it says none."""
    plain = shadow(text).strip()
    found = _DIGITS.fullmatch(plain)
    if found is not None:
        return _day(*map(int, found.groups()))
    numerals = _NUMERALS.fullmatch(plain)
    if numerals is None:
        return None
    year, month, day = numerals.groups()
    parts = [number_in_digits(part) for part in (month, day)]
    return _day(int("".join(map(_YEAR.__getitem__, year))), *(part or 0 for part in parts))


def day_in(text: str) -> date:
    """Return the day that a text says, ISO or as offices write; raises ValueError for none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        day = written_day(text)
        if day is None:
            raise
        return day


def day_of_moment(text: str) -> date:
    """Return the day that a text says, a time of day behind it or not: 2026年3月2日 9:00.

    Raises ValueError for none.
    """
    try:
        return day_in(text)
    except ValueError:
        plain = text.strip()
        day = _CLOCK.sub("", plain)
        if day == plain:
            raise
        return day_in(day)


def moment_of(text: str) -> datetime:
    """Return the moment that a text says, as the clocks here show it: ISO, or a day as offices
    write it with the time behind a blank. Raises ValueError for none."""
    try:
        found = moment_in(text)
    except ValueError:
        day, _, clock = text.strip().rpartition(" ")
        hour = clock.replace("：", ":")
        at = clock_in(hour if hour[1:2] != ":" else f"0{hour}") if day else time()
        return datetime.combine(day_in(day or clock), at)
    try:
        return local(found)
    except OverflowError:  # within hours of the first year or the last there is
        raise ValueError(text) from None


def local(found: datetime) -> datetime:
    """Return a moment as the clocks here show it: those of a set have no offset either."""
    return found if found.tzinfo is None else found.astimezone(BEIJING).replace(tzinfo=None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
