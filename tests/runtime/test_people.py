"""Extensions, reminders, guards and bounds: rules W9 to W12 of the language notes."""

from __future__ import annotations

import pytest
from tests.runtime.sets import due, kit

from zhunru.errors import CaseRefused
from zhunru.worktime.instants import instant

OPEN = "| 受理 | 一网格 | 不限时 | 受理 → 办理 | - | - |\n"


def begun(row: str, column: str, at: str = "2026-03-02 09:00", **options: str):
    case = kit(OPEN + row, more=column, **options)
    case.open("一网格", at)
    case.act("受理", "一网格")
    return case


def refusal(case, verb: str, actor: str, **inputs: object) -> str:
    with pytest.raises(CaseRefused) as refused:
        case.act(verb, actor, inputs)
    return refused.value.code


# --- W9: extensions ----------------------------------------------------------------------------

EXTENDED = "| 办理 | 一社区 | 5 个工作日 | 办完 → 办结 | 逾期 → 办结 | 1 次 5 个工作日 经 街道 |"


def extended(at: str = "2026-03-02 09:00"):
    return begun(EXTENDED, "延期", at)


def test_an_extension_runs_from_the_original_start():
    case = extended()
    assert due(case) == "2026-03-09 18:00"
    case.act("延期", "一社区", {"理由": "人手不足"}, at="2026-03-06 10:00")
    case.act("同意延期", "一街道", at="2026-03-06 15:00")
    assert due(case) == "2026-03-16 18:00"
    assert refusal(case, "延期", "一社区") == "ZR740"  # once is what the set says


def test_a_request_in_time_holds_the_expiry_but_not_the_clock():
    case = extended()
    case.act("延期", "一社区", at="2026-03-09 17:00")
    case.wait("2026-03-10 10:00")  # the time was over at 18:00 the day before
    assert case.state == "办理"
    case.act("同意延期", "一街道", at="2026-03-10 11:00")
    assert due(case) == "2026-03-16 18:00"


def test_a_request_without_answer_counts_as_refused_after_a_working_day():
    case = extended()
    case.act("延期", "一社区", at="2026-03-09 17:00")
    case.wait("2026-03-11 09:00")
    assert [event.kind for event in case.events[-2:]] == ["extension_refused", "overdue"]
    # Refused at the close of 10 March, so the time ends then, and not when it would have.
    assert {f"{instant(e.at):%m-%d %H:%M}" for e in case.events[-2:]} == {"03-10 18:00"}


def test_a_request_holds_the_expiry_no_longer_than_what_it_asks_for():
    row = EXTENDED.replace("5 个工作日 |", "4 小时 |", 1).replace("5 个工作日", "2 小时")
    # Six hours are proved, so no question may make them more.
    promised = "  约束 自 办理 至 办结 不超过 6 小时\n"
    case = begun(row, "延期", "2026-03-06 15:00", under=promised)
    case.act("延期", "一社区", at="2026-03-06 19:00")
    case.wait("2026-03-09 09:00")  # an answer would be due on Monday only
    assert [event.kind for event in case.events[-2:]] == ["extension_refused", "overdue"]
    assert f"{instant(case.case.at):%m-%d %H:%M}" == "03-06 21:00"


def test_a_refusal_after_the_end_of_time_ends_it_then():
    case = extended()
    case.act("延期", "一社区", at="2026-03-09 17:00")
    case.act("不同意延期", "一街道", at="2026-03-10 09:30")
    case.wait("2026-03-10 09:31")
    assert case.case.end == "办结"
    assert f"{instant(case.case.at):%m-%d %H:%M}" == "03-10 09:30"


def test_a_refusal_before_the_end_of_time_changes_nothing():
    case = extended()
    case.act("延期", "一社区", at="2026-03-05 17:00")
    case.act("不同意延期", "一街道", at="2026-03-06 09:30")
    assert due(case) == "2026-03-09 18:00"


def test_only_one_extension_is_pending_and_its_owner_does_not_answer_it():
    case = extended()
    case.act("延期", "一社区", at="2026-03-05 17:00")
    assert refusal(case, "延期", "一社区") == "ZR740"
    assert refusal(case, "同意延期", "一社区") == "ZR741"
    assert refusal(case, "同意延期", "二街道") == "ZR743"


def test_an_extension_is_not_asked_for_after_the_end_of_time():
    case = extended()
    with pytest.raises(CaseRefused):
        case.act("延期", "一社区", at="2026-03-10 08:00")


def test_pauses_are_kept_by_an_extension():
    row = EXTENDED[:-1] + "| 补正 不超过 10 个工作日 |"
    case = kit(OPEN.replace("| - |\n", "| - | - |\n") + row, more="延期 停表")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-03 10:00")
    case.act("恢复", "一社区", at="2026-03-05 10:00")
    case.act("延期", "一社区")
    case.act("同意延期", "一街道")
    assert due(case) == "2026-03-18 18:00"  # ten working days and two


# --- W10: reminders ----------------------------------------------------------------------------


def reminded(case) -> list[str]:
    return [f"{instant(e.at):%m-%d %H:%M}" for e in case.events if e.kind == "reminded"]


def test_half_of_a_term_of_days_is_the_opening_of_the_day_after_half():
    row = "| 办理 | 一社区 | 5 个工作日 | 办完 → 办结 | 逾期 → 办结 | 过半时 提醒 一社区 |"
    case = begun(row, "提醒")
    case.wait("2026-03-20")
    # ⌊5/2⌋ + 1 = the third counted day: 3, 4, 5 March.
    assert reminded(case) == ["03-05 08:00"]


def test_half_of_hours_is_exactly_half():
    row = "| 办理 | 一社区 | 4 个工作小时 | 办完 → 办结 | 逾期 → 办结 | 过半时 提醒 一社区 |"
    case = begun(row, "提醒", "2026-03-02 17:00")
    case.wait("2026-03-20")
    assert reminded(case) == ["03-03 09:00"]


def test_a_day_ahead_is_the_opening_of_the_last_day_and_goes_to_who_is_named():
    row = "| 办理 | 一社区 | 5 个工作日 | 办完 → 办结 | 逾期 → 办结 | 提前 1 个工作日 提醒 街道 |"
    case = begun(row, "提醒")
    case.wait("2026-03-20")
    assert reminded(case) == ["03-09 08:00"]
    assert [done.to for done in case.effects if done.kind == "remind"] == [("一街道",)]


def test_after_an_extension_ahead_is_armed_again_and_halfway_is_not():
    row = EXTENDED[:-1] + "| 过半时 提醒 一社区;提前 1 个工作日 提醒 一社区 |"
    case = kit(OPEN.replace("| - |\n", "| - | - |\n") + row, more="延期 提醒")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.act("延期", "一社区", at="2026-03-09 10:00")
    case.act("同意延期", "一街道")
    case.wait("2026-04-01")
    assert reminded(case) == ["03-05 08:00", "03-09 08:00", "03-16 08:00"]


def test_no_reminder_goes_out_while_the_clock_stands():
    row = "| 办理 | 一社区 | 5 个工作日 | 办完 → 办结 | 逾期 → 办结 | 过半时 提醒 一社区 | 补正 不超过 10 个工作日 |"
    case = kit(OPEN.replace("| - |\n", "| - | - |\n") + row, more="提醒 停表")
    case.open("一网格", "2026-03-02 09:00")
    case.act("受理", "一网格")
    case.act("停表", "一社区", {"理由": "补正"}, at="2026-03-04 10:00")
    case.wait("2026-03-10 09:00")
    assert reminded(case) == []
    case.act("恢复", "一社区")
    case.wait("2026-03-30")
    assert reminded(case) == ["03-11 08:00"]  # used: 3, 10, 11 March


# --- W11, W12: guards and bounds ---------------------------------------------------------------

FORM = "表单 来件\n  金额 金额\n  经费 金额\n  齐备 是否\n"


def test_a_person_is_refused_where_a_fact_of_the_guard_is_not_known():
    row = "| 办理 | 一社区 | 5 个工作日 | 到账(金额) 当 金额 不少于 经费 → 办结 | 逾期 → 办结 | - |"
    case = begun(row, "提醒", before=FORM)
    with pytest.raises(CaseRefused) as refused:
        case.act("到账", "一社区", 金额="500")
    assert refused.value.code == "ZR725"
    assert "经费" in str(refused.value)
    with pytest.raises(CaseRefused) as refused:
        case.act("到账", "一社区", 金额="500", 经费="800")
    assert refused.value.code == "ZR724"
    assert case.act("到账", "一社区", 金额="800", 经费="800").closed


def test_for_time_an_unknown_guard_is_not_met():
    row = "| 办理 | 一社区 | 5 个工作日 | 办完 → 办结 | 逾期 当 齐备 → 办结;逾期 → 办理 不超过 1 次,满后 → 挂账 | - |"
    case = begun(row, "提醒", before=FORM, ends="办结、挂账")
    case.wait("2026-05-01")
    assert case.case.end == "挂账"
    case = begun(row, "提醒", before=FORM, ends="办结、挂账")
    case.open("一网格", "2026-03-02 09:00", {"齐备": "是"})
    case.act("受理", "一网格")
    case.wait("2026-05-01")
    assert case.case.end == "办结"


def test_overdue_marks_the_owner_late_and_expiry_does_not():
    overdue = begun("| 办理 | 一社区 | 1 个工作日 | 办完 → 办结 | 逾期 → 办结 | - |", "提醒")
    expiry = begun("| 办理 | 一社区 | 1 个工作日 | 办完 → 办结 | 期满 → 办结 | - |", "提醒")
    for case in (overdue, expiry):
        case.wait("2026-03-10")
    assert (overdue.events[-1].kind, overdue.events[-1].data["late"]) == ("overdue", ("一社区",))
    assert (expiry.events[-1].kind, "late" in expiry.events[-1].data) == ("expired", False)


def test_a_bound_counts_for_the_case_and_leads_on_when_it_is_used_up():
    row = "| 办理 | 一社区 | 1 个工作日 | 再议 → 办理 不超过 2 次,满后 → 挂账;办完 → 办结 | 逾期 → 办结 | - |"
    case = begun(row, "提醒", ends="办结、挂账")
    for _ in range(2):
        assert case.act("再议", "一社区").visit.state == "办理"
    assert case.case.counts == {"办理.再议": 2}
    assert case.act("再议", "一社区").end == "挂账"


def test_a_bound_without_a_way_on_is_refused_when_it_is_used_up():
    row = "| 办理 | 一社区 | 1 个工作日 | 补正 → 办理 不超过 1 次;办完 → 办结 | 逾期 → 办结 | - |"
    case = begun(row, "提醒")
    case.act("补正", "一社区")
    assert refusal(case, "补正", "一社区") == "ZR729"


# --- inputs ------------------------------------------------------------------------------------


def test_inputs_are_required_typed_and_known():
    row = "| 办理 | 一社区 | 1 个工作日 | 到账(金额) → 办结 | 逾期 → 办结 | - |"
    case = begun(row, "提醒", before=FORM)
    assert refusal(case, "到账", "一社区") == "ZR726"
    assert refusal(case, "到账", "一社区", 金额="许多") == "ZR703"
    assert refusal(case, "到账", "一社区", 金额="5", 金頟="5") == "ZR727"
    assert case.act("到账", "一社区", 金额="5").fields["金额"] == 5


def test_a_fact_on_record_is_not_changed_in_passing():
    rows = "| 办理 | 一社区 | 1 个工作日 | 到账(金额) → 办理 不超过 3 次,满后 → 办结;办完 → 办结 | 逾期 → 办结 | - |"
    case = begun(rows, "提醒", before=FORM)
    case.act("到账", "一社区", 金额="5")
    assert refusal(case, "办完", "一社区", 金额="6") == "ZR727"
    assert case.act("到账", "一社区", 金额="6").fields["金额"] == 6


def test_a_fact_that_somebody_else_confirms_is_only_a_claim():
    form = "表单 来件\n  到位 是否 由 街道 确认\n"
    row = "| 办理 | 一社区 | 5 个工作日 | 办完 当 到位 → 办结;说明(到位) → 办理 不超过 3 次,满后 → 办结 | 逾期 → 办结 | - |"
    case = begun(row, "提醒", before=form)
    case.act("说明", "一社区", 到位="是")
    assert case.events[-1].data["claims"] == {"到位": True}
    assert refusal(case, "办完", "一社区") == "ZR725"
    row = row.replace("| 办理 | 一社区 |", "| 办理 | 街道 |")
    case = begun(row, "提醒", before=form)
    case.act("说明", "一街道", 到位="是")
    assert case.act("办完", "一街道").closed


def test_an_action_that_the_state_does_not_have_is_refused_with_those_it_has():
    case = begun("| 办理 | 一社区 | 1 个工作日 | 办完 → 办结 | 逾期 → 办结 | - |", "提醒")
    with pytest.raises(CaseRefused) as refused:
        case.act("驳回", "一社区")
    assert refused.value.code == "ZR721"
    assert "办完" in refused.value.diagnostic.help_zh


def test_whose_turn_it_is_not_is_refused_and_told_whose_it_is():
    case = begun("| 办理 | 社区 | 1 个工作日 | 办完 → 办结 | 逾期 → 办结 | - |", "提醒")
    with pytest.raises(CaseRefused) as refused:
        case.act("办完", "二社区")
    assert refused.value.code == "ZR723"
    assert "一社区" in refused.value.diagnostic.help_zh


def test_nothing_is_done_to_a_case_that_has_ended():
    case = begun("| 办理 | 一社区 | 1 个工作日 | 办完 → 办结 | 逾期 → 办结 | - |", "提醒")
    case.act("办完", "一社区")
    assert refusal(case, "办完", "一社区") == "ZR720"
    assert case.timers == ()
