"""DBOS on the same disk: a process that runs commands for as long as it is told, and says how many.

A command is a workflow under its own id with one step that does nothing: what DBOS itself must
write to remember it, and no more. `python -m tests.benchmarks.dbos_lane ADDRESS`; each line read,
`CALLERS SECONDS`, is answered by a rate.
"""

from __future__ import annotations

import itertools
import sys
import threading
import time

NUMBERS = itertools.count()


def measure(callers: int, seconds: float) -> float:
    """Return commands a second that were answered."""
    from dbos import SetWorkflowID

    counts = [0] * callers
    until = time.perf_counter() + seconds

    def go(caller: int) -> None:
        while time.perf_counter() < until:
            with SetWorkflowID(f"command-{next(NUMBERS)}"):
                ACT(f"case-{caller}", "准" * 60)
            counts[caller] += 1

    began = time.perf_counter()
    threads = [threading.Thread(target=go, args=(caller,)) for caller in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def main(address: str) -> None:
    """Answer lines until there are no more."""
    global ACT
    from dbos import DBOS

    DBOS(config={"name": "bench", "system_database_url": address, "log_level": "CRITICAL"})

    @DBOS.step()
    def step(case: str, body: str) -> str:
        return body

    @DBOS.workflow()
    def act(case: str, body: str) -> str:
        return step(case, body)

    ACT = act
    DBOS.launch()
    print("ready", flush=True)
    for line in sys.stdin:
        callers, seconds = line.split()
        print(measure(int(callers), float(seconds)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
