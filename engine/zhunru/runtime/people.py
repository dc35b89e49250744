"""What people do with a case: the actions that the workflow writes for its state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zhunru.checker.resolved_flows import Line
from zhunru.compiler.values import UNKNOWN
from zhunru.explain.phrases import describe
from zhunru.runtime.authority import check_turn, unit_of
from zhunru.runtime.case import Actor, Command, Took
from zhunru.runtime.inputs import read_facts, refuse_change, split_claims
from zhunru.runtime.refusals import listed, refuse
from zhunru.runtime.scene import CALENDAR, Scene
from zhunru.runtime.stepping import Stepper, cannot_be_taken, take, without_parties

if TYPE_CHECKING:
    from zhunru.runtime.setting import StateDesk


class Given:
    """What comes with a command: facts that count, claims that do not, and the scene with them."""

    def __init__(self, stepper: Stepper, command: Command, raw: dict[str, Any]) -> None:
        setting, at = stepper.setting, command.at
        self.raw = raw
        self.claims: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}
        if raw:
            facts = read_facts(setting, raw, setting.finder.day(at), command.verb)
            places = stepper.scene(at).places
            self.facts, self.claims = split_claims(setting, facts, command.actor, at, places)
        self.scene: Scene = stepper.scene(at, self.facts)

    def lacking(self, line: Line) -> list[str]:
        """Return the inputs of a line that are not given."""
        return [n for n in line.inputs if n not in self.facts and n not in self.claims]

    def data(self) -> dict[str, Any]:
        """Return what an event says besides the facts."""
        return {"claims": self.claims} if self.claims else {}


def do(stepper: Stepper, desk: StateDesk, lines: Sequence[Line], command: Command) -> None:
    """Take one of the lines of an action: the first whose guard holds."""
    check_turn(stepper, desk, command.actor, command.at)
    given = Given(stepper, command, dict(command.inputs))
    line = choose(stepper, lines, given, command.verb)
    act(stepper, line, command, given, given.data())


def act(stepper: Stepper, line: Line, command: Command, given: Given, data: dict[str, Any]) -> None:
    """Take a line as somebody's command, with what came with it; `data` goes into the event."""
    take(
        stepper,
        line,
        command.at,
        "acted",
        verb=command.verb,
        actor=command.actor,
        facts=given.facts,
        scene=given.scene,
        data=data,
        took=taken_by(stepper, line.id, command.actor, command.at),
    )
    without_parties(stepper, command.at, command.verb, command.actor)


def taken_by(stepper: Stepper, line: str, actor: Actor, at: int) -> Took:
    """Return who took a line."""
    unit = unit_of(stepper.setting, actor, at)
    state = stepper.case.visit.state
    return Took(state=state, line=line, at=at, unit=unit, person=actor.person)


def choose(stepper: Stepper, lines: Sequence[Line], given: Given, verb: str) -> Line:
    """Return the first line that is open; refused with what stands in the way."""
    unmet: list[Line] = []
    for line in lines:
        if cannot_be_taken(stepper.case, line):
            continue
        lacking = given.lacking(line)
        if lacking and len(lines) == 1:
            refuse("ZR726", verb=verb, **listed("missing", lacking))
        truth = given.scene.truth(line.guard)
        if truth is UNKNOWN:
            _refuse_unknown(given.scene.missing, lacking, verb)
        if truth:
            if lacking:
                refuse("ZR726", verb=verb, **listed("missing", lacking))
            refuse_change(stepper.setting, verb, line.inputs, given.facts, stepper.case.fields)
            return line
        unmet.append(line)
    if unmet:
        words = [describe(line.guard) for line in unmet]
        zh, en = "；或者".join(w.zh for w in words), ", or ".join(w.en for w in words)
        refuse("ZR724", verb=verb, condition_zh=zh, condition_en=en)
    bound = lines[-1].bound
    return refuse("ZR729", verb=verb, times=bound.times if bound else 0)


def _refuse_unknown(missing: tuple[str, ...], lacking: list[str], verb: str) -> None:
    """An unknown guard is never taken as met, nor as not met, by a person (W11)."""
    if CALENDAR in missing:
        refuse("ZR747", verb=verb)
    if set(missing) & set(lacking):
        refuse("ZR726", verb=verb, **listed("missing", lacking))
    refuse("ZR725", verb=verb, **listed("missing", missing))
