"""Sums that the case sets hold to "more than", "not quite" or a budget: right up to the number."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.policies.test_guards import declared
from tests.shipped import compiled, source

from zhunru import open_policy
from zhunru.measures import Rows, review
from zhunru.syntax import nodes

PARTY = {"支部个数": 300}
MEMBERS = {"党员人数": 10_010}
FIRMS = {"接入物业数": 68}

# The set, the check, its register, what stays the same, the column, and what is in and what is out.
SUMS = [
    ("weihai", "便民平台二百项", "便民平台", {}, "服务项目", (201,), (200,)),
    ("weihai", "志愿者四十五万", "威海社区", {}, "注册志愿者", (450_000,), (449_999,)),
    ("jin-an", "编入三千五百多人", "两支队伍", {}, "编入人数", (3501, 3599), (3500, 3600)),
    ("jin-an", "志愿队一百三十余支", "晋安志愿队", {}, "志愿队数", (131, 139), (130, 140)),
    ("hunchun", "薪酬不超预算", "薪酬增支", {}, "年增支", (10_000_000,), (10_000_001,)),
    # “1万余” is read as more than ten thousand and less than twenty.
    (
        "hongqi-community",
        "党支部三百个",
        "红旗党支部",
        PARTY,
        "党员人数",
        (10_001, 19_999),
        (10_000, 20_000),
    ),
    ("hongqi-community", "党支部三百个", "红旗党支部", MEMBERS, "支部个数", (300,), (299, 301)),
    ("hongqi-community", "物业党员数目", "生活圈", FIRMS, "报到党员数", (6001,), (6000, 7000)),
    (
        "hongqi-community",
        "身份码近二十万",
        "身份码",
        {},
        "签发个数",
        (200_000,),
        (200_001, 189_999),
    ),
]


@pytest.mark.rows("S1-10", "S1-33", "S2-05", "S2-27", "S4-18", "S4-30", "S4-33", "S4-34")
@pytest.mark.parametrize(("name", "check", "register", "same", "column", "held", "broken"), SUMS)
def test_a_sum_is_held_right_up_to_its_number_and_not_beyond(
    name: str,
    check: str,
    register: str,
    same: dict[str, int],
    column: str,
    held: tuple[int, ...],
    broken: tuple[int, ...],
) -> None:
    policy = open_policy(name)

    def found(number: int) -> bool:
        row = {key: Decimal(value) for key, value in (same | {column: number}).items()}
        (done,) = review(Rows(policy, date(2023, 12, 4), {register: [row]}), [check])
        assert not any(each.unsure for each in done.findings)
        return bool(done.findings)

    assert [found(number) for number in held] == [False] * len(held)
    assert [found(number) for number in broken] == [True] * len(broken)


# The set, the check, its register, and the rows of which one is taken away (all of them: "").
COUNTS = [
    ("hunchun", "分两批", "社区底数", "批次", 1),
    ("hunchun", "分两批", "社区底数", "批次", 2),
    ("hunchun", "城市二十六乡镇五", "社区底数", "社区类型", "城市社区"),
    ("hunchun", "城市二十六乡镇五", "社区底数", "社区类型", "乡镇社区"),
    ("hunchun", "两委二百七十二人", "社区底数", "批次", 1),
    ("chaoyang", "六个小组", "伙伴小组", "", None),
    ("chaoyang", "协调员五十名", "社区协调员", "", None),
    ("chaoyang", "样本五十个", "样本小区", "", None),
    ("hongqi-community", "兼职委员一百三十九名", "兼职委员", "", None),
    ("hongqi-community", "班子成员二百二十三名", "班子成员", "", None),
    ("hongqi-community", "议事会数目", "居民议事会", "", None),
    ("hongqi-community", "幸福餐厅三十七计划十二投用", "四大场景", "已投用", True),
    ("hongqi-community", "幸福餐厅三十七计划十二投用", "四大场景", "已投用", False),
    ("hongqi-community", "温馨客厅三十七学习厅三十六", "四大场景", "场景", "温馨客厅"),
    ("hongqi-community", "温馨客厅三十七学习厅三十六", "四大场景", "场景", "学习厅"),
]
CASES = date(2021, 12, 31)


def findings(name: str, check: str, register: str, rows: list[dict[str, Any]]) -> int:
    (done,) = review(Rows(compiled(name), CASES, {register: rows}), [check])
    assert not any(each.unsure for each in done.findings)
    return len(done.findings)


def shipped(name: str, register: str) -> list[dict[str, Any]]:
    return [dict(row) for row in Rows(compiled(name), CASES).register(register) or ()]


@pytest.mark.rows("S4-04", "S4-05", "S4-06", "S4-17", "S4-30", "S4-31", "S4-32", "S4-39", "S4-40")
@pytest.mark.parametrize(("name", "check", "register", "column", "kind"), COUNTS)
def test_a_number_of_the_cases_with_one_less_or_one_more_is_noticed(
    name: str, check: str, register: str, column: str, kind: object
) -> None:
    rows = shipped(name, register)
    assert findings(name, check, register, rows) == 0
    at = next(n for n, row in enumerate(rows) if not column or row[column] == kind)
    assert findings(name, check, register, rows[:at] + rows[at + 1 :]) == 1
    assert findings(name, check, register, [*rows, rows[at]]) == 1


@pytest.mark.rows("S4-17")
def test_all_communities_in_one_batch_are_not_two_batches() -> None:
    for batch in (1, 2):
        rows = [{**row, "批次": batch} for row in shipped("hunchun", "社区底数")]
        assert findings("hunchun", "分两批", "社区底数", rows) == 1


@pytest.mark.rows("S4-17")
def test_a_community_left_out_while_another_stands_twice_is_told_with_both_their_names() -> None:
    """Whatever the sums say: they are as before."""
    rows = shipped("hunchun", "社区底数")
    assert len(rows) == 31
    rows[1] = {**rows[1], "社区": rows[0]["社区"]}
    given = Rows(compiled("hunchun"), CASES, {"社区底数": rows})
    (done,) = review(given, ["社区逐个摸底"])
    assert {each.subjects for each in done.findings} == {("珲春城市社区01",), ("珲春城市社区02",)}


@pytest.mark.rows("S4-32")
@pytest.mark.parametrize("by", [-1, 1])
def test_councils_with_one_member_more_or_less_than_884_are_noticed(by: int) -> None:
    rows = shipped("hongqi-community", "居民议事会")
    rows[0]["议事成员数"] += by
    assert findings("hongqi-community", "议事会数目", "居民议事会", rows) == 1


@pytest.mark.rows("S4-40")
def test_one_living_room_that_is_not_open_is_noticed() -> None:
    rows = shipped("hongqi-community", "四大场景")
    one = next(row for row in rows if row["场景"] == "温馨客厅")
    one["已投用"] = False
    assert findings("hongqi-community", "温馨客厅三十七学习厅三十六", "四大场景", rows) == 1


@pytest.mark.rows("S4-40")
def test_the_one_library_of_36_without_a_book_is_named() -> None:
    rows = shipped("hongqi-community", "云图书")
    assert {row["场景点"] for row in rows} == {f"云图书馆{number:02}" for number in range(1, 37)}
    for name in ("云图书馆01", "云图书馆20", "云图书馆36"):
        left = [row for row in rows if row["场景点"] != name]
        given = Rows(compiled("hongqi-community"), CASES, {"云图书": left})
        (done,) = review(given, ["图书都录入"])
        assert [each.subjects for each in done.findings] == [(name,)]


# --- one, one, three, four -----------------------------------------------------------------------


@pytest.mark.rows("S4-29")
def test_the_method_is_one_banner_one_platform_three_services_four_scenes_each_at_work() -> None:
    """What carries each out is declared in the set, or in that of the platform for the services."""
    (listed,) = (
        one
        for one in source("hongqi-community").declarations
        if isinstance(one, nodes.ListDecl) and one.name.text == "一一三四工作法"
    )
    said = [dict(entry.extra) for entry in listed.entries]
    assert Counter(each["组"] for each in said) == {
        "一面红旗": 1, "一个平台": 1, "三全服务": 3, "四大场景": 4,
    }  # fmt: skip
    wanted = [tuple(one.split()) for each in said for one in each["对应做法"].split("、")]
    assert len(wanted) == 14
    assert set(wanted) <= declared("hongqi-community") | declared("hongqi")
