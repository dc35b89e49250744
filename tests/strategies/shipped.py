"""Requests to any checked set, leaning towards what its clauses are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle.expressions import World, belongs

from zhunru.checker import resolved as r
from zhunru.decision import QuotaUse, Request
from zhunru.vocabulary import TypeName

UNLISTED = "毫无来由的一件工作"
STRANGER = r.OUTSIDE + "某外地单位"


def clauses_of(decision: r.ResolvedDecision) -> list[r.Clause]:
    return [clause for step in decision.steps for clause in step.clauses]


def turning_days(decision: r.ResolvedDecision) -> list[date]:
    """The days on which some clause begins or ends to be in force, or some basis does."""
    periods = [c.period for c in clauses_of(decision)]
    periods += [p for c in clauses_of(decision) for cited in c.citations for p in cited.periods]
    ends = {day for p in periods for day in (p.start, p.end) if day is not None}
    near = {day + timedelta(days=shift) for day in ends for shift in (-1, 0, 1)}
    return sorted(near | {date(2026, 3, 2), date(2026, 9, 1)})


def a_request_about(
    rng: Random, checked: r.CheckedPolicySet, decision: r.ResolvedDecision, unknown: float = 0.0
) -> Request:
    """A request near one clause of the decision; each fact is left out with chance `unknown`."""
    clause = a_clause(rng, decision)
    day = rng.choice(turning_days(decision)) if rng.random() < 0.4 else date(2026, 3, 2)
    facts: dict[str, Any] = {}
    for field in decision.fields:
        if rng.random() >= unknown:
            facts[field.name] = a_fact(rng, checked, field, clause, day)
    kept = [
        name
        for name, register in checked.registers.items()
        if rng.random() >= unknown and (register.rows is None or rng.random() < 0.5)
    ]
    asked = {n.register for n in spoken_of(clause.when) if isinstance(n, r.InForce)}
    named = sorted({*kept, *(asked if rng.random() >= unknown else ())})
    quotas = [q for c in clauses_of(decision) for q in c.quotas if rng.random() >= unknown]
    return Request(
        facts=facts,
        received=day,
        quotas={q.key: QuotaUse(used=rng.choice((0, 0, 0, 3, 50))) for q in quotas},
        registers={n: rng.random() < (0.9 if n in asked else 0.3) for n in named},
    )


def a_clause(rng: Random, decision: r.ResolvedDecision) -> r.Clause:
    """Any list or rule first, then one of its lines: short lists are asked about as often."""
    groups: dict[str, list[r.Clause]] = {}
    for clause in clauses_of(decision):
        groups.setdefault(clause.list_name or clause.code, []).append(clause)
    return rng.choice(groups[rng.choice(sorted(groups))])


def spoken_of(node: Any) -> Iterator[Any]:
    """Every constant and every unit, level, role and register that an expression speaks of."""
    if isinstance(node, r.UnitTarget | r.InForce):
        yield node
    elif isinstance(node, r.Const):
        yield node.value
    elif isinstance(node, r.OneOf):
        yield from sorted(node.values)
        yield from spoken_of(node.left)
    elif isinstance(node, tuple):
        for part in node:
            yield from spoken_of(part)
    elif is_dataclass(node):
        for part in fields(node):
            yield from spoken_of(getattr(node, part.name))


def a_fact(
    rng: Random,
    checked: r.CheckedPolicySet,
    field: r.ResolvedField,
    clause: r.Clause,
    day: date,
) -> Any:
    kind = field.type
    if kind.optional and rng.random() < 0.1:
        return None
    match kind.name:
        case TypeName.MATTER:
            named = sorted(clause.matter or ())
            return rng.choice(named) if named and rng.random() < 0.9 else UNLISTED
        case TypeName.UNIT:
            return a_unit(rng, checked, field, clause, day)
        case TypeName.UNITS:
            return tuple(rng.sample(sorted(checked.units), min(2, len(checked.units))))
        case TypeName.CHOICE:
            asked = {v for v in spoken_of(clause.when) if isinstance(v, str)} & {*kind.values}
            usual = sorted(asked) or [v for v in kind.values if v in ("协助", "行政任务")]
            return rng.choice(usual) if usual and rng.random() < 0.7 else rng.choice(kind.values)
        case TypeName.CHOICES:
            return tuple(v for v in kind.values if rng.random() < 0.5)
        case TypeName.FLAG:
            return rng.random() < 0.55
        case TypeName.DATE:
            return day if field.governing else day + timedelta(days=rng.randint(-30, 60))
        case TypeName.TEXT | TypeName.PERSON | TypeName.ATTACHMENT:
            return "某文字"
    return a_number(rng, kind)


def a_number(rng: Random, kind: r.Type) -> Any:
    low, high = kind.low or Decimal(0), kind.high or Decimal(1000)
    share = Decimal(rng.choice((0, 1, 2, 5, 10, 50, 100))) / 100
    step = Decimal(1).scaleb(-kind.decimals)
    return min(high, low + ((high - low) * share).quantize(step))


def a_unit(
    rng: Random,
    checked: r.CheckedPolicySet,
    field: r.ResolvedField,
    clause: r.Clause,
    day: date,
) -> str:
    """A unit that leads the clause or that it asks for, a community for the addressee, or any."""
    world = World(checked, (), day, {})
    units = [unit.name for unit in checked.units.values() if unit.period.holds(day)]
    communities = [name for name in units if checked.units[name].level == "社区"]
    # Whom an entry without a lead unit is for stands in what it requires.
    spoken = spoken_of(clause.when if clause.leads else (clause.when, clause.requirements))
    named = [t for t in spoken if isinstance(t, r.UnitTarget)]
    targets = [*clause.leads, *named]
    leading = [name for name in units if any(belongs(world, name, t) for t in targets)]
    wanted = communities if field.addressee or "社区" in field.name else leading
    if wanted and rng.random() < 0.85:
        return rng.choice(wanted)
    return rng.choice([*units, STRANGER])
