"""What takes longer than a reader waits: begun beside the page, which is fetched again until then.

No script is needed: the page says itself when the browser is to ask again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from zhunru.checker.words import Phrase
    from zhunru.web.apart import Unfinished
    from zhunru.web.comparing import Compared
    from zhunru.web.measuring import Found

# Most sets are compared within this; only what takes longer is worth a page of its own.
PATIENCE = 2.0
_MOST_DONE = 32
_MOST_KEPT = 6

T = TypeVar("T")


class Newest(Generic[T]):
    """What was made last, by what it was made from."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most = most
        self._kept: dict[Hashable, T] = {}
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """Return what was kept."""
        return self._kept.get(key)

    def keep(self, key: Hashable, found: T) -> T:
        """Keep something, and forget the oldest; return it."""
        with self._lock:
            while len(self._kept) >= self._most:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = found
        return found


class Begun:
    """Work that was begun for a reader, and of which it is known that it is done."""

    def __init__(self) -> None:
        self._running: dict[Hashable, Thread] = {}
        self._done: dict[Hashable, None] = {}
        self._lock = Lock()
        self._turn = Lock()

    def is_ready(self, key: Hashable, work: Callable[[], object]) -> bool:
        """Tell whether some work is done; begun at the first call, with a little patience.

        The work keeps what it finds by itself: whoever asks then finds it there, or why it failed.
        """
        with self._lock:
            if key in self._done:
                return True
            thread = self._running.get(key)
            if thread is None:
                # A service that is stopped does not wait for what nobody will read.
                thread = Thread(target=self._do, args=(key, work), daemon=True)
                self._running[key] = thread
                thread.start()
        thread.join(PATIENCE)
        return not thread.is_alive()

    def _do(self, key: Hashable, work: Callable[[], object]) -> None:
        try:
            # What fails fails again for the reader, who is told in words or by a reference; here
            # it would only be a trace among the lines of the service.
            # One after the other: ten at once would be no sooner done, and leave nothing for
            # whoever only wants a page.
            with self._turn, suppress(Exception):
                work()
        finally:
            with self._lock:
                while len(self._done) >= _MOST_DONE:
                    self._done.pop(next(iter(self._done)))
                self._done[key] = None
                self._running.pop(key, None)


class Memory:
    """What the pages of one application remember: it goes when the application goes.

    `compared` is what drafts decide otherwise, or why that is not known, `measured` what they
    change on record or in a file; `left` is what open decisions hang on, which never waits behind
    a draft.
    """

    def __init__(self) -> None:
        self.begun = Begun()
        self.asked = Begun()
        self.left: Newest[Phrase] = Newest(2 * _MOST_DONE)
        self.compared: Newest[Compared | Unfinished] = Newest()
        self.measured: Newest[Found] = Newest()
