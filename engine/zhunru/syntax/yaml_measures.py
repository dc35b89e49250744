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
    for key, record in reading.records("match", node, where):
        needs, resources = record.name("needs"), record.name("resources")
        if needs is None or resources is None:
            continue
        name = raw_name(key)
        found.append(
            record.of(Matching, name=name, needs=needs, resources=resources, span=key.span)
        )
    return found


def read_scorecards(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 评价: names with their indicators, classes and what the result is for."""
    return [_scorecard(key, record) for key, record in reading.records("scorecard", node, where)]


def _scorecard(key: Scalar, record: Record) -> Scorecard:
    raters: Item | None = record.part("raters", "raters")
    return record.of(
        Scorecard,
        name=raw_name(key),
        raters=raters.value if raters else None,
        classes=_classes(record),
        span=key.span,
    )


def _classes(record: Record) -> tuple[ScoreClass, ...]:
    reading, where = record.reading, record.label("classes")
    found: list[ScoreClass] = []
    for item in record.items("classes"):
        one = reading.record("score_class", item, where) if isinstance(item, Mapping) else None
        head = one.scalar("name") if one else item
        read = reading.part("class", head) if isinstance(head, Scalar) else None
        if read is not None:
            indicators = one.flat("indicator", "indicators") if one else ()
            found.append(replace(read, indicators=indicators))
    return tuple(found)
