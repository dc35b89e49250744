"""What a case carries: the fields of the set's forms, and the inputs of the workflow's actions.

An input that no form, register or table declares is of the type that its use asks for: a body
where it owns a state, a number where it is compared by size, else a text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.calls import FUNCTION_OF
from zhunru.checker.typed import Inputs
from zhunru.checker.walk import walk
from zhunru.syntax import expressions as x
from zhunru.syntax import nodes as n
from zhunru.syntax import workflow_nodes as w
from zhunru.vocabulary import TODAY, Function

if TYPE_CHECKING:
    from zhunru.checker.model import Model


def case_fields(model: Model, source: w.Workflow) -> Inputs:
    """Return the fields of a case by name; one without a type yet gets it when it is used."""
    fields = Inputs(dict.fromkeys(TODAY, v.DATE))
    for symbol in model.scope.visible["form"].values():
        for each in symbol.node.fields:
            fields[each.name.text] = model.field_type(each.name.text)
    for each in _names(source):
        if each.text not in fields:
            fields[each.text] = model.field_type(each.text) or _of_tables(model, each.text)
    _report_differing(model, source)
    _from_owners(source, fields)
    for expr in _guards(source):
        _from_use(expr, fields)
    return fields


def _names(source: w.Workflow) -> Iterator[n.Name]:
    for action in actions_of(source):
        yield from action.inputs


def _report_differing(model: Model, source: w.Workflow) -> None:
    """Report inputs of which two forms say different things: they are held to none of them."""
    for name, at in {each.text: each.span for each in reversed([*_names(source)])}.items():
        forms = model.types_in("form", name)
        if forms and model.field_type(name) is None:
            listed = [[f"{form} {_said(t, lang)}" for form, t in forms.items()] for lang in (0, 1)]
            model.report.add(
                "ZR345",
                at,
                name=name,
                flow=source.name.text,
                forms_zh="；".join(listed[0]),
                forms_en="; ".join(listed[1]),
            )


def _said(type_: r.Type, lang: int) -> str:
    """Return a type in words, with the values of a choice: two may differ in nothing else."""
    values = ("、", ", ")[lang].join(type_.values)
    return f"{v.named(type_, lang)} {values}".rstrip()


def actions_of(source: w.Workflow) -> Iterator[w.Action]:
    """Yield the actions of the states and those open anywhere."""
    for state in source.states:
        yield from state.actions
    for each in source.anywhere:
        yield each.action


def _of_tables(model: Model, name: str) -> r.Type | None:
    """Return the type that the tables agree on for an input of this name."""
    found = {
        type_ for table in model.tables.values() for column, type_ in table.inputs if column == name
    }
    return found.pop() if len(found) == 1 else None


def _named_by(owner: w.Owner | None) -> tuple[set[str], list[str]]:
    """Return the names that stand for one unit in an owner, and those that may for several."""
    one: set[str] = set()
    many: tuple[x.Expr | n.Name | None, ...] = ()
    if isinstance(owner, w.Joint):
        many = owner.parties
        one = {owner.lead.text} if owner.lead else set()
    elif isinstance(owner, w.Owners):
        many = owner.jointly
        one = {each.name for each in owner.owners if isinstance(each, x.Ref)}
    elif isinstance(owner, w.Meeting):
        many = (owner.body, owner.recused)
    named = (each.text if isinstance(each, n.Name) else getattr(each, "name", "") for each in many)
    return one, list(named)


def _from_owners(source: w.Workflow, fields: Inputs) -> None:
    single = {
        each.role.text
        for each in source.constraints
        if isinstance(each, w.Exactly) and each.number == 1
    }
    for state in source.states:
        one, many = _named_by(state.owner)
        single |= one
        # What is one unit anywhere is one everywhere: an input has only one type.
        for name in many:
            if name in fields and fields[name] is None:
                fields.settle(name, v.UNIT if name in single else v.UNITS)
    for name in single & fields.keys():
        if fields[name] is None:
            fields.settle(name, v.UNIT)


def _guards(source: w.Workflow) -> Iterator[x.Expr]:
    for state in source.states:
        for guard in (*(a.guard for a in state.actions), *(e.guard for e in state.endings)):
            if guard:
                yield guard
        if state.limit and state.limit.length and not isinstance(state.limit.length, x.Quantity):
            yield x.Compare(">", state.limit.length, x.Quantity(0))  # type: ignore[arg-type]
        if state.until:
            yield x.Compare("==", x.Ref(state.until.text), x.Ref(TODAY[0]))
    for each in source.anywhere:
        if each.action.guard:
            yield each.action.guard


def _from_use(guard: x.Expr, fields: Inputs) -> None:
    _from_truth(guard, fields)
    for expr in walk(guard):
        if isinstance(expr, x.Compare):
            type_ = v.DATE if x.Ref(TODAY[0]) in (expr.left, expr.right) else v.NUMBER
            if expr.op not in ("==", "!=") or type_ is v.DATE:
                _settle(expr.left, fields, type_)
                _settle(expr.right, fields, type_)
        elif isinstance(expr, x.Call) and FUNCTION_OF.get(expr.name) is Function.DAYCOUNT:
            for arg in expr.args:
                _settle(arg, fields, v.SPAN if len(expr.args) == 1 else v.DATE)


def _from_truth(expr: x.Expr, fields: Inputs) -> None:
    if isinstance(expr, (x.And, x.Or)):
        for part in expr.operands:
            _from_truth(part, fields)
    elif isinstance(expr, x.Not):
        _from_truth(expr.operand, fields)
    else:
        _settle(expr, fields, v.FLAG)


def _settle(expr: x.Expr, fields: Inputs, type_: r.Type) -> None:
    if isinstance(expr, x.Ref) and expr.name in fields and fields[expr.name] is None:
        fields.settle(expr.name, type_)
