"""The invariants of law that concern work under way, held over every shipped set.

Workflows of the national set are inherited: its case scripts are played under each set. What a set
adds of its own is held to the same by what its workflows say.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cases.asking import at, by
from tests.cases.scripts import play
from tests.policies.invariants import applying, policy, standing_apart

from zhunru.checker.resolved_flows import (
    Apart,
    Body,
    Exactly,
    Owners,
    ResolvedWorkflow,
    State,
    Withheld,
    Without,
)
from zhunru.errors import CaseRefused
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore

SCRIPTS = Path(__file__).parents[1] / "fixtures" / "cases"
OF_CASES = (4, 6, 7, 8, 9, 10, 11, 14, 16)
HOME, STREET = "示例一社区", "示例街道"


@cache
def script(stem: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(
        (SCRIPTS / f"{stem}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    return loaded


def played(stem: str, name: str, tmp_path: Path) -> None:
    """Play a script of the national set under another set."""
    own = tmp_path / f"{stem}.yaml"
    own.write_text(
        yaml.safe_dump(script(stem) | {"规则集": name}, allow_unicode=True), encoding="utf-8"
    )
    play(own, MemoryStore())


def flows(name: str) -> Iterator[ResolvedWorkflow]:
    yield from policy(name).checked.workflows.values()


def actions(flow: ResolvedWorkflow) -> set[str]:
    return {line.name for state in flow.states for line in state.lines}


def over(number: int, *stems: str) -> Any:
    """Parametrize a test over the sets of an invariant and these national scripts."""
    pairs = [(name, stem) for name in applying(number) for stem in stems]
    return pytest.mark.parametrize(("name", "stem"), pairs)


# --- 4: nobody approves what they ask for --------------------------------------------------------

APPROVING = ("审批", "临时审批", "应急补审")
TEMPORARY = {"审批表": "表", "范围": [HOME], "月数": "2"}


def applicants(name: str) -> list[str]:
    chart = policy(name).checked.units
    levels = ("部门", "街道", "乡镇", "市级部门")
    return sorted(unit for unit, held in chart.items() if held.level in levels)


@pytest.mark.invariant(4)
@pytest.mark.parametrize("name", applying(4))
def test_who_asks_is_never_among_those_who_approve(name: str) -> None:
    """Any body of the chart that asks for temporary admission or a late one is passed over."""

    def test(unit: str, urgent: bool) -> None:
        service = CaseService(MemoryStore(), policy(name))
        begun = at("2026-03-02 09:00")
        facts = {"来文单位": unit, "目标社区": HOME, "事项": "临时摸排", "拟进入日期": "2026-03-09"}
        case = service.open("社区工作准入", actor=by(unit, "甲"), key="o", at=begun, facts=facts)
        verb = "补办应急准入" if urgent else "申请临时准入"
        inputs = TEMPORARY | ({"先行日期": "2026-02-27"} if urgent else {})
        service.act(case.case_id, verb, actor=by(unit, "甲"), key="a", at=begun, inputs=inputs)
        shown = service.show(case.case_id)
        assert shown["state"] in APPROVING
        assert shown["owners"]
        assert unit not in shown["owners"]

    found = st.sampled_from(applicants(name))
    settings(max_examples=8, deadline=None)(given(found, st.booleans())(test))()


@pytest.mark.invariant(4)
@pytest.mark.parametrize("name", applying(4))
def test_asking_and_approving_are_kept_apart_in_every_workflow_of_admission(name: str) -> None:
    flow = policy(name).checked.workflows["社区工作准入"]
    (apart,) = (c for c in flow.constraints if isinstance(c, Apart))
    assert (apart.left, set(apart.right), apart.by) == (("草拟",), set(APPROVING), "unit")


@pytest.mark.invariant(4)
@over(4, "准入-申请单位回避", "准入-街道申请街道回避")
def test_the_applicant_stands_aside_in_the_meeting(name: str, stem: str, tmp_path: Path) -> None:
    played(stem, name, tmp_path)


# --- 5, 15: money, and what ends by itself --------------------------------------------------------


@pytest.mark.invariant(5)
@over(5, "准入-钱不到账不生效")
def test_an_admission_takes_effect_once_its_money_is_there(
    name: str, stem: str, tmp_path: Path
) -> None:
    played(stem, name, tmp_path)


@pytest.mark.invariant(15)
@over(15, "准入-应急补办过期", "准入-临时到期自动退出")
def test_what_was_let_in_for_a_time_leaves_by_itself(name: str, stem: str, tmp_path: Path) -> None:
    played(stem, name, tmp_path)


# --- 6, 7: one lead, and a deadline --------------------------------------------------------------


@pytest.mark.invariant(6)
@over(6, "热线-退单一次后指定承办", "网格-主办只能一个")
def test_what_was_assigned_is_not_sent_back_and_has_one_lead(
    name: str, stem: str, tmp_path: Path
) -> None:
    played(stem, name, tmp_path)


@pytest.mark.invariant(6)
@pytest.mark.parametrize("name", applying(6))
def test_every_workflow_with_a_lead_has_exactly_one(name: str) -> None:
    for flow in flows(name):
        if any("主办" in owner_names(state) for state in flow.states):
            assert any(isinstance(c, Exactly) and c.number == 1 for c in flow.constraints), (
                flow.name
            )


def owner_names(state: State) -> set[str]:
    owner = state.owner
    bodies: tuple[Body, ...] = owner.bodies if isinstance(owner, Owners) else ()
    return {body.name for body in bodies}


@pytest.mark.invariant(7)
@pytest.mark.parametrize("name", applying(7))
def test_only_the_first_stage_waits_without_a_deadline(name: str) -> None:
    for flow in flows(name):
        for state in flow.states:
            if state.name == flow.initial or state.name in flow.ends:
                continue
            assert state.limit is not None, (flow.name, state.name)
            assert not state.limit.untimed, (flow.name, state.name)


@pytest.mark.invariant(7)
@over(7, "热线-届满前延期", "热线-超期后不得延期转督办", "准入-到账延期")
def test_a_deadline_moves_only_before_it_passed(name: str, stem: str, tmp_path: Path) -> None:
    played(stem, name, tmp_path)


# --- 8, 9, 10: mediation -------------------------------------------------------------------------

REFUSAL, CRIME, MINOR = "一方明确拒绝", "可能引起治安刑事案件", "未成年人受侵害"


@pytest.mark.invariant(8)
@over(8, "调解-一方明确拒绝", "调解-有刑事苗头即报公安")
def test_mediation_stops_at_a_refusal_and_crime_goes_to_the_police(
    name: str, stem: str, tmp_path: Path
) -> None:
    played(stem, name, tmp_path)


@pytest.mark.invariant(8)
@pytest.mark.parametrize("name", applying(8))
def test_every_workflow_that_mediates_can_be_stopped_from_any_stage(name: str) -> None:
    found = [flow for flow in flows(name) if "调成" in actions(flow)]
    assert found
    for flow in found:
        anywhere = {each.line.name: each for each in flow.anywhere}
        assert anywhere[REFUSAL].line.target in flow.ends
        assert anywhere[CRIME].excluding == ()
        told = [body.name for e in anywhere[CRIME].line.effects for body in e.to]
        assert "公安机关" in told


def mediated(name: str, kind: str, day: str) -> str:
    """Reach an agreement on 2 March 2026 and ask the court on a day; return how that was met."""
    service = CaseService(MemoryStore(), policy(name))
    case = service.open("矛盾纠纷调处", actor=by("示例一社区第一网格", "甲"), key="o",
                        at=at("2026-03-02 09:00"), facts={"目标社区": HOME}).case_id  # fmt: skip
    facts = {"当事人": "甲与乙", "纠纷类别": kind, "所涉专业": "一般"}
    grid = by("示例一社区第一网格", "甲")
    service.act(case, "受理", actor=grid, key="a", at=at("2026-03-02 09:05"), inputs=facts)
    owner = service.show(case)["owners"][0]
    service.act(case, "调成", actor=by(owner, "乙"), key="b", at=at("2026-03-02 10:00"))
    seal, sealed = by(service.show(case)["owners"][0], "丁"), {"协议书": "书"}
    sealed["协议生效日期"] = "2026-03-02"
    # Written down only two days later: that gives the parties no more days.
    service.act(case, "书面协议生效", actor=seal, key="d", at=at("2026-03-04 10:00"),
                inputs=sealed)  # fmt: skip
    try:
        asker = by(service.show(case)["owners"][0], "丙")
        service.act(case, "共同申请司法确认", actor=asker, key="c", at=at(f"{day} 09:00"))
    except CaseRefused as refused:
        return refused.code
    return str(service.show(case)["state"])


@pytest.mark.invariant(9)
@pytest.mark.parametrize("name", applying(9))
def test_courts_confirm_within_thirty_days_and_never_personal_status(name: str) -> None:
    """Thirty natural days from 2 March end on 1 April 2026."""
    assert mediated(name, "邻里", "2026-04-01") == "确认受理"
    assert mediated(name, "邻里", "2026-04-02") not in ("确认受理", "司法确认")
    assert mediated(name, "身份收养婚姻关系确认", "2026-03-05") not in ("确认受理", "司法确认")


@pytest.mark.invariant(10)
@over(10, "调解-未成年人受侵害强制报告")
def test_harm_to_a_minor_is_reported_at_once(name: str, stem: str, tmp_path: Path) -> None:
    played(stem, name, tmp_path)
    flow = policy(name).checked.workflows["矛盾纠纷调处"]
    (line,) = (each for each in flow.anywhere if each.line.name == MINOR)
    assert line.excluding == ()  # from every stage, whatever else waits


@pytest.mark.invariant(10)
@over(10, "网格-未成年人受侵害强制报告", "热线-未成年人受侵害强制报告")
def test_harm_that_the_grid_or_the_hotline_hears_of_waits_in_no_queue(
    name: str, stem: str, tmp_path: Path
) -> None:
    played(stem, name, tmp_path)
    for each in ("网格事项", "热线工单"):
        reported_from_anywhere(policy(name).checked.workflows[each])


def reported_from_anywhere(flow: ResolvedWorkflow) -> None:
    (line,) = (each for each in flow.anywhere if each.line.name == MINOR)
    assert line.excluding == (), flow.name
    told = {body.name for effect in line.line.effects for body in effect.to}
    assert told == {"公安机关", "民政部门"}, flow.name


@pytest.mark.invariant(10)
@pytest.mark.parametrize("name", applying(10))
def test_every_workflow_that_mediates_reports_harm_to_a_minor_from_any_stage(name: str) -> None:
    """Articles 11 of the law on minors, and 26 of that on mediation: told of their rights."""
    for flow in (each for each in flows(name) if "调成" in actions(each)):
        reported_from_anywhere(flow)
        issued = [e.object for at, effects in flow.arrivals if at == "终止" for e in effects]
        assert "权利告知书" in issued, flow.name


# --- 11, 14, 16 ----------------------------------------------------------------------------------


@pytest.mark.invariant(11)
@over(11, "网格-无人回访不得销号", "治理项目-派单接单办理评单销号")
def test_nothing_is_struck_off_without_a_call_or_a_rating(
    name: str, stem: str, tmp_path: Path
) -> None:
    played(stem, name, tmp_path)


@pytest.mark.invariant(11)
@pytest.mark.parametrize("name", applying(11))
def test_whatever_ends_by_striking_off_says_what_must_come_before(name: str) -> None:
    for flow in flows(name):
        for end in {"销号", "销哨"} & set(flow.ends):
            assert any(isinstance(c, Without) and c.target == end for c in flow.constraints), (
                flow.name
            )


@pytest.mark.invariant(14)
@pytest.mark.parametrize("name", [n for n in applying(14) if policy(n).checked.workflows])
def test_who_reported_is_kept_from_the_accused(name: str, tmp_path: Path) -> None:
    flow = policy(name).checked.workflows["擅自安排工作查处"]
    assert any(
        isinstance(c, Withheld) and (c.secret, c.from_.name) == ("举报人", "来文单位")
        for c in flow.constraints
    )
    played("查处-举报人匿名保密", name, tmp_path)


PERSONAL = frozenset({
    "姓名", "证件号", "登记姓名", "登记证件号", "举报人", "当事人", "候选人", "矫正对象", "帮扶对象姓名",
    "班子成员", "兼职委员", "接待人", "值守党员", "民警名", "工作者",
})  # fmt: skip


@pytest.mark.invariant(14)
@pytest.mark.parametrize("name", applying(14))
def test_columns_that_name_people_are_secret(name: str) -> None:
    checked = policy(name).checked
    of_registers = ((r.name, f) for r in checked.registers.values() for f in r.fields)
    of_flows = ((flow.name, f) for flow in flows(name) for f in flow.fields)
    for where, field in (*of_registers, *of_flows):
        if field.name in PERSONAL and field.type.name.value in ("text", "person"):
            assert field.secret, (where, field.name)


@pytest.mark.invariant(16)
@over(16, "证明-日历没有公布不催不办", "准入-日历没有公布不能认定提前三十日")
def test_time_does_not_act_on_a_calendar_that_is_not_published(
    name: str, stem: str, tmp_path: Path
) -> None:
    played(stem, name, tmp_path)


@pytest.mark.parametrize("number", OF_CASES)
def test_a_set_that_an_invariant_of_cases_passes_over_has_no_cases(number: int) -> None:
    for name, why in standing_apart(number):
        assert not policy(name).checked.workflows, (name, why)
        assert not policy(name).checked.duties
