"""What generated functions call where a fact is no plain value, or a condition has no source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from zhunru.checker.resolved import NOTHING, ResolvedField, normal_title
from zhunru.compiler.evaluate import Facts, parameter_on
from zhunru.compiler.field_values import Unreadable, read_value
from zhunru.compiler.judge import Judge
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.registers import covers, in_force
from zhunru.compiler.request import QuotaUse, Request
from zhunru.compiler.source import BLANK, NotKnown
from zhunru.compiler.values import UNKNOWN, compact

MEMO = 50_000  # texts, days and parameters whose reading is remembered
SHORT = 200  # longer texts are not remembered


class FactCalls:
    """Reads odd facts as the careful path does; gives up by TypeError or `NotKnown`."""

    def __init__(self, plan: Plan, model: Model, supplied: Mapping[str, Any]) -> None:
        self.plan = plan
        self.model = model
        self.supplied = supplied
        self._normal: dict[str, str] = {}
        self._days: dict[str, date] = {}
        self._valid: dict[tuple[str, date], Sequence[Any]] = {}  # rows the set brings itself
        self._units: dict[date, dict[str, str]] = {}
        self._parameters: dict[tuple[Any, date], Any] = {}

    def names(self) -> dict[str, Callable[..., Any]]:
        """Return the functions by the names under which generated functions call them."""
        return {
            "applies": self.applies,
            "ask": self.ask,
            "checked": self.checked,
            "in_force": self.in_force,
            "limit_of": self.limit_of,
            "normal": self.normal,
            "number": self.number,
            "parameter": self.parameter,
            "read": self.read,
            "to_day": self.to_day,
            "units_on": self.units_on,
        }

    def normal(self, text: Any) -> str:
        """Return the normal title of a text, remembered."""
        found = self._normal.get(text)
        if found is None:
            found = normal_title(text)
            if len(self._normal) < MEMO and len(text) <= SHORT:
                self._normal[text] = found
        return found

    def to_day(self, given: Any) -> date:
        """Return a day given as ISO text; raises TypeError for another text."""
        found = self._days.get(given)
        if found is None:
            try:
                found = date.fromisoformat(given)
            except ValueError:
                raise TypeError from None
            if len(self._days) < MEMO:
                self._days[given] = found
        return found

    def number(self, field: ResolvedField, given: Any) -> Any:
        """Return an exact number that is no small whole one."""
        return self.read(field, date.max, given)

    def read(self, field: ResolvedField, day: date, given: Any) -> Any:
        """Return a value of a type that is read the careful way; raises TypeError for none."""
        try:
            value = read_value(self.model.chart, day, field, given)
        except Unreadable:
            raise TypeError from None
        if value is UNKNOWN:
            raise TypeError
        return compact(value)

    def units_on(self, day: date) -> dict[str, str]:
        """Return what each name on the chart of a day means."""
        found = self._units.get(day)
        if found is None:
            found = self.model.chart.names_on(day)
            if len(self._units) < 1000:
                self._units[day] = found
        return found

    def parameter(self, which: tuple[str, str], day: date) -> Any:
        """Return the value of a parameter on a day, None where it has none."""
        key = (which, day)
        if key not in self._parameters:
            value = parameter_on(self.model.parameters[which[0]], day)
            end = None
            if value is not None:
                low, high = value
                end = compact(high if which[1] == "high" and high is not None else low)
            if len(self._parameters) > MEMO:
                return end
            self._parameters[key] = end
        return self._parameters[key]

    def in_force(self, register: str, unit: Any, day: date, request: Request) -> bool:
        """Tell whether a register has a row in force, where that needs no rows of the request."""
        rows: Any = request.registers.get(register)
        if rows is None:
            rows = self.supplied.get(register)
            if rows is None:
                raise NotKnown
        if isinstance(rows, bool):
            return rows
        if register in request.registers:
            raise NotKnown
        if unit is BLANK:
            raise NotKnown
        key = (register, day)
        valid = self._valid.get(key)
        if valid is None:
            valid = [row for row in rows if in_force(row, day)]
            if len(self._valid) < MEMO:
                self._valid[key] = valid
        if unit is None or not valid:
            return bool(valid)
        return any(covers(self.model.chart, row, unit) for row in valid)

    def checked(self, request: Request) -> bool:
        """Tell whether quotas and registers are of the simple kind: known names, no rows."""
        if any(not isinstance(rows, bool) for rows in request.registers.values()):
            return False
        if any(name not in self.model.registers for name in request.registers):
            return False
        return all(
            isinstance(use, QuotaUse)
            and use.used.__class__ is int
            and use.used >= 0
            and self.plan.knows_quota(name)
            for name, use in request.quotas.items()
        )

    def known(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return what fields come to, as the careful path has it; without those not known."""
        return {
            field.name: Decimal(value) if value.__class__ is int else value
            for field, value in zip(self.plan.head.fields, values, strict=True)
            if value is not BLANK
        }

    def _judge(self, day: date, request: Request, values: tuple[Any, ...]) -> Judge:
        registers = {**self.supplied, **request.registers}
        facts = Facts(self.known(values), registers, dict(request.quotas))
        return Judge(self.plan, self.model, day, facts)

    def ask(self, asked: Any, day: date, request: Request, values: tuple[Any, ...]) -> bool:
        """Evaluate a condition that has no source of its own; raises `NotKnown` if facts lack."""
        expr, leads = asked
        evaluator = self._judge(day, request, values).evaluator
        evaluator.leads = leads
        truth = evaluator.truth(expr)
        if truth is UNKNOWN or evaluator.conflicts:
            raise NotKnown
        return bool(truth)

    def applies(self, number: int, day: date, request: Request, values: tuple[Any, ...]) -> bool:
        """Tell whether a clause that is named after 除外, or a register, applies."""
        clause = self.plan.clauses[number]
        if clause.origin == "register":
            rows = request.registers.get(clause.code, self.supplied.get(clause.code))
            if rows is None:
                raise NotKnown
            if isinstance(rows, bool) or not rows:
                return bool(rows)
        applies = self._judge(day, request, values).applies(number)
        if applies is UNKNOWN:
            raise NotKnown
        return bool(applies)

    def limit_of(self, asked: Any, day: date, request: Request, values: tuple[Any, ...]) -> Any:
        """Return the limit of a quota, None where it has none."""
        expr, clause = asked
        limit = self._judge(day, request, values).tracked(expr, clause)
        if limit is UNKNOWN:
            raise NotKnown
        return None if limit is NOTHING else limit
