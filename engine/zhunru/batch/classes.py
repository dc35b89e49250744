"""What tells two requests apart: the class of each of their facts.

Facts of one class are taken alike by every clause, so requests whose facts are of the same
classes have the same answer. Where no classes are known, a value is a class of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from zhunru.analysis.reads import Asked, Part
from zhunru.analysis.space import Axis, Space
from zhunru.checker.resolved import NOTHING, ResolvedField
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.plan import Plan
from zhunru.compiler.reading import Unreadable, read_value
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import TypeName

MOST_CLAUSES = 20_000
NUMERIC = (TypeName.NUMBER, TypeName.MONEY, TypeName.RATIO, TypeName.DATE, TypeName.MOMENT)

ClassOf = Callable[[Any], Any]


class FactClasses:
    """The classes of the fields of one decision; each text is read and classed once."""

    def __init__(self, policy: CompiledPolicy, plan: Plan) -> None:
        self._plan = plan
        self._model = policy.model
        # To look through the clauses of a very large decision would cost more than it saves.
        small = len(plan.clauses) <= MOST_CLAUSES
        self._space = Space([Part(policy, plan)]) if small else None
        self._known: dict[str, dict[Any, Any]] = {}
        self._tellers: dict[str, ClassOf] = {}

    def of(self, name: str, value: Any) -> Any:
        """Return the class of what is given for a field: hashable, equal for equal classes."""
        known = self._known.setdefault(name, {})
        key = value if isinstance(value, str) else (type(value), repr(value))
        try:
            return known[key]
        except KeyError:
            found = known[key] = self._class(name, value, key)
            return found

    def _class(self, name: str, value: Any, key: Any) -> Any:
        field = self._plan.fields.get(name)
        if field is None or self._space is None:
            return key
        if field.type.name in (TypeName.UNIT, TypeName.UNITS) and self._changing:
            return key  # who a name means depends on the day
        try:
            read = read_value(self._model.chart, date.min, field, value)
        except Unreadable:
            return key
        if read is UNKNOWN:  # 未知, or a unit that the chart does not know and the answer names
            return key
        teller = self._tellers.get(name)
        if teller is None:
            teller = self._tellers[name] = self._teller(field, self._space)
        return NOTHING if read is NOTHING else teller(read)

    @property
    def _changing(self) -> bool:
        """Tell whether some unit of the chart is not there on every day."""
        units = self._model.chart.units.values()
        return any(unit.period.start or unit.period.end for unit in units)

    def _teller(self, field: ResolvedField, space: Space) -> ClassOf:
        level = space.levels.get(Asked("field", field.name))
        if level is None:
            return _is_there
        axis = space.axes[level]
        if not axis.exact or space.is_compared(field.name):
            return _itself
        if field.type.name is TypeName.MATTER:
            return space.class_of_matter
        if field.type.name is TypeName.UNIT:
            return space.class_of_unit(field.name)
        if field.type.name in NUMERIC:
            return _stretch_of(axis)
        return _itself


def _is_there(value: Any) -> Any:
    """Return the class of a field that no clause reads."""
    return "有"


def _itself(value: Any) -> Any:
    return (type(value), value)


def _stretch_of(axis: Axis) -> ClassOf:
    """Return what finds the stretch of numbers or days that a value lies in.

    Of fields that are compared with each other the space knows single values only: what lies
    between them is a class of its own.
    """
    pairs = [(low, high) for low, high in axis.ends if low is not NOTHING]
    lows: Sequence[Any] = [low for low, _ in pairs if low is not None]
    shift = len(pairs) - len(lows)

    def class_of(value: Any) -> Any:
        at = bisect_right(lows, value) - 1 + shift
        if at >= 0:
            low, high = pairs[at]
            if (low is None or low <= value) and (high is None or value <= high):
                return at
        return (type(value), value)

    return class_of
