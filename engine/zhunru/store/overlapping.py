"""A store that runs the next group of works while the database still writes the last one.

Worth it where the database is a server with a processor of its own. Whoever leads reads beside the
write, runs its works over rows that may still be lost, and sends them once the last group is known
to be there: together with a question that fails if anybody else wrote in between. Then nothing of
it is written, and it is run again as any other group, while nobody else can write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from zhunru.errors import StoreError
from zhunru.store.committed import CommittedRows, Session
from zhunru.store.committer import Job
from zhunru.store.database import Database, DatabaseStore, WritingSession, new_partition
from zhunru.store.draft import Draft
from zhunru.store.flight import Flight, Overlaid, Overtaken
from zhunru.store.kept import Kept
from zhunru.store.writing import Plan, plan

# After another worker has written in between it will most likely do so again: so many groups are
# then written without running ahead.
PAUSE = 64


class LeavingSession(WritingSession, Protocol):
    """A session that tells when what it writes is on its way."""

    def carry_out(self, made: Plan, left: Callable[[], None] | None = None) -> None:
        """Write a plan and commit; `left` is called before the answer is waited for."""

    def carry_out_next(self, made: Plan, left: Callable[[], None]) -> None:
        """The same without having asked for anything; Overtaken: somebody else wrote meanwhile."""


class OverlappingDatabase(Database, Protocol):
    """A database that can be read beside the one session that writes."""

    def writing(self) -> AbstractContextManager[LeavingSession]:
        """Open the session that writes."""

    def looking(self) -> AbstractContextManager[Session]:
        """Open a session that reads what is committed, on the very server that is written to.

        Only whoever leads has one.
        """


class OverlappingStore(DatabaseStore):
    """A store whose groups are run one ahead of the database."""

    overlaps = True

    def __init__(self, database: OverlappingDatabase) -> None:
        super().__init__(database)
        self._server = database
        # Both are touched by whoever leads, and by nobody else.
        self._flight: Flight | None = None
        self._pause = 0

    def _commit(self, jobs: Sequence[Job]) -> None:
        before = self._flight
        own = self._flight = Flight(self._kept)
        try:
            if before is None or not self._write_behind(before, jobs, own):
                self._write_surely(jobs, own)
        except BaseException:  # an interruption
            self._fail(own)
            raise
        finally:
            # Nobody else has begun: then nobody needs to know how this one went.
            if own.kept is self._kept:
                self._flight = None
            own.land()

    # --- sending -------------------------------------------------------------------------------

    def _send(self, session: WritingSession, draft: Draft, made: Plan, flight: Flight) -> None:
        if not flight.once:
            session.carry_out(made)
            return
        session.carry_out(made, self._leaving(flight, draft, made))  # type: ignore[call-arg]
        self._arrive(flight)

    def _leaving(self, flight: Flight, draft: Draft, made: Plan) -> Callable[[], None]:
        def left() -> None:
            flight.leave(draft, made)
            flight.lead = self._committer.hand_on()

        return left

    def _arrive(self, flight: Flight) -> None:
        flight.good = True
        self._lead_on(flight)

    def _lead_on(self, flight: Flight) -> None:
        """Let nobody begin any more; if somebody has, what is kept is theirs from now on."""
        if flight.lead is not None and not self._committer.lead_on(flight.lead):
            flight.kept = Kept()

    def _fail(self, flight: Flight) -> None:
        flight.once = False
        self._lead_on(flight)
        super()._fail(flight)

    # --- running ahead -------------------------------------------------------------------------

    def _write_behind(self, before: Flight, jobs: Sequence[Job], own: Flight) -> bool:
        """Run works over a group on its way, and write them behind it; tell whether that worked."""
        ready = self._run_ahead(before, jobs)
        before.wait()
        if not before.good:
            self._kept.clear()
            return False
        before.follow(self._kept)
        return ready is not None and self._send_next(jobs, own, *ready)

    def _run_ahead(self, before: Flight, jobs: Sequence[Job]) -> tuple[Draft, Plan] | None:
        if before.landed or before.draft is None or before.made is None:
            return None
        if self._pause:
            self._pause -= 1
            return None
        try:
            with self._server.looking() as session:
                below = CommittedRows(session, self.chain_rule, self._kept)
                below.prefetch([job.work for job in jobs], lambda: True)
                over = Overlaid(before.draft, before.made, below)
                draft = self._drafted(jobs, over)
                return draft, plan(draft, over, lambda: over.new_id(new_partition(session)))
        except StoreError:
            # Whatever it is, the sure way finds it, too, and says it.
            self._pause = PAUSE
            return None

    def _send_next(self, jobs: Sequence[Job], own: Flight, draft: Draft, made: Plan) -> bool:
        try:
            with self._server.writing() as session:
                session.carry_out_next(made, self._leaving(own, draft, made))
        except Overtaken:
            self._pause = PAUSE
            self._fail(own)
            return False
        except StoreError as error:
            self._fail(own)
            if not error.uncertain and error.code not in _OF_THE_TURN:
                return False
            # Refusals, too: they hold only if nobody else wrote, and that is not known.
            for job in jobs:
                job.fail(StoreError(error.diagnostic, uncertain=error.uncertain))
            return True
        self._arrive(own)
        own.kept.follow(draft, made)
        return True


# Waiting as long once more, for the same turn, would help nobody.
_OF_THE_TURN = frozenset({"ZR857"})
