"""A report: sections of rows, each shown alike on screen, page and worksheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from zhunru.diagnostics import Diagnostic
from zhunru.reports.dealings import UnreadRow
from zhunru.syntax.nodes import Period

Text = tuple[str, str]
Value = str | int | Decimal | Text | None
Kind = Literal["bar", "stacked", "line", "pie"]


@dataclass(frozen=True)
class Chart:
    """How a section is drawn: `label` the column of the names, `values` those of the numbers."""

    kind: Kind
    label: int
    values: tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """One table of a report, with its chart; texts are Chinese beside English.

    Shares are in percent, with one decimal; None is what nobody said.
    """

    key: str
    title: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Value, ...], ...]
    chart: Chart | None = None
    note: Text = ("", "")


@dataclass(frozen=True)
class Report:
    """The report of a period on one set."""

    set_code: str
    digest: str
    period: Period
    sections: tuple[Section, ...]
    unread: int = 0
    unread_rows: tuple[UnreadRow, ...] = ()
    remarks: tuple[Diagnostic, ...] = ()

    def section(self, key: str) -> Section | None:
        """Return a section by its key; None where there is nothing to say."""
        return next((section for section in self.sections if section.key == key), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready data, shares as texts."""
        return {
            "version": 1,
            "set": self.set_code,
            "digest": self.digest,
            "from": _day(self.period.start),
            "to": _day(self.period.end),
            "unread": self.unread,
            "unread_rows": [_plain_row(row) for row in self.unread_rows],
            "sections": [_plain(section) for section in self.sections],
        }


def unread_section(report: Report) -> Section | None:
    """Return the rows that could not be read as a table, None where all could be."""
    if not report.unread_rows:
        return None
    left = report.unread - len(report.unread_rows)
    more = (
        (f"另有 {left} 行没有列出。", f"{left} more row(s) are not listed.") if left else ("", "")
    )
    return Section(
        "unread",
        ("没有读入的行", "Rows not read"),
        (
            *(("文件", "file"), ("工作表", "sheet"), ("行", "row")),
            *(("代码", "code"), ("原因", "reason")),
        ),
        tuple((row.file, row.sheet, row.row, row.code, row.why) for row in report.unread_rows),
        note=more,
    )


def _plain_row(row: UnreadRow) -> dict[str, Any]:
    place = {"file": row.file, "sheet": row.sheet or None, "row": row.row}
    return {**place, "code": row.code, "message": {"zh": row.why[0], "en": row.why[1]}}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _plain(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": {"zh": section.title[0], "en": section.title[1]},
        "columns": [{"zh": zh, "en": en} for zh, en in section.columns],
        "rows": [[_plain_value(value) for value in row] for row in section.rows],
        "note": {"zh": section.note[0], "en": section.note[1]},
    }


def _plain_value(value: Value) -> Any:
    if isinstance(value, tuple):
        return {"zh": value[0], "en": value[1]}
    return str(value) if isinstance(value, Decimal) else value


def spoken(value: Value, at: int) -> str | int | Decimal | None:
    """Return a value in one language: 0 is Chinese, 1 English."""
    return value[at] if isinstance(value, tuple) else value
