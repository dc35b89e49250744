"""What a line of the decision log says: as it is written, and as it is read again.

A line holds the digest of the set, what was given, and what came out. Confidential fields (保密)
are left out by name: such a line says so, and is derived again only if nothing hung on them.

Plain lines of a batch stand in a block as they came, behind a line that says once what they have in
common, and what came out for each.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import dropwhile, islice
from pathlib import Path
from typing import Any

import orjson

from zhunru.compiler.request import Request
from zhunru.decision import Decision
from zhunru.vocabulary import Outcome

VERSION = 2
BLOCK = 3  # of the line before lines that stand as they came
BEGINS = b'{"v":'  # no line of a batch that stands as it came begins like this


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


def lines_of(
    at: datetime,
    caller: str,
    name: str,
    previous: str,
    answered: Iterable[tuple[Decision, Request, tuple[str, ...]]],
) -> bytes:
    """Return the lines of decisions, behind the block with that digest: each decision with what was
    asked and what is secret."""
    stamp = at.isoformat()
    bodies = (
        {
            "v": VERSION,
            "at": stamp,
            "by": caller,
            "digest": decision.digest,
            "decision": name,
            "given": given_of(request, secret),
            "result": result_of(decision),
            "previous": previous,
        }
        for decision, request, secret in answered
    )
    written = (
        orjson.dumps(each, default=plain, option=orjson.OPT_APPEND_NEWLINE) for each in bodies
    )
    return b"".join(written)


def link(at: datetime, previous: str) -> bytes:
    """Return a line that stands before no others: all it tells is which block it goes on behind."""
    told = {"v": BLOCK, "at": at.isoformat(), "results": [], "told": [], "as_of": []}
    return orjson.dumps({**told, "previous": previous}, option=orjson.OPT_APPEND_NEWLINE)


# --- reading -------------------------------------------------------------------------------------


class OtherVersion(ValueError):
    """A line that another version of the program has written."""


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
        if body["v"] not in (VERSION, BLOCK):
            raise OtherVersion(body["v"])  # what it says, and how it goes on, is not known
        previous = body["previous"]
        if not isinstance(previous, str):
            raise TypeError
        self.previous = previous
        if body["v"] != BLOCK:
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
