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
    drawn = policy.core.workflows[flow_named(policy, flow)]
    # graphs take their time to load, so only who draws pays for it
    from zhunru.analysis.formats import WRITERS
    from zhunru.compiler.graph import build_graph

    return WRITERS[format](build_graph(drawn), language)


def flow_named(policy: CompiledPolicy, flow: str) -> str:
    """Return the name of a workflow of a set; of "" the only one there is.

    Raises RequestRejected if the set has no such workflow, or several and none is named.
    """
    flows = policy.core.workflows
    if not flow and len(flows) == 1:
        return next(iter(flows))
    if flow not in flows:
        names = tuple(flows) or "-"
        found = diagnose("ZR770", NOWHERE, policy=policy.code, name=flow or "?", names=names)
        raise RequestRejected([found])
    return flow
