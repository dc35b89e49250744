"""Every decision on record: lines of JSON (`log_lines`), only ever added, each to be derived again.

The lines of one request stand together as a block, and each names the digest of the block before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Lock

import orjson

from zhunru.codes import diagnose
from zhunru.compiler.request import Request
from zhunru.decision import Decision
from zhunru.diagnostics import NOWHERE
from zhunru.errors import StoreError
from zhunru.system import add, let_go, lock, open_to_add
from zhunru.web.log_lines import BEGINS, lines_of, link
from zhunru.web.tokens import unusable

_NAMING = b'"previous":"'
_TAIL = 1 << 16  # bytes of the end of a log that are looked at first


class NotRecorded(StoreError):
    """Decisions that the log could not take: none of them may be told."""

    def __init__(self, error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        super().__init__(diagnose("ZR777", NOWHERE, reason=reason))


class Turn:
    """Decisions written down together: those of requests answered in one turn of the loop."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.is_over = False
        self.error: Exception | None = None


class DecisionLog:
    """The decisions of one tenant, in a file or, without a folder, nowhere.

    Each line carries the digest of the block before its own, so that a line changed or taken out
    shows.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock = Lock()
        self._turn = Turn()
        self._file = -1
        self._last = ""
        self._is_held = False
        self.written = 0
        self.kept = path is not None  # whether decisions are kept at all
        if path is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._file = open_to_add(path)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                unusable(path, f"判定日志写不了（{reason}）", f"no log can be written ({reason})")
            # First, for a line that lacks nothing but its end is one for whoever reads the log.
            _end_line(self._file)
            self._last = _last_of(path)

    def add(
        self,
        at: datetime,
        caller: str,
        name: str,
        answered: Iterable[tuple[Decision, Request, tuple[str, ...]]],
    ) -> None:
        """Write down decisions of one request: each with what was asked and what is secret."""
        some = list(answered) if self.kept else []
        self.write(len(some), lambda previous: (lines_of(at, caller, name, previous, some),))

    def add_entry(self, entry: bytes) -> None:
        """Write down the only decision of a request: a line up to the digest before it."""
        turn = self.add_later(entry)
        self.end(turn)

    def add_later(self, entry: bytes) -> Turn:
        """Take a decision that is written with others, and before any of them is told."""
        with self._lock:
            self._turn.entries.append(entry)
            return self._turn

    def end(self, turn: Turn) -> None:
        """See that the decisions of a turn are on record; raises why they are not."""
        if not turn.is_over:
            with self._lock:  # it may be just being written, for somebody else
                if turn is self._turn:
                    self._end_turn()
        if turn.error is not None:
            raise turn.error

    def _end_turn(self) -> None:
        turn = self._turn
        if not turn.entries:
            return
        self._turn = Turn()
        rest = b',"previous":"%b"}\n' % self._last.encode()
        try:
            self._put((rest.join([*turn.entries, b""]),), len(turn.entries))
        except Exception as error:
            turn.error = error  # each of those who wait has to know
        turn.is_over = True

    def _put(self, texts: Sequence[bytes], count: int) -> None:
        digest = sha256(texts[0])
        for text in texts[1:]:
            digest.update(text)
        try:
            # One write for all of them: lines of two requests are never mixed.
            written = add(self._file, texts)
            if written < sum(map(len, texts)):
                self._finish(b"".join(texts), written)
        except OSError as error:
            raise NotRecorded(error) from error
        self._last = digest.hexdigest()
        self.written += count

    def _finish(self, block: bytes, written: int) -> None:
        """Write the rest of a block; where there is no room for it, nothing of it stays."""
        start = os.lseek(self._file, 0, os.SEEK_END) - written
        try:
            while written < len(block):
                written += os.write(self._file, block[written:])
        except OSError:
            os.ftruncate(self._file, start)
            raise

    def write(self, count: int, block_of: Callable[[str], Sequence[bytes]]) -> None:
        """Write down a block of so many lines, made when the digest of the one before is known; the
        texts that make it up stand one behind the other."""
        if not (count and self.kept):
            return
        with self._lock:
            self._end_turn()
            self._put(block_of(self._last), count)

    def hold(self) -> None:
        """Keep other processes from writing the log; RequestRejected where one does already."""
        if self.path is not None:
            _take(self._file, self.path)
            self._is_held = True

    def follow(self, at: datetime) -> bool:
        """Begin a new file where the one that is written was moved away; tell whether it was.

        The first line of the new one names the last block of the old one, and is there at once: a
        service that is stopped before it decides again goes on behind it.
        """
        with self._lock:
            if self.path is None or self._file < 0 or _is_at(self.path, self._file):
                return False
            file = open_to_add(self.path)
            if self._is_held:
                _take(file, self.path)
            before, self._file = self._file, file
            try:
                os.fsync(before)
            finally:
                let_go(before)
            if self._last:
                self._put((link(at, self._last),), 0)
        return True

    def close(self) -> None:
        """Make what was written durable, and let go of the file."""
        with self._lock:
            if self._file < 0:
                return
            self._end_turn()
            file, self._file, self.kept = self._file, -1, False
            try:
                os.fsync(file)
            finally:
                let_go(file)


def _take(file: int, path: Path) -> None:
    """See that nobody else writes a log: the lines of two services would not make a chain."""
    if not lock(file, wait=False):
        unusable(path, "另一个服务正在写它", "another service is writing it")


def _is_at(path: Path, file: int) -> bool:
    """Tell whether an open file is the one that stands at a path."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def digest_of(block: bytes) -> str:
    """Return by what the lines of the next block name this one."""
    return sha256(block).hexdigest()


def named_by(line: bytes) -> bytes:
    """Return the digest that a line names: it stands last in it."""
    return line[line.rfind(_NAMING) + len(_NAMING) :].partition(b'"')[0]


def _last_of(path: Path) -> str:
    """Return the digest of the last block of a log, so that the chain goes on over a restart."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            reach = _TAIL
            while True:
                file.seek(max(0, size - reach))
                # Not `splitlines`: what came may hold returns within a line.
                lines = list(BytesIO(file.read()))
                # The first line may be a piece of one, unless it is all of the log.
                known = lines if reach >= size else lines[1:]
                # What was being written when the service was killed is no line.
                while known and not _is_line(known[-1]):
                    known.pop()
                block = _last_block(known)
                if reach >= size or len(block) < len(known):
                    return digest_of(b"".join(block)) if block else ""
                reach *= 4
    except FileNotFoundError:
        return ""


def _end_line(file: int) -> None:
    """End a line that was left unfinished, so that the next one stands by itself."""
    size = os.lseek(file, 0, os.SEEK_END)
    if not size:
        return
    os.lseek(file, size - 1, os.SEEK_SET)
    if os.read(file, 1) != b"\n":
        os.write(file, b"\n")


def _is_line(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict) and line.endswith(b"\n")
    except orjson.JSONDecodeError:
        return False


def _last_block(lines: Sequence[bytes]) -> Sequence[bytes]:
    start = max(0, len(lines) - 1)
    while start > 0 and not lines[start].startswith(BEGINS):
        start -= 1
    if start == len(lines) - 1:  # lines that each name the block before
        while start and _goes_with(lines[start - 1], lines[-1]):
            start -= 1
    return lines[start:]


def _goes_with(line: bytes, last: bytes) -> bool:
    return line.startswith(BEGINS) and named_by(line) == named_by(last)
