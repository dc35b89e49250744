"""Cases are what a slow simulator makes of them, however late time is looked at."""

from __future__ import annotations

import random

from hypothesis import given, reject
from hypothesis import strategies as st
from tests.runtime.random_flows import (
    NAME,
    START,
    UNTIL,
    policy_of,
    random_flow,
    random_orders,
)
from tests.runtime.walker import Beyond, Order, Seen, Walker
from tests.strategies.effort import examples

from zhunru.checker.resolved_flows import ResolvedWorkflow
from zhunru.errors import CaseRefused
from zhunru.runtime.advance import act, open_case, tick, timers_of
from zhunru.runtime.case import Actor, Case, Command, Event, Step
from zhunru.runtime.encoding import (
    decode_case,
    decode_event,
    encode_actor,
    encode_case,
    encode_event,
)
from zhunru.runtime.events import fold
from zhunru.runtime.setting import Setting
from zhunru.worktime.instants import instant, stamp

seeds = st.integers(0, 2**32)
flags = st.sampled_from((True, False, None))


class Run:
    """The kernel driven through a list of commands; `ticks`: instants at which time is looked at."""

    def __init__(self, flow: ResolvedWorkflow, flag: bool | None) -> None:
        self.setting = Setting(policy_of(flow), NAME)
        facts = {} if flag is None else {"齐备": flag}
        self.events: list[Event] = []
        self.refused: list[int] = []
        opener = Actor(unit="一网格")
        step = open_case(
            self.setting, case_id="甲-1", partition="甲", actor=opener, at=stamp(START), facts=facts
        )
        self.case = self._take(step)

    def go(self, orders: list[Order], ticks: list[int]) -> None:
        waiting = sorted(ticks)
        for number, order in enumerate(orders):
            while waiting and waiting[0] <= stamp(order.at):
                self._tick(waiting.pop(0))
            self._act(number, order)
        for at in (*waiting, stamp(UNTIL)):
            self._tick(at)

    def _act(self, number: int, order: Order) -> None:
        inputs = {"理由": order.reason} if order.reason else {}
        command = Command(
            verb=order.verb, actor=Actor(unit=order.unit), at=stamp(order.at), inputs=inputs
        )
        try:
            self.case = self._take(act(self.setting, self.case, _fitting(command)))
        except CaseRefused:
            self.refused.append(number)

    def _tick(self, at: int) -> None:
        step = tick(self.setting, self.case, at)
        if step:
            self.case = self._take(step)

    def _take(self, step: Step) -> Case:
        assert step.timers == timers_of(self.setting, step.case)
        self.events += [event for event, _ in step.events]
        return step.case

    def seen(self) -> list[Seen]:
        return [_seen(event) for event in self.events[1:]]


def _fitting(command: Command) -> Command:
    """Actions of these workflows take nothing; only the clock is stopped for a reason."""
    if command.verb == "停表":
        return command
    return Command(verb=command.verb, actor=command.actor, at=command.at)


def _seen(event: Event) -> Seen:
    data = event.data
    onward = data.get("to") or data.get("result") or data.get("reminder") or ""
    return event.kind, instant(event.at), data["from"], onward


def made(seed: int, flag: bool | None) -> tuple[ResolvedWorkflow, list[Order], Run]:
    rng = random.Random(seed)
    flow = random_flow(rng)
    return flow, random_orders(rng, flow), Run(flow, flag)


@examples(150)
@given(seeds, flags)
def test_a_case_is_what_the_slow_simulator_makes_of_it(seed: int, flag: bool | None):
    flow, orders, run = made(seed, flag)
    run.go(orders, [])
    walker = Walker(flow, START, flag)
    try:
        walker.run(orders, UNTIL)
    except Beyond:
        reject()
    assert run.seen() == walker.seen
    assert run.refused == walker.refused
    assert run.case.state == walker.end or run.case.state == walker.stay.state.name


@examples(100)
@given(seeds, flags, st.lists(st.integers(0, 14 * 24 * 60), max_size=40))
def test_it_never_matters_how_often_time_is_looked_at(
    seed: int, flag: bool | None, minutes: list[int]
):
    _, orders, late = made(seed, flag)
    late.go(orders, [])
    _, _, often = made(seed, flag)
    often.go(orders, [stamp(START) + minute * 60_000_000 + 1 for minute in minutes])
    assert often.events == late.events
    assert often.case == late.case


@examples(100)
@given(seeds, flags)
def test_the_events_alone_give_the_case_also_when_they_were_written_down(
    seed: int, flag: bool | None
):
    _, orders, run = made(seed, flag)
    run.go(orders, [])
    assert fold(run.events) == run.case
    kept = [
        decode_event(event.kind, event.at, encode_actor(event.actor), encode_event(event))
        for event in run.events
    ]
    assert fold(kept) == run.case
    assert encode_case(fold(kept)) == encode_case(run.case)
    assert decode_case(encode_case(run.case)) == run.case


@examples(60)
@given(seeds, flags)
def test_versions_have_no_gap_and_time_never_goes_back(seed: int, flag: bool | None):
    _, orders, run = made(seed, flag)
    run.go(orders, [])
    assert run.case.version == len(run.events)
    instants = [event.at for event in run.events]
    assert instants == sorted(instants)
    if run.case.closed:
        assert timers_of(run.setting, run.case) == ()
