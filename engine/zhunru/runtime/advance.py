"""Stepping a case: opened, acted on, moved by time. Pure: no store, no clock, no chance.

Before anything is done to a case at an instant, everything that time had to do before it is done
at its own instants, in one step with it. So it never matters how late a ticker runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from zhunru.compiler.request import FactValue
from zhunru.runtime.case import NONE, Actor, Case, Command, Step, Timer
from zhunru.runtime.setting import Setting

Gap = tuple[int, int]
"""A stretch in which nobody could act: from when the service stood still to its restart."""


def open_case(
    setting: Setting,
    *,
    case_id: str,
    partition: str,
    actor: Actor,
    at: int,
    facts: Mapping[str, FactValue] = NONE,
    parent: str = "",
) -> Step:
    """Return a new case in the first state of its workflow.

    `facts` are read by the fields of the workflow and count as vouched for by the caller. Where
    the first state belongs to a field that is not given, who opens the case is that field.
    Raises CaseRefused.
    """
    raise NotImplementedError


def act(setting: Setting, case: Case, command: Command, *, gap: Gap | None = None) -> Step:
    """Return what a command does, after everything that time did before it.

    Raises CaseRefused; what time did then is not in any step, a `tick` finds it again.
    """
    raise NotImplementedError


def tick(setting: Setting, case: Case, now: int, *, gap: Gap | None = None) -> Step | None:
    """Return what time does to a case up to, not including, `now`; None: nothing."""
    raise NotImplementedError


def timers_of(setting: Setting, case: Case) -> tuple[Timer, ...]:
    """Return everything that time will do to a case as it is, earliest first."""
    raise NotImplementedError


def publish(setting: Setting, case: Case, at: int, notice: str = "") -> Step | None:
    """Return a case whose due date is reckoned anew by the calendar of `setting`, just published.

    The event names `notice` and the date before. Never before `at`; nothing that was done is
    undone. None: its due date does not change.
    """
    raise NotImplementedError


def child_ended(setting: Setting, case: Case, child: str, end: str, at: int) -> Step | None:
    """Return a case that is told that a case it opened came to an end; None: it is closed."""
    raise NotImplementedError
