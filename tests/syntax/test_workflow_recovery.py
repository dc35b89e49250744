"""Mistakes in workflows are found one by one, and what stands around them is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.syntax.glued import glued, mends

from zhunru.diagnostics import Source
from zhunru.syntax.nodes import Form
from zhunru.syntax.parser import parse
from zhunru.syntax.workflow_nodes import Recurring, State, Workflow

FOLDER = Path(__file__).parents[1] / "fixtures" / "syntax" / "good"
LINES = """流程 网格事项 止于 销号、挂账
  约束 未经 满意 不得 销号
  环节 研判 由 社区 限 4 个工作小时
    自行处置 当 权限 为 社区 → 处置
    上报(理由) → 交办
    逾期 → 交办 并 通知 街道
  环节 交办 由 街道 限 1 个工作日
    交办(主办, 协办) → 处置
    逾期 → 挂账
  环节 处置 由 主办 限 5 个工作日
    处置完毕(结果) → 销号
    逾期 → 挂账
表单 f
  a 文本
"""


def read(text: str) -> tuple[list[State], list[tuple[str, str]]]:
    file, found = parse(Source("x", text))
    assert isinstance(file.declarations[-1], Form)
    flow = file.declarations[0]
    assert isinstance(flow, Workflow)
    return list(flow.states), [(d.code, text[d.span.start : d.span.end]) for d in found]


MISTAKES = [
    ("上报(理由) → 交办", "上报(理由 → 交办", "ZR101", "→"),
    ("逾期 → 交办 并 通知 街道", "逾期 交办 并 通知 街道", "ZR101", "交办"),
    ("自行处置 当 权限 为 社区 →", "自行处置 当 权限 为 →", "ZR101", "→"),
    ("约束 未经 满意 不得 销号", "约束 未经 满意 不能 销号", "ZR101", "不能"),
    ("限 4 个工作小时\n", "限 4 个工作小时 之内\n", "ZR101", "之内"),
    ("由 街道 限 1 个工作日", "由街道 限 1 个工作日", "ZR103", "由街道"),
    ("环节 交办 由", "环结 交办 由", "ZR101", "环结"),
]


@pytest.mark.parametrize(("right", "wrong", "code", "underlined"), MISTAKES)
def test_a_mistake_in_one_line_leaves_every_state_standing(
    right: str, wrong: str, code: str, underlined: str
) -> None:
    assert LINES.count(right) == 1
    states, found = read(LINES.replace(right, wrong))
    assert [one[0] for one in found] == [code]
    assert found[0][1].startswith(underlined)
    assert [state.name.text for state in states] == ["研判", "交办", "处置"]
    assert sum(len(state.actions) for state in states) >= 3
    assert sum(len(state.endings) for state in states) >= 2


def test_without_a_mistake_nothing_is_reported() -> None:
    states, found = read(LINES)
    assert found == []
    assert [len(state.actions) for state in states] == [2, 1, 1]


def test_a_bad_cell_leaves_the_other_cells_of_its_row() -> None:
    text = (
        "流程 甲 止于 乙\n"
        "  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |\n"
        "  | 一 | 社区 | 5 个工作日 | 上报 二 | 逾期 → 乙 |\n"
        "  | 二 | 社区 | 5 个工作日 | 上报 → 乙 | 逾期 乙 |\n"
        "表单 f\n  a 文本\n"
    )
    states, found = read(text)
    assert [(one.code, one.span.line) for one in parse(Source("x", text))[1]] == [
        ("ZR101", 3),
        ("ZR101", 4),
    ]
    assert [(len(s.actions), len(s.endings)) for s in states] == [(0, 1), (1, 0)]
    assert len(found) == 2


@pytest.mark.parametrize(
    "heading", ["办理 → 去向", "办理→去向", "办理 -> 去向", "办 理", "办理", "actions"]
)
def test_the_heading_of_actions_may_be_written_in_several_ways(heading: str) -> None:
    text = f"流程 甲 止于 乙\n  | 环节 | {heading} |\n  | 一 | 上报 → 乙 |\n表单 f\n  a 文本\n"
    states, found = read(text)
    assert (found, len(states[0].actions)) == ([], 1)


def test_a_row_without_a_name_is_reported() -> None:
    text = "流程 甲 止于 乙\n  | 环节 | 由 |\n  | - | 社区 |\n表单 f\n  a 文本\n"
    states, found = read(text)
    assert states == [] and [code for code, _ in found] == ["ZR125"]


def test_states_as_lines_and_as_rows_keep_their_order() -> None:
    text = (
        "流程 甲 止于 乙\n  环节 一 由 社区 限 不限时\n    上报 → 二\n"
        "  | 环节 | 办理 |\n  | 二 | 上报 → 乙 |\n表单 f\n  a 文本\n"
    )
    states, found = read(text)
    assert found == [] and [state.name.text for state in states] == ["一", "二"]


def test_an_owner_glued_to_its_word_is_not_taken_for_what_is_counted() -> None:
    file, found = parse(Source("x", "定期 换届 每个 社区 每月 1 次 由社区\n"))
    assert [(d.code, d.fix and d.fix.edits[0].text) for d in found] == [("ZR103", "由 社区")]
    assert isinstance(file.declarations[0], Recurring)
    _, found = parse(Source("x", "定期 换届 每个 社区 每月 1 次 [由社区]\n"))
    assert found == []


# --- blanks left out -----------------------------------------------------------------------------

TEXT = (FOLDER / "mission-2-2.policy").read_text(encoding="utf-8")


def test_nearly_every_glued_word_of_a_workflow_is_found_and_mended() -> None:
    texts = list(glued(TEXT))
    told = [(*each, found) for each in texts if (found := parse(Source("x", each[0]))[1])]
    mended = sum(
        found[0].fix is not None and mends(wrong, right, found[0]) for wrong, right, found in told
    )
    assert len(texts) > 150
    assert len(told) > 0.7 * len(texts)
    assert mended >= 0.97 * len(told)


TURNED = [
    ("未经 满意 不得 销号", "不得 销号 未经 满意"),
    ("未经 满意 不得 销号", "不得销号，未经满意"),
    ("未经 满意 不得 销号", "必须 经过 满意 才能 销号"),
    ("未经 满意 不得 销号", "须经 满意 后 方可 销号"),
    ("限 5 个工作日", "限 3-5个工作日"),
    ("限 5 个工作日", "限 3～5 个工作日"),
    ("限 5 个工作日", "限 3 至 5 个工作日"),
]


@pytest.mark.parametrize(("meant", "written"), TURNED)
def test_what_was_meant_is_offered_to_be_confirmed(meant: str, written: str) -> None:
    text = LINES.replace(meant, written)
    (found,) = parse(Source("x", text))[1]
    assert found.fix is not None and not found.fix.safe
    (edit,) = found.fix.edits
    assert text[: edit.span.start] + edit.text + text[edit.span.end :] == LINES


def test_no_limit_is_offered_for_a_range_in_a_condition() -> None:
    text = '规则 甲\n  当 户数 为 3-5\n  拒绝 "不"\n'
    (found,) = parse(Source("x", text))[1]
    assert (found.code, found.fix) == ("ZR142", None)


def test_what_must_come_first_is_said_first_in_english() -> None:
    text = "workflow w ending done\n  ensure {}\n  state a by b within 1 workdays\n"
    (found, *_) = parse(Source("x", text.format("never done without check")))[1]
    assert found.fix is not None
    assert [each.text for each in found.fix.edits] == ["without check never done"]
