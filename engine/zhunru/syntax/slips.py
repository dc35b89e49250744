"""Slips of the pen in cells: read where there is one reading only, told where there are two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

# A cell that is a number with a unit at most: `10。6人`, `85。6%`, `约5。5万名`. Tried where digits
# begin only: from each of a long row of them it would take a quarter of an hour.
_STOP = re.compile(r"((?:约|近|达|超|共)?(?<!\d)\d+)[。．](\d+)([^\d。]{0,2})\Z")
_STOP_INSIDE = re.compile(r"(?<!\d)\d+[。．]\d+")
# Year and month without 年: 20208月 can only be 2020年8月.
_NO_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(0?[1-9]|1[0-2])月")
_NO_YEAR_UNCLEAR = re.compile(r"(?<!\d)\d{5,8}月")
_MASKED = re.compile(r"\*{2,}")
# A letter for a digit between digits: 2O21年, 1l项.
_LETTER = re.compile(r"\d[OoIl]\d|\d[OoIl](?=[年月日项件户人次%％])")
# 2026-03-02 09:30 is a moment.
_SPLIT = re.compile(r"\d\s+\d(?!\d?[:：]\d\d)")
_FULL = {ord(full): ord("0") + digit for digit, full in enumerate("０１２３４５６７８９")}


@dataclass(frozen=True)
class Slip:
    """One slip: what stands there and, where that is certain, how it is read."""

    kind: Literal["mended", "doubtful"]
    text: str
    after: str = ""
    what_zh: str = ""
    what_en: str = ""


def read_slips(text: str, *, number: bool = False) -> tuple[str, list[Slip]]:
    """Return a text as it is read, with the slips found; `number`: its field holds numbers.

    Where a field holds numbers, blanks inside digits are a slip of the pen too.
    """
    # Most cells are plain numbers and codes: they are let through before any search.
    if text.isascii() and (text.isdecimal() if number else text.isalnum()):
        return text, []
    plain = text.translate(_FULL)
    found: list[Slip] = []
    mended = _STOP.sub(r"\1.\2\3", plain)
    mended = _NO_YEAR.sub(r"\1年\2月", mended)
    if mended != plain:
        found.append(Slip("mended", text, mended))
    return mended, found + _doubts(mended, number)


def _doubts(text: str, number: bool) -> list[Slip]:
    found = []
    for pattern, zh, en in _DOUBTS:
        match = pattern.search(text)
        if match:
            found.append(Slip("doubtful", match[0], "", zh, en))
    if number and _SPLIT.search(text):
        zh, en = "数字中间有空格，可能是两个数", "blanks between digits: one number or two"
        found.append(Slip("doubtful", text, "", zh, en))
    return found


_DOUBTS = (
    (
        _STOP_INSIDE,
        "句号是小数点，还是一句话到此为止",
        "a full stop: decimal point or end of sentence",
    ),
    (_NO_YEAR_UNCLEAR, "年、月没有分开", "year and month are not told apart"),
    (_MASKED, "名称被遮去，不知道指哪里", "the name is masked"),
    (_LETTER, "字母可能是数字 0 或者 1", "a letter may be the digit 0 or 1"),
)
