"""Checks on lower sets: parameters inside their 授权, additions with what they must have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
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
        delegation = _delegation(model, "parameter", own.name.text)
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


def _delegation(model: Model, subject: str, target: str) -> n.Delegation | None:
    """Return what was handed down for a target: to the set's own level, else to one below it.

    One list may be handed to a city on fewer conditions than to a district.
    """
    found = [
        each for _, each in model.scope.delegations()
        if (each.subject, each.target.text) == (subject, target)
    ]  # fmt: skip
    own = _own_level(model)
    if own is None or len(found) < 2:
        return found[0] if found else None
    levels = {at: level for at, each in enumerate(found)
              if (level := _level(each.level.text)) is not None and level >= own}  # fmt: skip
    return found[min(levels, key=levels.__getitem__)] if levels else found[0]


def check_passed(model: Model) -> None:
    """Who must have passed an addition (经) is a body; each addition cites a paper of that body.

    The paper (minutes, an approval) is a basis issued by it, no later than the entry begins.
    """
    header = model.scope.header
    for own in header.delegations if header else ():
        if own.via and model.chart.target(own.via.text) is None:
            model.report.unknown("ZR203", own.via.span, own.via.text, model.chart.names())
    for name, symbol in (model.scope.own["list"] | model.scope.additions).items():
        delegation = _delegation(model, "list", name)
        if delegation is None or delegation.via is None or not delegation.additions:
            continue
        source: n.ListDecl = symbol.node
        for entry in source.entries:
            starts = (entry.period.start, source.period.start, model.life.start)
            by = next(filter(None, starts), None)
            cited = (*entry.clauses.citations, *source.clauses.citations)
            if not any(_passed(model, each, delegation.via.text, by) for each in cited):
                model.report.add("ZR498", entry.named_at, name=entry.title.zh or entry.code,
                                 via=delegation.via.text)  # fmt: skip


def _passed(model: Model, cited: n.Citation, via: str, by: date | None) -> bool:
    """Tell whether what is cited was issued by a body, on a day at the latest."""
    basis = model.bases.find(cited.basis)
    if basis is None or basis.issuer is None:
        return False
    called = model.chart.called
    issuer, wanted = (called.get(each, each) for each in (basis.issuer.text, via))
    day = basis.issued or basis.period.start
    # 江源区社区治理联席会议 is the 社区治理联席会议 of that place.
    return issuer.endswith(wanted) and (day is None or by is None or day <= by)


def check_additions(model: Model) -> None:
    """Entries added to an upper list have what the upper set asks of them (须有)."""
    for name, symbol in (model.scope.own["list"] | model.scope.additions).items():
        delegation = _delegation(model, "list", name)
        if not delegation:
            continue
        found = model.clauses(model.home(name)).of(symbol)
        clauses = {clause.code: clause for clause in found}  # with the upper list's own lines
        for entry in symbol.node.entries:
            clause = clauses.get(f"{name}/{entry.code}")
            for wanted in delegation.having:
                if clause and not _has(symbol.node, entry, clause, wanted.text):
                    model.report.add("ZR437", entry.named_at, name=entry.title.zh or entry.code,
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


# Levels of place that mean the same, the highest first.
_LEVELS = (
    frozenset({"国家", "中央", "全国"}),
    frozenset({"省", "省级", "自治区", "直辖市"}),
    frozenset({"市", "市级", "地级市"}),
    frozenset({"区", "区级", "县", "县级", "区县", "县市区", "县级市"}),
    frozenset({"街道", "乡镇", "镇", "乡", "街镇"}),
    frozenset({"社区", "村", "村居"}),
)


def check_levels(model: Model) -> None:
    """What was handed down to a level is not used by one below it."""
    own = _own_level(model)
    if own is None:
        return
    for delegation, place in _used(model):
        level = _level(delegation.level.text)
        if level is not None and own > level:
            model.report.add(
                "ZR466", place.span, name=place.text, level=delegation.level.text,
                own=model.chart.units[_territory(model)].level,
            )  # fmt: skip


def _used(model: Model) -> Iterator[tuple[n.Delegation, n.Name]]:
    """Yield what was handed down and is made use of here, and where."""
    for kind, symbols in (
        ("parameter", model.scope.own["parameter"]),
        ("list", model.scope.own["list"] | model.scope.additions),
    ):
        for name, symbol in symbols.items():
            delegation = _delegation(model, kind, name)
            if delegation:
                yield delegation, symbol.node.name


def _territory(model: Model) -> str:
    header = model.scope.header
    name = header.territory.text if header and header.territory else ""
    return model.chart.called.get(name, name)


def _own_level(model: Model) -> int | None:
    unit = model.chart.units.get(_territory(model))
    return _level(unit.level) if unit else None


def _level(word: str) -> int | None:
    return next((at for at, words in enumerate(_LEVELS) if word in words), None)


CHECKS = (check_parameters, check_additions, check_passed, check_refinements, check_levels)
