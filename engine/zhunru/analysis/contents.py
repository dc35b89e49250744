"""What a clause is beside another set's: its words, and the parameters and tables it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from zhunru.checker.resolved import Clause, Formula, InForce, LookUp, ParameterOf, RExpr
from zhunru.compiler.atoms import clause_expressions, opened
from zhunru.compiler.model import Model

Named = tuple[str, str]  # kind and name: ("parameter", "检查年限额")
KINDS: dict[str, Callable[[Model], Any]] = {
    "parameter": lambda model: model.parameters,
    "table": lambda model: model.tables,
    "formula": lambda model: model.formulas,
    "register": lambda model: model.registers,
}


def named_in(model: Model, clause: Clause) -> dict[Named, None]:
    """Return the parameters, tables, formulas and registers that a clause reads."""
    found: dict[Named, None] = {}
    for expr in clause_expressions(clause):
        found.update(dict.fromkeys(_named(model, expr)))
    if clause.origin == "register":
        found[("register", clause.code)] = None
    return found


def _named(model: Model, expr: RExpr) -> Iterator[Named]:
    if isinstance(expr, ParameterOf):
        yield ("parameter", expr.name)
    elif isinstance(expr, LookUp):
        yield ("table", expr.table)
    elif isinstance(expr, Formula):
        yield ("formula", expr.name)
    elif isinstance(expr, InForce):
        yield ("register", expr.register)
    for part in opened(model, expr):
        yield from _named(model, part)


def differing_names(old: Model, new: Model) -> set[Named]:
    """Return what of this two sets have otherwise, or only one of them has."""
    return {
        (kind, name)
        for kind, of in KINDS.items()
        for name in {*of(old), *of(new)}
        if of(old).get(name) != of(new).get(name)
    }
