"""Small workflows at random, and every way through them walked one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

from zhunru.checker.resolved_flows import (
    Bound,
    Length,
    Limit,
    Line,
    ResolvedWorkflow,
    State,
)
from zhunru.syntax.nodes import Title
from zhunru.vocabulary import Measure

END = "办结"
OTHER_END = "挂账"

Taken = tuple[tuple[str, int], ...]


def limit(amount: int, measure: Measure = Measure.WORKDAY) -> Limit:
    """Return a limit of so many units on the office calendar."""
    return Limit(lengths=(Length(amount=Decimal(amount), measure=measure),), calendar="工作时间")


def random_flow(
    seed: int,
    *,
    states: int = 4,
    measures: tuple[Measure, ...] = (Measure.WORKDAY,),
    loose: bool = False,
) -> ResolvedWorkflow:
    """Return a workflow in which every line that leads back is bounded; `loose`: not every one."""
    rng = random.Random(seed)
    names = [f"s{at}" for at in range(states)]
    found = []
    for at, name in enumerate(names):
        lines = [_line(rng, name, at, number, names, loose) for number in range(rng.randint(1, 2))]
        onward = names[at + 1] if at + 1 < states else END
        lines.append(Line(id=f"{name}.over", kind="overdue", name="overdue", target=onward))
        allowed = limit(rng.randint(1, 4), rng.choice(measures))
        found.append(State(name=name, owner=None, limit=allowed, lines=tuple(lines)))
    return ResolvedWorkflow(
        name="流程",
        title=Title("流程"),
        set_code="",
        initial=names[0],
        ends=(END, OTHER_END),
        states=tuple(found),
        calendar="工作时间",
    )


def _line(
    rng: random.Random, state: str, at: int, number: int, names: list[str], loose: bool
) -> Line:
    target = rng.choice([*names, END, OTHER_END])
    back = target in names and names.index(target) <= at
    bound = None
    if back and not (loose and rng.random() < 0.2):
        onward = rng.choice([*names[at + 1 :], END, ""])
        bound = Bound(times=rng.randint(1, 2), then=onward)
    name = f"{state}.{number}"
    return Line(id=name, kind="action", name=name, target=target, bound=bound)


class Endless(Exception):
    """A way comes round to where it was, with nothing used up."""


Step = tuple[str, Line]


def runs(
    flow: ResolvedWorkflow, start: str, taken: Taken, stop: frozenset[str]
) -> Iterator[tuple[Step, ...]]:
    """Yield every way from `start` until it arrives at a name of `stop`, or ends.

    Raises Endless where a way never does.
    """
    states = {state.name: state for state in flow.states}

    def go(
        name: str, taken: Taken, way: tuple[Step, ...], seen: frozenset[tuple[str, Taken]]
    ) -> Iterator[tuple[Step, ...]]:
        if (name, taken) in seen:
            raise Endless
        for line in states[name].lines:
            for target, after in moves(line, taken):
                longer = (*way, (name, line))
                if target in stop or target not in states:
                    yield longer
                else:
                    yield from go(target, after, longer, seen | {(name, taken)})

    yield from go(start, taken, (), frozenset())


def moves(line: Line, taken: Taken) -> Iterator[tuple[str, Taken]]:
    """Yield where a line leads now, with what is taken afterwards."""
    times = line.bound.times if line.bound else None
    if times is None:
        yield line.target, taken
        return
    counts = dict(taken)
    used = counts.get(line.id, 0)
    if used < times:
        counts[line.id] = used + 1
        yield line.target, tuple(sorted(counts.items()))
    elif line.bound and line.bound.then:
        yield line.bound.then, taken


def entries(flow: ResolvedWorkflow, wanted: str) -> set[Taken]:
    """Return with what is taken a case may enter a state."""
    states = {state.name: state for state in flow.states}
    first: tuple[str, Taken] = (flow.initial, ())
    seen, waiting = {first}, [first]
    while waiting:
        name, taken = waiting.pop()
        for line in states[name].lines if name in states else ():
            for each in moves(line, taken):
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
    return {taken for name, taken in seen if name == wanted}
