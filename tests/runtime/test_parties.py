"""Parties of a 会办 that hand their part on, are asked beside others, or stop their own clock."""

from __future__ import annotations

import pytest
from tests.runtime.sets import compiled, flow, kit
from tests.runtime.test_together import OPEN, THREE, refusal

from zhunru.casework.built_in_steps import built_in_steps
from zhunru.errors import CaseRefused
from zhunru.runtime.advance import act
from zhunru.runtime.case import Actor, Case, Command
from zhunru.runtime.kit import CaseKit
from zhunru.runtime.migrating import foresee, migrate
from zhunru.runtime.setting import Setting

NAMED = "单位\n  | 名称 | 层级 | 上级 | 别名 |\n  | 区信访局 | 部门 | 甲区 | 信访局 |\n"
LINES = "全部 合格 → 办结;任一 不合格(理由) → 不办"


def begun() -> CaseKit:
    """Four are asked; each may stop its own clock."""
    rows = OPEN.format("").replace("| - |\n", "| - | - |\n")
    rows += f"| 会商 | {THREE}、区信访局 | 4 个工作日 | {LINES} | 逾期 → 督办结 | 补正 不超过 2 个工作日 |"
    case = kit(rows, before=NAMED, ends="办结、不办、督办结", more="停表")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    return case


def test_a_party_hands_its_part_on_and_the_other_answers_for_it() -> None:
    case = begun()
    before = case.case.visit
    case.act("改派", "区财政局", {"单位": "一街道"})
    now = case.case.visit
    assert now.owners == ("区民政局", "区司法局", "区信访局", "一街道")
    assert (now.number, now.due) == (before.number, before.due)
    assert refusal(case, "合格", "区财政局").code == "ZR735"
    for unit in ("区民政局", "区司法局", "区信访局"):
        case.act("合格", unit)
    assert case.state == "会商"
    assert case.act("合格", "一街道").end == "办结"


def test_who_stands_above_says_whose_part_is_handed_on_by_any_of_its_names() -> None:
    case = begun()
    assert refusal(case, "改派", "甲区", 单位="一街道").code == "ZR726"
    assert refusal(case, "改派", "甲区", 单位="一街道", 原单位="二街道").code == "ZR726"
    assert refusal(case, "改派", "甲区", 原单位="区财政局").code == "ZR726"
    assert refusal(case, "改派", "二街道", 单位="一街道", 原单位="区财政局").code == "ZR743"
    case.act("改派", "甲区", {"单位": "一街道", "原单位": "信访局"})
    assert [party.unit for party in case.case.asked] == [
        "区民政局",
        "区财政局",
        "区司法局",
        "一街道",
    ]


LED = (
    "\n单位 一小区 层级 小区 上级 一社区\n单位 丙区 层级 区级\n单位 丙区法院 层级 部门 上级 丙区\n"
)


def led(owner: str, to: str = "一街道") -> dict[str, str]:
    """Who may put `to` in the place of which party, of all that could have anything to do."""
    actors = ("区民政局", "区财政局", "区司法局", "一社区", "一街道", "二街道", "甲区", "丙区")
    found: dict[str, str] = {}
    for old in ("区民政局", "区财政局", "一社区"):
        for actor in actors:
            rows = OPEN.format("") + f"| 会商 | {owner} | 4 个工作日 | {LINES} | 逾期 → 督办结 |"
            case = kit(rows, before=LED, ends="办结、不办、督办结")
            case.open("一网格", "2026-03-02 09:00")
            case.act("受理", "一网格")
            try:
                case.act("改派", actor, {"单位": to, "原单位": old})
            except CaseRefused as error:
                assert error.code == "ZR743", (old, actor)
            else:
                found[old] = f"{found.get(old, '')} {actor}".strip()
    return found


def test_the_part_of_another_is_handed_on_by_the_lead_and_by_who_stands_above_it_only() -> None:
    """A party that could replace another would choose how the 会办 ends."""
    parties = "会办 区民政局、区财政局、一社区"
    assert led(f"{parties} 牵头 区民政局", "二街道") == {
        "区民政局": "区民政局 甲区",
        "区财政局": "区民政局 区财政局 甲区",
        "一社区": "区民政局 一社区 一街道 甲区",
    }
    assert led(parties, "二街道") == {
        "区民政局": "区民政局 甲区",
        "区财政局": "区财政局 甲区",
        "一社区": "一社区 一街道 甲区",
    }


def test_a_party_that_presses_another_does_not_come_to_hand_its_part_on() -> None:
    case = begun()
    case.act("督办", "区司法局")
    found = refusal(case, "改派", "区司法局", 单位="一街道", 原单位="区财政局")
    assert found.code == "ZR743"
    case.act("督办", "二街道")
    found = refusal(case, "改派", "二街道", 单位="一街道", 原单位="区财政局")
    assert found.code == "ZR743"


VOTE = "过半 同意 → 办结;任一 反对 → 不办"
THREE_AND_ONE = "会办 区民政局、区财政局、一社区"


def moved_by(verb: str, owner: str) -> str:
    """Who may add a voice to a 会办 that a majority decides, or merge it away."""
    found = []
    for actor in ("区民政局", "区财政局", "一社区", "区司法局", "一街道", "二街道", "甲区", "丙区"):
        rows = OPEN.format("").replace("会商", "催收", 1)
        rows += "| 催收 | 一网格 | 1 个工作日 | 收齐 → 会商 | 逾期 → 会商 并 督办 区司法局 |\n"
        rows += f"| 会商 | {owner} | 4 个工作日 | {VOTE} | 逾期 → 督办结 |"
        case = kit(rows, before=LED, ends="办结、不办、督办结")
        case.open("一网格", "2026-03-02 09:00")
        case.act("受理", "一网格")
        case.wait("2026-03-04 09:00")
        if actor == "二街道":
            case.act("督办", actor)
        try:
            case.act(verb, actor, {"单位": "二社区"} if verb == "加派" else {"并入": "甲-7"})
        except CaseRefused as error:
            assert error.code == "ZR743", actor
        else:
            found.append(actor)
    return " ".join(found)


@pytest.mark.parametrize("verb", ["加派", "并件"])
@pytest.mark.parametrize(
    ("owner", "who"),
    [
        (THREE_AND_ONE, "区司法局 一街道 甲区"),
        (f"{THREE_AND_ONE} 牵头 区财政局", "区财政局 区司法局 一街道 甲区"),
        # Neither the street, one party of two, nor a department that presses them on its own.
        ("会办 一街道、一社区", "区司法局 甲区"),
        ("会办 一社区", "一社区 区司法局 一街道 甲区"),
    ],
)
def test_a_plain_party_brings_no_voice_in_and_ends_nothing(verb: str, owner: str, who: str) -> None:
    """By 过半 it would outvote the others with whom it asks, or be rid of what they think."""
    assert moved_by(verb, owner) == who


def test_an_applicant_that_presses_who_decides_on_it_gives_that_work_to_nobody_else() -> None:
    rows = "| 提出 | 申请单位 | 不限时 | 提交 → 初审 | - |\n"
    rows += "| 初审 | 区民政局 | 2 个工作日 | 受理 → 办结 | 逾期 → 办结 |"
    case = kit(rows, before="表单 来件\n  申请单位 单位\n")
    case.open("区财政局", "2026-03-02 09:00")
    case.act("提交", "区财政局")
    case.act("督办", "区财政局")
    for verb in ("改派", "加派", "并件"):
        assert refusal(case, verb, "区财政局", 单位="区司法局", 并入="甲-7").code == "ZR743", verb
    case.act("加派", "区民政局", {"单位": "区司法局"})


def test_the_part_of_a_role_that_nobody_has_is_handed_on_by_who_stands_above_the_others() -> None:
    rows = (
        OPEN.format("") + f"| 会商 | 会办 区民政局、居民 | 4 个工作日 | {LINES} | 逾期 → 督办结 |"
    )
    case = kit(rows, ends="办结、不办、督办结")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    assert refusal(case, "改派", "区民政局", 单位="一街道", 原单位="居民").code == "ZR743"
    case.act("改派", "甲区", {"单位": "一街道", "原单位": "居民"})
    assert case.case.visit.owners == ("区民政局", "一街道")


def test_a_part_that_was_answered_is_not_handed_on() -> None:
    case = begun()
    case.act("合格", "区财政局")
    assert refusal(case, "改派", "区财政局", 单位="一街道").code == "ZR726"


def test_nobody_is_asked_twice() -> None:
    """Who is asked twice answers once, and the case would wait for the other answer for ever."""
    case = begun()
    assert refusal(case, "改派", "区财政局", 单位="区司法局").code == "ZR743"
    assert refusal(case, "改派", "区财政局", 单位="区财政局").code == "ZR743"
    assert refusal(case, "加派", "甲区", 单位="区司法局").code == "ZR743"
    assert refusal(case, "加派", "甲区", 单位="三街道").code == "ZR728"
    for unit in ("区民政局", "区财政局", "区信访局"):
        case.act("合格", unit)
    assert case.act("合格", "区司法局").end == "办结"


def handed_back() -> CaseKit:
    case = begun()
    case.act("改派", "区财政局", {"单位": "一街道"})
    case.act("改派", "一街道", {"单位": "区财政局"})
    return case


def test_a_part_that_was_handed_back_has_its_clock_stopped_and_resumed() -> None:
    case = handed_back()
    case.act("停表", "区财政局", {"理由": "补正"})
    assert refusal(case, "合格", "区财政局").code == "ZR738"
    assert refusal(case, "停表", "区财政局", 理由="补正").code == "ZR739"
    case.act("恢复", "区财政局", at="2026-03-03 10:00")
    assert refusal(case, "恢复", "区财政局").code == "ZR739"
    assert refusal(case, "恢复", "区民政局").code == "ZR739"
    for unit in ("区民政局", "区司法局", "区信访局"):
        case.act("合格", unit)
    assert case.act("合格", "区财政局").end == "办结"


def test_a_pause_of_a_part_that_was_handed_back_ends_by_itself() -> None:
    case = handed_back()
    case.act("停表", "区财政局", {"理由": "补正"})
    case.wait("2026-03-05 09:00")
    assert case.events[-1].kind == "resumed"
    case.wait("2026-03-10 09:00")
    assert case.events[-1].data["late"] == ("区民政局", "区司法局", "区信访局", "区财政局")


def test_no_clock_stands_of_who_handed_a_part_on() -> None:
    case = begun()
    case.act("停表", "区财政局", {"理由": "补正"})
    steps = [step["key"] for step in built_in_steps(case.setting, case.case)]
    assert "resume" in steps
    case.act("改派", "区财政局", {"单位": "一街道"})
    steps = [step["key"] for step in built_in_steps(case.setting, case.case)]
    assert "resume" not in steps
    assert [timer.name for timer in case.timers] == ["due"]


def test_who_handed_a_part_on_has_no_say_any_more() -> None:
    case = begun()
    case.act("改派", "区财政局", {"单位": "一街道"})
    for verb in ("停表", "恢复", "改派", "加派", "并件"):
        inputs = {"理由": "补正", "单位": "二街道", "原单位": "区民政局", "并入": "甲-7"}
        assert refusal(case, verb, "区财政局", **inputs).code == "ZR743", verb
    assert case.act("停表", "一街道", {"理由": "补正"}).visit.pauses == ()


def test_a_party_presses_the_others_and_not_itself() -> None:
    case = begun()
    case.act("催办", "区民政局")
    case.act("合格", "区司法局")
    case.act("催办", "区民政局")
    assert [set(done.to) for done in case.effects[-2:]] == [
        {"区民政局", "区财政局", "区司法局", "区信访局"}, {"区民政局", "区财政局", "区信访局"},
    ]  # fmt: skip


# --- a new version ---------------------------------------------------------------------------


def newer(owner: str, lines: str) -> Setting:
    rows = OPEN.format("") + f"| 会商 | {owner} | 6 个工作日 | {lines} | 逾期 → 督办结 |"
    return Setting(compiled(flow(rows, before=NAMED, ends="办结、不办、督办结")), "事项办理")


def moved(case: CaseKit, setting: Setting) -> Case:
    return migrate(setting, case.case, case.now, actor=Actor(unit="甲区")).case


def test_parties_go_on_as_they_are_under_a_new_version() -> None:
    case = begun()
    case.act("合格", "区民政局")
    case.act("改派", "区财政局", {"单位": "一街道"})
    case.act("加派", "甲区", {"单位": "二街道"})
    found = moved(case, newer(THREE, LINES))
    assert found.parties == case.case.parties
    assert found.visit.owners == case.case.visit.owners
    assert found.visit.owners == ("区民政局", "区司法局", "区信访局", "一街道", "二街道")


def test_an_answer_that_a_new_version_has_not_needs_a_person() -> None:
    """It would count for nothing, and who gave it may not answer again."""
    case = begun()
    setting = newer(THREE, LINES.replace("合格", "通过"))
    assert foresee(setting, case.case, case.now).kind == "moves"
    case.act("合格", "区民政局")
    move = foresee(setting, case.case, case.now)
    assert (move.kind, move.reason) == ("person", "已有的答复“合格”新版本没有")


def test_what_several_answer_from_now_on_is_asked_of_all_of_them() -> None:
    rows = OPEN.format("") + "| 会商 | 区信访局 | 4 个工作日 | 合格 → 办结 | 逾期 → 督办结 |"
    case = kit(rows, before=NAMED, ends="办结、督办结")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.act("改派", "区信访局", {"单位": "区民政局", "人员": "李四"})
    setting = newer(f"{THREE} 牵头 区司法局", LINES)
    found = moved(case, setting)
    assert [(party.unit, party.lead) for party in found.parties] == [
        ("区民政局", False), ("区财政局", False), ("区司法局", True),
    ]  # fmt: skip
    assert found.visit.owners == ("区民政局", "区财政局", "区司法局")
    for unit in found.visit.owners:
        command = Command(verb="合格", actor=Actor(unit=unit, person="王五"), at=case.now)
        found = act(setting, found, command).case
    assert found.end == "办结"


def test_what_one_decides_from_now_on_has_no_parties() -> None:
    case = begun()
    case.act("合格", "区民政局")
    found = moved(case, newer("区信访局", "合格 → 办结;不合格(理由) → 不办"))
    assert (found.parties, found.visit.owners) == ((), ("区信访局",))


# --- who stops and resumes, who writes down ------------------------------------------------------


def test_the_clock_that_the_lead_stopped_runs_on_when_the_lead_says_so() -> None:
    rows = OPEN.format("").replace("| - |\n", "| - | - |\n")
    owner = "会办 区民政局、区财政局 牵头 区民政局"
    rows += f"| 会商 | {owner} | 4 个工作日 | {LINES} | 逾期 → 督办结 | 补正 不超过 2 个工作日 |"
    case = kit(rows, ends="办结、不办、督办结", more="停表")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.act("停表", "区民政局", {"理由": "补正"})
    assert refusal(case, "恢复", "区财政局").code == "ZR739"
    assert case.case.visit.pauses[-1].until is None
    case.act("恢复", "区民政局", at="2026-03-02 15:00")
    assert case.case.visit.pauses[-1].until is not None


MEMBERS = """
单位
  | 名称 | 层级 | 上级 | 角色 |
  | 第一局 | 部门 | 甲区 | 联席会议 |
  | 第二局 | 部门 | 甲区 | 联席会议 |
角色 联席会议
表单 来件
  申请单位 单位
"""


def test_a_recused_body_does_not_record_how_the_meeting_on_its_matter_ended() -> None:
    """By numbers alone one member of two, recused, would have met and agreed."""
    meeting = "会议 联席会议 回避 申请单位 到会 过半数 赞成 到会过半数"
    rows = "| 提出 | 申请单位 | 不限时 | 提交 → 会商 | - |\n"
    rows += f"| 会商 | {meeting} | 9 个工作日 | 通过 → 办结; 未通过 → 不办 | 逾期 → 不办 |"
    case = kit(rows, before=MEMBERS, ends="办结、不办")
    case.open("第一局", "2026-03-02 09:00")
    case.act("提交", "第一局")
    figures = {"到会": 1, "赞成": 1}
    assert refusal(case, "会议", "第一局", **figures).code == "ZR737"
    assert case.act("会议", "第二局", figures).end == "办结"
