"""Values of fields as somebody wrote them: each read by the type of its field, or reported."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from zhunru.checker.resolved import NOTHING, ResolvedField, normal_title
from zhunru.checker.values import meant_percent
from zhunru.codes import diagnose
from zhunru.compiler.chart import OrgChart
from zhunru.compiler.values import UNKNOWN, civil, exact
from zhunru.compiler.written_values import value_hint, without_measure
from zhunru.diagnostics import NOWHERE, Diagnostic
from zhunru.syntax.misspelling import nearest
from zhunru.syntax.written_days import SPAN_MARKS, day_of_moment, local, moment_of
from zhunru.vocabulary import TYPES, TypeName

UNKNOWN_WORDS = ("未知", "unknown")
NO_VALUE = "无"
_FLAGS = {"是": True, "否": False, "yes": True, "no": False, "true": True, "false": False}
LONGEST_TEXT = 4000  # characters
_BETWEEN = re.compile("([、,，])")
_MOST_MARKS_INSIDE = 8  # of what stands between names, within one name
# What the search for a unit of a similar name may look at.
_MOST_UNITS = 5_000
_MOST_OF_A_NAME = 100


class Unreadable(Exception):
    """A value cannot be read; carries the finding."""

    def __init__(self, finding: Diagnostic) -> None:
        self.finding = finding


def read_value(
    chart: OrgChart, day: date, field: ResolvedField, raw: Any, *, strangers: bool = False
) -> Any:
    """Return a value by the type of its field, NOTHING or UNKNOWN.

    Several units must all be on the chart of the day; with `strangers` names nobody knows stay.
    Raises `Unreadable`, with a finding, for what is no value of the type.
    """
    if isinstance(raw, str):
        raw = raw.strip()
        if raw in UNKNOWN_WORDS and raw not in field.type.values:
            return UNKNOWN
        if raw == NO_VALUE and field.type.optional and NO_VALUE not in field.type.values:
            return NOTHING
        if len(raw) > LONGEST_TEXT:
            raise _wrong_kind(field, raw[:40] + "…")
    if raw is None or raw is NOTHING:
        if not field.type.optional:
            raise Unreadable(diagnose("ZR709", NOWHERE, name=field.name))
        return NOTHING
    # 0.1 is no tenth in binary, and every threshold is exact: a text or a Decimal says what is
    # meant.
    if isinstance(raw, float):
        raise Unreadable(diagnose("ZR704", NOWHERE, name=field.name, value=str(raw)))
    if field.type.name in (TypeName.UNIT, TypeName.UNITS):
        return _read_units(chart, day, field, raw, strangers)
    return _READERS[field.type.name](field, raw)


def _read_units(chart: OrgChart, day: date, field: ResolvedField, raw: Any, strangers: bool) -> Any:
    if field.type.name is TypeName.UNIT:
        if not isinstance(raw, str) or not raw:
            raise _wrong_kind(field, raw)
        return chart.resolve(raw, day) or UNKNOWN
    names = _texts(field, raw, lambda name: chart.resolve(name, day) is not None)
    found = {name: chart.resolve(name, day) for name in names}
    # A name that fits nothing would silently leave out a unit that somebody meant.
    lost = next((name for name, unit in found.items() if unit is None), None)
    if lost is not None and not strangers:
        raise Unreadable(no_unit(chart, day, field.name, lost))
    return frozenset(unit or name for name, unit in found.items())


def no_unit(chart: OrgChart, day: date, name: str, value: str) -> Diagnostic:
    """Return the finding that no unit of the chart of the day is called so, with the nearest."""
    near = nearest(value[:_MOST_OF_A_NAME], chart.known(day)[:_MOST_UNITS])
    zh, en = (f"是不是“{near}”？", f"did you mean `{near}`? ") if near else ("", "")
    return diagnose("ZR728", NOWHERE, name=name, value=value, hint_zh=zh, hint_en=en)


def _texts(field: ResolvedField, raw: Any, is_one: Callable[[str], bool]) -> list[str]:
    items = parts_of(raw, is_one) if isinstance(raw, str) else raw
    if not isinstance(items, Sequence | frozenset | set):
        raise _wrong_kind(field, raw)
    if not all(isinstance(item, str) for item in items):
        raise _wrong_kind(field, raw)
    return [item.strip() for item in items]


def parts_of(text: str, is_one: Callable[[str], bool]) -> list[str]:
    """Return the names that a text lists; one that is known may have the mark between them inside,
    as 困难群众（含低保户、特困户） has."""
    pieces = _BETWEEN.split(text)  # at even places names, at odd ones what stands between them
    found: list[str] = []
    start = 0
    while start < len(pieces):
        end = min(len(pieces), start + 2 * _MOST_MARKS_INSIDE + 1)
        while end > start + 1 and not is_one("".join(pieces[start:end]).strip()):
            end -= 2
        name = "".join(pieces[start:end]).strip()
        if name:
            found.append(name)
        start = end + 1
    return found


def _read_text(field: ResolvedField, raw: Any) -> Any:
    if not isinstance(raw, str):
        raise _wrong_kind(field, raw)
    return raw


def _read_number(field: ResolvedField, raw: Any) -> Any:
    # In Python 是 is a whole number.
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
        raise _wrong_kind(field, raw)
    bare = without_measure(field.type, raw) if isinstance(raw, str) else raw
    try:
        number = Decimal(bare)
    except InvalidOperation:
        raise _wrong_kind(field, raw) from None
    # 1E+999999 is short to write and fills the memory once it is reckoned with.
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise _wrong_kind(field, raw)
    # Who writes 0.3 in a column of percentages may mean either; a program's number is in percent.
    if isinstance(raw, str) and bare == raw and meant_percent(field.type, number):
        raise _wrong_kind(field, raw)
    return _in_bounds(field, exact(number), raw)


def _in_bounds(field: ResolvedField, number: Decimal, raw: Any) -> Decimal:
    kind = field.type
    low, high = kind.low, kind.high
    if (low is not None and number < low) or (high is not None and number > high):
        zh = f"应当在 {_end(low)} 至 {_end(high)} 之间"
        raise _outside(field, raw, zh, f"it must lie between {_end(low)} and {_end(high)}")
    # A finer number than the form allows has no place among its values.
    if number != number.quantize(Decimal(1).scaleb(-kind.decimals)):
        zh = f"最多 {kind.decimals} 位小数" if kind.decimals else "应当是整数"
        en = f"at most {kind.decimals} decimals" if kind.decimals else "a whole number"
        raise _outside(field, raw, zh, en)
    return number


def _end(bound: Decimal | None) -> str:
    return "…" if bound is None else f"{bound:f}"


def read_day(field: ResolvedField, raw: Any) -> Any:
    """Return the day, or for a 时刻 the instant, that a value says. Raises `Unreadable`."""
    moment = field.type.name is TypeName.MOMENT
    try:
        if isinstance(raw, datetime):
            # Asked before the day: a datetime is a date too.
            return local(raw) if moment else local(raw).date()
        if isinstance(raw, date):
            return datetime(raw.year, raw.month, raw.day) if moment else raw
        if not isinstance(raw, str):
            raise _wrong_kind(field, raw)
        return moment_of(raw) if moment else day_of_moment(raw)
    except (ValueError, OverflowError):  # within hours of the first year or the last there is
        finding = diagnose("ZR705", NOWHERE, name=field.name, value=raw)
        raise Unreadable(finding) from None


def _read_flag(field: ResolvedField, raw: Any) -> Any:
    if isinstance(raw, bool):
        return raw
    found = _FLAGS.get(raw.casefold()) if isinstance(raw, str) else None
    if found is None:
        raise _wrong_kind(field, raw)
    return found


def _read_choice(field: ResolvedField, raw: Any) -> Any:
    return _choice(field, _read_text(field, raw))


def _choice(field: ResolvedField, raw: str) -> str:
    if raw in field.type.values:
        return raw
    folded = normal_title(raw)
    for value in field.type.values:
        if normal_title(value) == folded:
            return value
    near, (zh, en) = nearest(raw, field.type.values), _one_of(field.type.values)
    if near:
        listed = ", ".join(field.type.values)
        zh, en = f"是不是“{near}”？{zh}", f"did you mean `{near}`? It takes: {listed}"
    raise _outside(field, raw, zh, en)


def _read_choices(field: ResolvedField, raw: Any) -> Any:
    known = {normal_title(value) for value in field.type.values}
    names = _texts(field, raw, lambda name: normal_title(name) in known)
    return frozenset(_choice(field, item) for item in names)


def _read_span(field: ResolvedField, raw: Any) -> Any:
    """A span of days: two days, one of them possibly open (blank or None)."""
    ends = _span_ends(raw)
    if ends is None:
        raise _wrong_kind(field, raw)
    first, last = (_read_end(field, end) for end in ends)
    if isinstance(raw, str):
        # Somebody wrote it: a blank is no span for ever, nor two days the wrong way round one for
        # never.
        if first is None and last is None:
            raise _wrong_kind(field, raw)
        if first is not None and last is not None and last < first:
            raise _outside(field, raw, "止在起之前", "it ends before it begins")
    return (first, last)


def _span_ends(raw: Any) -> tuple[Any, Any] | None:
    if isinstance(raw, str):
        # 2026/1/1 is one day, 2026-01-01/2026-03-31 are two.
        for mark in (*SPAN_MARKS, "..", *("/" * (raw.count("/") == 1))):
            head, found, tail = raw.partition(mark)
            if found:
                return head.strip(), tail.strip()
        return raw.removesuffix("起").strip(), None
    if hasattr(raw, "start") and hasattr(raw, "end"):
        return raw.start, raw.end
    return (raw[0], raw[1]) if isinstance(raw, Sequence) and len(raw) == 2 else None


def _read_end(field: ResolvedField, raw: Any) -> date | None:
    if raw is None or raw == "":
        return None
    day: date = civil(read_day(field, raw))
    return day


_READERS: dict[TypeName, Callable[[ResolvedField, Any], Any]] = {
    TypeName.TEXT: _read_text,
    TypeName.PERSON: _read_text,
    TypeName.ATTACHMENT: _read_text,
    TypeName.MATTER: _read_text,
    TypeName.NUMBER: _read_number,
    TypeName.MONEY: _read_number,
    TypeName.RATIO: _read_number,
    TypeName.DATE: read_day,
    TypeName.MOMENT: read_day,
    TypeName.SPAN: _read_span,
    TypeName.FLAG: _read_flag,
    TypeName.CHOICE: _read_choice,
    TypeName.CHOICES: _read_choices,
}


# --- findings ------------------------------------------------------------------------------------


def _outside(field: ResolvedField, raw: Any, hint_zh: str, hint_en: str) -> Unreadable:
    return Unreadable(
        diagnose(
            "ZR702", NOWHERE, name=field.name, value=_said(raw), hint_zh=hint_zh, hint_en=hint_en
        )
    )


def _wrong_kind(field: ResolvedField, raw: Any) -> Unreadable:
    zh, en = TYPES[field.type.name]
    hint = _KIND_HINTS.get(field.type.name, ("", ""))
    if isinstance(raw, str):
        hint = value_hint(field.type, raw) or hint
    if field.type.values:
        hint = _one_of(field.type.values)
    return Unreadable(
        diagnose(
            "ZR703",
            NOWHERE,
            name=field.name,
            value=_said(raw)[:60],
            kind_zh=zh,
            kind_en=en,
            hint_zh=hint[0],
            hint_en=hint[1],
        )
    )


def _said(raw: Any) -> str:
    """Return a value as it was written, not as this language has it."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, Sequence | frozenset | set) and not isinstance(raw, str):
        return "、".join(_said(each) for each in islice(raw, 10))
    return str(raw)


def _one_of(values: Sequence[str]) -> tuple[str, str]:
    """Return what a choice takes."""
    return f"可选的值：{'、'.join(values)}", f"it takes: {', '.join(values)}"


_KIND_HINTS: dict[TypeName, tuple[str, str]] = {
    TypeName.TEXT: (
        f"请写文字，至多 {LONGEST_TEXT} 个字",
        f"write a text of at most {LONGEST_TEXT} characters",
    ),
    TypeName.UNIT: ("请写一个单位的名称", "write the name of one unit"),
    TypeName.UNITS: ("请写单位的名称，可以几个", "write the names of units"),
    TypeName.MATTER: (
        f"请写事项的名称或者编号，至多 {LONGEST_TEXT} 个字",
        f"write the title or the code of a matter, of at most {LONGEST_TEXT} characters",
    ),
    TypeName.DATE: ("请写日期，例如 2026-01-31", "write a date such as 2026-01-31"),
    TypeName.MOMENT: ("请写时刻，例如 2026-01-31T09:00", "write a time such as 2026-01-31T09:00"),
    TypeName.FLAG: ("请写“是”或者“否”", "write `yes` or `no`"),
    TypeName.NUMBER: ("请写数，例如 12 或者 0.5", "write a number such as 12 or 0.5"),
    TypeName.MONEY: ("请写金额，例如 5000.00", "write an amount such as 5000.00"),
    TypeName.RATIO: ("请写比例，例如 70%", "write a ratio such as 70%"),
    TypeName.SPAN: ("请写起止，例如 2026-01-01 至 2026-03-31", "write 2026-01-01 to 2026-03-31"),
}
