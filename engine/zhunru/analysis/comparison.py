"""Two policy sets side by side: what they decide, and what they hold.

found = compare(old, new)
found.status                         # equivalent, stricter, looser or different
for decision in found.decisions: …   # by period of law, each difference with its clauses
found.lists, found.rules, found.parameters, found.tables, found.workflows, found.rest
found.to_dict()
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from zhunru.analysis.causes import Cause
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
            "old": _head(self.old),
            "new": _head(self.new),
            "status": self.status,
            "decided": self.decided,
            "decisions": [_decision(each) for each in self.decisions],
            "missing": [{"decision": name, "in_new": new} for name, new in self.missing],
            "lists": [_list(each) for each in self.lists],
            "rules": [_item(each) for each in self.rules],
            "parameters": [_item(each) for each in self.parameters],
            "tables": [_table(each) for each in self.tables],
            "workflows": [_flow(each) for each in self.workflows],
            "rest": [_item(each) for each in self.rest],
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


def _head(head: Head) -> dict[str, Any]:
    return {"code": head.code, "title": head.title, "digest": head.digest}


def _phrase(told: Phrase | None) -> dict[str, str] | None:
    return None if told is None else {"zh": told.zh, "en": told.en}


def _phrases(told: tuple[Phrase, ...]) -> list[Any]:
    return [_phrase(each) for each in told]


def place(span: Span) -> dict[str, Any] | None:
    """Return a place for JSON; None where a set does not have it."""
    if not span.path:
        return None
    return {"path": span.path, "line": span.line, "column": span.column}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _decision(found: DecisionDiff) -> dict[str, Any]:
    return {
        "name": found.name,
        "status": found.status,
        "aspects": {aspect: found.of(aspect) for aspect in ASPECTS},
        "periods": [_era(era) for era in found.eras],
        "differences": [_difference(each) for each in found.differences],
        "undecided": _phrase(found.undecided),
    }


def _era(era: Era) -> dict[str, Any]:
    return {
        "from": _day(era.start),
        "to": _day(era.end),
        "status": era.status,
        "aspects": {aspect: era.of(aspect) for aspect in ASPECTS},
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "status": found.status,
        "outcomes": [outcome.value for outcome in found.outcomes],
        "aspects": dict(found.aspects),
        "sometimes": list(found.sometimes),
        "causes": [_cause(each) for each in found.causes],
        "decided_by": [list(names) for names in found.by],
        "days": [[_day(start), _day(end)] for start, end in found.days],
        "where": _phrases(found.where),
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


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "kind": cause.kind,
        "name": cause.name,
        "change": cause.change,
        "old": place(cause.old),
        "new": place(cause.new),
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "name": item.name,
        "change": item.change,
        "lines": _phrases(item.lines),
        "old": place(item.old),
        "new": place(item.new),
    }


def _list(found: ListDiff) -> dict[str, Any]:
    return {
        "old": found.old,
        "new": found.new,
        "kind": found.kind,
        "related": found.related,
        "kept": found.kept,
        "placed": found.placed,
        "same": found.same,
        "lines": _phrases(found.lines),
        "old_place": place(found.old_place),
        "new_place": place(found.new_place),
        "items": [_item(each) for each in found.items],
        "near": [list(pair) for pair in found.near],
    }


def _table(found: TableDiff) -> dict[str, Any]:
    return {
        "name": found.name,
        "equivalent": found.equivalent,
        "undecided": _phrase(found.undecided),
        "rows": [
            {"added": row.added, **(_phrase(row.text) or {}), "place": place(row.span)}
            for row in found.rows
        ],
        "results": [
            {
                "where": _phrases(each.where),
                "old": _phrase(each.old),
                "new": _phrase(each.new),
                "inputs": _phrase(each.inputs),
            }
            for each in found.results
        ],
        "old": place(found.old),
        "new": place(found.new),
    }


def _flow(found: FlowDiff) -> dict[str, Any]:
    return {
        "name": found.name,
        "change": found.change,
        "states": [
            {
                "name": each.name,
                "change": each.change,
                "lines": _phrases(each.lines),
                "old": place(each.old),
                "new": place(each.new),
            }
            for each in found.states
        ],
        "constraints": [
            {
                "change": each.change,
                "old_text": _phrase(each.old_text) if each.change != "added" else None,
                "new_text": _phrase(each.new_text) if each.change != "removed" else None,
                "old": place(each.old),
                "new": place(each.new),
            }
            for each in found.constraints
        ],
        "times": [_worst(each) for each in found.times],
        "rest": _phrases(found.rest),
        "old": place(found.old),
        "new": place(found.new),
    }


def _worst(found: Worst) -> dict[str, Any]:
    return {
        "from": found.start,
        "to": found.end,
        "old": _phrase(told_duration(found.old)),
        "new": _phrase(told_duration(found.new)),
    }
