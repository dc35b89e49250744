"""定期: duties that come back; for each unit and period a record, open until done or missed.

The timer at the end of a period closes its record, and opens that of the next period by the set
in force then. A record that is done early keeps its timer for that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from hashlib import blake2b
from typing import Any

from zhunru.checker.resolved_flows import ResolvedDuty
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.chart import OrgChart
from zhunru.compiler.request import FactValue
from zhunru.compiler.rounds import round_of
from zhunru.errors import CaseRefused
from zhunru.runtime.actions import built_in
from zhunru.runtime.bundles import Policies
from zhunru.runtime.case import Actor, Case, Done, Event, Timer, Visit
from zhunru.runtime.encoding import encode_event
from zhunru.runtime.ids import partition_of
from zhunru.runtime.owed import Known, attending_of, bearers_of, owed_for
from zhunru.runtime.owners import Finder, earlier_names, forerunners
from zhunru.runtime.records import DUTY
from zhunru.runtime.refusals import listed, refuse, shown
from zhunru.runtime.writing import Writing
from zhunru.store.base import NO_CHANGE, Change, Store, View, Work
from zhunru.worktime.instants import day_of, midnight

DONE, MISSED, RUNNING = "已完成", "未完成", "进行中"
_ATTENDING = "参加"
_OWN = ("对象", "应办", "已办", _ATTENDING)
_DO = "完成一次"
_TIMER = "期满"
_BATCH = 64
# A duty, for whom it comes back, and what a register says of them.
Wanted = tuple[ResolvedDuty, str, Known]


class Recurring:
    """The recurring duties of the sets of a service."""

    def __init__(self, store: Store, policies: Policies, recorded: Callable[[int], int]) -> None:
        self._store = store
        self._policies = policies
        self._recorded = recorded
        self._finders: dict[str, Finder] = {}
        self._looked: tuple[date, set[str]] | None = None

    def begin(self, now: int) -> int:
        """Open the records of the periods that run now, where there are none; return how many."""
        opened, looked = 0, (day_of(now), self._versions())
        for code in self._policies.codes:
            policy = self._policies.current(code)
            day = day_of(now)
            wanted = self._store.read(partial(self._wanted, policy, day))
            for at in range(0, len(wanted), _BATCH):
                opened += self._open(policy, wanted[at : at + _BATCH], now)
        self._looked = looked
        return opened

    def follow(self, now: int) -> None:
        """Begin what has come to be owed since `begin`, by another version of a set or on a later
        day: what has its first day then, a community that is new, a row of a register."""
        if self._looked is not None:
            day, versions = self._looked
            if day_of(now) > day or versions != self._versions():
                self.begin(now)

    def _versions(self) -> set[str]:
        return {self._policies.current(code).digest for code in self._policies.codes}

    def _wanted(self, policy: CompiledPolicy, day: date, view: View) -> list[Wanted]:
        finder = self._finder(policy)
        return [
            (duty, name, known)
            for duty in policy.core.duties.values()
            for name, known in owed_for(policy, duty, day, finder, view).items()
        ]

    def _open(self, policy: CompiledPolicy, wanted: list[Wanted], now: int) -> int:
        def run(view: View) -> tuple[Change, int]:
            writing = Writing(view, self._policies, self._recorded(now))
            new = 0
            for each in wanted:
                new += self._record(writing, policy, each, day_of(now))
            return writing.change() if new else NO_CHANGE, new

        ids = tuple(record_id(policy.code, duty, unit, day_of(now)) for duty, unit, _ in wanted)
        found: Any = self._store.write(Work(partition_of(ids[0]), run, ids))
        return int(found)

    def _record(self, writing: Writing, policy: CompiledPolicy, wanted: Wanted, day: date) -> bool:
        """Open the record of the period that holds a day; False: it is there."""
        duty, unit, known = wanted
        first, last = period_of(duty, day)
        due = midnight(last + timedelta(1)) - 1
        case_id = record_id(policy.code, duty, unit, day)
        kept = _kept(writing, case_id)
        if kept is not None and kept.visit.due != due:
            # By an earlier version the period that began on that day was shorter, or longer.
            case_id = record_id(policy.code, duty, unit, day, until=last)
            kept = _kept(writing, case_id)
        if kept is not None or self._is_there(writing, policy, wanted, day, due):
            return False
        # Who owes it is found on the day itself: a unit that came within the period was not there
        # on its first day, and what it owes would be nobody's.
        opened, begun = midnight(first), midnight(day)
        owners = bearers_of(policy, duty, unit, known, self._finder(policy), begun)
        joining = attending_of(policy, duty, unit, known, self._finder(policy), begun)
        fields: dict[str, FactValue] = {"对象": unit, "应办": duty.least, "已办": 0}
        if joining:
            fields[_ATTENDING] = "、".join(joining)
        case = Case(
            case_id=case_id,
            partition=partition_of(case_id),
            set_code=policy.code,
            digest=policy.digest,
            flow=duty.name,
            opened=opened,
            opener=Actor(unit=owners[0] if known and owners else unit),
            version=1,
            at=opened,
            visit=Visit(number=0, state=RUNNING, entered=opened, due=due, owners=owners),
            fields=fields,
        )
        self._write(writing, case, None, ())
        return True

    def _is_there(
        self, writing: Writing, policy: CompiledPolicy, wanted: Wanted, day: date, due: int
    ) -> bool:
        """Tell whether the record of a period is there under the name that a unit had before, or of
        a unit whose office it has or that has its own: what was done so is not owed again."""
        duty, unit, _ = wanted
        chart = policy.model.chart
        # A service that was still for long opens first what is owed now, then what was before.
        ends = unit in chart.units and chart.units[unit].period.end is not None
        heirs = [each for each in chart.units if ends and unit in forerunners(chart, each)]
        names = (*earlier_names(chart, unit, day), *heirs)
        found = ((each, _kept(writing, record_id(policy.code, duty, each, day))) for each in names)
        there = {name for name, kept in found if kept is not None and kept.visit.due == due}
        if not there:
            return False
        # A row of a register may have the name of a unit that is gone: it is one of its own.
        owed = owed_for(policy, duty, day, self._finder(policy), writing.view)
        return not there <= owed.keys()

    # --- done ----------------------------------------------------------------------------------

    def fulfil(
        self,
        writing: Writing,
        case: Case,
        actor: Actor,
        at: int,
        verb: str,
        facts: Mapping[str, FactValue],
    ) -> Case:
        """Count one more time that a duty was done in its period, in whatever word that is said."""
        due = case.visit.due
        if case.end == MISSED or (due is not None and at > due):
            refuse("ZR720", end=MISSED, verb=case.flow)
        # What was done before its period began does not count in it.
        if at < case.opened:
            refuse("ZR731", at=shown(at), last=shown(case.opened))
        # Who withdraws or hands on what cannot be has not done it.
        if built_in(verb) is not None:
            refuse("ZR721", state=case.flow, verb=verb, **listed("actions", (_DO,)))
        for name in facts:
            if name in _OWN:
                hint = {"hint_zh": "这一栏由系统登记", "hint_en": "the service itself keeps it"}
                refuse("ZR727", verb=verb, name=name, **hint)
        # A period may be a year: an office is renamed or taken over in it, by a version too.
        chart, day = self._policies.current(case.set_code).model.chart, day_of(at)
        mine, *owners = (chart.resolve(n, day) or n for n in (actor.unit, *case.visit.owners))
        if {mine, *actor.roles, *earlier_names(chart, mine, day)}.isdisjoint(
            (*owners, *case.visit.owners)
        ):
            names = listed("owners", case.visit.owners)
            refuse("ZR723", actor=actor.unit, state=case.flow, **names)
        done = int(str(case.fields["已办"])) + 1
        after = replace(
            case,
            version=case.version + 1,
            at=max(at, case.at),
            fields={**case.fields, **facts, "已办": done},
            end=DONE if done >= int(str(case.fields["应办"])) else "",
        )
        self._write(writing, after, actor, ())
        return after

    # --- the end of a period -------------------------------------------------------------------

    def end_period(self, writing: Writing, case: Case, now: int) -> None:
        """Close the record of a period that is over, and open the next."""
        due = case.visit.due
        if due is None or due >= now:
            writing.put(case, timers_of_duty(case))
            return
        if not case.closed:
            case = self._missed(writing, case, due)
        else:
            writing.put(case, ())
        policy = self._policies.current(case.set_code)
        duty, unit = policy.core.duties.get(case.flow), str(case.fields["对象"])
        day = day_of(due + 1)
        # A duty that the set has given up, or of a unit that is gone, does not come back.
        if duty is None:
            return
        owed = owed_for(policy, duty, day, self._finder(policy), writing.view)
        for name in _called_now(policy.model.chart, unit, owed, day):
            self._record(writing, policy, (duty, name, owed[name]), day)

    def _missed(self, writing: Writing, case: Case, due: int) -> Case:
        policy = self._policies.of(case.digest)
        duty = policy.core.duties[case.flow]
        marks = tuple(each.object for each in duty.missed if each.kind == "record")
        after = replace(case, version=case.version + 1, at=due, end=MISSED, marks=marks)
        effects = tuple(
            Done(
                kind=each.kind,
                object=each.object,
                to=tuple(b for to in each.to for b in self._told(policy, duty, to, after))
                or (case.visit.owners if each.kind == "record" else ()),
            )
            for each in duty.missed
        )
        self._write(writing, after, None, effects)
        return after

    def _write(
        self, writing: Writing, case: Case, actor: Actor | None, effects: tuple[Done, ...]
    ) -> None:
        event = Event(kind=DUTY, at=case.at, data={"case": case}, actor=actor)
        writing.event(case, event, case.version, encode_event(event, effects))
        writing.put(case, timers_of_duty(case))
        for position, done in enumerate(effects):
            writing.tell(case, event, case.version, position, done)

    def _told(
        self, policy: CompiledPolicy, duty: ResolvedDuty, to: str, case: Case
    ) -> tuple[str, ...]:
        """Return who is told that a duty was missed: who owed it, or a body near them."""
        if to == duty.by:
            return case.visit.owners
        unit, due = str(case.fields["对象"]), case.at
        places = (unit,) if unit in policy.model.chart.units else case.visit.owners
        return self._finder(policy).of_text(to, places, due).units

    def _finder(self, policy: CompiledPolicy) -> Finder:
        found = self._finders.get(policy.digest)
        if found is None:
            found = self._finders[policy.digest] = Finder(policy.model.chart, policy.core.posts)
        return found


def timers_of_duty(case: Case) -> tuple[Timer, ...]:
    """Return the timer of a record: to close it, or to open the next where it is done early."""
    due = case.visit.due
    return () if due is None or case.end == MISSED else (Timer(name=_TIMER, due=due, rank=0),)


def is_duty_id(case_id: str) -> bool:
    """Tell whether an id is that of the record of a recurring duty."""
    return case_id.partition(".")[2].startswith("r")


def record_id(
    code: str, duty: ResolvedDuty, unit: str, day: date, until: date | None = None
) -> str:
    """Return the id of the record of a duty for a unit in the period that holds a day.

    `until` tells it from another that began on the same day and ended on another.
    """
    first, _ = period_of(duty, day)
    what = f"{duty.name}\0{unit}\0{until}" if until else f"{duty.name}\0{unit}"
    digest = blake2b(what.encode(), digest_size=6).hexdigest()
    return f"{code.replace('.', '_')}.r{first:%Y%m%d}-{digest}"


def _kept(writing: Writing, case_id: str) -> Case | None:
    """Return a record that is there, be it written just now."""
    with suppress(CaseRefused):
        return writing.case(case_id)
    return None


def _called_now(chart: OrgChart, unit: str, owed: Mapping[str, Known], day: date) -> list[str]:
    """Return by what names of those who owe a duty a unit, or who has its office, goes on a day."""
    if unit in owed:
        return [unit]
    renamed = chart.resolve(unit, day)
    return [name for name in owed if name == renamed or unit in earlier_names(chart, name, day)]


def period_of(duty: ResolvedDuty, day: date) -> tuple[date, date]:
    """Return the first and the last day of the period of a duty that holds a day."""
    return round_of(duty.length, duty.measure, day, duty.origin)
