"""The hall: one way in for many who wait at the same time, without a thread for each of them.

Commands come from event loops. Whoever of two threads has its turn to write takes all that wait by
then and hands them to the store as one group; meanwhile the loops take in the next. Two, so that
somebody stands in line for those who come while the other writes, ahead of what time does.
"""

from __future__ import annotations

import logging
from asyncio import AbstractEventLoop, Future, get_running_loop
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from traceback import extract_tb

from zhunru.codes import diagnose
from zhunru.compiler.request import FactValue, Request
from zhunru.diagnostics import NOWHERE
from zhunru.errors import StoreError
from zhunru.runtime.case import NONE
from zhunru.runtime.commands import TooEarly
from zhunru.runtime.kit import acting
from zhunru.runtime.replies import Reply
from zhunru.runtime.service import CaseService, Instant, Who, micros
from zhunru.store.base import Work
from zhunru.store.committer import CLOSING_SECONDS
from zhunru.store.failures import failure

_log = logging.getLogger("zhunru.hall")
MOST_WAITING = 4_096
# In one write: who comes next must not wait for too many of those before.
MOST_TOGETHER = 256
_THREADS = 2


class _Wanted:
    """A command that somebody waits for; `made` gives its work, or an answer given before."""

    __slots__ = ("future", "loop", "made")

    def __init__(self, made: Callable[[], Work | Reply], loop: AbstractEventLoop) -> None:
        self.made = made
        self.loop = loop
        self.future: Future[Reply] = loop.create_future()


Told = list[tuple[_Wanted, object]]


class Hall:
    """The commands of a service, for coroutines of any number of event loops.

    What they mean, refuse and raise is as with the service itself. At most `most` wait: who comes
    then is told at once to come again (StoreError ZR792, nothing was done). A coroutine that is
    cancelled gives up waiting, and what was not begun by then is not done; whether it was is known
    by asking again under the same key.
    """

    def __init__(self, service: CaseService, most: int = MOST_WAITING) -> None:
        self._commands = service.commands
        self._store = service.store
        self._most = most
        self._lock = Lock()
        self._waiting: deque[_Wanted] = deque()
        # Whether somebody is on the way to those who wait: one at a time is enough.
        self._called = False
        self._calls: SimpleQueue[bool] = SimpleQueue()
        self._threads: list[Thread] = []
        self._closed = False

    # --- commands ------------------------------------------------------------------------------

    async def submit(
        self,
        request: Request,
        *,
        actor: Who,
        key: str,
        at: Instant,
        decision: str = "",
        policy: str = "",
        apply: bool = False,
    ) -> Reply:
        """Decide a request with what the store knows, and record the decision in any case."""
        # Decided in its turn, unlike with a thread of its own: reading for each before it would
        # cost a journey to the database each, and then be read again.
        return await self._done(
            lambda: self._commands.submit(
                request, acting(actor), key, micros(at), decision, policy, apply
            )
        )

    async def open(
        self,
        flow: str,
        *,
        actor: Who,
        key: str,
        at: Instant,
        facts: Mapping[str, FactValue] = NONE,
        policy: str = "",
    ) -> Reply:
        """Open a case of a workflow in its first state."""
        return await self._done(
            lambda: self._commands.open(flow, acting(actor), key, micros(at), facts, policy)
        )

    async def act(
        self,
        case_id: str,
        verb: str,
        *,
        actor: Who,
        key: str,
        at: Instant,
        inputs: Mapping[str, FactValue] = NONE,
        expected: int | None = None,
    ) -> Reply:
        """Do something to a case: an action or a result of its state, or a built-in verb."""
        return await self._done(
            lambda: self._commands.act(
                case_id, verb, acting(actor), key, micros(at), inputs, expected
            )
        )

    def close(self) -> None:
        """Take no more, and come back once everybody who waits is answered.

        A store that hangs is not waited for for ever: then that is said in the log.
        The store stays open. Blocks, so a loop calls it in a thread.
        """
        with self._lock:
            self._closed = True
        for _ in self._threads:
            self._calls.put(False)
        until = monotonic() + CLOSING_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            _log.error("closed after %s seconds with a write still going", CLOSING_SECONDS)
            self._dismiss()
        # Too many for one write may still be here after both have gone.
        while self._waiting:
            self._serve()

    def _dismiss(self) -> None:
        """Tell who was not begun that nothing will be done; the others are told if a write ends."""
        with self._lock:
            waiting, self._waiting = self._waiting, deque()
        _tell([(wanted, failure("ZR860")) for wanted in waiting])

    # --- in a loop -----------------------------------------------------------------------------

    def _done(self, made: Callable[[], Work | Reply]) -> Future[Reply]:
        """Return what will be the answer, once it is durable."""
        wanted = _Wanted(made, get_running_loop())
        with self._lock:
            if self._closed:
                raise failure("ZR860")
            if len(self._waiting) >= self._most:
                raise StoreError(diagnose("ZR792", NOWHERE, seconds=1))
            # First: where no thread can be had, nobody may wait for one.
            if not self._threads:
                self._begin()
            self._waiting.append(wanted)
            if self._called:
                return wanted.future
            self._called = True
        self._calls.put(True)
        return wanted.future

    def _begin(self) -> None:
        # Not before they are needed: most processes that open a store have no hall.
        for number in range(_THREADS):
            thread = Thread(target=self._work, name=f"hall-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    # --- in a thread ---------------------------------------------------------------------------

    def _work(self) -> None:
        while self._calls.get():
            self._serve()

    def _serve(self) -> None:
        """Have all that wait written, and tell each what came of it."""
        told: Told = []
        handed_in: list[_Wanted] = []
        try:
            found = self._store.write_all(self._works(handed_in, told))
        except BaseException as error:
            # No command's fault, so nobody knows what came of any of them. Those who wait are told
            # that much; where it was is for whoever looks after the service. Not what it says: that
            # may be of a person.
            place = extract_tb(error.__traceback__)[-1]
            what = type(error).__name__
            _log.error("a write failed: %s, %s, line %s", what, place.name, place.lineno)
            if not handed_in and not told:
                # It did not come as far as to take them: nobody else is on the way to them.
                handed_in += self._take()
            found = [failure("ZR861", uncertain=True) for _ in handed_in]
        told += zip(handed_in, found, strict=True)
        early = [wanted for wanted, each in told if isinstance(each, TooEarly)]
        if early:
            self._again(early)
            told = [each for each in told if not isinstance(each[1], TooEarly)]
        _tell(told)

    def _again(self, early: list[_Wanted]) -> None:
        """Let some go first the next time: what they are about is written by then."""
        with self._lock:
            self._waiting.extendleft(reversed(early))
            if self._called:
                return
            self._called = True
        self._calls.put(True)

    def _works(self, handed_in: list[_Wanted], told: Told) -> Iterator[Work]:
        """Yield the works of those who wait; who needs none is told what to tell."""
        for wanted in self._take():
            try:
                made = wanted.made()
            except Exception as error:  # refused before it is even tried: its own affair
                told.append((wanted, error))
                continue
            if isinstance(made, Reply):
                told.append((wanted, made))
            else:
                handed_in.append(wanted)
                yield made

    def _take(self) -> Sequence[_Wanted]:
        with self._lock:
            self._called = len(self._waiting) > MOST_TOGETHER
            if self._called:
                taken = deque(self._waiting.popleft() for _ in range(MOST_TOGETHER))
                self._calls.put(True)
            else:
                taken, self._waiting = self._waiting, deque()
        # Who has gone before anything was begun is not waited for by anybody.
        return [wanted for wanted in taken if not wanted.future.cancelled()]


def _tell(told: Told) -> None:
    """Give every loop all its answers at once: each call wakes the loop."""
    loops: dict[AbstractEventLoop, Told] = {}
    for each in told:
        loops.setdefault(each[0].loop, []).append(each)
    for loop, own in loops.items():
        # A loop that is closed by now has nobody waiting.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_answer, own)


def _answer(told: Told) -> None:
    for wanted, found in told:
        future = wanted.future
        if future.done():  # given up meanwhile
            continue
        if isinstance(found, BaseException):
            future.set_exception(found)
        else:
            assert isinstance(found, Reply)
            future.set_result(found)
