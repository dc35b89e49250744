"""Workflows of two sets: states, who works in them, their limits and ways out, and how long a case
may take, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from zhunru.analysis.changes import Change, Part, change_of, differing, listed, place_of, retold
from zhunru.analysis.clause_changes import tell_period, tell_text, tell_title
from zhunru.analysis.constraints_diff import ConstraintChange, compare_constraints
from zhunru.analysis.contents_diff import field_marks
from zhunru.analysis.picture import owner_text
from zhunru.analysis.timing import Duration, longest
from zhunru.checker.flow_words import limit_text, line_text
from zhunru.checker.resolved import BoundCitation, ResolvedField, RExpr
from zhunru.checker.resolved_flows import (
    ALWAYS,
    Bound,
    Limit,
    Line,
    Longest,
    Owner,
    ResolvedWorkflow,
    State,
)
from zhunru.checker.words import Phrase
from zhunru.compiler.program import CompiledPolicy
from zhunru.diagnostics import NOWHERE, Span
from zhunru.explain.phrases import describe
from zhunru.vocabulary import CLOCK, Measure


@dataclass(frozen=True, slots=True)
class StateChange:
    """A state that only one workflow has, or that is not the same; `lines` say how."""

    name: str
    change: Change
    lines: tuple[Phrase, ...]
    old: Span = NOWHERE
    new: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Worst:
    """The longest that a case takes between two states, in the old and the new workflow; None: it
    has not both states."""

    start: str
    end: str
    old: Duration | None
    new: Duration | None

    @property
    def alike(self) -> bool:
        """Tell whether both take as long."""
        one, other = self.old, self.new
        if one is None or other is None:
            return one is other
        return (one.amount, one.measure, one.endless) == (
            other.amount,
            other.measure,
            other.endless,
        )


@dataclass(frozen=True, slots=True)
class FlowDiff:
    """One workflow of two sets. `times` are the worst cases that are not the same."""

    name: str
    change: Change
    states: tuple[StateChange, ...] = ()
    constraints: tuple[ConstraintChange, ...] = ()
    times: tuple[Worst, ...] = ()
    rest: tuple[Phrase, ...] = ()
    old: Span = NOWHERE
    new: Span = NOWHERE


def compare_flows(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[FlowDiff]:
    """Yield the workflows that are not the same in both sets."""
    before, after = old.core.workflows, new.core.workflows
    calendars = old.core.calendars == new.core.calendars
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            change = change_of(one, other)
            yield FlowDiff(name, change, old=place_of(one), new=place_of(other))
        elif (apart := _are_apart(one, other)) or not calendars:
            diff = FlowDiff(
                name, "changed", tuple(_states(one, other)), tuple(compare_constraints(one, other)),
                tuple(_times(old, new, one, other)), tuple(_rest(one, other)), one.span, other.span,
            )  # fmt: skip
            if apart or diff.times:
                yield diff


def _are_apart(old: ResolvedWorkflow, new: ResolvedWorkflow) -> bool:
    """Tell whether two workflows are not the same."""
    return _bare(old) != _bare(new) or _used(old) != _used(new)


def _bare(flow: ResolvedWorkflow) -> ResolvedWorkflow:
    return replace(flow, fields=(), set_code="")


def _used(flow: ResolvedWorkflow) -> Mapping[str, ResolvedField]:
    """Return the fields that a workflow speaks of: a case carries those of all others too."""
    said = set(_texts(_bare(flow)))
    return {field.name: field for field in flow.fields if field.name in said}


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts that stand in something."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | frozenset):
        for each in value:
            yield from _texts(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


# --- states --------------------------------------------------------------------------------------


def _states(old: ResolvedWorkflow, new: ResolvedWorkflow) -> Iterator[StateChange]:
    before = {state.name: state for state in old.states}
    after = {state.name: state for state in new.states}
    for name, one, other in differing(before, after):
        lines = _apart(one, other) if one and other else _told(one or other)
        change = change_of(one, other)
        yield StateChange(name, change, tuple(lines), place_of(one), place_of(other))


def _told(state: State | None) -> Iterator[Phrase]:
    for name, read, tell in _STATE_HEAD:
        told = tell(read(state))
        if told.zh:
            yield Phrase(f"{name.zh}：{told.zh}", f"{name.en}: {told.en}")


def _owner(owner: Owner | None) -> Phrase:
    return Phrase(owner_text(owner, "zh"), owner_text(owner, "en"))


def _limit(limit: Limit | None) -> Phrase:
    return Phrase(limit_text(limit, "zh"), limit_text(limit, "en"))


def _apart(old: State, new: State) -> Iterator[Phrase]:
    """Yield in what two states of one name are not the same."""
    yield from retold(old, new, _STATE_HEAD)
    yield from _lines(old, new)
    yield from _changed(old, new, _STATE_PARTS)


def _changed(old: Any, new: Any, parts: Mapping[str, Phrase]) -> Iterator[Phrase]:
    """Yield which parts are not the same, without what they say."""
    for name, told in parts.items():
        if getattr(old, name) != getattr(new, name):
            yield Phrase(f"{told.zh}有变", f"{told.en} changed")


_STATE_HEAD: tuple[Part, ...] = (
    (Phrase("由", "by"), lambda state: state.owner, _owner),
    (Phrase("限", "within"), lambda state: state.limit, _limit),
)
_STATE_PARTS = {
    "cumulative": Phrase("累计", "cumulative time"),
    "reminders": Phrase("提醒", "reminders"),
    "extension": Phrase("延期", "extension"),
    "suspensions": Phrase("停表", "suspensions"),
    "forbidden": Phrase("不得", "what is forbidden"),
}


def _lines(old: State, new: State) -> Iterator[Phrase]:
    for _, one, other in differing(_by_id(old), _by_id(new)):
        if one is not None and other is not None:
            yield from _line(one, other)
        elif other is not None:
            told = _way(other)
            yield Phrase(f"增加：{told.zh}", f"added: {told.en}")
        elif one is not None:
            told = _way(one)
            yield Phrase(f"取消：{told.zh}", f"removed: {told.en}")


def _by_id(state: State) -> Mapping[str, Line]:
    return {line.id: line for line in state.lines}


def _way(line: Line) -> Phrase:
    return Phrase(
        f"{line_text(line, 'zh')} → {line.target}", f"{line_text(line, 'en')} -> {line.target}"
    )


def _line(old: Line, new: Line) -> Iterator[Phrase]:
    name = Phrase(line_text(new, "zh"), line_text(new, "en"))
    parts: tuple[Part, ...] = (
        (Phrase(f"{name.zh}的去向", f"where {name.en} leads"), lambda line: line.target, tell_text),
        (Phrase(f"{name.zh}的条件", f"condition of {name.en}"), lambda line: line.guard, _guard),
        (Phrase(f"{name.zh}的次数", f"times of {name.en}"), lambda line: line.bound, _bound),
    )
    yield from retold(old, new, parts)
    if (old.effects, old.inputs) != (new.effects, new.inputs):
        yield Phrase(f"{name.zh}同时做的事有变", f"what {name.en} does besides changed")


def _guard(guard: RExpr) -> Phrase:
    return Phrase("", "") if guard == ALWAYS else describe(guard)


def _bound(bound: Bound | None) -> Phrase:
    if bound is None:
        return Phrase("", "")
    if bound.times is None:
        return Phrase("不限次", "unbounded")
    return Phrase(f"不超过{bound.times}次", f"at most {bound.times} times")


def _rest(old: ResolvedWorkflow, new: ResolvedWorkflow) -> Iterator[Phrase]:
    yield from retold(old, new, _HEAD)
    yield from _field_lines(_used(old), _used(new))
    yield from _changed(old, new, _FLOW_PARTS)


def _field_lines(
    old: Mapping[str, ResolvedField], new: Mapping[str, ResolvedField]
) -> Iterator[Phrase]:
    """Yield which fields a workflow has begun or ceased to speak of, and which are others now."""
    for name, one, other in differing(old, new):
        if one is None or other is None:
            zh, en = ("增加", "added") if one is None else ("取消", "removed")
            yield Phrase(f"{zh}栏目“{name}”", f"{en} field {name}")
        else:
            for mark in field_marks(one, other):
                yield Phrase(f"栏目“{name}”的{mark.zh}", f"field {name}, {mark.en}")


def _cited(citations: Iterable[BoundCitation]) -> Phrase:
    return listed(citation.text for citation in citations)


_HEAD: tuple[Part, ...] = (
    (Phrase("开始环节", "first state"), lambda flow: flow.initial, tell_text),
    (Phrase("止于", "ending"), lambda flow: flow.ends, listed),
    (Phrase("日历", "calendar"), lambda flow: flow.calendar, tell_text),
    (Phrase("依据", "basis"), lambda flow: flow.citations, _cited),
    (Phrase("施行", "in force"), lambda flow: flow.period, tell_period),
    (Phrase("名称", "title"), lambda flow: flow.title, tell_title),
)
_FLOW_PARTS = {
    "anywhere": Phrase("各环节的动作", "the actions of every state"),
    "arrivals": Phrase("到达时做的事", "what is done on arrival"),
    "priorities": Phrase("优先次序", "the priorities"),
}


# --- how long it may take ---------------------------------------------------------------------


def _times(
    old: CompiledPolicy, new: CompiledPolicy, one: ResolvedWorkflow, other: ResolvedWorkflow
) -> Iterator[Worst]:
    """Yield the worst cases that differ: from the beginning to the end, and what is bounded."""
    for start, end, measure in dict.fromkeys(_asked(one, other)):
        worst = Worst(
            start, end, _longest(old, one, start, end, measure),
            _longest(new, other, start, end, measure),
        )  # fmt: skip
        if not worst.alike:
            yield worst


def _asked(one: ResolvedWorkflow, other: ResolvedWorkflow) -> Iterator[tuple[str, str, Measure]]:
    measure = Measure.WORKHOUR if _by_hours(one) and _by_hours(other) else Measure.WORKDAY
    for end in dict.fromkeys((*one.ends, *other.ends)):
        yield other.initial, end, measure
    for flow in (one, other):
        for constraint in flow.constraints:
            if isinstance(constraint, Longest):
                for end in constraint.ends:
                    yield constraint.start, end, constraint.length.measure


def _by_hours(flow: ResolvedWorkflow) -> bool:
    """Tell whether all limits of a workflow run by the clock."""
    limits = [state.limit for state in flow.states if state.limit and not state.limit.untimed]
    measures = {length.measure for limit in limits for length in limit.lengths}
    return bool(measures) and measures <= CLOCK


def _longest(
    policy: CompiledPolicy, flow: ResolvedWorkflow, start: str, end: str, measure: Measure
) -> Duration | None:
    known = {state.name for state in flow.states} | set(flow.ends)
    if start not in known or end not in known:
        return None
    return longest(policy, flow.name, start, [end], measure)


def told_duration(duration: Duration | None) -> Phrase:
    """Return a worst case in words."""
    if duration is None:
        return Phrase("没有这一环节", "no such state")
    if duration.endless:
        return Phrase("没有上限", "without end")
    if not duration.text:
        return Phrase("不能确定", "not known")
    mark: Any = ("", "") if duration.exact else ("不超过", "at most ")
    return Phrase(f"{mark[0]}{duration.text}", f"{mark[1]}{duration.text}")
