"""Acknowledged commands a second: ours, beside raw transactions and DBOS on the same disk.

`python -m tests.benchmarks.durable [--rounds 5] [--seconds 2] [--write docs/benchmarks.md]`;
`--slow-flush 300`: as on a disk whose flush takes 0.3 ms longer, for all lanes alike. All lanes run
in turn, round after round; a ratio is that of one round. A command counts once it is durable; it
includes the check for a repeat, reading the case, its event, state, timer, message, answer and
audit chain. Commands on cases are asked by coroutines of one loop, which wait in the hall; what one
caller and 128 come to who each have a thread of their own stands beside them. Raw: one row with the same bytes put and one changed, one transaction a command, one
caller. Everything that the section says is written here, so a run leaves no prose of an older one
behind. Processor time is this process's own; where others share the processor's caches, or the host
takes it away unseen, it grows as well, so the least of the rounds is given too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.page import write_section
from tests.crash.office import FLOW, MOVES, OPENER, office
from tests.store.servers import Server, running_server

from zhunru.runtime.hall import Hall
from zhunru.runtime.replies import Reply
from zhunru.runtime.service import CaseService
from zhunru.store.base import (
    CaseRow,
    Change,
    EventRow,
    MessageRow,
    ReplyRow,
    Store,
    TimerRow,
    View,
    Work,
)
from zhunru.store.memory import MemoryStore
from zhunru.store.opening import open_store
from zhunru.worktime.instants import BEIJING, beijing, stamp

CALLERS = (1, 8, 32, 128)
THREADS, HALL = "本库:事项办理(一人一个线程)", "本库:事项办理(协程,经大厅)"
START = stamp(beijing(2026, 3, 2, 9))
CASES = 1_000
ACTS = 8  # how often a case is acted on before the next is opened
ACT = Callable[[int], object]


@dataclass
class Lane:
    """A way of carrying out commands; `make` gives each caller what it calls again and again."""

    name: str
    callers: int
    make: Callable[[int], ACT]
    rates: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    def run(self, seconds: float) -> float:
        """Let every caller call for so long, and return the rate."""
        waits: list[list[float]] = [[] for _ in range(self.callers)]
        began, busy = time.perf_counter(), time.process_time()
        self.let_call(began + seconds, waits)
        done = sum(map(len, waits))
        self.busy.append((time.process_time() - busy) / max(done, 1) * 1_000_000)
        self.rates.append(done / (time.perf_counter() - began))
        self.waits += (wait for own in waits for wait in own)
        return self.rates[-1]

    def let_call(self, until: float, waits: list[list[float]]) -> None:
        """Let every caller call in a thread of its own, and note how long each call took."""

        def go(caller: int) -> None:
            act, own = self.make(caller), waits[caller]
            number, now = 0, time.perf_counter()
            # At least one each: on a very busy machine a short round is over before a thread begins.
            while now < until or not number:
                act(number)
                number += 1
                before, now = now, time.perf_counter()
                own.append(now - before)

        threads = [threading.Thread(target=go, args=(each,)) for each in range(self.callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def spent(self) -> str:
        """Return the processor time of a command in microseconds."""
        return f"{median(self.busy):.0f}"

    def waited(self) -> str:
        """Return how long callers waited, half of them and all but one in a hundred."""
        ordered = sorted(self.waits)
        if not ordered:  # so short a run that the time was over before a caller began
            return "– | –"
        places = (len(ordered) // 2, len(ordered) * 99 // 100)
        return " | ".join(f"{ordered[place] * 1_000:.2f}" for place in places)


class InTheHall(Lane):
    """The same for coroutines of one loop: `make` gives each what it awaits again and again."""

    def let_call(self, until: float, waits: list[list[float]]) -> None:
        """Let every caller call in one loop, and note how long each call took."""

        async def go(caller: int) -> None:
            act: Any = self.make(caller)
            own, number, now = waits[caller], 0, time.perf_counter()
            while now < until or not number:
                await act(number)
                number += 1
                before, now = now, time.perf_counter()
                own.append(now - before)

        async def all_of_them() -> None:
            await asyncio.gather(*map(go, range(self.callers)))

        asyncio.run(all_of_them())


# --- ours ----------------------------------------------------------------------------------------


def sample() -> Change:
    """What one real command writes: an act in the middle of a case, taken from the service."""

    def acts(store: Store) -> None:
        act = cases(store)(0)
        for number in range(ACTS):
            act(number)

    return last_change(acts)


def last_change(run: Callable[[Store], object]) -> Change:
    """What `run` writes last into a store."""
    seen: list[Change] = []

    class Noting(MemoryStore):
        def write(self, work: Work) -> object:
            def noted(view: View) -> tuple[Change, object]:
                change, answer = work.run(view)
                seen.append(change)
                return change, answer

            return super().write(replace(work, run=noted))

    run(Noting())
    return seen[-1]


KEYS = count()


class Clerk:
    """What one caller asks next: a case opened, then sent to and fro."""

    def __init__(self) -> None:
        self.case_id, self.state = "", ""

    def asks(self, number: int) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        """Return the name and the arguments of a command."""
        at = next(KEYS)
        # No two commands at one instant: nothing may be looked up that life would not repeat.
        # 5,000 a second is about what comes through here.
        named: dict[str, Any] = {"key": f"k{at}", "at": START + at * 200}
        if number % (ACTS + 1) == 0:
            return "open", (FLOW,), {**named, "actor": OPENER}
        actor, verb = MOVES[self.state]
        named |= {"actor": actor, "inputs": {"说明": "请于本周内办结并回复。"}}
        return "act", (self.case_id, verb), named

    def told(self, reply: Reply) -> None:
        """Take note of an answer."""
        self.case_id, self.state = reply.case_id, reply.state


def service_of(store: Store) -> CaseService:
    """Return a service that has begun."""
    service = CaseService(store, office())
    service.start(START)
    return service


def cases(store: Store) -> Callable[[int], ACT]:
    """Real cases through the service: opened, then sent to and fro."""
    service = service_of(store)

    def make(caller: int) -> ACT:
        clerk = Clerk()

        def act(number: int) -> None:
            name, given, named = clerk.asks(number)
            clerk.told(getattr(service, name)(*given, **named))

        return act

    return make


def gathered(store: Store, stack: ExitStack) -> Callable[[int], ACT]:
    """The same through the hall, for coroutines."""
    hall = Hall(service_of(store))
    stack.callback(hall.close)

    def make(caller: int) -> Callable[[int], Awaitable[None]]:
        clerk = Clerk()

        async def act(number: int) -> None:
            name, given, named = clerk.asks(number)
            clerk.told(await getattr(hall, name)(*given, **named))

        return act

    return make


def rows(store: Store, like: Change) -> Callable[[int], ACT]:
    """Works of rows with the bytes of a real command, without the kernel's reckoning."""

    def make(caller: int) -> ACT:
        def act(number: int) -> None:
            case_id, key = f"案{(caller * 7919 + number * 131) % CASES:05}", f"r{next(KEYS)}"
            run = partial(written, like, case_id, key)
            store.write(Work(partition="甲", run=run, cases=(case_id,), commands=(key,)))

        return act

    return make


def written(like: Change, case_id: str, key: str, view: View) -> tuple[Change, object]:
    """Check for a repeat, read the case, write everything that hangs on an event."""
    answered = view.reply(key)
    if answered is not None:
        return Change(), answered.version
    before = view.case(case_id)
    number = before.version + 1 if before else 1
    event, row, told = like.events[0], like.cases[0], like.messages[0]
    return (
        Change(
            events=(
                EventRow(
                    case_id=case_id,
                    number=number,
                    at=number,
                    recorded=number,
                    kind=event.kind,
                    actor=event.actor,
                    command=key,
                    body=event.body,
                ),
            ),
            cases=(
                CaseRow(
                    case_id=case_id,
                    version=number,
                    flow=row.flow,
                    state=("接件", "办理")[number % 2],
                    closed=False,
                    digest=row.digest,
                    opened=1,
                    due=number,
                    owners=(("街道办", "区民政局")[number % 2],),
                    body=row.body,
                ),
            ),
            timers={case_id: (TimerRow(case_id=case_id, name="due", due=START + number, rank=0),)},
            messages=(
                MessageRow(
                    case_id=case_id, number=number, position=0, topic="notify", body=told.body
                ),
            ),
            replies=(
                ReplyRow(command=key, case_id=case_id, version=number, body=like.replies[0].body),
            ),
        ),
        number,
    )


# --- raw -----------------------------------------------------------------------------------------

_TABLES = (
    "CREATE TABLE raw_events (case_id TEXT, number BIGINT, at BIGINT, command TEXT, body TEXT)",
    "CREATE TABLE raw_cases (case_id TEXT PRIMARY KEY, version BIGINT, state TEXT, body TEXT)",
)
_PUT = "INSERT INTO raw_events VALUES (?, ?, ?, ?, ?)"
_CHANGE = "UPDATE raw_cases SET version = ?, state = ?, body = ? WHERE case_id = ?"


def bytes_of(like: Change) -> tuple[str, str]:
    """Return what raw writes: everything that is put in one row, everything changed in another."""
    event, told, answer = like.events[0], like.messages[0], like.replies[0]
    return event.kind + event.actor + event.body + told.body + answer.body, like.cases[0].body


def raw(execute: Callable[..., object], like: Change, mark: str) -> Callable[[int], ACT]:
    """Plain transactions: BEGIN, INSERT, UPDATE, COMMIT."""
    put, changed = bytes_of(like)
    for text in _TABLES:
        execute(text)
    execute("BEGIN")
    for number in range(CASES):
        execute(
            "INSERT INTO raw_cases VALUES (?, 0, '', '')".replace("?", mark), (f"案{number:05}",)
        )
    execute("COMMIT")
    insert, update = _PUT.replace("?", mark), _CHANGE.replace("?", mark)

    def act(number: int) -> None:
        case_id = f"案{number * 131 % CASES:05}"
        execute("BEGIN")
        execute(insert, (case_id, number, START, f"r{number}", put))
        execute(update, (number, "办理", changed, case_id))
        execute("COMMIT")

    return lambda caller: act


def raw_sqlite(path: Path, like: Change) -> Callable[[int], ACT]:
    """SQLite as its manual says for durable writes: WAL, synchronous=FULL."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return raw(connection.execute, like, "?")


def raw_postgres(address: str, like: Change) -> Callable[[int], ACT]:
    """PostgreSQL with prepared statements over one connection."""
    import psycopg

    connection = psycopg.connect(address, autocommit=True)
    connection.prepare_threshold = 1
    return raw(connection.execute, like, "%s")


# --- DBOS and the disk ---------------------------------------------------------------------------


class Dbos:
    """DBOS in a process of its own."""

    def __init__(self, address: str) -> None:
        self.rates: list[float] = []
        self.ratios: list[float] = []
        self.waits: list[float] = []
        self.busy: list[float] = []  # it keeps its own time; nothing is noted here
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.dbos_lane", address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def run(self, seconds: float) -> float:
        """Return the rate of eight callers; more gain nothing."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"8 {seconds}\n")
        self._process.stdin.flush()
        self.rates.append(float(self._line()))
        return self.rates[-1]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def flush_time(folder: Path) -> float:
    """Return how long the disk takes to flush 4 KiB, in milliseconds."""
    file = os.open(folder / "flush", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    times = []
    for _ in range(60):
        began = time.perf_counter()
        os.write(file, b"x" * 4096)
        os.fdatasync(file)
        times.append(time.perf_counter() - began)
    os.close(file)
    return median(times) * 1_000


# --- a whole run ---------------------------------------------------------------------------------


@dataclass
class Table:
    """What one kind of store came to.

    Raw runs before and after every lane, so that a ratio is to the disk of that very moment.
    """

    title: str
    wanted: float  # of raw, by 128 callers
    reference: int  # raw transactions a second on the machine that the target was set on
    raw: Lane
    lanes: list[Lane]
    dbos: Dbos | None
    flushes: list[float] = field(default_factory=list)

    def round(self, seconds: float, folder: Path) -> None:
        self.flushes.append(flush_time(folder))
        before = self.raw.run(seconds / 2)
        others: list[Lane | Dbos] = [*self.lanes, *([self.dbos] if self.dbos else [])]
        for lane in others:
            rate = lane.run(seconds)
            after = self.raw.run(seconds / 2)
            lane.ratios.append(2 * rate / (before + after))
            before = after

    def forget(self) -> None:
        """Drop what was measured, after warming up."""
        self.flushes.clear()
        every: list[Lane | Dbos] = [self.raw, *self.lanes, *([self.dbos] if self.dbos else [])]
        for lane in every:
            for noted in (lane.rates, lane.ratios, lane.waits, lane.busy):
                noted.clear()

    def lines(self) -> Iterator[str]:
        yield f"### {self.title}"
        yield ""
        yield f"冲盘一次(4 KiB)中位数 {median(self.flushes):.2f} 毫秒,各轮 {spread(self.flushes)}。"
        yield ""
        yield (
            "| 做法 | 同时办理 | 每秒 | 与裸事务之比:中位数(各轮) | 与 DBOS 之比 | p50 毫秒 | p99 毫秒 "
            "| 自耗处理器微秒 |"
        )
        yield "|---|---:|---:|---:|---:|---:|---:|---:|"
        raw = self.raw
        yield (
            f"| {raw.name} | 1 | {median(raw.rates):,.0f} | ×1 | {self.beside_dbos(1)} "
            f"| {raw.waited()} | {raw.spent()} |"
        )
        for lane in self.lanes:
            yield (
                f"| {lane.name} | {lane.callers} | {median(lane.rates):,.0f} "
                f"| ×{median(lane.ratios):.2f}({spread(lane.ratios)}) "
                f"| {self.beside_dbos(median(lane.ratios))} | {lane.waited()} | {lane.spent()} |"
            )
        if self.dbos is not None:
            yield (
                f"| DBOS:一条指令一个流程一步 | 8 | {median(self.dbos.rates):,.0f} "
                f"| ×{median(self.dbos.ratios):.3f}({spread(self.dbos.ratios)}) | ×1 | – | – | – |"
            )
        yield ""
        yield from self.verdicts()

    def beside_dbos(self, ratio: float) -> str:
        return "–" if self.dbos is None else f"×{ratio / median(self.dbos.ratios):.0f}"

    def verdicts(self) -> Iterator[str]:
        """Yield what was to be reached by whole commands, and whether it was."""
        mine = self.lanes[-len(CALLERS) :]
        whole = {lane.callers: median(lane.ratios) for lane in mine}
        # Who is alone needs no hall: it asks the service itself.
        alone = next(lane for lane in self.lanes if lane.name == THREADS)
        yield verdict("1 人办理与裸事务之比", median(alone.ratios), 1 / 1.5)
        yield verdict("128 人办理与裸事务之比", whole[128], self.wanted)
        if self.dbos is not None:
            yield verdict("128 人办理与 DBOS 之比", whole[128] / median(self.dbos.ratios), 30)
        # Where the flush takes next to nothing the ratio to raw only says how fast the disk is; what
        # a command may cost on the machine that the target was set on does not depend on that.
        yield budget(self.wanted, self.reference, min(mine[-1].busy))
        yield ""


def budget(times: float, reference: int, spent: float) -> str:
    """Say whether a command costs little enough for the target on the machine of the target."""
    allowed = 1_000_000 / reference / times
    told = "达到" if spent <= allowed else "未达到"
    return (
        f"- 定目标的机器上裸事务每秒 {reference:,},要到它的 {times:g} 倍,每条指令不得多于 {allowed:.0f} 微秒;"
        f"128 人时自耗处理器(各轮最低){spent:.0f} 微秒,{told}。"
    )


def verdict(name: str, found: float, wanted: float) -> str:
    told = "达到" if found >= wanted else "未达到"
    return f"- {name}:目标不低于 ×{wanted:.2f},实测 ×{found:.2f},{told}。"


def spread(values: list[float]) -> str:
    return f"{min(values):.2f}–{max(values):.2f}"


@contextmanager
def table(kind: str, folder: Path, server: Server | None, *, dbos: bool) -> Iterator[Table]:
    """Set up every lane on stores of one kind."""
    like = sample()
    with ExitStack() as stack:

        def store(name: str) -> Store:
            address = server.new_database() if server else str(folder / f"{name}.db")
            made = open_store(address)
            stack.callback(made.close)
            return made

        if server is not None:
            plain = raw_postgres(server.new_database(), like)
        else:
            plain = raw_sqlite(folder / "raw.db", like)
        made_rows, made_cases = rows(store("rows"), like), cases(store("cases"))
        lanes = [Lane("本库:存储", each, made_rows) for each in CALLERS]
        lanes += [Lane(THREADS, each, made_cases) for each in (CALLERS[0], CALLERS[-1])]
        made_hall = gathered(store("hall"), stack)
        lanes += [InTheHall(HALL, each, made_hall) for each in CALLERS]
        other = None
        if dbos:
            address = server.new_database() if server else f"sqlite:///{folder / 'dbos.db'}"
            other = Dbos(address)
            stack.callback(other.close)
        wanted, reference = (2.5, 2_650) if server is None else (5, 770)
        yield Table(kind, wanted, reference, Lane("裸事务", 1, plain), lanes, other)


def measure(rounds: int, seconds: float, kinds: list[str], *, dbos: bool) -> Iterator[str]:
    """Yield the lines of the section."""
    load = os.getloadavg()[0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zr-bench-")))
        tables = []
        if "sqlite" in kinds:
            made = table("SQLite(WAL,synchronous=FULL)", folder, None, dbos=dbos)
            tables.append(stack.enter_context(made))
        if "postgres" in kinds:
            server = stack.enter_context(running_server())
            made = table("PostgreSQL(fsync)", folder, server, dbos=dbos)
            tables.append(stack.enter_context(made))
        for each in tables:
            each.round(min(seconds, 0.5), folder)
            each.forget()
        for _ in range(rounds):
            for each in tables:
                each.round(seconds, folder)
        yield from METHOD
        yield f"{datetime.now(BEIJING).date()},{os.cpu_count()} 核;{rounds} 轮,每格每轮 {seconds:g} 秒;{loads(load)}。"
        yield f"重跑:`{AGAIN}`。"
        yield ""
        yield from alone(rounds, seconds)
        for each in tables:
            yield from each.lines()


METHOD = (
    "一条指令的全部工作都在内:查重、核对权限和条件、改状态、写事件、计时、告知、答复、审计链,落盘后才答复。",
    "裸事务:同样多的字节,一次一行,`BEGIN`、`INSERT`、`UPDATE`、`COMMIT`,一人。DBOS:3.4.0,一条指令一个流程一步,",
    "8 人(多了不再变快)。事项办理的 n 人是同一个事件循环里的 n 个协程,经大厅(Hall)一组一组落盘;一人一个线程的另列,",
    "1 人的目标按它自己直接办理(不经大厅)算。各做法交错,每次前后都跑裸事务;比值取各轮的中位数,括号里是最小和最大。",
    "合并提交省的是冲盘:冲盘越慢省得越多,冲盘只要 0.1 毫秒时受处理器所限,所以每张表都写明当时冲盘多久、",
    "每条指令自耗多少处理器时间(本进程的;别人同用缓存、虚拟机被抢占时它也会变大)。",
    "",
)
AGAIN = "python -m tests.benchmarks.casework --write docs/benchmarks.md"


def loads(before: float) -> str:
    """Say how busy the machine was, this run included."""
    return f"机器负载测前 {before:.1f}、测后 {os.getloadavg()[0]:.1f}(测后含本测)"


def alone(rounds: int, seconds: float) -> Iterator[str]:
    """Yield what a command costs where nothing is flushed: on a disk in memory, if there is one."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        return
    with (
        tempfile.TemporaryDirectory(prefix="zr-bench-", dir=memory) as folder,
        ExitStack() as stack,
    ):
        store = stack.enter_context(closing(open_store(str(Path(folder) / "cases.db"))))
        by_threads, by_hall = cases(store), gathered(store, stack)
        lanes = [Lane("一人一个线程 ", each, by_threads) for each in (CALLERS[0], CALLERS[-1])]
        lanes.append(Lane("裸事务 ", 1, raw_sqlite(Path(folder) / "raw.db", sample())))
        lanes += [InTheHall("经大厅 ", each, by_hall) for each in CALLERS]
        for lane in lanes:
            lane.run(min(seconds, 0.3))
            lane.busy.clear()
        for _ in range(rounds):
            for lane in lanes:
                lane.run(seconds)
    spent = [min(lane.busy) for lane in lanes]
    found = "、".join(
        f"{lane.name}{lane.callers} 人 {least:.0f}"
        for lane, least in zip(lanes, spent, strict=True)
    )
    enough = "达到" if spent[-1] < LEAST else "未达到"
    yield f"SQLite 落在内存盘上,什么也不冲,每条指令自耗处理器微秒(各轮最低):{found}。"
    yield f"128 人时目标低于 {LEAST}:{enough}。"
    yield ""


LEAST = 100


def slowed(longer: int) -> None:
    """Begin this program anew with flushes that take so many microseconds longer."""
    with tempfile.TemporaryDirectory(prefix="zr-flush-") as folder:
        library = Path(folder) / "slow_flush.so"
        source = Path(__file__).with_name("slow_flush.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
        Path(folder).chmod(0o755)  # a database server may run as another user
        changed = {"LD_PRELOAD": str(library), "SLOW_FLUSH_US": str(longer)}
        command = [sys.executable, "-m", "tests.benchmarks.durable", *sys.argv[1:]]
        sys.exit(subprocess.run(command, env={**os.environ, **changed}).returncode)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--kinds", default="sqlite,postgres")
    parser.add_argument("--no-dbos", action="store_true")
    parser.add_argument("--slow-flush", type=int, default=0, metavar="MICROSECONDS")
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.slow_flush and "SLOW_FLUSH_US" not in os.environ:
        slowed(chosen.slow_flush)
    kinds = chosen.kinds.split(",")
    text = "\n".join(measure(chosen.rounds, chosen.seconds, kinds, dbos=not chosen.no_dbos))
    print(text)
    if chosen.write:
        title = (
            f"事项:耐久写入(冲盘放慢 {chosen.slow_flush} 微秒)"
            if chosen.slow_flush
            else "事项:耐久写入"
        )
        write_section(chosen.write, title, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
