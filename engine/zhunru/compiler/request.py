"""What is asked: the facts of one request, and who vouches for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

FactValue = str | int | Decimal | bool | date | Sequence[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """How much of a quota is used in the window of the day; `counted`: this request's own tuple
    (计次 按) is among it already, so that it adds nothing."""

    used: int
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A piece of work that somebody wants to send to a community.

    `facts`: field name to value; a field left out, or 未知, is unknown; None is 无. Units are
    names (or `系统外:name` for a body outside the chart), dates `date` or ISO texts, numbers
    exact (int or Decimal, or texts of them; never float). `received` is the day of receipt
    (Asia/Shanghai), which picks the law where the field marked 适用日 is not given; `made_at` the
    day from which duties run (default: `received`).
    `asserted_by` names the role that vouches for the facts (`--as`): a field 由 R 确认 counts only
    if R is that role; None: every fact is taken as confirmed, and the decision says so.
    `assertions` overrides this fact by fact (field name to role).
    `quotas`: quota key (`规则名.每年`; the bare clause code where it has one quota) to its use.
    `registers`: register name to its rows (field name to value), or True (in force for whatever is
    asked) or False (closed and empty). A register not named here is unknown, unless the set
    brings its rows itself.
    """

    facts: Mapping[str, FactValue]
    received: date
    made_at: date | None = None
    asserted_by: str | None = None
    assertions: Mapping[str, str] = field(default_factory=dict)
    quotas: Mapping[str, QuotaUse] = field(default_factory=dict)
    registers: Mapping[str, Sequence[Mapping[str, FactValue]] | bool] = field(default_factory=dict)
