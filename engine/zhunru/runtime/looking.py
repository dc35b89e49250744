"""Looking at cases: one, its history, what waits for whom, how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from zhunru.checker.resolved import UnitTarget
from zhunru.compiler.request import FactValue
from zhunru.explain.phrases import plain
from zhunru.runtime.as_told import fits
from zhunru.runtime.bundles import Policies
from zhunru.runtime.case import Actor, Case
from zhunru.runtime.encoding import decode_actor, decode_case
from zhunru.runtime.owners import earlier_names
from zhunru.runtime.priority import rank
from zhunru.runtime.records import is_record
from zhunru.runtime.refusals import refuse
from zhunru.runtime.replies import Reply
from zhunru.runtime.secrecy import visible
from zhunru.runtime.submitting import rows_on
from zhunru.store.base import CaseRow, Change, EventRow, Store, View
from zhunru.worktime.instants import day_of, instant

MOST_WAITING = 10_000
"""So many open cases of one unit are looked through for its inbox."""
_AT_ONCE = 1_000
_NEVER = 1 << 62


class Looking:
    """Answers about what is in a store."""

    def __init__(self, store: Store, policies: Policies) -> None:
        self._store = store
        self._policies = policies

    # --- one case ------------------------------------------------------------------------------

    def show(self, case_id: str, viewer: Actor | None) -> dict[str, Any]:
        """Return a case, ready for JSON."""

        def look(view: View) -> dict[str, Any]:
            row = view.case(case_id)
            if row is None:
                refuse("ZR752", case=case_id)
            case = decode_case(row.body)
            timers = [[timer.name, shown_at(timer.due)] for timer in view.timers(case_id)]
            facts = self._facts(case, viewer, view)
            return {**summary(row), **_details(case), "facts": facts, "timers": timers}

        return self._store.read(look)

    def _facts(self, case: Case, viewer: Actor | None, view: View) -> dict[str, Any]:
        facts: Mapping[str, FactValue] = case.fields
        if viewer is not None and not is_record(case):
            rows = partial(rows_on, view)
            setting = self._policies.setting(case.digest, case.flow, rows, day_of(case.at))
            facts = visible(setting, case, viewer)
        return {name: plain(value) for name, value in facts.items()}

    def history(self, case_id: str) -> list[dict[str, Any]]:
        """Return the events of a case, ready for JSON."""
        rows = self._store.events(case_id)
        if not rows:
            refuse("ZR752", case=case_id)
        return [event_shown(row) for row in rows]

    # --- many ----------------------------------------------------------------------------------

    def inbox(self, name: str, limit: int) -> list[dict[str, Any]]:
        """Return the open cases of a unit, or of the units that hold a role."""
        return [summary(row) for row in self.waiting(name)[:limit]]

    def waiting(self, name: str) -> list[CaseRow]:
        """Return the rows of what waits for a unit or a role, most urgent first.

        Those that 优先 puts first stand first, the rest by due date. Past MOST_WAITING cases of
        one unit the newest are left out: none of them is to be found by reading a list.
        """
        rows: dict[str, CaseRow] = {}
        for unit in self._holders(name):
            rows.update((row.case_id, row) for row in self._owned(unit))
        places = self._store.read(partial(self._places, rows.values()))
        return sorted(
            rows.values(), key=lambda row: (places[row.case_id], row.due or _NEVER, row.opened)
        )

    def _owned(self, unit: str) -> Iterator[CaseRow]:
        """Yield the open cases of a unit in the order of their ids, a page at a time."""
        after, left = "", MOST_WAITING
        while left:
            limit = min(left, _AT_ONCE)
            found = self._store.find_cases(owner=unit, closed=False, after=after, limit=limit)
            yield from found
            if len(found) < limit:
                return
            after, left = found[-1].case_id, left - limit

    def _places(self, rows: Iterable[CaseRow], view: View) -> dict[str, int]:
        """Return which 优先 each case has; what has none stands behind all of them."""
        return {row.case_id: self._place(row, view) for row in rows}

    def _place(self, row: CaseRow, view: View) -> int:
        case = decode_case(row.body)
        if is_record(case):
            return _NEVER
        lookup = partial(rows_on, view)
        setting = self._policies.setting(case.digest, case.flow, lookup, day_of(case.at))
        place = rank(setting, case) if setting.flow.priorities else 0
        return place if place < len(setting.flow.priorities) else _NEVER

    def _holders(self, name: str) -> Sequence[str]:
        """Return the name itself, and the units that are meant by it as a role or a level."""
        found = [name]
        for code in self._policies.codes:
            policy = self._policies.current(code)
            chart = policy.model.chart
            # A role that every unit of a level has is found by that level.
            level = UnitTarget("level", policy.core.posts.get(name, name))
            found += [
                unit
                for unit in chart.units
                if chart.holds_role(unit, name) or chart.is_target(unit, level)
            ]
            found += earlier_names(chart, name)
        return list(dict.fromkeys(found))

    def stats(self) -> dict[str, Any]:
        """Return the number of cases by workflow and state, and when time acts next."""
        flows: dict[str, dict[str, Any]] = {}
        for (flow, state, closed), number in sorted(self._store.count_cases().items()):
            part = flows.setdefault(flow, {"open": {}, "closed": {}})
            part["closed" if closed else "open"][state] = number
        due = self._store.next_due()
        return {"flows": flows, "next_due": None if due is None else shown_at(due)}

    # --- what is there, against what happened --------------------------------------------------

    def check_projections(self) -> Iterator[str]:
        """Yield the cases of which something is kept that differs from what their events tell, or
        whose version of the set is not kept any more."""
        versions = {""}  # a record of the service itself is of none

        def whole(kept: Change) -> bool:
            if kept.cases[0].digest not in versions:
                versions.update(row.digest for row in self._store.bundles())
            return kept.cases[0].digest in versions and fits(kept)

        return (case_id for case_id, same in self._store.rebuild(whole) if not same)


def answered(reply: Reply) -> dict[str, Any]:
    """Return the answer to a command, ready for JSON; instants by `shown_at`."""
    return {
        "case": reply.case_id,
        "version": reply.version,
        "state": reply.state,
        "closed": reply.closed,
        "due": None if reply.due is None else shown_at(reply.due),
        "outcome": reply.outcome,
        "code": reply.code,
        "sentence": {"zh": reply.sentence_zh, "en": reply.sentence_en},
        "opened": list(reply.opened),
        "papers": list(reply.papers),
        "lacking": list(reply.lacking),
        "repeated": reply.repeated,
    }


def summary(row: CaseRow) -> dict[str, Any]:
    """Return what a list shows of a case, ready for JSON."""
    return {
        "case": row.case_id,
        "version": row.version,
        "flow": row.flow,
        "state": row.state,
        "closed": row.closed,
        "opened": shown_at(row.opened),
        "due": None if row.due is None else shown_at(row.due),
        "owners": list(row.owners),
    }


def _details(case: Case) -> dict[str, Any]:
    return {
        "set": case.set_code,
        "digest": case.digest,
        "opener": case.opener.unit,
        "since": shown_at(case.visit.entered),
        "provisional": case.visit.provisional,
        "parties": [
            {"unit": party.unit, "lead": party.lead, "result": party.result} for party in case.asked
        ],
        "marks": list(case.marks),
        "supervised": list(case.supervised),
        "children": list(case.children),
        "parent": case.parent,
    }


def event_shown(row: EventRow) -> dict[str, Any]:
    """Return an event, ready for JSON."""
    actor = decode_actor(row.actor)
    who = "" if actor is None else f"{actor.unit} {actor.person}".strip()
    return {
        "number": row.number,
        "at": shown_at(row.at),
        "recorded": shown_at(row.recorded),
        "kind": row.kind,
        "actor": who,
        "effects": [],
        **orjson.loads(row.body),
    }


def shown_at(at: int) -> str:
    """Return an instant as text, to the second."""
    return instant(at).strftime("%Y-%m-%d %H:%M:%S")
