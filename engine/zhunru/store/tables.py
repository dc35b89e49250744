"""The rows of a store as a database keeps them: tuples out of rows, and rows out of tuples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import orjson

from zhunru.store.base import CaseRow, EventRow, TimerRow
from zhunru.store.draft import timer_order
from zhunru.store.failures import failure

Record = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Table:
    """A table that rows are put into; a row with the same `key` is replaced where there is one.

    Columns that it `keeps` stay as they are then.
    `types` says of each column whether it is a text (t), a whole number (i) or bytes (b).
    """

    name: str
    columns: tuple[str, ...]
    types: str
    key: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()

    @property
    def listed(self) -> str:
        """Return the columns as SQL lists them."""
        return ", ".join(self.columns)

    @property
    def conflict(self) -> str:
        """Return what happens to a row that is there already."""
        if not self.key:
            return ""
        fixed = (*self.key, *self.keeps)
        rest = [f"{c} = excluded.{c}" for c in self.columns if c not in fixed]
        action = f"UPDATE SET {', '.join(rest)}" if rest else "NOTHING"
        return f" ON CONFLICT ({', '.join(self.key)}) DO {action}"


def _table(name: str, columns: str, types: str, key: str = "", keeps: str = "") -> Table:
    return Table(name, tuple(columns.split()), types, tuple(key.split()), tuple(keeps.split()))


PARTITIONS = _table("partitions", "id name position digest", "itit", "id", "name")
EVENTS = _table(
    "events",
    "place case_id number at recorded kind actor command body digest",
    "itiiittttt",
)
CASES = _table(
    "cases",
    "case_id partition_id version flow state closed digest opened due owners about body",
    "tiittitiittt",
    "case_id",
    "about",
)
OWNERS = _table("case_owners", "owner case_id", "tt", "owner case_id")
TIMERS = _table("timers", "case_id due rank name later", "tiitt", "case_id")
MESSAGES = _table("messages", "case_id number position topic body", "tiitt")
REGISTERS = _table(
    "register_rows",
    "register row_id case_id since until cancelled body",
    "tttiiit",
    "register row_id",
)
BOOKINGS = _table(
    "bookings",
    "quota subject day item case_id cancelled",
    "ttitti",
    "quota subject day item case_id",
)
REPLIES = _table("replies", "command case_id version body", "ttit")
LETTERS = _table(
    "letters",
    "hook letter case_id topic state attempts due status body",
    "tttttiiit",
    "hook letter",
)
BUNDLES = _table("bundles", "digest code registered body", "ttib", "digest", "code registered body")

EVENT_COLUMNS = ", ".join(EVENTS.columns[1:-1])
CASE_COLUMNS = (
    "case_id, version, flow, state, closed, digest, opened, due, owners, body, partition_id"
)

# The fields of these rows are the columns of their tables, in their order: `Row(*record)` makes
# one. By names it would take three times as long, and every command makes half a dozen.
message_record = attrgetter(*MESSAGES.columns)
register_record = attrgetter(*REGISTERS.columns)
booking_record = attrgetter(*BOOKINGS.columns)
letter_record = attrgetter(*LETTERS.columns)
reply_record = attrgetter(*REPLIES.columns)
_fields_of_event = attrgetter(*EVENTS.columns[1:-1])


def event_record(place: int, row: EventRow, digest: str) -> Record:
    """Return an event as it is put."""
    return place, *_fields_of_event(row), digest


def case(record: Record) -> CaseRow:
    """Return a case of its columns."""
    case_id, version, flow, state, closed, digest, opened, due, owners, body, _ = record
    units = tuple(orjson.loads(owners))
    return CaseRow(case_id, version, flow, state, bool(closed), digest, opened, due, units, body)


def case_record(row: CaseRow, partition_id: int) -> Record:
    """Return a case as it is put."""
    return (
        row.case_id,
        partition_id,
        row.version,
        row.flow,
        row.state,
        int(row.closed),
        row.digest,
        row.opened,
        row.due,
        orjson.dumps(row.owners).decode(),
        "",  # about
        row.body,
    )


def timers(record: Record) -> list[TimerRow]:
    """Return the timers of a case of its columns, earliest first."""
    case_id, due, rank, name, later = record
    rows = [TimerRow(case_id, name, due, rank)]
    if later != _NO_MORE:
        rows += [TimerRow(case_id, *each) for each in orjson.loads(later)]
        rows.sort(key=timer_order)
    return rows


def timers_record(case_id: str, rows: Sequence[TimerRow]) -> Record | None:
    """Return the timers of a case as they are put; None: it has none."""
    if not rows:
        return None
    later = _NO_MORE
    if len(rows) > 1:
        rows = sorted(rows, key=timer_order)
        try:
            later = orjson.dumps([(row.name, row.due, row.rank) for row in rows[1:]]).decode()
        except TypeError as error:  # a lone surrogate, or a number of more than 64 bits
            raise failure("ZR862", reason=str(error)) from None
    first = rows[0]
    return case_id, first.due, first.rank, first.name, later


_NO_MORE = "[]"
