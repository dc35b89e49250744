"""Every decision on record: a line of JSON each, only ever added, from which it can be derived.

A line holds the digest of the set, what was given, and what came out. Confidential fields (保密)
are left out by name: such a line says so, and is derived again only if nothing hung on them. The
lines of one request stand together as a block, and each names the digest of the block before.

Plain lines of a batch stand in a block as they came, behind a line that says once what they have in
common, and what came out for each.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from itertools import dropwhile, islice
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from zhunru.codes import diagnose
from zhunru.compiler.request import Request
from zhunru.decision import Decision
from zhunru.diagnostics import NOWHERE
from zhunru.errors import StoreError
from zhunru.system import add, let_go, lock, open_to_add
from zhunru.vocabulary import Outcome
from zhunru.web.tokens import unusable

VERSION = 2
BLOCK = 3  # of the line before lines that stand as they came
BEGINS = b'{"v":'  # no line of a batch that stands as it came begins like this
_NAMING = b'"previous":"'
_TAIL = 1 << 16  # bytes of the end of a log that are looked at first


def plain(value: Any) -> Any:
    """Return what JSON has no word for as something that reads back as the same fact."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (tuple, set, frozenset)):
        return list(value)
    raise TypeError(type(value).__name__)


def result_of(decision: Decision) -> dict[str, Any]:
    """Return what a decision came to, as it is logged and compared."""
    return {
        "outcome": decision.outcome._value_,  # found several times faster than `value`
        "code": decision.code,
        "clause": decision.clause,
        "basis": basis_of(decision),
        "as_of": decision.as_of.isoformat(),
    }


def basis_of(decision: Decision) -> str:
    """Return what a decision rests on; while facts are missing, nothing is decided yet."""
    return "" if decision.outcome is Outcome.INCOMPLETE else decision.basis


def given_of(request: Request, secret: Iterable[str]) -> dict[str, Any]:
    """Return what a request gave; facts that are confidential are left out."""
    facts: Mapping[str, Any] = request.facts
    masked = secret and [name for name in secret if name in facts]
    if masked:
        facts = {name: value for name, value in facts.items() if name not in masked}
    found: dict[str, Any] = {"facts": facts, "received": request.received.isoformat()}
    if masked:
        found["masked"] = masked
    if request.made_at is not None:
        found["made_at"] = request.made_at.isoformat()
    if request.asserted_by is not None:
        found["asserted_by"] = request.asserted_by
    if request.assertions:
        found["assertions"] = request.assertions
    if request.quotas:
        found["quotas"] = request.quotas
    if request.registers:
        found["registers"] = request.registers
    return found


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
        self.write(len(some), lambda previous: (self.lines(at, caller, name, previous, some),))

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

    def lines(
        self,
        at: datetime,
        caller: str,
        name: str,
        previous: str,
        answered: Iterable[tuple[Decision, Request, tuple[str, ...]]],
    ) -> bytes:
        """Return the lines of decisions, behind the block with that digest."""
        stamp = at.isoformat()
        return b"".join([self._line(stamp, caller, name, previous, *each) for each in answered])

    def write(self, count: int, block_of: Callable[[str], Sequence[bytes]]) -> None:
        """Write down a block of so many lines, made when the digest of the one before is known; the
        texts that make it up stand one behind the other."""
        if not (count and self.kept):
            return
        with self._lock:
            self._end_turn()
            self._put(block_of(self._last), count)

    def _line(
        self,
        at: str,
        caller: str,
        name: str,
        previous: str,
        decision: Decision,
        request: Request,
        secret: tuple[str, ...],
    ) -> bytes:
        body = {
            "v": VERSION,
            "at": at,
            "by": caller,
            "digest": decision.digest,
            "decision": name,
            "given": given_of(request, secret),
            "result": result_of(decision),
            "previous": previous,
        }
        return orjson.dumps(body, default=plain, option=orjson.OPT_APPEND_NEWLINE)

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
                self._put((_link(at, self._last),), 0)
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


def _link(at: datetime, previous: str) -> bytes:
    """Return a line that stands before no others: all it tells is which block it goes on behind."""
    told = {"v": BLOCK, "at": at.isoformat(), "results": [], "told": [], "as_of": []}
    return orjson.dumps({**told, "previous": previous}, option=orjson.OPT_APPEND_NEWLINE)


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


# --- reading -------------------------------------------------------------------------------------


class Entries:
    """The decisions that the lines of a log tell, one after the other."""

    def __init__(self) -> None:
        self._head: Mapping[str, Any] = {}
        self._at = self._count = 0
        self.previous = ""  # the digest that the line read last names, or the one before it

    @property
    def lacking(self) -> int:
        """Return how many lines are still to come that belong to the line before them."""
        return self._count - self._at

    def read(self, line: bytes) -> dict[str, Any] | None:
        """Return what a line tells of a decision; None for one that stands before others.

        Raises ValueError, KeyError or TypeError for what is no line of a log.
        """
        if self.lacking and not line.startswith(BEGINS):
            self._at += 1
            return self._told(json.loads(line), self._at - 1)
        self._at = self._count = 0
        body: dict[str, Any] = json.loads(line)
        previous = body["previous"]
        if not isinstance(previous, str):
            raise TypeError
        self.previous = previous
        if body.get("v") != BLOCK:
            return _as_written(body)
        self._head, self._count = body, len(body["told"])
        return None

    def _told(self, facts: dict[str, Any], at: int) -> dict[str, Any]:
        head = self._head
        common = {name: head[name] for name in ("v", "at", "by", "digest", "decision", "previous")}
        result = {**head["results"][head["told"][at]], "as_of": head["as_of"][at]}
        given = {"facts": facts, **head["given"]} | {"facts": facts}  # in the order of other lines
        return _as_written({**common, "given": given, "result": result})


def _as_written(body: dict[str, Any]) -> dict[str, Any]:
    """Return a line whose parts are of the kinds that are written; TypeError for another one."""
    given, result = body["given"], body["result"]
    texts = body["at"], body["digest"], body["decision"], result["outcome"], result["code"] or ""
    kinds = isinstance(given["facts"], dict) and isinstance(given.get("masked", []), list)
    if not (kinds and isinstance(result, dict) and all(isinstance(each, str) for each in texts)):
        raise TypeError
    return body


def entries(
    lines: Iterable[tuple[int, bytes]],
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield the number of each line that tells a decision, and what; None where it cannot be read.

    Lines at the beginning whose block began before are left out.
    """
    reading = Entries()
    begun = dropwhile(lambda numbered: not numbered[1].startswith(BEGINS), lines)
    for number, line in begun:
        try:
            body = reading.read(line)
        except (ValueError, KeyError, TypeError, IndexError):
            yield number, None
        else:
            if body is not None:
                yield number, body


def newest(path: Path | None, most: int) -> tuple[Iterator[tuple[int, bytes]], bool]:
    """Return the newest lines of a log by their numbers, and whether older ones are left out.

    No more than a line is held at a time, however long the log is.
    """
    if path is None or not path.is_file():
        return iter(()), False
    starts: deque[int] = deque(maxlen=most)
    whole = end = 0
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break  # it may be under way
            starts.append(end)
            end += len(line)
            whole += 1
    left = max(0, whole - most)
    return _numbered(path, starts[0] if left else 0, left, whole), left > 0


def _numbered(path: Path, place: int, left: int, whole: int) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        file.seek(place)
        yield from islice(enumerate(file, left + 1), whole - left)
