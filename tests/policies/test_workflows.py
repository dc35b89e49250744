"""The workflows that ship: named where they are used, sourced, drawn, their promises exact."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

import pytest
from tests.shipped import SETS, source, written
from tests.shipped import compiled as policy

from zhunru.analysis.drawing import FORMATS, draw_workflow
from zhunru.analysis.timing import longest
from zhunru.checker.resolved_flows import Longest, ResolvedWorkflow
from zhunru.syntax import nodes
from zhunru.syntax.workflow_nodes import Recurring, Workflow

FLOWS = {name: [d.name.text for d in written(name) if isinstance(d, Workflow)] for name in SETS}
ALL = [(name, flow) for name, flows in FLOWS.items() for flow in flows]


def flow_of(name: str, flow: str) -> ResolvedWorkflow:
    return policy(name).checked.workflows[flow]


def promises() -> Iterator[tuple[str, str, Longest]]:
    for name, flow in ALL:
        for each in flow_of(name, flow).constraints:
            if isinstance(each, Longest):
                yield name, flow, each


def test_every_set_that_ships_is_looked_at() -> None:
    assert len(SETS) >= 14
    assert {
        "社区工作准入", "擅自安排工作查处", "证明开具", "矛盾纠纷调处", "网格事项", "治理项目",
        "热线工单", "四议两公开", "候选人联审", "政府购买服务", "一窗受理",
    } == set(FLOWS["national"])  # fmt: skip
    assert sum(map(len, FLOWS.values())) == len(ALL) >= 40


@pytest.mark.parametrize(("name", "flow"), ALL)
def test_it_says_which_lines_of_the_sources_it_carries_out(name: str, flow: str) -> None:
    (node,) = (d for d in source(name).declarations
               if isinstance(d, Workflow) and d.name.text == flow)  # fmt: skip
    assert node.trace
    assert all(each[0] == "S" and each[2] == "-" for each in node.trace)


@pytest.mark.parametrize(("name", "flow"), ALL)
def test_it_is_drawn_in_every_format(name: str, flow: str) -> None:
    for each in FORMATS:
        drawn = draw_workflow(policy(name), flow, format=each)
        assert all(state.name in drawn for state in flow_of(name, flow).states), each
        if each in ("svg", "graphml", "bpmn", "scxml"):
            Xml.fromstring(drawn)


def test_what_a_workflow_promises_is_exactly_its_longest_way() -> None:
    found = {
        (flow, each.start): (
            each.length.amount,
            longest(policy(name), flow, each.start, each.ends, each.length.measure).amount,
        )
        for name, flow, each in promises()
    }
    assert found == {key: (amount, amount) for key, (amount, _) in found.items()}
    assert len(found) >= 20
    known = {
        ("社区工作准入", "初审"): 15,
        ("擅自安排工作查处", "纠正"): 27,
        ("证明开具", "受理"): 5,
        ("矛盾纠纷调处", "楼院调解"): 7,
        ("网格事项", "研判"): 47,
        ("四议两公开", "提议"): 37,
        ("物业监督", "整改"): 18,
        ("诉求回应", "受理"): 14,
        ("百事帮预约", "接单"): 11,
    }
    assert {key: int(found[key][0]) for key in known} == known


def test_every_certificate_that_may_be_issued_has_its_workflow_and_its_own_text() -> None:
    checked = policy("national").checked
    (listed,) = (d for d in source("national").declarations
                 if isinstance(d, nodes.ListDecl) and d.name.text == "可出具证明")  # fmt: skip
    current = [entry for entry in listed.entries if not entry.period.end]
    texts = [entry.clauses.documents[0].text for entry in current]
    assert {entry.clauses.workflow.text for entry in listed.entries} == {"证明开具"}
    assert len(set(texts)) == len(current) == 4
    assert all(checked.documents[text].slots for text in texts)
    issued = {e.object for line in flow_of("national", "证明开具").state("出具").actions
              for e in line.effects if e.kind == "issue"}  # fmt: skip
    assert issued == set(texts)


DUTIES = {name: [d for d in written(name) if isinstance(d, Recurring)] for name in SETS}


def test_there_are_duties_in_most_sets() -> None:
    assert {"national", "weihai", "jiangyuan", "hongqi"} <= {
        n for n, found in DUTIES.items() if found
    }


@pytest.mark.parametrize("name", [name for name, found in DUTIES.items() if found])
def test_duties_that_come_back_say_how_often_and_who_owes_them(name: str) -> None:
    duties = DUTIES[name]
    assert all((d.occurrences or d.period_from) and d.by is not None for d in duties)
