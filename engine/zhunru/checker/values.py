"""Types of values: which there are, which may meet, and how they are named to people."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from zhunru.checker.resolved import Const, Type
from zhunru.vocabulary import MEASURES, NUMERIC, TYPES, Measure, TypeName

if TYPE_CHECKING:
    from zhunru.syntax.expressions import Quantity
    from zhunru.syntax.nodes import Field

WORDS = frozenset({TypeName.TEXT, TypeName.CHOICE, TypeName.PERSON, TypeName.MATTER})
SETS = frozenset({TypeName.CHOICES, TypeName.UNITS})

FLAG = Type(TypeName.FLAG)
TEXT = Type(TypeName.TEXT)
DATE = Type(TypeName.DATE)
MOMENT = Type(TypeName.MOMENT)
SPAN = Type(TypeName.SPAN)
UNIT = Type(TypeName.UNIT)
UNITS = Type(TypeName.UNITS)
NUMBER = Type(TypeName.NUMBER)
MATTER = Type(TypeName.MATTER)
# Lengths of time in several units: units never convert, so these only serve as limits.
LENGTH = Type(TypeName.LENGTH)

# What a quotient of like by like comes to: 0.3 is 30%, while 30 of a percentage is 30%.
SHARE = Type(TypeName.RATIO, decimals=6)

_WORDS = TYPES | {TypeName.LENGTH: ("时限", "length of time")}

_HUNDRED = Decimal(100)
_OWN_MEASURE = {TypeName.MONEY: Measure.YUAN, TypeName.RATIO: Measure.PERCENT}


def number(measure: Measure | None, decimals: int = 0) -> Type:
    """Return the type of numbers with this measure."""
    name = {Measure.YUAN: TypeName.MONEY, Measure.PERCENT: TypeName.RATIO}
    return Type(name.get(measure, TypeName.NUMBER) if measure else TypeName.NUMBER, measure,
                decimals=decimals)  # fmt: skip


def like(of: Type, decimals: int) -> Type:
    """Return the type of numbers of the same kind, not bounded."""
    return Type(of.name, of.measure, decimals=decimals)


def is_share(of: Type) -> bool:
    """Tell whether a number is a part of one, as a quotient of like by like is."""
    return of.name is TypeName.RATIO and of.measure is None


def is_percent(of: Type) -> bool:
    """Tell whether a number is so many of a hundred."""
    return of.measure is Measure.PERCENT


def meant_percent(of: Type, number: Decimal) -> str:
    """Return the percentage that a bare number below 1 may be meant for: 30 for 0.3; "": none."""
    unclear = is_percent(of) and 0 < abs(number) < 1
    return f"{(number * 100).normalize():f}" if unclear else ""


def decimals_of(value: Decimal) -> int:
    """Return how many decimals a number is written with."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def quantity(written: Quantity) -> Const:
    """Return the constant that a quantity writes."""
    return _constant(written.value, str(written.value), written.measure)


@lru_cache(maxsize=4_096)
def _constant(value: Decimal, _digits: str, measure: Measure | None) -> Const:
    """Share equal constants; `1` and `1.0` are equal but not written with the same decimals."""
    return Const(value, number(measure, decimals_of(value)))


def field_type(field: Field) -> Type:
    """Return the type that the declaration of a field gives."""
    if field.type not in NUMERIC:
        values = tuple(value.text for value in field.values)
        return Type(field.type, values=values, optional=field.optional)
    low, high = field.low, field.high
    ratio = field.type is TypeName.RATIO
    return Type(
        field.type,
        _OWN_MEASURE.get(field.type) or (low.measure if low and low.measure else None)
        or (high.measure if high else None),
        low=low.value if low else Decimal(0) if ratio else None,
        high=high.value if high else _HUNDRED if ratio else None,
        decimals=_decimals(field),
        optional=field.optional,
    )  # fmt: skip


def _decimals(field: Field) -> int:
    if field.decimals is not None:
        return field.decimals
    return 0 if field.type is TypeName.NUMBER else 2


def same_measure(one: Type, other: Type) -> bool:
    """Tell whether two numbers may be compared or added; a bare number goes with any but %.

    Whether a bare 30 beside a percentage is 30% or 3000% nobody can tell.
    """
    if is_percent(one) != is_percent(other):
        return False
    return one.measure is other.measure or one.measure is None or other.measure is None


def comparable(one: Type, other: Type) -> bool:
    """Tell whether values of the two types may be equal (measures left aside)."""
    if one.name in NUMERIC:
        return other.name in NUMERIC
    if one.name in WORDS:
        return other.name in WORDS
    return one.name is other.name is not TypeName.LENGTH


def joined(one: Type, other: Type) -> Type:
    """Return the type of a value that is of one type or of the other."""
    if one.name in NUMERIC:
        decimals = max(one.decimals, other.decimals)
        if one.measure is other.measure is None and (is_share(one) or is_share(other)):
            return like(SHARE, decimals)
        return number(one.measure or other.measure, decimals)
    if one.name is TypeName.CHOICE and other.name is TypeName.CHOICE:
        return Type(one.name, values=tuple(dict.fromkeys(one.values + other.values)))
    return one if one.name is other.name else TEXT


def named(of: Type, lang: int) -> str:
    """Return how people call a type; `lang` 0 is Chinese, 1 English."""
    word = _WORDS[of.name][lang]
    if of.measure is None or of.name is not TypeName.NUMBER:
        return word
    measure = MEASURES[of.measure][lang][0].removeprefix("个")
    return f"{word}({measure})" if lang == 0 else f"{word} in {measure}"


def unit_of(of: Type, lang: int) -> str:
    """Return the word of the measure of a type."""
    if of.name is TypeName.LENGTH:
        return "a mix of units" if lang else "几种单位混写"
    return measured(of.measure, lang)


def measured(measure: Measure | None, lang: int) -> str:
    """Return the word of a measure."""
    if measure is None:
        return "" if lang else "无单位"
    return MEASURES[measure][lang][0]


def as_number(value: Any) -> Fraction | None:
    """Return a number as a fraction, a day as its ordinal, a moment with its part of that day.

    None for anything else.
    """
    if isinstance(value, Decimal):
        return Fraction(value)
    if isinstance(value, datetime):
        return value.toordinal() + Fraction(value.hour * 60 + value.minute, 1440)
    return Fraction(value.toordinal()) if isinstance(value, date) else None


def from_number(kind: TypeName, number: Fraction) -> Any:
    """Return the value of a kind that a fraction stands for: the reverse of `as_number`."""
    if kind is TypeName.DATE:
        return date.fromordinal(int(number))
    if kind is TypeName.MOMENT:
        day, part = divmod(number, 1)
        hour, minute = divmod(int(part * 1440), 60)
        return datetime.combine(date.fromordinal(int(day)), time(hour, minute))
    return Decimal(number.numerator) / Decimal(number.denominator)
