"""Recurring duties: open for each unit and period, done in time or put on record as missed."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest
from tests.cases.asking import at, by, key
from tests.cases.sets import TEXT, compiled

from zhunru.checker.resolved_flows import ResolvedDuty
from zhunru.errors import CaseRefused
from zhunru.runtime.recurring import period_of
from zhunru.runtime.service import CaseService
from zhunru.store.base import Store
from zhunru.vocabulary import Measure

DUTIES = """定期 三方例会 每个 社区 每月 不少于 1 次 由 社区居委会 逾期 记 未开会、通知 街道办
定期 走访 每个 社区 每季度 不少于 2 次 由 社区居委会 逾期 提醒 街道办
"""


@pytest.fixture
def service(store: Store) -> CaseService:
    return CaseService(store, compiled(TEXT + DUTIES))


def waiting(service: CaseService, unit: str) -> dict[str, dict[str, Any]]:
    return {case["flow"]: case for case in service.inbox(unit)}


def hold(service: CaseService, unit: str, duty: str, when: str) -> str:
    case = waiting(service, unit)[duty]["case"]
    return service.act(case, "开展", actor=by(unit), key=key(), at=at(when)).state


def test_every_unit_finds_its_duties_of_the_period_in_its_inbox(service: CaseService) -> None:
    service.start(at("2026-03-02 09:00"))
    found = waiting(service, "森工")
    assert {flow: case["due"] for flow, case in found.items()} == {
        "三方例会": "2026-03-31 23:59:59",
        "走访": "2026-03-31 23:59:59",
    }
    service.start(at("2026-03-03 09:00"))
    assert len(service.inbox("森工")) == 2


def test_what_is_done_in_time_leaves_no_mark(service: CaseService) -> None:
    service.start(at("2026-03-02 09:00"))
    assert hold(service, "森工", "三方例会", "2026-03-10 15:00") == "已完成"
    assert hold(service, "森工", "走访", "2026-03-10 15:00") == "进行中"
    assert hold(service, "森工", "走访", "2026-03-11 15:00") == "已完成"
    assert waiting(service, "森工") == {}
    service.tick(at("2026-04-01 09:00"))
    assert {flow: case["due"][:10] for flow, case in waiting(service, "森工").items()} == {
        "三方例会": "2026-04-30",
        "走访": "2026-06-30",
    }
    assert service.stats()["flows"]["三方例会"]["closed"] == {"已完成": 1, "未完成": 1}


def test_what_is_missed_is_marked_and_told_once(service: CaseService, store: Store) -> None:
    service.start(at("2026-03-02 09:00"))
    missed = waiting(service, "富强")["三方例会"]["case"]
    for _ in range(2):
        service.tick(at("2026-04-01 09:00"))
    case = service.show(missed)
    assert (case["state"], case["marks"]) == ("未完成", ["未开会"])
    told = [
        (row.topic, orjson.loads(row.body)["to"])
        for _, row in store.messages(100)
        if row.case_id == missed
    ]
    assert told == [("record", ["富强"]), ("notify", ["街道办"])]
    assert list(service.check_projections()) == []


def test_who_takes_part_stands_in_the_record_and_owes_nothing(store: Store) -> None:
    together = (
        "定期 联查 每个 社区 每月 不少于 1 次 由 社区居委会 参加 区督查室、审批部门、街道\n"
        "  逾期 记 未联查\n"
    )
    service = CaseService(store, compiled(TEXT + together))
    service.start(at("2026-03-02 09:00"))
    case = waiting(service, "森工")["联查"]["case"]
    assert service.show(case)["facts"]["参加"] == "区督查室、区民政局、街道办"
    assert "联查" not in waiting(service, "区督查室")
    assert store.messages(100) == []
    assert list(service.check_projections()) == []


def test_a_period_that_is_over_is_not_made_good(service: CaseService) -> None:
    service.start(at("2026-03-02 09:00"))
    with pytest.raises(CaseRefused):
        hold(service, "森工", "三方例会", "2026-04-01 09:00")


def test_what_was_done_before_its_period_does_not_count_in_it(service: CaseService) -> None:
    service.start(at("2026-03-02 09:00"))
    with pytest.raises(CaseRefused) as refused:
        hold(service, "森工", "三方例会", "2026-02-27 15:00")
    assert refused.value.code == "ZR731"
    assert hold(service, "森工", "三方例会", "2026-03-01 08:00") == "已完成"


def test_a_duty_is_done_by_whose_it_is(service: CaseService) -> None:
    service.start(at("2026-03-02 09:00"))
    case = waiting(service, "森工")["走访"]["case"]
    with pytest.raises(CaseRefused) as refused:
        service.act(case, "开展", actor=by("富强"), key=key(), at=at("2026-03-10 15:00"))
    assert refused.value.code == "ZR723"


def test_a_year_away_is_made_up_period_by_period(service: CaseService) -> None:
    service.start(at("2026-03-02 09:00"))
    while service.tick(at("2026-12-15 09:00")).moved:
        pass
    closed = service.stats()["flows"]
    assert closed["三方例会"]["closed"] == {"未完成": 18}
    assert closed["走访"]["closed"] == {"未完成": 6}
    assert closed["三方例会"]["open"] == {"进行中": 2}


def test_each_of_several_periods_comes_due_by_itself(store: Store) -> None:
    several = (
        "定期 巡查 每个 社区 每周 不少于 1 次, 每月 不少于 2 次 由 社区居委会 逾期 记 未巡查\n"
    )
    service = CaseService(store, compiled(TEXT + several))
    service.start(at("2026-03-02 09:00"))
    assert {flow: case["due"][:10] for flow, case in waiting(service, "森工").items()} == {
        "巡查": "2026-03-08",
        "巡查.2": "2026-03-31",
    }
    service.tick(at("2026-04-01 09:00"))
    closed = service.stats()["flows"]
    assert closed["巡查"]["closed"] == {"未完成": 8}  # the four weeks to 29 March, of two 社区
    assert closed["巡查.2"]["closed"] == {"未完成": 2}
    assert {flow: case["due"][:10] for flow, case in waiting(service, "森工").items()} == {
        "巡查": "2026-04-05",
        "巡查.2": "2026-04-30",
    }


def test_one_tick_after_a_year_away_finds_every_week_missed(store: Store) -> None:
    weekly = "定期 巡查 每个 社区 每周 不少于 1 次 由 社区居委会 逾期 记 未巡查\n"
    service = CaseService(store, compiled(TEXT + weekly))
    service.start(at("2026-03-02 09:00"))
    few = service.tick(at("2027-03-02 09:00"), limit=10)
    assert (few.moved, few.more) == (10, True)
    service.tick(at("2027-03-02 09:00"))
    assert service.stats()["flows"]["巡查"]["closed"] == {"未完成": 104}


@pytest.mark.parametrize(
    ("length", "measure", "day", "first", "last"),
    [
        (1, Measure.MONTH, "2026-02-10", "2026-02-01", "2026-02-28"),
        (3, Measure.MONTH, "2026-02-10", "2026-01-01", "2026-03-31"),
        (6, Measure.MONTH, "2026-12-31", "2026-07-01", "2026-12-31"),
        (1, Measure.YEAR, "2028-02-29", "2028-01-01", "2028-12-31"),
        (5, Measure.YEAR, "2026-03-02", "2025-01-01", "2029-12-31"),
        (1, Measure.WEEK, "2026-03-04", "2026-03-02", "2026-03-08"),
        (1, Measure.DAY, "2026-03-04", "2026-03-04", "2026-03-04"),
    ],
)
def test_periods_lie_as_the_calendar_has_them(
    length: int, measure: Measure, day: str, first: str, last: str
) -> None:
    duty = ResolvedDuty(name="例会", every="社区", length=length, measure=measure, least=1)
    found = period_of(duty, date.fromisoformat(day))
    assert found == (date.fromisoformat(first), date.fromisoformat(last))


LATER = "定期 季报 每个 社区 每 3 个月 不少于 1 次 自 2026-06-01 由 社区居委会 逾期 记 未报\n"


def test_a_duty_that_begins_on_a_day_is_not_owed_before_it(store: Store) -> None:
    service = CaseService(store, compiled(TEXT + LATER))
    service.start(at("2026-03-15 09:00"))
    assert waiting(service, "森工") == {}
    service.tick(at("2026-05-31 23:59"))
    assert waiting(service, "森工") == {}
    service.tick(at("2026-06-01 09:00"))
    assert waiting(service, "森工")["季报"]["due"] == "2026-08-31 23:59:59"
    assert store.messages(10) == []


def test_what_a_version_brings_that_comes_while_a_service_runs_is_owed_from_then_on(
    store: Store,
) -> None:
    service = CaseService(store, compiled(TEXT))
    service.start(at("2026-03-02 09:00"))
    service.register(compiled(TEXT + DUTIES), at("2026-03-02 10:00"))
    service.tick(at("2026-03-02 10:01"))
    assert set(waiting(service, "森工")) == {"三方例会", "走访"}
    assert list(service.check_projections()) == []


REGISTERED = """台账 新建小区
  小区 文本
  社区 单位
流程 登记 止于 办结
  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |
  | 登记 | 社区居委会 | 不限时 | 登记(小区, 社区) → 办结 并 登记 新建小区 | - |
定期 巡查 每个 新建小区 每月 不少于 1 次 由 社区居委会
"""


QUARTER = "定期 走访 每个 社区 每季度 不少于 2 次 由 社区居委会 逾期 记 未走访\n"
MONTH = "定期 走访 每个 社区 每月 不少于 1 次 由 社区居委会 逾期 记 未走访\n"


@pytest.mark.parametrize("changed", ["2026-01-10 09:00", "2026-02-10 09:00"])
@pytest.mark.parametrize(
    ("old", "new", "ends"),
    [(QUARTER, MONTH, ["2026-04-30"]), (MONTH, QUARTER, ["2026-06-30"])],
    ids=["to months", "to quarters"],
)
def test_periods_that_a_version_makes_longer_or_shorter_come_one_after_the_other(
    store: Store, changed: str, old: str, new: str, ends: list[str]
) -> None:
    """Two of them may begin on one day, or end on one, with one tick for both."""
    CaseService(store, compiled(TEXT + old)).start(at("2026-01-05 09:00"))
    service = CaseService(store, compiled(TEXT + new))
    service.start(at(changed))
    dues = {case["due"][:10] for case in service.inbox("森工")}
    assert dues >= {"2026-03-31"}
    assert service.tick(at("2026-04-02 09:00")).failed == ()
    assert [case["due"][:10] for case in service.inbox("森工")] == ends
    assert list(service.check_projections()) == []


def test_a_community_that_comes_within_a_period_does_what_it_owes_itself(store: Store) -> None:
    new = """单位
  | 名称 | 层级 | 上级 | 自 | 角色 |
  | 新街道 | 街道 | - | - | - |
  | 新社区 | 社区 | 新街道 | 2026-05-10 | - |
  | 新队 | 居民组织 | 新社区 | 2026-05-10 | 巡查队 |
角色 巡查队
定期 巡查 每个 社区 每季度 不少于 1 次 由 巡查队 参加 社区居委会
"""
    service = CaseService(store, compiled(TEXT + DUTIES + new))
    service.start(at("2026-05-01 09:00"))
    service.tick(at("2026-05-12 09:00"))
    assert sorted(waiting(service, "新社区")) == ["三方例会", "走访"]
    case = waiting(service, "新队")["巡查"]["case"]
    assert service.show(case)["facts"]["参加"] == "新社区"
    assert hold(service, "新队", "巡查", "2026-05-13 15:00") == "已完成"


def test_what_is_put_on_a_register_is_owed_for_from_the_next_day_on(store: Store) -> None:
    text = TEXT.replace("表单 申请\n", "表单 申请\n  小区 文本\n  社区 单位\n")
    service = CaseService(store, compiled(text + REGISTERED))
    service.start(at("2026-03-02 09:00"))
    facts = {"目标社区": "森工"}
    when = at("2026-03-02 10:00")
    case = service.open("登记", facts=facts, actor=by("森工"), key=key(), at=when).case_id
    row = {"小区": "和平里", "社区": "森工"}
    service.act(case, "登记", inputs=row, actor=by("森工"), key=key(), at=at("2026-03-02 10:05"))
    service.tick(at("2026-03-02 11:00"))
    assert waiting(service, "森工") == {}
    service.tick(at("2026-03-03 00:01"))
    assert waiting(service, "森工")["巡查"]["due"] == "2026-03-31 23:59:59"


def test_who_is_told_that_a_duty_was_missed_is_near_the_community_it_is_for(store: Store) -> None:
    more = "  | 二街道 | 街道 | 江源区 | - |\n  | 和平 | 社区 | 二街道 | - |\n"
    text = TEXT.replace("  | 富强     | 社区", more + "  | 富强     | 社区")
    duty = "定期 督查 每个 社区 每月 不少于 1 次 由 区督查室 逾期 通知 街道\n"
    service = CaseService(store, compiled(text + duty))
    service.start(at("2026-03-02 09:00"))
    service.tick(at("2026-04-01 09:00"))
    told = sorted(to for _, row in store.messages(100) for to in orjson.loads(row.body)["to"])
    assert told == ["二街道", "街道办", "街道办"]


@pytest.mark.parametrize("verb", ["撤回", "延期", "停表", "改派", "withdraw"])
def test_who_withdraws_or_hands_on_a_duty_has_not_done_it(service: CaseService, verb: str) -> None:
    service.start(at("2026-03-02 09:00"))
    with pytest.raises(CaseRefused) as refused:
        case = waiting(service, "森工")["走访"]["case"]
        service.act(case, verb, actor=by("森工"), key=key(), at=at("2026-03-10 15:00"))
    assert refused.value.code == "ZR721"
    assert service.show(case)["facts"]["已办"] == "0"


@pytest.mark.parametrize("name", ["应办", "已办", "对象"])
def test_nobody_says_how_often_or_for_whom_a_duty_is_owed(service: CaseService, name: str) -> None:
    service.start(at("2026-03-02 09:00"))
    case = waiting(service, "森工")["走访"]["case"]
    done: dict[str, Any] = {"actor": by("森工"), "at": at("2026-03-10 15:00")}
    with pytest.raises(CaseRefused) as refused:
        service.act(case, "开展", inputs={name: "1"}, key=key(), **done)
    assert refused.value.code == "ZR727"
    assert service.act(case, "开展", inputs={"纪要": "见档案"}, key=key(), **done).state == "进行中"
    assert service.show(case)["facts"]["纪要"] == "见档案"
