"""A workflow as a state chart in SCXML (W3C recommendation of 2015).

People's actions are events; the end of time is an event that the state sends to itself on entry
after its limit. Bounds are counters of the data model. Guards stand as text for whoever runs it.
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from zhunru.analysis.picture import owner_text
from zhunru.analysis.xml_text import added, document, identifiers
from zhunru.checker.flow_words import limit_text
from zhunru.checker.resolved_flows import ALWAYS
from zhunru.compiler.graph import (
    Graph,
    StateData,
    Transition,
    states_of,
    transitions_of,
    ways_from,
)

_ENDED = "time.over"


def to_scxml(graph: Graph) -> str:
    """Return the graph as an SCXML document."""
    data = list(states_of(graph))
    ids = identifiers(each.name for each in data)
    initial = next(ids[each.name] for each in data if each.initial)
    root = Xml.Element(
        "scxml",
        {
            "xmlns": "http://www.w3.org/2005/07/scxml",
            "version": "1.0",
            "datamodel": "ecmascript",
            "name": graph.graph["name"],
            "initial": initial,
        },
    )
    counters = _counters(graph)
    if counters:
        model = added(root, "datamodel")
        for counter in counters.values():
            added(model, "data", {"id": counter, "expr": "0"})
    for each in data:
        _state(root, graph, each, ids, counters)
    return document(root)


def _counters(graph: Graph) -> dict[str, str]:
    lines: dict[str, str] = {}
    for _, _, way in transitions_of(graph):
        if way.line.bound and way.line.bound.times is not None:
            lines.setdefault(way.line.id, f"taken{len(lines) + 1}")
    return lines


def _state(
    root: Xml.Element,
    graph: Graph,
    data: StateData,
    ids: dict[str, str],
    counters: dict[str, str],
) -> None:
    if data.state is None:
        added(root, "final", {"id": ids[data.name]})
        return
    element = added(root, "state", {"id": ids[data.name]})
    if data.state.endings:
        _timer(element, ids[data.name], data)
    note = Xml.Comment(f" {owner_text(data.owner)} ".replace("--", "-"))
    element.append(note)
    for target, way in ways_from(graph, data.name):
        _transition(element, ids[data.name], ids[target], way, counters)


def _timer(element: Xml.Element, state: str, data: StateData) -> None:
    """The limit is a length on a calendar, which only the host can turn into seconds."""
    entry = added(element, "onentry")
    limit = limit_text(data.limit, "en").replace("'", "")
    event = f"{_ENDED}.{state}"
    added(entry, "send", {"event": event, "id": event, "delayexpr": f"limit('{limit}')"})
    leave = added(element, "onexit")
    added(leave, "cancel", {"sendid": event})


def _transition(
    element: Xml.Element, state: str, target: str, way: Transition, counters: dict[str, str]
) -> None:
    line, bound = way.line, way.line.bound
    event = f"{_ENDED}.{state}"
    if not line.ends_time:
        word = identifiers([line.name])[line.name]
        event = f"{line.join}.{word}" if line.join else word
    attributes = {"event": event, "target": target}
    conditions = [f"guard('{line.id}')".replace("\\", "")] if line.guard != ALWAYS else []
    counter = counters.get(line.id)
    if counter and bound:
        conditions.append(f"{counter} {'>=' if way.spent else '<'} {bound.times}")
    if conditions:
        attributes["cond"] = " && ".join(conditions)
    transition = added(element, "transition", attributes)
    if counter and not way.spent:
        added(transition, "assign", {"location": counter, "expr": f"{counter} + 1"})
