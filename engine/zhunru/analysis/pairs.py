"""Two sets over one space, so that what they say of a request can be held side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import product
from typing import Any

from zhunru.analysis.axes import leaves_of
from zhunru.analysis.reads import Part
from zhunru.analysis.relevant import reduced
from zhunru.analysis.space import Space
from zhunru.analysis.verdicts import Verdicts
from zhunru.checker.resolved import (
    Clause,
    Const,
    FieldValue,
    Formula,
    InForce,
    LookUp,
    ParameterOf,
    RExpr,
    Test,
    Type,
)
from zhunru.checker.resolved_parts import parts
from zhunru.compiler.program import CompiledPolicy
from zhunru.vocabulary import TypeName

NUMBER = Type(TypeName.NUMBER)
_OF_ONE_SET = (LookUp, Formula, ParameterOf, InForce)


class Pair:
    """One decision of two sets, old and new, in one space; clauses that cannot count where they
    differ are left out of both. `undated` is as for `Space`."""

    def __init__(
        self,
        old: CompiledPolicy,
        new: CompiledPolicy,
        decision: str = "",
        *,
        undated: bool = False,
    ) -> None:
        one, other = Part(old, old.plan(decision)), Part(new, new.plan(decision))
        self.old, self.new = reduced(one, other)
        also = (*_receivers(self.old, self.new), *_lengths(self.old, self.new))
        self.space = Space((self.old, self.new), also=also, undated=undated)
        self.verdicts = (Verdicts(self.space, self.old), Verdicts(self.space, self.new))
        self.forest = self.space.forest

    @property
    def parts(self) -> tuple[Part, Part]:
        """Return the decision in both sets."""
        return (self.old, self.new)

    @cached_property
    def possible(self) -> int:
        """Return which requests can be put to both sets: call it when all else was made."""
        one, other = self.verdicts
        return self.forest.both(one.possible, other.possible)


# --- what answers carry that hangs on facts ------------------------------------------------------


def routes_of(clause: Clause) -> Iterator[RExpr]:
    """Yield where a clause sends work, first what counts first."""
    for way in (clause.instead, clause.return_to):
        if way is not None:
            yield way


def _receivers(old: Part, new: Part) -> Iterator[RExpr]:
    """Yield tests that tell apart the bodies that work is sent to, and those that owe duties.

    Where one set says 改由 来文单位 and the other names a body, that body is a class of its own.
    """
    return _apart(*({leaf for expr in bodies_of(part) for leaf in _single(part, expr)}
                    for part in (old, new)))  # fmt: skip


def bodies_of(part: Part) -> Iterator[RExpr]:
    """Yield what comes to a body that work is sent to, or that owes a duty."""
    for clause in part.plan.clauses:
        yield from routes_of(clause)
        for duty in clause.duties:
            owner = part.plan.fields.get(duty.by)
            if owner is not None and owner.type.name is TypeName.UNIT:
                yield FieldValue(duty.by, owner.type)
    if part.plan.head.default_return is not None:
        yield part.plan.head.default_return


def _single(part: Part, expr: RExpr) -> Iterator[RExpr]:
    """Yield what an expression may come to; of a constant group of one body, the body too."""
    for leaf in leaves_of(part, expr):
        yield leaf
        if isinstance(leaf, Const) and isinstance(leaf.value, frozenset) and len(leaf.value) == 1:
            yield Const(next(iter(leaf.value)), leaf.type)


def _lengths(old: Part, new: Part) -> Iterator[RExpr]:
    """Yield tests that tell apart the lengths of duties, those of one measure together."""
    by_measure: dict[Any, tuple[set[RExpr], set[RExpr]]] = {}
    for at, part in enumerate((old, new)):
        for clause in part.plan.clauses:
            for duty in clause.duties:
                found = by_measure.setdefault(duty.measure, (set(), set()))[at]
                if duty.length is not None:
                    found.update(leaves_of(part, duty.length))
                elif duty.amount is not None and duty.measure is not None:
                    found.add(Const(duty.amount, NUMBER))
    for one, other in by_measure.values():
        yield from _apart(one, other)


def _apart(one: Iterable[RExpr], other: Iterable[RExpr]) -> Iterator[RExpr]:
    """Yield tests for equality of what two sets come to; and fields that must be known for it."""
    for left, right in product(sorted(one, key=repr), sorted(other, key=repr)):
        fixed = isinstance(left, Const) and isinstance(right, Const)
        if left != right and not fixed and _common(left) and _common(right):
            yield Test("==", left, right)
    yield from (expr for expr in (*one, *other) if isinstance(expr, FieldValue))


def _common(expr: RExpr) -> bool:
    """Tell whether an expression means the same in both sets: no table of one of them in it."""
    return not isinstance(expr, _OF_ONE_SET) and all(map(_common, parts(expr)))
