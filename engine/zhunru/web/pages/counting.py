"""Counting what takes long in the background: a page waits for it a moment, not until it is done.

What was counted is shown on until it is counted anew, and the longer that takes the longer it is
kept; so a store of any size is counted by one thread at a time, and never for every visitor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread
from traceback import clear_frames
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE = 0.7  # seconds that a page waits for what is being counted
_KEPT_FOR = timedelta(minutes=1)
_TIMES_LONGER = 20  # what took five seconds is kept for a hundred: a twentieth of a core at most
_MOST_KEPT = 16
_MOST_RUNNING = 16  # one is counted, the others wait for their turn in a thread each


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """What was counted, as of when, and how many seconds it took."""

    found: T
    at: datetime
    took: float

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether it need not be counted anew."""
        return now - self.at < max(_KEPT_FOR, timedelta(seconds=self.took * _TIMES_LONGER))


class Counter(Generic[T]):
    """What one service has counted, by what it was about."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Counted[T]] = {}
        self._running: dict[Hashable, Future[Counted[T]]] = {}
        self._lock = Lock()
        self._turn = Lock()  # two stores are not counted at once: others want to be answered

    def get(
        self, key: Hashable, count: Callable[[], T], now: datetime, patience: float = PATIENCE
    ) -> Counted[T] | None:
        """Return what was counted, of before while it is counted anew; None: not yet.

        Raises what counting raised, also where it did so after those who asked had gone.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.is_fresh(now):
                return kept
            running = self._running.get(key) or self._begin(key, count, now)
        if running is None:
            return kept
        try:
            failed = running.exception(patience)
        except TimeoutError:
            return kept
        if failed is None:
            return running.result()
        with self._lock:
            # Somebody was told: whoever comes next has it tried again.
            if self._running.get(key) is running:
                del self._running[key]
        raise failed

    def _begin(
        self, key: Hashable, count: Callable[[], T], now: datetime
    ) -> Future[Counted[T]] | None:
        """Begin to count; None where too much waits to be counted already."""
        if len(self._running) >= _MOST_RUNNING:
            # What failed and nobody came back for makes room.
            for each in [each for each, found in self._running.items() if found.done()]:
                del self._running[each]
            if len(self._running) >= _MOST_RUNNING:
                return None
        running: Future[Counted[T]] = Future()
        work = (key, count, now, running)
        # A service that stops does not wait for it.
        Thread(target=self._count, args=work, name="counting", daemon=True).start()
        self._running[key] = running
        return running

    def _count(
        self, key: Hashable, count: Callable[[], T], now: datetime, running: Future[Counted[T]]
    ) -> None:
        try:
            with self._turn:
                began = time.perf_counter()
                made = Counted(count(), now, time.perf_counter() - began)
        except BaseException as error:
            # It stays until somebody is told, who may come only after the page's patience: with
            # where it failed, without what was counted by then.
            clear_frames(error.__traceback__)
            running.set_exception(error)
            return
        with self._lock:
            del self._running[key]
            self._kept.pop(key, None)
            while len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = made
        running.set_result(made)
