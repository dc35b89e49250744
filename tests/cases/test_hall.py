"""The hall: many who wait share writes, and each is told what it would have been told alone."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from tests.cases.asking import asked, at, by, inspection, key, send
from tests.cases.sets import small
from tests.cases.test_random_histories import MATTER, UNITS, VERBS

from zhunru.errors import CaseRefused, RequestRejected, StoreError
from zhunru.runtime import hall as hall_module
from zhunru.runtime.hall import Hall
from zhunru.runtime.ids import is_record_id
from zhunru.runtime.replies import Reply
from zhunru.runtime.service import CaseService
from zhunru.store.base import Change, Store, View, Work
from zhunru.store.memory import MemoryStore
from zhunru.worktime.instants import DAY, HOUR

NINE = at("2026-03-02 09:00")
CLERK = by("区卫健局")
# What is asked, of which method, and what came of it.
Asked = tuple[str, tuple[Any, ...], dict[str, Any], object]


@pytest.fixture
def hall(service: CaseService) -> Iterator[Hall]:
    """The hall of a service over each kind of store."""
    made = Hall(service)
    yield made
    made.close()


@contextmanager
def held(store: Store) -> Iterator[None]:
    """Hold up the store: somebody is writing all the while."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(view: View) -> tuple[Change, object]:
        begun.set()
        assert go_on.wait(20)
        return Change(), None

    writer = threading.Thread(target=store.write, args=(Work(partition="别处", run=hold),))
    writer.start()
    assert begun.wait(60)
    try:
        yield
    finally:
        go_on.set()
        writer.join()


def opening(hall: Hall, name: str) -> Awaitable[Reply]:
    return hall.open("准入申请", actor=CLERK, key=name, at=NINE, facts=MATTER)


async def settled(tasks: Sequence[Awaitable[Reply]]) -> list[Any]:
    return await asyncio.gather(*tasks, return_exceptions=True)


async def until(found: Callable[[], bool]) -> None:
    while not found():
        await asyncio.sleep(0.001)


# --- as if one by one ----------------------------------------------------------------------------


def script(seed: int, steps: int) -> list[Asked]:
    """Commands by chance, with what each comes to by itself on a store in memory."""
    chance, service = random.Random(seed), CaseService(MemoryStore(), small())
    known, keys, found, now = ["无.c1"], [key()], [], NINE
    for _ in range(steps):
        now += chance.choice((0, HOUR, DAY))
        # Some are sent again, and some keys mean something else by mistake.
        repeated = chance.random() < 0.15
        keys.append(chance.choice(keys) if repeated else key())
        name, given, named = _asked(chance, known)
        named |= {"actor": by(chance.choice(UNITS)), "key": keys[-1], "at": now}
        if repeated and found and chance.random() < 0.7:
            name, given, named, _ = chance.choice(found)
        result = one(service, name, given, named)
        if isinstance(result, Reply):
            known += [result.case_id, *result.opened]
        found.append((name, given, named, result))
    return found


def one(service: CaseService, name: str, given: tuple[Any, ...], named: dict[str, Any]) -> object:
    try:
        return getattr(service, name)(*given, **named)
    except Exception as error:
        return error


def _asked(chance: random.Random, known: list[str]) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    kind = chance.random()
    if kind < 0.2:
        flow = chance.choice(("准入申请", "联办", "没有的流程"))
        return "open", (flow,), {"facts": MATTER if flow == "准入申请" else {}}
    if kind < 0.5:
        day = f"2026-{chance.randint(4, 6):02}-{chance.randint(1, 9):02}"
        wanted = (inspection(day), asked("低保核查", day, 经费到位=True), asked("联合检查", "错"))
        return "submit", (chance.choice(wanted),), {"apply": chance.random() < 0.2}
    verb, inputs = chance.choice(VERBS)
    expected = chance.choice((None, None, None, 1, 2))
    return "act", (chance.choice(known), verb), {"inputs": inputs, "expected": expected}


def burst(rest: list[Asked], most: int) -> list[Asked]:
    """Return what is asked at once: what acts on a record comes first, for it may be let wait."""
    for place in range(1, min(most, len(rest))):
        name, given, *_ = rest[place]
        if name == "act" and is_record_id(given[0]):
            return rest[:place]
    return rest[:most]


@pytest.mark.parametrize("seed", range(3))
def test_each_is_told_what_it_would_be_told_alone(
    service: CaseService, store: Store, hall: Hall, seed: int
) -> None:
    """Plain oracle: the same commands one by one, on a store in memory."""
    wanted, chance = script(seed, 150), random.Random(seed)

    async def go() -> list[object]:
        found: list[object] = []
        while len(found) < len(wanted):
            some = burst(wanted[len(found) :], chance.choice((1, 2, 9, 40)))
            asks = [getattr(hall, name)(*given, **named) for name, given, named, _ in some]
            found += await settled(asks)
        return found

    told = asyncio.run(go())
    results = [result for *_, result in wanted]
    assert [(type(each), str(each)) for each in told] == [(type(r), str(r)) for r in results]
    kinds = {type(each) for each in results}
    assert {Reply, CaseRefused, RequestRejected} <= kinds, "the script shows too little"
    oracle = CaseService(MemoryStore(), small())
    for name, given, named, _ in wanted:
        one(oracle, name, given, named)
    assert store.find_cases(limit=1_000) == oracle.store.find_cases(limit=1_000)
    for name in oracle.store.partitions():
        assert list(store.chain(name)) == list(oracle.store.chain(name))
    assert list(service.check_projections()) == []


def test_a_bad_command_among_good_ones_fails_alone(hall: Hall) -> None:
    async def go() -> list[Any]:
        late = hall.act("无.c1", "提交", actor=CLERK, key="乙", at=NINE)
        return await settled([opening(hall, "甲"), late, opening(hall, ""), opening(hall, "丙")])

    first, absent, keyless, last = asyncio.run(go())
    assert (first.state, last.state) == ("草拟", "草拟")
    assert (absent.code, keyless.code) == ("ZR752", "ZR753")


def test_what_is_taken_back_as_soon_as_it_is_written(
    store: Store, hall: Hall, service: CaseService
) -> None:
    """A record is read before its turn to be changed; here it is written only in the same turn."""
    sent = {"actor": by("区民政局"), "key": key(), "at": NINE}
    known = CaseService(MemoryStore(), small()).submit(inspection("2026-04-05"), **sent).case_id

    async def go() -> list[Any]:
        with held(store):
            back = {**sent, "key": key()}
            asks = [hall.submit(inspection("2026-04-05"), **sent), hall.act(known, "撤回", **back)]
            tasks = [asyncio.ensure_future(each) for each in asks]
            await asyncio.sleep(0.01)
        return await settled(tasks)

    first, second = asyncio.run(go())
    assert (first.outcome, first.version, second.version) == ("admit", 1, 2)
    for day in ("2026-05-05", "2026-06-05", "2026-07-05"):
        assert send(service, inspection(day)).outcome == "admit"


def test_loops_of_several_threads_share_a_hall(store: Store, hall: Hall) -> None:
    found: list[Any] = []

    async def go(caller: int) -> None:
        found.extend([await opening(hall, f"{caller}-{number}") for number in range(10)])

    async def some(loop: int) -> None:
        await asyncio.gather(*(go(loop * 10 + each) for each in range(5)))

    threads = [threading.Thread(target=asyncio.run, args=(some(each),)) for each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.case_id for each in found}) == 150
    assert store.count_cases() == {("准入申请", "草拟", False): 150}


# --- how they share ------------------------------------------------------------------------------


def test_all_who_wait_are_written_together_within_a_bound(
    service: CaseService, store: Store, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write_all = store.write_all

    def noted(works: Any) -> Sequence[object]:
        found = write_all(works)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(store, "write_all", noted)
    monkeypatch.setattr(hall_module, "MOST_TOGETHER", 32)

    async def go() -> list[Any]:
        return await settled([opening(hall, f"令{number}") for number in range(100)])

    found = asyncio.run(go())
    assert all(isinstance(each, Reply) for each in found)
    assert sum(sizes) == 100
    assert max(sizes) == 32
    assert len(sizes) < 10, "a write for each was not asked for"


def test_people_go_before_what_time_does(
    durable_service: CaseService, request: pytest.FixtureRequest
) -> None:
    store, hall = durable_service.store, Hall(durable_service)
    reply = durable_service.open("准入申请", actor=CLERK, key="甲", at=NINE, facts=MATTER)
    order: list[str] = []

    def late(view: View) -> tuple[Change, object]:
        order.append("time")
        return Change(), None

    def act(view: View) -> Any:
        order.append("people")
        return Change(), reply

    # What the hall hands in is watched where it is run.
    hall._commands.act = lambda *_: Work(partition="甲", run=act)  # type: ignore[method-assign]
    behind = Work(partition="甲", run=late, behind=True)
    ticker = threading.Thread(target=store.write, args=(behind,))

    async def go() -> None:
        with held(store):
            ticker.start()
            await until(lambda: bool(store._committer._behind))  # type: ignore[attr-defined]
            task = asyncio.ensure_future(
                hall.act(reply.case_id, "提交", actor=CLERK, key="乙", at=NINE)
            )
            await until(lambda: bool(store._committer._waiting))  # type: ignore[attr-defined]
        await task

    asyncio.run(go())
    ticker.join()
    hall.close()
    assert order == ["people", "time"]


@pytest.fixture
def durable_service(tmp_path: Any) -> Iterator[CaseService]:
    service = CaseService(str(tmp_path / "cases.db"), small())
    yield service
    service.close()


# --- giving up, too many, closing ----------------------------------------------------------------


def test_who_gives_up_before_its_turn_has_nothing_done(store: Store, hall: Hall) -> None:
    async def go() -> list[Any]:
        with held(store):
            # The first is taken by the time the others come, or not yet: it is let finish.
            tasks = [asyncio.ensure_future(opening(hall, f"令{n}")) for n in range(4)]
            await asyncio.sleep(0)
            tasks[1].cancel()
            tasks[2].cancel()
        return await settled(tasks)

    found = asyncio.run(go())
    assert [type(each) for each in found] == [
        Reply,
        asyncio.CancelledError,
        asyncio.CancelledError,
        Reply,
    ]
    left = sum(store.count_cases().values())
    # On a store that makes its works beforehand they may have been made; else nothing was.
    assert left == 2 if not isinstance(store, MemoryStore) else left >= 2


class Slow:
    """Lets commands to open be begun, but not made, until `go_on`."""

    def __init__(self, hall: Hall) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self._plain = hall._commands.open
        hall._commands.open = self._open  # type: ignore[method-assign]

    def _open(self, *given: Any) -> Work:
        self.begun.set()
        assert self.go_on.wait(20)
        return self._plain(*given)


def test_who_gives_up_too_late_learns_it_by_asking_again(store: Store, hall: Hall) -> None:
    slow = Slow(hall)

    async def go() -> Reply:
        task = asyncio.ensure_future(opening(hall, "令1"))
        await until(slow.begun.is_set)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await task
        slow.go_on.set()
        return await opening(hall, "令1")

    assert asyncio.run(go()).repeated
    assert sum(store.count_cases().values()) == 1


def test_too_many_are_told_at_once_to_come_again(service: CaseService, store: Store) -> None:
    hall = Hall(service, most=3)

    async def go() -> list[Any]:
        with held(store):
            return_later = [asyncio.ensure_future(opening(hall, f"令{n}")) for n in range(20)]
            done, _ = await asyncio.wait(return_later, timeout=0.2)
            refused = [task.exception() for task in done]
            # Those who are let in are at most three, and those whom the threads took already.
            assert len(refused) >= 20 - 3 - 3 - 3
            assert {(e.code, e.uncertain) for e in refused} == {("ZR792", False)}  # type: ignore[union-attr]
        found = await settled(return_later)
        return [each for each in found if isinstance(each, Reply)]

    found = asyncio.run(go())
    hall.close()
    assert 3 <= len(found) < 20
    assert sum(store.count_cases().values()) == len(found)


def test_closing_answers_all_who_were_let_in(service: CaseService, store: Store) -> None:
    hall = Hall(service)

    async def go() -> list[Any]:
        with held(store):
            tasks = [asyncio.ensure_future(opening(hall, f"令{n}")) for n in range(600)]
            await asyncio.sleep(0)
            closing = asyncio.ensure_future(asyncio.to_thread(hall.close))
            await until(lambda: hall._closed)
            with pytest.raises(StoreError) as caught:
                await opening(hall, "晚了")
            assert caught.value.code == "ZR860"
        await closing
        return await settled(tasks)

    found = asyncio.run(go())
    assert all(isinstance(each, Reply) for each in found)
    assert sum(store.count_cases().values()) == 600
    assert not any(thread.is_alive() for thread in hall._threads)
    hall.close()


def test_closing_does_not_wait_for_ever(
    store: Store, hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hall_module, "CLOSING_SECONDS", 0.05)
    slow = Slow(hall)

    async def go() -> list[Any]:
        task = asyncio.ensure_future(opening(hall, "令1"))
        await until(slow.begun.is_set)
        await asyncio.to_thread(hall.close)
        slow.go_on.set()
        return await settled([task])

    (found,) = asyncio.run(go())
    assert "a write still going" in caplog.text
    # What was begun is still done, and told.
    assert isinstance(found, Reply)


def test_a_store_that_is_closed_tells_everybody(service: CaseService, store: Store) -> None:
    hall = Hall(service)

    async def go() -> list[Any]:
        found = [await opening(hall, "令1")]
        store.close()
        return found + await settled([opening(hall, f"令{n}") for n in range(2, 5)])

    first, *others = asyncio.run(go())
    assert first.state == "草拟"
    assert [each.code for each in others] == ["ZR860"] * 3
    hall.close()


@pytest.mark.parametrize("taken", [list, id])
def test_a_failure_that_nobody_foresaw_is_told_as_not_known(
    service: CaseService,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    taken: Callable[[Any], object],
) -> None:
    hall, write_all = Hall(service), store.write_all

    def breaking(works: Any) -> Sequence[object]:
        taken(works)
        raise MemoryError("张三")

    async def go() -> tuple[Any, Any]:
        monkeypatch.setattr(store, "write_all", breaking)
        (lost,) = await settled([opening(hall, "令1")])
        monkeypatch.setattr(store, "write_all", write_all)
        return lost, await opening(hall, "令1")

    lost, again = asyncio.run(go())
    assert (lost.code, lost.uncertain) == ("ZR861", True)
    assert "MemoryError, breaking" in caplog.text, "where it was can be looked up"
    assert "张三" not in caplog.text
    assert again.state == "草拟"
    hall.close()


def test_without_a_thread_to_be_had_nobody_waits_for_one(
    service: CaseService, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = Hall(service)

    class NoneLeft(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    async def go() -> Reply:
        with monkeypatch.context() as patched:
            patched.setattr(hall_module, "Thread", NoneLeft)
            for _ in range(2):
                with pytest.raises(RuntimeError, match="thread"):
                    await opening(hall, "令1")
        return await asyncio.wait_for(opening(hall, "令1"), 20)

    assert asyncio.run(go()).state == "草拟"
    assert sum(store.count_cases().values()) == 1
    hall.close()


def test_a_loop_that_ends_leaves_its_commands_done(store: Store, hall: Hall) -> None:
    slow = Slow(hall)

    async def leave() -> None:
        asyncio.ensure_future(opening(hall, "令1"))  # noqa: RUF006 - given up with the loop
        await until(slow.begun.is_set)

    asyncio.run(leave())
    slow.go_on.set()
    hall.close()
    assert sum(store.count_cases().values()) == 1
