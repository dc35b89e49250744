"""The tests that a condition is made of, written over the request's own facts.

Tables and formulas are opened up: their inputs are replaced by what they are called with, so
that every test names the fields of the request that it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from zhunru.checker.resolved import (
    BelongsTo,
    BelongsToLeads,
    Clause,
    FieldValue,
    Formula,
    Has,
    InForce,
    IsUnit,
    LookUp,
    OneOf,
    ResolvedTable,
    RExpr,
    Test,
    UnitTarget,
    Within,
)
from zhunru.checker.resolved_parts import parts, substitute
from zhunru.compiler.model import Model

Atom = Test | OneOf | BelongsTo | IsUnit | Within | Has | InForce
ATOMS = (Test, OneOf, BelongsTo, IsUnit, Within, Has, InForce)
MAX_DEPTH = 32

Row = tuple[tuple[RExpr, ...], tuple[RExpr, ...]]
_OPENED: dict[tuple[int, int], tuple[ResolvedTable, LookUp, tuple[Row, ...]]] = {}
_MOST_OPENED = 64


def open_table(model: Model, call: LookUp) -> Iterator[Row]:
    """Yield tests and results of each row, over what the table is called with."""
    table = model.tables[call.table]
    key = (id(table), id(call))
    known = _OPENED.get(key)
    if known is None:
        if len(_OPENED) >= _MOST_OPENED:
            _OPENED.clear()
        # Table and call are kept with their rows, so that no other object can have their ids.
        known = _OPENED[key] = (table, call, tuple(_opened(table, call)))
    yield from known[2]


def _opened(table: ResolvedTable, call: LookUp) -> Iterator[Row]:
    bindings = {
        name: arg
        for (name, kind), arg in zip(table.inputs, call.args, strict=True)
        if arg != FieldValue(name, kind)  # as most tables are asked: with fields of those names
    }
    for row in table.rows:
        yield (
            tuple(substitute(test, bindings) for test in row.tests),
            tuple(substitute(result, bindings) for result in row.results),
        )


def open_formula(model: Model, call: Formula) -> RExpr:
    """Return the body of a formula over what it is called with."""
    formula = model.formulas[call.name]
    names = (name for name, _ in formula.parameters)
    return substitute(formula.body, dict(zip(names, call.args, strict=True)))


def atoms(
    model: Model, expr: RExpr, leads: tuple[UnitTarget, ...], depth: int = 0
) -> Iterator[Atom]:
    """Yield the tests of an expression; `牵头及下级` is written out for `leads`."""
    if depth > MAX_DEPTH:
        return
    if isinstance(expr, BelongsToLeads):
        yield BelongsTo(expr.left, leads)
    elif isinstance(expr, ATOMS):
        yield expr
    for part in opened(model, expr):
        yield from atoms(model, part, leads, depth + 1)


def opened(model: Model, expr: RExpr) -> Iterable[RExpr]:
    """Return what stands directly in an expression, tables and formulas opened up."""
    found = parts(expr)
    if isinstance(expr, LookUp):
        rows = open_table(model, expr)
        return chain(found, chain.from_iterable(some for row in rows for some in row))
    if isinstance(expr, Formula):
        return (*found, open_formula(model, expr))
    return found


def clause_expressions(clause: Clause) -> Iterator[RExpr]:
    """Yield every expression of a clause on which its answer hangs."""
    yield clause.when
    yield clause.unless
    if clause.addressee_test is not None:
        yield clause.addressee_test
    for requirement in clause.requirements:
        yield requirement.test
    for quota in clause.quotas:
        if quota.limit is not None:
            yield quota.limit
    if clause.instead is not None:
        yield clause.instead
    for duty in clause.duties:
        if duty.length is not None:
            yield duty.length
