"""Group commit: works that share a write see each other, fail alone, and are answered when durable."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import pytest
from tests.store.rows import Counting, case, event, message, opening, timer, work

from zhunru.errors import StoreError
from zhunru.store import committer as committer_module
from zhunru.store.base import Change, Store, View, Work
from zhunru.store.committer import Committer, Job
from zhunru.store.database import DatabaseStore


class Refused(Exception):
    """What a caller's own work raises."""


def together(store: Store, works: Sequence[Work]) -> list[object]:
    """Hand in works so that they share one write: while the first is held up, the others queue."""
    assert isinstance(store, DatabaseStore)
    held, let_go = threading.Event(), threading.Event()
    results: list[object] = [None] * len(works)

    def hold(view: View) -> tuple[Change, object]:
        held.set()
        assert let_go.wait(60)
        return Change(), None

    def hand_in(at: int) -> None:
        try:
            results[at] = store.write(works[at])
        except Exception as error:
            results[at] = error

    first = threading.Thread(target=store.write, args=(Work(partition="甲街道", run=hold),))
    first.start()
    assert held.wait(60)
    threads = []
    for at in range(len(works)):
        threads.append(threading.Thread(target=hand_in, args=(at,)))
        threads[-1].start()
        while len(store._committer._waiting) <= at:
            threading.Event().wait(0.001)
    let_go.set()
    for thread in [first, *threads]:
        thread.join(60)
        assert not thread.is_alive()
    return results


@pytest.fixture
def grouped(durable: str, opened: Callable[..., Store]) -> Store:
    return opened(durable)


@pytest.fixture
def groups(grouped: Store, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the groups that were written."""
    sizes: list[int] = []
    attempt = grouped._attempt  # type: ignore[attr-defined]

    def noted(jobs: Sequence[Job]) -> None:
        sizes.append(len(jobs))
        attempt(jobs)

    monkeypatch.setattr(grouped, "_attempt", noted)
    return sizes


def test_works_that_wait_are_written_together_in_their_order(
    grouped: Store, groups: list[int]
) -> None:
    works = [Counting("案1", f"令{n}").work() for n in range(5)]
    assert together(grouped, works) == [1, 2, 3, 4, 5]
    assert groups == [1, 5]
    assert [e.command for e in grouped.events("案1")] == [f"令{n}" for n in range(5)]


def test_the_same_command_twice_in_one_group_is_carried_out_once(grouped: Store) -> None:
    works = [Counting("案1", "令1").work() for _ in range(3)]
    assert together(grouped, works) == [1, 1, 1]
    assert len(grouped.events("案1")) == 1


def test_a_work_sees_everything_that_its_group_wrote_before(grouped: Store) -> None:
    def look(view: View) -> tuple[Change, object]:
        found = view.case("案1")
        return Change(), (
            found and found.state,
            list(view.timers("案1")),
        )

    first = Change(
        events=(event(),), cases=(case(),), timers={"案1": (timer(), timer(name="半程"))}
    )
    moved = case(version=2, state="办结")
    second = Change(events=(event(number=2),), cases=(moved,), timers={"案1": (timer(),)})
    one = Work(partition="甲街道", run=look)
    found = together(grouped, [one, work(first), one, work(second), one])
    assert found[0] == (None, [])
    assert found[2] == ("待响应", [timer(name="到期"), timer(name="半程")])
    assert found[4] == ("办结", [timer()])


def test_a_work_that_raises_fails_alone(grouped: Store, groups: list[int]) -> None:
    def run(view: View) -> tuple[Change, object]:
        raise Refused

    bad = Work(partition="甲街道", run=run)
    twice = work(opening("案1"))
    results = together(grouped, [twice, bad, twice, Counting("案2").work()])
    assert results[0] == "好"
    assert isinstance(results[1], Refused)
    assert isinstance(results[2], StoreError)
    assert results[2].code == "ZR858"
    assert results[3] == 1
    assert groups == [1, 4], "nobody had to be written again"
    assert [len(grouped.events(f"案{n}")) for n in (1, 2)] == [1, 1]


def test_a_value_that_the_database_refuses_fails_alone(grouped: Store) -> None:
    """Found only when the group is written: then each is written on its own."""
    unfit = Change(
        events=(event("案9"),), cases=(case("案9"),), messages=(message("案9", body="半\ud800"),)
    )
    works = [Counting("案1").work(), work(unfit), Counting("案2").work()]
    results = together(grouped, works)
    assert [results[0], results[2]] == [1, 1]
    assert isinstance(results[1], StoreError)
    assert (results[1].code, results[1].uncertain) == ("ZR862", False)
    assert list(grouped.events("案9")) == []
    assert [len(grouped.events(f"案{n}")) for n in (1, 2)] == [1, 1]


def test_many_callers_at_once_lose_nothing(grouped: Store) -> None:
    callers, each = 16, 15
    answers: list[list[object]] = [[] for _ in range(callers)]

    def go(caller: int) -> None:
        for number in range(each):
            one = Counting(f"案{number % 5}", f"{caller}-{number}", f"分区{number % 5}")
            answers[caller].append(grouped.write(one.work()))

    threads = [threading.Thread(target=go, args=(caller,)) for caller in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(5):
        events = grouped.events(f"案{number}")
        assert [e.number for e in events] == list(range(1, callers * each // 5 + 1))
    assert sum(map(len, answers)) == callers * each
    assert len(grouped.messages(1_000)) == callers * each


# --- the committer by itself ---------------------------------------------------------------------


class Held:
    """A committer whose writes are held up until they may go on, and those who wait for it."""

    def __init__(self, **bounds: int) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.groups: list[list[Job]] = []
        self.committer = Committer(self.commit, **bounds)
        self.threads: list[threading.Thread] = []

    def commit(self, jobs: Sequence[Job]) -> None:
        self.begun.set()
        assert self.go_on.wait(60)
        self.groups.append(list(jobs))
        for job in jobs:
            job.finish("好")

    def hand_in(self, *callers: Callable[[], object], names: Sequence[str] = ()) -> None:
        """Let callers come one after the other: the first writes, each of the others waits."""
        for at, caller in enumerate(callers):
            name = names[at] if names else None
            self.threads.append(threading.Thread(target=caller, name=name, daemon=True))
            self.threads[-1].start()
            assert self.begun.wait(60)
            while self.waiting < at:
                threading.Event().wait(0.001)

    @property
    def waiting(self) -> int:
        return len(self.committer._waiting) + len(self.committer._behind)

    def end(self) -> None:
        self.go_on.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()

    @property
    def sizes(self) -> list[int]:
        return list(map(len, self.groups))


class Gate:
    """A gate at which the caller `gone` is interrupted: as it waits, once `until` says so, or, with
    no such word, as soon as it may go on."""

    until: threading.Event | None = None

    def __init__(self) -> None:
        self.lock, self.taken = threading.Lock(), 0
        self.locked, self.release = self.lock.locked, self.lock.release

    def acquire(self) -> None:
        self.taken += 1
        interrupted = self.taken == 2 and threading.current_thread().name == "gone"
        if interrupted and self.until is not None:
            assert self.until.wait(60)
            raise KeyboardInterrupt
        self.lock.acquire()
        if interrupted:
            raise KeyboardInterrupt


def test_a_lone_caller_writes_in_its_own_thread() -> None:
    threads: list[int] = []

    def commit(jobs: Sequence[Job]) -> None:
        threads.append(threading.get_ident())
        for job in jobs:
            job.finish(len(jobs))

    committer = Committer(commit)
    assert [committer.submit(work(Change())) for _ in range(3)] == [1, 1, 1]
    assert set(threads) == {threading.get_ident()}


def test_groups_are_bounded() -> None:
    held = Held(largest=4)
    held.hand_in(*[partial(held.committer.submit, work(Change()))] * 10)
    held.end()
    assert held.sizes == [1, 4, 4, 1]


def test_who_cannot_make_its_works_fails_alone() -> None:
    def works() -> Iterator[Work]:
        yield work(Change())
        raise Refused

    held = Held()
    answers: dict[str, object] = {}

    def hand_in(name: str, made: Iterable[Work]) -> None:
        try:
            answers[name] = held.committer.submit_all(made)
        except Refused:
            answers[name] = "refused"

    callers = {"writing": [work(Change())], "before": [work(Change())], "bad": works(),
               "behind": [work(Change())]}  # fmt: skip
    held.hand_in(*(partial(hand_in, *each) for each in callers.items()))
    held.end()
    assert answers == {"writing": ["好"], "before": ["好"], "bad": "refused", "behind": ["好"]}


def submitted(held: Held, answers: list[object]) -> Callable[[], None]:
    """Return a caller that notes what it is answered, or that it was interrupted."""

    def submit() -> None:
        try:
            answers.append(held.committer.submit(work(Change())))
        except KeyboardInterrupt:
            answers.append("interrupted")

    return submit


def test_an_interrupted_writer_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held()
    answers: list[object] = []
    write, calls = held.commit, []

    def commit(jobs: Sequence[Job]) -> None:
        calls.append(len(jobs))
        write(jobs)
        if len(calls) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(held.committer, "_commit", commit)
    held.hand_in(*[submitted(held, answers)] * 2)
    held.end()
    assert sorted(map(str, answers)) == ["interrupted", "好"]


def test_one_who_is_interrupted_while_written_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who waits is woken by who was woken before: one who has gone must not break that off."""
    held, gone = Held(), threading.Event()
    answers: list[object] = []
    write = held.commit
    monkeypatch.setattr("zhunru.store.committer.allocate_lock", Gate)
    monkeypatch.setattr(Gate, "until", threading.Event())

    def commit(jobs: Sequence[Job]) -> None:
        if held.groups:
            assert Gate.until is not None
            Gate.until.set()
            assert gone.wait(60)
        write(jobs)

    def submit() -> None:
        submitted(held, answers)()
        if "interrupted" in answers:
            gone.set()

    monkeypatch.setattr(held.committer, "_commit", commit)
    names = ["leader", "heir", "before", "gone", "after", "last"]
    held.hand_in(*[submit] * len(names), names=names)
    held.end()
    assert answers.count("好") == 5 and answers.count("interrupted") == 1


def test_one_who_is_interrupted_as_it_is_woken_to_write_leaves_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was chosen to write next: what waits behind it is written all the same, its own is not."""
    held = Held()
    answers: list[object] = []
    monkeypatch.setattr("zhunru.store.committer.allocate_lock", Gate)
    names = ["leader", "gone", "last"]
    held.hand_in(*[submitted(held, answers)] * len(names), names=names)
    held.end()
    assert sorted(map(str, answers)) == ["interrupted", "好", "好"]
    assert held.sizes == [1, 1]


def test_closing_waits_for_what_was_taken() -> None:
    held = Held()
    held.hand_in(partial(held.committer.submit, work(Change())))
    written: list[int] = []
    closer = threading.Thread(
        target=lambda: (held.committer.close(), written.append(len(held.groups)))
    )
    closer.start()
    with pytest.raises(StoreError):
        while True:
            held.committer.submit(work(Change())) if held.committer._closed else None
    held.end()
    closer.join(60)
    assert written == [1]


def test_what_may_stay_behind_does_until_enough_others_went_ahead() -> None:
    held = Held(largest=1)
    works = [
        replace(work(Change()), partition=name, behind=name == "后")
        for name in ("先0", "后", "先1", "先2", "先3", "先4", "先5")
    ]
    held.hand_in(*(partial(held.committer.submit, each) for each in works))
    held.end()
    order = [[job.work.partition for job in group] for group in held.groups]
    assert order == [["先0"], ["先1"], ["先2"], ["先3"], ["先4", "后"], ["先5"]]


def test_closing_does_not_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(committer_module, "CLOSING_SECONDS", 0.05)
    held = Held()
    held.hand_in(partial(held.committer.submit, work(opening())))
    held.committer.close()
    assert "a write still going" in caplog.text
    held.end()
