"""Duties that one alone may have, of all who have a store in a file open."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock

from zhunru.store.failures import failure
from zhunru.system import let_go, lock


class FileClaims:
    """Duties that are ours as long as a file beside the store is locked: when a process ends,
    however it does, the system lets go of its locks."""

    def __init__(self, store: Path) -> None:
        # By another name of the same store, the same file.
        self._store = store.resolve()
        self._held: dict[str, int] = {}
        self._closed = False
        self._lock = Lock()

    def claim(self, duty: str) -> int:
        """Return 1 if a duty is ours, 0 if it is somebody else's."""
        with self._lock:
            if self._closed:
                raise failure("ZR860")
            if duty in self._held:
                return 1
            path = self._store.with_name(f"{self._store.name}-{duty}")
            try:
                file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as error:
                raise failure("ZR851", address=str(path), reason=str(error)) from error
            if not lock(file, wait=False):
                os.close(file)
                return 0
            self._held[duty] = file
            return 1

    def close(self) -> None:
        """Leave all duties to others."""
        with self._lock:
            self._closed = True
            while self._held:
                let_go(self._held.popitem()[1])
