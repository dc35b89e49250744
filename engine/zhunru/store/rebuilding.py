"""What every table keeps of each case, gathered a page at a time, to be held against its events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import starmap
from typing import TypeVar

from zhunru.store import tables
from zhunru.store.base import (
    BookingRow,
    Change,
    EventRow,
    Fits,
    MessageRow,
    RegisterRow,
    ReplyRow,
)
from zhunru.store.committed import Session
from zhunru.store.schema import POSITION_BITS
from zhunru.store.tables import CASE_COLUMNS, EVENT_COLUMNS, Record

T = TypeVar("T")


def page_of(session: Session, fits: Fits, after: str, size: int) -> list[tuple[str, bool]]:
    """Return the next cases in the order of their ids, and whether what is kept of each fits.

    What a table keeps of no case is told of as a case of that id (see `strays` for tables that are
    not in the order of cases). Fewer than `size`: the last page.
    """
    names: set[str] = set()
    for text in _NAMES:
        names.update(str(one) for (one,) in session.query(_from(text, after), (after, size)))
    ids = sorted(names)[:size]
    if not ids:
        return []
    page = _Page(session, after, ids[-1])
    return [(one, page.fits(one, fits)) for one in ids]


def strays(session: Session) -> list[tuple[str, bool]]:
    """Return what tables that are not in the order of cases keep of no case at all.

    Looked for once: page by page each of them would be gone through once more for every page.
    """
    names = {str(one) for text in _STRAYS for (one,) in session.query(text, ())}
    return [(one, False) for one in sorted(names)]


class _Page:
    def __init__(self, session: Session, after: str, upto: str) -> None:
        stretch = after, upto

        def found(text: str) -> dict[str, list[Record]]:
            of: dict[str, list[Record]] = defaultdict(list)
            for case_id, *record in session.query(_from(text, after), stretch):
                of[str(case_id)].append(tuple(record))
            return of

        self._rows, self._owners = found(_ROWS), found(_OWNERS)
        self._events, self._homes = found(_EVENTS), found(_HOMES)
        self._timers, self._messages = found(_TIMERS), found(_MESSAGES)
        self._registers, self._bookings = found(_REGISTERS), found(_BOOKINGS)
        self._replies = found(_REPLIES)

    def fits(self, case_id: str, fits: Fits) -> bool:
        """Tell whether the rows of one case fit its events."""
        try:
            kept = self._kept(case_id)
        except (TypeError, ValueError):
            return False  # no program of ours has written it
        # One partition for all events and the case; what is listed by owner is found by owner.
        (row,) = kept.cases or (None,)
        return (
            row is not None
            and bool(kept.events)
            and self._homes[case_id] == [(self._rows[case_id][0][-1],)]
            and {owner for (owner,) in self._owners[case_id]} == set(row.owners)
            and fits(kept)
        )

    def _kept(self, case_id: str) -> Change:
        def made(of: dict[str, list[Record]], make: Callable[..., T]) -> tuple[T, ...]:
            return tuple(starmap(make, of[case_id]))

        timers = [row for record in self._timers[case_id] for row in tables.timers(record)]
        return Change(
            events=made(self._events, EventRow),
            cases=tuple(map(tables.case, self._rows[case_id])),
            timers={case_id: tuple(timers)},
            messages=made(self._messages, MessageRow),
            register_rows=made(self._registers, RegisterRow),
            bookings=made(self._bookings, BookingRow),
            replies=made(self._replies, ReplyRow),
        )


def _from(text: str, after: str) -> str:
    """Return a statement that also finds what is of no id at all, on the first page."""
    return text if after else text.replace("case_id > ?", "case_id >= ?")


_OF = "case_id > ? AND case_id <= ?"
_OWN = "(register < '#' OR register >= '$')"  # `#…`, of the service itself, are of no case
_NAMES = tuple(
    f"SELECT DISTINCT case_id FROM {table} WHERE case_id > ? ORDER BY case_id LIMIT ?"
    for table in ("cases", "events", "timers")
)
_STRAYS = tuple(
    f"SELECT DISTINCT case_id FROM {table} AS kept WHERE {own} "
    "AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.case_id = kept.case_id) "
    "AND NOT EXISTS (SELECT 1 FROM events WHERE events.case_id = kept.case_id)"
    for table, own in (
        ("case_owners", "1 = 1"),
        ("messages", "1 = 1"),
        ("register_rows", _OWN),
        ("bookings", "1 = 1"),
    )
)
_ROWS = f"SELECT case_id, {CASE_COLUMNS} FROM cases WHERE {_OF}"
_EVENTS = f"SELECT case_id, {EVENT_COLUMNS} FROM events WHERE {_OF} ORDER BY case_id, number"
_HOMES = f"SELECT DISTINCT case_id, place >> {POSITION_BITS} FROM events WHERE {_OF}"
_OWNERS = f"SELECT case_id, owner FROM case_owners WHERE {_OF}"
_TIMERS = f"SELECT case_id, {tables.TIMERS.listed} FROM timers WHERE {_OF}"
_MESSAGES = f"SELECT case_id, {tables.MESSAGES.listed} FROM messages WHERE sent = 0 AND {_OF}"
_REGISTERS = f"SELECT case_id, {tables.REGISTERS.listed} FROM register_rows WHERE {_OWN} AND {_OF}"
_BOOKINGS = f"SELECT case_id, {tables.BOOKINGS.listed} FROM bookings WHERE {_OF}"
_REPLIES = (
    "SELECT DISTINCT events.case_id, replies.command, replies.case_id, version, replies.body "
    "FROM events JOIN replies ON replies.command = events.command "
    "WHERE events.case_id > ? AND events.case_id <= ?"
)
