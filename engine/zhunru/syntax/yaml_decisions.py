"""YAML of 公式 判定 测试: what is computed, decided and expected."""

from __future__ import annotations

from typing import Literal

from zhunru.diagnostics import Span
from zhunru.syntax import canonical
from zhunru.syntax.nodes import (
    Case,
    Decide,
    Declaration,
    Expected,
    Formula,
    Given,
    Name,
    Step,
    Test,
)
from zhunru.syntax.yaml_record import Record, YamlReading, raw_name
from zhunru.syntax.yaml_text import Mapping, Node, Scalar, Sequence

_ANCHORS: tuple[Literal["alongside", "after", "before"], ...] = ("alongside", "after", "before")


def read_formulas(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 公式: `name(parameters)` with the expression."""
    found: list[Declaration] = []
    for key, value in reading.named(node, where):
        if not isinstance(value, Scalar) or value.text.strip() in ("", "-"):
            reading.misshapen(f"{where}.{key.text}", value, "text")
            continue
        head: tuple[Name, tuple[Name, ...]] | None = reading.part("formula", key)
        body = reading.part("expr", value)
        if head is not None and body is not None:
            found.append(Formula(name=head[0], parameters=head[1], body=body, span=key.span))
    return found


# --- decisions ----------------------------------------------------------------------------------


def read_decisions(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 判定: names with their steps and what holds by default."""
    return [_decide(key, record) for key, record in reading.records("decide", node, where)]


def _decide(key: Scalar, record: Record) -> Decide:
    default = record.part("verdict", "default")
    verdict, tail = default if default else (None, {})
    return record.of(
        Decide,
        name=raw_name(key),
        steps=_steps(record),
        default=verdict,
        default_return=tail.get("return_to"),
        default_apply=tail.get("apply"),
        default_binding=bool(tail.get("binding")),
        span=key.span,
    )


def _steps(record: Record) -> tuple[Step, ...]:
    where = record.label("steps")
    read = (_step(record.reading, item, where) for item in record.items("steps"))
    return tuple(step for step in read if step is not None)


def _step(reading: YamlReading, node: Node, where: str) -> Step | None:
    """Read a step: a line as under 依次, a list side by side, or a mapping with 加."""
    step: Step | None
    if isinstance(node, Scalar):
        step = reading.part("step", node)
        return step
    if isinstance(node, Sequence):
        return _plain_step(reading, node, where)
    record = reading.record("step", node, where)
    return _anchored_step(record) if record else None


def _plain_step(reading: YamlReading, node: Sequence, where: str) -> Step | None:
    read = [reading.part("names", text) or () for text in reading.texts(node, where)]
    names = tuple(name for names in read for name in names)
    return Step(names=names, span=node.span) if names else None


def _anchored_step(record: Record) -> Step | None:
    if not record.names("names"):
        return None
    anchor = next((anchor for anchor in _ANCHORS if record.get(anchor)), "")
    anchor_to = record.name(anchor) if anchor else None
    return record.of(Step, anchor=anchor, anchor_to=anchor_to, span=record.span)


# --- tests --------------------------------------------------------------------------------------


def read_tests(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 测试: each with one case, or with several under 行."""
    read = (reading.record("test", item, where) for item in reading.items(node, where))
    return [_test(record) for record in read if record is not None]


def _test(record: Record) -> Test:
    cases = [_case(record)] if record.get("then") else []
    cases += map(_case, record.records("case", "rows"))
    read = tuple(case for case in cases if case is not None)
    return record.of(Test, cases=read, span=record.span)


def _case(record: Record) -> Case | None:
    expected = _expected(record)
    if expected is None:
        return None
    given = canonical.facts(_facts(record, "given")) if record.get("given") else ()
    return Case(given=given, expected=expected, span=record.span)


def _expected(record: Record) -> Expected | None:
    """Read what a case demands: a line as behind 那么, or columns with their values."""
    node = record.slots["then"]
    if isinstance(node, Mapping):
        return Expected(values=_facts(record, "then"), span=node.span)
    expected: Expected | None = record.part("expected", "then")
    return expected


def _facts(record: Record, slot: str) -> tuple[Given, ...]:
    """Read facts: a line as behind 假如, or a mapping from subjects to values."""
    node, reading = record.slots[slot], record.reading
    if not isinstance(node, Mapping):
        return record.part("facts", slot) or ()
    facts: list[Given] = []
    for key, value in reading.named(node, record.label(slot)):
        fact = _fact(reading, key, value, record.label(slot), node.span)
        facts += [fact] if fact is not None else []
    return tuple(facts)


def _fact(reading: YamlReading, key: Scalar, value: Node, where: str, whole: Span) -> Given | None:
    pieces: list[Scalar | str] = [key, reading.word("IS")]
    for at, text in enumerate(reading.texts(value, where)):
        pieces += ["、", text] if at else [text]
    fact: Given | None = reading.composed("fact", pieces, whole)
    return fact
