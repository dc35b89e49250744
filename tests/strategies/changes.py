"""Random changes of random sets: what somebody might alter in a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from tests.strategies.resolved import (
    COUNT,
    NUMBER,
    UNIT,
    Shape,
    a_condition,
    a_period,
    a_rule,
    citations,
    duties,
    requirements,
)

from zhunru.checker import resolved as r
from zhunru.syntax.nodes import Title
from zhunru.vocabulary import Outcome

Alter = Callable[[Random, Shape, r.Clause], r.Clause]


def shape_of(checked: r.CheckedPolicySet) -> Shape:
    """What expressions of a set may speak of."""
    decision = next(iter(checked.decisions.values()))
    return Shape(
        decision.fields, tuple(checked.registers), tuple(checked.tables), tuple(checked.formulas)
    )


def altered(rng: Random, checked: r.CheckedPolicySet) -> r.CheckedPolicySet:
    """The set with one or two things changed; its digest is another one."""
    for _ in range(rng.randint(1, 2)):
        checked = rng.choice(_OF_SETS)(rng, checked)
    return replace(checked, digest=f"{rng.getrandbits(128):032x}")


def _clause(rng: Random, checked: r.CheckedPolicySet) -> r.CheckedPolicySet:
    """One clause is altered."""
    decision = _decision(checked)
    places = [(i, j) for i, s in enumerate(decision.steps) for j in range(len(s.clauses))]
    i, j = rng.choice(places)
    clauses = list(decision.steps[i].clauses)
    if clauses[j].origin == "register":
        return checked
    clauses[j] = rng.choice(_OF_CLAUSES)(rng, shape_of(checked), clauses[j])
    return _with_step(checked, i, replace(decision.steps[i], clauses=tuple(clauses)))


def _dropped(rng: Random, checked: r.CheckedPolicySet) -> r.CheckedPolicySet:
    decision = _decision(checked)
    i = rng.randrange(len(decision.steps))
    clauses = list(decision.steps[i].clauses)
    if len(clauses) > 1:
        del clauses[rng.randrange(len(clauses))]
    return _with_step(checked, i, replace(decision.steps[i], clauses=tuple(clauses)))


def _added(rng: Random, checked: r.CheckedPolicySet) -> r.CheckedPolicySet:
    decision = _decision(checked)
    i = rng.randrange(len(decision.steps))
    new = a_rule(rng, shape_of(checked), "新规")
    clauses = (*decision.steps[i].clauses, new)
    return _with_step(checked, i, replace(decision.steps[i], clauses=clauses))


def _moved(rng: Random, checked: r.CheckedPolicySet) -> r.CheckedPolicySet:
    decision = _decision(checked)
    steps = list(decision.steps)
    rng.shuffle(steps)
    if any(c.unless_clauses for s in steps for c in s.clauses):
        return checked  # an exception stands before what it excepts
    return _with(checked, replace(decision, steps=tuple(steps)))


def _parameter(rng: Random, checked: r.CheckedPolicySet) -> r.CheckedPolicySet:
    values = ((date(2018, 1, 1), Decimal(rng.randint(0, 3)), None),)
    changed = replace(checked.parameters["限额"], values=values)
    return replace(checked, parameters={**checked.parameters, "限额": changed})


def _table(rng: Random, checked: r.CheckedPolicySet) -> r.CheckedPolicySet:
    if not checked.tables:
        return checked
    table = checked.tables["办法表"]
    rows = table.rows[1:] if rng.random() < 0.5 else table.rows[::-1]
    return replace(checked, tables={"办法表": replace(table, rows=rows)})


def _default(rng: Random, checked: r.CheckedPolicySet) -> r.CheckedPolicySet:
    back = rng.choice((None, r.Const("江源区", UNIT), r.FieldValue("来文单位", UNIT)))
    return _with(checked, replace(_decision(checked), default_return=back, default_code="另定"))


_OF_SETS = (_clause, _clause, _clause, _clause, _dropped, _added, _moved, _parameter, _table,
            _default)  # fmt: skip


def _decision(checked: r.CheckedPolicySet) -> r.ResolvedDecision:
    return next(iter(checked.decisions.values()))


def _with(checked: r.CheckedPolicySet, decision: r.ResolvedDecision) -> r.CheckedPolicySet:
    return replace(checked, decisions={**checked.decisions, decision.name: decision})


def _with_step(checked: r.CheckedPolicySet, at: int, step: r.ResolvedStep) -> r.CheckedPolicySet:
    decision = _decision(checked)
    steps = (*decision.steps[:at], step, *decision.steps[at + 1 :])
    return _with(checked, replace(decision, steps=steps))


# --- one clause ----------------------------------------------------------------------------------


def _when(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    return replace(clause, when=a_condition(rng, shape))


def _narrowed(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    return replace(clause, when=r.Every((clause.when, a_condition(rng, shape))))


def _unless(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    return replace(clause, unless=a_condition(rng, shape))


def _days(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    return replace(clause, period=a_period(rng))


def _required(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    if clause.outcome in (Outcome.REFUSE, Outcome.DEFER):
        return clause
    return replace(clause, requirements=requirements(rng, shape, clause.code))


def _limited(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    limit: Any = r.Const(Decimal(rng.randint(0, 3)), NUMBER)
    return replace(clause, quotas=tuple(replace(q, limit=limit) for q in clause.quotas))


def _due(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    if clause.outcome is not Outcome.ADMIT:
        return clause
    counts = [f for f in shape.fields if f.type == COUNT]
    if counts and rng.random() < 0.4:
        length = r.FieldValue(counts[0].name, counts[0].type)
        changed = tuple(replace(d, amount=None, length=length) for d in clause.duties)
        return replace(clause, duties=changed)
    if rng.random() < 0.5:
        return replace(clause, duties=duties(rng))
    changed = tuple(replace(d, by=rng.choice(("来文单位", "区民政局"))) for d in clause.duties)
    return replace(clause, duties=changed)


def _sent(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    to = rng.choice((r.Const("区民政局", UNIT), r.FieldValue("来文单位", UNIT), None))
    return replace(clause, return_to=to, instead=None)


def _said(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    return replace(clause, message=Title("改过的告知内容"))


def _based(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    return replace(clause, citations=citations(rng))


def _turned(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    if clause.outcome not in (Outcome.REFUSE, Outcome.DEFER):
        return clause
    outcome = Outcome.DEFER if clause.outcome is Outcome.REFUSE else Outcome.REFUSE
    return replace(clause, outcome=outcome)


def _shifted(rng: Random, shape: Shape, clause: r.Clause) -> r.Clause:
    changed = tuple(
        replace(d, amount=None if d.amount is None else d.amount + rng.choice((-1, 1)))
        for d in clause.duties
    )
    return replace(clause, duties=changed)


_OF_CLAUSES: tuple[Alter, ...] = (
    _when, _narrowed, _unless, _days, _required, _limited, _due, _due, _sent, _said, _based,
    _turned, _shifted, _shifted,
)  # fmt: skip
