"""What is kept of a case in any table, changed behind the program's back: it is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cases import test_recurring, test_verbs
from tests.cases.asking import at, by, inspection, send
from tests.cases.sets import TEXT, compiled, small
from tests.cases.test_recurring import DUTIES

from zhunru.casework.audit import verify
from zhunru.compiler.request import FactValue
from zhunru.runtime.service import CaseService
from zhunru.runtime.timing import REMIND
from zhunru.store.base import Change, Store, TimerRow, Work
from zhunru.store.memory import MemoryStore
from zhunru.worktime.instants import DAY

FACTS = {"来文单位": "区卫健局", "目标社区": "森工", "拟进入日期": "2026-04-01"}


@pytest.fixture
def path(tmp_path: Path, opened: Callable[..., Store]) -> Path:
    """A store of cases that have something in every table."""
    file = tmp_path / "办件.db"
    service = CaseService(opened(str(file)), small())
    for number, matter in enumerate(("健康宣讲", "义诊", "打针", "摸底", "体检")):
        facts = {**FACTS, "事项": matter}
        order: dict[str, Any] = {"actor": by("区卫健局", "甲"), "at": at("2026-03-02 09:00")}
        case = service.open("准入申请", facts=facts, key=f"开{number}", **order).case_id
        if number == 0:
            continue
        inputs: dict[str, FactValue] = {"理由": "需要", "月数": 2}
        service.act(case, "提交", key=f"交{number}", inputs=inputs, **order)
        later: dict[str, Any] = {"actor": by("区民政局", "乙"), "at": at("2026-03-03 09:00")}
        if number in (2, 4):
            service.act(case, "同意", key=f"批{number}", **later)
        if number == 4:
            ended: dict[str, Any] = {"actor": by("街道办", "丙"), "at": at("2026-03-04 09:00")}
            service.act(case, "提前退出", key="退", inputs={"理由": "不再需要"}, **ended)
        if number == 3:
            service.act(case, "不同意", key="驳", inputs={"意见": "不合适"}, **later)
    for day in ("2026-04-01", "2026-05-06"):
        taken = send(service, inspection(day), actor=by("区民政局"), at=at("2026-03-02 09:00"))
    service.withdraw(taken.case_id, actor=by("区民政局"), key="撤", at=at("2026-03-02 10:00"))
    assert list(service.check_projections()) == []
    service.close()
    return file


def check(file: Path, opened: Callable[..., Store], *statements: str) -> list[str]:
    """Return the cases that are named after somebody has worked on the file."""
    with closing(sqlite3.connect(file)) as store, store:
        for each in statements:
            assert store.execute(each).rowcount > 0, each
    service = CaseService(opened(str(file)))
    assert verify(service.store).holds, "the chain is as it was"
    return list(service.check_projections())


def test_every_table_has_something(path: Path) -> None:
    with closing(sqlite3.connect(path)) as store:
        for table in ("case_owners", "timers", "messages", "register_rows", "bookings", "replies"):
            assert store.execute(f"SELECT count(*) FROM {table}").fetchone()[0], table


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases SET partition_id = partition_id + 1 WHERE state = '草拟'",
        "DELETE FROM case_owners",
        "UPDATE case_owners SET owner = '区督查室'",
        "INSERT INTO case_owners (owner, case_id) SELECT '区督查室', max(case_id) FROM cases",
        "INSERT INTO case_owners (owner, case_id) VALUES ('区督查室', '没有这件')",
        "DELETE FROM timers",
        "UPDATE timers SET due = due + 1",
        "UPDATE timers SET name = 'answer', rank = 4",
        "UPDATE timers SET later = '['",
        "INSERT INTO timers SELECT max(case_id) || '9', 1, 5, 'due', '[]' FROM cases",
        "DELETE FROM register_rows WHERE register = '临时准入'",
        "UPDATE register_rows SET until = until + 365 WHERE register = '临时准入'",
        "UPDATE register_rows SET cancelled = 1 WHERE register = '临时准入' AND cancelled IS NULL",
        "UPDATE register_rows SET cancelled = NULL WHERE register = '临时准入'",
        "UPDATE register_rows SET body = replace(body, '打针', '摊派') WHERE register = '临时准入'",
        "INSERT INTO register_rows (register, row_id, case_id, since, body) "
        "VALUES ('临时准入', '生造', '', 1, '{}')",
        "INSERT INTO messages (case_id, number, position, topic, body) "
        "VALUES ('没有这件', 1, 0, 'notify', '{}')",
        "INSERT INTO bookings (quota, subject, day, item, case_id) VALUES ('限', '', 1, '', '')",
        "DELETE FROM bookings WHERE cancelled IS NULL",
        "UPDATE bookings SET cancelled = 1 WHERE cancelled IS NULL",
        "UPDATE bookings SET cancelled = NULL",
        "UPDATE bookings SET day = day - 365",
        "DELETE FROM replies WHERE command = '批2'",
        "UPDATE replies SET version = version + 1",
        "UPDATE messages SET body = replace(body, '区卫健局', '区督查室')",
        "UPDATE messages SET number = number + 1",
        "DELETE FROM bundles",
    ],
)  # fmt: skip
def test_what_somebody_changed_is_named(
    path: Path, opened: Callable[..., Store], statement: str
) -> None:
    assert check(path, opened, statement)


@pytest.mark.parametrize("change", ["body = '{}'", "body = '['", "actor = '甲'"])
def test_events_that_cannot_be_read_any_more_are_named_too(
    path: Path, opened: Callable[..., Store], change: str
) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        cases = "(SELECT case_id FROM events WHERE number = 3)"
        chosen = {one for (one,) in file.execute(cases[1:-1])}
        file.execute(f"UPDATE events SET {change} WHERE number = 2 AND case_id IN {cases}")
    service = CaseService(opened(str(path)))
    assert set(service.check_projections()) == chosen != set()


def test_an_event_whose_paper_was_taken_out_is_named_too(
    path: Path, opened: Callable[..., Store]
) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        issued = "FROM events WHERE body LIKE '%\"papers\"%'"
        chosen = {one for (one,) in file.execute(f"SELECT case_id {issued}")}
        file.execute("UPDATE events SET body = replace(body, '\"papers\"', '\"paper\"')")
    service = CaseService(opened(str(path)))
    assert set(service.check_projections()) == chosen != set()


def test_a_removed_partition_loses_no_event_unseen(
    path: Path, opened: Callable[..., Store]
) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("DELETE FROM partitions")
    store = opened(str(path))
    (found,) = verify(store).findings
    assert found.code == "ZR882"
    assert f"{store.unchained()} 条事件" in found.zh


@pytest.mark.parametrize(("verb", "name"), [("", "due"), ("停表", "resume"), ("延期", "answer")])
def test_what_time_will_do_to_a_case_is_told_by_its_events(verb: str, name: str) -> None:
    service = CaseService(MemoryStore(), test_verbs.small())
    case, other = (test_verbs.opened(service, each) for each in "ab")
    order: dict[str, Any] = {"actor": test_verbs.OWNER, "at": at("2026-03-03 09:00")}
    if verb:
        service.act(case, verb, key="k", inputs={"理由": "等待来人"}, **order)
    rows = tuple(service.store.read(lambda view: view.timers(case)))
    (named,) = (row for row in rows if row.name == name)
    rest = tuple(row for row in rows if row is not named)
    reminder = TimerRow(case, "剩余0", named.due, REMIND)  # only the policy knows whether it is one
    for timers in (rest, (*rest, replace(named, name="别的")), (*rows, replace(named, due=1))):
        assert _named(service, case, timers) == [case]
    assert _named(service, case, (*rest, replace(named, due=named.due + DAY))) == [case]
    for timers in (rows, (*rows, reminder)):
        assert _named(service, case, timers) == []
    service.act(other, "办完", key="完", **order)
    assert _named(service, other, (replace(named, case_id=other),)) == [other]


def test_the_timer_of_a_duty_is_told_by_its_events() -> None:
    service = CaseService(MemoryStore(), compiled(TEXT + DUTIES))
    service.start(at("2026-03-02 09:00"))
    duty = test_recurring.waiting(service, "森工")["三方例会"]["case"]
    (timer,) = service.store.read(lambda view: view.timers(duty))
    for timers in ((), (replace(timer, due=timer.due - 1),)):
        assert _named(service, duty, timers) == [duty]
    assert _named(service, duty, (timer,)) == []
    test_recurring.hold(service, "森工", "三方例会", "2026-03-10 15:00")
    for timers in ((timer,), ()):
        assert _named(service, duty, timers) == [], "it is only there for the next period"


@pytest.mark.parametrize("effect", ["登记 临时准入", "注销 临时准入", "产生 联办"])
def test_a_duty_that_was_missed_enters_nothing_and_none_is_looked_for(effect: str) -> None:
    duties = f"定期 走访 每个 社区 每季度 不少于 2 次 由 社区居委会 逾期 {effect}\n"
    service = CaseService(MemoryStore(), compiled(TEXT + duties))
    service.start(at("2026-03-02 09:00"))
    service.tick(at("2026-04-02 09:00"))
    assert service.stats()["flows"]["走访"]["closed"] == {"未完成": 2}
    assert list(service.check_projections()) == []


def _named(service: CaseService, case: str, timers: tuple[TimerRow, ...]) -> list[str]:
    """Return the cases that are named once a case has these timers."""
    change = Change(timers={case: timers})
    partition = case.partition(".")[0]
    service.store.write(Work(partition, lambda view: (change, None), (case,)))
    return list(service.check_projections())
