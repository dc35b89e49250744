"""Rows of Jiangyuan that take more than one case, or hold a workflow against its table."""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from pathlib import Path

import pytest
from tests.cases.asking import at, by
from tests.shipped import changed, checked, compiled

from zhunru import open_policy
from zhunru.checker.resolved_flows import Meeting, Quorum
from zhunru.measures import Rows, missed, review
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore

HUB = by("富强社区社会组织联合会", "干事")
COMMITTEE = by("富强社区", "主任")


@pytest.mark.rows("S0-44")
def test_a_volunteer_registered_today_may_serve_any_number_of_times_and_stays_registered() -> None:
    service = CaseService(MemoryStore(), open_policy("jiangyuan"))
    facts = {"目标社区": "富强社区"}
    who = {"姓名": "李某", "服务类别": "人民调解"}
    begun = at("2026-03-02 09:00")
    member = service.open("志愿者管理", actor=COMMITTEE, key="m", at=begun, facts=facts).case_id
    for verb, actor, inputs in (
        ("报名", COMMITTEE, who), ("培训合格", HUB, {}), ("注册登记", HUB, {}),
    ):  # fmt: skip
        service.act(member, verb, actor=actor, key=verb, at=begun, inputs=inputs)
    for number in range(1, 7):
        when = at(f"2026-0{number + 2}-10 09:00")
        key = f"s{number}"
        case = service.open("志愿服务登记", actor=COMMITTEE, key=key, at=when, facts=facts).case_id
        hours = {**who, "服务时数": "2.5"}
        service.act(case, "报服务", actor=COMMITTEE, key=f"a{key}", at=when, inputs=hours)
        service.act(case, "核实无误", actor=HUB, key=f"b{key}", at=when, inputs={})
        assert service.show(case)["state"] == "已记入"
    assert service.show(member)["state"] == "服务"


@pytest.mark.rows("S0-73")
def test_each_level_that_is_called_up_has_the_minutes_that_the_table_of_levels_gives() -> None:
    jiangyuan = checked("jiangyuan")
    table, flow = jiangyuan.tables["应急动员层级"], jiangyuan.workflows["应急动员"]
    at_ = [name for name, _ in table.outputs].index("时限")
    said = [int(getattr(row.results[at_], "value", 0)) for row in table.rows]
    states = {state.name: state for state in flow.states}
    first, rest = (states[name].limit for name in ("社区动员", "逐级动员"))
    assert first and rest
    whole = rest.lengths[0].amount
    early = [whole - each.ahead.amount for each in states["逐级动员"].reminders if each.ahead]
    # Each level's minutes begin where those of the level above it end.
    assert [first.lengths[0].amount, *early, whole] == [said[0], *accumulate(said[1:])]


# What is under one community; the shipped one has two stairways, the other two are added here.
BELOW = {
    "网格长": ("富强社区第一网格", "富强社区第二网格"),
    "楼栋长": ("富强社区第一楼栋", "富强社区第二楼栋"),
    "楼道长": ("富强社区第一楼道", "富强社区第二楼道"),
}


@pytest.mark.rows("S0-73")
def test_a_call_goes_on_in_one_grid_while_another_is_silent(tmp_path: Path) -> None:
    """Whoever is told passes it on at once; only that everybody was told waits for all."""
    line = "富强社区第一楼栋,楼栋,富强社区第一网格,,\n"
    more = "富强社区第二网格,网格,富强社区,,网格长\n富强社区第二楼栋,楼栋,富强社区第二网格,,\n"
    root = changed(tmp_path, "jiangyuan", "单位.csv", line, line + more)
    service = CaseService(MemoryStore(), open_policy(root / "jiangyuan"))
    when, facts = at("2026-03-02 22:00"), {"目标社区": "富强社区"}
    case = service.open("应急动员", actor=COMMITTEE, key="开", at=when, facts=facts).case_id
    call, told = {"动员事由": "管道爆裂"}, {"通知数": 1}
    service.act(case, "发布动员", actor=COMMITTEE, key="发", at=when, inputs=call)
    service.act(case, "传到网格", actor=COMMITTEE, key="传", at=when, inputs=told)
    fast = [(role, units[0]) for role, units in BELOW.items()]
    slow = [(role, units[1]) for role, units in BELOW.items()]
    seen = []
    for role, unit in (*fast, *slow):
        who = by(unit, role)
        service.act(case, "已传下去", actor=who, key=unit, at=when, inputs=told)
        seen.append(service.show(case)["state"])
    assert seen == ["逐级动员"] * 5 + ["全员通知"]


@pytest.mark.rows("S0-50")
@pytest.mark.parametrize(
    ("day", "lacking"),
    [
        (date(2026, 1, 1), {"示例物业企业一", "示例物业企业三", "示例物业企业四"}),
        (date(2026, 4, 1), {"示例物业企业二"}),
    ],
)
def test_a_firm_that_showed_no_accounts_in_a_quarter_is_told(day: date, lacking: set[str]) -> None:
    (found,) = missed(Rows(compiled("jiangyuan"), day), ["企业公开账目"])
    assert found.asked == 4
    assert {each.subjects[0] for each in found.findings} == lacking


MAJORITY, TWO_THIRDS = Quorum(share="majority"), Quorum(share="twothirds")
WRITTEN = {"过半数": MAJORITY, "三分之二以上": TWO_THIRDS}


@pytest.mark.rows("S0-64")
def test_each_meeting_of_the_workflow_needs_as_many_as_the_table_of_meetings_says() -> None:
    jiangyuan = checked("jiangyuan")
    table, flow = jiangyuan.tables["协商形式"], jiangyuan.workflows["社区协商"]
    names = [name for name, _ in table.outputs]
    said = {}
    for row in table.rows:
        cells = dict(
            zip(names, (str(getattr(one, "value", one)) for one in row.results), strict=True)
        )
        said[cells["会议"]] = (cells["到会"], cells["赞成"])
    assert said.pop("恳谈会") == ("不限", "不表决")
    held = {
        state.owner.body.name: (state.owner.present, state.owner.favour)
        for state in flow.states
        if isinstance(state.owner, Meeting)
    }
    present = Quorum(share="majority", over="present")
    assert {favour for _, favour in said.values()} == {"到会过半数"}
    assert held == {name: (WRITTEN[come], present) for name, (come, _) in said.items()}


# --- by when each comes up to the mark -----------------------------------------------------------


def reached(day: date, community: str, mark: date) -> Rows:
    """Return the rows on a day, one community having come up to the mark on a day of its own."""
    rows = Rows(compiled("jiangyuan"), day).register("社区一览") or ()
    given = [dict(row) | ({"达标日期": mark} if row["社区"] == community else {}) for row in rows]
    return Rows(compiled("jiangyuan"), day, {"社区一览": given})


@pytest.mark.rows("S0-04")
@pytest.mark.parametrize(
    ("day", "pending"), [(date(2020, 12, 30), True), (date(2020, 12, 31), False)]
)
def test_who_is_late_has_time_left_until_the_last_day_of_2020_and_then_none(
    day: date, pending: bool
) -> None:
    (found,) = review(reached(day, "盛丰社区", date(2021, 1, 1)), ["幸福社区达标"])
    assert [(one.subjects, one.pending) for one in found.findings] == [(("盛丰社区",), pending)]
    assert found.holds is pending


@pytest.mark.rows("S0-05")
@pytest.mark.parametrize(
    ("mark", "late"), [(date(2018, 12, 31), []), (date(2019, 1, 1), [("盛丰社区",)])]
)
def test_a_model_community_of_2018_came_up_to_the_mark_in_that_year(
    mark: date, late: list[tuple[str, ...]]
) -> None:
    (found,) = review(reached(date(2020, 5, 21), "盛丰社区", mark), ["示范社区先行达标"])
    assert [one.subjects for one in found.findings] == late
