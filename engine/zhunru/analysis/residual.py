"""What is left of a decision while facts are missing: which facts, and the condition in words."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from zhunru.analysis.few_boxes import few_boxes
from zhunru.analysis.forest import Box, TooLarge
from zhunru.analysis.reads import Part
from zhunru.analysis.space import Space
from zhunru.analysis.verdicts import Verdicts
from zhunru.analysis.whatif import given_of
from zhunru.analysis.words import Words
from zhunru.checker.words import Phrase, joined
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.reading import read_request
from zhunru.compiler.request import Request
from zhunru.decision import Decision, decide
from zhunru.explain.answers import MissingFact
from zhunru.vocabulary import OUTCOMES, Outcome

_ORDER = (Outcome.ADMIT, Outcome.DEFER, Outcome.REFUSE)
_MOST_KEPT = 64
_SHOWN = 6  # conditions of one outcome that a sentence tells


_KEPT: WeakKeyDictionary[CompiledPolicy, dict[Hashable, Residual]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Way:
    """An outcome that is still possible, and when: under any one of `conditions`."""

    outcome: Outcome
    conditions: tuple[Phrase, ...]
    rest: bool = False  # in all cases that no other way names


@dataclass(frozen=True, slots=True)
class Residual:
    """What a decision still hangs on. `matters` are the facts that can still change it, those that
    may settle it first; `ways` together hold every case. Not `exact`: `why` says what is not
    decided, and the ways may not be all."""

    decision: Decision
    matters: tuple[MissingFact, ...]
    ways: tuple[Way, ...]
    exact: bool = True
    why: Phrase | None = None

    def sentence(self) -> Phrase:
        """Return what is left in a sentence."""
        if not self.matters and len(self.ways) <= 1:
            zh, en = OUTCOMES[self.decision.outcome]
            return Phrase(f"不论其余事实如何，都{zh}。", f"{en}, whatever the other facts are.")
        # What all else comes to can only be said once the rest is.
        ways = sorted(self.ways, key=lambda way: way.rest)
        zh, en = joined(map(_told, ways), "；", "; ")
        if self.why is not None:
            zh = f"{zh}{'；' if zh else ''}未全部判定：{self.why.zh}"
            en = f"{en}{'; ' if en else ''}not all decided: {self.why.en}"
        return Phrase(f"{zh}。", f"{en}.")

    def to_dict(self) -> dict[str, Any]:
        """Return what is left for JSON."""
        told = self.sentence()
        return {
            "matters": [
                {"name": m.name, "asserted_by": m.asserted_by, "decisive": m.decisive}
                for m in self.matters
            ],
            "ways": [
                {
                    "outcome": way.outcome.value,
                    "rest": way.rest,
                    "conditions": [{"zh": c.zh, "en": c.en} for c in way.conditions],
                }
                for way in self.ways
            ],
            "exact": self.exact,
            "zh": told.zh,
            "en": told.en,
        }


def _told(way: Way) -> Phrase:
    zh, en = OUTCOMES[way.outcome]
    if way.rest:
        return Phrase(f"其余情形{zh}", f"else {en}")
    shown = way.conditions[:_SHOWN]
    more = len(way.conditions) - len(shown)
    when = "，或者".join(c.zh for c in shown) + (f"，或者另外 {more} 种情形" if more else "")
    cases = ", or ".join(c.en for c in shown) + (f", or {more} more cases" if more else "")
    return Phrase(f"{when}的，{zh}", f"{en} if {cases}")


def find_residual(policy: CompiledPolicy, request: Request, decision: str = "") -> Residual:
    """Return what the decision on a request with missing facts still hangs on.

    What was found last is kept: every form begins with the same few facts.
    """
    key = _key(request, decision)
    if key is None:
        return _find(policy, request, decision)
    kept = _KEPT.setdefault(policy, {})
    found = kept.pop(key, None) or _find(policy, request, decision)
    kept[key] = found  # the last to be forgotten
    while len(kept) > _MOST_KEPT:
        kept.pop(next(iter(kept)), None)
    return found


def _key(request: Request, decision: str) -> Hashable:
    """Return what tells requests of facts alone apart: True and 1 are two facts; else None."""
    if request.registers or request.quotas or request.assertions:
        return None
    facts = tuple(sorted((name, type(v).__name__, v) for name, v in request.facts.items()))
    # Where nothing is said, nobody vouches for anything.
    voucher = request.asserted_by if facts else None
    key = (decision, request.received, request.made_at, voucher, facts)
    try:
        hash(key)
    except TypeError:  # a list among the facts
        return None
    return key


def _find(policy: CompiledPolicy, request: Request, decision: str) -> Residual:
    made = decide(policy, request, decision)
    space, verdicts = surroundings(policy, request, decision)
    try:
        ways = tuple(_ways(space, verdicts))
    except TooLarge:
        large = Phrase("要分的情形太多", "there are too many cases")
        return Residual(made, made.missing, (), exact=False, why=large)
    doubts = [axis.asked.name for axis in space.inexact]
    late = next((fact for fact in made.missing if fact.why_zh), None)
    # Nothing is split by days of which nobody knows yet whether people work on them.
    why = Phrase(late.why_zh, late.why_en) if late else None
    if doubts:
        why = Phrase(
            f"用到“{'、'.join(doubts)}”的条件超出了可以逐一判定的范围",
            f"conditions on {', '.join(doubts)} leave the exact fragment",
        )
    return Residual(made, made.missing, ways, exact=why is None, why=why)


def surroundings(
    policy: CompiledPolicy, request: Request, decision: str = ""
) -> tuple[Space, Verdicts]:
    """Return the requests that agree with what is known of one, and what they come to."""
    plan = policy.plan(decision)
    reading = read_request(plan, policy.model, request, policy.supplied)
    part = Part(policy, plan)
    space = Space([part], given=given_of(request, reading))
    return space, Verdicts(space, part)


def _ways(space: Space, verdicts: Verdicts) -> Iterator[Way]:
    words = Words(space, verdicts.part)
    every = {outcome: boxes_of(verdicts, outcome) for outcome in _ORDER}
    told = {outcome: boxes for outcome, boxes in every.items() if boxes}
    left = list(told)
    # What takes the most words is told as all that is left over.
    rest = max(left, key=lambda o: (len(told[o]), o is Outcome.REFUSE)) if len(left) > 1 else None
    for outcome in left:
        conditions = tuple(words.of_box(box) for box in told[outcome])
        if len(left) > 1 or len(conditions) > 1 or told[outcome] != [{}]:
            yield Way(outcome, conditions, outcome is rest)
        else:
            yield Way(outcome, ())


def boxes_of(verdicts: Verdicts, outcome: Outcome) -> list[Box]:
    """Return few and wide boxes of what can be and has an outcome; they may overlap."""
    hits = verdicts.forest.mapped(
        ("is", outcome), lambda end: end.outcome is outcome, verdicts.whole
    )
    return few_boxes(verdicts.forest, hits, verdicts.possible)
