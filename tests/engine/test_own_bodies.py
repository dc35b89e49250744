"""A 职责 entry admits for its own body alone: not for what stands below it, nor above."""

from __future__ import annotations

import pytest
from tests.engine.conftest import HEAD, Asker, steps

from zhunru.vocabulary import Outcome

# 街道办 holds a role of its own; 窗口单位 is one body in every 街道.
CHART = HEAD.replace(
    "| 街道办   | 街道 | 江源区 | -              |",
    "| 街道办   | 街道 | 江源区 | 综合执法机构   |",
).replace("角色 应急指挥部成员\n", "角色 应急指挥部成员\n角色 窗口单位 每个 街道 1 个\n")
UNITS = ("街道办", "森工", "江源区", "区民政局", "救助站")


@pytest.mark.parametrize(
    ("owner", "own"),
    [
        ("街道办", {"街道办"}),  # a unit
        ("区民政局", {"区民政局"}),  # a unit above another department
        ("江源区", {"江源区"}),  # a unit above all others
        ("街道", {"街道办"}),  # a level
        ("部门", {"区民政局", "救助站"}),  # a level with units one above the other
        ("综合执法机构", {"街道办"}),  # a role
        ("窗口单位", {"街道办"}),  # a role 每个 街道
        ("社区居委会", {"森工"}),  # a role 每个 社区, and held
    ],
)
def test_a_duty_is_admitted_for_its_own_body_and_for_no_other(owner: str, own: set[str]) -> None:
    text = f'清单 职责 类型 职责 主体 {owner}\n  依据 条例 第四条\n  条目 ZZ-1 "调解纠纷"\n'
    ask = Asker(text + steps("职责"), CHART)
    for unit in UNITS:
        found = ask(事项="调解纠纷", 目标社区=unit, used={})
        assert (found.outcome is Outcome.ADMIT) == (unit in own), unit
        if unit not in own:
            assert found.outcome is Outcome.REFUSE
            assert found.route.to == (owner,)


def test_the_body_of_an_entry_stands_before_that_of_its_list() -> None:
    text = (
        "清单 职责 类型 职责 主体 街道办\n  依据 条例 第四条\n"
        "  | 编号 | 事项     | 主体 |\n  | 甲 | 调解纠纷 | 社区居委会 |\n  | 乙 | 核发低保 | - |\n"
    )
    ask = Asker(text + steps("职责"), CHART)
    assert ask(事项="调解纠纷", 目标社区="森工", used={}).outcome is Outcome.ADMIT
    assert ask(事项="调解纠纷", 目标社区="街道办", used={}).outcome is Outcome.REFUSE
    assert ask(事项="核发低保", 目标社区="森工", used={}).outcome is Outcome.REFUSE
    assert ask(事项="核发低保", 目标社区="街道办", used={}).outcome is Outcome.ADMIT


@pytest.mark.parametrize(
    ("test", "met"),
    [
        ("来文单位 属于 窗口单位", {"街道办", "森工"}),  # in or below such a body
        ("来文单位 为 窗口单位", {"街道办"}),
        ("来文单位 属于 综合执法机构", {"街道办", "森工"}),
    ],
)
def test_a_condition_on_a_role_of_every_unit_of_a_level_means_these_units(
    test: str, met: set[str]
) -> None:
    ask = Asker(
        f'规则 禁令\n  依据 条例 第四条\n  当 {test}\n  拒绝 "不行"\n' + steps("禁令"), CHART
    )
    for unit in UNITS:
        assert (ask(来文单位=unit, used={}).code == "禁令") == (unit in met), unit
