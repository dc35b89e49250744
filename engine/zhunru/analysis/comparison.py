"""Two policy sets side by side: what they decide, and what they hold.

found = compare(old, new)
found.status                         # equivalent, stricter, looser or different
for decision in found.decisions: …   # by period of law, each difference with its clauses
found.lists, found.rules, found.parameters, found.tables, found.workflows, found.rest
found.to_dict()
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from zhunru.analysis.contents_diff import (
    Item,
    compare_parameters,
    compare_rest,
    compare_rules,
)
from zhunru.analysis.deltas import Era, Status, status_of
from zhunru.analysis.differences import DecisionDiff, Difference, compare_decision
from zhunru.analysis.effects import ASPECTS
from zhunru.analysis.flows_diff import FlowDiff, Worst, compare_flows, told_duration
from zhunru.analysis.lists_diff import ListDiff, compare_lists
from zhunru.analysis.tables_diff import TableDiff, compare_tables
from zhunru.analysis.witness import Witness
from zhunru.checker.words import Phrase
from zhunru.compiler.program import CompiledPolicy
from zhunru.diagnostics import Language, Span

if TYPE_CHECKING:
    from zhunru.analysis.comparison_terms import Section


@dataclass(frozen=True, slots=True)
class Head:
    """Which set it is."""

    code: str
    title: str
    digest: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything in which two sets differ. `missing` are decisions that only one of them has:
    their names, with True where the new set has them."""

    old: Head
    new: Head
    decisions: tuple[DecisionDiff, ...]
    missing: tuple[tuple[str, bool], ...]
    lists: tuple[ListDiff, ...]
    rules: tuple[Item, ...]
    parameters: tuple[Item, ...]
    tables: tuple[TableDiff, ...]
    workflows: tuple[FlowDiff, ...]
    rest: tuple[Item, ...]

    @property
    def status(self) -> Status:
        """Return which way the decisions of the sets differ, taken together."""
        found = chain.from_iterable(decision.directions for decision in self.decisions)
        return "different" if self.missing else status_of(found)

    @property
    def decided(self) -> bool:
        """Tell whether everything was decided: then what is not told does not differ."""
        decisions = all(each.undecided is None for each in self.decisions)
        return decisions and all(each.undecided is None for each in self.tables)

    @property
    def identical(self) -> bool:
        """Tell whether the sets mean the same in every respect."""
        parts = (self.missing, self.lists, self.rules, self.parameters, self.tables,
                 self.workflows, self.rest)  # fmt: skip
        return self.status == "equivalent" and self.decided and not any(parts)

    def sections(self) -> list[Section]:
        """Return the comparison in sentences, part by part."""
        from zhunru.analysis.comparison_words import report

        return list(report(self))

    def page(self, language: Language = "zh") -> str:
        """Return the comparison as one A4 page of HTML, nothing loaded from outside."""
        from zhunru.analysis.comparison_page import page

        return page(self, language)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison for JSON: places as path, line and column, days as texts."""
        return {
            "old": _data(self.old),
            "new": _data(self.new),
            "status": self.status,
            "decided": self.decided,
            "decisions": [_decision(each) for each in self.decisions],
            "missing": [{"decision": name, "in_new": new} for name, new in self.missing],
            "lists": _data(self.lists),
            "rules": _data(self.rules),
            "parameters": _data(self.parameters),
            "tables": [_table(each) for each in self.tables],
            "workflows": [_flow(each) for each in self.workflows],
            "rest": _data(self.rest),
        }


def compare(old: CompiledPolicy, new: CompiledPolicy) -> Comparison:
    """Return how two policy sets differ, for every request there can be.

    Each difference carries the clauses responsible with their places in both sets, and the smallest
    request that shows it, decided by both. Pure; sets of different codes can be compared too.
    """
    names = dict.fromkeys((*old.decisions, *new.decisions))
    both = [name for name in names if name in old.plans and name in new.plans]
    return Comparison(
        old=_head_of(old),
        new=_head_of(new),
        decisions=tuple(compare_decision(old, new, name) for name in both),
        missing=tuple((name, name in new.plans) for name in names if name not in both),
        lists=tuple(compare_lists(old, new)),
        rules=tuple(compare_rules(old, new)),
        parameters=tuple(compare_parameters(old, new)),
        tables=tuple(compare_tables(old, new)),
        workflows=tuple(compare_flows(old, new)),
        rest=tuple(compare_rest(old, new)),
    )


def _head_of(policy: CompiledPolicy) -> Head:
    title = policy.core.title
    return Head(policy.code, title.zh or title.en, policy.digest)


# --- as data ---------------------------------------------------------------------

# What of a cause and of an item only those who tell of them in sentences ask for.
_UNTOLD = frozenset(("group", "parts"))


def _data(value: Any) -> Any:
    """Return a part of a comparison for JSON, field by field; None for a place in a set that does
    not have it."""
    match value:
        case Span():
            place = {"path": value.path, "line": value.line, "column": value.column}
            return place if value.path else None
        case Phrase():
            return value._asdict()
        case date():
            return value.isoformat()
        case tuple():
            return [_data(each) for each in value]
    if not is_dataclass(value):
        return value
    names = [field.name for field in fields(value) if field.name not in _UNTOLD]
    return {name: _data(getattr(value, name)) for name in names}


def _decision(found: DecisionDiff) -> dict[str, Any]:
    return {
        "name": found.name,
        "status": found.status,
        "aspects": {aspect: found.of(aspect) for aspect in ASPECTS},
        "periods": [_era(era) for era in found.eras],
        "differences": [_difference(each) for each in found.differences],
        "undecided": _data(found.undecided),
    }


def _era(era: Era) -> dict[str, Any]:
    return {
        "from": _data(era.start),
        "to": _data(era.end),
        "status": era.status,
        "aspects": {aspect: era.of(aspect) for aspect in ASPECTS},
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "status": found.status,
        "outcomes": [outcome.value for outcome in found.outcomes],
        "aspects": dict(found.aspects),
        "sometimes": list(found.sometimes),
        "causes": _data(found.causes),
        "decided_by": _data(found.by),
        "days": _data(found.days),
        "where": _data(found.where),
        "partly": found.partly,
        "old": _shown(found.old),
        "new": _shown(found.new),
        "shown": found.old is not None,
    }


def _shown(witness: Witness | None) -> dict[str, Any] | None:
    """Return the request of a difference with what one set decides of it."""
    if witness is None:
        return None
    decision = witness.decision.to_dict(advice=False)
    kept = ("sentence", "reasons", "obligations", "route", "citations")
    return {**witness.to_dict(), **{name: decision[name] for name in kept}}


def _table(found: TableDiff) -> dict[str, Any]:
    return {
        "name": found.name,
        "equivalent": found.equivalent,
        "undecided": _data(found.undecided),
        "rows": [
            {"added": row.added, **row.text._asdict(), "place": _data(row.span)}
            for row in found.rows
        ],
        "results": _data(found.results),
        "old": _data(found.old),
        "new": _data(found.new),
    }


def _flow(found: FlowDiff) -> dict[str, Any]:
    return {**_data(found), "times": [_worst(each) for each in found.times]}


def _worst(found: Worst) -> dict[str, Any]:
    old, new = (_data(told_duration(each)) for each in (found.old, found.new))
    return {"from": found.start, "to": found.end, "old": old, "new": new}
