"""What is the case at one instant: its facts, its day, its place; conditions and bodies over it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from zhunru.checker.resolved import NOTHING, LookUp, RExpr
from zhunru.checker.resolved_flows import ALWAYS, Body, Owners
from zhunru.checker.resolved_measures import Aggregate
from zhunru.compiler.evaluate import Evaluator, Facts
from zhunru.compiler.values import UNKNOWN
from zhunru.measures.counting import count
from zhunru.measures.rows import Rows
from zhunru.runtime.case import Actor
from zhunru.runtime.owners import NOBODY, Bearers, forerunners, together
from zhunru.vocabulary import TODAY

if TYPE_CHECKING:
    from zhunru.runtime.setting import Setting

CALENDAR = "日历"


class Scene:
    """The facts of a case at an instant, as guards, limits, owners and effects read them."""

    def __init__(
        self,
        setting: Setting,
        fields: Mapping[str, Any],
        opener: Actor,
        at: int,
        places: tuple[str, ...] | None = None,
    ) -> None:
        self.setting = setting
        self.fields = fields
        self.opener = opener
        self.at = at
        # Worked out when first asked for; a cached property costs a lock each time.
        self._places = places
        self._applicants: tuple[str, ...] | None = None

    @property
    def day(self) -> date:
        """Return the day of the instant."""
        return self.setting.finder.day(self.at)

    # --- conditions and values -----------------------------------------------------------------

    def truth(self, expr: RExpr) -> Any:
        """Return True, False or UNKNOWN; `missing` then says of what."""
        return True if expr is ALWAYS else self._evaluator.truth(expr)

    def value(self, expr: RExpr) -> Any:
        """Return a value, NOTHING or UNKNOWN."""
        return self._evaluator.value(expr)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the names of what was unknown and got in the way since the last look."""
        found = tuple(dict.fromkeys(fact.name for fact in self._evaluator.open))
        self._evaluator.open.clear()
        return found

    @cached_property
    def _evaluator(self) -> Evaluator:
        values = {name: NOTHING if value is None else value for name, value in self.fields.items()}
        day = self.day
        for name in TODAY:
            values[name] = day
        setting = self.setting
        facts = Facts(values, setting.rows(day), {})
        found = Evaluator(setting.model, day, facts)
        found.counter = self._count
        return found

    def _count(self, asking: Evaluator, expr: Aggregate) -> Any:
        """Return what rows of a register come to, by what it holds at this instant."""
        name = expr.rows.things.name
        rows = self.setting.every_row(name, self.day)
        known = {} if rows is None else {name: rows}
        return count(Rows(self.setting.policy, self.day, known), asking, expr)

    # --- bodies --------------------------------------------------------------------------------

    @property
    def places(self) -> tuple[str, ...]:
        """Return the units by which levels and roles are found, the most telling first."""
        found = self._places
        if found is None:
            found = self._places = self.setting.places(self.fields, self.opener)
        return found

    @property
    def applicants(self) -> tuple[str, ...]:
        """Return the units that applied: who opened the case, and whom its first state is for."""
        if self._applicants is None:
            names = self.setting.applicant_fields
            found = [self.opener.unit, *(self._held(name) for name in names)]
            self._applicants = tuple(dict.fromkeys(unit for unit in found if unit))
        return self._applicants

    def _held(self, name: str) -> str:
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def bearers(self, bodies: tuple[Body, ...]) -> Bearers:
        """Return who any of these bodies are."""
        if len(bodies) == 1:
            return self.bearer(bodies[0])
        return together(self.bearer(body) for body in bodies) if bodies else NOBODY

    def bearer(self, body: Body) -> Bearers:
        """Return who a body is."""
        if body.kind in ("unit", "role", "level"):
            return self.setting.finder.named(body, self.places, self.at)
        if body.kind == "field":
            return self._of_field(body.name)
        if body.kind == "table":
            return self._of_table(body)
        return self._related(body)

    def assembly(self, body: Body) -> Bearers:
        """Return the members of a body that meets, as far as the chart knows them."""
        finder = self.setting.finder
        if body.kind == "role":
            return finder.assembly(body.name, self.places, self.at)
        found = self.bearer(body)
        # A table may pick the body by the facts; what it names is a role again.
        roles = [name for name in found.roles if name in self.setting.chart.roles]
        return finder.assembly(roles[0], self.places, self.at) if len(roles) == 1 else found

    def called(self, body: Body) -> str:
        """Return what a body that a table picks by the facts is called; "": not known yet."""
        found = self.bearer(body)
        # Three bodies of one community come to the same unit: only their roles tell them apart.
        return "、".join(found.roles or found.units)

    def _of_field(self, name: str) -> Bearers:
        value = self.fields.get(name, UNKNOWN)
        if value is UNKNOWN:
            return Bearers(missing=(name,))
        if value is None:
            return NOBODY
        return Bearers((value,)) if isinstance(value, str) else Bearers(tuple(sorted(value)))

    def _of_table(self, body: Body) -> Bearers:
        assert isinstance(body.value, LookUp)
        found = self.value(body.value)
        if found is UNKNOWN:
            return Bearers(missing=self.missing)
        flat = _each(found)
        finder = self.setting.finder
        return together([finder.of_text(text, self.places, self.at) for text in flat] or [NOBODY])

    def _related(self, body: Body) -> Bearers:
        """Return who stands above a field's or a name's bearers, or above at a level."""
        base = self._base(body.name)
        finder = self.setting.finder
        if body.kind == "superior":
            units = (finder.above(unit) for unit in base.units)
        else:
            units = (finder.at_level(unit, body.level) for unit in base.units)
        return base._replace(units=tuple(dict.fromkeys(u for u in units if u)), roles=())

    def _base(self, name: str) -> Bearers:
        chart = self.setting.chart
        if name in self.setting.fields and name not in chart.units:
            return self._of_field(name)
        return self.setting.finder.of_text(name, self.places, self.at)

    def owners(self, owner: Owners) -> Bearers:
        """Return whose turn it is; the substitute's where it would be the applicant's own (W18)."""
        found = self.bearers(owner.bodies)
        if owner.substitute is None or not found.units:
            return found
        apart = tuple(unit for unit in found.units if not self.is_applicant(unit))
        if apart:
            return found._replace(units=apart)
        return self.bearer(owner.substitute)

    def is_applicant(self, unit: str) -> bool:
        """Tell whether a unit is the applicant, below it, or has its office by now."""
        chart = self.setting.chart
        names = {*chart.above(unit), *forerunners(chart, unit, self.day)}
        return not names.isdisjoint(self.applicants)


def _each(value: Any) -> tuple[str, ...]:
    """Return the bodies that one cell of a table, or several, name."""
    if value is NOTHING or value is None:
        return ()
    if isinstance(value, tuple):
        return tuple(part for each in value for part in _each(each))
    if isinstance(value, frozenset):
        return tuple(sorted(str(part) for part in value))
    return tuple(part.strip() for part in str(value).split("、") if part.strip())
