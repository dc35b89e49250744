"""Which facts are read on the way to an answer, where that hangs on the clauses alone.

A condition of one test reads its fields whatever their values are; where only such conditions lie
on the way, the facts used are known beforehand. Else the careful path tells them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from zhunru.checker.resolved import (
    BelongsTo,
    BelongsToLeads,
    Clause,
    Const,
    Every,
    FieldValue,
    Has,
    IsUnit,
    OneOf,
    RExpr,
    Some,
    Test,
    Within,
)
from zhunru.compiler.fast_clauses import always, limits
from zhunru.compiler.judge import Answer
from zhunru.compiler.plan import Plan
from zhunru.vocabulary import ListKind, Outcome

Reader = Callable[[tuple[Any, ...]], Mapping[str, Mapping[str, Any]]]

_SIDES: dict[type, Callable[[Any], Sequence[RExpr]]] = {
    BelongsTo: lambda e: (e.left,),
    BelongsToLeads: lambda e: (e.left,),
    FieldValue: lambda e: (e,),
    Has: lambda e: (e.left, e.item),
    IsUnit: lambda e: (e.left,),
    OneOf: lambda e: (e.left,),
    Test: lambda e: (e.left, e.right),
    Within: lambda e: (e.left, e.low, e.high),
}


class HangsOnFacts(Exception):
    """What is read hangs on the values of facts."""


class FactsUsed:
    """Makes the functions that tell the facts used from the values of all fields."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._made: dict[frozenset[str], Reader] = {}

    def reader_of(self, answers: Sequence[Answer]) -> Reader | None:
        """Return what tells the facts used by these answers; without answers, by the default."""
        try:
            names = frozenset(self._names(answers))
        except HangsOnFacts:
            return None
        found = self._made.get(names)
        if found is None:
            found = self._made[names] = self._reader(names)
        return found

    def _reader(self, names: frozenset[str]) -> Reader:
        fields = self.plan.head.fields
        places = {field.name: at for at, field in enumerate(fields)}
        shown = [f"{name!r}: v[{places[name]}]" for name in sorted(names)]
        reader: Reader = eval(f"lambda v: {{'facts': {{{', '.join(shown)}}}}}")
        return reader

    # --- what is read --------------------------------------------------------------------------

    def _names(self, answers: Sequence[Answer]) -> Iterator[str]:
        plan = self.plan
        last = len(plan.starts)
        if len(answers) > 1:
            raise HangsOnFacts
        for answer in answers:
            last = plan.step_of(answer.number)
            if not self._alone(answer, last):
                raise HangsOnFacts
        if plan.matter_field:
            field = plan.fields[plan.matter_field]
            if field.type.optional:
                raise HangsOnFacts
            yield field.name
        for number in plan.general:
            if plan.step_of(number) <= last:
                yield from self._general(number, answers)
        for answer in answers:
            if answer.clause.matter is not None:
                yield from _scope(answer.clause)
                yield from _lines(answer)

    def _alone(self, answer: Answer, last: int) -> bool:
        """Tell whether no entry but that of the answer can have been read."""
        matter = answer.clause.matter
        if matter is None:
            return not any(step <= last for step in self.plan.entry_steps)
        return all(self.plan.index.find(title) == (answer.number,) for title in matter)

    def _general(self, number: int, answers: Sequence[Answer]) -> Iterator[str]:
        clause = self.plan.clauses[number]
        if clause.list_kind is ListKind.CATALOGUE:
            return
        if limits(clause) != (date.min, date.max) or not always(clause):
            raise HangsOnFacts
        yield from _scope(clause)
        decided = [answer for answer in answers if answer.number == number]
        if decided:
            yield from _lines(decided[0])
        elif clause.outcome not in (Outcome.REFUSE, Outcome.DEFER):
            raise HangsOnFacts


def _scope(clause: Clause) -> Iterator[str]:
    """Yield the fields that are read to tell whether a clause applies."""
    if clause.origin == "register" or clause.unless_clauses:
        raise HangsOnFacts
    # A part that is false keeps the next from being read.
    asked = [part for part in (clause.when, clause.unless) if not _is_settled(part)]
    if len(asked) > 1:
        raise HangsOnFacts
    yield from _fields(asked)


def _lines(answer: Answer) -> Iterator[str]:
    """Yield the fields that are read to tell what a clause that applies comes to."""
    clause = answer.clause
    if clause.outcome in (Outcome.REFUSE, Outcome.DEFER):
        return
    if clause.instead is not None or any(duty.length is not None for duty in clause.duties):
        raise HangsOnFacts  # what an admission carries is read too
    counted = any(quota.limit is not None for quota in clause.quotas)
    if counted and not answer.elsewhere:
        raise HangsOnFacts
    if clause.addressee_test is not None:
        yield from _fields([clause.addressee_test])
    if not answer.elsewhere:
        yield from _fields(line.test for line in clause.requirements)


def _is_settled(expr: RExpr) -> bool:
    return isinstance(expr, Const) or (isinstance(expr, Every | Some) and not expr.operands)


def _fields(tests: Iterable[RExpr]) -> Iterator[str]:
    for test in tests:
        sides = _SIDES.get(type(test))
        if sides is None and not _is_settled(test):
            raise HangsOnFacts
        for side in sides(test) if sides else ():
            if isinstance(side, FieldValue):
                yield side.name
            elif not isinstance(side, Const):
                raise HangsOnFacts
