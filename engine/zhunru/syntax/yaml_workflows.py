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
    return Workflow(
        name=raw_name(key),
        title=record.title("title"),
        ends=record.names("ending"),
        calendar=calendar_named(record.name("calendar")),
        constraints=record.each("constraint", "ensure"),
        priorities=record.each("expr", "priority"),
        anywhere=record.each("anywhere", "anywhere"),
        arrivals=record.each("arrival", "upon"),
        states=_states(record),
        citations=record.flat("citations", "basis"),
        period=record.period(),
        trace=record.flat("trace", "trace"),
        tabular=True,
        span=key.span,
    )


def _states(record: Record) -> tuple[State, ...]:
    made = map(_state, record.records("state", "state"))
    return tuple(state for state in made if state is not None)


def _state(record: Record) -> State | None:
    name = record.name("name")
    if name is None:
        return None
    owner, term = record.part("owner", "owner"), record.part("term", "term") or {}
    actions = record.flat("actions", "actions")
    if isinstance(owner, Joint):
        report_glued_results(record.reading, actions)
    return State(
        name=name,
        owner=owner,
        limit=term.get("limit"),
        until=term.get("until"),
        cumulative=term.get("cumulative", False),
        actions=actions,
        endings=record.flat("endings", "endings"),
        reminders=record.flat("reminders", "reminders"),
        extension=record.part("extension", "extension"),
        suspensions=record.flat("suspensions", "suspensions"),
        forbidden=canonical.flow_words(record.names("forbidden")),
        span=record.span,
    )


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
    return Document(
        name=raw_name(key),
        title=record.title("title"),
        body="\n".join(scalar.text for scalar in record.scalars("body")),
        signed=record.name("signed"),
        sealed=record.flag("sealed"),
        number=record.text("numbering"),
        span=key.span,
    )
