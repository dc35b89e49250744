"""A store in memory: for tests and simulations; what is in it ends with the process."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from threading import RLock
from typing import TypeVar

from zhunru.store.base import (
    BookingRow,
    BundleRow,
    CaseRow,
    ChainLink,
    Change,
    EventRow,
    Fits,
    LetterRow,
    MessageRow,
    RegisterRow,
    ReplyRow,
    Shelf,
    TimerRow,
    View,
    Work,
    is_provisional,
)
from zhunru.store.chain import Chain, Head
from zhunru.store.draft import (
    BookingKey,
    Draft,
    RegisterKey,
    booking_key,
    booking_order,
    register_key,
    timer_order,
)
from zhunru.store.failures import failure

T = TypeVar("T")
TimerKey = tuple[int, int, str, str]


class _Tables:
    """The rows, and the ways in which they are found."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.events: dict[str, list[EventRow]] = defaultdict(list)
        self.links: dict[str, list[ChainLink]] = defaultdict(list)
        self.cases: dict[str, CaseRow] = {}
        self.case_ids: list[str] = []
        self.partitions: dict[str, str] = {}
        self.by_owner: dict[str, set[str]] = defaultdict(set)
        self.timers_of: dict[str, tuple[TimerRow, ...]] = {}
        self.queue: list[TimerKey] = []
        self.outbox: dict[int, MessageRow] = {}
        self.ticket = 0
        self.registers: dict[str, dict[RegisterKey, RegisterRow]] = defaultdict(dict)
        self.booked: dict[tuple[str, str], dict[BookingKey, BookingRow]] = defaultdict(dict)
        self.replies: dict[str, ReplyRow] = {}
        self.bundles: dict[str, BundleRow] = {}
        self.letters: dict[tuple[str, str], LetterRow] = {}
        self.line = 0

    def case(self, case_id: str) -> CaseRow | None:
        return self.cases.get(case_id)

    def reply(self, command: str) -> ReplyRow | None:
        return self.replies.get(command)

    def timers(self, case_id: str) -> Sequence[TimerRow]:
        return self.timers_of.get(case_id, ())

    def register_rows(self, register: str, beginning: str = "") -> Sequence[RegisterRow]:
        rows = self.registers.get(register, {}).values()
        return [row for row in rows if row.cancelled is None and row.row_id.startswith(beginning)]

    def bookings(self, quota: str, subject: str, first: int, last: int) -> Sequence[BookingRow]:
        rows = self.booked.get((quota, subject), {}).values()
        found = (row for row in rows if first <= row.day <= last and row.cancelled is None)
        return sorted(found, key=booking_order)

    def partition_of(self, case_id: str) -> str | None:
        return self.partitions.get(case_id)

    def head(self, partition: str) -> Head:
        links = self.links.get(partition)
        if not links:
            return Head(partition, 0, self.chain.start(partition))
        return Head(partition, links[-1].position, links[-1].digest)

    # --- writing -------------------------------------------------------------------------------

    def apply(self, draft: Draft) -> None:
        for link in draft.links:
            self.links[link.partition].append(link)
            self.events[link.event.case_id].append(link.event)
        for row in draft.cases.values():
            self._put_case(row)
        self.partitions.update(draft.partitions)
        for case_id, timers in draft.timer_rows.items():
            self._put_timers(case_id, timers)
        for message in draft.messages:
            self.ticket += 1
            self.outbox[self.ticket] = message
        for entry in draft.registers.values():
            self.registers[entry.register][register_key(entry)] = entry
        for use in draft.booked.values():
            self.booked[use.quota, use.subject][booking_key(use)] = use
        self.replies.update(draft.replies)

    def _put_case(self, row: CaseRow) -> None:
        before = self.cases.get(row.case_id)
        if before is None:
            insort(self.case_ids, row.case_id)
        else:
            for owner in before.owners:
                self.by_owner[owner].discard(row.case_id)
        self.cases[row.case_id] = row
        for owner in row.owners:
            self.by_owner[owner].add(row.case_id)

    def each_case(self) -> Iterator[tuple[str, Change]]:
        """Yield all that is kept of each case, in the order of ids."""
        entries, uses = defaultdict(list), defaultdict(list)
        waiting = defaultdict(list)
        for entry in chain.from_iterable(map(dict.values, self.registers.values())):
            if not entry.register.startswith("#"):
                entries[entry.case_id].append(entry)
        for use in chain.from_iterable(map(dict.values, self.booked.values())):
            uses[use.case_id].append(use)
        for message in self.outbox.values():
            waiting[message.case_id].append(message)
        for case_id in self.case_ids:
            events = self.events[case_id]
            commands = dict.fromkeys(each.command for each in events)
            yield (
                case_id,
                Change(
                    events=tuple(events),
                    cases=(self.cases[case_id],),
                    timers={case_id: self.timers_of.get(case_id, ())},
                    messages=tuple(waiting[case_id]),
                    register_rows=tuple(entries[case_id]),
                    bookings=tuple(uses[case_id]),
                    replies=tuple(self.replies[each] for each in commands if each in self.replies),
                ),
            )

    def _put_timers(self, case_id: str, timers: tuple[TimerRow, ...]) -> None:
        # The queue is kept sorted, so that what is due next is always in front.
        for each in self.timers_of.get(case_id, ()):
            del self.queue[bisect_left(self.queue, timer_order(each))]
        ordered = tuple(sorted(timers, key=timer_order))
        self.timers_of[case_id] = ordered
        for each in ordered:
            insort(self.queue, timer_order(each))


class MemoryStore:
    """A store whose every piece of work runs alone, under one lock."""

    def __init__(self, algorithm: str = "sha256") -> None:
        self.chain_rule = Chain(algorithm)
        self._tables = _Tables(self.chain_rule)
        self._lock = RLock()
        self._closed = False

    def write(self, work: Work) -> object:
        """Run a piece of work and return its answer."""
        with self._lock:
            if self._closed:
                raise failure("ZR860")
            # The same draft as over a database, so that its rules hold here too.
            draft = Draft(self._tables, self.chain_rule)
            answer = draft.run(work)
            self._tables.apply(draft)
            return answer

    def write_all(self, works: Iterable[Work]) -> Sequence[object]:
        """Run works of many callers one after the other; return the answer or exception of each."""
        with self._lock:
            return [self._tried(work) for work in list(works)]

    def _tried(self, work: Work) -> object:
        try:
            return self.write(work)
        except Exception as error:  # whatever a caller's own work raises goes back to that caller
            return error

    def read(self, reading: Callable[[View], T]) -> T:
        """Run `reading` on one consistent state and return what it returns."""
        with self._lock:
            return reading(self._tables)

    def events(self, case_id: str, after: int = 0) -> Sequence[EventRow]:
        """Return the events of a case with numbers above `after`."""
        with self._lock:
            return self._tables.events.get(case_id, [])[max(after, 0) :]

    def find_cases(
        self,
        *,
        flow: str = "",
        state: str = "",
        owner: str = "",
        closed: bool | None = None,
        after: str = "",
        limit: int = 100,
    ) -> Sequence[CaseRow]:
        """Return a page of cases in the order of their ids, after the id `after`."""
        with self._lock:
            tables = self._tables
            ids = sorted(tables.by_owner.get(owner, ())) if owner else tables.case_ids
            rows = (tables.cases[each] for each in islice(ids, bisect_right(ids, after), None))
            found = (
                row
                for row in rows
                if flow in ("", row.flow)
                and state in ("", row.state)
                and closed in (None, row.closed)
            )
            return list(islice(found, limit))

    def newest_ids(self, shelves: Sequence[Shelf], limit: int) -> Sequence[str]:
        """Return the highest ids of every shelf, of each at most `limit`."""
        with self._lock:
            return [each for shelf in shelves for each in islice(self._on(shelf), limit)]

    def _on(self, shelf: Shelf) -> Iterator[str]:
        tables = self._tables
        low, high = (bisect_left(tables.case_ids, end) for end in (shelf.low, shelf.high))
        wanted = (shelf.flow, shelf.state, shelf.closed)
        for case_id in reversed(tables.case_ids[low:high]):
            row = tables.cases[case_id]
            if (row.flow, row.state, row.closed) == wanted:
                yield case_id

    def late_cases(
        self, until: int, *, after: tuple[int, str] | None = None, limit: int = 100
    ) -> Sequence[CaseRow]:
        """Return a page of open cases that were late at `until`, earliest first."""
        with self._lock:
            late = sorted(self._late(until), key=_late_order)
        return [row for row in late if after is None or _late_order(row) > after][:limit]

    def _late(self, until: int) -> Iterator[CaseRow]:
        for row in self._tables.cases.values():
            passed = not row.closed and row.due is not None and row.due < until
            if passed and not is_provisional(row):
                yield row

    def count_late(self, until: int, partition: str = "") -> Mapping[tuple[str, str], int]:
        """Return how many open cases were late at `until`, by flow and state."""
        own = f"{partition}." if partition else ""
        with self._lock:
            late = (row for row in self._late(until) if row.case_id.startswith(own))
            return Counter((row.flow, row.state) for row in late)

    def count_cases(self, partition: str = "") -> Mapping[tuple[str, str, bool], int]:
        """Return how many cases there are by flow, state and closed."""
        own = f"{partition}." if partition else ""
        with self._lock:
            every = self._tables.cases.values()
            rows = [row for row in every if row.case_id.startswith(own)]
            return Counter((row.flow, row.state, row.closed) for row in rows)

    def due_timers(self, until: int, limit: int) -> Sequence[TimerRow]:
        """Return timers with `due` before `until`, earliest first."""
        with self._lock:
            due = (each for each in self._tables.queue[:limit] if each[0] < until)
            return [
                TimerRow(case_id=case_id, name=name, due=at, rank=rank)
                for at, rank, case_id, name in due
            ]

    def next_due(self) -> int | None:
        """Return the instant of the earliest timer."""
        with self._lock:
            return self._tables.queue[0][0] if self._tables.queue else None

    def messages(self, limit: int, after: int = 0) -> Sequence[tuple[int, MessageRow]]:
        """Return messages not yet sent with their tickets above `after`, oldest first."""
        with self._lock:
            rows = (each for each in self._tables.outbox.items() if each[0] > after)
            return list(islice(rows, limit))

    def sent(self, tickets: Sequence[int]) -> None:
        """Mark messages as sent."""
        with self._lock:
            for ticket in tickets:
                self._tables.outbox.pop(ticket, None)

    def put_letters(self, rows: Sequence[LetterRow]) -> None:
        """Keep how letters stand; rows of the same hook and letter are replaced."""
        with self._lock:
            for row in rows:
                before = self._tables.letters.get((row.hook, row.letter))
                if before is None:
                    self._tables.line += 1
                number = self._tables.line if before is None else before.number
                self._tables.letters[row.hook, row.letter] = replace(row, number=number)

    def drop_letters(self, keys: Sequence[tuple[str, str]]) -> None:
        """Forget letters by hook and letter."""
        with self._lock:
            for key in keys:
                self._tables.letters.pop(key, None)

    def letters(
        self, states: Sequence[str], after: int = 0, limit: int = 100
    ) -> Sequence[LetterRow]:
        """Return letters of some states with numbers above `after`, in the order of numbers."""
        with self._lock:
            rows = sorted(self._tables.letters.values(), key=lambda row: row.number)
        return [row for row in rows if row.state in states and row.number > after][:limit]

    def claim(self, duty: str) -> int:
        """Tell that a duty is ours: nobody else has this store."""
        return 1

    def back_up(self, target: Path) -> None:
        """Refuse: nothing of it is to outlive the process."""
        raise failure("ZR869")

    def chain(self, partition: str, after: int = 0) -> Iterator[ChainLink]:
        """Yield the links of a partition in order, from position `after` + 1."""
        with self._lock:
            links = self._tables.links.get(partition, [])[max(after, 0) :]
        yield from links

    def partitions(self) -> Mapping[str, Head]:
        """Return where the chain of each partition stands, in the order of their names."""
        with self._lock:
            return {name: self._tables.head(name) for name in sorted(self._tables.links)}

    def unchained(self) -> int:
        """Return how many events are in no partition: none."""
        return 0

    def put_bundle(self, bundle: BundleRow) -> None:
        """Register a policy set; one that is there already stays as it is."""
        with self._lock:
            self._tables.bundles.setdefault(bundle.digest, bundle)

    def bundle(self, digest: str) -> BundleRow | None:
        """Return a registered policy set."""
        with self._lock:
            return self._tables.bundles.get(digest)

    def bundles(self) -> Sequence[BundleRow]:
        """Return the registered policy sets, oldest first, with empty bodies."""
        with self._lock:
            rows = sorted(self._tables.bundles.values(), key=lambda b: (b.registered, b.digest))
            return [replace(row, body=b"") for row in rows]

    def rebuild(self, fits: Fits) -> Iterator[tuple[str, bool]]:
        """Yield for each case whether what is kept of it fits its events."""
        with self._lock:
            kept = list(self._tables.each_case())
        for case_id, change in kept:
            yield case_id, fits(change)

    def close(self) -> None:
        """Take no more work."""
        with self._lock:
            self._closed = True


def _late_order(row: CaseRow) -> tuple[int, str]:
    return row.due or 0, row.case_id
