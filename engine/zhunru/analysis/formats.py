"""The writers of each format in which a workflow is drawn or handed to other programs."""

from __future__ import annotations

from collections.abc import Callable

from zhunru.analysis.bpmn import to_bpmn
from zhunru.analysis.markup import to_dot, to_graphml, to_mermaid
from zhunru.analysis.picture import picture_of
from zhunru.analysis.scxml import to_scxml
from zhunru.analysis.svg import to_svg
from zhunru.compiler.graph import Graph
from zhunru.diagnostics import Language

WRITERS: dict[str, Callable[[Graph, Language], str]] = {
    "svg": lambda graph, language: to_svg(picture_of(graph, language)),
    "mermaid": lambda graph, language: to_mermaid(picture_of(graph, language)),
    "dot": lambda graph, language: to_dot(picture_of(graph, language)),
    "graphml": to_graphml,
    "bpmn": to_bpmn,
    "scxml": lambda graph, _: to_scxml(graph),
}
