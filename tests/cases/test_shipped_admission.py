"""The shipped national set from a refusal to an admission and back: what was applied for counts."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest
from tests.cases.asking import at, by, key

from zhunru.compiler import CompiledPolicy
from zhunru.decision import Request
from zhunru.opening import open_policy
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore

SENDER, CIVIL, STREET, HOME = "示例区教育局", "示例区民政局", "示例街道", "示例一社区"
MEMBERS = ("示例区委组织部", "示例区委社会工作部", "示例区财政局", "示例区民政局",
           "示例区司法局", "示例区卫健局")  # fmt: skip
STEPS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("2026-03-02 10:00", SENDER, "提交", {"审批表": "附件", "范围": [HOME]}),
    ("2026-03-03 09:00", CIVIL, "受理", {}),
    ("2026-03-04 09:00", STREET, "已复", {}),
    ("2026-03-04 10:00", HOME, "已复", {}),
    ("2026-03-05 09:00", CIVIL, "提请审批",
     {"法律依据": "某法", "预计工时": "40", "经费": "20000", "替代办法": "无",
      "资金来源": "部门预算"}),
    ("2026-03-06 14:00", CIVIL, "会议", {"到会": MEMBERS, "赞成": MEMBERS}),
    ("2026-03-16 09:00", SENDER, "签订", {"责任书": "责任书"}),
    ("2026-03-17 09:00", STREET, "确认到账", {"到账金额": "20000"}),
)  # fmt: skip


@cache
def national() -> CompiledPolicy:
    return open_policy("national")


@pytest.fixture
def service() -> CaseService:
    return CaseService(MemoryStore(), national())


def request(day: str, matter: str = "暑期托管需求摸底") -> Request:
    facts = {"来文单位": SENDER, "目标社区": HOME, "事项": matter, "类别": "行政任务",
             "承担方式": "协助", "拟进入日期": day}  # fmt: skip
    return Request(facts=facts, received=date(2026, 3, 2))


def send(service: CaseService, day: str, **more: Any) -> Any:
    given: dict[str, Any] = {"actor": by(SENDER), "key": key(), "at": at("2026-03-02 09:00")}
    return service.submit(request(day), **{**given, **more})


def admitted(service: CaseService) -> str:
    """Apply after a refusal and go through all of it; return the case."""
    (case_id,) = send(service, "2026-06-01", apply=True).opened
    for instant, unit, verb, inputs in STEPS:
        actor = by(unit, "经办人")
        service.act(case_id, verb, actor=actor, key=key(), at=at(instant), inputs=inputs)
    return case_id


def test_the_refusal_opens_an_application_that_knows_what_was_asked(service: CaseService) -> None:
    reply = send(service, "2026-06-01", apply=True)
    assert (reply.outcome, reply.code) == ("refuse", "未准入")
    case = service.show(reply.opened[0])
    assert (case["flow"], case["state"], case["owners"]) == ("社区工作准入", "草拟", [SENDER])
    assert case["facts"]["事项"] == "暑期托管需求摸底"


def test_what_was_approved_and_paid_for_is_admitted_until_its_row_ends(
    service: CaseService,
) -> None:
    """Twelve months from 17 March 2026 end on 17 March 2027."""
    admitted(service)
    days = ("2026-03-16", "2026-03-17", "2026-12-31", "2027-03-17", "2027-03-18")
    found = {day: send(service, day) for day in days}
    assert {day: reply.outcome for day, reply in found.items()} == {
        "2026-03-16": "refuse",
        "2026-03-17": "admit",
        "2026-12-31": "admit",
        "2027-03-17": "admit",
        "2027-03-18": "refuse",
    }


def test_what_is_admitted_for_two_months_that_end_on_a_saturday_is_so_until_monday(
    service: CaseService,
) -> None:
    """From 7 January 2026: 7 March is a Saturday."""
    (case_id,) = send(service, "2026-02-02", apply=True, at=at("2026-01-05 09:00")).opened
    given = {"审批表": "附件", "范围": [HOME], "月数": 2}
    paid = {"经费到位": True, "资金来源": "部门预算"}
    for instant, unit, verb, inputs in (
        ("2026-01-07 09:00", SENDER, "申请临时准入", given),
        ("2026-01-07 10:00", STREET, "同意", paid),
    ):
        actor = by(unit, "经办人")
        service.act(case_id, verb, actor=actor, key=key(), at=at(instant), inputs=inputs)
    days = ("2026-03-06", "2026-03-07", "2026-03-09", "2026-03-10")
    found = [send(service, day, at=at("2026-01-08 09:00")).outcome for day in days]
    assert found == ["admit", "admit", "admit", "refuse"]
    service.tick(at("2026-03-09 18:00"))
    assert service.show(case_id)["state"] == "临时生效"
    service.tick(at("2026-03-10 09:00"))
    assert service.show(case_id)["state"] == "退出"


def test_after_it_left_the_list_it_is_refused_again(service: CaseService) -> None:
    case_id = admitted(service)
    given = {"actor": by(STREET, "经办人"), "key": key(), "at": at("2026-05-06 09:00")}
    reply = service.act(case_id, "提前退出", inputs={"理由": "学校已经自办"}, **given)
    assert (reply.state, reply.closed) == ("退出", True)
    assert send(service, "2026-06-01").outcome == "refuse"


def test_an_admission_is_for_its_community_matter_and_sender_alone(service: CaseService) -> None:
    admitted(service)
    given: dict[str, Any] = {"key": key(), "at": at("2026-04-01 09:00")}
    facts = dict(request("2026-06-01").facts)
    for name, value in (("目标社区", "示例二社区"), ("事项", "另一件事"), ("来文单位", CIVIL)):
        asked = Request(facts={**facts, name: value}, received=date(2026, 4, 1))
        given = {"actor": by(asked.facts["来文单位"]), "key": key(), "at": at("2026-04-01 09:00")}
        assert service.submit(asked, **given).outcome == "refuse", name


def test_the_stop_order_names_the_work_and_not_who_complained(service: CaseService) -> None:
    opened = service.open("擅自安排工作查处", actor=by(HOME, "社工"), key=key(),
                          at=at("2026-03-02 09:00"), facts={"目标社区": HOME})  # fmt: skip
    case_id = opened.case_id
    told = {"来文单位": SENDER, "事项": "入户核对视力", "举报人": "陈某某", "证据": "截图"}
    service.act(case_id, "反映", actor=by(HOME, "社工"), key=key(), at=at("2026-03-02 09:10"),
                inputs=told)  # fmt: skip
    service.act(case_id, "属实", actor=by(CIVIL, "科员"), key=key(), at=at("2026-03-03 09:00"),
                inputs={"收文日期": "2026-02-27"})  # fmt: skip
    (paper,) = [p for event in service.history(case_id) for p in event.get("papers", ())]
    assert "入户核对视力" in str(paper)
    assert "陈某某" not in str(paper)
    assert "陈某某" in str(service.show(case_id, by(HOME, "社工"))["facts"])
    assert "陈某某" not in str(service.show(case_id, by(SENDER, "张三")))
