"""Work side by side, meetings, and who may act: rules W13 to W15, W18 and W20 of the notes."""

from __future__ import annotations

import pytest
from tests.runtime.sets import due, kit

from zhunru.errors import CaseRefused
from zhunru.runtime.case import Actor
from zhunru.runtime.priority import rank
from zhunru.runtime.secrecy import visible

OPEN = "| 受理 | 一网格 | 不限时 | 受理{} → 会商 | - |\n"
FIELDS = "表单 来件\n  主办 单位\n  协办 单位组\n  申请单位 单位\n"


THREE = "会办 区民政局、区财政局、区司法局"


def joint(
    actions: str,
    ending: str = "逾期 → 督办结",
    owner: str = THREE,
    ends: str = "办结、不办、督办结",
):
    rows = OPEN.format("") + f"| 会商 | {owner} | 4 个工作日 | {actions} | {ending} |"
    case = kit(rows, ends=ends)
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    return case


def refusal(case, verb: str, actor: str | Actor, **inputs: object):
    with pytest.raises(CaseRefused) as refused:
        case.act(verb, actor, inputs)
    return refused.value


# --- W13: parties ------------------------------------------------------------------------------

ALL_OR_ANY = "全部 合格 → 办结;任一 不合格(理由) → 不办"


def test_all_waits_for_everybody_and_any_fires_at_the_first():
    case = joint(ALL_OR_ANY)
    assert case.case.visit.owners == ("区民政局", "区财政局", "区司法局")
    case.act("合格", "区民政局")
    case.act("合格", "区财政局")
    assert case.state == "会商"
    assert case.act("合格", "区司法局").end == "办结"
    assert [event.kind for event in case.events[-2:]] == ["answered", "joined"]
    case = joint(ALL_OR_ANY)
    case.act("合格", "区民政局")
    assert refusal(case, "不合格", "区财政局").code == "ZR726"
    assert case.act("不合格", "区财政局", 理由="缺项").end == "不办"
    assert case.events[-1].data["no_longer_asked"] == ("区司法局",)
    assert case.case.parties == ()


def test_a_majority_is_more_than_half_of_the_parties():
    owner = "会办 区民政局、区财政局、区司法局、甲区"
    case = joint("过半 同意 → 办结;任一 不同意 → 会商 不超过 9 次,满后 → 不办", owner=owner)
    case.act("同意", "区民政局")
    case.act("同意", "区财政局")
    assert case.state == "会商"
    assert case.act("同意", "区司法局").end == "办结"


def test_each_party_answers_once_and_nobody_else_does():
    case = joint(ALL_OR_ANY)
    case.act("合格", "区民政局")
    assert refusal(case, "合格", "区民政局").code == "ZR734"
    assert refusal(case, "合格", "一街道").code == "ZR735"
    assert refusal(case, "同意", "区财政局").code == "ZR721"


def test_silence_counts_as_the_result_that_the_set_names():
    case = joint("全部 已复 → 办结", "期满 未复视同 无意见 → 办结", ends="办结")
    case.act("已复", "区民政局")
    case.wait("2026-03-10")
    assert case.case.end == "办结"
    assert case.events[-1].data["silent"] == {"区财政局": "无意见", "区司法局": "无意见"}


def test_those_who_did_not_answer_are_late():
    case = joint(ALL_OR_ANY)
    case.act("合格", "区民政局")
    case.wait("2026-03-10")
    assert case.events[-1].data["late"] == ("区财政局", "区司法局")
    assert case.case.end == "督办结"


def test_parties_of_fields_are_fixed_on_entry():
    rows = (
        OPEN.format("(主办, 协办)")
        + "| 会商 | 会办 主办、协办 牵头 主办 | 4 个工作日 | 全部 办结 → 办结 | 逾期 → 办结 |"
    )
    case = kit(rows, before=FIELDS)
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格", 主办="区民政局", 协办="区财政局、区司法局")
    assert [(p.unit, p.lead) for p in case.case.parties] == [
        ("区民政局", True), ("区司法局", False), ("区财政局", False),
    ]  # fmt: skip


def test_a_party_may_be_added_and_must_then_answer_too():
    rows = (
        OPEN.format("(主办, 协办)")
        + "| 会商 | 会办 主办、协办 牵头 主办 | 4 个工作日 | 全部 办结 → 办结 | 逾期 → 不办 |"
    )
    case = kit(rows, before=FIELDS, ends="办结、不办")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格", 主办="区民政局", 协办="区财政局")
    case.act("办结", "区民政局")
    before = case.case.visit
    case.act("加派", "区民政局", {"单位": "区司法局"})
    assert (case.case.visit.number, case.case.visit.due) == (before.number, before.due)
    case.act("办结", "区财政局")
    assert case.state == "会商"
    assert case.act("办结", "区司法局").end == "办结"


def test_of_no_parties_all_have_given_any_result():
    rows = (
        OPEN.format("(协办)") + "| 会商 | 会办 协办 | 4 个工作日 | 全部 办结 → 办结 | 逾期 → 不办 |"
    )
    case = kit(rows, before=FIELDS, ends="办结、不办")
    case.open("一网格", "2026-03-02 09:00")
    assert case.act("受理", "一网格", 协办=[]).end == "办结"


def test_without_parties_the_entering_action_is_refused_if_no_line_could_fire():
    rows = (
        OPEN.format("(协办)")
        + "| 会商 | 会办 协办 | 4 个工作日 | 任一 办结 → 办结;过半 不办 → 不办 | 逾期 → 不办 |"
    )
    case = kit(rows, before=FIELDS, ends="办结、不办")
    case.open("一网格", "2026-03-02 09:00")
    assert refusal(case, "受理", "一网格", 协办=[]).code == "ZR736"


def test_the_pause_of_a_party_does_not_stop_the_case():
    rows = OPEN.format("").replace("| - |", "| - | - |")
    rows += "| 会商 | 会办 区民政局、区财政局 | 4 个工作日 | 全部 办结 → 办结 | 逾期 → 不办 | 补正 不超过 2 个工作日 |"
    case = kit(rows, ends="办结、不办", more="停表")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    until = due(case)
    case.act("停表", "区财政局", {"理由": "补正"})
    assert due(case) == until
    assert refusal(case, "办结", "区财政局").code == "ZR738"
    case.act("办结", "区民政局")
    case.wait("2026-03-05 09:00")  # the pause ended by itself at the close of 4 March
    assert case.act("办结", "区财政局").end == "办结"


# --- W14: meetings -----------------------------------------------------------------------------

MEETING = "会议 联席会议{} 到会 过半数 赞成 到会过半数"
NINE = "单位\n  | 名称 | 层级 | 上级 | 角色 |\n" + "".join(
    f"  | 第{n}局 | 部门 | 甲区 | 联席会议 |\n" for n in "一二三四五六七八九"
)
ACTIONS = "通过 → 办结;未通过(理由) → 不办"


def meeting(
    actions: str = ACTIONS,
    recused: str = " 回避 申请单位",
    owner: str = MEETING,
    units: str = NINE,
):
    rows = "| 受理 | 申请单位 | 不限时 | 受理 → 会商 | - |\n"
    rows += f"| 会商 | {owner.format(recused)} | 4 个工作日 | {actions} | 逾期 → 督办结 |"
    case = kit(rows, before=FIELDS + units, ends="办结、不办、督办结")
    case.open("第九局", "2026-03-02 09:00")
    case.act("受理", "第九局")
    return case


def test_of_nine_with_one_recused_five_present_are_a_majority_of_eight():
    case = meeting()
    present = ["第一局", "第二局", "第三局", "第四局", "第五局"]
    case.act("会议", "第一局", {"到会": present, "赞成": present[:3]})
    assert case.case.end == "办结"
    said = case.events[-1].data
    assert (said["base"], said["present"], said["favour"]) == (8, 5, 3)
    assert said["recused"] == ("第九局",)


def test_four_of_eight_are_too_few_and_the_meeting_may_be_held_again():
    case = meeting()
    until = due(case)
    case.act("会议", "第一局", {"到会": 4, "赞成": 4})
    assert (case.state, case.events[-1].kind) == ("会商", "met")
    assert case.events[-1].data["result"] == "人数不足"
    assert due(case) == until
    assert case.act("会议", "第一局", {"到会": 8, "赞成": 5}).end == "办结"


def test_the_recused_do_not_count_and_do_not_vote():
    case = meeting()
    present = ["第一局", "第二局", "第三局", "第四局", "第九局"]
    case.act("会议", "第一局", {"到会": present, "赞成": present[:3]})
    assert case.events[-1].data["result"] == "人数不足"
    five = [*present, "第五局"]
    assert refusal(case, "会议", "第一局", 到会=five, 赞成=["第九局"]).code == "ZR737"


def test_a_body_is_the_same_under_its_other_name():
    other = NINE.replace("| 角色 |", "| 角色 | 别名 |", 1)
    for n in "一二三四五六七八九":
        other = other.replace(
            f"| 第{n}局 | 部门 | 甲区 | 联席会议 |", f"| 第{n}局 | 部门 | 甲区 | 联席会议 | {n}局 |"
        )
    case = meeting(recused="", units=other)
    present = ["一局", "第二局", "三局", "第四局", "五局", "六局"]
    case.act(
        "会议",
        "第一局",
        {"到会": present, "赞成": ["第一局", "二局", "三局", "四局"], "回避": ["九局"]},
    )
    said = case.events[-1].data
    assert (said["base"], said["present"], said["favour"]) == (8, 6, 4)
    assert said["recused"] == ("第九局",)


def test_who_was_not_there_did_not_agree():
    case = meeting()
    present = ["第一局", "第二局", "第三局", "第四局", "第五局"]
    refused = refusal(case, "会议", "第一局", 到会=present, 赞成=["第一局", "第六局", "第七局"])
    assert (refused.code, "第七局、第六局没有到会" in refused.diagnostic.zh) == ("ZR737", True)


def test_a_meeting_that_does_not_agree_takes_its_line_with_its_inputs():
    case = meeting()
    assert refusal(case, "会议", "第一局", 到会=8, 赞成=4).code == "ZR726"
    assert case.act("会议", "第一局", {"到会": 8, "赞成": 4, "理由": "不成熟"}).end == "不办"


def test_figures_must_add_up():
    case = meeting()
    assert refusal(case, "会议", "第一局", 到会=9, 赞成=4).code == "ZR737"
    assert refusal(case, "会议", "第一局", 到会=5, 赞成=6).code == "ZR737"
    assert refusal(case, "会议", "第一局", 赞成=6).code == "ZR726"


@pytest.mark.parametrize(
    ("quorums", "present", "favour", "end"),
    [
        ("到会 三分之二以上 赞成 到会过半数", 6, 4, "办结"),  # 3·6 ≥ 2·8
        ("到会 三分之二以上 赞成 到会过半数", 5, 5, ""),
        ("到会 各方齐全 赞成 各方一致", 8, 8, "办结"),
        ("到会 各方齐全 赞成 各方一致", 8, 7, "不办"),
        ("到会 各方齐全 赞成 各方一致", 7, 7, ""),
        ("到会 过半数 赞成 过半数", 6, 4, "不办"),  # over all of the body: 4 of 8
        ("到会 过半数 赞成 过半数", 6, 5, "办结"),
    ],
)
def test_quorums_are_over_the_body_or_over_those_present(
    quorums: str, present: int, favour: int, end: str
):
    case = meeting(owner="会议 联席会议{} " + quorums)
    case.act("会议", "第一局", {"到会": present, "赞成": favour, "理由": "无"})
    assert case.case.end == end


def test_a_body_without_members_on_the_chart_says_how_many_belong():
    rows = (
        OPEN.format("")
        + f"| 会商 | 会议 居民代表会议 到会 三分之二以上 赞成 到会过半数 | 9 个工作日 | {ACTIONS} | 逾期 → 不办 |"
    )
    case = kit(rows, before="角色 居民代表会议\n", ends="办结、不办")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    convener = Actor(unit="一社区", roles=("居民代表会议",))
    assert refusal(case, "会议", convener, 到会=20, 赞成=15).code == "ZR726"
    case.act("会议", convener, {"应到": 30, "到会": 20, "赞成": 11})
    assert case.case.end == "办结"


def test_that_a_role_was_found_one_level_up_since_others_have_it_is_on_record():
    units = "单位\n  | 名称 | 层级 | 上级 | 角色 |\n  | 一社区站 | 站所 | 一社区 | 调解员 |\n"
    units += "  | 区调解办 | 部门 | 甲区 | 调解员 |\n"
    rows = "| 受理 | 社区 | 不限时 | 受理 → 调解 | - |\n"
    rows += "| 调解 | 调解员 | 4 个工作日 | 办完 → 办结 | 逾期 → 办结 |"
    found = {}
    for opener in ("一社区", "二社区"):
        case = kit(rows, before=units)
        case.open(opener, "2026-03-02 09:00")
        case.act("受理", opener)
        found[opener] = (case.case.visit.owners, case.events[-1].data.get("raised"))
    assert found == {
        "一社区": (("一社区站",), None),
        "二社区": (("区调解办",), ("调解员",)),
    }


# --- W15: actions open anywhere, built-in actions ------------------------------------------------

TWO = "| 受理 | 一网格 | 不限时 | 受理 → 会商 | - |\n"
TWO += "| 会商 | 会办 区民政局、区财政局 牵头 区民政局 | 4 个工作日 | 全部 同意 → 办理 | 逾期 → 办理 |\n"
TWO += "| 办理 | 社区 | 4 个工作日 | 办完 → 办结 | 逾期 → 办结 |"
ANYWHERE = "  各环节 除 受理 一方明确拒绝(记录) → 终止\n"


def two(more: str = ANYWHERE):
    case = kit(TWO, under=more, ends="办结、终止")
    case.open("一网格", "2026-03-02 09:00")
    return case


def test_an_action_open_anywhere_leaves_joint_work_too_but_not_where_it_is_excluded():
    case = two()
    assert refusal(case, "一方明确拒绝", "一网格", 记录="不谈").code == "ZR721"
    case.act("受理", "一网格")
    case.act("一方明确拒绝", "区民政局", 记录="不谈")
    assert (case.case.end, case.case.parties, case.timers) == ("终止", (), ())


def test_urging_supervising_and_reassigning_keep_visit_and_clock():
    case = two()
    case.act("受理", "一网格")
    case.wait("2026-03-10 09:00")
    visit = case.case.visit
    case.act("催办", "一网格")
    case.act("督办", "甲区")
    case.act("改派", "一社区", {"单位": "二社区", "人员": "李四"})
    now = case.case.visit
    assert (now.number, now.entered, now.due) == (visit.number, visit.entered, visit.due)
    assert (now.owners, now.person) == (("二社区",), "李四")
    assert [done.kind for done in case.effects[-2:]] == ["urge", "supervise"]
    assert refusal(case, "办完", "一社区").code == "ZR723"
    assert refusal(case, "办完", "二社区 王五").code == "ZR723"
    assert case.act("办完", "二社区 李四").end == "办结"


def test_those_whose_turn_it_is_do_not_supervise_themselves_nor_do_those_below():
    case = two()
    case.act("受理", "一网格")
    case.wait("2026-03-10 09:00")
    assert refusal(case, "督办", "一社区").code == "ZR743"
    assert refusal(case, "督办", "一网格").code == "ZR743"
    assert refusal(case, "改派", "二社区", 单位="一社区").code == "ZR743"
    assert case.act("改派", "一街道", {"单位": "二社区"}).visit.owners == ("二社区",)


def test_withdrawing_and_merging_are_ends():
    case = two()
    case.act("受理", "一网格")
    assert refusal(case, "撤回", "区民政局").code == "ZR743"
    assert refusal(case, "并件", "区民政局").code == "ZR726"
    assert case.act("并件", "区民政局", {"并入": "甲-7"}).end == "并件"
    case = two()
    assert case.act("撤回", "一网格").end == "撤回"


def test_what_a_state_forbids_is_refused():
    rows = "| 受理 | 一网格 | 不限时 | 受理 → 办理 | - | - |\n"
    rows += "| 办理 | 一社区 | 2 个工作日 | 办完 → 办结 | 逾期 → 办结 | 督办、改派 |"
    case = kit(rows, more="不得")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    assert refusal(case, "督办", "甲区").code == "ZR742"
    assert refusal(case, "改派", "一社区", 单位="二社区").code == "ZR742"
    case.act("催办", "一街道")


# --- W18, W20: in whose hands --------------------------------------------------------------------

LENT = "| 草拟 | 申请单位 | 不限时 | 提交 → 审批 | - |\n"
LENT += (
    "| 审批 | 街道 回避时 区民政局 | 3 个工作日 | 同意 → 办结;不同意(理由) → 不办 | 逾期 → 不办 |"
)


def lent(opener: str):
    case = kit(LENT, before=FIELDS, ends="办结、不办")
    case.open(opener, "2026-03-02 09:00")
    case.act("提交", opener)
    return case


def test_an_owner_that_would_decide_its_own_case_gives_way_to_the_substitute():
    assert lent("一社区").case.visit.owners == ("一街道",)
    case = lent("一街道")
    assert case.case.visit.owners == ("区民政局",)
    assert refusal(case, "同意", "一街道").code == "ZR723"
    assert case.act("同意", "区民政局").end == "办结"


def test_work_is_not_reassigned_to_the_applicant_where_the_set_keeps_it_apart():
    case = lent("一街道")
    assert refusal(case, "改派", "区民政局", 单位="一街道").code == "ZR744"
    assert refusal(case, "改派", "区民政局", 单位="一社区").code == "ZR744"


APART = "| 草拟 | 申请单位 | 不限时 | 提交 → 审批 | - |\n"
APART += "| 审批 | 部门 | 3 个工作日 | 同意 → 办结;不同意(理由) → 不办 | 逾期 → 不办 |"


def test_one_unit_does_not_work_on_both_sides():
    under = "  约束 草拟 与 审批 不得由同一人承担\n"
    case = kit(APART, before=FIELDS, ends="办结、不办", under=under)
    case.open("区民政局 张三", "2026-03-02 09:00")
    case.act("提交", "区民政局 张三")
    assert refusal(case, "同意", "区民政局 张三").code == "ZR732"
    assert refusal(case, "同意", "区民政局").code == "ZR733"
    assert case.act("同意", "区民政局 李四").end == "办结"


def test_a_role_that_nobody_has_here_is_found_one_level_up_and_says_so():
    before = "单位 二街道网格中心 层级 派出机构 上级 二街道 角色 网格长\n单位 一小区 层级 小区 上级 一社区 角色 网格长\n"
    rows = "| 受理 | 居民 | 不限时 | 受理(社区名) → 办理 | - |\n| 办理 | 网格长 | 2 个工作日 | 办完 → 办结 | 逾期 → 办结 |"
    form = "表单 来件\n  社区名 单位\n"
    found = {}
    for place in ("一社区", "三社区", "二社区"):
        case = kit(rows, before=before + form)
        case.open("居民", "2026-03-02 09:00")
        case.act("受理", "居民", 社区名=place)
        found[place] = (case.case.visit.owners, case.events[-1].data.get("unheld"))
    assert found["一社区"] == (("一小区",), None)
    assert found["三社区"] == (("二街道网格中心",), None)
    # Nobody has the role in 二社区 or above it; 一社区's is not lent to it.
    assert found["二社区"] == (("网格长",), ("网格长",))


def test_an_office_of_another_district_does_not_stand_in_for_one_s_own():
    before = "单位 乙区 层级 区\n单位 乙区法院 层级 部门 上级 乙区 角色 法院\n角色 法院\n"
    before += "单位 热线中心 层级 部门 角色 热线\n角色 热线\n单位 乙社区 层级 社区 上级 乙区\n"
    rows = "| 受理 | 居民 | 不限时 | 受理(社区名) → 办理 | - |\n| 办理 | {} | 2 个工作日 | 办完 → 办结 | 逾期 → 办结 |"
    form = "表单 来件\n  社区名 单位\n"
    found = {}
    for role in ("法院", "热线"):
        for place in ("一社区", "乙社区"):
            case = kit(rows.format(role), before=before + form)
            case.open("居民", "2026-03-02 09:00")
            case.act("受理", "居民", 社区名=place)
            found[role, place] = (case.case.visit.owners, case.events[-1].data.get("unheld"))
    assert found["法院", "乙社区"] == (("乙区法院",), None)
    assert found["法院", "一社区"] == (("法院",), ("法院",))
    # An office that no territory has is everybody's.
    assert found["热线", "一社区"] == found["热线", "乙社区"] == (("热线中心",), None)


def test_what_must_not_reach_a_body_is_not_in_what_it_is_sent():
    rows = "| 举报 | 一社区 | 不限时 | 反映(来文单位, 举报人, 受文单位) → 核查 | - |\n"
    rows += (
        "| 核查 | 区民政局 | 3 个工作日 | 属实 → 办结 并 签发 叫停书 给 受文单位 | 逾期 → 办结 |"
    )
    form = "表单 来件\n  来文单位 单位\n  受文单位 单位\n  举报人 文本\n"
    paper = '文书 叫停书 "叫停书"\n  正文 "【来文单位】：据【举报人】反映……"\n'
    under = "  约束 举报人 不得送达 来文单位\n"
    sent = {}
    for receiver in ("区财政局", "区司法局"):
        case = kit(rows, before=form + paper, under=under)
        case.open("一社区", "2026-03-02 09:00")
        facts = {"来文单位": "区财政局", "举报人": "王某", "受文单位": receiver}
        case.act("反映", "一社区", facts)
        case.act("属实", "区民政局")
        sent[receiver] = next(done.fields for done in case.effects if done.kind == "issue")
        kept = case.events[-1].data.get("withheld")
        assert kept == (("举报人",) if receiver == "区财政局" else None)
    assert sent["区财政局"] == {"来文单位": "区财政局"}
    assert sent["区司法局"]["举报人"] == "王某"
    assert "举报人" not in visible(case.setting, case.case, Actor(unit="区财政局"))
    assert "举报人" in visible(case.setting, case.case, Actor(unit="区民政局"))


@pytest.mark.parametrize(
    ("barred", "out", "others"),
    [
        ("一街道", ("一街道", "一社区"), ("二街道", "三社区", "区民政局")),
        ("街道", ("一街道", "二街道"), ("区民政局", "甲区")),
        ("民政部门", ("区民政局", "社会救助站"), ("区财政局", "二街道")),
    ],
    ids=["unit", "level", "role"],
)
def test_a_field_is_kept_from_those_that_are_named_and_from_whoever_stands_below_them(
    barred: str, out: tuple[str, ...], others: tuple[str, ...]
):
    units = "单位\n  | 名称 | 层级 | 上级 | 角色 |\n  | 社会救助站 | 部门 | 区民政局 | - |\n"
    form = f"{units}表单 来件\n  举报人 文本 不得送达 {barred}\n  事由 文本\n"
    case = kit("| 受理 | 一网格 | 不限时 | 办完 → 办结 | - |", before=form)
    case.open("一网格", "2026-03-02 09:00", {"举报人": "王某", "事由": "漏水"})
    for unit in (*out, *others):
        seen = visible(case.setting, case.case, Actor(unit=unit))
        assert ("举报人" in seen, seen["事由"]) == (unit in others, "漏水"), unit


def test_a_field_is_kept_from_the_units_that_stand_in_another():
    form = (
        "表单 来件\n  来文单位 单位\n  涉及单位 单位组\n  举报人 文本 不得送达 来文单位、涉及单位\n"
    )
    case = kit("| 受理 | 一网格 | 不限时 | 办完 → 办结 | - |", before=form)
    facts = {"举报人": "王某", "来文单位": "区财政局", "涉及单位": "一街道、三社区"}
    case.open("一网格", "2026-03-02 09:00", facts)
    units = ("区财政局", "一街道", "二社区", "三社区", "二街道", "区民政局")
    seen = ["举报人" in visible(case.setting, case.case, Actor(unit=unit)) for unit in units]
    assert seen == [False, False, False, False, True, True]


def test_whoever_comes_by_another_name_learns_no_more_than_the_unit():
    units = (
        "单位\n  | 名称 | 层级 | 上级 | 别名 |\n  | 区城管局 | 部门 | 甲区 | 区执法局、城管局 |\n"
    )
    form = units + "表单 来件\n  来文单位 单位\n  举报人 文本 不得送达 来文单位\n  线索 文本\n"
    rows = "| 受理 | 一网格 | 不限时 | 办完 → 办结 | - |"
    case = kit(rows, before=form, under="  约束 线索 不得送达 来文单位\n")
    facts = {"举报人": "王某", "线索": "照片", "来文单位": "区城管局"}
    case.open("一网格", "2026-03-02 09:00", facts)
    for name in ("区城管局", "区执法局", "城管局"):
        seen = visible(case.setting, case.case, Actor(unit=name))
        assert set(seen) == {"来文单位"}, name


SUCCEEDED = """单位
  | 名称 | 层级 | 上级 | 角色 | 自 | 至 |
  | 区城管局 | 部门 | 甲区 | 执法部门 | - | 2026-03-09 |
  | 区执法局 | 部门 | 甲区 | 执法部门 | 2026-03-10 | - |
角色 执法部门
"""


def test_whoever_takes_an_office_over_learns_no_more_than_the_one_before():
    form = SUCCEEDED + "表单 来件\n  来文单位 单位\n  举报人 文本 不得送达 来文单位\n  线索 文本\n"
    rows = "| 受理 | 一网格 | 不限时 | 办完 → 办结 | - |"
    case = kit(rows, before=form, under="  约束 线索 不得送达 来文单位\n")
    facts = {"举报人": "王某", "线索": "照片", "来文单位": "区城管局"}
    case.open("一网格", "2026-03-02 09:00", facts)
    for unit, more in (("区城管局", 0), ("区执法局", 0), ("区民政局", 2)):
        assert len(visible(case.setting, case.case, Actor(unit=unit))) == 1 + more, unit


def test_whoever_takes_an_office_over_sees_what_it_works_with():
    form = SUCCEEDED + "表单 来件\n  承办 单位\n  举报人 文本 保密\n"
    case = kit("| 受理 | 承办 | 不限时 | 办完 → 办结 | - |", before=form)
    case.open("一网格", "2026-03-02 09:00", {"举报人": "王某", "承办": "区城管局"})
    seen = [
        "举报人" in visible(case.setting, case.case, Actor(unit=unit))
        for unit in ("区城管局", "区执法局", "区民政局")
    ]
    assert seen == [True, True, False]


def test_one_more_body_of_a_kind_takes_nothing_over():
    chart = SUCCEEDED.replace(
        "角色 执法部门",
        "  | 区综合局 | 部门 | 甲区 | 执法部门 | 2026-05-01 | - |\n"
        "  | 区应急局 | 部门 | 甲区 | 执法部门 | 2026-03-10 | 2026-06-30 |\n"
        "  | 区督查局 | 部门 | 甲区 | 执法部门 | 2026-07-01 | - |\n角色 执法部门",
    )
    form = chart + "表单 来件\n  承办 单位\n  举报人 文本 保密\n"
    case = kit("| 受理 | 承办 | 不限时 | 办完 → 办结 | - |", before=form)
    case.open("一网格", "2026-03-02 09:00", {"举报人": "王某", "承办": "区城管局"})
    seen = {
        unit: "举报人" in visible(case.setting, case.case, Actor(unit=unit))
        for unit in ("区执法局", "区应急局", "区综合局", "区督查局")
    }
    # Two that came on one day have parted it; what one of them had goes on with who came after it.
    assert seen == {"区执法局": True, "区应急局": True, "区综合局": False, "区督查局": True}


def test_there_are_just_so_many_leads_as_the_set_says():
    rows = (
        OPEN.format("(协办)") + "| 会商 | 会办 协办 | 4 个工作日 | 全部 办结 → 办结 | 逾期 → 办结 |"
    )
    case = kit(rows, before=FIELDS, under="  约束 每件 恰有 2 个 协办\n")
    case.open("一网格", "2026-03-02 09:00")
    assert refusal(case, "受理", "一网格", 协办="区民政局").code == "ZR745"
    case.act("受理", "一网格", 协办="区民政局、区财政局")
    assert len(case.case.parties) == 2


def test_what_is_kept_confidential_is_seen_by_who_works_on_it_and_who_gave_it():
    rows = "| 举报 | 居民 | 不限时 | 反映(举报人) → 核查 | - |\n"
    rows += "| 核查 | 区民政局 | 3 个工作日 | 属实 → 办结 | 逾期 → 办结 |"
    case = kit(rows, before="表单 来件\n  举报人 文本\n")
    case.open("居民", "2026-03-02 09:00")
    case.act("反映", "居民", 举报人="王某")
    case.act("匿名保密", "居民", {"栏目": "举报人"})
    assert case.case.confidential == ("举报人",)
    seen = [
        "举报人" in visible(case.setting, case.case, Actor(unit=unit))
        for unit in ("居民", "区民政局", "区财政局")
    ]
    assert seen == [True, True, False]


def test_a_secret_field_alone_is_kept_from_who_has_nothing_to_do_with_the_case():
    form = "表单 来件\n  举报人 文本 保密\n  事由 文本\n"
    case = kit("| 受理 | 一网格 | 不限时 | 办完 → 办结 | - |", before=form)
    case.open("一网格", "2026-03-02 09:00", {"举报人": "王某", "事由": "漏水"})
    assert visible(case.setting, case.case, Actor(unit="区财政局")) == {"事由": "漏水"}
    assert visible(case.setting, case.case, Actor(unit="一网格"))["举报人"] == "王某"


def test_those_in_need_come_first():
    form = "表单 来件\n  诉求人 枚举 一般、三无人员、残疾人\n"
    under = "  优先 当 诉求人 为 三无人员 或 诉求人 为 残疾人\n"
    ranks = []
    for kind in ("残疾人", "一般"):
        case = kit(TWO, before=form, under=under)
        case.open("一网格", "2026-03-02 09:00", {"诉求人": kind})
        ranks.append(rank(case.setting, case.case))
    assert ranks == [0, 1]


def test_a_unit_nobody_knows_among_several_is_refused():
    rows = OPEN.format("(协办)") + "| 会商 | 协办 | 4 个工作日 | 办 → 办结 | 逾期 → 办结 |"
    case = kit(rows, before=FIELDS)
    case.open("一网格", "2026-03-02 09:00")
    found = refusal(case, "受理", "一网格", 协办="区民政局、没有的局")
    assert (found.code, "没有的局" in found.diagnostic.zh) == ("ZR728", True)
    case.act("受理", "一网格", {"协办": "区民政局、区财政局"})
    assert case.state == "会商"
