"""What a case takes is held to the form, whatever a register calls the same."""

from __future__ import annotations

import pytest
from tests.checker.sets import BASE, checked, findings

from zhunru.vocabulary import TypeName

FLOW = """\
单位 示例社区 层级 社区
{rest}
流程 协商 "征集" 止于 办结
  环节 征集 由 示例社区 限 不限时
    提交(来源) → 办结
"""
FORM = "表单 议题\n  来源 枚举 微心愿、小提案\n"


def type_of(rest: str, name: str = "来源") -> TypeName:
    policy = checked(FLOW.format(rest=rest))
    return {each.name: each.type.name for each in policy.workflows["协商"].fields}[name]


def test_a_register_does_not_loosen_what_the_form_says() -> None:
    assert type_of(FORM + "台账 名册\n  来源 文本\n") is TypeName.CHOICE
    assert type_of("台账 名册\n  来源 文本\n" + FORM) is TypeName.CHOICE


def test_forms_that_differ_in_what_may_be_left_out_agree() -> None:
    again = FORM.replace("议题", "申请").replace("小提案", "小提案 可无")
    assert type_of(FORM + again) is TypeName.CHOICE


def test_of_forms_that_differ_none_is_taken() -> None:
    assert type_of(FORM + "表单 申请\n  来源 单位\n") is TypeName.TEXT


def test_without_a_form_registers_that_agree_say_it() -> None:
    assert type_of("台账 名册\n  来源 日期\n") is TypeName.DATE
    assert type_of("台账 名册\n  来源 日期\n台账 别册\n  来源 数值\n") is TypeName.TEXT


@pytest.mark.parametrize(
    ("field", "marks"),
    [("占比 比例 默认 0.3", "0.3"), ("占比 比例 0 至 1", "1"), ("占比 比例 0.1 至 50", "0.1")],
)
def test_a_share_of_one_in_a_form_is_told(field: str, marks: str) -> None:
    told = [each for each in findings(BASE + f"表单 申请\n  {field}\n") if each.code == "ZR346"]
    assert len(told) == 1 and f"“{marks}”" in told[0].zh


def test_a_share_of_one_in_a_test_is_told() -> None:
    text = '表单 申请\n  占比 比例\n测试 "甲" 对象 社区准入\n  假如 占比 为 0.3 那么 拒绝\n'
    assert "ZR346" in {each.code for each in findings(BASE + text)}
    assert "ZR346" not in {each.code for each in findings(BASE + text.replace("0.3", "0.3%"))}
