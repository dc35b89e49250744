"""Where a refused or deferred matter goes: 改由, 退回, whose it is."""

from __future__ import annotations

import pytest
from tests.engine.conftest import Asker, steps

from zhunru.vocabulary import Outcome

REFUSE, DEFER = Outcome.REFUSE, Outcome.DEFER


@pytest.mark.parametrize(
    ("written", "to"),
    [
        ("退回 来文单位", "区卫健局"),
        ("退回 目标社区", "森工"),
        ("退回 街道办", "街道办"),
        ("退回 退件去处(类别)", "街道办"),
        ("改由 来文单位", "区卫健局"),
    ],
)
def test_a_clause_sends_back_to_whom_its_line_comes_to(written: str, to: str) -> None:
    text = (
        "对照表 退件去处 取 唯一一行\n  | 类别 | → 去处 |\n  | 检查考核 | 街道办 |\n"
        f'规则 先退 依据 条例 第四条\n  当 类别 为 检查考核\n  {written}\n  拒绝 "退回"\n'
    )
    found = Asker(text + steps("先退"))(类别="检查考核", 来文单位="区卫健局", used={})
    assert (found.outcome, found.route.to) == (REFUSE, (to,))


def test_an_entry_of_duties_may_be_sent_back_to_who_asked_and_stays_its_body_s() -> None:
    text = (
        "清单 街道职责 类型 职责 主体 街道\n  依据 条例 第四条\n  退回 来文单位\n"
        '  条目 JD-1 "调解物业纠纷"\n'
    )
    found = Asker(text + steps("街道职责"))(事项="调解物业纠纷", 来文单位="区卫健局", used={})
    assert (found.outcome, found.route.to) == (REFUSE, ("区卫健局",))
    assert found.reasons[0].zh == "“调解物业纠纷”属于街道的职责"


def test_a_way_back_that_is_not_known_leaves_the_body_whose_it_is() -> None:
    text = (
        "清单 街道职责 类型 职责 主体 街道\n  依据 条例 第四条\n  退回 来文单位\n"
        '  条目 JD-1 "调解物业纠纷"\n'
    )
    found = Asker(text + steps("街道职责"))(事项="调解物业纠纷", 来文单位=..., used={})
    assert (found.outcome, found.route.to) == (REFUSE, ("街道",))


@pytest.mark.parametrize(
    ("given", "outcome", "to"),
    [
        # Who may send it.
        ({"来文单位": "区卫健局"}, REFUSE, ("区民政局",)),
        # Who leads it does it itself.
        ({"承担方式": "主责"}, REFUSE, ("区民政局",)),
        # What waits for the next window, or for the money, goes to nobody else.
        ({"used": {"协助事项/XZ-01.每年": 4}}, REFUSE, ()),
        ({"经费到位": False}, DEFER, ()),
        ({"经费到位": False, "used": {"协助事项/XZ-01.每年": 4}}, REFUSE, ()),
        # Not only for its number.
        ({"来文单位": "区卫健局", "used": {"协助事项/XZ-01.每年": 4}}, REFUSE, ("区民政局",)),
    ],
)
def test_assistance_that_is_refused_goes_to_who_leads_it_never_to_the_community(
    ask_assist: Asker, given: dict, outcome: Outcome, to: tuple[str, ...]
) -> None:
    found = ask_assist(**given)
    assert found.outcome is outcome
    assert (found.route.to if found.route else ()) == to


def test_a_duty_is_owed_by_the_body_in_the_field_that_it_names() -> None:
    text = (
        '清单 准办 "准办" 类型 准入\n  依据 条例 第四条\n'
        "  义务 补办 由 来文单位 限 5 个工作日\n  义务 报备 由 街道 限 5 个工作日\n"
        "  | 编号 | 事项 |\n  | 1 | 走访 |\n"
    )
    found = Asker(text + steps("准办"))(事项="走访", used={})
    assert [(duty.name, duty.by) for duty in found.obligations] == [
        ("补办", "区民政局"),
        ("报备", "街道"),
    ]
    unknown = Asker(text + steps("准办"))(事项="走访", 来文单位=..., used={})
    assert [duty.by for duty in unknown.obligations] == ["来文单位", "街道"]


def test_a_rule_that_refuses_before_the_default_may_leave_its_way_out_open() -> None:
    default = '默认 拒绝 "未列入清单" 代码 未准入 退回 来文单位 可申请 社区工作准入'
    rule = '规则 叫停 依据 条例 第四条\n  当 类别 为 行政任务\n  改由 来文单位\n{}  拒绝 "叫停"\n'
    without = Asker(rule.format("") + steps("叫停", default=default))(used={})
    assert (without.route.to, without.route.apply) == (("区民政局",), "")
    found = Asker(rule.format("  流程 社区工作准入\n") + steps("叫停", default=default))(used={})
    assert (found.route.to, found.route.apply) == (("区民政局",), "社区工作准入")
    assert found.route.workflow == ""
    other = Asker(rule.format("  流程 叫停程序\n") + steps("叫停", default=default))(used={})
    assert (other.route.apply, other.route.workflow) == ("", "叫停程序")


@pytest.mark.parametrize(
    ("first", "second", "to"),
    [("街道办", "街道办", "街道办"), ("街道办", "区卫健局", "区民政局")],
)
def test_where_clauses_that_may_refuse_name_one_body_it_is_said(
    first: str, second: str, to: str
) -> None:
    text = (
        f'规则 甲 依据 条例 第四条\n  当 类别 为 检查考核\n  改由 {first}\n  拒绝 "甲"\n'
        f'规则 乙 依据 条例 第四条\n  当 类别 不为 检查考核\n  改由 {second}\n  拒绝 "乙"\n'
    )
    found = Asker(text + steps("甲", "乙"))(类别=..., used={})
    assert (found.outcome, [reason.certain for reason in found.reasons]) == (REFUSE, [False] * 2)
    assert found.route.to == (to,)


def test_what_may_be_applied_for_is_not_said_where_only_rules_may_refuse() -> None:
    default = '默认 拒绝 "未列入清单" 代码 未准入 退回 来文单位 可申请 社区工作准入'
    rule = '规则 {0} 依据 条例 第四条\n  当 类别 {1} 检查考核\n  拒绝 "{0}"\n'
    both = rule.format("甲", "为") + rule.format("乙", "不为")
    ruled = Asker(both + steps("甲", "乙", default=default))(类别=..., used={})
    assert (ruled.outcome, ruled.route.apply) == (REFUSE, "")
    plain = Asker(rule.format("甲", "为") + steps("甲", default=default))(类别="行政任务", used={})
    assert (plain.outcome, plain.route.apply) == (REFUSE, "社区工作准入")
