"""What conditions mean: names bound by slot, over the fields of a form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.checker.sets import BASE, checked, clauses, condition, decide, findings

from zhunru.checker import resolved as r
from zhunru.checker.check import check
from zhunru.syntax.loader import load_text
from zhunru.vocabulary import Measure, TypeName


def test_a_flag_alone_asks_that_it_is_yes() -> None:
    found = condition("经费到位")
    assert isinstance(found, r.Test)
    assert isinstance(found.left, r.FieldValue)
    assert (found.op, found.left.name) == ("==", "经费到位")
    assert found.right == r.Const(True, r.Type(TypeName.FLAG))


def test_a_name_beside_a_choice_is_first_one_of_its_values() -> None:
    found = condition("类别 为 检查考核")
    assert isinstance(found, r.Test)
    assert isinstance(found.right, r.Const)
    assert found.right.value == "检查考核"


def test_a_number_keeps_its_measure() -> None:
    found = condition("户数 超过 300 户")
    assert isinstance(found, r.Test)
    assert isinstance(found.right, r.Const)
    assert (found.right.value, found.right.type.measure) == (Decimal(300), Measure.HOUSEHOLD)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("区民政局", r.UnitTarget("unit", "区民政局")),
        ("民政局", r.UnitTarget("unit", "区民政局")),
        ("民政部门", r.UnitTarget("role", "民政部门")),
        ("部门", r.UnitTarget("level", "部门")),
    ],
)
def test_a_body_is_a_unit_an_alias_a_role_or_a_level(name: str, target: r.UnitTarget) -> None:
    found = condition(f"来文单位 为 {name}")
    assert isinstance(found, r.IsUnit)
    assert found.target == target
    belongs = condition(f"来文单位 属于 {name}、东街")
    assert isinstance(belongs, r.BelongsTo)
    assert belongs.targets == (target, r.UnitTarget("unit", "东街"))


def test_two_unit_fields_are_compared() -> None:
    found = condition("来文单位 不为 目标社区")
    assert isinstance(found, r.Test)
    assert found.op == "!="
    assert isinstance(found.right, r.FieldValue)
    assert found.right.name == "目标社区"


def test_a_matter_is_every_text_that_means_it() -> None:
    found = condition("事项 为 低保核查")
    assert isinstance(found, r.OneOf)
    assert found.values == {"协助低保核查", "低保核查", "xz-01", "协助事项/xz-01"}


def test_a_matter_that_no_list_has_stands_for_itself() -> None:
    found = condition('事项 为 "婚姻状况 证明"')
    assert isinstance(found, r.OneOf)
    assert found.values == {"婚姻状况证明"}


def test_a_band_has_two_ends() -> None:
    found = condition("户数 在 社区规模 之内")
    assert isinstance(found, r.Within)
    assert isinstance(found.low, r.ParameterOf)
    assert isinstance(found.high, r.ParameterOf)
    assert (found.low.end, found.high.end) == ("low", "high")
    upper = condition("户数 超过 上限(社区规模)")
    assert isinstance(upper, r.Test)
    assert upper.right == found.high


def test_a_register_in_force_covers_a_unit_field() -> None:
    assert condition("有效(应急响应, 目标社区)") == r.InForce("应急响应", "目标社区")
    assert condition("有效(应急响应)") == r.InForce("应急响应", None)


def test_nothing_is_a_value_of_an_optional_field() -> None:
    found = condition("备注 不为 无")
    assert isinstance(found, r.Test)
    assert found.op == "!="
    assert isinstance(found.right, r.Const)
    assert found.right.value is r.NOTHING


def test_days_are_counted_in_days() -> None:
    found = condition("拟进入日期 不少于 2025-01-01")
    assert isinstance(found, r.Test)
    assert isinstance(found.right, r.Const)
    assert found.right.value == date(2025, 1, 1)


def test_the_same_source_line_is_one_object_for_every_entry() -> None:
    found = clauses(checked(BASE + decide("协助事项")))
    one, two = found["协助事项/XZ-01"], found["协助事项/XZ-02"]
    assert one.requirements is two.requirements
    assert [q.code for q in one.requirements] == ["主责错位", "主体不符", "经费未到"]


def test_a_mistake_in_a_list_line_is_found_once() -> None:
    text = BASE.replace("要求 承担方式 为 协助", "要求 承担方式 为 协作")
    assert [d.code for d in findings(text + decide("协助事项")) if d.code[2] == "2"] == ["ZR202"]


def test_a_nearly_right_name_gets_a_fix() -> None:
    rule = '规则 某规则 依据 某法\n  当 户籍数 超过 300 户\n  拒绝 "不行"\n'
    text = BASE + rule + decide("某规则")
    (found,) = [d for d in findings(text) if d.code == "ZR201"]
    assert found.fix is not None
    (edit,) = found.fix.edits
    assert text[edit.span.start : edit.span.end] == "户籍数"
    assert edit.text == "户数"
    assert not found.fix.safe


def test_inputs_of_a_formula_take_the_type_of_their_field_or_first_use() -> None:
    text = BASE + "公式 超出(户数, 档) = 若 档 为 2021-01-01 则 户数 - 100 户 否则 0 户\n"
    found = checked(text).formulas["超出"]
    assert [type_.name for _, type_ in found.parameters] == [TypeName.NUMBER, TypeName.DATE]
    assert found.parameters[0][1].measure is Measure.HOUSEHOLD
    assert found.type.measure is Measure.HOUSEHOLD


def test_columns_of_a_table_are_typed_by_fields_or_cells() -> None:
    text = BASE + (
        "对照表 分档 取 唯一一行\n"
        "  | 户数 | 大小 | → 档 | → 限 | → 办法 文本 |\n"
        "  | 不满 下限(社区规模) | 小 | 并 | 5 个工作日 | 提请研究,再行合并 |\n"
        "  | 100 至 700 户 | 大、中 | 留 | 3 个工作日 | 无 |\n"
    )
    found = checked(text).tables["分档"]
    types = dict(found.inputs) | dict(found.outputs)
    assert types["户数"].measure is Measure.HOUSEHOLD
    assert types["大小"] == r.Type(TypeName.CHOICE, values=("小", "大", "中"))
    assert types["档"].values == ("并", "留")
    assert types["限"].measure is Measure.WORKDAY
    assert types["办法"].name is TypeName.TEXT
    assert isinstance(found.rows[1].tests[1], r.Some)


@pytest.mark.parametrize(
    "choices,line,told",
    [
        ("主责、协助、知晓", "要求 承担方式 为 协助 否则 拒绝 “不行”", False),
        ("牵头办理、配合办理", "要求 承担方式 为 配合办理 否则 拒绝 “不行”", False),
        ("lead_it、assist_it", "要求 承担方式 为 assist_it 否则 拒绝 “不行”", False),
        ("主责、协助、知晓", "要求 承担方式 不为 主责 否则 拒绝 “不行”", False),
        ("牵头办理、配合办理", "要求 承担方式 为 牵头办理 否则 拒绝 “不行”", True),
        ("牵头办理、配合办理", "", True),
    ],
)
def test_only_assisting_is_asked_for_in_the_words_of_the_form(
    choices: str, line: str, told: bool
) -> None:
    text = MANNER.format(choices=choices, line=line)
    loaded, unread = load_text(text, "set.policy")
    assert loaded is not None and unread == []
    found = [each for each in check(loaded)[1] if each.code == "ZR406"]
    assert bool(found) is told
    if told:
        assert "承担方式 为 配合办理" in found[0].help_zh


def test_those_below_the_lead_are_meant_by_words_like_theirs() -> None:
    line = "要求 来文单位 属于 牵头及下属 否则 拒绝 “不行”"
    loaded, _ = load_text(MANNER.format(choices="主责、协助", line=line), "set.policy")
    assert loaded is not None
    (told,) = [each for each in check(loaded)[1] if each.code == "ZR203"]
    assert "牵头及下级" in told.help_zh


def test_who_has_a_duty_may_be_a_field_that_is_misspelt() -> None:
    line = "义务 报告 由 来问单位 限 5 个工作日"
    loaded, _ = load_text(MANNER.format(choices="主责、协助", line=line), "set.policy")
    assert loaded is not None
    (told,) = [each for each in check(loaded)[1] if each.code == "ZR203"]
    assert "是否指“来文单位”" in told.help_zh


MANNER = """政策 试验 "试验办法"
  施行 2024-01-01
依据 某法 "某某法"
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级   |
  | 某区     | 区   |        |
  | 区民政局 | 部门 | 某区   |
表单 来件
  来文单位 单位
  事项 事项 必填
  承担方式 枚举 {choices}
清单 协助事项 类型 协助 主体 某区
  依据 某法
  {line}
  条目 A1 "协助低保核查"
    牵头 区民政局
判定 社区准入 对象 来件
  依次
    协助事项
  默认 拒绝 "未列入清单"
"""


def bands(cell: str) -> list[str]:
    """The findings on a table whose first row asks a number from 0 to 5000 households for this."""
    table = (
        "对照表 档次 取 首行\n  | 户数 | → 档 文本 |\n"
        f"  | {cell} | 小 |\n  | - | 大 |\n清单 协助事项"
    )
    found = findings(BASE.replace("清单 协助事项", table, 1))
    return [each.code for each in found if each.code in ("ZR303", "ZR308")]


def test_a_band_that_begins_where_the_domain_does_is_as_good_as_any() -> None:
    assert bands("0 至 100 户") == []
    assert bands("4000 至 5000 户") == []
    assert bands("0 至 5000 户") == ["ZR308"]
    assert bands("6000 至 7000 户") == ["ZR303"]
    assert bands("不少于 0 户") == ["ZR308"]
