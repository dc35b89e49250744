"""Tables beside each other, and beside every input asked of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import pytest
from tests.flows.sets import WHISTLE, checked
from tests.strategies.resolved import CATEGORY, COUNT, MANNER, NUMBER, TEXT, a_set

from zhunru.analysis.tables_diff import TableDiff, compare_tables
from zhunru.checker import resolved as r
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.tables import HitConflict
from zhunru.vocabulary import HitPolicy

DAY = date(2026, 3, 2)
HITS = (HitPolicy.FIRST, HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.COLLECT, HitPolicy.COUNT)
INPUTS = (("类别", CATEGORY), ("承担方式", MANNER), ("户数", COUNT))


def a_row(rng: Random) -> r.ResolvedRow:
    category, manner, count = (r.FieldValue(name, kind) for name, kind in INPUTS)
    low, high = sorted(rng.choices(range(4), k=2))
    bounds = [r.Const(Decimal(end), NUMBER) for end in (low, high)]
    tests: list[Any] = [
        r.OneOf(category, frozenset(rng.sample(CATEGORY.values, rng.randint(1, 3)))),
        r.OneOf(manner, frozenset(rng.sample(MANNER.values, rng.randint(1, 2)))),
        rng.choice(
            (
                r.Within(count, bounds[0], bounds[1]),
                r.Every((r.Test(">=", count, bounds[0]), r.Test("<=", count, bounds[1]))),
            )
        ),
    ]
    tests = [test if rng.random() < 0.7 else r.Every(()) for test in tests]
    return r.ResolvedRow(tests=tuple(tests), results=(r.Const(rng.choice("甲乙丙"), TEXT),))


def a_table(rng: Random) -> r.ResolvedTable:
    rows = tuple(a_row(rng) for _ in range(rng.randint(1, 6)))
    return r.ResolvedTable(
        name="表", hit=rng.choice(HITS), inputs=INPUTS, outputs=(("果", TEXT),), orders=((),),
        rows=rows,
    )  # fmt: skip


def altered(rng: Random, table: r.ResolvedTable) -> r.ResolvedTable:
    rows = list(table.rows)
    at = rng.randrange(len(rows))
    change = rng.randrange(4)
    if change == 0:
        rows[at] = a_row(rng)
    elif change == 1 and len(rows) > 1:
        del rows[at]
    elif change == 2:
        rows.insert(at, a_row(rng))
    else:
        rows.reverse()
    return replace(table, rows=tuple(rows))


def pair_of(seed: int) -> tuple[CompiledPolicy, CompiledPolicy]:
    rng = Random(seed)
    checked = a_set(rng)
    table = a_table(rng)
    sets = (table, altered(rng, table))
    old, new = (
        compile_policies(replace(checked, tables={"表": each}, digest=f"{seed}-{at}"))
        for at, each in enumerate(sets)
    )
    return old, new


def results(policy: CompiledPolicy, values: dict[str, Any]) -> Any:
    (found,) = policy.evaluate_table("表", values, DAY).values()
    return "冲突" if isinstance(found, HitConflict) else found


def every_input() -> list[dict[str, Any]]:
    counts = [Decimal(n) for n in range(4)]
    return [
        dict(zip(("类别", "承担方式", "户数"), each, strict=True))
        for each in product(CATEGORY.values, MANNER.values, counts)
    ]


def the_diff(old: CompiledPolicy, new: CompiledPolicy) -> TableDiff | None:
    return next(compare_tables(old, new), None)


@pytest.mark.parametrize("seed", range(150))
def test_tables_differ_where_some_input_shows_it(seed: int) -> None:
    old, new = pair_of(seed)
    found = the_diff(old, new)
    apart = [v for v in every_input() if results(old, v) != results(new, v)]
    if found is None:
        assert not apart
        return
    assert found.undecided is None
    assert found.equivalent == (not apart)
    for result in found.results:
        assert result.inputs is not None  # both tables gave what was said


def test_random_tables_differ_and_are_equivalent() -> None:
    found = [the_diff(*pair_of(seed)) for seed in range(150)]
    assert sum(each is not None and each.equivalent for each in found) > 5
    assert sum(each is not None and not each.equivalent for each in found) > 50


@pytest.mark.parametrize(
    ("limit", "told"),
    [("45 分钟", "45分钟"), ("30 工作小时", "30个工作小时"), ("30 小时", "30小时")],
)
def test_a_length_that_changed_is_told_with_its_measure(limit: str, told: str) -> None:
    assert WHISTLE.count("30 分钟") == 1
    old, new = (
        compile_policies(checked(text)) for text in (WHISTLE, WHISTLE.replace("30 分钟", limit))
    )
    found = the_diff(old, new)
    assert found is not None and found.undecided is None
    (result,) = found.results
    assert result.old.zh == "派哨限为10分钟、到场限为30分钟、调度限为2小时"
    assert result.new.zh == f"派哨限为10分钟、到场限为{told}、调度限为2小时"
    assert result.inputs is not None and result.inputs.zh == "情形为应急处置"
    assert "到场限 is 30 minutes" in result.old.en


def test_of_several_rows_each_length_has_its_measure() -> None:
    several = WHISTLE[: WHISTLE.index("流程")].replace("取 唯一一行", "取 汇集")
    old, new = (
        compile_policies(checked(text))
        for text in (several, several.replace("| 30 分钟", "| 30 小时"))
    )
    found = the_diff(old, new)
    assert found is not None
    assert [each.new.zh for each in found.results] == [
        "派哨限为10分钟、到场限为30小时、调度限为2小时"
    ]


LIMITS = """
表单 来件
  级别 枚举 急、缓
对照表 时限
  | 级别 | → 办理 | → 答复 |
  | 急 | 2 小时 | 1 小时 |
  | 缓 | 24 小时 | 2 小时 |
"""


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("→ 办理", "→ 办结", "两边的栏目不同"),
        ("小时", "工作日", "“办理、答复”一栏两边的类型或者单位不同"),
        ("| → 办理 | → 答复 |", "| → 答复 | → 办理 |", "两边栏目的次序或者入、出不同"),
    ],
)
def test_columns_that_differ_are_told_by_what_differs(before: str, after: str, told: str) -> None:
    old, new = (compile_policies(checked(t)) for t in (LIMITS, LIMITS.replace(before, after)))
    found = the_diff(old, new)
    assert found is not None and found.undecided is not None
    assert found.undecided.zh == told
