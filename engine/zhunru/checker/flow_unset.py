"""Limits that hang on facts which may be missing when time brings a case there: then there is none.

A person is refused until the facts are given, time is never refused anything (W3, W11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from zhunru.checker import resolved as r
from zhunru.checker.flow_map import Arc, FlowMap, Node, Walk, reachable, walk_to
from zhunru.checker.flow_owners import working
from zhunru.checker.resolved_flows import (
    Exactly,
    Joint,
    Limit,
    Line,
    Meeting,
    ResolvedWorkflow,
    State,
)
from zhunru.checker.resolved_parts import parts
from zhunru.vocabulary import SYSTEM, TODAY


def without_limit(
    map_: FlowMap, inside: dict[Node, list[tuple[Arc, Node | None]]], starts: list[Node]
) -> tuple[Walk, str] | None:
    """Return a walk to a state that a case may wait in for ever for want of a fact, and its name.

    `inside` are the nodes of a stretch with the ways out of them, `starts` those it begins with.
    """
    names = dict.fromkeys(node.state for node in inside)
    for name in names:
        limit = map_.states[name].limit
        if limit is None or limit.untimed:
            continue
        if isinstance(limit.value, r.FieldValue) and limit.value.type.optional:
            node = next(node for node in inside if node.state == name)
            return walk_to(node, reachable(map_, [map_.start])), name
        for fact in sorted(_read(limit) - _always_known(map_.flow)):
            walk = _brought_by_time(map_, inside, starts, name, fact)
            if walk:
                return walk, name
    return None


def asked_on_opening(flow: ResolvedWorkflow) -> tuple[str, ...]:
    """Return the required facts without which a case may not begin.

    Proofs take it that what is 必填 is known. So it has to be, where a limit hangs on it, or it
    says who works (恰有), and time may come there before anybody is asked.
    """
    needed = {each.name for each in flow.fields if each.required}
    single = {each.role for each in flow.constraints if isinstance(each, Exactly)} & needed
    hanging: dict[str, set[str]] = {}
    for state in flow.states:
        facts = {name for name in single if works_as(state, name)}
        facts |= _read(state.limit) & needed if state.limit is not None else set()
        if facts:
            hanging[state.name] = facts
    if not hanging:
        return ()
    map_ = FlowMap(flow)
    found = {
        fact for name, facts in hanging.items() for fact in facts if _may_lack(map_, name, fact)
    }
    return tuple(sorted(found))


def _may_lack(map_: FlowMap, state: str, fact: str) -> bool:
    """Tell whether time may bring a case to a state by ways on which a fact is not asked for."""
    tells = telling(map_.flow, fact)
    waiting = [map_.flow.initial]
    seen = set(waiting)
    # Over states alone: what more ways this finds than there are only asks for a fact earlier.
    while waiting:
        for arc in map_.arcs.get(waiting.pop(), ()):
            if arc.line.ends_time and arc.target == state:
                return True
            if not tells(arc) and arc.target not in seen:
                seen.add(arc.target)
                waiting.append(arc.target)
    return False


def _brought_by_time(
    map_: FlowMap,
    inside: dict[Node, list[tuple[Arc, Node | None]]],
    starts: list[Node],
    state: str,
    fact: str,
) -> Walk | None:
    """Return a walk on which time brings a case to a state before a fact is given."""

    tells = telling(map_.flow, fact)

    def silent(arc: Arc) -> bool:
        return not tells(arc)

    came = reachable(map_, [map_.start], silent)
    within = _within(inside, [node for node in starts if node in came], silent)
    for node in came:
        for arc, following in map_.steps(node):
            if arc.line.ends_time and following.state == state and following in inside:
                walk = walk_to(node, came)
                if node in within or following in starts:
                    return Walk(walk.first, (*walk.arcs, arc))
    return None


def _within(
    inside: dict[Node, list[tuple[Arc, Node | None]]],
    starts: Iterable[Node],
    allowed: Callable[[Arc], bool],
) -> set[Node]:
    found, waiting = set(starts), list(starts)
    while waiting:
        for arc, following in inside[waiting.pop()]:
            if following is not None and following not in found and allowed(arc):
                found.add(following)
                waiting.append(following)
    return found


def works_as(state: State, name: str) -> bool:
    """Tell whether a state is worked on by a field, or by a body that hangs on it."""
    acts = not isinstance(state.owner, Meeting)
    return acts and any(body.name == name for body in working(state.owner))


def telling(flow: ResolvedWorkflow, fact: str) -> Callable[[Arc], bool]:
    """Return whether a fact is on record once an arc was taken.

    What anybody else says than the body that confirms it (由 R 确认) is a claim only.
    """
    by = next((each.asserted_by for each in flow.fields if each.name == fact), "")
    states = {
        state.name: state
        for state in flow.states
        if not by or by in SYSTEM or {body.name for body in working(state.owner)} == {by}
    }

    def tells(arc: Arc) -> bool:
        state = states.get(arc.source)
        return state is not None and fact in _asked(state, arc.line)

    return tells


def _asked(state: State, line: Line) -> tuple[str, ...]:
    """Return what is asked of whoever takes a line: of parties what the first line of their
    result takes, and nothing where there may be no parties at all."""
    if not line.join or not isinstance(state.owner, Joint):
        return line.inputs
    if line.join == "all" and not any(
        body.kind in ("unit", "role") for body in state.owner.parties
    ):
        return ()
    return next(each.inputs for each in state.actions if each.join and each.name == line.name)


def _always_known(flow: ResolvedWorkflow) -> set[str]:
    given = {each.name for each in flow.fields if each.required or each.default is not None}
    return given | set(TODAY)


def _read(limit: Limit) -> set[str]:
    exprs = [length.when for length in limit.lengths]
    if limit.value is not None:
        exprs.append(limit.value)
    return {name for expr in exprs for name in _fields_of(expr)}


def _fields_of(expr: r.RExpr) -> Iterator[str]:
    if isinstance(expr, r.FieldValue):
        yield expr.name
    for part in parts(expr):
        yield from _fields_of(part)
