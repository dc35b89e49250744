"""Checks against filling in every blank, scores against fractions, matchings against trying."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measures.sets import DAY, policy, reviewed
from tests.strategies.effort import examples

from zhunru.checker.resolved_measures import Spell
from zhunru.measures import Rows, assess, match
from zhunru.measures.counting import first_day, months_before, most_in_a_run, period_start
from zhunru.vocabulary import Measure

COMMUNITIES = ("甲社区", "乙社区", "丙社区")
FAR = date(2024, 1, 1)

# --- checks: a blank is whatever it could be -------------------------------------------------------

COUNTED = """
台账 走访
  社区 单位
  日期 日期
  见到 是否
核查 走访 每个 社区 应当 有 {low} 至 {high} 次 走访 凡 见到 近 30 日
"""
ROW = st.fixed_dictionaries(
    {"社区": st.sampled_from(COMMUNITIES)},
    optional={
        "日期": st.sampled_from([DAY, DAY - timedelta(29), DAY - timedelta(30), FAR]),
        "见到": st.booleans(),
    },
)


def filled(row: dict[str, Any]) -> Iterator[tuple[bool, bool]]:
    """Yield every way in which a row may lie in the time and be one that counts."""
    inside = [DAY - timedelta(30) < row["日期"] <= DAY] if "日期" in row else [True, False]
    seen = [row["见到"]] if "见到" in row else [True, False]
    yield from product(inside, seen)


def plainly(rows: list[dict[str, Any]], community: str, low: int, high: int) -> str:
    own = [list(filled(row)) for row in rows if row["社区"] == community]
    outcomes = {
        low <= sum(inside and seen for inside, seen in chosen) <= high for chosen in product(*own)
    }
    return "unsure" if len(outcomes) == 2 else "met" if True in outcomes else "not met"


@examples(60)
@given(st.lists(ROW, max_size=6), st.integers(0, 2), st.integers(0, 2))
def test_a_count_is_told_just_where_every_way_of_filling_blanks_agrees(
    rows: list[dict[str, Any]], low: int, more: int
) -> None:
    done = reviewed(COUNTED.format(low=low, high=low + more), 走访=rows)
    told = {each.subjects[0]: "unsure" if each.unsure else "not met" for each in done.findings}
    assert [told.get(each, "met") for each in COMMUNITIES] == [
        plainly(rows, each, low, low + more) for each in COMMUNITIES
    ]


SUMS = """
台账 项目
  社区 单位
  金额 数值 0 至 100
核查 合计 每个 社区 应当 合计(金额 于 项目) 不超过 {most}
核查 平均 每个 社区 应当 平均(项目) 不超过 {most}
核查 最高 每个 社区 应当 最高(金额 于 项目) 不超过 {most}
核查 占比 每个 社区 应当 占比(项目 其中 金额 超过 10) 不超过 {most}
"""


def mean(values: list[int]) -> Fraction:
    return Fraction(sum(values), len(values))


@examples(50)
@given(
    st.lists(st.tuples(st.sampled_from(COMMUNITIES), st.integers(0, 100)), max_size=8),
    st.integers(0, 100),
)
def test_sums_means_and_shares_are_exact(rows: list[tuple[str, int]], most: int) -> None:
    given_rows = [{"社区": unit, "金额": Decimal(value)} for unit, value in rows]
    compiled = policy(SUMS.format(most=most))
    from zhunru.measures import review

    for done in review(Rows(compiled, DAY, {"项目": given_rows})):
        fails = {each.subjects[0] for each in done.findings if not each.unsure}
        for unit in COMMUNITIES:
            values = [value for each, value in rows if each == unit]
            if not values and done.check != "合计":
                continue
            found: Any = {
                "合计": lambda v: sum(v),
                "平均": mean,
                "最高": max,
                "占比": lambda v: Fraction(100 * sum(one > 10 for one in v), len(v)),
            }[done.check](values)
            assert (unit in fails) is (found > most), (done.check, unit)


# --- time ------------------------------------------------------------------------------------------

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(DAYS, st.integers(1, 40))
def test_so_many_months_before_is_the_same_day_or_the_last_of_its_month(day: date, n: int) -> None:
    before = months_before(day, n)
    assert (day.year * 12 + day.month) - (before.year * 12 + before.month) == n
    assert before.day == day.day or (before.day < day.day and (before + timedelta(1)).day == 1)


@given(DAYS, st.sampled_from([1, 3, 6, 12, 60]))
def test_a_period_begins_with_a_month_and_holds_its_day(day: date, months: int) -> None:
    start = period_start(day, months)
    assert start.day == 1 and start <= day
    assert (start.year * 12 + start.month - 1) % months == 0
    assert (day.year - start.year) * 12 + day.month - start.month < months


@given(DAYS, st.integers(1, 400))
def test_the_past_so_many_days_are_so_many(day: date, length: int) -> None:
    spell = Spell("past", "日期", length, Measure.DAY)
    assert (day - first_day(spell, day)).days + 1 == length


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 10))
def test_the_fullest_run_of_days_is_found(offsets: list[int], length: int) -> None:
    days = [DAY + timedelta(one) for one in offsets]
    windows = [sum(first <= one < first + length for one in offsets) for first in range(-10, 50)]
    assert most_in_a_run(days, length) == max(windows)


# --- scores ----------------------------------------------------------------------------------------

CARD = """
评价 考评 对象 社区 每年
  评分人 居民 样本 不少于 {sample} 份
  指标 甲 权重 {first}%
  类 乙 权重 {second}%
    指标 丙 满分 10 分
    指标 丁 满分 30 分
  等次 优秀 不低于 80, 合格 不低于 50, 其余 不合格
  名次 前 1{standard} 推荐 和谐社区
"""
# What a recommendation asks besides the rank, and the points that this is.
STANDARDS = {"": 0, " 且 等次 不低于 优秀": 80, " 且 不低于 50": 50}
FULL = {"甲": 100, "丙": 10, "丁": 30}
RATINGS = st.lists(
    st.tuples(
        st.sampled_from(COMMUNITIES),
        st.sampled_from(sorted(FULL)),
        st.integers(-1, 31),
        st.sampled_from(["居民", "部门"]),
    ),
    max_size=30,
)


def total_of(unit: str, ratings: list[tuple[str, str, int, str]], first: int, sample: int) -> Any:
    """Return the total as a fraction, by the sentence of the card alone."""
    scores: dict[str, Fraction] = {}
    for name, full in FULL.items():
        own = [s for u, n, s, r in ratings if (u, n, r) == (unit, name, "居民") and 0 <= s <= full]
        if len(own) < sample:
            return None
        scores[name] = Fraction(sum(own), len(own)) / full * 100
    inner = scores["丙"] * Fraction(10, 40) + scores["丁"] * Fraction(30, 40)
    return (scores["甲"] * first + inner * (100 - first)) / 100


@examples(60)
@given(RATINGS, st.integers(1, 99), st.integers(1, 2), st.sampled_from(sorted(STANDARDS)))
def test_a_score_is_what_fractions_make_of_the_ratings(
    ratings: list[tuple[str, str, int, str]], first: int, sample: int, standard: str
) -> None:
    text = CARD.format(first=first, second=100 - first, sample=sample, standard=standard)
    sheet = [
        {"对象": unit, "指标": name, "得分": Decimal(score), "评分人": rater}
        for unit, name, score, rater in ratings
    ]
    done = assess(Rows(policy(text), DAY, {}), "考评", sheet)
    wanted = {unit: total_of(unit, ratings, first, sample) for unit in COMMUNITIES}
    for one in done.scored:
        want = wanted[one.subject]
        assert (one.total is None) is (want is None)
        if one.total is None or want is None:
            assert (one.grade, one.rank, one.recommended) == ("", 0, "")
            continue
        assert abs(Fraction(one.total) - want) < Fraction(1, 10**20)
        assert one.grade == ("优秀" if want >= 80 else "合格" if want >= 50 else "不合格")
        assert one.rank == 1 + sum(other > want for other in wanted.values() if other is not None)
        settled = None not in wanted.values()
        reached = want >= STANDARDS[standard]
        assert bool(one.recommended) is (settled and one.rank == 1 and reached)
        assert sum(Fraction(step.points or 0) for step in one.steps) == Fraction(one.total)


COMPUTED = """
台账 打分
  社区 单位
  得分 数值
评价 算分 对象 社区
  指标 总数 = 合计(得分 于 打分) 权重 60% 满分 {full} 分
  类 其余 权重 40%
    指标 均数 = 平均(得分 于 打分)
"""
MARKS = st.lists(st.tuples(st.sampled_from(COMMUNITIES), st.integers(-90, 190)), max_size=7)


@examples(50)
@given(MARKS, st.sampled_from((50, 100, 250)))
def test_what_is_computed_from_rows_is_held_between_nothing_and_full_marks(
    marks: list[tuple[str, int]], full: int
) -> None:
    rows = [{"社区": unit, "得分": Decimal(mark)} for unit, mark in marks]
    done = assess(Rows(policy(COMPUTED.format(full=full)), DAY, {"打分": rows}), "算分")
    for one in done.scored:
        own = [mark for unit, mark in marks if unit == one.subject]
        total, rest = one.steps
        if not own:
            assert (one.total, rest.lacking, rest.steps[0].score) == (None, "均数", None)
            continue
        whole, even = Fraction(100 * sum(own), full), mean(own)
        held = [min(max(each, Fraction(0)), Fraction(100)) for each in (whole, even)]
        points = held[0] * Fraction(60, 100) + held[1] * Fraction(40, 100)
        assert one.total is not None
        assert abs(Fraction(one.total) - points) < Fraction(1, 10**20)
        for step, exact, kept in ((total, whole, held[0]), (rest.steps[0], even, held[1])):
            assert (" 计，" in step.zh, "counted as" in step.en) == (exact != kept,) * 2, step.zh


# --- matchings -------------------------------------------------------------------------------------

MATCHING = """
台账 需求
  编号 文本
  社区 文本
  急 是否
台账 资源
  名称 文本
  社区 文本
  余量 数值 0 至 5
台账 项目
  编号 文本
配对 对接 需求 与 资源 产生 项目
  当 社区 相同{}
  先后 急
"""
STOCK = " 且 余量 不少于 1"
PLACES = st.sampled_from(("A", "B", None))
NEEDS = st.lists(st.tuples(PLACES, st.booleans()), max_size=6)
RESOURCES = st.lists(st.tuples(PLACES, st.integers(0, 3)), max_size=4)


def at(place: str | None) -> dict[str, Any]:
    return {} if place is None else {"社区": place}


@examples(80)
@given(NEEDS, RESOURCES, st.sampled_from(("", STOCK)))
def test_needs_are_met_in_their_order_by_what_is_left(
    needs: list[tuple[str | None, bool]], resources: list[tuple[str | None, int]], stock: str
) -> None:
    rows = {
        "需求": [{"编号": str(n), "急": u} | at(c) for n, (c, u) in enumerate(needs)],
        "资源": [
            {"名称": str(n), "余量": Decimal(k)} | at(c) for n, (c, k) in enumerate(resources)
        ],
    }
    done = match(Rows(policy(MATCHING.format(stock)), DAY, rows), "对接")
    # Who asks for no number of it takes the whole.
    left = [k if stock else 1 for _, k in resources]
    pairs: list[tuple[str, str]] = []
    unmet: list[tuple[str, bool]] = []
    for number in sorted(range(len(needs)), key=lambda n: (not needs[n][1], n)):
        place = needs[number][0]
        there = [one for one in range(len(resources)) if left[one] >= 1]
        fits = [one for one in there if place is not None and resources[one][0] == place]
        if fits:
            left[fits[0]] -= 1
            pairs.append((str(number), str(fits[0])))
        else:
            might = any(None in (place, resources[one][0]) for one in there)
            unmet.append((str(number), might))
    assert [(pair.need, pair.resource) for pair in done.pairs] == pairs
    assert [(each.need, each.unsure) for each in done.unmet] == unmet
    assert match(Rows(policy(MATCHING.format(stock)), DAY, rows), "对接") == done


def test_a_matching_of_a_register_that_is_not_given_says_which() -> None:
    for kept, lacking in (({"资源": []}, "需求"), ({"需求": []}, "资源"), ({}, "需求")):
        done = match(Rows(policy(MATCHING.format("")), DAY, kept), "对接")
        assert (done.pairs, done.unmet, done.lacking) == ((), (), lacking)


ORDERED = """
台账 需求
  编号 文本
  程度 枚举 特急、急、一般
  在册 是否
  人数 数值
  日期 日期
  提出 时刻
台账 资源
  名称 文本
台账 项目
  编号 文本
配对 对接 需求 与 资源 产生 项目
  当 编号 不为 名称
  先后 {}
"""


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("程度", ["特急", "急", "一般"]),
        ("在册", [True, False]),
        ("人数", [Decimal(9), Decimal(10)]),
        ("日期", [date(2026, 3, 9), date(2026, 3, 12)]),
        ("提出", [datetime(2026, 3, 1, 23), datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 15)]),
        ("提出", [date(2026, 3, 2), datetime(2026, 3, 2, 9), date(2026, 3, 3)]),
    ],
)
def test_needs_stand_in_the_order_of_a_column_and_blanks_behind_them(
    column: str, values: list[Any]
) -> None:
    given = [None, *reversed(values)]
    rows = {
        "需求": [{"编号": str(n), column: value} for n, value in enumerate(given)],
        "资源": [{"名称": f"资源{n}"} for n in range(len(given))],
    }
    done = match(Rows(policy(ORDERED.format(column)), DAY, rows), "对接")
    assert [pair.need for pair in done.pairs] == [str(n) for n in range(len(values), -1, -1)]
