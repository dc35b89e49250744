"""Moving running cases to another version of their policy set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from zhunru.checker.resolved import NOTHING, OUTSIDE
from zhunru.checker.resolved_flows import Joint
from zhunru.compiler.field_values import Unreadable, read_value
from zhunru.compiler.values import UNKNOWN
from zhunru.runtime.case import NONE, Actor, Case, Party, Step, Visit
from zhunru.runtime.refusals import refuse, shown
from zhunru.runtime.scene import Scene
from zhunru.runtime.setting import Setting, StateDesk
from zhunru.runtime.stepping import Stepper, hands_of
from zhunru.runtime.timing import settle
from zhunru.vocabulary import TypeName

_OF_UNITS = (TypeName.UNIT, TypeName.UNITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a migration would do to a case; `person`: somebody has to look at it.

    `state` is where it would be, `due` when its time would end, `expires`: it is over already.
    """

    kind: Literal["moves", "stays", "person"]
    state: str = ""
    due: int | None = None
    expires: bool = False
    reason: str = ""


def foresee(setting: Setting, case: Case, at: int, states: Mapping[str, str] = NONE) -> Move:
    """Return what moving a case to the version of `setting` would do (the dry run)."""
    if case.closed:
        return Move(kind="stays", state=case.state, reason="已经办结")
    if case.digest == setting.policy.digest:
        return Move(kind="stays", state=case.state, due=case.visit.due, reason="已是这一版本")
    name = states.get(case.visit.state, case.visit.state)
    found = _carried(setting, case, at, states)
    if isinstance(found, str):
        return Move(kind="person", state=name, reason=found)
    visit, clock = found.visit, setting.states[name].clock
    # Who asked for more time is answered first.
    over = clock.if_granted(visit) if visit.extending else visit.due
    expires = over is not None and over < at and not visit.provisional
    return Move(kind="moves", state=name, due=visit.due, expires=expires)


def migrate(
    setting: Setting,
    case: Case,
    at: int,
    *,
    actor: Actor,
    states: Mapping[str, str] = NONE,
    listed: bool = False,
) -> Step:
    """Return a case that goes on under the version of `setting`; `states`: old state to new.

    Used time, counts and reminders are kept. A limit that is spent by the new version ends at
    `at`, but only if the dry run said so to somebody (`listed`). What time had to do before `at`
    by the old version must have been done. Raises CaseRefused.
    """
    move = foresee(setting, case, at, states)
    if move.kind != "moves":
        refuse("ZR746", reason_zh=move.reason, reason_en=move.reason)
    if move.expires and not listed:
        zh, en = "它的期限按新版本已经用完", "by the new version its time is over already"
        refuse("ZR746", reason_zh=zh, reason_en=en)
    carried = _carried(setting, case, at, states)
    assert isinstance(carried, Case)
    visit, parties = carried.visit, _parties(setting, carried, setting.states[move.state], at)
    if move.expires:
        visit = replace(visit, due=at, floor=at)
    if parties:
        asked = tuple(party.unit for party in parties if not party.withdrawn)
        visit = replace(visit, owners=asked, person="", reassigned=False, added=())
    parts = [(name, getattr(carried, name)) for name in _NAMED]
    data: dict[str, Any] = {
        "from": case.visit.state,
        "to": move.state,
        "before": case.digest,
        "digest": setting.policy.digest,
        "set_code": setting.policy.code,
        **{_NAMED[name]: new for name, new in parts if new != getattr(case, name)},
        "visit": visit,
        "parties": parties,
        "all_counts": carried.counts,
        "all_spent": carried.spent,
    }
    stepper = Stepper(setting, case)
    stepper.record("migrated", at, data, actor)
    return stepper.step(settle(stepper, at))


# What of a case names units and states, and what the event calls it that replaces it.
_NAMED = {
    "fields": "fields",
    "opener": "opener",
    "taken": "all_taken",
    "supervised": "all_supervised",
}


def _carried(setting: Setting, case: Case, at: int, states: Mapping[str, str]) -> Case | str:
    """Return a case as it goes on under the version of `setting`; a text: why it cannot."""
    if at < case.at:
        return f"{shown(case.at)}已经办过一步，不能转在它以前"
    name = states.get(case.visit.state, case.visit.state)
    if name not in setting.states:
        return f"新版本没有环节“{name}”"
    desk = setting.states[name]
    fields = _read_anew(setting, case, at)
    if isinstance(fields, str):
        return fields
    case = _renamed(setting, replace(case, fields=fields), at, states)
    visit = _visit(setting, case, desk, at)
    if isinstance(visit, str):
        return visit
    return _cut_short(setting, case, desk, visit, at) or replace(case, visit=visit)


def _cut_short(setting: Setting, case: Case, desk: StateDesk, visit: Visit, at: int) -> str:
    """Return what somebody did, was given or was asked for that the new version would undo."""
    gone = _gone(setting, case, desk, visit)
    if gone:
        return f"新版本没有单位“{'、'.join(gone)}”，先改派给还在的单位"
    answers = {party.result for party in case.asked if party.result} - {*desk.answers}
    if answers and isinstance(desk.owner, Joint):
        return f"已有的答复“{'、'.join(sorted(answers))}”新版本没有"
    before = case.visit.due
    if visit.extended and visit.due is not None and before is not None and visit.due < before:
        return f"已经延期到{shown(before)}，新版本没有这么长"
    scene = Scene(setting, case.fields, case.opener, at)
    for key, used in case.spent.items():
        state, _, measure = key.partition(".")
        other = setting.states.get(state)
        if not used or not measure or other is None or not other.state.cumulative:
            continue
        if other.clock.allowed(scene).measure not in ("", measure):
            return f"“{state}”累计的时间按另一单位计算"
    return ""


def _read_anew(setting: Setting, case: Case, at: int) -> dict[str, Any] | str:
    """Return the facts of a case by the fields of `setting`; a text: which it cannot take.

    A fact of another kind than its field would be compared with what it cannot be compared with.
    """
    chart, day = setting.chart, setting.finder.day(at)
    found = dict(case.fields)
    for name, value in case.fields.items():
        field = setting.fields.get(name)
        if field is None:
            continue
        try:
            read = read_value(chart, day, field, value, strangers=True)
        except Unreadable as problem:
            return problem.finding.zh
        if read is not UNKNOWN:
            found[name] = None if read is NOTHING else read
        elif field.type.name is not TypeName.UNIT:  # a unit that is gone keeps its name
            return f"“{name}”填写的是“{value}”，新版本看作没有填写"
    return found


def _renamed(setting: Setting, case: Case, at: int, states: Mapping[str, str]) -> Case:
    """Return a case that calls units and states as `setting` does.

    A unit that has a new name, and its old one beside it, is the same, and so is a state: it keeps
    its work, and who worked on it before is kept from what must lie in other hands.
    """
    chart, day = setting.chart, setting.finder.day(at)

    def own(name: str) -> str:
        return chart.resolve(name, day) or name

    return replace(
        case,
        opener=replace(case.opener, unit=own(case.opener.unit)),
        parties=tuple(replace(each, unit=own(each.unit)) for each in case.parties),
        taken=tuple(
            replace(
                each,
                state=states.get(each.state, each.state),
                line=_of_state(each.line, states),
                unit=own(each.unit),
            )
            for each in case.taken
        ),
        supervised=tuple(dict.fromkeys(map(own, case.supervised))),
        visit=replace(
            case.visit,
            owners=tuple(map(own, case.visit.owners)),
            added=tuple(map(own, case.visit.added)),
        ),
        counts=_added_up(case.counts, states),
        spent=_added_up(case.spent, states),
    )


def _units(setting: Setting, case: Case) -> Iterator[tuple[str, Any]]:
    """Yield the facts of a case that are units."""
    for name, found in case.fields.items():
        if found and name in setting.fields and setting.fields[name].type.name in _OF_UNITS:
            yield name, found


def _gone(setting: Setting, case: Case, desk: StateDesk, visit: Visit) -> list[str]:
    """Return units whose turn it is and that are none any more: nobody could act, nor hand on."""
    chart, owners = setting.chart, visit.owners
    known = {*owners} if visit.reassigned else {*visit.added}
    for _, found in _units(setting, case):
        known |= {found} if isinstance(found, str) else {*found}
    if isinstance(desk.owner, Joint) and case.parties:
        owners = tuple(party.unit for party in case.asked if not party.result)
        known |= set(owners)
    return [
        name
        for name in owners
        if name in known
        and not (name in chart.units or name in chart.roles or name.startswith(OUTSIDE))
    ]


def _visit(setting: Setting, case: Case, desk: StateDesk, at: int) -> Visit | str:
    """Return the visit under the new version, begun when it began; a text: why it cannot be."""
    scene = Scene(setting, case.fields, case.opener, at)
    # A limit that hangs on the day hangs on the day on which its time began.
    begun = Scene(setting, case.fields, case.opener, case.visit.entered)
    hands, allowed = hands_of(desk, scene), desk.clock.allowed(begun)
    missing = (*hands.missing, *allowed.missing)
    if missing:
        return f"没有填写{'、'.join(missing)}"
    owners = case.visit.owners if case.visit.reassigned else hands.units
    visit = replace(
        case.visit,
        state=desk.name,
        amount=allowed.amount,
        measure=allowed.measure,
        due=None,
        provisional=False,
        owners=tuple(dict.fromkeys((*owners, *case.visit.added))),
        # Who asked for more time asks in vain where none is given any more.
        extending=case.visit.extending if allowed.measure and desk.state.extension else None,
    )
    if visit.measure and case.visit.spent and visit.measure != case.visit.measure:
        return "累计的时间按另一单位计算"
    return desk.clock.begin(visit) if visit.measure else visit


def _parties(setting: Setting, case: Case, desk: StateDesk, at: int) -> tuple[Party, ...]:
    """Return the parties: those asked already stay, else those of the new version are asked."""
    if not isinstance(desk.owner, Joint):
        return ()
    if case.parties:
        return case.parties
    scene = Scene(setting, case.fields, case.opener, at)
    lead = scene.bearer(desk.owner.lead).units if desk.owner.lead else ()
    return tuple(Party(unit=unit, lead=unit in lead) for unit in hands_of(desk, scene).units)


def _added_up(counts: Mapping[str, int], states: Mapping[str, str]) -> dict[str, int]:
    """Return what is counted by state, that of a state that has a new name under that name."""
    found: dict[str, int] = {}
    for key, times in counts.items():
        name = _of_state(key, states)
        found[name] = found.get(name, 0) + times
    return found


def _of_state(key: str, states: Mapping[str, str]) -> str:
    """Return the key of something of a state, under the name that the state has now."""
    state, dot, rest = key.partition(".")
    return f"{states.get(state, state)}{dot}{rest}"
