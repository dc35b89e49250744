"""Who may not learn what: 不得送达, 保密 and 匿名保密."""

from __future__ import annotations

from collections.abc import Mapping

from zhunru.compiler.request import FactValue
from zhunru.runtime.case import Actor, Case
from zhunru.runtime.setting import Setting


def visible(setting: Setting, case: Case, viewer: Actor) -> Mapping[str, FactValue]:
    """Return the facts of a case that somebody may see."""
    raise NotImplementedError
