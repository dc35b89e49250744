"""The holiday calendar that a decision waits for: which years are not announced yet, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from zhunru.explain.case import Case
from zhunru.explain.phrases import Phrase


def why(case: Case) -> Phrase:
    """Return why working days cannot be told: which year's holidays are not published."""
    calendar = case.model.calendar
    outside = sorted({day.year for day in _days(case) if not calendar.covers(day)})
    # Every day that was given is covered: counting from one of them ran past the last.
    years = outside or [calendar.horizon.year + 1]
    listed = "、".join(map(str, years))
    span = f"{calendar.first.year} 至 {calendar.horizon.year} 年"
    return Phrase(
        f"{listed} 年的放假安排没有公布（现有 {span}），工作日、休息日不能推算",
        f"the holidays of {', '.join(map(str, years))} are not published (there are those of "
        f"{calendar.first.year} to {calendar.horizon.year}), so working days cannot be told",
    )


def _days(case: Case) -> Iterator[date]:
    for value in case.ruling.reading.facts.values.values():
        if isinstance(value, datetime):
            yield value.date()
        elif isinstance(value, date):
            yield value
