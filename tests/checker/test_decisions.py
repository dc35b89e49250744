"""Decisions: clauses, steps, and what lower sets add to those of upper sets (D20, D21)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.checker.sets import BASE, checked, clauses, decide, findings, load, steps

from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.diagnostics import Diagnostic
from zhunru.syntax.nodes import Period
from zhunru.vocabulary import ListKind, Outcome, Window

BAN = '规则 {name} 依据 某法\n  当 类别 为 {kind}\n  拒绝 "不行"\n'
UPPER = (
    BASE
    + BAN.format(name="减负禁令", kind="检查考核")
    + decide("禁止: 减负禁令", "协助事项", "准入登记")
)
LOWER = '政策 下级 "下级办法"\n  施行 2025-01-01 至 2026-12-31\n'


def test_an_entry_is_a_clause_with_the_lines_of_its_list() -> None:
    clause = clauses(checked(UPPER))["协助事项/XZ-01"]
    assert clause.list_kind is ListKind.ASSISTANCE
    assert clause.outcome is Outcome.ADMIT
    assert clause.matter == {"协助低保核查", "低保核查", "xz-01", "协助事项/xz-01"}
    assert clause.leads == (r.UnitTarget("unit", "区民政局"),)
    assert clause.lead_names == ("区民政局",)
    (quota,) = clause.quotas
    assert (quota.key, quota.window) == ("协助事项/XZ-01.每年", Window.YEAR)
    assert isinstance(quota.limit, r.Const)
    assert quota.limit.value == Decimal(4)
    assert quota.code == "超频"


def test_unlimited_is_a_quota_that_never_fails() -> None:
    (quota,) = clauses(checked(UPPER))["协助事项/XZ-02"].quotas
    assert quota.limit is None


def test_a_register_in_the_order_shares_fields_with_the_form() -> None:
    clause = clauses(checked(UPPER))["准入登记"]
    assert clause.origin == "register"
    assert clause.shared == ("事项", "来文单位")
    assert clause.matter is None


def test_the_addressee_is_the_last_unit_field_unless_marked() -> None:
    fields = checked(UPPER).decisions["社区准入"].fields
    assert [f.name for f in fields if f.addressee] == ["目标社区"]
    marked = UPPER.replace("来文单位 单位\n  目标社区", "来文单位 单位 主体\n  目标社区")
    fields = checked(marked).decisions["社区准入"].fields
    assert [f.name for f in fields if f.addressee] == ["来文单位"]


def test_own_duties_are_those_of_the_addressee_and_go_back_to_their_owner() -> None:
    text = BASE + (
        '清单 依法履职 类型 职责 主体 社区居委会\n  依据 某法\n  条目 LZ-01 "调解纠纷"\n'
        '清单 街道职责 类型 职责 主体 街道\n  依据 某法\n  条目 JD-01 "核发低保"\n'
    )
    found = clauses(checked(text + decide("依法履职", "街道职责", "协助事项")))
    own, street = found["依法履职/LZ-01"], found["街道职责/JD-01"]
    assert isinstance(own.addressee_test, r.Some)
    assert [test.target for test in own.addressee_test.operands if isinstance(test, r.IsUnit)] == [
        r.UnitTarget("role", "社区居委会"),
        r.UnitTarget("level", "社区"),
    ]
    assert street.return_to == r.Const("街道", v.UNIT)


def test_an_entry_of_a_duty_list_is_its_own_body_s_whatever_the_list_says() -> None:
    text = BASE + (
        "清单 职责 类型 职责 主体 街道\n  依据 某法\n"
        "  | 编号 | 事项     | 主体     |\n"
        "  | 甲-1 | 核发低保 | 区民政局 |\n"
        "  | 甲-2 | 调解纠纷 |          |\n"
    )
    for written in (
        text,
        text.replace(" 主体 街道", "").replace("纠纷 |          |", "纠纷 | 街道 |"),
    ):
        found = clauses(checked(written + decide("职责")))
        assert [
            (clause.addressee_test.target, clause.return_to, clause.owner)
            for clause in found.values()
            if isinstance(clause.addressee_test, r.IsUnit)
        ] == [
            (r.UnitTarget("unit", "区民政局"), r.Const("区民政局", v.UNIT), "区民政局"),
            (r.UnitTarget("level", "街道"), r.Const("街道", v.UNIT), "街道"),
        ]


def test_a_duty_without_a_body_is_found_at_its_entry() -> None:
    text = BASE + (
        "清单 职责 类型 职责\n  依据 某法\n"
        "  | 编号 | 事项     | 主体     |\n"
        "  | 甲-1 | 核发低保 | 区民政局 |\n"
        "  | 甲-2 | 调解纠纷 |          |\n"
    )
    (found,) = [d for d in findings(text + decide("职责")) if d.code == "ZR443"]
    assert text[found.span.start : found.span.end] == "调解纠纷"


def test_entries_added_to_a_duty_list_are_the_upper_list_s_body_s() -> None:
    head = "  施行 2024-01-01\n"
    duties = '清单 街道职责 类型 职责 主体 街道\n  依据 某法\n  条目 JD-1 "调解纠纷"\n'
    upper = BASE.replace(head, head + "  授权 区级 清单 街道职责 增列\n", 1) + duties
    added = '清单 街道职责 类型 职责\n  依据 某法\n  条目 JD-2 "核发低保"\n'
    found = clauses(checked(LOWER + added, load(upper + decide("街道职责"))))["街道职责/JD-2"]
    assert isinstance(found.addressee_test, r.IsUnit)
    assert found.addressee_test.target == r.UnitTarget("level", "街道")
    assert found.return_to == r.Const("街道", v.UNIT)
    assert found.owner == "街道"


def test_roles_name_their_holders() -> None:
    assert checked(UPPER).roles["民政部门"] == (r.UnitTarget("unit", "区民政局"),)


def test_lines_of_a_lower_set_go_to_their_anchors() -> None:
    text = LOWER + BAN.format(name="甲", kind="出具证明") + BAN.format(name="乙", kind="出具证明")
    text += BAN.format(name="丙", kind="出具证明") + BAN.format(name="丁", kind="出具证明")
    order = "判定 社区准入\n  依次\n    甲 并列 减负禁令\n    乙 后于 禁止\n    丙 后于 禁止\n"
    order += "    丁 先于 协助事项\n"
    found = steps(checked(text + order, load(UPPER)))
    assert found == [
        ("减负禁令", "甲"),
        ("乙",),
        ("丙",),
        ("丁",),
        ("协助事项/XZ-01", "协助事项/XZ-02"),
        ("准入登记",),
    ]


def test_a_set_without_a_decision_of_its_own_has_that_of_its_upper_set() -> None:
    result = checked(LOWER, load(UPPER))
    assert steps(result) == steps(checked(UPPER))
    assert result.decisions["社区准入"].default_message.zh == "未列入清单"


def test_clauses_of_an_upper_set_keep_its_days_and_its_code() -> None:
    text = LOWER + BAN.format(name="甲", kind="出具证明")
    order = "判定 社区准入\n  依次\n    甲 并列 减负禁令\n"
    found = clauses(checked(text + order, load(UPPER)))
    assert found["减负禁令"].set_code == "试验"
    assert found["减负禁令"].period == Period(date(2024, 1, 1), None)
    assert found["甲"].set_code == "下级"
    assert found["甲"].period == Period(date(2025, 1, 1), date(2026, 12, 31))


def test_a_refining_entry_keeps_all_of_the_upper_one_and_adds() -> None:
    text = LOWER + (
        "清单 本区协助 类型 协助\n"
        '  条目 X-1 "协助低保入户核查" 细化 协助事项.XZ-01\n'
        '    要求 户数 不超过 300 户 否则 拒绝 "户数太多"\n'
    )
    found = checked(text, load(UPPER))
    assert steps(found)[1] == ("本区协助/X-1", "协助事项/XZ-02")
    clause = clauses(found)["本区协助/X-1"]
    assert clause.matter is not None
    assert {"协助低保核查", "协助低保入户核查"} <= clause.matter
    assert len(clause.requirements) == 4
    assert clause.leads == (r.UnitTarget("unit", "区民政局"),)
    assert clause.period == Period(date(2025, 1, 1), date(2026, 12, 31))


def test_a_delegated_list_takes_entries_under_the_lines_of_the_upper_list() -> None:
    upper = UPPER.replace(
        "  施行 2024-01-01\n", "  施行 2024-01-01\n  授权 区级 清单 协助事项 增列 须有 牵头\n", 1
    )
    text = LOWER + (
        "清单 协助事项 类型 协助\n  依据 某法\n"
        '  条目 W-1 "协助助餐摸底"\n    牵头 区民政局\n    频次 每年 不超过 2 次\n'
    )
    found = checked(text, load(upper))
    assert steps(found)[1] == ("协助事项/XZ-01", "协助事项/XZ-02", "协助事项/W-1")
    added = clauses(found)["协助事项/W-1"]
    assert [q.code for q in added.requirements] == ["主责错位", "主体不符", "经费未到"]
    assert [q.key for q in added.quotas] == ["协助事项/W-1.每年"]


def test_an_added_entry_may_not_be_a_matter_of_the_upper_list_again() -> None:
    head = "  施行 2024-01-01\n"
    upper = UPPER.replace(head, head + "  授权 区级 清单 协助事项 增列\n", 1)
    text = (
        LOWER + '清单 协助事项 类型 协助\n  依据 某法\n  条目 W-1 "低保 核查"\n    牵头 区民政局\n'
    )
    assert "ZR401" in {d.code for d in findings(text, load(upper))}


def test_a_delegated_parameter_is_the_lower_set_s_own() -> None:
    upper = UPPER.replace(
        "  施行 2024-01-01\n", "  施行 2024-01-01\n  授权 区级 参数 年限额 不超过 20 次\n", 1
    )
    found = checked(LOWER + "参数 年限额 8 次\n", load(upper))
    assert [value[1] for value in found.parameters["年限额"].values] == [Decimal(8)]


def test_an_exception_names_the_clauses_of_a_list_or_a_group() -> None:
    text = BASE + (
        "规则 宽限 依据 某法\n  当 类别 为 检查考核\n  除外 协助事项\n"
        '  除外 户数 超过 300 户\n  暂缓 "再等"\n'
    )
    clause = clauses(checked(text + decide("宽限", "协助事项")))["宽限"]
    assert clause.unless_clauses == ("协助事项/XZ-01", "协助事项/XZ-02")
    assert isinstance(clause.unless, r.Test)


def test_errors_of_an_upper_set_are_shown_and_its_warnings_are_not() -> None:
    broken = load(UPPER.replace("当 类别 为 检查考核", "当 类型 为 检查考核"))
    assert "ZR201" in {d.code for d in findings(LOWER, broken)}
    warned = load(UPPER.replace("  依据 某法\n  要求 承担", "  要求 承担"))
    assert "ZR404" in {
        d.code for d in findings(UPPER.replace("  依据 某法\n  要求 承担", "  要求 承担"))
    }
    assert "ZR404" not in {d.code for d in findings(LOWER, warned)}


def test_an_upper_set_that_two_others_share_counts_once() -> None:
    national = load(UPPER)
    province = load(LOWER.replace("下级", "省"), national)
    city = load(LOWER.replace("下级", "市"), national)
    result = checked(LOWER, province, city)
    assert steps(result) == steps(checked(UPPER))


def test_a_form_that_is_written_anew_without_the_money_is_one_mistake() -> None:
    again = LOWER + "表单 来件\n  类别 枚举 行政任务、出具证明\n"
    text = again + BAN.format(name="甲", kind="出具证明") + decide("甲")
    found = {d.code for d in findings(text, load(UPPER))}
    assert "ZR211" in found
    assert "ZR448" not in found


def _more_than_before(text: str) -> list[Diagnostic]:
    """Return what is found beside what is found in the set as it was."""
    assert text != SOUND
    known = {each.zh for each in findings(SOUND)}
    return [each for each in findings(text) if each.zh not in known]


SOUND = UPPER.replace("对象 来件", "对象 来件\n  用语 准入、不予准入、暂缓准入、请补正")


def test_a_form_that_is_misspelt_is_the_only_thing_that_is_told() -> None:
    (told,) = _more_than_before(SOUND.replace("对象 来件", "对象 来见"))
    assert told.code == "ZR204" and "是否指“来件”" in told.help_zh
    assert "did you mean `来件`" in told.help_en
    # A name like none is read over the first form.
    (told,) = _more_than_before(SOUND.replace("对象 来件", "对象 呈报"))
    assert told.code == "ZR204"


def test_too_few_or_too_many_words_for_the_outcomes_are_told() -> None:
    for text, number in (("暂缓准入、请补正", 4), ("暂缓准入", 3), ("暂缓准入、请补正、其他", 5)):
        written = SOUND.replace("暂缓准入、请补正", text)
        if number == 4:
            assert written == SOUND
            assert "ZR489" not in {each.code for each in findings(written)}
            continue
        (told,) = _more_than_before(written)
        assert told.code == "ZR489" and f"写了 {number} 个" in told.zh
        assert f"{number} words for the four outcomes" in told.en
