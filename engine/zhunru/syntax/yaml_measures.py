"""YAML of 核查 评价 配对 保证: what is counted, scored, matched and promised."""

from __future__ import annotations

from dataclasses import replace

from zhunru.syntax.measure_nodes import (
    Matching,
    Scorecard,
    ScoreClass,
)
from zhunru.syntax.nodes import Declaration
from zhunru.syntax.reading import Item
from zhunru.syntax.yaml_record import Record, YamlReading, raw_name
from zhunru.syntax.yaml_text import Mapping, Node, Scalar


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
    reading, where = record.reading, record.label("class")
    found: list[ScoreClass] = []
    for item in record.items("class"):
        one = reading.record("score_class", item, where) if isinstance(item, Mapping) else None
        head = one.scalar("name") if one else item
        read = reading.part("class", head) if isinstance(head, Scalar) else None
        if read is not None:
            indicators = one.each("indicator", "indicator") if one else ()
            found.append(replace(read, indicators=indicators))
    return tuple(found)
