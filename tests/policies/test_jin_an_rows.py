"""Rows of Jin'an that stand on registers and lists: each entry is asked, each gap is told."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from tests.shipped import compiled, source

from zhunru import Request, decide
from zhunru.decision import Decision
from zhunru.measures import Rows, missed, review
from zhunru.syntax import nodes

THEN = date(2023, 12, 4)
VILLAGE, COMMUNITY = "鼓山示例村", "晋安社区02"
COMMUNITIES = [f"晋安社区{number:02}" for number in range(1, 95)]


def told(check: str) -> list[str]:
    """Return of whom a check has a finding on the day of the report."""
    (done,) = review(Rows(compiled("jin-an"), THEN), [check])
    return [name for each in done.findings for name in each.subjects]


@pytest.mark.rows("S2-01")
def test_every_community_without_a_wide_party_committee_on_record_is_named() -> None:
    assert told("社区都建大党委") == COMMUNITIES[3:]


@pytest.mark.rows("S2-08")
def test_every_community_that_has_not_met_for_three_months_is_named() -> None:
    assert told("季度开会") == COMMUNITIES[1:]


@pytest.mark.rows("S2-08")
def test_a_quarter_without_a_meeting_is_missed_whatever_was_held_before_and_after() -> None:
    """The third quarter is the last that is over: one met in August, one in June and one later."""
    (done,) = missed(Rows(compiled("jin-an"), THEN), ["网格党建联席季会"])
    own = [name for each in done.findings for name in each.subjects if name.startswith("晋安")]
    assert own == [name for name in COMMUNITIES if name != "晋安社区03"]


def entries(name: str) -> dict[str, str]:
    (found,) = (
        one
        for one in source("jin-an").declarations
        if isinstance(one, nodes.ListDecl) and one.name.text == name
    )
    return {one.code: one.title.zh for one in found.entries}


# The law of villages was mended with effect from 2026: each list is asked of on a day of its own.
BEFORE, SINCE = date(2025, 12, 1), date(2026, 8, 3)


def asked(
    sender: str, target: str, code: str, role: str, paid: bool, day: date = date(2026, 3, 2)
) -> Decision:
    facts: dict[str, Any] = {
        "来文单位": sender, "目标社区": target, "事项": code, "类别": "行政任务",
        "承担方式": role, "经费到位": paid, "拟进入日期": day,
    }  # fmt: skip
    registers = {"应急响应": False, "准入登记": False}
    return decide(compiled("jin-an"), Request(facts=facts, received=day, registers=registers))


@pytest.mark.rows("S2-20")
@pytest.mark.parametrize(
    ("name", "number", "day"),
    [
        ("村级权力事项", 9, BEFORE),
        ("村级权力事项新法", 6, SINCE),
        ("村级自治事项", 6, BEFORE),
        ("村级自治事项新法", 5, SINCE),
    ],
)
def test_what_is_the_village_s_own_is_its_own_and_no_community_s(
    name: str, number: int, day: date
) -> None:
    codes = entries(name)
    assert len(codes) == number
    for code in codes:
        own = asked("鼓山镇", VILLAGE, code, "主责", False, day)
        other = asked("鼓山镇", COMMUNITY, code, "主责", False, day)
        assert (own.outcome.value, other.outcome.value) == ("admit", "refuse"), code
        assert "村民委员会" in str(other.route), code


@pytest.mark.rows("S2-20")
@pytest.mark.parametrize(
    ("name", "number", "day"), [("村级协助事项", 9, BEFORE), ("村级协助事项新法", 12, SINCE)]
)
def test_a_village_assists_in_what_is_listed_once_the_money_is_there_and_leads_none(
    name: str, number: int, day: date
) -> None:
    """One of the entries since 2026 has ended in June: the law of relief stands in its place."""
    found: Counter[tuple[str, str, str]] = Counter()
    for code in sorted(set(entries(name)) - {"CX-11"}):
        for sender, role, paid in (
            ("鼓山镇", "协助", True), ("鼓山镇", "协助", False), ("鼓山镇", "主责", True),
            ("晋安区", "协助", True), ("晋安区直单位01", "协助", True),
        ):  # fmt: skip
            answer = asked(sender, VILLAGE, code, role, paid, day)
            found[
                f"{sender} {role} {paid}", answer.outcome.value, answer.code.partition("/")[0]
            ] += 1
    assert found == {
        ("鼓山镇 协助 True", "admit", name): number,
        ("鼓山镇 协助 False", "defer", "经费未到"): number,
        ("鼓山镇 主责 True", "refuse", "主责错位"): number,
        ("晋安区 协助 True", "admit", name): number,
        ("晋安区直单位01 协助 True", "refuse", "主体不符"): number,
    }


@pytest.mark.rows("S2-06")
def test_the_three_posts_that_the_source_names_are_listed_and_each_is_somebody_s() -> None:
    named = ["网格党建指导", "物业服务监督", "纾难帮困奉献"]
    rows = Rows(compiled("jin-an"), date(2023, 12, 4))
    assert [row["网格岗位"] for row in rows.register("网格岗位") or ()] == named
    talents = {row["特长"] for row in rows.register("小区能人") or ()}
    posts = {
        str(compiled("jin-an").evaluate_table("岗位派人", {"特长": each}, rows.day)["岗位"])
        for each in talents
    }
    assert posts == {*named, "待定岗位"}


@pytest.mark.rows("S2-14")
def test_an_estate_more_or_less_or_twice_among_the_73_is_noticed() -> None:
    rows = [dict(row) for row in Rows(compiled("jin-an"), THEN).register("老旧改造") or ()]
    twice = [*rows[1:], rows[-1]]

    def found(check: str, given: list[dict[str, Any]]) -> bool:
        (done,) = review(Rows(compiled("jin-an"), THEN, {"老旧改造": given}), [check])
        return bool(done.findings)

    assert len(rows) == 73
    for given, count, repeated in (
        (rows, False, False), (rows[1:], True, False), ([*rows, rows[0]], True, True),
        (twice, False, True),
    ):  # fmt: skip
        assert found("改造七十三个", given) is count
        assert found("改造小区不重", given) is repeated
