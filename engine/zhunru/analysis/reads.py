"""What the clauses of a set ask of a request: tests, fields, registers, quotas, days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from zhunru.checker.resolved import (
    BelongsTo,
    BelongsToLeads,
    Clause,
    Const,
    FieldValue,
    InForce,
    Quota,
    RExpr,
    Test,
    Type,
    UnitTarget,
    Within,
)
from zhunru.compiler.atoms import ATOMS, MAX_DEPTH, Atom, clause_expressions, opened
from zhunru.compiler.evaluate import Facts
from zhunru.compiler.judge import Judge
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.registers import RegisterRow
from zhunru.vocabulary import ORDERED, Outcome, TypeName

MATCH = "\x00match"  # beside the units that a register is asked about: a row decides as a clause
_ONE = Const(Decimal(1), Type(TypeName.NUMBER))
_DAY = timedelta(1)


class Asked(NamedTuple):
    """A fact: a field, the day of receipt, what a register holds for a unit, room in a quota."""

    kind: Literal["field", "received", "register", "quota"]
    name: str
    scope: str = ""


@dataclass(frozen=True)
class Part:
    """One decision of one compiled set, as a space sees it."""

    policy: CompiledPolicy
    plan: Plan

    @property
    def model(self) -> Model:
        """Return what expressions are evaluated against."""
        return self.policy.model

    def shared(self, register: str) -> list[str]:
        """Return the fields on which a row of a register in 依次 and the request agree."""
        judge = Judge(self.plan, self.model, date.min, Facts({}, {}, {}))
        return list(judge.shared(register))


@dataclass(frozen=True)
class Given:
    """What is known of one request. `values` are its fields that stay as they are, `free` those
    that may change, with their values `now`; registers and quotas not named are unknown."""

    day: date
    received: date
    values: Mapping[str, Any]
    now: Mapping[str, Any]
    registers: Mapping[str, Any]
    quotas: Mapping[str, Any]
    free: frozenset[str] = frozenset()

    def rows(self, register: str) -> Sequence[RegisterRow]:
        """Return the rows of a register that are known one by one."""
        rows = self.registers.get(register)
        return rows if isinstance(rows, Sequence) else ()


@dataclass
class Reads:
    """What the clauses of a part ask: tests, fields, units of registers, quotas."""

    atoms: dict[Atom, None] = field(default_factory=dict)
    fields: dict[str, None] = field(default_factory=dict)
    scopes: dict[Asked, None] = field(default_factory=dict)
    quotas: dict[str, list[Quota]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0


def reads_of(part: Part, given: Given | None, also: Iterable[RExpr]) -> Reads:
    """Return what the clauses of a part ask, and what is asked `also`; of known rows, the fields
    that they are held against."""
    found = Reads()
    seen: set[Any] = set()
    for expr in also:
        _read_expression(found, part.model, expr, ())
    for clause in part.plan.clauses:
        found.total += 1
        _read_clause(found, part, clause, seen)
    if given is not None:
        for clause in part.plan.clauses:
            if clause.origin == "register" and given.rows(clause.code):
                found.fields.update(dict.fromkeys(part.shared(clause.code)))
    return found


def _read_clause(found: Reads, part: Part, clause: Clause, seen: set[Any]) -> None:
    names: dict[str, None] = {}
    for expr in clause_expressions(clause):
        key = (id(expr), clause.leads)
        if key not in seen:
            seen.add(key)
            _read_expression(found, part.model, expr, clause.leads)
    for expr in (clause.when, clause.unless):
        names.update(dict.fromkeys(fields_in(part.model, expr)))
    for name in names:
        found.counts[name] = found.counts.get(name, 0) + 1
    if clause.origin == "register":
        _read_rows(found, part, clause)
    for quota in clause.quotas:
        if quota.limit is not None:
            found.quotas.setdefault(quota.key, []).append(quota)
            # A quota of less than one is spent from the start.
            found.atoms[Test("<", quota.limit, _ONE)] = None


def _read_expression(
    found: Reads, model: Model, expr: RExpr, leads: tuple[UnitTarget, ...], depth: int = 0
) -> None:
    """Add what an expression asks; in one walk, as it may open a table of thousands of cells."""
    if isinstance(expr, FieldValue):
        found.fields[expr.name] = None
    elif depth <= MAX_DEPTH and isinstance(expr, ATOMS):
        found.atoms[expr] = None
    elif depth <= MAX_DEPTH and isinstance(expr, BelongsToLeads):
        found.atoms[BelongsTo(expr.left, leads)] = None
    if isinstance(expr, InForce):
        found.scopes[Asked("register", expr.register, expr.scope or "")] = None
        if expr.scope:
            found.fields[expr.scope] = None
    for part in opened(model, expr):
        _read_expression(found, model, part, leads, depth + 1)


def _read_rows(found: Reads, part: Part, clause: Clause) -> None:
    found.scopes[Asked("register", clause.code, MATCH)] = None
    if part.model.registers[clause.code].scope_field and part.plan.addressee_field:
        found.fields[part.plan.addressee_field] = None
    for name in part.shared(clause.code):
        if part.plan.fields[name].type.optional:
            found.fields[name] = None


def fields_in(model: Model, expr: RExpr) -> Iterator[str]:
    """Yield the fields that an expression reads, those inside tables and formulas included."""
    if isinstance(expr, FieldValue):
        yield expr.name
    for part in opened(model, expr):
        yield from fields_in(model, part)


def may_be(expr: RExpr, name: str, model: Model) -> bool:
    """Tell whether an expression may come to the value of a field itself."""
    if isinstance(expr, FieldValue):
        return expr.name == name
    return not isinstance(expr, Const) and any(
        may_be(part, name, model) for part in opened(model, expr)
    )


def possible_values(model: Model, expr: RExpr) -> Iterator[Any]:
    """Yield the constants that an expression may come to, among others."""
    if isinstance(expr, Const):
        yield expr.value
    for part in opened(model, expr):
        yield from possible_values(model, part)


def numeric_tests(part: Part, reads: Reads) -> list[Test | Within]:
    """Return the tests of numbers and days, a quota of less than one among them."""
    names = {f.name for f in part.plan.head.fields if f.type.name in ORDERED}
    found: list[Test | Within] = [
        atom
        for atom in reads.atoms
        if isinstance(atom, Test | Within) and not names.isdisjoint(fields_in(part.model, atom))
    ]
    return found


def boundaries(part: Part) -> Iterator[date]:
    """Yield the days on which the law of a part may change."""
    for clause in part.plan.clauses:
        yield from turning(clause.period.start, clause.period.end)
        if clause.outcome is Outcome.ADMIT:
            for citation in clause.citations:
                for period in citation.periods:
                    yield from turning(period.start, period.end)
    for parameter in part.model.parameters.values():
        for start, _, _ in parameter.values:
            yield from turning(start, None)
        yield from turning(None, parameter.end)
    for unit in part.model.chart.units.values():
        yield from turning(unit.period.start, unit.period.end)


def turning(start: date | None, end: date | None) -> Iterator[date]:
    """Yield the days on which what holds from `start` to `end` begins and has ended."""
    if start is not None and start > date.min:
        yield start
    if end is not None and end < date.max:
        yield end + _DAY
