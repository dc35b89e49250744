"""`zhunru report`: the figures of a period, on the screen, as a page and as a workbook."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zhunru_cli import failures
from zhunru_cli.clock import now
from zhunru_cli.surface import Command, Surface, cells, fit, form_option, option, shared_options

if TYPE_CHECKING:
    from zhunru.reports import Report, Section

DAY = click.DateTime(["%Y-%m-%d"])
PATH = click.Path(path_type=Path)
MOST_ROWS = 12


@click.command("report", cls=Command)
@click.argument("policy_set", metavar="SET")
@option("--store", default="", metavar="URL", help="report.store")
@option("--history", type=PATH, metavar="FILE", help="report.history")
@option("--data", type=PATH, metavar="PATH", help="report.data")
@option("--from", "start", type=DAY, metavar="DAY", help="report.from")
@option("--to", "end", type=DAY, metavar="DAY", help="report.to")
@option("--html", type=PATH, metavar="FILE", help="report.html")
@option("--xlsx", type=PATH, metavar="FILE", help="report.xlsx")
@form_option
@shared_options
def report(
    surface: Surface,
    policy_set: str,
    store: str,
    history: Path | None,
    data: Path | None,
    start: datetime | None,
    end: datetime | None,
    html: Path | None,
    xlsx: Path | None,
    form: str,
) -> int:
    """Print the report of a period, and write it to files."""
    # From one source, or what stands in both would count twice.
    if bool(store) == bool(history):
        raise click.UsageError(surface.say("report.source"))
    days = (start.date() if start else None, end.date() if end else None)
    if days[0] and days[1] and days[0] > days[1]:
        raise click.UsageError(surface.say("report.order"))
    made = _made(policy_set, store, history, data, days)
    failures.show_findings(made.remarks, surface)
    surface.answer(form, made.to_dict(), lines_of(made, surface))
    _write(made, html, xlsx, surface)
    # Figures that leave rows out must not look whole to a script.
    return failures.FINDINGS if made.unread else 0


def _made(
    policy_set: str,
    store: str,
    history: Path | None,
    data: Path | None,
    days: tuple[date | None, date | None],
) -> Report:
    from zhunru import open_cases, open_policy
    from zhunru.reports import Period, from_history, from_store, make_report, with_ratings

    policy, period, today = open_policy(policy_set), Period(*days), now().date()
    if history is not None:
        dealings = from_history(history, policy, period, today)
    else:
        office = open_cases(store, untouched=True)
        try:
            dealings = from_store(office.store, policy, period)
        finally:
            office.close()
    if data is not None:
        dealings = with_ratings(dealings, policy, data, period.end or today)
    return make_report(policy, dealings, period)


def _write(made: Report, html: Path | None, xlsx: Path | None, surface: Surface) -> None:
    from zhunru.reports import as_html, as_xlsx

    if html is not None:
        html.write_text(as_html(made, surface.language), encoding="utf-8", newline="\n")
        # The figures may go into another program: what was written is told beside them.
        surface.print(surface.say("new.made", path=html), error=True)
    if xlsx is not None:
        xlsx.write_bytes(as_xlsx(made, surface.language))
        surface.print(surface.say("new.made", path=xlsx), error=True)


# --- on the screen -------------------------------------------------------------------------------


def lines_of(made: Report, surface: Surface) -> Iterator[str]:
    """Yield the lines of a report."""
    at = 0 if surface.language == "zh" else 1
    start, end = (str(day or "…") for day in (made.period.start, made.period.end))
    yield surface.say("report.head", code=made.set_code, start=start, end=end)
    if made.unread:
        yield surface.say("report.unread", n=made.unread)
        yield from _unread(made, at, surface)
    if not made.sections:
        yield surface.say("report.nothing")
    for section in made.sections:
        yield ""
        yield surface.style(section.title[at], bold=True)
        yield from _table(section, at, surface)
        if section.note[at]:
            yield f"  {section.note[at]}"


def _unread(made: Report, at: int, surface: Surface) -> Iterator[str]:
    """Yield which rows could not be read, and why: who kept the file mends them by these."""
    for row in made.unread_rows[:MOST_ROWS]:
        key = "report.row_of_sheet" if row.sheet else "report.row"
        place = surface.say(key, file=row.file, sheet=row.sheet, row=row.row)
        yield f"  {place}{row.code} {row.why[at]}"
    left = made.unread - len(made.unread_rows[:MOST_ROWS])
    if left > 0:
        yield "  " + surface.say("report.more", n=left)


def _table(section: Section, at: int, surface: Surface) -> Iterator[str]:
    heads = [heading[at] for heading in section.columns]
    rows = [[_shown(value, at) for value in row] for row in section.rows[:MOST_ROWS]]
    widths = [
        min(max(cells(row[n]) for row in [heads, *rows]), _widest()) for n in range(len(heads))
    ]
    numeric = [
        all(not isinstance(row[n], str | tuple) for row in section.rows) for n in range(len(heads))
    ]
    for texts in [heads, *rows]:
        shown = [
            _right(text, width) if right else fit(text, width)
            for text, width, right in zip(texts, widths, numeric, strict=True)
        ]
        yield ("  " + "  ".join(shown)).rstrip()
    left = len(section.rows) - len(rows)
    if left > 0:
        yield "  " + surface.say("report.more", n=left)


def _widest() -> int:
    return max(shutil.get_terminal_size((100, 24)).columns // 3, 20)


def _right(text: str, width: int) -> str:
    return " " * max(width - cells(text), 0) + fit(text, min(cells(text), width))


def _shown(value: Any, at: int) -> str:
    if value is None:
        return "—"
    return value[at] if isinstance(value, tuple) else str(value)
