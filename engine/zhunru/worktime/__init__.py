"""Working time: published holidays, calendars with hours, and the clock of limits."""

from __future__ import annotations

from zhunru.worktime.clock import Due, Elapsed, Limit, Unit, ahead, due, elapsed, halfway, until
from zhunru.worktime.days import Calendar, DayKind, DueDay
from zhunru.worktime.hours import (
    Hours,
    Receipt,
    Season,
    WorkCalendar,
    natural_time,
    round_the_clock,
    working_time,
)
from zhunru.worktime.instants import BEIJING, beijing
from zhunru.worktime.notices import (
    Notice,
    calendar_of,
    holiday_notices,
    published_calendar,
    regions,
)
from zhunru.worktime.suspensions import NO_SUSPENSIONS, Ledger, Suspension

__all__ = [
    "BEIJING",
    "NO_SUSPENSIONS",
    "Calendar",
    "DayKind",
    "Due",
    "DueDay",
    "Elapsed",
    "Hours",
    "Ledger",
    "Limit",
    "Notice",
    "Receipt",
    "Season",
    "Suspension",
    "Unit",
    "WorkCalendar",
    "ahead",
    "beijing",
    "calendar_of",
    "due",
    "elapsed",
    "halfway",
    "holiday_notices",
    "natural_time",
    "published_calendar",
    "regions",
    "round_the_clock",
    "until",
    "working_time",
]
