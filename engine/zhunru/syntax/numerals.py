"""Numbers in Chinese numerals, as statutes write them, in digits."""

from __future__ import annotations

import re

from zhunru.vocabulary import MEASURES

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_WRITTEN = re.compile(rf"[{''.join(_DIGITS)}{''.join(_UNITS)}]{{1,9}}")
_MEASURES = frozenset(word for words, _ in MEASURES.values() for word in words)


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
    """Return `5 个工作日` for `五个工作日`; "" for what is no number of a measure."""
    numerals = _WRITTEN.match(text)
    if numerals is None:
        return ""
    value, rest = number_in_digits(numerals[0]), text[numerals.end() :]
    if value is None or rest.removeprefix("个") not in _MEASURES:
        return ""
    return f"{value} {rest}"
