"""The digest of a checked set: of what it means, whatever its files are called or look like."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import islice
from operator import attrgetter
from typing import Any

from zhunru.checker.register_table import ABSENT, RegisterTable
from zhunru.checker.unit_table import UnitTable

_Render = Callable[[Any], str]
_LONG = 256
_BATCH = 4_096


def digest_of(parts: Iterable[Any]) -> str:
    """Return the SHA-256 of a canonical rendering of resolved values."""
    sha = hashlib.sha256()
    renderer = Renderer()
    for part in parts:
        if isinstance(part, Mapping):
            _feed(sha, "[", "]", renderer.items(part))
        else:
            sha.update(renderer.render(part).encode())
        sha.update(b"\n")
    return sha.hexdigest()


def _feed(sha: Any, before: str, after: str, texts: Iterable[str]) -> None:
    """Add texts with commas between them, a few thousand at a time: the whole is never held."""
    left = iter(texts)
    sha.update((before + ",".join(islice(left, _BATCH))).encode())
    while batch := list(islice(left, _BATCH)):
        sha.update(("," + ",".join(batch)).encode())
    sha.update(after.encode())


def _short(text: str) -> str:
    """Return a text, or its own digest where it is long: the whole is never held in memory."""
    return text if len(text) < _LONG else hashlib.sha256(text.encode()).hexdigest()


class Renderer:
    """Writes values in one canonical way. What many clauses share is written once."""

    def __init__(self) -> None:
        self._written: dict[int, str] = {}
        self._ways: dict[type, _Render] = {
            str: lambda value: f"{len(value)}:{value}",
            tuple: self._tuple,
            frozenset: self._set,
            RegisterTable: self._register,
        }

    def render(self, value: Any) -> str:
        """Return the canonical text of a value."""
        kind = type(value)
        way = self._ways.get(kind)
        if way is None:
            way = self._ways[kind] = self._way(value, kind)
        return way(value)

    def _way(self, value: Any, kind: type) -> _Render:
        if is_dataclass(value):
            return self._node_way(kind)
        if isinstance(value, Mapping):
            return self._mapping
        name = kind.__name__
        return lambda each: f"<{name} {each}>"

    def _tuple(self, value: tuple[Any, ...]) -> str:
        known = self._written.get(id(value))
        if known is None:
            known = _short(f"({','.join(map(self.render, value))})")
            self._written[id(value)] = known
        return known

    def _set(self, value: frozenset[Any]) -> str:
        parts = [f"{len(p)}:{p}" if p.__class__ is str else self.render(p) for p in value]
        return f"{{{','.join(sorted(parts))}}}"

    def _mapping(self, value: Mapping[Any, Any]) -> str:
        return f"[{','.join(self.items(value))}]"

    def items(self, value: Mapping[Any, Any]) -> Iterator[str]:
        """Yield key and value of a mapping, in the order of the keys as they are written."""
        if isinstance(value, UnitTable):
            return self._units(value)
        items = sorted((self.render(key), self.render(part)) for key, part in value.items())
        return (f"{key}={part}" for key, part in items)

    def _units(self, units: UnitTable) -> Iterator[str]:
        """Yield the units of a large chart, as they would be written one by one."""
        for key, name in sorted((f"{len(name)}:{name}", name) for name in units):
            other = units.others.get(name)
            # A node made for this would be gone at once: it must not be known by its identity.
            text = self._plain_unit(key, name, units) if other is None else self.render(other)
            yield f"{key}={text}"

    def _plain_unit(self, key: str, name: str, units: UnitTable) -> str:
        at = units.at[name]
        level, superior = units.levels[at], units.superiors[at]
        text = f"ResolvedUnit(name={key},names={_short(f'({key})')}"
        if level:
            text += f",level={len(level)}:{level}"
        if superior:
            text += f",superior={len(superior)}:{superior}"
        return _short(text + ")")

    def _register(self, rows: RegisterTable) -> str:
        """Return the rows of a large register, as they would be written one by one."""
        if len(rows) < _LONG:  # perhaps not long enough to be given by its digest
            return _short(f"({','.join(self._rows(rows))})")
        sha = hashlib.sha256()
        _feed(sha, "(", ")", self._rows(rows))
        return sha.hexdigest()

    def _rows(self, rows: RegisterTable) -> Iterator[str]:
        columns = [
            self._cells(f"{len(heading)}:{heading}", column)
            for heading, column in zip(rows.headings, rows.columns, strict=True)
        ]
        for cells in zip(*columns, strict=True):
            yield _short(f"({','.join(cell for cell in cells if cell)})")

    def _cells(self, heading: str, column: Sequence[Any]) -> Iterator[str]:
        """Yield heading and value of the cells of a column, nothing for a blank one."""
        for value in column:
            if value is ABSENT:
                yield ""
            elif value.__class__ is str:
                yield _short(f"({heading},{len(value)}:{value})")
            else:
                yield _short(f"({heading},{self.render(value)})")

    def _node_way(self, kind: Any) -> _Render:
        """Return how nodes of a class are written: places, and parts left at their default, not."""
        shape = [each for each in fields(kind) if each.compare]
        names, defaults = [each.name for each in shape], [each.default for each in shape]
        # one name more, so that a class of one field gives a tuple too
        parts_of = attrgetter(*names, "__class__")
        name, written, render = kind.__name__, self._written, self.render

        def way(value: Any) -> str:
            known = written.get(id(value))
            if known is None:
                parts = [
                    # texts are most of it: written here without a further call
                    f"{field}={len(part)}:{part}"
                    if part.__class__ is str
                    else f"{field}={render(part)}"
                    for field, part, default in zip(names, parts_of(value), defaults, strict=False)
                    if part is not default and part != default
                ]
                known = written[id(value)] = _short(f"{name}({','.join(parts)})")
            return known

        return way
