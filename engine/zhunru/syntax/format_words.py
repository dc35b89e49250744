"""The words of printed text: keywords, names, numbers and strings in the language of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from zhunru.diagnostics import Language
from zhunru.syntax import canonical, keywords
from zhunru.syntax.expressions import CompareOp, Quantity
from zhunru.syntax.nodes import Given, Name, Period
from zhunru.syntax.shadow import WORD
from zhunru.vocabulary import (
    FUNCTIONS,
    LEADS_AND_BELOW,
    MEASURES,
    OUTCOMES,
    TYPES,
    Measure,
    TypeName,
)

# A name that needs no brackets: letters joined by - or # after an ASCII letter or digit.
_PLAIN = re.compile(rf"[{WORD}][{WORD}·]*(?:(?<=[A-Za-z0-9])[-#][{WORD}][{WORD}·]*)*\Z")
# A name that begins with digits goes on with a letter that makes no measure of them.
_LEADING_NUMBER = re.compile(r"\d+")
_AFTER_NUMBER = re.compile(rf"(?!\d)[{WORD}]|#[{WORD}]")

# Names that would have a line go on if they stood at its end.
_OPEN_ENDS = frozenset({"且", "或", "and", "or"})
# Keywords that the grammar takes where an operand may begin.
_OPERANDS = frozenset(
    word
    for table in (keywords.ZH, keywords.EN)
    for terminal in (
        *("IF", "NOT", "YES", "NO", "NOTHING", "UNKNOWN", "UNLIMITED", "UNTIMED", "PER"),
        *("YEARLY", "HALFYEARLY", "QUARTERLY", "MONTHLY", "WEEKLY", "DAILY", "CUMULATIVE"),
        *("ROLLING", "IS", "ISNOT", "ATLEAST", "ATMOST", "OVER", "BELOW", "INSIDE"),
    )
    for word in table[terminal]
)

_COMPARISONS: dict[CompareOp, str] = {
    "==": "IS",
    "!=": "ISNOT",
    ">=": "ATLEAST",
    "<=": "ATMOST",
    ">": "OVER",
    "<": "BELOW",
}

# Words that open what a test demands.
_OUTCOMES = frozenset(word for pair in OUTCOMES.values() for word in pair)
_FUNCTIONS = tuple(FUNCTIONS.values())

_UNIT_WORDS = (
    *(word for spellings in MEASURES.values() for words in spellings for word in words),
    *("月", "以上", "以下", "以内"),
)


@dataclass(frozen=True)
class Words:
    """Spell the parts of a text in one language."""

    language: Language
    source_language: Language = "zh"

    @property
    def zh(self) -> bool:
        """Tell whether the text is Chinese."""
        return self.language == "zh"

    def pick(self, pair: tuple[str, str]) -> str:
        """Return the word of a (Chinese, English) pair."""
        return pair[0] if self.zh else pair[1]

    def compare(self, op: CompareOp) -> str:
        """Return the sign of a comparison, in Chinese its word."""
        if self.zh:
            return self.key(_COMPARISONS[op])
        return "=" if op == "==" else op

    def key(self, terminal: str) -> str:
        """Return the printed spelling of a keyword."""
        return (keywords.ZH if self.zh else keywords.EN)[terminal][0]

    def then(self) -> str:
        """Return the word between what a test gives and what it demands."""
        return "那么" if self.zh else self.key("THEN")

    @property
    def comma(self) -> str:
        """Return the sign between like things of a list of names."""
        return "、" if self.zh else ", "

    def name(self, name: Name | str) -> str:
        """Return a name, in brackets where it would not read as one."""
        text = name if isinstance(name, str) else name.text
        return text if _is_plain(text) else f"[{text}]"

    def operand(self, text: str) -> str:
        """Return a name that stands in an expression."""
        return f"[{text}]" if text in _OPERANDS else self.name(text)

    def names(self, names: Iterable[Name]) -> str:
        """Return a list of names."""
        return self.comma.join(self.name(name) for name in names)

    def item(self, terminal: str, text: str) -> str:
        """Return `keyword text`, or nothing where there is nothing to say."""
        return join(self.key(terminal), text) if text else ""

    def named(self, terminal: str, name: Name | None) -> str:
        """Return a keyword with a name."""
        return self.item(terminal, self.name(name)) if name else ""

    def naming(self, terminal: str, names: Iterable[Name]) -> str:
        """Return a keyword with names."""
        return self.item(terminal, self.names(names))

    def guarded(self, name: Name) -> str:
        """Return a name at a place that could take a keyword instead."""
        return f"[{name.text}]" if name.text in keywords.WORDS["any"] else self.name(name)

    def strict(self, names: Iterable[Name]) -> str:
        """Return names at a place where only 、 may stand between them."""
        return "、".join(self.guarded(name) for name in names)

    def reference(self, text: str) -> str:
        """Return a name of an expression."""
        return self.operand(self._meant(text, (LEADS_AND_BELOW,)))

    def function(self, text: str) -> str:
        """Return the name of a function, a formula or a table."""
        return self.operand(self._meant(text, _FUNCTIONS))

    def subject(self, text: str) -> str:
        """Return the fact that a test gives."""
        return f"[{text}]" if text in _OUTCOMES else self.operand(text)

    def facts(self, given: tuple[Given, ...]) -> tuple[Given, ...]:
        """Return what a test gives with the words of the language."""
        return given if self.zh else canonical.english_facts(given)

    def quota_fact(self, text: str) -> str:
        """Return the fact of a quota: `每年已用`, `任意连续7日已用`."""
        fact = canonical.quota_fact if self.zh else canonical.english_quota_fact
        return self.operand(fact(text))

    def _meant(self, text: str, pairs: tuple[tuple[str, str], ...]) -> str:
        """Return a word of the vocabulary in the language; any other name as it is."""
        return next((self.pick(pair) for pair in pairs if text in pair), text)

    def text(self, value: str) -> str:
        """Return a quoted text."""
        body = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{body}"'

    def number(self, value: Decimal) -> str:
        """Return a number in plain digits."""
        return format(value, "f")

    def quantity(self, quantity: Quantity) -> str:
        """Return a number with its measure."""
        digits = self.number(quantity.value)
        if quantity.measure is None:
            return digits
        if quantity.measure is Measure.PERCENT:
            return f"{digits}%"
        return f"{digits} {self.measure(quantity.measure, quantity.value)}"

    def days(self, number: int) -> str:
        """Return so many days: `7 日`."""
        return self.quantity(Quantity(Decimal(number), Measure.DAY))

    def articles(self, number: int) -> str:
        """Return how many entries a list must have: `12 条`."""
        return self.quantity(Quantity(Decimal(number), Measure.ARTICLE))

    def items(self, number: int) -> str:
        """Return how many items a class must have: `6 项`."""
        return self.quantity(Quantity(Decimal(number), Measure.ITEM))

    @property
    def text_type(self) -> str:
        """Return the word that types a result column as text."""
        return self.pick(TYPES[TypeName.TEXT])

    def measure(self, measure: Measure, value: Decimal) -> str:
        """Return the word of a measure for so many."""
        zh, en = MEASURES[measure]
        return zh[0] if self.zh else en[-1 if value == 1 else 0]

    def band(self, low: Quantity, high: Quantity) -> str:
        """Return `100 至 700 户`: the measure stands once."""
        start = self.number(low.value) if low.measure == high.measure else self.quantity(low)
        return f"{start} {self.key('TO')} {self.quantity(high)}"

    def day(self, day: date) -> str:
        """Return a civil day."""
        return day.isoformat()

    def ends(self, period: Period) -> dict[str, str]:
        """Return the first and the last day of a period by their slots; an open end is empty."""
        return {
            "start": self.day(period.start) if period.start else "",
            "end": self.day(period.end) if period.end else "",
        }

    def moment(self, moment: datetime) -> str:
        """Return a civil day with its time."""
        return moment.strftime("%Y-%m-%d %H:%M")

    def period(self, period: Period) -> str:
        """Return `2021-01-01 至 2025-12-31`, either end left out where open."""
        parts = [self.day(period.start)] if period.start else []
        if period.end:
            parts += [self.key("TO"), self.day(period.end)]
        return " ".join(parts)


def join(*parts: str) -> str:
    """Join the parts that are there by blanks."""
    return " ".join(part for part in parts if part)


def _is_plain(text: str) -> bool:
    if not _PLAIN.match(text) or text in _OPEN_ENDS:
        return False
    number = _LEADING_NUMBER.match(text)
    if number is None:
        return True
    rest = text[number.end() :]
    return bool(_AFTER_NUMBER.match(rest)) and not rest.startswith(_UNIT_WORDS)
