"""Failures by numbers: commas between thousands, ranges, words that are no measure.

Each function reports a failure of its kind; None where it is of another.
"""

from __future__ import annotations

import re
from itertools import pairwise

from zhunru.syntax.failure import Done, Failure, ends, readable
from zhunru.syntax.keywords import WORDS, spelling
from zhunru.syntax.lexer import THOUSANDS
from zhunru.syntax.number_ranges import limit_meant, range_around
from zhunru.syntax.numerals import number_in_digits, quantity_in_digits
from zhunru.syntax.wrong_words import everyday

_MONEY = re.compile(r"[¥￥]\s?(\d[\d,]{0,20}(?:\.\d{1,6})?)\s?(?:元(?!\w))?(?!\w)")
_AT_LEAST = re.compile(r"至少|不少于|不低于|最少|次以上|at ?least|>=|≥")
_OFTEN = re.compile(
    r"每(\d{0,3}|[一二两三四五六七八九十]{0,3})个?(半年|年|季度|季|月|周|星期|旬|日|天)"
    r"(?:(\d{1,3}|[一二两三四五六七八九十]{1,3})次)?(.*)"
)


def thousands(failure: Failure) -> Done | None:
    """A number with commas between its thousands: two numbers of a list, as it stands."""
    token = failure.token
    if token is None or token.type != "ODD" or not re.fullmatch(THOUSANDS, token):
        return None
    mend = failure.mend(failure.at, token.end_pos or 0, token.replace(",", ""))
    zh = en = ""
    if ",0" not in token and "." not in token:
        zh = f"；几个数用“、”隔开，写“{token.replace(',', '、')}”"
        en = "; of several numbers put blanks behind the commas"
    said = {"found": str(token), "number": mend.mended, "more_zh": zh, "more_en": en}
    failure.report("ZR143", failure.span(), mend, **said)
    return Done(mend)


def money(failure: Failure) -> Done | None:
    """An amount of money with the sign of its currency before it: ￥5,000.00."""
    text, near = failure.snippet.shadow, max(failure.snippet.start, failure.at - 1)
    for found in _MONEY.finditer(text, near, failure.snippet.end):
        mend = failure.mend(*found.span(), f"{found[1].replace(',', '')} 元")
        if found.start() <= failure.at < found.end() and readable(failure, mend):
            zh, en = f"写“{mend.mended}”", f"write `{mend.mended}`"
            return failure.advise(zh, en, mend, place=found.span())
    return None


def number_range(failure: Failure) -> Done | None:
    """Two numbers with 至 or a dash between them, where one number can stand."""
    found = range_around(failure.snippet.shadow, failure.at, failure.snippet.start)
    if failure.token is None or found is None or failure.token.type not in ("ODD", "TO", "MINUS"):
        return None
    done = everyday(failure)
    if done is not None:
        return done
    (start, sign, end, stop), at = found, failure.snippet.start
    # Where a band may stand, as in a parameter or a cell of a table, it is said by 至.
    text, to = failure.snippet.original(start, stop), spelling("TO", failure.snippet.language)
    low, high = text[: sign - start], text[end - start :]
    # 60—69周岁: the unit behind it is put right with it.
    meant = quantity_in_digits(high)
    mend = failure.mend(sign, end, f" {to} ")
    if meant and meant.replace(" ", "") != high.replace(" ", ""):
        mend = failure.mend(sign, stop, f" {to} {meant}")
    mend = mend._replace(mended=f"{low} {to} {meant or high}")
    if not readable(failure, mend) and (limit := limit_meant(failure.text[: start - at], high)):
        mend = failure.mend(start, stop, limit)
    shown = mend if readable(failure, mend) else None
    failure.report("ZR142", failure.reading.source.span(start, stop), shown, text=text)
    return Done(shown)


def within(failure: Failure) -> Done | None:
    """A length of time with 以内 behind it, where it is a limit anyway: 24 小时以内."""
    token = failure.token
    if token is None or token.type != "BOUND" or token.endswith("以上"):
        return None
    mend = failure.mend(failure.at, token.end_pos or 0, token[:-2].rstrip())
    if not readable(failure, mend):
        return None
    zh, en = f"写“{mend.mended}”", f"write `{mend.mended}`"
    return failure.advise(zh, en, mend, found=str(token))


def in_numerals(failure: Failure) -> Done | None:
    """A number or a length of time in Chinese numerals, where digits stand: 不超过 十七个工作日."""
    token = failure.token
    if token is None or token.type != "NAME":
        return None
    number = number_in_digits(token)
    mend = failure.mend(*ends(token), quantity_in_digits(token) or str(number or ""))
    if not mend.mended or not readable(failure, mend):
        return None
    return failure.advise(f"写“{mend.mended}”", f"write `{mend.mended}`", mend)


def at_least(failure: Failure) -> Done | None:
    """A lowest number of times where the highest stands: 每季度至少一次 is a duty, no limit."""
    text = failure.text
    if failure.rule != "k_frequency" or not _AT_LEAST.search(text):
        return None
    zh = "频次写最多几次（每年 不超过 4 次）；必须做到几次的写成“定期”：每季度 不少于 1 次"
    en = "a frequency is the most (yearly <= 4 times); the least is a recurring duty"
    place = (failure.snippet.start, failure.snippet.end)
    return failure.advise(zh, en, place=place, found=text.strip())


def how_often(failure: Failure) -> Done | None:
    """A period of a recurring duty in everyday words: 每两个月, 每旬, 每季度一次, 每季度末."""
    tokens = failure.snippet.tokens
    if not tokens or tokens[0].type != "RECURRING":
        return None
    for word in reversed(tokens[-3:]):
        found = _OFTEN.fullmatch(word) if word.type == "NAME" else None
        if found is None:
            continue
        mend = failure.mend(*ends(word), _period(*found.groups()))
        shown = mend if mend.mended and readable(failure, mend) else None
        zh, en = f"写“{mend.mended}”", f"write `{mend.mended}`"
        if shown is None:
            zh = "写多久几次（每季度 不少于 1 次），不写哪一天、哪几天"
            en = "say how often (quarterly >= 1 time), not when"
        return failure.advise(zh, en, shown, place=ends(word), found=str(word))
    return None


def _period(several: str, unit: str, times: str, rest: str) -> str:
    """Return how the language says it; an empty text where it has no words for it."""
    lengths = {"年": ("年", 1), "半年": ("个月", 6), "周": ("周", 1), "星期": ("周", 1)}
    lengths |= {"季": ("个月", 3), "季度": ("个月", 3), "月": ("个月", 1), "旬": ("日", 10)}
    measure, by = lengths.get(unit, ("日", 1))
    number = _number(several or "一")
    count = _number(times) if times else None
    if rest or number is None:
        return ""
    one = {"季": "季度", "星期": "周", "天": "日"}.get(unit, unit)
    period = f"每{one}" if number == 1 and unit != "旬" else f"每 {number * by} {measure}"
    return f"{period} 不少于 {count} 次" if count else period


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else number_in_digits(text)


def unknown_measure(failure: Failure) -> Done | None:
    """A number with a word behind it that is none of the measures: 30 餐."""
    for number, word in reversed([*pairwise(failure.snippet.tokens[-3:])]):
        if number.type != "NUMBER" or word.type != "NAME" or word in WORDS["any"]:
            continue
        mend = failure.mend(number.start_pos or 0, word.end_pos or 0, str(number))
        if readable(failure, mend):
            zh = f"“{word}”不是计量单位，只写数“{number}”；计量单位有元、次、个、份、人、户、岁等"
            en = f"`{word}` is no measure: write `{number}` alone, or a measure such as yuan, times"
            return failure.advise(zh, en, mend, place=ends(word), found=str(word))
    return None
