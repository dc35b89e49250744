"""Walks over expressions as written, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from zhunru.syntax import expressions as x

_PARTS: dict[type, Callable[[Any], tuple[x.Expr, ...]]] = {
    x.Compare: lambda e: (e.left, e.right),
    x.Among: lambda e: (e.left, *e.items),
    x.Inside: lambda e: (e.left, e.band),
    x.Falls: lambda e: (e.day,),
    x.Contains: lambda e: (e.left, e.item),
    x.Not: lambda e: (e.operand,),
    x.And: lambda e: e.operands,
    x.Or: lambda e: e.operands,
    x.If: lambda e: (e.test, e.then, e.otherwise),
    x.Arith: lambda e: (e.left, e.right),
    x.Negate: lambda e: (e.operand,),
    x.Call: lambda e: e.args,
    x.Column: lambda e: (e.base,),
    x.Several: lambda e: e.items,
    x.Same: lambda e: (e.field,),
    x.Rows: lambda e: (e.base, *(part for part in (e.over, e.among, e.where) if part)),
}


def parts(expr: x.Expr) -> tuple[x.Expr, ...]:
    """Return the direct parts of an expression."""
    getter = _PARTS.get(type(expr))
    return getter(expr) if getter else ()


def walk(*exprs: x.Expr) -> Iterator[x.Expr]:
    """Yield every expression inside `exprs`, themselves included."""
    stack = list(exprs)
    while stack:
        expr = stack.pop()
        yield expr
        stack.extend(parts(expr))


def deeper_than(expr: x.Expr, bound: int) -> bool:
    """Tell whether an expression nests more than `bound` levels."""
    level: tuple[x.Expr, ...] = (expr,)
    for _ in range(bound):
        level = tuple(part for each in level for part in parts(each))
        if not level:
            return False
    return True


def written(expr: x.Expr) -> tuple[Any, ...]:
    """Return the words of a short condition: alike ones mean the same; nothing of a longer one."""
    if type(expr) is x.Compare:
        left, right = _word(expr.left), _word(expr.right)
        return (expr.op, left, right) if left and right else ()
    if type(expr) is x.Among:
        words = tuple(map(_word, (expr.left, *expr.items)))
        return ("among", *words) if all(words) else ()
    return _word(expr)


def _word(expr: x.Expr) -> tuple[Any, ...]:
    if type(expr) is x.Quantity:  # 1 and 1.0 are equal, but not written alike
        return ("number", str(expr.value), expr.measure)
    if type(expr) is x.Text:
        return ("text", expr.value)
    return ("name", expr.name) if type(expr) is x.Ref else ()
