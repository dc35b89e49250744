"""A case with a clock of its own, to try workflows with: weeks go by in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.request import FactValue
from zhunru.runtime.advance import act, open_case, publish, tick
from zhunru.runtime.case import (
    NONE,
    Actor,
    Case,
    Command,
    Done,
    Event,
    Step,
    Timer,
    actor_named,
)
from zhunru.runtime.setting import Setting
from zhunru.worktime import BEIJING, Calendar
from zhunru.worktime.instants import instant, moment_in, stamp

Moment = datetime | str


class CaseKit:
    """One case and the time it is; `events` and `effects` are all so far, in order.

    Instants are `datetime` with an offset, or texts as in `2026-03-02 09:00` of Beijing time.
    An actor may be a text: `区民政局 张三`. `registers` is what registers hold, and may be changed
    as the case goes on.
    """

    def __init__(
        self,
        policy: CompiledPolicy,
        flow: str,
        *,
        registers: Mapping[str, Any] = NONE,
        days: Calendar | None = None,
    ) -> None:
        self._setting = Setting(policy, flow, days=days)
        self.registers = dict(registers)
        self.events: list[Event] = []
        self.effects: list[Done] = []
        self.timers: tuple[Timer, ...] = ()
        self.now = 0
        self._case: Case | None = None

    @property
    def case(self) -> Case:
        """Return the case as it is; raises ValueError before one is open."""
        if self._case is None:
            raise ValueError("open the case first")
        return self._case

    @property
    def setting(self) -> Setting:
        """Return what the case is stepped against."""
        return self._setting.holding(self.registers)

    def open(self, actor: Actor | str, at: Moment, facts: Mapping[str, FactValue] = NONE) -> Case:
        """Open the case."""
        self.now = moment(at)
        step = open_case(
            self.setting,
            case_id="试办-1",
            partition="试办",
            actor=acting(actor),
            at=self.now,
            facts=facts,
        )
        return self._take(step)

    def act(
        self,
        verb: str,
        actor: Actor | str,
        inputs: Mapping[str, FactValue] = NONE,
        at: Moment | None = None,
        **more: FactValue,
    ) -> Case:
        """Do something to the case, now or at a later instant; raises CaseRefused."""
        self.now = self.now if at is None else moment(at)
        command = Command(verb=verb, actor=acting(actor), at=self.now, inputs={**inputs, **more})
        return self._take(act(self.setting, self.case, command))

    def wait(self, until: datetime | date | timedelta | str) -> Case:
        """Let time pass up to an instant, or for so long; what is due before it happens."""
        self.now = self._later(until)
        step = tick(self.setting, self.case, self.now)
        return self._take(step) if step else self.case

    def skip(self) -> Case:
        """Let time pass until the next timer has fired."""
        if self.timers:
            self.now = max(self.now, self.timers[0].due + 1)
            self.wait(instant(self.now))
        return self.case

    def publish(self, days: Calendar, notice: str = "") -> Case:
        """Let a holiday calendar be published now."""
        self._setting = Setting(self._setting.policy, self._setting.flow.name, days=days)
        step = publish(self.setting, self.case, self.now, notice)
        return self._take(step) if step else self.case

    @property
    def state(self) -> str:
        """Return the state, or the end, that the case is in."""
        return self.case.state

    @property
    def due(self) -> datetime | None:
        """Return when the time of the state ends."""
        due = self.case.visit.due
        return None if due is None or self.case.closed else instant(due)

    def _later(self, until: datetime | date | timedelta | str) -> int:
        if isinstance(until, timedelta):
            return self.now + until // timedelta(microseconds=1)
        return moment(until)

    def _take(self, step: Step) -> Case:
        self._case, self.timers = step.case, step.timers
        for event, done in step.events:
            self.events.append(event)
            self.effects.extend(done)
        return step.case


def acting(actor: Actor | str) -> Actor:
    """Return an actor, also from a text: a unit, and after a blank a person."""
    if isinstance(actor, Actor):
        return actor
    return actor_named(actor) or Actor(unit="")


def moment(at: datetime | date | str) -> int:
    """Return an instant; a text, and a day, are of Beijing time."""
    found: date = moment_in(at) if isinstance(at, str) else at
    if not isinstance(found, datetime):
        found = datetime.combine(found, time())
    return stamp(found if found.tzinfo else found.replace(tzinfo=BEIJING))
