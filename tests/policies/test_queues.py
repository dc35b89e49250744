"""Who comes first in the queue: people whom the sources ask to be taken special care of."""

from __future__ import annotations

import pytest
from tests.cases.asking import at, by

from zhunru import open_policy
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore


@pytest.mark.rows("S0-62")
@pytest.mark.parametrize("kind", ["三无人员", "残疾人"])
def test_demands_of_the_destitute_and_the_disabled_come_first(kind: str) -> None:
    service = CaseService(MemoryStore(), open_policy("jiangyuan"))
    for number, who in enumerate(["一般居民", kind], 1):
        begun, key = at(f"2026-03-02 09:0{number}"), f"{number}"
        facts = {"目标社区": "富强社区"}
        case = service.open("诉求回应", actor=by("富强社区"), key=key, at=begun, facts=facts)
        inputs = {"诉求渠道": "意见箱", "诉求人类型": who, "诉求事项": "坡道破损"}
        service.act(
            case.case_id, "登记诉求", actor=by("富强社区"), key=f"a{key}", at=begun, inputs=inputs
        )
    queue = [
        service.show(case["case"])["facts"]["诉求人类型"] for case in service.inbox("富强社区")
    ]
    assert queue == [kind, "一般居民"]


@pytest.mark.rows("S0-62")
@pytest.mark.parametrize("kind", ["三无人员", "残疾人"])
def test_what_troubles_them_in_the_grid_comes_first_too(kind: str) -> None:
    service = CaseService(MemoryStore(), open_policy("jiangyuan"))
    facts = {"目标社区": "富强社区"}
    grid = by("富强社区第一网格", "网格员")
    for number, who in enumerate(["一般居民", kind], 1):
        begun, key = at(f"2026-03-02 09:0{number}"), f"{number}"
        given = {**facts, "诉求人类别": who}
        case = service.open("网格事项", actor=grid, key=key, at=begun, facts=given)
        inputs = {"现场照片": "照片", "事件类别": "民生诉求", "权限": "社区"}
        service.act(case.case_id, "采集", actor=grid, key=f"a{key}", at=begun, inputs=inputs)
    queue = [
        service.show(case["case"])["facts"]["诉求人类别"] for case in service.inbox("富强社区")
    ]
    assert queue == [kind, "一般居民"]
