"""What people may do to every case: stop its clock, extend it, supervise, reassign, withdraw it.

A state may forbid some of it; while a clock stands only resume, withdraw and supervise are open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from zhunru.checker.resolved_flows import Joint, Suspension
from zhunru.compiler.reading import no_unit
from zhunru.errors import CaseRefused
from zhunru.runtime.authority import (
    body_hands,
    current_hands,
    is_above,
    is_one_of,
    is_peer_or_above,
    shown_actor,
    unit_of,
)
from zhunru.runtime.case import Command, Done, Extending, Party, Pause
from zhunru.runtime.inputs import given, not_taken, text_given
from zhunru.runtime.joint import parties_of, party_of
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

_REASON = ("理由", "事由", "reason")
_UNIT = ("单位", "unit")
_PERSON = ("人员", "person")
_INTO = ("并入", "into")
_FIELDS = ("栏目", "fields")
_FROM = ("原单位", "from")

MERGED, WITHDRAWN = "并件", "撤回"
"""Built-in ends."""

Doing = Callable[[Stepper, "StateDesk", Command], None]


def built_in(verb: str) -> tuple[str, Doing] | None:
    """Return the key and the rule of a built-in action, or None."""
    return _VERBS.get(verb)


def perform(stepper: Stepper, desk: StateDesk, command: Command, key: str, rule: Doing) -> None:
    """Do a built-in action, unless the state forbids it or its clock stands."""
    if key in desk.state.forbidden:
        refuse("ZR742", state=desk.name, verb=command.verb)
    rule(stepper, desk, command)


def stopped(stepper: Stepper) -> Pause | None:
    """Return the pause in which the clock of the case stands."""
    pauses = stepper.case.visit.pauses
    return pauses[-1] if pauses and pauses[-1].until is None else None


# --- the clock ---------------------------------------------------------------------------------


def _stop(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Stop the clock for a reason of the state; a party of a 会办 stops its own only (W7)."""
    _check_owner(stepper, desk, command)
    reason = text_given(command.inputs, command.verb, *_REASON)
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
    _check_owner(stepper, desk, command)
    if stopped(stepper):
        resume(stepper, command.at, command.actor)
        return
    party = party_of(stepper, command.actor, command.at)
    if party is None or not party.pauses or party.pauses[-1].until is not None:
        zh, en = "没有停表", "no clock stands"
        refuse("ZR739", verb=command.verb, reason_zh=zh, reason_en=en)
    resume_party(stepper, party.unit, command.at, command.actor)


def _extend(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Ask for an extension; without anybody to agree it is granted at once (W9)."""
    _check_owner(stepper, desk, command)
    clause, visit = desk.state.extension, stepper.case.visit
    if clause is None or visit.due is None:
        _no_extension(command.verb, "这一环节不可延期", "the state has no such clause")
    if visit.extending is not None:
        _no_extension(command.verb, "已经申请，尚未答复", "one is asked for already")
    if visit.extended >= clause.times:
        _no_extension(
            command.verb, f"已经延期 {visit.extended} 次", f"it was extended {visit.extended} times"
        )
    reason = given(command.inputs, *_REASON) or ""
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
    data = {"from": desk.name, "before": visit.due, "visit": again}
    stepper.record("extended", command.at, data, command.actor)


def _agree(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    _check_approver(stepper, desk, command)
    _grant(stepper, desk, command)


def _decline(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    _check_approver(stepper, desk, command)
    reason = str(given(command.inputs, *_REASON) or "不同意")
    refuse_extension(stepper, command.at, command.actor, reason)


def _check_approver(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Refuse an answer nobody asked for, of a wrong body, or to one's own question."""
    clause, setting = desk.state.extension, stepper.setting
    if clause is None or clause.via is None or stepper.case.visit.extending is None:
        _no_extension(command.verb, "没有待答复的延期申请", "no extension is asked for")
    hands = current_hands(stepper, desk, command.at)
    actor = shown_actor(command.actor)
    # Whoever works against the clock must not be the one to move it (W9).
    if unit_of(setting, command.actor, command.at) in hands.units:
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
    data = {"from": desk.name, "supervised": (unit,), "reason": _said(command)}
    stepper.record("supervised", command.at, data, command.actor, (done,))


def _urge(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    unit = unit_of(stepper.setting, command.actor, command.at)
    if unit not in _involved(stepper):
        _check_watcher(stepper, desk, command)
    # Of a 会办 only those who have not answered are pressed.
    silent = [p.unit for p in stepper.case.asked if not p.result]
    done = Done(kind="urge", object=desk.name, to=tuple(silent) or stepper.case.visit.owners)
    data = {"from": desk.name, "reason": _said(command)}
    stepper.record("urged", command.at, data, command.actor, (done,))


def _reassign(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Hand the state to another unit or person; visit and clock go on (W15)."""
    _check_owner_or_above(stepper, desk, command)
    visit = stepper.case.visit
    unit = _unit_given(stepper, command, required=False)
    person = str(given(command.inputs, *_PERSON) or "")
    if not unit and not person:
        text_given({}, command.verb, *_UNIT)
    data: dict[str, Any] = {"from": desk.name, "before": visit.owners, "reason": _said(command)}
    if isinstance(desk.owner, Joint):
        data["parties"] = _other_party(stepper, desk, command, unit)
        owners = tuple(p.unit for p in data["parties"] if not p.withdrawn)
        data["visit"] = replace(visit, owners=owners)
    else:
        owners = (unit,) if unit else visit.owners
        data["visit"] = replace(visit, owners=owners, person=person, reassigned=True)
    stepper.record("reassigned", command.at, data, command.actor)


def _other_party(
    stepper: Stepper, desk: StateDesk, command: Command, unit: str
) -> tuple[Party, ...]:
    """Return the parties with one that has not answered replaced by another unit."""
    source = str(given(command.inputs, *_FROM) or "")
    mine = party_of(stepper, command.actor, command.at)
    day = stepper.setting.finder.day(command.at)
    old = stepper.setting.chart.resolve(source, day) or source or (mine.unit if mine else "")
    asked = [p for p in stepper.case.asked if p.unit == old and not p.result]
    if not asked or not unit:
        text_given({}, command.verb, *(_FROM if unit else _UNIT))
    _check_may_replace(stepper, command, asked[0])
    _check_new_party(stepper, command, unit)
    parties = [replace(p, withdrawn=True) if p is asked[0] else p for p in stepper.case.parties]
    return (*parties, Party(unit=unit, lead=asked[0].lead))


def _check_may_replace(stepper: Stepper, command: Command, party: Party) -> None:
    """Refuse to hand on a part to all but who has it, the lead and whoever stands above it.

    Each party has one voice: another that could put somebody else in its place, or that pressed
    it and so counts as a supervisor, would choose how the 会办 ends.
    """
    setting = stepper.setting
    mine = parties_of(stepper, command.actor, command.at)
    if party in mine or any(each.lead for each in mine):
        return
    unit = unit_of(setting, command.actor, command.at)
    # Above a party that is not on the chart nobody stands; then it is who stands above the others.
    on_chart = party.unit in setting.chart.units
    below = (party.unit,) if on_chart else tuple(each.unit for each in stepper.case.asked)
    if is_above(setting, unit, below) or (not mine and unit in stepper.case.supervised):
        return
    lead = [each.unit for each in stepper.case.asked if each.lead and each is not party]
    zh = "、".join([f"{party.unit} 自己", *(f"牵头的 {name}" for name in lead)])
    en = ", ".join([f"{party.unit} itself", *(f"the lead {name}" for name in lead)])
    _not_entitled(
        command,
        f"{party.unit} 的部分由 {zh}，或者它的上级、督办它的单位改派",
        f"the part of {party.unit} is for {en}, or a body above it or supervising it",
    )


def _check_new_party(stepper: Stepper, command: Command, unit: str) -> None:
    """Refuse a unit that is asked already: it answers once, and would be waited for twice."""
    if any(party.unit == unit for party in stepper.case.asked):
        zh, en = "这个单位已在会办", "it is a party already"
        refuse("ZR743", actor=unit, verb=command.verb, hint_zh=zh, hint_en=en)


def _add(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Ask one more party of a 会办, or let one more unit act."""
    _check_owner_or_above(stepper, desk, command)
    unit = _unit_given(stepper, command)
    visit = stepper.case.visit
    data: dict[str, Any] = {"from": desk.name, "added": unit, "reason": _said(command)}
    if isinstance(desk.owner, Joint):
        _check_new_party(stepper, command, unit)
        data["parties"] = (*stepper.case.parties, Party(unit=unit))
        data["visit"] = replace(visit, owners=tuple(dict.fromkeys((*visit.owners, unit))))
    else:
        owners = tuple(dict.fromkeys((*visit.owners, unit)))
        # From now on the owners are those named, whatever the rule of the state would come to; a
        # person that was named is of another unit, and would keep everybody of this one out.
        data["visit"] = replace(visit, owners=owners, person="", reassigned=True)
    stepper.record("added", command.at, data, command.actor)


# --- ends, secrecy -----------------------------------------------------------------------------


def _withdraw(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    opener = stepper.case.opener
    unit = unit_of(stepper.setting, command.actor, command.at)
    if unit != opener.unit and unit not in stepper.scene(command.at).applicants:
        zh, en = f"由 {opener.unit} 撤回", f"it is for {opener.unit} to withdraw it"
        _not_entitled(command, zh, en)
    # Nothing ends with parties that are still asked (W15).
    data = {"from": desk.name, "end": WITHDRAWN, "parties": (), "reason": _said(command)}
    stepper.record("withdrawn", command.at, data, command.actor)


def _merge(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    _check_owner_or_above(stepper, desk, command)
    into = text_given(command.inputs, command.verb, *_INTO)
    data = {"from": desk.name, "end": MERGED, "into": into, "parties": ()}
    stepper.record("merged", command.at, data, command.actor)


def _hide(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Keep facts from all but those who work on the case and who gave them (匿名保密)."""
    unit = unit_of(stepper.setting, command.actor, command.at)
    if unit != stepper.case.opener.unit:
        _check_owner(stepper, desk, command)
    fields = _hidden(stepper, command)
    data = {"from": desk.name, "confidential": fields, "reason": _said(command)}
    stepper.record("hidden", command.at, data, command.actor)


def _hidden(stepper: Stepper, command: Command) -> tuple[str, ...]:
    """Return the facts to hide: those named, else every secret of the workflow.

    What is no field of it is refused: somebody would take for hidden what is not.
    """
    setting = stepper.setting
    for name in command.inputs:
        if name not in (*_FIELDS, *_REASON):
            not_taken(setting, command.verb, name)
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


def _check_owner(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    if desk.owner is None or party_of(stepper, command.actor, command.at):
        return
    hands = current_hands(stepper, desk, command.at)
    if not is_one_of(stepper.setting, command.actor, hands, command.at):
        _not_entitled(
            command,
            f"由 {'、'.join(hands.units)} 办理",
            f"it is for {', '.join(hands.units)}",
        )


def _check_owner_or_above(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """The owner, a party of a 会办, or whoever stands above may hand work on."""
    unit = unit_of(stepper.setting, command.actor, command.at)
    owners = stepper.case.visit.owners
    if is_above(stepper.setting, unit, owners) or unit in stepper.case.supervised:
        return
    _check_owner(stepper, desk, command)


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
        _not_entitled(command, zh, en)
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


def _not_entitled(command: Command, zh: str, en: str) -> NoReturn:
    refuse("ZR743", actor=shown_actor(command.actor), verb=command.verb, hint_zh=zh, hint_en=en)


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


def _said(command: Command) -> str:
    return str(given(command.inputs, *_REASON) or "")


_OWN: dict[str, Doing] = {
    "supervise": _supervise,
    "add": _add,
    "reassign": _reassign,
    "urge": _urge,
    "withdraw": _withdraw,
    "merge": _merge,
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
