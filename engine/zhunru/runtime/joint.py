"""会办: each party gives one result; what they make together takes a line (W13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from zhunru.checker.resolved_flows import Line
from zhunru.compiler.values import UNKNOWN
from zhunru.runtime.authority import check_apart, offices_of, shown_actor
from zhunru.runtime.case import Actor, Command, Party
from zhunru.runtime.people import Given, taken_by
from zhunru.runtime.refusals import listed, refuse
from zhunru.runtime.stepping import Stepper, cannot_be_taken, take, without_parties

if TYPE_CHECKING:
    from zhunru.runtime.setting import StateDesk


def party_of(stepper: Stepper, actor: Actor, at: int) -> Party | None:
    """Return the party that somebody acts for."""
    return next(iter(parties_of(stepper, actor, at)), None)


def parties_of(stepper: Stepper, actor: Actor, at: int) -> tuple[Party, ...]:
    """Return every party that somebody acts for: by unit or its office, by role or in person."""
    names = {actor.unit, *actor.roles, actor.person, *offices_of(stepper.setting, actor, at)}
    return tuple(party for party in stepper.case.asked if party.unit in names)


def answer(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Record the one result of a party, then try the lines in written order."""
    party = _asked(stepper, desk, command)
    check_apart(stepper, desk.name, command.actor, command.at)
    given = Given(stepper, command, dict(command.inputs))
    lines = [line for line in desk.joins if line.name == command.verb]
    lacking = given.lacking(lines[0]) if lines else []
    if lacking:
        refuse("ZR726", verb=command.verb, **listed("missing", lacking))
    parties = tuple(
        replace(p, result=command.verb, answered=command.at, by=command.actor.person)
        if p is party
        else p
        for p in stepper.case.parties
    )
    data = {
        "from": desk.name,
        "party": party.unit,
        "result": command.verb,
        "parties": parties,
        "took": taken_by(stepper, f"{desk.name}.{command.verb}", command.actor, command.at),
        **given.data(),
    }
    if given.facts:
        data["fields"] = given.facts
    stepper.record("answered", command.at, data, command.actor)
    join(stepper, desk, command)


def _asked(stepper: Stepper, desk: StateDesk, command: Command) -> Party:
    party = party_of(stepper, command.actor, command.at)
    actor = shown_actor(command.actor)
    if party is None:
        names = (p.unit for p in stepper.case.asked)
        refuse("ZR735", actor=actor, state=desk.name, **listed("parties", names))
    if party.result:
        refuse("ZR734", actor=actor, result=party.result)
    if party.pauses and party.pauses[-1].until is None:
        reason = party.pauses[-1].reason
        refuse("ZR738", state=desk.name, reason=reason, verb=command.verb)
    return party


def join(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Take the first line that the answers so far make."""
    asked = stepper.case.asked
    scene = stepper.scene(command.at)
    for line in desk.joins:
        if not satisfied(line, asked) or cannot_be_taken(stepper.case, line):
            continue
        truth = scene.truth(line.guard)
        if truth is UNKNOWN:
            refuse("ZR725", verb=command.verb, **listed("missing", scene.missing))
        if truth:
            take(stepper, line, command.at, "joined", verb=command.verb, actor=command.actor)
            without_parties(stepper, command.at, command.verb, command.actor)
            return


def satisfied(line: Line, asked: Sequence[Party]) -> bool:
    """Tell whether the answers so far make a line's mix of results."""
    given = sum(party.result == line.name for party in asked)
    if line.join == "all":
        return given == len(asked)
    if line.join == "any":
        return given > 0
    return 2 * given > len(asked)
