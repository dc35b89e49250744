"""What is said in both languages at once: phrases, joined, quantities and ends of stretches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from zhunru.vocabulary import MEASURES, Measure


class Phrase(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str


def joined(parts: Iterable[Phrase], zh: str = "、", en: str = ", ") -> Phrase:
    """Return phrases one behind another, with the sign or word of each language between them."""
    every = list(parts)
    return Phrase(zh.join(part.zh for part in every), en.join(part.en for part in every))


def case_of(columns: Iterable[tuple[str, Phrase]]) -> Phrase:
    """Return the case in which each of these columns holds what is said of it."""
    parts = [Phrase(f"{name}{told.zh}", f"{name} {told.en}") for name, told in columns]
    return joined(parts) if parts else Phrase("任何情形", "any case")


def first_of(cases: Sequence[Phrase], most: int) -> Phrase:
    """Return the first of some cases, and how many more there are."""
    told, more = joined(cases[:most], "；", "; "), len(cases) - most
    if more <= 0:
        return told
    return Phrase(f"{told.zh}；等 {more} 处", f"{told.en}; and {more} more")


def amount(value: Decimal, measure: Measure | None) -> Phrase:
    """Return a quantity with its measure."""
    # Never 1E+3, as Decimal writes it by itself.
    number = f"{value:f}"
    if measure is None:
        return Phrase(number, number)
    zh, en = MEASURES[measure]
    word = en[-1] if value == 1 else en[0]
    return Phrase(f"{number}{zh[0]}", f"{number} {word}")


def written(day: date) -> str:
    """Return a day or a moment as the language writes it."""
    if isinstance(day, datetime):
        return day.isoformat(" ", "minutes")
    return day.isoformat()


def at_least(shown: Phrase, *, day: bool) -> Phrase:
    """Return in words that a number, or a `day`, is this one or a later one."""
    if day:
        return Phrase(f"在{shown.zh}以后", f"is {shown.en} or later")
    return Phrase(f"不少于{shown.zh}", f"is at least {shown.en}")


def at_most(shown: Phrase, *, day: bool) -> Phrase:
    """Return in words that a number, or a `day`, is this one or an earlier one."""
    if day:
        return Phrase(f"在{shown.zh}以前", f"is {shown.en} or earlier")
    return Phrase(f"不超过{shown.zh}", f"is at most {shown.en}")
