"""A million parked cases: starting again, time that passes, and a storm of timers.

`python -m tests.benchmarks.parked [--cases 1000000] [--storm 100000] [--write docs/benchmarks.md]`.
The cases are real: one is opened by the service, and its rows are put down again under other ids.
Everything that the section says is written here.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from tests.benchmarks.durable import AGAIN, last_change, loads
from tests.benchmarks.page import write_section
from tests.crash.office import FLOW, MOVES, OPENER, TEXT, office
from tests.store.servers import running_server

from zhunru.runtime.service import CaseService
from zhunru.store.base import Change, Store, View, Work
from zhunru.store.opening import open_store
from zhunru.worktime.instants import BEIJING, DAY, HOUR, beijing, stamp

START = stamp(beijing(2026, 3, 2, 9))
# Of a case opened at the start half of its time is over by then, and nobody has been late.
HALFWAY = stamp(beijing(2026, 3, 4, 15))
AT_ONCE = 2_000
# In a process of its own: how long until a store of cases can be worked with.
READY = """
import sys, time
began = time.perf_counter()
from zhunru.runtime.service import CaseService
from zhunru.store.opening import open_store
from zhunru.opening import open_policy
from zhunru.runtime.case import Actor
policy = open_policy(sys.argv[3])
loaded = time.perf_counter()
store = open_store(sys.argv[1])
service = CaseService(store, policy)
service.tick({at})
service.open({flow!r}, actor=Actor(unit={unit!r}), key=sys.argv[2], at={at})
ready = time.perf_counter()
store.close()
print(loaded - began, ready - loaded, time.process_time())
""".format(at=START + HOUR, flow=FLOW, unit=OPENER.unit)


def model() -> Change:
    """Return what opening one case writes."""
    return last_change(
        lambda store: CaseService(store, office()).open(FLOW, actor=OPENER, key="k", at=START)
    )


def park(store: Store, cases: int, later: int, first: int = 0) -> None:
    """Put down so many cases, all their timers `later` than those of the model."""
    like = model()
    known = like.cases[0].case_id
    partition = known.partition(".")[0]

    def run(start: int, view: View) -> tuple[Change, object]:
        changes = [copied(like, known, f"{partition}.c20260302-{n:09}", later)
                   for n in range(start, min(start + AT_ONCE, first + cases))]  # fmt: skip
        return (
            Change(
                events=tuple(each.events[0] for each in changes),
                cases=tuple(each.cases[0] for each in changes),
                timers={name: rows for each in changes for name, rows in each.timers.items()},
            ),
            None,
        )

    for start in range(first, first + cases, AT_ONCE):
        ids = tuple(
            f"{partition}.c20260302-{n:09}"
            for n in range(start, min(start + AT_ONCE, first + cases))
        )
        store.write(Work(partition=partition, run=partial(run, start), cases=ids))


def copied(like: Change, known: str, name: str, later: int) -> Change:
    event, case = like.events[0], like.cases[0]
    return Change(
        events=(replace(event, case_id=name, command="", body=event.body.replace(known, name)),),
        cases=(replace(case, case_id=name, body=case.body.replace(known, name)),),
        timers={
            name: tuple(replace(t, case_id=name, due=t.due + later) for t in like.timers[known])
        },
    )


def starts(address: str, times: int = 5) -> tuple[float, float, float]:
    """Return the seconds until policies are loaded, from there until the store is ready, and of
    the processor for both: that is what it takes where nothing else runs.
    """
    found = []
    policy = Path(tempfile.mkdtemp(prefix="zr-policy-")) / "office.policy"
    policy.write_text(TEXT, encoding="utf-8")
    for _ in range(times + 1):
        done = subprocess.run(
            [sys.executable, "-c", READY, address, f"start{time.time()}", str(policy)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
        found.append([float(each) for each in done.stdout.split()])
    # The first start compiles the policy set and keeps it; a restart finds it kept.
    loaded, ready, busy = (sorted(column)[times // 2] for column in zip(*found[1:], strict=True))
    return loaded, ready, busy


def idle_tick(store: Store) -> float:
    """Return the milliseconds of a tick with nothing due, the median of many."""
    service = CaseService(store, office())
    times = []
    for _ in range(31):
        began = time.perf_counter()
        assert service.tick(START + HOUR).moved == 0
        times.append(time.perf_counter() - began)
    return sorted(times)[15] * 1_000


def due_tick(store: Store, due: int, first: int) -> float:
    """Return the milliseconds of ticks until `due` cases, put down now, have been reminded."""
    park(store, due, 0, first)
    service = CaseService(store, office())
    began = time.perf_counter()
    moved = 0
    while moved < due:
        moved += service.tick(HALFWAY).moved
    return (time.perf_counter() - began) * 1_000


def interactive(service: CaseService, seconds: float, stop: threading.Event) -> list[float]:
    """Let four people act until told to stop, and return how long each of their acts took."""
    waits: list[float] = []
    until = time.perf_counter() + seconds

    def person(name: str) -> None:
        number = 0
        while not stop.is_set() and time.perf_counter() < until:
            key = f"{name}-{number}-{time.time()}"
            if number % 8 == 0:
                reply = service.open(FLOW, actor=OPENER, key=key, at=HALFWAY)
            actor, verb = MOVES[reply.state]
            began = time.perf_counter()
            reply = service.act(
                reply.case_id, verb, actor=actor, key=key + "a",
                at=HALFWAY + number % 8 * 1_000_000 + 1_000_000, inputs={"说明": "请办理"},
            )  # fmt: skip
            waits.append(time.perf_counter() - began)
            number += 1
            time.sleep(0.01)  # people think between two acts

    people = [threading.Thread(target=person, args=(f"p{n}",)) for n in range(4)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return sorted(waits)


def storm(store: Store, timers: int, first: int) -> tuple[float, float, list[float], list[float]]:
    """Return how long a storm took, on the clock and of the processor (people's acts included),
    and what people waited before and during it.
    """
    service = CaseService(store, office())
    service.start(HALFWAY)
    calm = interactive(service, 5, threading.Event())
    park(store, timers, 0, first)
    over = threading.Event()
    took: list[float] = []

    def ticker() -> None:
        began, busy, moved = time.perf_counter(), time.process_time(), 0
        while moved < timers:
            moved += service.tick(HALFWAY).moved
        took.extend((time.perf_counter() - began, time.process_time() - busy))
        over.set()

    thread = threading.Thread(target=ticker)
    thread.start()
    rough = interactive(service, 3_600, over)
    thread.join()
    return took[0], took[1], calm, rough


METHOD = (
    "一件真事项由服务开立,再换编号存入许多份。重新启动:另起进程,载入程序、留存的规则集,打开库,走一次时间,",
    "办成一件;几次取中位数,秒数随机器忙闲而变,处理器秒数变得少些。到期:每 32 件一次写入,人的办理先写,",
    "人连写三组后到期的才同去一组;人是 4 个线程,每办一次停 10 毫秒。",
    "",
)


def report(address: str, kind: str, cases: int, timers: int) -> Iterator[str]:
    """Yield what was measured on one store."""
    store = open_store(address)
    due = min(1_000, cases)
    small = [idle_tick(store), due_tick(store, due, 50_000_000)]
    began = time.perf_counter()
    park(store, cases, DAY * 365)
    filled = time.perf_counter() - began
    store.close()
    loaded, ready, busy = starts(address)
    store = open_store(address)
    large = [idle_tick(store), due_tick(store, due, 60_000_000)]
    took, busied, calm, rough = storm(store, timers, 70_000_000)
    store.close()
    yield f"### {kind}:{cases:,} 件在途"
    yield ""
    yield f"- 存入 {cases:,} 件用 {filled:.0f} 秒。"
    yield (
        f"- 重新启动:载入程序和规则集 {loaded:.2f} 秒(与件数无关),打开库到办成第一件 {ready:.2f} 秒,"
        f"合计 {loaded + ready:.2f} 秒,其中处理器 {busy:.2f} 秒(目标 2 秒:{'达到' if loaded + ready < 2 else '未达到'})。"
    )
    yield (
        f"- 无到期时 tick 一次 {large[0]:.2f} 毫秒(空库 {small[0]:.2f});"
        f"{due:,} 件到期共 {large[1]:,.0f} 毫秒(空库 {small[1]:,.0f})。"
    )
    yield (
        f"- {timers:,} 个计时同时到期:{took:.0f} 秒办完(每秒 {timers / took:,.0f},处理器 {busied:.0f} 秒,"
        f"含其间人的办理);其间 4 人办理 {len(rough):,} 次,p50 {ms(rough, 50)}、p99 {ms(rough, 99)}、"
        f"最长 {ms(rough, 100)} 毫秒(平时 p50 {ms(calm, 50)}、p99 {ms(calm, 99)}、最长 {ms(calm, 100)})。"
    )
    yield ""


def ms(waits: list[float], share: int) -> str:
    return f"{waits[min(len(waits) - 1, len(waits) * share // 100)] * 1_000:.1f}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--storm", type=int, default=100_000)
    parser.add_argument("--kinds", default="sqlite,postgres")
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    lines: list[str] = []
    with ExitStack() as stack:
        if "sqlite" in chosen.kinds:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="zr-parked-"))
            lines += report(str(Path(folder) / "store.db"), "SQLite", chosen.cases, chosen.storm)
        if "postgres" in chosen.kinds:
            server = stack.enter_context(running_server())
            lines += report(server.new_database(), "PostgreSQL", chosen.cases, chosen.storm)
    said = [
        *METHOD,
        f"{datetime.now(BEIJING).date()},{os.cpu_count()} 核;{loads(load)}。",
        f"重跑:`{AGAIN}`。",
        "",
    ]
    text = "\n".join([*said, *lines])
    print(text)
    if chosen.write:
        write_section(chosen.write, "事项:百万在途", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
