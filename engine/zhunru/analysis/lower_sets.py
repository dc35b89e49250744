"""A lower set against those above it: that it admits nothing they forbid and drops none of their
duties, proved for every request (D20 to D22).

The set above decides alone, the set below with it. Looser is only what the upper clause allows
(可放宽), what is handed down by name (授权 … 条目), or what the upper set merely does not list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zhunru.analysis.axes import left_by
from zhunru.analysis.deltas import Delta, Deltas, group_name
from zhunru.analysis.forest import TooLarge
from zhunru.analysis.pairs import Pair
from zhunru.analysis.reads import Part
from zhunru.analysis.witness import Witness, Witnesses
from zhunru.checker.check import check
from zhunru.checker.resolved import Clause
from zhunru.codes import diagnose
from zhunru.compiler.program import CompiledPolicy, compile_policies
from zhunru.diagnostics import Diagnostic, Span
from zhunru.syntax.nodes import Delegation, PolicySet
from zhunru.vocabulary import OUTCOMES, Outcome

_RANK = {Outcome.ADMIT: 0, Outcome.DEFER: 1, Outcome.REFUSE: 2}
_MOST = 20  # findings about one decision
_MOST_PLACES = 8  # further clauses that one finding names

Key = tuple[str, str, str]  # code, upper clause, lower clause


@dataclass(frozen=True, slots=True)
class Loosened:
    """A request that a lower set answers as it may not: the code of the finding, and by what."""

    code: str
    upper: Clause | None
    lower: Clause | None
    delta: Delta


def compare_with_uppers(policy: CompiledPolicy) -> list[Diagnostic]:
    """Return where a set goes below those above it, with a request for each."""
    found: list[Diagnostic] = []
    for source in policy.checked.source.uppers:
        checked, _ = check(source)
        if checked is None:
            continue
        upper = compile_policies(checked)
        for name in upper.decisions:
            if name in policy.plans:
                found.extend(Below(upper, policy, source, name).findings())
    return found


class Below:
    """One decision of a lower set beside that of a set above it."""

    def __init__(
        self, upper: CompiledPolicy, lower: CompiledPolicy, source: PolicySet, name: str
    ) -> None:
        self.upper = upper
        self.lower = lower
        self.name = name
        self.delegations = tuple(_delegations(source))
        self.pair = Pair(upper, lower, name)

    def findings(self) -> Iterator[Diagnostic]:
        """Yield what is looser than it may be; that it is not decided where it is not."""
        try:
            self.deltas = Deltas(self.pair)
            self.makes = Witnesses(self.pair.space, self.pair.new, self.pair.possible)
            yield from self._loosened()
            doubt = left_by(self.deltas.doubts)
        except (TooLarge, RecursionError):
            yield self._undecided("要分的情形太多", "there are too many cases")
            return
        if doubt is not None:
            yield self._undecided(doubt.zh, doubt.en)

    def _undecided(self, zh: str, en: str) -> Diagnostic:
        span = _own_span(self.pair.new, self.lower.code)
        return diagnose("ZR496", span, name=self.name, upper=self.upper.code, why_zh=zh, why_en=en)

    def _loosened(self) -> Iterator[Diagnostic]:
        groups: dict[Key, list[Loosened]] = {}
        for delta in self.deltas.all:
            for each in self._judged(delta):
                key = (each.code, _group(each.upper), _group(each.lower))
                groups.setdefault(key, []).append(each)
        for some in list(groups.values())[:_MOST]:
            yield from self._told(some)

    # --- what may not be -------------------------------------------------------------------------

    def _judged(self, delta: Delta) -> Iterator[Loosened]:
        """Yield what D22 does not allow of one pair of answers."""
        before, after = delta.old.outcome, delta.new.outcome
        above = self.deltas.clauses(0, delta.old)
        below = self.deltas.clauses(1, delta.new)
        lower = next((c for c in below if c.set_code == self.lower.code), None)
        lower = lower or next(iter(below), None)
        if before is Outcome.ADMIT:
            yield from self._duties(delta, above, lower)
        elif above and _RANK[after] < _RANK[before]:
            held = [clause for clause in above if not self._may_be_loosened(clause)]
            if held:
                yield Loosened("ZR467", held[0], lower, delta)
        elif not above and after is not Outcome.REFUSE and not self._is_open_to(below):
            yield Loosened("ZR467", None, lower, delta)

    def _is_open_to(self, below: Sequence[Clause]) -> bool:
        """Tell whether the upper set leaves room for some clauses beside its lists."""
        closed = self.upper.plan(self.name).head.default_binding
        return not closed or all(map(self._may_be_added, below))

    def _duties(
        self, delta: Delta, above: Sequence[Clause], lower: Clause | None
    ) -> Iterator[Loosened]:
        """Yield what is wrong where the upper set admits."""
        binding = next((clause for clause in above if clause.binding), None)
        if delta.new.outcome is not Outcome.ADMIT:
            if binding is not None:
                yield Loosened("ZR469", binding, lower, delta)
            return
        marks = {(aspect, way) for aspect, way in delta.marks if aspect != "route"}
        owed = {("obligation", "looser"), ("obligation", "different"), ("deadline", "looser"),
                ("deadline", "different")}  # fmt: skip
        if marks & owed and above:
            yield Loosened("ZR468", above[0], lower, delta)

    def _may_be_loosened(self, clause: Clause) -> bool:
        if clause.relaxable:
            return True
        names = {clause.code, clause.code.rpartition("/")[2], clause.list_name, clause.reason_code}
        return any(d.subject == "clause" and d.target.text in names for d in self.delegations)

    def _may_be_added(self, clause: Clause) -> bool:
        """Tell whether an entry stands in a list to which lower sets may add."""
        return any(
            d.subject == "list" and d.additions and d.target.text == clause.list_name
            for d in self.delegations
        )

    # --- findings --------------------------------------------------------------------------------

    def _told(self, some: Sequence[Loosened]) -> Iterator[Diagnostic]:
        shown = self._shown([each.delta for each in some])
        if shown is None:
            return
        first = some[0]
        before, after = OUTCOMES[first.delta.old.outcome], OUTCOMES[first.delta.new.outcome]
        yield diagnose(
            first.code,
            self._place(first),
            related=tuple(self._related(some)),
            name=_code(first.lower) or self.name,
            clause=_code(first.upper) or self.name,
            upper=self.upper.code,
            before_zh=before[0],
            before_en=before[1],
            after_zh=after[0],
            after_en=after[1],
            case_zh=shown.told.zh,
            case_en=shown.told.en,
        )

    def _shown(self, deltas: Sequence[Delta]) -> Witness | None:
        """Return the smallest request, if both sets really decide it so."""
        least = self.makes.least(self.deltas.region(deltas), recent=True)
        if least is None:
            return None
        delta = self.pair.forest.at(self.deltas.found, least[0])
        shown = self.makes.executed(*least)
        above = Witnesses(self.pair.space, self.pair.old, self.pair.possible)
        agreed = self.makes.agrees(delta.new, shown.decision)
        alone = above.executed(*least).decision
        return shown if agreed and above.agrees(delta.old, alone) else None

    def _place(self, found: Loosened) -> Span:
        """Return a place in the lower set: its clause, else its 判定."""
        if found.lower is not None and found.lower.set_code == self.lower.code:
            return found.lower.span
        return _own_span(self.pair.new, self.lower.code)

    def _related(self, some: Sequence[Loosened]) -> Iterator[tuple[Span, str, str]]:
        """Yield the clause of the upper set, and further clauses of the lower one."""
        upper, place = some[0].upper, self._place(some[0])
        if upper is not None and upper.span.path:
            yield upper.span, "上位规则的这一条", "the clause of the upper set"
        others = dict.fromkeys(self._place(each) for each in some)
        for span in [span for span in others if span != place][:_MOST_PLACES]:
            yield span, "这一条也是", "this clause too"


def _own_span(part: Part, code: str) -> Span:
    """Return a place in the set itself: its first clause, or the decision if it has none."""
    own = (clause.span for clause in part.policy.plan(part.plan.head.name).clauses
           if clause.set_code == code)  # fmt: skip
    return next(own, part.plan.head.span)


def _delegations(source: PolicySet) -> Iterator[Delegation]:
    """Yield what a set and those above it hand down."""
    if source.header is not None:
        yield from source.header.delegations
    for upper in source.uppers:
        yield from _delegations(upper)


def _group(clause: Clause | None) -> str:
    return "" if clause is None else group_name(clause)


def _code(clause: Clause | None) -> str:
    return "" if clause is None else clause.code
