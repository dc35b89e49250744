"""What a report counts: requests that were decided, and cases that were worked on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from zhunru.vocabulary import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One request with its answer; `booked` are uses of quotas: quota and what it counts for."""

    day: date
    department: str
    community: str
    category: str
    matter: str
    outcome: Outcome
    code: str
    booked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """One case. What nobody said is None: it counts in no rate.

    `level` is that of the highest unit that dealt with it, `depth` how far it lies below the top.
    """

    day: date
    flow: str
    unit: str
    closed: bool
    state: str
    overdue: bool = False
    answered: bool | None = None
    solved: bool | None = None
    satisfied: bool | None = None
    level: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Dealings:
    """Everything of a period. `unread` are rows or records that could not be counted.

    `ratings` are the scores of each 评价 by whom it rates: communities those above them.
    """

    decided: tuple[Decided, ...] = ()
    worked: tuple[Worked, ...] = ()
    unread: int = 0
    ratings: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
