"""Overlaps, gaps and hidden rows of random tables beside brute force, and beside z3."""

from __future__ import annotations

import itertools
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from zhunru.checker import resolved as r
from zhunru.checker.belonging import Belonging
from zhunru.checker.regions import Box, Piece, Regions, cells_of
from zhunru.checker.table_regions import TableRegions
from zhunru.syntax.nodes import Period
from zhunru.vocabulary import HitPolicy, TypeName

NOBODY = Belonging({}, {})


# --- boxes -------------------------------------------------------------------------------------


def random_boxes(rng: Random, sizes: list[int], count: int) -> list[Box]:
    def cells(size: int) -> int:
        if rng.random() < 0.3:
            return (1 << size) - 1
        if rng.random() < 0.5:
            low = rng.randrange(size)
            return ((1 << (rng.randrange(low, size) + 1)) - 1) & ~((1 << low) - 1)
        return rng.randrange(1, 1 << size)

    return [tuple(cells(size) for size in sizes) for _ in range(count)]


def meets(box: Box, case: tuple[int, ...]) -> bool:
    return all(cells >> at & 1 for cells, at in zip(box, case, strict=True))


def cases(sizes: list[int]) -> list[tuple[int, ...]]:
    return list(itertools.product(*(range(size) for size in sizes)))


def box_difference(seed: int) -> str | None:
    rng = Random(seed)
    sizes = [rng.randint(1, 4) for _ in range(rng.randint(1, 4))]
    boxes = random_boxes(rng, sizes, rng.randint(0, 8))
    regions = Regions(sizes, [Piece(at, box) for at, box in enumerate(boxes)])
    pairs = {(one, other) for one, other, _ in regions.overlaps()}
    wanted = {
        (a, b)
        for a, b in itertools.combinations(range(len(boxes)), 2)
        if all(x & y for x, y in zip(boxes[a], boxes[b], strict=True))
    }
    if pairs != wanted:
        return f"pairs {pairs} but {wanted}: {sizes} {boxes}"
    unmet = {case for case in cases(sizes) if not any(meets(box, case) for box in boxes)}
    gaps = regions.gaps()
    if {case for case in cases(sizes) if any(meets(gap, case) for gap in gaps)} != unmet:
        return f"gaps {gaps}: {sizes} {boxes}"
    for at, box in enumerate(boxes):
        left = [
            c for c in cases(sizes) if meets(box, c) and not any(meets(b, c) for b in boxes[:at])
        ]
        if regions.hidden(at, lambda other, at=at: other < at) != (not left):
            return f"hidden {at}: {sizes} {boxes}"
    return None


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_boxes_are_as_all_their_cases(first: int) -> None:
    for seed in range(first, first + 100):
        assert box_difference(seed) is None


@pytest.mark.slow
def test_ten_thousand_tables_are_as_all_their_cases() -> None:
    for seed in range(10_000):
        assert box_difference(seed) is None


# --- tables as the checker reads them ----------------------------------------------------------

GRADE = r.Type(TypeName.CHOICE, values=("甲", "乙", "丙"))
FLAG = r.Type(TypeName.FLAG)
COUNT = r.Type(TypeName.NUMBER, low=Decimal(0), high=Decimal(6))
PRICE = r.Type(TypeName.MONEY, low=Decimal(0), high=Decimal(2), decimals=1)
MAYBE = r.Type(TypeName.NUMBER, low=Decimal(0), high=Decimal(3), optional=True)
COLUMNS = (("等级", GRADE), ("到位", FLAG), ("户数", COUNT), ("金额", PRICE), ("人数", MAYBE))
TEXT = r.Type(TypeName.TEXT)
DAYS = [date(2026, 1, 1) + timedelta(at) for at in range(8)]
BAND = "户数线"  # its values hang on the day
HITS = (HitPolicy.FIRST, HitPolicy.UNIQUE, HitPolicy.PRIORITY, HitPolicy.EACH)


def parameters(rng: Random) -> dict[str, r.ResolvedParameter]:
    """Return a band that has other ends from some day on, and may end."""
    begun = sorted(rng.sample(DAYS[:6], 2))
    ends = [sorted(Decimal(rng.randint(0, 6)) for _ in range(2)) for _ in begun]
    values = tuple((day, low, high) for day, (low, high) in zip(begun, ends, strict=True))
    end = rng.choice([None, None, *DAYS[-2:]])
    return {BAND: r.ResolvedParameter(name=BAND, type=COUNT, values=values, end=end)}


def values(kind: r.Type) -> list[Any]:
    if kind.name is TypeName.CHOICE:
        return list(kind.values)
    if kind.name is TypeName.FLAG:
        return [True, False]
    assert kind.low is not None
    assert kind.high is not None
    step = Decimal(1).scaleb(-kind.decimals)
    found: list[Any] = [kind.low + step * n for n in range(int((kind.high - kind.low) / step) + 1)]
    return [*found, r.NOTHING] if kind.optional else found


def a_test(rng: Random, name: str, kind: r.Type, depth: int = 1) -> r.RExpr:
    left = r.FieldValue(name, kind)
    roll = rng.random()
    if roll < 0.2:
        return r.Every(())
    if depth and roll < 0.4:
        parts = tuple(a_test(rng, name, kind, 0) for _ in range(2))
        return rng.choice((r.Some(parts), r.Every(parts), r.Inverse(parts[0])))
    if kind.optional and roll < 0.5:
        return r.Test(rng.choice(("==", "!=")), left, r.Const(r.NOTHING, kind))
    if kind.name is TypeName.FLAG:
        return r.Test("==", left, r.Const(rng.random() < 0.5, FLAG))
    if kind.name is TypeName.CHOICE:
        if roll < 0.7:
            return r.OneOf(left, frozenset(rng.sample(kind.values, rng.randint(1, 2))))
        return r.Test(rng.choice(("==", "!=")), left, r.Const(rng.choice(kind.values), kind))
    points: list[r.RExpr] = [r.Const(Decimal(rng.randint(-2, 14)) / 2, kind) for _ in range(2)]
    if kind is COUNT and rng.random() < 0.3:
        points = [r.ParameterOf(BAND, kind, "low"), r.ParameterOf(BAND, kind, "high")]
    if roll < 0.6:
        return r.Within(left, *points)
    return r.Test(rng.choice(("==", "!=", "<", "<=", ">", ">=")), left, points[0])


def a_table(rng: Random, hit: HitPolicy, rows: int) -> r.ResolvedTable:
    columns = tuple(rng.sample(COLUMNS, rng.randint(1, 3)))
    made = tuple(
        r.ResolvedRow(
            tests=tuple(a_test(rng, name, kind) for name, kind in columns),
            results=(r.Const(rng.choice("一二"), TEXT),),
        )
        for _ in range(rows)
    )
    order = tuple(rng.sample("一二三", rng.randint(0, 3)))
    return r.ResolvedTable(
        name="表", hit=hit, inputs=columns, outputs=(("结果", TEXT),), orders=(order,), rows=made
    )


def on_day(test: r.RExpr, world: dict[str, r.ResolvedParameter], day: date) -> r.RExpr:
    """The same cell with what a parameter is on the day; never met where it has no value."""
    match test:
        case r.Every(operands):
            return r.Every(tuple(on_day(each, world, day) for each in operands))
        case r.Some(operands):
            return r.Some(tuple(on_day(each, world, day) for each in operands))
        case r.Inverse(operand):
            return r.Inverse(on_day(operand, world, day))
        case r.Test(op, left, r.ParameterOf() as right):
            value = worth(right, world, day)
            return r.Some(()) if value is None else r.Test(op, left, r.Const(value, COUNT))
        case r.Within(left, r.ParameterOf() as low, r.ParameterOf() as high):
            ends = [worth(end, world, day) for end in (low, high)]
            known = (r.Const(end, COUNT) for end in ends)
            return r.Some(()) if None in ends else r.Within(left, *known)
    return test


def worth(of: r.ParameterOf, world: dict[str, r.ResolvedParameter], day: date) -> Decimal | None:
    parameter = world[of.name]
    begun = [each for each in parameter.values if each[0] <= day]
    if not begun or (parameter.end is not None and day > parameter.end):
        return None
    return begun[-1][1] if of.end == "low" else begun[-1][2]


def holds(test: r.RExpr, value: Any) -> bool:
    """The meaning of a cell, word for word."""
    match test:
        case r.Every(operands):
            return all(holds(each, value) for each in operands)
        case r.Some(operands):
            return any(holds(each, value) for each in operands)
        case r.Inverse(operand):
            return not holds(operand, value)
        case r.Test(op, _, r.Const(constant)) if constant is r.NOTHING:
            return (value is r.NOTHING) == (op == "==")
        case r.OneOf(_, listed):
            return value in listed
        case r.Within(_, r.Const(low), r.Const(high)):
            return value is not r.NOTHING and low <= value <= high
        case r.Test(op, _, r.Const(constant)):
            if value is r.NOTHING:
                return False
            compared = {
                "==": value == constant, "!=": value != constant,
                **({} if isinstance(value, str | bool) else {
                    "<": value < constant, "<=": value <= constant,
                    ">": value > constant, ">=": value >= constant}),
            }  # fmt: skip
            return compared[op]
    raise AssertionError(test)


def table_difference(seed: int) -> str | None:
    rng = Random(seed)
    table = a_table(rng, rng.choice(HITS), rng.randint(1, 6))
    world = parameters(rng)
    life = Period(DAYS[rng.randint(0, 2)], rng.choice([None, DAYS[-1]]))
    met: dict[tuple[Any, ...], list[int]] = {}
    days = [day for day in DAYS if life.holds(day)]
    for day in days if BAND in str(table) else days[:1]:
        rows = [[on_day(test, world, day) for test in row.tests] for row in table.rows]
        for case in itertools.product(*(values(kind) for _, kind in table.inputs)):
            met[day, *case] = [
                at
                for at, tests in enumerate(rows)
                if all(holds(test, value) for test, value in zip(tests, case, strict=True))
            ]
    found = TableRegions(table, life, world, NOBODY)
    pairs = {pair for rows in met.values() for pair in itertools.combinations(rows, 2)}
    unmet = set(range(len(table.rows))) - set().union(*met.values())
    checks = {
        "pairs": ({(a, b) for a, b, _ in found.overlaps()}, pairs),
        "gaps": (bool(found.gaps), any(not rows for rows in met.values())),
        "never met": (set(found.never_met()), unmet),
        "hidden": (set(found.hidden()), hidden_rows(table, met) - unmet),
    }
    wrong = {name: pair for name, pair in checks.items() if pair[0] != pair[1]}
    return f"seed {seed}: {wrong} {table} {world} {life}" if wrong else None


def hidden_rows(table: r.ResolvedTable, met: dict[tuple[Any, ...], list[int]]) -> set[int]:
    """The rows that are never the one taken; where a case has no one row, none is hidden."""
    if table.hit not in (HitPolicy.FIRST, HitPolicy.PRIORITY):
        return set()
    (order,) = table.orders

    def place(at: int) -> tuple[int, int]:
        (result,) = table.rows[at].results
        assert isinstance(result, r.Const)
        listed = table.hit is HitPolicy.PRIORITY and result.value in order
        return (order.index(result.value) if listed else len(order), at)

    taken = {min(rows, key=place) for rows in met.values() if rows}
    return set(range(len(table.rows))) - taken


def test_tables_are_as_all_their_cases() -> None:
    for seed in range(300):
        assert table_difference(seed) is None


@pytest.mark.slow
def test_ten_thousand_written_tables_are_as_all_their_cases() -> None:
    for seed in range(10_000):
        assert table_difference(seed) is None


def test_a_gap_is_told_as_people_would() -> None:
    left = r.FieldValue("户数", COUNT)
    rows = tuple(
        r.ResolvedRow(
            tests=(r.Test(op, left, r.Const(Decimal(n), COUNT)),), results=(r.Const("一", TEXT),)
        )
        for op, n in (("<", 2), (">", 4))
    )
    table = r.ResolvedTable(
        name="表", hit=HitPolicy.FIRST, inputs=(("户数", COUNT),), outputs=(("结果", TEXT),),
        orders=((),), rows=rows,
    )  # fmt: skip
    (gap,) = TableRegions(table, Period(), {}, NOBODY).gaps
    assert gap.told() == ("户数不少于2且不超过4", "户数 is at least 2 and is at most 4")


@pytest.mark.parametrize(
    ("kind", "ends", "told"),
    [
        (
            TypeName.MOMENT,
            (datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 12, 30)),
            "在2026-03-02 09:00以后且在2026-03-02 12:30以前",
        ),
        (
            TypeName.DATE,
            (date(2026, 3, 2), date(2026, 3, 5)),
            "在2026-03-02以后且在2026-03-05以前",
        ),
    ],
)
def test_a_gap_between_days_or_moments_is_told_as_such(
    kind: TypeName, ends: tuple[date, date], told: str
) -> None:
    type_ = r.Type(kind)
    left = r.FieldValue("到达", type_)
    rows = tuple(
        r.ResolvedRow(
            tests=(r.Test(op, left, r.Const(end, type_)),), results=(r.Const("一", TEXT),)
        )
        for op, end in zip(("<", ">"), ends, strict=True)
    )
    table = r.ResolvedTable(
        name="表", hit=HitPolicy.FIRST, inputs=(("到达", type_),), outputs=(("结果", TEXT),),
        orders=((),), rows=rows,
    )  # fmt: skip
    (gap,) = TableRegions(table, Period(), {}, NOBODY).gaps
    assert gap.told().zh == f"到达{told}"


@pytest.mark.parametrize(
    ("kind", "op", "last"),
    [
        (TypeName.DATE, "<=", date.max),
        (TypeName.DATE, ">=", date.min),
        (TypeName.MOMENT, "<=", datetime(9999, 12, 31, 23, 59)),
        (TypeName.MOMENT, ">=", datetime(1, 1, 1)),
    ],
)
def test_no_day_lies_behind_the_last_one_or_before_the_first(
    kind: TypeName, op: Any, last: date
) -> None:
    type_ = r.Type(kind)
    test = r.Test(op, r.FieldValue("到达", type_), r.Const(last, type_))
    table = r.ResolvedTable(
        name="表", hit=HitPolicy.FIRST, inputs=(("到达", type_),), outputs=(("结果", TEXT),),
        orders=((),), rows=(r.ResolvedRow(tests=(test,), results=(r.Const("一", TEXT),)),),
    )  # fmt: skip
    assert TableRegions(table, Period(), {}, NOBODY).gaps == []


def test_a_gap_of_some_days_is_told_with_them() -> None:
    left = r.FieldValue("户数", COUNT)
    line = r.ParameterOf(BAND, COUNT)
    most = r.Test("<=", left, line)
    rows = (r.ResolvedRow(tests=(most,), results=(r.Const("一", TEXT),)),)
    values = tuple((day, Decimal(n), None) for day, n in zip(DAYS, (6, 5, 6, 4), strict=False))
    world = {BAND: r.ResolvedParameter(name=BAND, type=COUNT, values=values)}
    table = r.ResolvedTable(
        name="表", hit=HitPolicy.FIRST, inputs=(("户数", COUNT),), outputs=(("结果", TEXT),),
        orders=((),), rows=rows,
    )  # fmt: skip
    told = [gap.told() for gap in TableRegions(table, Period(DAYS[0]), world, NOBODY).gaps]
    assert told == [
        ("日期在2026-01-04至、户数不少于5", "日期 within 2026-01-04.., 户数 is at least 5"),
        ("日期在2026-01-02至2026-01-02、户数为6",
         "日期 within 2026-01-02..2026-01-02, 户数 is 6"),
    ]  # fmt: skip


# --- z3 ----------------------------------------------------------------------------------------


def z3_difference(seed: int) -> str | None:
    z3 = pytest.importorskip("z3")
    rng = Random(seed)
    sizes = [rng.randint(2, 12) for _ in range(rng.randint(3, 6))]
    boxes = random_boxes(rng, sizes, rng.randint(5, 30))
    columns = [z3.Int(f"c{at}") for at in range(len(sizes))]

    def row(box: Box) -> Any:
        pairs = zip(columns, box, strict=True)
        return z3.And(*(z3.Or(*(c == cell for cell in cells_of(cells))) for c, cells in pairs))

    solver = z3.Solver()
    solver.add(*(z3.And(c >= 0, c < size) for c, size in zip(columns, sizes, strict=True)))
    solver.add(z3.Not(z3.Or(*map(row, boxes))))
    gaps = Regions(sizes, [Piece(at, box) for at, box in enumerate(boxes)]).gaps()
    if (solver.check() == z3.sat) != bool(gaps):
        return f"seed {seed}: {gaps}"
    solver.add(z3.Not(z3.Or(*map(row, gaps))))
    return None if solver.check() == z3.unsat else f"seed {seed}: more gaps than {gaps}"


def test_mid_size_tables_are_as_z3_says() -> None:
    assert [z3_difference(seed) for seed in range(6)] == [None] * 6


@pytest.mark.slow
def test_hundreds_of_mid_size_tables_are_as_z3_says() -> None:
    for seed in range(300):
        assert z3_difference(seed) is None


# --- time --------------------------------------------------------------------------------------


def split_table(rng: Random, rows: int, columns: int) -> tuple[list[int], list[Box]]:
    """Rows that together meet every case once, then one in a hundred lost and one widened."""
    sizes = [40 if at % 2 else 6 for at in range(columns)]
    boxes: list[Box] = [tuple((1 << size) - 1 for size in sizes)]
    while len(boxes) < rows:
        at, column = rng.randrange(len(boxes)), rng.randrange(columns)
        box, cells = boxes[at], list(cells_of(boxes[at][column]))
        if len(cells) > 1:
            part = cells[: rng.randrange(1, len(cells))]
            left = sum(1 << cell for cell in part)
            boxes[at] = (*box[:column], left, *box[column + 1 :])
            boxes.append((*box[:column], box[column] & ~left, *box[column + 1 :]))
    rng.shuffle(boxes)
    kept = [box for box in boxes if rng.random() > 0.01]
    for at in range(0, len(kept), 100):
        kept[at] = (*kept[at][:-1], (1 << sizes[-1]) - 1)
    return sizes, kept


@pytest.mark.parametrize(("rows", "columns", "seconds"), [(1500, 7, 0.5), (5000, 12, 3.0)])
def test_large_tables_are_answered_in_time(rows: int, columns: int, seconds: float) -> None:
    sizes, boxes = split_table(Random(rows), rows, columns)
    best = seconds * 10
    for _ in range(3):  # the machine may be busy with something else
        start = time.process_time()
        regions = Regions(sizes, [Piece(at, box) for at, box in enumerate(boxes)])
        overlaps, gaps = list(regions.overlaps()), regions.gaps()
        best = min(best, time.process_time() - start)
    assert overlaps
    assert gaps
    assert best < seconds
