"""Breaks an operation off at its first step on the disk, at its second, and so on to its end.

A step is whatever changes something on the disk, and the commit of a database. At the one that is
chosen the process is killed, or the disk is full from then on: nothing that is written finds room.
"""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

How = Literal["killed", "full"]
_CHANGING = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link")
_NO_ROOM, _ROOM = 0, resource.RLIM_INFINITY
_DIED = 9


class Steps:
    """Counts the steps of this process in a folder, and breaks off at one of them."""

    def __init__(self, folder: Path, last: int, how: How) -> None:
        self._folder = str(folder)
        self._left = last
        self._how = how
        self.begun = False

    def __enter__(self) -> Steps:
        """Begin to count; only once in a process, for what listens cannot be taken away."""
        for name in ("fsync", "write", "writev"):
            self._wrap(os, name)
        self._wrap(sqlite3, "connect")
        sys.addaudithook(self._hear)
        self.begun = True
        return self

    def __exit__(self, *_: object) -> None:
        """Count no more; there is room again."""
        self.begun = False
        resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM, _ROOM))

    @property
    def over(self) -> bool:
        """Tell whether the chosen step was reached."""
        return self._left <= 0

    def watch(self, connection: sqlite3.Connection) -> None:
        """Count what a database commits, just before it does."""
        connection.set_trace_callback(lambda text: self.step() if text == "COMMIT" else None)

    def step(self) -> None:
        """Count a step, or break off at it."""
        if not self.begun:
            return
        self._left -= 1
        if self._left == 0 and self._how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._left == 0:
            resource.setrlimit(resource.RLIMIT_FSIZE, (_NO_ROOM, _ROOM))

    def _wrap(self, module: object, name: str) -> None:
        plain = getattr(module, name)

        def counted(*given: Any, **more: Any) -> Any:
            self.step()
            made = plain(*given, **more)
            if isinstance(made, sqlite3.Connection):
                self.watch(made)
            return made

        setattr(module, name, counted)

    def _hear(self, event: str, given: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = given
            changing = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if changing and self._inside(path):
                self.step()
        elif event in _CHANGING and self._inside(given[0]):
            self.step()

    def _inside(self, path: object) -> bool:
        return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(
            self._folder
        )


def broken_off(
    folder: Path,
    last: int,
    how: How,
    act: Callable[[Steps], None],
) -> bool:
    """Do something in a process of its own that breaks off at a step; tell whether it came so far.

    Whatever else goes wrong there is an AssertionError here.
    """
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        code = 1
        try:
            steps = Steps(folder, last, how)
            act(steps)
            code = _DIED if steps.over else 0
        except BaseException:
            resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM, _ROOM))
            os.write(writes, traceback.format_exc().encode())
        finally:
            os._exit(code)
    os.close(writes)
    with os.fdopen(reads, "rb") as file:
        said = file.read().decode()
    status = os.waitpid(child, 0)[1]
    if how == "killed" and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    assert os.WIFEXITED(status) and not said, said
    return os.WEXITSTATUS(status) == _DIED
