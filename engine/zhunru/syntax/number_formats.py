"""Number formats of a workbook: what a person sees in a cell that only stores a number.

A cell shown as 78.5% stores 0.785, one shown as 001 stores 1. Cells are read as the value shown,
with all the digits that are stored: how many of them are shown changes nothing.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any
from xml.etree import ElementTree

EXACT = 15  # digits that spreadsheet programs keep


class Kind(Enum):
    """How a number is shown, where the stored digits alone would say something else."""

    PLAIN = "plain"
    PERCENT = "percent"  # 0.785 as 78.5%
    SIGNED = "signed"  # 78.5 as 78.5%: the sign is but written behind it
    CODE = "code"  # 1 as XZ-001
    DAY = "day"  # the day of a date, whatever hour is stored with it
    SCALED = "scaled"  # 12345 as 1.2万: what is meant is not certain


@dataclass(frozen=True)
class Section:
    """One of the up to four parts of a number format, parted by `;`."""

    kind: Kind
    condition: tuple[str, Decimal] | None = None
    before: str = ""
    behind: str = ""
    zeros: int = 0


@dataclass(frozen=True)
class NumberFormat:
    """A number format that does not show a number by its stored digits alone."""

    sections: tuple[Section, ...]

    def section(self, number: Decimal) -> Section:
        """Return the part by which a number is shown: by condition, else by its sign."""
        if any(one.condition for one in self.sections):
            held = (one for one in self.sections[:3] if _holds(one.condition, number))
            return next(held, self.sections[-1])
        at = 1 if number < 0 else 2 if number == 0 else 0
        return self.sections[at] if at < min(len(self.sections), 3) else self.sections[0]


def _holds(condition: tuple[str, Decimal] | None, number: Decimal) -> bool:
    if condition is None:
        return True
    sign, bound = condition
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }[sign]


def plain_text(number: Decimal) -> str:
    """Return a number without exponent and idle zeros."""
    whole = number.to_integral_value()
    return f"{whole:f}" if number == whole else f"{number.normalize():f}"


def stored(value: float) -> Decimal:
    """Return a stored number by the digits that spreadsheet programs keep of it."""
    return Decimal(f"{value:.{EXACT}g}")


def shown(number: Decimal, section: Section) -> str:
    """Return the value that a person sees; as much of it as is stored."""
    match section.kind:
        case Kind.PERCENT:
            return plain_text(number * 100) + "%"
        case Kind.SIGNED:
            return plain_text(number) + "%"
        case Kind.CODE if number == number.to_integral() and number >= 0:
            return f"{section.before}{int(number):0{section.zeros}d}{section.behind}".strip()
        case _:
            return plain_text(number)


# --- formats as they are written -----------------------------------------------------------------

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<half>AM/PM|A/P|上午/下午)|(?P<power>E[+-])"
    r"|(?P<digit>[0#?])|(?P<other>.)",
    re.S,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\Z")
_SYMBOL = re.compile(r"\$([^-]*)")
_MAGNITUDE = re.compile(r"\s*[万亿成‰]")
_WORD = re.compile(r"\w")
_MONEY = re.compile(r"[\s¥￥$€£()（）+\-]|RMB|CNY|USD|人民币")
_BUILT_IN = {9: "0%", 10: "0.00%"}
# Those of the built-in formats that show a day and no hour; some only in Chinese programs.
_DAYS = frozenset({14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58})


@dataclass
class _Written:
    """A section while its signs are read."""

    condition: tuple[str, Decimal] | None = None
    before: str = ""
    behind: str = ""
    digits: str = ""
    signs: set[str] = field(default_factory=set)
    commas: int = 0  # behind the last digit: each divides by a thousand

    def literal(self, text: str) -> None:
        """Take in a text that is shown as it stands, before the digits or behind them."""
        if self.digits:
            self.behind += text
        else:
            self.before += text

    def add(self, found: re.Match[str]) -> None:
        """Take in one sign."""
        name, text = found.lastgroup, found[found.lastgroup or 0]
        match name:
            case "quoted" | "escaped":
                self.literal(text)
            case "bracket":
                self._bracket(text)
            case "digit":
                self.digits, self.commas = self.digits + text, 0
            case "general":
                self.digits += "#"
            case "half" | "power":
                self.signs.add("h" if name == "half" else "e+")
            case "other":
                self._other(text)

    def _bracket(self, text: str) -> None:
        condition, symbol = _CONDITION.match(text), _SYMBOL.match(text)
        if condition is not None:
            self.condition = (condition[1], Decimal(condition[2]))
        elif symbol is not None:
            self.literal(symbol[1])
        elif text and set(text.lower()) <= set("hms"):
            self.signs.add("h")

    def _other(self, text: str) -> None:
        if text == ",":
            self.commas += 1
        elif text in "%./ ":
            self.signs.add(text)
        elif text.isascii() and text.isalpha():
            self.signs.add(text.lower())
        elif text == "@":
            self.signs.add(text)
        elif text not in "+-()":
            self.literal(text)

    def section(self) -> Section:
        """Return the section."""
        kind, before, behind = self._kind(), self.before, self.behind
        return Section(kind, self.condition, before, behind, len(self.digits))

    def _kind(self) -> Kind:
        if not self.digits:
            day = self.signs & set("ydae") and not self.signs & set("hs")
            return Kind.DAY if day else Kind.PLAIN
        if "%" in self.signs:
            return Kind.PERCENT
        if self.behind.strip().startswith(("%", "％")):
            return Kind.SIGNED
        if _MAGNITUDE.match(self.behind) or self.commas:
            return Kind.SCALED
        return Kind.CODE if self._is_code() else Kind.PLAIN

    def _is_code(self) -> bool:
        """Tell 001 and XZ-1 from sums and counts: nothing but zeros, and not money."""
        if set(self.digits) != {"0"} or self.signs - {" "}:
            return False
        prefix = _MONEY.sub("", self.before)
        return len(self.digits) > 1 or _WORD.search(prefix) is not None


def read_format(code: str) -> NumberFormat | None:
    """Return a number format; None for one that shows numbers by their digits."""
    parts = [_Written()]
    for found in _TOKEN.finditer(code):
        if found["other"] == ";":
            parts.append(_Written())
        else:
            parts[-1].add(found)
    # What texts look like is no part for numbers; one without digits only hides a number.
    numbers = [part for part in parts if "@" not in part.signs] or parts[:1]
    first = numbers[0].section()
    rest = (part.section() if part.digits else first for part in numbers[1:])
    sections = (first, *rest)
    return NumberFormat(sections) if any(s.kind is not Kind.PLAIN for s in sections) else None


# --- the styles of a workbook --------------------------------------------------------------------


class _Styles:
    """What a parser of the styles part finds: formats by number, and the format of each style."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.formats: list[str] = []
        self._inside = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take in an element that begins, as a parser of XML tells it."""
        match tag.rpartition("}")[2]:
            case "numFmt":
                self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case "cellXfs":
                self._inside = True
            case "xf" if self._inside:
                self.formats.append(attributes.get("numFmtId", "0"))

    def end(self, tag: str) -> None:
        """Take in that an element has ended."""
        if tag.endswith("cellXfs"):
            self._inside = False


def read_styles(text: bytes) -> dict[int, NumberFormat]:
    """Return, by number, the styles whose cells are not shown by their digits.

    Raises ElementTree.ParseError for a part that is no XML.
    """
    if not text:
        return {}
    styles: Any = _Styles()
    parser = ElementTree.XMLParser(target=styles)
    parser.feed(text)
    parser.close()
    known = {number: _format(number, styles.codes) for number in dict.fromkeys(styles.formats)}
    formats = ((at, known[number]) for at, number in enumerate(styles.formats))
    return {at: one for at, one in formats if one is not None}


def _format(number: str, codes: Mapping[str, str]) -> NumberFormat | None:
    at = int(number) if number.isdecimal() else 0
    code = codes.get(number) or _BUILT_IN.get(at, "")
    if not code and at in _DAYS:
        return NumberFormat((Section(Kind.DAY),))
    return read_format(code)


# --- the cells that have them --------------------------------------------------------------------

_WIDTH = 1 << 10  # more than a worksheet may have columns
_STYLES = 1 << 20
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^<>]*)>")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)["']""")
_TEXT = re.compile(rb"""\bt\s*=\s*["'](?:s|str|inlineStr|b|e)["']""")
_STYLE = re.compile(rb"""\bs\s*=\s*["'](\d+)["']""")


class StyledCells:
    """The places of a worksheet's numbers whose style says more than their digits.

    They are kept as numbers in order: a column of a province has 600,000 of them.
    """

    def __init__(self, styles: Mapping[int, NumberFormat]) -> None:
        self.styles = {number: one for number, one in styles.items() if number < _STYLES}
        self._held = array("Q")
        self._ordered = True
        self._row = 0
        either = b"|".join(b"%d" % number for number in self.styles)
        self._tag = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\bs\s*=\s*["'](?:%b)["'][^<>]*>""" % either)

    def look(self, text: bytes, *, placed: bool) -> None:
        """Note the cells of a piece of the worksheet, cut at the ends of rows."""
        if not self.styles:
            return
        if not placed:
            self._count(text)
            return
        for found in self._tag.finditer(text):
            place, style = _PLACE.search(found[0]), _STYLE.search(found[0])
            if place and style and not found[0].endswith(b"/>") and not _TEXT.search(found[0]):
                self._add(int(place[2]), column_number(place[1]), int(style[1]))

    def _add(self, row: int, column: int, style: int) -> None:
        if not 0 < column < _WIDTH or not 0 < row < _STYLES * 2 or style not in self.styles:
            return
        entry = (row * _WIDTH + column) * _STYLES + style
        self._ordered = self._ordered and (not self._held or self._held[-1] < entry)
        self._held.append(entry)

    def _count(self, text: bytes) -> None:
        """Note the cells of a piece in which some cells do not say where they stand."""
        column = 0
        for found in _TAG.finditer(text):
            place, style = _PLACE.search(found[2]), _STYLE.search(found[2])
            if found[1] == b"row":
                self._row = int(place[2]) if place else self._row + 1
                column = 0
                continue
            column = column_number(place[1]) if place else column + 1
            if style and not _TEXT.search(found[2]):
                self._add(self._row, column, int(style[1]))

    def settle(self) -> None:
        """Put the places in order, where the file does not."""
        if not self._ordered:
            self._held, self._ordered = array("Q", sorted(self._held)), True

    def at(self, row: int) -> Iterator[tuple[int, int]]:
        """Yield column, from 1, and style of the cells of a row."""
        held, first = self._held, row * _WIDTH * _STYLES
        at = bisect_left(held, first)
        end = first + _WIDTH * _STYLES
        while at < len(held) and held[at] < end:
            place, style = divmod(held[at], _STYLES)
            yield place % _WIDTH, style
            at += 1

    def __bool__(self) -> bool:
        return bool(self._held)


def column_number(letters: bytes) -> int:
    """Return the number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
