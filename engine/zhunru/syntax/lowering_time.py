"""Raw nodes of calendars, documents and recurring duties to nodes of the source tree."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from zhunru.diagnostics import Fix
from zhunru.syntax.expressions import DayKind, Expr, Falls, Moment, Quantity
from zhunru.syntax.keywords import ZH
from zhunru.syntax.lalr import Branch
from zhunru.syntax.lowering_declarations import report_word, word_of
from zhunru.syntax.lowering_expressions import column_itself, moment_at, string
from zhunru.syntax.nodes import Expected, Given, Name
from zhunru.syntax.reading import Item, Kids, Reading, lowers, only, token_type, values_of
from zhunru.syntax.workflow_nodes import Hours, Occurrence
from zhunru.vocabulary import DAY_KINDS, Measure

# 24:00 is the last instant of its day.
END_OF_DAY = time.max
PERIODS: dict[str, tuple[int, Measure]] = {
    "YEARLY": (1, Measure.YEAR),
    "HALFYEARLY": (6, Measure.MONTH),
    "QUARTERLY": (3, Measure.MONTH),
    "MONTHLY": (1, Measure.MONTH),
    "WEEKLY": (1, Measure.WEEK),
    "DAILY": (1, Measure.DAY),
}
_MONTH_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日")


# --- calendars -----------------------------------------------------------------------------------


@lowers("clock")
def _clock(reading: Reading, branch: Branch, kids: Kids) -> time:
    """Return a time of day; 24:00 is the end of the day."""
    hour, minute = (int(str(kid)) if str(kid).isdigit() else 99 for kid in (kids[0], kids[2]))
    if (hour, minute) == (24, 0):
        return END_OF_DAY
    if hour < 24 and minute < 60:
        return time(hour, minute)
    span = reading.span(branch)
    reading.report("ZR111", span, text=reading.source.text[span.start : span.end])
    return time(0)


@lowers("spell")
def _spell(reading: Reading, branch: Branch, kids: Kids) -> Any:
    start, end = kids[0], kids[2]
    if start >= end:
        reading.report("ZR136", reading.span(branch))
    return Item("spell", (start, end), reading.span(branch))


@lowers("month_day")
def _month_day(reading: Reading, branch: Branch, kids: Kids) -> tuple[int, int]:
    span = reading.span(branch)
    text = "".join(str(kid) for kid in kids)
    found = _MONTH_DAY.fullmatch(text) or re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    month, day = (int(part) for part in found.groups()) if found else (0, 0)
    try:
        date(2000, month, day)  # a leap year: 2月29日 is a day
    except ValueError:
        reading.report("ZR111", span, text=text)
        return 1, 1
    return month, day


@lowers("season")
def _season(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("season", (kids[1], kids[3]), reading.span(branch))


@lowers("hours")
def _hours(reading: Reading, branch: Branch, kids: Kids) -> Hours:
    items = [kid for kid in kids if isinstance(kid, Item)]
    return Hours(
        days=tuple(_day_kind(reading, name) for name in kids[0]),
        spells=tuple(item.value for item in items if item.key == "spell"),
        season=next((item.value for item in items if item.key == "season"), None),
        standby=token_type(kids, "STANDBY") is not None,
        span=reading.span(branch),
    )


def _day_kind(reading: Reading, name: Name) -> DayKind:
    kind: DayKind | None = word_of(DAY_KINDS, name.text)
    if kind is None:
        report_word(reading, DAY_KINDS, name.text, name.span, ("日期种类", "a kind of day"))
    return kind or "workday"


@lowers("falls")
def _falls(reading: Reading, branch: Branch, kids: Kids) -> Falls:
    return Falls(kids[0], _day_kinds(reading, kids[1:]), reading.span(branch))


@lowers("test_falls")
def _test_falls(reading: Reading, branch: Branch, kids: Kids) -> Falls:
    span = reading.span(branch)
    return Falls(column_itself(span), _day_kinds(reading, kids), span)


def _day_kinds(reading: Reading, kids: Kids) -> tuple[DayKind, ...]:
    names = (kid for kid in kids if isinstance(kid, Name))
    return tuple(dict.fromkeys(_day_kind(reading, name) for name in names))


@lowers("setting")
def _setting(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("setting", (kids[0], kids[1]), reading.span(branch))


# --- documents -----------------------------------------------------------------------------------


@lowers("i_body", "i_numbering")
def _text_item(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item(branch.data[2:], string(reading, kids[-1]), reading.span(branch))


# --- recurring duties ----------------------------------------------------------------------------


@lowers("period")
def _period(reading: Reading, branch: Branch, kids: Kids) -> Quantity:
    """Return how long a period is: 每季度 is three months."""
    if isinstance(kids[-1], Quantity):
        return kids[-1]
    number, measure = PERIODS[kids[0].type]
    return Quantity(Decimal(number), measure, reading.span(branch))


@lowers("occurrence")
def _occurrence(reading: Reading, branch: Branch, kids: Kids) -> Occurrence:
    period, least = (kid for kid in kids if isinstance(kid, Quantity))
    subject: Name | None = only(kids, Name)
    if subject is not None:
        _report_glued_owner(reading, subject)
    return Occurrence(period=period, least=least, subject=subject, span=reading.span(branch))


@lowers("unpaced")
def _unpaced(reading: Reading, branch: Branch, kids: Kids) -> Item:
    """Return 不少于 1 次 without 每季度: in a period of nothing, which the checker tells."""
    least = next(kid for kid in kids if isinstance(kid, Quantity))
    period = Quantity(Decimal(0), None, least.span)
    occurrence = _occurrence(reading, branch, [period, *kids])
    return Item("occurrences", (occurrence,), reading.span(branch))


def _report_glued_owner(reading: Reading, subject: Name) -> None:
    """Report `1 次 由社区`: read as it stands, 由社区 would be what is counted."""
    word = next((w for w in ZH["BY"] if subject.text.startswith(w) and subject.text != w), "")
    if not word or reading.source.text[subject.span.start] in "[【":
        return
    mended = f"{word} {subject.text[len(word) :]}"
    fix = Fix.writing(subject.span, mended)
    reading.report("ZR103", subject.span, fix=fix, found=subject.text, mended=mended)


@lowers("occurrences")
def _occurrences(reading: Reading, branch: Branch, kids: Kids) -> Item:
    values = tuple(values_of(kids))
    return Item("occurrences", values, reading.span(branch))


@lowers("recurring")
def _recurring(reading: Reading, branch: Branch, kids: Kids) -> list[Item]:
    """Return the parts as items; 按 in place of a rhythm names the column that has it."""
    found = [Item("every", kids[1], kids[1].span)]
    rest = list(kids[2:])
    while rest:
        kid = rest.pop(0)
        if isinstance(kid, Item):
            found.append(kid)
        elif kid.type == "WHERE":
            found.append(_said("where", rest.pop(0)))
        elif kid.type == "PER":
            found.append(_said("period_from", rest.pop(0)))
    return found


def _said(key: str, value: Expr) -> Item:
    return Item(key, value, value.span)


# --- tests of workflows --------------------------------------------------------------------------


@lowers("event")
def _event(reading: Reading, branch: Branch, kids: Kids) -> Given:
    value = Moment(moment_at(reading, kids[2]), reading.span(kids[2]))
    return Given(subject=kids[0], value=value, event=True, span=reading.span(branch))


@lowers("due")
def _due(reading: Reading, branch: Branch, kids: Kids) -> tuple[Name, datetime]:
    name = Name(str(kids[0]), reading.span(kids[0]))
    return name, moment_at(reading, kids[2])


@lowers("expected_ends")
def _expected_ends(reading: Reading, branch: Branch, kids: Kids) -> Expected:
    ends = tuple(values_of(kids))
    return Expected(ends=ends, span=reading.span(branch))
