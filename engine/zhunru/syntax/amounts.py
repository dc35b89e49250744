"""Numbers that cells hold, with their unit, and exact sums of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from zhunru.syntax.shadow import shadow
from zhunru.syntax.slips import read_slips

# What cells say that say nothing.
EMPTY = ("", "-", "－", "—")
# Longer ones are no numbers of anything: so many digits add up exactly, and can be shown.
DIGITS = r"\d{1,3}(?:,\d{3}){1,5}|\d{1,18}"
_AMOUNT = re.compile(rf"([+-]?(?:{DIGITS})(?:\.\d{{1,6}})?) ?([^\W\d_]{{0,4}})")


def plain(text: str) -> str:
    """Return a text with its slips mended and its signs folded, as numbers are looked for in it."""
    return shadow(read_slips(text)[0])


def amount(text: str) -> tuple[Decimal, str] | None:
    """Return a cell that is a number with a unit at most; a share (85.6%) does not add up."""
    found = _AMOUNT.fullmatch(plain(text))
    return (Decimal(found[1].replace(",", "")), found[2]) if found else None


@dataclass
class Sum:
    """The exact sum of a column, its unit, and the first cell that is no number."""

    total: Decimal = Decimal(0)
    numbers: int = 0
    unit: str = ""
    other: str = ""

    def add(self, text: str) -> None:
        """Add a cell."""
        found = amount(text)
        if found is None or (self.unit and found[1] not in ("", self.unit)):
            self.other = self.other or text
            return
        self.total += found[0]
        self.numbers += 1
        self.unit = self.unit or found[1]

    def fits(self, unit: str) -> bool:
        """Tell whether a total of this unit can be compared with the sum."""
        return not self.other and self.numbers > 0 and (not unit or unit == (self.unit or unit))
