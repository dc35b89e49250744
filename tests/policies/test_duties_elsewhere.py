"""Duties and matchings of the sets after the Fujian and Jilin reports, and of Chaoyang."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.test_duties import duties

from zhunru import open_policy
from zhunru.measures import Matched, Rows, match

PUTIAN = [
    ("志愿年计划", 3, "2026-12-31", "没有年计划"),
    ("志愿月主题", 3, "2026-03-31", "没有月主题"),
    ("志愿周活动", 3, "2026-03-08", "没有周活动"),
    ("治安巡逻", 3, "2026-03-08", "未巡逻"),
    ("邻里守望", 3, "2026-03-31", "未守望"),
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


@pytest.mark.rows("S3-48")
def test_volunteers_go_to_who_asked_first_as_long_as_they_have_hours() -> None:
    found = matched("putian", "志愿供需对接", date(2020, 12, 31))
    assert [(pair.need, pair.resource) for pair in found.pairs] == [
        ("一社区义诊", "健康卫生队"),
        ("李家老人陪护", "尊老爱幼队"),
    ]
    # One hour was left, and 李家 asked a day before 张家.
    assert [each.need for each in found.unmet] == ["张家老人陪护", "河岸清理"]
