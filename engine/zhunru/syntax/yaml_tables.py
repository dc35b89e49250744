"""YAML of 对照表: columns and rows as in a table, cell by cell."""

from __future__ import annotations

from zhunru.syntax.expressions import Expr, Nothing, Text
from zhunru.syntax.nodes import (
    Declaration,
    Name,
    Table,
    TableColumn,
    TableRow,
    UnaryTest,
)
from zhunru.syntax.shadow import folded
from zhunru.syntax.yaml_lists import vocabulary_word
from zhunru.syntax.yaml_record import Record, YamlReading, is_empty, raw_name
from zhunru.syntax.yaml_text import Node, Scalar, Sequence
from zhunru.vocabulary import HIT_POLICIES, HitPolicy


def read_tables(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 对照表: names with their columns and rows."""
    return [_table(key, record) for key, record in reading.records("table", node, where)]


def _table(key: Scalar, record: Record) -> Table:
    hit: HitPolicy | None = vocabulary_word(record, "hit", HIT_POLICIES)
    columns = _columns(record)
    return record.of(
        Table,
        name=raw_name(key),
        hit=hit or HitPolicy.UNIQUE,
        columns=columns,
        rows=_rows(record, columns),
        span=key.span,
    )


def _columns(record: Record) -> tuple[TableColumn, ...]:
    orders = _orders(record)
    return tuple(_column(record.reading, text, orders) for text in record.scalars("columns"))


def _orders(record: Record) -> dict[str, tuple[Name, ...]]:
    """Return the written order of the values of result columns (先后)."""
    node = record.get("sorted")
    if node is None:
        return {}
    reading, where = record.reading, record.label("sorted")
    orders: dict[str, tuple[Name, ...]] = {}
    for key, value in reading.named(node, where):
        read = (reading.part("names", text) for text in reading.texts(value, where))
        orders[raw_name(key).text] = tuple(name for names in read if names for name in names)
    return orders


def _column(
    reading: YamlReading, scalar: Scalar, orders: dict[str, tuple[Name, ...]]
) -> TableColumn:
    said = reading.part("column", scalar)
    if not said:
        return TableColumn(name=raw_name(scalar), span=scalar.span)
    name: Name = said["name"]
    return TableColumn(
        name=name,
        result=said["result"],
        text=said["text"],
        order=orders.get(name.text, ()),
        span=scalar.span,
    )


def _rows(record: Record, columns: tuple[TableColumn, ...]) -> tuple[TableRow, ...]:
    where = record.label("rows")
    read = (_row(record.reading, item, where, columns) for item in record.items("rows"))
    return tuple(row for row in read if row is not None)


def _row(
    reading: YamlReading, node: Node, where: str, columns: tuple[TableColumn, ...]
) -> TableRow | None:
    if not isinstance(node, Sequence):
        reading.misshapen(where, node, "list")
        return None
    if len(node.items) != len(columns):
        found, wanted = len(node.items), len(columns)
        reading.report("ZR831", node.span, found=found, wanted=wanted)
        return None
    tests: list[UnaryTest] = []
    results: list[Expr] = []
    for column, cell in zip(columns, node.items, strict=True):
        if not isinstance(cell, Scalar):
            reading.misshapen(f"{where}.{column.name.text}", cell, "text")
        elif column.result:
            results.append(_result(reading, column, cell))
        else:
            tests.append(_test(reading, cell))
    if len(tests) + len(results) < len(columns):
        return None  # a cell that is no text was told
    return TableRow(tests=tuple(tests), results=tuple(results), span=node.span)


def _says_nothing(cell: Scalar) -> bool:
    return is_empty(cell) or folded(cell.text) in ("", "-", "—")


def _test(reading: YamlReading, cell: Scalar) -> UnaryTest:
    if _says_nothing(cell):
        return UnaryTest(span=cell.span)
    test: UnaryTest | None = reading.part("tests", cell)
    return test or UnaryTest(span=cell.span)


def _result(reading: YamlReading, column: TableColumn, cell: Scalar) -> Expr:
    if _says_nothing(cell):
        return Nothing(cell.span)
    if column.text:
        return Text(cell.text.strip(), cell.span)
    value: Expr | None = reading.part("value", cell)
    return value if value is not None else Nothing(cell.span)
