"""The thirteen workflows that the language was asked to have: read as they stand, printed, read."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from tests.syntax.missions import again, source

from zhunru.syntax.expressions import Call, Column, Compare, Quantity, Ref, Rows, Same
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import Formula, Limit, Name, Test
from zhunru.syntax.parser import parse
from zhunru.syntax.workflow_nodes import (
    Action,
    Apart,
    Arrival,
    Bound,
    CalendarDecl,
    Document,
    Effect,
    Ending,
    Exactly,
    Joint,
    Longest,
    Meeting,
    Owners,
    Quorum,
    Recurring,
    State,
    Withheld,
    Without,
    Workflow,
)
from zhunru.vocabulary import Measure

PARTS = ("mission-2-2", "mission-2-4", "mission-2-5")


def flow(name: str) -> Workflow:
    found = [
        d
        for part in PARTS
        for d in parse(source(part))[0].declarations
        if isinstance(d, Workflow) and d.name.text == name
    ]
    assert len(found) == 1
    return found[0]


def state(workflow: str, name: str) -> State:
    return next(one for one in flow(workflow).states if one.name.text == name)


def names(*words: str) -> tuple[Name, ...]:
    return tuple(map(Name, words))


def days(number: int, measure: Measure = Measure.WORKDAY) -> Quantity:
    return Quantity(Decimal(number), measure)


@pytest.mark.parametrize("part", PARTS)
def test_nothing_in_them_is_reported(part: str) -> None:
    assert parse(source(part))[1] == []


def test_there_are_thirteen_workflows() -> None:
    read = [d for part in PARTS for d in parse(source(part))[0].declarations]
    assert len([d for d in read if isinstance(d, Workflow)]) == 13
    assert all(d.states for d in read if isinstance(d, Workflow))


@pytest.mark.parametrize("part", PARTS)
def test_printed_in_either_language_or_as_yaml_they_say_the_same(part: str) -> None:
    file, _ = parse(source(part))
    chinese, english = format_file(file), format_file(file, language="en")
    assert again(chinese).declarations == file.declarations
    assert again(english).declarations == file.declarations
    assert format_file(again(english), language="zh") == chinese
    assert format_file(again(chinese)) == chinese
    yaml = again(format_file(file, notation="yaml"), "again.yaml")
    assert set(map(_said, yaml.declarations)) == set(map(_said, file.declarations))


def _said(one: Any) -> str:
    return repr(one).replace("tabular=False", "tabular=True")


def test_a_case_of_any_kind_of_effect_bound_and_guard_is_read() -> None:
    account = state("社区工作准入", "到账")
    assert account.owner == Owners(owners=(Ref("街道"),))
    assert account.limit == Limit(days(20))
    (action,) = account.actions
    assert action == Action(
        name=Name("确认到账"),
        target=Name("生效"),
        inputs=names("金额"),
        guard=Compare(">=", Ref("金额"), Ref("经费")),
        effects=(
            Effect(
                kind="enter",
                object=Name("准入登记"),
                row_kind=Name("长期"),
                valid=days(12, Measure.MONTH),
            ),
        ),
    )
    assert account.endings == (Ending(kind="expiry", target=Name("不予准入")),)


def test_what_stands_behind_the_way_out_of_a_bound_belongs_to_it() -> None:
    (ending,) = state("网格事项", "专班督办").endings
    assert ending.effects == ()
    assert ending.bound == Bound(
        times=2, then=Name("挂账"), effects=(Effect(kind="record", object=Name("推诿")),)
    )
    (late,) = state("擅自安排工作查处", "核查").endings
    assert late.bound == Bound(times=None)
    assert late.effects == (Effect(kind="supervise", to=(Ref("区政府督查室"),)),)


def test_effects_side_by_side_keep_their_objects_and_whom_they_reach() -> None:
    action = state("擅自安排工作查处", "核查").actions[0]
    assert action.effects == (
        Effect(kind="enter", object=Name("叫停登记")),
        Effect(kind="issue", object=Name("叫停通知书"), to=(Ref("来文单位"),)),
        Effect(kind="copy", to=(Call("上级", (Ref("来文单位"),)),)),
    )
    police = flow("矛盾纠纷调处").anywhere[2]
    assert police.action.effects == (Effect(kind="notify", to=(Ref("派出所"), Ref("区民政局"))),)
    assert flow("矛盾纠纷调处").anywhere[0].excluding == names("履行")


def test_parties_meetings_and_substitutes_own_states() -> None:
    joint = state("社区工作准入", "征求意见")
    assert joint.owner == Joint(parties=(Ref("街道"), Ref("居委会代表")))
    assert joint.actions[0].join == "all"
    assert joint.endings[0].silence == Name("无意见")
    assert state("网格事项", "联合办理").owner == Joint(
        parties=(Ref("主办"), Ref("协办")), lead=Name("主办")
    )
    assert state("社区工作准入", "审批").owner == Meeting(
        body=Ref("社区治理联席会议"),
        recused=Ref("申请单位"),
        present=Quorum(share="twothirds"),
        favour=Quorum(share="majority", over="present"),
    )
    assert state("三方议事", "议定").owner == Meeting(
        body=Ref("三方联席会议"),
        present=Quorum(share="everyone"),
        favour=Quorum(share="everyone"),
    )
    assert state("社区工作准入", "临时审批").owner == Owners(
        owners=(Ref("街道"),), substitute=Ref("区民政局")
    )
    assert state("社区工作准入", "论证").owner == Owners(
        owners=(Ref("区民政局"),), jointly=names("区财政局", "区司法局")
    )
    talk = state("三会协商", "协商").owner
    assert isinstance(talk, Meeting)
    assert talk.body == Call("议事形式", (Ref("大小"), Ref("难易"), Ref("权限")))


def test_limits_stand_still_come_from_fields_and_tables_and_name_calendars() -> None:
    waiting = state("社区工作准入", "待补正").limit
    assert waiting == Limit(days(10), stopped=True)
    assert (state("治理项目", "办理").until, state("治理项目", "办理").limit) == (
        Name("办结期限"),
        None,
    )
    whistle = state("吹哨报到", "派哨").limit
    assert whistle == Limit(Column(Call("哨声分级", (Ref("情形"),)), "派哨限"))
    assert state("矛盾纠纷调处", "履行").limit == Limit(
        days(30, Measure.DAY), calendar=Name("自然日")
    )
    assert state("网格事项", "发现").limit == Limit(None, True)


def test_labels_rename_the_results_of_meetings_and_parties() -> None:
    action = state("四议两公开", "审议").actions[0]
    assert (action.label, action.name) == (Name("审议通过"), Name("通过"))
    action = state("候选人联审", "联审").actions[0]
    assert (action.label, action.join, action.name) == (Name("联审合格"), "all", Name("合格"))


def test_constraints_say_what_they_say() -> None:
    first, second, third = flow("社区工作准入").constraints
    assert first == Apart(left=names("草拟"), right=names("审批", "临时审批"), by="unit")
    assert second == Without(steps=names("通过", "确认到账"), any_of=False, target=Name("生效"))
    assert third == Longest(start=Name("初审"), ends=names("公示"), length=days(15))
    assert flow("网格事项").constraints[0] == Without(
        steps=names("满意", "三访无果"), any_of=True, target=Name("销号")
    )
    assert flow("擅自安排工作查处").constraints[0] == Withheld(
        secret=Name("举报人"), from_=Name("来文单位")
    )
    assert flow("吹哨报到").constraints[1] == Exactly(number=1, role=Name("主办"))
    assert flow("矛盾纠纷调处").constraints[0] == Longest(
        start=Name("楼院调解"), ends=names("履行", "终止"), length=days(7)
    )


def test_the_order_of_queues_arrivals_and_the_calendar_are_kept() -> None:
    grid = flow("网格事项")
    assert len(grid.priorities) == 1
    assert grid.arrivals == (
        Arrival(state=Name("挂账"), effects=(Effect(kind="enter", object=Name("挂账台账")),)),
    )
    assert [one.name.text for one in grid.states][:2] == ["发现", "研判"]
    assert flow("四议两公开").calendar == Name("自然日")
    assert flow("社区工作准入").ends == names("不予准入", "退出")


def of(part: str, kind: type) -> list[Any]:
    return [d for d in parse(source(part))[0].declarations if isinstance(d, kind)]


def test_a_calendar_has_hours_by_kinds_of_day() -> None:
    (calendar,) = of("mission-2-5", CalendarDecl)
    workdays, others = calendar.hours
    assert (workdays.days, workdays.spells) == (("workday",), ((time(8), time(20)),))
    assert (others.days, others.standby) == (("restday", "holiday"), True)


def test_documents_have_texts_and_who_signs() -> None:
    notice, proof = of("mission-2-2", Document)
    assert notice.body.startswith("【来文单位】:你单位于【收文日期】要求")
    assert (notice.signed, notice.sealed) == (Name("区民政局"), True)
    assert proof.title.zh == "亲属关系证明"


def test_recurring_duties_have_a_rhythm_and_what_follows_a_missed_one() -> None:
    election, parties = of("mission-2-4", Recurring)
    assert election.occurrences[0].period == days(5, Measure.YEAR)
    assert parties.occurrences[0].period == days(1, Measure.MONTH)
    assert parties.attending == names("业委会", "物业企业")
    assert parties.missed == (Effect(kind="record", object=Name("未开会")),)


def test_rows_of_a_register_are_counted_within_a_time() -> None:
    (formula,) = of("mission-2-2", Formula)
    rows = Rows(Ref("叫停登记"), Same(Ref("来文单位")), days(12, Measure.MONTH))
    assert formula.body == Call("计数", (rows,))


def test_a_test_says_what_happened_when_and_when_a_state_must_end() -> None:
    (test,) = of("mission-2-5", Test)
    first, second = test.cases[0].given
    assert (first.event, second.event) == (False, True)
    ((name, end),) = test.cases[0].expected.ends
    assert (name, end.isoformat()) == (Name("回应"), "2026-03-07T09:03:00")
