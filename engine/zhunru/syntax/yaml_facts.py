"""YAML of 表单 台账 参数: what requests carry, what stands on record, what has a number."""

from __future__ import annotations

from zhunru.syntax.nodes import (
    Declaration,
    Field,
    Form,
    Parameter,
    ParameterValue,
    Register,
)
from zhunru.syntax.yaml_record import Record, YamlReading, raw_name
from zhunru.syntax.yaml_text import Mapping, Node, Scalar, Sequence
from zhunru.vocabulary import TypeName

_MARKS = ("required", "optional", "curable", "governing", "owner", "secret")


def read_forms(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 表单: names with their fields, as a list or under 字段."""
    return _with_fields(reading, node, where, "form", Form)


def read_registers(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 台账: names with their fields, as a list or under 字段, and their file."""
    return _with_fields(reading, node, where, "register", Register)


def _with_fields(
    reading: YamlReading, node: Node, where: str, construct: str, kind: type[Form | Register]
) -> list[Declaration]:
    found: list[Declaration] = []
    for key, value in reading.named(node, where):
        at = f"{where}.{key.text}"
        if isinstance(value, Sequence):
            fields = read_fields(reading, value, at)
            found.append(kind(name=raw_name(key), fields=fields, span=key.span))
            continue
        record = reading.record(construct, value, at)
        if record is not None:
            fields = _fields(record)
            found.append(record.of(kind, name=raw_name(key), fields=fields, span=key.span))
    return found


def _fields(record: Record) -> tuple[Field, ...]:
    node = record.get("fields")
    if node is None:
        return ()
    return read_fields(record.reading, node, record.label("fields"))


def read_fields(reading: YamlReading, node: Node, where: str) -> tuple[Field, ...]:
    """Read fields: mappings, lines as under a 表单, or bare names of texts."""
    read = (_field(reading, item, where) for item in reading.items(node, where))
    return tuple(field for field in read if field is not None)


def _field(reading: YamlReading, node: Node, where: str) -> Field | None:
    field: Field | None
    if isinstance(node, Scalar):
        if len(node.text.split()) == 1:
            return Field(name=raw_name(node), type=TypeName.TEXT, span=node.span)
        field = reading.part("field", node)
        return field
    record = reading.record("field", node, where)
    name = record.scalar("name") if record else None
    if record is None or name is None:
        return None
    if record.get("kind") is None:
        return Field(name=raw_name(name), type=TypeName.TEXT, span=node.span)
    field = reading.composed("field", _field_pieces(record, name), node.span)
    return field


def _field_pieces(record: Record, name: Scalar) -> list[Scalar | str]:
    """Return the words of a field in the order of its line under a 表单."""
    # Put together as a line of policy text and read by its grammar: one reading for both notations.
    pieces: list[Scalar | str] = [name]
    kind = record.scalar("kind")
    pieces += [kind] if kind else []
    for at, value in enumerate(record.scalars("value")):
        pieces += ["、", value] if at else [value]
    pieces += record.behind("DECIMALS", "decimals")
    pieces += [record.reading.word(mark.upper()) for mark in _MARKS if record.flag(mark)]
    pieces += record.behind("DEFAULT", "default")
    pieces += record.behind("WITHHELD", "withheld")
    asserted = record.scalar("asserted")
    if asserted is not None:
        pieces += [record.reading.word("BY"), asserted, record.reading.word("ASSERTED")]
    return pieces


def read_parameters(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 参数: a value, a list of values by date, or a mapping with 值."""
    found: list[Declaration] = []
    for key, value in reading.named(node, where):
        at = f"{where}.{key.text}"
        if not isinstance(value, Mapping):
            values = _values(reading, value, at)
            found.append(Parameter(name=raw_name(key), values=values, span=key.span))
            continue
        record = reading.record("parameter", value, at)
        if record is not None:
            found.append(_parameter(key, record))
    return found


def _parameter(key: Scalar, record: Record) -> Parameter:
    values = _values(record.reading, record.slots["values"], record.label("values"))
    return record.of(Parameter, name=raw_name(key), values=values, span=key.span)


def _values(reading: YamlReading, node: Node, where: str) -> tuple[ParameterValue, ...]:
    if isinstance(node, Scalar):
        return tuple(reading.part("dated_values", node) or ())
    values: list[ParameterValue] = []
    for item in reading.items(node, where):
        values += _dated(reading, item, where)
    return tuple(values)


def _dated(reading: YamlReading, node: Node, where: str) -> tuple[ParameterValue, ...]:
    if isinstance(node, Scalar):
        return tuple(reading.part("dated_values", node) or ())
    record = reading.record("parameter_value", node, where)
    value = record.scalar("value") if record else None
    if record is None or value is None:
        return ()
    start = record.scalar("start")
    pieces: list[Scalar | str] = [reading.word("FROM"), start] if start else []
    pieces.append(value)
    return tuple(reading.composed("dated_values", pieces, node.span) or ())
