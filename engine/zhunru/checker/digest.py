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


def _unit_end(level: str, superior: str) -> str:
    """Return how a unit of a large chart ends that has no more than these."""
    text = f",level={len(level)}:{level}" if level else ""
    return f"{text},superior={len(superior)}:{superior})" if superior else f"{text})"


def _by_key(names: Iterable[str]) -> Iterator[str]:
    """Yield names in the order of `length:name`, without making such a text for all of them."""
    groups: dict[int, list[str]] = {}
    for name in names:
        groups.setdefault(len(name), []).append(name)
    # Lengths in the order of their digits and the colon: "10:" stands before "1:".
    for length in sorted(groups, key="{}:".format):
        yield from sorted(groups.pop(length))


class _Ways(dict[type, _Render]):
    """How values of a class are written, found out when the first of them is."""

    def __init__(self, find: Callable[[type], _Render], known: dict[type, _Render]) -> None:
        super().__init__(known)
        self._find = find

    def __missing__(self, kind: type) -> _Render:
        found = self[kind] = self._find(kind)
        return found


class Renderer:
    """Writes values in one canonical way. What many clauses share is written once."""

    def __init__(self) -> None:
        # Kept from the second time on: nearly every part of a long list stands there once, and the
        # texts of all would take as much memory as the list.
        self._written: dict[int, str] = {}
        self._seen: set[int] = set()
        own: dict[type, _Render] = {
            str: lambda value: f"{len(value)}:{value}",
            tuple: self._tuple,
            frozenset: self._set,
            RegisterTable: self._register,
        }
        self._ways = _Ways(self._way, own)

    def render(self, value: Any) -> str:
        """Return the canonical text of a value."""
        return self._ways[value.__class__](value)

    def _way(self, kind: type) -> _Render:
        if is_dataclass(kind):
            return self._node_way(kind)
        if issubclass(kind, Mapping):
            return self._mapping
        name = kind.__name__
        return lambda each: f"<{name} {each}>"

    def _tuple(self, value: tuple[Any, ...]) -> str:
        known = self._written.get(id(value))
        if known is None:
            ways = self._ways
            known = _short(f"({','.join([ways[each.__class__](each) for each in value])})")
            self._keep(id(value), known)
        return known

    def _keep(self, at: int, text: str) -> None:
        if at in self._seen:
            self._written[at] = text
        self._seen.add(at)

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
        ends: dict[tuple[str, str], str] = {}  # most units share level and superior with others
        others, at, levels, superiors = units.others, units.at, units.levels, units.superiors
        for name in _by_key(units):
            key = f"{len(name)}:{name}"
            if name in others:
                yield f"{key}={self.render(others[name])}"
                continue
            place = at[name]
            shared = levels[place], superiors[place]
            end = ends.get(shared)
            if end is None:
                end = ends[shared] = _unit_end(*shared)
            # A node made for this would be gone at once: it must not be known by its identity.
            names = f"({key})" if len(key) < _LONG - 2 else _short(f"({key})")
            text = f"ResolvedUnit(name={key},names={names}{end}"
            yield f"{key}={text}" if len(text) < _LONG else f"{key}={_short(text)}"

    def _register(self, rows: RegisterTable) -> str:
        """Return the rows of a large register, as they would be written one by one."""
        if len(rows) < _LONG:  # perhaps not long enough to be given by its digest
            return _short(f"({','.join(self._rows(rows))})")
        sha = hashlib.sha256()
        _feed(sha, "(", ")", self._rows(rows))
        return sha.hexdigest()

    def _rows(self, rows: RegisterTable) -> Iterator[str]:
        headings = [f"{len(heading)}:{heading}" for heading in rows.headings]
        for start in range(0, len(rows), _BATCH):
            part = [column[start : start + _BATCH] for column in rows.columns]
            for cells in zip(*map(self._cells, headings, part), strict=True):
                text = f"({','.join(filter(None, cells))})"
                yield text if len(text) < _LONG else _short(text)

    def _cells(self, heading: str, column: Sequence[Any]) -> list[str]:
        """Return heading and value of the cells of a column, nothing for a blank one."""
        render = self.render
        found = [
            f"({heading},{len(value)}:{value})"
            if value.__class__ is str
            else ""
            if value is ABSENT
            else f"({heading},{render(value)})"
            for value in column
        ]
        return list(map(_short, found)) if max(map(len, found)) >= _LONG else found

    def _node_way(self, kind: Any) -> _Render:
        """Return how nodes of a class are written: places, and parts left at their default, not."""
        shape = [each for each in fields(kind) if each.compare]
        names, defaults = [each.name for each in shape], [each.default for each in shape]
        # one name more, so that a class of one field gives a tuple too
        parts_of = attrgetter(*names, "__class__")
        name, written, ways = kind.__name__, self._written, self._ways
        seen, see = self._seen, self._seen.add

        def way(value: Any) -> str:
            known = written.get(id(value))
            if known is None:
                parts = [
                    # texts are most of it: written here without a further call
                    f"{field}={len(part)}:{part}"
                    if part.__class__ is str
                    else f"{field}={ways[part.__class__](part)}"
                    for field, part, default in zip(names, parts_of(value), defaults, strict=False)
                    if part is not default and part != default
                ]
                known = f"{name}({','.join(parts)})"
                # as `_short` and `_keep`, without a call for each of a million nodes
                if len(known) >= _LONG:
                    known = _short(known)
                if id(value) in seen:
                    written[id(value)] = known
                see(id(value))
            return known

        return way
