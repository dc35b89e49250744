"""Moving running cases to another version of their policy set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from zhunru.runtime.case import NONE, Actor, Case, Step
from zhunru.runtime.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a migration would do to a case; `person`: somebody has to look at it.

    `state` is where it would be, `due` when its time would end, `expires`: it is over already.
    """

    kind: Literal["moves", "stays", "person"]
    state: str = ""
    due: int | None = None
    expires: bool = False
    reason: str = ""


def foresee(setting: Setting, case: Case, at: int, states: Mapping[str, str] = NONE) -> Move:
    """Return what moving a case to the version of `setting` would do (the dry run)."""
    raise NotImplementedError


def migrate(
    setting: Setting,
    case: Case,
    at: int,
    *,
    actor: Actor,
    states: Mapping[str, str] = NONE,
    listed: bool = False,
) -> Step:
    """Return a case that goes on under the version of `setting`; `states`: old state to new.

    Used time, counts and reminders are kept. A limit that is spent by the new version ends at
    `at`, but only if the dry run said so to somebody (`listed`). Raises CaseRefused.
    """
    raise NotImplementedError
