"""Raw nodes of expressions, values and names to nodes of the source tree."""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any

from lark.lexer import Token

from zhunru.diagnostics import Edit, Fix, Span
from zhunru.syntax import canonical
from zhunru.syntax.expressions import (
    Among,
    And,
    Arith,
    ArithOp,
    Call,
    Column,
    Compare,
    CompareOp,
    Contains,
    Day,
    Days,
    Expr,
    Flag,
    If,
    Inside,
    Moment,
    Negate,
    Not,
    Nothing,
    Or,
    Quantity,
    Ref,
    Rows,
    Same,
    Several,
    Text,
    Unknown,
)
from zhunru.syntax.lalr import Branch
from zhunru.syntax.nodes import Name, Title
from zhunru.syntax.number_ranges import report_difference
from zhunru.syntax.reading import Kids, Reading, lowers, token_type, values_of
from zhunru.vocabulary import MEASURES, Measure

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_OPERATORS: dict[str, CompareOp] = {
    "IS": "==", "EQ": "==", "ISNOT": "!=", "NE": "!=", "ATLEAST": ">=", "GE": ">=",
    "ATMOST": "<=", "LE": "<=", "OVER": ">", "GT": ">", "BELOW": "<", "LT": "<",
}  # fmt: skip
_ARITHMETIC: dict[str, ArithOp] = {"PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/"}
_BOUNDS: dict[str, CompareOp] = {"以上": ">=", "以下": "<=", "以内": "<="}
_ESCAPES = {'\\"': '"', "\\\\": "\\", "\\n": "\n"}


@cache
def measure_of(word: str) -> Measure:
    """Return the measure that a word of either language names."""
    return next(m for m, (zh, en) in MEASURES.items() if word in zh or word in en)


def string(reading: Reading, token: Token) -> str:
    """Return the text of a quoted string; mends quotes that a word processor turned round."""
    text = str(token)
    if (text[0], text[-1]) not in (('"', '"'), ("“", "”"), ("＂", "＂"), ('"', "＂"), ("＂", '"')):
        _odd_quotes(reading, token)
    inner = text[1:-1]
    # Within “ ” nothing is escaped.
    if text[0] != "“" and "\\" in inner:
        inner = re.sub(r'\\["\\n]', lambda found: _ESCAPES[found[0]], inner)
    return inner.replace("\\|", "|") if reading.cell else inner


def _odd_quotes(reading: Reading, token: Token) -> None:
    span = reading.span(token)
    fix = Fix((Edit(span, f"“{token[1:-1]}”"),), "改用成对的引号", "use a pair of quotes")
    reading.report("ZR108", span, fix=fix)


def civil_day(reading: Reading, text: str, span: Span) -> date:
    """Return the day that a text names; for an impossible one, reported, its month's end."""
    year, month, day = (int(part) for part in re.findall(r"\d+", text)[:3])
    try:
        return date(year, month, day)
    except ValueError:
        reading.report("ZR111", span, text=text.strip())
        year, month = max(year, 1), min(max(month, 1), 12)
        return date(year, month, min(max(day, 1), calendar.monthrange(year, month)[1]))


def _several(items: list[Any], span: Span) -> Expr:
    flat = [
        part for item in items for part in (item.items if isinstance(item, Several) else [item])
    ]
    return flat[0] if len(flat) == 1 else Several(tuple(flat), span)


def items_of(value: Expr) -> tuple[Expr, ...]:
    """Return the values of a list, or the one value."""
    return value.items if isinstance(value, Several) else (value,)


@lowers("name", "code")
def _name(reading: Reading, branch: Branch, kids: Kids) -> Name:
    return Name(str(kids[0]), reading.span(branch))


@lowers("names", "listed_names", "codes")
def _names(reading: Reading, branch: Branch, kids: Kids) -> tuple[Name, ...]:
    return tuple(values_of(kids))


@lowers("title")
def _title(reading: Reading, branch: Branch, kids: Kids) -> Title:
    texts = [string(reading, kid) for kid in kids]
    return Title(texts[0], texts[1] if len(texts) > 1 else "", reading.span(branch))


@lowers("day")
def _day(reading: Reading, branch: Branch, kids: Kids) -> date:
    return civil_day(reading, kids[0], reading.span(branch))


@lowers("quantity")
def _quantity(reading: Reading, branch: Branch, kids: Kids) -> Quantity:
    return quantity(str(kids[0]), reading.span(branch))


def quantity(text: str, span: Span) -> Quantity:
    """Return the quantity that a token writes."""
    found = _NUMBER.match(text)
    end = found.end() if found else 0
    word = re.sub(r"(以上|以下|以内)$", "", text[end:].strip()).strip()
    return Quantity(Decimal(text[:end]), measure_of(word) if word else None, span)


@lowers("minus")
def _minus(reading: Reading, branch: Branch, kids: Kids) -> Quantity:
    bare: Quantity = kids[1]
    return replace(bare, value=-bare.value, span=reading.span(branch))


@lowers("band")
def _band(reading: Reading, branch: Branch, kids: Kids) -> tuple[Quantity, Quantity]:
    return with_measure(kids[0], kids[2]), kids[2]


def with_measure(low: Any, high: Any) -> Any:
    """Give a bare lower bound the measure of the upper one: `0 至 400 户`."""
    if isinstance(low, Quantity) and isinstance(high, Quantity) and low.measure is None:
        return replace(low, measure=high.measure)
    return low


@lowers("ref")
def _ref(reading: Reading, branch: Branch, kids: Kids) -> Ref:
    return Ref(canonical.reference(str(kids[0])), reading.span(branch))


@lowers("text")
def _text(reading: Reading, branch: Branch, kids: Kids) -> Text:
    return Text(string(reading, kids[0]), reading.span(branch))


@lowers("day_value")
def _day_value(reading: Reading, branch: Branch, kids: Kids) -> Day:
    span = reading.span(branch)
    return Day(civil_day(reading, kids[0], span), span)


@lowers("days")
def _days(reading: Reading, branch: Branch, kids: Kids) -> Days:
    start, end = (civil_day(reading, kids[at], reading.span(kids[at])) for at in (0, 2))
    return Days(start, end, reading.span(branch))


@lowers("moment")
def _moment(reading: Reading, branch: Branch, kids: Kids) -> Moment:
    return Moment(moment_at(reading, kids[0]), reading.span(branch))


def moment_at(reading: Reading, token: Token) -> datetime:
    """Return the moment that a token writes; an impossible one is a finding."""
    span = reading.span(token)
    day_text, time_text = str(token).rsplit(maxsplit=1)
    hour, minute = (int(part) for part in time_text.split(":"))
    day = civil_day(reading, day_text, span)
    if (hour, minute) == (24, 0) and day < date.max:
        # Both are one moment; written in one way only, moments compare as they are written.
        following = f"{day + timedelta(1)} 00:00"
        zh, en = f"写作次日 {following}", f"write `{following}`"
        fix = Fix((Edit(span, following),), zh, en)
        reading.report("ZR111", span, text=time_text, fix=fix)
    elif hour > 23 or minute > 59:
        reading.report("ZR111", span, text=time_text)
    return datetime(day.year, day.month, day.day, min(hour, 23), min(minute, 59))


@lowers("yes", "no")
def _flag(reading: Reading, branch: Branch, kids: Kids) -> Flag:
    return Flag(branch.data == "yes", reading.span(branch))


@lowers("nothing")
def _nothing(reading: Reading, branch: Branch, kids: Kids) -> Nothing:
    return Nothing(reading.span(branch))


@lowers("unknown")
def _unknown(reading: Reading, branch: Branch, kids: Kids) -> Unknown:
    return Unknown(reading.span(branch))


@lowers("several", "braces")
def _list(reading: Reading, branch: Branch, kids: Kids) -> Expr:
    return _several(values_of(kids), reading.span(branch))


@lowers("paren")
def _paren(reading: Reading, branch: Branch, kids: Kids) -> Expr:
    value: Expr = kids[1]
    return value


@lowers("call")
def _call(reading: Reading, branch: Branch, kids: Kids) -> Call:
    return Call(canonical.function(str(kids[0])), tuple(values_of(kids)), reading.span(branch))


@lowers("column", "subject_of")
def _column(reading: Reading, branch: Branch, kids: Kids) -> Column:
    """A column of a table, which is called with its inputs, or a fact of a quota."""
    base = kids[0]
    name = kids[2].text if isinstance(base, Call) else canonical.quota_fact(kids[2].text)
    return Column(base, name, reading.span(branch))


@lowers("subject")
def _subject(reading: Reading, branch: Branch, kids: Kids) -> Any:
    return Ref(str(kids[0]), reading.span(branch))


@lowers("negate")
def _negate(reading: Reading, branch: Branch, kids: Kids) -> Expr:
    span = reading.span(branch)
    # -3 is a number, not an operation on one: bounds and domains are compared with it as it stands.
    if isinstance(kids[1], Quantity):
        return replace(kids[1], value=-kids[1].value, span=span)
    return Negate(kids[1], span)


@lowers("arith")
def _arith(reading: Reading, branch: Branch, kids: Kids) -> Expr:
    value: Expr = kids[0]
    # Each partial sum is marked from the beginning on, so that a finding shows all that led to it.
    start = branch.start_pos
    for sign, operand, raw in zip(kids[1::2], kids[2::2], branch.children[2::2], strict=True):
        span = reading.source.span(start, raw.end_pos)
        if sign.type == "MINUS":
            report_difference(reading, value, operand, span)
        value = Arith(_ARITHMETIC[sign.type], value, operand, span)
    return value


@lowers("compare")
def _compare(reading: Reading, branch: Branch, kids: Kids) -> Compare:
    return Compare(_OPERATORS[kids[1].type], kids[0], kids[2], reading.span(branch))


@lowers("among")
def _among(reading: Reading, branch: Branch, kids: Kids) -> Among:
    return Among(kids[0], items_of(kids[2]), reading.span(branch))


@lowers("contains")
def _contains(reading: Reading, branch: Branch, kids: Kids) -> Contains:
    return Contains(kids[0], kids[2], reading.span(branch))


@lowers("inside")
def _inside(reading: Reading, branch: Branch, kids: Kids) -> Inside:
    return Inside(kids[0], kids[2], reading.span(branch))


@lowers("same")
def _same(reading: Reading, branch: Branch, kids: Kids) -> Same:
    return Same(kids[0], reading.span(branch))


@lowers("rows")
def _rows(reading: Reading, branch: Branch, kids: Kids) -> Rows:
    said = {
        kid.type: kids[at + 1]
        for at, kid in enumerate(kids)
        if isinstance(kid, Token) and kid.type != "THISYEAR"
    }
    over = said.get("AT")
    return Rows(
        kids[0],
        where=said.get("WHERE"),
        past=said.get("PAST"),
        over=Ref(over.text, over.span) if over else None,
        among=said.get("AMONG"),
        this_year=token_type(kids, "THISYEAR") is not None,
        span=reading.span(branch),
    )


@lowers("not_")
def _not(reading: Reading, branch: Branch, kids: Kids) -> Not:
    return Not(kids[1], reading.span(branch))


def _joined(kids: Kids, kind: type[And | Or]) -> tuple[Expr, ...]:
    """Return what is joined; a part that joins others in the same way is taken apart."""
    parts = (each.operands if isinstance(each, kind) else (each,) for each in values_of(kids))
    return tuple(chain.from_iterable(parts))


@lowers("and_")
def _and(reading: Reading, branch: Branch, kids: Kids) -> And:
    return And(_joined(kids, And), reading.span(branch))


@lowers("or_")
def _or(reading: Reading, branch: Branch, kids: Kids) -> Or:
    return Or(_joined(kids, Or), reading.span(branch))


@lowers("if_")
def _if(reading: Reading, branch: Branch, kids: Kids) -> If:
    test, then, otherwise = values_of(kids)
    return If(test, then, otherwise, reading.span(branch))


# --- tests of input columns: the column itself is left out ---------------------------------------


def column_itself(span: Span) -> Ref:
    """Return what stands for the column in a test of its cells."""
    return Ref("", span)


@lowers("test_compare")
def _test_compare(reading: Reading, branch: Branch, kids: Kids) -> Compare:
    span = reading.span(branch)
    return Compare(_OPERATORS[kids[0].type], column_itself(span), kids[1], span)


@lowers("test_range")
def _test_range(reading: Reading, branch: Branch, kids: Kids) -> And:
    span = reading.span(branch)
    low, high, itself = with_measure(kids[0], kids[2]), kids[2], column_itself(span)
    return And((Compare(">=", itself, low, span), Compare("<=", itself, high, span)), span)


@lowers("test_inside")
def _test_inside(reading: Reading, branch: Branch, kids: Kids) -> Inside:
    span = reading.span(branch)
    return Inside(column_itself(span), kids[1], span)


@lowers("test_bound")
def _test_bound(reading: Reading, branch: Branch, kids: Kids) -> Compare:
    span = reading.span(branch)
    text = str(kids[0])
    return Compare(_BOUNDS[text[-2:]], column_itself(span), quantity(text, span), span)


@lowers("windowed")
def _windowed(reading: Reading, branch: Branch, kids: Kids) -> Text:
    span = reading.span(branch)
    return Text(reading.source.text[span.start : span.end], span)
