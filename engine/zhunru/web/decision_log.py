"""Every decision on record: a line of JSON each, only ever added, from which it can be derived.

A line holds the digest of the set, what was given, and what came out. Confidential fields (保密)
are left out by name: such a line says so, and is derived again only if nothing hung on them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from zhunru.compiler.request import Request
from zhunru.decision import Decision

VERSION = 1


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
        "outcome": decision.outcome.value,
        "code": decision.code,
        "clause": decision.clause,
        "basis": decision.basis,
        "as_of": decision.as_of.isoformat(),
    }


def given_of(request: Request, secret: Iterable[str]) -> dict[str, Any]:
    """Return what a request gave; facts that are confidential are left out."""
    facts: Mapping[str, Any] = request.facts
    masked = [name for name in secret if name in facts]
    if masked:
        facts = {name: value for name, value in facts.items() if name not in masked}
    found: dict[str, Any] = {"facts": facts, "received": request.received.isoformat()}
    if masked:
        found["masked"] = masked
    if request.made_at is not None:
        found["made_at"] = request.made_at.isoformat()
    if request.asserted_by is not None:
        found["asserted_by"] = request.asserted_by
    for name in ("assertions", "quotas", "registers"):
        if value := getattr(request, name):
            found[name] = value
    return found


class DecisionLog:
    """The decisions of one tenant, in a file or, without a folder, nowhere.

    Each line carries the digest of the line before it, so that a line changed or taken out shows.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock = Lock()
        self._file = -1
        self._last = ""
        self.written = 0
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._last = _last_of(path)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    @property
    def kept(self) -> bool:
        """Tell whether decisions are kept at all."""
        return self._file >= 0

    def add(
        self,
        at: datetime,
        caller: str,
        name: str,
        answered: Iterable[tuple[Decision, Request, tuple[str, ...]]],
    ) -> None:
        """Write down decisions of one request: each with what was asked and what is secret."""
        if self._file < 0:
            return
        stamp = at.isoformat()
        with self._lock:
            lines = [self._line(stamp, caller, name, *each) for each in answered]
            # One write for all of them: lines of two requests are never mixed.
            os.write(self._file, b"".join(lines))
            self.written += len(lines)

    def _line(
        self,
        at: str,
        caller: str,
        name: str,
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
            "previous": self._last,
        }
        line = orjson.dumps(body, default=plain, option=orjson.OPT_APPEND_NEWLINE)
        self._last = digest_of(line)
        return line

    def close(self) -> None:
        """Make what was written durable, and let go of the file."""
        if self._file >= 0:
            os.fsync(self._file)
            os.close(self._file)
            self._file = -1


def digest_of(line: bytes) -> str:
    """Return by what the next line names this one."""
    return blake2b(line, digest_size=12).hexdigest()


def _last_of(path: Path) -> str:
    """Return the digest of the last line of a log, so that the chain goes on over a restart."""
    try:
        with path.open("rb") as file:
            last = b""
            for line in file:
                last = line
    except FileNotFoundError:
        return ""
    return digest_of(last) if last else ""
