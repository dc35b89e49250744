"""Checks on the shape of workflows: every state reached, every case able to end, in its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from zhunru.checker import resolved_flows as f
from zhunru.checker.flow_map import (
    Came,
    FlowMap,
    Node,
    TooLarge,
    plainly_whole,
    reachable,
    search,
    walk_to,
)
from zhunru.checker.flow_words import JOINS, line_names, paths
from zhunru.vocabulary import NOT_PASSED, PASSED, TODAY, Measure

if TYPE_CHECKING:
    from zhunru.checker.model import Model
    from zhunru.diagnostics import Span

_NEGATIONS = ("不", "未", "非", "not_", "un", "dis")
_MOST_RESULTS = 6
_MOST_PARTIES = 4


def own_flows(model: Model) -> Iterator[f.ResolvedWorkflow]:
    """Yield the set's own workflows that have states."""
    for name in model.scope.own["workflow"]:
        flow = model.workflows.get(name)
        if flow and flow.states and flow.ends:
            yield flow


def is_closed(flow: f.ResolvedWorkflow) -> bool:
    """Tell whether every line leads somewhere; one that does not is a finding of its own."""
    known = {*(state.name for state in flow.states), *flow.ends}
    targets = {line.target for line in lines_of(flow)}
    targets |= {line.bound.then for line in lines_of(flow) if line.bound and line.bound.then}
    return targets <= known


def check_whole(model: Model) -> None:
    """A workflow has states and ends, each name once."""
    for node in model.scope.nodes("workflow"):
        if not node.states or not node.ends:
            model.report.add("ZR504", node.name.span, name=node.name.text)
        seen: set[str] = set()
        for name in (*(state.name for state in node.states), *node.ends):
            if name.text in seen:
                model.report.add("ZR520", name.span, name=name.text)
            seen.add(name.text)


def check_owners(model: Model) -> None:
    """Every state says who owns it."""
    for node in model.scope.nodes("workflow"):
        for state in node.states:
            if state.owner is None:
                model.report.add("ZR531", state.name.span, name=state.name.text)


def check_limits(model: Model) -> None:
    """A waiting state has a limit with one kind of ending, the last of which always leads on."""
    for flow in own_flows(model):
        for state in flow.states:
            _limit(model, state)
            _last_ending(model, state)
            _extension(model, state)


def _limit(model: Model, state: f.State) -> None:
    kinds = {line.kind for line in state.endings}
    if state.limit is None:
        model.report.add("ZR507", state.span, name=state.name)
    elif state.limit.untimed:
        for line in state.endings[:1]:
            model.report.add("ZR510", line.span, name=state.name)
    elif not kinds:
        model.report.add("ZR508", state.span, name=state.name)
    if len(kinds) > 1:
        other = next(line for line in state.endings if line.kind != state.endings[0].kind)
        model.report.add("ZR509", other.span, name=state.name)


def _last_ending(model: Model, state: f.State) -> None:
    if state.endings and not state.endings[-1].free:
        model.report.add("ZR511", state.endings[-1].span, name=state.name)


def _extension(model: Model, state: f.State) -> None:
    limit, extension = state.limit, state.extension
    if not extension or not limit:
        return
    measures: set[Measure | None] = {each.measure for each in limit.lengths}
    if limit.value is not None:
        measures.add(limit.measure)
    if measures - {extension.length.measure}:
        model.report.add("ZR533", state.span, name=state.name)


# --- ways --------------------------------------------------------------------------------------


def check_ways(model: Model) -> None:
    """Every state and end can be reached, and from everywhere a case can end."""
    for flow in own_flows(model):
        if not is_closed(flow):
            continue
        map_ = FlowMap(flow)
        if plainly_whole(map_):
            continue
        try:
            came = reachable(map_, [map_.start])
        except TooLarge:
            model.report.add("ZR534", flow.span)
            # What is not reached, or stuck, even where nothing is counted is so all the more.
            map_ = map_.flat
            came = reachable(map_, [map_.start])
        seen = {node.state for node in came}
        spans = _places(model, flow)
        for name in (*map_.states, *map_.ends):
            if name not in seen:
                model.report.add("ZR505", spans[name], start=flow.initial, name=name)
        _check_ends(model, map_, came, spans)


def _places(model: Model, flow: f.ResolvedWorkflow) -> dict[str, Span]:
    spans = {state.name: state.span for state in flow.states}
    node = model.scope.own["workflow"][flow.name].node
    return spans | {end.text: end.span for end in node.ends if end.text not in spans}


def _check_ends(model: Model, map_: FlowMap, came: Came, spans: dict[str, Span]) -> None:
    """Walk backwards from the ends; what is not met is stuck. The first on each way is shown."""
    before: dict[Node, list[Node]] = {}
    for node in came:
        for _, following in map_.steps(node):
            before.setdefault(following, []).append(node)
    waiting = [node for node in came if map_.is_end(node.state)]
    ending = set(waiting)
    while waiting:
        for node in before.get(waiting.pop(), ()):
            if node not in ending:
                ending.add(node)
                waiting.append(node)
    shown: set[str] = set()
    for node, step in came.items():
        stuck = node not in ending
        # Only where a way that could still end becomes one that cannot: what follows is stuck for
        # the same reason.
        if stuck and node.state not in shown and (step is None or step[1] in ending):
            shown.add(node.state)
            walk = walk_to(node, came)
            model.report.add("ZR506", spans[node.state], name=node.state, **paths(walk))


# --- loops and lines ---------------------------------------------------------------------------


def check_loops(model: Model) -> None:
    """Every loop is bounded, or supervised each time round."""
    for flow in own_flows(model):
        circle = FlowMap(flow).unbounded(lambda arc: not _supervised(arc.line))
        if circle:
            path = " → ".join((*circle, circle[0]))
            state = flow.state(circle[0])
            model.report.add("ZR512", state.span if state else flow.span, path=path)
        for line in lines_of(flow):
            if line.bound and line.bound.times is None and not _supervised(line):
                model.report.add("ZR513", line.span, **line_names(line))


def _supervised(line: f.Line) -> bool:
    unbounded = line.bound is not None and line.bound.times is None
    return unbounded and any(effect.kind in ("supervise", "urge") for effect in line.effects)


def lines_of(flow: f.ResolvedWorkflow) -> Iterator[f.Line]:
    """Yield every line that is written in a workflow."""
    for state in flow.states:
        yield from state.lines
    for each in flow.anywhere:
        yield each.line


def check_answers(model: Model) -> None:
    """An answer of no can always be recorded, however often it was given before."""
    for flow in own_flows(model):
        for state in flow.states:
            names = {line.name for line in state.actions}
            for line in state.actions:
                bound = line.bound
                # Without 满后 the line is simply shut after its last time.
                spent = bound is not None and bound.times is not None and not bound.then
                if spent and _denied(line.name) & (names - {line.name}):
                    model.report.add("ZR514", line.span, name=line.name)


def _denied(name: str) -> set[str]:
    """Return what an answer would be without one of its words for no."""
    return {
        name[:at] + name[at + len(word) :]
        for word in _NEGATIONS
        for at in range(len(name))
        if name.startswith(word, at)
    }


def check_order(model: Model) -> None:
    """No line stands behind one of its name that takes every case."""
    for flow in own_flows(model):
        for state in flow.states:
            closed: set[tuple[str, str]] = set()
            for line in state.lines:
                key = ("", "") if line.ends_time else (line.join, line.name)
                if key in closed:
                    model.report.add("ZR519", line.span, **line_names(line))
                if line.free:
                    closed.add(key)


# --- side by side ------------------------------------------------------------------------------


def check_joints(model: Model) -> None:
    """In a 会办 some line fires for every mix of results, and nothing leaves a party behind."""
    for flow in own_flows(model):
        for state in flow.states:
            if not isinstance(state.owner, f.Joint):
                continue
            for line in state.actions:
                if not line.join:
                    _ordinary(model, state, line)
            mix = open_mix(state)
            if mix:
                counted = Counter(mix)
                zh = "、".join(f"{n} 方{result}" for result, n in counted.items())
                en = ", ".join(f"{n} x {result}" for result, n in counted.items())
                model.report.add("ZR515", state.span, name=state.name, mix_zh=zh, mix_en=en)


def _ordinary(model: Model, state: f.State, line: f.Line) -> None:
    # a glued 全部… is a finding of the reader already
    glued = any(line.name.startswith(word) for key, pair in JOINS.items() if key for word in pair)
    if not glued:
        model.report.add("ZR517", line.span, name=state.name, action=line.name)


def open_mix(state: f.State) -> tuple[str, ...]:
    """Return results, one of each party, for which no line certainly fires; empty: there is none.

    Parties may be any number where fields or tables name them; four show every case.
    """
    joins = [line for line in state.actions if line.join]
    certain = [line for line in joins if line.free]
    results = tuple(dict.fromkeys(line.name for line in joins))[:_MOST_RESULTS]
    for number in _numbers_of_parties(state):
        for mix in combinations_with_replacement(results, number):
            if not any(_fires(line, mix) for line in certain):
                return mix
    return ()


def _numbers_of_parties(state: f.State) -> range:
    owner = state.owner
    assert isinstance(owner, f.Joint)
    if all(party.kind == "unit" for party in owner.parties) and owner.parties:
        # The number of mixes grows quickly; eight parties show every way of falling short of all or
        # of half.
        number = min(len(owner.parties), 2 * _MOST_PARTIES)
        return range(number, number + 1)
    return range(1, _MOST_PARTIES + 1)


def _fires(line: f.Line, mix: tuple[str, ...]) -> bool:
    given = mix.count(line.name)
    if line.join == "all":
        return given == len(mix)
    return given > 0 if line.join == "any" else 2 * given > len(mix)


def check_meetings(model: Model) -> None:
    """A meeting says what follows when it agrees, and when it does not."""
    for flow in own_flows(model):
        for state in flow.states:
            if not isinstance(state.owner, f.Meeting):
                continue
            names = {line.name for line in state.actions}
            if not names & {*PASSED, *NOT_PASSED}:
                continue  # a body that works as an office: it takes ordinary actions
            for words in (PASSED, NOT_PASSED):
                if not names & set(words):
                    model.report.add("ZR518", state.span, name=state.name, result=words[0])


# --- what belongs together ---------------------------------------------------------------------


def check_dates(model: Model) -> None:
    """A state that lasts to a day in a field gets a new day before it is entered again."""
    for flow in own_flows(model):
        map_ = FlowMap(flow)
        for state in flow.states:
            name = state.limit.until if state.limit else ""
            # Today is another day each time.
            if name and name not in TODAY:
                _check_date(model, map_, state, name)


def _check_date(model: Model, map_: FlowMap, state: f.State, name: str) -> None:
    after = [
        (arc, node)
        for arc, node in map_.steps(map_.entry(state.name))
        if name not in arc.line.inputs
    ]
    for arc, node in after:
        back = search(
            map_, [node], lambda n: n.state == state.name, lambda a: name not in a.line.inputs
        )
        if back is not None:
            path = paths(back, f"{state.name} → ")
            model.report.add("ZR529", arc.line.span, state=state.name, field=name, **path)
            return


def check_slots(model: Model) -> None:
    """Every slot of a document is a field of some form or workflow."""
    fields = {name for names in model.forms.values() for name in names}
    for flow in model.workflows.values():
        fields |= {field.name for field in flow.fields}
    for node in model.scope.nodes("document"):
        document = model.documents[node.name.text]
        for slot in document.slots:
            if slot not in fields and not model.chart.target(slot):
                model.report.unknown("ZR532", node.name.span, slot, fields, document=document.name)


CHECKS = (
    check_whole, check_owners, check_limits, check_ways, check_loops, check_answers, check_order,
    check_joints, check_meetings, check_dates, check_slots,
)  # fmt: skip
