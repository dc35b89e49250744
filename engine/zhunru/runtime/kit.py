"""A case with a clock of its own, to try workflows with: weeks go by in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.request import FactValue
from zhunru.runtime.case import NONE, Actor, Case, Done, Event, Timer


class CaseKit:
    """One case and the time it is; `events` and `effects` are all so far, in order.

    Instants are `datetime` with an offset, or texts as in `2026-03-02 09:00` of Beijing time.
    An actor may be a text: `区民政局 张三`.
    """

    case: Case
    events: list[Event]
    effects: list[Done]
    timers: tuple[Timer, ...]
    now: int

    def __init__(self, policy: CompiledPolicy, flow: str, **registers: object) -> None:
        raise NotImplementedError

    def open(
        self, actor: Actor | str, at: datetime | str, facts: Mapping[str, FactValue] = NONE
    ) -> Case:
        """Open the case."""
        raise NotImplementedError

    def act(
        self,
        verb: str,
        actor: Actor | str,
        inputs: Mapping[str, FactValue] = NONE,
        at: datetime | str | None = None,
    ) -> Case:
        """Do something to the case, now or at a later instant; raises CaseRefused."""
        raise NotImplementedError

    def wait(self, until: datetime | date | timedelta | str) -> Case:
        """Let time pass up to an instant, or for so long; what is due before it happens."""
        raise NotImplementedError

    def skip(self) -> Case:
        """Let time pass until the next timer has fired."""
        raise NotImplementedError

    @property
    def due(self) -> datetime | None:
        """Return when the time of the state ends."""
        raise NotImplementedError
