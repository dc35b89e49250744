"""Turns of everyday writing that the language says in another way, and how it says them.

以上, 以下 and 以内 include the number itself (Civil Code, article 1259), so `3 人以上` is
`不少于 3 人`. 之后 and 之前 are not in that article: whether the day itself counts is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from zhunru.syntax.lexer import STRING
from zhunru.syntax.numerals import amounts_in_digits, number_in_digits
from zhunru.syntax.usual_measures import USUAL_MEASURES, measure_meant
from zhunru.syntax.written_days import written_day
from zhunru.vocabulary import MEASURES

# Longer pieces are no turns of everyday writing; and what is written to make the search slow is not
# searched: every pattern begins at the start of a word and takes a bounded part of it.
_LONGEST = 200
_SPOKEN = r"(?=[一二两三四五六七八九十百千]{1,9}[万亿成]|[百千]分之)\w{1,12}?"
_AMOUNT = rf"((?:\d{{1,12}}(?:\.\d{{1,6}})?|{_SPOKEN})\s?(?:个\s?)?[%\w]{{0,6}}?)\s?"
_FIELD = r"(?<![\w·])([\w·]{1,60}(?:\s的\s[\w·]{1,60})?)"
_TESTED = r"(?:不?为|是|属于|包含|不?超过|不少于|不满|逢)"
_BEFORE_TEST = rf"(?= (?:非 )?(?:有效\(|[^\s、,]{{1,60}} {_TESTED} ))"
_STEP = r"([^\s,、]{1,60})"
_DAY = r"\d{4}(?:-\d{1,2}-\d{1,2}|年\d{1,2}月\d{1,2}日)"
# 年龄 在 60-79 岁 之间
_MEASURES = sorted(
    {word for words, _ in MEASURES.values() for word in words}, key=len, reverse=True
)
_ONE = r"\s?(\d{1,12}(?:\.\d{1,6})?)\s?"
_BETWEEN = (
    rf"{_FIELD}\s(?:在|为|是|介于){_ONE}(?:[-~—–至到]|——){_ONE}((?:{'|'.join(_MEASURES)})?)"
    r"\s?(?:(?:之|以)?[间内])?(?=[\s),;]|$)"
)
# Where a statement begins: behind the word of its clause, a bracket, or the one before it.
_START = r"(?:^|(?<=[(])|(?<=[当且或] )|(?<=除外 )|(?<=要求 ))"


# How often, as lists say it: 每年1次, 一季度两次, 每月1-2次, 3次/年.
_PERIOD = r"(半年|年|季度|季|月|周|星期|日|天)"
_TIMES = r"(\d+|[一二两三四五六七八九十百]{1,5})"
_OFTEN = rf"(?:[每一]\s*|(?<!\w)(?=半年)){_PERIOD}度?\s*"
_LIMIT = re.compile("超过|至多|最多|at ?most|up to|no more")
_NUMERALS = r"([一二两三四五六七八九十百]{1,5})"
_SAME_PERIOD = {"季": "季度", "星期": "周", "天": "日"}


_Meant = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class _Turn:
    """One turn of phrase: what is written, and what the language writes for it."""

    written: re.Pattern[str]
    meant: _Meant

    def limits(self, found: re.Match[str]) -> bool:
        """Tell whether it is read as a limit without saying that it is one."""
        said = self.say(found) if callable(self.meant) else ""
        return ("不超过" in said or "atmost" in said) and not _LIMIT.search(found[0])

    def say(self, found: re.Match[str]) -> str:
        """Return what the language writes for a turn that was found."""
        if isinstance(self.meant, str):
            return re.sub(" {2,}", " ", found.expand(self.meant))
        return self.meant(found)


def _at_most(period: str, times: str) -> str:
    number = int(times) if times.isdigit() else number_in_digits(times)
    return f"每{_SAME_PERIOD.get(period, period)} 不超过 {number} 次"


def _turns(*pairs: tuple[str, _Meant]) -> list[_Turn]:
    return [_Turn(re.compile(written), meant) for written, meant in pairs]


_SPELT = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen"),
)
_EN_WORDS = {word: number for number, word in enumerate(_SPELT, 1)}
_EN_WORDS |= {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_EN_WORDS |= {"once": 1, "twice": 2}
_EN_COUNT = rf"\b(\d{{1,6}}|{'|'.join(_EN_WORDS)})"
_EN_PERIODS = {
    "year": "yearly",
    "half-year": "halfyearly",
    "quarter": "quarterly",
    "month": "monthly",
    "week": "weekly",
    "day": "daily",
}


def _en(number: str) -> str:
    return str(_EN_WORDS.get(number, number))


_TURNS = {
    "zh": _turns(
        (_FIELD + r"\s不属于\s", r"非 \1 属于 "),
        (_FIELD + r"\s不包[含括]\s", r"非 \1 包含 "),
        (_BETWEEN, r"\1 不少于 \2 \4 且 \1 不超过 \3 \4"),
        (r"(?<![\w.])" + _AMOUNT + r"\((?:包?含|含本数)\)\s?以上(?!\w)", r"不少于 \1"),
        (r"(?<![\w.])" + _AMOUNT + r"\((?:包?含|含本数)\)\s?以下(?!\w)", r"不超过 \1"),
        (r"(?<![\w.])" + _AMOUNT + r"\(不含(?:本数)?\)\s?以上(?!\w)", r"超过 \1"),
        (r"(?<![\w.])" + _AMOUNT + r"\(不含(?:本数)?\)\s?以下(?!\w)", r"不满 \1"),
        (r"(?<=\w )(?:年满|达到|满)\s?" + _AMOUNT + r"(?!\w)", r"不少于 \1"),
        (r"(?<=\w )(?:未满|不足|不到)\s?" + _AMOUNT + r"(?!\w)", r"不满 \1"),
        (r"(?<![\w.])(?:(?:在|为|达到|达|满)\s?)?" + _AMOUNT + r"(?:及)?以上(?!\w)", r"不少于 \1"),
        (r"(?<![\w.])(?:(?:在|为|达到|达)\s?)?" + _AMOUNT + r"(?:及)?以[下内](?!\w)", r"不超过 \1"),
        (r"(?<=\s)在\s?([^、\s]{1,60}(?:、[^、\s]{1,60}){1,20}?)\s?之?[中内里](?!\w)", r"属于 \1"),
        (r"(不?为)\s*空值?(?!\w)", r"\1 无"),
        (_START + r"(?:不是|没有|并非)\s+", "非 "),
        # 节假日 may or may not mean days of rest: the language asks which of its words is meant.
        (
            _FIELD + r"\s(?:是|属于|正值|遇|逢到)\s?(工作日|休息日|法定休假日|节假日)(?!\w)",
            r"\1 逢 \2",
        ),
        # Between two conditions only: 甲 和 乙 are several names, which 、 stands between.
        (r"(?<=[\w)\"”] )(?:和|及|以及|同时|而且)" + _BEFORE_TEST, "且"),
        (r"(?<=[\w)] )(?:是|属)(?= )", "为"),
        (_START + r"(?:如果|假如|只要|凡是)\s*", ""),
        (r"\s+(?:时|的|的时候|的情况|情况下)$", ""),
        # Of "once or twice" the greater number is what a community has to bear.
        (
            _OFTEN + rf"{_TIMES}(?:\s*[-~～至到]\s*{_TIMES})?\s*次",
            lambda found: _at_most(found[1], found[3] or found[2]),
        ),
        (
            _OFTEN + rf"(?:不得?超过|至多|最多)\s*{_NUMERALS}\s*次",
            lambda found: _at_most(found[1], found[2]),
        ),
        (rf"{_TIMES}\s*次\s*/\s*{_PERIOD}", lambda m: _at_most(m[2], m[1])),
        (r"(?<=[期满] )(?:视为|视同|默认|自动)\w{1,8} ?(?=→|->)", ""),
        # Two bodies issue a document together: the first is the one that answers for it.
        (r"(?<=印发 )(\w{1,30})[、,](?=\w)", r"\1 会同 "),
        (r"(?<=印发 )(\w{1,30}) (?:和|与|联合) (?=\w)", r"\1 会同 "),
        # What follows from a condition stands behind a blank, not behind a comma.
        (r"(?<=[\w)\"”]) ?[,、;] ?(否则|那么) ?(?=\w)", r" \1 "),
        # A day on which something begins does so without being told.
        (r"(?<=[\d日号]) ?(?:起|以来)(?:正式)?(?:施行|实施|执行|实行|生效)?$", ""),
        (r"(?<!\w)[自从] ?(?=\d{4}[-/.年])", ""),
        # What must come first stands first: 未经 审核 不得 办结.
        (rf"(?<=约束 )不得\s?{_STEP}(?:,?\s|,)未经?过?\s?{_STEP}$", r"未经 \2 不得 \1"),
        (
            rf"(?<=约束 )(?:必须|应当|须|先)?\s?经过?\s?{_STEP}(?:\s?之?后)?(?:,?\s|,)"
            rf"(?:方可|才能|才可|方能)\s?{_STEP}$",
            r"未经 \1 不得 \2",
        ),
        (r"^(?:不定期|按需(?:开展)?|随时|常年|长期|全年|经常(?:性)?)$", "不限"),
    ),
    "en": _turns(
        (r"(?<!\w)(\w{1,60})\s+(?:is\s+)?not\s+in\s+", r"not \1 in "),
        (r"(?<!\w)(\w{1,60})\s+(?:does\s+)?not\s+contains?\s+", r"not \1 contains "),
        (r"\bis\s+not\b", "isnot"),
        (r"\b(?:is\s+)?(?:equals|equal\s+to)\b", "is"),
        (r"\b(?:is\s+)?(?:greater|more)\s+than\s+or\s+equal\s+to\b", "atleast"),
        (r"\b(?:is\s+)?(?:less|fewer)\s+than\s+or\s+equal\s+to\b", "atmost"),
        (r"\b(?:is\s+)?(?:at\s+least|no\s+(?:less|fewer|earlier)\s+than)\b", "atleast"),
        (r"\b(?:is\s+)?(?:at\s+most|no\s+(?:more|later)\s+than)\b", "atmost"),
        (r"\b(?:is\s+)?(?:greater|more|higher|later)\s+than\b", "over"),
        (r"\b(?:is\s+)?(?:less|fewer|lower|earlier)\s+than\b", "below"),
        (r"(?:^|(?<=when )|(?<=except )|(?<=require ))if\s+", ""),
        (rf"\b({'|'.join(_EN_WORDS)})\s(?=\w)", lambda found: f"{_en(found[1])} "),
        (rf"{_EN_COUNT}\s(?:working|business)\s?days?\b", lambda m: f"{_en(m[1])} workdays"),
        (rf"{_EN_COUNT}\s(?:calendar)\s?days?\b", lambda m: f"{_en(m[1])} naturaldays"),
        (rf"{_EN_COUNT}\s(?:working|business)\s?hours?\b", lambda m: f"{_en(m[1])} workhours"),
        (
            rf"(?:(?:at\s?most|up to|no more than|<=)\s)?{_EN_COUNT}(?:\s?times?)?\s?"
            rf"(?:an?|per|each|every|/)\s?({'|'.join(_EN_PERIODS)})\b",
            lambda found: f"{_EN_PERIODS[found[2]]} atmost {_en(found[1])} times",
        ),
        (rf"(?<=ensure )never\s{_STEP}\s(?:without|before)\s{_STEP}$", r"without \2 never \1"),
        (r"\b(?:no|without)(?: an?| time)?\slimit\b", "untimed"),
        (r"(?<=\w )and (?=(?:notify|record|issue|enter|inform|copy|supervise|urge)\s)", "also "),
    ),
}
# Days that the language does not read as they stand; written with - or / or 年月日 they are days.
_WRITTEN_DAY = re.compile(
    r"(?<![\w.])(?:\d{4}([.。、])\d{1,2}\1\d{1,2}(?!\d|[.。、]\d)|\d{4}年\d{1,2}月\d{1,2}号"
    r"|(?=\d{4}年? ?\d{0,2}月? )\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?[日号]"
    r"|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号])"
)
_MONTHS = "january february march april may june july august september october november december"
_MONTH = {name[:3]: at for at, name in enumerate(_MONTHS.split(), 1)}
_MONTH_NAME = rf"({'|'.join(rf'{name[:3]}(?:{name[3:]})?' for name in _MONTHS.split())})\.?"
_ENGLISH_DAY = re.compile(
    rf"(?<!\w)(?:(\d{{1,2}})(?:st|nd|rd|th)? {_MONTH_NAME},? (\d{{4}})"
    rf"|{_MONTH_NAME} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}))(?!\w)",
    re.I,
)
_ASKED = re.compile(rf"(?:在\s*)?({_DAY})\s*(?:(之后|以后)|之前|以前)(?!\w)")


_USUAL = re.compile(
    rf"(?<![\w.])(\d{{1,12}})\s?({'|'.join(sorted(USUAL_MEASURES, key=len, reverse=True))})(?!\w)"
)


class Turn(NamedTuple):
    """A turn of phrase found in a text: its place, what to write there if it is meant as a limit.

    每年1次 may also say what has to be done; only who wrote it knows.
    """

    start: int
    end: int
    meant: str
    limit: bool


def turns(text: str, language: str) -> list[Turn]:
    """Return the turns of everyday writing in a piece, in order, none inside a quoted text.

    `text` is in the plain form (see `shadow`); places are characters of it.
    """
    if len(text) > _LONGEST:
        return []
    quoted = [found.span() for found in re.finditer(STRING, text)]
    found = sorted(_found(text, language), key=lambda turn: (turn.start, -turn.end))
    kept: list[Turn] = []
    for turn in found:
        inside = any(start < turn.end and turn.start < end for start, end in quoted)
        if not inside and (not kept or kept[-1].end <= turn.start):
            kept.append(turn)
    return kept


def _found(text: str, language: str) -> Iterator[Turn]:
    # A cell of a sheet may be in either language.
    for turn in _TURNS.get(language) or [*_TURNS["zh"], *_TURNS["en"]]:
        for found in turn.written.finditer(text):
            meant = _in_digits(turn.say(found))
            yield Turn(found.start(), found.end(), meant, turn.limits(found))
    for start, end, said in amounts_in_digits(text):
        yield Turn(start, end, said, False)
    for english in _ENGLISH_DAY.finditer(text):
        before, month, year, other, behind, last = english.groups()
        number = _MONTH[(month or other)[:3].lower()]
        day = written_day(f"{year or last}-{number}-{before or behind}")
        if day is not None:
            yield Turn(*english.span(), day.isoformat(), False)
    for written in _WRITTEN_DAY.finditer(text):
        day = written_day(re.sub("[。、]", ".", written[0]))
        if day is not None:
            yield Turn(*written.span(), day.isoformat(), False)


def _in_digits(text: str) -> str:
    """Return a text with its 3万 and 八成 in digits: 3万元以上 is two turns in one.

    Units of everyday writing are those of the language: 60周岁以上.
    """
    text = _USUAL.sub(lambda found: measure_meant(found[1], found[2], "zh"), text)
    for start, end, said in sorted(amounts_in_digits(text), reverse=True):
        text = text[:start] + said + text[end:]
    return text


def asked_day(text: str) -> tuple[int, int, str, str] | None:
    """Return place and two readings of a day before or behind which something is to lie.

    The first reading counts the day itself, the second does not.
    """
    found = _ASKED.search(text)
    if found is None:
        return None
    with_it, without = ("不早于", "晚于") if found[2] else ("不晚于", "早于")
    return *found.span(), f"{with_it} {found[1]}", f"{without} {found[1]}"
