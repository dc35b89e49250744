"""Cases as a service: every command is decided and written as one piece of work, or not at all.

Nothing here keeps the time: every command says when it counts. Whoever calls from a queue, a
page or a clerk's desk gives each command a key, and may send it again until it is answered.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from zhunru.compiler import CompiledPolicy
from zhunru.compiler.request import FactValue, Request
from zhunru.runtime.bundles import Policies
from zhunru.runtime.case import NONE, Actor
from zhunru.runtime.clockwork import Clockwork, Ticked
from zhunru.runtime.commands import Commands, Foreseen, TooEarly
from zhunru.runtime.kit import acting, moment
from zhunru.runtime.looking import Looking
from zhunru.runtime.moving import Moved, Moving
from zhunru.runtime.replies import Reply
from zhunru.store.base import CaseRow, Store, Work
from zhunru.store.opening import open_store
from zhunru.worktime import Calendar

Instant = datetime | int | str
"""A moment: with its offset from UTC, as whole microseconds, or `2026-03-02 09:00` of Beijing."""

Who = Actor | str
"""Who acts: a text is a unit of the chart and, after a blank, the person."""


class CaseService:
    """Submissions and cases over a store, which may be given by its address (`cases.db`).

    `policies` are the sets that new cases run under; older cases go on under the versions that
    they were opened with, which the store keeps. `clock` says when something is written down
    (default: when it counts). Any number of threads may call.

    Every command takes the `actor`, its own `key` (the same command sent again under it is
    answered as before, and carried out once), and the instant `at` which it counts. CaseRefused:
    nothing was done. StoreError with `uncertain`: send it again.
    """

    def __init__(
        self,
        store: Store | str,
        policies: CompiledPolicy | Iterable[CompiledPolicy] = (),
        *,
        clock: Callable[[], int] | None = None,
        registered: Instant = 0,
    ) -> None:
        sets = [policies] if isinstance(policies, CompiledPolicy) else list(policies)
        self.store: Store = open_store(store) if isinstance(store, str) else store
        self.policies = Policies(self.store, sets, micros(registered))
        self._clock = clock
        self._clockwork = Clockwork(self.store, self.policies, self._recorded)
        self.commands = Commands(self.store, self.policies, self._clockwork, self._recorded)
        self._moving = Moving(self.store, self.policies, self._clockwork, self._recorded)
        self._looking = Looking(self.store, self.policies)

    def _recorded(self, at: int) -> int:
        return at if self._clock is None else self._clock()

    # --- submissions ---------------------------------------------------------------------------

    def submit(
        self,
        request: Request,
        *,
        actor: Who,
        key: str,
        at: Instant,
        decision: str = "",
        policy: str = "",
        apply: bool = False,
    ) -> Reply:
        """Decide a request with what the store knows, and record the decision in any case.

        An admission books its quotas and opens the workflow that goes with it; with `apply`,
        what may be applied for instead is. All of it is one transaction. Raises RequestRejected
        where the request cannot be read.
        """
        submitted = self.commands.submission(
            request, acting(actor), key, micros(at), decision, policy, apply
        )
        if isinstance(submitted, Reply):
            return submitted
        # Decided before it is this command's turn to write: others need not wait for that.
        found = self.store.read(submitted.look)
        if isinstance(found, Reply):
            return found
        foreseen = Foreseen(found.request, submitted.decide(found))
        return self._carry_out(self.commands.record(submitted, foreseen))

    # --- cases ---------------------------------------------------------------------------------

    def open(
        self,
        flow: str,
        *,
        actor: Who,
        key: str,
        at: Instant,
        facts: Mapping[str, FactValue] = NONE,
        policy: str = "",
    ) -> Reply:
        """Open a case of a workflow in its first state."""
        return self._carry_out(
            self.commands.open(flow, acting(actor), key, micros(at), facts, policy)
        )

    def act(
        self,
        case_id: str,
        verb: str,
        *,
        actor: Who,
        key: str,
        at: Instant,
        inputs: Mapping[str, FactValue] = NONE,
        expected: int | None = None,
    ) -> Reply:
        """Do something to a case: an action or a result of its state, or a built-in verb.

        What time had to do before is done first. `expected` is the version that the actor saw.
        """
        given = (case_id, verb, acting(actor), key, micros(at), inputs, expected)
        try:
            return self._carry_out(self.commands.act(*given))
        except TooEarly:
            return self._carry_out(self.commands.act(*given))

    # --- built-in verbs, by name ---------------------------------------------------------------

    def suspend(self, case_id: str, reason: str, **command: Any) -> Reply:
        """Stop the clock of a case for one of the reasons of its state (停表)."""
        return self.act(case_id, "停表", inputs={"理由": reason}, **command)

    def resume(self, case_id: str, **command: Any) -> Reply:
        """Let the clock of a case run on (恢复)."""
        return self.act(case_id, "恢复", **command)

    def extend(self, case_id: str, reason: str, **command: Any) -> Reply:
        """Ask for an extension (延期); who may grant it answers by `answer_extension`."""
        return self.act(case_id, "延期", inputs={"理由": reason}, **command)

    def answer_extension(self, case_id: str, granted: bool, **command: Any) -> Reply:
        """Grant an extension, or not (同意延期, 不同意延期)."""
        return self.act(case_id, "同意延期" if granted else "不同意延期", **command)

    def reassign(self, case_id: str, to: str, **command: Any) -> Reply:
        """Give a state to another owner (改派); its time runs on."""
        return self.act(case_id, "改派", inputs={"单位": to}, **command)

    def supervise(self, case_id: str, **command: Any) -> Reply:
        """Watch over a case (督办)."""
        return self.act(case_id, "督办", **command)

    def urge(self, case_id: str, **command: Any) -> Reply:
        """Urge the owners of a case (催办)."""
        return self.act(case_id, "催办", **command)

    def withdraw(self, case_id: str, **command: Any) -> Reply:
        """Take back a case, or an admission whose day has not come (撤回)."""
        return self.act(case_id, "撤回", **command)

    def merge(self, case_id: str, into: str, **command: Any) -> Reply:
        """End a case by merging it into another of the same workflow (并件)."""
        return self.act(case_id, "并件", inputs={"并入": into}, **command)

    # --- time ----------------------------------------------------------------------------------

    def start(self, now: Instant) -> int | None:
        """Begin to serve: where nobody could act for long, that stretch is recorded (停机).

        Opens the records of recurring duties (定期) for the periods that run. Returns the instant
        since when the service stood still, or None.
        """
        since = self._clockwork.start(micros(now))
        self._clockwork.recurring.begin(micros(now))
        # The sets stay for good: looking through them for garbage would stop everybody for long.
        gc.freeze()
        return since

    def beat(self, now: Instant) -> None:
        """Note that the service is alive; call it every few minutes."""
        self._clockwork.beat(micros(now))

    def tick(self, now: Instant, limit: int = 1000) -> Ticked:
        """Do what time has to do up to, not including, `now`, for at most `limit` timers."""
        return self._clockwork.tick(micros(now), limit)

    def wait(self, case_id: str, now: Instant) -> None:
        """Do what time has to do to one case up to, not including, `now`."""
        self._clockwork.wait(case_id, micros(now))

    def publish(self, days: Calendar, *, at: Instant, notice: str) -> Sequence[str]:
        """Reckon by a holiday calendar just published; returns the cases whose due date moved."""
        return self._clockwork.publish(days, micros(at), notice)

    def catch_up(self, now: Instant) -> Sequence[str]:
        """Reckon provisional due dates anew if a newer program knows of more notices of holidays
        than the one before it; returns the cases whose due date moved. Only the first call looks.
        """
        return self._clockwork.catch_up(micros(now))

    # --- versions of policy sets ---------------------------------------------------------------

    def register(self, policy: CompiledPolicy, at: Instant, number: int | None = None) -> None:
        """Let new cases run under a version of a set; running cases keep theirs.

        With the `number` of a published version (0: what a service began with) it is the current
        one also for everybody who is given no set; without, unless one was published.
        """
        self.policies.add(policy, micros(at), number)

    def migrate(
        self,
        policy: str = "",
        *,
        actor: Who,
        key: str,
        at: Instant,
        states: Mapping[str, Mapping[str, str]] = NONE,
        dry_run: bool = True,
    ) -> Sequence[Moved]:
        """Move running cases to the current version of a set, or say what that would do.

        `states`: workflow to its old states and what they are called now. Cases that need a
        person stay as they are.
        """
        chosen = self.policies.current(policy)
        return self._moving.run(chosen, acting(actor), key, micros(at), states, dry_run)

    # --- looking -------------------------------------------------------------------------------

    def show(self, case_id: str, viewer: Who | None = None) -> dict[str, Any]:
        """Return a case, ready for JSON; for a viewer only what may be seen."""
        return self._looking.show(case_id, None if viewer is None else acting(viewer))

    def history(self, case_id: str) -> list[dict[str, Any]]:
        """Return the events of a case, ready for JSON."""
        return self._looking.history(case_id)

    def inbox(self, name: str, limit: int = 100) -> list[dict[str, Any]]:
        """Return what waits for a unit, or for those who hold a role: most urgent first."""
        return self._looking.inbox(name, limit)

    def waiting(self, name: str) -> list[CaseRow]:
        """Return the rows of what waits for a unit or a role: most urgent first."""
        return self._looking.waiting(name)

    def stats(self) -> dict[str, Any]:
        """Return how many cases there are by workflow and state, and when time acts next."""
        return self._looking.stats()

    def check_projections(self) -> Iterator[str]:
        """Yield the cases of which something is kept that is not what their events tell."""
        return self._looking.check_projections()

    def close(self) -> None:
        """Finish what is being written and let go of the store."""
        self.store.close()

    def _carry_out(self, work: Work) -> Reply:
        reply = self.store.write(work)
        assert isinstance(reply, Reply)
        return reply


def micros(at: Instant) -> int:
    """Return an instant as whole microseconds of Beijing time."""
    return at if isinstance(at, int) else moment(at)
