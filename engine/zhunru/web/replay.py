"""A decision log derived again: each line by the version of the set that it names, bit for bit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.request import QuotaUse, Request
from zhunru.decision import decide
from zhunru.diagnostics import NOWHERE, Diagnostic, Span
from zhunru.errors import RequestRejected, ZhunruError
from zhunru.web.decision_log import result_of

_MOST_FINDINGS = 1_000
Find = Callable[[str], CompiledPolicy | None]


@dataclass
class Replayed:
    """What deriving a log again came to; `findings` say which lines differ, or cannot be."""

    lines: int = 0
    same: int = 0
    findings: list[Diagnostic] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Tell whether every line came out as it is on record."""
        return self.same == self.lines

    def to_dict(self) -> dict[str, Any]:
        """Return what came out, ready for JSON."""
        found = [
            {"code": f.code, "line": f.span.line, "message": {"zh": f.zh, "en": f.en}}
            for f in self.findings
        ]
        return {"version": 1, "lines": self.lines, "same": self.same, "findings": found}


def replay_log(path: Path, policies: Sequence[CompiledPolicy], store: str = "") -> Replayed:
    """Derive every decision of a log again, and say which come out otherwise.

    `policies` are versions at hand; those that a store has registered are taken from there. Raises
    RequestRejected where the log cannot be read at all.
    """
    find = _finder(policies, store)
    done = Replayed()
    chain = _Chain()
    for number, line in _lines(path):
        done.lines += 1
        span = Span(str(path), 0, 0, number, 1)
        found = list(_derived(line, span, find, chain))
        if not found:
            done.same += 1
        done.findings += found[: _MOST_FINDINGS - len(done.findings)]
    return done


class _Chain:
    """The lines of a log as blocks, each of which names the one before."""

    def __init__(self) -> None:
        self._named: str | None = None
        self._block = sha256()

    def goes_on(self, line: bytes, named: str) -> bool:
        """Take the next line; tell whether it stands where it was written."""
        within = named == self._named
        follows = within or self._named is None or named == self._block.hexdigest()
        if not within:
            self._named, self._block = named, sha256()
        self._block.update(line)
        return follows


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            yield from enumerate(file, 1)
    except OSError:
        raise RequestRejected([_unreadable(NOWHERE, "读不到", "it cannot be read")]) from None


def _finder(policies: Sequence[CompiledPolicy], store: str) -> Find:
    """Return what finds a version of a set by its digest."""
    known = {policy.digest: policy for policy in policies}
    if not store:
        return known.get
    from zhunru.casework.opening import open_cases
    from zhunru.errors import CaseRefused

    office = open_cases(store)

    def find(digest: str) -> CompiledPolicy | None:
        if digest not in known:
            try:
                known[digest] = office.service.policies.of(digest)
            except CaseRefused:
                return None
        return known[digest]

    return find


def _derived(line: bytes, span: Span, find: Find, chain: _Chain) -> Iterator[Diagnostic]:
    """Yield what is wrong with a line: nothing, if it comes out as it is on record."""
    try:
        body = json.loads(line)
        if not chain.goes_on(line, body["previous"]):
            zh, en = "与前一行接不上，日志被改动过", "it does not follow the line before"
            yield _unreadable(span, zh, en)
        policy = find(body["digest"])
        if policy is None:
            digest = str(body["digest"])[:12]
            yield _unreadable(span, f"没有版本 {digest}", f"version {digest} is not at hand")
            return
        found = decide(policy, request_of(body["given"]), body["decision"])
    except ZhunruError as error:
        yield _unreadable(span, str(error)[:200], "the request on record cannot be read")
        return
    except (ValueError, KeyError, TypeError, AttributeError):
        yield _unreadable(span, "不是判定日志的一行", "it is not a line of a decision log")
        return
    used = found.facts_used.get("facts", {})
    if any(name in used or name in found.claims for name in body["given"].get("masked", ())):
        yield _unreadable(span, "用到的保密栏目没有记入", "a confidential fact was left out")
        return
    yield from _compared(body["result"], result_of(found), span)


def _compared(
    before: Mapping[str, Any], after: Mapping[str, Any], span: Span
) -> Iterator[Diagnostic]:
    if orjson.dumps(before) == orjson.dumps(after):
        return
    for name in {**before, **after}:
        one, other = before.get(name), after.get(name)
        if one != other:
            values: dict[str, Any] = {"before": one, "after": other}
            yield diagnose("ZR799", span, line=span.line, name=name, **values)


def _unreadable(span: Span, zh: str, en: str) -> Diagnostic:
    return diagnose("ZR798", span, line=span.line, problem_zh=zh, problem_en=en)


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
