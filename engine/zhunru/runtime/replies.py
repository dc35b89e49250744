"""What a command is answered, and how a repeated command is known again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from hashlib import blake2b
from typing import Any

import orjson

from zhunru.runtime.case import Case
from zhunru.runtime.encoding import encode
from zhunru.runtime.refusals import refuse
from zhunru.store.base import ReplyRow, View
from zhunru.store.records import quick

_LONGEST_KEY = 200


@quick
@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command: the case after it, and what else came of it.

    Of a submission `case_id` is its record, `outcome`, `code` and the sentences are those of the
    decision. `opened` are cases opened by it, `papers` the numbers of documents issued, `lacking`
    what those leave blank (`number：slot`), because the case does not say it. `due` is when the
    time of the state ends, in microseconds of Beijing time. `repeated`: the command had been
    carried out before, and this is what it was answered then.
    """

    case_id: str
    version: int
    state: str
    closed: bool = False
    due: int | None = None
    outcome: str = ""
    code: str = ""
    sentence_zh: str = ""
    sentence_en: str = ""
    opened: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    repeated: bool = False


# What the row of a reply says itself is not said again in its body.
_SAID = ("case_id", "version", "repeated")


def _writer() -> Callable[[Reply], dict[str, Any]]:
    """Return what says of a reply what is not empty: written out, for every command is answered."""
    names = [each.name for each in fields(Reply) if each.name not in _SAID]
    kept = [f" if reply.{name}: found[{name!r}] = reply.{name}" for name in names]
    scope: dict[str, Any] = {}
    exec("\n".join(["def kept(reply):", " found = {}", *kept, " return found"]), scope)
    found: Callable[[Reply], dict[str, Any]] = scope["kept"]
    return found


_kept = _writer()


@quick
@dataclass(frozen=True, slots=True)
class Asked:
    """A command as it is known again: its key, and the digest of what it says.

    The instant does not belong to it: who asks again asks later.
    """

    key: str
    digest: str

    @classmethod
    def of(cls, key: str, *content: Any) -> Asked:
        """Return a command known by its key and content."""
        if not 1 <= len(key) <= _LONGEST_KEY:
            refuse("ZR753", length=len(key))
        return cls(key, blake2b(encode(content).encode(), digest_size=12).hexdigest())

    def before(self, view: View) -> Reply | None:
        """Return what the command was answered before; refuse if its key was used otherwise."""
        row = view.reply(self.key)
        if row is None:
            return None
        # A key used twice for different things is a mistake that must not be answered quietly.
        body: Mapping[str, Any] = orjson.loads(row.body)
        if body["asked"] != self.digest:
            refuse("ZR751", key=self.key)
        fields = {name: _tuple(value) for name, value in body["reply"].items()}
        return Reply(case_id=row.case_id, version=row.version, **fields, repeated=True)

    def row(self, reply: Reply) -> ReplyRow:
        """Return what is kept of an answer."""
        plain = _kept(reply)
        body = encode({"asked": self.digest, "reply": plain})
        return ReplyRow(self.key, reply.case_id, reply.version, body)


def reply_about(case: Case, due: int | None, **more: Any) -> Reply:
    """Return the answer that tells how a case is now."""
    found = Reply(case.case_id, case.version, case.state, case.closed, due)
    return replace(found, **more) if more else found


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
