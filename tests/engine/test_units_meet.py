"""Percentages, parameters, measures and quotients in decisions, against exact fractions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.decision import Request, decide
from zhunru.diagnostics import Severity
from zhunru.syntax.loader import load_text
from zhunru.testing import run_tests
from zhunru.vocabulary import Outcome

HEAD = """政策 BL-1 "比例试验"
  施行 2021-01-01
表单 来件
  比率 比例 小数 1 可改
  实收 数值 0 至 9 户
  应收 数值 1 至 9 户
参数 线 30%
参数 带 20% 至 45%
公式 收缴率(实收, 应收) = 实收 / 应收
对照表 档 取 首行
  | 实收   | → 档线 |
  | 不满 3 | 20%    |
  | -      | 45%    |
"""
Row = dict[str, int]
ORIGINS: dict[str, Callable[[Row], Fraction]] = {
    "30%": lambda row: Fraction(30, 100),
    "线": lambda row: Fraction(30, 100),
    "上限(带)": lambda row: Fraction(45, 100),
    "比率": lambda row: Fraction(row["比率"], 1000),
    "比率 × 50%": lambda row: Fraction(row["比率"], 2000),
    "实收 / 9 户": lambda row: Fraction(row["实收"], 9),
    "实收 / 应收": lambda row: Fraction(row["实收"], row["应收"]),
    "收缴率(实收, 应收)": lambda row: Fraction(row["实收"], row["应收"]),
    "档(实收)": lambda row: Fraction(20 if row["实收"] < 3 else 45, 100),
    "取小(比率, 实收 / 9 户)": lambda row: min(
        Fraction(row["比率"], 1000), Fraction(row["实收"], 9)
    ),
}
OPERATORS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "为": operator.eq,
    "不低于": operator.ge,
    "超过": operator.gt,
}
PAIRS = [
    (left, list(OPERATORS)[(at + number) % 3], right)
    for at, left in enumerate(ORIGINS)
    for number, right in enumerate(ORIGINS)
    if left != right and {left, right} - {"30%"}
]


@cache
def compiled() -> CompiledPolicy:
    lines = [HEAD]
    for at, (left, word, right) in enumerate(PAIRS):
        lines.append(f'规则 则{at}\n  当 {left} {word} {right}\n  暂缓 "对上"\n')
        lines.append(f'判定 问{at} 对象 来件\n  依次\n    则{at}\n  默认 拒绝 "没有对上"\n')
    loaded, unread = load_text("".join(lines), "set.policy")
    assert loaded is not None and unread == []
    checked, found = check(loaded)
    assert [each for each in found if each.severity is Severity.ERROR] == []
    assert checked is not None
    return compile_policies(checked)


DAY = date(2026, 3, 2)
RATES = (0, 150, 200, 299, 300, 301, 333, 450, 1000)
ROWS = st.fixed_dictionaries(
    {"比率": st.sampled_from(RATES), "实收": st.integers(0, 9), "应收": st.integers(1, 9)}
)


def given_facts(row: Row) -> dict[str, Any]:
    return {
        name: Decimal(value) / 10 if name == "比率" else Decimal(value)
        for name, value in row.items()
    }


def holds(left: str, word: str, right: str, row: Row) -> bool:
    return OPERATORS[word](ORIGINS[left](row), ORIGINS[right](row))


@settings(max_examples=12, deadline=None)
@given(ROWS)
def test_a_decision_compares_as_fractions_do(row: Row) -> None:
    for at, pair in enumerate(PAIRS):
        answer = decide(compiled(), Request(facts=given_facts(row), received=DAY), f"问{at}")
        wanted = Outcome.DEFER if holds(*pair, row) else Outcome.REFUSE
        assert answer.outcome is wanted, (pair, row)


@settings(max_examples=6, deadline=None)
@given(ROWS, st.sampled_from(["比率", "实收", "应收"]))
def test_what_is_left_open_is_asked_for_just_where_fractions_differ(row: Row, lacks: str) -> None:
    every = range(1001) if lacks == "比率" else range(lacks == "应收", 10)
    known = given_facts({name: value for name, value in row.items() if name != lacks})
    for at, pair in enumerate(PAIRS):
        truths = {holds(*pair, row | {lacks: value}) for value in every}
        answer = decide(compiled(), Request(facts=known, received=DAY), f"问{at}")
        if len(truths) == 2:
            assert answer.outcome is Outcome.INCOMPLETE, (pair, row, lacks)
        elif answer.exhaustive:
            wanted = Outcome.DEFER if truths == {True} else Outcome.REFUSE
            assert answer.outcome is wanted, (pair, row, lacks)


def test_tests_of_a_set_say_percentages_of_quotients() -> None:
    text = HEAD + '测试 "率" 对象 收缴率\n  假如 实收 为 3, 应收 为 6 那么 收缴率 为 50%\n'
    text += "  假如 实收 为 3, 应收 为 6 那么 收缴率 为 0.5\n"
    loaded, _ = load_text(text, "set.policy")
    assert loaded is not None
    checked, _ = check(loaded)
    assert checked is not None
    assert [each.zh for each in run_tests(compile_policies(checked)) if not each.passed] == []
