"""The smallest change of a refused request that would be admitted: exact, or not decided.

Only fields marked 可改 change, unless others are named: never the sender, the matter or an
emergency (D16). What is unknown and may not change stays unknown: the change admits whatever it is.
A day to which a request is moved is one on which its units exist, and none before it was received
or, for what is to enter earlier, before its own; a unit that is not on the chart of its day may be
on that of the day to which it is moved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, product
from typing import Any, Literal

from zhunru.analysis.axes import Axis
from zhunru.analysis.forest import Path, TooLarge
from zhunru.analysis.reads import Asked, Given, Part
from zhunru.analysis.space import Space
from zhunru.analysis.verdicts import End, Verdicts
from zhunru.checker.resolved import NOTHING
from zhunru.checker.values import as_number
from zhunru.checker.words import Phrase
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.reading import Reading, read_request
from zhunru.compiler.request import Request
from zhunru.decision import Decision, decide
from zhunru.explain.advice import change_to
from zhunru.explain.answers import Change
from zhunru.vocabulary import Outcome

Status = Literal["admitted", "incomplete", "found", "none", "undecided"]
_SHOWN = 4  # clauses that a sentence names
_MOST_READINGS = 8  # ways to take units that are not on the chart of the day
_NO_WORDS = Phrase("", "")
_SETTLED: dict[Outcome, Status] = {
    Outcome.ADMIT: "admitted",
    Outcome.INCOMPLETE: "incomplete",
}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would have to change. `status`: found (`changes` are the fewest, then the nearest, and
    `after` is what the set decides of the changed request), none (proved: no change of these
    fields admits), undecided (`why` says why); or there was nothing to change. `blocks` are the
    clauses that stand in the way: of the request as it is, and for "none" whatever changes."""

    status: Status
    decision: Decision
    changes: tuple[Change, ...] = ()
    request: Request | None = None
    after: Decision | None = None
    blocks: tuple[str, ...] = ()
    why: Phrase = _NO_WORDS

    def sentence(self) -> Phrase:
        """Return the answer in a sentence."""
        blocks = _named(self.blocks)
        if self.status == "found":
            zh = "、".join(change.zh for change in self.changes)
            en = ", ".join(change.en for change in self.changes)
            return Phrase(
                f"挡住的是{blocks.zh}；{zh}，即可准入。",
                f"blocked by {blocks.en}; {en}, and it is admitted.",
            )
        if self.status == "none":
            return Phrase(
                f"可改的栏目怎么改都不能准入，挡住的是{blocks.zh}。",
                f"no change of what may change admits it: blocked by {blocks.en}.",
            )
        if self.status == "undecided":
            return Phrase(f"未判定：{self.why.zh}。", f"not decided: {self.why.en}.")
        if self.status == "admitted":
            return Phrase("已经准入，不用改。", "it is admitted as it is.")
        return Phrase("请先补正。", "it is to be completed first.")

    def to_dict(self) -> dict[str, Any]:
        """Return the answer for JSON."""
        told = self.sentence()
        return {
            "status": self.status,
            "changes": [
                {"field": c.field, "value": c.value, "asserted_by": c.asserted_by}
                for c in self.changes
            ],
            "blocks": list(self.blocks),
            "zh": told.zh,
            "en": told.en,
        }


def _named(blocks: tuple[str, ...]) -> Phrase:
    """Return some of the clauses by name, and how many there are in all."""
    if not blocks:
        return Phrase("默认", "the default")
    more = len(blocks) - _SHOWN
    zh, en = "、".join(blocks[:_SHOWN]), ", ".join(blocks[:_SHOWN])
    return Phrase(f"{zh}等{len(blocks)}条", f"{en} and {more} more") if more > 0 else Phrase(zh, en)


def find_smallest_change(
    policy: CompiledPolicy,
    request: Request,
    decision: str = "",
    *,
    fields: Collection[str] | None = None,
) -> WhatIf:
    """Return the smallest change of a request that would be admitted.

    `fields` may change; without it those that the form marks 可改.
    """
    plan = policy.plan(decision)
    made = decide(policy, request, decision)
    settled = _SETTLED.get(made.outcome)
    if settled is not None:
        return WhatIf(settled, made)
    names = fields if fields is not None else [f.name for f in plan.head.fields if f.curable]
    reading = read_request(plan, policy.model, request, policy.supplied)
    known = [dict[str, str]()]
    if plan.governing_field in names:
        known = list(islice(_otherwise_known(policy, reading), _MOST_READINGS))
    try:
        answers = [
            _Search(policy, plan, request, _with_units(reading, units), frozenset(names)).answer(
                made
            )
            for units in known
        ]
    except TooLarge:
        why = Phrase("要分的情形太多", "there are too many cases")
        return WhatIf("undecided", made, blocks=blocking(made), why=why)
    return min(answers, key=_fewest)


def _fewest(answer: WhatIf) -> tuple[int, int]:
    """Return what the smallest change comes first by; "none" only if nothing else is said."""
    order = ("found", "undecided", "none")
    return (order.index(answer.status), len(answer.changes))


def _otherwise_known(policy: CompiledPolicy, reading: Reading) -> Iterator[dict[str, str]]:
    """Yield what units may be on another day that are not on the chart of this one: first that all
    stay unknown."""
    chart = policy.model.chart
    ways = [
        [(name, ""), *((name, unit) for unit in chart.ever(raw))]
        for name, raw in reading.doubts.items()
    ]
    for some in product(*ways):
        yield {name: unit for name, unit in some if unit}


def _with_units(reading: Reading, units: Mapping[str, str]) -> Reading:
    """Return what is read of a request on a day on which these units are there."""
    facts = replace(reading.facts, values={**reading.facts.values, **units})
    found = Reading(reading.day, facts)
    found.claims, found.confirmed = reading.claims, reading.confirmed
    return found


def blocking(decision: Decision) -> tuple[str, ...]:
    """Return the clauses that a refusal or deferral rests on."""
    return tuple(dict.fromkeys(r.clause for r in decision.reasons if r.clause and not r.also))


def given_of(request: Request, reading: Reading, free: Collection[str] = ()) -> Given:
    """Return what is known of a request; `free` are the fields that may change."""
    values = reading.facts.values
    return Given(
        day=reading.day,
        received=request.received,
        values={name: value for name, value in values.items() if name not in free},
        now={name: value for name, value in values.items() if name in free},
        registers=dict(reading.facts.registers),
        quotas=dict(reading.facts.quotas),
        free=frozenset(free),
    )


class _Search:
    """The search for one request."""

    def __init__(
        self,
        policy: CompiledPolicy,
        plan: Plan,
        request: Request,
        reading: Reading,
        free: frozenset[str],
    ) -> None:
        self.policy = policy
        self.plan = plan
        self.asked = request
        self.reading = reading
        self.free = free
        self.given = given_of(request, reading, free)
        self.earliest = min(request.received, reading.day)
        part = Part(policy, plan)
        self.space = Space([part], given=self.given)
        self.verdicts = Verdicts(self.space, part)
        self.forest = self.space.forest

    def answer(self, made: Decision) -> WhatIf:
        """Return the smallest change, or that there is none."""
        lacking = [name for name in self._required() if name not in self.free]
        whole = self.verdicts.whole
        admitting = self.forest.no if lacking else self._in_time(self._admitting(whole))
        blocks = blocking(made)
        path = self.forest.least(admitting, price=self._price)
        if path is not None:
            values = self._new_values(path)
            changed = self._changed(values)
            after = decide(self.policy, changed, self.plan.head.name)
            if after.outcome is Outcome.ADMIT:
                changes = tuple(change_to(self.plan.fields[n], v) for n, v in values.items())
                return WhatIf("found", made, changes, changed, after, blocks)
            why = Phrase("改后的来件还要看别的事实", "the changed request hangs on other facts")
            return WhatIf("undecided", made, blocks=blocks, why=why)
        doubts = self.space.inexact
        if doubts:
            names = [axis.asked.name for axis in doubts]
            why = Phrase(
                f"用到“{'、'.join(names)}”的条件超出了可以逐一判定的范围",
                f"conditions on {', '.join(names)} leave the exact fragment",
            )
            return WhatIf("undecided", made, blocks=blocks, why=why)
        if (perhaps := self._perhaps(whole)) != self.forest.no:
            return WhatIf("undecided", made, blocks=blocks, why=self._hanging(perhaps))
        every = dict.fromkeys((*blocks, *self._always_blocking(whole)))
        return WhatIf("none", made, blocks=tuple(every))

    def _required(self) -> list[str]:
        """Return the 必填 fields that are not known."""
        return [name for name in self.plan.required if name not in self.reading.facts.values]

    # --- where it is admitted ------------------------------------------------------------------

    def _admitting(self, whole: int) -> int:
        """Return the changes that admit whatever the facts are that stay unknown."""
        forest, possible = self.forest, self.verdicts.possible
        ends = [end for end in forest.values(whole) if end.outcome is Outcome.ADMIT]
        ways = dict.fromkeys(tuple(answer.number for answer in end.deciding) for end in ends)
        reached = self._whatever(possible)
        found = forest.no
        for numbers in ways:
            here = forest.mapped(("by", numbers), partial(_admitted_by, numbers), whole)
            otherwise = self._whatever(forest.but(possible, here))
            found = forest.either(found, forest.but(reached, otherwise))
        return found

    def _whatever(self, diagram: int) -> int:
        """Return where it holds for some value of what stays unknown."""
        for level, axis in enumerate(self.space.axes):
            if self._unknown(axis.asked):
                diagram = self.forest.any_of(diagram, level)
        return diagram

    def _may_change(self, axis: Axis) -> bool:
        return axis.asked.kind == "field" and axis.asked.name in self.free

    def _unknown(self, asked: Asked) -> bool:
        """Tell whether nobody said what it is, and no change may."""
        known = asked.kind == "field" and asked.name in {*self.given.values, *self.free}
        return not known and asked.kind != "received"

    def _perhaps(self, whole: int) -> int:
        """Return the changes that are admitted for some value of what stays unknown."""
        admitted = self.forest.mapped("admitted", _admits, whole)
        return self._in_time(self.forest.both(self.verdicts.possible, admitted))

    def _hanging(self, diagram: int) -> Phrase:
        """Return what is not known and matters."""
        asked = [self.space.axes[level].asked for level in sorted(self.forest.levels(diagram))]
        names = list(dict.fromkeys(each.name for each in asked if self._unknown(each)))
        return Phrase(
            f"改后还要看没有填的内容：{'、'.join(names)}",
            f"the changed request hangs on what is not given: {', '.join(names)}",
        )

    def _in_time(self, diagram: int) -> int:
        """Return where it holds on days that are not over."""
        level = self.space.levels.get(Asked("field", self.plan.governing_field))
        if level is None or not (axis := self.space.axes[level]).ends:
            return diagram
        ends = enumerate(axis.ends)
        left = [at for at, (_, high) in ends if high in (None, NOTHING) or high >= self.earliest]
        return self.forest.inside(diagram, {level: tuple(left)})

    def _always_blocking(self, whole: int) -> list[str]:
        """Return the clauses that stand in the way for some change, in the order of the steps."""
        ends = self.forest.values(
            self.forest.chosen(self.verdicts.possible, whole, self.forest.end(None))
        )
        numbers = {a.number for end in ends if end is not None for a in end.deciding}
        return [self.plan.clauses[number].code for number in sorted(numbers)]

    # --- how much it costs ---------------------------------------------------------------------

    def _price(self, level: int, at: int) -> tuple[int, int]:
        """A class that holds the value as it is costs nothing; else one change, and its rank."""
        axis = self.space.axes[level]
        name = axis.asked.name
        if not self._may_change(axis) or len(axis.values) == 1:
            return (0, 0)
        if name in self.given.now and self._nearest(axis, at) == self.given.now[name]:
            return (0, 0)
        return (1, self._ranks(level).index(at))

    def _ranks(self, level: int) -> list[int]:
        axis = self.space.axes[level]
        now = as_number(self.given.now.get(axis.asked.name, NOTHING))
        places = list(range(len(axis.values)))
        if now is None:
            return places
        far = {at: as_number(self._nearest(axis, at)) for at in places}
        return sorted(places, key=lambda at: (far[at] is None, abs((far[at] or now) - now)))

    def _nearest(self, axis: Axis, at: int) -> Any:
        """Return the value of a class that is nearest to what the field is now."""
        value = axis.values[at]
        now = self.given.now.get(axis.asked.name, NOTHING)
        if now is NOTHING and axis.asked.name == self.plan.governing_field:
            now = self.earliest
        if not axis.ends or value is NOTHING or now is NOTHING:
            return value
        low, high = axis.ends[at]
        if low is not None and now < low:
            return low
        if high is not None and now > high:
            return high
        return now

    # --- the changed request -------------------------------------------------------------------

    def _new_values(self, path: Path) -> dict[str, Any]:
        """Return the fields that change, with what they change to."""
        found: dict[str, Any] = {}
        for level, at in path.items():
            axis = self.space.axes[level]
            name, value = axis.asked.name, self._nearest(axis, at)
            if self._may_change(axis) and self.given.now.get(name, self) != value:
                found[name] = value
        for name in self._required():
            if name in self.free and name not in found:
                found[name] = self._any_value(name)
        return {name: found[name] for name in self.plan.fields if name in found}

    def _changed(self, values: Mapping[str, Any]) -> Request:
        """Return the changed request; a changed fact is asserted by who may."""
        facts = {n: None if value is NOTHING else value for n, value in values.items()}
        fields = self.plan.fields
        asserted = {name: role for name in values if (role := fields[name].asserted_by)}
        quotas: Mapping[str, Any] = self.asked.quotas
        if self.plan.governing_field in values:
            quotas = {}  # another day has other windows, of which nothing is known
        return replace(
            self.asked,
            facts={**self.asked.facts, **facts},
            assertions={**self.asked.assertions, **asserted},
            quotas=quotas,
        )

    def _any_value(self, name: str) -> Any:
        if name == self.plan.governing_field:
            return self.earliest
        level = self.space.levels.get(Asked("field", name))
        return None if level is None else self.space.axes[level].values[0]


def _admits(end: End) -> bool:
    return end.outcome is Outcome.ADMIT


def _admitted_by(numbers: tuple[int, ...], end: End) -> bool:
    return end.outcome is Outcome.ADMIT and tuple(a.number for a in end.deciding) == numbers
