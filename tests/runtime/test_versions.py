"""Unpublished calendars, outages and new versions: rules W16, W17 and W19 of the notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.runtime.sets import compiled, due, flow, kit

from zhunru.errors import CaseRefused
from zhunru.runtime.advance import act, child_ended, tick
from zhunru.runtime.case import Actor, Command
from zhunru.runtime.events import fold
from zhunru.runtime.kit import CaseKit, moment
from zhunru.runtime.migrating import foresee, migrate
from zhunru.runtime.setting import Setting
from zhunru.worktime import Calendar, calendar_of, holiday_notices
from zhunru.worktime.instants import instant, stamp

OPEN = "| 受理 | 一网格 | 不限时 | 受理 → 办理 | - |\n"
ROWS = OPEN + "| 办理 | 一社区 | 5 个工作日 | 办完 → 办结 | 逾期 → 督促 并 记 超期 |\n"
ROWS += "| 督促 | 一街道 | 2 个工作日 | 办完 → 办结 | 逾期 → 办结 |"


def upto(year: int) -> Calendar:
    """The calendar as it was when the notice of that year was the last one."""
    return calendar_of(notice for notice in holiday_notices() if notice.year <= year)


def begun(days: Calendar | None, at: str):
    case = CaseKit(compiled(flow(ROWS)), "事项办理", days=days)
    case.open("一网格", at)
    case.act("受理", "一网格")
    return case


# --- W16 ---------------------------------------------------------------------------------------


def test_a_provisional_due_date_never_fires_and_an_operator_is_told():
    case = begun(upto(2024), "2024-12-27 09:00")
    assert case.case.visit.provisional
    case.wait("2025-03-01")
    assert case.state == "办理"
    assert [event.kind for event in case.events[2:]] == ["unpublished"]
    assert case.timers == ()


def test_a_published_calendar_moves_a_provisional_date_with_its_reason():
    case = begun(upto(2024), "2024-12-27 09:00")
    before = case.case.visit.due
    assert due(case) == "2025-01-03 18:00"
    case.wait("2024-12-30 09:00")
    case.publish(upto(2025), "国办发明电〔2024〕12号")
    event = case.events[-1]
    assert (event.kind, event.data["before"]) == ("reprojected", before)
    assert event.data["notice"] == "国办发明电〔2024〕12号"
    assert (due(case), case.case.visit.provisional) == ("2025-01-06 18:00", False)
    case.wait("2025-01-07")
    assert case.state == "督促"


def test_a_date_is_never_moved_to_before_its_publication():
    case = begun(upto(2024), "2024-12-27 09:00")
    case.wait("2025-02-10 09:00")
    case.publish(upto(2025))
    assert due(case) == "2025-02-10 09:00"
    case.wait("2025-02-10 09:01")
    assert (case.state, instant(case.events[-1].at).hour) == ("督促", 9)
    assert fold(case.events) == case.case


def test_a_publication_at_a_clock_that_was_set_back_comes_after_what_was_done():
    case = begun(upto(2024), "2024-12-27 09:00")
    case.now = moment("2024-12-20 09:00")
    case.publish(upto(2025))
    assert [event.kind for event in case.events[2:]] == ["reprojected"]
    assert case.case.at == moment("2024-12-27 09:00")
    assert due(case) == "2025-01-06 18:00"


def test_a_provisional_date_is_reckoned_anew_when_it_comes_if_it_is_published_by_then():
    """A newer program knows more days; nobody has to tell each case of them."""
    case = begun(upto(2024), "2024-12-27 09:00")
    newer = Setting(case.setting.policy, "事项办理", days=upto(2025))
    step = tick(newer, case.case, moment("2025-01-06 12:00"))
    assert step is not None
    ((event, _),) = step.events
    assert (event.kind, f"{instant(event.at):%m-%d %H:%M}") == ("reprojected", "01-03 18:00")
    visit = step.case.visit
    assert (f"{instant(visit.due):%m-%d %H:%M}", visit.provisional) == ("01-06 18:00", False)
    over = tick(newer, step.case, moment("2025-01-07"))
    assert over is not None
    assert [event.kind for event, _ in over.events] == ["overdue"]
    assert over.case.visit.state == "督促"
    at_once = tick(newer, case.case, moment("2025-01-07"))
    assert at_once is not None
    assert at_once.case == over.case


def test_a_firm_date_is_not_touched_by_a_publication():
    case = begun(upto(2025), "2025-03-03 09:00")
    number = len(case.events)
    case.publish(upto(2026))
    assert len(case.events) == number


def test_a_guard_about_days_that_are_not_published_waits_for_them():
    form = "表单 来件\n  拟进入日期 日期\n"
    rows = "| 受理 | 一网格 | 不限时 | 受理(拟进入日期) 当 工作日数(今日, 拟进入日期) 不少于 30 → 办结 | - |"
    case = kit(rows, before=form)
    case.open("一网格", "2026-12-20 09:00")
    with pytest.raises(CaseRefused) as refused:
        case.act("受理", "一网格", 拟进入日期="2027-03-01")
    assert refused.value.code == "ZR747"


# --- W17 ---------------------------------------------------------------------------------------


def test_what_was_due_in_an_outage_fires_at_its_instant_but_the_next_visit_starts_at_the_restart():
    case = begun(None, "2026-03-02 09:00")
    gap = (moment("2026-03-09 12:00"), moment("2026-03-12 10:00"))
    step = tick(case.setting, case.case, gap[1], gap=gap)
    assert step is not None
    event = step.events[0][0]
    assert f"{instant(event.at):%m-%d %H:%M}" == "03-09 18:00"
    assert event.data["outage"]
    assert "late" not in event.data
    assert event.data["marks"] == ("停机",)
    assert step.case.visit.entered == gap[1]
    assert f"{instant(step.case.visit.due):%m-%d %H:%M}" == "03-16 18:00"


def test_an_outage_in_which_nothing_was_due_changes_nothing():
    case = begun(None, "2026-03-02 09:00")
    gap = (moment("2026-03-03 12:00"), moment("2026-03-05 10:00"))
    assert tick(case.setting, case.case, gap[1], gap=gap) is None


# --- W19 ---------------------------------------------------------------------------------------


def newer(days: int, name: str = "办理") -> Setting:
    rows = ROWS.replace("5 个工作日", f"{days} 个工作日").replace("| 办理 |", f"| {name} |")
    rows = rows.replace("→ 办理", f"→ {name}")
    return Setting(compiled(flow(rows)), "事项办理")


BOSS = Actor(unit="甲区")


def test_a_case_keeps_its_used_time_when_it_moves_to_a_new_version():
    case = begun(None, "2026-03-02 09:00")
    at, setting = moment("2026-03-04 10:00"), newer(8)
    step = migrate(setting, case.case, at, actor=BOSS)
    assert step.case.visit.entered == case.case.visit.entered
    assert f"{instant(step.case.visit.due):%m-%d %H:%M}" == "03-12 18:00"
    assert step.case.digest == setting.policy.digest != case.case.digest
    done = act(setting, step.case, Command(verb="办完", actor=Actor(unit="一社区"), at=at))
    assert done.case.end == "办结"


def test_a_limit_that_is_spent_ends_at_the_migration_only_if_somebody_was_told():
    case = begun(None, "2026-03-02 09:00")
    at, setting = moment("2026-03-06 10:00"), newer(2)
    foreseen = foresee(setting, case.case, at)
    assert (foreseen.kind, foreseen.expires) == ("moves", True)
    with pytest.raises(CaseRefused) as refused:
        migrate(setting, case.case, at, actor=BOSS)
    assert refused.value.code == "ZR746"
    step = migrate(setting, case.case, at, actor=BOSS, listed=True)
    assert step.case.visit.due == at
    later = tick(setting, step.case, at + 1)
    assert later is not None
    assert (later.events[0][0].kind, later.events[0][0].at) == ("overdue", at)


def test_a_state_that_is_gone_needs_the_map_or_a_person():
    case = begun(None, "2026-03-02 09:00")
    at, setting = moment("2026-03-03 10:00"), newer(5, "承办")
    assert foresee(setting, case.case, at).kind == "person"
    assert foresee(setting, case.case, at, {"办理": "承办"}).kind == "moves"
    assert migrate(setting, case.case, at, actor=BOSS, states={"办理": "承办"}).case.state == "承办"


def test_counts_go_with_the_name_of_their_state():
    again = ROWS.replace(
        "办完 → 办结 | 逾期 → 督促", "再议 → 办理 不超过 2 次,满后 → 办结;办完 → 办结 | 逾期 → 督促"
    )
    case = CaseKit(compiled(flow(again)), "事项办理")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.act("再议", "一社区")
    renamed = again.replace("| 办理 |", "| 承办 |").replace("→ 办理", "→ 承办")
    setting = Setting(compiled(flow(renamed)), "事项办理")
    step = migrate(setting, case.case, case.now, actor=BOSS, states={"办理": "承办"})
    assert step.case.counts == {"承办.再议": 1}


def test_a_case_that_has_ended_or_runs_on_this_version_stays():
    case = begun(None, "2026-03-02 09:00")
    assert foresee(case.setting, case.case, case.now).kind == "stays"
    case.act("办完", "一社区")
    assert foresee(newer(8), case.case, case.now).kind == "stays"


ASKED = "| 受理 | 一网格 | 不限时 | 受理 → 办理 | - | - |\n"
ASKED += "| 办理 | 一社区 | {} | 办完 → 办结 | {} | {} |"


@pytest.mark.parametrize(
    ("limit", "ending", "more"),
    [("不限时", "-", "-"), ("8 个工作日", "逾期 → 办结", "-")],
    ids=["no limit", "no extension"],
)
def test_who_asked_for_more_time_asks_in_vain_where_none_is_given_any_more(
    limit: str, ending: str, more: str
):
    rows = ASKED.format("5 个工作日", "逾期 → 办结", "1 次 5 个工作日 经 街道")
    case = CaseKit(compiled(flow(rows, more="延期")), "事项办理")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.act("延期", "一社区", {"理由": "人手不足"}, at="2026-03-05 17:00")
    assert case.case.visit.extending is not None
    rows = flow(ASKED.format(limit, ending, more), more="延期")
    setting = Setting(compiled(rows), "事项办理")
    step = migrate(setting, case.case, case.now, actor=BOSS)
    assert step.case.visit.extending is None
    assert [timer.name for timer in step.timers] == ([] if limit == "不限时" else ["due"])


BACK = OPEN + "| 办理 | 一社区 | {} 累计 | 送审 → 审核 | 逾期 → 办结 |\n"
BACK += "| 审核 | 一街道 | 3 个工作日 | 退回 → 办理 不超过 3 次,满后 → 办结 | 逾期 → 办结 |"


def test_what_earlier_visits_used_counts_on_in_its_own_unit_only():
    case = CaseKit(compiled(flow(BACK.format("5 个工作日"))), "事项办理")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    hours = Setting(compiled(flow(BACK.format("40 个工作小时"))), "事项办理")
    assert foresee(hours, case.case, case.now).kind == "moves"
    case.act("送审", "一社区", at="2026-03-05 10:00")  # 3 and 4 March are used
    case.act("退回", "一街道", at="2026-03-06 10:00")
    assert foresee(hours, case.case, case.now).kind == "person"
    longer = Setting(compiled(flow(BACK.format("6 个工作日"))), "事项办理")
    step = migrate(longer, case.case, case.now, actor=BOSS)
    assert f"{instant(step.case.visit.due):%m-%d %H:%M}" == "03-12 18:00"


def test_time_used_before_in_another_unit_needs_a_person_wherever_the_case_is():
    """Five days read as five hours would be nothing, and five hours read as days would be all."""
    days, hours = BACK.format("5 个工作日"), BACK.format("40 个工作小时")
    for old, new in ((days, hours), (hours, days)):
        case = CaseKit(compiled(flow(old)), "事项办理")
        case.open("一网格", "2026-03-02 09:00")
        case.act("受理", "一网格")
        case.act("送审", "一社区", at="2026-03-05 10:00")
        move = foresee(Setting(compiled(flow(new)), "事项办理"), case.case, case.now)
        assert (move.kind, move.reason) == ("person", "“办理”累计的时间按另一单位计算")


def test_time_used_that_an_earlier_program_kept_by_the_state_alone_counts_on():
    setting = Setting(compiled(flow(BACK.format("5 个工作日"))), "事项办理")
    case = CaseKit(setting.policy, "事项办理")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.act("送审", "一社区", at="2026-03-05 10:00")
    ((key, used),) = case.case.spent.items()
    back = Command(verb="退回", actor=Actor(unit="一街道"), at=case.now)
    on = Command(verb="送审", actor=Actor(unit="一社区"), at=case.now)
    dues = set()
    for spent in ({key: used}, {"办理": used}):
        step = act(setting, replace(case.case, spent=spent), back)
        dues.add(step.case.visit.due)
        assert act(setting, step.case, on).case.spent[key] >= used > 0
    assert len(dues) == 1


def test_an_extension_that_was_granted_is_not_taken_back_by_a_new_version():
    rows = ASKED.format("5 个工作日", "逾期 → 办结", "1 次 5 个工作日 经 街道")
    case = CaseKit(compiled(flow(rows, more="延期")), "事项办理")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.act("延期", "一社区", {"理由": "人手不足"}, at="2026-03-03 09:00")
    case.act("同意延期", "一街道", at="2026-03-03 10:00")
    assert due(case) == "2026-03-16 18:00"
    kinds = {}
    for limit in ("5 个工作日", "12 个工作日"):
        text = flow(ASKED.format(limit, "逾期 → 办结", "-"), more="延期")
        kinds[limit] = foresee(Setting(compiled(text), "事项办理"), case.case, case.now).kind
    assert kinds == {"5 个工作日": "person", "12 个工作日": "moves"}


def test_who_asked_for_more_time_is_answered_before_time_is_over():
    rows = ASKED.format("{} 个工作日", "逾期 → 办结", "1 次 {} 个工作日 经 街道")
    case = CaseKit(compiled(flow(rows.format(5, 5), more="延期")), "事项办理")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.act("延期", "一社区", {"理由": "人手不足"}, at="2026-03-09 17:00")
    case.wait("2026-03-10 10:00")  # the time that it had was over at 18:00 the day before
    for limit, more, expires in ((5, 4, False), (1, 1, True)):
        text = flow(rows.format(limit, more), more="延期")
        move = foresee(Setting(compiled(text), "事项办理"), case.case, case.now)
        assert (move.kind, move.expires) == ("moves", expires)


@pytest.mark.parametrize("limit", ["20 个自然日 - (今日 - 生效日) / 1 日 × 1 个自然日", "至 今日"])
def test_a_limit_that_hangs_on_the_day_is_that_of_the_day_on_which_it_began(limit: str):
    rows = "| 受理 | 一网格 | 不限时 | 受理(生效日) → 办理 | - |\n"
    rows += f"| 办理 | 一社区 | {limit} | 办完 → 办结 | 逾期 → 办结 |"
    form = "表单 来件\n  生效日 日期\n  {} 文本\n"
    case = kit(rows, before=form.format("事由"))
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格", 生效日="2026-02-27")
    until = case.due
    assert until is not None
    now = stamp(until) - 1
    setting = Setting(compiled(flow(rows, before=form.format("地点"))), "事项办理")
    move = foresee(setting, case.case, now)
    assert (move.kind, move.due, move.expires) == ("moves", case.case.visit.due, False)


TOLD = "| 受理 | 一网格 | 不限时 | 受理 → 办理 | - | - |\n"
TOLD += "| 办理 | 一社区 | 10 个工作日 | 办完 → 办结 | 逾期 → 办结 | {} |"
FIVE, ONE, HALF = "提前 5 个工作日 提醒 一社区", "提前 1 个工作日 提醒 一社区", "过半时 提醒 一社区"
UP = FIVE.replace("一社区", "一街道")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([FIVE], [FIVE], []),
        ([FIVE], [ONE], ["一社区"]),
        ([FIVE], [ONE, FIVE], ["一社区"]),
        ([FIVE, ONE], [HALF, FIVE, ONE], ["一社区", "一社区"]),
        ([FIVE], [FIVE, UP], ["一街道"]),
        ([FIVE], [UP, FIVE], ["一街道"]),
        ([FIVE], [UP], ["一街道"]),
    ],
)
def test_a_reminder_goes_out_once_and_none_is_lost_when_a_version_has_others(
    before: list[str], after: list[str], told: list[str]
):
    old, new = (
        compiled(flow(TOLD.format(";".join(each)), more="提醒", before=f"公式 一 = {n}\n"))
        for n, each in enumerate((before, after))
    )
    case = CaseKit(old, "事项办理")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.wait("2026-03-12 09:00")
    assert [each.kind for each in case.effects] == ["remind"]
    setting = Setting(new, "事项办理")
    moved = migrate(setting, case.case, case.now, actor=BOSS)
    later = tick(setting, moved.case, moment("2026-03-16 17:00"))
    events = (*moved.events, *(later.events if later else ()))
    assert [unit for _, done in events for each in done for unit in each.to] == told


def test_a_reminder_that_an_earlier_program_sent_is_not_sent_again():
    case = CaseKit(compiled(flow(TOLD.format(f"{HALF};{FIVE}"), more="提醒")), "事项办理")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    before = replace(case.case, visit=replace(case.case.visit, fired=("halfway0", "ahead1")))
    assert tick(case.setting, before, moment("2026-03-16 17:00")) is None


def test_a_case_does_not_move_at_a_time_before_what_was_done_last():
    case = begun(None, "2026-03-02 09:00")
    assert foresee(newer(8), case.case, moment("2026-03-01 09:00")).kind == "person"


def test_who_worked_on_a_state_is_kept_apart_under_its_new_name_too():
    rows = "| {0} | 一网格 | 不限时 | 送审 → {1} | - |\n| {1} | 一网格 | 不限时 | 同意 → 办结 | - |"
    apart = "  约束 {0} 与 {1} 不得由同一人承担\n"
    old, new = (
        compiled(flow(rows.format(*names), under=apart.format(*names)))
        for names in (("草拟", "审核"), ("起草", "复核"))
    )
    case = CaseKit(old, "事项办理")
    case.open("一网格 张三", "2026-03-02 09:00")
    case.act("送审", "一网格 张三")
    setting = Setting(new, "事项办理")
    names = {"草拟": "起草", "审核": "复核"}
    found = migrate(setting, case.case, case.now, actor=BOSS, states=names).case
    with pytest.raises(CaseRefused) as refused:
        same = Actor(unit="一网格", person="张三")
        act(setting, found, Command(verb="同意", actor=same, at=case.now))
    assert refused.value.code == "ZR732"


@pytest.mark.parametrize(
    ("old", "value", "new", "kind"),
    [
        ("文本", "12", "数值", "moves"),
        ("文本", "十来户", "数值", "person"),
        ("枚举 大、小", "大", "日期", "person"),
        ("枚举 大、小", "大", "枚举 重大、一般", "person"),
        ("枚举 大、未知", "未知", "枚举 大、小", "person"),
        ("单位", "区民政局", "单位组", "moves"),
        ("单位组", "区民政局", "单位", "person"),
        ("数值", 12, "数值", "moves"),
    ],
)
def test_a_fact_goes_on_only_as_what_its_field_is_by_then(
    old: str, value: object, new: str, kind: str
):
    rows = "| 受理 | 一网格 | 不限时 | 受理(户数) → 办理 | - |\n"
    rows += "| 办理 | 一社区 | 不限时 | 办完 → 办结 | - |"
    case = kit(rows, before=f"表单 来件\n  户数 {old}\n")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格", 户数=value)
    guarded = rows.replace("办完 →", "办完 当 户数 不少于 10 →") if new == "数值" else rows
    text = flow(guarded, before=f"表单 来件\n  户数 {new}\n  备注 文本\n")
    setting = Setting(compiled(text), "事项办理")
    assert foresee(setting, case.case, case.now).kind == kind
    if kind == "moves":
        found = migrate(setting, case.case, case.now, actor=BOSS).case
        assert isinstance(found.fields["户数"], frozenset) == (new == "单位组")
        done = act(setting, found, Command(verb="办完", actor=Actor(unit="一社区"), at=case.now))
        assert done.case.end == "办结"


def test_a_case_that_was_handed_to_another_stays_with_it_in_a_new_version():
    case = begun(None, "2026-03-02 09:00")
    case.act("改派", "一街道", {"单位": "二社区"})
    step = migrate(newer(8), case.case, case.now, actor=BOSS)
    assert step.case.visit.owners == ("二社区",)


# --- effects, children -------------------------------------------------------------------------


def test_a_register_row_holds_as_long_as_a_limit_would_run():
    rows = "| 受理 | 一网格 | 不限时 | 准入 → 生效 并 登记 准入登记 临时 有效 月数 | - | - |\n"
    rows += "| 生效 | 一街道 | 月数 | 退出 → 办结 并 注销 准入登记 | 期满 → 办结 并 注销 准入登记 "
    rows += "| 撤回、并件 |"
    form = "表单 来件\n  月数 数值 1 至 3\n  事项 事项\n台账 准入登记(事项, 来文单位)\n"
    case = kit(rows, before=form, more="不得")
    case.open("一网格", "2026-03-02 09:00", {"月数": 3, "事项": "普查"})
    case.act("准入", "一网格")
    done = next(each for each in case.effects if each.kind == "enter")
    assert (done.object, done.row_kind, done.fields) == ("准入登记", "临时", {"事项": "普查"})
    assert done.since is not None
    assert date.fromordinal(done.since) == date(2026, 3, 2)
    # 2 June 2026 is a working day; the row ends on the day on which the state does.
    assert done.until == case.due.toordinal()
    case.wait("2026-06-10")
    assert case.effects[-1].kind == "cancel"


def test_a_case_opens_another_with_the_facts_that_both_have():
    text = flow(
        "| 受理 | 一网格 | 不限时 | 转办 → 办结 并 产生 后续办理 | - |",
        before="表单 来件\n  事由 文本\n",
    )
    text += '流程 后续办理 "后续" 止于 办结\n  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |\n'
    text += "  | 接办 | 一社区 | 不限时 | 办完 → 办结 | - |\n"
    case = CaseKit(compiled(text), "事项办理")
    case.open("一网格", "2026-03-02 09:00", {"事由": "漏水"})
    case.act("转办", "一网格")
    done = next(each for each in case.effects if each.kind == "open")
    assert (done.object, done.fields) == ("后续办理", {"事由": "漏水"})
    assert case.case.children == (done.child,)


def test_a_case_is_told_that_what_it_opened_has_ended():
    case = begun(None, "2026-03-02 09:00")
    step = child_ended(case.setting, case.case, "甲-1", "办结", case.now)
    assert step is not None
    assert step.events[-1][0].data["child_end"] == "办结"
    assert step.case.visit == case.case.visit
