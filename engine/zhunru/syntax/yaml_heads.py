"""YAML of 政策 授权 依据 单位 角色: who issues what, on which basis, for whom."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import groupby

from zhunru.diagnostics import Span
from zhunru.syntax.nodes import (
    Basis,
    BasisVersion,
    Declaration,
    Delegation,
    Policy,
    Role,
    Title,
    Unit,
    UnitBlock,
)
from zhunru.syntax.shadow import folded, normalise, shadow
from zhunru.syntax.yaml_keys import CONSTRUCTS
from zhunru.syntax.yaml_record import Record, YamlReading, raw_name
from zhunru.syntax.yaml_text import Mapping, Node, Scalar


def code_text(text: str) -> str:
    """Return a code in the form in which codes are compared."""
    return normalise(shadow(text).strip())


def read_policy(
    reading: YamlReading, node: Node, where: str, delegations: tuple[Delegation, ...]
) -> list[Declaration]:
    """Read the header; `delegations` are those that stand beside it."""
    record = reading.record("policy", node, where)
    if record is None:
        return []
    own = record.get("delegations")
    if own is not None:
        where = record.label("delegations")
        delegations = (*read_delegations(reading, own, where), *delegations)
    code = code_text(record.text("code"))
    return [record.of(Policy, code=code, delegations=delegations, span=node.span)]


def read_delegations(reading: YamlReading, node: Node, where: str) -> tuple[Delegation, ...]:
    """Read 授权: a list of texts as in the header, or of mappings."""
    read = (_delegation(reading, item, where) for item in reading.items(node, where))
    return tuple(delegation for delegation in read if delegation is not None)


def _delegation(reading: YamlReading, node: Node, where: str) -> Delegation | None:
    delegation: Delegation | None
    if isinstance(node, Scalar):
        delegation = reading.part("delegation", node)
        return delegation
    record = reading.record("delegation", node, where)
    if record is None:
        return None
    pieces = _delegation_pieces(record)
    if pieces is None:
        return None
    delegation = reading.composed("delegation", pieces, node.span)
    return delegation


def _delegation_pieces(record: Record) -> list[Scalar | str] | None:
    """Return the words of a delegation in the order of the header's line."""
    reading = record.reading
    subjects = [slot for slot in ("list", "parameter", "entry") if record.get(slot)]
    level = record.scalar("level")
    target = record.scalar(subjects[0]) if subjects else None
    if level is None or target is None:
        words = {word: reading.word(word) for word in ("LIST", "PARAMETER", "ENTRY")}
        reading.report("ZR827", record.span, where=record.where, key=" / ".join(words.values()))
        return None
    pieces: list[Scalar | str] = [level, reading.word(subjects[0].upper()), target]
    pieces += [scalar for scalar in (record.scalar("value"),) if scalar]
    return pieces + _addition_pieces(record)


def _addition_pieces(record: Record) -> list[Scalar | str]:
    """Return 增列 [须有 a、b] [经 N]; `增列: 是` stands for the bare word."""
    node = record.get("additions")
    reading = record.reading
    if node is None:
        return []
    if not isinstance(node, Mapping):
        return [reading.word("ADDITIONS")] if record.flag("additions") else []
    inner = reading.record("additions", node, record.label("additions"))
    if inner is None:
        return []
    via = inner.scalar("via")
    pieces = [reading.word("ADDITIONS"), *inner.behind("HAVING", "having")]
    return pieces + ([reading.word("VIA"), via] if via else [])


def read_bases(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 依据: short names with their instruments; a bare text is the full title."""
    found: list[Declaration] = []
    for key, value in reading.named(node, where):
        if isinstance(value, Scalar):
            title = Title(value.text.strip(), span=value.span)
            found.append(Basis(name=raw_name(key), title=title, span=key.span))
            continue
        record = reading.record("basis", value, f"{where}.{key.text}")
        if record is not None:
            found.append(_basis(key, record))
    return found


def _basis(key: Scalar, record: Record) -> Basis:
    level = record.name("level")
    return record.of(
        Basis,
        name=raw_name(key),
        title=record.title("title"),
        level=level.text if level else "",
        versions=tuple(map(_version, record.records("version", "versions"))),
        span=key.span,
    )


def _version(record: Record) -> BasisVersion:
    issued = record.day("issued")
    label = record.text("label") or (str(issued.year) if issued else "")
    return record.of(BasisVersion, label=label, issued=issued, span=record.span)


def read_units(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 单位: a list of units and of files that others are taken from, or one such file."""
    if isinstance(node, Mapping):
        return _unit_file(reading, node, where)
    read: list[Declaration] = []
    for taken, run in groupby(reading.items(node, where), partial(_is_unit_file, reading)):
        if taken:
            read += (block for item in run for block in _unit_file(reading, item, where))
        else:
            read.append(_unit_run(reading, list(run), where, node.span))
    return read or [UnitBlock(units=(), tabular=True, span=node.span)]


def _is_unit_file(reading: YamlReading, node: Node) -> bool:
    words = CONSTRUCTS["units"][0].spellings(reading.language)
    return isinstance(node, Mapping) and any(folded(key.text) in words for key, _ in node.pairs)


def _unit_file(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    record = reading.record("units", node, where)
    source = record.text("source") if record else ""
    if record and not source:
        reading.report("ZR827", node.span, where=where, key=reading.word("SOURCE"))
    return [UnitBlock(units=(), source=source, span=node.span)] if record else []


def _unit_run(reading: YamlReading, items: list[Node], where: str, span: Span) -> UnitBlock:
    return UnitBlock(units=_units(reading, items, where), tabular=True, span=span)


def read_unit_list(reading: YamlReading, node: Node, where: str) -> tuple[Unit, ...]:
    """Read a list of units; a bare text is a name."""
    return _units(reading, reading.items(node, where), where)


def _units(reading: YamlReading, items: Iterable[Node], where: str) -> tuple[Unit, ...]:
    read = (_unit(reading, item, where) for item in items)
    return tuple(unit for unit in read if unit is not None)


def _unit(reading: YamlReading, node: Node, where: str) -> Unit | None:
    if isinstance(node, Scalar):
        return Unit(name=raw_name(node), span=node.span)
    record = reading.record("unit", node, where)
    name = record.scalar("name") if record else None
    if record is None or name is None:
        return None
    return record.of(Unit, name=raw_name(name), span=node.span)


def read_roles(reading: YamlReading, node: Node, where: str) -> list[Declaration]:
    """Read 角色: names with what is known of them, which may be nothing."""
    return [
        record.of(Role, name=raw_name(key), span=key.span)
        for key, record in reading.records("role", node, where)
    ]
