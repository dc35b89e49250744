"""A process under load that is going to be killed: callers, a ticker and a relay on one store.

`load` runs until it is killed; `drain` finishes what was begun, lets all time pass and sends all
messages. Everything that a caller was told goes to logs in the folder before the next thing is
asked, so that a checker can hold the store to its word. A command is repeated under its own key
until it is answered, also by the next process of the same name.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Protocol

from tests.crash.office import FLOW, MOVES, OPENER, office

from zhunru.errors import CaseRefused, StoreError
from zhunru.runtime.hall import Hall
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
from zhunru.store.opening import open_store
from zhunru.worktime.instants import DAY, END, HOUR, beijing, stamp

CALLERS = 4
CASES = 24  # few enough that callers meet on the same case
RUNGS = ("半程", "到期", "升级")
MINUTE = 60_000_000
PARTITIONS = ("甲街道", "乙街道")
FOR_EVER = 2**60


class Log:
    """Lines in a file, each written in one go, before anything is made of what it says."""

    def __init__(self, path: Path) -> None:
        # A kill may stop a write at the end of a page: half a line was told to nobody.
        written = path.read_bytes() if path.exists() else b""
        if not written.endswith(b"\n"):
            path.write_bytes(written[: written.rfind(b"\n") + 1])
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def add(self, **entry: object) -> None:
        os.write(self._file, json.dumps(entry, ensure_ascii=False).encode() + b"\n")


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


class Clock:
    """A clock that somebody keeps setting, back and ahead: by up to an hour, at times by a year."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._until = 0.0
        self._step = 0

    def now(self) -> int:
        if time.monotonic() > self._until:
            self._until = time.monotonic() + 0.03
            unit = self._random.choice((*[MINUTE] * 9, 6 * DAY))
            self._step = self._random.randint(-60, 60) * unit
        return int(time.time() * 1_000_000) + self._step


def partition_of(case_id: str) -> str:
    return PARTITIONS[sum(case_id.encode()) % 2]


def written(
    view: View, case_id: str, kind: str, command: str, now: int, timers: tuple[TimerRow, ...]
) -> tuple[Change, int]:
    """The change that adds one event with everything that hangs on it."""
    before = view.case(case_id)
    number = before.version + 1 if before else 1
    body = json.dumps({"kind": kind, "text": "准" * (number % 50)}, ensure_ascii=False)
    row = CaseRow(
        case_id=case_id,
        version=number,
        flow="吹哨报到",
        state=f"环节{number % 5}",
        closed=False,
        digest="0" * 64,
        opened=before.opened if before else now,
        due=now,
        owners=(f"单位{number % 3}",),
        body=body,
    )
    change = Change(
        events=(
            EventRow(
                case_id=case_id,
                number=number,
                at=now,
                recorded=now,
                kind=kind,
                actor="街道 张三",
                command=command,
                body=body,
            ),
        ),
        cases=(row,),
        timers={case_id: timers},
        messages=(MessageRow(case_id=case_id, number=number, position=0, topic="通知", body=body),),
        replies=(ReplyRow(command=command, case_id=case_id, version=number, body=body),)
        if command
        else (),
    )
    return change, number


def command_work(case_id: str, command: str, now: int) -> Work:
    """Act on a case, opening it first if need be; the first act arms every rung once."""

    def run(view: View) -> tuple[Change, object]:
        answered = view.reply(command)
        if answered is not None:
            return Change(), answered.version
        timers = tuple(view.timers(case_id))
        if view.case(case_id) is None:
            timers = tuple(
                TimerRow(case_id=case_id, name=name, due=now + at * 20_000, rank=at)
                for at, name in enumerate(RUNGS)
            )
        return written(view, case_id, "办理", command, now, timers)

    return Work(partition=partition_of(case_id), run=run, cases=(case_id,), commands=(command,))


def rung_work(due: TimerRow, now: int) -> Work:
    """Fire a rung, unless another worker was faster."""

    def run(view: View) -> tuple[Change, object]:
        timers = view.timers(due.case_id)
        if due not in timers:
            return Change(), None
        rest = tuple(each for each in timers if each != due)
        return written(view, due.case_id, f"到时:{due.name}", "", now, rest)

    return Work(partition=partition_of(due.case_id), run=run, cases=(due.case_id,))


class Driver(Protocol):
    """What is asked of a store: `case` is a slot that callers share."""

    def ask(self, case: str, command: str, now: int) -> tuple[str, int] | None:
        """Carry out a command; return the case and version it was told, None: it was refused."""

    def tick(self, now: int) -> int:
        """Let time do what is due; return how much there was."""


class Rows:
    """Works of rows alone, without policies; `gathered`: as one who speaks for many hands them in."""

    def __init__(self, store: Store, gathered: bool) -> None:
        self.store = store
        self.gathered = gathered

    def write(self, work: Work) -> object:
        if not self.gathered:
            return self.store.write(work)
        (found,) = self.store.write_all([work])
        if isinstance(found, Exception):
            raise found
        return found

    def ask(self, case: str, command: str, now: int) -> tuple[str, int] | None:
        version = self.write(command_work(case, command, now))
        assert isinstance(version, int)
        return case, version

    def tick(self, now: int) -> int:
        due = self.store.due_timers(now, 50)
        for timer in due:
            self.store.write(rung_work(timer, now))
        return len(due)


# A day of the service goes by in a third of a second, so that reminders and ends by time come.
FASTER = 259_200
EPOCH = stamp(beijing(2026, 3, 2, 9))


class Cases:
    """Real cases: commands and time through the service."""

    def __init__(self, store: Store, began: int) -> None:
        self.service = CaseService(store, office())
        self.began = began

    def at(self) -> int:
        """The time of the service: it runs fast, and somebody keeps setting it back and ahead."""
        gone = int(time.time() * 1_000_000) - self.began
        step = random.randint(-3, 3) * (HOUR if random.random() < 0.99 else DAY)
        return EPOCH + max(0, gone * FASTER + step)

    def ask(self, case: str, command: str, now: int) -> tuple[str, int] | None:
        at = self.at()
        # Fixed by the command itself: asked again under its key, it must say the same.
        actor, verb = sorted(MOVES.values(), key=str)[sum(command.encode()) % 2]
        try:
            # The same key from everybody: the first opens the case, the others are told which.
            opened = self.carry_out("open", FLOW, actor=OPENER, key=f"开立{case}", at=at)
            said = {"说明": command}
            reply = self.carry_out(
                "act", opened.case_id, verb, actor=actor, key=command, at=at, inputs=said
            )
        except CaseRefused:
            return None
        return reply.case_id, reply.version

    def carry_out(self, name: str, *given: Any, **named: Any) -> Any:
        """Have the service do something."""
        return getattr(self.service, name)(*given, **named)

    def tick(self, now: int) -> int:
        return self.service.tick(END if now == FOR_EVER else self.at(), 50).moved


class InTheHall(Cases):
    """The same through a hall: the callers wait in one loop, and share writes."""

    def __init__(self, store: Store, began: int) -> None:
        super().__init__(store, began)
        self.hall, self.loop = Hall(self.service), asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def carry_out(self, name: str, *given: Any, **named: Any) -> Any:
        asked = getattr(self.hall, name)(*given, **named)
        return asyncio.run_coroutine_threadsafe(asked, self.loop).result()


class Worker:
    """The threads of one process."""

    def __init__(self, store: Store, driver: Driver, folder: Path, name: str, seed: int) -> None:
        self.store, self.driver, self.folder = store, driver, folder
        self.name, self.seed = name, seed
        self.clock = Clock(seed)
        self.sink = Log(folder / f"{name}.sent")
        self.failures = Log(folder / f"{name}.failures")

    def insist(self, do: Callable[[], object]) -> object:
        """Do it again until the store answers."""
        while True:
            try:
                return do()
            except StoreError as error:
                self.failures.add(code=error.code, uncertain=error.uncertain, reason=str(error))
                time.sleep(0.02)
            except Exception as error:
                self.failures.add(code="", reason=repr(error))
                raise

    def call(self, caller: int, *, drain: bool = False) -> None:
        path = self.folder / f"{self.name}-{caller}.calls"
        log = Log(path)
        before = lines(path)
        answered = {entry["command"] for entry in before if entry["type"] != "ask"}
        for entry in before:
            if entry["type"] == "ask" and entry["command"] not in answered:
                self.ask(log, str(entry["case"]), str(entry["command"]))
        own = random.Random(self.seed * 31 + caller)
        number = sum(entry["type"] == "ask" for entry in before)
        while not drain:
            number += 1
            case_id, command = f"案{own.randrange(CASES):03}", f"{self.name}-{caller}-{number}"
            log.add(type="ask", case=case_id, command=command)
            self.ask(log, case_id, command)

    def ask(self, log: Log, case_id: str, command: str) -> None:
        told = self.insist(lambda: self.driver.ask(case_id, command, self.clock.now()))
        if isinstance(told, tuple):
            log.add(type="answer", command=command, case=told[0], version=told[1])
        else:
            log.add(type="refusal", command=command)

    def tick(self, now: int) -> int:
        return self.driver.tick(now)

    def relay(self) -> int:
        waiting = self.store.messages(100)
        for ticket, row in waiting:
            self.sink.add(
                ticket=ticket,
                case=row.case_id,
                number=row.number,
                position=row.position,
                body=row.body,
            )
        self.store.sent([ticket for ticket, _ in waiting])
        return len(waiting)

    def forever(self, do: Callable[[], object]) -> None:
        while True:
            self.insist(do)
            time.sleep(0.005)

    def run(self, ready: Event) -> None:
        """Work until killed."""
        jobs = [lambda caller=caller: self.call(caller) for caller in range(CALLERS)]
        jobs += [
            lambda: self.forever(lambda: self.tick(self.clock.now())),
            lambda: self.forever(self.relay),
        ]
        threads = [threading.Thread(target=job, daemon=True) for job in jobs]
        for thread in threads:
            thread.start()
        ready.set()
        for thread in threads:
            thread.join()
        raise AssertionError("nothing ends by itself")

    def drain(self) -> None:
        """Finish what was begun."""
        for caller in range(CALLERS):
            self.call(caller, drain=True)
        while self.insist(lambda: self.tick(FOR_EVER)):
            pass
        while self.insist(self.relay):
            pass


@dataclass(frozen=True)
class Scene:
    """What workers are told: where, with which works, when the clock began, and by which way in."""

    address: str
    folder: Path
    cases: bool
    began: int
    gathered: bool = False

    def worker(self, store: Store, name: str, seed: int) -> Worker:
        driver: Driver = Rows(store, self.gathered)
        if self.cases:
            driver = (InTheHall if self.gathered else Cases)(store, self.began)
        return Worker(store, driver, self.folder, name, seed)


def load(scene: Scene, name: str, seed: int, ready: Event) -> None:
    """Work until killed."""
    sys.setswitchinterval(0.0005)  # more places to be killed at
    scene.worker(patiently(scene.address), name, seed).run(ready)


def drain(scene: Scene, names: list[str]) -> None:
    """Finish what workers of these names began."""
    store = open_store(scene.address)
    for name in names:
        scene.worker(store, name, 0).drain()
    store.close()


def patiently(address: str) -> Store:
    """Open a store whose server may just have been killed by another run's hand."""
    while True:
        try:
            return open_store(address)
        except StoreError:
            time.sleep(0.05)
