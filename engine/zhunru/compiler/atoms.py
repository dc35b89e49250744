"""The tests that a condition is made of, written over the request's own facts.

Tables and formulas are opened up: their inputs are replaced by what they are called with, so
that every test names the fields of the request that it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any

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
from zhunru.compiler.model import Model

Atom = Test | OneOf | BelongsTo | IsUnit | Within | Has | InForce
_ATOMS = (Test, OneOf, BelongsTo, IsUnit, Within, Has, InForce)
_MAX_DEPTH = 32

Bindings = Mapping[str, RExpr]
Row = tuple[tuple[RExpr, ...], tuple[RExpr, ...]]
_OPENED: dict[tuple[int, int], tuple[ResolvedTable, LookUp, tuple[Row, ...]]] = {}
_MOST_OPENED = 64


def parts(expr: RExpr) -> Iterator[RExpr]:
    """Yield the expressions that stand directly in `expr`."""
    for name in _names(expr.__class__):  # type: ignore[arg-type]
        value = getattr(expr, name)
        if isinstance(value, tuple):
            yield from (item for item in value if _is_expr(item))
        elif _is_expr(value):
            yield value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """Return the fields of a class of expressions."""
    return tuple(field.name for field in fields(kind))


def _is_expr(value: Any) -> bool:
    return type(value).__module__ == Test.__module__ and isinstance(value, _EXPRESSIONS)


_EXPRESSIONS = RExpr.__args__


def substitute(expr: RExpr, bindings: Bindings) -> RExpr:
    """Return `expr` with the inputs in `bindings` replaced."""
    if not bindings:
        return expr
    if isinstance(expr, FieldValue):
        return bindings.get(expr.name, expr)
    changed: dict[str, Any] = {}
    for field in fields(expr):
        value = getattr(expr, field.name)
        if isinstance(value, tuple) and any(_is_expr(item) for item in value):
            changed[field.name] = tuple(substitute(item, bindings) for item in value)
        elif _is_expr(value):
            changed[field.name] = substitute(value, bindings)
    return replace(expr, **changed) if changed else expr


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
    bindings = dict(zip((name for name, _ in table.inputs), call.args, strict=True))
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
    if depth > _MAX_DEPTH:
        return
    if isinstance(expr, BelongsToLeads):
        yield BelongsTo(expr.left, leads)
    elif isinstance(expr, _ATOMS):
        yield expr
    for part in opened(model, expr):
        yield from atoms(model, part, leads, depth + 1)


def opened(model: Model, expr: RExpr) -> Iterator[RExpr]:
    """Yield what stands directly in an expression, tables and formulas opened up."""
    yield from parts(expr)
    if isinstance(expr, LookUp):
        for tests, results in open_table(model, expr):
            yield from tests
            yield from results
    elif isinstance(expr, Formula):
        yield open_formula(model, expr)


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
