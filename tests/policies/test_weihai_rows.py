"""Rows of Weihai whose rule stands in the national base: stops of work, and the signs allowed."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import orjson
import pytest
from tests.cases.asking import at, by, key
from tests.shipped import POLICIES, compiled, source

from zhunru.casework.registers import tables_of
from zhunru.measures import Rows, review
from zhunru.runtime.service import CaseService
from zhunru.store.base import Store
from zhunru.store.memory import MemoryStore
from zhunru.syntax import nodes

HOME, BUREAU, OFFICE = (
    by("示例一社区", "赵六"),
    by("示例区教育局", "张三"),
    by("示例区民政局", "李四"),
)
REPORTER = "举报人示例甲"


def stopped(store: Store, day: str) -> tuple[CaseService, str]:
    """Report work that the education bureau arranged by itself, and stop it the same morning."""
    service = CaseService(store, compiled("national"))
    facts = {"目标社区": HOME.unit}
    case = service.open("擅自安排工作查处", actor=HOME, key=key(), at=at(f"{day} 09:00"),
                        facts=facts).case_id  # fmt: skip
    said = {
        "来文单位": BUREAU.unit, "事项": "入户核对学生视力", "举报人": REPORTER, "证据": "通知截图",
    }  # fmt: skip
    for verb, who, hour, inputs in (
        ("反映", HOME, "09:30", said), ("属实", OFFICE, "10:00", {"收文日期": day}),
    ):  # fmt: skip
        service.act(case, verb, actor=who, key=key(), at=at(f"{day} {hour}"), inputs=inputs)
    return service, case


def often(days: list[str], today: date) -> list[tuple[str, ...]]:
    """Return who is listed for being stopped more than twice, by the register the cases wrote."""
    store = MemoryStore()
    for day in days:
        stopped(store, day)
    written = {"叫停登记": tables_of(store, compiled("national"))["叫停登记"]}
    assert len(written["叫停登记"]) == len(days)
    (found,) = review(Rows(compiled("national"), today, written), ["屡次叫停"])
    return [one.subjects for one in found.findings]


@pytest.mark.rows("S1-17")
@pytest.mark.parametrize(
    ("first", "listed"),
    [("2025-02-10", []), ("2025-03-10", []), ("2025-03-11", [(BUREAU.unit,)])],
)
def test_of_three_stops_one_that_is_older_than_twelve_months_is_not_counted(
    first: str, listed: list[tuple[str, ...]]
) -> None:
    """The last two are of the last weeks; the first is 13 months old, a year, and a day less."""
    assert often([first, "2026-02-10", "2026-03-10"], date(2026, 3, 10)) == listed


def seen_by(service: CaseService, case: str, who: Any) -> dict[str, Any]:
    facts: dict[str, Any] = service.show(case, who)["facts"]
    return facts


@pytest.mark.rows("S1-17")
@pytest.mark.invariant(14)
def test_who_is_told_to_stop_is_told_by_when_to_answer_and_never_who_reported() -> None:
    """It is the turn of the accused, who is shown the case: all but who reported it."""
    store = MemoryStore()
    service, case = stopped(store, "2026-03-02")
    assert service.show(case)["owners"] == [BUREAU.unit]
    papers = [orjson.loads(row.body) for _, row in store.messages(100) if row.topic == "issue"]
    (paper,) = (each for each in papers if each["object"] == "叫停通知书")
    assert "并于5个工作日内书面报告纠正情况" in paper["text"]
    assert service.show(case)["due"][:16] == "2026-03-09 18:00"  # five working days, as it says
    assert REPORTER not in str(paper)
    assert seen_by(service, case, BUREAU)["证据"] == "通知截图"
    assert "举报人" not in seen_by(service, case, BUREAU)
    assert seen_by(service, case, HOME)["举报人"] == REPORTER


@pytest.mark.rows("S1-09")
@pytest.mark.parametrize("way", ["公务员", "事业编制"])
def test_each_of_the_two_ways_up_that_nobody_went_is_named(way: str) -> None:
    day = date(2022, 1, 4)
    rows = list(Rows(compiled("weihai"), day).register("书记主任考录") or ())
    left = [row for row in rows if row["去向"] != way]
    assert 0 < len(left) < len(rows) == 37
    for given, missing in ((rows, []), (left, [(way,)])):
        (told,) = review(Rows(compiled("weihai"), day, {"书记主任考录": given}), ["两种去向都有"])
        assert [one.subjects for one in told.findings] == missing


@pytest.mark.rows("S1-21")
def test_four_signs_may_hang_at_the_door_and_four_inside() -> None:
    """What the province let stay (鲁社区治理组1号), in the words of communities."""
    (allowed,) = (
        one
        for one in source("national").declarations
        if isinstance(one, nodes.ListDecl) and one.name.text == "可挂牌子"
    )
    where: dict[str, list[str]] = {}
    for entry in allowed.entries:
        where.setdefault(dict(entry.extra)["位置"], []).append(entry.title.zh)
    assert where == {
        "门口": ["社区党组织", "社区居民委员会", "民兵连", "党群服务中心"],
        "室内": ["新时代文明实践站", "综治中心", "集体经济组织", "退役军人服务站"],
    }


@pytest.mark.rows("S1-30")
def test_of_as_many_sheets_as_the_survey_counts_the_share_that_is_content_is_its_score() -> None:
    """96.6 % of 400 people are no whole number of people; 483 of 500 are."""
    rows = Rows(compiled("weihai"), date(2022, 1, 4)).register("满意度调查") or ()
    (survey,) = (row for row in rows if row["年度"] == 2021)
    path = POLICIES / "weihai" / "评分" / "社区服务满意度.csv"
    with path.open(encoding="utf-8-sig") as file:
        marks = [row["得分"] for row in csv.DictReader(file)]
    assert len(marks) == survey["有效样本"]
    assert marks.count("100") * 100 == survey["满意度"] * len(marks)
