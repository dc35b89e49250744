"""A report as one page of HTML: tables and charts, all in one file, nothing from a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from zhunru.diagnostics import Language
from zhunru.reports.sections import Chart, Report, Section, Value, spoken, unread_section

_MOST_DRAWN = 15  # bars that can still be told apart
_MOST_UPRIGHT = 5  # names that stand side by side below their bars
_LONGEST_UPRIGHT = 24
_LONGEST_ACROSS = 15
Number = float | int | None
_COLOURS = (
    *("#2f6f8f", "#c0504d", "#d9a441", "#7f8c8d", "#5b8c5a"),
    *("#7d5ba6", "#3aa6a0", "#a0522d", "#44546a"),
)
_TEXTS = {
    "title": ("社区工作准入情况报告", "Report on community admissions"),
    "set": ("规则集", "Policy set"),
    "digest": ("摘要", "digest"),
    "period": ("期间", "Period"),
    "to": ("至", "to"),
    "open": ("不限", "open"),
    "unread": ("有 {n} 行读不了，没有计入。", "{n} row(s) could not be read and are not counted."),
    "nothing": ("这一期没有来件，也没有办件。", "There were no requests and no cases."),
    "chart": ("图：", "chart: "),
}


def charts_of(report: Report, language: Language = "zh") -> dict[str, Any]:
    """Return the charts of a report by section, as ECharts wants them."""
    return _Page(report, 0 if language == "zh" else 1).charts()


def as_html(report: Report, language: Language = "zh") -> str:
    """Return the page of a report; it needs no other file and asks no network."""
    page = _Page(report, 0 if language == "zh" else 1)
    # A name with `</script` in it would end the element; escaped it reads the same as JSON.
    charts = json.dumps(page.charts(), ensure_ascii=False).replace("<", "\\u003c")
    title = escape(page.say("title"))
    lang = "zh-CN" if language == "zh" else "en"
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{lang}"><head><meta charset="utf-8">',
            # Even if a text of a file got into the page as markup, nothing could be fetched by it.
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title><style>{_STYLE}</style></head><body><main>",
            *page.body(),
            "</main>",
            f'<script type="application/json" id="charts">{charts}</script>',
            f"<script>{_echarts()}</script><script>{_DRAW}</script></body></html>",
            "",
        ]
    )


@cache
def _echarts() -> str:
    return (
        files("zhunru.reports")
        .joinpath("assets", "echarts.common.min.js")
        .read_text(encoding="utf-8")
        .replace("</script", "<\\/script")
    )


class _Page:
    """The parts of a page in one language."""

    def __init__(self, report: Report, at: int) -> None:
        self.report = report
        self.at = at

    def say(self, key: str, **values: object) -> str:
        """Return a text of the page."""
        return _TEXTS[key][self.at].format(**values)

    def body(self) -> Iterator[str]:
        """Yield heading, notes and sections."""
        report, period = self.report, self.report.period
        start, end = (str(day or self.say("open")) for day in (period.start, period.end))
        yield f"<h1>{escape(self.say('title'))}</h1>"
        yield (
            f'<p class="about">{self.say("set")} {escape(report.set_code)} · '
            f"{self.say('digest')} {escape(report.digest[:12])} · "
            f"{self.say('period')} {start} {self.say('to')} {end}</p>"
        )
        if report.unread:
            yield f'<p class="warning">{escape(self.say("unread", n=report.unread))}</p>'
        if not report.sections:
            yield f"<p>{escape(self.say('nothing'))}</p>"
        for section in report.sections:
            yield from self._section(section)
        unread = unread_section(report)
        if unread is not None:
            yield from self._section(unread)

    def _section(self, section: Section) -> Iterator[str]:
        title = escape(section.title[self.at])
        yield f'<section id="{section.key}"><h2>{title}</h2>'
        if section.chart is not None:
            # The table below says the same in words: the drawing is one more way to see it.
            label = escape(self.say("chart") + section.title[self.at])
            yield (
                f'<div class="chart" data-chart="{section.key}" role="img" '
                f'aria-label="{label}"></div>'
            )
        heads = "".join(
            f'<th scope="col"{_aligned(section, at)}>{escape(each[self.at])}</th>'
            for at, each in enumerate(section.columns)
        )
        yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
        for row in section.rows:
            yield "<tr>" + "".join(_cell(spoken(value, self.at)) for value in row) + "</tr>"
        yield "</tbody></table>"
        if section.note[self.at]:
            yield f'<p class="note">{escape(section.note[self.at])}</p>'
        yield "</section>"

    def charts(self) -> dict[str, Any]:
        """Return what is drawn, by section."""
        return {
            section.key: self._drawn(section, section.chart)
            for section in self.report.sections
            if section.chart is not None
        }

    def _drawn(self, section: Section, chart: Chart) -> dict[str, Any]:
        rows = section.rows[:_MOST_DRAWN]
        names = [str(spoken(row[chart.label], self.at)) for row in rows]
        series = [
            (section.columns[column][self.at], [_number(row[column]) for row in rows])
            for column in chart.values
        ]
        base: dict[str, Any] = {
            "color": list(_COLOURS),
            "textStyle": {"fontFamily": _FONT},
            "animation": False,
            "tooltip": {"trigger": "item" if chart.kind == "pie" else "axis"},
        }
        if chart.kind == "pie":
            return base | _pie(names, series[0][1])
        return base | _along_axes(chart.kind, names, series)


def _pie(names: list[str], numbers: list[Number]) -> dict[str, Any]:
    pairs = zip(names, numbers, strict=True)
    data = [{"name": name, "value": value} for name, value in pairs]
    return {"series": [{"type": "pie", "radius": "55%", "data": data}]}


def _along_axes(
    drawn: str, names: list[str], series: list[tuple[str, list[Number]]]
) -> dict[str, Any]:
    """Return lines or bars, beside each other or stacked."""
    kind = "line" if drawn == "line" else "bar"
    stack = {"stack": "all"} if drawn == "stacked" else {}
    numbers: dict[str, Any] = {"type": "value"}
    if all(isinstance(value, int | None) for _, data in series for value in data):
        numbers["minInterval"] = 1  # nobody sends half a request
    long = len(names) > 1 and max(map(len, names)) > _LONGEST_UPRIGHT
    across = kind == "bar" and (long or len(names) > _MOST_UPRIGHT)
    names = [_shortened(name) for name in names] if across else names
    return {
        "legend": {"top": 0, "show": len(series) > 1},
        "grid": {"left": 16, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        **_axes(names, numbers, across, kind == "line"),
        "series": [
            {"type": kind, "name": name, "data": data, "barMaxWidth": 28, **stack}
            for name, data in series
        ],
    }


def _shortened(name: str) -> str:
    """Return a name that fits beside its bar: long ones of one office differ at their ends."""
    half = _LONGEST_ACROSS // 2
    return name if len(name) <= _LONGEST_ACROSS else f"{name[:half]}…{name[-half:]}"


def _axes(
    names: list[str], numbers: dict[str, Any], across: bool, drawn_along: bool
) -> dict[str, Any]:
    """Return the axes; many or long names are read across, from the top down."""
    if drawn_along:  # months follow one another: some of them say which the others are
        return {
            "xAxis": {"type": "category", "data": names, "axisLabel": {"hideOverlap": True}},
            "yAxis": numbers,
        }
    label = {"interval": 0, "width": 190, "overflow": "truncate" if across else "break"}
    named: dict[str, Any] = {"type": "category", "data": names, "axisLabel": label}
    if across:
        return {"xAxis": numbers, "yAxis": named | {"inverse": True}}
    label["width"] = 90
    return {"xAxis": named, "yAxis": numbers}


def _aligned(section: Section, column: int) -> str:
    texts = any(isinstance(row[column], str | tuple) for row in section.rows)
    return "" if texts else ' class="number"'


def _number(value: Value) -> Number:
    """Return a number to be drawn; the table shows it exactly."""
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, int) else None


def _cell(value: Value) -> str:
    if isinstance(value, str):
        return f"<td>{escape(value)}</td>"
    return f'<td class="number">{"—" if value is None else value}</td>'


_FONT = '"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","SimHei",sans-serif'
_STYLE = f"""
body{{margin:0;background:#f4f5f6;color:#222;font:15px/1.7 {_FONT}}}
main{{max-width:960px;margin:0 auto;padding:24px 32px;background:#fff}}
h1{{font-size:26px;text-align:center;margin:8px 0}}
h2{{font-size:19px;border-left:4px solid #2f6f8f;padding-left:10px;margin:32px 0 12px}}
.about{{text-align:center;color:#555}}
.warning{{background:#fdf3e1;border:1px solid #d9a441;padding:6px 12px}}
.note{{color:#666;font-size:13px}}
.chart{{height:320px}}
table{{border-collapse:collapse;width:100%}}
th,td{{border:1px solid #cfd4d8;padding:4px 10px;text-align:left}}
th{{background:#eef1f3}}
th.number,td.number{{text-align:right;font-variant-numeric:tabular-nums}}
@media print{{body{{background:#fff}}main{{padding:0}}section{{break-inside:avoid}}}}
"""
_DRAW = """
(function () {
  var charts = JSON.parse(document.getElementById("charts").textContent);
  Array.prototype.forEach.call(document.querySelectorAll("[data-chart]"), function (place) {
    var chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(charts[place.getAttribute("data-chart")]);
    window.addEventListener("resize", function () { chart.resize(); });
  });
})();
"""
