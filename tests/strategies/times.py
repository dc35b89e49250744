"""Conditions of random sets that are about days and moments, or that compare two fields."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from zhunru.checker import resolved as r
from zhunru.vocabulary import Function, TypeName

DAYS = (date(2025, 12, 31), date(2026, 3, 2), date(2026, 6, 15))
MOMENTS = (datetime(2026, 3, 2, 8, 30), datetime(2026, 3, 2, 17, 30), datetime(2026, 6, 15))
# The day that working days are counted from is always given: past the published calendar nobody
# can count, and the plain reading has no word for that.
COUNTED = "来文日期"

DAY = r.Type(TypeName.DATE)
MOMENT = r.Type(TypeName.MOMENT)
NUMBER = r.Type(TypeName.NUMBER)
ORDER = ("<", "<=", ">", ">=", "==", "!=")
_EQUAL = (TypeName.UNIT, TypeName.TEXT)
_COMPARED = (*_EQUAL, TypeName.NUMBER, TypeName.DATE, TypeName.MOMENT)


def near(days: tuple[date, ...], reach: int) -> tuple[date, ...]:
    """Every day at most `reach` days from one of `days`."""
    found = {day + timedelta(days=n) for day in days for n in range(-reach, reach + 1)}
    return tuple(sorted(found))


def around(moments: tuple[datetime, ...]) -> tuple[datetime, ...]:
    """The moments and the minutes beside them."""
    minute = timedelta(minutes=1)
    return tuple(sorted({at + minute * n for at in moments for n in (-1, 0, 1)}))


def a_moment_test(rng: Random, left: r.FieldValue) -> r.RExpr:
    """A moment beside a moment."""
    return r.Test(rng.choice(ORDER), left, r.Const(rng.choice(MOMENTS), MOMENT))


def a_pair_test(rng: Random, fields: list[r.ResolvedField]) -> r.RExpr | None:
    """Two fields of one type beside each other."""
    of = [f for f in fields if f.type.name in _COMPARED]
    pairs = [
        (one, other)
        for one in of
        for other in of
        if one is not other and one.type.name is other.type.name
    ]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    ops = ("==", "!=") if one.type.name in _EQUAL else ORDER
    left, right = (r.FieldValue(f.name, f.type) for f in (one, other))
    return r.Test(rng.choice(ops), left, right)


def a_day_count(rng: Random, fields: list[r.ResolvedField]) -> r.RExpr | None:
    """So many days, or working days, between a day and another; or what kind of day it is."""
    days = [r.FieldValue(f.name, f.type) for f in fields if f.type.name is TypeName.DATE]
    counted = [day for day in days if day.name == COUNTED]
    if counted and rng.random() < 0.3:
        kind = r.Const(Decimal(rng.randrange(3)), NUMBER)
        return r.Test("==", r.Apply(Function.DAYKIND, (counted[0],)), kind)
    if counted and rng.random() < 0.5:
        function, ends = Function.WORKDAYCOUNT, [counted[0], r.Const(rng.choice(DAYS), DAY)]
    elif days:
        other = [*(day for day in days[1:]), r.Const(rng.choice(DAYS), DAY)]
        function, ends = Function.DAYCOUNT, [days[0], rng.choice(other)]
    else:
        return None
    rng.shuffle(ends)
    bound = r.Const(Decimal(rng.randint(-1, 3)), NUMBER)
    return r.Test(rng.choice(ORDER), r.Apply(function, tuple(ends)), bound)
