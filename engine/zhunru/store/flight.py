"""A group of works that is on its way to the database, and the next one run over it meanwhile.

What is sent may still be lost, or another worker may have written before it. So what was run over
it is sent only once it is known to be there, and only as long as nobody else wrote in between; else
it is run again. Reading beside the write may find the database before it or behind it: everything
that it wrote lies on top, so both come to the same.
"""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Sequence

from zhunru.store.base import BookingRow, CaseRow, RegisterRow, ReplyRow, TimerRow
from zhunru.store.chain import Head
from zhunru.store.committed import CommittedRows
from zhunru.store.committer import Hand
from zhunru.store.draft import Draft
from zhunru.store.kept import Kept
from zhunru.store.tables import Record
from zhunru.store.writing import Plan


class Overtaken(Exception):
    """Another worker has written since the group over which this one was run."""


class Flight:
    """One group on its way: what it writes, once that has left, and whether it came as it left.

    `kept` is what it may begin with and leave its rows in: the store's own, as long as nobody else
    has begun. `lead` is what the committer knows by who led it, once it has left.
    """

    __slots__ = ("_gate", "draft", "good", "kept", "landed", "lead", "made", "once")

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.good = False
        self.landed = False
        # Only the first attempt may be run over: what follows a failure is not what others saw.
        self.once = True
        self.draft: Draft | None = None
        self.made: Plan | None = None
        self.lead: Hand | None = None
        self._gate = allocate_lock()
        self._gate.acquire()

    def leave(self, draft: Draft, made: Plan) -> None:
        """Take note of what is on its way from now on; nothing of it changes any more."""
        self.draft, self.made = draft, made

    def land(self) -> None:
        """Say that it is over, well or not."""
        if not self.landed:
            self.landed = True
            self._gate.release()

    def wait(self) -> None:
        """Come back once it is over."""
        with self._gate:
            pass

    def follow(self, kept: Kept) -> None:
        """Keep what it wrote, now that it is durable."""
        if self.draft is not None and self.made is not None:
            kept.follow(self.draft, self.made)


class Overlaid:
    """The rows behind a session, with everything on top that a group on its way writes."""

    def __init__(self, draft: Draft, made: Plan, below: CommittedRows) -> None:
        # The same rows over another session: its own is that of its write.
        self._top = draft.over(below)
        self._made = made
        self._below = below

    def case(self, case_id: str) -> CaseRow | None:
        """Return a case, or None."""
        return self._top.case(case_id)

    def cases_by_key(self, key: str) -> Sequence[CaseRow]:
        """Return the cases about one thing, oldest first."""
        return self._top.cases_by_key(key) if key else []

    def reply(self, command: str) -> ReplyRow | None:
        """Return what a command was answered."""
        return self._top.reply(command)

    def timers(self, case_id: str) -> Sequence[TimerRow]:
        """Return the timers of a case, earliest first."""
        return self._top.timers(case_id)

    def timers_record(self, case_id: str) -> Record | None:
        """Return the timers of a case as they are written."""
        if case_id in self._made.timers:
            return self._made.timers[case_id]
        return self._below.timers_record(case_id)

    def register_rows(self, register: str) -> Sequence[RegisterRow]:
        """Return the rows of a register that are not struck out, in the order of writing."""
        return self._top.register_rows(register)

    def bookings(self, quota: str, subject: str, first: int, last: int) -> Sequence[BookingRow]:
        """Return the uses of a quota for a subject on days from `first` to `last`."""
        return self._top.bookings(quota, subject, first, last)

    def partition_of(self, case_id: str) -> str | None:
        """Return the partition of a case that is there."""
        return self._top.partitions.get(case_id) or self._below.partition_of(case_id)

    def head(self, partition: str) -> Head:
        """Return where the chain of a partition stands."""
        return self._top.heads.get(partition) or self._below.head(partition)

    def partition_id(self, partition: str) -> int | None:
        """Return the number of a partition that has events already."""
        return self._made.ids.get(partition) or self._below.partition_id(partition)

    def new_id(self, found: int) -> int:
        """Return the number of a new partition, where the database alone would give `found`."""
        return max(found, *(number + 1 for number in self._made.ids.values()))
