"""保证: proved for every request to a bundle, or broken by one request, or by two that differ only
in what may not matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from zhunru.analysis.axes import left_by
from zhunru.analysis.effects import Effect, Effects
from zhunru.analysis.forest import Path, TooLarge
from zhunru.analysis.pairs import bodies_of
from zhunru.analysis.reads import Asked, Part
from zhunru.analysis.space import Space
from zhunru.analysis.verdicts import End, Verdicts
from zhunru.analysis.witness import Witness, Witnesses
from zhunru.checker.resolved_measures import ResolvedPromise
from zhunru.checker.words import Phrase
from zhunru.codes import diagnose
from zhunru.compiler.program import CompiledPolicy
from zhunru.diagnostics import Diagnostic, Span
from zhunru.vocabulary import OUTCOMES

# What goes with an outcome, as `Proof` holds two answers side by side: duties, then `Effect.rest`.
_BESIDE = (
    Phrase("义务", "duties"),
    Phrase("流程", "workflow"),
    Phrase("可以提出的申请", "request that may be made"),
    Phrase("文书", "documents"),
    Phrase("材料", "materials"),
)


def broken_promises(policy: CompiledPolicy) -> Iterator[Diagnostic]:
    """Yield the promises of a set, and of those above it, that do not hold for every request."""
    for promise in policy.core.promises.values():
        if promise.decision in policy.plans:
            yield from Proof(policy, promise).findings()


class Proof:
    """One promise of one bundle."""

    def __init__(self, policy: CompiledPolicy, promise: ResolvedPromise) -> None:
        self.promise = promise
        self.part = Part(policy, policy.plan(promise.decision))

    def findings(self) -> Iterator[Diagnostic]:
        """Yield that it is broken, or that it is not decided."""
        try:
            self._prepare()
            broken = self._broken()
        except (TooLarge, RecursionError):
            yield self._undecided("要分的情形太多", "there are too many cases")
            return
        if broken is not None:
            yield broken
            return
        # Asked last: a counterexample that is found holds, however coarse the classes are.
        doubt = left_by(self.space.inexact)
        if doubt is not None:
            yield self._undecided(doubt.zh, doubt.en)

    def _prepare(self) -> None:
        self.space = Space([self.part], also=(self.promise.when, *bodies_of(self.part)))
        self.forest = self.space.forest
        self.verdicts = Verdicts(self.space, self.part)
        self.effects = Effects(self.verdicts)
        whole = self.verdicts.whole
        meant = self.verdicts.meaning.truth(self.promise.when)
        self.meant = self.forest.both(meant, self.verdicts.possible)
        self.makes = Witnesses(self.space, self.part, self.verdicts.possible)
        self.whole = self.forest.chosen(self.meant, whole, self.forest.end(None))

    def _broken(self) -> Diagnostic | None:
        if self.promise.outcome is not None:
            return self._otherwise()
        return self._matters()

    def _undecided(self, zh: str, en: str) -> Diagnostic:
        name = self.promise.name
        return diagnose("ZR491", self.promise.span, name=name, why_zh=zh, why_en=en)

    # --- 凡 C 必 X -------------------------------------------------------------------------------

    def _otherwise(self) -> Diagnostic | None:
        """Return the smallest request that meets the condition and ends otherwise."""
        promised = self.promise.outcome
        assert promised is not None
        least = self.makes.least(
            self.whole, lambda end: end is not None and end.outcome is not promised
        )
        if least is None:
            return None
        shown = self.makes.executed(*least)
        told = OUTCOMES[shown.decision.outcome]
        return diagnose(
            "ZR497", self.promise.span, related=tuple(self._by(shown)), name=self.promise.name,
            case_zh=shown.told.zh, case_en=shown.told.en, said_zh=told[0], said_en=told[1],
        )  # fmt: skip

    def _by(self, *shown: Witness) -> Iterator[tuple[Span, str, str]]:
        seen: set[Span] = set()
        for each in shown:
            for reason in each.decision.reasons:
                if not reason.also and reason.span.path and reason.span not in seen:
                    seen.add(reason.span)
                    yield reason.span, "由这一条决定", "decided by this clause"

    # --- 不因 F 而异 -----------------------------------------------------------------------------

    def _matters(self) -> Diagnostic | None:
        """Return two requests that differ only in fields that may not matter."""
        levels = [
            self.space.levels[asked]
            for name in self.promise.regardless
            if (asked := Asked("field", name)) in self.space.levels
        ]
        answers = self._with_terms(self.forest.mapped("answer", self._answer, self.whole))
        # For each request the answers that it may get when what may not matter is chosen freely:
        # two of them are the counterexample.
        sets = self.forest.mapped("some", _alone, answers)
        for level in levels:
            sets = self._united(sets, level)
        path = self.forest.least(sets, lambda found: len(found) > 1)
        if path is None:
            return None
        one, other = self._two(answers, path, levels)
        pair = [self.makes.executed(each, self._needed(each)) for each in (one, other)]
        says = [OUTCOMES[each.decision.outcome] for each in pair]
        apart = _apart(*(self.forest.at(answers, each) for each in (one, other)))
        told = [self.makes.told(each.request, self._asked(levels)) for each in pair]
        return diagnose(
            "ZR490", self.promise.span, related=tuple(self._by(*pair)), name=self.promise.name,
            field=self.promise.regardless, case_zh=pair[0].told.zh,
            case_en=pair[0].told.en,
            first_zh=f"{told[0].zh}时{says[0][0]}",
            then_zh=f"{told[1].zh}时{says[1][0]}{apart.zh}",
            first_en=f"{says[0][1]} where {told[0].en}",
            then_en=f"{says[1][1]} where {told[1].en}{apart.en}",
        )  # fmt: skip

    def _answer(self, end: End | None) -> Any:
        """Return what two requests must share: outcome, duties, what goes with them."""
        if end is None:
            return None
        found: Effect = self.effects.of(end)
        return (found.outcome, found.owed, found.rest)

    def _with_terms(self, answers: int) -> int:
        """Add to each answer what its duties come to that hang on facts."""
        owed = (each for answer in self.forest.values(answers) if answer for each in answer[1])
        for term in dict.fromkeys(node for each in owed for node in (each.by, each.length)):
            answers = self.forest.joined(("term", term), partial(_termed, term), answers, term)
        return answers

    def _united(self, sets: int, level: int) -> int:
        found = self.forest.end(frozenset())
        for at in range(self.forest.sizes[level]):
            here = self.forest.within(sets, level, at)
            found = self.forest.joined("either answer", _union, found, here)
        return found

    def _two(self, answers: int, path: Path, levels: Sequence[int]) -> tuple[Path, Path]:
        """Return two requests that agree with `path` and have two answers."""
        left = answers
        whole = dict.fromkeys(range(len(self.space.axes)), 0) | path
        for level, at in whole.items():
            if level not in levels:
                left = self.forest.within(left, level, at)
        first = next(value for value in self.forest.values(left) if value is not None)
        one = self.forest.least(left, lambda value: value == first) or {}
        rest = self.forest.least(left, lambda value: value is not None and value != first) or {}
        return {**whole, **one}, {**whole, **rest}

    def _needed(self, path: Path) -> tuple[Asked, ...]:
        """Return the facts that decide a request, those that may not matter left out."""
        names = set(self.promise.regardless)
        asked = (self.space.axes[level].asked for level in self.forest.asked(self.whole, path))
        return tuple(each for each in asked if each.name not in names)

    def _asked(self, levels: Sequence[int]) -> tuple[Asked, ...]:
        return tuple(self.space.axes[level].asked for level in levels)


def _termed(term: int, answer: Any, value: Any) -> Any:
    """Return an answer with the value of a term that one of its duties has."""
    if answer is None or not any(term in (each.by, each.length) for each in answer[1]):
        return answer
    return (*answer, (term, value))


def _apart(one: Any, other: Any) -> Phrase:
    """Return in what two answers of one outcome differ; nothing where the outcomes do."""
    if one[0] is not other[0]:
        return Phrase("", "")
    pairs = zip(((one[1], one[3:]), *one[2]), ((other[1], other[3:]), *other[2]), strict=True)
    names = [name for name, (a, b) in zip(_BESIDE, pairs, strict=True) if a != b]
    return Phrase(
        f"，但{'、'.join(each.zh for each in names)}不同",
        f", with other {', '.join(each.en for each in names)}",
    )


def _alone(answer: Any) -> frozenset[Any]:
    return frozenset() if answer is None else frozenset((answer,))


def _union(one: frozenset[Any], other: frozenset[Any]) -> frozenset[Any]:
    return one | other
