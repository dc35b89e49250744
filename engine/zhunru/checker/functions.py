"""Formulas and tables: resolved in an order in which each stands after what it uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.calls import FUNCTION_OF, OVER_ROWS
from zhunru.checker.columns import ColumnReader
from zhunru.checker.resolve import Resolver
from zhunru.checker.typed import Inputs
from zhunru.checker.walk import walk
from zhunru.syntax import expressions as x
from zhunru.syntax import nodes as n

if TYPE_CHECKING:
    from zhunru.checker.model import Model

MOST_NODES = 10_000


def resolve_functions(model: Model) -> None:
    """Resolve every formula and table of the set; those in a circle are findings."""
    own: dict[str, n.Formula | n.Table] = {}
    for kind in ("formula", "table"):
        own |= {node.name.text: node for node in model.scope.nodes(kind)}
    uses = {name: _uses(node, own) for name, node in own.items()}
    ordered = _ordered(uses)
    for name in ordered:
        node = own[name]
        if isinstance(node, n.Formula):
            _formula(model, node)
        else:
            model.tables[name] = ColumnReader(model, node).table()
    for name in _circles(uses, set(own) - set(ordered)):
        model.report.add("ZR218", own[name].name.span, name=name)


def _uses(node: n.Formula | n.Table, own: dict[str, n.Formula | n.Table]) -> set[str]:
    found: set[str] = set()
    for expr in walk(*_expressions(node)):
        if isinstance(expr, (x.Call, x.Ref)) and expr.name in own:
            found.add(expr.name)
    if isinstance(node, n.Formula):
        found -= {parameter.text for parameter in node.parameters}
    return found


def _expressions(node: n.Formula | n.Table) -> Iterator[x.Expr]:
    if isinstance(node, n.Formula):
        yield node.body
        return
    for row in node.rows:
        for test in row.tests:
            yield from test.tests
        yield from row.results


def _ordered(uses: dict[str, set[str]]) -> list[str]:
    """Return the names so that each stands after those it uses, without those in circles."""
    users: dict[str, list[str]] = {name: [] for name in uses}
    for name, used in uses.items():
        for other in used:
            users[other].append(name)
    waiting = {name: len(used) for name, used in uses.items()}
    ready = [name for name, count in waiting.items() if count == 0]
    ordered = []
    while ready:
        name = ready.pop()
        ordered.append(name)
        for user in users[name]:
            waiting[user] -= 1
            if waiting[user] == 0:
                ready.append(user)
    return ordered


def _circles(uses: dict[str, set[str]], unresolved: set[str]) -> list[str]:
    """Return which of the unresolved names use themselves, not just one that does."""
    left = {name: uses[name] & unresolved for name in uses if name in unresolved}
    users = Counter(dict.fromkeys(left, 0))
    users.update(used for each in left.values() for used in each)
    idle = [name for name, count in users.items() if count == 0]
    while idle:
        for used in left.pop(idle.pop()):
            users[used] -= 1
            if users[used] == 0:
                idle.append(used)
    return list(left)


def _formula(model: Model, node: n.Formula) -> None:
    name = node.name.text
    if _too_large(model, node):
        model.report.add("ZR328", node.name.span, name=name, bound=MOST_NODES)
        return
    names = list(dict.fromkeys([*(p.text for p in node.parameters), *_shared(node)]))
    inputs = Inputs({each: model.field_type(each) for each in names})
    quiet = len(model.report.found)
    Resolver(model, inputs, counting=True).bounded_value(node.body)
    del model.report.found[quiet:]  # the first reading only finds the types of the inputs
    for each in names:
        inputs.settle(each, v.NUMBER)
    body = Resolver(model, inputs, counting=True).bounded_value(node.body)
    if body.type is None:
        return
    model.formulas[name] = r.ResolvedFormula(
        name=name,
        parameters=tuple((each, inputs[each] or v.NUMBER) for each in names),
        body=body.node,
        type=body.type,
        counted=_counts(model, node),
        span=node.name.span,
    )


def _shared(node: n.Formula) -> list[str]:
    """Return the facts that rows must share (凡 F 相同): a formula that counts asks for them."""
    same = (each.field for each in walk(node.body) if isinstance(each, x.Same))
    return [each.name for each in same if isinstance(each, x.Ref)]


def _counts(model: Model, node: n.Formula) -> bool:
    """Tell whether a formula counts rows of registers, itself or by one that it uses."""
    for expr in walk(node.body):
        if isinstance(expr, x.Call) and FUNCTION_OF.get(expr.name) in OVER_ROWS:
            return True
        used = model.formulas.get(expr.name) if isinstance(expr, (x.Call, x.Ref)) else None
        if used and used.counted:
            return True
    return False


def _too_large(model: Model, node: n.Formula) -> bool:
    """Count the nodes of a formula with those of the formulas that it uses."""
    size = 0
    for expr in walk(node.body):
        size += 1
        if isinstance(expr, (x.Call, x.Ref)):
            size += model.sizes.get(expr.name, 0)
    model.sizes[node.name.text] = size
    return size > MOST_NODES
