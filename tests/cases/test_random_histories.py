"""Random histories: whatever is done in whatever order, rows are what the events add up to."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from tests.cases.asking import asked, at, by, inspection, key, send
from tests.cases.sets import small

from zhunru.errors import CaseRefused
from zhunru.runtime.records import case_from
from zhunru.runtime.service import CaseService
from zhunru.runtime.writing import row_of
from zhunru.store.base import CaseRow, Change, Store, Work
from zhunru.worktime.instants import DAY, HOUR

MATTER = {
    "来文单位": "区卫健局",
    "目标社区": "森工",
    "事项": "健康宣讲",
    "拟进入日期": "2026-04-01",
}
UNITS = ("区卫健局", "区民政局", "森工", "街道办", "江源区", "区督查室")
VERBS = (
    ("提交", {"理由": "需要", "月数": 2}),
    ("同意", {}),
    ("不同意", {"意见": "不合适"}),
    ("提前退出", {"理由": "不再需要"}),
    ("交办", {"目标社区": "森工"}),
    ("归总", {"意见": "都好"}),
    ("接件", {}),
    ("完成", {"佐证": "照片"}),
    ("督办", {}),
    ("催办", {}),
    ("改派", {"单位": "街道办"}),
    ("撤回", {}),
)


def wander(service: CaseService, seed: int, steps: int) -> int:
    """Do something at random, again and again; return how much of it was not refused."""
    chance, now, done = random.Random(seed), at("2026-03-02 09:00"), 0
    known: list[str] = []
    for _ in range(steps):
        now += chance.choice((HOUR, HOUR, DAY, 3 * DAY))
        try:
            known += _something(service, chance, now, known)
            done += 1
        except CaseRefused:
            continue
    return done


def _something(
    service: CaseService, chance: random.Random, now: int, known: list[str]
) -> list[str]:
    order = {"actor": by(chance.choice(UNITS), chance.choice("甲乙")), "key": key(), "at": now}
    kind = chance.random()
    if kind < 0.15 or not known:
        flow = chance.choice(("准入申请", "联办"))
        return [service.open(flow, facts=MATTER if flow == "准入申请" else {}, **order).case_id]
    if kind < 0.25:
        day = f"2026-{chance.randint(4, 12):02}-05"
        request = chance.choice((inspection(day), asked("低保核查", day, 经费到位=True)))
        reply = send(service, request, **{**order, "actor": by("街道办")})
        return [reply.case_id, *reply.opened]
    if kind < 0.35:
        service.tick(now, limit=20)
        return []
    verb, inputs = chance.choice(VERBS)
    reply = service.act(chance.choice(known), verb, inputs=inputs, **order)
    return list(reply.opened)


def same(kept: Change) -> bool:
    return kept.cases == (row_of(case_from(kept.events)),)


@pytest.mark.parametrize("seed", range(6))
def test_rows_are_rebuilt_byte_for_byte(service: CaseService, store: Store, seed: int) -> None:
    done = wander(service, seed, 120)
    assert done > 15
    compared = list(store.rebuild(same))
    assert len(compared) > 3
    assert all(same for _, same in compared)
    # Another process folds them the same way, from what the store keeps alone.
    assert list(CaseService(store, small()).check_projections()) == []


def test_a_row_that_is_not_what_happened_is_found(service: CaseService, store: Store) -> None:
    wander(service, 1, 60)
    longer = {row.case_id for row in store.find_cases(limit=1000) if row.version > 1}
    compared = store.rebuild(
        lambda kept: same(replace(kept, events=kept.events[:-1] or kept.events))
    )
    assert {case_id for case_id, same in compared if not same} == longer != set()


@pytest.mark.parametrize(
    "changed",
    [
        lambda row: replace(row, state="办结"),
        lambda row: replace(row, owners=("区民政局",)),
        lambda row: replace(row, due=1),
        lambda row: replace(row, body=row.body.replace("森工", "别处")),
        lambda row: replace(row, body="{}"),
    ],
    ids=["state", "owners", "due", "content", "nothing"],
)
def test_a_row_that_somebody_changed_is_named(
    service: CaseService, store: Store, changed: Callable[[CaseRow], CaseRow]
) -> None:
    asked_for = [
        service.open(
            "准入申请", facts=MATTER, actor=by(UNITS[0]), key=key(), at=at("2026-03-02 09:00")
        )
        for _ in range(2)
    ]
    assert list(service.check_projections()) == []
    row = store.read(lambda view: view.case(asked_for[0].case_id))
    assert row is not None
    change = Change(cases=(changed(row),))
    store.write(Work(partition="JY-9", run=lambda view: (change, None), cases=(row.case_id,)))
    assert list(service.check_projections()) == [row.case_id]


def test_a_row_as_another_version_wrote_it_is_no_change(service: CaseService, store: Store) -> None:
    reply = service.open(
        "准入申请", facts=MATTER, actor=by(UNITS[0]), key=key(), at=at("2026-03-02 09:00")
    )
    row = store.read(lambda view: view.case(reply.case_id))
    assert row is not None
    loose = json.dumps(json.loads(row.body), ensure_ascii=True, indent=1)
    assert loose != row.body
    change = Change(cases=(replace(row, body=loose),))
    store.write(Work(partition="JY-9", run=lambda view: (change, None), cases=(row.case_id,)))
    assert list(service.check_projections()) == []


def test_many_hands_at_once_leave_whole_histories(service: CaseService, store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda seed: wander(service, seed, 40), range(20, 26)))
    assert list(service.check_projections()) == []
    for row in store.find_cases(limit=1000):
        numbers = [event.number for event in store.events(row.case_id)]
        assert numbers == list(range(1, row.version + 1))
