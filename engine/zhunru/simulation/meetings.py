"""How a simulated meeting votes: so that the result comes out that was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from zhunru.checker.resolved_flows import Line, Meeting, Owner
from zhunru.compiler.request import FactValue
from zhunru.runtime.case import Case


class Votes(NamedTuple):
    """What is sent to the case instead of the name of the result."""

    verb: str
    inputs: Mapping[str, FactValue]


def votes(owner: Owner | None, case: Case, verb: str, actions: Sequence[Line]) -> Votes | None:
    """Return how the roster votes for the result `verb` to come out; None: this is no meeting."""
    if not isinstance(owner, Meeting):
        return None
    roster = list(case.visit.owners)
    passes = next((line.name for line in actions if line.kind == "result"), verb) == verb
    return Votes("会议", {"到会": roster, "赞成": roster if passes else []})
