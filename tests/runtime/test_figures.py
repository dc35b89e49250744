"""Figures of a meeting, as somebody may write them down."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.runtime.test_together import meeting, refusal


@pytest.mark.parametrize(
    "present", [-1, 10, Decimal("5.5"), 5.5, True, {"第一局": True}, "-1", "九", "5.5"]
)
def test_figures_that_are_none_are_refused(present: object) -> None:
    case = meeting(recused="")
    assert refusal(case, "会议", "第一局", 到会=present, 赞成=3).code == "ZR737"
    assert refusal(case, "会议", "第一局", 到会=9, 赞成=present).code == "ZR737"


def test_whoever_sits_in_is_not_counted_and_does_not_vote() -> None:
    case = meeting(recused="")
    members = [f"第{n}局" for n in "一二三四五"]
    refused = refusal(case, "会议", "第一局", 到会=[*members, "区财政局"], 赞成=["区财政局"])
    assert (refused.code, "区财政局不在应到之列" in refused.diagnostic.zh) == ("ZR737", True)
    case.act("会议", "第一局", {"到会": [*members, "区财政局"], "赞成": members[:3]})
    said = case.events[-1].data
    assert (said["present"], said["favour"], case.state) == (5, 3, "办结")


def test_where_nobody_is_left_nothing_is_passed() -> None:
    case = meeting(recused="")
    case.act("会议", "第一局", {"到会": 0, "赞成": 0})
    assert (case.state, case.events[-1].data["result"]) == ("会商", "人数不足")
    everybody = "、".join(f"第{n}局" for n in "一二三四五六七八九")
    case.act("会议", "第一局", {"到会": 0, "赞成": 0, "回避": everybody})
    assert case.events[-1].data["base"] == 0
    assert case.events[-1].data["result"] == "人数不足"


@pytest.mark.parametrize(("favour", "end"), [(5, "不办"), (6, "办结"), (9, "办结")])
def test_a_share_that_is_a_percentage_is_reached_or_not(favour: int, end: str) -> None:
    case = meeting(recused="", owner="会议 联席会议{} 到会 过半数 赞成 60%")
    found = case.act("会议", "第一局", {"到会": 9, "赞成": favour, "理由": "票数"})
    assert found.end == end
