"""Sums that the case sets hold to "more than", "not quite" or a budget: right up to the number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from zhunru import open_policy
from zhunru.measures import Rows, review

PARTY = {"支部个数": 300}
FIRMS = {"接入物业数": 68}

# The set, the check, its register, what stays the same, the column, and what is in and what is out.
SUMS = [
    ("weihai", "便民平台二百项", "便民平台", {}, "服务项目", (201,), (200,)),
    ("weihai", "志愿者四十五万", "威海社区", {}, "注册志愿者", (450_000,), (449_999,)),
    ("jin-an", "编入三千五百多人", "两支队伍", {}, "编入人数", (3501, 3599), (3500, 3600)),
    ("jin-an", "志愿队一百三十余支", "晋安志愿队", {}, "志愿队数", (131, 139), (130, 140)),
    ("hunchun", "薪酬不超预算", "薪酬增支", {}, "年增支", (10_000_000,), (10_000_001,)),
    ("hongqi-community", "党支部三百个", "红旗党支部", PARTY, "党员人数", (10_001,), (10_000,)),
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
