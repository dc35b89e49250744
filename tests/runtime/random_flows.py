"""Workflows at random with everything that time can do to a case, and commands for them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tests.runtime.sets import compiled, flow
from tests.runtime.walker import Order

from zhunru.checker.resolved import Const, FieldValue, ResolvedField, RExpr, Test, Type
from zhunru.checker.resolved_flows import (
    ALWAYS,
    Body,
    Bound,
    Extension,
    Joint,
    Length,
    Limit,
    Line,
    Reminder,
    ResolvedWorkflow,
    State,
    Suspension,
)
from zhunru.compiler import CompiledPolicy
from zhunru.syntax.nodes import Title
from zhunru.vocabulary import Measure, TypeName
from zhunru.worktime import BEIJING

NAME, ENDS = "试办", ("办结", "挂账")
START = datetime(2026, 3, 2, 9, 0, tzinfo=BEIJING)
UNTIL = START + timedelta(days=14)
PARTIES = ("区民政局", "区财政局", "区司法局")
FLAG = Type(TypeName.FLAG)
_FIELD = ResolvedField(name="齐备", type=FLAG)
_LENGTHS = {Measure.WORKDAY: (1, 3), Measure.WORKHOUR: (1, 9), Measure.MINUTE: (2, 40)}


def guard(yes: bool) -> RExpr:
    return Test("==", FieldValue("齐备", FLAG), Const(yes, FLAG))


def random_flow(rng: random.Random) -> ResolvedWorkflow:
    names = [f"环节{number}" for number in range(rng.randint(2, 4))]
    states = tuple(_state(rng, at, names) for at in range(len(names)))
    return ResolvedWorkflow(
        name=NAME,
        title=Title(NAME),
        set_code="试验",
        initial=names[0],
        ends=ENDS,
        states=states,
        calendar="工作时间",
        fields=(_FIELD,),
    )


def _length(rng: random.Random, measure: Measure) -> Length:
    low, high = _LENGTHS[measure]
    amount = Decimal(rng.randint(low, high))
    # Half of a limit must lie on the grid of the walker.
    return Length(amount=amount * 10 if measure is Measure.MINUTE else amount, measure=measure)


def _state(rng: random.Random, at: int, names: list[str]) -> State:
    measure = rng.choice(tuple(_LENGTHS))
    joint = rng.random() < 0.3
    lines = _joins(rng, at, names) if joint else _actions(rng, at, names)
    owner = Joint(parties=tuple(Body(kind="unit", name=name) for name in PARTIES))
    two = Length(amount=Decimal(rng.randint(1, 2)), measure=Measure.WORKDAY)
    via = Body(kind="unit", name="一街道")
    days = measure is Measure.WORKDAY
    ahead = Reminder(when="ahead", ahead=Length(amount=Decimal(1), measure=Measure.WORKDAY))
    reminders = (Reminder(when="halfway"), *((ahead,) if days else ()))
    return State(
        name=names[at],
        owner=owner if joint else None,
        limit=Limit(lengths=(_length(rng, measure),), calendar="工作时间"),
        lines=(*lines, *_endings(rng, at, names)),
        cumulative=rng.random() < 0.3,
        reminders=reminders if rng.random() < 0.5 else (),
        extension=Extension(times=rng.randint(1, 2), length=_length(rng, measure), via=via)
        if rng.random() < 0.5
        else None,
        # A party of joint work would stop its own clock only.
        suspensions=(Suspension(reasons=("补正",), length=two),)
        if rng.random() < 0.5 and not joint
        else (),
    )


def _target(rng: random.Random, names: list[str]) -> str:
    return rng.choice([*names, *names, *ENDS])


def _bound(rng: random.Random, names: list[str]) -> Bound | None:
    if rng.random() < 0.5:
        return None
    then = rng.choice([*names, *ENDS, ""])
    return Bound(times=rng.randint(1, 2), then=then)


def _actions(rng: random.Random, at: int, names: list[str]) -> list[Line]:
    found = []
    for number in range(rng.randint(1, 3)):
        kind = rng.choice(("", "", "+", "-"))
        verb = f"办理{number}{kind}"
        found.append(
            Line(
                id=f"{names[at]}.{verb}",
                kind="action",
                name=verb,
                target=_target(rng, names),
                guard=ALWAYS if not kind else guard(kind == "+"),
                bound=_bound(rng, names),
            )
        )
    return found


def _joins(rng: random.Random, at: int, names: list[str]) -> list[Line]:
    mixes = rng.sample(("all", "any", "majority"), rng.randint(1, 3))
    return [
        Line(
            id=f"{names[at]}.{mix}",
            kind="result",
            name=rng.choice(("同意", "不同意")),
            join=mix,  # type: ignore[arg-type]
            target=_target(rng, names),
            bound=_bound(rng, names),
        )
        for mix in mixes
    ]


def _endings(rng: random.Random, at: int, names: list[str]) -> list[Line]:
    kind = rng.choice(("overdue", "expiry"))
    found = []
    if rng.random() < 0.4:
        sign = rng.choice("+-")
        found.append(
            Line(
                id=f"{names[at]}.{kind}{sign}",
                kind=kind,  # type: ignore[arg-type]
                name=kind,
                target=_target(rng, names),
                guard=guard(sign == "+"),
                bound=_bound(rng, names),
            )
        )
    onward = names[at + 1] if at + 1 < len(names) else ENDS[0]
    last = Line(id=f"{names[at]}.{kind}", kind=kind, name=kind, target=onward)  # type: ignore[arg-type]
    return [*found, last]


def policy_of(flow_: ResolvedWorkflow) -> CompiledPolicy:
    base = compiled(flow("| 受理 | 一网格 | 不限时 | 受理 → 办结 | - |"))
    return CompiledPolicy(replace(base.core, workflows={NAME: flow_}), {})


def random_orders(rng: random.Random, flow_: ResolvedWorkflow) -> list[Order]:
    """Commands in the order of time, no two at one instant; many of them make no sense."""
    verbs = sorted({line.name for state in flow_.states for line in state.actions})
    clock = ["停表", "恢复", "延期", "同意延期", "不同意延期"]
    now, found = START, []
    for _ in range(rng.randint(3, 30)):
        now += timedelta(minutes=5 * rng.choice((1, 2, 6, 12, 24, 60, 150, 300)))
        if rng.random() < 0.2:  # at the very instants at which days open and close
            now = max(now, now.replace(hour=rng.choice((8, 18)), minute=0))
        verb = rng.choice(verbs + clock)
        unit = rng.choice((*PARTIES, "一街道"))
        found.append(Order(now, verb, unit, rng.choice(("补正", "补正", "开会"))))
    return [order for order in found if order.at < UNTIL]
