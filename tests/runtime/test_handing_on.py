"""Work that one hands on, or lets another share; and what is kept from people on the way."""

from __future__ import annotations

import pytest
from tests.flows.sets import checked
from tests.runtime.sets import CHART, compiled, flow, kit
from tests.runtime.test_together import refusal

from zhunru.compiler.program import compile_policies
from zhunru.errors import CaseRefused
from zhunru.runtime.advance import act
from zhunru.runtime.case import Actor, Command
from zhunru.runtime.encoding import (
    decode_case,
    decode_event,
    encode_actor,
    encode_case,
    encode_event,
)
from zhunru.runtime.events import fold
from zhunru.runtime.kit import CaseKit
from zhunru.runtime.migrating import foresee, migrate
from zhunru.runtime.secrecy import visible
from zhunru.runtime.setting import Setting

ROWS = "| 受理 | 一网格 | 不限时 | 受理 → 办理 | - |\n"
ROWS += "| 办理 | 一社区 | 5 个工作日 | 办完 → 办结 | 逾期 → 办结 |"
FIELDS = "表单 来件\n  举报人 文本 保密\n  地点 文本\n  事由 文本\n"


def begun() -> CaseKit:
    case = kit(ROWS, before=FIELDS)
    case.open("一网格", "2026-03-02 09:00", {"举报人": "王某", "地点": "三号楼", "事由": "漏水"})
    case.act("受理", "一网格")
    return case


@pytest.mark.parametrize("who", ["一社区 甲", "二社区 乙"])
def test_who_was_added_may_act_beside_the_owner(who: str) -> None:
    case = begun()
    due = case.due
    assert refusal(case, "办完", "二社区 乙").code == "ZR723"
    found = case.act("加派", "一社区", {"单位": "二社区"})
    assert (found.visit.owners, case.due) == (("一社区", "二社区"), due)
    assert case.act("加派", "一街道", {"单位": "二社区"}).visit.owners == ("一社区", "二社区")
    assert case.act("办完", who).end == "办结"


def test_who_acts_by_a_role_still_may_when_another_was_added() -> None:
    case = kit(ROWS.replace("| 办理 | 一社区 |", "| 办理 | 居民 |"), before=FIELDS)
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    resident = Actor(unit="张三", roles=("居民",))
    assert case.act("加派", resident, {"单位": "二社区"}).visit.owners == ("居民", "二社区")
    assert case.act("办完", resident).end == "办结"


def test_who_was_added_stays_and_the_owner_is_that_of_the_chart_in_a_new_version() -> None:
    rows = ROWS.replace("| 办理 | 一社区 |", "| 办理 | 街道 |")
    text = flow(rows, before="表单 来件\n  目标社区 单位 主体\n")
    case = CaseKit(compiled(text), "事项办理")
    case.open("一网格", "2026-03-02 09:00", {"目标社区": "二社区"})
    case.act("受理", "一网格")
    case.act("加派", "一街道", {"单位": "区司法局"})
    chart = CHART.replace("| 二社区 | 社区 | 一街道 |", "| 二社区 | 社区 | 二街道 |")
    moved = Setting(compile_policies(checked(chart + text)), "事项办理")
    found = migrate(moved, case.case, case.now, actor=Actor(unit="甲区")).case
    assert found.visit.owners == ("二街道", "区司法局")
    for unit in ("二街道", "区司法局"):
        order = Command(verb="办完", actor=Actor(unit=unit), at=case.now)
        assert act(moved, found, order).case.end == "办结"
    with pytest.raises(CaseRefused):
        act(moved, found, Command(verb="办完", actor=Actor(unit="一街道"), at=case.now))
    assert decode_case(encode_case(found)) == found
    kept = (
        decode_event(each.kind, each.at, encode_actor(each.actor), encode_event(each))
        for each in case.events
    )
    assert fold(kept) == case.case
    without = CHART.replace("  | 区司法局 | 部门 | 甲区 | - |\n", "")
    gone = Setting(compile_policies(checked(without + text)), "事项办理")
    assert foresee(gone, case.case, case.now).kind == "person"


@pytest.mark.parametrize("who", ["二社区 李四", "三社区 王五"])
def test_a_person_that_was_named_keeps_nobody_out_who_was_added(who: str) -> None:
    case = begun()
    case.act("改派", "一社区", {"单位": "二社区", "人员": "李四"})
    assert refusal(case, "办完", "二社区 王五").code == "ZR723"
    case.act("加派", "二社区 李四", {"单位": "三社区"})
    assert case.act("办完", who).end == "办结"


def test_work_is_handed_to_a_body_or_a_person_that_is_named() -> None:
    case = begun()
    assert refusal(case, "改派", "一社区").code == "ZR726"
    assert refusal(case, "改派", "一社区", 单位="没有").code == "ZR728"
    assert refusal(case, "加派", "一社区").code == "ZR726"
    found = case.act("改派", "一社区", {"人员": "李四"}).visit
    assert (found.owners, found.person) == (("一社区",), "李四")


def test_a_community_takes_over_no_work_of_an_office() -> None:
    """Only who stands above one, or another community, hands work to one; any asks one to help."""
    rows = ROWS.replace("| 办理 | 一社区 |", "| 办理 | 区民政局 |")
    found = []
    for verb, actor, unit in (
        ("改派", "区民政局", "一社区"), ("改派", "区民政局", "一网格"),
        ("改派", "区民政局", "区财政局"), ("改派", "区民政局", "一街道"),
        ("改派", "甲区", "一社区"), ("加派", "区民政局", "一社区"),
    ):  # fmt: skip
        case = kit(rows, before=FIELDS)
        case.open("一网格", "2026-03-02 09:00", {"举报人": "王某", "地点": "三号楼"})
        case.act("受理", "一网格")
        try:
            found.append(unit in case.act(verb, actor, {"单位": unit}).visit.owners)
        except CaseRefused as error:
            assert error.code == "ZR743"
            found.append(False)
    assert found == [False, False, True, True, True, True]


FAR = """单位
  | 名称 | 层级 | 上级 | 角色 |
  | 乙区 | 区级 | - | - |
  | 乙区法院 | 部门 | 乙区 | 人民法院 |
角色 人民法院
角色 申请人
表单 来件
  目标社区 单位 主体
"""


@pytest.mark.parametrize(
    ("role", "who"),
    [("人民法院", "一街道 甲区"), ("申请人", ""), ("人民法院、申请人", "一街道 甲区")],
)
def test_where_an_office_is_lacking_who_stands_above_the_place_finds_one(
    role: str, who: str
) -> None:
    """What is a resident's own turn nobody gives away; the office of another place is no help."""
    rows = "| 受理 | 一社区 | 不限时 | 受理 → 办理 | - |\n"
    rows += f"| 办理 | {role} | 5 个工作日 | 办完 → 办结 | 逾期 → 办结 |"
    found = []
    for actor in ("一社区", "二社区", "一街道", "二街道", "甲区", "乙区", "乙区法院", "区民政局"):
        case = kit(rows, before=FAR)
        case.open("一社区", "2026-03-02 09:00", {"目标社区": "一社区"})
        case.act("受理", "一社区")
        assert set(case.case.visit.owners) == set(role.split("、"))
        try:
            case.act("改派", actor, {"单位": "区司法局"})
        except CaseRefused as error:
            assert error.code == "ZR743", actor
        else:
            found.append(actor)
            assert case.act("办完", "区司法局").end == "办结"
    assert " ".join(found) == who


# --- 匿名保密 ------------------------------------------------------------------------------------


def test_what_was_kept_from_people_stays_so_when_more_is() -> None:
    case = begun()
    assert case.act("匿名保密", "一网格").confidential == ("举报人",)
    assert case.act("匿名保密", "一社区", {"栏目": "地点，事由"}).confidential == (
        "举报人", "地点", "事由",
    )  # fmt: skip
    assert visible(case.setting, case.case, Actor(unit="二社区")) == {}
    assert refusal(case, "匿名保密", "二社区", 栏目="地点").code == "ZR743"


@pytest.mark.parametrize(
    "inputs", [{"栏目": "举报者"}, {"栏目": ["地点", "举报者"]}, {"栏": "地点"}, {"字段": "地点"}]
)
def test_nothing_is_taken_for_hidden_that_is_not(inputs: dict[str, object]) -> None:
    case = begun()
    assert refusal(case, "匿名保密", "一网格", **inputs).code == "ZR727"
    several = refusal(case, "匿名保密", "一网格", **dict.fromkeys("戊丁丙乙甲", "地点"))
    assert "“戊”" in str(several)  # the first one, in each run
    assert case.act("匿名保密", "一网格", {"栏目": "地点", "理由": "怕报复"}).confidential == (
        "地点",
    )


@pytest.mark.parametrize(
    ("verb", "inputs", "hint"),
    [
        ("督办", {"原因": "拖延"}, "可以写：理由、事由"),
        ("改派", {"单位": "二社区", "经办人": "张三"}, "可以写：单位、人员、原单位、理由、事由"),
        ("并件", {"并入": "甲-7", "地点": "北街"}, "可以写：并入、理由、事由"),
    ],
)
def test_nothing_that_is_said_with_a_built_in_action_is_lost(
    verb: str, inputs: dict[str, object], hint: str
) -> None:
    refused = refusal(begun(), verb, "一街道", **inputs)
    assert refused.code == "ZR727" and hint in refused.diagnostic.help("zh")


def test_why_a_case_became_part_of_another_is_on_record() -> None:
    case = begun()
    case.act("并件", "一社区", {"并入": "甲-7", "理由": "同一件事"})
    assert case.events[-1].data["reason"] == "同一件事"
