"""Checks on rules: what admits has a ground and a duty, quotas have windows of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker.clause_parts import asks_money
from zhunru.checker.entries import allowed
from zhunru.checker.symbols import CLAUSE_KINDS
from zhunru.syntax import nodes as n
from zhunru.vocabulary import Outcome

if TYPE_CHECKING:
    from zhunru.checker.model import Model


def _rules(model: Model) -> Iterator[tuple[n.Rule, r.Clause]]:
    for symbol in model.scope.own["rule"].values():
        for clause in model.clauses(model.home(symbol.name.text)).of(symbol):
            yield symbol.node, clause


def check_grounds(model: Model) -> None:
    """A rule that admits implies a register in force and carries a duty with a limit (D12)."""
    for rule, clause in _rules(model):
        if clause.outcome is not Outcome.ADMIT:
            continue
        if not implies_register(clause.when):
            model.report.add("ZR414", rule.name.span, name=clause.code)
        if not any(duty.amount is not None or duty.length for duty in clause.duties):
            model.report.add("ZR415", rule.name.span, name=clause.code)


def implies_register(when: r.RExpr) -> bool:
    """Tell whether a condition certainly asks for some register in force."""
    if isinstance(when, r.InForce):
        return True
    if isinstance(when, r.Every):
        return any(implies_register(part) for part in when.operands)
    if isinstance(when, r.Some):
        return bool(when.operands) and all(implies_register(part) for part in when.operands)
    if isinstance(when, r.Choose):
        return implies_register(when.then) and implies_register(when.otherwise)
    return False


def check_category(model: Model) -> None:
    """A rule that admits before something is prohibited says which kind of work it admits."""
    for decision in model.decisions.values():
        refuses = False
        for step in reversed(decision.steps):
            refuses = refuses or any(c.outcome is Outcome.REFUSE for c in step.clauses)
            for clause in step.clauses:
                own = clause.set_code == model.scope.code and clause.origin == "rule"
                if refuses and own and clause.outcome is Outcome.ADMIT and not _limited(clause):
                    model.report.add("ZR447", clause.span, name=clause.code)


def _limited(clause: r.Clause) -> bool:
    """Tell whether a clause asks for some choice, or gives way to something."""
    return bool(allowed(clause.when) or clause.unless_clauses or clause.unless != r.Some(()))


def check_money_is_confirmed(model: Model) -> None:
    """Whether money has arrived is not for the sender to say (D1)."""
    for node in model.scope.nodes("decide"):
        decision = model.decisions[node.name.text]
        fields = {field.name: field for field in decision.fields}
        found: dict[str, r.ResolvedField] = {}
        clauses = (clause for step in decision.steps for clause in step.clauses)
        asked = {id(clause.requirements): clause.requirements for clause in clauses}
        for requirements in asked.values():
            for requirement in requirements:
                test = requirement.test
                if asks_money(test) and isinstance(test, r.Test):
                    name = test.left.name if isinstance(test.left, r.FieldValue) else ""
                    # A lower set may have written the form anew, without it: ZR211 says so.
                    if name in fields:
                        found[name] = fields[name]
        for field in found.values():
            if not field.asserted_by:
                model.report.add("ZR448", field.span, name=field.name)


def check_effects(model: Model) -> None:
    """A rule decides something, and a refusal carries no requirements."""
    for rule, clause in _rules(model):
        source = rule.clauses
        conditions = source.requirements or source.quotas
        if rule.verdict is None and not conditions:
            model.report.add("ZR438", rule.name.span, name=clause.code)
        if rule.verdict and rule.verdict.outcome is not Outcome.ADMIT and conditions:
            model.report.add("ZR441", rule.name.span, name=clause.code)


def check_windows(model: Model) -> None:
    """No clause has two quotas of one window: they would share one count."""
    for kind in CLAUSE_KINDS:
        if kind == "group":
            continue
        for symbol in model.scope.own[kind].values():
            for clause in model.clauses(model.home(symbol.name.text)).of(symbol):
                _check_windows(model, clause)


def _check_windows(model: Model, clause: r.Clause) -> None:
    if len(clause.quotas) < 2:
        return
    seen: set[str] = set()
    for quota in clause.quotas:
        if quota.key in seen:
            window = quota.key.removeprefix(f"{clause.code}.")
            model.report.add("ZR411", quota.span, clause=clause.code, window=window)
        seen.add(quota.key)


def check_bases(model: Model) -> None:
    """Every rule cites a basis."""
    for rule, clause in _rules(model):
        if not clause.citations:
            model.report.add("ZR449", rule.name.span, name=clause.code)


CHECKS = (
    check_bases,
    check_grounds,
    check_category,
    check_money_is_confirmed,
    check_effects,
    check_windows,
)
