"""Checks on what workflows put on registers: it holds as long as it should, and no longer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from zhunru.checker import resolved_flows as f
from zhunru.checker.flow_map import FlowMap
from zhunru.checker.flow_shape import is_closed, lines_of, own_flows
from zhunru.vocabulary import BUILT_IN

if TYPE_CHECKING:
    from zhunru.checker.model import Model

Held = frozenset[tuple[str, bool]]
"""Registers on which a case has a row, each with whether that runs out by itself."""
_ENDING = ("withdraw", "merge")


def check_rows(model: Model) -> None:
    """A row entered on the way into a state holds as long as the state lasts."""
    for flow in own_flows(model):
        for line in lines_of(flow):
            state = flow.state(line.target)
            if state is None or state.limit is None or state.limit.untimed:
                continue
            for effect in line.effects:
                if effect.kind == "enter" and effect.valid is not None and _differ(effect, state):
                    model.report.add("ZR530", effect.span, state=state.name)


def _differ(effect: f.Effect, state: f.State) -> bool:
    limit = state.limit
    assert limit is not None
    if limit.value is not None:
        return limit.value != effect.valid
    amounts = {(each.amount, each.measure) for each in limit.lengths}
    value = getattr(effect.valid, "value", None)
    return bool(limit.until) or amounts != {(value, effect.valid_measure)}


def check_left_behind(model: Model) -> None:
    """Where a case has a row that its workflow strikes out later, nobody withdraws or merges it:
    the row would stay in force, and admit what nobody answers for."""
    for flow in own_flows(model):
        struck = {effect.object for effect in flow.effects() if effect.kind == "cancel"}
        if not struck or not is_closed(flow):
            continue
        held = _held(flow, struck)
        for state in flow.states:
            words = [BUILT_IN[key] for key in _ENDING if key not in state.forbidden]
            names = sorted({name for name, _ in held.get(state.name, ())})
            if names and words:
                model.report.add(
                    "ZR537",
                    state.span,
                    state=state.name,
                    register=names,
                    verbs_zh="、".join(word[0] for word in words),
                    verbs_en=", ".join(word[1] for word in words),
                )


def _held(flow: f.ResolvedWorkflow, struck: set[str]) -> dict[str, Held]:
    """Return by state which rows a case in it may have, of those that are struck out somewhere."""
    map_ = FlowMap(flow, counting=False)
    arrivals: dict[str, list[f.Effect]] = {}
    for name, effects in flow.arrivals:
        arrivals.setdefault(name, []).extend(effects)
    found: dict[str, Held] = {}
    waiting = [(flow.initial, _after(frozenset(), arrivals.get(flow.initial, ()), struck))]
    while waiting:
        name, held = waiting.pop()
        known = found.get(name)
        if known is not None and held <= known:
            continue
        found[name] = held = held | (known or frozenset())
        for arc in map_.arcs.get(name, ()):
            line = arc.line
            # A row for a time has run out when the time of a state has.
            kept = frozenset(row for row in held if not (line.ends_time and row[1]))
            done = line.bound.effects if arc.spent and line.bound else line.effects
            after = _after(kept, (*done, *arrivals.get(arc.target, ())), struck)
            waiting.append((arc.target, after))
    return found


def _after(held: Held, effects: Iterable[f.Effect], struck: set[str]) -> Held:
    for effect in effects:
        if effect.kind == "enter" and effect.object in struck:
            held |= {(effect.object, effect.valid is not None)}
        elif effect.kind == "cancel":
            held = frozenset(row for row in held if row[0] != effect.object)
    return held


CHECKS = (check_rows, check_left_behind)
