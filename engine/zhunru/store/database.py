"""A store of cases in a database: everything but how the database is spoken to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeVar

from zhunru.errors import StoreError
from zhunru.store import tables
from zhunru.store.base import (
    PROVISIONAL,
    BundleRow,
    CaseRow,
    ChainLink,
    EventRow,
    Fits,
    LetterRow,
    MessageRow,
    Shelf,
    TimerRow,
    View,
    Work,
)
from zhunru.store.chain import Chain, Head
from zhunru.store.committed import CommittedRows, Session
from zhunru.store.committer import Committer, Job
from zhunru.store.draft import Draft, timer_order
from zhunru.store.kept import Kept
from zhunru.store.rebuilding import page_of, strays
from zhunru.store.schema import POSITION_BITS, POSITION_MASK, place_of
from zhunru.store.tables import CASE_COLUMNS, EVENT_COLUMNS
from zhunru.store.writing import Plan, plan

T = TypeVar("T")
PAGE = 1_000


class WritingSession(Session, Protocol):
    """A connection inside the one transaction that writes.

    `ahead`: after how many works of a group their rows may be sent; 0 where that gains nothing.
    """

    ahead: int

    def alone(self) -> bool:
        """Tell whether nobody else has written since the last session that wrote."""

    def send_ahead(self, made: Plan) -> None:
        """Have a plan written while more of the group is run; `carry_out` follows."""

    def carry_out(self, made: Plan) -> None:
        """Write a plan and commit."""


class Database(Protocol):
    """A database that sessions are opened on; `errors` are its driver's own."""

    errors: tuple[type[Exception], ...]

    @property
    def algorithm(self) -> str:
        """Return the digest of its audit chain."""

    def reading(self) -> AbstractContextManager[Session]:
        """Open a session on one consistent state."""

    def writing(self) -> AbstractContextManager[WritingSession]:
        """Open the session that writes; unless it carries out a plan, nothing is written."""

    def claim(self, duty: str) -> int:
        """Tell whether a duty is ours, as `Store.claim` does."""

    def back_up(self, target: Path) -> None:
        """Write a copy of the store into a new file, as `Store.back_up` does."""

    def close(self) -> None:
        """Let go of every connection."""


class DatabaseStore:
    """A store whose works are written in groups."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.chain_rule = Chain(database.algorithm)
        self._committer = Committer(self._commit)
        # Only whoever writes touches it, and never two write at once.
        self._kept = Kept()

    # --- writing -------------------------------------------------------------------------------

    def write(self, work: Work) -> object:
        """Run a piece of work and return its answer, once it is durable."""
        return self._committer.submit(work)

    def write_all(self, works: Iterable[Work]) -> Sequence[object]:
        """Run works of many callers in one write; return the answer or exception of each."""
        return self._committer.submit_all(works)

    def _commit(self, jobs: Sequence[Job]) -> None:
        try:
            _again_if_lost(lambda: self._attempt(jobs))
        except StoreError as error:
            # One work's unfit value must not fail the others that share its write.
            if len(jobs) > 1 and error.code in _OF_ONE_WORK:
                for job in jobs:
                    self._commit([job])
                return
            # One exception each: threads that raise the same one would share its traceback.
            for job in jobs:
                if job.error is None:
                    job.fail(StoreError(error.diagnostic, uncertain=error.uncertain))

    def _attempt(self, jobs: Sequence[Job]) -> None:
        try:
            self._write_together(jobs)
        except BaseException:
            # Whatever it was: what was read, and what is written by now, is no longer certain.
            self._kept.clear()
            raise

    def _write_together(self, jobs: Sequence[Job]) -> None:
        with self._database.writing() as session:
            committed = CommittedRows(session, self.chain_rule, self._kept)
            committed.prefetch([job.work for job in jobs], session.alone)
            size = session.ahead or len(jobs)
            *parts, last = [jobs[at : at + size] for at in range(0, len(jobs), size)]
            wrote = False
            for part in parts:
                draft, made = self._run(part, committed, session)
                if made.writes:
                    session.send_ahead(made)
                    committed.follow(draft, made)
                    wrote = True
            draft, made = self._run(last, committed, session)
            # Repeated commands and refusals write nothing: then there is nothing to flush.
            if wrote or made.writes:
                session.carry_out(made)
        committed.follow(draft, made)

    def _run(
        self, jobs: Sequence[Job], committed: CommittedRows, session: Session
    ) -> tuple[Draft, Plan]:
        """Run works in order, each over what those before it have added: as if written one by
        one. Return what they added, and the rows that it takes."""
        draft = Draft(committed, self.chain_rule)
        for job in jobs:
            _run_one(job, draft, self._database.errors)
        return draft, plan(draft, committed, lambda: _new_partition(session))

    def sent(self, tickets: Sequence[int]) -> None:
        """Mark messages as sent."""
        if tickets:
            self._carry_out(Plan(sent=list(tickets)))

    def put_letters(self, rows: Sequence[LetterRow]) -> None:
        """Keep how letters stand; rows of the same hook and letter are replaced."""
        if rows:
            self._carry_out(Plan(put=[(tables.LETTERS, list(map(tables.letter_record, rows)))]))

    def drop_letters(self, keys: Sequence[tuple[str, str]]) -> None:
        """Forget letters by hook and letter."""
        if keys:
            self._carry_out(Plan(gone=[(tables.LETTERS, list(keys))]))

    def put_bundle(self, bundle: BundleRow) -> None:
        """Register a policy set; one that is there already stays as it is."""
        record = (bundle.digest, bundle.code, bundle.registered, bundle.body)
        self._carry_out(Plan(put=[(tables.BUNDLES, [record])]))

    def _carry_out(self, made: Plan) -> None:
        def once() -> None:
            with self._database.writing() as session:
                session.carry_out(made)

        # What these write may be written twice, so not knowing is no reason to give up.
        _again_if_lost(once, also_uncertain=True)

    def claim(self, duty: str) -> int:
        """Tell whether a duty is ours, which one alone may have of all who have the store open."""
        return self._database.claim(duty)

    def back_up(self, target: Path) -> None:
        """Write a copy of the store into a new file."""
        self._database.back_up(target)

    def close(self) -> None:
        """Finish what is being written and let go of the store."""
        self._committer.close()
        self._database.close()

    # --- reading -------------------------------------------------------------------------------

    def read(self, reading: Callable[[View], T]) -> T:
        """Run `reading` on one consistent state and return what it returns."""
        with self._database.reading() as session:
            return reading(CommittedRows(session, self.chain_rule))

    def _query(self, text: str, *values: object) -> list[tables.Record]:
        with self._database.reading() as session:
            return session.query(text, values)

    def events(self, case_id: str, after: int = 0) -> Sequence[EventRow]:
        """Return the events of a case with numbers above `after`."""
        return [EventRow(*record) for record in self._query(_EVENTS_OF, case_id, after)]

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
        wanted = {"flow": flow, "state": state}
        conditions = ["case_id > ?", *(f"{name} = ?" for name, value in wanted.items() if value)]
        values: list[object] = [after, *filter(None, wanted.values())]
        if closed is not None:
            conditions.append("closed = ?")
            values.append(int(closed))
        # Owners have a table of their own, in the order of an inbox: owner, then case.
        source = "cases"
        if owner:
            source = "case_owners JOIN cases USING (case_id)"
            conditions.append("owner = ?")
            values.append(owner)
        text = f"SELECT {CASE_COLUMNS} FROM {source} WHERE {' AND '.join(conditions)}"
        found = self._query(f"{text} ORDER BY case_id LIMIT ?", *values, limit)
        return list(map(tables.case, found))

    def newest_ids(self, shelves: Sequence[Shelf], limit: int) -> Sequence[str]:
        """Return the highest ids of every shelf, of each at most `limit`."""
        found: list[str] = []
        for at in range(0, len(shelves), _SHELVES):
            part = shelves[at : at + _SHELVES]
            text = " UNION ALL ".join(_ON_SHELF.format(n) for n in range(len(part)))
            # Each shelf is a stretch of the index, read from its end: nothing else is looked at.
            values = [
                v for s in part for v in (s.flow, s.state, int(s.closed), s.low, s.high, limit)
            ]
            found += [case_id for (case_id,) in self._query(text, *values)]
        return found

    def late_cases(
        self, until: int, *, after: tuple[int, str] | None = None, limit: int = 100
    ) -> Sequence[CaseRow]:
        """Return a page of open cases that were late at `until`, earliest first."""
        due, case_id = after or (-(1 << 62), "")
        return list(map(tables.case, self._query(_LATE, until, due, due, case_id, limit)))

    def count_late(self, until: int, partition: str = "") -> Mapping[tuple[str, str], int]:
        """Return how many open cases were late at `until`, by flow and state."""
        text = _LATE_COUNTS.format(f" AND {_OWN}" if partition else "")
        found = self._query(text, until, *_stretch(partition))
        return {(flow, state): count for flow, state, count in found}

    def count_cases(self, partition: str = "") -> Mapping[tuple[str, str, bool], int]:
        """Return how many cases there are by flow, state and closed."""
        text = _COUNTS.format(f" WHERE {_OWN}" if partition else "")
        found = self._query(text, *_stretch(partition))
        return {(flow, state, bool(closed)): count for flow, state, closed, count in found}

    def due_timers(self, until: int, limit: int) -> Sequence[TimerRow]:
        """Return timers with `due` before `until`, earliest first."""
        found = [row for record in self._query(_DUE, until, limit) for row in tables.timers(record)]
        # The first so many timers are all among those of the cases that are first.
        due = (row for row in found if row.due < until)
        return sorted(due, key=timer_order)[:limit]

    def next_due(self) -> int | None:
        """Return the instant of the earliest timer."""
        found = self._query("SELECT due FROM timers ORDER BY due LIMIT 1")
        return found[0][0] if found else None

    def messages(self, limit: int, after: int = 0) -> Sequence[tuple[int, MessageRow]]:
        """Return messages not yet sent with their tickets above `after`, oldest first."""
        found = self._query(_OUTBOX, after, limit)
        return [(ticket, MessageRow(*record)) for ticket, *record in found]

    def letters(
        self, states: Sequence[str], after: int = 0, limit: int = 100
    ) -> Sequence[LetterRow]:
        """Return letters of some states with numbers above `after`, in the order of numbers."""
        marks = ", ".join("?" * len(states))
        text = f"SELECT {tables.LETTERS.listed}, line FROM letters WHERE state IN ({marks}) "
        found = self._query(f"{text}AND line > ? ORDER BY line LIMIT ?", *states, after, limit)
        return [LetterRow(*record) for record in found]

    def chain(self, partition: str, after: int = 0) -> Iterator[ChainLink]:
        """Yield the links of a partition in order, from position `after` + 1."""
        found = self._query("SELECT id FROM partitions WHERE name = ?", partition)
        if not found:
            return
        ((number,),) = found
        previous = self._digest_at(partition, number, after)
        while True:
            # A page at a time, so that a long chain neither fills memory nor holds a snapshot.
            page = self._query(
                _LINKS, place_of(number, after), place_of(number, POSITION_MASK), PAGE
            )
            for place, *record, digest in page:
                after = place & POSITION_MASK
                yield ChainLink(
                    partition=partition,
                    position=after,
                    event=EventRow(*record),
                    previous=previous,
                    digest=digest,
                )
                previous = digest
            if len(page) < PAGE:
                return

    def _digest_at(self, partition: str, number: int, position: int) -> str:
        found = self._query("SELECT digest FROM events WHERE place = ?", place_of(number, position))
        return str(found[0][0]) if found else self.chain_rule.start(partition)

    def partitions(self) -> Mapping[str, Head]:
        """Return where the chain of each partition stands, in the order of their names."""
        found = self._query("SELECT name, position, digest FROM partitions ORDER BY name")
        return {head[0]: Head(*head) for head in found}

    def unchained(self) -> int:
        """Return how many events are in no partition that is known: their chain is lost."""
        ((found,),) = self._query(_UNCHAINED)
        return int(found)

    def bundle(self, digest: str) -> BundleRow | None:
        """Return a registered policy set."""
        found = self._query(
            "SELECT digest, code, registered, body FROM bundles WHERE digest = ?", digest
        )
        return _bundle(*found[0]) if found else None

    def bundles(self) -> Sequence[BundleRow]:
        """Return the registered policy sets, oldest first, with empty bodies."""
        found = self._query(
            "SELECT digest, code, registered FROM bundles ORDER BY registered, digest"
        )
        return [_bundle(*record) for record in found]

    def rebuild(self, fits: Fits) -> Iterator[tuple[str, bool]]:
        """Yield for each case whether what is kept of it fits its events."""
        with self._database.reading() as session:
            lost = strays(session)
        yield from lost
        after = ""
        while True:
            # Judged before anything is handed out, so that whoever reads slowly holds no snapshot.
            with self._database.reading() as session:
                found = page_of(session, fits, after, PAGE)
            yield from found
            if len(found) < PAGE:
                return
            after = found[-1][0]


_OF_ONE_WORK = frozenset({"ZR862", "ZR863"})
_EVENTS_OF = f"SELECT {EVENT_COLUMNS} FROM events WHERE case_id = ? AND number > ? ORDER BY number"
_UNCHAINED = (
    f"SELECT count(*) FROM events WHERE place >> {POSITION_BITS} NOT IN (SELECT id FROM partitions)"
)
_SHELVES = 60  # in one statement
_ON_SHELF = (
    "SELECT * FROM (SELECT case_id FROM cases WHERE flow = ? AND state = ? AND closed = ? "
    "AND case_id >= ? AND case_id < ? ORDER BY case_id DESC LIMIT ?) AS shelf{}"
)
_IS_LATE = (
    f"closed = 0 AND due IS NOT NULL AND due < ? AND body NOT LIKE '%{'%'.join(PROVISIONAL)}%'"
)
# Said apart, not as a pair: both databases then read the index from that place on.
_LATE = (
    f"SELECT {CASE_COLUMNS} FROM cases WHERE {_IS_LATE} AND due >= ? "
    "AND (due > ? OR case_id > ?) ORDER BY due, case_id LIMIT ?"
)
# Not the bare column: for that SQLite reads the cases themselves, not the narrow index by state.
_OWN = "case_id || '' >= ? AND case_id || '' < ?"
_LATE_COUNTS = f"SELECT flow, state, count(*) FROM cases WHERE {_IS_LATE}{{}} GROUP BY flow, state"
_COUNTS = "SELECT flow, state, closed, count(*) FROM cases{} GROUP BY flow, state, closed"
_DUE = (
    f"SELECT {tables.TIMERS.listed} FROM timers WHERE due < ? ORDER BY due, rank, case_id LIMIT ?"
)
_OUTBOX = (
    f"SELECT ticket, {tables.MESSAGES.listed} FROM messages WHERE sent = 0 "
    "AND ticket > ? ORDER BY ticket LIMIT ?"
)
_LINKS = (
    f"SELECT place, {EVENT_COLUMNS}, digest FROM events WHERE place > ? AND place <= ? "
    "ORDER BY place LIMIT ?"
)


def _again_if_lost(attempt: Callable[[], None], *, also_uncertain: bool = False) -> None:
    """Make a second attempt, on a new connection, if the first lost its own before writing."""
    try:
        attempt()
    except StoreError as error:
        if error.code != "ZR851" and not (also_uncertain and error.uncertain):
            raise
        attempt()


def _run_one(job: Job, draft: Draft, errors: tuple[type[Exception], ...]) -> None:
    try:
        job.finish(draft.run(job.work))
    except errors:
        raise  # the database failed under the work: nobody's fault, and everybody's failure
    except Exception as error:  # whatever a caller's own work raises goes back to that caller
        job.fail(error)


def _new_partition(session: Session) -> int:
    ((last,),) = session.query("SELECT coalesce(max(id), 0) FROM partitions")
    return int(last) + 1


def _stretch(partition: str) -> tuple[str, ...]:
    """Return between what the ids of a partition lie: the sign behind the dot is the slash."""
    return (f"{partition}.", f"{partition}/") if partition else ()


def _bundle(digest: str, code: str, registered: int, body: bytes = b"") -> BundleRow:
    return BundleRow(digest=digest, code=code, registered=registered, body=bytes(body))
