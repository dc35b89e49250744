"""Simulated queues against queueing theory, conservation, and the same seed again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zhunru import simulate
from zhunru.checker.check import check
from zhunru.compiler import compile_policies
from zhunru.diagnostics import Source
from zhunru.simulation.reading import parse_scenario
from zhunru.syntax.loader import load_text

HEAD = '政策 MN-1 "模拟（示例，非官方）"\n  施行 2020-01-01\n'
WINDOW = """角色 窗口
流程 一窗 "排队" 止于 办结 日历 全天候
  | 环节 | 由   | 限     | 办理 → 去向 | 到期 → 去向 |
  | 办理 | 窗口 | 不限时 | 办好 → 办结 | -           |
"""
RETURNS = """角色 窗口
角色 复核员
流程 复核 "办理—复核" 止于 办结、挂账
  | 环节 | 由     | 限         | 办理 → 去向                                  | 到期 → 去向                    |
  | 办理 | 窗口   | 2 个工作日 | 报批 → 复核                                  | 逾期 → 办理 不超过 2 次,满后 → 挂账 |
  | 复核 | 复核员 | 1 个工作日 | 同意 → 办结;退回 → 办理 不超过 1 次,满后 → 挂账 | 逾期 → 办结                    |
"""


def _policy(text: str):
    policy_set, unread = load_text(HEAD + text)
    assert policy_set is not None and not unread
    checked, found = check(policy_set)
    assert checked is not None, [d.zh for d in found]
    return compile_policies(checked)


def _run(text: str, scenario: str, cases: int, seed: int = 7):
    read = parse_scenario(Source("场景.yaml", scenario))
    return simulate(_policy(text), cases=cases, seed=seed, scenario=read)


def _window(arrivals: str, handling: str, staff: str, cases: int):
    scenario = f"到达: {arrivals}\n办理时长: {{办理: {handling}}}\n人手: {{窗口: {staff}}}\n"
    found = _run(WINDOW, scenario, cases)
    return found, found.crews[0]


# Theory: with arrivals at random (a an hour), one person and a load of r, the mean wait is
# r / (m - a) hours for exponential work of m an hour, half of that for work of fixed length.
@pytest.mark.parametrize(
    ("arrivals", "handling", "staff", "wait", "load"),
    [
        ("每小时 5 件", "指数 6 分钟", "1 人", 0.1, 0.5),
        ("每小时 5 件", "固定 6 分钟", "1 人", 0.05, 0.5),
        ("每小时 6 件", "指数 6 分钟", "1 人", 0.6 / 4, 0.6),
        # Two people, each 10 an hour, 12 arrivals: Erlang C gives 0.45 of the cases a wait, of
        # 1 / (20 - 12) hours.
        ("每小时 12 件", "指数 6 分钟", "2 人", 0.45 / 8, 0.6),
    ],
)
def test_the_mean_wait_is_that_of_queueing_theory(arrivals, handling, staff, wait, load):
    _, crew = _window(arrivals, handling, staff, 6000)
    assert crew.load == pytest.approx(load, rel=0.05)
    assert crew.wait.mean == pytest.approx(wait, rel=0.2)


def test_the_mean_queue_is_arrivals_times_wait():
    _, crew = _window("每小时 7 件", "固定 6 分钟", "1 人", 2000)
    # Little's law holds exactly once everybody has been served: both sum the same waits. How long
    # the run was follows from the load, since every piece of work takes a tenth of an hour.
    passed = crew.tasks * 0.1 / crew.load
    assert crew.queue_mean * passed == pytest.approx(crew.tasks * crew.wait.mean, rel=0.01)


def test_without_bound_of_people_nobody_waits():
    found, crew = _window("每小时 50 件", "指数 6 分钟", "不限", 500)
    assert (crew.queue_most, crew.wait.most) == (0, 0)
    assert crew.load == pytest.approx(5, rel=0.2)
    assert found.states[0].stay.mean == pytest.approx(0.1, rel=0.2)


def test_people_work_in_office_hours_only():
    scenario = "起: 2025-03-03\n到达: 每个工作日 1 件 等距\n办理时长: {办理: 1 个工作日}\n"
    text = WINDOW.replace(" 日历 全天候", "")
    found = _run(text, scenario, 5)
    # Monday to Friday, one whole working day each: begun when one came at the end of a day.
    assert (str(found.start), str(found.end)) == ("2025-03-03", "2025-03-10")
    assert found.duration.mean == found.duration.most == 8.0


CROWDED = """到达: 每个工作日 9 件
办理时长: {办理: 指数 1 个工作小时, 复核: 指数 30 分钟}
人手: {窗口: 1 人, 复核员: 1 人}
去向: {复核: {同意: 3, 退回: 1}}
"""


@pytest.fixture(scope="module")
def crowded():
    return _run(RETURNS, CROWDED, 400)


def test_everything_that_arrived_is_closed_or_open(crowded):
    assert crowded.arrived == 400
    assert crowded.arrived == crowded.closed + crowded.open + crowded.unopened
    assert crowded.closed == sum(crowded.ends.values())


def test_every_visit_ended_in_one_way_or_is_open(crowded):
    for state in crowded.states:
        assert state.visits == state.acted + state.overdue + state.expired + state.open
    entered = sum(state.visits for state in crowded.states)
    left = sum(state.acted + state.overdue + state.expired for state in crowded.states)
    assert entered - left == crowded.open


def test_a_crowded_window_is_late_and_a_quiet_one_is_not(crowded):
    assert crowded.states[0].overdue_share > 0.2
    assert 0 < crowded.late_share <= 1
    quiet = _run(RETURNS, CROWDED.replace("每个工作日 9 件", "每个工作日 0.2 件"), 60)
    assert quiet.late == 0
    assert all(state.overdue == 0 for state in quiet.states)


def test_bounds_of_lines_hold_in_the_play(crowded):
    assert crowded.ends["挂账"] > 0
    # Each case comes back to 办理 once by 退回 and twice by 逾期 at the most.
    assert crowded.states[0].visits <= 4 * crowded.arrived


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(crowded):
    again = _run(RETURNS, CROWDED, 400)
    assert json.dumps(again.to_dict()) == json.dumps(crowded.to_dict())
    assert again.to_svg() == crowded.to_svg()
    other = _run(RETURNS, CROWDED, 400, seed=8)
    assert json.dumps(other.to_dict()) != json.dumps(crowded.to_dict())


def test_what_is_due_first_is_done_first_if_the_scenario_says_so(crowded):
    found = _run(RETURNS, CROWDED + "次序: 先到期先办\n", 400)
    assert found.arrived == found.closed + found.open
    assert json.dumps(found.to_dict()) != json.dumps(crowded.to_dict())


def test_a_choice_of_weight_nothing_is_never_made(crowded):
    found = _run(RETURNS, CROWDED.replace("退回: 1", "退回: 0"), 200)
    review = next(state for state in found.states if state.name == "复核")
    work = next(state for state in found.states if state.name == "办理")
    # 办理 is entered anew only by its own 逾期 then.
    assert work.visits == 200 + work.overdue - found.ends.get("挂账", 0)
    assert review.acted > 0


SHIPPED = Path(__file__).resolve().parents[2] / "policies" / "weihai"


@pytest.fixture(scope="module")
def weihai():
    from zhunru import open_policy

    return open_policy(SHIPPED)


def test_every_shipped_workflow_can_be_played(weihai):
    for flow in weihai.core.workflows:
        found = simulate(weihai, flow, cases=25, seed=3)
        assert found.arrived == 25
        assert found.unopened == 0, (flow, found.refused)
        assert found.closed + found.open == 25
        assert not found.curtailed, flow
        assert "<svg" in found.to_svg("en")


def test_two_runs_that_differ_in_staff_have_the_same_cases(crowded):
    relieved = _run(RETURNS, CROWDED.replace("窗口: 1 人", "窗口: 3 人"), 400)
    assert relieved.late < crowded.late
    assert relieved.days[0] == crowded.days[0]
    # Nobody is late with three, so the choices that each case makes are its own draws alone.
    assert relieved.crews[1].tasks == relieved.states[1].acted
