"""Checking: from the source tree of a bundle to a set that may be compiled, and findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhunru.checker import resolved as r
from zhunru.checker.areas import AREAS
from zhunru.checker.decisions import DecisionReader
from zhunru.checker.digest import digest_of
from zhunru.checker.duties import read_duties
from zhunru.checker.flows import read_flows
from zhunru.checker.measures import read_measures
from zhunru.checker.model import Model
from zhunru.checker.parameters import resolve_parameters
from zhunru.checker.registers import resolve_register
from zhunru.checker.symbols import CLAUSE_KINDS, scopes_of
from zhunru.diagnostics import Diagnostic, Severity, has_errors, sort_diagnostics
from zhunru.syntax import nodes as n
from zhunru.syntax.uncollected import uncollected

CHECKS: tuple[Callable[[Model], None], ...] = tuple(each for area in AREAS for each in area.CHECKS)


def check(policy_set: n.PolicySet) -> tuple[r.CheckedPolicySet | None, list[Diagnostic]]:
    """Check a set with the sets above it; nothing is returned of a set that has errors.

    Warnings and hints about an upper set belong to that set's own check; its errors are shown.
    """
    found = check_kept(policy_set)
    return (None if has_errors(found.findings) else found.checked), found.findings


@dataclass(frozen=True, slots=True)
class Reading:
    """What a set was read as, errors or not; `whole`: nothing of it had to be left out for one."""

    checked: r.CheckedPolicySet | None
    findings: list[Diagnostic]
    whole: bool


def check_kept(policy_set: n.PolicySet) -> Reading:
    """Check a set that was in order by an earlier checker: what it was read as is returned anyway.

    What is resolved is resolved before the checks of wholes are run; those change nothing of it.
    """
    models: dict[int, Model] = {}
    with uncollected():
        found = _check(policy_set, models)
        # They know each other in circles: taken apart they are gone at once, without a search.
        for model in models.values():
            vars(model.scope).clear()
            vars(model).clear()
    return found


def _check(policy_set: n.PolicySet, models: dict[int, Model]) -> Reading:
    found: list[Diagnostic] = []
    checked: r.CheckedPolicySet | None = None
    digests: dict[int, str] = {}
    whole = True
    for scope in scopes_of(policy_set):
        model = models[id(scope)] = Model(scope, models)
        checked = _resolve(model, tuple(digests[id(upper)] for upper in scope.uppers))
        whole = whole and not has_errors(model.report.found)
        for each in CHECKS:
            each(model)
        digests[id(scope)] = checked.digest
        last = scope.policy_set is policy_set
        found += [d for d in model.report.found if last or d.severity is Severity.ERROR]
    return Reading(checked, sort_diagnostics(found), whole)


def _resolve(model: Model, above: tuple[str, ...]) -> r.CheckedPolicySet:
    scope = model.scope
    # Decisions first: they say over which form the clauses they name are read.
    decisions = {name: DecisionReader(model, name).read() for name in scope.names("decide")}
    model.decisions = decisions
    _read_unplaced(model)
    read_flows(model)
    read_duties(model)
    read_measures(model)
    parameters = resolve_parameters(model)
    registers = {
        name: resolve_register(model.of(symbol.scope), symbol.node)
        for name, symbol in scope.visible["register"].items()
    }
    header = scope.header
    return r.CheckedPolicySet(
        source=scope.policy_set,
        code=scope.code,
        title=n.Title(header.title.zh, header.title.en) if header else n.Title(""),
        digest=digest_of(_meaning(model, parameters, registers, above)),
        period=model.life,
        decisions=decisions,
        tables=model.tables,
        formulas=model.formulas,
        parameters=parameters,
        registers=registers,
        units=scope.chart.units,
        roles=scope.chart.bearers(),
        tests=tuple(scope.tests),
        workflows=model.workflows,
        calendars=model.calendars,
        documents=model.documents,
        duties=model.duties,
        bases={name: symbol.node for name, symbol in scope.visible["basis"].items()},
        promises=model.promises,
        checks=model.checks,
        scorecards=model.scorecards,
        matchings=model.matchings,
        rounds=model.rounds,
        posts=scope.chart.posts(),
        delegations=(
            *(header.delegations if header else ()),
            *(delegation for _, delegation in scope.delegations()),
        ),
    )


def _meaning(
    model: Model,
    parameters: dict[str, r.ResolvedParameter],
    registers: dict[str, r.ResolvedRegister],
    above: tuple[str, ...],
) -> tuple[object, ...]:
    """Return all that a decision or a case may come out by; titles, tests and places are not."""
    chart = model.scope.chart
    posts = chart.posts() if model.workflows else {}  # they mean something where work is handed on
    flows = (model.workflows, model.calendars, model.documents, posts, model.duties)
    measures = (model.promises, model.checks, model.scorecards, model.matchings, model.rounds)
    return (
        model.scope.code, model.life, model.decisions, model.tables, model.formulas,
        parameters, registers, chart.units, chart.holders(), above,
        # What a set does not have is left out, so that its digest outlives new kinds of things:
        # decisions on record and stored cases are found by it.
        *(each for each in (*flows, *measures) if each),
    )  # fmt: skip


def _read_unplaced(model: Model) -> None:
    """Resolve what no 判定 names too: its mistakes are mistakes all the same."""
    own = (*(model.scope.own[kind] for kind in CLAUSE_KINDS), model.scope.additions)
    for symbols in own:
        for symbol in symbols.values():
            model.clauses(model.home(symbol.name.text)).of(symbol)
