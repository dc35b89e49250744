"""Group commit: works that wait at the same time share one durable write.

There is no writer thread. A caller who finds nobody writing writes itself; one who finds somebody
writing waits, and is either answered by that write's successor or wakes up to lead it. A lone
caller therefore pays for no other thread, and nobody ever waits for company. Works that may stay
behind, which are large and which nobody looks at, let the others go first. A caller that speaks for
many hands their works in at once; it is asked for them only when it is their turn, so that none of
them that came meanwhile has to wait for the next.
"""

from __future__ import annotations

import logging
from _thread import LockType, allocate_lock
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from time import monotonic, sleep

from zhunru.errors import StoreError
from zhunru.store.base import Work
from zhunru.store.failures import failure

LARGEST = 256
# So many groups of commands may go ahead of what time does: it must get on, too.
_MOST_AHEAD = 3
# Longer than the slowest write that still comes to an end by itself.
CLOSING_SECONDS = 150
_log = logging.getLogger("zhunru.store")


class Job:
    """A work on its way, and what came of it."""

    __slots__ = ("answer", "error", "work")

    def __init__(self, work: Work) -> None:
        self.work = work
        self.answer: object = None
        self.error: BaseException | None = None

    def finish(self, answer: object) -> None:
        """Keep the answer, to be given once the write is durable."""
        self.answer = answer
        self.error = None

    def fail(self, error: BaseException) -> None:
        """Keep the exception that this caller alone is given."""
        self.error = error


class Hand:
    """What one caller hands in at once: its jobs are answered once it is `done`."""

    __slots__ = ("behind", "broken", "done", "gate", "jobs", "leads", "then", "works")

    def __init__(self, works: Iterable[Work] | None, jobs: list[Job], behind: bool = False) -> None:
        self.works = works
        self.jobs = jobs
        self.behind = behind
        # What asking for the works raised.
        self.broken: BaseException | None = None
        # Only read by the waiting thread after its gate opened, so no lock guards it.
        self.done = False
        self.leads = False
        self.gate: LockType | None = None
        # Who is woken next, by whoever waits for this hand.
        self.then: Hand | None = None

    def fill(self) -> list[Job]:
        """Return the jobs, asking for their works if that was left until now."""
        if self.works is not None:
            try:
                self.jobs = list(map(Job, self.works))
            except Exception as error:  # it goes back to the caller whose works they are
                self.broken = error
            self.works = None
        return self.jobs

    def wake(self) -> None:
        """Let the caller who waits for this hand go on."""
        # Woken twice is woken once: after an interruption nobody can tell whether it had been done.
        gate = self.gate
        if gate is not None and gate.locked():
            with suppress(RuntimeError):
                gate.release()


class Committer:
    """Hands the works of many threads to `commit`, a batch at a time, never two at once."""

    def __init__(self, commit: Callable[[Sequence[Job]], None], largest: int = LARGEST) -> None:
        self._commit = commit
        self._largest = largest
        self._lock = allocate_lock()
        self._waiting: deque[Hand] = deque()
        self._behind: deque[Hand] = deque()
        self._ahead = 0
        self._busy = False
        self._company = False
        self._closed = False

    def submit(self, work: Work) -> object:
        """Return the answer of a work once it is durable, or raise what it raised."""
        job = Job(work)
        self._carry(Hand(None, [job], work.behind))
        if job.error is not None:
            raise job.error
        return job.answer

    def submit_all(self, works: Iterable[Work]) -> list[object]:
        """Return the answer of each work, or the exception that it alone is to be given."""
        hand = Hand(works, [])
        try:
            self._carry(hand)
        except StoreError as closed:
            for job in hand.fill():
                job.fail(StoreError(closed.diagnostic, uncertain=closed.uncertain))
        if hand.broken is not None:
            raise hand.broken
        return [job.answer if job.error is None else job.error for job in hand.jobs]

    def _carry(self, hand: Hand) -> None:
        """Come back once what is handed in has been written."""
        try:
            self._hand_in(hand)
            if hand.gate is not None:
                hand.gate.acquire()
                # One wakes the next: a hundred who wake up together all want the interpreter at
                # once, and switching to and fro between them costs more than what they have to do.
                if hand.then is not None:
                    hand.then.wake()
            if not hand.done:
                self._lead(hand)
        except BaseException:
            self._give_up(hand)
            raise

    def _hand_in(self, hand: Hand) -> None:
        with self._lock:
            if self._closed:
                raise failure("ZR860")
            # The gate is a plain lock, taken twice: cheaper than a condition, made only to wait.
            if self._busy:
                hand.gate = allocate_lock()
                hand.gate.acquire()
                (self._behind if hand.behind else self._waiting).append(hand)
            else:
                self._busy = hand.leads = True

    def _give_up(self, hand: Hand) -> None:
        """Leave the queue after an interruption; who was chosen to lead passes it on."""
        with self._lock:
            # Not yet taken: then it is as if it had never been handed in.
            for queue in (self._waiting, self._behind):
                if hand in queue:
                    queue.remove(hand)
                    return
            leads = hand.leads and not hand.done
            # Being written: who wakes the others must not count on this one to pass it on.
            hand.gate = None
        if hand.then is not None:
            hand.then.wake()
        if leads:
            self._pass_on(hand)

    def _lead(self, own: Hand) -> None:
        # First come, first written: the leader is the oldest of those who wait.
        hands = [own]
        # Who wrote last is first back with its next work, while the others of its group are just
        # waking up: it would write that one alone, and then they theirs. One turn lets them in.
        if self._company:
            sleep(0)
        with self._lock:
            while self._waiting and len(hands) < self._largest:
                hands.append(self._waiting.popleft())
            self._let_behind(hands)
        self._company = len(hands) > 1
        try:
            # Outside of the lock: whoever speaks for many makes their works only now.
            jobs = [job for hand in hands for job in hand.fill()]
            if jobs:
                self._commit(jobs)
        except BaseException:
            # Only an interruption of this very thread comes here; the others cannot know more.
            for hand in hands:
                for job in hand.jobs:
                    job.fail(failure("ZR861", uncertain=True))
            raise
        finally:
            self._answer(hands, own)

    def _let_behind(self, hands: list[Hand]) -> None:
        """Let one of those behind come along, once enough others have gone ahead of it."""
        self._ahead = 0 if hands[0].behind or not self._behind else self._ahead + 1
        if self._ahead > _MOST_AHEAD:
            hands.append(self._behind.popleft())
            self._ahead = 0

    def _answer(self, hands: Sequence[Hand], own: Hand) -> None:
        # The next leader is woken first: it collects what the others hand in while they wake up.
        self._pass_on(own)
        first: Hand | None = None
        with self._lock:
            for hand in reversed(hands):
                hand.done = True
                if hand is not own and hand.gate is not None:
                    hand.then = first
                    first = hand
        if first is not None:
            first.wake()

    def _pass_on(self, own: Hand) -> None:
        with self._lock:
            own.leads = False
            queue = self._waiting or self._behind
            if not queue:
                self._busy = False
                return
            heir = queue.popleft()
            heir.leads = True
        heir.wake()

    def close(self) -> None:
        """Take no more works, and wait until those taken are written."""
        with self._lock:
            self._closed = True
        # Happens once in the life of a store; nothing is gained by waking up any sooner.
        until = monotonic() + CLOSING_SECONDS
        while self._busy:
            if monotonic() > until:
                _log.error("closed after %s seconds with a write still going", CLOSING_SECONDS)
                return
            sleep(0.001)
