"""Workflows drawn, or handed to other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE, Language
from zhunru.errors import RequestRejected

if TYPE_CHECKING:
    from zhunru.compiler import CompiledPolicy

Format = Literal["svg", "mermaid", "dot", "graphml", "bpmn", "scxml"]
FORMATS: tuple[Format, ...] = get_args(Format)


def draw_workflow(
    policy: CompiledPolicy, flow: str = "", *, format: Format = "svg", language: Language = "zh"
) -> str:
    """Return a workflow of a set in one of the formats; without a name, the only one there is.

    Raises RequestRejected if the set has no such workflow.
    """
    flows = policy.core.workflows
    if not flow and len(flows) == 1:
        flow = next(iter(flows))
    if flow not in flows:
        names = tuple(flows) or "-"
        found = diagnose("ZR770", NOWHERE, policy=policy.code, name=flow or "?", names=names)
        raise RequestRejected([found])
    # graphs take their time to load, so only who draws pays for it
    from zhunru.analysis.formats import WRITERS
    from zhunru.compiler.graph import build_graph

    return WRITERS[format](build_graph(flows[flow]), language)
