"""A workflow as a BPMN 2.0 process with its diagram, so that a modeller opens it.

A state is a user task (会办: one for each party, side by side); several actions part at a gateway
behind it; the end of its time is a timer on its border. The limit is written as it stands in the
set, because a length on a working calendar has no ISO 8601 form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree as Xml

from zhunru.analysis.layout import Route, arrange
from zhunru.analysis.picture import label_of, owner_text
from zhunru.analysis.xml_text import added, document, identifiers, plain
from zhunru.checker.flow_words import limit_text
from zhunru.checker.resolved_flows import ALWAYS, Joint
from zhunru.compiler.graph import Graph, StateData, states_of, ways_from
from zhunru.diagnostics import Language

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
WAYS = "http://www.omg.org/spec/DD/20100524/DI"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TARGET = "urn:zhunru:workflow"
_LENGTHS = "urn:zhunru:length"

_TASK = (130.0, 72.0)
_GATEWAY = (44.0, 44.0)
_EVENT = (36.0, 36.0)


@dataclass(slots=True)
class _Flow:
    """A sequence flow from one node to another; `border` leaves from a timer on the task."""

    id: str
    source: str
    target: str
    name: str = ""
    guarded: bool = False
    border: str = ""


@dataclass(slots=True)
class _Process:
    """Nodes (tag, name, size) by id in written order, timers by their task, and the flows."""

    nodes: dict[str, tuple[str, str, tuple[float, float]]] = field(default_factory=dict)
    states: dict[str, StateData] = field(default_factory=dict)
    timers: dict[str, str] = field(default_factory=dict)
    flows: list[_Flow] = field(default_factory=list)

    def flow(self, source: str, target: str, name: str = "", **more: object) -> None:
        """Add a sequence flow."""
        number = len(self.flows) + 1
        self.flows.append(_Flow(f"way_{number}", source, target, name, **more))  # type: ignore[arg-type]


def to_bpmn(graph: Graph, language: Language = "zh") -> str:
    """Return the graph as a BPMN 2.0 document."""
    process = _process(graph, language)
    for prefix, uri in (
        ("bpmn", MODEL), ("bpmndi", DIAGRAM), ("dc", BOUNDS), ("di", WAYS), ("xsi", _XSI),
    ):  # fmt: skip
        Xml.register_namespace(prefix, uri)
    root = Xml.Element(_tag("definitions"), {"id": "definitions", "targetNamespace": _TARGET})
    name = identifiers([graph.graph["name"]], "process")[graph.graph["name"]]
    body = added(
        root, _tag("process"), {"id": name, "name": graph.graph["name"], "isExecutable": "false"}
    )
    for node in process.nodes:
        _node(body, process, node, language)
    for task, timer in process.timers.items():
        _timer(body, process, task, timer, language)
    for flow in process.flows:
        _sequence(body, flow)
    _diagram(root, process, name)
    return document(root)


def _tag(name: str, space: str = MODEL) -> str:
    return f"{{{space}}}{name}"


# --- the process -------------------------------------------------------------------------------


def _process(graph: Graph, language: Language) -> _Process:
    process = _Process()
    data = list(states_of(graph))
    ids = identifiers((each.name for each in data), "node")
    process.nodes["start"] = ("startEvent", "", _EVENT)
    for each in data:
        tag, size = ("endEvent", _EVENT) if each.state is None else ("userTask", _TASK)
        process.nodes[ids[each.name]] = (tag, each.name, size)
        process.states[ids[each.name]] = each
        if each.initial:
            process.flow("start", ids[each.name])
    for each in data:
        if each.state is not None:
            _ways_out(process, graph, each.name, ids, language)
    return process


def _ways_out(
    process: _Process, graph: Graph, name: str, ids: dict[str, str], language: Language
) -> None:
    task = ids[name]
    ways = list(ways_from(graph, name))
    for kind, group in (
        ("choice", [each for each in ways if not each[1].line.ends_time]),
        ("over", [each for each in ways if each[1].line.ends_time]),
    ):
        if not group:
            continue
        border = ""
        if kind == "over":
            border = process.timers[task] = f"timer_{task}"
        source = task
        if len(group) > 1:
            source = f"{kind}_{task}"
            process.nodes[source] = ("exclusiveGateway", "", _GATEWAY)
            process.flow(task, source, border=border)
            border = ""
        for target, way in group:
            label = label_of(graph, name, target, way, language)
            guarded = way.line.guard != ALWAYS and len(group) > 1
            process.flow(source, ids[target], label, border=border, guarded=guarded)


def _node(body: Xml.Element, process: _Process, node: str, language: Language) -> None:
    tag, name, _ = process.nodes[node]
    element = added(body, _tag(tag), {"id": node} | ({"name": name} if name else {}))
    data = process.states.get(node)
    if data and data.state:
        notes = (owner_text(data.owner, language), limit_text(data.limit, language))
        added(element, _tag("documentation")).text = plain(" · ".join(filter(None, notes)))
    for flow in process.flows:
        if flow.target == node:
            added(element, _tag("incoming")).text = flow.id
    for flow in process.flows:
        if flow.source == node and not flow.border:
            added(element, _tag("outgoing")).text = flow.id
    if data and isinstance(data.owner, Joint):
        added(element, _tag("multiInstanceLoopCharacteristics"), {"isSequential": "false"})


def _timer(body: Xml.Element, process: _Process, task: str, timer: str, language: Language) -> None:
    data = process.states[task]
    limit = limit_text(data.limit, language)
    element = added(
        body, _tag("boundaryEvent"), {"id": timer, "name": limit, "attachedToRef": task}
    )
    for flow in process.flows:
        if flow.border == timer:
            added(element, _tag("outgoing")).text = flow.id
    definition = added(element, _tag("timerEventDefinition"), {"id": f"length_{task}"})
    length = added(
        definition,
        _tag("timeDuration"),
        {_tag("type", _XSI): "bpmn:tFormalExpression", "language": _LENGTHS},
    )
    length.text = plain(limit_text(data.limit, "en"))


def _sequence(body: Xml.Element, flow: _Flow) -> None:
    attributes = {"id": flow.id, "sourceRef": flow.border or flow.source, "targetRef": flow.target}
    if flow.name:
        attributes["name"] = flow.name
    element = added(body, _tag("sequenceFlow"), attributes)
    if flow.guarded:
        condition = added(
            element,
            _tag("conditionExpression"),
            {_tag("type", _XSI): "bpmn:tFormalExpression", "language": _LENGTHS},
        )
        condition.text = plain(flow.name)


# --- the diagram -------------------------------------------------------------------------------


def _diagram(root: Xml.Element, process: _Process, name: str) -> None:
    places = {node: at for at, node in enumerate(process.nodes)}
    layout = arrange(
        [size for _, _, size in process.nodes.values()],
        [(places[flow.source], places[flow.target]) for flow in process.flows],
        [(max(20.0, len(flow.name) * 12.0), 18.0) for flow in process.flows],
    )
    diagram = added(root, _tag("BPMNDiagram", DIAGRAM), {"id": "diagram"})
    plane = added(diagram, _tag("BPMNPlane", DIAGRAM), {"id": "plane", "bpmnElement": name})
    for node, (x, y), (width, height) in zip(
        process.nodes, layout.boxes, layout.sizes, strict=True
    ):
        _shape(plane, node, x - width / 2, y - height / 2, width, height)
        timer = process.timers.get(node)
        if timer:
            left, top = x + width / 2 - 44, y + height / 2 - 18
            _shape(plane, timer, left, top, *_EVENT)
    for flow, route in zip(process.flows, layout.routes, strict=True):
        _edge(plane, flow, route, layout.boxes[places[flow.source]])


def _shape(
    plane: Xml.Element, node: str, left: float, top: float, width: float, height: float
) -> None:
    shape = added(plane, _tag("BPMNShape", DIAGRAM), {"id": f"shape_{node}", "bpmnElement": node})
    bounds = {"x": left, "y": top, "width": width, "height": height}
    added(shape, _tag("Bounds", BOUNDS), {key: f"{value:.1f}" for key, value in bounds.items()})


def _edge(plane: Xml.Element, flow: _Flow, route: Route, source: tuple[float, float]) -> None:
    edge = added(
        plane, _tag("BPMNEdge", DIAGRAM), {"id": f"edge_{flow.id}", "bpmnElement": flow.id}
    )
    points = list(route.points)
    if flow.border:
        # the timer sits on the lower border of its task, right of the middle
        points[0] = (source[0] + _TASK[0] / 2 - 26, source[1] + _TASK[1] / 2 + 18)
    for x, y in points:
        added(edge, _tag("waypoint", WAYS), {"x": f"{x:.1f}", "y": f"{y:.1f}"})
