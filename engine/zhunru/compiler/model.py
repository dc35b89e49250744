"""What expressions are evaluated against: chart, tables, formulas, parameters, registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zhunru.checker.resolved import (
    ResolvedFormula,
    ResolvedParameter,
    ResolvedRegister,
    ResolvedTable,
)
from zhunru.compiler.chart import OrgChart
from zhunru.worktime import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The part of a policy that expressions read; `is_alias` tells whether two normal titles are
    names of one entry, `names_of` gives all names of the entries that have a name."""

    chart: OrgChart
    tables: Mapping[str, ResolvedTable]
    formulas: Mapping[str, ResolvedFormula]
    parameters: Mapping[str, ResolvedParameter]
    registers: Mapping[str, ResolvedRegister]
    calendar: Calendar
    is_alias: Callable[[str, str], bool]
    names_of: Callable[[str], frozenset[str]]
