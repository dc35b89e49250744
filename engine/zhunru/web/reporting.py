"""Reports over HTTP: the figures of a period as data, as a page to keep, and as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import quote

from zhunru.diagnostics import Language
from zhunru.reports import Period, Report, as_html, as_xlsx, from_store, make_report
from zhunru.web.answers import Answer, as_json
from zhunru.web.calls import Call, Endpoint
from zhunru.web.reading import wrong_kind
from zhunru.web.schemas import DATE, TEXT, one_of, ref

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def report(call: Call) -> Answer:
    """Return the report of a set on a period; both ends count, and either may be left open."""
    period = Period(_day(call, "from"), _day(call, "to"))
    if period.start and period.end and period.start > period.end:
        wrong_kind("to", "不早于 from 的日期", "a date that is not before `from`")
    form = call.query.get("format", "json")
    if form not in ("json", *_FILES):
        wrong_kind("format", "json、html 或者 xlsx", "json, html or xlsx")
    office, policy = call.tenant.desk, call.tenant.current(call.query.get("set", "")).policy
    made = make_report(policy, from_store(office.store, policy, period), period)
    return as_json(made.to_dict()) if form == "json" else _file(made, form, call.language)


def _day(call: Call, name: str) -> date | None:
    given = call.query.get(name, "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        wrong_kind(name, "2026-03-02 这样的日期", "a date such as 2026-03-02")


def _page(made: Report, language: Language) -> bytes:
    return as_html(made, language).encode()


_FILES: dict[str, tuple[str, Callable[[Report, Language], bytes]]] = {
    "html": ("text/html; charset=utf-8", _page),
    "xlsx": (_SHEET, as_xlsx),
}


def _file(made: Report, form: str, language: Language) -> Answer:
    # To be kept, not shown: nothing that an API answers is run by a browser, its charts neither.
    media, write = _FILES[form]
    name = quote(f"{made.set_code}.{form}")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Answer(write(made, language), media=media, headers=headers)


ENDPOINTS = [
    Endpoint(
        method="GET",
        path="/v1/reports",
        handler=report,
        scope="cases:read",
        summary="The figures of a period: json, html or xlsx",
        tag="cases",
        threaded=True,
        patient=True,
        heavy=True,
        response=ref("Report"),
        others={"text/html": TEXT, _SHEET: {}},
        query={
            "set": TEXT,
            **dict.fromkeys(("from", "to"), DATE),
            "format": {**one_of("json", "html", "xlsx"), "default": "json"},
        },
        statuses=(200, 400, 404, 501),
    ),
]
