"""What a draft comes to in rows of tables: the fewest that make the database say the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from zhunru.store import tables
from zhunru.store.committed import CommittedRows
from zhunru.store.draft import Draft
from zhunru.store.schema import place_of
from zhunru.store.tables import Record, Table


@dataclass(slots=True)
class Plan:
    """Rows to take away, then rows to put, and the tickets of messages that were sent.

    `ids` are the numbers of the partitions in it, `timers` all that its cases then have.
    """

    gone: list[tuple[Table, list[Record]]] = field(default_factory=list)
    put: list[tuple[Table, list[Record]]] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    timers: dict[str, Record | None] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        """Tell whether there are rows to take away or to put."""
        return bool(self.gone or self.put)

    def add(self, table: Table, rows: list[Record]) -> None:
        """Put rows into a table."""
        if rows:
            self.put.append((table, rows))

    def remove(self, table: Table, rows: list[Record]) -> None:
        """Take away the rows with these keys."""
        if rows:
            self.gone.append((table, rows))


def plan(draft: Draft, committed: CommittedRows, new_id: Callable[[], int]) -> Plan:
    """Return what a draft writes; `new_id` gives the number of a partition's first event."""
    made = Plan()
    ids = made.ids = _partition_ids(draft, committed, new_id)
    made.add(
        tables.PARTITIONS,
        [(ids[name], name, head.position, head.digest) for name, head in draft.heads.items()],
    )
    made.add(
        tables.EVENTS,
        [
            tables.event_record(
                place_of(ids[link.partition], link.position), link.event, link.digest
            )
            for link in draft.links
        ],
    )
    made.add(
        tables.CASES,
        [
            tables.case_record(row, ids[draft.partitions[case_id]])
            for case_id, row in draft.cases.items()
        ],
    )
    _owners(made, draft, committed)
    _timers(made, draft, committed)
    made.add(tables.MESSAGES, list(map(tables.message_record, draft.messages)))
    if draft.registers:
        made.add(tables.REGISTERS, list(map(tables.register_record, draft.registers.values())))
    if draft.booked:
        made.add(tables.BOOKINGS, list(map(tables.booking_record, draft.booked.values())))
    made.add(tables.REPLIES, list(map(tables.reply_record, draft.replies.values())))
    return made


def _partition_ids(
    draft: Draft, committed: CommittedRows, new_id: Callable[[], int]
) -> dict[str, int]:
    # Numbers are only given inside the write, where no other worker can give the same.
    ids: dict[str, int] = {}
    fresh = 0
    names = dict.fromkeys(draft.heads)
    names.update(dict.fromkeys(draft.partitions.values()))
    for name in names:
        known = committed.partition_id(name)
        if known is None:
            known = (fresh or new_id() - 1) + 1
            fresh = known
        ids[name] = known
    return ids


def _owners(made: Plan, draft: Draft, committed: CommittedRows) -> None:
    gone: list[Record] = []
    new: list[Record] = []
    for case_id, row in draft.cases.items():
        before = committed.case(case_id)
        owned = before.owners if before else ()
        # Many commands leave the owners as they are, and then touch no page of theirs.
        if owned != row.owners:
            gone += [(owner, case_id) for owner in dict.fromkeys(owned) if owner not in row.owners]
            new += [(owner, case_id) for owner in dict.fromkeys(row.owners) if owner not in owned]
    made.remove(tables.OWNERS, gone)
    made.add(tables.OWNERS, new)


def _timers(made: Plan, draft: Draft, committed: CommittedRows) -> None:
    gone: list[Record] = []
    new: list[Record] = []
    for case_id, rows in draft.timer_rows.items():
        # Replaced as a whole by contract; written is only what differs.
        record = made.timers[case_id] = tables.timers_record(case_id, rows)
        if record == committed.timers_record(case_id):
            continue
        if record is None:
            gone.append((case_id,))
        else:
            new.append(record)
    made.remove(tables.TIMERS, gone)
    made.add(tables.TIMERS, new)
