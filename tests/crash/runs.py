"""Runs of the crash test: load, break something at a random instant, mend it, drain, check.

Two worker processes with four callers, a ticker and a relay each work on one store, by clocks that
are set back and ahead all the time. What breaks: workers, the database, room on the disk.

`python -m tests.crash.runs --runs 300 --report FILE` does many and says what it saw.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.crash.checker import check
from tests.crash.office import office
from tests.crash.worker import Scene, drain, load
from tests.store.disks import Disk, small_disk
from tests.store.servers import Server, running_server

ROOT = Path(__file__).parents[2]
PATIENCE = 120
FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Ground:
    """What stores stand on: a server (none: a file), and a disk that can be filled."""

    server: Server | None = None
    disk: Disk | None = None

    @contextmanager
    def new_store(self, folder: Path) -> Iterator[str]:
        """Make room for a store, and take it away at the end: a small disk holds only one."""
        if self.server is not None:
            address = self.server.new_database()
            yield address
            self.server.drop_database(address)
            return
        place = self.disk.place if self.disk else folder
        yield str(place / "store.db")
        for path in place.glob("store.db*"):
            path.unlink()


@dataclass
class Run:
    """One store under load, and the ways in which its world breaks.

    Workers are forked: starting an interpreter for each would take longer than the load lasts.
    """

    address: str
    folder: Path
    random: random.Random
    ground: Ground = Ground()
    cases: bool = False
    workers: int = 2
    gathered: bool = False

    def __post_init__(self) -> None:
        self.kills: Counter[str] = Counter()
        self.running: dict[str, BaseProcess] = {}
        began = int(time.time() * 1_000_000)
        self.scene = Scene(self.address, self.folder, self.cases, began, self.gathered)

    def start(self, *names: str) -> None:
        """Start workers and wait until they work."""
        ready = {name: FORK.Event() for name in names}
        for name, event in ready.items():
            seed = self.random.randrange(10**6)
            process = FORK.Process(target=load, args=(self.scene, name, seed, event))
            process.start()
            self.running[name] = process
        for name, event in ready.items():
            if not event.wait(PATIENCE):
                raise AssertionError(f"{name} did not start: {self.running[name].exitcode}")

    def kill(self, *names: str) -> None:
        """Kill workers at once."""
        gone = [self.running.pop(name) for name in names]
        for process in gone:
            process.kill()
        for process in gone:
            process.join()

    def break_something(self) -> None:
        """Break one thing, or several at once; then mend it."""
        way = self.random.choice([way for way, needs in WAYS.items() if needs(self.ground)])
        self.kills[way] += 1
        server, disk = self.ground.server, self.ground.disk
        if disk is not None and "disk" in way:
            disk.fill()
            time.sleep(self.random.uniform(0.05, 0.4))
        if server is not None and "database" in way:
            server.kill() if "stopped" not in way else server.stop("immediate")
        names = sorted(self.running) if "all workers" in way else []
        if "one worker" in way:
            names = [self.random.choice(sorted(self.running))]
        self.kill(*names)
        self.mend()
        self.start(*names)

    def mend(self) -> None:
        """Let everything work again but the workers."""
        server, disk = self.ground.server, self.ground.disk
        if disk is not None:
            disk.empty()
        # It may also have gone by itself, or be about to: one that cannot write its log stops.
        while server is not None and not server.ready():
            if not server.answers():
                server.restart(PATIENCE)
            time.sleep(0.02)

    def go(self, kills: int) -> tuple[list[str], dict[str, int]]:
        """Do one run and return what is wrong, and how much was looked at."""
        names = [f"w{number}" for number in range(self.workers)]
        try:
            self.start(*names)
            for _ in range(kills):
                time.sleep(self.random.uniform(0.01, 0.4))
                self.break_something()
            time.sleep(self.random.uniform(0.01, 0.2))
        finally:
            self.kill(*sorted(self.running))
            self.mend()
        last = FORK.Process(target=drain, args=(self.scene, names))
        last.start()
        last.join(PATIENCE)
        if last.exitcode != 0:
            last.kill()
            return ["the store could not be drained"], {}
        return check(self.address, self.folder, cases=self.cases)


WAYS: dict[str, Callable[[Ground], bool]] = {
    "one worker": lambda ground: True,
    "all workers": lambda ground: True,
    "database killed": lambda ground: ground.server is not None,
    "database stopped": lambda ground: ground.server is not None,
    "database and all workers": lambda ground: ground.server is not None,
    "disk full": lambda ground: ground.disk is not None,
    "disk full, then all workers": lambda ground: ground.disk is not None,
}
KINDS = tuple(
    f"{store}{works}{disk}"
    for disk in ("", ", small disk")
    for works in ("", " cases")
    for store in ("sqlite", "postgres")
)


class Grounds:
    """The grounds of all runs: servers and disks are made once, when they are first needed."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._made: dict[tuple[bool, bool], Ground] = {}

    def of(self, kind: str) -> Ground:
        """Return what stores of a kind stand on."""
        wanted = "postgres" in kind, "disk" in kind
        if wanted not in self._made:
            self._made[wanted] = self._make(*wanted)
        return self._made[wanted]

    def _make(self, postgres: bool, small: bool) -> Ground:
        disk = None
        if small:
            parent = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="zr-disk-")))
            parent.chmod(0o755)  # the server's user must get there
            size = "400m" if postgres else "200m"
            disk = self._stack.enter_context(small_disk(parent / "disk", size))
        if not postgres:
            return Ground(disk=disk)
        folder = disk.place if disk else None
        return Ground(self._stack.enter_context(running_server(folder=folder)), disk)


def many(runs: int, seed: int, kinds: Sequence[str], report: Path | None = None) -> list[str]:
    """Do many runs, in turn over the kinds of stores and of works."""
    wrong: list[str] = []
    totals: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    office()  # compiled once, for all the processes that are forked
    with ExitStack() as stack:
        grounds = Grounds(stack)
        for number in range(runs):
            kind = kinds[number % len(kinds)]
            own = grounds.of(kind)
            with (
                tempfile.TemporaryDirectory(prefix="zr-crash-") as place,
                own.new_store(Path(place)) as address,
            ):
                chance = random.Random(seed + number)
                # Every other one goes in by the hall, or as one who speaks for many.
                gathered = number // len(kinds) % 2 == 1
                run = Run(address, Path(place), chance, own, "cases" in kind, gathered=gathered)
                found, counts = run.go(kills=2)
            wrong += [f"run {seed + number} ({kind}): {each}" for each in found]
            totals[kind].update({"runs": 1, "gathered": int(run.gathered), **counts, **run.kills})
            if report is not None:
                done = {"wrong": wrong, **{kind: dict(own) for kind, own in totals.items()}}
                report.write_text(json.dumps(done, ensure_ascii=False, indent=1), encoding="utf-8")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default=";".join(KINDS))
    parser.add_argument("--report", type=Path)
    arguments = parser.parse_args()
    wrong = many(arguments.runs, arguments.seed, arguments.kinds.split(";"), arguments.report)
    print("\n".join(wrong) or "nothing wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
