"""The soak, shortened: some seconds with a kill, a stop, versions swapped and gone back to.

And that what holds the service to its word would notice: each promise is broken once on purpose.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.crash.checker import Query, query_on
from tests.web.soak import checking
from tests.web.soak.calling import Call
from tests.web.soak.ground import Disturbance
from tests.web.soak.run import Plan, Run

SHORT = {"callers": 2, "workers": 2, "publishing": 1.5, "disturbed": 4.0, "refused": 0.01}


# One run for all of it: the runs of two workers of a test machine would slow each other down.
def test_nothing_is_lost_doubled_or_mixed_and_it_would_be_noticed(tmp_path):
    run = Run(Plan(seconds=10, store=str(tmp_path / "cases.db"), **SHORT), tmp_path / "ground")
    run.go()
    report = run.report()
    assert report.wrong == []
    figures = report.figures
    assert figures["killed"] >= 1 and figures["published"] >= 2
    assert figures["answered"] > 50 and figures["acknowledged"] > 30 and figures["letters"] > 5
    assert figures["replayed"] >= figures["answered"] and figures["differing"] == 0
    for what, noticed in (*logs(run, tmp_path), *versions(run), *stores(run, tmp_path)):
        assert noticed, f"nobody noticed: {what}"


Noticed = Iterator[tuple[str, list[str]]]


def logs(run: Run, folder: Path) -> Noticed:
    """Change the log in each of some ways, and yield what is noticed."""

    def otherwise(lines: list[bytes]) -> list[bytes]:
        entry = json.loads(lines[7])
        entry["result"]["code"] = "别的"
        return [*lines[:7], json.dumps(entry).encode() + b"\n", *lines[8:]]

    changes: dict[str, Callable[[list[bytes]], list[bytes]]] = {
        "a decision is not on record": lambda lines: lines[:7] + lines[8:],
        "a decision is on record twice": lambda lines: [*lines, lines[-1]],
        "another answer is on record": otherwise,
    }
    for what, change in changes.items():
        path = folder / "changed.jsonl"
        path.write_bytes(b"".join(change(run.ground.log.read_bytes().splitlines(keepends=True))))
        yield what, list(checking.decisions(run.asked, path, run.publisher, folder / "texts"))


def versions(run: Run) -> Noticed:
    """Forget what was published, and yield what is noticed."""
    kept = run.publisher.switches
    run.publisher.switches = kept[:1]
    folder = run.ground.folder / "versions"
    found = list(checking.decisions(run.asked, run.ground.log, run.publisher, folder))
    run.publisher.switches = kept
    yield "decided by a version that was not current", [f for f in found if "decided by" in f]


DAMAGE = {
    "a reply is lost": "DELETE FROM replies WHERE command = (SELECT max(command) FROM replies)",
    "a reply is another": "UPDATE replies SET version = version + 1",
    "an event is lost": "DELETE FROM events WHERE place = (SELECT max(place) FROM events)",
    "an event is nobody's": "UPDATE events SET command = 'x' WHERE place = (SELECT max(place) FROM events)",
    "an event is another": "UPDATE events SET actor = 'x' WHERE place = (SELECT min(place) FROM events)",
}


def stores(run: Run, folder: Path) -> Noticed:
    """Damage the store in each of some ways, and yield what is noticed; then its letters."""
    for what, statement in DAMAGE.items():
        path = folder / "damaged.db"
        shutil.copy(run.ground.store, path)
        with sqlite3.connect(path) as file:
            file.execute(statement)
        yield what, asked_of(path, lambda query: list(checking.cases(run.workers, query)))
    got, place = run.receiver.got, Path(run.ground.store)
    for what, came in (("a letter is lost", got[1:]), ("one is nobody's", [*got, "x/1/0"])):
        yield what, asked_of(place, lambda query, came=came: list(checking.outbox(query, came)))


def asked_of(path: Path, ask: Callable[[Query], list[str]]) -> list[str]:
    query, close = query_on(str(path))
    try:
        return ask(query)
    finally:
        close()


def test_a_mistake_and_a_missing_answer_are_noticed():
    def call(status: int, since: float, code: str = "") -> Call:
        return Call("c", "/v1/decide", since, since + 1, status, {"code": code}, {})

    while_it_was_down = [Disturbance("SIGKILL", 10, 20)]
    assert list(checking.statuses([call(500, 12)], while_it_was_down))
    assert list(checking.statuses([call(0, 30)], while_it_was_down))
    assert not list(checking.statuses([call(0, 12), call(200, 30)], while_it_was_down))
    # What a stop could not wait for is told, and is no mistake; at any other time it is one.
    assert not list(checking.statuses([call(503, 12, "ZR793")], while_it_was_down))
    assert list(checking.statuses([call(503, 30, "ZR793")], while_it_was_down))
    assert list(checking.statuses([call(503, 12, "ZR792")], while_it_was_down))
