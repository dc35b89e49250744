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
# Kinds of events that time makes, also on the way to carrying out a command.
BY_TIME = ("reminded", "overdue", *RUNGS)
UNTOLD = ("enter", "cancel", "record")


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


def check(address: str, folder: Path, *, cases: bool = False) -> tuple[list[str], dict[str, int]]:
    """Return everything that is wrong, and how much was looked at; the store is drained.

    `cases`: the callers acted on real cases through the service, not on rows of their own.
    """
    query, close = query_on(address)
    try:
        events = query(
            "SELECT case_id, number, kind, command, body FROM events ORDER BY case_id, number"
        )
        calls = read_logs(folder, "calls")
        sent = read_logs(folder, "sent")
        failures = read_logs(folder, "failures")
        wrong = [
            *numbers(events, query),
            *commands(events, calls, query),
            *(visits(events, query) if cases else rungs(events, query)),
            *outbox(told(events) if cases else plain(events), sent, query),
            *chains(query),
            *unforeseen(failures),
        ]
    finally:
        close()
    counts = {
        "events": len(events),
        "acknowledged": sum(call["type"] == "answer" for call in calls),
        "asked": sum(call["type"] == "ask" for call in calls),
        "sent": len(sent),
        **Counter(f"failed {entry['code']}" for entry in failures),
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
    last: dict[str, tuple[str, int]] = {}
    for case_id, number, kind, command, _ in events:
        if command:
            last[command] = case_id, number
            if kind not in BY_TIME:
                made[command].append((case_id, number))
    for call in calls:
        command = call["command"]
        heard = (call["case"], call["version"]) if call["type"] == "answer" else None
        if heard and (len(made[command]) != 1 or last[command] != heard):
            yield f"{command}: told {heard}, wrote {made[command]}"
        if call["type"] == "refusal" and command in made:
            yield f"{command}: refused, and carried out"
    asked = {call["command"] for call in calls if call["type"] == "ask"}
    for command, own in made.items():
        if own and command not in asked and not command.startswith("开立"):
            yield f"{command}: nobody asked for it"
        if len(own) > 1:
            yield f"{command}: carried out {len(own)} times"
    replies = {
        command: (case_id, version)
        for command, case_id, version in query("SELECT command, case_id, version FROM replies")
    }
    if replies != last:
        yield "replies are not those of the events"
    if asked - {call["command"] for call in calls if call["type"] != "ask"}:
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


def visits(events: Rows, query: Query) -> Iterable[str]:
    """No stay in a state was reminded of twice or left twice; time has ended every case."""
    state: dict[str, str] = {}
    visit: dict[str, int] = {}
    reminded: Counter[tuple[str, int]] = Counter()
    ended: Counter[str] = Counter()
    for case_id, number, kind, _, body in events:
        data = json.loads(body)["data"]
        if kind == "reminded":
            reminded[case_id, visit.get(case_id, 0)] += 1
            continue
        if number > 1 and data["from"] != state.get(case_id):
            yield f"{case_id}: event {number} leaves {data['from']}, not {state.get(case_id)}"
        state[case_id] = data["to"]
        ended[case_id] += "end" in data
        # A case that ends enters nothing: its last stay is told once more.
        entered = visit.get(case_id, 0) + ("end" not in data)
        if "visit" in data and data["visit"]["number"] != entered:
            yield f"{case_id}: stay {data['visit']['number']} after {visit.get(case_id, 0)}"
        visit[case_id] = data.get("visit", {}).get("number", visit.get(case_id, 0))
        if kind == "overdue" and reminded[case_id, visit[case_id]] != 1:
            yield f"{case_id}: overdue after {reminded[case_id, visit[case_id]]} reminders"
    if any(count > 1 for count in reminded.values()):
        yield f"reminded more than once: {[each for each, n in reminded.items() if n > 1]}"
    if any(count != 1 for count in ended.values()):
        yield f"ended not once: {[each for each, n in ended.items() if n != 1]}"
    if dict(query("SELECT case_id, state FROM cases")) != state:
        yield "cases are in other states than their events say"
    if query("SELECT count(*) FROM timers") != [(0,)]:
        yield "timers left"


Message = tuple[str, int, int]


def plain(events: Rows) -> dict[Message, str]:
    """Every event has one message, of its own body."""
    return {(case_id, number, 0): body for case_id, number, _, _, body in events}


def told(events: Rows) -> dict[Message, str]:
    """Every effect that somebody is told of has a message to them."""
    return {
        (case_id, number, position): json.dumps(effect.get("to", []), ensure_ascii=False)
        for case_id, number, _, _, body in events
        for position, effect in enumerate(json.loads(body).get("effects", ()))
        if effect["kind"] not in UNTOLD
    }


def content(body: str) -> str:
    """Return what a message is compared by: whom it is for, or all of it."""
    found = json.loads(body)
    return json.dumps(found["to"], ensure_ascii=False) if "to" in found else body


def outbox(expected: dict[Message, str], sent: list[dict[str, Any]], query: Query) -> Iterable[str]:
    """Every message went out at least once, as it was written, in its case's order; none waits."""
    gone = {(x["case"], x["number"], x["position"]): content(x["body"]) for x in sent}
    if gone != expected:
        missing = sorted(expected.keys() - gone.keys())
        yield f"messages missing: {missing[:5]}, never written: {sorted(gone.keys() - expected)[:5]}"
    tickets: dict[int, set[Message]] = defaultdict(set)
    for each in sent:
        tickets[each["ticket"]].add((each["case"], each["number"], each["position"]))
    if any(len(own) > 1 for own in tickets.values()):
        yield "a ticket names two messages"
    order: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for ticket in sorted(tickets):
        for case_id, number, position in tickets[ticket]:
            order[case_id].append((number, position))
    if any(own != sorted(own) for own in order.values()):
        yield "messages of a case are not in its order"
    if query("SELECT count(*) FROM messages WHERE sent = 0") != [(0,)]:
        yield "messages wait although the store was drained"


def unforeseen(failures: list[dict[str, Any]]) -> Iterable[str]:
    """A store that cannot serve says so in its own words, and nothing else comes through."""
    for entry in failures:
        if not entry["code"]:
            yield f"a caller was told: {entry['reason']}"


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
