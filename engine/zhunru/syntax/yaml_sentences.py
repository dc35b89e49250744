"""YAML of 核查 保证 定期: what a line says, alone or with its basis and its source row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from zhunru.diagnostics import Span
from zhunru.syntax.items import Parts
from zhunru.syntax.measure_declarations import check_of, promise_of
from zhunru.syntax.measure_nodes import Check, Promise
from zhunru.syntax.nodes import Declaration, Name
from zhunru.syntax.reading import Item, Reading
from zhunru.syntax.workflow_declarations import recurring_of
from zhunru.syntax.workflow_nodes import Recurring
from zhunru.syntax.yaml_record import Record, YamlReading, raw_name
from zhunru.syntax.yaml_text import Mapping, Node, Scalar

Said = Check | Promise | Recurring
_Build = Callable[[Name, Parts, Span], Said]


def read_checks(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 核查: names with one line each, or with their line, its basis and its source row."""
    return _read(reading, node, where, "check", check_of)


def read_promises(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 保证, as 核查."""
    return _read(reading, node, where, "promise", promise_of)


def read_recurring(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 定期, as 核查; it has no basis of its own."""
    return _read(reading, node, where, "recurring", recurring_of)


def _read(
    reading: YamlReading, node: Node, where: str, kind: str, build: _Build
) -> list[Declaration]:
    found: list[Declaration] = []
    for key, value in reading.named(node, where):
        at = f"{where}.{key.text}"
        record = reading.record(kind, value, at) if isinstance(value, Mapping) else None
        line = record.get("said") if record else value
        if not isinstance(line, Scalar) or line.text.strip() in ("", "-"):
            if record or not isinstance(value, Mapping):
                reading.misshapen(at, line or value, "text")
            continue
        said = _said(reading, key, line, kind, build)
        if said is not None:
            found.append(_with_sources(said, record) if record else said)
    return found


def _said(reading: YamlReading, key: Scalar, line: Scalar, kind: str, build: _Build) -> Said | None:
    items: list[Any] | None = reading.part(kind, line)
    if items is None:
        return None
    # Two of a part are one finding, made where they stand in the file.
    parts = Parts(Reading(reading.source, reading.language))
    parts.add(item for item in items if isinstance(item, Item))
    said = build(raw_name(key), parts, key.span)
    reading.note(parts.reading.found)
    return said


def _with_sources(said: Said, record: Record) -> Said:
    said = replace(said, trace=said.trace + record.flat("trace", "trace"))
    if isinstance(said, Recurring):
        return said
    return replace(said, citations=said.citations + record.flat("citations", "citations"))
