"""What takes longer than a reader waits: begun beside the page, which is fetched again until then.

No script is needed: the page says itself when the browser is to ask again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from threading import Lock, Thread

from zhunru.errors import ZhunruError
from zhunru.web.problems import Problem

# Most sets are compared within this; only what takes longer is worth a page of its own.
PATIENCE = 2.0
_MOST_DONE = 32

_running: dict[Hashable, Thread] = {}
_done: dict[Hashable, None] = {}
_lock = Lock()


def is_ready(key: Hashable, work: Callable[[], object]) -> bool:
    """Tell whether some work is done; begun at the first call, with a little patience.

    The work keeps what it finds by itself: whoever asks then finds it there, or why it failed.
    """
    with _lock:
        if key in _done:
            return True
        thread = _running.get(key)
        if thread is None:
            # A service that is stopped does not wait for what nobody will read.
            thread = _running[key] = Thread(target=_do, args=(key, work), daemon=True)
            thread.start()
    thread.join(PATIENCE)
    return not thread.is_alive()


def _do(key: Hashable, work: Callable[[], object]) -> None:
    try:
        # What is refused is refused again to the reader, in words.
        with suppress(Problem, ZhunruError):
            work()
    finally:
        with _lock:
            while len(_done) >= _MOST_DONE:
                _done.pop(next(iter(_done)))
            _done[key] = None
            _running.pop(key, None)
