"""The sentences in italics of the language notes, each a test (D1 to D27)."""

from __future__ import annotations

from datetime import date

import pytest
from tests.engine.conftest import ASSIST, HEAD, Asker, steps

from zhunru.errors import RequestRejected
from zhunru.vocabulary import Outcome

ADMIT, REFUSE, DEFER, INCOMPLETE = (
    Outcome.ADMIT,
    Outcome.REFUSE,
    Outcome.DEFER,
    Outcome.INCOMPLETE,
)

BANS = """规则 减负禁令
  | 名称         | 当                                          | 结论 | 告知内容         |
  | 考核不得延伸 | 类别 为 检查考核 且 来文单位 属于 部门 | 拒绝 | 考核不得延伸社区 |
"""

EMERGENCY = """台账 应急响应
  起止 时段 由 江源区 确认
  范围 单位组
规则 应急先行
  依据 应对法 第二十二条
  当 有效(应急响应, 目标社区) 且 来文单位 属于 应急指挥部成员 且 类别 为 行政任务
  准入 "应急期间先行办理"
  义务 补办准入申请 由 来文单位 限 5 个工作日
"""

REGISTER = """台账 准入登记
  事项 事项
  起止 时段
  范围 单位组
"""

INSPECT = """参数 检查年限额 2018-01-01 起 100 次, 2021-01-01 起 12 次
规则 检查总量控制
  当 类别 为 检查考核
  限额 每个 目标社区 每年 不超过 检查年限额 否则 拒绝 "本年检查次数已满" 代码 检查已满
  计次 按 目标社区、拟进入日期
清单 检查清单 类型 准入
  依据 条例 第四条
  | 编号  | 事项     |
  | JC-01 | 消防检查 |
"""


def names(decision) -> list[str]:
    return [fact.name for fact in decision.missing]


# --- facts (D1 to D4) --------------------------------------------------------------------------


def test_d1_money_that_the_sender_claims_is_asked_of_the_street(ask_assist: Asker) -> None:
    decision = ask_assist(asserted_by="区民政局")
    assert decision.outcome is INCOMPLETE
    assert [(f.name, f.asserted_by, f.claimed) for f in decision.missing] == [
        ("经费到位", "街道", True)
    ]
    assert decision.claims == {"经费到位": True}


def test_d1_money_that_the_street_confirms_counts(ask_assist: Asker) -> None:
    assert ask_assist(asserted_by="街道").outcome is ADMIT


def test_d1_a_value_outside_its_domain_is_an_input_error(ask_assist: Asker) -> None:
    with pytest.raises(RequestRejected) as rejected:
        ask_assist(类别="行政任各")
    (finding,) = rejected.value.diagnostics
    assert finding.code == "ZR702"
    assert "行政任务" in finding.help_zh


def test_d2_a_text_near_an_entry_is_unlisted_and_only_suggests_it(ask_assist: Asker) -> None:
    decision = ask_assist(事项="低保入户核查工作")
    assert (decision.outcome, decision.code) == (REFUSE, "未准入")
    assert decision.suggestions[0].clause == "协助事项/XZ-01"


@pytest.mark.parametrize("text", ["XZ-01", "低保对象核查", " 低保 入户核查 ", "xz－01"])
def test_d2_code_title_and_alias_are_one_matter(ask_assist: Asker, text: str) -> None:
    assert ask_assist(事项=text).outcome is ADMIT


def test_d3_a_mistyped_unit_is_refused_either_way_and_nothing_is_asked() -> None:
    decision = Asker(BANS + steps("减负禁令"))(
        来文单位="区卫建局", 类别="检查考核", 事项="不在清单上的事", used={}
    )
    assert (decision.outcome, names(decision)) == (REFUSE, [])
    assert {r.code: r.certain for r in decision.reasons} == {"考核不得延伸": False, "未准入": False}


@pytest.mark.parametrize(
    ("type_", "value", "other"),
    [
        ("文本", '"甲"', "乙"),
        ("枚举 甲、乙", "甲", "乙"),
        ("数值 0 至 9", "1", 2),
        ("日期", "2026-03-01", "2026-03-02"),
        ("事项", "甲", "乙"),
        ("单位", "森工", "富强"),
        ("单位", "应急指挥部成员", "富强"),
        ("单位", "部门", "富强"),
        ("单位", "来文单位", "富强"),
    ],
)
def test_d1_no_comparison_with_nothing_holds(type_: str, value: str, other: object) -> None:
    head = HEAD.replace("  经费到位 是否", f"  栏 {type_} 可无\n  经费到位 是否")

    def decided(condition: str, given: object) -> Outcome:
        rule = f'规则 试 依据 条例 第四条\n  当 {condition}\n  暂缓 "对上"\n'
        return Asker(rule + steps("试"), head)(栏=given).outcome

    assert decided(f"栏 不为 {value}", other) is DEFER
    assert decided(f"栏 不为 {value}", "无") is REFUSE
    assert decided(f"非 栏 为 {value}", "无") is DEFER
    assert decided(f"栏 不为 {value}", ...) is INCOMPLETE


def test_d1_nothing_on_the_right_is_not_another_body() -> None:
    head = HEAD.replace("  经费到位 是否", "  栏 单位 可无\n  经费到位 是否")
    rule = '规则 试 依据 条例 第四条\n  当 来文单位 不为 栏\n  暂缓 "对上"\n'
    ask = Asker(rule + steps("试"), head)
    given = ("富强", "区民政局", "无", ...)
    assert [ask(栏=each).outcome for each in given] == [DEFER, REFUSE, REFUSE, INCOMPLETE]


@pytest.mark.parametrize("optional", ["", " 可无"])
@pytest.mark.parametrize(
    ("values", "condition", "holds"),
    [
        ("有、无", "栏 为 无", "无"),
        ("有、无", "栏 不为 无", "有"),
        ("有、无、不详", "栏 属于 有、不详 或 栏 属于 {有, 无} 且 栏 不为 有", "有无不详"),
        ("是、否、不详", "栏 为 是", "是"),
        ("是、否、不详", "非 栏 为 否", "是不详"),
        ("甲、乙、未知", "栏 为 未知", "未知"),
        ("甲、乙、未知", "栏 不为 甲", "乙未知"),
    ],
)
def test_d1_nothing_is_the_value_of_a_choice_that_lists_it(
    values: str, condition: str, holds: str, optional: str
) -> None:
    head = HEAD.replace("  经费到位 是否", f"  栏 枚举 {values}{optional}\n  经费到位 是否")
    rule = f'规则 试 依据 条例 第四条\n  当 {condition}\n  暂缓 "对上"\n'
    ask = Asker(rule + steps("试"), head)
    for value in values.split("、"):
        wanted = DEFER if value in holds else REFUSE
        # Beside a fact that is not known every value is read with care.
        assert ask(栏=value).outcome is ask(栏=value, 经费到位=...).outcome is wanted


def test_d1_a_choice_of_several_may_hold_nothing() -> None:
    head = HEAD.replace("  经费到位 是否", "  栏 多选 有、无\n  经费到位 是否")
    rule = '规则 试 依据 条例 第四条\n  当 栏 包含 无\n  暂缓 "对上"\n'
    ask = Asker(rule + steps("试"), head)
    assert [ask(栏=value).outcome for value in ("有、无", "有")] == [DEFER, REFUSE]


def test_d3_a_body_outside_the_chart_belongs_to_nobody() -> None:
    decision = Asker(BANS + steps("减负禁令"))(来文单位="系统外:某公司", 类别="检查考核", used={})
    assert [r.code for r in decision.reasons] == ["未准入"]


def test_d4_a_register_said_to_be_in_force_is_so_for_what_is_asked() -> None:
    ask = Asker(EMERGENCY + steps("应急先行"))
    given = {"来文单位": "区卫健局", "used": {}}
    assert ask(**given, registers={"应急响应": True}).outcome is ADMIT
    assert ask(**given, registers={"应急响应": False}).outcome is REFUSE
    unknown = ask(**given)
    assert (unknown.outcome, names(unknown)) == (INCOMPLETE, ["应急响应"])


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ("2026-01-01 至 2026-12-31", "应急先行"),
        ("2026-01-01/2026-12-31", "应急先行"),
        ("2026年1月1日～2026年12月31日", "应急先行"),
        ("2026/1/1", "应急先行"),
        ("2026年1月1日起", "应急先行"),
        ("至 2026/1/31", "未准入"),
        # Blank it would be in force for ever, the wrong way round never: neither was meant.
        ("", "ZR703"),
        (" 至 ", "ZR703"),
        ("2026-12-31 至 2026-01-01", "ZR702"),
    ],
)
def test_d4_a_row_is_in_force_for_the_span_that_is_written(span: str, code: str) -> None:
    ask = Asker(EMERGENCY + steps("应急先行"))
    rows = [{"起止": span, "范围": ["江源区"]}]
    try:
        found = ask(来文单位="区卫健局", used={}, registers={"应急响应": rows}).code
    except RequestRejected as refused:
        (finding,) = refused.diagnostics
        found = finding.code
    assert found == code


# --- clauses and steps (D5 to D12) -------------------------------------------------------------


def test_d5_scope_lets_a_certificate_pass_where_a_requirement_stops_it(ask_assist: Asker) -> None:
    passed = ask_assist(类别="出具证明")
    assert (passed.outcome, passed.code) == (REFUSE, "未准入")
    assert any("XZ-01" in r.zh and "不适用" in r.zh for r in passed.reasons if r.also)
    stopped = ask_assist(经费到位=False)
    assert (stopped.outcome, stopped.code) == (DEFER, "经费未到")


def test_d6_an_entry_without_money_applies_so_that_a_later_step_does_not_admit() -> None:
    later = '清单 兜底 类型 准入\n  依据 条例 第四条\n  条目 DD-1 "低保对象核查"\n'
    ask = Asker(ASSIST + later + steps("协助事项", "兜底"))
    assert ask(经费到位=False).outcome is DEFER


def test_d6_except_holds_where_the_other_clause_applies_even_if_it_fails() -> None:
    rule = '规则 一律拒绝\n  当 类别 为 行政任务\n  除外 协助事项\n  拒绝 "一律不收"\n'
    ask = Asker(ASSIST + rule + steps("一律拒绝", "协助事项"))
    assert ask(经费到位=False).outcome is DEFER
    assert ask(事项="别的事").code == "一律拒绝"


def test_d7_main_duty_is_refused_without_asking_for_money(ask_assist: Asker) -> None:
    decision = ask_assist(承担方式="主责", 经费到位=...)
    assert (decision.outcome, decision.code, names(decision)) == (REFUSE, "主责错位", [])


def test_d7_assistance_without_money_is_deferred(ask_assist: Asker) -> None:
    decision = ask_assist(经费到位=False, used={"协助事项/XZ-01.每年": 3})
    assert (decision.outcome, decision.code) == (DEFER, "经费未到")
    assert [(c.field, c.value, c.asserted_by) for c in decision.nearest or ()] == [
        ("经费到位", True, "街道")
    ]


def test_d7_no_money_and_no_quota_is_refused_and_says_both(ask_assist: Asker) -> None:
    decision = ask_assist(经费到位=False, used={"协助事项/XZ-01.每年": 4})
    assert (decision.outcome, decision.code) == (REFUSE, "超频")
    assert [r.code for r in decision.reasons if r.also] == ["经费未到"]


def test_d7_a_spent_quota_says_how_much_and_when_again(ask_assist: Asker) -> None:
    decision = ask_assist(used={"协助事项/XZ-01.每年": 4})
    assert "已用4次" in decision.reasons[0].zh
    assert "限4次" in decision.reasons[0].zh
    assert "2027-01-01" in decision.reasons[0].zh


def test_d7_a_duty_of_another_body_is_refused_and_sent_back_to_it() -> None:
    lists = (
        '清单 街道职责 类型 职责 主体 街道\n  依据 条例 第四条\n  条目 JD-1 "调解物业纠纷"\n'
        '清单 依法履职 类型 职责 主体 社区居委会\n  依据 条例 第四条\n  条目 LZ-1 "召集居民会议"\n'
    )
    ask = Asker(lists + steps("依法履职", "街道职责"))
    own = ask(事项="召集居民会议", used={})
    assert own.outcome is ADMIT
    other = ask(事项="调解物业纠纷", used={})
    assert (other.outcome, other.route.to) == (REFUSE, ("街道",))


def test_d7_a_duty_listed_under_bodies_of_many_kinds_is_each_body_s_own() -> None:
    lists = (
        '清单 部门职责 "部门职责" 类型 职责\n  依据 条例 第四条\n'
        "  | 编号  | 事项       | 主体     |\n"
        "  | BM-01 | 核发救助金 | 区民政局 |\n"
        "  | BM-02 | 楼院自治   | 社区     |\n"
    )
    ask = Asker(lists + steps("部门职责"))
    refused = ask(事项="核发救助金", 目标社区="森工", used={})
    assert (refused.outcome, refused.route.to) == (REFUSE, ("区民政局",))
    assert "区民政局" in refused.reasons[0].zh
    assert ask(事项="楼院自治", 目标社区="森工", used={}).outcome is ADMIT
    assert ask(事项="核发救助金", 目标社区="区民政局", used={}).outcome is ADMIT


def test_d8_the_thirteenth_inspection_is_refused_and_the_twelfth_goes_on() -> None:
    ask = Asker(INSPECT + steps("检查总量控制", "检查清单"))
    given = {"类别": "检查考核", "事项": "消防检查"}
    assert ask(**given, used={"检查总量控制.每年": 11}).outcome is ADMIT
    refused = ask(**given, used={"检查总量控制.每年": 12})
    assert (refused.outcome, refused.code) == (REFUSE, "检查已满")


def test_d9_a_failed_requirement_does_not_fall_through_to_the_register() -> None:
    ask = Asker(ASSIST + REGISTER + steps("协助事项", "准入登记"))
    first = Asker(ASSIST + REGISTER + steps("准入登记", "协助事项"))
    given = {"经费到位": False, "registers": {"准入登记": True}}
    assert ask(**given).outcome is DEFER
    assert first(**given).outcome is ADMIT


def test_d9_clauses_on_one_line_all_determine_the_outcome() -> None:
    rules = (
        '规则 甲 依据 条例 第四条\n  当 类别 为 检查考核\n  拒绝 "甲的理由"\n'
        '规则 乙 依据 条例 第四条\n  当 来文单位 属于 部门\n  拒绝 "乙的理由"\n'
    )
    decision = Asker(rules + steps("甲、乙"))(类别="检查考核", used={})
    assert [r.code for r in decision.reasons] == ["甲", "乙"]
    assert not decision.conflict


def test_d10_an_expired_entry_falls_to_the_default_which_says_so(ask_assist: Asker) -> None:
    decision = ask_assist(事项="XZ-02", used={})
    assert (decision.outcome, decision.code) == (REFUSE, "未准入")
    (also,) = [r for r in decision.reasons if r.also]
    assert (also.code, also.clause) == ("已过期", "协助事项/XZ-02")
    assert "2025-12-31" in also.zh


def test_d10_an_entry_not_yet_in_force_says_from_when() -> None:
    later = '清单 将来 类型 准入\n  依据 条例 第四条\n  条目 JL-1 "将来的事"\n    施行 2027-01-01\n'
    decision = Asker(later + steps("将来"))(事项="将来的事", used={})
    assert [(r.code, r.also) for r in decision.reasons] == [("未准入", False), ("未生效", True)]


def test_d10_without_a_basis_in_force_nothing_is_admitted_but_refusals_stand() -> None:
    admitting = '清单 旧清单 类型 准入\n  依据 旧法 第一条\n  条目 JQ-1 "旧事项"\n'
    decision = Asker(admitting + steps("旧清单"))(事项="旧事项", used={})
    assert [r.code for r in decision.reasons] == ["未准入", "依据失效"]
    refusing = '清单 禁令 类型 禁止\n  依据 旧法 第一条\n  条目 JQ-1 "旧事项"\n'
    decision = Asker(refusing + steps("禁令"))(事项="旧事项", used={})
    assert (decision.outcome, decision.clause) == (REFUSE, "禁令/JQ-1")


def test_d10_an_unlisted_matter_is_told_how_to_apply() -> None:
    default = '默认 拒绝 "未列入清单" 退回 来文单位 可申请 社区工作准入'
    decision = Asker(ASSIST + steps("协助事项", default=default))(事项="没有的事")
    assert (decision.route.to, decision.route.apply) == (("区民政局",), "社区工作准入")


CERTIFICATES = """清单 禁止证明 类型 禁止
  依据 条例 第四条
  除外 用途 为 "公证"
  条目 ZM-1 "亲属关系证明"
"""
KINSHIP = """清单 可出证明 类型 证明
  依据 条例 第四条
  当 用途 为 "公证"
  条目 CJ-1 "亲属关系证明"
"""


def test_d11_an_exception_leads_to_a_certificate_that_another_list_admits() -> None:
    ask = Asker(CERTIFICATES + KINSHIP + steps("禁止证明", "可出证明"))
    given = {"事项": "亲属关系证明", "类别": "出具证明", "used": {}}
    assert ask(**given, 用途="公证").outcome is ADMIT
    assert ask(**given, 用途="入学").outcome is REFUSE
    unknown = ask(**given, 用途=...)
    assert (unknown.outcome, names(unknown)) == (INCOMPLETE, ["用途"])


def test_d11_an_exception_alone_leads_nowhere() -> None:
    ask = Asker(CERTIFICATES + steps("禁止证明"))
    given = {"事项": "亲属关系证明", "类别": "出具证明", "used": {}}
    assert [r.code for r in ask(**given, 用途="公证").reasons] == ["未准入"]
    unknown = ask(**given, 用途=...)
    assert (unknown.outcome, names(unknown)) == (REFUSE, [])
    reasons = {r.code: r for r in unknown.reasons}
    assert set(reasons) == {"禁止证明/ZM-1", "未准入"}
    assert reasons["未准入"].condition_zh == "用途为公证"


def test_d12_an_unlisted_matter_is_not_admitted_by_a_rule_about_categories() -> None:
    ask = Asker(ASSIST + BANS + steps("减负禁令", "协助事项"))
    for category in ("行政任务", "检查考核", "出具证明"):
        assert ask(类别=category, 事项="错别子的事").outcome is REFUSE


# --- unknown facts (D13 to D16) ----------------------------------------------------------------


def test_d13_manner_unknown_and_no_money_asks_for_the_manner_and_will_not_admit(
    ask_assist: Asker,
) -> None:
    decision = ask_assist(承担方式=..., 经费到位=False)
    assert (decision.outcome, names(decision)) == (INCOMPLETE, ["承担方式"])
    assert set(decision.possible) == {REFUSE, DEFER}
    assert decision.never_admits


def test_d14_without_emergency_an_unlisted_matter_is_refused_and_nothing_is_asked() -> None:
    ask = Asker(EMERGENCY + ASSIST + BANS + steps("应急先行", "减负禁令", "协助事项"))
    decision = ask(事项="没有的事", 类别=..., 来文单位=..., registers={"应急响应": False})
    assert (decision.outcome, names(decision)) == (REFUSE, [])


def test_d14_the_fact_that_can_settle_the_case_alone_comes_first(ask_assist: Asker) -> None:
    decision = ask_assist(承担方式=..., 经费到位=..., used={})
    assert {fact.name: fact.decisive for fact in decision.missing} == {
        "承担方式": True,
        "协助事项/XZ-01.每年": True,
        "经费到位": False,
    }
    assert names(decision)[-1] == "经费到位"


def test_d15_a_search_past_its_budget_says_so_and_never_admits(monkeypatch) -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    whole = ask(承担方式=..., 经费到位=..., 来文单位=...)
    assert (whole.outcome, whole.exhaustive) == (INCOMPLETE, True)
    monkeypatch.setattr("zhunru.compiler.completions.PASSES", 3)
    cut = ask(承担方式=..., 经费到位=..., 来文单位=...)
    assert (cut.outcome, cut.exhaustive) == (INCOMPLETE, False)
    assert set(names(cut)) >= set(names(whole))
    assert "没有逐一算尽" in cut.sentence("zh")
    assert "not every case" in cut.sentence("en")
    assert "没有逐一算尽" not in whole.sentence("zh")


@pytest.mark.parametrize("scope", ["目标社区", "来文单位"])
def test_d15_units_that_rows_tell_apart_are_tried_apart(scope: str) -> None:
    """Only who the rows cover is admitted: whose unit is not known is neither yet."""
    rule = EMERGENCY.replace("有效(应急响应, 目标社区)", f"有效(应急响应, {scope})").replace(
        " 且 来文单位 属于 应急指挥部成员", ""
    )
    ask = Asker(rule + steps("应急先行"))
    row = {"起止": "2020-01-01 至 2030-01-01", "范围": ["森工", "救助站"]}
    decision = ask(**{scope: ...}, used={}, registers={"应急响应": [row]})
    assert (decision.outcome, decision.exhaustive) == (INCOMPLETE, True)
    assert (names(decision), set(decision.possible)) == ([scope], {ADMIT, REFUSE})


def test_d15_units_that_rows_of_a_step_tell_apart_are_tried_apart() -> None:
    ask = Asker(REGISTER + steps("准入登记"))
    row = {"事项": "XZ-01", "起止": "2020-01-01 至 2030-01-01", "范围": ["富强"]}
    decision = ask(目标社区=..., used={}, registers={"准入登记": [row]})
    assert (decision.outcome, names(decision)) == (INCOMPLETE, ["目标社区"])
    assert set(decision.possible) == {ADMIT, REFUSE}
    assert ask(目标社区="富强", used={}, registers={"准入登记": [row]}).outcome is ADMIT


@pytest.mark.parametrize(("parts", "exhaustive"), [(8, True), (9, False)])
def test_d15_more_parts_of_a_text_than_are_tried_together_are_said(
    parts: int, exhaustive: bool
) -> None:
    held = " 或 ".join(f'用途 包含 "用{n}"' for n in range(parts))
    ask = Asker(f'规则 细看 依据 条例\n  当 {held}\n  暂缓 "要细看" 代码 细看\n' + steps("细看"))
    decision = ask(用途=..., used={})
    assert (decision.outcome, names(decision)) == (INCOMPLETE, ["用途"])
    assert decision.exhaustive is exhaustive


def test_d16_nobody_is_advised_to_declare_an_emergency() -> None:
    ask = Asker(EMERGENCY + steps("应急先行"))
    assert ask(来文单位="区卫健局", used={}, registers={"应急响应": False}).nearest is None


def test_d16_the_nearest_admission_changes_manner_and_money(ask_assist: Asker) -> None:
    decision = ask_assist(承担方式="主责", 经费到位=False)
    assert {c.field: c.value for c in decision.nearest or ()} == {
        "承担方式": "协助",
        "经费到位": True,
    }


# --- quotas, registers, duties (D17 to D19) ----------------------------------------------------


def test_d17_a_day_that_already_has_an_inspection_counts_once() -> None:
    ask = Asker(INSPECT + steps("检查总量控制", "检查清单"))
    given = {"类别": "检查考核", "事项": "消防检查", "used": {"检查总量控制.每年": 12}}
    assert ask(**given, counted=True).outcome is ADMIT
    spent = ask(**given)
    assert spent.outcome is REFUSE
    assert "2027-01-01" in spent.reasons[0].zh


def test_d17_the_limit_is_that_of_the_day() -> None:
    ask = Asker(INSPECT + steps("检查总量控制", "检查清单"))
    given = {"类别": "检查考核", "事项": "消防检查", "used": {"检查总量控制.每年": 50}}
    assert ask(**given).outcome is REFUSE
    assert ask(**given, 拟进入日期=date(2021, 1, 1)).outcome is REFUSE


def test_d18_a_row_admits_one_community_until_its_last_day() -> None:
    ask = Asker(REGISTER + steps("准入登记"))
    row = {"事项": "普查", "起止": ["2026-01-01", "2026-03-31"], "范围": ["富强"]}
    given = {"事项": "普查", "used": {}, "registers": {"准入登记": [row]}}
    assert ask(**given, 目标社区="富强").outcome is ADMIT
    assert ask(**given, 目标社区="富强").valid_until == date(2026, 3, 31)
    assert ask(**given, 目标社区="森工").outcome is REFUSE
    assert ask(**given, 目标社区="富强", 拟进入日期=date(2026, 4, 1)).outcome is REFUSE


def test_d14_a_matter_that_no_list_names_matters_where_an_unknown_register_may_name_it() -> None:
    """All matters are one class here, and yet a row may be of this matter or of another."""
    found = Asker(REGISTER + steps("准入登记"))(事项=..., used={})
    assert found.outcome is INCOMPLETE
    assert set(names(found)) == {"事项", "准入登记"}


def test_d19_duties_of_one_name_are_one_and_the_earlier_day_counts() -> None:
    rules = EMERGENCY + (
        "规则 应急报备 依据 应对法 第二十二条\n"
        "  当 有效(应急响应, 目标社区) 且 来文单位 属于 应急指挥部成员 且 类别 为 行政任务\n"
        '  准入 "应急"\n  义务 补办准入申请 由 来文单位 限 3 个工作日\n'
    )
    decision = Asker(rules + steps("应急先行、应急报备"))(
        来文单位="区卫健局", used={}, registers={"应急响应": True}, made_at=date(2026, 3, 2)
    )
    assert [(o.name, o.by, o.due) for o in decision.obligations] == [
        ("补办准入申请", "区卫健局", date(2026, 3, 5))
    ]


# --- time (D23, D27) ---------------------------------------------------------------------------


def test_d23_the_day_asked_for_picks_the_law_not_the_day_of_receipt(ask_assist: Asker) -> None:
    given = {"事项": "XZ-02", "received": date(2025, 12, 20), "used": {}}
    assert ask_assist(**given, 拟进入日期=date(2025, 12, 31)).outcome is ADMIT
    late = ask_assist(**given, 拟进入日期=date(2026, 1, 5))
    assert [r.code for r in late.reasons] == ["未准入", "已过期"]


def test_d23_without_that_day_the_day_of_receipt_counts(ask_assist: Asker) -> None:
    given = {"事项": "XZ-02", "拟进入日期": ..., "used": {}}
    assert ask_assist(**given, received=date(2025, 12, 31)).as_of == date(2025, 12, 31)
    assert ask_assist(**given, received=date(2025, 12, 31)).outcome is ADMIT
    assert ask_assist(**given, received=date(2026, 1, 1)).outcome is REFUSE


def test_d27_an_answer_says_until_when_it_holds(ask_assist: Asker) -> None:
    decision = ask_assist(事项="XZ-02", 拟进入日期=date(2025, 12, 1), used={})
    assert (decision.outcome, decision.valid_until) == (ADMIT, date(2025, 12, 31))


def test_an_admission_needs_every_required_field() -> None:
    ask = Asker(ASSIST + steps("协助事项"), HEAD.replace("用途 文本", "用途 文本 必填"))
    decision = ask(用途=...)
    assert (decision.outcome, names(decision)) == (INCOMPLETE, ["用途"])
    assert decision.possible == (ADMIT,)
    assert ask(用途=..., 承担方式="主责").outcome is REFUSE


WITHIN = """参数 起征点 3 次
台账 停办 "停办登记"
  起止 时段
公式 够数(次数) = 次数 不少于 起征点 且 非 有效(停办)
规则 数目 依据 条例 第四条
  当 类别 为 行政任务
  要求 够数(4 次) 否则 拒绝 "不够"
"""


def test_what_was_looked_at_is_told_also_where_a_formula_looked(ask_assist: Asker) -> None:
    found = Asker(WITHIN + steps("数目"))(registers={"停办": ()}).facts_used
    assert found == {
        "facts": {"事项": "XZ-01", "类别": "行政任务"},
        "parameters": {"起征点": 3},
        "registers": {"停办": "0 行"},
    }
    (key,) = ask_assist(used={"协助事项/XZ-01.每年": 2}).facts_used["quotas"].items()
    assert key == ("协助事项/XZ-01.每年", 2)


@pytest.mark.parametrize(
    ("condition", "number", "outcome"),
    [
        ("四舍五入(人数) 为 3", "2.5", ADMIT),
        ("四舍五入(人数, 1) 为 2.6", "2.55", ADMIT),
        ("四舍五入(人数, -2) 为 1300", "1250", ADMIT),
        ("向下取整(人数) 为 2", "2.9", ADMIT),
        ("向上取整(人数) 为 3", "2.1", ADMIT),
        # With 无 everything that is reckoned comes to 无, of which no comparison holds.
        ("人数 + 1 不少于 2", "无", REFUSE),
        ("人数 + 1 不超过 2", "无", REFUSE),
        ("取大(人数, 5) 不少于 5", "无", REFUSE),
        ("人数 为 无", "无", ADMIT),
    ],
)
def test_numbers_are_rounded_as_it_is_said_and_none_is_no_number(
    condition: str, number: str, outcome: Outcome
) -> None:
    head = HEAD.replace("  经费到位 是否", "  人数 数值 0 至 9999 小数 4 可无\n  经费到位 是否")
    listed = f"""清单 协助事项 "协助清单" 类型 协助 主体 社区居委会
  依据 条例 第四条
  要求 {condition} 否则 拒绝 "人数不符"
  | 编号  | 事项     | 牵头     |
  | XZ-01 | 低保核查 | 区民政局 |
"""
    assert Asker(listed + steps("协助事项"), head)(人数=number).outcome is outcome
