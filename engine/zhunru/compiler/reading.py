"""Requests as facts: the fields of a form, rows of registers and uses of quotas, read together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from zhunru.checker.resolved import NOTHING, ResolvedField, ResolvedRegister
from zhunru.codes import diagnose
from zhunru.compiler.chart import OrgChart
from zhunru.compiler.evaluate import Facts
from zhunru.compiler.field_values import UNKNOWN_WORDS, Unreadable, read_day, read_value
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.registers import RegisterRow, make_row
from zhunru.compiler.request import Request
from zhunru.compiler.values import UNKNOWN, civil
from zhunru.diagnostics import NOWHERE, Diagnostic
from zhunru.errors import RequestRejected
from zhunru.syntax.misspelling import nearest, nearest_whole
from zhunru.vocabulary import TypeName

_MOST_PROBLEMS = 50
_MOST_OF_A_NAME = 100
_ALIKE_QUOTA = 60


class Reading:
    """A request read against its form on the day whose law applies.

    `claims` are values given by one who may not assert them, `doubts` texts that no unit of the
    chart answers to; both count as unknown. `supplied` are the registers that the set brings.
    """

    __slots__ = ("claims", "confirmed", "day", "doubts", "facts")

    def __init__(self, day: date, facts: Facts) -> None:
        self.day = day
        self.facts = facts
        self.claims: dict[str, Any] = {}
        self.doubts: dict[str, str] = {}
        self.confirmed: list[str] = []


def read_request(
    plan: Plan, model: Model, request: Request, supplied: Mapping[str, Any]
) -> Reading:
    """Return the facts of a request; raise `RequestRejected` if some of it cannot be read."""
    problems: list[Diagnostic] = []
    day = _law_day(plan, request)
    reading = Reading(day, Facts({}, dict(supplied), {}))
    for name, raw in request.facts.items():
        if len(problems) >= _MOST_PROBLEMS:
            raise RequestRejected(problems)  # tens of thousands of names would take seconds
        field = plan.fields.get(name)
        if field is None:
            problems.append(_no_such_field(plan, name))
            continue
        try:
            _take(reading, field, read_value(model.chart, day, field, raw), raw, request)
        except Unreadable as problem:
            problems.append(problem.finding)
    for field in plan.head.fields:
        if field.default is not None and field.name not in request.facts:
            reading.facts.values[field.name] = field.default
    _read_registers(reading, model, request, problems)
    _read_quotas(reading, plan, request, problems)
    if problems:
        raise RequestRejected(problems)
    return reading


def _law_day(plan: Plan, request: Request) -> date:
    """Return the day of application (D23): the field marked 适用日, else the day of receipt."""
    name = plan.governing_field
    raw = request.facts.get(name) if name else None
    if raw is None or raw in UNKNOWN_WORDS:
        return request.received
    try:
        value = read_day(plan.fields[name], raw)
    except Unreadable:
        return request.received  # reported where the field itself is read
    day: date = civil(value)
    return day


def _take(reading: Reading, field: ResolvedField, value: Any, raw: Any, request: Request) -> None:
    """Put a value where it belongs: a fact, a claim, or a unit in doubt."""
    if value is UNKNOWN:
        if field.type.name is TypeName.UNIT and raw not in UNKNOWN_WORDS:
            reading.doubts[field.name] = raw
        return
    if field.asserted_by:
        role = request.assertions.get(field.name, request.asserted_by)
        if role is None:
            reading.confirmed.append(field.name)
        elif role != field.asserted_by:
            reading.claims[field.name] = raw
            return
    reading.facts.values[field.name] = value


# --- registers and quotas ------------------------------------------------------------------------


def _read_registers(
    reading: Reading, model: Model, request: Request, problems: list[Diagnostic]
) -> None:
    for name, rows in request.registers.items():
        register = model.registers.get(name)
        if register is None:
            problems.append(_no_such("ZR707", name, model.registers))
        elif isinstance(rows, bool):
            reading.facts.registers[name] = rows
        else:
            try:
                read = read_rows(model.chart, reading.day, register, rows)
                reading.facts.registers[name] = read
            except Unreadable as problem:
                problems.append(problem.finding)


def read_rows(
    chart: OrgChart,
    day: date,
    register: ResolvedRegister,
    rows: Iterable[Mapping[str, Any]],
) -> tuple[RegisterRow, ...]:
    """Return the rows of a register; a field left out is 无."""
    fields = {field.name: field for field in register.fields}
    values = (_row_values(chart, day, register.name, fields, row) for row in rows)
    return tuple(make_row(register, each) for each in values)


def _row_values(
    chart: OrgChart,
    day: date,
    register: str,
    fields: Mapping[str, ResolvedField],
    row: Mapping[str, Any],
) -> dict[str, Any]:
    values = {}
    for name, raw in row.items():
        field = fields.get(name)
        if field is None:
            raise Unreadable(_no_such("ZR701", name, fields, form=register))
        # A register of the district above covers places that this chart need not have.
        read = NOTHING if raw is None else read_value(chart, day, field, raw, strangers=True)
        values[name] = raw if read is UNKNOWN else read
    return values


def _read_quotas(
    reading: Reading, plan: Plan, request: Request, problems: list[Diagnostic]
) -> None:
    for name, use in request.quotas.items():
        if len(problems) >= _MOST_PROBLEMS:
            return
        if not plan.knows_quota(name):
            shown = name[:_MOST_OF_A_NAME]
            problems.append(_no_such("ZR708", shown, plan.quotas_like(shown)))
        elif isinstance(use.used, bool) or not isinstance(use.used, int) or use.used < 0:
            problems.append(diagnose("ZR710", NOWHERE, name=name, value=str(use.used)))
        reading.facts.quotas[name] = use


# --- findings ------------------------------------------------------------------------------------


def _no_such_field(plan: Plan, name: str) -> Diagnostic:
    if "." in name:
        # The use of a quota of a clause whose code is misspelt comes among the facts.
        shown = name[:_MOST_OF_A_NAME]
        near = nearest_whole(shown, plan.quotas_like(shown), _ALIKE_QUOTA)
        if near:
            return _no_such("ZR701", shown, (near,), form=plan.head.form)
    return _no_such("ZR701", name, plan.fields, form=plan.head.form)


def _no_such(code: str, name: str, names: Iterable[str], **values: Any) -> Diagnostic:
    known = list(names)
    near = nearest(name, known)
    listed_zh, listed_en = "、".join(known[:30]), ", ".join(known[:30])
    return diagnose(
        code,
        NOWHERE,
        name=name,
        hint_zh=f"是不是“{near}”？" if near else f"可用的名称：{listed_zh}",
        hint_en=f"did you mean `{near}`?" if near else f"the names are: {listed_en}",
        **values,
    )
