"""What a shipped set stands on: take it away or turn it round, and the check reports it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.shipped import POLICIES, changed, checked, compiled, source

from zhunru import Decision, Outcome, Request, decide
from zhunru.analysis.findings import check_deeply
from zhunru.checker import check
from zhunru.diagnostics import Severity
from zhunru.syntax import loader, nodes
from zhunru.syntax.workflow_nodes import Workflow


def errors(folder: Path) -> list[str]:
    """Return the errors of a set, in Chinese."""
    found, unread = loader.load(folder)
    assert found is not None
    whole, problems = check.check(found)
    if whole is not None:
        problems += check_deeply(whole)
    return [d.zh for d in (*unread, *problems) if d.severity is Severity.ERROR]


NEED = "  要求 常住人口 否则"
PROMISES = [
    ("services", "公共服务.policy", NEED, "  要求 常住人口 且 户籍 不为 外地 否则", "常住人口一视同仁"),
    ("services", "公共服务.policy", NEED, "  要求 常住人口 且 信用等级 不为 较差 否则",
     "信用不减法定权利"),
    ("putian-window", "户政.policy", '"户政业务（示例，非官方）" 类型 准入\n',
     '"户政业务（示例，非官方）" 类型 准入\n  要求 户籍县区 不为 仙游县 否则 拒绝 "非本区"\n',
     "户政全市通办"),
    ("hunchun-transfer", "转岗.policy",
     "  | 不在社区不得转入 | 在岗社区 为 否  | 拒绝 | 不在社区工作的人员一律不得转入   |\n", "",
     "不在社区一律不得转入"),
    ("hunchun-transfer", "转岗.policy",
     "  | 不合条件不得转入 | 符合标准条件 为 否 | 拒绝 | 不符合标准条件的人员一律不得转入 |\n", "",
     "不合条件一律不得转入"),
]  # fmt: skip


@pytest.mark.rows("S0-46", "S1-35", "S3-55", "S4-19")
@pytest.mark.parametrize(("name", "file", "old", "new", "promise"), PROMISES)
def test_a_rule_against_a_promise_is_reported_with_the_case_that_breaks_it(
    name: str, file: str, old: str, new: str, promise: str, tmp_path: Path
) -> None:
    assert errors(POLICIES / name) == []
    root = changed(tmp_path, name, file, old, new)
    assert any(promise in one for one in errors(root / name))


POST = {"转入岗位": "正职", "所在社区": "珲春示例社区", "在岗社区": True, "符合标准条件": True}


def transferred(facts: dict[str, Any], asserted_by: str | None = None) -> Decision:
    """Return what becomes of somebody who is to go over to a post of Hunchun."""
    request = Request(facts=facts, received=date(2021, 12, 1), asserted_by=asserted_by)
    return decide(compiled("hunchun-transfer"), request)


@pytest.mark.rows("S4-19")
@pytest.mark.parametrize("lacking", POST)
def test_nobody_goes_over_to_a_post_before_each_of_the_four_facts_is_there(lacking: str) -> None:
    assert transferred(POST).outcome is Outcome.ADMIT
    answer = transferred({name: value for name, value in POST.items() if name != lacking})
    assert answer.outcome is Outcome.INCOMPLETE
    assert [each.name for each in answer.missing] == [lacking]


@pytest.mark.rows("S4-19")
@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("社区", [("在岗社区", "街道"), ("符合标准条件", "民政部门")]),
        ("街道", [("符合标准条件", "民政部门")]),
        ("民政部门", [("在岗社区", "街道")]),
    ],
)
def test_the_street_says_who_works_there_and_the_bureau_who_is_fit_and_nobody_else(
    who: str, asked: list[tuple[str, str]]
) -> None:
    answer = transferred(POST, who)
    assert answer.outcome is Outcome.INCOMPLETE
    assert [(each.name, each.asserted_by) for each in answer.missing] == asked


@pytest.mark.rows("S2-30", "S3-42")
@pytest.mark.parametrize(
    ("upper", "file", "line", "lower"),
    [
        ("jin-an", "政策.policy", "  授权 社区 清单 服务项目菜单 增列\n", "jin-an-community"),
        ("putian", "政策.policy", "  授权 社区 清单 社区服务菜单 增列\n", "putian-community"),
    ],
)
def test_a_community_adds_to_a_menu_only_where_the_set_above_lets_it(
    upper: str, file: str, line: str, lower: str, tmp_path: Path
) -> None:
    assert errors(POLICIES / lower) == []
    root = changed(tmp_path, upper, file, line, "")
    name = line.split()[3]
    assert any(name in one for one in errors(root / lower)), errors(root / lower)


@pytest.mark.rows("S3-42")
def test_what_a_community_adds_to_its_menu_is_built_to_the_standard() -> None:
    (menu,) = (
        one
        for one in source("putian-community").declarations
        if isinstance(one, nodes.ListDecl) and one.name.text == "社区服务菜单"
    )
    added = {entry.title.zh: dict(entry.extra)["标准接口"] for entry in menu.entries}
    assert added == {"邻里工具借用": "是", "老年食堂订餐": "是"}


@pytest.mark.rows("S1-20")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("计入 部门年度综合考核 占 30%", "计入 部门年度综合考核 占 29%"),
        ("计入 派出机构年度考核 占 60%", "计入 派出机构年度考核 占 59%"),
    ],
)
def test_upward_ratings_may_not_count_for_less_than_the_law_says(
    old: str, new: str, tmp_path: Path
) -> None:
    root = changed(tmp_path, "weihai", "评价.policy", old, new)
    assert any("底线" in one or "不低于" in one for one in errors(root / "weihai"))


@pytest.mark.rows("S0-41")
def test_a_matter_that_the_street_and_the_committee_both_own_is_refused(tmp_path: Path) -> None:
    assert errors(POLICIES / "jiangyuan") == []
    own, streets = "| LZ-13 | 调解邻里物业纠纷         |", "| LZ-13 | 城乡环境综合整治         |"
    root = changed(tmp_path, "jiangyuan", "三张清单.policy", own, streets)
    assert any("都列为主责" in one and "街道职责" in one for one in errors(root / "jiangyuan"))


def mirrors(name: str) -> set[tuple[str, str]]:
    """Return which entry of the lists of a set names which as the other side of one matter."""
    return {
        (entry.code, each.text)
        for one in source(name).declarations
        if isinstance(one, nodes.ListDecl)
        for entry in one.entries
        for each in entry.mirrors
    }


@pytest.mark.rows("S0-39", "S0-41", "S0-48")
def test_the_two_sides_of_a_matter_in_the_lists_of_jiangyuan_name_each_other() -> None:
    pairs = {("JD-11", "XZ-01"), ("JD-13", "WY-01"), ("JD-15", "XZ-05"), ("JD-19", "XZ-22"),
             ("JD-20", "XZ-08"), ("JD-23", "LZ-13"), ("JD-11-2026", "XZ-01-2026")}  # fmt: skip
    assert {pair for pair in mirrors("jiangyuan") if pair[0].startswith("JD")} == pairs
    back = {(street, own) for own, street in mirrors("jiangyuan") if street.startswith("JD")}
    assert back == pairs - {("JD-23", "LZ-13")}


@pytest.mark.rows("S0-39")
def test_a_matter_owned_in_one_list_and_assisted_in_another_says_so_or_is_reported(
    tmp_path: Path,
) -> None:
    own, streets = (
        "| XZ-09 | 协助老旧小区改造意见征集     |",
        "| XZ-09 | 城乡环境综合整治             |",
    )
    root = changed(tmp_path, "jiangyuan", "三张清单.policy", own, streets)
    found, _ = loader.load(root / "jiangyuan")
    assert found is not None
    told = {(d.code, d.zh) for d in check.check(found)[1]}
    assert any(code == "ZR446" and "街道职责" in zh for code, zh in told)


# --- names written in cells ----------------------------------------------------------------------


def declared(name: str) -> set[tuple[str, str]]:
    """Return the kinds and names of what a set and those above it declare."""
    found = source(name)
    kinds = {
        "流程": Workflow, "清单": nodes.ListDecl, "规则": (nodes.Rule, nodes.RuleGroup),
        "角色": nodes.Role,
    }  # fmt: skip
    known = {
        (kind, each.name.text)
        for one in (found, *found.uppers)
        for each in one.declarations
        for kind, types in kinds.items()
        if isinstance(each, types)
    }
    by_type = {"Table": "对照表", "Check": "核查", "Scorecard": "评价", "Register": "台账"}
    known |= {
        (by_type[type(each).__name__], each.name.text)
        for one in (found, *found.uppers)
        for each in one.declarations
        if type(each).__name__ in by_type
    }
    return known


@pytest.mark.rows("S0-08", "S0-56", "S0-76", "S3-05")
@pytest.mark.parametrize(
    ("name", "called", "named"),
    [("jiangyuan", "治理措施", 8), ("jiangyuan", "网格标准体系", 5), ("jiangyuan", "合作机制", 4),
     ("putian", "自治共治三项基础", 3)],
)  # fmt: skip
def test_what_an_entry_says_carries_it_out_is_declared(name: str, called: str, named: int) -> None:
    found = source(name)
    (the_list,) = (
        d for d in found.declarations if isinstance(d, nodes.ListDecl) and d.name.text == called
    )
    cells = [text for e in the_list.entries for heading, text in e.extra if heading == "对应做法"]
    wanted = [
        tuple(each.split()) for cell in cells for each in cell.split("、") if len(each.split()) == 2
    ]
    assert len(wanted) == named
    assert set(wanted) <= declared(name)


ENTRIES = [
    ("jiangyuan", "合作机制", "区域化统筹 实体化支撑 项目化运作"),
    (
        "jiangyuan",
        "治理措施",
        "基层群众性自治组织规范化建设 社区工作者队伍建设 改善社区人居环境"
        " 城乡社区综合服务设施建设 社区减负增效 改进社区物业服务管理",
    ),
    ("putian", "自治共治三项基础", "自治强基 社会共治 居民自治与社区共治有效互动"),
]


MEASURES = (
    "基层群众性自治组织规范化建设 社区工作者队伍建设 改善社区人居环境 城乡社区综合服务设施建设"
    " 社区减负增效 改进社区物业服务管理"
)


@pytest.mark.rows("S0-08", "S0-76", "S3-05")
@pytest.mark.parametrize(
    ("name", "called", "said"), [*ENTRIES, ("jiangyuan", "治理措施", MEASURES)]
)
def test_a_list_has_the_entries_that_the_source_names(name: str, called: str, said: str) -> None:
    (the_list,) = (
        d
        for d in source(name).declarations
        if isinstance(d, nodes.ListDecl) and d.name.text == called
    )
    assert [entry.title.zh for entry in the_list.entries] == said.split()


@pytest.mark.rows("S3-02", "S3-06")
@pytest.mark.parametrize(("table", "column"), [("五项民主", "走的流程"), ("一格通办", "办法")])
def test_a_table_that_names_workflows_names_those_there_are(table: str, column: str) -> None:
    putian = checked("putian")
    resolved = putian.tables[table]
    at = [name for name, _ in resolved.outputs].index(column)
    named = {str(getattr(row.results[at], "value", row.results[at])) for row in resolved.rows}
    assert len(named) == len(resolved.rows)
    assert named <= set(putian.workflows)
