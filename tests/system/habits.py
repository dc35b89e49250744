"""A Python with the habits of Windows, as far as another system can put them on.

Names that Windows lacks are gone. Text that is written without a word about ends of lines gets two
characters for each, text without a word about its encoding is an error, and so are removing and
replacing a file that somebody has open, unless it was opened so that it may be. Output goes into a
pipe of a Chinese system.

    python -X warn_default_encoding -m tests.system.habits MODULE WORD...

runs a module so, as `python -m` would.
"""

from __future__ import annotations

import builtins
import io
import os
import runpy
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_LACKING = [
    "writev",
    "readv",
    "pread",
    "pwrite",
    "preadv",
    "pwritev",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getpgid",
    "setsid",
    "nice",
    "fchmod",
    "fchown",
    "chown",
    "lchown",
    "fork",
    "forkpty",
    "mkfifo",
    "mknod",
    "sysconf",
    "getloadavg",
    "killpg",
    "setpgid",
    "O_DIRECTORY",
    "O_NOFOLLOW",
    "O_CLOEXEC",
    "O_NONBLOCK",
    "O_SYNC",
    "O_DSYNC",
    "posix_fadvise",
    "posix_fallocate",
    "sync",
    "fdatasync",
    "sendfile",
    "copy_file_range",
    "statvfs",
    "fstatvfs",
    "wait3",
    "wait4",
    "WIFEXITED",
    "sched_getaffinity",
]
_MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "uvloop")


def put_on() -> None:
    """Take on the habits of Windows, as long as the process lasts."""
    _keep_of_windows()
    for name in _MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    _speak_up()
    _write_two_characters()
    _hold_open_files()
    for name in _LACKING:
        if hasattr(os, name) and not _is_needed(name):
            delattr(os, name)


def _is_needed(name: str) -> bool:
    # By Python itself on this system, to start processes and to make folders for a while.
    return name in {"fork", "O_NOFOLLOW", "O_CLOEXEC", "O_DIRECTORY", "WIFEXITED", "O_NONBLOCK"}


def _keep_of_windows() -> None:
    """Load the module about systems as it is on Windows, over locks of this one."""
    import fcntl

    half = types.ModuleType("zhunru.windows")
    add = os.O_RDWR | os.O_APPEND | os.O_CREAT

    def lock(file: int, wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)

    half.__dict__.update(
        open_to_add=lambda path: os.open(path, add, 0o600),
        lock=lock,
        unlock=lambda file: fcntl.flock(file, fcntl.LOCK_UN),
        go_behind=lambda: None,
        APART=0,
    )
    sys.modules["zhunru.windows"] = half
    before, sys.platform = sys.platform, "win32"
    try:
        import zhunru.system  # noqa: F401
    finally:
        sys.platform = before


def _speak_up() -> None:
    """Let our own modules open nothing without naming its encoding."""
    assert sys.flags.warn_default_encoding
    warnings.filterwarnings("error", category=EncodingWarning, module=r"zhunru(_cli)?(\..*)?\Z")


def _write_two_characters() -> None:
    before = io.open

    def opened(
        file: Any, mode: str = "r", buffering: int = -1, encoding: Any = None, errors: Any = None,
        newline: str | None = None, closefd: bool = True, opener: Any = None,
    ) -> Any:  # fmt: skip
        if "b" not in mode and newline is None and set(mode) & set("wax+"):
            newline = "\r\n"
        return before(file, mode, buffering, encoding, errors, newline, closefd, opener)

    io.open = builtins.open = opened  # type: ignore[assignment]


def _hold_open_files() -> None:
    def bound(act: Callable[..., None], whose: Callable[..., list[Any]]) -> Callable[..., None]:
        def acted(*given: Any, **more: Any) -> None:
            for path in whose(*given):
                if "dir_fd" not in more and _is_held(path):
                    raise PermissionError(13, "somebody has it open", os.fspath(path))
            act(*given, **more)

        return acted

    for name in ("replace", "rename"):
        setattr(os, name, bound(getattr(os, name), lambda old, new: [old, new]))
    for name in ("unlink", "remove"):
        setattr(os, name, bound(getattr(os, name), lambda path: [path]))


def _is_held(path: Any) -> bool:
    """Tell whether a process has a file open, other than to add to it."""
    try:
        wanted = os.lstat(path)
    except OSError:
        return False
    return any(os.path.samestat(wanted, each) for each in _open_files())


def _open_files() -> Iterator[os.stat_result]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            files = list((process / "fd").iterdir())
        except OSError:
            continue
        for file in files:
            try:
                told = (process / "fdinfo" / file.name).read_text(encoding="ascii")
                flags = int(told.split("flags:")[1].split()[0], 8)
                if not flags & os.O_APPEND:
                    yield file.stat()
            except (OSError, IndexError, ValueError):
                continue


if __name__ == "__main__":
    put_on()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
