"""What the works of one durable write have come to so far: read by the next, written at the end.

Every rule that holds for all stores is checked here, before anything reaches a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from zhunru.store.base import (
    BookingRow,
    CaseRow,
    ChainLink,
    Change,
    EventRow,
    MessageRow,
    RegisterRow,
    ReplyRow,
    TimerRow,
    View,
    Work,
)
from zhunru.store.chain import Chain, Head
from zhunru.store.failures import failure

Row = TypeVar("Row")
Key = TypeVar("Key")
BookingKey = tuple[str, str, int, str, str]
RegisterKey = tuple[str, str]


class Committed(View, Protocol):
    """What is durable already, as the works of one write read it."""

    def partition_of(self, case_id: str) -> str | None:
        """Return the partition of a case that is there."""

    def head(self, partition: str) -> Head:
        """Return where the chain of a partition stands."""


def timer_order(row: TimerRow) -> tuple[int, int, str, str]:
    """Order timers as they fire."""
    return row.due, row.rank, row.case_id, row.name


def booking_order(row: BookingRow) -> tuple[int, str, str]:
    """Order the uses of a quota by day."""
    return row.day, row.item, row.case_id


def booking_key(row: BookingRow) -> BookingKey:
    """Return what tells one use of a quota from another."""
    return row.quota, row.subject, row.day, row.item, row.case_id


def register_key(row: RegisterRow) -> RegisterKey:
    """Return what tells one row of a register from another."""
    return row.register, row.row_id


class Draft:
    """A view over the committed state with everything written on top that works have added."""

    def __init__(self, committed: Committed, chain: Chain) -> None:
        self._committed = committed
        self._chain = chain
        self.links: list[ChainLink] = []
        self.messages: list[MessageRow] = []
        self.cases: dict[str, CaseRow] = {}
        self.partitions: dict[str, str] = {}
        self.timer_rows: dict[str, tuple[TimerRow, ...]] = {}
        self.registers: dict[RegisterKey, RegisterRow] = {}
        self.booked: dict[BookingKey, BookingRow] = {}
        self.replies: dict[str, ReplyRow] = {}
        self.heads: dict[str, Head] = {}

    # --- reading -------------------------------------------------------------------------------

    def case(self, case_id: str) -> CaseRow | None:
        """Return a case, or None."""
        row = self.cases.get(case_id)
        return row if row is not None else self._committed.case(case_id)

    def reply(self, command: str) -> ReplyRow | None:
        """Return what a command was answered."""
        row = self.replies.get(command)
        return row if row is not None else self._committed.reply(command)

    def timers(self, case_id: str) -> Sequence[TimerRow]:
        """Return the timers of a case, earliest first."""
        rows = self.timer_rows.get(case_id)
        return self._committed.timers(case_id) if rows is None else sorted(rows, key=timer_order)

    def register_rows(self, register: str, beginning: str = "") -> Sequence[RegisterRow]:
        """Return the rows of a register that are not struck out, in the order of writing."""
        below = self._committed.register_rows(register, beginning)
        return with_written(below, self.registers, register, beginning)

    def bookings(self, quota: str, subject: str, first: int, last: int) -> Sequence[BookingRow]:
        """Return the uses of a quota for a subject on days from `first` to `last`."""
        below = self._committed.bookings(quota, subject, first, last)
        rows = merged(
            below,
            self.booked,
            booking_key,
            lambda row: (
                (row.quota, row.subject) == (quota, subject)
                and first <= row.day <= last
                and row.cancelled is None
            ),
        )
        return sorted(rows, key=booking_order)

    # --- writing -------------------------------------------------------------------------------

    def run(self, work: Work) -> object:
        """Run a piece of work, add what it writes, and return its answer."""
        change, answer = work.run(self)
        self.add(work.partition, change)
        return answer

    def add(self, partition: str, change: Change) -> None:
        """Add a change, or raise and leave everything as it was."""
        self._check_cases(partition, change)
        self._check_replies(change.replies)
        links = self._linked(partition, change.events)
        # Nothing below this line can fail, so a change is added whole or not at all.
        if links:
            last = links[-1]
            self.links += links
            self.heads[partition] = Head(partition, last.position, last.digest)
        for case in change.cases:
            self.cases[case.case_id] = case
            self.partitions[case.case_id] = partition
        self.timer_rows.update(change.timers)
        self.messages += change.messages
        for row in change.register_rows:
            self.registers[register_key(row)] = row
        for use in change.bookings:
            self.booked[booking_key(use)] = use
        for reply in change.replies:
            self.replies[reply.command] = reply

    def _check_replies(self, replies: Sequence[ReplyRow]) -> None:
        if len(replies) == 1 and self.reply(replies[0].command) is None:
            return
        commands: set[str] = set()
        for reply in replies:
            if reply.command in commands or self.reply(reply.command) is not None:
                raise failure("ZR859", command=reply.command)
            commands.add(reply.command)

    def _check_cases(self, partition: str, change: Change) -> None:
        if len(change.cases) == 1 and self._is_next(partition, change.cases[0], change.events):
            return
        # What each case's version is by now; events of several cases may come mixed.
        versions: dict[str, int] = {}
        for event in change.events:
            case_id = event.case_id
            version = versions.get(case_id)
            if version is None:
                version = self._version(partition, case_id)
            if event.number != version + 1:
                raise _out_of_line(case_id, version + 1, event.number)
            versions[case_id] = event.number
        for case in change.cases:
            version = versions.pop(case.case_id, None)
            if version is None:
                version = self._version(partition, case.case_id)
            if case.version != version or not version:
                raise _out_of_line(case.case_id, version, case.version)
        for case_id, version in versions.items():
            # Events without the row that they add up to would be lost to every list.
            raise _out_of_line(case_id, version, 0)

    def _is_next(self, partition: str, case: CaseRow, events: Sequence[EventRow]) -> bool:
        """Tell whether events of one case go on where it stands: nearly all changes are so."""
        version = self._version(partition, case.case_id)
        for event in events:
            version += 1
            if event.number != version or event.case_id != case.case_id:
                return False
        return case.version == version and version > 0

    def _version(self, partition: str, case_id: str) -> int:
        before = self.case(case_id)
        if before is None:
            return 0
        own = self.partitions.get(case_id) or self._committed.partition_of(case_id)
        if own != partition:
            raise failure("ZR865", case=case_id, partition=own, other=partition)
        return before.version

    def _linked(self, partition: str, events: Iterable[EventRow]) -> list[ChainLink]:
        # Works of one group follow each other in the chain as if each had been written alone.
        head = self.heads.get(partition) or self._committed.head(partition)
        position, previous, make = head.position, head.digest, self._chain.digest
        links = []
        for event in events:
            position += 1
            try:
                digest = make(previous, event)
            except TypeError as error:  # a lone surrogate, or a number of more than 64 bits
                raise failure("ZR862", reason=str(error)) from None
            links.append(ChainLink(partition, position, event, previous, digest))
            previous = digest
        return links


def merged(
    below: Sequence[Row],
    written: Mapping[Key, Row],
    key: Callable[[Row], Key],
    fits: Callable[[Row], bool],
) -> list[Row]:
    """Return rows with those written since in their places, and new ones behind."""
    # The usual case: nobody in this group has touched such rows.
    if not written:
        return list(below)
    known = {key(row) for row in below}
    rows = [written.get(key(row), row) for row in below]
    rows += [row for name, row in written.items() if name not in known]
    return [row for row in rows if fits(row)]


def with_written(
    below: Sequence[RegisterRow],
    written: Mapping[RegisterKey, RegisterRow],
    register: str,
    beginning: str,
) -> list[RegisterRow]:
    """Return rows of a register with those written since, without those struck out since."""
    return merged(
        below,
        written,
        register_key,
        lambda row: (
            row.register == register and row.cancelled is None and row.row_id.startswith(beginning)
        ),
    )


def _out_of_line(case_id: str, expected: int, found: int) -> Exception:
    return failure("ZR858", case=case_id, expected=expected, found=found)
