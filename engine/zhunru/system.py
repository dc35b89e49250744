"""What one operating system does otherwise than another, in one place.

Everything else is written once for all of them. On Windows a file that somebody has open can be
neither replaced nor moved away, unless whoever opened it allowed that; locks bind everybody who
reads; and what is opened without saying so turns ends of lines into two characters.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from time import sleep, time
from typing import TypedDict, TypeVar

T = TypeVar("T")


class Apart(TypedDict, total=False):
    """How to start a process that whoever stops us by the keyboard does not stop."""

    creationflags: int
    start_new_session: bool


# What Windows keeps for itself in names of files: a colon leads to another drive, or into a file
# beside the one that is named, and these words are devices, whatever stands behind a dot.
_SIGNS = frozenset('<>:"|?*\\')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])[ ]*(?:\..*)?", re.I)
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # seconds, one after the other
_BEGUN = re.compile(r"\.(.+)\.[0-9a-f]{8}", re.S)  # what `replacing` calls a file it writes
_ABANDONED = 3600  # seconds after which nobody is writing such a file any more

if sys.platform == "win32":
    from zhunru import windows

    def add(file: int, texts: Sequence[bytes]) -> int:
        """Write texts one behind the other at once; return how many bytes were written."""
        return os.write(file, b"".join(texts))

    def open_to_add(path: Path) -> int:
        """Open a file that is only added to; it can be moved away meanwhile. Raises OSError."""
        return windows.open_to_add(str(path))

    _lock = windows.lock

    def keep_names(folder: Path) -> None:
        """Have what was named anew in a folder so even after a power cut: here it is in order."""

    def let_go(file: int) -> None:
        """Close a file that is locked."""
        windows.unlock(file)
        os.close(file)

    def allow_files(wanted: int) -> None:
        """Have so many files open at once, where the system lets us: here nothing is in the way."""

    def hung_up_is_stopped() -> None:
        """Stop in order when the terminal is closed: here that is not told in this way."""

    def bound(most: int) -> None:
        """Let others go first. How much memory a process takes is not bounded here."""
        windows.go_behind()

    APART: Apart = {"creationflags": windows.APART}

    def patiently(act: Callable[[], T]) -> T:
        """Do what a passing reader of the same file can be in the way of, again for a while.

        A reader of our own is done in no time, and so is a virus scanner. Raises OSError.
        """
        for pause in _PAUSES:
            try:
                return act()
            except PermissionError:
                sleep(pause)
        return act()

else:
    import fcntl
    import resource
    import signal

    # Several texts in one call, none of them copied: this is on the way of every decision.
    add = os.writev
    let_go = os.close

    def open_to_add(path: Path) -> int:
        """Open a file that is only added to; it can be moved away meanwhile. Raises OSError."""
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)

    def keep_names(folder: Path) -> None:
        """Have what was named anew in a folder so even after a power cut: its bytes alone were, and
        the name may lag behind. Some file systems have no such order; all is done by then."""
        with suppress(OSError):
            file = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(file)
            finally:
                os.close(file)

    def _lock(file: int, wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)

    def allow_files(wanted: int) -> None:
        """Have so many files open at once, where the system lets us."""
        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        if now != resource.RLIM_INFINITY and now < allowed:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))

    def hung_up_is_stopped() -> None:
        """Stop in order when the terminal is closed, or with a hang-up from whoever is used to
        send one for a log that was put by; under nohup it counts for nothing, as before."""
        with suppress(ValueError):  # not the main thread: then nobody tells us anything
            if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
                signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))

    def bound(most: int) -> None:
        """Take so many bytes of memory at the most, be the first to go where there is none left,
        and let others go first."""
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
        with suppress(OSError):
            os.nice(5)

    APART: Apart = {"start_new_session": True}

    def patiently(act: Callable[[], T]) -> T:
        """Do something with a file: nobody who reads it is in the way here. Raises OSError."""
        return act()


def lock(file: int, *, wait: bool) -> bool:
    """Lock an open file against other processes, which may read it; False where another has it and
    one does not wait. On a file system without locks nothing can be told, and nobody is held up.
    """
    try:
        _lock(file, wait)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def cache_folder() -> Path:
    """Return where what can be made again is kept for the user, made or not.

    Raises RuntimeError where no home is known.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(base or Path.home() / ".cache") / "zhunru"


def takes_name(name: str) -> bool:
    """Tell whether every system takes a name for a file or folder, as it stands."""
    ends = name.endswith((".", " "))
    return bool(name) and _SIGNS.isdisjoint(name) and not ends and not _DEVICE.fullmatch(name)


def replace(place: Path, *parts: bytes, private: bool = False, lasting: bool = True) -> None:
    """Write a file beside and move it into place: who reads there finds the old bytes or the new.

    It belongs to whom the file that stood there belongs, where an administrator writes it.
    `private`: nobody may read it but who has it, and a group that alone could; else whoever could
    read the file that stood there. `lasting`: so it is even after a power cut. The bytes come in
    parts, for a large file put together with its head would be in memory twice. Raises OSError.
    """
    with replacing(place, *parts, private=private, lasting=lasting):
        pass


@contextmanager
def replacing(
    place: Path, *parts: bytes, private: bool = False, lasting: bool = True
) -> Iterator[None]:
    """Do as `replace`, and have something done between: when all is written and takes no more room,
    and nothing of it is seen yet. If that fails, the old bytes stay."""
    # By a name of its own: of several who write the same file at once the last is read, whole.
    # No more than 60 signs of the old one, for a name that is as long as names may be.
    fresh = place.with_name(f".{place.name[-60:]}.{token_hex(4)}")
    try:
        with _named(place):
            _write(fresh, place, parts, private, lasting)
        yield
        with _named(place):
            patiently(lambda: fresh.replace(place))
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    if lasting:
        keep_names(place.parent)
    clear_begun(place.parent, place.name)


@contextmanager
def _named(place: Path) -> Iterator[None]:
    """Have it told of the file that was meant what goes wrong: what it is called meanwhile is
    nobody's business, and a full disk names no file at all."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(place)) from error


def _write(fresh: Path, place: Path, parts: Sequence[bytes], private: bool, lasting: bool) -> None:
    known = place.exists()
    mode = 0o600 if private or known else 0o666
    with open(fresh, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.writelines(parts)
        if lasting:
            file.flush()
            os.fsync(file.fileno())
    if not known:
        return
    before = place.stat()
    # A service that lost its own file to `root` could not read it any more.
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(fresh, -1, before.st_gid)
            os.chown(fresh, before.st_uid, -1)
    mode = before.st_mode & 0o777
    if private:
        mode = 0o600 | (0 if mode & 0o007 else mode & 0o040)
    if fresh.stat().st_gid != before.st_gid:
        mode &= ~0o070  # who is of the other group could not read it before
    fresh.chmod(mode)


def clear_begun(folder: Path, name: str = "") -> None:
    """Take away the files, of one name or of all, that somebody began to replace and who was killed
    before they were in place. Those that are written just now are younger than an hour."""
    with suppress(OSError), os.scandir(folder) as found:
        for each in found:
            begun = _BEGUN.fullmatch(each.name)
            if begun is None or (name and begun[1] != name[-60:]):
                continue
            with suppress(OSError):
                if each.is_file(follow_symlinks=False) and _is_abandoned(each.path):
                    Path(each.path).unlink()


def _is_abandoned(path: str | Path) -> bool:
    return os.lstat(path).st_mtime < time() - _ABANDONED


def clear_folder(folder: Path) -> None:
    """Take away a folder that was never finished, if nobody is at work in it: by its age. Raises
    OSError."""
    if _is_abandoned(folder):
        rmtree(folder)


def read(path: Path) -> bytes:
    """Return the bytes of a file that may just be replaced. Raises OSError."""
    return patiently(path.read_bytes)
