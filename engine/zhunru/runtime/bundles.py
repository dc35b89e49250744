"""Policy sets that cases run under: kept as text in the store, so that a case keeps its version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from threading import Lock

from zhunru.compiler import CompiledPolicy
from zhunru.packing import pack, unpack
from zhunru.runtime.case import Case
from zhunru.runtime.encoding import decode_case
from zhunru.runtime.notes import current_versions, note_current
from zhunru.runtime.refusals import refuse
from zhunru.runtime.setting import Setting
from zhunru.runtime.submitting import Desk, Rows
from zhunru.store.base import BundleRow, CaseRow, Store
from zhunru.worktime import Calendar
from zhunru.worktime.instants import DAY, day_of

# More would make the collector of garbage stop everybody for longer than reading them again takes.
_MOST_CASES = 1 << 12
_MOST_NAMES = 1 << 12


class Policies:
    """The policy sets of a service: by code those that new cases run under, by digest all."""

    def __init__(self, store: Store, policies: Iterable[CompiledPolicy], registered: int) -> None:
        self._store = store
        self._by_digest: dict[str, CompiledPolicy] = {}
        self._current: dict[str, CompiledPolicy] = {}
        self._settings: dict[tuple[str, str], Setting] = {}
        self._closed: dict[tuple[str, str], Setting] = {}
        self._names: dict[tuple[str, str, int], str] = {}
        self._desks: dict[str, Desk] = {}
        self._lock = Lock()
        self._cases: dict[str, tuple[str, Case]] = {}
        self._days: Calendar | None = None
        for policy in policies:
            self.add(policy, registered)

    def add(self, policy: CompiledPolicy, registered: int, number: int | None = None) -> None:
        """Let new cases run under a set; older ones keep theirs. `number`: see `note_current`."""
        if self._store.bundle(policy.digest) is None:
            self._store.put_bundle(
                BundleRow(
                    digest=policy.digest,
                    code=policy.code,
                    registered=registered,
                    body=pack(policy),
                )
            )
        note_current(self._store, policy.code, policy.digest, registered, number)
        self.look_at(policy)

    def look_at(self, policy: CompiledPolicy) -> None:
        """Take a set for the current one, and leave the store as it is."""
        self._by_digest[policy.digest] = policy
        self._current[policy.code] = policy

    def current(self, code: str = "") -> CompiledPolicy:
        """Return the set of a code; without one, the only one.

        Of a set that this service was not given it is the version that is current in the store.
        """
        given = self._current
        if not code and len(given) == 1:
            return next(iter(given.values()))
        if code in given:
            return given[code]
        noted = current_versions(self._store)
        if not code and not given and len(noted) == 1:
            return self.of(next(iter(noted.values())))
        if code not in noted:
            refuse("ZR758", policy=code or "?", names=tuple({**given, **noted}) or "-")
        return self.of(noted[code])

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the sets that new cases run under."""
        return tuple(self._current)

    def of(self, digest: str) -> CompiledPolicy:
        """Return a version of a set, opened from the store if it is not at hand."""
        found = self._by_digest.get(digest)
        if found is None:
            # Opening a set takes a second: a hundred callers must not each begin to.
            with self._lock:
                found = self._by_digest.get(digest) or self._opened(digest)
        return found

    def _opened(self, digest: str) -> CompiledPolicy:
        row = self._store.bundle(digest)
        if row is None:
            refuse("ZR757", digest=digest)
        found = self._by_digest[digest] = unpack(row.body, digest)
        return found

    def name_of(self, digest: str, unit: str, at: int) -> str:
        """Return the name by which the chart of the day knows a unit; others keep their own."""
        key = (digest, unit, at // DAY)
        found = self._names.get(key)
        if found is None:
            if len(self._names) >= _MOST_NAMES:
                self._names.clear()
            found = self.of(digest).model.chart.resolve(unit, day_of(at)) or unit
            self._names[key] = found
        return found

    # --- cases read before ---------------------------------------------------------------------

    def read(self, row: CaseRow, *, keeps: bool = True) -> Case:
        """Return the case of a row; one whose body was seen last time is not read again."""
        # The whole body is compared, not the version: another store may use the same ids.
        found = self._cases.get(row.case_id)
        if found is None or found[0] != row.body:
            found = row.body, decode_case(row.body)
            if keeps:
                self._keep(row.case_id, found)
        return found[1]

    def keep(self, row: CaseRow, case: Case) -> None:
        """Remember a case by its body. It may never be written: then nobody asks for that body."""
        self._keep(row.case_id, (row.body, case))

    def _keep(self, case_id: str, found: tuple[str, Case]) -> None:
        if len(self._cases) >= _MOST_CASES:
            self._cases.clear()
        self._cases[case_id] = found

    # --- settings ------------------------------------------------------------------------------

    def desk(self, policy: CompiledPolicy) -> Desk:
        """Return what completes the requests to a set."""
        found = self._desks.get(policy.digest)
        if found is None:
            found = self._desks[policy.digest] = Desk(policy)
        return found

    def setting(self, digest: str, flow: str, rows: Rows, day: date) -> Setting:
        """Return what cases of a workflow are stepped against on a day."""
        base = self._settings.get((digest, flow))
        policy = self.of(digest)
        if base is None:
            if flow not in policy.flows:
                names = tuple(policy.flows) or "-"
                refuse("ZR754", policy=policy.code, flow=flow, names=names)
            base = Setting(policy, flow, days=self._days)
            self._settings[digest, flow] = base
        desk = self.desk(policy)
        if desk.written:
            return base.holding(desk.held(rows, day))
        self._closed[digest, flow] = base
        return base

    def closed_setting(self, digest: str, flow: str) -> Setting | None:
        """Return what cases of a workflow are stepped against on any day, if that does not change.

        It does where a workflow of the set writes a register; None also if nobody asked before.
        """
        return self._closed.get((digest, flow))

    def publish(self, days: Calendar) -> None:
        """Let all time from now on run by another holiday calendar."""
        self._days = days
        self._settings.clear()
        self._closed.clear()
