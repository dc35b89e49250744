"""Parts of rows of Jiangyuan that nothing else would miss: who leads what, levels, helpers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from tests.cases.asking import at
from tests.policies.test_division_of_work import division
from tests.shipped import changed, checked, compiled, source

from zhunru import open_policy
from zhunru.checker.resolved_flows import Owners
from zhunru.measures import Rows, missed, review
from zhunru.runtime.case import Actor
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore
from zhunru.syntax import nodes

DAY = date(2026, 3, 2)

# The report has the four parts only; who has which part in which rule is an example of ours.
DIVISION = {
    "江源检查总量": "统一考核机构；民政部门、政府督查机构；社区治理领导小组；社区居委会",
    "检查总量控制": "统一考核机构；民政部门、政府督查机构；社区治理领导小组；社区居委会",
    "减负禁令": "民政部门；组织部门、统一考核机构；区委；社区居委会",
    "清单外证明": "民政部门；公安机关、司法行政部门；社区治理领导小组；社区居委会",
    "应急先行": "应急管理部门；应急指挥部成员、民政部门；区政府；社区居委会、社会组织",
    "应急先行旧法": "应急管理部门；应急指挥部成员、民政部门；区政府；社区居委会、社会组织",
    "擅自挂牌": "民政部门；组织部门、网信部门；区委；社区居委会",
    "属地下放": "民政部门；组织部门、司法行政部门；区委；街道、社区居委会",
    "属地下放新法": "民政部门；组织部门、司法行政部门；区委；街道、社区居委会",
    "社会力量不能提请": "民政部门；组织部门、司法行政部门；区委；社会组织、社区居委会",
    "社会力量不能提请新法": "民政部门；组织部门、司法行政部门；区委；社会组织、社区居委会",
    "街道职责": "街道；组织部门、民政部门；区委；社区居委会",
    "依法履职": "民政部门；司法行政部门、街道；社区治理领导小组；社区居委会、居民代表",
    "协助事项": "民政部门；财政部门、司法行政部门；社区治理领导小组；社区居委会",
    "江源取消证明": "民政部门；公安机关、司法行政部门；社区治理领导小组；社区居委会",
    "联合会职责": "民政部门；财政部门；社区治理领导小组；社会组织",
    "物业站职责": "住房城乡建设部门；民政部门、街道；社区治理领导小组；物业服务企业",
    "社区协商": "民政部门；组织部门、街道；社区治理领导小组；居民代表、社会组织",
    "区域化党建协商": "组织部门；民政部门、街道；区委；驻区单位、社会组织",
    "志愿者管理": "民政部门；组织部门；社区治理领导小组；社会组织",
    "诉求回应": "街道；民政部门；区政府；社区居委会",
    "三方议事": "住房城乡建设部门；民政部门、街道；社区治理领导小组；小区业委会、物业服务企业",
    "物业监督": "住房城乡建设部门；街道；社区治理领导小组；小区业委会、物业服务企业",
    "网格追责": "党委政法委；民政部门、统一考核机构；区委；社区居委会",
    "志愿服务登记": "民政部门；组织部门；社区治理领导小组；社会组织",
    "信息采集立案": "党委政法委；公安机关、民政部门；区委；社区居委会",
    "应急动员": "应急管理部门；公安机关、街道；区政府；社区居委会、社会组织",
    "民意上报": "党委政法委；公安机关、街道；区委；社区居委会、居民代表",
    "自治议事": "民政部门；街道；社区治理领导小组；居民代表、社会组织",
    "流动人口登记": "公安机关；人力资源社会保障部门、街道；区委；社区居委会",
    "应急处置": "应急管理部门；卫生健康部门、公安机关；区政府；社区居委会、社会组织",
    "服务衔接": "民政部门；街道；社区治理领导小组；社会组织、社区居委会",
    "制度修订": "民政部门；组织部门、司法行政部门；区委；社区居委会、居民代表",
    "四位一体办理": "民政部门；组织部门、街道；社区治理领导小组；社区居委会、社会组织",
    "社会组织登记办理": "民政部门；司法行政部门、街道；区政府；社会组织",
}
LEVELS = {
    "区级": (1, {"市级"}),
    "街道": (2, {"区级"}),
    "乡镇": (2, {"区级"}),
    "社区": (3, {"街道", "乡镇"}),
    "网格": (4, {"社区"}),
}


@pytest.mark.rows("S0-03")
def test_who_leads_joins_governs_and_takes_part_is_as_written_here() -> None:
    order = ("牵头", "配合", "统一领导", "参与")
    said = {
        name: "；".join("、".join(parts[part]) for part in order)
        for name, parts in division().items()
    }
    assert said == DIVISION


@pytest.mark.rows("S0-06")
@pytest.mark.parametrize("side", ["党组织", "政府", "自治组织", "社会力量"])
def test_each_of_the_four_sides_that_has_no_task_is_named(side: str) -> None:
    day = date(2020, 5, 21)
    rows = list(Rows(compiled("jiangyuan"), day).register("任务分工") or ())
    left = [row for row in rows if row["承担方"] != side]
    for given, missing in ((rows, []), (left, [(side,)])):
        (told,) = review(Rows(compiled("jiangyuan"), day, {"任务分工": given}), ["四方都有任务"])
        assert [one.subjects for one in told.findings] == missing


NETWORKS = {
    "富强社区": "意见建议 邻里诉求 政策咨询",
    "示例街道丁司法所": "社区矫正 戒毒康复 精神障碍 刑满释放",
    "富强社区调委会": "邻里纠纷 物业纠纷 家庭矛盾",
    "区公安分局": "治安隐患 消防隐患 危房",
    "富强社区工作站": "代办代缴 家政维修 助老助残",
}


@pytest.mark.rows("S0-55")
@pytest.mark.parametrize("body", NETWORKS)
def test_each_kind_of_event_that_is_filed_is_told_to_the_body_of_its_network(body: str) -> None:
    store = MemoryStore()
    service = CaseService(store, compiled("jiangyuan"))
    who, facts = Actor(unit="富强社区", person="甲"), {"目标社区": "富强社区"}
    seen = {"信息来源": "手持终端", "信息报告人": "网格员", "信息内容": "示例"}
    for event in NETWORKS[body].split():
        when, given = at("2026-03-02 09:00"), {**seen, "网格事件": event}
        case = service.open("信息采集立案", actor=who, key=event, at=when, facts=facts).case_id
        service.act(case, "直接立案", actor=who, key=f"{event}+", at=when, inputs=given)
    told = [orjson.loads(row.body)["to"] for _, row in store.messages(100) if row.topic == "notify"]
    assert told == [[body]] * len(NETWORKS[body].split())


@pytest.mark.rows("S0-67")
@pytest.mark.parametrize(
    ("kind", "helpers", "found"),
    [("重点", 1, True), ("重点", 2, False), ("一般", 1, False), ("一般", 0, False)],
)
def test_who_is_watched_more_closely_is_not_visited_by_one_alone(
    kind: str, helpers: int, found: bool
) -> None:
    given: dict[str, list[dict[str, object]]] = {
        "矫正对象": [{"矫正对象": "某", "社区": "富强社区", "矫正类别": kind}],
        "帮教走访": [{"矫正对象": "某", "日期": DAY, "走访人数": Decimal(helpers)}],
    }
    (told,) = review(Rows(compiled("jiangyuan"), DAY, given), ["多对一走访不少于两人"])
    assert bool(told.findings) == found


@pytest.mark.rows("S0-72")
@pytest.mark.parametrize(("worn", "found"), [(4, 31), (5, 0)])
def test_each_community_has_five_with_the_red_armband(worn: int, found: int) -> None:
    names = [unit.name for unit in checked("jiangyuan").units.values() if unit.level == "社区"]
    given = {"红袖标名册": [{"社区": name, "红袖标": Decimal(worn)} for name in names]}
    (told,) = review(Rows(compiled("jiangyuan"), DAY, given), ["红袖标工程全覆盖"])
    assert sum(len(each.subjects) for each in told.findings) == found


@pytest.mark.rows("S0-28")
@pytest.mark.parametrize(
    ("item", "april", "may", "year"),
    [
        ("居务财务收支", 0, 0, 31),
        ("救助款物使用", 0, 0, 31),
        ("居民会议决定及执行", 1, 1, 31),
        ("准入清单和出具证明", 31, 31, 0),
        ("设施管理使用", 0, 0, 31),
        ("社区服务项目实施", 0, 0, 31),
        ("协商事项及落实", 0, 0, 31),
        ("协助政府工作情况", 0, 0, 31),
    ],
)
def test_each_item_is_made_public_by_each_community_in_its_own_period(
    item: str, april: int, may: int, year: int
) -> None:
    """All but one each quarter, of which nothing came after March; the one once a year.

    On the first of May a period of a month would lack April, of half a year the half before.
    """

    def lacking(day: date) -> int:
        (told,) = missed(Rows(compiled("jiangyuan"), day), ["办事逐项公开"])
        assert told.asked == 248
        return sum(item in str(each.rows) for each in told.findings)

    found = [lacking(day) for day in (date(2026, 4, 1), date(2026, 5, 1), date(2027, 1, 1))]
    assert found == [april, may, year]


@pytest.mark.rows("S0-28", "S0-74")
@pytest.mark.parametrize(
    ("duty", "day", "held"),
    [
        ("社区办事公开", date(2026, 4, 1), 31),
        ("社区办事公开", date(2026, 7, 1), 0),
        ("应急处置演练", date(2020, 1, 1), 1),
        ("应急处置演练", date(2021, 1, 1), 4),
        ("应急处置演练", date(2022, 1, 1), 0),
    ],
)
def test_what_stands_in_the_register_counts_for_the_duty(duty: str, day: date, held: int) -> None:
    (told,) = missed(Rows(compiled("jiangyuan"), day), [duty])
    assert (told.held, len(told.findings)) == (held, told.asked - held)


@pytest.mark.rows("S0-68")
@pytest.mark.parametrize("team", ["网格联络员", "网格长", "网格党支部", "居民小组", "小区保安"])
def test_in_each_community_each_of_the_five_teams_reports_to_somebody_of_it(team: str) -> None:
    service = CaseService(MemoryStore(), compiled("jiangyuan"))
    units = checked("jiangyuan").units
    above = {name: community_of(name) for name, unit in units.items() if team in unit.roles}
    listed = Rows(compiled("jiangyuan"), DAY).register("社区一览") or ()
    assert sorted(above.values()) == sorted(row["社区"] for row in listed)
    begin, sent = at("2026-03-06 15:00"), at("2026-03-06 15:10")
    for name, community in above.items():
        who, facts = Actor(unit=name, person="甲"), {"目标社区": community, "报告人": name}
        case = service.open("民意上报", actor=who, key=name, at=begin, facts=facts).case_id
        given = {"情况": "其他民意", "上报内容": "示例"}
        service.act(case, "上报", actor=who, key=f"{name}+", at=sent, inputs=given)
        told = community if team == "网格长" else f"{community}第一网格"
        assert service.show(case)["owners"] == [told]


def community_of(name: str) -> str:
    units = checked("jiangyuan").units
    return name if units[name].level == "社区" else community_of(units[name].superior)


@pytest.mark.rows("S0-68")
def test_a_community_without_one_of_its_five_teams_is_found(tmp_path: Path) -> None:
    line = "森工社区示例保安队,居民组织,森工社区第一网格,,小区保安\n"
    root = changed(tmp_path, "jiangyuan", "单位.csv", line, "")
    (told,) = review(Rows(open_policy(root / "jiangyuan"), DAY), ["五支队伍齐备"])
    assert [each.subjects for each in told.findings] == [("森工社区",)]


@pytest.mark.rows("S0-56")
def test_the_grid_has_four_levels_and_each_unit_answers_to_the_level_above() -> None:
    jiangyuan = checked("jiangyuan")
    table = jiangyuan.tables["网格层级设置"]
    assert [name for name, _ in table.inputs] == ["网格层级"]
    units = [unit for unit in jiangyuan.units.values() if unit.level in LEVELS]
    assert {unit.level for unit in units} == set(LEVELS)
    for unit in units:
        assert jiangyuan.units[unit.superior].level in LEVELS[unit.level][1], unit.name
    (asked,) = (
        one
        for one in source("jiangyuan").declarations
        if isinstance(one, nodes.Table) and one.name.text == "网格层级设置"
    )
    assert len(asked.rows) == len({rank for rank, _ in LEVELS.values()}) == 4
    for level, (rank, above) in LEVELS.items():
        row = compiled("jiangyuan").evaluate_table("网格层级设置", {"网格层级": level}, DAY)
        assert (row["第几级"], set(many(row["对谁负责"]))) == (rank, above), level


def many(value: object) -> tuple[str, ...]:
    """Return the names that a cell of results has, be it one or several."""
    return tuple(map(str, value)) if isinstance(value, tuple | list | frozenset) else (str(value),)


@pytest.mark.rows("S0-56")
def test_the_five_standards_are_those_of_the_report() -> None:
    (standards,) = (
        one
        for one in source("jiangyuan").declarations
        if isinstance(one, nodes.ListDecl) and one.name.text == "网格标准体系"
    )
    named = ("层级设置", "网格划分", "网格职责", "运行机制", "考核评价")
    assert [one.title.zh for one in standards.entries] == [f"{each}标准" for each in named]
    carried = ("对照表 网格层级设置", "核查 网格划分适度", "核查 网格要素齐备", "流程 网格事项",
               "评价 网格责任考评")  # fmt: skip
    assert tuple(dict(one.extra)["对应做法"] for one in standards.entries) == carried


@pytest.mark.rows("S0-12")
def test_the_property_centre_of_a_community_brings_up_the_matter_and_its_committee_is_it() -> None:
    """Owned by the committee outright, the row's centre would have nothing to do anywhere."""
    jiangyuan = checked("jiangyuan")
    (begin,) = (one for one in jiangyuan.workflows["三方议事"].states if one.name == "提题")
    assert isinstance(begin.owner, Owners)
    assert [(body.kind, body.name) for body in begin.owner.bodies] == [("role", "社区物业管理中心")]
    held = jiangyuan.roles["社区物业管理中心"]
    # One of every community (每个 社区), where the committee is it.
    said = [(each.kind, each.name) for each in held]
    assert said == [("role", "社区居委会"), ("level", "社区")]
