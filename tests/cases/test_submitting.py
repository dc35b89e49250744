"""Submissions: decided with what the store knows, booked and recorded in one transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.cases.asking import asked, at, by, inspection, key, send
from tests.cases.sets import TEXT, compiled

from zhunru.errors import CaseRefused, RequestRejected
from zhunru.runtime.service import CaseService
from zhunru.store.base import Store


def test_a_refusal_is_recorded_with_its_reason(service: CaseService) -> None:
    reply = send(service, asked("收集发票", "2026-03-05"))
    assert (reply.outcome, reply.state, reply.closed) == ("refuse", "拒绝", True)
    assert "未列入清单" in reply.sentence_zh
    (event,) = service.history(reply.case_id)
    assert event["kind"] == "decided"
    assert event["data"]["decision"]["route"]["apply"] == "准入申请"
    assert service.show(reply.case_id)["facts"]["来文单位"] == "区民政局"
    assert service.stats()["flows"]["社区准入"]["closed"] == {"拒绝": 1}


def test_what_cannot_be_read_is_not_recorded(service: CaseService) -> None:
    with pytest.raises(RequestRejected):
        send(service, asked("联合检查", "不是日期"))
    assert service.stats()["flows"] == {}


def test_admissions_use_up_a_quota_that_nobody_has_to_count(service: CaseService) -> None:
    days = ("2026-03-05", "2026-03-20", "2026-04-10", "2026-05-10")
    found = [send(service, inspection(day)).outcome for day in days]
    assert found == ["admit", "admit", "admit", "refuse"]
    assert send(service, inspection("2026-05-10", "富强")).outcome == "admit"
    assert send(service, inspection("2027-05-10")).outcome == "admit"


def test_a_day_that_is_counted_already_costs_nothing(service: CaseService) -> None:
    for day in ("2026-03-05", "2026-03-20", "2026-04-10"):
        send(service, inspection(day))
    assert send(service, inspection("2026-03-20")).outcome == "admit"
    assert send(service, inspection("2026-03-21")).outcome == "refuse"


@pytest.mark.parametrize(
    ("third", "outcome"),
    [("2026-03-10", "defer"), ("2026-03-08", "defer"), ("2026-03-12", "admit")],
)
def test_every_window_of_seven_days_counts_later_ones_too(
    service: CaseService, third: str, outcome: str
) -> None:
    for day in ("2026-03-05", "2026-03-11"):
        send(service, inspection(day))
    assert send(service, inspection(third)).outcome == outcome


def test_a_refusal_books_nothing(service: CaseService) -> None:
    for day in ("2026-03-05", "2026-03-11", "2026-03-10", "2026-03-10", "2026-06-01"):
        reply = send(service, inspection(day))
    assert reply.outcome == "admit"


def test_an_admission_withdrawn_before_its_day_is_not_counted(service: CaseService) -> None:
    replies = [send(service, inspection(f"2026-0{month}-05")) for month in (4, 5, 6)]
    assert send(service, inspection("2026-07-05")).outcome == "refuse"
    last = replies[-1].case_id
    reply = service.act(last, "撤回", actor=by("区民政局"), key=key(), at=at("2026-06-04 17:00"))
    assert reply.version == 2
    assert send(service, inspection("2026-07-05")).outcome == "admit"
    with pytest.raises(CaseRefused) as refused:
        service.act(
            replies[0].case_id, "撤回", actor=by("区民政局"), key=key(), at=at("2026-04-05 08:00")
        )
    assert refused.value.code == "ZR761"


def test_only_who_sent_it_withdraws_it(service: CaseService) -> None:
    sent = send(service, inspection("2026-04-05"))
    with pytest.raises(CaseRefused) as refused:
        service.act(
            sent.case_id, "撤回", actor=by("区督查室"), key=key(), at=at("2026-03-04 17:00")
        )
    assert refused.value.code == "ZR761"


def test_whom_an_admission_is_for_does_not_withdraw_it(service: CaseService) -> None:
    sent = send(service, asked("联合检查", "2026-04-05", 来文单位="区卫健局"), actor=by("江源区"))
    for unit in ("森工", "富强", "区民政局"):
        with pytest.raises(CaseRefused) as refused:
            service.act(sent.case_id, "撤回", actor=by(unit), key=key(), at=at("2026-03-04 17:00"))
        assert refused.value.code == "ZR761"
    service.act(sent.case_id, "撤回", actor=by("区卫健局"), key=key(), at=at("2026-03-04 17:00"))


UNIT = "  | 区卫健局 | 部门 | 江源区 | -          |\n"
WITH = """单位
  | 名称     | 层级 | 上级   | 角色     | 别名     | 自         | 至         |
"""
RENAMED = WITH + "  | 区卫委 | 部门 | 江源区 | - | 区卫健局 | - | - |\n"
TAKEN_OVER = (
    WITH
    + "  | 区卫健局 | 部门 | 江源区 | 卫生部门 | 卫健局 | - | 2026-03-09 |\n"
    + "  | 区社会局 | 部门 | 江源区 | 卫生部门 | - | 2026-03-10 | - |\n角色 卫生部门\n"
)


def recharted(rows: str) -> str:
    """The set once 区卫健局 stands on the chart as these rows have it."""
    held = TEXT.replace(UNIT, "").replace("表单 来件\n", f"{rows}表单 来件\n", 1)
    return held if "区社会局" in rows else held.replace("入户登记 | 区卫健局", "入户登记 | 区卫委")


@pytest.mark.parametrize("writes", ["区卫健局", "街道办"])
@pytest.mark.parametrize(
    ("earlier", "later", "sender", "who"),
    [
        (TAKEN_OVER, TAKEN_OVER, "卫健局", "区社会局"),
        ("", RENAMED, "区卫健局", "区卫委"),
        ("", TAKEN_OVER, "区卫健局", "区社会局"),
    ],
    ids=["taken over", "renamed by a version", "taken over by a version"],
)
def test_whose_office_has_another_name_by_now_withdraws_what_it_sent(
    store: Store, earlier: str, later: str, sender: str, who: str, writes: str
) -> None:
    first = CaseService(store, compiled(recharted(earlier) if earlier else TEXT))
    request = asked("联合检查", "2026-04-05", 类别="检查考核", 来文单位=sender)
    case = send(first, request, actor=by(writes)).case_id
    service = CaseService(store, compiled(recharted(later)))
    for other in ("区督查室", "森工"):
        with pytest.raises(CaseRefused) as refused:
            service.act(case, "撤回", actor=by(other), key=key(), at=at("2026-03-11 09:00"))
        assert refused.value.code == "ZR761"
    service.act(case, "撤回", actor=by(who), key=key(), at=at("2026-03-11 09:00"))
    assert service.show(case)["version"] == 2


def test_a_sender_that_goes_by_its_other_name_withdraws_too(store: Store) -> None:
    service = CaseService(store, compiled(recharted(TAKEN_OVER)))
    request = asked("联合检查", "2026-04-05", 类别="检查考核", 来文单位="卫健局")
    for who in ("区卫健局", "卫健局"):
        case = send(service, request, actor=by("街道办")).case_id
        service.act(case, "撤回", actor=by(who), key=key(), at=at("2026-03-09 09:00"))


def test_an_admission_is_not_withdrawn_before_it_was_given(service: CaseService) -> None:
    sent = send(service, inspection("2026-04-05"))
    with pytest.raises(CaseRefused) as refused:
        service.act(
            sent.case_id, "撤回", actor=by("区民政局"), key=key(), at=at("2026-03-01 17:00")
        )
    assert refused.value.code == "ZR731"


def known(service: CaseService) -> Any:
    """An admission that somebody wrote down for 区民政局, with the case that it opened."""
    request = asked("低保核查", "2026-04-05", 来文单位="区民政局", 经费到位=True)
    return send(service, request, actor=by("街道办"))


def test_what_an_admission_opened_ends_with_it(service: CaseService) -> None:
    sent = known(service)
    (work,) = sent.opened
    service.act(sent.case_id, "撤回", actor=by("区民政局"), key=key(), at=at("2026-03-05 09:00"))
    # It was received by time, two days after it came; that is told before it ends.
    kinds = [(each["kind"], each["actor"]) for each in service.history(work)]
    assert kinds[-2:] == [("overdue", ""), ("withdrawn", "区民政局")]
    assert service.show(work)["state"] == "撤回"
    assert service.inbox("森工") == []
    assert list(service.check_projections()) == []


def test_why_an_admission_is_withdrawn_stands_in_its_record_and_in_its_work(
    service: CaseService,
) -> None:
    sent = send(service, asked("低保核查", "2026-06-05", 经费到位=True), actor=by("街道办"))
    (work,) = sent.opened
    order = {"actor": by("街道办"), "at": at("2026-03-05 09:00")}
    with pytest.raises(CaseRefused) as refused:
        service.act(sent.case_id, "撤回", key=key(), inputs={"原由": "不办了"}, **order)
    assert refused.value.code == "ZR727"
    same = key()
    for _ in range(2):
        service.act(sent.case_id, "撤回", key=same, inputs={"理由": "不办了"}, **order)
    for case_id in (sent.case_id, work):
        assert service.history(case_id)[-1]["data"]["reason"] == "不办了"
    assert list(service.check_projections()) == []


def test_an_admission_stands_whose_work_must_not_be_withdrawn(store: Store) -> None:
    closed = TEXT.replace("| 到期 → 去向          |", "| 到期 → 去向          | 不得 |")
    closed = closed.replace("| 逾期 → 办理          |", "| 逾期 → 办理          | 撤回 |")
    closed = closed.replace("不限次 并 催办 街道办 |", "不限次 并 催办 街道办 | 撤回 |")
    service = CaseService(store, compiled(closed))
    sent = known(service)
    with pytest.raises(CaseRefused) as refused:
        service.act(
            sent.case_id, "撤回", actor=by("区民政局"), key=key(), at=at("2026-03-03 17:00")
        )
    assert refused.value.code == "ZR742"
    assert service.show(sent.case_id)["version"] == 1


def test_concurrent_submissions_never_overbook(service: CaseService) -> None:
    requests = [inspection(f"2026-{month:02}-05") for month in range(4, 13)] * 2

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda request: send(service, request).outcome, requests))
    # A day may be admitted twice, as one inspection: three days are, and no fourth.
    days = {
        request.facts["拟进入日期"]
        for request, outcome in zip(requests, outcomes, strict=True)
        if outcome == "admit"
    }
    assert len(days) == 3


# --- who vouches for what ------------------------------------------------------------------------


def test_the_sender_is_who_sends(service: CaseService) -> None:
    reply = send(service, asked("低保核查", "2026-03-05", 经费到位=True), actor=by("区卫健局"))
    assert service.show(reply.case_id)["facts"]["来文单位"] == "区卫健局"


def test_a_fact_that_another_must_confirm_is_asked_of_that_body(service: CaseService) -> None:
    request = asked("入户登记", "2026-03-05", 经费到位=True)
    assert send(service, request).outcome == "incomplete"
    confirmed = send(service, request, actor=by("街道办"))
    assert confirmed.outcome == "admit"
    vouching = send(service, request, actor=by("区民政局", "", "街道"))
    assert vouching.outcome == "admit"


def test_a_sender_is_not_named_by_somebody_else(service: CaseService) -> None:
    request = asked("收集发票", "2026-03-05", 来文单位="区卫健局")
    written_down = send(service, request, actor=by("森工"))
    assert service.history(written_down.case_id)[0]["data"]["decision"]["claims"] == {}
    claimed = send(service, request, actor=by("区督查室"))
    decision = service.history(claimed.case_id)[0]["data"]["decision"]
    assert decision["claims"] == {"来文单位": "区卫健局"}


def test_roles_that_one_does_not_hold_are_refused(service: CaseService) -> None:
    request = asked("入户登记", "2026-03-05", 经费到位=True)
    with pytest.raises(CaseRefused) as refused:
        service.submit(
            type(request)(
                facts=request.facts, received=request.received, assertions={"经费到位": "街道"}
            ),
            actor=by("区卫健局"),
            key=key(),
            at=at("2026-03-02 09:00"),
        )
    assert refused.value.code == "ZR756"


def test_quotas_and_registers_are_not_brought_along(service: CaseService) -> None:
    request = asked("收集发票", "2026-03-05")
    brought = type(request)(
        facts=request.facts, received=request.received, registers={"临时准入": True}
    )
    with pytest.raises(CaseRefused) as refused:
        send(service, brought)
    assert refused.value.code == "ZR755"


def test_nobody_acts_who_is_not_on_the_chart(service: CaseService) -> None:
    with pytest.raises(CaseRefused) as refused:
        send(service, inspection("2026-04-05"), actor=by("市发改委"))
    assert refused.value.code == "ZR750"


# --- the same command again ----------------------------------------------------------------------


def test_the_same_submission_again_is_answered_as_before(service: CaseService) -> None:
    name = key()
    first = send(service, inspection("2026-04-05"), key=name)
    again = send(service, inspection("2026-04-05"), key=name, at=at("2026-03-09 10:00"))
    assert again.repeated
    assert (again.case_id, again.version, again.sentence_zh) == (
        first.case_id,
        1,
        first.sentence_zh,
    )
    assert service.stats()["flows"]["社区准入"]["closed"] == {"准入": 1}


def test_a_key_stands_for_one_content(service: CaseService) -> None:
    name = key()
    send(service, inspection("2026-04-05"), key=name)
    with pytest.raises(CaseRefused) as refused:
        send(service, inspection("2026-04-06"), key=name)
    assert refused.value.code == "ZR751"


def test_one_key_sent_by_many_at_once_is_one_submission(service: CaseService) -> None:
    name = key()
    with ThreadPoolExecutor(8) as pool:
        replies = list(
            pool.map(lambda _: send(service, inspection("2026-04-05"), key=name), range(16))
        )
    assert len({reply.case_id for reply in replies}) == 1
    assert sum(not reply.repeated for reply in replies) == 1
    assert len(service.history(replies[0].case_id)) == 1


def test_rows_are_what_the_events_add_up_to(service: CaseService) -> None:
    send(service, inspection("2026-04-05"))
    sent = send(service, inspection("2026-05-05"))
    service.act(sent.case_id, "撤回", actor=by("区民政局"), key=key(), at=at("2026-03-03 09:00"))
    send(service, asked("收集发票", "2026-03-05"))
    assert list(service.check_projections()) == []


@pytest.mark.parametrize("name", ["联查", "JC-01", "ｊｃ-01", "“联合 检查”", "联合检查"])
@pytest.mark.parametrize(
    ("limit", "outcome"),
    [
        ('  限额 每个 目标社区、事项 每年 不超过 1 否则 拒绝 "本年已满"\n', "refuse"),
        ('  限额 每个 目标社区 每年 不超过 1 否则 拒绝 "本年已满"\n  计次 按 事项\n', "admit"),
    ],
)
def test_a_matter_is_counted_as_one_whatever_it_is_called(
    store: Store, limit: str, name: str, outcome: str
) -> None:
    begin, end = TEXT.index("  限额 每个 目标社区 每年"), TEXT.index("清单 统一检查")
    entry = '  条目 JC-01 "联合检查"\n    别名 联查\n    牵头 区民政局\n    依据 条例 第四条\n'
    head, rest = TEXT[end:].split("\n", 1)
    text = TEXT[:begin] + limit + f"{head}\n{entry}" + rest[rest.index("清单 协助") :]
    service = CaseService(store, compiled(text))
    assert send(service, asked("联合检查", "2026-03-05", 类别="检查考核")).outcome == "admit"
    assert send(service, asked(name, "2026-03-05", 类别="检查考核")).outcome == outcome


def test_an_alias_that_is_added_later_leaves_what_was_counted(store: Store) -> None:
    begin, end = TEXT.index("  限额 每个 目标社区 每年"), TEXT.index("清单 统一检查")
    limit = '  限额 每个 目标社区、事项 每年 不超过 1 否则 拒绝 "本年已满"\n'
    entry = '  条目 JC-01 "联合检查"\n{}    牵头 区民政局\n    依据 条例 第四条\n'
    head, rest = TEXT[end:].split("\n", 1)
    tail = rest[rest.index("清单 协助") :]
    before, after = (
        TEXT[:begin] + limit + f"{head}\n{entry.format(alias)}" + tail
        for alias in ("", "    别名 3月联查\n")
    )
    service = CaseService(store, compiled(before))
    assert send(service, asked("联合检查", "2026-03-05", 类别="检查考核")).outcome == "admit"
    service.register(compiled(after), at("2026-03-06 09:00"))
    for name in ("联合检查", "3月联查"):
        assert send(service, asked(name, "2026-03-09", 类别="检查考核")).outcome == "refuse"
