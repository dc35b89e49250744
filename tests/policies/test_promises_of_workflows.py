"""What the workflows of every set and the duties of some promise: none of it can be left out.

That a way past a promise is an error is tried with the checker; here it is only that the promise
stands in the workflow, so that such a way is looked for.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cases.asking import at
from tests.shipped import SETS, compiled, written

from zhunru.runtime.case import Actor
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore
from zhunru.syntax.expressions import Ref
from zhunru.syntax.format_flow_parts import FlowParts
from zhunru.syntax.format_words import Words
from zhunru.syntax.measure_nodes import Scorecard
from zhunru.syntax.workflow_nodes import Recurring, Workflow

# Every promise of every workflow, one a line below its set and its name, as a policy writes it.
PROMISES = Path(__file__).with_name("promises.txt").read_text(encoding="utf-8")


def promised(name: str) -> list[str]:
    """Return what the file has of a set: its workflows, each with the promises below it."""
    parts = PROMISES.strip().split("\n\n")
    return [part for part in parts if part.startswith(f"{name} ")]


def stands(flow: Workflow, name: str) -> str:
    """Return a workflow and its promises as the file writes them."""
    said = FlowParts(Words("zh")).constraint
    return "\n  ".join([f"{name} {flow.name.text}", *sorted(map(said, flow.constraints))])


@pytest.mark.rows(
    "S0-23", "S1-23", "S1-26", "S1-27", "S1-28", "S1-29", "S1-36", "S2-09", "S2-10", "S2-15", "S2-16",
    "S2-21", "S2-23", "S2-24", "S2-29", "S2-30",
)  # fmt: skip
@pytest.mark.parametrize("name", SETS)
def test_what_a_workflow_promises_of_every_case_stands_in_it(name: str) -> None:
    flows = [one for one in written(name) if isinstance(one, Workflow) and one.constraints]
    assert sorted(promised(name)) == sorted(stands(flow, name) for flow in flows)


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
