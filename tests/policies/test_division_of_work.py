"""Who leads and who joins in each rule; what 定期, 临时 and 追究 must say: dropped, it is noticed."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.shipped import POLICIES, changed, checked, compiled, source

from zhunru import Request, decide, open_policy
from zhunru.checker import check
from zhunru.diagnostics import Severity
from zhunru.measures import Rows, assess, review
from zhunru.syntax import expressions as x
from zhunru.syntax import loader, nodes
from zhunru.syntax.workflow_nodes import Workflow
from zhunru.vocabulary import ListKind

DAY = date(2026, 3, 2)


def lead(entry: nodes.Entry) -> str:
    return entry.leads[0].text


def found(folder: Path) -> set[tuple[str, Severity]]:
    """Return the codes of everything found in a set, with how grave they are."""
    policy_set, unread = loader.load(folder)
    assert policy_set is not None
    return {(d.code, d.severity) for d in (*unread, *check.check(policy_set)[1])}


def rules_of(name: str) -> set[tuple[str, str]]:
    """Return what a set decides and works by, and the rules above it that it decides by."""
    said = source(name)
    rules = {
        ("规则", rule.name.text)
        for each in (said, *said.uppers)
        for rule in each.declarations
        if isinstance(rule, nodes.Rule | nodes.RuleGroup)
    }
    lists = {
        ("清单", one.name.text)
        for one in said.declarations
        if isinstance(one, nodes.ListDecl) and one.kind is not ListKind.CATALOGUE
    }
    flows = {("流程", one.name.text) for one in said.declarations if isinstance(one, Workflow)}
    return rules | lists | flows


def division() -> dict[str, dict[str, list[str]]]:
    """Return of each rule, list and workflow who has which of the four parts in it."""
    (found,) = (
        one
        for one in source("jiangyuan").declarations
        if isinstance(one, nodes.Table) and one.name.text == "制度分工"
    )
    assert len(found.rows) == len({words(row.tests[0].tests[0])[0] for row in found.rows})
    parts = [column.name.text for column in found.columns if column.result]
    return {
        words(row.tests[0].tests[0])[0]: dict(zip(parts, map(words, row.results), strict=True))
        for row in found.rows
    }


def words(cell: object) -> list[str]:
    """Return the names in a cell of a table."""
    items = getattr(cell, "items", (cell,))
    return [item.name for item in items if isinstance(item, x.Ref)]


@pytest.mark.rows("S0-03")
def test_each_rule_list_and_workflow_says_who_governs_leads_joins_and_takes_part() -> None:
    parts = division()
    assert {(said["类别"][0], name) for name, said in parts.items()} == rules_of("jiangyuan")
    assert all(all(said.values()) for said in parts.values())


@pytest.mark.rows("S0-03")
def test_who_governs_leads_joins_or_takes_part_is_declared() -> None:
    jiangyuan = checked("jiangyuan")
    known = {*jiangyuan.units, *jiangyuan.roles}
    known |= {role for unit in jiangyuan.units.values() for role in unit.roles}
    known |= {unit.level for unit in jiangyuan.units.values()}
    named = {
        each
        for said in division().values()
        for part in ("统一领导", "牵头", "配合", "参与")
        for each in said[part]
    }
    assert named - known == set()


@pytest.mark.rows("S0-10")
@pytest.mark.parametrize("rhythm", ["", " 不少于 1 次"])
def test_a_duty_to_meet_now_and_then_is_reported_as_without_a_period(
    rhythm: str, tmp_path: Path
) -> None:
    line = "定期 党委政府研究社区建设 每个 区级{} 由 区委"
    folder = changed(tmp_path, "jiangyuan", "协商.policy", line.format(" 每半年 不少于 1 次"), line.format(rhythm))  # fmt: skip
    assert ("ZR535", Severity.WARNING) in found(folder / "jiangyuan")
    assert "ZR535" not in {code for code, _ in found(folder / "hongqi-community")}


@pytest.mark.rows("S4-42")
def test_temporary_work_without_its_last_day_is_refused(tmp_path: Path) -> None:
    until = "类型 协助 主体 社区居委会 施行 2021-01-01{}"
    folder = changed(tmp_path, "hongqi-community", "治理.policy", until.format(" 至 2022-12-31"), until.format(""))  # fmt: skip
    assert ("ZR488", Severity.ERROR) in found(folder / "hongqi-community")
    assert "ZR488" not in {code for code, _ in found(folder / "jiangyuan")}


@pytest.mark.rows("S4-42")
def test_an_entry_that_ends_by_itself_is_enough() -> None:
    hongqi = source("hongqi-community")
    files = tuple(
        replace(file, declarations=tuple(map(without_its_day, file.declarations)))
        for file in hongqi.files
    )
    _, problems = check.check(replace(hongqi, files=files))
    assert [d.span.line for d in problems if d.code == "ZR488"] == []


def without_its_day(declared: object) -> object:
    """Move the last day of the list to its entries."""
    if not isinstance(declared, nodes.ListDecl) or declared.name.text != "疫情防控临时事项":
        return declared
    entries = tuple(
        replace(one, period=replace(one.period, end=declared.period.end))
        for one in declared.entries
    )
    assert entries and declared.period.end
    return replace(declared, entries=entries, period=replace(declared.period, end=None))


@pytest.mark.rows("S0-56")
def test_who_decides_and_what_follows_is_in_the_workflow_as_in_the_table() -> None:
    """追责 sends a matter where 网格责任追究 says, and ends in the consequences it names."""
    jiangyuan = checked("jiangyuan")
    table = jiangyuan.tables["网格责任追究"]
    at = [name for name, _ in table.outputs].index("追究")
    named = {str(getattr(row.results[at], "value", row.results[at])) for row in table.rows}
    flow = next(
        one
        for one in source("jiangyuan").declarations
        if isinstance(one, Workflow) and one.name.text == "网格追责"
    )
    deciding = [state for state in flow.states if state.name.text.endswith("决定")]
    done = {action.name.text for state in deciding for action in state.actions}
    assert len(deciding) == 3
    assert done == named


@pytest.mark.rows("S4-12")
def test_what_is_taken_into_supervision_comes_due_and_is_missed_on_record() -> None:
    result, _ = check.check(source("hunchun"))
    assert result is not None
    due = {name: (duty.length, duty.by) for name, duty in result.duties.items()}
    assert due["岗位设立督查"] == (3, "组织部门")
    assert due["书记一号工程调度"] == (6, "组织部门")
    missed = result.duties["岗位设立督查"].missed
    assert [(one.kind, one.object or one.to) for one in missed] == [
        ("record", "未督查"),
        ("notify", ("区政府",)),
    ]


@pytest.mark.rows("S4-12")
def test_the_score_is_of_the_leading_bodies_of_township_rank_and_of_no_community() -> None:
    """街道、乡镇 and 部门, courts too, are assessed; without ratings nobody has a total."""
    rows = Rows(compiled("hunchun"), date(2021, 12, 31))
    marks = {"年度目标": 100, "班子考核": 90, "督查结果": 80}
    ratings = [
        {"对象": body, "指标": what, "得分": Decimal(mark), "评分人": "组织部门"}
        for body in ("珲春示例街道", "珲春城市社区01")
        for what, mark in marks.items()
    ]
    done = {one.subject: one.total for one in assess(rows, "岗位设立考核", ratings).scored}
    own = {name: total for name, total in done.items() if name.startswith("珲春")}
    assert own == {
        "珲春示例街道": Decimal(91), "珲春示例镇": None, "珲春市民政局": None,
        "珲春市财政局": None, "珲春市人社局": None, "珲春市人民法院": None,
        "珲春市公安局": None, "珲春市政府督查室": None,
    }  # fmt: skip


@pytest.mark.rows("S4-13")
def test_every_level_has_a_leading_group_or_is_named() -> None:
    rows = [dict(row) for row in Rows(compiled("hunchun"), DAY).register("领导小组") or ()]
    checks = ("市成立领导小组", "街道都成立领导小组", "乡镇都成立领导小组", "社区都成立领导小组")
    bodies = ("珲春市", "珲春示例街道", "珲春示例镇", "珲春城市社区26")
    for name, body in zip(checks, bodies, strict=True):
        left = [row for row in rows if row["成立单位"] != body]
        for given, more in ((rows, set()), (left, {body})):
            (told,) = review(Rows(compiled("hunchun"), DAY, {"领导小组": given}), [name])
            # One community of the report's 31 is without a group in the register that ships.
            known = {"珲春乡镇社区05"} if name == "社区都成立领导小组" else set()
            assert {who for one in told.findings for who in one.subjects} == known | more, name


FOUR = ("组织部门", "民政部门", "财政部门", "人力资源社会保障部门")


@pytest.mark.rows("S4-13")
@pytest.mark.parametrize("role", FOUR)
def test_an_outsider_in_the_joint_meeting_on_posts_stands_in_for_none_of_the_four(
    role: str, tmp_path: Path
) -> None:
    swapped = f"{role}\n珲春市教育局,部门,珲春市,,岗位联席会议"
    root = changed(tmp_path, "hunchun", "单位.csv", f"{role}、岗位联席会议", swapped)
    (told,) = review(Rows(open_policy(root / "hunchun"), DAY), ["联席会议四家"])
    assert len(told.findings) == 1


@pytest.mark.rows("S4-13")
def test_a_fifth_in_the_joint_meeting_on_posts_is_told(tmp_path: Path) -> None:
    old = "人力资源社会保障部门、岗位联席会议"
    more = f"{old}\n珲春市教育局,部门,珲春市,,岗位联席会议"
    root = changed(tmp_path, "hunchun", "单位.csv", old, more)
    (told,) = review(Rows(open_policy(root / "hunchun"), DAY), ["联席会议四家"])
    assert len(told.findings) == 1


@pytest.mark.rows("S4-13", "S4-20")
@pytest.mark.parametrize("department", ["组织部门", "财政部门", "人力资源社会保障部门"])
def test_each_of_the_three_that_join_has_a_measure_to_join_in(department: str) -> None:
    rows = Rows(compiled("hunchun"), DAY).register("措施清单") or ()
    left = [row for row in rows if row["配合部门"] != department]
    (told,) = review(Rows(compiled("hunchun"), DAY, {"措施清单": left}), ["三家共同推进"])
    assert [one.subjects for one in told.findings] == [(department,)]


def answers(name: str, listed: str, community: str, sender: str = "") -> Counter[tuple[bool, str]]:
    """Count what becomes of each matter of a list, paid for or not, sent by whom it names."""
    policy = open_policy(POLICIES / name)
    (sunk,) = (
        one
        for one in source(name).declarations
        if isinstance(one, nodes.ListDecl) and one.name.text == listed
    )
    asked = {"目标社区": community, "类别": "行政任务", "承担方式": "协助", "拟进入日期": DAY}
    outcomes: Counter[tuple[bool, str]] = Counter()
    for one in sunk.entries:
        for paid in (True, False):
            by = sender or lead(one)
            facts = {**asked, "来文单位": by, "事项": one.code, "经费到位": paid}
            request = Request(facts=facts, received=DAY, registers={"应急响应": ()})
            outcomes[paid, decide(policy, request).outcome] += 1
    return outcomes


@pytest.mark.rows("S2-19")
def test_each_of_the_169_matters_passes_admission_with_its_money_and_not_without() -> None:
    found = answers("jin-an", "下沉事项", "晋安社区01")
    assert found == {(True, "admit"): 169, (False, "defer"): 169}


@pytest.mark.rows("S1-31")
def test_each_of_the_28_services_sent_down_waits_for_its_money() -> None:
    found = answers("weihai", "下放事项", "幸福社区", "区行政审批服务局")
    assert found == {(True, "admit"): 28, (False, "defer"): 28}


@pytest.mark.rows("S3-19")
def test_the_departments_on_the_grid_are_those_of_its_list() -> None:
    (grid,) = (
        one
        for one in source("putian").declarations
        if isinstance(one, nodes.ListDecl) and one.name.text == "入格事项"
    )
    with (POLICIES / "putian" / "台账" / "入格部门.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["入格编号"] for row in rows] == [one.code for one in grid.entries]
    assert len({lead(one) for one in grid.entries}) == len({row["入格部门"] for row in rows}) == 32
