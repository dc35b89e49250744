"""What time does to a case: rules W1 to W7 of the language notes, with their examples."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.runtime.sets import due, kit

from zhunru.errors import CaseRefused
from zhunru.worktime import published_calendar
from zhunru.worktime.instants import instant

OPEN = "| 受理 | 一网格 | 不限时 | 受理 → 办理 | - |\n"
PLAIN = OPEN + "| 办理 | 一社区 | 2 个工作日 | 办完 → 办结 | 逾期 → 督促 |\n"
PLAIN += "| 督促 | 一街道 | 1 个工作日 | 办完 → 办结 | 逾期 → 办结 |"


def begun(rows: str, at: str = "2026-03-02 09:00", **options: str):
    case = kit(rows, **options)
    case.open("一网格", at)
    case.act("受理", "一网格")
    return case


# --- W1, W2 ------------------------------------------------------------------------------------


def test_an_act_at_the_very_instant_of_the_deadline_is_in_time():
    case = begun(PLAIN)
    assert due(case) == "2026-03-04 18:00"
    assert case.act("办完", "一社区", at=case.due).closed


def test_an_act_after_the_deadline_is_refused_and_names_the_expiry_that_took_it():
    case = begun(PLAIN)
    with pytest.raises(CaseRefused) as refused:
        case.act("办完", "一社区", at=case.due + timedelta(microseconds=1))
    # 督促 has an action of that name too, but it is not for 一社区 any more.
    assert refused.value.code == "ZR723"
    case = begun(
        PLAIN.replace(
            "| 督促 | 一街道 | 1 个工作日 | 办完", "| 督促 | 一街道 | 1 个工作日 | 督办完"
        )
    )
    with pytest.raises(CaseRefused) as refused:
        case.act("办完", "一社区", at="2026-03-05 08:00")
    assert refused.value.code == "ZR722"
    assert "2026-03-04 18:00" in str(refused.value)
    assert "逾期" in str(refused.value)


def test_what_time_did_first_is_in_the_same_step():
    case = begun(PLAIN)
    case.act("办完", "一街道", at="2026-03-05 08:00")
    assert [event.kind for event in case.events[-2:]] == ["overdue", "acted"]
    assert instant(case.events[-2].at).isoformat()[:16] == "2026-03-04T18:00"
    assert case.case.closed


def test_a_command_may_be_dated_back_but_not_before_the_last_event():
    case = begun(PLAIN)
    with pytest.raises(CaseRefused) as refused:
        case.act("办完", "一社区", at="2026-03-02 08:59")
    assert refused.value.code == "ZR731"


def test_a_command_that_saw_an_older_version_is_refused():
    from zhunru.runtime.advance import act
    from zhunru.runtime.case import Actor, Command

    case = begun(PLAIN)
    command = Command(verb="办完", actor=Actor(unit="一社区"), at=case.now, expected=1)
    with pytest.raises(CaseRefused) as refused:
        act(case.setting, case.case, command)
    assert refused.value.code == "ZR730"


# --- W3: budgets -------------------------------------------------------------------------------

BACK = OPEN + "| 办理 | 一社区 | 5 个工作日{} | 送审 → 审核 | 逾期 → 办结 |\n"
BACK += "| 审核 | 一街道 | 3 个工作日 | 退回 → 办理 不超过 3 次,满后 → 办结 | 逾期 → 办结 |"


def test_a_state_entered_again_has_a_full_budget():
    case = begun(BACK.format(""))
    case.act("送审", "一社区", at="2026-03-05 10:00")
    case.act("退回", "一街道", at="2026-03-06 10:00")
    assert due(case) == "2026-03-13 18:00"


def test_a_cumulative_state_has_what_earlier_visits_left():
    case = begun(BACK.format(" 累计"))
    case.act("送审", "一社区", at="2026-03-05 10:00")  # 3 and 4 March are used
    case.act("退回", "一街道", at="2026-03-06 10:00")
    assert due(case) == "2026-03-11 18:00"
    case.act("送审", "一社区", at="2026-03-10 19:00")  # 9 and 10 March too
    case.act("退回", "一街道", at="2026-03-11 10:00")
    assert due(case) == "2026-03-12 18:00"


UNTIL = "| 受理 | 一网格 | 不限时 | 受理(办结期限) → 办理 | - |\n"
UNTIL += "| 办理 | 一社区 | 至 办结期限 | 办完 → 办结 | 逾期 → 督促 |\n"
UNTIL += "| 督促 | 一街道 | 1 个工作日 | 办完 → 办结 | 逾期 → 办结 |"
DAY_FIELD = "表单 来件\n  办结期限 日期\n"


def test_a_state_whose_day_is_said_to_be_none_has_no_end_of_time():
    case = kit(UNTIL, before=DAY_FIELD.replace("日期\n", "日期 可无\n"))
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格", 办结期限="无")
    assert (case.state, case.timers) == ("办理", ())


def test_a_day_on_record_ends_the_state_at_its_close():
    case = kit(UNTIL, before=DAY_FIELD)
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格", 办结期限="2026-03-10")
    assert due(case) == "2026-03-10 18:00"


def test_a_day_that_is_past_ends_the_state_on_entry():
    case = kit(UNTIL, before=DAY_FIELD)
    case.open("一网格", "2026-03-12 09:00")
    case.act("受理", "一网格", 办结期限="2026-03-10")
    assert case.state == "督促"
    assert [event.kind for event in case.events[-2:]] == ["acted", "overdue"]
    assert case.events[-1].at == case.events[-2].at


def test_a_day_that_is_not_given_is_asked_for():
    case = kit(UNTIL.replace("受理(办结期限)", "受理"), before=DAY_FIELD)
    case.open("一网格", "2026-03-12 09:00")
    with pytest.raises(CaseRefused) as refused:
        case.act("受理", "一网格")
    assert refused.value.code == "ZR725"
    assert "办结期限" in str(refused.value)
    assert case.act("受理", "一网格", 办结期限="2026-03-20").visit.due


# --- W4 to W6 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "start", "end"),
    [
        ("4 个工作小时", "2026-03-02 17:00", "2026-03-03 11:00"),
        ("4 个工作小时", "2026-03-01 10:00", "2026-03-02 12:00"),  # a Sunday: W6
        ("1 个工作日", "2026-03-02 00:00", "2026-03-03 18:00"),  # the start day is not counted
        ("1 个月", "2026-01-31 09:00", "2026-02-28 18:00"),  # a Saturday worked for the holiday
        ("30 日 按 自然日", "2026-03-02 09:00", "2026-04-01 23:59"),
        ("30 分钟", "2026-03-02 23:45", "2026-03-03 00:15"),
    ],
)
def test_limits_run_as_their_unit_says(limit: str, start: str, end: str):
    rows = OPEN + f"| 办理 | 一社区 | {limit} | 办完 → 办结 | 逾期 → 办结 |"
    assert due(begun(rows, at=start)) == end


def test_a_ladder_of_1_2_2_2_working_days_takes_7():
    ladder = "| 受理 | 一网格 | 不限时 | 受理 → 楼院 | - |\n"
    steps = [("楼院", 1, "网格"), ("网格", 2, "社区"), ("社区", 2, "街道"), ("街道", 2, "办结")]
    for name, days, onward in steps:
        ladder += f"| {name} | 一社区 | {days} 个工作日 | 调成 → 办结 | 逾期 → {onward} |\n"
    case = begun(ladder, at="2026-03-02 09:00")
    case.wait("2026-04-01")
    assert case.case.end == "办结"
    # The seventh working day after Monday 2 March, at its close.
    assert f"{instant(case.case.at):%Y-%m-%d %H:%M}" == "2026-03-11 18:00"
    assert len([event for event in case.events if event.kind == "overdue"]) == 4


def test_a_limit_from_a_table_is_fixed_on_entry():
    table = (
        "对照表 分级 取 唯一一行\n  | 情形 | → 限 |\n  | 急 | 30 分钟 |\n  | 缓 | 3 个工作日 |\n"
    )
    rows = "| 受理 | 一网格 | 不限时 | 受理(情形) → 办理 | - |\n"
    rows += "| 办理 | 一社区 | 分级(情形) 的 限 | 改级(情形) → 办理 不超过 2 次,满后 → 办结;办完 → 办结 | 逾期 → 办结 |"
    case = kit(rows, before=table)
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格", 情形="急")
    assert due(case) == "2026-03-02 09:30"
    case.act("改级", "一社区", 情形="缓")
    assert due(case) == "2026-03-05 18:00"


# --- W7: pauses --------------------------------------------------------------------------------

STOPS = OPEN.replace("| - |", "| - | - |")
STOPS += "| 办理 | 一社区 | 5 个工作日 | 办完 → 办结 | 逾期 → 督促 | 补正、等待居民 不超过 10 个工作日 |\n"
STOPS += "| 督促 | 一街道 | 1 个工作日 | 办完 → 办结 | 逾期 → 办结 | - |"


def stops(at: str = "2026-03-02 09:00"):
    return begun(STOPS, at=at, more="停表")


def test_a_pause_takes_the_days_whose_close_it_covers():
    case = stops()
    assert due(case) == "2026-03-09 18:00"
    case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-03 10:00")
    case.act("恢复", "一社区", at="2026-03-05 10:00")  # 3 and 4 March are lost
    assert due(case) == "2026-03-11 18:00"


def test_a_pause_within_a_day_changes_no_deadline_of_days():
    case = stops()
    case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-03 10:00")
    case.act("恢复", "一社区", at="2026-03-03 17:00")
    assert due(case) == "2026-03-09 18:00"


def test_split_pauses_equal_a_whole_one():
    whole, split = stops(), stops()
    whole.act("停表", "一社区", {"理由": "补正"}, at="2026-03-03 10:00")
    whole.act("恢复", "一社区", at="2026-03-06 10:00")
    for start, end in (("03 10:00", "04 19:00"), ("04 19:00", "06 10:00")):
        split.act("停表", "一社区", {"理由": "补正"}, at=f"2026-03-{start}")
        split.act("恢复", "一社区", at=f"2026-03-{end}")
    assert due(whole) == due(split) == "2026-03-12 18:00"


def test_a_pause_ends_by_itself_at_its_bound_and_the_clock_runs_on():
    case = stops()
    case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-03 10:00")
    case.wait("2026-03-18 09:00")  # ten working days after 3 March: 17 March
    assert [event.kind for event in case.events[-2:]] == ["paused", "resumed"]
    assert due(case) == "2026-03-23 18:00"
    case.wait("2026-03-24 09:00")
    assert case.state == "督促"


def test_the_time_for_which_a_clock_may_stop_is_used_up_by_earlier_pauses():
    case = stops()
    case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-03 10:00")
    case.wait("2026-03-18 09:00")
    with pytest.raises(CaseRefused) as refused:
        case.act("停表", "一社区", {"理由": "补正"})
    assert refused.value.code == "ZR739"


def test_what_a_clock_stood_for_one_reason_is_not_taken_from_what_it_may_for_another():
    rows = STOPS.replace("补正、等待居民 不超过", "补正 不超过 2 个工作日; 等待居民 不超过")
    case = begun(rows, more="停表")
    case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-03 10:00")
    case.wait("2026-03-10 09:00")  # two working days after 3 March: 5 March
    case.act("停表", "一社区", {"理由": "等待居民"}, at="2026-03-10 10:00")
    assert f"{instant(case.timers[0].due):%m-%d}" == "03-24"  # ten after 10 March
    case.act("恢复", "一社区", at="2026-03-11 10:00")
    with pytest.raises(CaseRefused) as refused:
        case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-11 11:00")
    assert refused.value.code == "ZR739"


@pytest.mark.parametrize(
    ("amount", "reminder", "when"),
    [
        # Four of the eight hours are used before the second visit, which begins on the third.
        ("8 个工作小时", "过半时", "03-03 11:00"),
        ("8 个工作小时", "提前 1 个工作小时", "03-03 12:00"),
        # One of five days is used, the second of March; the second visit has four more.
        ("5 个工作日", "过半时", "03-06 08:00"),
        ("5 个工作日", "提前 1 个工作日", "03-09 08:00"),
    ],
)
def test_a_reminder_of_a_cumulative_state_looks_at_what_earlier_visits_left(
    amount: str, reminder: str, when: str
):
    rows = OPEN.replace("| - |", "| - | - |")
    rows += (
        f"| 办理 | 一社区 | {amount} 累计 | 送审 → 审核 | 逾期 → 办结 | {reminder} 提醒 一社区 |\n"
    )
    rows += "| 审核 | 一街道 | 3 个工作日 | 退回 → 办理 不超过 3 次,满后 → 办结 | 逾期 → 办结 | - |"
    case = begun(rows, at="2026-03-01 09:00", more="提醒")
    case.act("送审", "一社区", at="2026-03-02 18:00" if "日" in amount else "2026-03-02 12:00")
    case.act("退回", "一街道", at="2026-03-03 09:00")
    assert timers(case)[next(name for name in timers(case) if name != "due")] == when


def test_working_hours_that_reach_into_days_that_are_not_published_are_provisional():
    rows = OPEN + "| 办理 | 一社区 | 16 个工作小时 | 办完 → 办结 | 逾期 → 办结 |"
    last = published_calendar().horizon
    assert begun(rows, at=f"{last} 09:00").case.visit.provisional
    assert not begun(rows, at=f"{last - timedelta(14)} 09:00").case.visit.provisional


def dated(reminder: str, more: str, heads: str):
    """A state that ends on 20 March, whatever happens, entered on the second."""
    rows = "| 受理 | 一网格 | 不限时 | 受理(限期) → 办理 | - | - | - |\n"
    rows += f"| 办理 | 一社区 | 至 限期 | 办完 → 办结 | 逾期 → 办结 | {reminder} | {more} |"
    case = kit(rows, before="表单 来件\n  限期 日期\n", more=heads)
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格", 限期="2026-03-20")
    return case


def timers(case) -> dict[str, str]:
    return {timer.name: f"{instant(timer.due):%m-%d %H:%M}" for timer in case.timers}


def test_before_a_day_that_stands_a_reminder_goes_out_though_the_clock_stood():
    stops = "补正 不超过 10 个工作日"
    case = dated("提前 2 个工作日 提醒 一社区", stops, "提醒 停表")
    assert timers(case) == {"ahead2workdays 一社区": "03-19 08:00", "due": "03-20 18:00"}
    case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-04 09:00")
    assert timers(case) == {
        "resume": "03-18 18:00", "ahead2workdays 一社区": "03-19 08:00", "due": "03-20 18:00",
    }  # fmt: skip
    case.act("恢复", "一社区", at="2026-03-11 09:00")
    assert timers(case) == {"ahead2workdays 一社区": "03-19 08:00", "due": "03-20 18:00"}
    case = dated("过半时 提醒 一社区", stops, "提醒 停表")
    case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-04 09:00")
    case.act("恢复", "一社区", at="2026-03-11 09:00")
    # Nine days are left: the third, and from the eleventh on; the fifth of them is the sixteenth.
    assert timers(case) == {"halfway 一社区": "03-16 08:00", "due": "03-20 18:00"}


def test_a_day_that_stands_is_put_off_by_what_is_granted_and_so_are_its_reminders():
    case = dated("提前 2 个工作日 提醒 一社区", "1 次 3 个工作日", "提醒 延期")
    case.act("延期", "一社区", {"理由": "人手不足"}, at="2026-03-04 09:00")
    assert timers(case) == {"ahead2workdays 一社区": "03-24 08:00", "due": "03-25 18:00"}


def test_only_resume_withdraw_and_supervise_are_open_while_a_clock_stands():
    case = stops()
    case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-03 10:00")
    for verb in ("办完", "改派", "延期", "催办", "停表"):
        with pytest.raises(CaseRefused) as refused:
            case.act(verb, "一社区", {"理由": "补正", "单位": "二社区"})
        assert refused.value.code == "ZR738", verb
    case.act("督办", "甲区")
    assert case.case.supervised == ("甲区",)
    assert case.act("撤回", "一网格").end == "撤回"


def test_a_clock_stops_only_for_a_reason_of_the_state():
    with pytest.raises(CaseRefused) as refused:
        stops().act("停表", "一社区", {"理由": "开会"})
    assert refused.value.code == "ZR739"
    assert "补正、等待居民" in str(refused.value)


def test_who_is_late_is_told_the_same_however_often_time_was_looked_at():
    rows = PLAIN.replace(
        "| 督促 | 一街道 | 1 个工作日 | 办完", "| 督促 | 一街道 | 1 个工作日 | 督办完"
    )
    told = set()
    for stops_at in ((), ("2026-03-05 07:00",), ("2026-03-05 07:00", "2026-03-20")):
        case = begun(rows)
        for stop in stops_at:
            case.wait(stop)
        with pytest.raises(CaseRefused) as refused:
            case.act("办完", "一社区", at="2026-03-21 08:00")
        told.add((refused.value.code, str(refused.value)))
    assert len(told) == 1
    assert told.pop()[0] == "ZR722"


@pytest.mark.parametrize("given", [{"理由": "材料齐了"}, {}])
def test_why_a_clock_runs_again_is_on_record(given: dict[str, str]) -> None:
    rows = "| 受理 | 一网格 | 5 个工作日 | 办完 → 办结 | 逾期 → 办结 | 补正 不超过 3 个工作日 |"
    case = kit(rows, more="停表")
    case.open("一网格", "2026-03-02 09:00")
    case.act("停表", "一网格", {"理由": "补正"})
    case.act("恢复", "一网格", given)
    assert case.events[-1].data["reason"] == given.get("理由", "补正")
