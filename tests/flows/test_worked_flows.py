"""The workflows of the design: sound as written, with the worst cases that they state."""

from __future__ import annotations

import time
from datetime import datetime
from decimal import Decimal

import pytest
from tests.flows.sets import ADMISSION, DISPUTES, FLOWS, GRID, WHISTLE, checked, findings

from zhunru.analysis.timing import longest, shortest
from zhunru.checker import flow_map
from zhunru.checker.flow_clocks import Clocks, needed
from zhunru.checker.flow_map import FlowMap
from zhunru.checker.flow_stretch import Stretch
from zhunru.checker.flow_times import Times, _Plain
from zhunru.compiler import compile_policies
from zhunru.vocabulary import Measure
from zhunru.worktime import BEIJING


def codes(text: str) -> list[str]:
    return [d.code for d in findings(text)]


@pytest.mark.parametrize("text", FLOWS.values(), ids=FLOWS)
def test_it_is_sound_and_keeps_its_constraints(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "stated", "less"),
    [(GRID, "47 个工作日", "46 个工作日"), (ADMISSION, "15 个工作日", "14 个工作日"),
     (DISPUTES, "7 个工作日", "6 个工作日")],
)  # fmt: skip
def test_the_stated_worst_case_is_exact(text: str, stated: str, less: str) -> None:
    (found,) = findings(text.replace(f"不超过 {stated}", f"不超过 {less}"))
    assert found.code == "ZR522"
    assert f"最长要 {stated}" in found.zh


def test_a_case_of_the_grid_that_starts_early_takes_a_day_less() -> None:
    flow = checked(GRID).workflows["网格事项"]
    times = Times(FlowMap(flow), Clocks({}))
    early = datetime(2025, 3, 3, 9, 0, tzinfo=BEIJING)
    late = datetime(2025, 3, 3, 15, 0, tzinfo=BEIJING)
    stretch = Stretch(times.map, "研判", ["销号"])
    plain = _Plain(stretch, stretch.ordered()[0], times.allowed)
    found = [
        needed(times.home, Measure.WORKDAY, start, plain.arrival(start)) for start in (early, late)
    ]
    assert found == [46, 47]


def test_how_long_and_how_short_between_two_states() -> None:
    policy = compile_policies(checked(GRID))
    worst = longest(policy, "网格事项", "研判", ["销号"])
    assert (worst.amount, worst.exact, worst.endless) == (47, True, False)
    assert worst.path.startswith("研判(4 个工作小时) —上报→ 交办(1 个工作日) —退回→")
    assert shortest(policy, "网格事项", "销号", ["研判"]) is None


def test_only_time_that_has_to_pass_counts_in_the_shortest() -> None:
    policy = compile_policies(checked(WHISTLE))
    # nothing but the end of its time leads from 派哨 to 区级调度: ten minutes in an emergency
    forced = shortest(policy, "吹哨报到", "派哨", ["区级调度"], Measure.MINUTE)
    assert forced is not None
    assert (forced.amount, forced.text) == (10, "10 分钟")
    assert forced.path == "派哨(10 分钟、4 个工作小时) —逾期→ 区级调度(2 小时、3 个工作日)"
    free = shortest(policy, "吹哨报到", "派哨", ["评哨"], Measure.MINUTE)
    assert free is not None
    assert free.amount == 0


def test_a_case_may_wait_for_ever_where_nothing_ends_the_time() -> None:
    policy = compile_policies(checked(GRID))
    found = longest(policy, "网格事项", "发现", ["研判"])
    assert (found.amount, found.endless) == (None, True)


def test_a_walk_around_a_constraint_is_shown() -> None:
    text = GRID.replace("三访无果(记录) → 销号", "三访无果(记录) → 销号;作罢 → 销号")
    (found,) = findings(text)
    assert found.code == "ZR521"
    assert found.zh.endswith("回访 —作罢→ 销号")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("回避时 区民政局", "", "ZR525"),
        ("| 月数 | 提前退出", "| 3 个月 | 提前退出", "ZR530"),
        ("登记 准入登记 长期", "登记 准入登机 长期", "ZR204"),
        ("会办 街道、居委会代表", "会办 街道、居委会代裱", "ZR203"),
        ("签发", "签发", ""),
    ],
)
def test_what_the_first_draft_of_the_admission_had_wrong_is_found(
    old: str, new: str, code: str
) -> None:
    found = codes(ADMISSION.replace(old, new))
    assert found == ([code] if code else [])


def test_expiries_do_not_count_as_the_step_of_the_owner() -> None:
    text = WHISTLE.replace("逾期 → 评哨 不限次 并 催办 街道", "逾期 → 销哨")
    assert codes(text) == ["ZR521"]


def test_a_body_named_too_late_is_found() -> None:
    text = WHISTLE.replace("派哨(主办, 协办) → 报到", "派哨(协办) → 报到").replace(
        "每件 恰有 1 个 主办", "每件 恰有 1 个 协办"
    )
    assert "ZR528" not in codes(text)
    assert "ZR203" in codes(text)  # nobody names 主办 any more


def test_a_thousand_states_take_no_more_than_a_moment() -> None:
    rows = [f"  | s{n} | 街道 | 3 个工作日 | 办 → s{n + 1};退 → s{max(n - 3, 0)} 不超过 1 次 | 逾期 → s{n + 1} |"
            if n % 200 == 5 else
            f"  | s{n} | 街道 | 3 个工作日 | 办 → s{n + 1} | 逾期 → s{n + 1} |"
            for n in range(1_000)]  # fmt: skip
    text = "\n".join(
        ["流程 长 止于 s1000", "  约束 自 s0 至 s1000 不超过 3060 个工作日",
         "  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |", *rows, ""]
    )  # fmt: skip
    flow = checked(text).workflows["长"]
    begin = time.process_time()
    term = Times(FlowMap(flow), Clocks({})).longest("s0", ["s1000"], Measure.WORKDAY)
    assert term.amount == 3 * 1_000 + 5 * 4 * 3
    assert time.process_time() - begin < 5


def test_past_the_bound_nothing_is_claimed_but_a_safe_bound(monkeypatch) -> None:
    text = GRID.replace("不超过 47 个工作日", "不超过 60 个工作日")
    monkeypatch.setattr(flow_map, "MOST_NODES", 40)
    found = findings(text)
    assert {d.code for d in found} == {"ZR534", "ZR524"}
    assert all(d.severity == "warning" for d in found)
    (bound,) = (d.zh for d in found if d.code == "ZR524")
    assert Decimal(bound.split("上限是 ")[1].split()[0]) == 74
    wider = findings(text.replace("不超过 60 个工作日", "不超过 74 个工作日"))
    assert {d.code for d in wider} == {"ZR534"}
