"""A newer program knows more days: dates that were provisional are reckoned anew, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from tests.cases.asking import asked, at, by, key, send
from tests.cases.sets import compiled, small

from zhunru.casework.office import Office
from zhunru.runtime import clockwork
from zhunru.runtime.service import CaseService
from zhunru.store.base import RegisterRow, Store
from zhunru.store.draft import Draft
from zhunru.worktime import published_calendar
from zhunru.worktime.instants import instant

NOTICE = "国办发明电〔2025〕7号"
OPENED, LATER = at("2025-12-30 09:00"), at("2025-12-31 09:00")


def opened_case(service: CaseService) -> str:
    reply = service.open(
        "协助办理", actor=by("森工"), key=key(), at=OPENED, facts={"目标社区": "森工"}
    )
    return reply.case_id


def kinds(service: CaseService, case_id: str) -> list[str]:
    return [event["kind"] for event in service.history(case_id)]


def test_a_newer_program_reckons_provisional_dates_anew(
    address: str, opened: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = clockwork._notices()
    assert known[-1] == NOTICE
    store = opened(address)
    older = CaseService(store, small())
    older.policies.publish(published_calendar(known_on=date(2025, 11, 1)))
    monkeypatch.setattr(clockwork, "_notices", lambda: known[:-1])
    assert older.catch_up(OPENED) == []
    case_id = opened_case(older)
    before = older.show(case_id)
    assert before["provisional"]
    monkeypatch.undo()

    # The same, but as the program that only knew less.
    assert CaseService(store, small()).catch_up(OPENED) == [case_id]
    newer = CaseService(store, small())
    after = newer.show(case_id)
    assert not after["provisional"] and after["due"] != before["due"]
    event = newer.history(case_id)[-1]
    assert (event["kind"], event["data"]["notice"]) == ("reprojected", NOTICE)
    assert newer.catch_up(LATER) == []
    assert list(newer.check_projections()) == []


def test_time_reckons_them_anew_before_it_does_anything(
    address: str, opened: Callable[[str], Store]
) -> None:
    store = opened(address)
    older = CaseService(store, small())
    older.policies.publish(published_calendar(known_on=date(2025, 11, 1)))
    case_id = opened_case(older)
    office = Office(store, address)
    ticked = office.tick(instant(LATER))
    assert ticked["moved"] == 1
    assert kinds(older, case_id)[-1] == "reprojected"
    assert office.tick(instant(LATER))["moved"] == 0


@pytest.mark.parametrize("ticked", [True, False])
def test_a_date_that_passed_unpublished_is_reckoned_by_the_notice_and_not_to_before_it(
    service: CaseService, ticked: bool
) -> None:
    """Whether time came by in between changes nothing: the notice was not there yet."""
    service.policies.publish(published_calendar(known_on=date(2025, 11, 1)))
    case_id = opened_case(service)
    if ticked:
        service.tick(at("2026-01-19 09:00"))
    published = at("2026-01-20 09:00")
    assert service.publish(published_calendar(), at=published, notice=NOTICE) == [case_id]
    assert kinds(service, case_id) == ["opened", "unpublished", "reprojected"]
    event = service.history(case_id)[-1]
    assert (event["at"], event["data"]["notice"]) == ("2026-01-20 09:00:00", NOTICE)
    assert service.show(case_id)["due"] == "2026-01-20 09:00:00"
    assert list(service.check_projections()) == []


# --- rows of registers ---------------------------------------------------------------------------

LASTING = """政策 JY-9 "试办（示例，非官方）"
  施行 2021-01-01
单位
  | 名称   | 层级 | 上级 | 角色 |
  | 甲区   | 区级 | -    | -    |
  | 街道办 | 街道 | 甲区 | -    |
表单 申请
  事项 文本
台账 在册
  事项 文本
  起止 时段
流程 登记 "登记在册" 止于 办结
  | 环节 | 由     | 限       | 办理 → 去向                              | 到期 → 去向 | 延期       | 停表                    |
  | 草拟 | 街道办 | 不限时   | 登记(事项) → 生效 并 登记 在册 有效 2 个月 | -           | -          | -                       |
  | 生效 | 街道办 | 2 个月   | 退出 → 办结                              | 期满 → 办结 | 1 次 1 个月 | 等待 不超过 10 个工作日 |
  到达 办结 时 注销 在册
"""


def rows_of(service: CaseService, register: str) -> list[tuple[str, str]]:
    """The rows of a register that are not struck out, by their first and last day."""
    rows = service.store.read(lambda view: view.register_rows(register))
    return [
        (f"{date.fromordinal(row.since)}", f"{date.fromordinal(row.until)}")
        for row in rows
        if row.until is not None and row.cancelled is None
    ]


def test_a_row_ends_with_its_state_when_that_day_is_published(service: CaseService) -> None:
    """Two months from 17 December end in the spring festival, whose days were not known yet."""
    service.policies.publish(published_calendar(known_on=date(2025, 11, 1)))
    facts = {
        "来文单位": "区卫健局",
        "目标社区": "森工",
        "事项": "健康宣讲",
        "拟进入日期": "2026-01-05",
    }
    sent = at("2025-12-15 09:00")
    case_id = service.open(
        "准入申请", actor=by("区卫健局"), key=key(), at=sent, facts=facts
    ).case_id
    for when, unit, verb, inputs in (
        ("2025-12-16 09:00", "区卫健局", "提交", {"理由": "需要", "月数": 2}),
        ("2025-12-17 09:00", "区民政局", "同意", {}),
    ):
        service.act(case_id, verb, actor=by(unit), key=key(), at=at(when), inputs=inputs)
    assert rows_of(service, "临时准入") == [("2025-12-17", "2026-02-17")]
    moved = service.publish(published_calendar(), at=at("2025-12-18 09:00"), notice=NOTICE)
    assert moved == [case_id]
    assert service.show(case_id)["due"] == "2026-02-24 18:00:00"
    assert rows_of(service, "临时准入") == [("2025-12-17", "2026-02-24")]
    for day, outcome in (("2026-02-24", "admit"), ("2026-02-25", "refuse")):
        request = asked("健康宣讲", day, 来文单位="区卫健局", 类别="行政任务")
        reply = send(service, request, actor=by("区卫健局"), at=at("2025-12-18 10:00"))
        assert reply.outcome == outcome
    assert list(service.check_projections()) == []
    service.tick(at("2026-02-25 09:00"))
    assert rows_of(service, "临时准入") == []
    assert list(service.check_projections()) == []


def test_a_row_ends_with_its_state_when_that_stands_and_is_extended(store: Store) -> None:
    service = CaseService(store, compiled(LASTING))
    who = by("街道办")
    case_id = service.open("登记", actor=who, key=key(), at=at("2026-03-02 09:00")).case_id
    for when, verb, inputs, last in (
        ("2026-03-04 09:00", "登记", {"事项": "宣讲"}, "2026-05-06"),
        ("2026-03-09 09:00", "停表", {"理由": "等待"}, "2026-05-18"),
        ("2026-03-11 09:00", "恢复", {}, "2026-05-06"),
        ("2026-03-12 09:00", "延期", {"理由": "还要"}, "2026-06-08"),
    ):
        service.act(case_id, verb, actor=who, key=key(), at=at(when), inputs=inputs)
        assert dict(service.show(case_id)["timers"])["due"] == f"{last} 18:00:00"
        assert rows_of(service, "在册") == [("2026-03-04", last)]
        assert list(service.check_projections()) == []
    service.tick(at("2026-07-01 09:00"))
    assert rows_of(service, "在册") == []


def test_who_moves_or_leaves_a_register_reads_no_rows_of_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register of residents holds a hundred thousand rows, and each of them changes."""
    service, who = CaseService(store, compiled(LASTING)), by("街道办")
    cases = []
    for _ in range(3):
        case_id = service.open("登记", actor=who, key=key(), at=at("2026-03-02 09:00")).case_id
        entered, facts = at("2026-03-04 09:00"), {"事项": "宣讲"}
        service.act(case_id, "登记", actor=who, key=key(), at=entered, inputs=facts)
        cases.append(case_id)
    read: list[int] = []
    whole = Draft.register_rows

    def counted(draft: Draft, register: str, beginning: str = "") -> Sequence[RegisterRow]:
        rows = whole(draft, register, beginning)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(Draft, "register_rows", counted)
    service.suspend(cases[0], "等待", actor=who, key=key(), at=at("2026-03-09 09:00"))
    service.act(cases[1], "退出", actor=who, key=key(), at=at("2026-03-09 09:00"))
    assert max(read) == 1
    assert [last for _, last in rows_of(service, "在册")] == ["2026-05-06", "2026-05-18"]


def test_a_row_of_an_earlier_state_does_not_move_with_one_that_ends_on_its_last_day(
    service: CaseService,
) -> None:
    """Two months from 4 March, and five working days from 24 April, both end on 6 May."""
    reviewed = "| 复核 → 复核中 | - | - | - |\n  | 复核中 | 街道办 | 5 个工作日 |"
    later = LASTING.replace("2 个月   | 退出", f"不限时 {reviewed} 退出").replace(
        "1 次 1 个月", "-"
    )
    service = CaseService(service.store, compiled(later))
    who = by("街道办")
    case_id = service.open("登记", actor=who, key=key(), at=at("2026-03-02 09:00")).case_id
    for when, verb, inputs in (
        ("2026-03-04 09:00", "登记", {"事项": "宣讲"}),
        ("2026-04-24 09:00", "复核", {}),
        ("2026-04-27 09:00", "停表", {"理由": "等待"}),
    ):
        service.act(case_id, verb, actor=who, key=key(), at=at(when), inputs=inputs)
    assert dict(service.show(case_id)["timers"])["due"] == "2026-05-19 18:00:00"
    assert rows_of(service, "在册") == [("2026-03-04", "2026-05-06")]
