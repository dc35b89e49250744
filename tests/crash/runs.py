"""Runs of the crash test: load, kill at a random instant, start again, drain, check.

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
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.crash.checker import check
from tests.crash.office import office
from tests.crash.worker import Scene, drain, load
from tests.store.servers import Server, running_server

ROOT = Path(__file__).parents[2]
PATIENCE = 120
FORK = multiprocessing.get_context("fork")


@dataclass
class Run:
    """One store under load, and the ways in which its world breaks.

    Workers are forked: starting an interpreter for each would take longer than the load lasts.
    """

    address: str
    folder: Path
    random: random.Random
    server: Server | None = None
    cases: bool = False
    workers: int = 2

    def __post_init__(self) -> None:
        self.kills: Counter[str] = Counter()
        self.running: dict[str, BaseProcess] = {}
        began = int(time.time() * 1_000_000)
        self.scene = Scene(self.address, self.folder, self.cases, began)

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
        """Kill one worker, all of them, or the database under them; then mend it."""
        ways = ["one worker", "all workers"]
        if self.server is not None:
            ways += ["database killed", "database stopped at once", "database and all workers"]
        way = self.random.choice(ways)
        self.kills[way] += 1
        names = sorted(self.running)
        if way == "one worker":
            names = [self.random.choice(names)]
        if self.server is not None and way.startswith("database"):
            self.server.kill() if "stopped" not in way else self.server.stop("immediate")
            if "workers" not in way:
                names = []
        self.kill(*names)
        if self.server is not None and way.startswith("database"):
            self.server.restart(PATIENCE)
        self.start(*names)

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
        last = FORK.Process(target=drain, args=(self.scene, names))
        last.start()
        last.join(PATIENCE)
        if last.exitcode != 0:
            last.kill()
            return ["the store could not be drained"], {}
        return check(self.address, self.folder, cases=self.cases)


def one_run(seed: int, server: Server | None, folder: Path, *, cases: bool = False) -> Run:
    """Make a run on a new store."""
    address = str(folder / "store.db") if server is None else server.new_database()
    return Run(address, folder, random.Random(seed), server, cases)


KINDS = ("sqlite", "postgres", "sqlite cases", "postgres cases")


def many(runs: int, seed: int, kinds: Sequence[str], report: Path | None = None) -> list[str]:
    """Do many runs, in turn over the kinds of stores and of works."""
    wrong: list[str] = []
    totals: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    office()  # compiled once, for all the processes that are forked
    with ExitStack() as stack:
        server = stack.enter_context(running_server()) if "postgres" in str(kinds) else None
        for number in range(runs):
            kind = kinds[number % len(kinds)]
            with tempfile.TemporaryDirectory(prefix="zr-crash-") as place:
                own = server if "postgres" in kind else None
                run = one_run(seed + number, own, Path(place), cases="cases" in kind)
                found, counts = run.go(kills=2)
            wrong += [f"run {seed + number} ({kind}): {each}" for each in found]
            totals[kind].update({"runs": 1, **counts, **run.kills})
            if report is not None:
                done = {"wrong": wrong, **{kind: dict(own) for kind, own in totals.items()}}
                report.write_text(json.dumps(done, ensure_ascii=False, indent=1), encoding="utf-8")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--report", type=Path)
    arguments = parser.parse_args()
    wrong = many(arguments.runs, arguments.seed, arguments.kinds.split(","), arguments.report)
    print("\n".join(wrong) or "nothing wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
