"""Group commit: works that wait at the same time share one durable write.

There is no writer thread. A caller who finds nobody writing writes itself; one who finds somebody
writing waits, and is either answered by that write's successor or wakes up to lead it. A lone
caller therefore pays for no other thread, and nobody ever waits for company. Works that may stay
behind, which are large and which nobody looks at, let the others go first.
"""

from __future__ import annotations

from _thread import LockType, allocate_lock
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import sleep

from zhunru.store.base import Work
from zhunru.store.failures import failure

LARGEST = 256
# So many groups of commands may go ahead of what time does: it must get on, too.
_MOST_AHEAD = 3


class Job:
    """A work on its way: `error` or `answer` is set once `done`."""

    __slots__ = ("answer", "done", "error", "gate", "leads", "then", "work")

    def __init__(self, work: Work) -> None:
        self.work = work
        self.answer: object = None
        self.error: BaseException | None = None
        # Only read by the waiting thread after its gate opened, so no lock guards it.
        self.done = False
        self.leads = False
        self.gate: LockType | None = None
        # Who is woken next, by whoever waits for this job.
        self.then: Job | None = None

    def finish(self, answer: object) -> None:
        """Keep the answer, to be given once the write is durable."""
        self.answer = answer
        self.error = None

    def fail(self, error: BaseException) -> None:
        """Keep the exception that this caller alone is given."""
        self.error = error

    def wake(self) -> None:
        """Let the caller who waits for this job go on."""
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
        self._waiting: deque[Job] = deque()
        self._behind: deque[Job] = deque()
        self._ahead = 0
        self._busy = False
        self._company = False
        self._closed = False

    def submit(self, work: Work) -> object:
        """Return the answer of a work once it is durable, or raise what it raised."""
        job = Job(work)
        try:
            self._hand_in(job)
            if job.gate is not None:
                job.gate.acquire()
                # One wakes the next: a hundred who wake up together all want the interpreter at
                # once, and switching to and fro between them costs more than what they have to do.
                if job.then is not None:
                    job.then.wake()
            if not job.done:
                self._lead(job)
        except BaseException:
            self._give_up(job)
            raise
        if job.error is not None:
            raise job.error
        return job.answer

    def _hand_in(self, job: Job) -> None:
        with self._lock:
            if self._closed:
                raise failure("ZR860")
            # The gate is a plain lock, taken twice: cheaper than a condition, made only to wait.
            if self._busy:
                job.gate = allocate_lock()
                job.gate.acquire()
                (self._behind if job.work.behind else self._waiting).append(job)
            else:
                self._busy = job.leads = True

    def _give_up(self, job: Job) -> None:
        """Leave the queue after an interruption; who was chosen to lead passes it on."""
        with self._lock:
            # Not yet taken: then it is as if the work had never been handed in.
            for queue in (self._waiting, self._behind):
                if job in queue:
                    queue.remove(job)
                    return
            leads = job.leads and not job.done
            # Being written: who wakes the others must not count on this one to pass it on.
            job.gate = None
        if job.then is not None:
            job.then.wake()
        if leads:
            self._pass_on(job)

    def _lead(self, own: Job) -> None:
        # First come, first written: the leader is the oldest of those who wait.
        batch = [own]
        # Who wrote last is first back with its next work, while the others of its group are just
        # waking up: it would write that one alone, and then they theirs. One turn lets them in.
        if self._company:
            sleep(0)
        with self._lock:
            while self._waiting and len(batch) < self._largest:
                batch.append(self._waiting.popleft())
            self._let_behind(batch)
        self._company = len(batch) > 1
        try:
            self._commit(batch)
        except BaseException:
            # Only an interruption of this very thread comes here; the others cannot know more.
            for job in batch:
                job.fail(failure("ZR861", uncertain=True))
            raise
        finally:
            self._answer(batch, own)

    def _let_behind(self, batch: list[Job]) -> None:
        """Let one of those behind come along, once enough others have gone ahead of it."""
        self._ahead = 0 if batch[0].work.behind or not self._behind else self._ahead + 1
        if self._ahead > _MOST_AHEAD:
            batch.append(self._behind.popleft())
            self._ahead = 0

    def _answer(self, batch: Sequence[Job], own: Job) -> None:
        # The next leader is woken first: it collects what the others hand in while they wake up.
        self._pass_on(own)
        first: Job | None = None
        with self._lock:
            for job in reversed(batch):
                job.done = True
                if job is not own and job.gate is not None:
                    job.then = first
                    first = job
        if first is not None:
            first.wake()

    def _pass_on(self, own: Job) -> None:
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
        while self._busy:
            sleep(0.001)
