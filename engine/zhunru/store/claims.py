"""Duties that one alone may have, of all who have a store in a file open."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Lock
from time import monotonic

from zhunru.store.failures import failure
from zhunru.system import let_go, lock, replace

SILENT = 300.0
"""Seconds after which who has a duty, and asked for it no more, is taken to hang. It asks before
each thing that it does, so it may be slow, and is told when it goes on that others have it."""


class FileClaims:
    """Duties that are ours as long as a file beside the store is locked: when a process ends,
    however it does, the system lets go of its locks.

    Whoever has the lock touches the file. Where nobody did for long another file is put in its
    place, and who locked the former one has lost the duty.
    """

    def __init__(self, store: Path) -> None:
        # By another name of the same store, the same file.
        self._store = store.resolve()
        self._held: dict[str, tuple[int, int]] = {}
        # When it was that the file of another began to look as it does: by our own watch, for
        # clocks are set.
        self._seen: dict[str, tuple[tuple[int, int], float]] = {}
        self._numbers = count(1)
        self._closed = False
        self._lock = Lock()

    def claim(self, duty: str) -> int:
        """Return 0 if a duty is somebody else's; else a number, another one after it was lost."""
        with self._lock:
            if self._closed:
                raise failure("ZR860")
            path = self._store.with_name(f"{self._store.name}-{duty}")
            file, number = self._held.pop(duty, (-1, 0))
            if number and not _stands_at(path, file):
                let_go(file)
                number = 0
            if not number:
                file, number = self._taken(duty, path), next(self._numbers)
            if file < 0:
                return 0
            with suppress(OSError):
                os.utime(path)
            self._held[duty] = file, number
            return number

    def _taken(self, duty: str, path: Path) -> int:
        """Return the file of a duty, locked; -1 where another has it, and does not hang."""
        try:
            file = _locked(path)
            if file < 0 and self._hangs(duty, path):
                self._put_another(duty, path)
                file = _locked(path)
            return file
        except OSError as error:
            raise failure("ZR851", address=str(path), reason=str(error)) from error

    def _put_another(self, duty: str, path: Path) -> None:
        """Put another file in the place of that of who hangs, one alone of all who find that."""
        turn = path.with_name(f"{path.name}-next")
        file = _locked(turn)
        if file < 0:
            return
        try:
            # Who had the turn before us may have put one there already, and be at work under it.
            if self._hangs(duty, path):
                # On Windows it cannot be done as long as the other has the file open.
                with suppress(PermissionError):
                    replace(path, private=True, lasting=False)
        finally:
            with suppress(PermissionError):
                turn.unlink(missing_ok=True)
            let_go(file)

    def _hangs(self, duty: str, path: Path) -> bool:
        """Tell whether who has a duty was not heard of for too long."""
        found = path.stat()
        looks = found.st_ino, found.st_mtime_ns
        before, since = self._seen.setdefault(duty, (looks, monotonic()))
        if before != looks:
            self._seen[duty] = looks, monotonic()
            return False
        return monotonic() - since > SILENT

    def close(self) -> None:
        """Leave all duties to others."""
        with self._lock:
            self._closed = True
            while self._held:
                let_go(self._held.popitem()[1][0])


def _stands_at(path: Path, file: int) -> bool:
    """Tell whether an open file is the one that stands at a path."""
    with suppress(OSError):
        return os.path.samestat(path.stat(), os.fstat(file))
    return False


def _locked(path: Path) -> int:
    """Return the file at a path, open and locked; -1 where another has locked it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if not lock(file, wait=False):
        os.close(file)
        return -1
    if not _stands_at(path, file):  # somebody put another in its place just now
        let_go(file)
        return -1
    return file
