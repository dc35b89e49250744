"""YAML of 核查 评价 配对 保证: what is counted, scored, matched and promised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from zhunru.diagnostics import Span
from zhunru.syntax.items import Parts
from zhunru.syntax.measure_declarations import check_of, promise_of
from zhunru.syntax.measure_nodes import (
    Check,
    Matching,
    Promise,
    Scorecard,
    ScoreClass,
)
from zhunru.syntax.nodes import Declaration, Name
from zhunru.syntax.reading import Item, Reading
from zhunru.syntax.yaml_record import Record, YamlReading, raw_name
from zhunru.syntax.yaml_text import Mapping, Node, Scalar

Said = TypeVar("Said", Check, Promise)


def read_checks(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 核查: names with one line each, or with their line, its basis and its source row."""
    return _sentences(reading, node, where, "check", check_of)


def read_promises(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 保证, as 核查."""
    return _sentences(reading, node, where, "promise", promise_of)


def _sentences(
    reading: YamlReading,
    node: Node,
    where: str,
    kind: str,
    build: Callable[[Name, Parts, Span], Said],
) -> list[Declaration]:
    found: list[Declaration] = []
    for key, value in reading.named(node, where):
        at = f"{where}.{key.text}"
        record = reading.record(kind, value, at) if isinstance(value, Mapping) else None
        line = record.scalar("said") if record else value
        if not isinstance(line, Scalar) or line.text.strip() in ("", "-"):
            if record or not isinstance(value, Mapping):
                reading.misshapen(at, value, "text")
            continue
        one = _sentence(reading, key, line, kind, build)
        if one is not None:
            found.append(_with_sources(one, record))
    return found


def _sentence(
    reading: YamlReading,
    key: Scalar,
    line: Scalar,
    kind: str,
    build: Callable[[Name, Parts, Span], Said],
) -> Said | None:
    said = reading.part(kind, line)
    if said is None:
        return None
    parts = Parts(Reading(reading.source, reading.language))
    parts.add(item for item in said if isinstance(item, Item))
    one = build(raw_name(key), parts, key.span)
    reading.note(parts.reading.found)
    return one


def _with_sources(one: Said, record: Record | None) -> Said:
    if record is None:
        return one
    return replace(
        one,
        citations=one.citations + record.flat("citations", "basis"),
        trace=one.trace + record.flat("trace", "trace"),
    )


def read_matchings(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 配对: names with what is matched with what."""
    found: list[Declaration] = []
    for key, value in reading.named(node, where):
        record = reading.record("match", value, f"{where}.{key.text}")
        needs, resources = (
            record.name(slot) if record else None for slot in ("needs", "resources")
        )
        if record is None or needs is None or resources is None:
            continue
        matching = Matching(
            name=raw_name(key),
            needs=needs,
            resources=resources,
            makes=record.name("makes"),
            when=record.part("expr", "when"),
            sorted_by=record.names("sorted"),
            unmatched=record.name("unmatched"),
            citations=record.flat("citations", "basis"),
            trace=record.flat("trace", "trace"),
            span=key.span,
        )
        found.append(matching)
    return found


def read_scorecards(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 评价: names with their indicators, classes and what the result is for."""
    return [_scorecard(key, record) for key, record in reading.records("scorecard", node, where)]


def _scorecard(key: Scalar, record: Record) -> Scorecard:
    raters: Item | None = record.part("raters", "raters")
    return Scorecard(
        name=raw_name(key),
        title=record.title("title"),
        subjects=record.names("subjects"),
        every=record.part("rhythm", "period"),
        expected=record.part("sizes", "expect") or (),
        source=record.text("source"),
        raters=raters.value if raters else None,
        indicators=record.each("indicator", "indicator"),
        classes=_classes(record),
        grades=record.part("grades", "grades") or (),
        ranking=record.part("ranking", "rank"),
        uses=record.part("uses", "result") or (),
        floors=record.part("floors", "floor") or (),
        baseline=record.day("baseline"),
        citations=record.flat("citations", "basis"),
        trace=record.flat("trace", "trace"),
        span=key.span,
    )


def _classes(record: Record) -> tuple[ScoreClass, ...]:
    node = record.get("class")
    if node is None:
        return ()
    reading, where = record.reading, record.label("class")
    found: list[ScoreClass] = []
    for item in reading.items(node, where):
        one = reading.record("score_class", item, where) if isinstance(item, Mapping) else None
        head = one.scalar("name") if one else item
        read = reading.part("class", head) if isinstance(head, Scalar) else None
        if read is not None:
            indicators = one.each("indicator", "indicator") if one else ()
            found.append(replace(read, indicators=indicators))
    return tuple(found)
