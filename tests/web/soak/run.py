"""One run from start to report."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any

from tests.crash.checker import Query, query_on
from tests.web.soak import checking
from tests.web.soak.calling import Call, Caller, Decider, Worker
from tests.web.soak.ground import Ground
from tests.web.soak.letters import Receiver
from tests.web.soak.publishing import Publisher

from zhunru import open_policy

_MOST_OF_A_KIND = 10
_DRAINED = 240.0  # seconds for the last letters, which wait longer the oftener they were refused


@dataclass(frozen=True)
class Plan:
    """How long, how many, and how hard."""

    seconds: float
    store: str
    callers: int = 3
    workers: int = 3
    pause: float = 0.05  # seconds between two calls of one caller
    publishing: float = 20.0  # seconds between two versions
    disturbed: float = 75.0  # seconds between two signals
    refused: float = 0.02  # of the letters
    least: int = 2  # versions published, and signals sent, however long that takes
    seed: int = 1


@dataclass
class Report:
    """What was looked at, and everything that is wrong."""

    figures: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def text(self) -> str:
        return json.dumps({**self.figures, "wrong": self.wrong}, ensure_ascii=False, indent=1)


class Run:
    """One run: `go` lets it happen, `report` says what came of it."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.receiver = Receiver(plan.refused)
        self.ground = Ground(folder, plan.store, plan.callers, plan.workers, self.receiver.port)
        self.memory: list[int] = []
        self.seconds = 0.0
        self._over = over = Event()
        names = [f"caller{n}" for n in range(plan.callers)]
        self.deciders = [Decider(self.ground, name, over, plan.pause) for name in names]
        names = [f"worker{n}" for n in range(plan.workers)]
        self.workers = [Worker(self.ground, name, over, plan.pause) for name in names]
        first = open_policy("weihai").digest
        self.publisher = Publisher(self.ground, over, plan.publishing, first)

    @property
    def everybody(self) -> list[Caller]:
        return [*self.deciders, *self.workers, self.publisher]

    @property
    def asked(self) -> list[Call]:
        return [call for each in self.deciders for call in each.calls]

    @property
    def commands(self) -> list[Call]:
        return [call for each in self.workers for call in each.calls]

    # --- happening -----------------------------------------------------------------------------

    def go(self) -> None:
        """Start, disturb, and stop when the last letter is out."""
        self.ground.start()
        began = time.monotonic()
        for each in self.everybody:
            each.start()
        self._disturb(began)
        self._over.set()
        for each in self.everybody:
            each.join(120)
        self.seconds = time.monotonic() - began
        query, close = query_on(self.ground.store)
        _drain(query)
        close()
        self.ground.end(signal.SIGTERM)
        self.receiver.close()

    def _disturb(self, began: float) -> None:
        """End and start the service again and again; note how much memory it had each time."""
        chance, number = random.Random(self.plan.seed), 0
        ends = began + self.plan.seconds
        while (left := ends - time.monotonic()) > 0 or self._too_little(began):
            left = left if left > 0 else float("inf")
            wait = self.plan.disturbed * chance.uniform(0.7, 1.3)
            time.sleep(min(wait, left))
            self.memory.append(self.ground.kilobytes())
            if wait < left:
                number += 1
                self.ground.restart(signal.SIGKILL if number % 2 else signal.SIGTERM)

    def _too_little(self, began: float) -> bool:
        """Tell whether a run that was short for a slow machine has to go on for a while."""
        published, ended = len(self.publisher.switches) - 1, len(self.ground.disturbances)
        enough = published >= self.plan.least and ended >= self.plan.least
        return not enough and time.monotonic() - began < 8 * self.plan.seconds

    # --- what came of it -----------------------------------------------------------------------

    def report(self) -> Report:
        """Check everything, by reading and by the commands."""
        report = Report(self._figures())
        query, close = query_on(self.ground.store)
        for check in self._checks(query):
            # Some of each kind: a fault of one kind must not hide those of another.
            report.wrong += islice(check, _MOST_OF_A_KIND)
        close()
        _by_command(self.ground, report)
        return report

    def _checks(self, query: Query) -> Iterator[Iterable[str]]:
        publisher, folder = self.publisher, self.ground.folder
        calls = [call for each in self.everybody for call in each.calls]
        yield checking.statuses(calls, self.ground.disturbances)
        yield publisher.unexpected
        for worker in self.workers:
            yield worker.unexpected
        yield checking.decisions(self.asked, self.ground.log, publisher, folder / "versions")
        yield checking.cases(self.workers, query)
        yield checking.outbox(query, self.receiver.got)
        yield checking.lines_of(folder / "service.lines")

    def _figures(self) -> dict[str, Any]:
        ended = self.ground.disturbances
        kinds = [each.kind for each in ended]
        switches, got = self.publisher.switches, self.receiver.got
        return {
            "seconds": round(self.seconds, 1),
            "killed": kinds.count("SIGKILL"),
            "stopped": kinds.count("SIGTERM"),
            "published": sum(not each.back for each in switches) - 1,
            "gone_back": sum(each.back for each in switches),
            "questions": len(self.asked),
            "cut_off": sum(
                each.cut_off for each in self.asked + self.commands + self.publisher.calls
            ),
            "answered": sum(call.status == 200 for call in self.asked),
            "commands": len(self.commands),
            "acknowledged": sum(call.status in (200, 201) for call in self.commands),
            "cases": sum(each.cases for each in self.workers),
            "letters": len(set(got)),
            "letters_twice": len(got) - len(set(got)),
            "letters_refused": len(self.receiver.turned_away),
            "question_ms": _times(self.asked),
            "command_ms": _times(self.commands),
            "seconds_away": [round(each.until - each.since, 1) for each in ended],
            "megabytes": [each >> 10 for each in self.memory],
        }


def _drain(query: Query) -> None:
    """Wait until no letter is left."""
    since = time.monotonic()
    while time.monotonic() - since < _DRAINED:
        if query("SELECT count(*) FROM messages WHERE sent = 0") == [(0,)]:
            return
        time.sleep(0.5)


def _by_command(ground: Ground, report: Report) -> None:
    """Let the commands say what they find: the audit chain, every case held against its events, and
    every decision derived again."""
    audit = _told("audit", "verify", "--cases", "--store", ground.store, "--format", "json")
    report.figures["chain"] = sum(head["position"] for head in audit["heads"])
    if not audit["holds"]:
        report.wrong.append(f"zhunru audit verify: {audit['findings']}")
    replayed = _told("replay", str(ground.log), "--store", ground.store, "--format", "json")
    report.figures["replayed"] = replayed["lines"]
    report.figures["differing"] = replayed["lines"] - replayed["same"]
    if replayed["lines"] != replayed["same"]:
        report.wrong.append(f"zhunru replay: {replayed['findings'][:5]}")


def _told(*words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "zhunru_cli", *words]
    done = subprocess.run(command, capture_output=True, check=False)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _times(calls: Sequence[Call]) -> dict[str, float]:
    found = sorted(1000 * (call.until - call.since) for call in calls if call.status)
    if not found:
        return {}
    return {name: round(found[int(len(found) * part)], 1)
            for name, part in (("median", 0.5), ("p99", 0.99))}  # fmt: skip
