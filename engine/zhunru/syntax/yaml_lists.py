"""YAML of 清单 条目 规则: clauses and what they stand under."""

from __future__ import annotations

from typing import Any

from zhunru.syntax.lists import joined_clauses
from zhunru.syntax.misspelling import did_you_mean, nearest
from zhunru.syntax.nodes import (
    Clauses,
    Declaration,
    Entry,
    ListDecl,
    Name,
    Period,
    Rule,
    RuleGroup,
    Title,
    Verdict,
)
from zhunru.syntax.yaml_heads import code_text
from zhunru.syntax.yaml_record import Record, YamlReading, raw_name
from zhunru.syntax.yaml_text import Node, Scalar
from zhunru.vocabulary import LIST_KINDS, OUTCOMES, ListKind, Outcome

_OUTCOME_SLOTS = {"admit": Outcome.ADMIT, "refuse": Outcome.REFUSE, "defer": Outcome.DEFER}


def vocabulary_word(record: Record, slot: str, words: dict[Any, tuple[str, str]]) -> Any:
    """Return the member whose word a slot holds, or None with a finding."""
    scalar = record.scalar(slot)
    if scalar is None:
        return None
    text = code_text(scalar.text)
    at = 0 if record.reading.language == "zh" else 1
    found = next((member for member, pair in words.items() if text == pair[at]), None)
    if found is None:
        _unknown_word(record, slot, scalar, [pair[at] for pair in words.values()])
    return found


def _unknown_word(record: Record, slot: str, scalar: Scalar, known: list[str]) -> None:
    record.reading.report(
        "ZR830",
        scalar.span,
        text=scalar.text,
        where=record.label(slot),
        **did_you_mean(nearest(scalar.text, known)),
        known=tuple(known),
    )


# --- lists --------------------------------------------------------------------------------------


def read_lists(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 清单: names with their kind, clauses and entries."""
    found: list[Declaration] = []
    for key, record in reading.records("list", node, where):
        kind: ListKind | None = vocabulary_word(record, "kind", LIST_KINDS)
        if kind is not None:
            found.append(_list(key, kind, record))
    return found


def _list(key: Scalar, kind: ListKind, record: Record) -> ListDecl:
    entries = record.get("entries")
    expected = record.part("number", "expected")
    return record.of(
        ListDecl,
        name=raw_name(key),
        title=record.title("title"),
        kind=kind,
        expected=int(expected.value) if expected else None,
        entries=read_entries(record.reading, entries, record.label("entries")) if entries else (),
        span=key.span,
    )


def read_entries(reading: YamlReading, node: Node, where: str) -> tuple[Entry, ...]:
    """Read entries: mappings, or bare names that are code and title at once."""
    if isinstance(node, Scalar):
        return _bare_entries(reading, node)
    entries: list[Entry] = []
    for number, item in enumerate(reading.items(node, where), 1):
        if isinstance(item, Scalar):
            entries += _bare_entries(reading, item)
            continue
        record = reading.record("entry", item, where)
        if record is not None:
            entries.append(_entry(record, number))
    return tuple(entries)


def _bare_entries(reading: YamlReading, node: Scalar) -> tuple[Entry, ...]:
    codes: tuple[Name, ...] = reading.part("codes", node) or ()
    return tuple(
        Entry(code=code.text, title=Title(code.text, span=code.span), span=code.span)
        for code in codes
    )


def _entry(record: Record, number: int) -> Entry:
    refined = record.part("codes", "refines")
    return record.of(
        Entry,
        code=code_text(record.text("code")) or str(number),
        refines=refined[0] if refined else None,
        extra=_extra(record),
        span=record.span,
    )


def _extra(record: Record) -> tuple[tuple[str, str], ...]:
    node = record.get("extra")
    if node is None:
        return ()
    pairs = record.reading.named(node, record.label("extra"))
    return tuple(
        (key.text.strip(), value.text.strip()) for key, value in pairs if isinstance(value, Scalar)
    )


# --- rules --------------------------------------------------------------------------------------


def read_rules(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 规则: names with their clauses and outcome; with 行 a group of rules."""
    return [
        _group(key, record) if record.get("rows") else _rule(key, record)
        for key, record in reading.records("rule", node, where)
    ]


def _rule(key: Scalar, record: Record) -> Rule:
    return record.of(Rule, name=raw_name(key), verdict=_written_verdict(record), span=key.span)


def _written_verdict(record: Record) -> Verdict | None:
    """Return the outcome written as a key: `拒绝: 告知内容`."""
    for slot, outcome in _OUTCOME_SLOTS.items():
        node = record.get(slot)
        if node is not None:
            message = record.titled(node, slot)
            return Verdict(outcome, message, record.name("reason"), node.span)
    return None


def _group(key: Scalar, record: Record) -> RuleGroup:
    shared, period, name = record.of(Clauses), record.period(), raw_name(key)
    reading, where = record.reading, record.label("rows")
    rows = (
        reading.record("rule_row", item, where)
        for item in reading.items(record.slots["rows"], where)
    )
    rules = tuple(
        _row(row, name, number, shared, period)
        for number, row in enumerate(rows, 1)
        if row is not None
    )
    return RuleGroup(
        name=name, rules=rules, shared=shared, period=period, tabular=True, span=key.span
    )


def _row(row: Record, group: Name, number: int, shared: Clauses, period: Period) -> Rule:
    name = row.scalar("name")
    outcome: Outcome | None = vocabulary_word(row, "outcome", OUTCOMES)
    verdict = None
    if outcome is not None:
        verdict = Verdict(outcome, row.title("message"), row.name("reason"), row.span)
    own = row.period()
    return Rule(
        name=raw_name(name) if name else Name(f"{group.text}{number}", row.span),
        group=group,
        verdict=verdict,
        period=own if own != Period() else period,
        clauses=joined_clauses(shared, row.of(Clauses)),
        span=row.span,
    )
