"""An office: a store of cases with the policy sets in it, asked in the words that people type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from zhunru.casework import audit
from zhunru.casework.built_in_steps import built_in_steps
from zhunru.casework.known_names import check_body, check_flow, check_state
from zhunru.casework.next_steps import next_steps
from zhunru.casework.owner_words import owner_words, unheld_roles, unheld_words
from zhunru.casework.registers import Table, tables_of
from zhunru.casework.telling import told
from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.request import FactValue
from zhunru.diagnostics import NOWHERE
from zhunru.errors import CaseRefused, RequestRejected
from zhunru.opening import open_policy
from zhunru.request_files import read_requests
from zhunru.runtime.case import Actor, Case, actor_named
from zhunru.runtime.encoding import decode_case
from zhunru.runtime.looking import answered, event_shown, shown_at, summary
from zhunru.runtime.moving import Moved
from zhunru.runtime.notes import current_versions
from zhunru.runtime.records import is_record
from zhunru.runtime.refusals import refuse
from zhunru.runtime.replies import Reply
from zhunru.runtime.service import CaseService, micros
from zhunru.store.base import CaseRow, Store
from zhunru.worktime.instants import day_of

_BATCH = 1000


class Office:
    """What a clerk's desk needs of a store; every answer is ready for JSON.

    Instants are `datetime` with an offset. `who` is a text: `单位` or `单位 人`. CaseRefused and
    RequestRejected: nothing was done.
    """

    def __init__(self, store: Store, address: str) -> None:
        self.store = store
        self.address = address

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    @cached_property
    def service(self) -> CaseService:
        """Return the service; versions of sets are opened from the store as cases need them."""
        return CaseService(self.store, ())

    def _looking(self, policies: Iterable[CompiledPolicy]) -> CaseService:
        """Return a service that takes these sets for the current ones, and registers none."""
        service = CaseService(self.store, ())
        for policy in policies:
            service.policies.look_at(policy)
        return service

    def _sets(self) -> tuple[list[CompiledPolicy], bool]:
        """Return the current version of every set in the store, and whether those are all."""
        current = current_versions(self.store)
        found = []
        for digest in current.values():
            # One set that cannot be read any more must not close the inboxes of all others.
            with suppress(CaseRefused):
                found.append(self.service.policies.of(digest))
        return found, len(found) == len(current)

    def registers(self, policy: CompiledPolicy) -> dict[str, Table]:
        """Return the rows of the registers of a set: what workflows wrote, and their cases."""
        return tables_of(self.store, policy)

    # --- commands ------------------------------------------------------------------------------

    def submit(
        self,
        policy_set: str | Path,
        facts: Mapping[str, str],
        *,
        who: str,
        key: str,
        at: datetime,
        decision: str = "",
        apply: bool = False,
    ) -> dict[str, Any]:
        """Have a request decided and recorded; an admission opens its workflows.

        Raises PolicyRejected for a set with errors, RequestRejected for facts that cannot be read.
        """
        policy = self._registered(policy_set, at)
        actor = actor_of(who)
        rows = read_requests([facts], policy, received=day_of(micros(at)), decision=decision)
        row = next(iter(rows))
        if row.request is None:
            raise RequestRejected(row.findings)
        reply = self.service.submit(
            row.request,
            actor=actor,
            key=key,
            at=at,
            decision=decision,
            policy=policy.code,
            apply=apply,
        )
        return self._answer(reply)

    def open(
        self,
        policy_set: str | Path,
        flow: str,
        facts: Mapping[str, FactValue],
        *,
        who: str,
        key: str,
        at: datetime,
    ) -> dict[str, Any]:
        """Open a case of a workflow straight away, without a decision."""
        policy = self._registered(policy_set, at)
        reply = self.service.open(
            flow, actor=actor_of(who), key=key, at=at, facts=facts, policy=policy.code
        )
        return self._answer(reply)

    def act(
        self,
        case_id: str,
        verb: str,
        inputs: Mapping[str, FactValue],
        *,
        who: str,
        key: str,
        at: datetime,
        expected: int | None = None,
    ) -> dict[str, Any]:
        """Do something to a case; sent again under the same key it is answered as before."""
        reply = self.service.act(
            case_id,
            verb,
            actor=actor_of(who),
            key=key,
            at=at,
            inputs=inputs,
            expected=expected,
        )
        return self._answer(reply)

    def tick(self, at: datetime) -> dict[str, Any]:
        """Do everything that time has to do up to an instant."""
        moved, failed = len(self.service.catch_up(at)), list[tuple[str, str]]()
        while True:
            ticked = self.service.tick(at, _BATCH)
            moved += ticked.moved
            failed += ticked.failed
            # What failed stays due; asking for it again and again would never end.
            if not ticked.more or ticked.failed:
                break
        due = self.store.next_due()
        return {
            "moved": moved,
            "failed": [{"case": case_id, "reason": reason} for case_id, reason in failed],
            "next_due": None if due is None else shown_at(due),
        }

    def migrate(
        self,
        policy_set: str | Path,
        *,
        who: str,
        key: str,
        at: datetime,
        states: Mapping[str, Mapping[str, str]],
        dry_run: bool,
    ) -> list[dict[str, Any]]:
        """Move the running cases of a set to its version at hand, or say what that would do."""
        policy = open_policy(policy_set)
        if dry_run:
            # A version that was only looked at is not one that new cases run under.
            service = self._looking([policy])
        else:
            self._registered(policy_set, at)
            service = self.service
        moved = service.migrate(
            policy.code, actor=actor_of(who), key=key, at=at, states=states, dry_run=dry_run
        )
        return [_moved(each) for each in moved]

    def _registered(self, policy_set: str | Path, at: datetime) -> CompiledPolicy:
        policy = open_policy(policy_set)
        self.service.register(policy, at)
        return policy

    def _answer(self, reply: Reply) -> dict[str, Any]:
        return {
            **answered(reply),
            "opened": [self._row(case_id) for case_id in reply.opened],
            **self._row(reply.case_id, only=("owners", "provisional", "flow")),
        }

    # --- looking -------------------------------------------------------------------------------

    def show(self, case_id: str, at: datetime, who: str = "") -> dict[str, Any]:
        """Return a case with what can be done next; for somebody only what may be seen."""
        viewer = actor_of(who) if who else None
        found = self.service.show(case_id, viewer)
        case = self._case(case_id)
        now = micros(at)
        found |= _clock(case, now)
        found["next"] = []
        if not is_record(case):
            setting = self.service.policies.setting(
                case.digest, case.flow, lambda register, day: [], day_of(now)
            )
            found["next"] = next_steps(setting, case, now)
            found["owner_text"], found["owner_text_en"] = owner_words(setting, case, now)
            found["unheld"] = unheld_roles(setting.policy, found["owners"])
            if found["unheld"]:
                zh, en = unheld_words(found["unheld"])
                found["unheld_text"] = {"zh": zh, "en": en}
        return found

    def built_in(self, case_id: str, at: datetime) -> list[dict[str, Any]]:
        """Return what may be done to a case in every workflow, as far as its state lets it."""
        case = self._case(case_id)
        if is_record(case):
            return []
        setting = self.service.policies.setting(
            case.digest, case.flow, lambda register, day: [], day_of(micros(at))
        )
        return built_in_steps(setting, case)

    def find(
        self,
        at: datetime,
        *,
        flow: str = "",
        state: str = "",
        owner: str = "",
        closed: bool | None = None,
        after: str = "",
        limit: int = 100,
    ) -> list[dict[str, Any]]:
        """Return a page of cases; RequestRejected for a name of nothing there ever was."""
        rows = self.store.find_cases(
            flow=flow, state=state, owner=owner, closed=closed, after=after, limit=limit
        )
        if not rows:
            self._check_names(flow, owner, state)
        return self._told(rows, at)

    def inbox(self, name: str, at: datetime, limit: int = 100) -> list[dict[str, Any]]:
        """Return what waits for a unit, or for those who hold a role: most urgent first.

        RequestRejected for a name that is nobody's.
        """
        rows = self.waiting(name)
        if not rows:
            self._check_names(owner=name)
        return self._told(rows[:limit], at)

    def _told(self, rows: Sequence[CaseRow], at: datetime) -> list[dict[str, Any]]:
        return [{**listed(row, micros(at)), "unheld": self.unheld(row)} for row in rows]

    def unheld(self, row: CaseRow) -> list[str]:
        """Return the roles whose turn it is in a case and that no unit has."""
        case = decode_case(row.body)
        if case.closed or is_record(case):
            return []
        # What a set that cannot be read any more calls its units, nobody knows.
        with suppress(CaseRefused):
            return unheld_roles(self.service.policies.of(case.digest), row.owners)
        return []

    def _check_names(self, flow: str = "", owner: str = "", state: str = "") -> None:
        """Refuse names that nothing was found by because nothing is called so."""
        policies, whole = self._sets()
        # What a set that cannot be read calls its units, nobody knows.
        if not policies or not whole:
            return
        if flow:
            check_flow(flow, self.store, policies)
        if owner:
            check_body(owner, self.store, policies)
        if state:
            check_state(state, flow, self.store, policies)

    def waiting(self, name: str) -> list[CaseRow]:
        """Return the rows of what waits for a unit or a role: most urgent first."""
        return self._looking(self._sets()[0]).waiting(name)

    def history(self, case_id: str) -> list[dict[str, Any]]:
        """Return the events of a case, each with what it says in words."""
        rows = self.store.events(case_id)
        if not rows:
            refuse("ZR752", case=case_id)
        return [told(row, event_shown(row)) for row in rows]

    def stats(self, at: datetime) -> dict[str, Any]:
        """Return how many cases there are, and how many have something due."""
        return {**self.service.stats(), "waiting_for_tick": self.overdue_timers(at)}

    def overdue_timers(self, at: datetime) -> int:
        """Return for how many cases time has something to do already; of very many, some."""
        timers = self.store.due_timers(micros(at), _BATCH)
        return len({timer.case_id for timer in timers})

    # --- the audit chain -----------------------------------------------------------------------

    def verify(self, noted: Path | None = None, *, cases: bool = False) -> audit.Audit:
        """Go through the audit chain; `noted` is a file of heads from an earlier time. With `cases`
        each case is held against its events, too, where the chain holds.
        """
        found = audit.verify(self.store, noted)
        if not cases or not found.holds:
            return found
        return replace(found, cases=audit.not_as_told(self.service.check_projections()))

    def back_up(self, target: Path) -> None:
        """Write a copy of the store into a new file while it is in use; raises StoreError."""
        self.store.back_up(target)

    def export(self) -> Iterator[str]:
        """Yield the links of the audit chain as lines of JSON."""
        return audit.export(self.store)

    # --- rows ----------------------------------------------------------------------------------

    def _stored(self, case_id: str) -> CaseRow:
        row = self.store.read(lambda view: view.case(case_id))
        if row is None:
            refuse("ZR752", case=case_id)
        return row

    def _case(self, case_id: str) -> Case:
        return decode_case(self._stored(case_id).body)

    def _row(self, case_id: str, only: tuple[str, ...] = ()) -> dict[str, Any]:
        row = self._stored(case_id)
        found = listed(row, row.opened)
        return {name: found[name] for name in only or found}


def actor_of(who: str) -> Actor:
    """Return who `单位 人` is; refuse an empty text."""
    found = actor_named(who)
    if found is None:
        raise RequestRejected([diagnose("ZR881", NOWHERE)])
    return found


def listed(row: CaseRow, now: int) -> dict[str, Any]:
    """Return what a list shows of a case at an instant, ready for JSON."""
    return {**summary(row), **_clock(decode_case(row.body), now)}


def _clock(case: Case, now: int) -> dict[str, Any]:
    """Return how a case stands with its time at an instant."""
    visit = case.visit
    stopped = next((pause.reason for pause in visit.pauses if pause.until is None), None)
    due = None if case.closed else visit.due
    return {
        "provisional": visit.provisional and not case.closed,
        "stopped": None if case.closed else stopped,
        "overdue": due is not None and stopped is None and not visit.provisional and due < now,
        "limit": f"{visit.amount} {visit.measure}".strip(),
        "marks": list(case.marks),
    }


def _moved(moved: Moved) -> dict[str, Any]:
    return {
        "case": moved.case_id,
        "flow": moved.flow,
        "state": moved.state,
        "kind": moved.kind,
        "becomes": moved.becomes,
        "due": None if moved.due is None else shown_at(moved.due),
        "expires": moved.expires,
        "reason": moved.reason,
        "done": moved.done,
    }
