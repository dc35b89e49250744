"""Which of several cases comes first: 优先 of a workflow."""

from __future__ import annotations

from zhunru.runtime.case import Case
from zhunru.runtime.scene import Scene
from zhunru.runtime.setting import Setting


def rank(setting: Setting, case: Case) -> int:
    """Return the place of the first 优先 that holds for a case, counted from 0; else their number.

    Queues are in the order of rank, then of due date; what is not known gives no priority.
    """
    scene = Scene(setting, case.fields, case.opener, case.at)
    for number, condition in enumerate(setting.flow.priorities):
        if scene.truth(condition) is True:
            return number
    return len(setting.flow.priorities)
