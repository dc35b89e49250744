"""Holiday notices, each dated, and the calendar that those of the State Council and a region make.

国务院办公厅 arranges each year's breaks by a notice in the autumn before; some were changed later
by another. Festivals of the minorities are arranged by the place itself (全国年节及纪念日放假办法
第四条), so a place's calendar is settled only for the years whose own notice is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from zhunru.worktime.days import Calendar, days

Run = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: the year it arranges, its number, its days off and the weekend days worked.

    `published` is the day it was published and `dated` the day it bears; either may be
    unknown. `settles` is the run of days that are certain once it is known.
    """

    year: int
    paper: str
    rest: tuple[Run, ...]
    work: tuple[Run, ...]
    settles: Run
    published: date | None = None
    dated: date | None = None

    @property
    def known(self) -> date | None:
        """Return the first day on which it could be known; None where neither day is."""
        return self.published or self.dated


def calendar_of(national: Iterable[Notice], regional: Iterable[Notice] | None = None) -> Calendar:
    """Return the calendar of these notices, a later one before an earlier one, a region's last.

    Years that no national notice arranges must lie before or after the others. Given a region's
    notices (even none), the days that they do not settle count as not published.
    """
    basic, local = list(national), list(regional or ())
    holidays: set[date] = set()
    makeup: set[date] = set()
    for notice in basic + local:
        _apply(notice, holidays, makeup)
    first = min(notice.settles[0] for notice in basic)
    horizon = max(notice.settles[1] for notice in basic)
    gaps = [] if regional is None else _between(first, horizon, local)
    return Calendar(first, horizon, holidays, makeup, unpublished=gaps)


def published_calendar(region: str = "", *, known_on: date | None = None) -> Calendar:
    """Return the calendar of the arrangements that have been published.

    With `region`, that of a place with festivals of its own (`regions()` names them; ValueError for
    others). With `known_on`, only what was published by that day: a case is replayed with what was
    known.
    The days come from the yearly notices of 国务院办公厅, as collected by the chinesecalendar
    package (MIT licence); `holidays.json` names its release.
    """
    return _calendar(region, known_on)


@cache
def holiday_notices(region: str = "") -> tuple[Notice, ...]:
    """Return the notices of the State Council, or those of a region alone, earliest first.

    Raises ValueError for a region of which none are known.
    """
    if not region:
        return tuple(_read(row) for row in _data("holidays.json")["notices"])
    rows = _data("regions.json")["regions"].get(region)
    if rows is None:
        raise ValueError(f"no holidays of the region {region!r} are known")
    return tuple(_read(row) for row in rows)


def regions() -> tuple[str, ...]:
    """Return the names of the regions whose own holidays are known for some year."""
    return tuple(_data("regions.json")["regions"])


@lru_cache(maxsize=32)
def _calendar(region: str, known_on: date | None) -> Calendar:
    national = _by_then(holiday_notices(), known_on)
    if not national:
        raise ValueError(f"no holiday notice was published by {known_on}")
    return calendar_of(national, _by_then(holiday_notices(region), known_on) if region else None)


def _by_then(found: Sequence[Notice], day: date | None) -> list[Notice]:
    if day is None:
        return list(found)
    # Of which nobody knows since when it is known cannot be said to have been known then.
    return [notice for notice in found if notice.known is not None and notice.known <= day]


def _apply(notice: Notice, holidays: set[date], makeup: set[date]) -> None:
    rest, work = set(_expand(notice.rest)), set(_expand(notice.work))
    # A later notice may give back a day that an earlier one took, either way round.
    holidays.difference_update(work)
    holidays.update(rest)
    makeup.difference_update(rest)
    makeup.update(work)


def _between(first: date, horizon: date, local: Iterable[Notice]) -> Iterator[Run]:
    """Yield the runs of days from `first` to `horizon` that no notice settles."""
    day, one = first, timedelta(1)
    for start, end in sorted(notice.settles for notice in local):
        if day < start:
            yield day, start - one
        day = max(day, end + one)
    if day <= horizon:
        yield day, horizon


@cache
def _data(name: str) -> Mapping[str, Any]:
    text = resources.files("zhunru.worktime").joinpath(name).read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return data


def _read(row: Mapping[str, Any]) -> Notice:
    year = row["year"]
    return Notice(
        year=year,
        paper=row["paper"],
        rest=tuple(_run(text) for text in row["rest"]),
        work=tuple(_run(text) for text in row["work"]),
        settles=_run(row.get("settles", f"{year}-01-01/{year}-12-31")),
        published=_day(row.get("published")),
        dated=_day(row.get("dated")),
    )


def _run(text: str) -> Run:
    """Read a day or a run of days: `2026-01-01/2026-01-03`."""
    start, _, end = text.partition("/")
    return date.fromisoformat(start), date.fromisoformat(end or start)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _expand(runs: Iterable[Run]) -> Iterator[date]:
    for first, last in runs:
        yield from days(first, last)
