"""看板: what came in, what was refused, what is late, in figures and charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import orjson
from starlette.datastructures import UploadFile
from starlette.responses import Response

from zhunru.reports import Period, Report, from_store, make_report
from zhunru.reports.dealings import Dealings
from zhunru.reports.page import charts_of
from zhunru.reports.ratings import with_ratings
from zhunru.web.pages import counting
from zhunru.web.pages.counting import Counted, Counter
from zhunru.web.pages.uploads import passing_folder, put
from zhunru.web.pages.visit import Visit

if TYPE_CHECKING:
    from zhunru.web.service import Service

# What a board always has, also when there is nothing to say: then it says that.
_ALWAYS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("rates", ("三率", "Three rates")),
    ("overdue", ("超期", "Overdue")),
    ("levels", ("化解在哪一级", "At which level it was solved")),
    ("ranking", ("以下评上", "Rated from below")),
)
_counters: WeakKeyDictionary[Service, Counter[Report]] = WeakKeyDictionary()
_lock = Lock()


def show(visit: Visit) -> Response:
    """Show the report of a period with its charts; without a period, of the year so far."""
    return _page(visit, None)


def rate(visit: Visit) -> Response:
    """Show the report with ratings that were handed in; they are not kept."""
    with passing_folder() as folder:
        for upload in visit.form.getlist("ratings"):
            if isinstance(upload, UploadFile) and upload.filename:
                # Ratings are told by the name of their file.
                put(folder, upload.filename, upload.file.read())
        return _page(visit, folder)


def _page(visit: Visit, ratings: Path | None) -> Response:
    asked: Mapping[str, str] = visit.query
    policy = visit.tenant.current(visit.text("set") or asked.get("set", "")).policy
    period = _period(asked, visit.at.date())
    counted = _counted(visit, policy, period, whole=ratings is not None)
    report = counted.found if counted is not None else None
    uncounted: tuple[tuple[str, str], ...] = ()
    if report is not None and ratings is not None:
        report, uncounted = _rated(report, policy, ratings, period, visit.at.date())
    drawn = charts_of(report, visit.language) if report is not None else {}
    # One bar shows nothing that its number does not say.
    several = {s.key for s in report.sections if len(s.rows) > 1} if report is not None else set()
    return visit.page(
        "board.html",
        here="board",
        policy=policy,
        report=report,
        counted=counted,
        waiting=_waiting(visit, counted),
        charts={k: orjson.dumps(v).decode() for k, v in drawn.items() if k in several},
        period=period,
        periods=_periods(visit.at.date()),
        lacking=[each for each in _ALWAYS if report and report.section(each[0]) is None],
        cards=list(policy.core.scorecards),
        rated=ratings is not None,
        uncounted=uncounted,
    )


def _counted(visit: Visit, policy: Any, period: Period, *, whole: bool) -> Counted[Report] | None:
    """Return the report of a period; None while it is counted for the first time.

    Whoever hands ratings in waits for the `whole`: there is no page to come back to.
    """
    if visit.tenant.office is None:
        return None
    store, service = visit.tenant.desk.store, visit.service
    with _lock:
        counter = _counters.get(service) or _counters.setdefault(service, Counter())
    return counter.get(
        (visit.tenant.name, policy.digest, period),
        lambda: make_report(policy, from_store(store, policy, period), period),
        visit.at,
        service.settings.limits.patience if whole else counting.PATIENCE,
    )


def _waiting(visit: Visit, counted: Counted[Report] | None) -> int:
    """Return how many cases are being counted, where the page has nothing to show before that."""
    if counted is not None or visit.tenant.office is None:
        return 0
    return sum(visit.tenant.desk.store.count_cases().values())


def _rated(
    report: Report, policy: Any, ratings: Path, period: Period, today: date
) -> tuple[Report, tuple[tuple[str, str], ...]]:
    """Return the report with the ranking that comes of ratings, nothing else hangs on them; and
    what did not count, where nothing came of them."""
    dealings = with_ratings(Dealings((), ()), policy, ratings, period.end or today)
    ranking = make_report(policy, dealings, period).section("ranking")
    if ranking is None:
        return report, dealings.uncounted
    return replace(report, sections=(*report.sections, ranking)), ()


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
