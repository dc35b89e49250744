"""Duties and matchings of the sets after the Fujian and Jilin reports, and of Chaoyang."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.test_duties import duties

from zhunru import Outcome, Request, decide, open_policy
from zhunru.measures import Matched, Rows, match

PUTIAN = [
    ("志愿年计划", 3, "2026-12-31", "没有年计划"),
    ("志愿月主题", 3, "2026-02-28", "没有月主题"),
    ("志愿周活动", 3, "2026-02-08", "没有周活动"),
    ("治安巡逻", 3, "2026-02-08", "未巡逻"),
    ("邻里守望", 3, "2026-02-28", "未守望"),
]


def missed(duty: str, name: str, units: int, due: str, mark: str) -> None:
    """Hold a duty that nobody did to when it was due, and to what is on record of it."""
    assert duties(name, "2027-01-04")[duty] == [(due, "未完成", (mark,))] * units


@pytest.mark.rows("S3-47", "S3-54")
@pytest.mark.parametrize(("duty", "units", "due", "mark"), PUTIAN)
def test_a_duty_of_putian_comes_due_for_each_unit_and_is_missed_on_record(
    duty: str, units: int, due: str, mark: str
) -> None:
    missed(duty, "putian", units, due, mark)


def matched(name: str, called: str, day: date) -> Matched:
    policy = open_policy(name)
    return match(Rows(policy, day, {}), called)


@pytest.mark.rows("S3-46", "S3-48")
def test_volunteers_go_to_who_asked_first_as_long_as_they_have_hours() -> None:
    found = matched("putian", "志愿供需对接", date(2020, 12, 31))
    assert [(pair.need, pair.resource) for pair in found.pairs] == [
        ("一社区义诊", "健康卫生队"),
        ("李家老人陪护", "尊老爱幼队"),
    ]
    # One hour was left, and 李家 asked a day before 张家.
    assert [each.need for each in found.unmet] == ["张家老人陪护", "河岸清理"]


JIN_AN = [
    ("微清单梳理", 94, "2026-03-31", "没有梳理清单"),
    ("网格党建联席季会", 94, "2026-03-31", "本季没有开会"),
    ("下沉服务日", 68, "2026-02-28", "没有下沉服务"),
    ("党员回家服务日", 94, "2026-02-28", "没有回家服务"),
    ("网格服务之星评选", 3, "2026-03-31", "没有评选"),
]


@pytest.mark.rows("S2-07", "S2-08", "S2-16", "S2-28")
@pytest.mark.parametrize(("duty", "units", "due", "mark"), JIN_AN)
def test_a_duty_of_jin_an_comes_due_for_each_unit_and_is_missed_on_record(
    duty: str, units: int, due: str, mark: str
) -> None:
    missed(duty, "jin-an", units, due, mark)


@pytest.mark.rows("S2-07")
def test_needs_of_jin_an_become_projects_the_urgent_first_and_the_rest_go_to_the_meeting() -> None:
    found = matched("jin-an", "需求资源对接", date(2023, 12, 4))
    assert [(pair.need, pair.resource) for pair in found.pairs] == [
        ("孤寡老人送餐", "养老助餐点"),
        ("夜间停车", "单位车位错时开放"),
    ]
    assert {each.need for each in found.unmet} == {"三号楼陪护", "周末托管"}
    assert (found.makes, found.unmatched) == ("项目清单", "网格党建联席会议")


@pytest.mark.rows("S4-23")
def test_what_visits_bring_up_meets_what_the_same_community_has_of_that_kind() -> None:
    found = matched("siming", "供需精准对接", date(2021, 12, 31))
    assert [(pair.need, pair.resource) for pair in found.pairs] == [
        ("孩子放学看护", "四点半课堂"),
        ("水管维修", "百事帮维修"),
    ]
    # One place was left and the urgent went first; a room of the other community is none of theirs.
    assert {each.need for each in found.unmet} == {"老人午间陪护", "合唱排练场地"}
    assert (found.makes, found.unmatched) == ("供需对接单", "街道")


@pytest.mark.rows("S2-19")
def test_each_of_the_169_matters_sent_down_waits_for_its_money() -> None:
    policy = open_policy("jin-an")
    codes = [f"XC-{number:03}" for number in range(1, 170)]

    def outcome(number: int, code: str, money: bool) -> Outcome:
        sender = f"晋安区直单位{number % 68 + 1:02}"
        facts = {"来文单位": sender, "目标社区": "晋安社区01", "事项": code, "类别": "行政任务",
                 "承担方式": "协助", "拟进入日期": date(2026, 3, 2), "经费到位": money}  # fmt: skip
        registers = {"应急响应": False, "准入登记": False}
        request = Request(facts=facts, received=date(2026, 3, 2), registers=registers)
        return decide(policy, request).outcome

    assert {outcome(n, code, True) for n, code in enumerate(codes)} == {Outcome.ADMIT}
    assert {outcome(n, code, False) for n, code in enumerate(codes)} == {Outcome.DEFER}


CASES = [
    ("chaoyang", "伙伴培训交流", 2, "2026-06-30", "未培训交流"),
    ("chaoyang", "样本社区跟踪", 1, "2026-03-31", "未跟踪"),
    ("siming", "千户访", 5, "2026-03-31", "未走访"),
]


@pytest.mark.rows("S4-09", "S4-10", "S4-23")
@pytest.mark.parametrize(("name", "duty", "units", "due", "mark"), CASES)
def test_a_duty_of_the_cases_comes_due_for_each_unit_and_is_missed_on_record(
    name: str, duty: str, units: int, due: str, mark: str
) -> None:
    missed(duty, name, units, due, mark)


@pytest.mark.rows("S4-27", "S4-35", "S4-37", "S4-38")
def test_somebody_is_on_duty_each_day_and_every_quarter_has_its_visits() -> None:
    assert {day for day, _, _ in duties("siming", "2026-02-10")["党员值守"]} >= {"2026-02-02"}
    assert {day for day, _, _ in duties("hongqi", "2026-02-10")["接待值班"]} >= {"2026-02-02"}
    visits = duties("hongqi", "2027-01-04")["全覆盖走访"]
    assert [(day, state) for day, state, _ in visits] == [("2026-03-31", "未完成")] * 3
