"""What stands in the text of a set that the checked model says nothing of: places, lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from pathlib import Path

from zhunru.compiler.program import CompiledPolicy
from zhunru.diagnostics import Span
from zhunru.packing import source_of
from zhunru.syntax.loader import load
from zhunru.syntax.nodes import ListDecl, PolicySet, Unit, UnitBlock

_MOST_KEPT = 8  # sets whose lists are looked at entry by entry; reading one takes a second


def unit_places(policy: CompiledPolicy, names: Collection[str]) -> dict[str, Span]:
    """Return where units are declared, in a policy file or a sheet; the set itself comes first."""
    left, found = set(names), dict[str, Span]()
    source = _source(policy) if left else None
    for unit in _units(source) if source is not None else ():
        name = unit.name.text
        if name in left:
            found[name] = unit.name.span
            left.discard(name)
            if not left:
                break
    return found


def _source(policy: CompiledPolicy) -> PolicySet | None:
    """Return the text of a set. A policy that was kept compiled has none: it is read again."""
    if policy.checked.source.files or policy.origin is None:
        return source_of(policy)
    return _read(*policy.origin)


@cache
def _read(place: Path, search: tuple[Path, ...]) -> PolicySet | None:
    return load(place, search=search)[0]


def _units(source: PolicySet) -> Iterator[Unit]:
    for declared in source.declarations:
        if isinstance(declared, UnitBlock):
            yield from declared.units
    for upper in source.uppers:
        yield from _units(upper)


@lru_cache(maxsize=_MOST_KEPT)
def written_lists(policy: CompiledPolicy) -> tuple[tuple[str, ListDecl], ...]:
    """Return the lists as they are written, with the code of the set that each is in."""
    return tuple(_lists(source_of(policy)))


def _lists(first: PolicySet) -> Iterator[tuple[str, ListDecl]]:
    waiting, seen = [first], set[str]()
    while waiting:
        source = waiting.pop(0)
        if source.path in seen:
            continue
        seen.add(source.path)
        code = source.header.code if source.header is not None else ""
        for declared in source.declarations:
            if isinstance(declared, ListDecl):
                yield code, declared
        waiting.extend(source.uppers)
