"""Failures by days: ones that there are not, and ones of which a part is left out.

Each function reports a failure of its kind; None where it is of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from zhunru.syntax.failure import Done, Failure, Mend, readable
from zhunru.syntax.lexer import STRING
from zhunru.syntax.written_days import written_day

_NUMERAL = "〇○零一二三四五六七八九十"
# As offices write days; with - or / or 年月日 in digits they are read, and told, elsewhere.
_WHOLE = re.compile(
    r"(?<![\w.])(?:\d{4}\.\d{1,2}\.\d{1,2}|\d{4}年\d{1,2}月\d{1,2}[日号]"
    rf"|[{_NUMERAL}]{{4}}年[{_NUMERAL}]{{1,3}}月[{_NUMERAL}]{{1,3}}[日号])(?![\w.])"
)
_HALF = re.compile(r"\d{4}(?:[-/]\d{1,2}|年\d{1,2}月)(?![-/\d日])")
_FAR = 24
_EVENING = ("晚上", "晚")
_CLOCK = re.compile(
    r"(?P<day>\d{4} ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2} ?[日号]?)\s*"
    r"(?P<half>上午|下午|晚上|凌晨|早上|中午|傍晚|晚)?"
    r"\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2}|半)?\s*(?:分|整)?(?!\w)"
)
_TOGETHER = re.compile(r"(?<![\w.])((?:19|20)\d\d)(\d\d)(\d\d)(?![\w.])")
# How programs for sheets keep days: 46082 days after that one. Those of this century.
_EPOCH = date(1899, 12, 30)
_SERIAL = re.compile(r"(?<![\w.])(?:3[6-9]|[4-6]\d|7[0-2])\d{3}(?![\w.])")
_PART = re.compile(
    r"(?<![\w.])(?:\d{4}(?:[-/.]\d{1,2}|年\d{1,2}月|年)|\d{1,2}月\d{1,2}[日号]"
    r"|\d{1,2}([-/.])\d{1,2}\1\d{1,4})(?![-/.\w])"
)


def no_such_day(failure: Failure) -> Done | None:
    """A day in the way of offices that no calendar has: 2026.2.30."""
    text, start, end = failure.snippet.shadow, failure.snippet.start, failure.snippet.end
    quoted = [found.span() for found in re.finditer(STRING, text[start:end])]
    for found in _WHOLE.finditer(text, start, end):
        inside = any(first <= found.start() - start < last for first, last in quoted)
        if not inside and written_day(found[0]) is None:
            failure.report("ZR111", failure.reading.source.span(*found.span()), text=found[0])
            return Done()
    return None


def clock(failure: Failure) -> Done | None:
    """A moment with its time in words: 2026年3月2日上午9点."""
    if failure.token is None:
        return None
    text, start, end = failure.snippet.shadow, failure.snippet.start, failure.snippet.end
    for found in _CLOCK.finditer(text, start, end):
        day = written_day(re.sub("[。、]", ".", found["day"]))
        minute = 30 if found["minute"] == "半" else int(found["minute"] or 0)
        hour = _hour(found["half"], int(found["hour"]), minute)
        if (
            day is None
            or hour is None
            or hour > 24
            or (hour == 24 and (minute or day == date.max))
            or minute > 59
            or not found.start() <= failure.at <= found.end()
        ):
            continue
        # The language knows no 24:00: that is the first minute of the next day.
        day += timedelta(hour // 24)
        mend = failure.mend(*found.span(), f"{day.isoformat()} {hour % 24}:{minute:02}")
        if readable(failure, mend):
            zh, en = f"写作“{mend.mended}”", f"write `{mend.mended}`"
            return failure.advise(zh, en, mend, place=found.span())
    return None


def _hour(half: str | None, hour: int, minute: int) -> int | None:
    """Return the hour of the day that people call so; None where it may be of the next day."""
    if half in _EVENING and (hour < 5 or (hour == 12 and minute)):
        return None
    if half in _EVENING and hour == 12:
        return 24
    if half == "凌晨":
        return 0 if hour == 12 else hour
    later = 3 if half == "中午" else 12 if half in ("下午", "傍晚", *_EVENING) else 0
    return hour + 12 if hour < later else hour


def half_day(failure: Failure) -> Done | None:
    """A day without its year, month or day, which reads as a number and something more."""
    for token in reversed(failure.snippet.tokens[-2:]):
        half = _HALF.match(failure.snippet.shadow, token.start_pos or 0)
        if half and half.end() > failure.at:
            return _tell(failure, half)
    if failure.token is None or "DATE" not in failure.wanted():
        return None
    together = next(_here(failure, _TOGETHER), None)
    if together is not None:
        mend = failure.mend(*together.span(), "-".join(together.groups()))
        if written_day(mend.mended) is not None and readable(failure, mend):
            return _tell(failure, together, mend)
    kept = next(_here(failure, _SERIAL), None)
    if kept is not None:
        mend = failure.mend(*kept.span(), (_EPOCH + timedelta(int(kept[0]))).isoformat())
        if readable(failure, mend):
            return _tell(failure, kept, mend)
    part = next(_here(failure, _PART), None)
    return None if part is None else _tell(failure, part)


def _here(failure: Failure, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield what is found about the place where reading stopped."""
    start = max(failure.snippet.start, failure.at - _FAR)
    for found in pattern.finditer(failure.snippet.shadow, start, failure.snippet.end):
        if found.start() > failure.at:
            return
        if failure.at < found.end():
            yield found


def _tell(failure: Failure, found: re.Match[str], mend: Mend | None = None) -> Done:
    zh, en = "日期要写全年、月、日，例如 2024-01-01", "write year, month and day: 2024-01-01"
    if mend is not None:
        zh, en = f"日期写作“{mend.mended}”", f"write the day as `{mend.mended}`"
    return failure.advise(zh, en, mend, place=found.span(), found=found[0])
