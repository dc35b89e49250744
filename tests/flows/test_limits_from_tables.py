"""A limit that a table gives is the one that its hit policy picks."""

from __future__ import annotations

from datetime import date

import pytest
from tests.flows.sets import findings
from tests.runtime.sets import CHART, compiled, due, flow, kit

from zhunru.analysis.timing import longest

TABLE = """表单 来件
  加急 是否 必填
  涉众 是否 必填
对照表 分级 取 {}
  | 加急 | 涉众 | → 限 |
  | 是 | - | {} |
  | - | 是 | {} |
  | - | - | {} |
"""
ROWS = """| 受理 | 一街道 | 不限时 | 收 → 办理 | - |
| 办理 | 一街道 | 分级(加急, 涉众) 的 限 | 办 → 办结 | 逾期 → 办结 |"""
DAYS = ("1 个工作日", "3 个工作日", "2 个工作日")


@pytest.mark.parametrize(
    ("hit", "both", "none", "most"),
    [("首行", 3, 4, 3), ("最大", 5, 4, 3), ("最小", 3, 4, 3), ("合计", 10, 4, 6)],
)
def test_the_table_says_which_of_its_rows_is_the_limit(hit: str, both: int, none: int, most: int):
    before = TABLE.format(hit, *DAYS)
    for flag, day in ((True, both), (False, none)):
        case = kit(ROWS, before=before)
        case.open("一街道", "2026-03-02 09:00", {"加急": flag, "涉众": flag})
        case.act("收", "一街道")
        assert due(case) == f"2026-03-{day:02d} 18:00"
    found = longest(compiled(flow(ROWS, before=before)), "事项办理", "办理", ["办结"])
    assert found.amount == most


def test_a_table_of_priorities_gives_the_length_of_the_row_that_goes_first():
    before = """表单 来件
  加急 是否 必填
  涉众 是否 必填
对照表 分级 取 优先
  先后 档：特、急、平
  | 加急 | 涉众 | → 档 | → 限 |
  | - | - | 平 | 2 个工作日 |
  | 是 | - | 急 | 1 个工作日 |
  | - | 是 | 特 | 3 个工作日 |
"""
    found = []
    for urgent, many in ((False, False), (True, False), (True, True)):
        case = kit(ROWS, before=before)
        case.open("一街道", "2026-03-02 09:00", {"加急": urgent, "涉众": many})
        case.act("收", "一街道")
        found.append(due(case)[:10])
    assert found == ["2026-03-04", "2026-03-03", "2026-03-05"]


@pytest.mark.parametrize(
    ("hit", "lengths", "code"),
    [
        ("各行", DAYS, "ZR314"),
        ("汇集", DAYS, "ZR314"),
        ("计数", DAYS, "ZR503"),
        ("最大", ("1 个工作日", "30 日", "2 个工作日"), "ZR503"),
    ],
)
def test_a_table_that_gives_no_single_length_is_no_limit(
    hit: str, lengths: tuple[str, ...], code: str
):
    text = flow(ROWS, before=TABLE.format(hit, *lengths))
    assert code in [each.code for each in findings(CHART + text)]


def test_a_row_that_holds_for_weeks_holds_as_long_as_a_state_of_so_many_weeks():
    rows = """| 受理 | 一街道 | 不限时 | 收 → 生效 并 登记 名册 有效 2 周 | - |
| 生效 | 一街道 | 2 周 | 退出 → 办结 | 期满 → 办结 |"""
    case = kit(rows, before="台账 名册(事项)\n")
    case.open("一街道", "2026-03-02 09:00")
    case.act("收", "一街道")
    (entered,) = case.effects
    assert due(case)[:10] == "2026-03-16"
    assert entered.until == date(2026, 3, 16).toordinal()
