"""What stands in expressions as checked, and expressions with other things put for their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from zhunru.checker.resolved import FieldValue, RExpr


def parts(expr: RExpr) -> tuple[RExpr, ...]:
    """Return the expressions that stand directly in `expr`."""
    single, several = _PARTS[expr.__class__]
    found = tuple([getattr(expr, name) for name in single])
    for name in several:
        found += getattr(expr, name)
    return found


def _part_names(kind: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which fields of a class of expressions hold one, and which hold several."""
    declared = {field.name: str(field.type) for field in fields(kind)}
    single = tuple(name for name, type_ in declared.items() if type_ == "RExpr")
    several = tuple(name for name, type_ in declared.items() if type_ == "tuple[RExpr, ...]")
    return single, several


_EXPRESSIONS: frozenset[type] = frozenset(RExpr.__args__)
# Whole tables are walked part by part, so what a class may hold is looked up once, not each time.
_PARTS: dict[type, tuple[tuple[str, ...], tuple[str, ...]]] = {
    kind: _part_names(kind) for kind in _EXPRESSIONS
}


def substitute(expr: RExpr, bindings: Mapping[str, RExpr]) -> RExpr:
    """Return `expr` with the inputs in `bindings` replaced."""
    if not bindings:
        return expr
    if isinstance(expr, FieldValue):
        return bindings.get(expr.name, expr)
    single, several = _PARTS[expr.__class__]
    changed: dict[str, Any] = {name: substitute(getattr(expr, name), bindings) for name in single}
    for name in several:
        changed[name] = tuple([substitute(item, bindings) for item in getattr(expr, name)])
    return replace(expr, **changed) if changed else expr
