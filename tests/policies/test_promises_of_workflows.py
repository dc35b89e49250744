"""What the workflows and duties of Weihai and Jin'an promise: none of it can be left out.

That a way past a promise is an error is tried with the checker; here it is only that the promise
stands in the workflow, so that such a way is looked for.
"""

from __future__ import annotations

import pytest
from tests.cases.asking import at
from tests.shipped import compiled, written

from zhunru.runtime.case import Actor
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore
from zhunru.syntax.expressions import Ref
from zhunru.syntax.measure_nodes import Scorecard
from zhunru.syntax.workflow_nodes import (
    Apart,
    Constraint,
    Exactly,
    Longest,
    Recurring,
    Without,
    Workflow,
)

PROMISED = {
    # S1-23, S1-26 to S1-29, S1-36
    ("weihai", "走访反映"): ["没有 当场答复或转为网格事项 就没有 办结"],
    ("weihai", "三会协商"): [
        "没有 公开结果或公开协商情况 就没有 办结",
        "没有 通过 就没有 公开结果",
    ],
    ("weihai", "吹哨报到"): ["没有 评哨打分 就没有 销哨", "1 个 主办"],
    ("weihai", "服务规范会同"): ["没有 全部会签 就没有 印发"],
    # S2-10
    ("national", "治理项目"): ["没有 评单满意或议定销号 就没有 销号", "1 个 责任主体"],
    # S2-09, S2-15, S2-16, S2-21, S2-23, S2-24, S2-29, S2-30
    ("jin-an", "联席会议议定"): ["没有 通过 就没有 已派单"],
    ("jin-an", "楼道整治"): ["没有 验收合格 就没有 销号", "清理 到 销号 42"],
    ("jin-an", "评选报批"): ["没有 批准评选 就没有 已批准", "申报 不是 批准", "初审 到 已批准 15"],
    ("jin-an", "一站式窗口"): [
        "没有 当场答复或窗口答复 就没有 已答复",
        "首问 到 已答复 7",
    ],
    ("jin-an", "小院改造恳谈"): ["没有 通过 就没有 改造", "没有 公示完工 就没有 改造完成"],
    ("jin-an", "红色网格呼叫"): ["没有 处理完毕 就没有 已处理"],
    ("jin-an-community", "认领服务岗位"): ["没有 确认服务 就没有 服务记录"],
}  # fmt: skip


def said(promise: Constraint) -> str:
    """Return what a promise says, in the words of the table above."""
    if isinstance(promise, Without):
        joined = ("或" if promise.any_of else "、").join(one.text for one in promise.steps)
        return f"没有 {joined} 就没有 {promise.target.text}"
    if isinstance(promise, Longest):
        ends = "或".join(one.text for one in promise.ends)
        return f"{promise.start.text} 到 {ends} {promise.length.value}"
    if isinstance(promise, Apart):
        return f"{promise.left[0].text} 不是 {promise.right[0].text}"
    return f"{promise.number} 个 {promise.role.text}" if isinstance(promise, Exactly) else ""


@pytest.mark.rows(
    "S1-23", "S1-26", "S1-27", "S1-28", "S1-29", "S1-36", "S2-09", "S2-10", "S2-15", "S2-16",
    "S2-21", "S2-23", "S2-24", "S2-29", "S2-30",
)  # fmt: skip
@pytest.mark.parametrize(("name", "flow"), PROMISED)
def test_what_a_workflow_promises_of_every_case_stands_in_it(name: str, flow: str) -> None:
    (found,) = (o for o in written(name) if isinstance(o, Workflow) and o.name.text == flow)
    assert set(PROMISED[name, flow]) <= {said(one) for one in found.constraints}


@pytest.mark.rows("S1-36")
def test_the_civil_affairs_office_leads_the_rules_that_it_draws_up_with_another() -> None:
    service = CaseService(MemoryStore(), compiled("weihai"))
    who, facts = Actor(unit="市民政局", person="甲"), {"目标社区": "幸福社区"}
    case = service.open("服务规范会同", actor=who, key="o", at=at("2026-03-02 08:50"), facts=facts)
    given = {"规范名称": "服务大厅规范"}
    sent = at("2026-03-02 09:00")
    service.act(case.case_id, "送会签", actor=who, key="s", at=sent, inputs=given)
    parties = service.show(case.case_id)["parties"]
    leads = {party["unit"]: party["lead"] for party in parties}
    assert leads == {"市民政局": True, "市行政审批服务局": False}


# What becomes of a duty that nobody did: what is put on record, and who hears of it.
MISSED = {
    ("weihai", "上门走访"): {("remind", "社区居委会")},
    ("weihai", "全日值班"): {("record", "断岗")},
    ("jin-an", "微清单梳理"): {("record", "没有梳理清单"), ("notify", "街道")},
    ("jin-an", "网格党建联席季会"): {("record", "本季没有开会"), ("notify", "街道")},
    ("jin-an", "网格服务之星评选"): {("record", "没有评选")},
    ("jin-an", "下沉服务日"): {("record", "没有下沉服务"), ("notify", "组织部门")},
    ("jin-an", "党员回家服务日"): {("record", "没有回家服务")},
}


@pytest.mark.rows("S1-22", "S1-25", "S2-07", "S2-08", "S2-16", "S2-28")
@pytest.mark.parametrize(("name", "duty"), MISSED)
def test_what_becomes_of_a_duty_that_nobody_did(name: str, duty: str) -> None:
    (found,) = (o for o in written(name) if isinstance(o, Recurring) and o.name.text == duty)
    objects = {(one.kind, one.object.text) for one in found.missed if one.object is not None}
    bodies = {(one.kind, to.name) for one in found.missed for to in one.to if isinstance(to, Ref)}
    assert objects | bodies == MISSED[name, duty]


@pytest.mark.rows("S1-35")
def test_the_grades_of_credit_are_used_for_encouragement_alone() -> None:
    (card,) = (
        o for o in written("weihai") if isinstance(o, Scorecard) and o.name.text == "居民商户信用"
    )
    assert [(use.name.text, use.share) for use in card.uses] == [("信用激励", None)]
