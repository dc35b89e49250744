"""Words that people use for a keyword are told the keyword, and stay free as names."""

from __future__ import annotations

import pytest

from zhunru.diagnostics import Source
from zhunru.syntax.keywords import EN, ZH
from zhunru.syntax.nodes import Decide
from zhunru.syntax.parser import parse
from zhunru.syntax.usual_words import USUAL

DECIDE = '判定 甲 对象 乙\n  {}\n    丙、丁\n  默认 拒绝 "不"\n'
POLICY = '政策 X "甲"\n  {}\n'
RULE = "规则 甲\n  当 乙\n  {}\n"
FLOW = "流程 甲 止于 完\n  {}\n    办 → 完\n"
LIST = "清单 甲 类型 禁止\n  {}\n"
WRITTEN = [
    (POLICY, "实施 2026-01-01", "施行 2026-01-01"),
    (POLICY, "发布 民政局", "印发 民政局"),
    (POLICY, "范围 区级", "适用 区级"),
    ("{}\n  文号 甲〔2026〕1号\n", '文件 甲 "甲文"', '依据 甲 "甲文"'),
    ("{}\n", "岗位 网格员 每个 社区 3 人", "角色 网格员 每个 社区 3 人"),
    ("{}\n  姓名 文本\n", "登记簿 老人", "台账 老人"),
    ('规则 甲\n  {}\n  拒绝 "不"\n', "条件 类别 为 甲", "当 类别 为 甲"),
    (RULE, '驳回 "不"', '拒绝 "不"'),
    (RULE, "批准", "准入"),
    ("流程 甲\n  {}\n", "结束 办结", "止于 办结"),
    (FLOW, "步骤 初审 由 民政局 限 1 个工作日", "环节 初审 由 民政局 限 1 个工作日"),
    (FLOW, "环节 初审 负责人 民政局 限 1 个工作日", "环节 初审 由 民政局 限 1 个工作日"),
    (FLOW, "环节 初审 由 民政局 时限 1 个工作日", "环节 初审 由 民政局 限 1 个工作日"),
    (LIST, '事项 1 "甲事"', '条目 1 "甲事"'),
    (DECIDE, "顺序", "依次"),
    (DECIDE, "按顺序：", "依次"),
    (DECIDE, "依此", "依次"),
    (DECIDE, "order", "依次"),
    ("workflow a\n  {}\n", "final closed", "ending closed"),
    (
        "workflow a ending done\n  {}\n    do -> done\n",
        "step first by bureau",
        "state first by bureau",
    ),
]


@pytest.mark.parametrize(("around", "written", "meant"), WRITTEN)
def test_a_usual_word_is_told_and_mended(around: str, written: str, meant: str) -> None:
    text = around.format(written)
    found = [one for one in parse(Source("x.policy", text))[1] if one.code == "ZR101"]
    assert found and found[0].fix is not None and not found[0].fix.safe
    (edit,) = found[0].fix.edits
    mended = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert mended == around.format(meant)
    assert edit.text in found[0].help_zh


def test_the_steps_under_a_word_for_order_are_read_and_tell_nothing_more() -> None:
    file, found = parse(Source("x.policy", DECIDE.format("顺序")))
    (made,) = file.declarations
    assert isinstance(made, Decide)
    assert [[name.text for name in step.names] for step in made.steps] == [["丙", "丁"]]
    assert [one.code for one in found] == ["ZR101"]


def test_a_step_may_be_called_like_order_where_nothing_stands_under_it() -> None:
    text = '判定 甲 对象 乙\n  依次\n    顺序\n  默认 拒绝 "不"\n'
    assert parse(Source("x.policy", text))[1] == []


def test_a_usual_word_may_still_be_a_name() -> None:
    text = "流程 步骤 止于 结束\n  环节 节点 由 部门 限 1 个工作日\n    完成 → 结束\n"
    assert parse(Source("x.policy", text))[1] == []


def test_no_usual_word_is_a_spelling_of_what_it_stands_for() -> None:
    for terminal, words in USUAL.items():
        assert not set(words) & {*ZH[terminal], *EN[terminal]}, terminal
        assert len(set(words)) == len(words), terminal


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("流程 甲 止于 完\n  登记 姓名 文本\n", "并 登记 台账"),
        ("定期 走访 每周 1 次 由 网格员\n", "先写对谁"),
    ],
)
def test_what_stands_in_the_wrong_place_is_told_where_it_goes(text: str, told: str) -> None:
    assert any(told in one.help_zh for one in parse(Source("x.policy", text))[1])


ELSE = "判定 甲 对象 乙\n  依次\n    丙\n{}\n"


@pytest.mark.parametrize(
    "written",
    [
        *('其余 拒绝 "不"', '其他 不予准入 "不"', '未列入的：拒绝 "不"', '默认 驳回 "不"'),
        *('否则 拒绝 "不"', '清单以外的事项 拒绝 "不"', '凡不在清单的 拒绝 "不"'),
    ],
)
def test_what_is_answered_for_all_else_is_told_its_word(written: str) -> None:
    (found,) = parse(Source("x.policy", ELSE.format(f"  {written}")))[1]
    assert found.fix is not None and not found.fix.safe
    assert [edit.text for edit in found.fix.edits] == ["默认 拒绝"]
    assert "默认 拒绝" in found.help_zh and "default refuse" not in found.help_zh


@pytest.mark.parametrize("written", ['默认 拒绝 "不"', '其余 拒绝 "不"'])
def test_what_is_answered_for_all_else_stands_beside_the_steps(written: str) -> None:
    (found,) = parse(Source("x.policy", ELSE.format(f"    {written}")))[1]
    assert "“默认 拒绝 …”，与“依次”对齐" in found.help_zh


def test_a_step_that_admits_is_not_taken_for_what_holds_for_all_else() -> None:
    (found, *_) = parse(Source("x.policy", ELSE.format("  丁 准入")))[1]
    assert "默认" not in found.help_zh


@pytest.mark.parametrize("name", ["禁入清单", "未提交材料", "丙"])
def test_a_list_with_its_answer_is_not_taken_for_all_else(name: str) -> None:
    """To write 默认 拒绝 in its place would lose the list, and refuse what it says nothing of."""
    for indent in ("  ", "    "):
        (found, *_) = parse(Source("x.policy", ELSE.format(f'{indent}{name} 拒绝 "不"')))[1]
        assert "默认" not in found.help_zh
        assert found.fix is None or all("默认" not in edit.text for edit in found.fix.edits)
