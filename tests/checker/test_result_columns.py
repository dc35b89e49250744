"""What the result columns of a 对照表 may hold: sets in every row, lengths of time."""

from __future__ import annotations

import pytest
from tests.checker.sets import BASE, checked, decide, findings

from zhunru.vocabulary import TypeName

UNITS = """对照表 承办 取 唯一一行
  | 类别     | → 单位           | → 方式     |
  | 行政任务 | 区民政局、东街   | 会商、走访 |
  | 检查考核 | 区民政局         | 走访       |
"""
TIMES = """对照表 时限 取 唯一一行
  | 类别     | → 限         |
  | 行政任务 | 10 分钟      |
  | 检查考核 | 4 个工作小时 |
  | 出具证明 | 1 个工作日   |
"""


def rule(condition: str, more: str = "") -> str:
    return f'规则 某规则 依据 某法\n  当 {condition}\n  拒绝 "不行"\n{more}'


def codes(text: str) -> set[str]:
    return {finding.code for finding in findings(BASE + text + decide("某规则"))}


def test_a_column_with_a_set_in_one_row_holds_sets_in_every_row() -> None:
    (table,) = checked(BASE + UNITS + rule("类别 为 行政任务") + decide("某规则")).tables.values()
    assert [type_.name for _, type_ in table.outputs] == [TypeName.UNITS, TypeName.CHOICES]
    values = [[cell.value for cell in row.results] for row in table.rows]  # type: ignore[union-attr]
    assert values == [
        [frozenset({"区民政局", "东街"}), frozenset({"会商", "走访"})],
        [frozenset({"区民政局"}), frozenset({"走访"})],
    ]


def test_such_columns_are_asked_for_what_they_contain() -> None:
    asked = "承办(类别) 的 单位 包含 来文单位 且 承办(类别) 的 方式 包含 会商"
    assert not codes(UNITS + rule(asked)) & {"ZR301", "ZR306", "ZR202"}


def test_a_column_may_hold_lengths_of_time_in_several_units() -> None:
    (table,) = checked(BASE + TIMES + rule("类别 为 行政任务") + decide("某规则")).tables.values()
    assert table.outputs[0][1].name is TypeName.LENGTH
    measures = [row.results[0].type.measure for row in table.rows]  # type: ignore[union-attr]
    assert [str(measure) for measure in measures] == ["minutes", "workhours", "workdays"]


@pytest.mark.parametrize(
    "condition",
    [
        "时限(类别) 的 限 超过 3 个工作日",
        "时限(类别) 的 限 为 10 分钟",
        "时限(类别) 的 限 超过 3",
        "时限(类别) 的 限 为 时限(类别) 的 限",
        "时限(类别) 的 限 + 1 分钟 超过 3 分钟",
        "时限(类别) 的 限 × 2 超过 3",
    ],
)
def test_lengths_in_several_units_are_neither_compared_nor_computed_with(condition: str) -> None:
    assert "ZR301" in codes(TIMES + rule(condition))


def test_a_duty_needs_one_unit() -> None:
    duty = "  义务 报告 由 来文单位 限 时限(类别) 的 限\n"
    (finding,) = (
        finding
        for finding in findings(BASE + TIMES + rule("类别 为 行政任务", duty) + decide("某规则"))
        if finding.code == "ZR329"
    )
    assert "几种单位混写" in finding.zh


def test_a_column_of_lengths_and_other_numbers_is_still_refused() -> None:
    mixed = TIMES.replace("1 个工作日  ", "3 次        ")
    assert "ZR302" in codes(mixed + rule("类别 为 行政任务"))
