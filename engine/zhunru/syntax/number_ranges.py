"""Ranges of numbers as people write them: 60-79 岁, 3—5 个工作日, 3 至 5 次.

With a hyphen they are read as one number less another, and the value would be below nothing.
"""

from __future__ import annotations

import re

from zhunru.diagnostics import Fix, Span
from zhunru.syntax.expressions import Expr, Quantity
from zhunru.syntax.numerals import quantity_in_digits
from zhunru.syntax.reading import Reading

_ONE = r"\d{1,12}(?:\.\d{1,6})?"
_MEASURE = r"\s?[^\W\d]{0,5}?"
# What may stand behind a number that something is said about is no more than its measure.
# 2024-01 is a day without its day.
_RANGE = re.compile(
    rf"(?<![\w.-])(?!\d{{4}}-){_ONE}{_MEASURE}(\s?[-~～—–―至到]{{1,2}}\s?){_ONE}\s?[^\W\d]{{0,5}}"
)
# What a step may take at most is its limit.
_LIMITS = re.compile(r"(?:限|不超过|至多|最多|within|atmost|<=|≤)\s*\Z")
# A range is sought no further than this before the place where reading stopped.
_NEAR = 24


def range_around(text: str, at: int, start: int) -> tuple[int, int, int, int] | None:
    """Return a range that a place lies in: where it and its sign begin, where they end."""
    for found in _RANGE.finditer(text, max(start, at - _NEAR), at + _NEAR):
        if found.start() < at < found.end():
            return found.start(), *found.span(1), found.start() + len(found[0].rstrip())
    return None


def report_difference(reading: Reading, left: Expr, right: Expr, span: Span) -> None:
    """Report a number less a greater one, written without blanks, as ranges are."""
    if not (isinstance(left, Quantity) and isinstance(right, Quantity)):
        return
    sign = reading.source.text[left.span.end : right.span.start]
    if 0 <= left.value < right.value and left.measure in (None, right.measure) and len(sign) == 1:
        text = reading.source.text
        high = limit_meant(text[: span.start], text[right.span.start : span.end])
        fix = None
        if high:
            fix = Fix.writing(span, high)
        reading.report("ZR142", span, fix=fix, text=text[span.start : span.end])


def limit_meant(before: str, high: str) -> str:
    """Return the number that a range says behind a word for a limit: its end; "" elsewhere."""
    limited = _LIMITS.search(before[-_NEAR:])
    return (quantity_in_digits(high) or high) if limited else ""
