"""Constraints of workflows (约束), proved over every walk or refuted by one that breaks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from zhunru.checker import resolved_flows as f
from zhunru.checker.flow_clocks import Clocks
from zhunru.checker.flow_map import Arc, FlowMap, Node, TooLarge, Walk, search, way_to
from zhunru.checker.flow_owners import Hands, worked_on, working
from zhunru.checker.flow_shape import is_closed, own_flows
from zhunru.checker.flow_stretch import Term
from zhunru.checker.flow_times import Times
from zhunru.checker.flow_unset import telling, works_as
from zhunru.checker.flow_words import LANGUAGES, length_text, paths, state_times, walk_text

if TYPE_CHECKING:
    from zhunru.checker.model import Model
    from zhunru.diagnostics import Span

Floor = tuple[Node, bool]
"""A node, and whether the case came through what a constraint starts from."""

_REASONS = {
    "wait": ("可以在“{at}”一直等下去", "it may wait in `{at}` for ever"),
    "loop": ("可以在“{at}”来回转", "it may come round to `{at}` again and again"),
    "field": (
        "“{at}”的时限由填写的值决定，没有上限",
        "the limit of `{at}` is a value with no bound",
    ),
    "unset": (
        "“{at}”的时限要看填写的内容，到时可能没有，就一直等",
        "the limit of `{at}` hangs on a fact that may be missing by then, and it waits for ever",
    ),
    "gap": (
        "“{at}”的时限查对照表“{table}”，{cases}的没有一行，没有时限，一直等",
        "the limit of `{at}` is looked up in table `{table}`, which has no row where {cases}: "
        "it waits for ever",
    ),
    "rows": (
        "“{at}”的时限查对照表“{table}”，是不是每种情形都有一行定不下来",
        "the limit of `{at}` is looked up in table `{table}`, and whether every case has a row is "
        "open",
    ),
    "pause": (
        "“{at}”可以停表，停过以后时间落在哪几天说不准",
        "the clock may stop in `{at}`, and on what days it runs again is open",
    ),
    "large": ("情形太多", "there are too many cases"),
    "again": ("“{at}”的时限累计，再到时只有余下的", "`{at}` has only what earlier visits left"),
    "mixed": ("几种时间混用", "kinds of time are mixed"),
    "calendar": ("已公布的日历不够长", "the published calendar is too short"),
}


def check_constraints(model: Model) -> None:
    """Every constraint of every workflow holds."""
    clocks = Clocks(model.calendars)
    for flow in own_flows(model):
        # A way that leads nowhere has been reported; proofs over half a workflow would mislead.
        if not is_closed(flow):
            continue
        prover = Prover(model, flow, clocks)
        for each in flow.constraints:
            prover.prove(each)


class Prover:
    """Proves the constraints of one workflow; a refuted one is a finding with the walk."""

    def __init__(self, model: Model, flow: f.ResolvedWorkflow, clocks: Clocks) -> None:
        self.model = model
        self.flow = flow
        self.map = FlowMap(flow)
        self.clocks = clocks

    @cached_property
    def hands(self) -> Hands:
        """Return who works on its states."""
        return Hands(self.model.chart, self.model.tables, self.map)

    @cached_property
    def times(self) -> Times:
        """Return how long its states may take."""
        return Times(self.map, self.clocks)

    def prove(self, each: f.Constraint) -> None:
        """Prove one constraint, or make a finding."""
        try:
            self._prove(each)
        except TooLarge:
            self.model.report.add("ZR534", each.span)

    def _prove(self, each: f.Constraint) -> None:
        if isinstance(each, f.Without):
            self._without(each)
        elif isinstance(each, f.Longest):
            self._longest(each)
        elif isinstance(each, f.Apart):
            self._apart(each)
        elif isinstance(each, f.Entails):
            self._entails(each)
        elif isinstance(each, f.Withheld):
            self._withheld(each)
        else:
            self._exactly(each)

    # --- 未经 A、B 不得 X --------------------------------------------------------------------

    def _without(self, each: f.Without) -> None:
        groups = [each.steps] if each.any_of else [(step,) for step in each.steps]
        for steps in groups:
            walk = self.walk_without(steps, each.target)
            if walk is not None:
                zh = "或".join(f"“{step}”" for step in steps)
                en = " or ".join(f"`{step}`" for step in steps)
                self.model.report.add(
                    "ZR521",
                    each.span,
                    steps_zh=zh,
                    steps_en=en,
                    target=each.target,
                    **self._path(walk),
                )

    def _path(self, walk: Walk) -> dict[str, Any]:
        return paths(walk, shared=(state.name for state in self.flow.states if state.cumulative))

    def walk_without(self, steps: tuple[str, ...], target: str) -> Walk | None:
        """Return a walk of a new case to `target` that takes none of these steps."""
        takes = [self._takes(step) for step in steps]
        return self._walk(
            lambda map_: self._to(map_, target, lambda arc: not any(take(arc) for take in takes))
        )

    def _walk(self, find: Callable[[FlowMap], Walk | None]) -> Walk | None:
        """Return what is found; counted only where a walk of states alone, if there is any, is no
        walk of a case: that is soon known, however many counts there are."""
        walk = find(self.map.flat)
        return walk if walk is None or self.map.follows(walk) else find(self.map)

    def _takes(self, step: str) -> Callable[[Arc], bool]:
        """An action is taken by its name or label; a state is left by its owner, never by time."""
        if self._is_action(step):
            return lambda arc: step in (arc.line.name, arc.line.label) and not arc.line.ends_time
        return lambda arc: arc.source == step and not arc.line.ends_time

    def _is_action(self, name: str) -> bool:
        lines = (arc.line for arc in self.map.every_arc())
        return any(name in (line.name, line.label) for line in lines if not line.ends_time)

    def _is_state(self, name: str) -> bool:
        return name in self.map.states or name in self.map.ends

    def _to(self, map_: FlowMap, target: str, allowed: Callable[[Arc], bool]) -> Walk | None:
        """Return a walk by allowed arcs to a state, or to the taking of an action."""
        if self._is_state(target):
            return search(map_, [map_.start], lambda node: node.state == target, allowed)
        last: list[Arc] = []

        def ready(node: Node) -> bool:
            for arc, _ in map_.steps(node):
                if target in (arc.line.name, arc.line.label) and not arc.line.ends_time:
                    last[:] = [arc]
                    return True
            return False

        walk = search(map_, [map_.start], ready, allowed)
        return walk and Walk(walk.first, (*walk.arcs, last[0]))

    # --- 自 A 至 X 不超过 T -------------------------------------------------------------------

    def _longest(self, each: f.Longest) -> None:
        allowed = each.length
        term = self.times.longest(each.start, each.ends, allowed.measure)
        if term.amount is not None and term.amount <= allowed.amount:
            return
        if term.endless:
            self._endless(each, term)
        elif not term.exact:
            self._undecided(each, term)
        else:
            self._longer(each, term)

    def _longer(self, each: f.Longest, term: Term) -> None:
        assert term.amount is not None
        texts: dict[str, Any] = {}
        for lang in LANGUAGES:
            times = state_times(self.flow.states, lang)
            texts[f"longest_{lang}"] = length_text(term.amount, term.measure, lang)
            texts[f"allowed_{lang}"] = length_text(each.length.amount, term.measure, lang)
            texts[f"path_{lang}"] = walk_text(term.walk, lang, times)
        self.model.report.add("ZR522", each.span, start=each.start, **texts)

    def _endless(self, each: f.Longest, term: Term) -> None:
        texts: dict[str, Any] = {
            f"allowed_{lang}": length_text(each.length.amount, term.measure, lang)
            for lang in LANGUAGES
        }
        texts |= {**self._path(term.walk), **_why(term)}
        self.model.report.add("ZR523", each.span, start=each.start, **texts)

    def _undecided(self, each: f.Longest, term: Term) -> None:
        texts: dict[str, Any] = {
            "bound_zh": "也没有稳妥的上限",
            "bound_en": "there is no safe bound",
        }
        if term.amount is not None:
            for lang in LANGUAGES:
                words = "稳妥的上限是" if lang == "zh" else "a safe bound is"
                texts[f"bound_{lang}"] = f"{words} {length_text(term.amount, term.measure, lang)}"
        self.model.report.add("ZR524", each.span, start=each.start, **texts, **_why(term))

    # --- A 与 B 不得由同一单位/同一人承担 --------------------------------------------------------

    def _apart(self, each: f.Apart) -> None:
        for left in each.left:
            for right in each.right:
                who = self._may_be_same(left, right, each.by)
                if who:
                    by = ("单位", "unit") if each.by == "unit" else ("人", "person")
                    self.model.report.add(
                        "ZR525", each.span, left=left, right=right, by_zh=by[0], by_en=by[1],
                        who=who,
                    )  # fmt: skip

    def _may_be_same(self, left: str, right: str, by: Literal["unit", "person"]) -> str:
        """Return who may work on both; of an action every state counts in which it is taken."""
        for one, other in product(worked_on(self.flow, left), worked_on(self.flow, right)):
            # Whoever takes an action works on its state.
            if one is other and left != right and one.name in (left, right):
                who = "、".join(body.name for body in working(one.owner))
            else:
                who = self.hands.possible_conflict(one, other, by)
            if who:
                return who
        return ""

    # --- 凡 A 必有 X ------------------------------------------------------------------------

    def _entails(self, each: f.Entails) -> None:
        walk = self.walk_past(each.start, each.target)
        if walk is not None:
            self.model.report.add(
                "ZR526", each.span, start=each.start, target=each.target, **self._path(walk)
            )

    def walk_past(self, start: str, target: str) -> Walk | None:
        """Return a walk of a case through `start` to an end that never comes to `target`."""
        if self.flow.initial == target:
            return None
        return self._walk(lambda map_: self._past(map_, start, target))

    def _past(self, map_: FlowMap, start: str, target: str) -> Walk | None:
        is_target = self._comes_to(target)
        is_start = self._comes_to(start)
        # the case remembers whether it came through `start`: a map of two floors
        first = (map_.start, self.flow.initial == start)
        came: dict[Floor, tuple[Arc, Floor] | None] = {first: None}
        queue = [first]
        # The list grows while it is gone through: places in the order of their distance, so the
        # first walk is shortest.
        for place in queue:
            node, through = place
            if map_.is_end(node.state):
                if through:
                    (origin, _), arcs = way_to(place, came)
                    return Walk(origin.state, arcs)
                continue
            for arc, following in map_.steps(node):
                after = (following, through or is_start(arc))
                if not is_target(arc) and after not in came:
                    if len(came) >= 2 * map_.most:
                        raise TooLarge
                    came[after] = (arc, place)
                    queue.append(after)
        return None

    def _comes_to(self, name: str) -> Callable[[Arc], bool]:
        if self._is_state(name):
            return lambda arc: arc.target == name
        return lambda arc: name in (arc.line.name, arc.line.label) and not arc.line.ends_time

    # --- S 不得送达 R -----------------------------------------------------------------------

    def _withheld(self, each: f.Withheld) -> None:
        for via, span in self._deliveries(each):
            self.model.report.add(
                "ZR527", span, secret=each.secret, via=via, body=each.from_.name,
                related=((each.span, "约束", "the constraint"),),
            )  # fmt: skip

    def _deliveries(self, each: f.Withheld) -> Iterator[tuple[str, Span]]:
        told_of: set[str] = set()
        for state in self.flow.states:
            if not any(self.hands.reaches(body, each.from_) for body in working(state.owner)):
                continue
            for line in dict.fromkeys(arc.line for arc in self.map.arcs[state.name]):
                fills = not line.ends_time and each.secret in line.inputs
                if fills and line.id not in told_of:
                    told_of.add(line.id)
                    yield line.name, line.span
        for effect in self.flow.effects():
            document = self.model.documents.get(effect.object)
            told = (self.hands.reaches(body, each.from_) for body in effect.to)
            if effect.kind == "issue" and any(told) and document and each.secret in document.slots:
                yield effect.object, effect.span

    # --- 每件 恰有 N 个 R --------------------------------------------------------------------

    def _exactly(self, each: f.Exactly) -> None:
        """Whoever works as R is named before the work begins; how many is asked when named."""
        if self._known_at_first(each.role):
            return
        tells = telling(self.flow, each.role)
        for state in self.flow.states:
            if not works_as(state, each.role):
                continue
            walk = self._walk(
                lambda map_, name=state.name: self._to(map_, name, lambda arc: not tells(arc))  # type: ignore[misc]
            )
            if walk is not None:
                self.model.report.add(
                    "ZR528", each.span, state=state.name, role=each.role, **self._path(walk)
                )
                return

    def _known_at_first(self, name: str) -> bool:
        """Tell whether the request must bring a field, or who opens a case is it."""
        first = self.flow.state(self.flow.initial)
        owner = first.owner if first else None
        opens = isinstance(owner, f.Owners) and any(body.name == name for body in owner.bodies)
        required = any(field.name == name and field.required for field in self.flow.fields)
        return opens or required or self.model.chart.target(name) is not None


def _why(term: Term) -> dict[str, Any]:
    zh, en = _REASONS[term.reason]
    gap = term.gap or f.Gap(table="")
    return {
        "why_zh": zh.format(at=term.at, table=gap.table, cases=gap.zh),
        "why_en": en.format(at=term.at, table=gap.table, cases=gap.en),
    }


CHECKS = (check_constraints,)
