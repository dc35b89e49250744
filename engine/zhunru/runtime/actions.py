"""What people may do to every case: stop its clock, extend it, supervise, reassign, withdraw it.

A state may forbid some of it; while a clock stands only resume, withdraw and supervise are open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from zhunru.checker.resolved_flows import Joint, Suspension
from zhunru.runtime.authority import (
    body_hands,
    current_hands,
    is_one_of,
    is_peer_or_above,
    offices_of,
    shown_actor,
    unit_of,
)
from zhunru.runtime.case import Command, Done, Extending, Party, Pause
from zhunru.runtime.handing_on import (
    MOVES,
    REASON,
    add,
    check_owner,
    merge,
    not_entitled,
    reasoned,
    reassign,
    said,
)
from zhunru.runtime.inputs import check_takes, given, not_taken, text_given
from zhunru.runtime.joint import party_of
from zhunru.runtime.refusals import refuse
from zhunru.runtime.stepping import Stepper, changed
from zhunru.runtime.timing import refuse_extension, resume, resume_party
from zhunru.vocabulary import BUILT_IN

if TYPE_CHECKING:
    from zhunru.runtime.setting import StateDesk

STOP = ("停表", "stop")
RESUME = ("恢复", "resume")
EXTEND = ("延期", "extend")
AGREE = ("同意延期", "agree")
DECLINE = ("不同意延期", "decline")

_FIELDS = ("栏目", "fields")
_TAKES = {**MOVES, "anonymous": _FIELDS}

WITHDRAWN = "撤回"
"""A built-in end."""

Doing = Callable[[Stepper, "StateDesk", Command], None]


def built_in(verb: str) -> tuple[str, Doing] | None:
    """Return the key and the rule of a built-in action, or None."""
    return _VERBS.get(verb)


def perform(stepper: Stepper, desk: StateDesk, command: Command, key: str, rule: Doing) -> None:
    """Do a built-in action, unless the state forbids it or its clock stands.

    What it does not take is refused: it would be on no record, and nobody would know.
    """
    if key in desk.state.forbidden:
        refuse("ZR742", state=desk.name, verb=command.verb)
    rule(stepper, desk, command)
    # Last: who may not do it at all is told that, and not how it is written.
    check_takes(command.verb, command.inputs, (*_TAKES.get(key, ()), *REASON))


def stopped(stepper: Stepper) -> Pause | None:
    """Return the pause in which the clock of the case stands."""
    pauses = stepper.case.visit.pauses
    return pauses[-1] if pauses and pauses[-1].until is None else None


# --- the clock ---------------------------------------------------------------------------------


def _stop(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Stop the clock for a reason of the state; a party of a 会办 stops its own only (W7)."""
    check_owner(stepper, desk, command)
    reason = text_given(command.inputs, command.verb, *REASON)
    clause = _clause(desk, reason, command.verb)
    party = party_of(stepper, command.actor, command.at)
    if isinstance(desk.owner, Joint) and party is not None and not party.lead:
        _stop_party(stepper, desk, command, party, clause, reason)
        return
    visit = stepper.case.visit
    bound = _bound(desk, clause, visit.pauses, command)
    pause = Pause(since=command.at, bound=bound, reason=reason)
    again = changed(visit, desk, pauses=(*visit.pauses, pause))
    data = {"from": desk.name, "reason": reason, "bound": bound, "visit": again}
    stepper.record("paused", command.at, data, command.actor)


def _clause(desk: StateDesk, reason: str, verb: str) -> Suspension:
    found = next((each for each in desk.state.suspensions if reason in each.reasons), None)
    if found is not None:
        return found
    reasons = [reason for clause in desk.state.suspensions for reason in clause.reasons]
    zh = f"可停表的事由是{'、'.join(reasons)}" if reasons else "这一环节不可停表"
    en = f"the reasons are {', '.join(reasons)}" if reasons else "the state has no such clause"
    return refuse("ZR739", verb=verb, reason_zh=zh, reason_en=en)


def _bound(desk: StateDesk, clause: Suspension, pauses: tuple[Pause, ...], command: Command) -> int:
    bound = desk.clock.pause(clause, pauses, command.at)
    if bound <= command.at:
        zh, en = "可停表的时间已经用完", "all the time for which it may stop is used"
        refuse("ZR739", verb=command.verb, reason_zh=zh, reason_en=en)
    return bound


def _stop_party(
    stepper: Stepper,
    desk: StateDesk,
    command: Command,
    party: Party,
    clause: Suspension,
    reason: str,
) -> None:
    if party.result or (party.pauses and party.pauses[-1].until is None):
        zh, en = "已经答复或者已经停表", "it has answered, or stands already"
        refuse("ZR739", verb=command.verb, reason_zh=zh, reason_en=en)
    bound = _bound(desk, clause, party.pauses, command)
    pause = Pause(since=command.at, bound=bound, reason=reason)
    parties = tuple(
        replace(p, pauses=(*p.pauses, pause)) if p is party else p for p in stepper.case.parties
    )
    data = {"from": desk.name, "party": party.unit, "reason": reason, "parties": parties}
    stepper.record("paused", command.at, data, command.actor)


def _resume(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    check_owner(stepper, desk, command)
    party = party_of(stepper, command.actor, command.at)
    # Whoever may stop the whole case may let it go on: of a 会办 the lead, not a plain party.
    if stopped(stepper) and (party is None or party.lead):
        resume(stepper, command.at, command.actor, said(command))
        return
    if party is None or not party.pauses or party.pauses[-1].until is not None:
        zh, en = "没有停表", "no clock stands"
        refuse("ZR739", verb=command.verb, reason_zh=zh, reason_en=en)
    resume_party(stepper, party.unit, command.at, command.actor, said(command))


def _extend(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Ask for an extension; without anybody to agree it is granted at once (W9)."""
    check_owner(stepper, desk, command)
    clause, visit = desk.state.extension, stepper.case.visit
    if clause is None or visit.due is None:
        _no_extension(command.verb, "这一环节不可延期", "the state has no such clause")
    if visit.extending is not None:
        _no_extension(command.verb, "已经申请，尚未答复", "one is asked for already")
    if visit.extended >= clause.times:
        _no_extension(
            command.verb, f"已经延期 {visit.extended} 次", f"it was extended {visit.extended} times"
        )
    reason = given(command.inputs, *REASON) or ""
    if clause.via is None:
        _grant(stepper, desk, command)
        return
    answer_by = desk.clock.workday_after(command.at)
    asked = replace(
        visit, extending=Extending(at=command.at, answer_by=answer_by, reason=str(reason))
    )
    via = body_hands(stepper, clause.via, command.at).units
    data = {"from": desk.name, "reason": str(reason), "via": via, "visit": asked}
    stepper.record("extension_asked", command.at, data, command.actor)


def _no_extension(verb: str, zh: str, en: str) -> NoReturn:
    refuse("ZR740", verb=verb, reason_zh=zh, reason_en=en)


def _grant(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Reckon the due date anew from the start; reminders before the end go out again."""
    visit = stepper.case.visit
    fired = tuple(name for name in visit.fired if not name.startswith("ahead"))
    again = changed(visit, desk, extended=visit.extended + 1, extending=None, fired=fired)
    data = {"from": desk.name, "before": visit.due, "visit": again, **reasoned(command)}
    stepper.record("extended", command.at, data, command.actor)


def _agree(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    _check_approver(stepper, desk, command)
    _grant(stepper, desk, command)


def _decline(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    _check_approver(stepper, desk, command)
    reason = str(given(command.inputs, *REASON) or "不同意")
    refuse_extension(stepper, command.at, command.actor, reason)


def _check_approver(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Refuse an answer nobody asked for, of a wrong body, or to one's own question."""
    clause, setting = desk.state.extension, stepper.setting
    if clause is None or clause.via is None or stepper.case.visit.extending is None:
        _no_extension(command.verb, "没有待答复的延期申请", "no extension is asked for")
    hands = current_hands(stepper, desk, command.at)
    actor = shown_actor(command.actor)
    # Whoever works against the clock must not be the one to move it (W9).
    if not offices_of(setting, command.actor, command.at).isdisjoint(hands.units):
        refuse("ZR741", actor=actor, state=desk.name)
    approvers = body_hands(stepper, clause.via, command.at)
    if not is_one_of(setting, command.actor, approvers, command.at):
        zh = "由 " + ("、".join(approvers.units) or "写明的单位") + " 答复"
        en = "it is for " + (", ".join(approvers.units) or "the body named") + " to answer"
        refuse("ZR743", actor=actor, verb=command.verb, hint_zh=zh, hint_en=en)


# --- who works on it ---------------------------------------------------------------------------


def _supervise(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    unit = _check_watcher(stepper, desk, command)
    done = Done(kind="supervise", object=unit, to=stepper.case.visit.owners)
    data = {"from": desk.name, "supervised": (unit,), "reason": said(command)}
    stepper.record("supervised", command.at, data, command.actor, (done,))


def _urge(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    if offices_of(stepper.setting, command.actor, command.at).isdisjoint(_involved(stepper)):
        _check_watcher(stepper, desk, command)
    # Of a 会办 only those who have not answered are pressed.
    silent = [p.unit for p in stepper.case.asked if not p.result]
    done = Done(kind="urge", object=desk.name, to=tuple(silent) or stepper.case.visit.owners)
    data = {"from": desk.name, "reason": said(command)}
    stepper.record("urged", command.at, data, command.actor, (done,))


# --- ends, secrecy -----------------------------------------------------------------------------


def _withdraw(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    opener = stepper.case.opener
    offices = offices_of(stepper.setting, command.actor, command.at)
    if offices.isdisjoint(stepper.scene(command.at).applicants):
        zh, en = f"由 {opener.unit} 撤回", f"it is for {opener.unit} to withdraw it"
        not_entitled(command, zh, en)
    withdraw(stepper, desk, command)


def withdraw(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """End the case as withdrawn, by somebody who may."""
    # Nothing ends with parties that are still asked (W15).
    data = {"from": desk.name, "end": WITHDRAWN, "parties": (), "reason": said(command)}
    stepper.record("withdrawn", command.at, data, command.actor)


def _hide(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Keep facts from all but those who work on the case and who gave them (匿名保密)."""
    if stepper.case.opener.unit not in offices_of(stepper.setting, command.actor, command.at):
        check_owner(stepper, desk, command)
    fields = _hidden(stepper, command)
    data = {"from": desk.name, "confidential": fields, "reason": said(command)}
    stepper.record("hidden", command.at, data, command.actor)


def _hidden(stepper: Stepper, command: Command) -> tuple[str, ...]:
    """Return the facts to hide: those named, else every secret of the workflow.

    What is no field of it is refused: somebody would take for hidden what is not.
    """
    setting = stepper.setting
    asked = given(command.inputs, *_FIELDS)
    if asked:
        names = re.split("[、,，]", asked) if isinstance(asked, str) else map(str, asked)
        found = tuple(name for name in map(str.strip, names) if name)
        for name in found:
            if name not in setting.fields:
                not_taken(setting, command.verb, name)
        return found
    secrets = [each.secret for each in setting.withheld]
    secrets += [f.name for f in setting.flow.fields if f.secret or f.withheld_from]
    return tuple(dict.fromkeys(secrets))


# --- who may -----------------------------------------------------------------------------------


def _check_watcher(stepper: Stepper, desk: StateDesk, command: Command) -> str:
    """Return the unit of somebody who may watch the owners: no lower than they are, and not one."""
    unit = unit_of(stepper.setting, command.actor, command.at)
    hands = current_hands(stepper, desk, command.at)
    owners = hands.units
    # A party of a 会办 waits for the others: it may press them as a body beside them may.
    if unit in owners and isinstance(desk.owner, Joint):
        owners = tuple(each for each in owners if each != unit)
    if unit in owners or not (not owners or _may_watch(stepper, unit, owners)):
        zh = "由办理单位的上级或者同级督查单位办理"
        en = "it is for a body above the owner, or beside it, to do"
        not_entitled(command, zh, en)
    return unit


def _may_watch(stepper: Stepper, unit: str, owners: tuple[str, ...]) -> bool:
    setting = stepper.setting
    # Above a body that is not on the chart nobody stands; somebody has to watch it all the same.
    outside = all(owner not in setting.chart.units for owner in owners)
    return outside or is_peer_or_above(setting, unit, owners)


def _involved(stepper: Stepper) -> set[str]:
    case = stepper.case
    return {case.opener.unit, *case.supervised, *(took.unit for took in case.taken)} - set(
        case.visit.owners
    )


_OWN: dict[str, Doing] = {
    "supervise": _supervise,
    "add": add,
    "reassign": reassign,
    "urge": _urge,
    "withdraw": _withdraw,
    "merge": merge,
    "anonymous": _hide,
}
_VERBS: dict[str, tuple[str, Doing]] = {
    word: (key, _OWN[key]) for key, words in BUILT_IN.items() for word in words
}
for _words, _key, _rule in (
    (STOP, "stop", _stop),
    (RESUME, "resume", _resume),
    (EXTEND, "extend", _extend),
    (AGREE, "agree", _agree),
    (DECLINE, "decline", _decline),
):
    _VERBS.update((word, (_key, _rule)) for word in _words)
