"""Figures of a meeting, as somebody may write them down."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.runtime.sets import kit
from tests.runtime.test_together import meeting, refusal

from zhunru.errors import CaseRefused
from zhunru.runtime.case import Actor


@pytest.mark.parametrize(
    "present", [-1, 10, Decimal("5.5"), 5.5, True, {"第一局": True}, "-1", "5.5"]
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


def test_who_is_exactly_as_many_as_the_percentage_is_enough() -> None:
    for favour, end in ((3, "办结"), (2, "不办")):
        case = meeting(recused="", owner="会议 联席会议{} 到会 过半数 赞成 到会 60%")
        found = case.act("会议", "第一局", {"到会": 5, "赞成": favour, "理由": "票数"})
        assert found.end == end


def residents(**figures: object):
    """A meeting of residents, who stand on no chart."""
    rows = (
        "| 受理 | 一社区 | 不限时 | 受理 → 会商 | - |\n"
        "| 会商 | 会议 居民会议 到会 过半数 赞成 到会过半数 | 4 个工作日 "
        "| 通过 → 办结;未通过 → 不办 | 逾期 → 不办 |"
    )
    case = kit(rows, before="角色 居民会议\n", ends="办结、不办")
    case.open("一社区", "2026-03-02 09:00")
    case.act("受理", "一社区")
    case.act("会议", Actor(unit="一社区", roles=("居民会议",)), figures)
    return case


@pytest.mark.parametrize("unit", ["人", " 人", "名", "户", "位", "票", " persons"])
def test_a_number_with_its_unit_behind_it_is_a_number_and_no_name(unit: str) -> None:
    case = residents(应到=f"20{unit}", 到会=f"12{unit}", 赞成=f"8{unit}")
    said = case.events[-1].data
    assert (said["base"], said["present"], said["favour"], case.case.end) == (20, 12, 8, "办结")
    assert residents(应到=20, 到会="9人", 赞成="9人").events[-1].data["result"] == "人数不足"


def test_a_number_in_chinese_numerals_is_a_number_and_no_name() -> None:
    said = residents(应到="二十户", 到会="十二", 赞成="八票").events[-1].data
    assert (said["base"], said["present"], said["favour"]) == (20, 12, 8)


@pytest.mark.parametrize("present", ["-1", "5.5", "-3 人"])
def test_what_is_no_number_of_people_is_no_name_of_somebody_either(present: str) -> None:
    with pytest.raises(CaseRefused) as refused:
        residents(应到=20, 到会=present, 赞成=present)
    assert refused.value.code == "ZR737"


def test_households_that_are_listed_by_their_doors_are_names() -> None:
    case = residents(应到=5, 到会="101室、102室、201室", 赞成="101室、201室")
    said = case.events[-1].data
    assert (said["present"], said["favour"], case.case.end) == (3, 2, "办结")


@pytest.mark.parametrize("mark", ["、", ",", "，", ";", "；", "\n", "\r\n"])
def test_names_are_told_apart_by_whatever_mark_people_put_between_them(mark: str) -> None:
    case = residents(应到=5, 到会=mark.join("甲乙丙"), 赞成=mark.join("甲乙") + mark)
    said = case.events[-1].data
    assert (said["present"], said["favour"], case.case.end) == (3, 2, "办结")
