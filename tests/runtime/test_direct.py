"""What is done directly is what the rules say at length, of random workflows and of shipped ones."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cases.scripts import SCRIPTS, play
from tests.runtime.random_flows import NAME, START, policy_of, random_flow, random_orders
from tests.runtime.sets import compiled
from tests.strategies.effort import examples

from zhunru.checker.resolved_flows import ResolvedWorkflow
from zhunru.errors import CaseRefused
from zhunru.runtime import advance
from zhunru.runtime.advance import act_at_length, open_case, timers_of
from zhunru.runtime.case import Actor, Case, Command, Step, Visit
from zhunru.runtime.direct import directly
from zhunru.runtime.encoding import decode_case, encode_case, encode_event
from zhunru.runtime.events import apply
from zhunru.runtime.setting import Setting
from zhunru.store.memory import MemoryStore
from zhunru.worktime.instants import DAY, stamp


def outcome(setting: Setting, case: Case, command: Command) -> Step | str:
    """Return what the rules say at length, of a case that remembers nothing."""
    fresh = decode_case(encode_case(case))
    try:
        return act_at_length(setting, fresh, command)
    except CaseRefused as refused:
        return refused.code


def check(setting: Setting, case: Case, command: Command) -> bool:
    """Compare what is done directly with the rules; tell whether it was done directly."""
    expected = outcome(setting, case, command)
    try:
        found = directly(setting, case, command)
    except CaseRefused as refused:
        assert refused.code == expected
        return True
    if found is None:
        return False
    assert found == expected
    ((event, done),) = found.events
    assert found.case == apply(case, event)
    assert encode_case(found.case) == encode_case(expected.case)
    assert encode_event(event, done) == encode_event(*expected.events[0])
    assert found.timers == timers_of(setting, decode_case(encode_case(found.case)))
    return True


def opened(setting: Setting, at: int) -> Case:
    opener = Actor(unit="一网格")
    return open_case(setting, case_id="甲-1", partition="甲", actor=opener, at=at).case


def wander(flow: ResolvedWorkflow, chance: random.Random) -> list[bool]:
    """Do something at random, again and again; return which of it was done directly."""
    setting = Setting(policy_of(flow), NAME)
    case, seen = opened(setting, stamp(START)), []
    for order in random_orders(chance, flow) * 3:
        at = max(stamp(order.at), case.at)
        if case.closed:
            case = opened(setting, at)
        verb, unit = order.verb, order.unit
        if chance.random() < 0.7:  # else hardly anybody is the right one
            verb = chance.choice([*setting.states[case.state].by_verb, verb])
            unit = chance.choice([*case.visit.owners, unit])
        command = Command(
            verb=verb,
            actor=Actor(unit=unit, person=chance.choice(("", "甲", "乙"))),
            at=at,
            inputs={"理由": order.reason} if verb == "停表" else {},
        )
        seen.append(check(setting, case, command))
        try:
            case = act_at_length(setting, case, command).case
        except CaseRefused:
            continue
    return seen


@examples(150)
@given(st.integers(0, 2**32))
def test_what_is_done_directly_is_what_the_rules_say(seed: int) -> None:
    chance = random.Random(seed)
    wander(random_flow(chance), chance)


def test_a_fair_share_of_random_commands_is_done_directly() -> None:
    seen = [
        each
        for seed in range(60)
        for chance in (random.Random(seed),)
        for each in wander(random_flow(chance), chance)
    ]
    assert seen.count(True) > 20
    assert seen.count(False) > 20


@pytest.mark.parametrize("path", SCRIPTS[::4], ids=lambda path: path.stem)
def test_what_shipped_workflows_do_directly_is_what_the_rules_say(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def checked(setting: Setting, case: Case, command: Command) -> Step | None:
        check(setting, case, command)
        return directly(setting, case, command)

    monkeypatch.setattr(advance, "directly", checked)
    play(path, MemoryStore())


REMINDED = """
流程 试办 止于 办结
  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 | 提醒 |
  | 甲 | 区民政局 | {limit} | 完成 → 办结 | 逾期 → 办结 | 过半时 提醒 区民政局; 提前 1 个工作日 提醒 区民政局; {notice} |
"""


@examples(200)
@given(
    st.sampled_from(("1 个工作日", "2 个工作日", "5 个工作日", "3 日", "1 个月")),
    st.sampled_from(("提前 2 日 提醒 区民政局", "提前 3 小时 提醒 区民政局")),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, DAY - 1)), min_size=2, max_size=8),
)
def test_timers_kept_for_a_day_are_those_of_each_start_on_it(
    limit: str, notice: str, starts: list[tuple[int, int]]
) -> None:
    setting = Setting(compiled(REMINDED.format(limit=limit, notice=notice)), "试办")
    clock = setting.states["甲"].clock
    fresh = Setting(setting.policy, "试办")
    like = opened(setting, stamp(START))
    assert clock.fixed is not None
    # Two instants of each day, so that one is often answered by what the other left behind.
    for day, part in [*starts, *((day, DAY - 1 - part) for day, part in starts)]:
        entered = (stamp(START) // DAY + day) * DAY + part
        due, _ = clock.first(entered, clock.fixed, 0)
        visit = Visit(
            number=1,
            state="甲",
            entered=entered,
            due=due,
            amount=clock.fixed.amount,
            measure=clock.fixed.measure,
        )
        found = timers_of(setting, replace(like, visit=visit))
        fresh.states["甲"].clock._waiting.clear()
        assert found == timers_of(fresh, replace(like, visit=visit))
