"""What JSON from outside is held to: no name twice in an object, no number out of reach."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

MAX_EXPONENT = 30
"""Beyond so many digits before or behind the point a number is no amount that rules are about."""


class NameTwice(ValueError):
    """A name, its only argument, that stands twice in one object: which value counts is unsaid."""


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object; raises NameTwice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise NameTwice(name)
        found[name] = value
    return found


def exact_number(text: str) -> Decimal:
    """Return a number of JSON, NaN and infinities among them, to its last digit.

    Raises ValueError or ArithmeticError for one that is not finite or out of reach.
    """
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > MAX_EXPONENT:
        raise ValueError(text)
    return number
