"""Workflows drawn and written for other programs."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree as Xml

import pytest
from tests.flows import walking
from tests.flows.sets import FLOWS, checked
from tests.flows.walking import random_flow

from zhunru.analysis import layout, svg
from zhunru.analysis.bpmn import BOUNDS, DIAGRAM, MODEL, WAYS
from zhunru.analysis.drawing import FORMATS, draw_workflow
from zhunru.analysis.formats import WRITERS
from zhunru.analysis.layout import arrange
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.graph import build_graph, plan_of
from zhunru.errors import RequestRejected

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def policies() -> dict[str, CompiledPolicy]:
    return {name: compile_policies(checked(text)) for name, text in FLOWS.items()}


# --- graph and plan ----------------------------------------------------------------------------


def test_every_way_is_an_edge_and_the_plan_steps_what_the_graph_shows(policies) -> None:
    flow = policies["网格事项"].core.workflows["网格事项"]
    graph = build_graph(flow)
    assert set(graph) == {
        "发现",
        "研判",
        "交办",
        "联合办理",
        "处置",
        "专班督办",
        "回访",
        "销号",
        "挂账",
    }
    assert graph.number_of_edges("研判", "交办") == 2  # 上报, and the end of time
    assert graph.has_edge("专班督办", "挂账", key="专班督办.overdue.满后")
    plan = plan_of(graph)
    assert plan.initial == "发现"
    assert [line.name for line in plan.states["回访"].actions] == ["满意", "不满意", "三访无果"]
    assert [line.kind for line in plan.states["回访"].endings] == ["overdue"]
    assert [effect.object for effect in plan.ends["挂账"]] == ["挂账台账"]
    assert policies["网格事项"].flows["网格事项"] == plan


def test_what_is_open_anywhere_leads_out_of_every_state_but_those_left_out(policies) -> None:
    plan = policies["矛盾纠纷调处"].flows["矛盾纠纷调处"]
    for name, state in plan.states.items():
        names = [line.name for line in state.actions]
        assert ("一方明确拒绝" in names) is (name != "履行")
        assert names[-1] == "可能引起治安刑事案件"


# --- pictures ----------------------------------------------------------------------------------


def _boxes(root: Xml.Element, *kinds: str) -> list[tuple[float, float, float, float]]:
    rects = (r for r in root.iter(f"{SVG}rect") if r.get("class") in kinds)
    return [tuple(float(r.get(key, 0)) for key in ("x", "y", "width", "height")) for r in rects]


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    apart = (
        one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
        or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]
    )  # fmt: skip
    return not apart


@pytest.mark.parametrize("name", FLOWS)
def test_nothing_lies_on_top_of_anything_in_the_picture(policies, name: str) -> None:
    root = Xml.fromstring(draw_workflow(policies[name]))
    outer = [box for at, box in enumerate(_boxes(root, "end")) if at % 2 == 0]
    placed = _boxes(root, "state", "initial", "anywhere", "plate") + outer
    assert len(placed) > 10
    clashes = [pair for pair in itertools.combinations(placed, 2) if _overlap(*pair)]
    assert clashes == []


def test_ends_have_a_double_border_and_the_ends_of_time_their_length(policies) -> None:
    text = draw_workflow(policies["吹哨报到"])
    root = Xml.fromstring(text)
    assert len(_boxes(root, "end")) == 2 * 2
    shown = [t.text for t in root.iter(f"{SVG}text")]
    assert "逾期 10 分钟、4 个工作小时" in shown
    assert {"吹哨", "社区书记", "不限时", "会办 主办、协办", "评哨打分"} <= set(shown)
    assert len(list(root.iter(f"{SVG}polyline"))) == 12
    english = draw_workflow(policies["吹哨报到"], language="en")
    assert "overdue 10 minutes / 4<" in english
    assert ">workhours<" in english


def test_boxes_in_a_large_picture_stand_apart() -> None:
    boxes = [(60.0, 40.0)] * 60
    arrows = [(a, (a * 7 + 3) % 60) for a in range(60)] + [(a, a + 1) for a in range(59)]
    layout = arrange(boxes, arrows, [(30.0, 14.0)] * len(arrows))
    rects = [
        (x - w / 2, y - h / 2, w, h)
        for (x, y), (w, h) in zip(layout.boxes, layout.sizes, strict=True)
    ]
    assert not [pair for pair in itertools.combinations(rects, 2) if _overlap(*pair)]
    assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y, _, _ in rects)


# --- other programs ----------------------------------------------------------------------------


def test_a_picture_is_the_same_on_every_python() -> None:
    # `sum` gives other last digits for both before Python 3.12 than after.
    assert svg._columns("abcdefghij") == 11.5
    assert svg._columns("abcdefg") == 8.049999999999999
    assert layout._mean([0.1] * 10) == 0.1


def test_a_name_cannot_break_out_of_a_format(monkeypatch) -> None:
    evil = '"]-->x;\\"<b>&#`|\u202e\x07'
    monkeypatch.setattr(walking, "END", evil)
    graph = build_graph(random_flow(1))
    assert evil in graph
    drawn = {form: WRITERS[form](graph, "zh") for form in FORMATS}
    for form in ("svg", "graphml", "bpmn", "scxml"):
        assert Xml.fromstring(drawn[form]).tag
    for form in ("svg", "graphml"):
        texts = "".join(Xml.fromstring(drawn[form]).itertext())
        assert 'x;\\"<b>&#`|' in texts
    assert all(line.count('"') in (0, 2) for line in drawn["mermaid"].splitlines())
    for line in drawn["dot"].splitlines():
        assert len(re.findall(r'(?<!\\)(?:\\\\)*"', line)) % 2 == 0
    assert not any("\u202e" in text or "\x07" in text for text in drawn.values())


def test_mermaid_and_dot_have_every_state_and_arrow(policies) -> None:
    mermaid = draw_workflow(policies["网格事项"], format="mermaid")
    assert mermaid.startswith("flowchart TD\n")
    assert 's0(["发现<br/>网格员<br/>不限时"])' in mermaid
    assert '[["销号"]]' in mermaid
    dot = draw_workflow(policies["网格事项"], format="dot")
    assert dot.count("peripheries=2") == 2
    assert dot.count("->") == mermaid.count("-->") + mermaid.count("-.->")


def test_graphml_has_an_edge_for_each_way(policies) -> None:
    import networkx as nx

    flow = policies["社区工作准入"].core.workflows["社区工作准入"]
    read = nx.parse_graphml(draw_workflow(policies["社区工作准入"], format="graphml"))
    graph = build_graph(flow)
    assert read.number_of_nodes() == graph.number_of_nodes()
    assert read.number_of_edges() == graph.number_of_edges()
    assert {data["name"] for _, data in read.nodes(data=True)} == set(graph)


def test_the_state_chart_counts_what_is_bounded(policies) -> None:
    root = Xml.fromstring(draw_workflow(policies["网格事项"], format="scxml"))
    space = "{http://www.w3.org/2005/07/scxml}"
    ids = {e.get("id") for e in root if e.tag in (f"{space}state", f"{space}final")}
    assert root.get("initial") == "发现"
    assert len(list(root.iter(f"{space}data"))) == 4
    transitions = list(root.iter(f"{space}transition"))
    assert {t.get("target") for t in transitions} <= ids
    over = [t.get("cond") for t in transitions if t.get("event") == "time.over.专班督办"]
    assert over == ["taken2 < 2", "taken2 >= 2"]


@pytest.mark.parametrize("name", FLOWS)
def test_the_process_hangs_together_and_is_drawn(policies, name: str) -> None:
    root = Xml.fromstring(draw_workflow(policies[name], format="bpmn"))
    (process,) = root.iter(f"{{{MODEL}}}process")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    nodes = {e.get("id") for e in process if not e.tag.endswith("sequenceFlow")}
    flows = list(process.iter(f"{{{MODEL}}}sequenceFlow"))
    for flow in flows:
        assert {flow.get("sourceRef"), flow.get("targetRef")} <= nodes
    drawn = {s.get("bpmnElement") for s in root.iter(f"{{{DIAGRAM}}}BPMNShape")}
    assert drawn == nodes
    edges = list(root.iter(f"{{{DIAGRAM}}}BPMNEdge"))
    assert {e.get("bpmnElement") for e in edges} == {f.get("id") for f in flows}
    assert all(len(list(e.iter(f"{{{WAYS}}}waypoint"))) >= 2 for e in edges)
    assert all(float(b.get("x", -1)) >= 0 for b in root.iter(f"{{{BOUNDS}}}Bounds"))


@pytest.mark.parametrize("name", FLOWS)
def test_the_process_is_valid_by_the_schema_of_the_standard(policies, name: str) -> None:
    etree = pytest.importorskip("lxml.etree")
    spiff = pytest.importorskip("SpiffWorkflow.bpmn.parser")
    folder = spiff.__path__[0]
    schema = etree.XMLSchema(etree.parse(f"{folder}/schema/BPMN20.xsd"))
    document = etree.fromstring(draw_workflow(policies[name], format="bpmn").encode())
    assert schema.validate(document), schema.error_log


def test_without_a_name_only_a_set_of_one_workflow_is_drawn(policies) -> None:
    with pytest.raises(RequestRejected) as refused:
        draw_workflow(policies["吹哨报到"], "吹梢报到")
    assert refused.value.diagnostics[0].code == "ZR770"
