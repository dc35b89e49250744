"""Which facts a clause reads, and how: found once for each clause of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from zhunru.checker.resolved import (
    BelongsTo,
    BelongsToLeads,
    Clause,
    FieldValue,
    Formula,
    InForce,
    IsUnit,
    LookUp,
    RExpr,
    UnitTarget,
)
from zhunru.checker.resolved_parts import parts
from zhunru.compiler.atoms import clause_expressions
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan

UnitTest = tuple[bool, tuple[UnitTarget, ...]]  # belongs to one of them (True), or is one (False)


@dataclass(slots=True)
class Support:
    """What a clause reads.

    `plain`: fields of which the value itself counts. `tests`: what unit fields are asked, apart
    from their value. `registers`, with the fields that are asked about in them in `scopes`;
    `rows`: registers of which it is one row. `named`: clauses that it names after 除外, whose
    matter counts. `scope`: the fields and registers on which it hangs whether it applies.
    """

    plain: dict[str, None] = field(default_factory=dict)
    tests: dict[str, dict[UnitTest, None]] = field(default_factory=dict)
    registers: dict[str, None] = field(default_factory=dict)
    scopes: dict[tuple[str, str], None] = field(default_factory=dict)
    rows: dict[str, None] = field(default_factory=dict)
    named: dict[int, None] = field(default_factory=dict)
    scope: frozenset[str] = frozenset()


def support_of(plan: Plan, model: Model, number: int) -> Support:
    """Return what clause `number` reads."""
    found = plan.supports.get(number)
    if found is None:
        found = plan.supports[number] = _find(plan, model, number)
    return found


def _find(plan: Plan, model: Model, number: int) -> Support:
    found = Support()
    clause = plan.clauses[number]
    _read_scope(found, plan, model, clause)
    found.scope = frozenset((*found.plain, *found.tests, *found.registers))
    for expr in clause_expressions(clause):
        _read(found, model, expr, clause)
    return found


def _read_scope(found: Support, plan: Plan, model: Model, clause: Clause) -> None:
    """Add what decides whether a clause applies, those named after 除外 included."""
    for expr in (clause.when, clause.unless):
        _read(found, model, expr, clause)
    if clause.origin == "register":
        found.registers[clause.code] = None
        found.rows[clause.code] = None
    for other in _excepted(plan, clause):
        if other not in found.named:
            found.named[other] = None
            _read_scope(found, plan, model, plan.clauses[other])


def _excepted(plan: Plan, clause: Clause) -> Iterator[int]:
    for code in clause.unless_clauses:
        yield from plan.by_code.get(code, ())


def _read(found: Support, model: Model, expr: RExpr, clause: Clause) -> None:
    if isinstance(expr, FieldValue):
        found.plain[expr.name] = None
        return
    test = _unit_test(expr, clause)
    if test is not None:
        name, asked = test
        found.tests.setdefault(name, {})[asked] = None
        return
    if isinstance(expr, InForce):
        _read_register(found, expr)
    for part in parts(expr):
        _read(found, model, part, clause)
    for part in _inside(model, expr):
        _read_inside(found, model, part)


def _unit_test(expr: RExpr, clause: Clause) -> tuple[str, UnitTest] | None:
    """Return which field a test of a unit asks about, and what."""
    if not isinstance(expr, BelongsTo | IsUnit | BelongsToLeads):
        return None
    if not isinstance(expr.left, FieldValue):
        return None
    if isinstance(expr, IsUnit):
        return expr.left.name, (False, (expr.target,))
    targets = expr.targets if isinstance(expr, BelongsTo) else clause.leads
    return expr.left.name, (True, targets)


def _read_register(found: Support, expr: InForce) -> None:
    found.registers[expr.register] = None
    if expr.scope is not None:
        found.scopes[(expr.register, expr.scope)] = None


def _inside(model: Model, expr: RExpr) -> Iterator[Any]:
    """Yield what stands inside a table or formula that is called."""
    if isinstance(expr, LookUp):
        for row in model.tables[expr.table].rows:
            yield from row.tests
            yield from row.results
    elif isinstance(expr, Formula):
        yield model.formulas[expr.name].body


def _read_inside(found: Support, model: Model, expr: RExpr) -> None:
    """Inside a table or formula the fields are its inputs; only registers are those outside."""
    if isinstance(expr, InForce):
        _read_register(found, expr)
    for part in parts(expr):
        _read_inside(found, model, part)
    for part in _inside(model, expr):
        _read_inside(found, model, part)
