"""Checks with a part of a condition left out, or with a comparison moved to its neighbour.

Made in the resolved model, so that a set is read and checked once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from zhunru.checker import resolved as r
from zhunru.checker import resolved_measures as m
from zhunru.syntax.expressions import CompareOp
from zhunru.vocabulary import ORDERED

ALWAYS = r.Every(())
# What a comparison is mistaken for: a bound that counts itself for one that does not, and 为 for
# 不少于 and 不超过.
NEIGHBOURS: dict[str, tuple[CompareOp, ...]] = {
    "==": (">=", "<="),
    "<=": ("<",),
    ">=": (">",),
    "<": ("<=",),
    ">": (">=",),
}
SIGNS = {"==": "为", ">=": "不低于", "<=": "不超过", ">": "高于", "<": "低于"}
# What is not part of a condition.
_APART = (r.Type, m.Things, m.Link, m.Spell, m.Consequence, r.BoundCitation)
_ASIDE = {"span", "said", "citations", "subjects", "consequence", "type"}


def weakened(check: m.ResolvedCheck) -> Iterator[tuple[str, m.ResolvedCheck]]:
    """Yield the check with one thing less or moved, each with what that is, in a few words."""
    yield from _inside(check)


def _plain(rows: m.Rows) -> m.Rows:
    """Return rows without a 相同 that they are looked up by anyway, by columns of one name."""
    looked_up = {(link.column, link.key) for link in rows.links}
    parts = rows.where.operands if isinstance(rows.where, r.Every) else (rows.where,)
    left: tuple[Any, ...] = tuple(
        part
        for part in parts
        if not isinstance(part, m.SameAs)
        or (getattr(part.inner, "name", ""), getattr(part.outer, "name", "")) not in looked_up
    )
    return (
        rows if left == parts else replace(rows, where=left[0] if len(left) == 1 else r.Every(left))
    )


def _inside(node: Any, chosen: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield a node with one thing in it changed; `chosen`: it says which rows are meant (凡)."""
    node = _plain(node) if isinstance(node, m.Rows) else node
    yield from _itself(node, chosen)
    if isinstance(node, tuple):
        for at, each in enumerate(node):
            for said, other in _inside(each, chosen):
                yield said, (*node[:at], other, *node[at + 1 :])
    elif is_dataclass(node) and not isinstance(node, _APART):
        for name in (one.name for one in fields(node) if one.name not in _ASIDE):
            for said, other in _inside(getattr(node, name), chosen or name == "where"):
                yield said, replace(node, **{name: other})  # type: ignore[type-var]


def _itself(node: Any, chosen: bool) -> Iterator[tuple[str, Any]]:
    if isinstance(node, (m.ResolvedCheck, m.Rows)) and not isinstance(node.where, r.Every):
        yield f"没有 凡 {said(node.where)}", replace(node, where=ALWAYS)
    if isinstance(node, (r.Every, r.Some)) and len(node.operands) > 1:
        for at, one in enumerate(node.operands):
            rest = node.operands[:at] + node.operands[at + 1 :]
            yield f"没有 {said(one)}", replace(node, operands=rest)
    if isinstance(node, r.Test) and _has_neighbours(node, chosen):
        for op in NEIGHBOURS[node.op][: 1 if _none(node.right) else None]:
            yield f"{said(node)} 换作 {SIGNS[op]}", replace(node, op=op)
    if isinstance(node, m.Demand):
        yield from _rows(node)


def _has_neighbours(test: r.Test, chosen: bool) -> bool:
    """A year or a batch that is picked has no more or less; nor have words, and 无."""
    if test.op not in NEIGHBOURS or (chosen and test.op == "=="):
        return False
    sides = (test.left, test.right)
    if any(isinstance(side, r.Const) and side.value is r.NOTHING for side in sides):
        return False
    return all(
        isinstance(side, (m.Aggregate, r.Compute, r.Apply, m.LastYear)) or side.type.name in ORDERED  # type: ignore[union-attr]
        for side in sides
    )


def _none(side: Any) -> bool:
    """Tell whether a side is the number 0: nothing that is counted is less."""
    return isinstance(side, r.Const) and side.value == 0


def _rows(demand: m.Demand) -> Iterator[tuple[str, m.Demand]]:
    """Yield `有 … 行` without one of two bounds, or with its only bound one further."""
    low, high = demand.low, demand.high
    if low is not None and high is not None:
        if not _none(low):
            yield "行数没有下限", replace(demand, low=None)
        yield "行数没有上限", replace(demand, high=None)
    elif isinstance(low, r.Const) and isinstance(low.value, Decimal) and low.value > 1:
        yield "行数少一行也行", replace(demand, low=replace(low, value=low.value - 1))
    elif isinstance(high, r.Const) and isinstance(high.value, Decimal):
        yield "行数多一行也行", replace(demand, high=replace(high, value=high.value + 1))


def said(node: Any) -> str:
    """Return an expression in a few words: enough to find it in its check."""
    if isinstance(node, m.Aggregate):
        return f"{node.function}({node.rows.things.name}{_where(node.rows)})"
    for kind, words in _SAID:
        if isinstance(node, kind):
            return words(node)
    return str(getattr(node, "name", type(node).__name__))


def _where(rows: m.Rows) -> str:
    return "" if rows.where == ALWAYS else f" 凡 {said(rows.where)}"


_SAID: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (r.Every, lambda n: " 且 ".join(map(said, n.operands))),
    (r.Some, lambda n: " 或 ".join(map(said, n.operands))),
    (r.Inverse, lambda n: f"不是 {said(n.operand)}"),
    (r.Const, lambda n: str(n.value)),
    (r.LookUp, lambda n: f"{n.table} 的 {n.column}"),
    (r.IsUnit, lambda n: f"{said(n.left)} 是 {n.target.name}"),
    (r.BelongsTo, lambda n: f"{said(n.left)} 属于 {'、'.join(t.name for t in n.targets)}"),
    (m.SameAs, lambda n: f"{said(n.inner)} 相同"),
    (m.LastYear, lambda n: f"上年({said(n.value)})"),
    (r.Test, lambda n: f"{said(n.left)} {SIGNS.get(n.op, n.op)} {said(n.right)}"),
    (r.Compute, lambda n: f"{said(n.left)} {n.op} {said(n.right)}"),
)
