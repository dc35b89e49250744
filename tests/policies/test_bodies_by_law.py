"""Every community of a shipped set finds the bodies that the law has in every county and district.

Whose turn it is by a workflow of an upper set must be somebody here, not a role that nobody has.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.shipped import POLICIES, SETS

from zhunru import open_policy
from zhunru.checker.resolved_flows import Body
from zhunru.runtime.case import Actor
from zhunru.runtime.scene import Scene
from zhunru.runtime.setting import Setting
from zhunru.worktime import BEIJING
from zhunru.worktime.instants import stamp

WHEN = stamp(datetime(2026, 3, 2, 9, tzinfo=BEIJING))
LAWFUL = (
    "人民法院", "人民法院院长", "公安机关", "党委政法委", "纪检监察机关", "组织部门", "民政部门",
    "财政部门", "政府督查机构", "社区调委会",
)  # fmt: skip
EXAMPLE = {"national", "services", "hubei", "xianning"}  # of no place of their own, or no case
WINDOWS = {"hunchun-transfer", "putian-window"}  # one office's own business


def lacking(name: str) -> set[str]:
    policy = open_policy(POLICIES / name)
    setting = Setting(policy, "矛盾纠纷调处")
    chart = policy.model.chart
    found = set()
    for home in chart.known(datetime(2026, 3, 2).date()):
        if chart.units[home].level != "社区" or "示例区" in chart.above(home):
            continue
        scene = Scene(setting, {"目标社区": home}, Actor(unit=home), WHEN)
        for role in LAWFUL:
            body = scene.bearer(Body(kind="role", name=role))
            # The committee is the community's own; the rest may be of the district or the city.
            near = role != "社区调委会" or body.units == (f"{home}调委会",)
            if body.unheld or not near:
                found.add(f"{role} {home}")
    return found


@pytest.mark.parametrize("name", sorted({*SETS} - EXAMPLE - WINDOWS))
def test_bodies_that_the_law_has_everywhere_are_found_from_every_community(name: str) -> None:
    assert lacking(name) == set()


def test_the_meeting_that_admits_work_is_held_by_an_office_in_weihai() -> None:
    policy = open_policy(POLICIES / "weihai")
    scene = Scene(
        Setting(policy, "社区工作准入"), {"目标社区": "幸福社区"}, Actor(unit="区民政局"), WHEN
    )
    assert scene.bearer(Body(kind="role", name="社区治理联席会议")).units == ("区联席会议办公室",)
