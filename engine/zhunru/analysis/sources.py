"""Where parts of a set stand in its text that the checked model says nothing of: units."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from zhunru.compiler.program import CompiledPolicy
from zhunru.diagnostics import Span
from zhunru.packing import source_of
from zhunru.syntax.loader import load
from zhunru.syntax.nodes import PolicySet, Unit, UnitBlock


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
