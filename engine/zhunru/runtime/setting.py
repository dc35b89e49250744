"""What a case is stepped against: one workflow of one policy set, its chart and calendars.

Made once per policy set and workflow and shared by all its cases; everything that can be worked
out beforehand is worked out here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhunru.compiler.program import CompiledPolicy
from zhunru.runtime.case import NONE
from zhunru.worktime import Calendar


class Setting:
    """A workflow with the policy set that it is of.

    `registers`: register name to what it holds now: rows by field, or True / False (in force for
    whatever is asked / empty). It is asked only where a guard reads a register, so it may be a
    mapping that looks into a store. Registers that the set brings itself need not be given.
    `days`: the holiday calendar (default: what is published).
    """

    def __init__(
        self,
        policy: CompiledPolicy,
        flow: str,
        *,
        registers: Mapping[str, Any] = NONE,
        days: Calendar | None = None,
    ) -> None:
        self.policy = policy
        self.plan = policy.flows[flow]
        self.registers = registers
        self.days = days

    def holding(self, registers: Mapping[str, Any]) -> Setting:
        """Return this setting with what registers hold now; cheap, all else is shared."""
        raise NotImplementedError
