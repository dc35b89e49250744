"""Recurring duties owed for the rows of a register: who owes them, which rows, what is missed."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from tests.cases.asking import at, by, key

from zhunru import open_policy
from zhunru.runtime.service import CaseService
from zhunru.store.base import Store

SET = """政策 T-1 "试验"
单位
  | 名称   | 层级 | 上级   | 角色       |
  | 示例区 | 区   | -      | -          |
  | 甲社区 | 社区 | 示例区 | 社区居委会 |
  | 乙社区 | 社区 | 示例区 | 社区居委会 |
台账 分包对象 取自 "分包对象.csv"
  户名 文本
  社区 单位
  分包人 文本
  在家 是否
表单 来件
  事项 文本
流程 走访登记 止于 办结
  | 环节 | 由         | 限     | 办理 → 去向 | 到期 → 去向 |
  | 登记 | 社区居委会 | 不限时 | 登记 → 办结 | -           |
定期 上门走访 每个 分包对象 凡 在家 每月 不少于 1 次 由 分包人 逾期 提醒 分包人、记 未走访
定期 安全检查 每个 分包对象 每年 不少于 1 次 由 社区居委会
"""
ROWS = "户名,社区,分包人,在家\n张家,甲社区,李,是\n王家,乙社区,赵,是\n空房,乙社区,赵,否\n"


@pytest.fixture
def service(store: Store, tmp_path: Path) -> CaseService:
    (tmp_path / "a.policy").write_text(SET, encoding="utf-8")
    (tmp_path / "分包对象.csv").write_text(ROWS, encoding="utf-8")
    return CaseService(store, open_policy(tmp_path))


def waiting(service: CaseService, unit: str) -> list[tuple[str, str]]:
    return sorted(
        (case["flow"], service.show(case["case"])["facts"]["对象"]) for case in service.inbox(unit)
    )


def test_who_the_row_names_finds_what_they_owe(service: CaseService) -> None:
    service.start(at("2026-03-02 09:00"))
    assert waiting(service, "李") == [("上门走访", "张家")]
    assert waiting(service, "赵") == [("上门走访", "王家")]


def test_a_role_owes_it_for_the_rows_of_its_own_place(service: CaseService) -> None:
    service.start(at("2026-03-02 09:00"))
    assert waiting(service, "甲社区") == [("安全检查", "张家")]
    assert waiting(service, "乙社区") == [("安全检查", "王家"), ("安全检查", "空房")]


def test_what_was_not_done_is_told_to_who_owed_it_and_comes_back(
    service: CaseService, store: Store
) -> None:
    service.start(at("2026-03-02 09:00"))
    (mine,) = [case["case"] for case in service.inbox("李")]
    service.act(mine, "开展", actor=by("李"), key=key(), at=at("2026-03-10 15:00"))
    service.tick(at("2026-04-01 09:00"))
    told = [
        (row.topic, orjson.loads(row.body)["to"])
        for _, row in store.messages(100)
        if row.topic in ("remind", "record")
    ]
    assert told == [("remind", ["赵"]), ("record", ["赵"])]
    assert waiting(service, "李") == [("上门走访", "张家")]
    assert waiting(service, "赵") == [("上门走访", "王家")]
    assert list(service.check_projections()) == []


# --- rows of one name ----------------------------------------------------------------------------

TWICE = ROWS + "张家,乙社区,赵,是\n张家,乙社区,孙,是\n张家,乙社区,孙,是\n"
NAMESAKES = {"张家": "李", "张家（乙社区）": "赵", "张家（乙社区）（2）": "孙"}


def test_rows_of_one_name_are_so_many_duties_and_a_row_that_is_there_twice_is_one(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "a.policy").write_text(SET, encoding="utf-8")
    (tmp_path / "分包对象.csv").write_text(TWICE, encoding="utf-8")
    service = CaseService(store, open_policy(tmp_path))
    service.start(at("2026-03-02 09:00"))
    for name, who in NAMESAKES.items():
        assert ("上门走访", name) in waiting(service, who)
    assert len(waiting(service, "孙")) == 1
    (mine,) = [case["case"] for case in service.inbox("孙")]
    service.act(mine, "开展", actor=by("孙"), key=key(), at=at("2026-03-10 15:00"))
    service.tick(at("2026-04-01 09:00"))
    told = [
        to
        for _, row in store.messages(100)
        if row.topic == "record"
        for to in orjson.loads(row.body)["to"]
    ]
    assert sorted(told) == sorted(("李", "赵", "赵"))
    # Each comes back under its own name.
    for name, who in NAMESAKES.items():
        assert ("上门走访", name) in waiting(service, who)
    assert list(service.check_projections()) == []


def test_who_has_a_name_first_keeps_it_when_another_of_that_name_comes(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "a.policy").write_text(SET, encoding="utf-8")
    for rows in (ROWS, TWICE):
        (tmp_path / "分包对象.csv").write_text(rows, encoding="utf-8")
        service = CaseService(store, open_policy(tmp_path))
        service.start(at("2026-03-02 09:00"))
        assert waiting(service, "李") == [("上门走访", "张家")]


def test_who_the_row_says_takes_part_stands_in_its_record(store: Store, tmp_path: Path) -> None:
    joined = SET + "定期 会查 每个 分包对象 每年 不少于 1 次 由 社区居委会 参加 分包人、区\n"
    (tmp_path / "a.policy").write_text(joined, encoding="utf-8")
    (tmp_path / "分包对象.csv").write_text(ROWS, encoding="utf-8")
    CaseService(store, open_policy(tmp_path)).start(at("2026-03-02 09:00"))
    records = [orjson.loads(row.body) for row in store.find_cases(flow="会查")]
    together = [record["fields"]["参加"] for record in records]
    assert sorted(together) == ["李、示例区", "赵、示例区", "赵、示例区"]
