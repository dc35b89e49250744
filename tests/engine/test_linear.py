"""Where tests of numbers and days turn: wherever walking finds that one turns, a threshold is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.oracle.expressions import World, value_of

from zhunru.checker import resolved as r
from zhunru.checker.values import DATE, NUMBER
from zhunru.compiler.linear import Analyst, Turns
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import Function, TypeName
from zhunru.worktime import published_calendar

FLAG = r.FieldValue("旗", r.Type(TypeName.FLAG))
OPS = ("==", "!=", ">=", "<=", ">", "<")
WALK = [Fraction(n, 2) for n in range(-40, 41)]


def turns_of(*atoms: r.Test | r.Within) -> Turns:
    model = SimpleNamespace(calendar=published_calendar())
    known = lambda expr: expr.value if isinstance(expr, r.Const) else UNKNOWN  # noqa: E731
    analyst = Analyst(cast("Any", model), known, lambda _: True)
    for atom in atoms:
        analyst.read(atom)
    return analyst.turns


def truth(atom: r.RExpr, **fields: Any) -> bool:
    world = World(cast("Any", None), (), date(2026, 3, 2), {"旗": False, **fields})
    return value_of(world, atom) is True


def number(value: Any) -> r.Const:
    return r.Const(Decimal(value), NUMBER)


def a_number(random: Random, names: tuple[str, ...], depth: int) -> r.RExpr:
    """Return an expression that is linear wherever the flag and what is greatest are settled."""
    if depth == 0 or random.random() < 0.15:
        if random.random() < 0.6:
            return r.FieldValue(random.choice(names), NUMBER)
        return number(random.randint(-9, 9))
    parts = [a_number(random, names, depth - 1) for _ in range(3)]
    some = number(random.choice((-3, -2, 2, 4)))
    return random.choice([
        lambda: r.Compute(random.choice("+-"), parts[0], parts[1]),
        lambda: r.Compute("*", *random.sample([parts[0], some], 2)),
        lambda: r.Compute("/", parts[0], some),
        lambda: r.Choose(FLAG, parts[0], parts[1]),
        lambda: r.Apply(random.choice([Function.MAX, Function.MIN]),
                        tuple(parts[: random.randint(2, 3)])),
    ])()  # fmt: skip


def a_test(random: Random, names: tuple[str, ...], depth: int) -> r.Test | r.Within:
    sides = [a_number(random, names, at) for at in (depth, 1, 0)]
    if random.random() < 0.3:
        return r.Within(sides[0], sides[1], sides[2])
    return r.Test(random.choice(OPS), sides[0], sides[1])  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
def test_tests_of_one_number_turn_at_thresholds_alone(seed: int) -> None:
    random, seen = Random(seed), 0
    for _ in range(80):
        atom = a_test(random, ("数",), random.randint(1, 3))
        turns = turns_of(atom)
        assert not turns.opaque and not turns.distances
        points = turns.points.get("数", set())
        for flag in (False, True):
            walked = [truth(atom, 数=at, 旗=flag) for at in WALK]
            for (one, here), (other, there) in pairwise(zip(WALK, walked, strict=True)):
                if here is not there:
                    seen += 1
                    assert any(one <= point <= other for point in points), (atom, one)
    assert seen > 60


def test_tests_of_two_numbers_turn_at_thresholds_and_distances_alone() -> None:
    random, seen = Random(7), 0
    for _ in range(90):
        atom = a_test(random, ("甲", "乙"), random.randint(1, 2))
        turns = turns_of(atom)
        if turns.opaque:  # such as the sum of the two
            continue
        points = turns.points.get("甲", set())
        gaps = turns.distances.get(frozenset(("甲", "乙")), set())
        for fixed in (Fraction(-3), Fraction(5, 2)):
            walked = [truth(atom, 甲=at, 乙=fixed) for at in WALK]
            for (one, here), (other, there) in pairwise(zip(WALK, walked, strict=True)):
                if here is not there:
                    seen += bool(gaps)
                    reached = {sign * gap + fixed for gap in gaps for sign in (1, -1)} | points
                    assert any(one <= point <= other for point in reached), (atom, one, fixed)
    assert seen > 10


@pytest.mark.parametrize("op", ["+", "*", "/"])
def test_what_is_not_linear_is_not_taken_for_it(op: Any) -> None:
    one, other = r.FieldValue("甲", NUMBER), r.FieldValue("乙", NUMBER)
    assert turns_of(r.Test(">", r.Compute(op, one, other), number(6))).opaque == {"甲", "乙"}
    rounded = r.Apply(Function.ROUND, (one,))
    for about in (rounded, r.Apply(Function.MAX, (rounded, number(2)))):
        assert turns_of(r.Test(">", about, number(6))).opaque == {"甲"}


@pytest.mark.parametrize("unknown", [0, 1])
def test_tests_of_days_turn_at_thresholds_alone(unknown: int) -> None:
    random, field = Random(unknown), r.FieldValue("日", DATE)
    days = [date(2026, 4, 20) + timedelta(n) for n in range(60)]
    for _ in range(8):
        args: list[r.RExpr] = [r.Const(random.choice(days), DATE)]
        args.insert(unknown, field)
        function = random.choice((Function.WORKDAYCOUNT, Function.DAYCOUNT))
        sides: list[r.RExpr] = [r.Apply(function, tuple(args)), number(random.randint(-30, 30))]
        random.shuffle(sides)
        atom = r.Test(random.choice(OPS), *sides)  # type: ignore[arg-type]
        turns = turns_of(atom)
        assert not turns.opaque
        walked = [(Fraction(day.toordinal()), truth(atom, 日=day)) for day in days]
        for (one, here), (other, there) in pairwise(walked):
            if here is not there:
                assert any(one <= point <= other for point in turns.points["日"]), (atom, one)


def test_a_kind_of_day_turns_with_the_calendar_unless_the_day_is_known() -> None:
    for day, kinds in (
        (r.FieldValue("日", DATE), {"日"}),
        (r.Const(date(2026, 5, 1), DATE), set()),
    ):
        turns = turns_of(r.Test("==", r.Apply(Function.DAYKIND, (day,)), number(2)))
        assert (turns.kinds, turns.points, turns.opaque) == (kinds, {}, set())
