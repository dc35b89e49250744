"""What time does to a case: everything that is due, at its own instant, in the right order (W2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from zhunru.checker.resolved_flows import Line
from zhunru.runtime.case import Actor, Case, Done, Party, Pause, Timer, Visit
from zhunru.runtime.events import Kind
from zhunru.runtime.stepping import Stepper, cannot_be_taken, changed, take, without_parties

if TYPE_CHECKING:
    from zhunru.runtime.setting import Setting
    from zhunru.store.base import EventRow

PARTY, RESUME, REMIND, ANSWER, END = range(1, 6)
UNPUBLISHED = "日历未发布"
_MOST_AT_ONCE = 200


def timers_of(setting: Setting, case: Case) -> tuple[Timer, ...]:
    """Return everything that time will do to a case as it is, earliest first."""
    # The next command begins where the last one ended; settings of one calendar share their states.
    try:
        states, known = case.timed
        if states is setting.states:
            return known
    except AttributeError:
        pass
    found = () if case.closed else _timers(setting, case)
    case.keep_timers(setting.states, found)
    return found


def _timers(setting: Setting, case: Case) -> tuple[Timer, ...]:
    visit, clock = case.visit, setting.states[case.visit.state].clock
    # Parties have clocks of their own, which hang on more than the day the visit began.
    known = None if case.parties else clock.waiting(visit)
    if known is not None:
        return known
    found = timers_told(case)
    if visit.extending is not None:
        due = min(visit.extending.answer_by, clock.if_granted(visit))
        found.append(Timer(name="answer", due=due, rank=ANSWER))
    for name, due in clock.reminders(visit):
        found.append(Timer(name=name, due=due, rank=REMIND))
    if len(found) > 1:
        found.sort(key=_order)
    timers = tuple(found)
    if not case.parties:
        clock.keep_waiting(visit, timers)
    return timers


def timers_told(case: Case) -> list[Timer]:
    """Return the timers of an open case that are told by it alone, whatever its policy says."""
    visit = case.visit
    found = _of_parties(case.asked) if case.parties else []
    if visit.pauses and visit.pauses[-1].until is None:
        found.append(Timer(name="resume", due=visit.pauses[-1].bound, rank=RESUME))
    if visit.due is None or visit.extending is not None:
        return found
    if not visit.provisional:
        found.append(Timer(name="due", due=visit.due, rank=END))
    elif UNPUBLISHED not in visit.fired:
        found.append(Timer(name="unpublished", due=visit.due, rank=END))
    return found


def _order(timer: Timer) -> tuple[int, int]:
    """At one instant by rank, and of equal rank as written (W2): sorting keeps that order."""
    return timer.due, timer.rank


def _of_parties(parties: tuple[Party, ...]) -> list[Timer]:
    return [
        Timer(name=f"party:{party.unit}", due=party.pauses[-1].bound, rank=PARTY)
        for party in parties
        if party.pauses and party.pauses[-1].until is None
    ]


def settle(stepper: Stepper, now: int) -> tuple[Timer, ...]:
    """Do everything that was due before `now`; return the timers that are left."""
    last, rounds = -1, 0
    while True:
        timers = timers_of(stepper.setting, stepper.case)
        if not timers or timers[0].due >= now:
            return timers
        # Nothing happens before what has happened: what was held back is due since then.
        at = max(timers[0].due, stepper.case.at)
        rounds = rounds + 1 if at == last else 0
        last = at
        if rounds > _MOST_AT_ONCE:
            _stall(stepper, at)
        else:
            _fire(stepper, timers[0], at)


def _fire(stepper: Stepper, timer: Timer, at: int) -> None:
    if timer.name == "due":
        _end(stepper, at)
    elif timer.name == "resume":
        resume(stepper, at)
    elif timer.name == "answer":
        refuse_extension(stepper, at)
    elif timer.name == "unpublished":
        _wait_for_calendar(stepper, at)
    elif timer.rank == PARTY:
        resume_party(stepper, timer.name.removeprefix("party:"), at)
    else:
        _remind(stepper, timer, at)


# --- the end of time ---------------------------------------------------------------------------


def _end(stepper: Stepper, at: int) -> None:
    line = _ending(stepper, at)
    # No ending holds: the case must not be lost in a loop, and somebody must see it.
    if line is None:
        _stall(stepper, at)
        return
    case = stepper.case
    silent = tuple(p.unit for p in case.asked if not p.result)
    data: dict[str, Any] = {}
    if line.silence:
        data["silent"] = dict.fromkeys(silent, line.silence)
    if line.kind == "overdue" and not stepper.in_gap(at):
        data["late"] = silent or case.visit.owners
    if stepper.in_gap(at):
        data["outage"] = True
    kind: Kind = "overdue" if line.kind == "overdue" else "expired"
    take(stepper, line, at, kind, data=data)
    without_parties(stepper, at)


def _ending(stepper: Stepper, at: int) -> Line | None:
    """Return the first line that time can take; what a guard cannot know is not so (W11)."""
    scene = stepper.scene(at)
    for line in stepper.desk.plan.endings:
        if not cannot_be_taken(stepper.case, line) and scene.truth(line.guard) is True:
            return line
    return None


def _stall(stepper: Stepper, at: int) -> None:
    """Leave a case where it is without an end of time; somebody must see to it."""
    # Without a limit there is no timer, so that it is not found due for ever.
    visit = replace(stepper.case.visit, due=None, amount="", measure="", extending=None)
    stepper.record("stalled", at, {"from": visit.state, "visit": visit})


def _wait_for_calendar(stepper: Stepper, at: int) -> None:
    """A provisional day has come. Where its days are published by now, as with a newer program, it
    is reckoned anew; else nothing is done, but an operator is told (W16)."""
    visit = stepper.case.visit
    found = stepper.desk.clock.begin(visit)
    if not found.provisional and at >= stepper.published:
        reckon_anew(stepper, found, at, "")
        return
    fired = (*visit.fired, UNPUBLISHED)
    data = {"from": visit.state, "reason": UNPUBLISHED, "visit": replace(visit, fired=fired)}
    stepper.record("unpublished", at, data)


def reckon_anew(stepper: Stepper, found: Visit, at: int, notice: str) -> None:
    """Let a visit end when its calendar, published by now, says; never before `at`."""
    if found.due is not None and found.due < at:
        found = replace(found, due=at, floor=at)
    visit = stepper.case.visit
    fired = tuple(name for name in visit.fired if name != UNPUBLISHED)
    data = {
        "from": visit.state,
        "reason": "日历发布",
        "notice": notice,
        "before": visit.due,
        "visit": replace(found, fired=fired),
    }
    stepper.record("reprojected", at, data)


def tells_of_delay(event: EventRow) -> bool:
    """Tell whether an event says that somebody was late; in an outage nobody is (W17)."""
    return event.kind == "overdue" and not orjson.loads(event.body)["data"].get("outage")


# --- pauses, extensions, reminders -------------------------------------------------------------


def closed_pause(pauses: tuple[Pause, ...], at: int) -> tuple[Pause, ...]:
    """Return pauses of which the last one ends now."""
    return (*pauses[:-1], replace(pauses[-1], until=at))


def resume(stepper: Stepper, at: int, actor: Actor | None = None, reason: str = "") -> None:
    """Let the clock of the case run again, for a reason that is given or since the one is over."""
    visit = stepper.case.visit
    again = changed(visit, stepper.desk, pauses=closed_pause(visit.pauses, at))
    data = {"from": visit.state, "reason": reason or visit.pauses[-1].reason, "visit": again}
    stepper.record("resumed", at, data, actor)


def resume_party(
    stepper: Stepper, unit: str, at: int, actor: Actor | None = None, reason: str = ""
) -> None:
    """Let the clock of one party run again."""
    # Who handed the work on and has it back is among the parties twice.
    found = next(party for party in stepper.case.asked if party.unit == unit)
    again = replace(found, pauses=closed_pause(found.pauses, at))
    parties = tuple(again if party is found else party for party in stepper.case.parties)
    reason = reason or found.pauses[-1].reason
    data = {
        "from": stepper.case.visit.state, "party": unit, "reason": reason, "parties": parties
    }  # fmt: skip
    stepper.record("resumed", at, data, actor)


def refuse_extension(
    stepper: Stepper, at: int, actor: Actor | None = None, reason: str = "逾期未答复"
) -> None:
    """Let an extension be refused; a time that was over meanwhile ends now (W9)."""
    visit = replace(stepper.case.visit, extending=None)
    data = {"from": visit.state, "reason": reason, "visit": visit}
    stepper.record("extension_refused", at, data, actor)


def _remind(stepper: Stepper, timer: Timer, at: int) -> None:
    visit = stepper.case.visit
    state = stepper.desk.state
    reminder = stepper.desk.clock.reminding[timer.name]
    to = stepper.scene(at).bearers(reminder.to).units if reminder.to else visit.owners
    fired: Visit = replace(visit, fired=(*visit.fired, timer.name))
    data = {"from": state.name, "reminder": timer.name, "visit": fired}
    done = Done(kind="remind", object=state.name, to=to)
    stepper.record("reminded", at, data, done=(done,))
