"""The units that people write behind a number where the language has another word, or another unit.

They are told, with what was probably meant; nothing is read as if it had been written.
"""

from __future__ import annotations

from decimal import Decimal

from zhunru.syntax.misspelling import likely, only
from zhunru.vocabulary import MEASURES

# Spelling, the unit of the language, and how many of it make one.
USUAL_MEASURES: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("个季", "个季度", "季", "季度"), ("个月", 3)),
    **dict.fromkeys(("个半年", "半年"), ("个月", 6)),
    "月": ("个月", 1),
    **dict.fromkeys(("个星期", "星期", "个周", "个礼拜", "礼拜"), ("周", 1)),
    **dict.fromkeys(("个工作天", "工作天"), ("个工作日", 1)),
    **dict.fromkeys(("个天", "个日"), ("天", 1)),
    "个年": ("年", 1),
    **dict.fromkeys(("钟头", "个钟头", "钟"), ("小时", 1)),
    "分种": ("分钟", 1),
    **dict.fromkeys(("周岁", "周歲"), ("岁", 1)),
    **dict.fromkeys(("元整", "块", "块钱", "元钱", "元人民币"), ("元", 1)),
    **dict.fromkeys(("quarter", "quarters"), ("months", 3)),
    **dict.fromkeys(("halfyear", "halfyears"), ("months", 6)),
}


def measure_meant(number: str, word: str, language: str) -> str:
    """Return the amount that was probably meant by a number and a word; "" where none is near."""
    usual = USUAL_MEASURES.get(word)
    if usual is not None:
        measure, times = usual
        return f"{Decimal(number) * times:f} {measure}"
    place = 1 if language == "en" else 0
    # A single character is like any other: 5 人 is no slip of 5 户.
    words = [each for both in MEASURES.values() for each in both[place] if len(each) > 1]
    near = only(likely(word, words, language)) if len(word) > 1 else ""
    return f"{number} {near}" if near else ""
