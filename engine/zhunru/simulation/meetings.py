"""How a simulated meeting votes: so that the result comes out that was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from zhunru.checker.resolved_flows import Meeting, Owner
from zhunru.compiler.request import FactValue
from zhunru.runtime.case import Case
from zhunru.runtime.meeting import MEET
from zhunru.runtime.scene import Scene
from zhunru.runtime.setting import Setting
from zhunru.vocabulary import PASSED, TOO_FEW

# Where the chart does not say who belongs, so many do: odd, so that a vote is never a tie.
_MEMBERS = 9


class Votes(NamedTuple):
    """What is sent to the case instead of the name of the result."""

    verb: str
    inputs: Mapping[str, FactValue]


def votes(owner: Owner | None, setting: Setting, case: Case, result: str, at: int) -> Votes | None:
    """Return how the members vote for `result` to come out; None: this is no meeting."""
    if not isinstance(owner, Meeting):
        return None
    scene = Scene(setting, case.fields, case.opener, at)
    roster = scene.bearer(owner.body).units
    inputs: dict[str, FactValue] = {}
    if len(roster) > 1:
        recused = scene.bearer(owner.recused).units if owner.recused else ()
        number = sum(not setting.chart.is_within(unit, recused) for unit in roster)
    else:
        number = _MEMBERS
        inputs["应到"] = number
    present = 0 if result in TOO_FEW else number
    favour = present if result in PASSED else 0
    return Votes(MEET[0], {**inputs, "到会": present, "赞成": favour})
