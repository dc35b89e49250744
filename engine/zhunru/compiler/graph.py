"""Workflows as state graphs, and the plan by which a case is stepped.

Nodes are the names of states and ends; every way out of a state is an edge of its own, so the
graph is a multigraph. Both carry one frozen record under the key `data`. The plan is read off the
graph: what the runtime steps is what is drawn and analysed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import networkx as nx

from zhunru.checker.flow_map import Arc, FlowMap
from zhunru.checker.resolved_flows import (
    Effect,
    Limit,
    Line,
    Owner,
    ResolvedWorkflow,
    State,
)

Graph: TypeAlias = "nx.MultiDiGraph[str]"
DATA = "data"


@dataclass(frozen=True, slots=True)
class StateData:
    """What a node carries; an end has no `state`."""

    name: str
    kind: Literal["state", "end"]
    initial: bool = False
    state: State | None = None
    arrival: tuple[Effect, ...] = ()

    @property
    def owner(self) -> Owner | None:
        """Return who owns the state."""
        return self.state.owner if self.state else None

    @property
    def limit(self) -> Limit | None:
        """Return when its time ends."""
        return self.state.limit if self.state else None


@dataclass(frozen=True, slots=True)
class Transition:
    """What an edge carries: the line it takes; `spent`: after its bound is used up (满后)."""

    line: Line
    spent: bool = False
    anywhere: bool = False

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Return what taking this way does; what follows 满后 replaces nothing, it stands alone."""
        bound = self.line.bound
        return bound.effects if self.spent and bound else self.line.effects


def build_graph(flow: ResolvedWorkflow) -> Graph:
    """Return the state graph of a workflow, its own record under `graph.graph["flow"]`."""
    graph: Graph = nx.MultiDiGraph(flow=flow, name=flow.name)
    arrivals: dict[str, tuple[Effect, ...]] = {}
    for name, effects in flow.arrivals:
        # Several lines may say what arriving at one state does: all of them count.
        arrivals[name] = arrivals.get(name, ()) + effects
    for state in flow.states:
        initial = state.name == flow.initial
        data = StateData(state.name, "state", initial, state, arrivals.get(state.name, ()))
        graph.add_node(state.name, data=data)
    for end in flow.ends:
        if end not in graph:
            graph.add_node(end, data=StateData(end, "end", arrival=arrivals.get(end, ())))
    anywhere = {each.line.id for each in flow.anywhere}
    for arc in FlowMap(flow).every_arc():
        key = f"{arc.line.id}.满后" if arc.spent else arc.line.id
        graph.add_edge(arc.source, arc.target, key=key, data=_transition(arc, anywhere))
    return graph


def _transition(arc: Arc, anywhere: set[str]) -> Transition:
    return Transition(arc.line, arc.spent, arc.line.id in anywhere)


def states_of(graph: Graph) -> Iterator[StateData]:
    """Yield the records of the nodes, in written order."""
    for name in graph:
        yield graph.nodes[name][DATA]


def transitions_of(graph: Graph) -> Iterator[tuple[str, str, Transition]]:
    """Yield the edges with their ends and records, in written order."""
    edges: Any = graph.edges(data=DATA)
    yield from edges


def ways_from(graph: Graph, state: str) -> Iterator[tuple[str, Transition]]:
    """Yield where the edges out of a state lead, with their records, in written order."""
    edges: Any = graph.out_edges(state, data=DATA)
    for _, target, data in edges:
        yield target, data


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePlan:
    """A state as the runtime steps it: what its owner may do, then what time does.

    `actions` are those of the state, in written order, then those open anywhere; `endings` are
    tried in order when the time is over.
    """

    state: State
    actions: tuple[Line, ...]
    endings: tuple[Line, ...]
    arrival: tuple[Effect, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the state."""
        return self.state.name


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPlan:
    """What cases of one workflow are stepped by; `ends` maps each end to what arriving does."""

    flow: ResolvedWorkflow
    initial: str
    states: dict[str, StatePlan]
    ends: dict[str, tuple[Effect, ...]]

    @property
    def name(self) -> str:
        """Return the name of the workflow."""
        return self.flow.name


def plan_of(graph: Graph) -> FlowPlan:
    """Return the plan that a state graph stands for."""
    flow: ResolvedWorkflow = graph.graph["flow"]
    states: dict[str, StatePlan] = {}
    ends: dict[str, tuple[Effect, ...]] = {}
    initial = ""
    for data in states_of(graph):
        if data.state is None:
            ends[data.name] = data.arrival
            continue
        initial = data.name if data.initial else initial
        lines = _lines_from(graph, data.name)
        states[data.name] = StatePlan(
            state=data.state,
            actions=tuple(line for line in lines if not line.ends_time),
            endings=tuple(line for line in lines if line.ends_time),
            arrival=data.arrival,
        )
    return FlowPlan(flow=flow, initial=initial, states=states, ends=ends)


def _lines_from(graph: Graph, state: str) -> list[Line]:
    """Return the lines out of a state: its own in written order, then those open anywhere."""
    found: dict[str, tuple[bool, Line]] = {}
    for _, data in ways_from(graph, state):
        found.setdefault(data.line.id, (data.anywhere, data.line))
    written = {line.id: at for at, line in enumerate(graph.nodes[state][DATA].state.lines)}
    ordered = sorted(found.values(), key=lambda each: (each[0], written.get(each[1].id, 0)))
    return [line for _, line in ordered]


__all__ = [
    "DATA",
    "FlowPlan",
    "Graph",
    "StateData",
    "StatePlan",
    "Transition",
    "build_graph",
    "plan_of",
    "states_of",
    "transitions_of",
    "ways_from",
]
