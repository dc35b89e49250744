"""Counting what takes long in the background: a page waits for it a moment, not until it is done.

What was counted is shown on until it is counted anew, and the longer that takes the longer it is
kept; so a store of any size is counted by one thread at a time, and never for every visitor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE = 0.7  # seconds that a page waits for what is being counted
_KEPT_FOR = timedelta(minutes=1)
_TIMES_LONGER = 20  # what took five seconds is kept for a hundred: a twentieth of a core at most
_MOST_KEPT = 16


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

        Raises what counting raised.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.is_fresh(now):
                return kept
            running = self._running.get(key)
            if running is None:
                running = self._running[key] = Future()
                work = (key, count, now, running)
                # A service that stops does not wait for it.
                Thread(target=self._count, args=work, name="counting", daemon=True).start()
        with suppress(TimeoutError):
            return running.result(patience)
        return kept

    def _count(
        self, key: Hashable, count: Callable[[], T], now: datetime, running: Future[Counted[T]]
    ) -> None:
        try:
            with self._turn:
                began = time.perf_counter()
                made = Counted(count(), now, time.perf_counter() - began)
        except BaseException as error:
            with self._lock:
                del self._running[key]
            running.set_exception(error)
            return
        with self._lock:
            del self._running[key]
            self._kept.pop(key, None)
            while len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = made
        running.set_result(made)
