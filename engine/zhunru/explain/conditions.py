"""When a reason holds that hangs on unknown facts."""

from __future__ import annotations

from collections.abc import Sequence

from zhunru.compiler.diagram import Leaf
from zhunru.explain.case import Case
from zhunru.explain.phrases import Phrase, filled_in

_MOST = 2


def conditions(case: Case, ends: Sequence[Leaf]) -> list[Phrase]:
    """Return conditions under which one of these ends of `case.ways` is reached."""
    filled = list(ends[0].filled.items())[-_MOST:]
    return [filled_in(fact.kind, fact.name, value) for fact, value in filled]
