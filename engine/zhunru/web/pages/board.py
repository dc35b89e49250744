"""看板: what came in, what was refused, what is late, in figures and charts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import orjson
from starlette.datastructures import UploadFile
from starlette.responses import Response

from zhunru.reports import Period, from_store, make_report
from zhunru.reports.page import charts_of
from zhunru.reports.ratings import with_ratings
from zhunru.web.pages.uploads import passing_folder
from zhunru.web.pages.visit import Visit

_DEALINGS_KEPT = 4
# What a board always has, also when there is nothing to say: then it says that.
_ALWAYS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("rates", ("三率", "Three rates")),
    ("overdue", ("超期", "Overdue")),
    ("levels", ("化解在哪一级", "At which level it was solved")),
    ("ranking", ("以下评上", "Rated from below")),
)
_kept: dict[tuple[Any, ...], Any] = {}
_lock = Lock()


def show(visit: Visit) -> Response:
    """Show the report of a period with its charts; without a period, of the year so far."""
    return _page(visit, None)


def rate(visit: Visit) -> Response:
    """Show the report with ratings that were handed in; they are not kept."""
    with passing_folder() as folder:
        for number, upload in enumerate(visit.form.getlist("ratings")):
            if isinstance(upload, UploadFile) and upload.filename:
                # Ratings are told by the name of their file; nothing else of its path is taken.
                name = upload.filename.replace("\\", "/").rpartition("/")[2].lstrip(".")
                (folder / (name or str(number))).write_bytes(upload.file.read())
        return _page(visit, folder)


def _page(visit: Visit, ratings: Path | None) -> Response:
    asked: Mapping[str, str] = visit.query
    policy = visit.tenant.current(visit.text("set") or asked.get("set", "")).policy
    period = _period(asked, visit.at.date())
    report: Any = None
    charts = {}
    if visit.tenant.office is not None:
        dealings = _dealings(visit, policy, period)
        if ratings is not None:
            day = period.end or visit.at.date()
            dealings = with_ratings(dealings, policy, ratings, day)
        report = make_report(policy, dealings, period)
        drawn = charts_of(report, visit.language)
        # One bar shows nothing that its number does not say.
        several = {s.key for s in report.sections if len(s.rows) > 1}
        charts = {
            key: orjson.dumps(value).decode() for key, value in drawn.items() if key in several
        }
    return visit.page(
        "board.html",
        here="board",
        policy=policy,
        report=report,
        charts=charts,
        period=period,
        periods=_periods(visit.at.date()),
        lacking=[each for each in _ALWAYS if report and report.section(each[0]) is None],
        cards=list(policy.core.scorecards),
        rated=ratings is not None,
    )


def _dealings(visit: Visit, policy: Any, period: Period) -> Any:
    """Return what the store holds of a period, counted at most once a minute."""
    minute = int(visit.at.timestamp()) // 60
    key = (id(visit.service), visit.tenant.name, policy.digest, period, minute)
    with _lock:
        found = _kept.get(key)
    if found is None:
        found = from_store(visit.tenant.desk.store, policy, period)
        with _lock:
            while len(_kept) >= _DEALINGS_KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[key] = found
    return found


def _period(asked: Mapping[str, str], today: date) -> Period:
    """Return the period asked for; an end that is not given is the year so far."""
    start, end = _day(asked.get("from", "")), _day(asked.get("to", ""))
    return Period(start or date((end or today).year, 1, 1), end or today)


def _periods(today: date) -> list[tuple[str, date, date]]:
    """Return the periods that are one click away, by the keys of their names."""
    year = date(today.year, 1, 1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    before = date(today.year - 1, 1, 1), year - timedelta(1)
    return [
        ("this_month", today.replace(day=1), today),
        ("this_quarter", quarter, today),
        ("this_year", year, today),
        ("last_year", *before),
    ]


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None
