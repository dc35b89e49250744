"""One set while it is checked: its names, and everything resolved so far."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from rapidfuzz import fuzz

from zhunru.checker import resolved as r
from zhunru.checker import resolved_flows as f
from zhunru.checker import resolved_measures as rm
from zhunru.checker import values as v
from zhunru.checker.bases import Bases
from zhunru.checker.chart import Chart
from zhunru.checker.clauses import Clauses
from zhunru.checker.functions import resolve_functions
from zhunru.checker.matters import Matters
from zhunru.checker.report import Report
from zhunru.checker.symbols import Scope
from zhunru.syntax import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunru.diagnostics import Span


class Model:
    """A set with its report. `above` are the models of its upper sets, topmost first.

    Tables, formulas, parameters, registers and workflows hold those of the upper sets too.
    """

    def __init__(self, scope: Scope, above: dict[int, Model]) -> None:
        self.scope = scope
        self.above = above
        self.report = Report()
        self.formulas: dict[str, r.ResolvedFormula] = {}
        self.tables: dict[str, r.ResolvedTable] = {}
        self.sizes: dict[str, int] = {}
        self.decisions: dict[str, r.ResolvedDecision] = {}
        self.placed: dict[str, str] = {}
        self.workflows: dict[str, f.ResolvedWorkflow] = {}
        self.calendars: dict[str, f.ResolvedCalendar] = {}
        self.documents: dict[str, f.ResolvedDocument] = {}
        self.duties: dict[str, f.ResolvedDuty] = {}
        self.promises: dict[str, rm.ResolvedPromise] = {}
        self.checks: dict[str, rm.ResolvedCheck] = {}
        self.scorecards: dict[str, rm.ResolvedScorecard] = {}
        self.matchings: dict[str, rm.ResolvedMatching] = {}
        self.rounds: dict[str, rm.ResolvedRound] = {}
        self._clauses: dict[str, Clauses] = {}
        self._types: dict[tuple[str, str], r.Type | None] = {}
        self.bases = Bases(scope, self.report)
        for upper in self.uppers:
            self.formulas.update(upper.formulas)
            self.tables.update(upper.tables)
            self.sizes.update(upper.sizes)
            self.workflows.update(upper.workflows)
            self.calendars.update(upper.calendars)
            self.documents.update(upper.documents)
            self.duties.update(upper.duties)
        resolve_functions(self)

    @cached_property
    def uppers(self) -> tuple[Model, ...]:
        """Return the models of the sets above, topmost first."""
        return tuple(self.above[id(scope)] for scope in self.scope.uppers)

    def of(self, scope: Scope) -> Model:
        """Return the model of a set of the bundle."""
        return self if scope is self.scope else self.above[id(scope)]

    @property
    def chart(self) -> Chart:
        """Return the org chart of the bundle."""
        return self.scope.chart

    @cached_property
    def life(self) -> n.Period:
        """Return the days on which the set is in force."""
        header = self.scope.header
        return n.Period(header.period.start, header.period.end) if header else n.Period()

    @cached_property
    def matters(self) -> Matters:
        """Return the index of the matters of every list."""
        return Matters(self.scope)

    @cached_property
    def forms(self) -> dict[str, dict[str, r.Type]]:
        """Return the types of the fields of every form and register."""
        return {
            symbol.name.text: {f.name.text: v.field_type(f) for f in symbol.node.fields}
            for kind in ("register", "form")
            for symbol in self.scope.visible[kind].values()
        }

    def field_type(self, name: str, every: str = "") -> r.Type | None:
        """Return the type of a field of this name: that of the forms, else that of the registers.

        None if no form and no register has it, or if those that have it differ.
        """
        if (name, every) not in self._types:
            self._types[name, every] = self._agreed(name, every)
        return self._types[name, every]

    def _agreed(self, name: str, every: str) -> r.Type | None:
        if every in self.forms:
            return self.forms[every].get(name)
        # What is handed in is typed by the forms, though a register may take the same as a text.
        found = self.types_in("form", name) or self.types_in("register", name)
        return _agreed_type(found.values())

    def types_in(self, kind: Literal["form", "register"], name: str) -> dict[str, r.Type]:
        """Return the type of a field in each form, or in each register, that has it."""
        return {
            symbol.name.text: self.forms[symbol.name.text][name]
            for symbol in self.scope.visible[kind].values()
            if name in self.forms[symbol.name.text]
        }

    def parameter_type(self, name: str) -> r.Type | None:
        """Return the type of a parameter; None: there is none, or it has no value yet."""
        symbol = self.scope.find(name, "parameter")
        return parameter_type(symbol.node) if symbol else None

    def is_band(self, name: str) -> bool:
        """Tell whether a parameter has two ends."""
        symbol = self.scope.find(name, "parameter")
        return bool(symbol) and any(value.band for value in symbol.node.values)  # type: ignore[union-attr]

    def formula(self, name: str) -> r.ResolvedFormula | None:
        """Return a formula; None: it could not be resolved, which is a finding of its own."""
        return self.formulas.get(name)

    def table(self, name: str) -> r.ResolvedTable | None:
        """Return a table; None: it could not be resolved, which is a finding of its own."""
        return self.tables.get(name)

    def matter(self, name: str, span: Span) -> frozenset[str]:
        """Return every text that means a matter, or a matter of the list of that name.

        A name that no list has, and that is not a list's, stands for itself.
        """
        keys = self.matters.keys(name) or self.matters.of_list(name)
        key = r.normal_title(name)
        if keys is None:
            near = self.report.nearest(name, self.matters.titles)
            if near and _very_near(name, near):
                self.report.unknown("ZR208", span, name, (near,))
        return (keys or frozenset()) | {key}

    def clauses(self, form: str) -> Clauses:
        """Return the reader of this set's clauses over the fields of a form."""
        if form not in self._clauses:
            self._clauses[form] = Clauses(self, form)
        return self._clauses[form]

    def home(self, name: str) -> str:
        """Return the form that a clause is checked over: of its 判定, else the first."""
        if name in self.placed:
            return self.placed[name]
        return next(iter(self.scope.names("form")), "")


def parameter_type(node: n.Parameter) -> r.Type | None:
    """Return the type of a parameter by its first value."""
    quantities = [q for value in node.values for q in (value.low, value.high) if q]
    if not quantities:
        return None
    measure = next((q.measure for q in quantities if q.measure), None)
    return v.number(measure, max(v.decimals_of(q.value) for q in quantities))


def _agreed_type(types: Iterable[r.Type]) -> r.Type | None:
    """Return the one type of fields that differ at most in whether they may be 无."""
    found = set(types)
    if any(each.optional for each in found):
        found = {replace(each, optional=True) for each in found}
    return found.pop() if len(found) == 1 else None


def _very_near(one: str, other: str) -> bool:
    return fuzz.ratio(one, other) >= 80
