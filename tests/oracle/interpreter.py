"""What a complete request comes to, read off the resolved model clause by clause.

No index and no shortcuts: every step is asked in turn, and of a step every clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chinese_calendar import is_workday
from tests.oracle.expressions import World, row_covers, row_in_force, same_matter, value_of

from zhunru.checker import resolved as r
from zhunru.vocabulary import ListKind, Measure, Outcome, TypeName

SEVERITY = (Outcome.REFUSE, Outcome.DEFER, Outcome.ADMIT)


@dataclass(frozen=True)
class Verdict:
    """What a complete request comes to. `reasons` and `also` are (code, clause)."""

    outcome: Outcome
    clauses: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    also: tuple[tuple[str, str], ...] = ()
    duties: frozenset[tuple[str, str, date | None]] = frozenset()
    owed: frozenset[tuple[str, str, date | None]] = frozenset()  # the same, by the bodies named
    route: tuple[str, ...] = ()
    instead: tuple[Any, ...] = ()
    workflows: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    conflict: bool = False

    @property
    def compared(self) -> object:
        """What two completions are compared by: of an admission, everything it carries."""
        if self.outcome is not Outcome.ADMIT:
            return self.outcome
        return (
            sorted(self.clauses), self.duties, sorted(self.documents),
            sorted(map(str, self.instead)), sorted(self.workflows),
        )  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What one clause gives where it applies."""

    clause: r.Clause
    outcome: Outcome
    reasons: tuple[str, ...]
    also: tuple[str, ...] = ()
    own_body: bool = True
    numbers_only: bool = False  # nothing but quotas failed


# --- one clause --------------------------------------------------------------------------------


def basis_in_force(clause: r.Clause, day: date) -> bool:
    return not clause.citations or any(
        not c.known or any(p.holds(day) for p in c.periods) for c in clause.citations
    )


def matter_equal(world: World, decision: r.ResolvedDecision, clause: r.Clause) -> bool:
    if clause.matter is None:
        return True
    asked = next(f.name for f in decision.fields if f.type.name is TypeName.MATTER)
    value = world.fields[asked]
    return value is not r.NOTHING and any(same_matter(world, value, m) for m in clause.matter)


def addressee(decision: r.ResolvedDecision) -> str | None:
    units = [f for f in decision.fields if f.type.name is TypeName.UNIT]
    marked = [f for f in units if f.addressee]
    return (marked or units[-1:])[0].name if units else None


def row_matches(world: World, decision: r.ResolvedDecision, name: str) -> bool:
    """Some row of the register is for this request: shared fields, period, the community."""
    register = world.policy.registers[name]
    rows = world.registers[name]
    if isinstance(rows, bool):
        return rows
    types = {f.name: f.type.name for f in decision.fields if f.type.name is not TypeName.TEXT}
    shared = [f.name for f in register.fields if types.get(f.name) is f.type.name]
    to = addressee(decision)

    def equal(row: Mapping[str, Any], key: str) -> bool:
        a, b = row[key], world.fields[key]
        if r.NOTHING in (a, b):
            return False
        return same_matter(world, a, b) if types[key] is TypeName.MATTER else bool(a == b)

    return any(
        row_in_force(world, register, row)
        and all(equal(row, key) for key in shared)
        and (
            not register.scope_field or register.scope_field in shared or to is None
            or row_covers(world, register, row, world.fields[to])
        )
        for row in rows
    )  # fmt: skip


def applies(world: World, decision: r.ResolvedDecision, clause: r.Clause) -> bool:
    if clause.list_kind is ListKind.CATALOGUE or not clause.period.holds(world.day):
        return False
    if clause.origin == "register" and not row_matches(world, decision, clause.code):
        return False
    if not matter_equal(world, decision, clause):
        return False
    if value_of(world, clause.when, clause) is not True:
        return False
    if value_of(world, clause.unless, clause) is True:
        return False
    if clause.outcome is Outcome.ADMIT and not basis_in_force(clause, world.day):
        return False
    return not any(
        applies(world, decision, other)
        for step in decision.steps
        for other in step.clauses
        if other.code in clause.unless_clauses
    )


def quota_fails(world: World, quota: r.Quota) -> bool:
    if quota.limit is None:
        return False
    limit = value_of(world, quota.limit)
    use = world.quotas[quota.key]
    return limit is not r.NOTHING and not use.counted and use.used + 1 > limit


def finding(world: World, clause: r.Clause) -> Finding | None:
    """What an applying clause gives; None: a gate that lets the request pass."""
    own_code = clause.reason_code or clause.code
    if clause.outcome in (Outcome.REFUSE, Outcome.DEFER):
        return Finding(clause, clause.outcome, (own_code,))
    test = clause.addressee_test
    if test is not None and value_of(world, test, clause) is not True:
        return Finding(clause, Outcome.REFUSE, (own_code,), own_body=False)
    unmet = [q for q in clause.requirements if value_of(world, q.test, clause) is not True]
    spent = [q for q in clause.quotas if quota_fails(world, q)]
    lines: list[r.Requirement | r.Quota] = [*unmet, *spent]
    failed = [(line.outcome, line.code) for line in lines]
    if not failed:
        return None if clause.outcome is None else Finding(clause, Outcome.ADMIT, (own_code,))
    worst = min((outcome for outcome, _ in failed), key=SEVERITY.index)
    return Finding(
        clause, worst,
        tuple(code for outcome, code in failed if outcome is worst),
        tuple(code for outcome, code in failed if outcome is not worst),
        numbers_only=not any(q.outcome is worst for q in unmet),
    )  # fmt: skip


# --- one complete request ----------------------------------------------------------------------


def verdict(world: World, decision: r.ResolvedDecision, made_at: date) -> Verdict:
    for step in decision.steps:
        found = [
            result
            for clause in step.clauses
            if applies(world, decision, clause) and (result := finding(world, clause))
        ]
        if found:
            return of_step(world, decision, found, made_at)
    back = () if decision.default_return is None else names(world, decision.default_return, None)
    also = tuple(silent_entries(world, decision))
    return Verdict(Outcome.REFUSE, (), ((decision.default_code, ""),), also, route=back)


def silent_entries(world: World, decision: r.ResolvedDecision) -> Iterator[tuple[str, str]]:
    """Why each entry of the matter that could have admitted did not apply (D10)."""
    for clause in (c for step in decision.steps for c in step.clauses):
        named = clause.matter is not None and matter_equal(world, decision, clause)
        if not named or clause.outcome is not Outcome.ADMIT:
            continue
        start, end = clause.period.start, clause.period.end
        if end is not None and world.day > end:
            yield "已过期", clause.code
        elif start is not None and world.day < start:
            yield "未生效", clause.code
        elif not basis_in_force(clause, world.day):
            yield "依据失效", clause.code
        else:
            yield decision.default_code, clause.code


def of_step(
    world: World, decision: r.ResolvedDecision, found: list[Finding], made_at: date
) -> Verdict:
    outcome = min((f.outcome for f in found), key=SEVERITY.index)
    deciding = [f for f in found if f.outcome is outcome]
    clauses = [f.clause for f in deciding]
    admitted = outcome is Outcome.ADMIT
    duties = united_duties(clauses, made_at) if admitted else frozenset()
    return Verdict(
        outcome,
        tuple(c.code for c in clauses),
        tuple((code, f.clause.code) for f in deciding for code in f.reasons),
        tuple((code, f.clause.code) for f in deciding for code in f.also),
        duties,
        owed_by(world, decision, duties),
        () if admitted else route(world, decision, deciding, outcome),
        tuple(names(world, c.instead, c) for c in clauses if c.instead is not None),
        tuple(c.workflow for c in clauses if c.workflow),
        tuple(d for c in clauses for d in c.documents),
        tuple(m for c in clauses for m in c.materials),
        len({f.outcome for f in found}) > 1,
    )


def names(world: World, node: Any, own: r.Clause | None) -> tuple[str, ...]:
    value = value_of(world, node, own)
    if value is r.NOTHING:
        return ()
    return tuple(sorted(value)) if isinstance(value, frozenset) else (str(value),)


def route(
    world: World, decision: r.ResolvedDecision, deciding: list[Finding], outcome: Outcome
) -> tuple[str, ...]:
    """改由 or 退回 of a deciding clause; else, of a refusal that is not for its number alone, the
    body whose duty it is, or who leads it; else what the default says."""
    for clause in (f.clause for f in deciding):
        if clause.instead is not None and (to := names(world, clause.instead, clause)):
            return to
        if clause.return_to is not None and (to := names(world, clause.return_to, clause)):
            return to
    if outcome is Outcome.DEFER or all(f.numbers_only for f in deciding):
        return ()
    for finding in (f for f in deciding if not f.numbers_only):
        if not finding.own_body and finding.clause.owner:
            return (finding.clause.owner,)
        if finding.clause.lead_names:
            return finding.clause.lead_names
    return () if decision.default_return is None else names(world, decision.default_return, None)


def due_date(duty: r.Duty, made_at: date) -> date | None:
    """The last day of a term: working days by the published calendar, 日 as they are."""
    if duty.amount is None:
        return None
    if duty.measure is Measure.DAY:
        return made_at + timedelta(days=int(duty.amount))
    assert duty.measure is Measure.WORKDAY, "the strategies and the shipped sets use no other"
    due = made_at
    for _ in range(int(duty.amount)):
        due += timedelta(days=1)
        while not is_workday(due):
            due += timedelta(days=1)
    return due


def united_duties(
    clauses: Sequence[r.Clause], made_at: date
) -> frozenset[tuple[str, str, date | None]]:
    earliest: dict[str, tuple[str, date | None]] = {}
    for duty in (d for clause in clauses for d in clause.duties):
        due = due_date(duty, made_at)
        known = earliest.get(duty.name)
        if known is None or (due is not None and (known[1] is None or due < known[1])):
            earliest[duty.name] = (duty.by, due)
    return frozenset((name, by, due) for name, (by, due) in earliest.items())


def owed_by(
    world: World,
    decision: r.ResolvedDecision,
    duties: frozenset[tuple[str, str, date | None]],
) -> frozenset[tuple[str, str, date | None]]:
    """Duties owed by a unit field are owed by the body in it."""
    bodies = {f.name: world.fields[f.name] for f in decision.fields if f.type.name is TypeName.UNIT}
    return frozenset(
        (name, by if bodies.get(by, r.NOTHING) is r.NOTHING else bodies[by], due)
        for name, by, due in duties
    )
