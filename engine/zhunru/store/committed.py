"""What a database holds, as works read it: fetched for a whole batch at once, then by need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from zhunru.store import tables
from zhunru.store.base import BookingRow, CaseRow, RegisterRow, ReplyRow, TimerRow, Work
from zhunru.store.chain import Chain, Head
from zhunru.store.kept import Kept
from zhunru.store.tables import CASE_COLUMNS, Record

if TYPE_CHECKING:
    from zhunru.store.draft import Draft
    from zhunru.store.writing import Plan

Query = tuple[str, Sequence[object]]


class Session(Protocol):
    """A connection inside a transaction. Statements mark their values by `?`."""

    def query(self, text: str, values: Sequence[object] = ()) -> list[Record]:
        """Return the rows of one statement."""

    def query_all(self, queries: Sequence[Query]) -> list[list[Record]]:
        """Return the rows of several statements, in as few journeys as the database allows."""

    def among(self, values: Sequence[str]) -> tuple[str, object]:
        """Return a condition that a column is one of these texts, and its value."""


class CommittedRows:
    """The rows behind one session; what was fetched once, or is kept, is not asked for again."""

    def __init__(self, session: Session, chain: Chain, kept: Kept | None = None) -> None:
        self._session = session
        self._chain = chain
        self._kept = kept = Kept() if kept is None else kept
        self._cases = kept.cases
        self._homes = kept.homes
        self._timers = kept.timers
        self._heads = kept.heads
        self._ids = kept.ids
        self._replies: dict[str, ReplyRow | None] = {}
        # Works of a group often read the same register, or count the same uses.
        self._registers: dict[tuple[str, str], list[RegisterRow]] = {}
        self._booked: dict[tuple[str, str, int, int], list[BookingRow]] = {}

    # --- many at once --------------------------------------------------------------------------

    def prefetch(self, works: Sequence[Work], alone: Callable[[], bool]) -> None:
        """Fetch what the works named; `alone` tells whether what was kept still holds."""
        hoped = bool(self._heads)
        self._fetch(works)
        # Asked behind the first journey, with which the answer comes for nothing.
        if not alone() and hoped:
            self._kept.clear()
            self._fetch(works)

    def _fetch(self, works: Iterable[Work]) -> None:
        # Dictionaries as ordered sets: many works of a group name the same partition and case.
        names: dict[str, None] = {}
        cases: dict[str, None] = {}
        commands: dict[str, None] = {}
        known, heads = self._timers, self._heads
        for work in works:
            if work.partition not in heads:
                names[work.partition] = None
            for case_id in work.cases:
                if case_id not in known:
                    cases[case_id] = None
            for command in work.commands:
                commands[command] = None
        queries: list[Query] = []
        if commands:
            queries.append(self._all_of(_REPLIES_OF, commands))
        if cases:
            queries += self._all_of(_CASES_OF, cases), self._all_of(_TIMERS_OF, cases)
        if names:
            queries.append(self._all_of(_HEADS_OF, names))
        found = self._session.query_all(queries)
        if names:
            self._keep_heads(names, found.pop())
        if cases:
            self._keep_timers(cases, found.pop())
            self._keep_cases(cases, found.pop())
        if commands:
            self._keep_replies(commands, found.pop())

    def _all_of(self, text: str, values: Iterable[str]) -> Query:
        condition, value = self._session.among(list(values))
        return f"{text} {condition}", (value,)

    def _keep_heads(self, names: Iterable[str], found: list[Record]) -> None:
        for number, name, position, digest in found:
            self._heads[name] = Head(name, position, digest)
            self._ids[name] = number
        # A partition comes into being with its first event.
        for name in names:
            if name not in self._heads:
                self._heads[name] = Head(name, 0, self._chain.start(name))

    def _keep_replies(self, commands: Iterable[str], found: list[Record]) -> None:
        # That there is none is kept as well, or every new command would be asked for again.
        self._replies.update(dict.fromkeys(commands))
        for record in found:
            self._replies[record[0]] = ReplyRow(*record)

    def _keep_cases(self, cases: Iterable[str], found: list[Record]) -> None:
        self._cases.update(dict.fromkeys(cases))
        for record in found:
            row = tables.case(record)
            self._cases[row.case_id] = row
            self._homes[row.case_id] = record[-1]

    def _keep_timers(self, cases: Iterable[str], found: list[Record]) -> None:
        self._timers.update(dict.fromkeys(cases))
        for record in found:
            self._timers[record[0]] = record

    # --- one by one ----------------------------------------------------------------------------

    def case(self, case_id: str) -> CaseRow | None:
        """Return a case, or None."""
        if case_id not in self._cases:
            self._keep_cases([case_id], self._session.query(f"{_CASES_OF} = ?", (case_id,)))
        return self._cases[case_id]

    def reply(self, command: str) -> ReplyRow | None:
        """Return what a command was answered."""
        if command not in self._replies:
            found = self._session.query(f"{_REPLIES_OF} = ?", (command,))
            self._keep_replies([command], found)
        return self._replies[command]

    def timers(self, case_id: str) -> Sequence[TimerRow]:
        """Return the timers of a case, earliest first."""
        record = self.timers_record(case_id)
        return [] if record is None else tables.timers(record)

    def timers_record(self, case_id: str) -> Record | None:
        """Return the timers of a case as they are written."""
        if case_id not in self._timers:
            found = self._session.query(f"{_TIMERS_OF} = ?", (case_id,))
            self._keep_timers([case_id], found)
        return self._timers[case_id]

    def register_rows(self, register: str, beginning: str = "") -> Sequence[RegisterRow]:
        """Return the rows of a register that are not struck out, in the order of writing."""
        key = (register, beginning)
        found = self._registers.get(key)
        if found is None:
            last = beginning + _AFTER_ALL
            records = self._session.query(_REGISTER, (register, beginning, last))
            found = self._registers[key] = [RegisterRow(*each) for each in records]
        return found

    def bookings(self, quota: str, subject: str, first: int, last: int) -> Sequence[BookingRow]:
        """Return the uses of a quota for a subject on days from `first` to `last`."""
        key = (quota, subject, first, last)
        found = self._booked.get(key)
        if found is None:
            records = self._session.query(_BOOKINGS, key)
            found = self._booked[key] = [BookingRow(*each) for each in records]
        return found

    def partition_of(self, case_id: str) -> str | None:
        """Return the partition of a case that is there."""
        if self.case(case_id) is None:
            return None
        home = self._homes[case_id]
        # Almost always one of the group's own partitions, which are known.
        for name, number in self._ids.items():
            if number == home:
                return name
        ((name,),) = self._session.query("SELECT name FROM partitions WHERE id = ?", (home,))
        return str(name)

    def head(self, partition: str) -> Head:
        """Return where the chain of a partition stands."""
        if partition not in self._heads:
            found = self._session.query(f"{_HEADS_OF} = ?", (partition,))
            self._keep_heads([partition], found)
        return self._heads[partition]

    def partition_id(self, partition: str) -> int | None:
        """Return the number of a partition that has events already."""
        self.head(partition)
        return self._ids.get(partition)

    # --- afterwards ----------------------------------------------------------------------------

    def follow(self, draft: Draft, made: Plan) -> None:
        """Keep what was written: it is durable, or nothing that is kept outlives its failure."""
        self._heads.update(draft.heads)
        self._ids.update(made.ids)
        self._cases.update(draft.cases)
        for case_id, name in draft.partitions.items():
            self._homes[case_id] = made.ids[name]
        self._timers.update(made.timers)
        self._replies.update(draft.replies)
        if draft.registers:
            self._registers.clear()
        if draft.booked:
            self._booked.clear()
        self._kept.bound()


_CASES_OF = f"SELECT {CASE_COLUMNS} FROM cases WHERE case_id"
_HEADS_OF = "SELECT id, name, position, digest FROM partitions WHERE name"
_REPLIES_OF = f"SELECT {tables.REPLIES.listed} FROM replies WHERE command"
_TIMERS_OF = f"SELECT {tables.TIMERS.listed} FROM timers WHERE case_id"
_REGISTER = (
    f"SELECT {tables.REGISTERS.listed} FROM register_rows "
    "WHERE register = ? AND row_id >= ? AND row_id < ? AND cancelled IS NULL ORDER BY line"
)
# Both databases compare ids byte by byte, and no id holds this last of all characters.
_AFTER_ALL = "\U0010ffff"
_BOOKINGS = (
    f"SELECT {tables.BOOKINGS.listed} FROM bookings WHERE quota = ? AND "
    "subject = ? AND day >= ? AND day <= ? AND cancelled IS NULL ORDER BY day, item, case_id"
)
