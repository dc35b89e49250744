"""Holds a store to its word after crashes: reads its tables and the callers' logs, nothing else.

Knows no code of the library: it reads with plain SQL and makes the digests itself.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Rows = list[tuple[Any, ...]]
Query = Callable[[str], Rows]
RUNGS = ("到时:半程", "到时:到期", "到时:升级")


def query_on(address: str) -> tuple[Query, Callable[[], None]]:
    """Return a way to ask a store's database, and one to let go of it."""
    if address.startswith("postgresql:"):
        import psycopg

        server = psycopg.connect(address)
        return lambda text: server.execute(text).fetchall(), server.close
    file = sqlite3.connect(address)
    return lambda text: file.execute(text).fetchall(), file.close


def read_logs(folder: Path, suffix: str) -> list[dict[str, Any]]:
    found = []
    for path in sorted(folder.glob(f"*.{suffix}")):
        found += [json.loads(line) for line in path.read_bytes().splitlines()]
    return found


def check(address: str, folder: Path) -> tuple[list[str], dict[str, int]]:
    """Return everything that is wrong, and how much was looked at; the store is drained."""
    query, close = query_on(address)
    try:
        events = query(
            "SELECT case_id, number, kind, command, body FROM events ORDER BY case_id, number"
        )
        calls = read_logs(folder, "calls")
        sent = read_logs(folder, "sent")
        wrong = [
            *numbers(events, query),
            *commands(events, calls, query),
            *rungs(events, query),
            *outbox(events, sent, query),
            *chains(query),
        ]
    finally:
        close()
    counts = {
        "events": len(events),
        "acknowledged": sum(call["type"] == "answer" for call in calls),
        "asked": sum(call["type"] == "ask" for call in calls),
        "sent": len(sent),
        "failures": len(read_logs(folder, "failures")),
    }
    return wrong, counts


def numbers(events: Rows, query: Query) -> Iterable[str]:
    """Versions have no gap, and each case stands at its last event."""
    found: dict[str, list[int]] = defaultdict(list)
    for case_id, number, *_ in events:
        found[case_id].append(number)
    for case_id, own in found.items():
        if own != list(range(1, len(own) + 1)):
            yield f"{case_id}: numbers {own}"
    rows = dict(query("SELECT case_id, version FROM cases"))
    if rows != {case_id: len(own) for case_id, own in found.items()}:
        yield f"cases stand elsewhere than their events: {rows}"


def commands(events: Rows, calls: list[dict[str, Any]], query: Query) -> Iterable[str]:
    """Every command that was answered has exactly one event, the one that it was told."""
    made: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for case_id, number, _, command, _ in events:
        if command:
            made[command].append((case_id, number))
    asked = {call["command"] for call in calls if call["type"] == "ask"}
    for call in calls:
        if call["type"] == "answer" and made[call["command"]] != [(call["case"], call["version"])]:
            yield f"{call['command']}: told {call['version']}, wrote {made[call['command']]}"
    for command, own in made.items():
        if own and command not in asked:
            yield f"{command}: nobody asked for it"
        if len(own) > 1:
            yield f"{command}: carried out {len(own)} times"
    replies = {
        command: [(case_id, version)]
        for command, case_id, version in query("SELECT command, case_id, version FROM replies")
    }
    if replies != {command: own for command, own in made.items() if own}:
        yield "replies are not those of the events"
    if asked - {call["command"] for call in calls if call["type"] == "answer"}:
        yield "a command was never answered, although the store was drained"


def rungs(events: Rows, query: Query) -> Iterable[str]:
    """Each rung of each case fired once, and none is left."""
    fired = Counter((case_id, kind) for case_id, _, kind, *_ in events if kind in RUNGS)
    cases = {case_id for case_id, *_ in events}
    for case_id in cases:
        for rung in RUNGS:
            if fired[case_id, rung] != 1:
                yield f"{case_id}: {rung} fired {fired[case_id, rung]} times"
    left = query("SELECT case_id, name FROM timers")
    if left:
        yield f"timers left: {left}"


def outbox(events: Rows, sent: list[dict[str, Any]], query: Query) -> Iterable[str]:
    """Every event's message went out at least once, as it was written; none waits."""
    expected = {(case_id, number): body for case_id, number, _, _, body in events}
    gone = {(each["case"], each["number"]): each["body"] for each in sent}
    if gone != expected:
        missing = sorted(expected.keys() - gone.keys())
        yield f"messages missing: {missing[:5]}, never written: {sorted(gone.keys() - expected)[:5]}"
    tickets: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for each in sent:
        tickets[each["ticket"]].add((each["case"], each["number"]))
    if any(len(own) > 1 for own in tickets.values()):
        yield "a ticket names two messages"
    order: dict[str, list[int]] = defaultdict(list)
    for ticket in sorted(tickets):
        for case_id, number in tickets[ticket]:
            order[case_id].append(number)
    if any(own != sorted(own) for own in order.values()):
        yield "messages of a case are not in its order"
    if query("SELECT count(*) FROM messages WHERE sent = 0") != [(0,)]:
        yield "messages wait although the store was drained"


def chains(query: Query) -> Iterable[str]:
    """Each partition's chain is whole, from its name to the head that the store keeps."""
    for number, name, position, head in query("SELECT id, name, position, digest FROM partitions"):
        digest = hashlib.sha256(name.encode()).hexdigest()
        links = query(
            "SELECT place, case_id, number, at, recorded, kind, actor, command, body, digest "
            f"FROM events WHERE place > {number << 40} AND place < {(number + 1) << 40} "
            "ORDER BY place"
        )
        for at, (place, *event, kept) in enumerate(links, 1):
            text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
            digest = hashlib.sha256((digest + text).encode()).hexdigest()
            if place != (number << 40) + at or kept != digest:
                yield f"{name}: broken at {at}"
                break
        if (position, head) != (len(links), digest):
            yield f"{name}: the head is not the last link"
