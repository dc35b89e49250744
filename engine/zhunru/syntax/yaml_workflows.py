"""YAML of 流程 日历 文书: what cases go through, when, with which papers."""

from __future__ import annotations

from zhunru.syntax import canonical
from zhunru.syntax.nodes import Declaration
from zhunru.syntax.workflow_declarations import (
    calendar_named,
    calendar_of,
    report_glued_results,
)
from zhunru.syntax.workflow_nodes import Document, Joint, State, Workflow
from zhunru.syntax.yaml_record import Record, YamlReading, raw_name
from zhunru.syntax.yaml_text import Node, Scalar


def read_workflows(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 流程: names with their ends, constraints and states."""
    return [_workflow(key, record) for key, record in reading.records("workflow", node, where)]


def _workflow(key: Scalar, record: Record) -> Workflow:
    return record.of(
        Workflow,
        name=raw_name(key),
        calendar=calendar_named(record.name("calendar")),
        states=_states(record),
        tabular=True,
        span=key.span,
    )


def _states(record: Record) -> tuple[State, ...]:
    made = map(_state, record.records("state", "states"))
    return tuple(state for state in made if state is not None)


def _state(record: Record) -> State | None:
    name = record.name("name")
    if name is None:
        return None
    term = record.part("term", "term") or {}
    state = record.of(
        State,
        name=name,
        **term,
        forbidden=canonical.flow_words(record.names("forbidden")),
        span=record.span,
    )
    if isinstance(state.owner, Joint):
        report_glued_results(record.reading, state.actions)
    return state


def read_calendars(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 日历: names with their lines."""
    found: list[Declaration] = []
    for key, value in reading.named(node, where):
        texts = reading.texts(value, f"{where}.{key.text}")
        said = [reading.part("calendar", text) for text in texts]
        found.append(calendar_of(raw_name(key), said, key.span))
    return found


def read_documents(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 文书: names with their title and text; a list of texts holds paragraphs."""
    return [_document(key, record) for key, record in reading.records("document", node, where)]


def _document(key: Scalar, record: Record) -> Document:
    return record.of(
        Document,
        name=raw_name(key),
        title=record.title("title"),
        body="\n".join(scalar.text for scalar in record.scalars("body")),
        span=key.span,
    )
