"""What a request with unknown facts comes to: every completion is walked and compared.

This is the definition itself, not a method: use it only with small domains.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.expressions import World, exact, plain_day
from tests.oracle.interpreter import Verdict, verdict

from zhunru.checker import resolved as r
from zhunru.decision import QuotaUse, Request
from zhunru.vocabulary import Outcome, TypeName

UNLISTED = "没有列入任何清单的一件事"
STRANGER, ANOTHER = r.OUTSIDE + "外地单位", r.OUTSIDE + "另一个外地单位"


@dataclass(frozen=True)
class Samples:
    """Values that stand for domains without an end; `matters` are named in conditions only."""

    dates: Sequence[date] = ()
    matters: Sequence[str] = ()
    texts: Sequence[str] = ()
    moments: Sequence[datetime] = ()
    most_used: int = 4


@dataclass(frozen=True)
class Answer:
    """What a request comes to: decided (`verdict`), or 补正 with what is missing.

    `certain` are the reasons true in every completion, `reasons` those of any.
    """

    outcome: Outcome
    possible: frozenset[Outcome]
    missing: frozenset[str] = frozenset()
    verdict: Verdict | None = None
    certain: frozenset[tuple[str, str]] = frozenset()
    reasons: frozenset[tuple[str, str]] = frozenset()
    completions: int = 1


# --- what is known ------------------------------------------------------------------------------


def matter_groups(policy: r.CheckedPolicySet) -> tuple[frozenset[str], ...]:
    """Titles, aliases and codes that are one matter: joined where entries share any of them."""
    groups: list[frozenset[str]] = []
    for decision in policy.decisions.values():
        for step in decision.steps:
            for clause in step.clauses:
                group = frozenset(clause.matter or ())
                touching = [g for g in groups if g & group]
                groups = [g for g in groups if not g & group]
                groups.append(group.union(*touching))
    return tuple(g for g in groups if g)


def confirmed(field: r.ResolvedField, request: Request) -> bool:
    if not field.asserted_by:
        return True
    by = request.assertions.get(field.name, request.asserted_by)
    return by is None or by == field.asserted_by


def unit_named(policy: r.CheckedPolicySet, day: date, given: str) -> str | None:
    if given.startswith(r.OUTSIDE):
        return given
    return next(
        (u.name for u in policy.units.values() if given in u.names and u.period.holds(day)), None
    )


def known_fields(
    policy: r.CheckedPolicySet, decision: r.ResolvedDecision, request: Request, day: date
) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for field in decision.fields:
        if field.name not in request.facts:
            if field.default is not None:
                known[field.name] = exact(field.default)
            continue
        given = request.facts[field.name]
        if given == "未知" or not confirmed(field, request):
            continue
        value = read_value(policy, field.type, given, day)
        if value is not None:
            known[field.name] = value
    return known


def read_value(policy: r.CheckedPolicySet, kind: r.Type, given: Any, day: date) -> Any:
    if given is None:
        return r.NOTHING
    if kind.name is TypeName.UNIT:
        return unit_named(policy, day, given)
    if kind.name is TypeName.UNITS:
        return frozenset(filter(None, (unit_named(policy, day, g) for g in given)))
    if kind.name is TypeName.DATE:
        return plain_day(given)
    if kind.name is TypeName.SPAN:
        return tuple(plain_day(end) for end in given)
    if kind.name is TypeName.CHOICES:
        return frozenset(given)
    return exact(given)


def known_registers(policy: r.CheckedPolicySet, request: Request, day: date) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, register in policy.registers.items():
        kinds = {f.name: f.type for f in register.fields}
        rows = request.registers.get(name)
        if isinstance(rows, bool):
            known[name] = rows
        elif rows is not None:
            known[name] = [
                {key: read_value(policy, kinds[key], v, day) for key, v in row.items()}
                for row in rows
            ]
        elif register.rows is not None:
            known[name] = [{key: exact(v) for key, v in row} for row in register.rows]
    return known


# --- what the unknown may be --------------------------------------------------------------------


def domain(policy: r.CheckedPolicySet, kind: r.Type, day: date, samples: Samples) -> list[Any]:
    """Every value that a field of this type may take (dates and texts: the ones that differ)."""
    units = [u.name for u in policy.units.values() if u.period.holds(day)]
    groups = matter_groups(policy)
    listed = [sorted(group)[0] for group in groups] + [
        m for m in samples.matters if not any(r.normal_title(m) in group for group in groups)
    ]
    bits = list(itertools.product((False, True), repeat=len(kind.values)))
    values: list[Any] = {
        TypeName.FLAG: [False, True],
        TypeName.CHOICE: list(kind.values),
        TypeName.CHOICES: [frozenset(itertools.compress(kind.values, b)) for b in bits],
        TypeName.UNIT: [*units, STRANGER, ANOTHER],
        TypeName.MATTER: [*listed, UNLISTED],
        TypeName.DATE: list(samples.dates),
        TypeName.MOMENT: list(samples.moments),
        TypeName.TEXT: [*samples.texts, "别的文字"],
    }.get(kind.name, [])
    if kind.low is not None and kind.high is not None:
        step = Decimal(1).scaleb(-kind.decimals)
        count = int((kind.high - kind.low) / step)
        values = [Fraction(kind.low + step * i) for i in range(count + 1)]
    return [*values, r.NOTHING] if kind.optional else values


def register_states(
    policy: r.CheckedPolicySet, decision: r.ResolvedDecision, name: str, world: World,
    samples: Samples,
) -> list[Any]:  # fmt: skip
    """Nothing in force, everything in force, or one row: for one unit, or for one beside each
    unit that the request names."""
    named = {str(world.fields[f.name]) for f in decision.fields
             if f.type.name is TypeName.UNIT and f.name in world.fields}  # fmt: skip
    units = {*policy.units, STRANGER, *named}
    register = policy.registers[name]
    kinds = {f.name: f.type for f in decision.fields if f.type.name is not TypeName.TEXT}
    shared = [f for f in register.fields if f.name in kinds and f.type.name is kinds[f.name].name]
    keys = [f.name for f in shared]
    choices = [domain(policy, f.type, world.day, samples) for f in shared]
    if register.scope_field and register.scope_field not in keys:
        keys.append(register.scope_field)
        choices.append(sorted({frozenset({u, n}) for u in units for n in {u, *named}}, key=sorted))
    rows = [dict(zip(keys, row, strict=True)) for row in itertools.product(*choices)]
    if register.span_field:
        rows = [{**row, register.span_field: (None, None)} for row in rows]
    return [False, True, *([row] for row in rows)]


def unknown_facts(
    policy: r.CheckedPolicySet, decision: r.ResolvedDecision, world: World, samples: Samples
) -> dict[tuple[str, str], list[Any]]:
    """Each unknown fact with all that it may be; the key says where in a world it belongs."""
    quotas = [q for step in decision.steps for clause in step.clauses for q in clause.quotas]
    uses = [QuotaUse(used=used) for used in range(samples.most_used + 1)]
    uses_again = [*uses, QuotaUse(used=1, counted=True)]  # 计次 按: its tuple is among them
    return (
        {
            ("fields", f.name): domain(policy, f.type, world.day, samples)
            for f in decision.fields
            if f.name not in world.fields
        }
        | {
            ("quotas", q.key): uses_again if q.counted_by else uses
            for q in quotas
            if q.key not in world.quotas and q.limit
        }
        | {
            ("registers", name): register_states(policy, decision, name, world, samples)
            for name in policy.registers
            if name not in world.registers
        }
    )


def completed(world: World, facts: Sequence[tuple[str, str]], values: Sequence[Any]) -> World:
    parts: dict[str, dict[str, Any]] = {
        part: dict(getattr(world, part)) for part in ("fields", "quotas", "registers")
    }
    for (part, name), value in zip(facts, values, strict=True):
        parts[part][name] = value
    return replace(world, **parts)


# --- the answer --------------------------------------------------------------------------------


def known_world(
    policy: r.CheckedPolicySet, decision: r.ResolvedDecision, request: Request
) -> World:
    """The world as far as the request tells it; the law's day is the field 适用日, else receipt."""
    governing = next((f for f in decision.fields if f.governing), None)
    day = request.received
    if governing is not None:
        day = known_fields(policy, decision, request, day).get(governing.name, day)
    fields = known_fields(policy, decision, request, day)
    registers = known_registers(policy, request, day)
    return World(policy, matter_groups(policy), day, fields, dict(request.quotas), registers)


def interpret(
    policy: r.CheckedPolicySet, request: Request, decision_name: str = "", *,
    samples: Samples = Samples(),
) -> Answer:  # fmt: skip
    """Walk every completion (D13), and ask of each fact whether it ever makes the difference."""
    decision = policy.decisions[decision_name or next(iter(policy.decisions))]
    world = known_world(policy, decision, request)
    unknown = unknown_facts(policy, decision, world, samples)
    facts, choices = list(unknown), list(unknown.values())
    made_at = request.made_at or request.received
    answers: dict[tuple[int, ...], Verdict] = {}
    for picks in itertools.product(*(range(len(c)) for c in choices)):
        values = [c[i] for c, i in zip(choices, picks, strict=True)]
        answers[picks] = verdict(completed(world, facts, values), decision, made_at)
    possible = frozenset(v.outcome for v in answers.values())
    missing = {facts[i][1] for i in range(len(facts)) if matters(answers, i)}
    if Outcome.ADMIT in possible:  # an admission stands only if every 必填 field is known
        missing |= {f.name for f in decision.fields if f.required and f.name not in world.fields}
    return summed_up(list(answers.values()), possible, frozenset(missing))


def matters(answers: Mapping[tuple[int, ...], Verdict], fact: int) -> bool:
    """Two completions that differ only in this fact differ in verdict (D14)."""
    seen: dict[tuple[int, ...], object] = {}
    for picks, answer in answers.items():
        others = picks[:fact] + picks[fact + 1 :]
        if seen.setdefault(others, answer.compared) != answer.compared:
            return True
    return False


def summed_up(
    answers: list[Verdict], possible: frozenset[Outcome], missing: frozenset[str]
) -> Answer:
    outcome = next(iter(possible))
    if len(possible) > 1 or (outcome is Outcome.ADMIT and missing):
        return Answer(Outcome.INCOMPLETE, possible, missing)
    each = [frozenset(a.reasons) for a in answers]
    return Answer(
        outcome, possible, frozenset(), answers[0],
        frozenset.intersection(*each), frozenset.union(*each), len(answers),
    )  # fmt: skip
