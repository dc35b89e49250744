"""What every store promises: work of many callers in one durable write, all of it or none.

Instants are whole microseconds (`zhunru.worktime.instants.stamp`), days are ordinals, bodies are
canonical JSON texts that a store never looks into. A store knows nothing of policies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from zhunru.store.records import quick

if TYPE_CHECKING:
    from zhunru.store.chain import Head

T = TypeVar("T")


@quick
@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened in a case; events are only ever added.

    `number` counts from 1 within the case without a gap. `at` is when it counts, `recorded` when
    it was written down. `command` is the idempotency key of what caused it ("" for time alone).
    """

    case_id: str
    number: int
    at: int
    recorded: int
    kind: str
    actor: str
    command: str
    body: str


PROVISIONAL = ('"visit":', '"provisional":true')
"""What stands in this order in the body of a case whose due date lies past the published calendar.

With the visit a body ends; a field of either name stands before it.
"""


@quick
@dataclass(frozen=True, slots=True)
class CaseRow:
    """What the events of a case add up to, with what lists and inboxes are searched by.

    `version` is the number of its last event. `owners` are the units (or `unit/party`) whose turn
    it is; `due` the instant at which the time of its state ends (None: no limit, or stopped).
    `digest` is that of the policy set it runs under.
    """

    case_id: str
    version: int
    flow: str
    state: str
    closed: bool
    digest: str
    opened: int
    due: int | None
    owners: tuple[str, ...]
    body: str


def is_provisional(row: CaseRow) -> bool:
    """Tell whether the due date of a case lies past the published calendar (PROVISIONAL)."""
    visit, provisional = PROVISIONAL
    return provisional in row.body.rpartition(visit)[2]


@quick
@dataclass(frozen=True, slots=True)
class TimerRow:
    """Something that time will do to a case; `name` is its own within the case.

    Timers of one instant fire by `rank`, then case.
    """

    case_id: str
    name: str
    due: int
    rank: int


@quick
@dataclass(frozen=True, slots=True)
class MessageRow:
    """What must go out because of an event: at least once, in order within its case."""

    case_id: str
    number: int
    position: int
    topic: str
    body: str


@quick
@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row of a register (台账) that a workflow wrote; days are inclusive ordinals.

    `until` None: without an end. A row is never deleted: `cancelled` is when it was struck out.
    """

    register: str
    row_id: str
    case_id: str
    since: int
    until: int | None
    cancelled: int | None
    body: str


@quick
@dataclass(frozen=True, slots=True)
class BookingRow:
    """A use of a quota: `subject` is what it is counted for, `item` what is counted once."""

    quota: str
    subject: str
    day: int
    item: str
    case_id: str
    cancelled: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class LetterRow:
    """How a letter to one receiver stands that was not simply taken at once.

    `hook` is the receiver, `letter` what is its own with that receiver. `state`: `waiting` for
    another attempt at `due`, `sent` while other receivers still wait, `dead`, or `awaited` as long
    as there is nothing to tell yet. `status` is the last answer, `body` what a dead letter said.
    `number` is given by the store.
    """

    hook: str
    letter: str
    case_id: str
    topic: str
    state: str
    attempts: int = 0
    due: int = 0
    status: int = 0
    body: str = ""
    number: int = 0


@quick
@dataclass(frozen=True, slots=True)
class ReplyRow:
    """The answer that a command was given, so that a repeated command is given it again."""

    command: str
    case_id: str
    version: int
    body: str


@quick
@dataclass(frozen=True, slots=True)
class Change:
    """Everything that one piece of work writes, in one transaction.

    `timers` replaces all timers of each case that it names. Rows of `cases`, `register_rows` and
    `bookings` replace those with the same key (`register` and `row_id`; all of a booking but
    `cancelled`); a new case has no row before. Whoever writes events of a case writes its row.
    """

    events: tuple[EventRow, ...] = ()
    cases: tuple[CaseRow, ...] = ()
    timers: Mapping[str, tuple[TimerRow, ...]] = field(default_factory=dict)
    messages: tuple[MessageRow, ...] = ()
    register_rows: tuple[RegisterRow, ...] = ()
    bookings: tuple[BookingRow, ...] = ()
    replies: tuple[ReplyRow, ...] = ()


NO_CHANGE = Change()


Fits = Callable[[Change], bool]
"""Tells whether what is kept of one case, as if one change had written it all, is what its events
add up to. Of replies it holds those to the commands that its events name."""


class View(Protocol):
    """What a piece of work may read: all that was written before it, also in the same write."""

    def case(self, case_id: str) -> CaseRow | None:
        """Return a case, or None."""

    def reply(self, command: str) -> ReplyRow | None:
        """Return what a command was answered."""

    def timers(self, case_id: str) -> Sequence[TimerRow]:
        """Return the timers of a case, earliest first."""

    def register_rows(self, register: str, beginning: str = "") -> Sequence[RegisterRow]:
        """Return the rows of a register that are not struck out, in the order of writing.

        Of those whose `row_id` has a beginning a database reads no others.
        """

    def bookings(self, quota: str, subject: str, first: int, last: int) -> Sequence[BookingRow]:
        """Return the uses of a quota for a subject on days from `first` to `last`.

        Struck-out ones are left out; the others come in the order of days.
        """


@quick
@dataclass(frozen=True, slots=True)
class Work:
    """One caller's work: `run` reads the view and returns what to write, and the answer.

    `partition` names the chain that its events belong to; a case stays in one partition. What is
    named in `cases` and `commands` is fetched beforehand for many works at once. When `run`
    raises, nothing of this work is written and the caller alone is given the exception. `run` may
    be run again when the first attempt could not be written, so it must not change anything else.
    It runs in whichever thread writes and must not use the store itself, only the view.
    `behind`: nobody waits for it, so works of people may go first.
    """

    partition: str
    run: Callable[[View], tuple[Change, object]]
    cases: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    behind: bool = False


@quick
@dataclass(frozen=True, slots=True)
class ChainLink:
    """An event as the audit chain holds it: `digest` is over `previous` and the event's text."""

    partition: str
    position: int
    event: EventRow
    previous: str
    digest: str


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRow:
    """A registered policy set: `body` is what it is opened from again."""

    digest: str
    code: str
    registered: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The cases of a workflow in one state, with ids from `low` up to, but without, `high`."""

    flow: str
    state: str
    closed: bool
    low: str
    high: str


class Store(Protocol):
    """A store of cases. Every method may be called from any thread.

    `write` returns when the work is durable. StoreError: the store could not write; nothing of
    the work was written, or (`uncertain`) the caller must ask again with the same command key.
    """

    def write(self, work: Work) -> object:
        """Run a piece of work and return its answer, once it is durable."""

    def write_all(self, works: Iterable[Work]) -> Sequence[object]:
        """Run works of many callers, in order, and return what each comes to, once all is durable.

        In the place of a work stands its answer, or the exception that `write` would have raised:
        one that fails does so alone. The works are asked for when it is their turn to be written.
        How many there are is for the caller to bound: they share one write, with others that wait.
        """

    def read(self, reading: Callable[[View], T]) -> T:
        """Run `reading` on one consistent state and return what it returns."""

    def events(self, case_id: str, after: int = 0) -> Sequence[EventRow]:
        """Return the events of a case with numbers above `after`."""

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

    def newest_ids(self, shelves: Sequence[Shelf], limit: int) -> Sequence[str]:
        """Return the highest ids of every shelf, of each at most `limit`."""

    def late_cases(
        self, until: int, *, after: tuple[int, str] | None = None, limit: int = 100
    ) -> Sequence[CaseRow]:
        """Return a page of open cases that were late at `until`, earliest first: due before it, and
        not until a calendar is published, which may come later (`is_provisional`).

        `after` is the due instant and the id of the last case of the page before.
        """

    def count_late(self, until: int, partition: str = "") -> Mapping[tuple[str, str], int]:
        """Return how many open cases were late at `until`, by flow and state.

        With a partition only its own are counted.
        """

    def count_cases(self, partition: str = "") -> Mapping[tuple[str, str, bool], int]:
        """Return how many cases there are by flow, state and closed; of a partition, if named."""

    def due_timers(self, until: int, limit: int) -> Sequence[TimerRow]:
        """Return timers with `due` before `until`, earliest first."""

    def next_due(self) -> int | None:
        """Return the instant of the earliest timer."""

    def messages(self, limit: int, after: int = 0) -> Sequence[tuple[int, MessageRow]]:
        """Return messages not yet sent with their tickets above `after`, oldest first."""

    def sent(self, tickets: Sequence[int]) -> None:
        """Mark messages as sent."""

    def put_letters(self, rows: Sequence[LetterRow]) -> None:
        """Keep how letters stand; rows of the same hook and letter are replaced."""

    def drop_letters(self, keys: Sequence[tuple[str, str]]) -> None:
        """Forget letters by hook and letter."""

    def letters(
        self, states: Sequence[str], after: int = 0, limit: int = 100
    ) -> Sequence[LetterRow]:
        """Return letters of some states with numbers above `after`, in the order of numbers."""

    def claim(self, duty: str) -> int:
        """Tell whether a duty is ours, which one alone may have of all who have the store open.

        0: it is somebody else's. Otherwise it is ours until the store is closed, our process ends,
        or it was not asked for in five minutes; whoever asks then has it. It is asked for again
        before each thing that is done: the number is another one if it was lost meanwhile.
        """

    def back_up(self, target: Path) -> None:
        """Write a copy of the store into a new file, a store of its own.

        It is the store at one instant: every command that was acknowledged before is in it. Nobody
        who writes is held up, and nothing half written stays. Raises StoreError (ZR869 where the
        store is not in a file), FileExistsError.
        """

    def chain(self, partition: str, after: int = 0) -> Iterator[ChainLink]:
        """Yield the links of a partition in order, from position `after` + 1."""

    def partitions(self) -> Mapping[str, Head]:
        """Return where the chain of each partition stands, in the order of their names."""

    def unchained(self) -> int:
        """Return how many events are in no partition that is known: their chain is lost."""

    def put_bundle(self, bundle: BundleRow) -> None:
        """Register a policy set; one that is there already stays as it is."""

    def bundle(self, digest: str) -> BundleRow | None:
        """Return a registered policy set."""

    def bundles(self) -> Sequence[BundleRow]:
        """Return the registered policy sets, oldest first, with empty bodies."""

    def rebuild(self, fits: Fits) -> Iterator[tuple[str, bool]]:
        """Yield for each case whether what is kept of it fits its events; a case without events,
        events without a case, and what belongs to no case do not. Registers of the service itself
        (`#…`) are left out."""

    def close(self) -> None:
        """Finish what is being written and let go of the store."""
