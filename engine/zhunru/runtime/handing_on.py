"""Whose work it is from now on: handed on (改派), shared with one more (加派), merged (并件).

Who has a state, who stands above, and whom the workflow calls in to supervise it may do so. Each
party of a 会办 has one voice, and its own part alone: one that chose who else is asked, or who
answers for another, would choose how the 会办 ends.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from zhunru.checker.resolved_flows import Joint
from zhunru.compiler.field_values import no_unit
from zhunru.errors import CaseRefused
from zhunru.runtime.authority import (
    current_hands,
    is_above,
    is_one_of,
    offices_of,
    shown_actor,
    unit_of,
)
from zhunru.runtime.case import Command, Party
from zhunru.runtime.inputs import given, text_given
from zhunru.runtime.joint import parties_of, party_of
from zhunru.runtime.refusals import refuse
from zhunru.runtime.stepping import Stepper

if TYPE_CHECKING:
    from zhunru.runtime.setting import StateDesk

REASON = ("理由", "事由", "reason")
_UNIT = ("单位", "unit")
_PERSON = ("人员", "person")
_INTO = ("并入", "into")
_FROM = ("原单位", "from")
_COMMUNITY = "社区"
MOVES = {"add": _UNIT, "reassign": (*_UNIT, *_PERSON, *_FROM), "merge": _INTO}
"""What each of these is given, besides a reason."""

MERGED = "并件"
"""A built-in end."""


def reassign(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Hand the state to another unit or person; visit and clock go on (W15)."""
    visit = stepper.case.visit
    party = _party_named(stepper, command) if isinstance(desk.owner, Joint) else None
    _check_may_move(stepper, desk, command, party)
    unit = _unit_given(stepper, command, required=party is not None)
    person = str(given(command.inputs, *_PERSON) or "")
    if not unit and not person:
        text_given({}, command.verb, *_UNIT)
    _check_not_pushed_down(stepper, command, unit)
    data: dict[str, Any] = {"from": desk.name, "before": visit.owners, "reason": said(command)}
    if party is not None:
        _check_new_party(stepper, command, unit)
        others = [replace(p, withdrawn=True) if p is party else p for p in stepper.case.parties]
        data["parties"] = (*others, Party(unit=unit, lead=party.lead))
        owners = tuple(p.unit for p in data["parties"] if not p.withdrawn)
        data["visit"] = replace(visit, owners=owners)
    else:
        owners = (unit,) if unit else visit.owners
        data["visit"] = replace(visit, owners=owners, person=person, reassigned=True, added=())
    stepper.record("reassigned", command.at, data, command.actor)


def _check_not_pushed_down(stepper: Stepper, command: Command, unit: str) -> None:
    """Refuse to have a community take over what an office has to do: it may be asked to help, but
    takes work on only along its own line."""
    setting = stepper.setting
    giver, community = unit_of(setting, command.actor, command.at), setting.finder.at_level
    above = giver in setting.chart.above(unit) or giver not in setting.chart.units
    if community(unit, _COMMUNITY) and not above and not community(giver, _COMMUNITY):
        not_entitled(
            command,
            f"{giver}不是{unit}的上级，不能把自己的事改派给社区",
            f"{giver} does not stand above {unit}, and a community does not take its work over",
        )


def _party_named(stepper: Stepper, command: Command) -> Party:
    """Return the party that is to be replaced: the one named, else one's own; one that is open."""
    source = str(given(command.inputs, *_FROM) or "")
    mine = party_of(stepper, command.actor, command.at)
    day = stepper.setting.finder.day(command.at)
    old = stepper.setting.chart.resolve(source, day) or source or (mine.unit if mine else "")
    found = [p for p in stepper.case.asked if p.unit == old and not p.result]
    if not found:
        text_given({}, command.verb, *_FROM)
    return found[0]


def _check_new_party(stepper: Stepper, command: Command, unit: str) -> None:
    """Refuse a unit that is asked already: it answers once, and would be waited for twice."""
    if any(party.unit == unit for party in stepper.case.asked):
        not_entitled(command, "这个单位已在会办", "it is a party already", who=unit)


def add(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Ask one more party of a 会办, or let one more unit act."""
    _check_may_move(stepper, desk, command)
    unit = _unit_given(stepper, command)
    visit = stepper.case.visit
    data: dict[str, Any] = {"from": desk.name, "added": unit, "reason": said(command)}
    if isinstance(desk.owner, Joint):
        _check_new_party(stepper, command, unit)
        data["parties"] = (*stepper.case.parties, Party(unit=unit))
        data["visit"] = replace(visit, owners=tuple(dict.fromkeys((*visit.owners, unit))))
    else:
        owners, added = (dict.fromkeys((*units, unit)) for units in (visit.owners, visit.added))
        # A person that was named is of another unit, and would keep everybody of this one out.
        data["visit"] = replace(visit, owners=tuple(owners), added=tuple(added), person="")
    stepper.record("added", command.at, data, command.actor)


def merge(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """End the case as a part of another."""
    _check_may_move(stepper, desk, command)
    into = text_given(command.inputs, command.verb, *_INTO)
    data = {"from": desk.name, "end": MERGED, "into": into, "parties": (), **reasoned(command)}
    stepper.record("merged", command.at, data, command.actor)


# --- who may -----------------------------------------------------------------------------------


def _check_may_move(
    stepper: Stepper, desk: StateDesk, command: Command, party: Party | None = None
) -> None:
    """Refuse to move the work of a state, or of one party of it, to all but those whose it is."""
    setting, asked = stepper.setting, stepper.case.asked
    mine = parties_of(stepper, command.actor, command.at)
    if mine:
        if len(mine) == len(asked) or any(each.lead or each is party for each in mine):
            return
        _not_ones_own(command, asked)
    # Above a party that is not on the chart nobody stands; then it is who stands above the others.
    owners = stepper.case.visit.owners
    if party is not None and party.unit in setting.chart.units:
        owners = (party.unit,)
    elif _lacks_an_office(stepper, owners, command.at):
        owners = stepper.scene(command.at).places
    unit = unit_of(setting, command.actor, command.at)
    if is_above(setting, unit, owners) or _was_called_in(stepper, command):
        return
    if isinstance(desk.owner, Joint):
        _not_ones_own(command, asked)
    check_owner(stepper, desk, command)


def _lacks_an_office(stepper: Stepper, owners: tuple[str, ...], at: int) -> bool:
    """Tell whether it is the turn of offices that there are elsewhere, but none where the case is.

    Who stands above the place has to find one; what no unit has anywhere is a resident's own turn.
    """
    setting = stepper.setting
    if any(owner in setting.chart.units for owner in owners):
        return False
    day = setting.finder.day(at)
    return any(setting.finder.holders(owner, day) for owner in owners)


def _was_called_in(stepper: Stepper, command: Command) -> bool:
    """Tell whether somebody supervises the case as the workflow says (督办 X).

    Who only took it upon itself to supervise, the applicant too, has no work to give to others.
    """
    actor, case = command.actor, stepper.case
    names = {*offices_of(stepper.setting, actor, command.at), actor.person, *actor.roles}
    if names.isdisjoint(case.supervised):
        return False
    hands = stepper.scene(command.at).bearers(stepper.setting.supervisors)
    return is_one_of(stepper.setting, actor, hands, command.at)


def check_owner(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Refuse all but those whose turn it is, each party of a 会办 among them."""
    if desk.owner is None or party_of(stepper, command.actor, command.at):
        return
    hands = current_hands(stepper, desk, command.at)
    if not is_one_of(stepper.setting, command.actor, hands, command.at):
        not_entitled(
            command,
            f"由 {'、'.join(hands.units)} 办理",
            f"it is for {', '.join(hands.units)}",
        )


def _not_ones_own(command: Command, asked: tuple[Party, ...]) -> NoReturn:
    lead = [party.unit for party in asked if party.lead]
    zh = "、".join([*(f"牵头的 {name}" for name in lead), "会办单位的上级或者流程写明的督办单位"])
    en = ", ".join([*(f"the lead {name}" for name in lead), "a body above the parties"])
    not_entitled(
        command,
        f"会办的一方只能改派自己的部分，别的由{zh}办理",
        f"a party hands on its own part only, the rest is for {en} or a supervisor of the workflow",
    )


def not_entitled(command: Command, zh: str, en: str, who: str = "") -> NoReturn:
    """Refuse somebody what is for others to do, and say for whom."""
    actor = who or shown_actor(command.actor)
    refuse("ZR743", actor=actor, verb=command.verb, hint_zh=zh, hint_en=en)


# --- to whom -----------------------------------------------------------------------------------


def _unit_given(stepper: Stepper, command: Command, *, required: bool = True) -> str:
    """Return the unit that work is given to: on the chart, and not the applicant's own."""
    if not required and given(command.inputs, *_UNIT) is None:
        return ""
    text = text_given(command.inputs, command.verb, *_UNIT)
    setting = stepper.setting
    unit = setting.chart.resolve(text, setting.finder.day(command.at))
    if unit is None:
        day = setting.finder.day(command.at)
        raise CaseRefused(no_unit(setting.chart, day, _UNIT[0], text))
    # What 改由 kept away from the applicant must not come back to it by being handed on.
    if stepper.scene(command.at).is_applicant(unit) and _was_kept_apart(stepper):
        refuse("ZR744", actor=unit, state=stepper.case.visit.state)
    return unit


def _was_kept_apart(stepper: Stepper) -> bool:
    """Tell whether the state has a substitute for an applicant that would work on its own case."""
    return getattr(stepper.desk.owner, "substitute", None) is not None


def reasoned(command: Command) -> dict[str, str]:
    """Return the reason for the record of an event, where one is given."""
    return {"reason": reason} if (reason := said(command)) else {}


def said(command: Command) -> str:
    """Return the reason that somebody gave."""
    return str(given(command.inputs, *REASON) or "")
