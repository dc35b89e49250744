"""How long a case of a workflow may take between two states, and how short, with the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from zhunru.checker.flow_clocks import Clocks
from zhunru.checker.flow_map import FlowMap
from zhunru.checker.flow_shortest import Shortest
from zhunru.checker.flow_stretch import Term
from zhunru.checker.flow_times import Times
from zhunru.checker.flow_words import length_text, state_times, walk_text
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import Language
from zhunru.vocabulary import Measure


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time between two states. `amount` None: no number is known.

    `exact`: some case really takes this long; else the number is a safe bound. `endless`: a case
    may take for ever. `path` is the way in words, in `language`; `steps` are its moves from a state
    to another.
    """

    amount: Decimal | None
    measure: Measure
    exact: bool
    endless: bool
    path: str
    text: str
    steps: tuple[tuple[str, str], ...] = ()


def longest(
    policy: CompiledPolicy,
    flow: str,
    start: str,
    ends: Iterable[str],
    measure: Measure = Measure.WORKDAY,
    language: Language = "zh",
) -> Duration:
    """Return the longest from an entry of `start` to an arrival at one of `ends`, or the end."""
    times = _times(policy, flow)
    return _duration(policy, flow, times.longest(start, ends, measure), language)


def shortest(
    policy: CompiledPolicy,
    flow: str,
    start: str,
    ends: Iterable[str],
    measure: Measure = Measure.WORKDAY,
    language: Language = "zh",
) -> Duration | None:
    """Return the shortest from an entry of `start` to one of `ends`; None: no case gets there."""
    term = Shortest(_times(policy, flow)).between(start, ends, measure)
    return _duration(policy, flow, term, language) if term else None


def _times(policy: CompiledPolicy, flow: str) -> Times:
    return Times(FlowMap(policy.core.workflows[flow]), Clocks(policy.core.calendars))


def _duration(policy: CompiledPolicy, flow: str, term: Term, language: Language) -> Duration:
    states = policy.core.workflows[flow].states
    known = term.amount is not None
    return Duration(
        amount=term.amount,
        measure=term.measure,
        exact=term.exact,
        endless=term.endless,
        path=walk_text(term.walk, language, state_times(states, language)),
        text=length_text(term.amount, term.measure, language) if known else "",  # type: ignore[arg-type]
        steps=tuple((arc.source, arc.target) for arc in term.walk.arcs),
    )
