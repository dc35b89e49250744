"""One at a time, of all threads and all services that write into a folder."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock

from zhunru.system import let_go, lock

_NAME = "lock"


class FolderLock:
    """Lets in one of those who would change what is in a folder; the others wait for their turn.

    Another service may share the folder, so the threads of this one are not all there are.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME
        self._turn = Lock()
        self._file = -1

    def __enter__(self) -> None:
        """Wait for one's turn. Raises OSError where nothing can be written."""
        self._turn.acquire()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            lock(self._file, wait=True)
        except BaseException:
            self._turn.release()
            raise

    def __exit__(self, *_: object) -> None:
        """Let in the next."""
        let_go(self._file)
        self._turn.release()
