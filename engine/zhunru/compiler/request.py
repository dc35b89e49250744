"""What is asked: the facts of one request, and who vouches for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

FactValue = str | int | Decimal | bool | date | Sequence[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """How much of a quota is used in the window of the day; `counted`: this request's own tuple
    (计次 按) is among it already, so that it adds nothing."""

    used: int
    counted: bool = False


NONE: Mapping[str, Any] = MappingProxyType({})
"""What a request holds where nothing is given."""


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
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

    def __init__(
        self,
        *,
        facts: Mapping[str, FactValue],
        received: date,
        made_at: date | None = None,
        asserted_by: str | None = None,
        assertions: Mapping[str, str] = NONE,
        quotas: Mapping[str, QuotaUse] = NONE,
        registers: Mapping[str, Sequence[Mapping[str, FactValue]] | bool] = NONE,
    ) -> None:
        # The slots are set directly: several times faster than what a frozen dataclass does.
        _set_facts(self, facts)
        _set_received(self, received)
        _set_made_at(self, made_at)
        _set_asserted_by(self, asserted_by)
        _set_assertions(self, assertions)
        _set_quotas(self, quotas)
        _set_registers(self, registers)


def _setter(name: str) -> Callable[[Request, Any], None]:
    """Return what sets a slot of a request."""
    setter: Callable[[Request, Any], None] = Request.__dict__[name].__set__
    return setter


_set_facts = _setter("facts")
_set_received = _setter("received")
_set_made_at = _setter("made_at")
_set_asserted_by = _setter("asserted_by")
_set_assertions = _setter("assertions")
_set_quotas = _setter("quotas")
_set_registers = _setter("registers")


def snapshot(request: Request) -> Request:
    """Return a request that does not change when the caller's mappings do."""
    registers = {
        name: rows if isinstance(rows, bool) else tuple(dict(row) for row in rows)
        for name, rows in request.registers.items()
    }
    return Request(
        facts=dict(request.facts),
        received=request.received,
        made_at=request.made_at,
        asserted_by=request.asserted_by,
        assertions=dict(request.assertions),
        quotas=dict(request.quotas),
        registers=registers,
    )
