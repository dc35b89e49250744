"""Moving running cases to another version of their policy set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from zhunru.checker.resolved import OUTSIDE
from zhunru.checker.resolved_flows import Joint
from zhunru.runtime.case import NONE, Actor, Case, Party, Step, Visit
from zhunru.runtime.refusals import refuse
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
    if name not in setting.states:
        return Move(kind="person", state=name, reason=f"新版本没有环节“{name}”")
    desk = setting.states[name]
    case = replace(case, **_renamed_units(setting, case, at))
    found = _visit(setting, case, desk, at)
    if isinstance(found, str):
        return Move(kind="person", state=name, reason=found)
    gone = _gone(setting, case, desk, found)
    if gone:
        return Move(
            kind="person",
            state=name,
            reason=f"新版本没有单位“{'、'.join(gone)}”，先改派给还在的单位",
        )
    expires = found.due is not None and found.due < at and not found.provisional
    return Move(kind="moves", state=name, due=found.due, expires=expires)


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
    desk = setting.states[move.state]
    called = _renamed_units(setting, case, at)
    case = replace(case, **called)
    visit = _visit(setting, case, desk, at)
    assert isinstance(visit, Visit)
    if move.expires:
        visit = replace(visit, due=at, floor=at)
    parties = _parties(setting, case, desk, at)
    if parties:
        asked = tuple(party.unit for party in parties if not party.withdrawn)
        visit = replace(visit, owners=asked, person="", reassigned=False)
    data: dict[str, Any] = {
        "from": case.visit.state,
        "to": move.state,
        "before": case.digest,
        "digest": setting.policy.digest,
        "set_code": setting.policy.code,
        **{_WHOLE.get(name, name): value for name, value in called.items()},
        "visit": visit,
        "parties": parties,
        "all_counts": _renamed(case.counts, states),
        "all_spent": {states.get(name, name): used for name, used in case.spent.items()},
    }
    stepper = Stepper(setting, case)
    stepper.record("migrated", at, data, actor)
    return stepper.step(settle(stepper, at))


# What an event replaces as a whole, and what it is called there.
_WHOLE = {"taken": "all_taken", "supervised": "all_supervised"}


def _renamed_units(setting: Setting, case: Case, at: int) -> dict[str, Any]:
    """Return the parts of a case that name units, by their own names on the chart of `setting`.

    A unit that has a new name, and its old one beside it, is the same: it keeps its work, and what
    it did before keeps it from what must lie in other hands.
    """
    chart, day = setting.chart, setting.finder.day(at)

    def own(name: str) -> str:
        return chart.resolve(name, day) or name

    fields = {
        name: own(found) if isinstance(found, str) else frozenset(map(own, found))
        for name, found in _units(setting, case)
    }
    found = {
        "fields": {**case.fields, **fields},
        "opener": replace(case.opener, unit=own(case.opener.unit)),
        "parties": tuple(replace(each, unit=own(each.unit)) for each in case.parties),
        "taken": tuple(replace(each, unit=own(each.unit)) for each in case.taken),
        "supervised": tuple(dict.fromkeys(map(own, case.supervised))),
        "visit": replace(case.visit, owners=tuple(map(own, case.visit.owners))),
    }
    return {name: new for name, new in found.items() if new != getattr(case, name)}


def _units(setting: Setting, case: Case) -> Iterator[tuple[str, Any]]:
    """Yield the facts of a case that are units."""
    for name, found in case.fields.items():
        if found and name in setting.fields and setting.fields[name].type.name in _OF_UNITS:
            yield name, found


def _gone(setting: Setting, case: Case, desk: StateDesk, visit: Visit) -> list[str]:
    """Return units whose turn it is and that are none any more: nobody could act, nor hand on."""
    chart, owners = setting.chart, visit.owners
    known = set(owners) if visit.reassigned else set()
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
    hands, allowed = hands_of(desk, scene), desk.clock.allowed(scene)
    missing = (*hands.missing, *allowed.missing)
    if missing:
        return f"没有填写{'、'.join(missing)}"
    visit = replace(
        case.visit,
        state=desk.name,
        amount=allowed.amount,
        measure=allowed.measure,
        due=None,
        provisional=False,
        owners=case.visit.owners if case.visit.reassigned else hands.units,
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


def _renamed(counts: Mapping[str, int], states: Mapping[str, str]) -> dict[str, int]:
    """Return the counts of lines, those of a state that has a new name under that name."""
    found: dict[str, int] = {}
    for line, times in counts.items():
        state, dot, rest = line.partition(".")
        name = f"{states.get(state, state)}{dot}{rest}"
        found[name] = found.get(name, 0) + times
    return found
