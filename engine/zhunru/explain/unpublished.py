"""The holiday calendar that a decision waits for: which years are not announced yet, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from zhunru.checker.words import Phrase
from zhunru.explain.case import Case


def why(case: Case) -> Phrase:
    """Return why working days cannot be told: which year's holidays are not published."""
    calendar, years = case.model.calendar, _years(case)
    span = f"{calendar.first.year} 至 {calendar.horizon.year} 年"
    return Phrase(
        f"{years.zh} 年的放假安排没有公布（现有 {span}），工作日、休息日不能推算",
        f"the holidays of {years.en} are not published (there are those of "
        f"{calendar.first.year} to {calendar.horizon.year}), so working days cannot be told",
    )


def once_published(case: Case) -> Phrase:
    """Return the condition of what hangs on the calendar alone."""
    years = _years(case)
    return Phrase(
        f"按 {years.zh} 年的放假安排（尚未公布）属于这种情形",
        f"the holidays of {years.en}, which are not published yet, make it so",
    )


def _years(case: Case) -> Phrase:
    """Return the years that are waited for."""
    calendar = case.model.calendar
    outside = sorted({day.year for day in _days(case) if not calendar.covers(day)})
    # Every day that was given is covered: counting from one of them ran past the last.
    years = list(map(str, outside or [calendar.horizon.year + 1]))
    return Phrase("、".join(years), ", ".join(years))


def _days(case: Case) -> Iterator[date]:
    for value in case.ruling.reading.facts.values.values():
        if isinstance(value, datetime):
            yield value.date()
        elif isinstance(value, date):
            yield value
