"""台账: fields, the days and places that rows hold for, and rows read from files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import TYPE_CHECKING, Any

from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.clauses import Clauses
from zhunru.checker.decisions import resolved_field
from zhunru.checker.register_table import ABSENT, RegisterTable
from zhunru.checker.report import MOST_FINDINGS
from zhunru.syntax import nodes as n
from zhunru.syntax.sheet_rows import RegisterRows
from zhunru.syntax.written_days import SPAN_MARKS, day_in, day_of_moment, moment_of
from zhunru.vocabulary import NUMERIC, TypeName

if TYPE_CHECKING:
    from zhunru.checker.model import Model
    from zhunru.diagnostics import Span

_NOTHING_WORDS = ("无", "nothing")
_YES = {"是": True, "yes": True, "否": False, "no": False}
# A number in a column without a unit that is written with one is none: 30% of what?
_SIGNS = {TypeName.MONEY: "元"}
# How a cell of each type is written: √, 约50 and 2026年5月 are how forms have them.
_PLAIN = ("，只写数，单位和“约”不写", ": a number alone, without unit or about")
_HOW = {
    TypeName.FLAG: ("，写“是”或者“否”，不打勾", ": write `yes` or `no`"),
    TypeName.DATE: ("，写全年、月、日，例如 2026-05-01", ": year, month and day, 2026-05-01"),
    TypeName.MOMENT: ("，例如 2026-05-01 09:00", ": for example 2026-05-01 09:00"),
    TypeName.NUMBER: _PLAIN,
    TypeName.MONEY: ("，写以元计的数，例如 350000", ": an amount in yuan, 350000"),
    TypeName.RATIO: ("，例如 30%", ": for example 30%"),
    TypeName.SPAN: ("，例如 2026-01-01 至 2026-12-31", ": 2026-01-01 to 2026-12-31"),
}
_PERCENT = re.compile(r"([+-]?[\d,]*\d(?:\.\d+)?)\s*[%％]")
_PART = re.compile(r"-?0?\.\d{1,20}")


def resolve_register(model: Model, source: n.Register) -> r.ResolvedRegister:
    """Return a register; rows that cannot be read are findings."""
    reader = Clauses(model, "")
    _report_gaps(model, source)
    fields = tuple(resolved_field(reader, each, addressee=False) for each in source.fields)
    spans = [f for f in fields if f.type.name is TypeName.SPAN]
    scopes = [f for f in fields if f.type.name is TypeName.UNITS]
    return r.ResolvedRegister(
        name=source.name.text,
        fields=fields,
        span_field=spans[0].name if spans else "",
        scope_field=scopes[0].name if scopes else "",
        asserted_by=spans[0].asserted_by if spans else "",
        rows=_rows(model, source) if source.source else None,
        span=source.name.span,
    )


def _report_gaps(model: Model, source: n.Register) -> None:
    required = [field.name.text for field in source.fields if field.required]
    for name, span in islice(gaps(required, source.rows), MOST_FINDINGS):
        model.report.add("ZR344", span, name=name)


def gaps(
    required: Sequence[str], rows: Sequence[tuple[tuple[str, str, Span], ...]]
) -> Iterator[tuple[str, Span]]:
    """Yield the columns of `required` that a row leaves empty, with the place of the row."""
    if not required:
        return
    if isinstance(rows, RegisterRows):
        # Most columns of a large sheet are full: only the rows with a gap are made.
        texts = [rows.texts[rows.headings.index(c)] for c in required if c in rows.headings]
        full = len(texts) == len(required)
        at_risk = (at for at, cells in enumerate(zip(*texts, strict=True)) if not all(cells))
        rows = [rows[at] for at in at_risk] if full else rows
    for row in rows:
        said = {heading for heading, text, _ in row if text.strip()}
        yield from ((name, row[0][2]) for name in required if row and name not in said)


def _rows(model: Model, source: n.Register) -> Sequence[tuple[tuple[str, r.Value], ...]]:
    if isinstance(source.rows, RegisterRows):
        return _by_column(model, source, source.rows)
    types = {each.name.text: v.field_type(each) for each in source.fields}
    return tuple(
        tuple(
            (heading, value)
            for heading, text, span in row
            if heading in types
            and (value := _read(model, heading, text, types[heading], span)) is not None
        )
        for row in source.rows
    )


def _by_column(
    model: Model, source: n.Register, rows: RegisterRows
) -> Sequence[tuple[tuple[str, r.Value], ...]]:
    """Return the rows of a large register; equal to those of the plain way."""
    types = {each.name.text: v.field_type(each) for each in source.fields}
    kept = [(at, heading) for at, heading in enumerate(rows.headings) if heading in types]
    columns = []
    unread: list[tuple[int, int]] = []
    for at, heading in kept:
        read = _Values(types[heading], model.chart.called)
        own = _own_names(types[heading], model.chart.called)
        column = [own.get(text) or read[text] for text in rows.texts[at]]
        if read.failed:
            unread += ((row, at) for row, value in enumerate(column) if value is _UNREAD)
            column = [ABSENT if value is _UNREAD else value for value in column]
        columns.append(column)
    for row, at in sorted(unread)[:MOST_FINDINGS]:
        heading = rows.headings[at]
        span = rows.places.span(row, rows.columns[at])
        _unread(model, heading, rows.texts[at][row].strip(), types[heading], span)
    if not columns:
        return tuple(() for _ in rows.places.numbers)
    return RegisterTable([heading for _, heading in kept], columns)


def _own_names(type_: r.Type, called: Mapping[str, str]) -> Mapping[str, str]:
    """Return what the names of units mean in a column of units; other columns have no names."""
    named_nothing = any(word in called for word in _NOTHING_WORDS)
    return called if type_.name is TypeName.UNIT and not named_nothing else {}


class _Values(dict[str, Any]):
    """What the texts of a column say; most are met again and again."""

    def __init__(self, type_: r.Type, called: Mapping[str, str]) -> None:
        super().__init__({"": ABSENT})
        self.type = type_
        self.called = called
        self.failed = False

    def __missing__(self, text: str) -> Any:
        bare = text.strip()
        try:
            found = cell_value(bare, self.type, self.called) if bare else ABSENT
        except (ValueError, InvalidOperation):
            found, self.failed = _UNREAD, True
        if len(self) < _MOST_VALUES:
            self[text] = found
        return found


_UNREAD = object()
_MOST_VALUES = 4_096


def _read(model: Model, heading: str, text: str, type_: r.Type, span: Span) -> r.Value | None:
    """Return the value of a cell, None where it is blank or cannot be read."""
    text = text.strip()
    if not text:
        return None
    try:
        return cell_value(text, type_, model.chart.called)
    except (ValueError, InvalidOperation):
        _unread(model, heading, text, type_, span)
        return None


def _unread(model: Model, heading: str, text: str, type_: r.Type, span: Span) -> None:
    code, said = why_unread(heading, text, type_)
    model.report.add(code, span, **said)


def why_unread(heading: str, text: str, type_: r.Type) -> tuple[str, dict[str, Any]]:
    """Return the code, and what fills its texts, for a cell that `cell_value` cannot read."""
    if type_.name is TypeName.SPAN and (ends := _reversed(text)):
        # Both days are read well: the text is not what is wrong with it.
        return "ZR316", {"start": ends[0], "end": ends[1]}
    said = {"name": heading, "text": text}
    share = _PERCENT.fullmatch(text) if type_.name is TypeName.NUMBER else None
    if share is None:
        zh, en = "、".join(type_.values), ", ".join(type_.values)
        how = (f"，只能写：{zh}", f": one of {en}") if zh else _HOW.get(type_.name, ("", ""))
        if _PART.fullmatch(text) and (percent := v.meant_percent(type_, Decimal(text))):
            how = f"，写明是 {percent}% 还是 {text}%", f": say whether {percent}% or {text}%"
        said |= {"type_zh": v.named(type_, 0), "type_en": v.named(type_, 1)}
        return "ZR330", said | {"how_zh": how[0], "how_en": how[1]}
    # Whoever shows 78.5% may reckon with 78.5 or with 0.785: which one stands in no sheet.
    number = Decimal(share[1].replace(",", ""))
    part = (number / 100).normalize()
    return "ZR343", said | {"number": f"{number:f}", "part": f"{part:f}"}


def cell_value(text: str, type_: r.Type, called: Mapping[str, str]) -> r.Value:
    """Return what a cell says as a value of a type; raises ValueError where it says none.

    `called` gives the unit by each of its names.
    """
    if text in _NOTHING_WORDS:
        return r.NOTHING
    name = type_.name
    if name in NUMERIC:
        text = text.replace("％", "%")
        # `数值 0% 至 100%` counts in percent as 比例 does.
        sign = "%" if v.is_percent(type_) else _SIGNS.get(name, "")
        number = Decimal(text.removesuffix(sign).strip().replace(",", ""))
        if not text.endswith(sign) and v.meant_percent(type_, number):
            raise ValueError(text)
        return number
    if name is TypeName.DATE:
        return day_of_moment(text)
    if name is TypeName.MOMENT:
        return moment_of(text)
    if name is TypeName.FLAG:
        if text not in _YES:
            raise ValueError(text)
        return _YES[text]
    if name is TypeName.SPAN:
        return _span(text)
    if name is TypeName.CHOICE and text not in type_.values:
        raise ValueError(text)
    if name is TypeName.UNIT:
        return called.get(text, text)
    if name in v.SETS:
        parts = (part.strip() for part in text.replace(",", "、").split("、"))
        return frozenset(called.get(part, part) for part in parts if part)
    return text


def _span(text: str) -> str:
    """Return a span of days in its one form `2026-01-01 至 2026-03-31`; an open end is left out."""
    low, high = _days(text)
    # One that ends before it begins would hold on no day at all, without a word.
    if not (low or high) or (low and high and high < low):
        raise ValueError(text)
    return f"{low} 至 {high}"


def _days(text: str) -> tuple[str, str]:
    """Return the first and the last day of a span; an open end is empty."""
    for word in SPAN_MARKS:
        if word in text:
            start, end = (part.strip() for part in text.split(word, 1))
            break
    else:
        start, end = text.removesuffix("起").strip(), ""
    return day_in(start).isoformat() if start else "", day_in(end).isoformat() if end else ""


def _reversed(text: str) -> tuple[str, str] | None:
    """Return the days of a span that ends before it begins."""
    try:
        low, high = _days(text)
    except ValueError:
        return None
    return (low, high) if low and high and high < low else None
