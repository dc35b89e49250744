"""A compiled policy set: plans of its decisions, and what they read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from zhunru.checker.resolved import CheckedPolicySet
from zhunru.codes import diagnose
from zhunru.compiler.chart import OrgChart
from zhunru.compiler.evaluate import Evaluator, Facts
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan, make_plan
from zhunru.compiler.quotas import quota_names
from zhunru.compiler.registers import supplied_rows
from zhunru.compiler.request import Request
from zhunru.compiler.ruling import Ruling, rule
from zhunru.compiler.tables import HitConflict
from zhunru.compiler.values import UNKNOWN
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.worktime import published_calendar

if TYPE_CHECKING:
    from pathlib import Path

    from zhunru.compiler.graph import FlowPlan

__all__ = ["CompiledPolicy", "HitConflict", "compile_policies"]


class CompiledPolicy:
    """What decisions are made by: immutable, safe to share between threads.

    `code` and `digest` are those of the set. `core` is the checked set, in a policy that was kept
    between starts without its clauses and tests; `checked` is all of it.
    """

    def __init__(
        self,
        core: CheckedPolicySet,
        plans: Mapping[str, Plan],
        whole: Callable[[], CheckedPolicySet] | None = None,
    ) -> None:
        self.core = core
        self.plans = dict(plans)
        self._whole = whole
        self.code = core.code
        self.digest = core.digest
        self._titles: dict[str, dict[str, int]] = {}
        self.runs: dict[str, Callable[[Request], Any]] = {}
        self.paths: dict[str, Any] = {}  # the fast paths that the runs are of
        self.decisions: tuple[str, ...] = tuple(plans)
        # Where the set was opened from, so that its text can be kept with the cases under it.
        self.origin: tuple[Path, tuple[Path, ...]] | None = None
        # The pack that the set was opened from, where that is where its text is.
        self.packed: bytes | None = None

    @cached_property
    def checked(self) -> CheckedPolicySet:
        """Return the checked policy set."""
        return self.core if self._whole is None else self._whole()

    @cached_property
    def model(self) -> Model:
        """Return what expressions are evaluated against."""
        core = self.core
        return Model(
            chart=OrgChart(core.units, core.roles),
            tables=core.tables,
            formulas=core.formulas,
            parameters=core.parameters,
            registers=core.registers,
            calendar=published_calendar(),
            is_alias=self.is_alias,
            names_of=self.names_of,
        )

    @cached_property
    def supplied(self) -> Mapping[str, Any]:
        """Return the rows of the registers that the set brings itself."""
        return {
            register.name: supplied_rows(register)
            for register in self.core.registers.values()
            if register.rows is not None
        }

    @cached_property
    def flows(self) -> Mapping[str, FlowPlan]:
        """Return the plans of the workflows, by name."""
        from zhunru.compiler.graph import build_graph, plan_of  # networkx takes its time to load

        flows = self.core.workflows
        return {name: plan_of(build_graph(flow)) for name, flow in flows.items()}

    def is_alias(self, one: str, other: str) -> bool:
        """Tell whether two normal titles are names of one entry."""
        return any(
            not set(plan.index.find(one)).isdisjoint(plan.index.find(other))
            for plan in self.plans.values()
        )

    def names_of(self, title: str) -> frozenset[str]:
        """Return every normal title of the entries that a normal title names, in any 判定."""
        found: set[str] = set()
        for plan in self.plans.values():
            found.update(*(plan.clauses[at].matter or () for at in plan.index.find(title)))
        return frozenset(found)

    def plan(self, decision: str = "") -> Plan:
        """Return the plan of a decision; without a name, of the only one.

        Raises RequestRejected where there is no such decision, or not only one.
        """
        found = self.plans.get(decision)
        if found is None and not decision and len(self.plans) == 1:
            found = next(iter(self.plans.values()))
        if found is None:
            words: dict[str, Any] = {"name": decision or "?", "names": tuple(self.plans) or "-"}
            raise RequestRejected([diagnose("ZR706", NOWHERE, policy=self.code, **words)])
        return found

    def check_asserter(self, name: str) -> None:
        """Refuse a name in which facts are to be asserted, if it is no body that the set knows."""
        from zhunru.compiler.bodies import check_asserter  # only who vouches needs it

        check_asserter(self, name)

    def rule(self, plan: Plan, request: Request) -> Ruling:
        """Decide a request the careful way."""
        return rule(plan, self.model, request, self.supplied)

    @cached_property
    def quota_keys(self) -> frozenset[str]:
        """Return every name under which a request may give the use of a quota."""
        return frozenset(
            name
            for plan in self.plans.values()
            for clause in plan.clauses
            for quota in clause.quotas
            for name in quota_names(quota, clause)
        )

    def titles(self, plan: Plan) -> Mapping[str, int]:
        """Return the normal titles that entries answer to (no codes), with a clause of each."""
        found = self._titles.get(plan.head.name)
        if found is None:
            found = self._titles[plan.head.name] = {
                title: plan.index.find(title)[0]
                for title in plan.index.numbers
                if "/" not in title and not title.isascii()
            }
        return found

    # --- tables and formulas by themselves -----------------------------------------------------

    def evaluate_table(self, name: str, inputs: Mapping[str, Any], day: date) -> dict[str, Any]:
        """Return every result column of a table; an input left out is unknown.

        A value is UNKNOWN where an unknown input decides it, and a `HitConflict` where more rows
        match than the hit policy allows.
        """
        table = self.core.tables[name]
        evaluator = Evaluator(self.model, day, Facts({}, dict(self.supplied), {}))
        args = [inputs.get(column, UNKNOWN) for column, _ in table.inputs]
        results = evaluator.table_results(table, args)
        columns = [column for column, _ in table.outputs]
        if results is UNKNOWN:
            return dict.fromkeys(columns, results)
        return dict(zip(columns, results, strict=True))

    def evaluate_formula(self, name: str, inputs: Mapping[str, Any], day: date) -> Any:
        """Return the value of a formula; an input left out is unknown."""
        formula = self.core.formulas[name]
        facts = Facts(dict(inputs), dict(self.supplied), {})
        return Evaluator(self.model, day, facts).value(formula.body)


def compile_policies(checked: CheckedPolicySet) -> CompiledPolicy:
    """Compile a checked set; its clauses are numbered and indexed, nothing more, until asked."""
    return CompiledPolicy(
        checked, {name: make_plan(found) for name, found in checked.decisions.items()}
    )
