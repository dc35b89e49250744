"""The horizon: what becomes of a due instant when a holiday calendar is published or changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from zhunru.worktime.clock import Due, Limit, due
from zhunru.worktime.hours import WorkCalendar
from zhunru.worktime.suspensions import NO_SUSPENSIONS, Ledger


class Change(StrEnum):
    """Why a due instant is, or is not, another one than before."""

    PUBLISHED = "日历发布"
    CHANGED = "日历变更"
    PROVISIONAL = "仍为暂定"
    UNCHANGED = "不变"
    PAST = "已届满"


class Reprojection(NamedTuple):
    """A due instant before and after a publication, and why; for the journal of the case.

    `held` tells that the new calendar alone would have put it before the publication.
    """

    before: Due
    after: Due
    change: Change
    published: datetime
    notice: str
    held: bool


def reproject(
    start: datetime,
    limit: Limit,
    calendar: WorkCalendar,
    suspensions: Ledger = NO_SUSPENSIONS,
    *,
    before: Due,
    published: datetime,
    notice: str = "",
    spent: int = 0,
) -> Reprojection:
    """Return the due instant of a running limit by a calendar that has just been published.

    It never comes before the publication: nobody could have kept a date that nobody knew. A firm
    due instant that has passed stays as it was, for nothing that was done about it is undone.
    """
    if not before.provisional and before.instant <= published:
        return Reprojection(before, before, Change.PAST, published, notice, held=False)
    found = due(start, limit, calendar, suspensions, spent=spent)
    held = found.instant < published
    after = Due(max(found.instant, published), found.provisional)
    return Reprojection(before, after, _change(before, after), published, notice, held)


def _change(before: Due, after: Due) -> Change:
    if after.provisional:
        return Change.PROVISIONAL
    if before.provisional:
        return Change.PUBLISHED
    return Change.UNCHANGED if before.instant == after.instant else Change.CHANGED
