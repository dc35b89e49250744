"""A workflow as text for drawing programs: Mermaid, DOT and GraphML."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from zhunru.analysis.picture import Box, Picture, owner_text
from zhunru.analysis.xml_text import added, document, plain
from zhunru.checker.flow_map import Arc
from zhunru.checker.flow_words import arc_text, limit_text
from zhunru.compiler.graph import Graph, states_of, transitions_of
from zhunru.diagnostics import Language

_SHAPES = {
    "initial": ("([", "])"),
    "state": ("[", "]"),
    "end": ("[[", "]]"),
    "anywhere": ("{{", "}}"),
}
_ARROWS = {"action": "-->", "overdue": "-.->", "expiry": "-.->"}


def to_mermaid(picture: Picture) -> str:
    """Return the picture as a Mermaid flowchart."""
    return "\n".join(_mermaid_lines(picture)) + "\n"


def _mermaid_lines(picture: Picture) -> Iterator[str]:
    yield "flowchart TD"
    ids = {box.name: f"s{at}" for at, box in enumerate(picture.boxes)}
    for box in picture.boxes:
        before, after = _SHAPES[box.kind]
        text = "<br/>".join(map(_mermaid_text, box.lines))
        yield f'  {ids[box.name]}{before}"{text}"{after}'
    for arrow in picture.arrows:
        label = "<br/>".join(map(_mermaid_text, arrow.labels))
        way = _ARROWS[arrow.style]
        yield f'  {ids[arrow.source]} {way}|"{label}"| {ids[arrow.target]}'


def _mermaid_text(text: str) -> str:
    """Write the characters that Mermaid or HTML would read as their own by their numbers."""
    return "".join(f"#{ord(c)};" if c in '"#&<>|`\\' else c for c in plain(text))


def to_dot(picture: Picture) -> str:
    """Return the picture in the DOT language of Graphviz."""
    return "\n".join(_dot_lines(picture)) + "\n"


def _dot_lines(picture: Picture) -> Iterator[str]:
    yield f"digraph {_quoted(picture.title)} {{"
    yield '  node [shape=box, style=rounded, fontname="Noto Sans CJK SC"];'
    yield '  edge [fontname="Noto Sans CJK SC", fontsize=11];'
    ids = {box.name: f"s{at}" for at, box in enumerate(picture.boxes)}
    for box in picture.boxes:
        yield f"  {ids[box.name]} [label={_quoted(*box.lines)}{_dot_shape(box)}];"
    for arrow in picture.arrows:
        dashed = "" if arrow.style == "action" else ", style=dashed"
        label = _quoted(*arrow.labels)
        yield f"  {ids[arrow.source]} -> {ids[arrow.target]} [label={label}{dashed}];"
    yield "}"


def _dot_shape(box: Box) -> str:
    return {
        "end": ", peripheries=2",
        "initial": ", penwidth=2",
        "anywhere": ", style=dashed",
        "state": "",
    }[box.kind]


def _quoted(*lines: str) -> str:
    escaped = (plain(line).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'


_NODE_KEYS = ("kind", "owner", "limit")
_EDGE_KEYS = ("name", "kind", "effects")


def to_graphml(graph: Graph, language: Language = "zh") -> str:
    """Return the graph as GraphML, one edge for each way, with what it carries as data."""
    root = Xml.Element("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    for scope, keys in (("node", ("name", *_NODE_KEYS)), ("edge", _EDGE_KEYS)):
        for key in keys:
            attributes = {"id": f"{scope}.{key}", "for": scope, "attr.name": key}
            added(root, "key", {**attributes, "attr.type": "string"})
    body = added(root, "graph", {"id": graph.graph["name"], "edgedefault": "directed"})
    ids: dict[str, str] = {}
    for data in states_of(graph):
        ids[data.name] = f"s{len(ids)}"
        node = added(body, "node", {"id": ids[data.name]})
        values = (data.name, data.kind, owner_text(data.owner, language),
                  limit_text(data.limit, language))  # fmt: skip
        for key, value in zip(("name", *_NODE_KEYS), values, strict=True):
            _data(node, f"node.{key}", value)
    for at, (source, target, way) in enumerate(transitions_of(graph)):
        edge = added(body, "edge", {"id": f"e{at}", "source": ids[source], "target": ids[target]})
        name = arc_text(Arc(source, target, way.line, way.spent), language)
        effects = " ".join(effect.kind for effect in way.effects)
        for key, value in zip(_EDGE_KEYS, (name, way.line.kind, effects), strict=True):
            _data(edge, f"edge.{key}", value)
    return document(root)


def _data(parent: Xml.Element, key: str, value: str) -> None:
    if value:
        added(parent, "data", {"key": key}).text = plain(value)
