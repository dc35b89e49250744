"""Numbers in Chinese numerals, and in 万, 亿, 成 and 百分之, as statutes write them, in digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from zhunru.syntax.usual_measures import USUAL_MEASURES, measure_meant
from zhunru.vocabulary import MEASURES

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_WRITTEN = re.compile(rf"[{''.join(_DIGITS)}{''.join(_UNITS)}]{{1,9}}")
_COUNTED = re.compile(rf"\d{{1,6}}|{_WRITTEN.pattern}")
# A limit runs from where it is written and is one: 自受理之日起 and 内 say what is so anyway.
_SINCE = re.compile(r"^[自从]\w{1,20}?(?:之日)?起")
_WITHIN = ("以内", "之内", "内")
_HALF = {"半个月": "15 日", "半年": "6 个月", "半小时": "30 分钟"}
# Capital numerals, as contracts and vouchers write amounts of money; 人民币 says what 元 says.
CAPITALS = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億圆圓兩歲", "一二二三三四五六六七八九十百千万亿元元两岁"
)
_MONEY = "人民币"
_MEASURES = frozenset(word for words, _ in MEASURES.values() for word in words)


_WORDS = sorted((word for word in _MEASURES if not word.isascii()), key=len, reverse=True)
_MEASURE = re.compile(rf"\s*({'|'.join(_WORDS)})")
_MAGNITUDES = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "千": 1000, "百": 100}
_SIGNS = "".join([*_DIGITS, *_UNITS])
_SIZE = r"\d{1,12}(?:\.\d{1,6})?"
_END = r"(?!\w)|(?=及?以[上下内])"
# 3万元, 1.5亿, 三万五千元; 2千元. 三千元 alone has no magnitude behind its numerals.
_AMOUNT = re.compile(
    rf"(?<![\w.])(?:({_SIZE})\s*(万亿|[亿万千百])|([{_SIGNS}]{{1,9}})(万亿|[亿万])([{_SIGNS}]{{0,9}}))"
)
# 七成五 is 75%; 成 inside a word is none.
_TENTHS = re.compile(rf"(?<![\w.])(\d|10|[{''.join(_DIGITS)}十])成([五半])?(?:{_END})")
_PARTS = re.compile(rf"(?<![\w.])(百|千)分之(?:({_SIZE})|([{_SIGNS}]{{1,9}}))(?:{_END})")


def amounts_in_digits(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield places in a text and what to write there: `30000` for 3万, `80%` for 八成."""
    for pattern, say in ((_AMOUNT, _amount), (_TENTHS, _tenths), (_PARTS, _parts)):
        for found in pattern.finditer(text):
            said, end = say(found), found.end()
            if said and pattern is _AMOUNT:
                # A number stands apart from the measure behind it.
                measure = _MEASURE.match(text, end)
                end = measure.end() if measure else end
                said += f" {measure[1]}" if measure else " " if text[end : end + 1].strip() else ""
            if said:
                yield found.start(), end, said


def _amount(found: re.Match[str]) -> str:
    digits, by, numerals, many, rest = found.groups()
    if digits:
        return _plain(Decimal(digits) * _MAGNITUDES[by])
    value, more = number_in_digits(numerals), number_in_digits(rest) if rest else 0
    if value is None or more is None:
        return ""
    return str(value * _MAGNITUDES[many] + more)


def _tenths(found: re.Match[str]) -> str:
    whole = number_in_digits(found[1]) if found[1] in _SIGNS else int(found[1])
    return "" if whole is None else _plain(Decimal(whole * 10 + (5 if found[2] else 0))) + "%"


def _parts(found: re.Match[str]) -> str:
    value = Decimal(found[2]) if found[2] else number_in_digits(found[3])
    return "" if value is None else _plain(Decimal(value) / (1 if found[1] == "百" else 10)) + "%"


def _plain(value: Decimal) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def number_in_digits(text: str) -> int | None:
    """Return the value below 10,000 of Chinese numerals (`二十五` is 25), None if they are none."""
    if not _WRITTEN.fullmatch(text):
        return None
    value, pending = 0, None
    for sign in text:
        unit = _UNITS.get(sign)
        if unit is None:
            if pending:  # 二五: digits side by side are no number of this kind
                return None
            pending = _DIGITS[sign]
        else:
            # 十五 leaves its one unsaid
            value += (1 if pending is None else pending) * unit
            pending = None
    return value + (pending or 0)


def quantity_in_digits(text: str) -> str:
    """Return `5 个工作日` for `五个工作日内`, `80%` for `八成`; "" for no number of a measure."""
    text = text.translate(CAPITALS).removeprefix(_MONEY)
    if text.endswith(("元整", "元正")):
        text = text[:-1]
    for start, end, said in amounts_in_digits(text):
        if start == 0 and end == len(text):
            return said
    text = _SINCE.sub("", text, count=1)
    for bound in _WITHIN:
        text = text.removesuffix(bound)
    if text in _HALF:
        return _HALF[text]
    number = _COUNTED.match(text)
    if number is None:
        return ""
    value = int(number[0]) if number[0].isdigit() else number_in_digits(number[0])
    rest = text[number.end() :]
    if value is None or not rest:
        return ""
    if rest in _MEASURES or rest.removeprefix("个") in _MEASURES:
        return f"{value} {rest}"
    return measure_meant(str(value), rest, "zh") if rest in USUAL_MEASURES else ""
