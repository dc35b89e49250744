"""看板: what came in, what was refused, what is late, in figures and charts."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
from starlette.responses import Response

from zhunru.reports import Period, from_store, make_report
from zhunru.reports.page import charts_of
from zhunru.web.pages.visit import Visit


def show(visit: Visit) -> Response:
    """Show the report of a period with its charts."""
    policy = visit.tenant.current(visit.query.get("set", "")).policy
    period = Period(_day(visit.query.get("from", "")), _day(visit.query.get("to", "")))
    report: Any = None
    charts = {}
    if visit.tenant.office is not None:
        report = make_report(policy, from_store(visit.tenant.desk.store, policy, period), period)
        drawn = charts_of(report, visit.language)
        charts = {key: orjson.dumps(value).decode() for key, value in drawn.items()}
    return visit.page(
        "board.html", here="board", policy=policy, report=report, charts=charts, period=period
    )


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None
