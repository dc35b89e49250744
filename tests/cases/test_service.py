"""Commands on cases: each carried out once and whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from tests.cases.asking import asked, at, by, key, send
from tests.cases.sets import TEXT, compiled, small

import zhunru
from zhunru.errors import CaseRefused
from zhunru.runtime.replies import Reply
from zhunru.runtime.service import CaseService
from zhunru.store.base import Store

SENDER = by("区卫健局", "张三")
MATTER = {
    "来文单位": "区卫健局",
    "目标社区": "森工",
    "事项": "健康宣讲",
    "拟进入日期": "2026-04-01",
}


def apply(service: CaseService, months: int = 2, day: str = "2026-03-02") -> Reply:
    """Open an application and hand it in, on 2 March or another day."""
    reply = service.open("准入申请", actor=SENDER, key=key(), at=at(f"{day} 09:00"), facts=MATTER)
    return do(service, reply, "提交", SENDER, f"{day} 09:30", 理由="居民需要", 月数=months)


def do(service: CaseService, case: Reply, verb: str, actor: Any, when: str, **inputs: Any) -> Reply:
    return service.act(case.case_id, verb, actor=actor, key=key(), at=at(when), inputs=inputs)


OFFICE = by("区民政局", "李四")


# --- one command -----------------------------------------------------------------------------


def test_a_command_is_carried_out_and_told(service: CaseService) -> None:
    reply = apply(service)
    assert (reply.state, reply.version, reply.closed) == ("审批", 2, False)
    assert service.show(reply.case_id)["owners"] == ["区民政局"]
    assert [event["number"] for event in service.history(reply.case_id)] == [1, 2]
    assert [case["case"] for case in service.inbox("区民政局")] == [reply.case_id]
    assert [case["case"] for case in service.inbox("审批部门")] == [reply.case_id]


def test_of_a_refused_command_nothing_is_kept(service: CaseService) -> None:
    reply = apply(service)
    name = key()
    with pytest.raises(CaseRefused):
        service.act(reply.case_id, "同意", actor=SENDER, key=name, at=at("2026-03-03 09:00"))
    assert len(service.history(reply.case_id)) == 2
    # Its key is still free: the command was not carried out.
    done = service.act(reply.case_id, "同意", actor=OFFICE, key=name, at=at("2026-03-03 09:00"))
    assert done.state == "生效"


def test_the_same_command_again_is_answered_as_before(service: CaseService) -> None:
    reply = apply(service)
    name = key()

    def agree() -> Reply:
        return service.act(reply.case_id, "同意", actor=OFFICE, key=name, at=at("2026-03-03 09:00"))

    first, again = agree(), agree()
    assert again.repeated and not first.repeated
    assert (again.version, again.state, again.due) == (first.version, first.state, first.due)
    assert len(service.history(reply.case_id)) == first.version


def test_one_command_sent_by_many_at_once_is_carried_out_once(service: CaseService) -> None:
    reply = apply(service)
    name = key()

    def agree(_: int) -> Reply:
        return service.act(reply.case_id, "同意", actor=OFFICE, key=name, at=at("2026-03-03 09:00"))

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(agree, range(16)))
    assert sum(not each.repeated for each in replies) == 1
    assert len(service.history(reply.case_id)) == 3


def test_of_many_who_act_at_once_on_one_version_one_is_first(service: CaseService) -> None:
    reply = apply(service)

    def answer(verb: str) -> str:
        try:
            service.act(
                reply.case_id,
                verb,
                actor=OFFICE,
                key=key(),
                at=at("2026-03-03 09:00"),
                inputs={"意见": "不合适"} if verb == "不同意" else {},
                expected=reply.version,
            )
        except CaseRefused as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(answer, ["同意", "不同意"] * 4))
    assert found.count("done") == 1
    assert len(service.history(reply.case_id)) == service.show(reply.case_id)["version"]


def test_a_case_that_is_not_there_is_said_to_be_none(service: CaseService) -> None:
    with pytest.raises(CaseRefused) as refused:
        service.act("JY-9.c1", "同意", actor=OFFICE, key=key(), at=at("2026-03-03 09:00"))
    assert refused.value.code == "ZR752"


def test_a_key_is_needed(service: CaseService) -> None:
    with pytest.raises(CaseRefused) as refused:
        service.open("准入申请", actor=SENDER, key="", at=at("2026-03-02 09:00"), facts=MATTER)
    assert refused.value.code == "ZR753"


def test_a_workflow_that_is_not_there_is_said_with_those_that_are(service: CaseService) -> None:
    with pytest.raises(CaseRefused) as refused:
        service.open("准入审批", actor=SENDER, key=key(), at=at("2026-03-02 09:00"))
    assert refused.value.code == "ZR754"
    assert "准入申请" in refused.value.diagnostic.help_zh


# --- what follows from a decision ------------------------------------------------------------


def test_an_admission_opens_the_workflow_of_its_entry(service: CaseService) -> None:
    request = asked("低保核查", "2026-03-05", 经费到位=True)
    reply = send(service, request, actor=by("街道办"))
    assert reply.outcome == "admit"
    (opened,) = reply.opened
    case = service.show(opened)
    assert (case["flow"], case["state"], case["owners"]) == ("协助办理", "接件", ["森工"])
    assert case["parent"] == reply.case_id
    assert service.show(reply.case_id)["children"] == [opened]


def test_who_is_refused_may_apply_with_the_same_words(service: CaseService) -> None:
    request = asked("健康宣讲", "2026-04-01")
    reply = send(service, request, actor=SENDER, apply=True)
    assert reply.outcome == "refuse"
    case = service.show(reply.opened[0])
    assert (case["flow"], case["state"]) == ("准入申请", "草拟")
    assert case["facts"]["事项"] == "健康宣讲"


def test_an_application_where_there_is_nothing_to_apply_for_is_refused(
    service: CaseService,
) -> None:
    with pytest.raises(CaseRefused) as refused:
        send(service, asked("低保核查", "2026-03-05", 承担方式="主责"), apply=True)
    assert refused.value.code == "ZR760"
    assert service.stats()["flows"] == {}


def test_a_row_in_force_admits_until_its_last_day(service: CaseService) -> None:
    """Two months from 3 March end on 3 May, a holiday, and so on 6 May."""
    reply = apply(service)
    assert send(service, asked("健康宣讲", "2026-04-01"), actor=SENDER).outcome == "refuse"
    do(service, reply, "同意", OFFICE, "2026-03-03 09:00")
    found = {
        day: send(service, asked("健康宣讲", day), actor=SENDER).outcome
        for day in ("2026-03-02", "2026-03-03", "2026-05-05", "2026-05-06", "2026-05-07")
    }
    assert found == {
        "2026-03-02": "refuse",
        "2026-03-03": "admit",
        "2026-05-05": "admit",
        "2026-05-06": "admit",
        "2026-05-07": "refuse",
    }
    other = send(service, asked("健康宣讲", "2026-04-01"), actor=by("区督查室"))
    assert other.outcome == "refuse"


def test_a_row_struck_out_admits_no_more(service: CaseService) -> None:
    reply = do(service, apply(service), "同意", OFFICE, "2026-03-03 09:00")
    do(service, reply, "提前退出", by("街道办"), "2026-03-10 09:00", 理由="不再需要")
    assert send(service, asked("健康宣讲", "2026-04-01"), actor=SENDER).outcome == "refuse"


# --- papers and messages ---------------------------------------------------------------------


def test_papers_are_numbered_in_order_and_filled_in(service: CaseService) -> None:
    numbers = []
    for _ in range(3):
        reply = apply(service)
        done = do(service, reply, "不同意", OFFICE, "2026-03-03 09:00", 意见="不属于社区")
        numbers += done.papers
    assert numbers == [f"关于不予准入的通知〔2026〕{number}号" for number in (1, 2, 3)]
    (paper,) = service.history(reply.case_id)[-1]["papers"]
    assert "区卫健局：你单位申请的“健康宣讲”不予准入。意见：不属于社区。" in paper["text"]
    assert "2026年3月3日" in paper["text"]


def test_what_must_go_out_waits_until_it_is_sent(service: CaseService, store: Store) -> None:
    do(service, apply(service), "不同意", OFFICE, "2026-03-03 09:00", 意见="不属于社区")
    found = store.messages(10)
    (paper,) = [orjson.loads(row.body) for _, row in found if row.topic == "issue"]
    assert paper["to"] == ["区卫健局"]
    assert paper["number"] == "关于不予准入的通知〔2026〕1号"
    store.sent([ticket for ticket, _ in found])
    assert store.messages(10) == []


# --- cases of cases --------------------------------------------------------------------------


def test_a_case_opens_another_and_hears_of_its_end(service: CaseService) -> None:
    reply = service.open("联办", actor=by("区民政局"), key=key(), at=at("2026-03-02 09:00"))
    reply = do(service, reply, "交办", by("区民政局"), "2026-03-02 09:30", 目标社区="森工")
    (child,) = reply.opened
    assert service.show(child)["parent"] == reply.case_id
    opened = Reply(case_id=child, version=1, state="接件")
    do(service, opened, "接件", by("森工"), "2026-03-03 09:00")
    done = do(service, opened, "完成", by("森工"), "2026-03-03 10:00", 佐证="照片")
    assert done.closed
    kinds = [event["kind"] for event in service.history(reply.case_id)]
    assert kinds[-1] == "child_ended"
    assert list(service.check_projections()) == []


def test_a_case_is_merged_into_another(service: CaseService) -> None:
    one, other = apply(service), apply(service)
    joined = {"并入": other.case_id}
    done = service.act(
        one.case_id, "并件", actor=OFFICE, key=key(), at=at("2026-03-03 09:00"), inputs=joined
    )
    assert done.closed
    assert service.show(other.case_id)["state"] == "审批"
    for into in (one.case_id, other.case_id, "JY-9.c1"):
        with pytest.raises(CaseRefused) as refused:
            when, joined = at("2026-03-03 09:30"), {"并入": into}
            service.act(other.case_id, "并件", actor=OFFICE, key=key(), at=when, inputs=joined)
        assert refused.value.code in ("ZR759", "ZR752")


# --- time ------------------------------------------------------------------------------------


def test_time_moves_what_nobody_moves(service: CaseService) -> None:
    reply = apply(service)
    assert service.tick(at("2026-03-05 18:00")).moved == 0
    ticked = service.tick(at("2026-03-06 09:00"))
    assert (ticked.moved, ticked.more, ticked.failed) == (1, False, ())
    case = service.show(reply.case_id)
    assert (case["state"], case["timers"]) == ("不予准入", [])
    assert service.tick(at("2026-03-06 09:00")).moved == 0


def test_ticks_are_bounded_and_go_on_where_they_stopped(service: CaseService) -> None:
    replies = [apply(service) for _ in range(70)]
    first = service.tick(at("2026-04-01 09:00"), limit=50)
    assert (first.moved, first.more) == (50, True)
    while service.tick(at("2026-04-01 09:00"), limit=50).more:
        pass
    assert {service.show(reply.case_id)["state"] for reply in replies} == {"不予准入"}


def test_a_late_ticker_changes_nothing(service: CaseService) -> None:
    early, late = apply(service), apply(service)
    service.wait(early.case_id, at("2026-03-06 09:00"))
    service.tick(at("2027-01-01 09:00"))
    ends = [service.history(reply.case_id)[-1]["at"] for reply in (early, late)]
    assert ends[0] == ends[1]


def test_one_case_that_fails_holds_up_no_other(
    service: CaseService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhunru.runtime import advance

    replies = [apply(service) for _ in range(5)]
    real, bad = advance.tick, replies[2].case_id

    def tick(setting: Any, case: Any, *rest: Any, **more: Any) -> Any:
        if case.case_id == bad:
            raise RuntimeError("nothing works")
        return real(setting, case, *rest, **more)

    monkeypatch.setattr(advance, "tick", tick)
    ticked = service.tick(at("2026-03-06 09:00"))
    assert ticked.moved == 4
    assert ticked.failed == ((bad, "RuntimeError: nothing works"),)
    assert service.show(bad)["state"] == "审批"


def test_a_long_silence_is_put_on_record(service: CaseService) -> None:
    assert service.start(at("2026-03-02 09:00")) is None
    service.beat(at("2026-03-02 12:00"))
    assert service.start(at("2026-03-02 14:00")) is None
    assert service.start(at("2026-03-04 09:00")) == at("2026-03-02 14:00")
    assert service.stats()["flows"]["停机"]["closed"] == {"恢复": 1}
    assert list(service.check_projections()) == []


# --- versions of a set -----------------------------------------------------------------------

LONGER = TEXT.replace("| 审批 | 审批部门 | 3 个工作日 |", "| 审批 | 审批部门 | 9 个工作日 |")


def test_a_case_keeps_its_version_when_the_files_change(store: Store, service: CaseService) -> None:
    old = apply(service)
    newer = CaseService(store, compiled(LONGER))
    new = apply(newer)
    assert newer.show(old.case_id)["digest"] != newer.show(new.case_id)["digest"]
    newer.tick(at("2026-03-06 09:00"))
    assert newer.show(old.case_id)["state"] == "不予准入"
    assert newer.show(new.case_id)["state"] == "审批"
    assert list(newer.check_projections()) == []


def test_cases_move_to_a_new_version_once_somebody_says_so(
    store: Store, service: CaseService
) -> None:
    old = apply(service)
    newer = CaseService(store, compiled(LONGER))
    order: dict[str, Any] = {"actor": OFFICE, "key": key(), "at": at("2026-03-03 09:00")}
    (foreseen,) = newer.migrate(**order)
    assert (foreseen.kind, foreseen.done) == ("moves", False)
    assert newer.show(old.case_id)["version"] == 2
    (moved,) = newer.migrate(**order, dry_run=False)
    assert moved.done
    assert newer.migrate(**order, dry_run=False) == []
    newer.tick(at("2026-03-06 09:00"))
    assert newer.show(old.case_id)["state"] == "审批"


@pytest.mark.parametrize("late", [False, True])
def test_what_was_over_before_cases_move_is_over_however_late_time_is_looked_at(
    store: Store, service: CaseService, late: bool
) -> None:
    old = apply(service)
    if not late:
        service.tick(at("2026-03-20 09:00"))
    newer = CaseService(store, compiled(LONGER))
    order: dict[str, Any] = {"actor": OFFICE, "key": key(), "at": at("2026-03-20 09:00")}
    for dry_run in (True, False):
        found = newer.migrate(**order, dry_run=dry_run)
        assert [each for each in found if each.kind != "stays"] == []
    newer.tick(at("2026-03-20 09:00"))
    assert newer.show(old.case_id)["state"] == "不予准入"
    assert list(newer.check_projections()) == []


def test_a_case_whose_version_is_lost_moves_unless_time_had_to_do_something_by_it(
    store: Store, service: CaseService, monkeypatch: pytest.MonkeyPatch
) -> None:
    early, late = apply(service), apply(service, day="2026-03-05")
    newer = CaseService(store, compiled(LONGER))
    monkeypatch.setattr(store, "bundle", lambda digest: None)
    order: dict[str, Any] = {"actor": OFFICE, "key": key(), "at": at("2026-03-06 09:00")}
    for dry_run in (True, False):
        found = {each.case_id: each for each in newer.migrate(**order, dry_run=dry_run)}
        assert (found[late.case_id].kind, found[late.case_id].done) == ("moves", not dry_run)
        assert found[early.case_id].kind == "person"
        assert "没有登记" in found[early.case_id].reason
    assert newer.show(late.case_id)["digest"] == newer.policies.current().digest


def test_a_version_that_was_never_registered_is_not_replaced_by_another(
    service: CaseService, store: Store
) -> None:
    policy = service.policies.current()
    with pytest.raises(CaseRefused) as refused:
        service.policies.of("0" * 64)
    assert refused.value.code == "ZR757"
    assert [row.digest for row in store.bundles()] == [policy.digest]


# --- after a restart -------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["sqlite", "postgres"], indirect=True)
def test_a_reply_is_the_same_after_a_restart(address: str, opened: Callable[[str], Store]) -> None:
    store = opened(address)
    service = CaseService(store, small())
    reply = apply(service)
    name = key()
    order: dict[str, Any] = {"actor": OFFICE, "key": name, "at": at("2026-03-03 09:00")}
    first = service.act(reply.case_id, "同意", **order)
    submitted = send(service, asked("收集发票", "2026-03-05"), key="一")
    store.close()
    again = CaseService(opened(address), compiled(LONGER))
    assert again.act(reply.case_id, "同意", **order).version == first.version
    assert send(again, asked("收集发票", "2026-03-05"), key="一").case_id == submitted.case_id
    assert list(again.check_projections()) == []


def test_a_service_takes_texts_as_clerks_write_them() -> None:
    service = zhunru.CaseService("memory:", small())
    reply = service.open(
        "准入申请", actor="区卫健局 张三", key="一", at="2026-03-02 09:00", facts=MATTER
    )
    (event,) = service.history(reply.case_id)
    assert (event["actor"], event["at"]) == ("区卫健局 张三", "2026-03-02 09:00:00")
    service.close()


def test_a_service_without_a_set_goes_on_with_what_the_store_keeps(
    store: Store, service: CaseService
) -> None:
    old = apply(service)
    bare = CaseService(store)
    assert do(bare, old, "同意", OFFICE, "2026-03-03 09:00").state == "生效"
    assert apply(bare).state == "审批"
