"""Stepping a case: opened, acted on, moved by time. Pure: no store, no clock, no chance.

Before anything is done to a case at an instant, everything that time had to do before it is done
at its own instants, in one step with it. So it never matters how late a ticker runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from zhunru.checker.flow_words import line_text
from zhunru.checker.resolved_flows import Joint, Meeting
from zhunru.compiler.request import FactValue
from zhunru.runtime import actions
from zhunru.runtime.authority import unit_of
from zhunru.runtime.case import NONE, Actor, Case, Command, Event, Step, Visit
from zhunru.runtime.direct import directly
from zhunru.runtime.events import apply
from zhunru.runtime.inputs import read_facts
from zhunru.runtime.joint import answer
from zhunru.runtime.meeting import MEET, RESULTS, meet
from zhunru.runtime.people import do
from zhunru.runtime.refusals import listed, refuse, shown
from zhunru.runtime.scene import Scene
from zhunru.runtime.setting import Setting, StateDesk
from zhunru.runtime.stepping import BESIDE, Gap, Stepper, effects_of, enter, without_parties
from zhunru.runtime.timing import reckon_anew, settle, timers_of

__all__ = [
    "Gap",
    "act",
    "act_at_length",
    "child_ended",
    "open_case",
    "publish",
    "tick",
    "timers_of",
    "withdraw_along",
]

_WHILE_STOPPED = frozenset(("resume", "withdraw", "supervise"))
_MEETINGS = frozenset((*MEET, *(word for words in RESULTS for word in words)))


def open_case(
    setting: Setting,
    *,
    case_id: str,
    partition: str,
    actor: Actor,
    at: int,
    facts: Mapping[str, FactValue] = NONE,
    parent: str = "",
) -> Step:
    """Return a new case in the first state of its workflow.

    `facts` are read by the fields of the workflow and count as vouched for by the caller. Where
    the first state belongs to a field that is not given, who opens the case is that field.
    Raises CaseRefused.
    """
    # By its own name from the start, or an alias would later pass for somebody else.
    actor = replace(actor, unit=unit_of(setting, actor, at))
    verb = setting.flow.name
    known = read_facts(setting, facts, setting.finder.day(at), verb)
    for name in setting.applicant_fields:
        known.setdefault(name, actor.unit)
    missing = [name for name in setting.begins_with if name not in known]
    if missing:
        refuse("ZR726", verb=verb, **listed("missing", missing))
    head = {
        "case_id": case_id,
        "partition": partition,
        "set_code": setting.policy.code,
        "digest": setting.policy.digest,
        "flow": setting.flow.name,
        "visit": Visit(number=0, state=setting.plan.initial, entered=at),
    }
    if parent:
        head["parent"] = parent
    # The opening is worked out over an empty case, and recorded as the one event that makes it.
    empty = apply(None, Event(kind="opened", at=at, data={"case": head}, actor=actor))
    stepper = Stepper(setting, replace(empty, version=0))
    data: dict[str, Any] = {"case": head, "to": setting.plan.initial}
    if known:
        data["fields"] = known
    scene = Scene(setting, known, actor, at)
    data["visit"] = enter(stepper, scene, setting.plan.initial, at, 1, data, verb)
    arrival = setting.plan.states[setting.plan.initial].arrival
    done = effects_of(stepper, scene, arrival, data, verb)
    event = Event(kind="opened", at=at, data=data, actor=actor)
    stepper.case = apply(None, event)
    stepper.events.append((event, tuple(done)))
    without_parties(stepper, at, verb, actor)
    return stepper.step(settle(stepper, at))


def act(setting: Setting, case: Case, command: Command, *, gap: Gap | None = None) -> Step:
    """Return what a command does, after everything that time did before it.

    Raises CaseRefused; what time did then is not in any step, a `tick` finds it again.
    """
    # Most commands need no more than looking up; whatever else there is, refusals too, is here.
    return directly(setting, case, command) or act_at_length(setting, case, command, gap=gap)


def act_at_length(
    setting: Setting, case: Case, command: Command, *, gap: Gap | None = None
) -> Step:
    """Return what `act` does, by the rules alone: for every case and command."""
    _check(setting, case, command)
    stepper = Stepper(setting, case, gap)
    settle(stepper, command.at)
    _perform(stepper, command)
    # Again: what was just done may have begun a time that is over already.
    return stepper.step(settle(stepper, command.at))


def withdraw_along(
    setting: Setting, case: Case, command: Command, *, gap: Gap | None = None
) -> Step:
    """Return a case that ends with the admission that opened it, whoever may withdraw that one.

    Raises CaseRefused where its state forbids it (不得 撤回).
    """
    _check(setting, case, command)
    stepper = Stepper(setting, case, gap)
    settle(stepper, command.at)
    if not stepper.case.closed:
        actions.perform(stepper, stepper.desk, command, "withdraw", actions.withdraw)
    return stepper.step(())


def tick(setting: Setting, case: Case, now: int, *, gap: Gap | None = None) -> Step | None:
    """Return what time does to a case up to, not including, `now`; None: nothing."""
    stepper = Stepper(setting, case, gap)
    timers = settle(stepper, now)
    return stepper.step(timers) if stepper.events else None


def publish(setting: Setting, case: Case, at: int, notice: str = "") -> Step | None:
    """Return a case whose due date is reckoned anew by the calendar of `setting`, just published.

    The event names `notice` and the date before. Never before `at`; nothing that was done is
    undone. None: its due date does not change.
    """
    stepper = Stepper(setting, case)
    # A date that came before is as if time had looked at it then: it waited.
    stepper.published = at
    settle(stepper, at)
    at, visit = max(at, stepper.case.at), stepper.case.visit
    passed = visit.due is None or (visit.due <= at and not visit.provisional)
    if stepper.case.closed or passed:
        return None  # what has passed is not moved: nothing that was done about it is undone
    found = stepper.desk.clock.begin(visit)
    held = found if found.due is None or found.due >= at else replace(found, due=at)
    if (held.due, held.provisional) == (visit.due, visit.provisional):
        return None
    reckon_anew(stepper, found, at, notice)
    return stepper.step(settle(stepper, at))


def child_ended(setting: Setting, case: Case, child: str, end: str, at: int) -> Step | None:
    """Return a case that is told that a case it opened came to an end; None: it is closed."""
    if case.closed:
        return None
    stepper = Stepper(setting, case)
    settle(stepper, at)
    if stepper.case.closed:
        return stepper.step(())
    data = {"from": stepper.case.visit.state, "child": child, "child_end": end}
    stepper.record("child_ended", max(at, stepper.case.at), data)
    return stepper.step(settle(stepper, at))


# --- a command ---------------------------------------------------------------------------------


def _check(setting: Setting, case: Case, command: Command) -> None:
    if case.flow != setting.flow.name or case.digest != setting.policy.digest:
        raise ValueError("a case is stepped by the policy set and workflow that it runs under")
    if command.expected is not None and command.expected != case.version:
        refuse("ZR730", expected=command.expected, version=case.version)
    if case.closed:
        _too_late(case, setting, command)
        refuse("ZR720", end=case.end, verb=command.verb)
    # Histories only grow at their end; a clock that was set back must not write into the past.
    if command.at < case.at:
        refuse("ZR731", at=shown(command.at), last=shown(case.at))


def _perform(stepper: Stepper, command: Command) -> None:
    """Do what the command says in the state that the case is in by now."""
    if stepper.case.closed:
        _too_late(stepper.case, stepper.setting, command)
        refuse("ZR720", end=stepper.case.end, verb=command.verb)
    desk, verb = stepper.desk, command.verb
    _check_clock(stepper, desk, command)
    if isinstance(desk.owner, Joint) and verb in desk.answers:
        answer(stepper, desk, command)
    elif isinstance(desk.owner, Meeting) and verb in _MEETINGS:
        meet(stepper, desk, command)
    elif verb in desk.by_verb:
        do(stepper, desk, desk.by_verb[verb], command)
    else:
        _built_in(stepper, desk, command)


def _check_clock(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    pause = actions.stopped(stepper)
    if pause is None:
        return
    found = actions.built_in(command.verb)
    if found is None or command.verb in desk.by_verb or found[0] not in _WHILE_STOPPED:
        refuse("ZR738", state=desk.name, reason=pause.reason, verb=command.verb)


def _built_in(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    found = actions.built_in(command.verb)
    if found is not None:
        actions.perform(stepper, desk, command, *found)
        return
    _too_late(stepper.case, stepper.setting, command)
    known = [*desk.by_verb, *(MEET[:1] if isinstance(desk.owner, Meeting) else ())]
    refuse("ZR721", state=desk.name, verb=command.verb, **listed("actions", known))


def _too_late(case: Case, setting: Setting, command: Command) -> None:
    """Refuse an action that was open until time took the case away, and say so (W2)."""
    for name in case.visit.taken_from.split(BESIDE):
        desk = setting.states.get(name)
        if desk is None or command.verb not in (*desk.by_verb, *desk.answers):
            continue
        ending = desk.plan.endings[-1]
        refuse(
            "ZR722",
            verb=command.verb,
            state=name,
            now=case.state,
            when=shown(case.at if case.closed else case.visit.entered),
            ending_zh=line_text(ending, "zh"),
            ending_en=line_text(ending, "en"),
        )
