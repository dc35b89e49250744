"""Which clauses, values and lines are responsible for a difference, with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Literal

from zhunru.analysis.changes import Change, change_of
from zhunru.analysis.contents import KINDS, Named, differing_names, named_in
from zhunru.analysis.deltas import Delta
from zhunru.analysis.pairs import Pair
from zhunru.analysis.reads import Part
from zhunru.checker.resolved import Clause
from zhunru.diagnostics import NOWHERE, Span

Kind = Literal[
    "clause", "parameter", "table", "formula", "register", "default", "order", "chart", "form"
]


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes two sets differ: a clause, a value, a line of one of them or of both.

    `group` is the list or rule that a clause belongs to. `old` and `new` are its places; NOWHERE
    where a set does not have it.
    """

    kind: Kind
    name: str
    change: Change
    group: str = ""
    old: Span = NOWHERE
    new: Span = NOWHERE


class Causes:
    """What is responsible for the differences of one decision."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self._names = differing_names(pair.old.model, pair.new.model)
        self._read: dict[tuple[int, int], tuple[Cause, ...]] = {}

    def of(self, delta: Delta) -> tuple[Cause, ...]:
        """Return what is responsible: changed clauses that decide, else what they read, else the
        order of the steps, the default, the chart."""
        found = tuple(dict.fromkeys(self._decided(delta)))
        return found or tuple(dict.fromkeys(self._around(delta))) or self._everything()

    def _decided(self, delta: Delta) -> Iterator[Cause]:
        for side, number in _numbers(delta):
            yield from self._about(side, number)
        if -1 in (delta.old.step, delta.new.step):
            yield from self._default()

    def _about(self, side: int, number: int) -> tuple[Cause, ...]:
        key = (side, number)
        found = self._read.get(key)
        if found is None:
            part = self.pair.parts[side]
            clause = part.plan.clauses[number]
            found = self._read[key] = tuple(self._of_clause(part, clause))
        return found

    def _of_clause(self, part: Part, clause: Clause) -> Iterator[Cause]:
        # A clause that decides may stand as it did, and decide because an exception to it is gone.
        for code in (clause.code, *clause.unless_clauses):
            if code in self.changed:
                yield self.changed[code]
        for name in named_in(part.model, clause):
            if name in self._names:
                yield self._of_name(name)

    def _of_name(self, named: Named) -> Cause:
        kind, name = named
        old, new = (KINDS[kind](part.model).get(name) for part in self.pair.parts)
        return Cause(kind, name, change_of(old, new), "", _place(old), _place(new))  # type: ignore[arg-type]

    # --- clauses -------------------------------------------------------------------------------

    @cached_property
    def changed(self) -> dict[str, Cause]:
        """Return the clauses that are not the same in both sets, by code."""
        old, new = (_by_code(part) for part in self.pair.parts)
        found: dict[str, Cause] = {}
        for code in dict.fromkeys((*old, *new)):
            before, after = old.get(code, []), new.get(code, [])
            if before != after:
                one, other = _first_apart(before, after)
                found[code] = Cause(
                    "clause", code, change_of(one, other), _group(one or other),
                    _place(one), _place(other),
                )  # fmt: skip
        return found

    def _default(self) -> Iterator[Cause]:
        old, new = (part.plan.head for part in self.pair.parts)
        if _default_of(old) != _default_of(new):
            yield Cause("default", old.name, "changed", "", old.span, new.span)

    # --- what stands around them -----------------------------------------------------------------

    def _around(self, delta: Delta) -> Iterator[Cause]:
        """Yield what stands around the deciding clauses: the 退回 of the default, by which goes
        what they send nowhere, and their steps where the order is another one."""
        if any(aspect == "route" for aspect, _ in delta.marks):
            yield from self._default()
        old, new = (self._steps(part) for part in self.pair.parts)
        if old != new:
            spans = [self._step(0, delta.old.step), self._step(1, delta.new.step)]
            yield Cause("order", self.pair.old.plan.head.name, "changed", "", *spans)

    def _steps(self, part: Part) -> list[list[str]]:
        plan = part.plan
        steps = ([plan.clauses[n].code for n in numbers] for numbers in plan.numbers_by_step)
        # Clauses that came or went are causes of their own: an order is one of what stayed.
        both = {code for code in _by_code(part) if code not in self.changed}
        return [kept for step in steps if (kept := [code for code in step if code in both])]

    def _step(self, side: int, step: int) -> Span:
        head = self.pair.parts[side].plan.head
        return head.steps[step].span if 0 <= step < len(head.steps) else head.span

    def _everything(self) -> tuple[Cause, ...]:
        """Return what is left: another chart, or another form."""
        old, new = (part.policy.core for part in self.pair.parts)
        name = self.pair.old.plan.head.name
        if (old.units, old.roles) != (new.units, new.roles):
            return (Cause("chart", "", "changed"),)
        heads = [part.plan.head for part in self.pair.parts]
        if heads[0].fields != heads[1].fields:
            return (Cause("form", heads[1].form, "changed", "", heads[0].span, heads[1].span),)
        return tuple(self.changed.values()) or (
            Cause("order", name, "changed", "", heads[0].span, heads[1].span),
        )


def _numbers(delta: Delta) -> Iterator[tuple[int, int]]:
    for side, end in enumerate((delta.old, delta.new)):
        for answer in end.answers:
            yield side, answer.number


def _by_code(part: Part) -> dict[str, list[Clause]]:
    found: dict[str, list[Clause]] = {}
    for clause in part.plan.clauses:
        found.setdefault(clause.code, []).append(clause)
    return found


def _first_apart(old: list[Clause], new: list[Clause]) -> tuple[Clause | None, Clause | None]:
    """Return the first pair of clauses of one code that is not the same."""
    longest = max(len(old), len(new))
    pairs = zip(_filled(old, longest), _filled(new, longest), strict=True)
    return next(pair for pair in pairs if pair[0] != pair[1])


def _filled(some: list[Clause], length: int) -> Iterable[Clause | None]:
    return chain(some, [None] * (length - len(some)))


def _place(found: Any) -> Span:
    return NOWHERE if found is None else found.span


def _group(clause: Clause | None) -> str:
    return "" if clause is None else clause.list_name or clause.code


def _default_of(head: Any) -> Any:
    return (head.default_message, head.default_code, head.default_return, head.default_apply)
