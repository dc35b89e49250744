"""Checks on 判定: a default refusal, steps that can be reached, exceptions that mean something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker.decisions import WORDING
from zhunru.checker.symbols import CLAUSE_KINDS, Symbol
from zhunru.diagnostics import Span
from zhunru.syntax import nodes as n
from zhunru.vocabulary import ListKind, Outcome, TypeName

if TYPE_CHECKING:
    from zhunru.checker.model import Model


def _own(model: Model) -> Iterator[tuple[n.Decide, r.ResolvedDecision]]:
    for node in model.scope.nodes("decide"):
        yield node, model.decisions[node.name.text]


def check_defaults(model: Model) -> None:
    """What no step decides is refused; the first set that has the 判定 says so."""
    for node, decision in _own(model):
        inherited = any(node.name.text in upper.own["decide"] for upper in model.scope.uppers)
        if node.default and node.default.outcome is not Outcome.REFUSE:
            model.report.add("ZR416", node.default.span, name=node.name.text)
        elif not node.default and not inherited:
            model.report.add("ZR416", node.name.span, name=node.name.text)
        if not decision.form:
            model.report.add("ZR445", node.name.span, name=node.name.text)


def check_repeats(model: Model) -> None:
    """A clause stands in one step."""
    for node, decision in _own(model):
        seen: set[str] = set()
        own = {name.text: name.span for step in node.steps for name in step.names}
        for step in decision.steps:
            for name in step.names:
                if name in seen:
                    model.report.add("ZR417", own.get(name, node.name.span), name=name)
                seen.add(name)


def check_content(model: Model) -> None:
    """A step holds something that can decide."""
    for node, _ in _own(model):
        for step in node.steps:
            for name in step.names:
                symbol = model.scope.find(name.text, *CLAUSE_KINDS)
                if symbol and _decides_nothing(symbol):
                    model.report.add("ZR419", name.span, name=name.text)
                elif symbol and symbol.kind == "register" and not _has_days(symbol.node):
                    model.report.add("ZR421", name.span, name=name.text)


def _decides_nothing(symbol: Symbol) -> bool:
    if symbol.kind == "list":
        return not symbol.node.entries or symbol.node.kind is ListKind.CATALOGUE
    return symbol.kind == "group" and not symbol.node.rules


def _has_days(register: n.Register) -> bool:
    return any(field.type is TypeName.SPAN for field in register.fields)


def check_registers_in_conditions(model: Model) -> None:
    """A register that 有效(…) asks about has a span."""
    asked: dict[str, Span] = {}
    for decision in model.decisions.values():
        for step in decision.steps:
            for clause in step.clauses:
                if clause.set_code == model.scope.code and clause.origin == "rule":
                    for name in _registers(clause.when):
                        asked.setdefault(name, clause.span)
    for name, span in asked.items():
        symbol = model.scope.find(name, "register")
        if symbol and not _has_days(symbol.node):
            model.report.add("ZR421", span, name=name)


def _registers(when: r.RExpr) -> Iterator[str]:
    stack = [when]
    while stack:
        each = stack.pop()
        if isinstance(each, r.InForce):
            yield each.register
        elif isinstance(each, (r.Every, r.Some)):
            stack.extend(each.operands)
        elif isinstance(each, r.Inverse):
            stack.append(each.operand)


def check_reach(model: Model) -> None:
    """No step stands after one that always decides."""
    for node, decision in _own(model):
        places = {name.text: name.span for step in node.steps for name in step.names}
        always = ""
        for step in decision.steps:
            if always and step.names:
                model.report.add("ZR418", places.get(step.names[0], node.name.span), name=always)
            always = always or _always(model, step)


def _always(model: Model, step: r.ResolvedStep) -> str:
    for clause in step.clauses:
        unconditional = clause.matter is None and clause.when == r.Every(())
        free = clause.unless == r.Some(()) and not clause.unless_clauses
        certain = unconditional and free and clause.period == model.life
        if clause.origin == "rule" and clause.outcome and certain:
            return clause.code
    return ""


def check_exceptions(model: Model) -> None:
    """除外 names a clause of the same or a later step, and never runs in a circle."""
    for _, decision in _own(model):
        at = {c.code: i for i, step in enumerate(decision.steps) for c in step.clauses}
        narrowed = {c.code: c for step in decision.steps for c in step.clauses if c.unless_clauses}
        first: dict[int, str] = {}
        for clause in narrowed.values():
            # entries of one list share the names of its lines: looked through once
            others = clause.unless_clauses
            if id(others) not in first:
                first[id(others)] = min(others, key=lambda code: at.get(code, len(at)))
            other = first[id(others)]
            if at.get(other, len(at)) < at[clause.code]:
                model.report.add("ZR413", clause.span, name=clause.code, other=other)
        for code, other in _circles(narrowed):
            model.report.add("ZR412", narrowed[code].span, name=code, other=other)


def _circles(narrowed: dict[str, r.Clause]) -> list[tuple[str, str]]:
    """Return the clauses that are, through others, exceptions of themselves, with the next one.

    What entries of one list share stands in the graph once, so it stays as small as the file.
    """
    graph: dict[str | int, list[str | int]] = {}
    for code, clause in narrowed.items():
        shared = id(clause.unless_clauses)
        graph[code] = [shared]
        if shared not in graph:
            graph[shared] = [other for other in clause.unless_clauses if other in narrowed]
    # What is left after peeling from both sides lies on circles, or between two of them.
    left = _peeled(_peeled(graph, ends=True), ends=False)
    circles = [(code, left[at]) for code, (at, *_) in left.items() if isinstance(code, str)]
    return [(code, str(others[0])) for code, others in circles if others]


def _peeled(
    graph: dict[str | int, list[str | int]], *, ends: bool
) -> dict[str | int, list[str | int]]:
    """Return a graph without nodes that lead nowhere (`ends`), or that nothing leads to."""
    open_ways = dict.fromkeys(graph, 0)
    closes: dict[str | int, list[str | int]] = {node: [] for node in graph}
    for node, others in graph.items():
        for other in others:
            waiting, on = (node, other) if ends else (other, node)
            open_ways[waiting] += 1
            closes[on].append(waiting)
    idle = [node for node, count in open_ways.items() if count == 0]
    gone = set(idle)
    while idle:
        for node in closes[idle.pop()]:
            open_ways[node] -= 1
            if open_ways[node] == 0:
                gone.add(node)
                idle.append(node)
    return {
        node: [other for other in others if other not in gone]
        for node, others in graph.items()
        if node not in gone
    }


def check_addressee(model: Model) -> None:
    """A responsibility list needs to know who is asked."""
    for node, decision in _own(model):
        if any(field.addressee for field in decision.fields):
            continue
        for step in decision.steps:
            if any(c.list_kind is ListKind.RESPONSIBILITY for c in step.clauses):
                model.report.add("ZR444", node.name.span, name=decision.name, form=decision.form)
                break


def check_wording(model: Model) -> None:
    """There are as many words for the outcomes as there are outcomes."""
    for node in model.scope.nodes("decide"):
        words = node.wording
        if words and len(words) != len(WORDING):
            model.report.add("ZR489", words[-1].span, name=node.name.text, number=len(words))


def check_meeting_by_default(model: Model) -> None:
    """A default that alone meets a requirement admits what should have been asked (D1)."""
    for _, decision in _own(model):
        defaults = {f.name: f for f in decision.fields if f.default is not None}
        if not defaults:
            continue
        for requirement in _requirements(decision):
            field = _met_by(requirement.test, defaults)
            if field:
                model.report.add("ZR430", field.span, name=field.name, clause=requirement.code)


def _met_by(test: r.RExpr, defaults: dict[str, r.ResolvedField]) -> r.ResolvedField | None:
    """Return the field whose default alone meets a test."""
    if not isinstance(test, r.Test) or test.op != "==" or not isinstance(test.right, r.Const):
        return None
    field = defaults.get(test.left.name) if isinstance(test.left, r.FieldValue) else None
    return field if field and field.default == test.right.value else None


def _requirements(decision: r.ResolvedDecision) -> list[r.Requirement]:
    found: dict[int, r.Requirement] = {}
    for step in decision.steps:
        for clause in step.clauses:
            if clause.outcome in (Outcome.ADMIT, None):
                found |= {id(each): each for each in clause.requirements}
    return list(found.values())


def check_unplaced(model: Model) -> None:
    """A clause that no 判定 names has no effect."""
    if not model.decisions:
        return
    used = set(model.placed)
    for decision in model.decisions.values():
        for step in decision.steps:
            used.update(clause.code for clause in step.clauses)
            used.update(code for clause in step.clauses for code in clause.unless_clauses)
            used.update(name for clause in step.clauses for name in _registers(clause.when))
    for kind in ("rule", "group", "list"):
        for symbol in model.scope.own[kind].values():
            if symbol.name.text in used or _exempt(symbol, used):
                continue
            model.report.add("ZR420", symbol.name.span, name=symbol.name.text)


def _exempt(symbol: Symbol, used: set[str]) -> bool:
    if symbol.kind == "list":
        return symbol.node.kind is ListKind.CATALOGUE or any(
            entry.refines for entry in symbol.node.entries
        )
    if symbol.kind == "group":
        return any(rule.name.text in used for rule in symbol.node.rules)
    return symbol.node.group is not None


CHECKS = (
    check_defaults, check_repeats, check_content, check_registers_in_conditions, check_reach,
    check_exceptions, check_addressee, check_wording, check_meeting_by_default, check_unplaced,
)  # fmt: skip
