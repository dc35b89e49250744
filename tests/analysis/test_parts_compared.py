"""What two sets hold otherwise beside their decisions: 授权, 约束, units read from a sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.analysis.test_sets_compared import BASE, compared, compiled

from zhunru import open_policy
from zhunru.analysis import compare
from zhunru.analysis.comparison import Comparison
from zhunru.analysis.constraints_diff import compare_constraints
from zhunru.analysis.contents_diff import Item
from zhunru.checker.resolved_flows import (
    Apart,
    Body,
    Constraint,
    Entails,
    Exactly,
    Withheld,
    Without,
)

HANDED = BASE.replace(
    "  施行 2024-01-01\n",
    "  施行 2024-01-01\n  授权 街道 清单 协助事项 增列 须有 依据 经 区民政局\n"
    "  授权 街道 参数 年限额 6 至 12 次\n",
    1,
)
ENSURED = BASE.replace("逾期 → 准许", "逾期 → 不准").replace(
    "判定 社区准入",
    "  约束 未经 复审 不得 准许\n  约束 自 初审 至 准许 不超过 30 个工作日\n判定 社区准入",
)


def told(found: Comparison) -> str:
    """The whole report in Chinese."""
    sections = found.sections()
    return "\n".join(line.text.zh for section in sections for line in section.lines)


def handed(found: Comparison) -> list[Item]:
    return [item for item in found.rest if item.kind == "delegation"]


def line_in(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_wider_band_is_told_with_both_bands_and_lines() -> None:
    found = compare(compiled(HANDED), compiled(HANDED.replace("6 至 12 次", "6 至 20 次")))
    (item,) = handed(found)
    line = line_in(HANDED, "授权 街道 参数")
    assert (item.name, item.change) == ("街道 参数 年限额", "changed")
    assert [each.zh for each in item.lines] == ["幅度：6至12次 → 6至20次"]
    assert (item.old.line, item.new.line) == (line, line)
    assert f"~ 授权“街道 参数 年限额”  {item.old.path}:{line}" in told(found)
    assert not found.identical


def test_what_additions_must_have_and_pass_is_told_part_by_part() -> None:
    found = compare(
        compiled(HANDED), compiled(HANDED.replace("须有 依据 经 区民政局", "须有 依据、经费"))
    )
    (item,) = handed(found)
    assert [each.zh for each in item.lines] == ["须有：依据 → 依据、经费", "经：区民政局 → 无"]
    assert [each.en for each in item.lines][1] == "via: 区民政局 -> none"


def test_an_authority_that_is_given_or_taken_is_told_with_what_it_allows() -> None:
    given = compare(compiled(BASE), compiled(HANDED))
    assert [(item.name, item.change) for item in handed(given)] == [
        ("街道 清单 协助事项", "added"),
        ("街道 参数 年限额", "added"),
    ]
    assert "增列：无 → 可以" in [line.zh for line in handed(given)[0].lines]
    taken = compare(compiled(HANDED), compiled(BASE))
    assert {item.change for item in handed(taken)} == {"removed"}
    data = [each for each in taken.to_dict()["rest"] if each["kind"] == "delegation"]
    assert data[1]["old"]["line"] == line_in(HANDED, "授权 街道 参数")
    assert data[1]["new"] is None
    assert "授权：街道 参数 年限额" in taken.page()


# --- lists of a lower set beside those that stay -------------------------------------------------


def test_what_only_the_list_above_has_is_not_told_as_given_up() -> None:
    """A province adds its own list to that of the state, which stays in force."""
    found = compare(open_policy("national"), open_policy("hubei"))
    (listed,) = (each for each in found.lists if each.new == "湖北不应出具证明")
    assert listed.related
    assert listed.kept
    report = told(found)
    assert "与仍然有效的“不应出具证明”相比：17 条相同，多 4 条；另有 3 条只在" in report
    assert "· ZM-10 健在证明" in report
    assert "- ZM-10" not in report
    assert (
        "《湖北省不应由基层群众性自治组织出具证明事项清单（第一批）》（鄂民政发〔2020〕32号）"
        in report
    )
    # What is kept of a list when only some of its entries count is told by name.
    assert "事项列入不应出具证明、可出具证明" not in report
    assert "等 20 项" in report
    assert "－ZM-10" not in found.page()
    # Most go where they went before; what another way of telling it stands in is 或者.
    assert "都拒绝，有的去向不同、理由不同、依据不同；" in report
    assert "或者事项为亲属关系证明、" in report
    (mixed,) = (each for each in found.decisions[0].differences if each.sometimes)
    assert mixed.sometimes == ("route",)
    assert mixed.old is not None and mixed.new is not None
    assert mixed.old.decision.route == mixed.new.decision.route
    # A quota is called as in a sentence, not as its fact.
    assert "检查总量控制的每年限额未满" in report
    assert "检查总量控制.每年" not in report


# --- 约束 ----------------------------------------------------------------------------------------


def test_another_bound_of_a_constraint_is_told_with_both_texts_and_lines() -> None:
    found = compared("不超过 30 个工作日", "不超过 20 个工作日", ENSURED)
    (flow,) = found.workflows
    (change,) = flow.constraints
    assert change.change == "changed"
    assert change.old_text.zh == "自 初审 至 准许 不超过 30 个工作日"
    assert change.new_text.zh == "自 初审 至 准许 不超过 20 个工作日"
    assert change.old.line == change.new.line == line_in(ENSURED, "约束 自")
    report = told(found)
    assert f"{change.old_text.zh} → {change.new_text.zh}  {change.old.path}:" in report
    assert "有变" not in report
    (data,) = found.to_dict()["workflows"][0]["constraints"]
    assert data["new_text"]["en"] == "from 初审 to 准许 at most 20 workdays"
    assert data["new"]["line"] == change.new.line
    assert "不超过 20 个工作日" in found.page()


def test_a_constraint_that_is_given_up_is_told_with_its_line() -> None:
    found = compared("  约束 未经 复审 不得 准许\n", "", ENSURED)
    (change,) = found.workflows[0].constraints
    assert (change.change, change.old_text.zh) == ("removed", "未经 复审 不得 准许")
    assert change.old.line == line_in(ENSURED, "约束 未经")
    assert "取消约束“未经 复审 不得 准许”" in told(found)


ONES: tuple[tuple[Constraint, Constraint, str], ...] = (
    (Apart(left=("初审",), right=("复审",), by="person"),
     Apart(left=("初审",), right=("复审",), by="unit"), "初审 与 复审 不得由同一人承担"),
    (Entails(start="复审", target="准许"), Entails(start="初审", target="准许"),
     "凡 复审 必有 准许"),
    (Without(steps=("初审", "复审"), any_of=False, target="准许"),
     Without(steps=("初审", "复审"), any_of=True, target="准许"), "未经 初审、复审 不得 准许"),
    (Exactly(number=1, role="初审人"), Exactly(number=2, role="初审人"), "每件 恰有 1 个 初审人"),
    (Withheld(secret="举报人", from_=Body(kind="unit", name="东街")),
     Withheld(secret="举报人", from_=Body(kind="unit", name="某区")), "举报人 不得送达 东街"),
)  # fmt: skip


@pytest.mark.parametrize(("one", "other", "text"), ONES)
def test_constraints_about_the_same_thing_are_held_together(
    one: Constraint, other: Constraint, text: str
) -> None:
    flow = compiled(BASE).core.workflows["审批"]
    sets = [
        replace(flow, constraints=(Entails(start="准许", target="甲"), c)) for c in (one, other)
    ]
    (change,) = compare_constraints(*sets)
    assert (change.change, change.old_text.zh) == ("changed", text)
    assert change.new_text != change.old_text


# --- units of a sheet ----------------------------------------------------------------------------

SHEET = "名称,层级,上级\n某区,区级,\n区民政局,部门,某区\n东街,街道,某区\n东社区,社区,东街\n"


def written(folder: Path, sheet: str) -> Path:
    folder.mkdir()
    start, end = BASE.index("单位\n  |"), BASE.index("表单 来件")
    text = f'{BASE[:start]}单位 取自 "单位.csv"\n{BASE[end:]}'
    (folder / "办法.policy").write_text(text, encoding="utf-8")
    (folder / "单位.csv").write_text(sheet, encoding="utf-8")
    return folder


def test_units_of_a_sheet_are_told_with_their_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    old = written(tmp_path / "现行", SHEET)
    new = written(
        tmp_path / "草案", SHEET.replace("东社区,社区,东街", "东社区,社区,某区\n西社区,社区,东街")
    )
    for _ in range(2):  # the second time both are kept compiled, without their text
        found = compare(open_policy(old), open_policy(new))
        units = {item.name: item for item in found.rest if item.kind == "unit"}
        assert list(units) == ["东社区", "西社区"]
        moved, came = units["东社区"], units["西社区"]
        assert [line.zh for line in moved.lines] == ["上级：东街 → 某区"]
        assert (moved.old.line, moved.new.line, came.new.line) == (5, 5, 6)
        assert Path(moved.new.path) == new / "单位.csv"
        assert not came.old.path
        assert "~ 单位“东社区”  现行/单位.csv:5 → 草案/单位.csv:5" in told(found)


def test_a_unit_of_a_table_in_the_text_is_told_with_its_line() -> None:
    found = compared("| 东街     | 街道 | 某区   |", "| 东街     | 镇   | 某区   |")
    (item,) = (item for item in found.rest if item.kind == "unit")
    assert item.old.line == item.new.line == line_in(BASE, "| 东街 ")
    assert [line.zh for line in item.lines] == ["层级：街道 → 镇"]


# --- what a case carries -------------------------------------------------------------------------

ASKED = BASE.replace(
    "流程 审批", "表单 审批表\n  事由 文本\n  户数 数值 0 至 200 户\n流程 审批"
).replace("同意 → 复审", "同意(事由, 户数) → 复审")
UNUSED = ASKED.replace("表单 审批表", "表单 别的\n  颜色 枚举 红、绿\n表单 审批表")


def test_a_field_that_a_workflow_does_not_speak_of_changes_nothing_in_it() -> None:
    assert not compare(compiled(UNUSED), compiled(ASKED)).workflows
    assert not compare(compiled(ASKED), compiled(UNUSED)).workflows


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("户数 数值 0 至 200 户", "户数 数值 0 至 300 户", "栏目“户数”的填写："),
        ("事由 文本\n", "事由 文本 保密\n", "栏目“事由”的保密：否 → 是"),
        ("同意(事由, 户数)", "同意(事由)", "取消栏目“户数”"),
        ("流程 审批 止于", '流程 审批 "从初审到复审" 止于', "名称：无 → 从初审到复审"),
    ],
)
def test_what_changed_in_a_workflow_is_said(old: str, new: str, words: str) -> None:
    found = compared(old, new, ASKED)
    (flow,) = found.workflows
    assert any(words in line.zh for line in flow.rest), flow.rest
