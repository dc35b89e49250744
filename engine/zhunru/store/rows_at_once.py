"""Statements that put and take away rows of many tables at once, in the words of PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from zhunru.store.tables import Record, Table

_ARRAYS = {"t": "text[]", "i": "int8[]", "b": "bytea[]"}


@cache
def together(parts: tuple[tuple[Table, bool], ...], gone: int) -> str:
    """Return one statement for all tables: each statement of its own costs as much as many rows.

    Of every table it is told whether it is one row; the first so many are taken away.
    """
    texts = [_removal(*part) for part in parts[:gone]] + [
        _insertion(*part) for part in parts[gone:]
    ]
    named = ", ".join(f"part{number} AS ({text})" for number, text in enumerate(texts))
    return f"WITH {named} SELECT 1"


def _insertion(table: Table, single: bool) -> str:
    into = f"INSERT INTO {table.name} ({table.listed})"
    if single:
        return f"{into} VALUES ({', '.join('?' * len(table.columns))}){table.conflict}"
    arrays = ", ".join(f"?::{_ARRAYS[each]}" for each in table.types)
    return f"{into} SELECT * FROM unnest({arrays}){table.conflict}"


def _removal(table: Table, single: bool) -> str:
    if single:
        same = " AND ".join(f"{column} = ?" for column in table.key)
        return f"DELETE FROM {table.name} WHERE {same}"
    types = table.types[: len(table.key)]
    arrays = ", ".join(f"?::{_ARRAYS[each]}" for each in types)
    same = " AND ".join(f"{table.name}.{column} = gone.{column}" for column in table.key)
    return (
        f"DELETE FROM {table.name} USING unnest({arrays}) AS gone ({', '.join(table.key)}) "
        f"WHERE {same}"
    )


def values_of(types: str, rows: Sequence[Record]) -> Sequence[object]:
    """Return the values of one row as they are, of several as an array for each column."""
    if len(rows) == 1:
        # Bytes are written in words of the database; everything else is its own text.
        return [f"\\x{v.hex()}" if t == "b" else v for t, v in zip(types, rows[0], strict=True)]
    return [
        literal(each, values) for each, values in zip(types, zip(*rows, strict=True), strict=True)
    ]


def literal(kind: str, values: Sequence[Any]) -> str:
    """Return an array as PostgreSQL writes it: one text a column, whatever the number of rows."""
    if kind == "i":
        inner = ["NULL" if value is None else str(value) for value in values]
    elif kind == "b":
        inner = [f'"\\\\x{value.hex()}"' for value in values]
    else:
        inner = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values]
    return "{" + ",".join(inner) + "}"
