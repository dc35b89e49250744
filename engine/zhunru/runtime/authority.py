"""Who may do what to a case, by the chart of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.checker.resolved_flows import Body
from zhunru.runtime.case import Actor, Took
from zhunru.runtime.owners import Bearers, forerunners
from zhunru.runtime.refusals import listed, refuse
from zhunru.runtime.stepping import Stepper, hands_of

if TYPE_CHECKING:
    from zhunru.runtime.setting import Setting, StateDesk


def unit_of(setting: Setting, actor: Actor, at: int) -> str:
    """Return the unit of an actor by its own name; one that is not on the chart is as given."""
    if actor.unit in setting.chart.units:
        return actor.unit
    return setting.chart.resolve(actor.unit, setting.finder.day(at)) or actor.unit


def shown_actor(actor: Actor) -> str:
    """Return an actor as messages call it."""
    return " ".join(part for part in (actor.unit, actor.person) if part)


def is_one_of(setting: Setting, actor: Actor, hands: Bearers, at: int) -> bool:
    """Tell whether an actor is, or acts for, one of these bearers, or has its office by now.

    A role that units of the chart have is had through the unit; one that a caller vouches for, or
    under whose name somebody outside of the chart acts, is taken as said.
    """
    if not set(actor.roles).isdisjoint(hands.roles):
        return True
    if actor.person and actor.person in hands.units:
        return True
    return not offices_of(setting, actor, at).isdisjoint(hands.units)


def offices_of(setting: Setting, actor: Actor, at: int) -> set[str]:
    """Return the unit of an actor, and those whose office it has by now."""
    unit = unit_of(setting, actor, at)
    return {unit, *forerunners(setting.chart, unit, setting.finder.day(at))}


def check_turn(stepper: Stepper, desk: StateDesk, actor: Actor, at: int) -> None:
    """Refuse an actor whose turn it is not, or who must not work on this state."""
    visit = stepper.case.visit
    if desk.owner is not None:
        hands = current_hands(stepper, desk, at)
        if not is_one_of(stepper.setting, actor, hands, at):
            refuse(
                "ZR723",
                actor=shown_actor(actor),
                state=desk.name,
                **listed("owners", hands.units or hands.missing),
            )
        if visit.person and actor.person and actor.person != visit.person:
            refuse("ZR723", actor=shown_actor(actor), state=desk.name,
                   **listed("owners", (visit.person,)))  # fmt: skip
    check_apart(stepper, desk.name, actor, at)


def current_hands(stepper: Stepper, desk: StateDesk, at: int) -> Bearers:
    """Return whose turn it is today: as assigned, else as the chart of the day has it."""
    visit = stepper.case.visit
    if visit.reassigned:
        return Bearers(visit.owners)
    hands = hands_of(desk, stepper.scene(at))
    if stepper.case.parties:
        # Who handed its part on has no say any more, and who was added has one.
        return hands._replace(units=tuple(party.unit for party in stepper.case.asked))
    return hands._replace(units=tuple(dict.fromkeys((*hands.units, *visit.added))))


def check_apart(stepper: Stepper, state: str, actor: Actor, at: int) -> None:
    """Refuse hands that worked on a state that must lie in other hands (不得由同一…承担)."""
    for rule in stepper.setting.apart:
        others = _others(rule.left, rule.right, state)
        taken = [took for took in stepper.case.taken if took.state in others]
        if not taken:
            continue
        if rule.by == "person" and not actor.person:
            refuse("ZR733", state=state)
        for took in taken:
            if _same(stepper.setting, took, actor, rule.by, at):
                refuse("ZR732", actor=shown_actor(actor), other=took.state, state=state)


def _others(left: tuple[str, ...], right: tuple[str, ...], state: str) -> frozenset[str]:
    found = (right if state in left else ()) + (left if state in right else ())
    return frozenset(found) - {state}


def _same(setting: Setting, took: Took, actor: Actor, by: str, at: int) -> bool:
    if by == "unit":
        return bool(took.unit) and took.unit in offices_of(setting, actor, at)
    return took.person == actor.person


def is_above(setting: Setting, unit: str, others: tuple[str, ...]) -> bool:
    """Tell whether a unit stands above one of these in the chart."""
    return any(unit in setting.chart.above(other)[1:] for other in others)


def is_peer_or_above(setting: Setting, unit: str, others: tuple[str, ...]) -> bool:
    """Tell whether a unit is in the same chart as one of these and no lower than it."""
    chart = setting.chart
    mine = chart.above(unit)
    for other in others:
        theirs = chart.above(other)
        if unit not in chart.units or other not in chart.units:
            continue
        if mine[-1] == theirs[-1] and len(mine) <= len(theirs):
            return True
    return False


def body_hands(stepper: Stepper, body: Body, at: int) -> Bearers:
    """Return who a body is for a case as it is."""
    return stepper.scene(at).bearer(body)
