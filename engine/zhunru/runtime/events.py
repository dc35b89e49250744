"""Events of a case, and the fold that makes the case of them without any policy.

`data` says in so many words what happened, and holds what changed under the keys that `apply`
reads; records and exact values in it are written as `encoding` writes them, and `apply` takes
both what was made here and what was read back.
"""

from __future__ import annotations

from collections.abc import Iterable

from zhunru.runtime.case import Case, Event


def apply(case: Case | None, event: Event) -> Case:
    """Return the case after an event; None stands for the case that the event opens."""
    raise NotImplementedError


def fold(events: Iterable[Event]) -> Case:
    """Return the case that these events add up to, the opening first."""
    raise NotImplementedError
