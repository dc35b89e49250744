"""The rows of a store as a database keeps them: tuples out of rows, and rows out of tuples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from zhunru.store.base import (
    BookingRow,
    CaseRow,
    EventRow,
    LetterRow,
    MessageRow,
    RegisterRow,
    ReplyRow,
    TimerRow,
)
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

EVENT_COLUMNS = "case_id, number, at, recorded, kind, actor, command, body"
CASE_COLUMNS = (
    "case_id, version, flow, state, closed, digest, opened, due, owners, body, partition_id"
)


def event(record: Record) -> EventRow:
    """Return an event of its columns."""
    # By name into the row: a column moved in the SQL is a mistake found here, not in a case.
    case_id, number, at, recorded, kind, actor, command, body = record
    return EventRow(
        case_id=case_id,
        number=number,
        at=at,
        recorded=recorded,
        kind=kind,
        actor=actor,
        command=command,
        body=body,
    )


def event_record(place: int, row: EventRow, digest: str) -> Record:
    """Return an event as it is put."""
    return (
        place,
        row.case_id,
        row.number,
        row.at,
        row.recorded,
        row.kind,
        row.actor,
        row.command,
        row.body,
        digest,
    )


def case(record: Record) -> CaseRow:
    """Return a case of its columns."""
    case_id, version, flow, state, closed, digest, opened, due, owners, body, _ = record
    units = tuple(orjson.loads(owners))
    return CaseRow(case_id, version, flow, state, bool(closed), digest, opened, due, units, body)


# Records are written out by hand: going by the fields of a row takes three times as long, and
# every command makes half a dozen of them.
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


def message(record: Record) -> MessageRow:
    """Return a message of its columns."""
    case_id, number, position, topic, body = record
    return MessageRow(case_id=case_id, number=number, position=position, topic=topic, body=body)


def message_record(row: MessageRow) -> Record:
    """Return a message as it is put."""
    return row.case_id, row.number, row.position, row.topic, row.body


def register_row(record: Record) -> RegisterRow:
    """Return a row of a register of its columns."""
    register, row_id, case_id, since, until, cancelled, body = record
    return RegisterRow(
        register=register,
        row_id=row_id,
        case_id=case_id,
        since=since,
        until=until,
        cancelled=cancelled,
        body=body,
    )


def register_record(row: RegisterRow) -> Record:
    """Return a row of a register as it is put."""
    return (
        row.register,
        row.row_id,
        row.case_id,
        row.since,
        row.until,
        row.cancelled,
        row.body,
    )


def booking(record: Record) -> BookingRow:
    """Return a use of a quota of its columns."""
    quota, subject, day, item, case_id, cancelled = record
    return BookingRow(
        quota=quota, subject=subject, day=day, item=item, case_id=case_id, cancelled=cancelled
    )


def booking_record(row: BookingRow) -> Record:
    """Return a use of a quota as it is put."""
    return row.quota, row.subject, row.day, row.item, row.case_id, row.cancelled


def letter(record: Record) -> LetterRow:
    """Return a letter of its columns, the number first."""
    number, hook, letter, case_id, topic, state, attempts, due, status, body = record
    return LetterRow(
        hook=hook,
        letter=letter,
        case_id=case_id,
        topic=topic,
        state=state,
        attempts=attempts,
        due=due,
        status=status,
        body=body,
        number=number,
    )


def letter_record(row: LetterRow) -> Record:
    """Return a letter as it is put."""
    return (
        row.hook,
        row.letter,
        row.case_id,
        row.topic,
        row.state,
        row.attempts,
        row.due,
        row.status,
        row.body,
    )


def reply(record: Record) -> ReplyRow:
    """Return an answer of its columns."""
    command, case_id, version, body = record
    return ReplyRow(command=command, case_id=case_id, version=version, body=body)


def reply_record(row: ReplyRow) -> Record:
    """Return an answer as it is put."""
    return row.command, row.case_id, row.version, row.body
