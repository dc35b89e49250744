"""Percentages, quotients, counts and measures meet as exact fractions do, or are refused."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.sets import DAY, UNITS, policy

from zhunru.checker.check import check
from zhunru.measures import Rows, review
from zhunru.syntax.loader import load_text

Values = Mapping[str, int]
Origin = Callable[[Values], Fraction | None]

HEAD = """
台账 收缴
  编号 文本
  应收 数值 0 至 9 户
  实收 数值 0 至 9 户
  比率 比例 小数 3
  件数 数值 0 至 9
  全部 数值 0 至 9
台账 事项
  编号 文本
  解决 是否
参数 线 30%
参数 带 20% 至 45%
参数 半 0.5
公式 收缴率(实收, 应收) = 实收 / 应收
公式 线外(比率) = 若 比率 超过 50% 则 比率 否则 30%
对照表 档 取 首行
  | 件数   | → 档线 |
  | 不满 3 | 20%    |
  | -      | 45%    |
"""


def part(of: int, whole: int) -> Fraction | None:
    return Fraction(of, whole) if whole else None


def rate(row: Values) -> Fraction:
    return Fraction(row["比率"], 1000)


# What may stand on either side, and what it comes to as a fraction.
ORIGINS: dict[str, Origin] = {
    "30%": lambda row: Fraction(30, 100),
    "33.3%": lambda row: Fraction(333, 1000),
    "线": lambda row: Fraction(30, 100),
    "上限(带)": lambda row: Fraction(45, 100),
    "比率": rate,
    "比率 × 50%": lambda row: rate(row) / 2,
    "线 / 2": lambda row: Fraction(15, 100),
    "实收 / 应收": lambda row: part(row["实收"], row["应收"]),
    "(件数 / 全部)": lambda row: part(row["件数"], row["全部"]),
    "(1 - 件数 / 全部)": lambda row: (
        None if not row["全部"] else 1 - Fraction(row["件数"], row["全部"])
    ),
    "(件数 / 3 + 件数 / 3 + 件数 / 3) / 9": lambda row: Fraction(row["件数"], 9),
    "(件数 / 全部 + 10%)": lambda row: (
        None if not row["全部"] else Fraction(row["件数"], row["全部"]) + Fraction(1, 10)
    ),
    "计数(事项 凡 解决) / 计数(事项)": lambda row: part(row["已决"], row["事项"]),
    "占比(事项 其中 解决)": lambda row: part(row["已决"], row["事项"]),
    "平均(实收 / 应收 于 收缴)": lambda row: part(row["实收"], row["应收"]),
    "收缴率(实收, 应收)": lambda row: part(row["实收"], row["应收"]),
    "收缴率": lambda row: part(row["实收"], row["应收"]),
    "线外(比率)": lambda row: rate(row) if rate(row) > Fraction(1, 2) else Fraction(3, 10),
    "档(件数)": lambda row: Fraction(20 if row["件数"] < 3 else 45, 100),
    "取大(比率, 实收 / 10 户)": lambda row: max(rate(row), Fraction(row["实收"], 10)),
    "(若 件数 超过 4 则 件数 / 全部 否则 线)": lambda row: (
        part(row["件数"], row["全部"]) if row["件数"] > 4 else Fraction(30, 100)
    ),
    "四舍五入(件数 / 3, 2)": lambda row: Fraction(
        int(Decimal(row["件数"] * 100 / Decimal(3)).to_integral_value("ROUND_HALF_UP")), 100
    ),
}
OPERATORS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "为": operator.eq,
    "不为": operator.ne,
    "不低于": operator.ge,
    "不超过": operator.le,
    "超过": operator.gt,
    "不满": operator.lt,
}


PAIRS = [
    (left, word, right)
    for at, left in enumerate(ORIGINS)
    for number, right in enumerate(ORIGINS)
    for word in list(OPERATORS)[(at + number) % 2 :: 2]
]
ALL = HEAD + "".join(
    f"核查 第{at} 每个 收缴 应当 {left} {word} {right}\n"
    for at, (left, word, right) in enumerate(PAIRS)
)
ROW = st.fixed_dictionaries(
    {
        "实收": st.integers(0, 9),
        "应收": st.integers(0, 9),
        "件数": st.integers(0, 9),
        "全部": st.integers(0, 9),
        "比率": st.sampled_from([0, 150, 200, 299, 300, 301, 333, 450, 500, 667, 1000]),
        "已决": st.integers(0, 4),
        "事项": st.integers(1, 6),
    }
)


@settings(max_examples=8, deadline=None)
@given(ROW)
def test_whatever_meets_is_compared_as_fractions_are(row: dict[str, int]) -> None:
    row["已决"] = min(row["已决"], row["事项"])
    lines: dict[str, Any] = {
        "编号": "甲",
        "比率": Decimal(row["比率"]) / 10,
        **{name: Decimal(row[name]) for name in ("实收", "应收", "件数", "全部")},
    }
    matters = [{"编号": "甲", "解决": at < row["已决"]} for at in range(row["事项"])]
    done = review(Rows(policy(ALL), DAY, {"收缴": [lines], "事项": matters}))
    for (left, word, right), one in zip(PAIRS, done, strict=True):
        sides = ORIGINS[left](row), ORIGINS[right](row)
        if None in sides:
            continue
        wanted = OPERATORS[word](*sides)  # type: ignore[arg-type]
        told = not [each for each in one.findings if not each.unsure]
        assert told is wanted, (left, word, right, row, one.findings)


@pytest.mark.parametrize(
    "said",
    [
        "件数 不超过 30%",
        "件数 不超过 线",
        "半 不低于 线",
        "比率 不低于 半",
        "比率 不低于 件数",
        "计数(事项) 不超过 30%",
        "实收 不超过 线",
        "1 - 比率 不低于 30%",
        "件数 / 全部 × 100 不低于 30%",
        "取大(件数, 比率) 不低于 30%",
        "件数 在 带 之内",
        "应收 不超过 9 次",
    ],
)
def test_what_may_be_so_many_of_a_hundred_or_of_one_is_asked_for(said: str) -> None:
    text = UNITS + HEAD + f"核查 问 每个 收缴 应当 {said}\n"
    loaded, unread = load_text(text, "set.policy")
    assert loaded is not None and unread == []
    _, found = check(loaded)
    assert "ZR302" in [each.code for each in found]


def test_a_number_written_without_a_unit_beside_a_percentage_is_so_many_percent() -> None:
    text = HEAD + "核查 问 每个 收缴 应当 比率 不低于 30\n"
    (done,) = review(Rows(policy(text), DAY, {"收缴": [{"编号": "甲", "比率": Decimal(29)}]}))
    assert len(done.findings) == 1
