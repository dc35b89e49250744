"""Rules that stand in a group: what they are read over."""

from __future__ import annotations

from tests.checker.sets import BASE, decide, findings


def test_a_rule_of_a_group_is_read_over_the_form_of_the_decision_that_names_the_group() -> None:
    # another form comes first in the set: it must not be taken for the rules of the group
    other = "表单 另表\n  备注 文本\n"
    group = (
        "规则 禁令组 依据 某法\n  | 名称 | 当 | 结论 | 告知内容 |\n"
        "  | 不考核 | 类别 为 检查考核 | 拒绝 | 不行 |\n"
    )
    head, _, rest = BASE.partition("表单")
    text = head + other + "表单" + rest + group + decide("禁令组", "协助事项", "准入登记")
    assert not {"ZR201", "ZR207"} & {d.code for d in findings(text)}
