"""A decision log derived again: each line by the version of the set that it names, bit for bit."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from zhunru.checker.values import is_percent
from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.request import QuotaUse, Request
from zhunru.decision import Decision, decide
from zhunru.diagnostics import NOWHERE, Diagnostic, Span
from zhunru.errors import CaseRefused, RequestRejected, ZhunruError
from zhunru.web.log_lines import BEGINS, Entries, OtherVersion, result_of

_MOST_FINDINGS = 1_000
Find = Callable[[str], CompiledPolicy | None]


@dataclass
class Replayed:
    """What deriving a log again came to; `findings` say which lines differ, or cannot be.

    `behind` is the digest of the block that the first line names, which is not among what was
    looked at: nothing before it can be told of. Empty where the log is there from its beginning.
    `head` is the digest of the last block: noted elsewhere it shows later that the end, which no
    line names yet, was neither changed nor cut off.
    """

    lines: int = 0
    same: int = 0
    behind: str = ""
    head: str = ""
    findings: list[Diagnostic] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Tell whether every line came out as it is on record, and every noted head is there."""
        return not self.findings

    def add(self, count: int, found: Sequence[Diagnostic]) -> None:
        """Count lines, and keep what is wrong with them."""
        self.lines += count
        self.same += 0 if found else count
        self.findings += found[: _MOST_FINDINGS - len(self.findings)]

    def to_dict(self) -> dict[str, Any]:
        """Return what came out, ready for JSON."""
        found = [
            {
                "code": f.code,
                "file": f.span.path,
                "line": f.span.line,
                "message": {"zh": f.zh, "en": f.en},
            }
            for f in self.findings
        ]
        counts = {"lines": self.lines, "same": self.same}
        ends = {"behind": self.behind, "head": self.head}
        return {"version": 1, **counts, **ends, "findings": found}


def replay_log(
    path: Path | Sequence[Path],
    policies: Sequence[CompiledPolicy],
    store: str = "",
    noted: Iterable[str] = (),
) -> Replayed:
    """Derive every decision of a log again, and say which come out otherwise.

    A log that was put by in parts is given as its files, the oldest first: each has to go on where
    the one before ends. `policies` are versions at hand; those that a store has registered are
    taken from there. `noted` are heads of an earlier time, which must still be in the log. Raises
    RequestRejected where the log cannot be read at all.
    """
    find = _finder(policies, store)
    done, span = Replayed(), NOWHERE
    reading = _Reading(done, {each.strip().lower() for each in noted})
    for each in [path] if isinstance(path, Path) else path:
        for number, line in _lines(each):
            span = Span(Path(each).as_posix(), 0, 0, number, 1)
            body = reading.read(line, span)
            if body is not None:
                done.add(1, [*reading.broken, *_differing(body, span, find)])
        reading.end()
    done.behind, done.head = reading.chain.behind, reading.chain.head
    for digest in sorted(reading.chain.missing - {done.head}):
        zh = f"没有摘要为 {digest} 的一批：另存它以后，末尾被改过或者被截去"
        en = f"no block has the digest {digest}: since it was noted the end was changed or cut off"
        done.add(0, [_unreadable(span, zh, en)])
    return done


class _Reading:
    """The lines of a log, read one after the other; what is wrong with them is told at once."""

    def __init__(self, done: Replayed, noted: set[str]) -> None:
        self._done = done
        self._entries = Entries()
        self.chain = _Chain(noted)
        self._head = NOWHERE
        self._file = ""
        self.broken: Sequence[Diagnostic] = ()

    def read(self, line: bytes, span: Span) -> dict[str, Any] | None:
        """Return what a line tells of a decision; `broken` is what is wrong with where it is.
        None: it tells of none, or cannot be read."""
        if line.startswith(BEGINS):
            self.end()
        try:
            body = self._entries.read(line)
            follows = self.chain.goes_on(line, self._entries.previous)
        except OtherVersion as other:
            zh = f"是别的版本的程序写的（“v”为 {other}），请用那一版程序重推"
            en = f"another version of the program wrote it (v is {other}): replay it with that one"
            self._done.add(1, [_unreadable(span, zh, en)])
            return None
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            self._done.add(1, [_not_a_line(span)])
            return None
        self.broken = [] if follows else [_not_following(span, self._file)]
        self._file = span.path
        if body is None:
            self._head = span
            if self.broken:
                self._done.add(1, self.broken)
        return body

    def end(self) -> None:
        """Tell of lines that should still come of a block."""
        count = self._entries.lacking
        if count:
            zh, en = f"后面少了 {count} 行", f"{count} of the lines behind it are not there"
            self._done.add(count, [_unreadable(self._head, zh, en)])
            self._entries = Entries()


class _Chain:
    """The lines of a log as blocks, each of which names the one before."""

    def __init__(self, noted: set[str]) -> None:
        self._named: str | None = None
        self._block = sha256()
        self.behind = ""  # what the first line names: the end of another file, or nothing
        self.missing = noted  # digests that no line has named yet

    @property
    def head(self) -> str:
        """Return the digest of the last block; of an empty log, nothing."""
        return "" if self._named is None else self._block.hexdigest()

    def goes_on(self, line: bytes, named: str) -> bool:
        """Take the next line; tell whether it stands where it was written."""
        within = named == self._named
        follows = within or self._named is None or named == self.head
        if self._named is None:
            self.behind = str(named)
        self.missing.discard(named)
        if not within:
            self._named, self._block = named, sha256()
        self._block.update(line)
        return follows


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"  # put by, and compressed since
        with gzip.open(path) if packed else path.open("rb") as file:
            yield from enumerate(file, 1)
    except (OSError, EOFError, zlib.error) as error:
        zh, en = "没有这个文件，或者不许读", "it is not there, or may not be read"
        if isinstance(error, (gzip.BadGzipFile, EOFError, zlib.error)):
            zh, en = "压缩文件不完整，或者已损坏", "what is compressed is cut off or damaged"
        found = diagnose("ZR801", NOWHERE, path=str(path), reason_zh=zh, reason_en=en)
        raise RequestRejected([found]) from None


def _finder(policies: Sequence[CompiledPolicy], store: str) -> Find:
    """Return what finds a version of a set by its digest."""
    known = {policy.digest: policy for policy in policies}
    if not store:
        return known.get
    from zhunru.casework.opening import open_cases

    office = open_cases(store, untouched=True)

    def find(digest: str) -> CompiledPolicy | None:
        if digest not in known:
            try:
                known[digest] = office.service.policies.of(digest)
            except CaseRefused as refused:
                if refused.code != "ZR757":
                    raise  # it is there, and cannot be opened
                return None
        return known[digest]

    return find


def _differing(body: Mapping[str, Any], span: Span, find: Find) -> Iterator[Diagnostic]:
    """Yield what is wrong with a line: nothing, if it comes out as it is on record."""
    try:
        policy = find(body["digest"])
        if policy is None:
            digest = str(body["digest"])[:12]
            yield _unreadable(span, f"没有版本 {digest}", f"version {digest} is not at hand")
            return
        found = decide(policy, past_request(policy, body), body["decision"])
    except CaseRefused as refused:
        yield _unreadable(span, refused.diagnostic.zh, refused.diagnostic.en)
        return
    except ZhunruError as error:
        yield _unreadable(span, str(error)[:200], "the request on record cannot be read")
        return
    except (ValueError, KeyError, TypeError, AttributeError):
        yield _not_a_line(span)
        return
    used = found.facts_used.get("facts", {})
    if any(name in used or name in found.claims for name in body["given"].get("masked", ())):
        yield _unreadable(span, "用到的保密栏目没有记入", "a confidential fact was left out")
        return
    yield from _compared(body["result"], result_of(found), span)


def _compared(
    before: Mapping[str, Any], after: Mapping[str, Any], span: Span
) -> Iterator[Diagnostic]:
    for name in {**before, **after}:
        one, other = before.get(name), after.get(name)
        if one != other:
            values: dict[str, Any] = {"before": one, "after": other}
            yield diagnose("ZR799", span, line=span.line, name=name, **values)


def _not_a_line(span: Span) -> Diagnostic:
    return _unreadable(span, "不是判定日志的一行", "it is not a line of a decision log")


def _not_following(span: Span, before: str) -> Diagnostic:
    zh, en = "与前一行接不上，日志被改动过", "it does not follow the line before"
    if before != span.path:
        # Behind another file: far more often they were named in another order, or one is missing.
        zh = f"接不上前一个文件“{before}”的末尾：文件按旧的在前排，中间少了文件，或者日志被改动过"
        en = f"it does not go on where `{before}` ends: name the oldest file first, and every file"
    return _unreadable(span, zh, en)


def _unreadable(span: Span, zh: str, en: str) -> Diagnostic:
    return diagnose("ZR798", span, line=span.line, problem_zh=zh, problem_en=en)


def past_request(policy: CompiledPolicy, body: Mapping[str, Any]) -> Request:
    """Return the request of a line of the log as a version of the set is asked it now."""
    request = as_known(policy, request_of(body["given"]), body["decision"])
    fields = policy.plan(body["decision"]).fields
    # A log holds numbers as texts. 0.5 is no doubtful writing there, but what was decided on.
    percent = {
        name: f"{raw}%"
        for name, raw in request.facts.items()
        if isinstance(raw, str)
        and raw[-1:].isdigit()
        and name in fields
        and is_percent(fields[name].type)
    }
    return replace(request, facts={**request.facts, **percent}) if percent else request


def decided_again(policy: CompiledPolicy, body: Mapping[str, Any]) -> Decision | None:
    """Return what a version of the set answers to a line of the log; None: it takes no such one."""
    try:
        return decide(policy, past_request(policy, body), body["decision"])
    except (RequestRejected, ValueError, KeyError, TypeError, AttributeError):
        return None


def as_known(policy: CompiledPolicy, request: Request, decision: str) -> Request:
    """Return a request without uses of quotas that a set does not have.

    Another version may have had them; and there are logs that hold uses nobody ever looked at, from
    when requests were taken with them.
    """
    if not request.quotas:
        return request
    knows = policy.plan(decision).knows_quota
    return replace(request, quotas={n: use for n, use in request.quotas.items() if knows(n)})


def request_of(given: Mapping[str, Any]) -> Request:
    """Return the request that a line of the log holds."""
    made_at = given.get("made_at")
    quotas = {key: QuotaUse(**use) for key, use in given.get("quotas", {}).items()}
    return Request(
        facts=given["facts"],
        received=date.fromisoformat(given["received"]),
        made_at=None if made_at is None else date.fromisoformat(made_at),
        asserted_by=given.get("asserted_by"),
        assertions=given.get("assertions", {}),
        quotas=quotas,
        registers=given.get("registers", {}),
    )
