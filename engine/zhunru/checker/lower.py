"""Checks on lower sets: parameters inside their 授权, additions with what they must have."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from zhunru.checker.clause_parts import asks_money
from zhunru.checker.decisions import refined_code
from zhunru.checker.resolved import Clause
from zhunru.syntax import nodes as n
from zhunru.syntax.expressions import Quantity
from zhunru.vocabulary import ListKind

if TYPE_CHECKING:
    from zhunru.checker.model import Model

_REFINED = (ListKind.ASSISTANCE, ListKind.ADMISSION, ListKind.CERTIFICATE)


def check_parameters(model: Model) -> None:
    """An upper parameter moves only inside what was handed down (D21)."""
    for own in model.scope.own["parameter"].values():
        delegation = model.scope.delegation("parameter", own.name.text)
        if not delegation:
            continue
        for value in own.node.values:
            for quantity in filter(None, (value.low, value.high)):
                if _beyond(delegation, quantity.value):
                    model.report.add(
                        "ZR434", value.span, name=own.name.text, value=f"{quantity.value:f}",
                        low=_bound(delegation.low), high=_bound(delegation.high),
                    )  # fmt: skip


def _beyond(delegation: n.Delegation, value: Decimal) -> bool:
    low, high = delegation.low, delegation.high
    return bool((low and value < low.value) or (high and value > high.value))


def _bound(quantity: Quantity | None) -> str:
    return "…" if quantity is None else f"{quantity.value:f}"


def check_additions(model: Model) -> None:
    """Entries added to an upper list have what the upper set asks of them (须有)."""
    for name, symbol in (model.scope.own["list"] | model.scope.additions).items():
        delegation = model.scope.delegation("list", name)
        if not delegation:
            continue
        found = model.clauses(model.home(name)).of(symbol)
        clauses = {clause.code: clause for clause in found}  # with the upper list's own lines
        for entry in symbol.node.entries:
            clause = clauses.get(f"{name}/{entry.code}")
            for wanted in delegation.having:
                if clause and not _has(symbol.node, entry, clause, wanted.text):
                    model.report.add("ZR437", entry.title.span, name=entry.title.zh or entry.code,
                                     what=wanted.text)  # fmt: skip


def _has(source: n.ListDecl, entry: n.Entry, clause: Clause, wanted: str) -> bool:
    if wanted in ("依据", "basis"):
        return bool(entry.clauses.citations or source.clauses.citations)
    if wanted in ("牵头", "lead"):
        return bool(entry.leads)
    if wanted in ("频次", "frequency"):
        return entry.frequency is not None
    if wanted in ("经费", "资金", "money"):
        return any(asks_money(requirement.test) for requirement in clause.requirements)
    if wanted in ("限额", "quota"):
        return bool(clause.quotas)
    if wanted in ("义务", "duty"):
        return bool(clause.duties)
    if wanted in ("对应", "mirrors"):
        return bool(entry.mirrors)
    if wanted in ("施行", "至", "effective", "to"):
        return entry.period.end is not None if wanted in ("至", "to") else bool(entry.period.start)
    return any(heading == wanted and text for heading, text in entry.extra)


def check_refinements(model: Model) -> None:
    """细化 adds to entries that admit."""
    kinds: dict[str, ListKind] = {}
    for upper in model.scope.uppers:
        for source in upper.lists():
            kinds |= {f"{source.name.text}/{entry.code}": source.kind for entry in source.entries}
    for source in model.scope.lists():
        for entry in source.entries:
            if entry.refines is None:
                continue
            target = refined_code(model.scope, entry.refines.text)
            if target and kinds.get(target) not in _REFINED:
                model.report.add(
                    "ZR435", entry.refines.span, name=entry.title.zh or entry.code, target=target
                )


CHECKS = (check_parameters, check_additions, check_refinements)
