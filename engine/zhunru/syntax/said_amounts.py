"""Amounts written as one word where the language has several: 80以上, 不满18周岁, 3至5人.

A word without blanks is a name; these are told, with how the language says them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhunru.syntax.numerals import quantity_in_digits

# Everyday words for a comparison, before an amount and behind it, and those of the language.
# 以上 and 以下 include the number itself (Civil Code, article 1259).
_BEFORE = {
    "不满": ("不满", "未满", "不足", "少于", "小于", "低于", "不到"),
    "超过": ("超过", "大于", "高于", "多于"),
    "不少于": ("不少于", "不低于", "不小于", "至少", "最少", "最低", "满"),
    "不超过": ("不超过", "不高于", "不大于", "不多于", "至多", "最多", "最高"),
}
_BEHIND = {"不少于": ("及以上", "以上"), "不超过": ("及以下", "以下", "以内", "之内")}
_COMPARED = {word: meant for meant, words in _BEFORE.items() for word in words}
_BOUNDED = {word: meant for meant, words in _BEHIND.items() for word in words}
_FIRST = re.compile(f"({'|'.join(sorted(_COMPARED, key=len, reverse=True))})(.+)")
_LAST = re.compile(f"(.+?)({'|'.join(sorted(_BOUNDED, key=len, reverse=True))})")
_RANGE = re.compile(r"(.+?)(?:至|到)(.+)")
_YEARS_OLD = re.compile(r"(.+?)及?以上(?:不满|未满)(.+)")
# How long a step may take is counted from its beginning, without saying so.
_SINCE = re.compile(r"\w{1,12}?(?:之日)?(?:以后|之后|后|起)(?=[\d一二两三四五六七八九十])")
# What is paid for every month and person; how often is said elsewhere.
_PAID = re.compile(r"(?:每[人户])?(?:每[月年日天季])?(.+元)")
_LONGEST = 30
# 次日 is the working day that follows; the day of the beginning is not counted.
_DAYS = {
    **dict.fromkeys(("次日", "翌日", "第二天", "次日内", "下一工作日", "次一工作日"), "1 个工作日"),
    **dict.fromkeys(("半个工作日", "半天", "半日"), "4 个工作小时"),
    **dict.fromkeys(("一刻钟", "一刻"), "15 分钟"),
    "三刻钟": "45 分钟",
}


def amount_meant(text: str) -> str:
    """Return how the language writes an amount that stands there as one word; "" for none."""
    if len(text) > _LONGEST:
        return ""
    readings = (quantity_in_digits, _bounded, _between, _compared, _since, _paid, _day)
    return next((said for reading in readings if (said := reading(text))), "")


def _compared(text: str) -> str:
    found = _FIRST.fullmatch(text)
    said = _number(found[2]) if found else ""
    return f"{_COMPARED[found[1]]} {said}" if found and said else ""


def _bounded(text: str) -> str:
    found = _LAST.fullmatch(text)
    said = _number(found[1]) if found else ""
    return f"{_BOUNDED[found[2]]} {said}" if found and said else ""


def _between(text: str) -> str:
    ages = _YEARS_OLD.fullmatch(text)
    if ages:
        low, high = _number(ages[1]).removesuffix(" 岁"), _number(ages[2])
        # Years of age are whole: 不满 70 岁 is 69 at the most.
        number, _, measure = high.partition(" ")
        if measure != "岁" or not (low.isdigit() and number.isdigit() and int(low) < int(number)):
            return ""
        return f"{low} 至 {int(number) - 1} 岁"
    for found in _pairs(text):
        low, high = (_number(part) for part in found)
        if low and high:
            return f"{low} 至 {high}"
    return ""


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    found = _RANGE.fullmatch(text)
    if found:
        yield found[1], found[2]


def _since(text: str) -> str:
    found = _SINCE.match(text)
    return quantity_in_digits(text[found.end() :]) if found else ""


def _paid(text: str) -> str:
    found = _PAID.fullmatch(text)
    return quantity_in_digits(found[1]) if found else ""


def _day(text: str) -> str:
    return _DAYS.get(text, "")


def _number(text: str) -> str:
    """Return a number with or without a measure as the language writes it."""
    if re.fullmatch(r"\d{1,12}(?:\.\d{1,6})?", text):
        return text
    return quantity_in_digits(text) or quantity_in_digits(f"{text}元").removesuffix(" 元")
