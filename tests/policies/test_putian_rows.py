"""Rows of Putian that stand on names and numbers: each is asked, and each missed is noticed."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.cases.asking import at
from tests.policies.test_guards import errors
from tests.shipped import POLICIES, changed, checked, compiled, source

from zhunru import Request, decide, open_policy
from zhunru.measures import Rows, review
from zhunru.runtime.case import Actor
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore
from zhunru.syntax import nodes

DAY = date(2026, 3, 2)
THEN = date(2021, 1, 8)


def register(name: str) -> list[dict[str, str]]:
    """Return the rows of a register of Putian as its file has them."""
    path = POLICIES / "putian" / "台账" / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def found(check: str, given: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> int:
    """Return how many findings a check has, over the rows that ship or those given."""
    (done,) = review(Rows(compiled("putian"), THEN, given), [check])
    assert not any(one.unsure for one in done.findings)
    return len(done.findings)


# --- what is asked of the grid, one department after the other -----------------------------------


@pytest.mark.rows("S3-19")
def test_each_of_the_32_matters_of_the_grid_is_asked_of_its_own_department() -> None:
    """Reported for money it goes in, without it waits, as a main duty or of another it does not."""
    (grid,) = (
        one
        for one in source("putian").declarations
        if isinstance(one, nodes.ListDecl) and one.name.text == "入格事项"
    )
    leads = {row["编号"]: row["牵头"] for row in matters()}
    names = {row["入格编号"]: row["入格部门"] for row in register("入格部门")}
    assert [one.code for one in grid.entries] == list(leads) == list(names)
    assert all(names[code] in leads[code] for code in leads)
    outcomes: Counter[tuple[str, str]] = Counter()
    for code, lead in leads.items():
        other = leads["RG-02" if code == "RG-01" else "RG-01"]
        asked = (("own", lead, "协助", True), ("unpaid", lead, "协助", False),
                 ("main", lead, "主责", True), ("other", other, "协助", True))  # fmt: skip
        for what, sender, role, paid in asked:
            facts: dict[str, Any] = {
                "来文单位": sender, "目标社区": "荔城示例一社区", "事项": code, "类别": "行政任务",
                "承担方式": role, "经费到位": paid, "拟进入日期": DAY,
            }  # fmt: skip
            request = Request(facts=facts, received=DAY, registers={"应急响应": ()})
            answer = decide(compiled("putian"), request)
            outcomes[what, answer.outcome.value] += 1
    assert outcomes == {
        ("own", "admit"): 32, ("unpaid", "defer"): 32,
        ("main", "refuse"): 32, ("other", "refuse"): 32,
    }  # fmt: skip


def matters() -> list[dict[str, str]]:
    with (POLICIES / "putian" / "入格事项.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# --- six and three -------------------------------------------------------------------------------


@pytest.mark.rows("S3-50")
@pytest.mark.parametrize(
    ("first", "second", "findings"),
    [(6, 3, 0), (9, 0, 1), (3, 6, 1), (5, 4, 1), (6, 2, 1), (7, 3, 1)],
)
def test_measures_are_six_and_three_and_not_any_nine(
    first: int, second: int, findings: int
) -> None:
    groups = ["六项"] * first + ["三项"] * second
    rows = [{"措施名": f"措施{n}", "措施组": group} for n, group in enumerate(groups)]
    assert found("六加三列明", {"六加三措施": rows}) == findings


@pytest.mark.rows("S3-15")
@pytest.mark.parametrize(("police", "others", "findings"), [(3, 2, 0), (2, 2, 1), (1, 2, 1)])
def test_most_of_those_who_supervise_cameras_are_police(
    police: int, others: int, findings: int
) -> None:
    of = [True] * police + [False] * others
    rows = [{"专班成员": f"成员{n}", "来自公安": one} for n, one in enumerate(of)]
    assert found("公安为专班主力", {"专班成员": rows}) == findings


# --- what the source names -----------------------------------------------------------------------

NAMED = [
    ("供数系统", "供数系统", "社区综合受理平台 综治网格化平台 数字城管 信用莆田 莆惠金融平台"),
    ("惠民宝平台", "对接平台", "省闽政通 省网上办事大厅 市网上办事大厅"),
    ("线上平台", "接入应用", "网上办事大厅 健康宝系统 智慧养老服务平台 志愿者时间银行管理系统 "
     "12345热线系统 葫芦π 永辉超市"),
    ("综合受理业务", "受理业务", "婚育 计生 城乡低保 临时救助 养老 医疗 新农合 保障性住房"),
    ("公安业务", "公安业务类别", "出入境 户政 交警 治安"),
    ("志愿队", "队伍类别", "理论宣讲 文体 为民服务 健康卫生 平安法治 环境保护 尊老爱幼"),
    ("四治", "治", "自治 共治"),
]  # fmt: skip


@pytest.mark.rows("S3-05", "S3-36", "S3-37", "S3-39", "S3-41", "S3-46", "S3-55")
@pytest.mark.parametrize(("name", "column", "said"), NAMED)
def test_a_register_has_the_names_that_the_source_has(name: str, column: str, said: str) -> None:
    assert [row[column] for row in register(name)] == said.split()


@pytest.mark.rows("S3-35")
def test_the_misprinted_day_is_kept_as_printed_and_no_day_is_made_of_it() -> None:
    rows = register("数据指标")
    assert [row["截止原文"] for row in rows] == ["截止20208月"] * 3
    assert [row["截止日期"] for row in rows] == ["无"] * 3


@pytest.mark.rows("S3-39")
def test_each_matter_taken_at_the_counter_goes_to_the_department_of_its_register() -> None:
    found = {
        row["受理业务"]: compiled("putian").evaluate_table(
            "综合分办", {"受理业务": row["受理业务"]}, THEN
        )["分办部门"]
        for row in register("综合受理业务")
    }
    assert found == {row["受理业务"]: row["后台部门"] for row in register("综合受理业务")}


PAPERLESS = ("婚姻状况证明", "健在证明", "无犯罪记录证明", "残疾状况证明", "居民身份信息证明",
             "出生证明", "死亡证明")  # fmt: skip


@pytest.mark.rows("S3-38")
@pytest.mark.parametrize("paper", PAPERLESS)
def test_a_paper_that_is_kept_electronically_is_asked_of_no_community(paper: str) -> None:
    facts: dict[str, Any] = {
        "来文单位": "荔城区民政局", "目标社区": "荔城示例一社区", "事项": paper,
        "类别": "出具证明", "拟进入日期": DAY,
    }  # fmt: skip
    answer = decide(compiled("putian"), Request(facts=facts, received=DAY))
    assert (answer.outcome.value, answer.code) == ("refuse", "电子证照替代")


@pytest.mark.rows("S3-49")
def test_without_the_ban_above_the_promise_about_applications_is_reported(tmp_path: Path) -> None:
    ban = "类别 为 系统应用                       |"
    root = changed(tmp_path, "national", "规则.policy", ban, "类别 为 系统应用 且 类别 为 挂牌 |")
    assert any("志愿应用自愿使用" in one for one in errors(root / "putian"))


@pytest.mark.rows("S3-06", "S3-27")
def test_after_the_election_of_2021_every_community_owes_the_next_by_the_end_of_2026() -> None:
    store = MemoryStore()
    service = CaseService(store, compiled("putian"))
    service.start(at("2026-03-02 09:00"))
    due = {
        service.show(row.case_id)["opener"]: service.show(row.case_id)["due"][:10]
        for row in store.find_cases(limit=5000)
        if row.flow == "换届选举"
    }
    own = {name: day for name, day in due.items() if name.startswith("荔城")}
    assert own == dict.fromkeys(
        ("荔城示例一社区", "荔城示例二社区", "荔城示例三社区"), "2026-12-31"
    )


@pytest.mark.rows("S3-54")
def test_a_week_without_a_patrol_is_told_to_the_police_station_and_to_nobody_for_done_ones() -> (
    None
):
    store = MemoryStore()
    service = CaseService(store, compiled("putian"))
    service.start(at("2026-03-02 09:00"))
    patrols = {
        service.show(row.case_id)["opener"]: row.case_id
        for row in store.find_cases(limit=5000)
        if row.flow == "治安巡逻"
    }
    walked = patrols["荔城示例一社区"]
    who = Actor(unit="荔城示例一社区", person="网格员")
    service.act(walked, "治安巡逻", actor=who, key="1", at=at("2026-03-04 20:00"))
    service.tick(at("2026-03-09 09:00"))
    told = {
        unit: [to for event in service.history(case) for done in event["effects"]
               if done["kind"] == "notify" for to in done["to"]]
        for unit, case in patrols.items() if unit.startswith("荔城")
    }  # fmt: skip
    assert told == {
        "荔城示例一社区": [],
        "荔城示例二社区": ["荔城示例派出所"],
        "荔城示例三社区": ["荔城示例镇派出所"],
    }


# --- what a check asks for, one part after the other ---------------------------------------------
# (those of the form “a、b 各 1 个”, of every set, are in test_parts_of_checks.py)

PARTS = [
    ("四级网格中心齐备", "网格中心台账", "中心层级", 4),
    ("七类志愿队", "志愿队", "队伍类别", 7),
]  # fmt: skip


@pytest.mark.rows("S3-18", "S3-46")
@pytest.mark.parametrize(("check", "name", "column", "parts"), PARTS)
def test_a_check_misses_each_of_its_parts(check: str, name: str, column: str, parts: int) -> None:
    """Whatever part is taken out of the register, there is a finding more."""
    rows = list(Rows(compiled("putian"), THEN).register(name) or ())
    kinds = {row[column] for row in rows}
    assert len(kinds) == parts
    for kind in kinds:
        left = [row for row in rows if row[column] != kind]
        assert found(check, {name: left}) > found(check), kind


CENTRES = {
    "市综治网格中心": ("市有网格中心", "莆田市"),
    "荔城区综治网格中心": ("县区有网格中心", "荔城区"),
    "荔城示例街道综治网格中心": ("街道有网格中心", "荔城示例街道"),
    "荔城示例镇综治网格中心": ("乡镇有网格中心", "荔城示例镇"),
    "荔城示例一社区网格中心": ("社区有网格中心", "荔城示例一社区"),
    "荔城示例二社区网格中心": ("社区有网格中心", "荔城示例二社区"),
    "荔城示例三社区网格中心": ("社区有网格中心", "荔城示例三社区"),
}


@pytest.mark.rows("S3-18")
def test_every_place_on_the_four_levels_has_a_centre_of_its_own() -> None:
    rows = list(Rows(compiled("putian"), THEN).register("网格中心台账") or ())
    assert [row["网格中心"] for row in rows] == list(CENTRES)
    for centre, (check, place) in CENTRES.items():
        left = [row for row in rows if row["网格中心"] != centre]
        (done,) = review(Rows(compiled("putian"), THEN, {"网格中心台账": left}), [check])
        assert [one.subjects for one in done.findings] == [(place,)], centre


@pytest.mark.rows("S3-26")
@pytest.mark.parametrize("kind", ["社区服务", "社区管理", "居民信息"])
def test_each_kind_of_matter_has_one_that_can_be_done_online(kind: str) -> None:
    rows = [dict(row) for row in Rows(compiled("putian"), THEN).register("在线事项") or ()]
    online = [{**row, "可在线办": True} for row in rows]
    none = [{**row, "可在线办": row["在线类别"] != kind} for row in rows]
    for given, missing in ((online, []), (none, [(kind,)])):
        (done,) = review(Rows(compiled("putian"), THEN, {"在线事项": given}), ["每类都能在线办"])
        assert [one.subjects for one in done.findings] == missing


@pytest.mark.rows("S3-53")
def test_seventeen_of_twenty_gates_are_too_few_and_eighteen_are_enough() -> None:
    rows = [dict(row) for row in Rows(compiled("putian"), THEN).register("安防小区") or ()]
    assert found("门禁九成以上", {"安防小区": rows}) == 0
    rows[0]["人脸门禁"] = False
    assert found("门禁九成以上", {"安防小区": rows}) == 1


@pytest.mark.rows("S3-22")
def test_a_joint_meeting_of_four_is_one_short(tmp_path: Path) -> None:
    assert found("联席会议成员") == 0
    old = "司法行政部门、社区治理联席会议"
    root = changed(tmp_path, "putian", "单位.csv", old, "司法行政部门")
    (done,) = review(Rows(open_policy(root / "putian"), THEN), ["联席会议成员"])
    assert [one.subjects for one in done.findings] == [("荔城区",)]


TOTALS = [
    ("公安业务七千一百六十一项", "公安业务", "公安业务项数", (-1, 1)),
    ("购买服务五十九场次", "购买场次", "服务场次", (-1, 1)),
    ("迁移系统一百七十三个", "上云单位", "迁移系统数", (-1, 1)),
    ("证照八百八十六万张", "电子证照", "证照张数", (-1, 1)),
    ("自助终端一百一十台", "自助终端", "终端台数", (-1, 1)),
    ("惠民宝事项二百六十多项", "惠民宝", "便民事项数", (-1, 9)),
    ("购买服务四千五百多人次", "购买场次", "服务人次", (-1, 99)),
]


@pytest.mark.rows("S3-33", "S3-34", "S3-37", "S3-38", "S3-40", "S3-55")
@pytest.mark.parametrize(("check", "name", "column", "off"), TOTALS)
def test_a_total_that_is_off_is_noticed(
    check: str, name: str, column: str, off: tuple[int, ...]
) -> None:
    rows = [dict(row) for row in Rows(compiled("putian"), THEN).register(name) or ()]
    first = rows[0][column]
    assert found(check, {name: rows}) == 0
    for by in off:
        rows[0][column] = first + by
        assert found(check, {name: rows}) == 1, by


# The check, its register, the row of what is said, and by how much it may not be off.
SAID = [
    ("志愿者不少于十万", "志愿规模", "下限数", 0, (-1,)),
    ("服务时长超百万", "志愿规模", "下限数", 1, (-1,)),
    ("志愿活动上万场", "志愿规模", "下限数", 2, (-1,)),
    ("宣传资料数千份", "志愿规模", "下限数", 3, (-1,)),
    ("汇聚数据照录", "数据指标", "数量", 0, (-1, 1)),
    ("交换共享照录", "数据指标", "数量", 1, (-1, 1)),
    ("接口调用照录", "数据指标", "数量", 2, (-1, 1)),
    ("交换不多于汇聚", "数据指标", "数量", 1, (467000001,)),
    ("数据中心满足十年", "平台规模", "规模数", 0, (-1,)),
    ("惠民宝用户约七十一万", "平台规模", "规模数", 1, (-5001, 5000)),
    ("证照一千二百种", "平台规模", "规模数", 2, (-1, 1)),
]


@pytest.mark.rows("S3-29", "S3-34", "S3-35", "S3-37", "S3-38")
@pytest.mark.parametrize(("check", "name", "column", "at_row", "off"), SAID)
def test_a_number_that_is_not_the_one_of_the_source_is_noticed(
    check: str, name: str, column: str, at_row: int, off: tuple[int, ...]
) -> None:
    rows = [dict(row) for row in Rows(compiled("putian"), THEN).register(name) or ()]
    first = rows[at_row][column]
    assert found(check, {name: rows}) == 0
    for by in off:
        rows[at_row][column] = first + by
        assert found(check, {name: rows}) == 1, by


COUNTS = [
    ("入格部门三十二个", "入格部门台账", 32), ("上云单位四十个", "上云单位", 40),
    ("供数系统五个", "供数系统", 5), ("惠民宝部门三十个", "惠民宝", 30),
    ("惠民宝平台三个", "惠民宝平台", 3),
    ("证照单位二百六十八个", "电子证照", 268), ("线上平台七个应用", "线上平台", 7),
    ("自助事项七十三项", "自助事项", 73), ("自助事项七十三项", "自助部门", 12),
]  # fmt: skip


@pytest.mark.rows("S3-19", "S3-34", "S3-36", "S3-37", "S3-38", "S3-40", "S3-41")
@pytest.mark.parametrize(("check", "name", "many"), COUNTS)
def test_one_too_few_or_one_too_many_is_noticed(check: str, name: str, many: int) -> None:
    """At either end of the register: what is counted in two kinds is held to both."""
    rows = list(Rows(compiled("putian"), THEN).register(name) or ())
    assert (len(rows), found(check, {name: rows})) == (many, 0)
    for wrong in (rows[1:], rows[:-1], [*rows, rows[0]], [*rows, rows[-1]]):
        assert found(check, {name: wrong}) == 1


@pytest.mark.rows("S3-11")
@pytest.mark.parametrize("kind", ["社会公益组织", "群团组织"])
def test_both_kinds_of_bodies_that_the_source_names_take_part(kind: str) -> None:
    rows = list(Rows(compiled("putian"), THEN).register("社会力量项目") or ())
    left = [row for row in rows if row["参与组织类别"] != kind]
    assert (found("公益群团都参与"), found("公益群团都参与", {"社会力量项目": left})) == (0, 1)


@pytest.mark.rows("S3-49")
def test_each_grade_that_a_project_of_volunteers_may_get_has_its_reward() -> None:
    card = compiled("putian").core.scorecards["志愿项目评估"]
    assert list(card.uses) == ["志愿激励"]
    rewards = {
        grade: str(compiled("putian").evaluate_table("志愿激励", {"等次": grade}, THEN)["激励"])
        for grade, _ in card.grades
    }
    assert list(rewards) == ["五星", "四星", "三星"]
    assert len(set(rewards.values())) == 3


@pytest.mark.rows("S3-31")
@pytest.mark.parametrize("harder", ["6 份       | 3 个工作日 ", "3 份       | 20 个工作日"])
def test_a_filing_as_hard_as_a_registration_is_noticed(harder: str, tmp_path: Path) -> None:
    line = "| 街道备案                 | {} |"
    old, new = line.format("3 份       | 3 个工作日 "), line.format(harder)
    root = changed(tmp_path, "putian", "力量.policy", old, new)
    (done,) = review(Rows(open_policy(root / "putian"), THEN), ["备案比登记简"])
    assert len(done.findings) == 1


# --- where the work of a community ends ----------------------------------------------------------


def asked(sender: str, matter: str) -> tuple[str, tuple[str, ...]]:
    """Return what a request for help with a matter comes to, and whom it goes back to."""
    facts: dict[str, Any] = {
        "来文单位": sender, "目标社区": "荔城示例一社区", "事项": matter, "类别": "行政任务",
        "承担方式": "协助", "经费到位": True, "拟进入日期": DAY,
    }  # fmt: skip
    given: dict[str, Any] = {"应急响应": (), "准入登记": ()}
    answer = decide(compiled("putian"), Request(facts=facts, received=DAY, registers=given))
    return answer.outcome.value, answer.route.to if answer.route else ()


BORDERS = {"占道经营": "荔城区城管执法部门", "低保": "荔城区民政局", "就业": "荔城区人社局",
           "消防隐患": "荔城区消防部门", "治安隐患": "荔城区公安分局"}  # fmt: skip


@pytest.mark.rows("S3-23")
@pytest.mark.parametrize("border", BORDERS)
def test_a_community_helps_up_to_the_border_and_what_lies_beyond_goes_back(border: str) -> None:
    row = compiled("putian").evaluate_table("权责边界", {"边界事项": border}, THEN)
    # How often it was done this year is not said: what has a quota waits for that.
    assert asked(BORDERS[border], str(row["社区协助"]))[0] in ("admit", "incomplete")
    assert asked(BORDERS[border], str(row["社区不做"])) == ("refuse", (str(row["由谁做"]),))


@pytest.mark.rows("S3-06")
def test_who_begins_each_of_the_five_is_who_owns_the_first_step_of_its_workflow() -> None:
    putian = checked("putian")
    for kind in ("民主选举", "民主协商", "民主决策", "民主管理", "民主监督"):
        row = compiled("putian").evaluate_table("五项民主", {"民主项目": kind}, THEN)
        owner = putian.workflows[str(row["走的流程"])].states[0].owner
        bodies = getattr(owner, "bodies", None) or (owner.body,)  # type: ignore[union-attr]
        assert [each.name for each in bodies] == [str(row["由谁起头"])], kind
