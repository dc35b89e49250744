"""Compiled policies kept between starts: data only, checked before use, private to the user.

A kept policy names the files it was made from and their digests. It is used only while every one
of them is unchanged and the sets above are still found where they were; anything that does not
fit is as if nothing were kept.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from zhunru import system
from zhunru.checker.resolved import (
    CheckedPolicySet,
    ResolvedDecision,
    ResolvedStep,
    ResolvedUnit,
)
from zhunru.checker.unit_table import UnitTable
from zhunru.compiler.codec import Blobs, Decoded, Decoder, Encoder
from zhunru.compiler.plan import MatterIndex, Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.syntax.catalog import Catalog
from zhunru.syntax.folders import is_file, list_files, real, stamp
from zhunru.syntax.nodes import Period, PolicySet
from zhunru.syntax.tables_from_files import tables_of

_MAGIC = b"zhunru04"
_DIGEST = 32
_SUFFIX = ".compiled"
_PRIVATE = 0o700
_MOST_KEPT = 64
_ALWAYS = Period()


# --- to bytes and back -------------------------------------------------------------------------


def dump(policy: CompiledPolicy) -> bytes:
    """Return a compiled policy as bytes that `load` reads."""
    return b"".join(_sealed(_plain_policy(policy)))


def load(data: bytes) -> CompiledPolicy:
    """Return the compiled policy of `dump`; raise ValueError if the bytes are not whole."""
    return _read_policy(marshal.loads(_body(data)))


def _sealed(data: tuple[Any, ...]) -> tuple[bytes, bytes]:
    """Return data as bytes, behind what tells that they are whole and ours."""
    body = marshal.dumps(data)
    return _MAGIC + blake2b(body, digest_size=_DIGEST).digest(), body


def _body(data: bytes) -> memoryview:
    """Return what was written, its digest checked: marshal must not read anything else."""
    start = len(_MAGIC) + _DIGEST
    body = memoryview(data)[start:]
    digest = blake2b(body, digest_size=_DIGEST).digest()
    if data[: len(_MAGIC)] != _MAGIC or data[len(_MAGIC) : start] != digest:
        raise ValueError("not a compiled policy, or a damaged one")
    return body


def _plain_policy(policy: CompiledPolicy) -> tuple[Any, ...]:
    encoder = Encoder()
    checked = policy.checked
    core = replace(checked, source=PolicySet(""), decisions={}, tests=(), units={})
    plans = tuple(_plain_plan(encoder, plan) for plan in policy.plans.values())
    core_data = encoder.plain(core)
    tests = encoder.encode(checked.tests)
    units = _plain_units(checked.units)
    return core_data, units, tests, plans, Blobs.of(encoder.parts).plain(), tuple(encoder.texts)


def _plain_units(units: Mapping[str, ResolvedUnit]) -> tuple[Any, ...]:
    """Return a chart as rows, or a large one as columns: it has hundreds of thousands of units."""
    if not isinstance(units, UnitTable):
        return (), (), (), tuple(_plain_unit(key, unit) for key, unit in units.items())
    others = tuple(_plain_unit(key, unit) for key, unit in units.others.items())
    levels = {level: number for number, level in enumerate(dict.fromkeys(units.levels))}
    which = array("I", (levels[level] for level in units.levels)).tobytes()
    # A superior is told by its place; one that is no unit of the chart by its name.
    above = tuple(units.at.get(name, name) for name in units.superiors)
    return tuple(units.at), (tuple(levels), which), above, others


def _units(data: tuple[Any, ...]) -> Mapping[str, ResolvedUnit]:
    names, levels, above, others = data
    if not names:
        return _unit_rows(others)
    which = array("I")
    which.frombytes(levels[1])
    table = UnitTable()
    superiors = [names[at] if at.__class__ is int else at for at in above]
    table.extend(names, [levels[0][number] for number in which], superiors)
    table.others.update(_unit_rows(others))
    return table


def _plain_unit(key: str, unit: ResolvedUnit) -> tuple[Any, ...]:
    """Return a unit as a row."""
    start, end = unit.period.start, unit.period.end
    days = (start and start.toordinal(), end and end.toordinal()) if start or end else None
    others = unit.names if unit.names != (unit.name,) else None
    return key, unit.name, others, unit.level, unit.superior, unit.roles, days


def _unit_rows(rows: Sequence[tuple[Any, ...]]) -> dict[str, ResolvedUnit]:
    return {
        key: ResolvedUnit(
            name=name,
            names=(name,) if others is None else others,
            level=level,
            superior=superior,
            roles=roles,
            period=_ALWAYS if days is None else Period(_day(days[0]), _day(days[1])),
        )
        for key, name, others, level, superior, roles, days in rows
    }


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def _plain_plan(encoder: Encoder, plan: Plan) -> tuple[Any, ...]:
    head = replace(plan.head, steps=())
    clauses = Blobs.of(marshal.dumps(encoder.plain(clause)) for clause in plan.clauses)
    steps = tuple((step.label, step.names, step.span) for step in plan.head.steps)
    return (
        encoder.plain(head),
        encoder.encode(steps),
        clauses.plain(),
        tuple(plan.starts),
        tuple(plan.general),
        plan.index.numbers,
    )


def _read_policy(data: tuple[Any, ...]) -> CompiledPolicy:
    core_data, units, tests, plans_data, parts, texts = data
    decoder = Decoder(Blobs.read(parts), texts)
    core: CheckedPolicySet = replace(decoder.object(core_data), units=_units(units))
    plans = {}
    for plan_data in plans_data:
        plan = _read_plan(decoder, plan_data)
        plans[plan.head.name] = plan

    def whole() -> CheckedPolicySet:
        decisions = {name: _whole_decision(plan) for name, plan in plans.items()}
        return replace(core, decisions=decisions, tests=decoder.decode(tests))

    return CompiledPolicy(core, plans, whole)


def _read_plan(decoder: Decoder, data: tuple[Any, ...]) -> Plan:
    head_data, steps, clauses, starts, general, numbers = data
    head: ResolvedDecision = decoder.object(head_data)
    named = tuple(
        ResolvedStep(label=label, clauses=(), names=names, span=span)
        for label, names, span in decoder.decode(steps)
    )
    return Plan(
        replace(head, steps=named),
        Decoded(Blobs.read(clauses), decoder),
        starts,
        general,
        MatterIndex(numbers),
    )


def _whole_decision(plan: Plan) -> ResolvedDecision:
    """Return the decision with its clauses back in its steps."""
    pairs = zip(plan.head.steps, plan.numbers_by_step, strict=True)
    steps = tuple(
        replace(step, clauses=tuple(plan.clauses[numbers.start : numbers.stop]))
        for step, numbers in pairs
    )
    return replace(plan.head, steps=steps)


# --- kept between starts -----------------------------------------------------------------------


def find(path: Path, search: Sequence[Path] = ()) -> CompiledPolicy | None:
    """Return the policy kept for the set at `path`, if all that it was made from is unchanged."""
    kept = _kept(_place(path, search), lambda manifest: _unchanged(manifest, search))
    return None if kept is None else kept[1]


def keep(path: Path, search: Sequence[Path], policy_set: PolicySet, policy: CompiledPolicy) -> None:
    """Keep a policy for the next start; where that is not possible, nothing happens."""
    with suppress(OSError, ValueError):
        manifest = _manifest(policy_set)
        # Looked at last: the digests are those of what was read only if nothing was saved since.
        if _as_read(policy_set):
            _write_kept(_place(path, search), manifest, policy)


def find_named(name: str) -> tuple[str, CompiledPolicy] | None:
    """Return what was kept under a name that says all that it was made from, and its remark."""
    return _kept(_place_named(name), lambda remark: True)


def keep_named(name: str, remark: str, policy: CompiledPolicy) -> None:
    """Keep a policy under such a name, with a remark; if that is not possible, nothing happens."""
    with suppress(OSError, ValueError):
        _write_kept(_place_named(name), remark, policy)


def _kept(place: Path | None, holds: Callable[[Any], bool]) -> tuple[Any, CompiledPolicy] | None:
    """Return what is kept at a place, if what stands before the policy holds, with that."""
    if place is None:
        return None
    try:
        before, policy = marshal.loads(_body(place.read_bytes()))
        if not holds(before):
            return None
        found = before, _read_policy(policy)
    except (OSError, ValueError, EOFError, TypeError, KeyError, IndexError):
        return None
    # So that it is not among those forgotten first; a cache that may only be read serves as well.
    with suppress(OSError):
        place.touch()
    return found


def _write_kept(place: Path | None, before: Any, policy: CompiledPolicy) -> None:
    if place is not None:
        data = _sealed((before, _plain_policy(policy)))
        system.replace(place, *data, private=True, lasting=False)
        _forget_old(place.parent)


def _forget_old(folder: Path) -> None:
    """Drop the policies that were kept longest ago, past a bound, and what was never finished."""
    kept = sorted(folder.glob(f"*{_SUFFIX}*"), key=lambda file: file.stat().st_mtime)
    for file in kept[:-_MOST_KEPT]:
        file.unlink(missing_ok=True)


def _place(path: Path, search: Sequence[Path]) -> Path | None:
    return _place_named(*(str(real(each)) for each in (path, *search)))


def _place_named(*names: str) -> Path | None:
    """Return where a policy is kept that goes by these names in this very library."""
    folder = cache_folder()
    if folder is None:
        return None
    key = blake2b(digest_size=16)
    for text in (*names, _library()):
        key.update(text.encode("utf-8", "surrogateescape") + b"\0")
    return folder / (key.hexdigest() + _SUFFIX)


def cache_folder() -> Path | None:
    """Return the user's own cache folder, made if need be; None if it is open to others."""
    try:
        folder = system.cache_folder()
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        found = folder.lstat()
    except (OSError, RuntimeError):
        return None
    return folder if stat.S_ISDIR(found.st_mode) and _is_private(found) else None


def _is_private(found: os.stat_result) -> bool:
    """Whoever can write here could make us read anything: only the user may."""
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & 0o077


@cache
def _library() -> str:
    """Return what names this very library: every module by size and time, and the Python."""
    root = Path(__file__).parent.parent
    files = sorted(root.rglob("*.py"))
    sizes = ((file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    return f"{sys.version} {marshal.version} {list(sizes)}"


# --- what a kept policy was made from ----------------------------------------------------------


def _manifest(policy_set: PolicySet) -> tuple[Any, ...]:
    """Return files with digests, and where each upper set was found."""
    sets = list(bundle(policy_set))
    files = tuple((each.path, _digest_of_set(Path(each.path))) for each in sets)
    read = (file for each in sets for file in each.files)
    tables = {str(path): _digest_if_there(path) for file in read for path in tables_of(file)}
    uppers = tuple(
        (each.path, name.text, str(real(Path(upper.path))))
        for each in sets
        if each.header is not None
        for name in each.header.upper
        for upper in each.uppers
        if upper.header is not None and upper.header.code == name.text
    )
    return files, tuple(sorted(tables.items())), uppers


def _as_read(policy_set: PolicySet) -> bool:
    """Tell whether every file is as it was just before it was read, and none has come."""
    sets = list(bundle(policy_set))
    files = (path for each in sets for path in list_files(Path(each.path))[0])
    tables = (path for each in sets for file in each.files for path in tables_of(file))
    before = policy_set.stamps
    return all(path in before and before[path] == stamp(path) for path in (*files, *tables))


def _unchanged(manifest: tuple[Any, ...], search: Sequence[Path]) -> bool:
    files, tables, uppers = manifest
    catalog = Catalog(tuple(search))
    return (
        all(_digest_of_set(Path(path)) == digest for path, digest in files)
        and all(_digest_if_there(Path(path)) == digest for path, digest in tables)
        and all(_found_at(catalog, beside, code) == place for beside, code, place in uppers)
    )


def _found_at(catalog: Catalog, beside: str, code: str) -> str:
    listed = catalog.find(code, Path(beside))
    return str(real(listed[0].path)) if len(listed) == 1 else ""


def bundle(policy_set: PolicySet) -> Iterator[PolicySet]:
    """Yield a set and those above it, each once."""
    waiting, seen = [policy_set], set[str]()
    while waiting:
        each = waiting.pop(0)
        if each.path not in seen:
            seen.add(each.path)
            yield each
            waiting.extend(each.uppers)


def _digest_of_set(path: Path) -> bytes:
    """Return the digest of the names and bytes of all policy files of a set."""
    digest = blake2b(digest_size=_DIGEST)
    for file in list_files(path)[0]:
        digest.update(str(file).encode("utf-8", "surrogateescape") + b"\0" + _digest_of(file))
    return digest.digest()


def _digest_if_there(path: Path) -> bytes:
    """Return the digest of a file; that it is not there counts too: it may come."""
    return _digest_of(path) if is_file(path) else b""


def _digest_of(path: Path) -> bytes:
    digest = blake2b(digest_size=_DIGEST)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.digest()
