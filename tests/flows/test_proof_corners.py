"""Corners of the proofs: where a step begins, what was taken before, who may be whom."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from tests.flows.sets import findings
from tests.runtime.sets import CHART, compiled, due, flow, kit

from zhunru.analysis.timing import longest, shortest
from zhunru.errors import CaseRefused
from zhunru.runtime.kit import CaseKit
from zhunru.vocabulary import Measure

TWO = """| 初审 | 一街道 | 2 个工作日 | 受理 → 会商 | 逾期 → 会商 |
| 会商 | 一街道 | 4 个工作日 | 同意 → 办结 | 逾期 → 办结 |"""


def codes(text: str) -> list[str]:
    return [each.code for each in findings(CHART + text)]


def test_from_an_action_to_the_state_that_it_leads_to_no_time_passes():
    assert codes(flow(TWO, under="  约束 自 受理 至 会商 不超过 1 个工作日\n")) == []
    policy = compiled(flow(TWO))
    assert longest(policy, "事项办理", "受理", ["会商"]).amount == 0
    found = shortest(policy, "事项办理", "受理", ["会商"])
    assert found is not None and found.amount == 0
    assert longest(policy, "事项办理", "受理", ["办结"]).amount == 4


AGAIN = """| 甲 | 一街道 | 2 个工作日 | 收 → 办结 | 逾期 → 办结 |
| 乙 | 一街道 | 3 个工作日 | - | 逾期 → 丙 |
| 丙 | 一街道 | 4 个工作日 | - | 逾期 → 办结 |"""


def test_a_line_of_every_state_that_leads_in_from_outside_is_counted():
    # Taken in 甲 it cannot be taken again in 丙: 2 + 3 + 4 days, and never 16.
    under = "  约束 自 甲 至 办结 不超过 {} 个工作日\n  各环节 除 乙 重来 → 乙 不超过 1 次，满后 → 办结\n"
    assert codes(flow(AGAIN, under=under.format(9))) == []
    assert codes(flow(AGAIN, under=under.format(8))) == ["ZR522"]
    case = kit(AGAIN, under=under.format(9))
    case.open("一街道", "2026-03-02 09:00")
    case.act("重来", "一街道")
    case.skip()
    assert case.state == "丙"
    assert case.act("重来", "一街道").end == "办结"


@pytest.mark.parametrize(
    ("before", "inputs"), [("参数 周数 2 周\n", ""), ("表单 来件\n  周数 数值 1 至 2\n", "(周数)")]
)
def test_a_limit_of_so_many_weeks_from_elsewhere_is_seven_days_each(before: str, inputs: str):
    rows = (
        f"| 甲 | 一街道 | 不限时 | 收{inputs} → 乙 | - |\n"
        "| 乙 | 一街道 | 周数 | 办 → 办结 | 逾期 → 办结 |"
    )
    under = "  约束 自 乙 至 办结 不超过 14 日\n"
    assert codes(flow(rows, before=before, under=under)) == []
    policy = compiled(flow(rows, before=before))
    assert longest(policy, "事项办理", "乙", ["办结"], Measure.DAY).amount == 14


def test_part_of_a_day_from_a_field_is_one_more_day():
    rows = (
        "| 甲 | 一街道 | 不限时 | 收(天数) → 乙 | - |\n"
        "| 乙 | 一街道 | 天数 | 办 → 办结 | 逾期 → 办结 |"
    )
    policy = compiled(flow(rows, before="表单 来件\n  天数 数值 0 至 2.5 小数 1\n"))
    assert longest(policy, "事项办理", "乙", ["办结"], Measure.DAY).amount == 3


# --- who may be the same ------------------------------------------------------------------------

SIGNED = """| 甲 | 区民政局 | 2 个工作日 | 报 → 乙 | 逾期 → 乙 |
| 乙 | 一街道 | 2 个工作日 | 同意 → 丙 | 逾期 → 丙 |
| 丙 | {} | 2 个工作日 | 同意 → 办结 | 逾期 → 办结 |"""
APART = "  约束 {} 与 {} 不得由同一单位承担\n"


def test_an_action_is_worked_on_in_every_state_that_has_it():
    apart = APART.format("甲", "同意")
    assert codes(flow(SIGNED.format("区民政局"), under=apart)) == ["ZR525"]
    assert codes(flow(SIGNED.format("区财政局"), under=apart)) == []


def test_hands_that_an_action_must_not_be_in_are_refused_when_it_is_taken():
    apart = "  约束 报 与 丙 不得由同一人承担\n"
    case = kit(SIGNED.format("区民政局"), under=apart)
    case.open("一街道", "2026-03-02 09:00")
    case.act("报", "区民政局 张三")
    case.act("同意", "一街道 李四")
    with pytest.raises(CaseRefused) as refused:
        case.act("同意", "区民政局 张三")
    assert refused.value.code == "ZR732"
    assert case.act("同意", "区民政局 王五").end == "办结"


def test_a_substitute_for_the_applicant_keeps_only_the_applicant_apart():
    # Whoever opens the case, 区民政局 works on 乙 and on 丙.
    rows = """| 甲 | 一街道 | 2 个工作日 | 报 → 乙 | 逾期 → 乙 |
| 乙 | 区民政局 | 2 个工作日 | 审 → 丙 | 逾期 → 丙 |
| 丙 | 区民政局 回避时 区财政局 | 2 个工作日 | 同意 → 办结 | 逾期 → 办结 |"""
    assert codes(flow(rows, under=APART.format("乙", "丙"))) == ["ZR525"]
    # Of a case that another unit opens 一街道 would work on both; one of its own goes elsewhere.
    own = rows.replace("| 区民政局 回", "| 一街道 回")
    assert codes(flow(own, under=APART.format("甲", "丙"))) == ["ZR525"]
    for opener, owner in (("一社区", "一街道"), ("一街道", "区财政局")):
        case = kit(own)
        case.open(opener, "2026-03-02 09:00")
        case.act("报", "一街道")
        case.act("审", "区民政局")
        assert case.case.visit.owners == (owner,)
    asking = own.replace("| 甲 | 一街道", "| 甲 | 申请单位")
    form = "表单 来件\n  申请单位 单位\n"
    assert codes(flow(asking, before=form, under=APART.format("甲", "丙"))) == []


def test_whoever_stands_in_for_the_applicant_works_too():
    rows = """| 甲 | 区财政局 | 2 个工作日 | 报 → 乙 | 逾期 → 乙 |
| 乙 | 一街道 回避时 区财政局 | 2 个工作日 | 同意 → 办结 | 逾期 → 办结 |"""
    under = APART.format("甲", "乙")
    assert codes(flow(rows, under=under)) == ["ZR525"]
    case = kit(rows)
    case.open("一街道", "2026-03-02 09:00")
    case.act("报", "区财政局")
    assert case.case.visit.owners == ("区财政局",)
    told = TOLD.format("一街道 回避时 区财政局", "同意(举报人)")
    assert codes(flow(told, before=FORM, under=SECRET.replace("来文单位", "区财政局"))) == ["ZR527"]


def test_whom_a_field_leads_to_may_be_the_applicant():
    rows = """| 甲 | 来文单位 | 2 个工作日 | 报 → 乙 | 逾期 → 办结 |
| 乙 | 一街道 回避时 {} | 2 个工作日 | 同意 → 办结 | 逾期 → 办结 |"""
    form, under = "表单 来件\n  来文单位 单位\n  主办 单位\n", APART.format("甲", "乙")
    for stands_in, found in (
        ("街道(来文单位)", ["ZR525"]), ("上级(主办)", ["ZR525"]), ("上级(来文单位)", []), ("区民政局", []),
        ("上级(一街道)", []),
    ):  # fmt: skip
        assert codes(flow(rows.format(stands_in), before=form, under=under)) == found
    case = kit(rows.format("街道(来文单位)"), before=form)
    case.open("一街道", "2026-03-02 09:00", {"来文单位": "二街道"})
    case.act("报", "二街道")
    assert case.case.visit.owners == ("二街道",)


def test_a_field_that_did_not_ask_for_anything_is_not_given_way_to():
    rows = """| 甲 | 一街道 | 2 个工作日 | 报(主办) → 乙 | 逾期 → 办结 |
| 乙 | 主办 | 2 个工作日 | 转 → 丙 | 逾期 → 办结 |
| 丙 | 区民政局 回避时 区财政局 | 2 个工作日 | 同意 → 办结 | 逾期 → 办结 |"""
    form, under = "表单 来件\n  主办 单位\n", APART.format("乙", "丙")
    assert codes(flow(rows, before=form, under=under)) == ["ZR525"]


def test_a_recused_unit_does_not_keep_out_who_stands_above_it():
    rows = """| 甲 | {} | 2 个工作日 | 报 → 乙 | 逾期 → 办结 |
| 乙 | 会议 一街道 回避 来文单位 | 2 个工作日 | 通过 → 办结；未通过 → 办结 | 逾期 → 办结 |"""
    form, under = "表单 来件\n  来文单位 单位\n", APART.format("甲", "乙")
    for above in ("上级(来文单位)", "街道(来文单位)"):
        assert codes(flow(rows.format(above), before=form, under=under)) == ["ZR525"]
    assert codes(flow(rows.format("来文单位"), before=form, under=under)) == []


@pytest.mark.parametrize("by", ["单位", "人"])
def test_whoever_takes_an_action_works_on_its_state(by: str):
    rows = """| 甲 | 一街道 | 2 个工作日 | 报 → 乙；转 → 乙 | 逾期 → 乙 |
| 乙 | 区民政局 | 2 个工作日 | 办 → 办结 | 逾期 → 办结 |"""
    under = APART.replace("单位", by)
    assert codes(flow(rows, under=under.format("报", "甲"))) == ["ZR525"]
    # Of two actions of one visit a case takes one.
    assert codes(flow(rows, under=under.format("报", "转"))) == []


def test_a_table_is_whom_its_cells_name():
    table = FORM + "对照表 承办 取 首行\n  | 来文单位 | → 谁 |\n  | 一社区 | {} |\n  | - | 街道 |\n"
    rows = """| 甲 | 承办(来文单位) | 2 个工作日 | 报(举报人) → 乙 | 逾期 → 办结 |
| 乙 | 区民政局 | 2 个工作日 | 办 → 办结 | 逾期 → 办结 |"""
    apart, secret = APART.format("甲", "乙"), SECRET.replace("来文单位", "一街道")
    for cell, found in (("区财政局", []), ("民政部门、区财政局", ["ZR525"]), ("居民", ["ZR525"])):
        assert codes(flow(rows, before=table.format(cell), under=apart)) == found
    table = table.format("区财政局")
    assert codes(flow(rows, before=table, under=secret)) == ["ZR527"]
    other = table.replace("- | 街道", "- | 区司法局")
    assert codes(flow(rows, before=other, under=secret)) == []


def test_states_that_no_case_comes_to_both_of_are_apart():
    rows = """| 甲 | 一街道 | 2 个工作日 | 报 → 乙；转 → 丙 | 逾期 → {} |
| 乙 | 区民政局 | 2 个工作日 | 办 → {} | 逾期 → 办结 |
| 丙 | 区民政局 | 2 个工作日 | 同意 → 办结 | 逾期 → 办结 |"""
    under = APART.format("乙", "丙")
    assert codes(flow(rows.format("办结", "办结"), under=under)) == []
    assert codes(flow(rows.format("办结", "丙"), under=under)) == ["ZR525"]


def test_what_is_plain_over_states_is_refuted_however_many_counts_there_are():
    # Twenty lines that may each be taken twice: 3^20 nodes.
    names = [f"第{at}步" for at in range(20)]
    rows = "\n".join(
        f"| {name} | 一街道 | 2 个工作日 | 办 → {after}；退回 → 第0步 不超过 2 次 | 逾期 → {after} |"
        for name, after in pairwise((*names, "办结"))
    )
    assert codes(flow(rows, under="  约束 未经 第9步 不得 第19步\n")) == ["ZR521"]
    assert codes(flow(rows, under="  约束 凡 第3步 必有 退回\n")) == ["ZR526"]
    # There are too many to tell of each whether it can end; nothing leads to this state at all.
    lost = "\n| 孤 | 一街道 | 2 个工作日 | 办 → 办结 | 逾期 → 办结 |"
    assert codes(flow(rows + lost)) == ["ZR534", "ZR505"]


# --- what must not reach whom -------------------------------------------------------------------

FORM = "表单 来件\n  来文单位 单位\n  举报人 文本\n"
PAPER = '文书 告知书 "告知"\n  正文 "【举报人】说"\n'
TOLD = """| 甲 | 区民政局 | 2 个工作日 | 报(举报人) → 乙 | 逾期 → 乙 |
| 乙 | {} | 2 个工作日 | {} → 办结 | 逾期 → 办结 |"""
SECRET = "  约束 举报人 不得送达 来文单位\n"


def test_a_paper_after_the_last_time_of_a_line_of_every_state_is_looked_at():
    under = SECRET + "  各环节 停 → 甲 不超过 1 次，满后 → 办结 并 签发 告知书 给 {}\n"
    rows = TOLD.format("区民政局", "同意")
    found = [codes(flow(rows, before=FORM + PAPER, under=under.format(to))) for to in ("来文单位", "一街道")]  # fmt: skip
    assert found == [["ZR527"], []]


@pytest.mark.parametrize(
    ("owner", "actions"),
    [("会办 来文单位、区民政局", "全部 同意(举报人)"), ("来文单位", "同意(举报人)")],
)
def test_whoever_fills_a_secret_in_learns_it(owner: str, actions: str):
    assert codes(flow(TOLD.format(owner, actions), before=FORM, under=SECRET)) == ["ZR527"]
    other = owner.replace("来文单位", "区财政局")
    assert codes(flow(TOLD.format(other, actions), before=FORM, under=SECRET)) == []


def test_a_secret_filled_in_by_a_line_of_every_state_is_learned_too():
    under = SECRET + "  各环节 更正(举报人) → 办结\n"
    rows = TOLD.format("来文单位", "同意")
    assert codes(flow(rows, before=FORM, under=under)) == ["ZR527"]


@pytest.mark.parametrize("barred", ["民政部门", "部门", "区民政局", "甲区"])
def test_a_paper_to_a_unit_reaches_its_role_its_level_and_who_is_above_it(barred: str):
    rows = TOLD.format("一街道", "同意").replace(
        "→ 办结 |", "→ 办结 并 签发 告知书 给 区民政局 |", 1
    )
    rows = rows.replace("| 甲 | 区民政局", "| 甲 | 居民")
    under = SECRET.replace("来文单位", barred)
    assert codes(flow(rows, before=FORM + PAPER, under=under)) == ["ZR527"]
    other = rows.replace("给 区民政局", "给 二街道")
    found = codes(flow(other, before=FORM + PAPER, under=under))
    assert found == (["ZR527"] if barred == "甲区" else [])


@pytest.mark.parametrize("barred", ["街道", "一街道"])
def test_a_paper_to_the_unit_of_a_level_above_another_reaches_that_level(barred: str):
    rows = TOLD.format("区民政局", "同意").replace(
        "→ 办结 |", "→ 办结 并 签发 告知书 给 街道(来文单位) |", 1
    )
    under = SECRET.replace("来文单位", barred)
    assert codes(flow(rows, before=FORM + PAPER, under=under)) == ["ZR527"]


def test_a_secret_goes_on_only_to_a_workflow_that_keeps_it_from_the_same_body():
    child = """流程 分办 "分办" 止于 办毕
  约束 举报人 不得送达 {}
  环节 收 由 一街道 限 2 个工作日
    办 → 办毕
    逾期 → 办毕
"""
    rows = "| 甲 | 一街道 | 2 个工作日 | 报(举报人) → 办结 并 产生 分办 | 逾期 → 办结 |"
    for kept_from, handed_on in (("来文单位", {"举报人": "张三"}), ("区财政局", {})):
        case = kit(rows, before=FORM + child.format(kept_from), under=SECRET)
        case.open("一街道", "2026-03-02 09:00")
        case.act("报", "一街道", 举报人="张三")
        assert case.effects[-1].fields == handed_on


# --- who is named ---------------------------------------------------------------------------------

LED = """| 甲 | 一街道 | 2 个工作日 | 收{} → 乙 | 逾期 → {} |
| 乙 | 主办 | 2 个工作日 | 办 → 办结 | 逾期 → 办结 |"""
ONE = "  约束 每件 恰有 1 个 主办\n"


def led(said: str = ""):
    return f"表单 来件\n  主办 {said or '单位'}\n"


def test_a_lead_that_is_said_to_be_required_is_asked_for_on_opening():
    case = kit(LED.format("", "乙"), before=led("单位 必填"), under=ONE)
    with pytest.raises(CaseRefused) as refused:
        case.open("一街道", "2026-03-02 09:00")  # 逾期 would bring it to 乙 with nobody to do it
    assert refused.value.code == "ZR726" and "主办" in str(refused.value)
    case.open("一街道", "2026-03-02 09:00", {"主办": "区财政局"})
    case.skip()
    assert case.case.visit.owners == ("区财政局",)


def test_nobody_is_not_exactly_one():
    rows = LED.format("(主办)", "办结")
    case = kit(rows, before=led("单位 可无"), under=ONE)
    case.open("一街道", "2026-03-02 09:00")
    with pytest.raises(CaseRefused) as refused:
        case.act("收", "一街道", 主办="无")
    assert refused.value.code == "ZR745"
    assert case.act("收", "一街道", 主办="区财政局").state == "乙"


def test_one_unit_is_never_two():
    two = ONE.replace("1 个", "2 个")
    rows = LED.format("(主办)", "办结")
    assert codes(flow(rows, before=led(), under=two)) == ["ZR306"]
    assert codes(flow(rows.replace("| 主办 |", "| 会办 主办 |").replace("办 →", "全部 办 →"),
                      before=led("单位组"), under=two)) == []  # fmt: skip


@pytest.mark.parametrize("body", ["一街道", "街道", "区财政局"])
def test_a_body_of_the_chart_is_never_two(body):
    rows = LED.format("", "办结").replace("主办", body)
    under = ONE.replace("主办", body)
    assert codes(flow(rows, under=under)) == []
    assert codes(flow(rows, under=under.replace("1 个", "2 个"))) == ["ZR306"]


def test_a_lead_that_another_body_has_to_confirm_is_not_named_by_a_claim():
    rows = LED.format("(主办)", "办结").replace("→ 乙", "→ 中", 1)
    rows += "\n| 中 | 一街道 | 2 个工作日 | 转 → 乙 | 逾期 → 乙 |"
    form = led("单位 由 区民政局 确认")
    assert codes(flow(rows, before=form, under=ONE)) == ["ZR528"]
    case = kit(rows, before=form)
    case.open("一街道", "2026-03-02 09:00")
    assert case.act("收", "一街道", 主办="区财政局").state == "中"
    case.skip()
    assert (case.state, case.case.visit.owners) == ("乙", ())
    own = rows.replace("| 甲 | 一街道", "| 甲 | 区民政局")
    assert codes(flow(own, before=form, under=ONE)) == []


def test_what_a_later_line_of_the_same_result_takes_is_not_asked_of_the_parties():
    joint = "| 甲 | 会办 一街道、区民政局 | 2 个工作日 | {} | 逾期 → 办结 |\n"
    rest = LED.format("", "").splitlines()[1]
    late = joint.format("全部 同意 → 办结；任一 反对 → 办结；过半 同意(主办) → 乙") + rest
    assert "ZR528" in codes(flow(late, before=led(), under=ONE))
    first = joint.format("全部 同意(主办) → 乙；任一 反对 → 办结") + rest
    assert codes(flow(first, before=led(), under=ONE)) == []


def test_who_opens_a_case_of_its_own_field_is_named():
    rows = "| 甲 | 主办 | 2 个工作日 | 办 → 办结 | 逾期 → 办结 |"
    assert codes(flow(rows, before=led(), under=ONE)) == []


# --- time that is missing, stopped or shared ------------------------------------------------------


def test_a_limit_that_hangs_on_a_fact_nobody_gave_is_none():
    rows = """| 甲 | 一街道 | 2 个工作日 | 收(天数) → 乙 | 逾期 → {} |
| 乙 | 一街道 | 天数 | 同意 → 办结 | 逾期 → 办结 |"""
    form = "表单 来件\n  天数 数值 1 至 9 {}\n"
    under = "  约束 自 甲 至 办结 不超过 30 个工作日\n"
    given = {
        (onward, said): codes(flow(rows.format(onward), before=form.format(said), under=under))
        for onward in ("乙", "办结")
        for said in ("", "必填", "可无")
    }
    assert given == {
        ("乙", ""): ["ZR523"],  # 逾期 brings it to 乙 with no number of days
        ("乙", "必填"): [],
        ("乙", "可无"): ["ZR523"],
        ("办结", ""): [],
        ("办结", "必填"): [],
        ("办结", "可无"): ["ZR523"],  # 无 days are no limit
    }
    case = kit(rows.format("乙"), before=form.format(""))
    case.open("一街道", "2026-03-02 09:00")
    case.skip()
    assert (case.state, case.due) == ("乙", None)


def test_days_of_rest_under_a_stop_leave_more_days_of_work():
    # Ten days hold at most nine of work, if the clock does not stop on the days of rest.
    text = """流程 事项办理 "试办" 止于 办结
  约束 自 甲 至 办结 不超过 {} 个工作日
  环节 甲 由 一街道 限 10 日
    办 → 办结
    逾期 → 办结
{}"""
    stop = "    可停表 等候 不超过 3 个工作日\n"
    assert codes(text.format(9, "")) == []
    assert codes(text.format(9, stop)) == ["ZR524"]
    assert codes(text.format(10, stop)) == []
    case = CaseKit(compiled(text.format(10, stop)), "事项办理")
    case.open("一街道", "2026-03-01 09:00")  # a Sunday
    case.act("停表", "一街道", {"理由": "等候"}, "2026-03-06 18:01")
    case.act("恢复", "一街道", at="2026-03-09 08:00")
    assert due(case)[:10] == "2026-03-13"  # ten days later that were all days of work


def test_of_many_states_whose_clocks_may_stop_the_first_is_named():
    text = '流程 事项办理 "试办" 止于 办结\n  约束 自 甲 至 办结 不超过 12 个工作日\n'
    for one, other in pairwise((*"甲乙丙丁戊己", "办结")):
        text += f"  环节 {one} 由 一街道 限 3 日\n    办 → {other}\n    逾期 → {other}\n"
        text += "    可停表 等候 不超过 3 个工作日\n"
    (found,) = findings(CHART + text)
    assert "“甲”可以停表" in found.zh and "stop in `甲`" in found.en


@pytest.mark.parametrize(
    ("again", "exact"), [("", True), (";退 → 环0 不超过 1 次，满后 → 办结", False)]
)
def test_many_limits_that_visits_share_take_no_time_to_go_over(again, exact):
    states = [f"环{at}" for at in range(20)]
    text = "\n".join(
        f"| {one} | 一街道 | 5 个工作日 累计 | 办 → {other} | 逾期 → {other} |"
        for one, other in pairwise((*states, "办结"))
    ).replace("办 → 办结", f"办 → 办结{again}")
    began = time.monotonic()
    found = shortest(compiled(flow(text)), "事项办理", "环0", ["办结"])
    assert found is not None and (found.amount, found.exact) == (0, exact)
    assert time.monotonic() - began < 30


def test_what_earlier_visits_used_up_is_not_waited_for_again():
    rows = """| 起 | 一街道 | 不限时 | 报 → 甲 | - |
| 甲 | 一街道 | 5 个工作日 累计 | - | 逾期 → 乙 |
| 乙 | 一街道 | 1 个工作日 | 退 → 甲 不超过 1 次，满后 → 丙 | 逾期 → 办结 |
| 丙 | 一街道 | 1 个工作日 | 办 → 办结 | 逾期 → 办结 |"""
    found = shortest(compiled(flow(rows)), "事项办理", "起", ["丙"])
    assert found is not None
    assert (found.amount, found.exact) == (5, True)


def test_time_takes_the_first_line_that_is_open_and_no_later_one():
    rows = """| 起 | 一街道 | 不限时 | 报 → 甲 | - |
| 甲 | 一街道 | 3 个工作日 | - | 逾期 → 乙 不超过 1 次；逾期 → 办结 |
| 乙 | 一街道 | 1 个工作日 | 办 → 甲 不超过 2 次 | 逾期 → 办结 |"""
    found = shortest(compiled(flow(rows)), "事项办理", "起", ["办结"])
    assert found is not None
    assert found.amount == 4  # by 乙: the second line of 甲 is closed until the first is used up
    assert codes(flow(rows, under="  约束 凡 甲 必有 乙\n")) == []


def test_a_shared_limit_that_ran_out_on_the_way_is_not_said_to_be_given_again():
    rows = """| 甲 | 一街道 | 3 个工作日 累计 | - | 逾期 → 乙 |
| 乙 | 一街道 | 1 个工作日 | 退 → 甲 不超过 1 次 | 逾期 → 办结 |"""
    # Nobody comes to 乙 before the three days of 甲 are over: 乙, 甲 with nothing left, and 乙.
    under = "  约束 自 乙 至 办结 不超过 {} 个工作日\n"
    assert codes(flow(rows, under=under.format(4))) == ["ZR524"]
    found = shortest(compiled(flow(rows)), "事项办理", "乙", ["甲"])
    assert found is not None and found.amount == 0


@pytest.mark.parametrize("shared", ["", " 累计"])
def test_a_way_that_only_a_hand_at_once_could_go_says_so(shared: str):
    rows = f"""| 甲 | 一街道 | 3 个工作日{shared} | 收 → 办结 | 逾期 → 乙 不超过 1 次，满后 → 挂账 |
| 乙 | 一街道 | 1 个工作日 | 退 → 甲 | 逾期 → 甲 |"""
    (found,) = findings(CHART + flow(rows, under="  约束 凡 乙 必有 挂账\n", ends="办结、挂账"))
    assert found.code == "ZR526"
    assert ("“甲”的时限累计" in found.zh) is bool(shared)
    assert ("limit of `甲` is used up" in found.en) is bool(shared)
    case = kit(rows, ends="办结、挂账")
    case.open("一街道", "2026-03-02 09:00")
    case.skip()
    case.act("退", "一街道", at="2026-03-06 09:00")
    assert due(case) == ("2026-03-06 18:00" if shared else "2026-03-11 18:00")


def test_a_limit_that_hangs_on_a_claim_is_none():
    rows = """| 甲 | {} | 2 个工作日 | 收(天数) → 中 | 逾期 → 办结 |
| 中 | 一街道 | 1 个工作日 | 转 → 乙 | 逾期 → 乙 |
| 乙 | 一街道 | 天数 | 同意 → 办结 | 逾期 → 办结 |"""
    form = "表单 来件\n  天数 数值 1 至 9 由 区民政局 确认\n"
    under = "  约束 自 甲 至 办结 不超过 30 个工作日\n"
    assert codes(flow(rows.format("一街道"), before=form, under=under)) == ["ZR523"]
    assert codes(flow(rows.format("区民政局"), before=form, under=under)) == []
    case = kit(rows.format("一街道"), before=form)
    case.open("一街道", "2026-03-02 09:00")
    case.act("收", "一街道", 天数=3)
    case.skip()
    assert (case.state, case.due) == ("乙", None)


@pytest.mark.parametrize("measure", [Measure.WORKDAY, Measure.DAY])
def test_the_shortest_through_very_many_states_of_many_kinds_is_a_bound(measure: Measure):
    names = [f"环{at}" for at in range(1500)]
    limits = ("2 个工作日", "4 个工作小时", "3 日", "1 个工作日 按 夜间窗口")
    rows = "\n".join(
        f"| {one} | 一街道 | {limits[at % 4]} | - | 逾期 → {other} |"
        for at, (one, other) in enumerate(pairwise((*names, "办结")))
    )
    began = time.process_time()
    found = shortest(compiled(flow(rows, before=LATE)), "事项办理", "环0", ["办结"], measure)
    assert time.process_time() - began < 30
    assert found is not None and not found.exact
    assert found.amount is not None and 0 < found.amount <= 1500 * 3


# --- which days it is -----------------------------------------------------------------------------

TERM = "| 甲 | 一街道 | {} | 办 → 乙 | 逾期 → 乙 |\n| 乙 | 一街道 | {} | 办 → 办结 | 逾期 → 办结 |"


def test_days_are_counted_over_all_published_years_not_over_one():
    # In 2025 seven days hold six days of work at the most; in 2024 and in 2026 all of them are.
    rows = "| 甲 | 一街道 | 7 日 | 办 → 办结 | 逾期 → 办结 |"
    assert codes(flow(rows, under="  约束 自 甲 至 办结 不超过 6 个工作日\n")) == ["ZR522"]
    assert codes(flow(rows, under="  约束 自 甲 至 办结 不超过 7 个工作日\n")) == []
    # Ten days off in 2020: from the midnight before the last day of work to the next close.
    found = longest(
        compiled(flow(rows.replace("7 日", "1 个工作日"))), "事项办理", "甲", ["办结"], Measure.HOUR
    )
    assert found.amount == 24 * 11 + 18


def test_time_under_a_stop_counts_neither_in_the_longest_nor_in_the_shortest():
    for limits in (("5 个工作日 停表", "2 个工作日"), ("5 日 停表", "2 个工作日")):
        policy = compiled(flow(TERM.format(*limits).replace("办 → 乙", "-")))
        shortest_of = shortest(policy, "事项办理", "甲", ["办结"])
        assert shortest_of is not None and shortest_of.amount == 0  # 乙 is left at once
        policy = compiled(
            flow(TERM.format(*limits).replace("办 → 乙", "-").replace("办 → 办结", "-"))
        )
        shortest_of = shortest(policy, "事项办理", "甲", ["办结"])
        assert shortest_of is not None and shortest_of.amount == 2
        assert longest(policy, "事项办理", "甲", ["办结"]).amount == 2


LATE = """日历 夜间窗口
  工作日 8:00 至 22:00
"""


def test_a_day_is_one_day_though_another_calendar_closes_later_in_it():
    # Beside a term of its own kind and beside one of another: two days of work are two.
    for other, most in (("1 个工作日", 3), ("1 小时", 2)):
        rows = TERM.format("2 个工作日 按 夜间窗口", other)
        found = longest(compiled(flow(rows, before=LATE)), "事项办理", "甲", ["办结"])
        assert (found.amount, found.exact) == (most, True)
    assert longest(compiled(flow(rows, before=LATE)), "事项办理", "甲", ["乙"]).amount == 2


NEXT = """日历 次日窗口
  工作日 8:00 至 17:00
  下班后收件 次日
"""


def test_what_a_calendar_receives_on_the_next_day_takes_that_day_too():
    rows = TERM.format("1 个工作日", "1 个工作日 按 次日窗口")
    under = "  约束 自 甲 至 办结 不超过 {} 个工作日\n"
    assert codes(flow(rows, before=NEXT, under=under.format(2))) == ["ZR522"]
    assert codes(flow(rows, before=NEXT, under=under.format(3))) == []
    case = kit(rows, before=NEXT, under=under.format(3))
    case.open("一街道", "2026-03-02 09:00")
    case.skip()  # over on the 3rd at 18:00, and received on the 4th
    assert due(case)[:10] == "2026-03-05"


def test_terms_that_roll_on_are_not_summed_up():
    # Two days of work before a week of holidays are ten natural days, and each alone is one.
    rows = TERM.format("1 个工作日", "1 个工作日 停表").replace("逾期 → 办结", "逾期 → 丙")
    rows += "\n| 丙 | 一街道 | 1 个工作日 | 办 → 办结 | 逾期 → 办结 |"
    found = longest(compiled(flow(rows)), "事项办理", "甲", ["办结"], Measure.NATURALDAY)
    assert found.amount is not None and found.amount >= 10


def test_what_comes_after_the_close_is_received_on_the_next_day_and_takes_a_day_less():
    # The workflow counts from the next day, the state from the same: two days there are one here.
    rows = "| 甲 | 一街道 | 2 个工作日 按 夜间窗口 | - | 逾期 → 办结 |"
    policy = compiled(flow(rows, before=LATE + NEXT, under="  日历 次日窗口\n"))
    found = shortest(policy, "事项办理", "甲", ["办结"])
    assert found is not None and found.amount == 1


def test_what_a_promise_takes_to_be_known_is_asked_for_on_opening():
    rows = """| 甲 | 一街道 | 2 个工作日 | 收{} → 乙 | 逾期 → {} |
| 乙 | 一街道 | 天数 | 同意 → 办结 | 逾期 → 办结 |"""
    form = "表单 来件\n  天数 数值 1 至 9 必填\n"
    under = "  约束 自 甲 至 办结 不超过 30 个工作日\n"
    promised = kit(rows.format("(天数)", "乙"), before=form, under=under)
    with pytest.raises(CaseRefused) as refused:
        promised.open("一街道", "2026-03-02 09:00")  # 逾期 would bring it to 乙 with no number
    assert refused.value.code == "ZR726" and "天数" in str(refused.value)
    promised.open("一街道", "2026-03-02 09:00", {"天数": 3})
    promised.skip()
    assert promised.state == "乙" and promised.due is not None
    # Where 收 always asks for it a case may begin without.
    asked = kit(rows.format("(天数)", "办结"), before=form, under=under)
    asked.open("一街道", "2026-03-02 09:00")
    assert asked.act("收", "一街道", {"天数": 2}).state == "乙"


def test_the_shortest_is_rounded_down_and_the_longest_up():
    policy = compiled(flow("| 甲 | 一街道 | 58 分钟 | - | 逾期 → 办结 |"))
    least = shortest(policy, "事项办理", "甲", ["办结"], Measure.HOUR)
    most = longest(policy, "事项办理", "甲", ["办结"], Measure.HOUR)
    assert least is not None and least.amount is not None and most.amount is not None
    assert least.amount * 60 <= 58 <= most.amount * 60
