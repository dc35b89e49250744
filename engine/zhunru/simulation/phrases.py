"""The short phrases of a scenario: `每个工作日 12 件`, `指数 2 个工作小时`, `3 人`."""

from __future__ import annotations

import re
from datetime import date

from zhunru.simulation.scenario import Arrivals, Discipline, Shape, Spread
from zhunru.syntax.shadow import folded
from zhunru.vocabulary import MEASURES, Measure

# Work is measured in what counts while people are at work; a natural day is none of it.
WORK_MEASURES = (Measure.WORKDAY, Measure.WORKHOUR, Measure.HOUR, Measure.MINUTE)
_PERIODS = (*WORK_MEASURES[:2], Measure.DAY, Measure.HOUR)

_SHAPES: dict[str, Shape] = {
    "固定": "fixed",
    "均匀": "uniform",
    "指数": "exponential",
    "对数正态": "lognormal",
    "fixed": "fixed",
    "uniform": "uniform",
    "exponential": "exponential",
    "lognormal": "lognormal",
}
_DISCIPLINES: dict[str, Discipline] = {
    "先来先办": "arrival",
    "先到期先办": "due",
    "by arrival": "arrival",
    "by due": "due",
}
_UNBOUNDED = {"不限", "unbounded"}
_MOST_STAFF = 100_000
_MOST = 1e9
# The spread of a logarithm: by ten it is a matter of years or of no time at all.
_WIDEST = 10

_NUMBER = r"(\d{1,9}(?:\.\d{1,6})?)"
_SPREAD = re.compile(
    rf"(?:({'|'.join(_SHAPES)})\s*)?{_NUMBER}(?:\s*(?:至|to)\s*{_NUMBER})?\s*(\D*?)"
    rf"\s*(?:(?:散|sigma)\s*{_NUMBER})?"
)
_ARRIVALS = re.compile(
    rf"(?:每(?:个)?(\D+?)\s*{_NUMBER}\s*件|{_NUMBER}\s*(?:cases\s+)?per\s+(\D+?))\s*(等距|even)?"
)
_STAFF = re.compile(r"(\d{1,6})\s*(?:人|persons?)?")
_WORDS = {
    word.removeprefix("个"): measure
    for measure, pair in MEASURES.items()
    for words in pair
    for word in words
}


def spread(text: str, *, of_time: bool) -> Spread | None:
    """Return the random length (`of_time`) or number that a phrase says, or None."""
    match = _SPREAD.fullmatch(folded(text))
    if match is None:
        return None
    word, first, second, unit, sigma = match.groups()
    measure = _WORDS.get(unit.strip().removeprefix("个")) if unit.strip() else None
    if of_time is not (measure in WORK_MEASURES):
        return None
    # Two numbers are a range whether or not the word is written; one is a fixed value.
    shape = _SHAPES[word] if word else ("uniform" if second else "fixed")
    if (second is not None) is not (shape == "uniform"):
        return None
    if (sigma is not None) is not (shape == "lognormal") or float(sigma or 0) > _WIDEST:
        return None
    found = Spread(
        shape=shape, first=float(first), second=float(second or sigma or 0), measure=measure
    )
    return found if shape != "uniform" or found.first <= found.second else None


def arrivals(text: str) -> Arrivals | None:
    """Return how cases arrive, or None."""
    match = _ARRIVALS.fullmatch(folded(text))
    if match is None:
        return None
    zh_unit, zh_number, en_number, en_unit, even = match.groups()
    measure = _WORDS.get((zh_unit or en_unit).strip().removeprefix("个"))
    number = float(zh_number or en_number)
    if measure not in _PERIODS or number <= 0:
        return None
    return Arrivals(number=number, measure=measure, even=bool(even))


def staff(text: str) -> tuple[int | None] | None:
    """Return a number of people in a tuple (None inside: without bound), or None."""
    if folded(text) in _UNBOUNDED:
        return (None,)
    match = _STAFF.fullmatch(folded(text))
    if match is None or not 1 <= int(match[1]) <= _MOST_STAFF:
        return None
    return (int(match[1]),)


def weight(text: str) -> float | None:
    """Return a weight, or None."""
    match = re.fullmatch(rf"{_NUMBER}%?", folded(text))
    return float(match[1]) if match and float(match[1]) <= _MOST else None


def day(text: str) -> date | None:
    """Return a day, or None."""
    try:
        return date.fromisoformat(folded(text))
    except ValueError:
        return None


def discipline(text: str) -> Discipline | None:
    """Return in which order waiting work is taken up, or None."""
    return _DISCIPLINES.get(folded(text))
