"""Holds the service to its word: what callers were told against its log, its tables, its letters.

Reads the store by plain SQL and makes the digests of the chain itself; decisions are derived again
from the texts that were published, not from what the service keeps of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tests.crash.checker import Query, Rows, chains, numbers, told
from tests.web.soak.calling import AT_ONCE, Call, Worker
from tests.web.soak.ground import Disturbance
from tests.web.soak.publishing import Publisher, files_of, possible

from zhunru import Request, decide, open_policy
from zhunru.compiler import CompiledPolicy
from zhunru.web.log_lines import entries

_GRACE = 0.5  # seconds that a call may be noted beside the signal that broke it
_SAME = ("outcome", "code", "clause", "basis", "as_of")
EVENTS = "SELECT case_id, number, kind, command, body FROM events ORDER BY case_id, number"


def statuses(calls: Sequence[Call], disturbances: Sequence[Disturbance]) -> Iterator[str]:
    """No answer is a mistake of the service's; none is missing but while it was being ended."""
    for call in calls:
        if call.status >= 500 and not call.lost:
            yield f"{call.who} {call.what}: {call.status} {str(call.body)[:200]}"
        if call.lost and not any(_during(call, each) for each in disturbances):
            what = "cut off" if call.cut_off else "no answer"
            yield f"{call.who} {call.what}: {what}, {call.since:.1f} to {call.until:.1f}"


def _during(call: Call, each: Disturbance) -> bool:
    return call.since <= each.until + _GRACE and call.until >= each.since - _GRACE


# --- decisions -------------------------------------------------------------------------------


def decisions(calls: Sequence[Call], log: Path, publisher: Publisher, texts: Path) -> Iterator[str]:
    """Every answered decision is on record once, of one version that was current, and right."""
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, entry in entries(enumerate(log.read_bytes().splitlines(keepends=True), 1)):
        if entry is None:
            yield f"line {number} of the log cannot be read"
        else:
            lines[entry["by"]].append(entry)
    by_caller: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_caller[call.who].append(call)
    if strangers := lines.keys() - by_caller.keys():
        yield f"decisions of nobody: {strangers}"
    right = _Right(publisher, texts)
    for who, own in by_caller.items():
        yield from _in_turn(who, own, lines[who], publisher, right)


def _in_turn(
    who: str, calls: list[Call], lines: list[dict[str, Any]], publisher: Publisher, right: _Right
) -> Iterator[str]:
    """Go through the calls and the log of one caller side by side."""
    at = 0
    for call in calls:
        facts, answers = facts_of(call), answers_of(call)
        expected = AT_ONCE if call.what.endswith("evaluations") else 1
        mine = []
        while len(mine) < expected and at < len(lines) and lines[at]["given"]["facts"] == facts:
            mine.append(lines[at])
            at += 1
        if call.status != 200:
            if not call.lost:
                yield f"{who} {call.what}: {call.status} {str(call.body)[:200]}"
            continue
        if len(mine) != expected:
            yield f"{who}: answered {expected} at {call.since:.1f}, on record {len(mine)}"
            continue
        digests = {line["digest"] for line in mine} | {answer["digest"] for answer in answers}
        if len(digests) != 1 or not digests <= possible(publisher.switches, call):
            yield f"{who}: at {call.since:.1f} decided by {[d[:8] for d in digests]}"
        for line, answer in zip(mine, answers, strict=True):
            if any(line["result"][name] != answer[name] for name in _SAME if name in answer):
                yield f"{who}: told {answer}, on record {line['result']}"
            if line["result"]["code"] != right.code(line, facts):
                yield f"{who}: {line['result']} for {facts}"
    if at != len(lines):
        yield f"{who}: {len(lines) - at} decisions on record that nobody asked for"


def facts_of(call: Call) -> dict[str, Any]:
    """Return the facts of a question, however it was put."""
    asked = call.asked
    if "facts" in asked:
        return dict(asked["facts"])
    named = {"来文单位": asked["subject"]["id"], "目标社区": asked["resource"]["id"],
             "事项": asked["action"]["name"]}  # fmt: skip
    return {**named, **asked["resource"]["properties"]}


def answers_of(call: Call) -> list[dict[str, Any]]:
    """Return what a caller was told, in the words of the log."""
    if call.status != 200:
        return []
    if call.what == "/v1/decide":
        return [call.body]
    found = []
    for each in call.body.get("evaluations", [call.body]):
        context = each["context"]
        kept = {name: context[name] for name in ("outcome", "as_of", "digest")}
        found.append({**kept, "code": context["reason"]})
    return found


class _Right:
    """What is right: each version opened from its text, and asked anew."""

    def __init__(self, publisher: Publisher, folder: Path) -> None:
        self._numbers, self._folder = publisher.versions, folder
        self._known: dict[tuple[str, ...], str] = {}
        self._policy = cache(self._open)

    def _open(self, digest: str) -> CompiledPolicy:
        folder = self._folder / str(self._numbers[digest])
        for name, text in files_of(self._numbers[digest]).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        policy = open_policy(folder)
        assert policy.digest == digest, "the version is not the text that was handed in"
        return policy

    def code(self, line: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
        digest, received = line["digest"], line["given"]["received"]
        key = (digest, received, *map(str, facts.items()))
        if key not in self._known:
            request = Request(facts=dict(facts), received=date.fromisoformat(received))
            self._known[key] = decide(self._policy(digest), request).code
        return self._known[key]


# --- cases -----------------------------------------------------------------------------------


def cases(workers: Sequence[Worker], query: Query) -> Iterator[str]:
    """Every answered command has its events, once, as it was told; and nobody else's are there."""
    events: Rows = query(EVENTS)
    made: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    last: dict[tuple[str, str], int] = {}
    for case_id, number, kind, command, _ in events:
        if command:
            made[command].add(case_id)
            kinds[command][case_id, kind] += 1
            last[command, case_id] = number
    replies = {c: (case, version) for c, case, version in query(
        "SELECT command, case_id, version FROM replies")}  # fmt: skip
    asked = set()
    for worker in workers:
        for call in worker.calls:
            command = f"{worker.name}:{call.asked['key']}"
            asked.add(command)
            if call.status not in (200, 201):
                continue
            heard = call.body["case"], call.body["version"]
            if replies.get(command) != heard or last.get((command, heard[0])) != heard[1]:
                yield f"{command}: told {heard}, kept {replies.get(command)}"
    for command, cases_of in made.items():
        if command not in asked:
            yield f"{command}: nobody asked for it"
        if len(cases_of) > 2 or any(n > 1 for (_, kind), n in kinds[command].items() if kind):
            yield f"{command}: carried out more than once: {kinds[command]}"
    if replies.keys() != made.keys():
        yield "replies are not those of the events"
    yield from numbers(events, query)
    yield from chains(query)


def outbox(query: Query, got: Sequence[str]) -> Iterator[str]:
    """Every letter of every event came, those of a case in their order; none waits."""
    expected = {f"{case}/{number}/{at}" for case, number, at in told(query(EVENTS))}
    if missing := expected - set(got):
        yield f"{len(missing)} letters never came: {sorted(missing)[:3]}"
    if strange := set(got) - expected:
        yield f"{len(strange)} letters are of no event: {sorted(strange)[:3]}"
    order: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for each in dict.fromkeys(got):  # a letter that came twice counts when it first came
        case, number, at = each.rsplit("/", 2)
        order[case].append((int(number), int(at)))
    for case, own in order.items():
        if own != sorted(own):
            yield f"letters of {case} came as {own}"
    if query("SELECT count(*) FROM messages WHERE sent = 0") != [(0,)]:
        yield "letters are waiting"


# What a service says of itself only where something is wrong with it.
_FAULTS = ("internal-error", "tick-failed", "outbox-failed", "write-failed", "close-failed")


# What the server says, in plain text, of requests that a stop did not wait for.
_STOPPED = re.compile(r"Cancel \d+ running task\(s\), timeout graceful shutdown exceeded")


def lines_of(path: Path) -> Iterator[str]:
    """What the service says of itself tells of no mistake."""
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            event = json.loads(line)["event"]
        except (ValueError, KeyError, TypeError):
            if not _STOPPED.search(line):
                yield f"the service wrote: {line[:200]}"
            continue
        if event in _FAULTS:
            yield f"the service says: {line[:300]}"
