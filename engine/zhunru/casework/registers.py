"""Registers as a store holds them: the rows that workflows wrote, and the cases of a workflow.

A register that is called like a workflow has a row for each of its cases. Its columns are the
facts of the case by name, and these: 开始 and 日期 (the day of opening), 办结日, 状态, 结果
(its end), 按期 (nobody was late), 标记, 发起 (who opened it), and any level of units, as that of
who opened it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from zhunru.checker.resolved import NOTHING, ResolvedRegister
from zhunru.compiler import CompiledPolicy
from zhunru.runtime.case import Case
from zhunru.runtime.encoding import decode_case
from zhunru.runtime.records import is_record
from zhunru.runtime.submitting import row_values
from zhunru.runtime.timing import tells_of_delay
from zhunru.store.base import Store, View
from zhunru.vocabulary import TypeName
from zhunru.worktime.instants import day_of

_BATCH = 500
Table = tuple[dict[str, Any], ...]


def tables_of(store: Store, policy: CompiledPolicy) -> dict[str, Table]:
    """Return the rows of every register of a set of which the store holds any."""
    found: dict[str, Table] = {}
    for register in policy.core.registers.values():
        rows = [*store.read(partial(_written, register))]
        if register.name in policy.core.workflows:
            rows += _cases(store, policy, register)
        if rows or register.name in policy.core.workflows:
            brought = [dict(row) for row in register.rows or ()]
            found[register.name] = (*brought, *rows)
    return found


def _written(register: ResolvedRegister, view: View) -> list[dict[str, Any]]:
    rows = (row_values(register, row) for row in view.register_rows(register.name))
    return [_known(row) for row in rows]


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without its blanks: what is blank is not known."""
    return {name: NOTHING if value is None else value for name, value in row.items()}


def _cases(
    store: Store, policy: CompiledPolicy, register: ResolvedRegister
) -> Iterator[dict[str, Any]]:
    after = ""
    while page := store.find_cases(flow=register.name, after=after, limit=_BATCH):
        after = page[-1].case_id
        for row in page:
            case = decode_case(row.body)
            if not is_record(case):
                yield _row(store, policy, register, case)


def _row(
    store: Store, policy: CompiledPolicy, register: ResolvedRegister, case: Case
) -> dict[str, Any]:
    """Return what the columns of a register say of a case; what a case does not say is left out."""
    found: dict[str, Any] = {}
    for field in register.fields:
        value = case.fields.get(field.name)
        if value is None and field.name in _SAID:
            value = _SAID[field.name](store, case)
        if value is None and field.type.name is TypeName.UNIT:
            value = _above(policy, case.opener.unit, field.name)
        if value is not None:
            found[field.name] = value
    return found


def _above(policy: CompiledPolicy, unit: str, level: str) -> str | None:
    chart = policy.model.chart
    line = chart.above(unit)
    return next((u for u in line if u in chart.units and chart.units[u].level == level), None)


def _in_time(store: Store, case: Case) -> bool:
    return not any(map(tells_of_delay, store.events(case.case_id)))


_SAID: dict[str, Callable[[Store, Case], Any]] = {
    "开始": lambda _, case: day_of(case.opened),
    "日期": lambda _, case: day_of(case.opened),
    "办结日": lambda _, case: day_of(case.at) if case.closed else None,
    "状态": lambda _, case: case.state,
    "结果": lambda _, case: case.end or None,
    "按期": _in_time,
    "标记": lambda _, case: "、".join(case.marks) or None,
    "发起": lambda _, case: case.opener.unit,
}
