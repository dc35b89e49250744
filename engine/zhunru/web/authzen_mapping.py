"""Subjects, actions and resources of AuthZEN as facts of a set, and which of them there are.

Without a mapping file: the subject is the unit that asks (the first unit field that is not the
addressee), the resource the unit that is asked, the action the matter. A property, or a member of
the context, that is named like a field, register or quota of the set is that fact. A file
`authzen.json` beside the set says otherwise, field by field, and may bring entities with their
properties.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from zhunru.checker.resolved import UnitTarget
from zhunru.compiler import CompiledPolicy
from zhunru.syntax.misspelling import nearest_whole
from zhunru.vocabulary import TypeName
from zhunru.web.tokens import only_known, unusable

_PARTS = ("subject", "action", "resource")
_NAME = {"subject": "id", "action": "name", "resource": "id"}
Entity = Mapping[str, Any]
_TAKEN = frozenset({"zhunru", "approval"})  # what a context has of ours
_ALIKE = 60  # of names: `time` is nobody's slip
_LONGEST, _MOST_STRANGE, _MOST_KNOWN = 100, 50, 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """Which fields the parts of one AuthZEN entity are."""

    type: str = ""
    name: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapped:
    """How the questions of AuthZEN are questions to one decision of a set.

    `entities`: by part and type, each known one with its properties. `strict`: only what the file
    names counts; otherwise also properties that are named like a fact.
    """

    decision: str
    parts: Mapping[str, Part]
    entities: Mapping[str, Mapping[str, Mapping[str, Entity]]]
    policy: CompiledPolicy
    strict: bool

    @classmethod
    def of(cls, policy: CompiledPolicy, file: Path | None) -> Mapped:
        """Return the mapping of a file, or the usual one of a set."""
        if file is None:
            return usual(policy)
        try:
            return _read(policy, json.loads(file.read_text(encoding="utf-8")), file)
        except OSError:
            unusable(file, "读不到", "it cannot be read")
        except (ValueError, LookupError, TypeError, AttributeError):
            unusable(file, "不是对应表的格式", "it is not a mapping")

    # --- facts ---------------------------------------------------------------------------------

    def facts(self, asked: Mapping[str, Entity], context: Mapping[str, Any]) -> dict[str, Any]:
        """Return the facts that a question brings, those of known entities among them."""
        found: dict[str, Any] = {}
        for part in _PARTS:
            if part in asked:
                self._take(part, asked[part], found)
        if not self.strict:
            found |= {name: value for name, value in context.items() if self._is_fact(name)}
        return found

    def _take(self, part: str, entity: Entity, found: dict[str, Any]) -> None:
        fields = self.parts[part]
        kind = str(entity.get("type", ""))
        if fields.type and kind:
            found[fields.type] = kind
        name = entity.get(_NAME[part])
        if fields.name and name is not None:
            found[fields.name] = name
        known = self.entities.get(part, {}).get(kind, {}).get(str(name), {})
        for key, value in {**known, **(entity.get("properties") or {})}.items():
            target = fields.properties.get(key)
            if target is not None:
                found[target] = value
            elif not self.strict and self._is_fact(key):
                found[key] = value

    def slips(self, asked: Mapping[str, Entity]) -> list[dict[str, str]]:
        """Return what a question says that is no fact, and is written much like one that is.

        What is not like any is the caller's own, and not looked at, as AuthZEN has it.
        """
        strange = islice(self._strange(asked), _MOST_STRANGE)
        meant = ((name, self._meant(part, name)) for part, name in strange)
        return [{"name": name, "meant": near} for name, near in meant if near]

    def _strange(self, asked: Mapping[str, Entity]) -> Iterator[tuple[str, str]]:
        for part in _PARTS:
            for name in asked.get(part, {}).get("properties") or ():
                counts = not self.strict and self._is_fact(name)
                if name not in self.parts[part].properties and not counts:
                    yield part, name
        if not self.strict:
            for name in asked.get("context") or ():
                if name not in _TAKEN and not self._is_fact(name):
                    yield "", name

    def _meant(self, part: str, name: str) -> str:
        known = self._near.get((part, name))
        if known is None:
            if len(self._near) >= _MOST_KNOWN:
                self._near.clear()
            names = self.parts[part].properties if self.strict else self._names
            known = self._near[part, name] = nearest_whole(name[:_LONGEST], names, _ALIKE)
        return known

    @cached_property
    def _near(self) -> dict[tuple[str, str], str]:
        return {}

    @cached_property
    def _names(self) -> list[str]:
        return [*self._fields, *self.policy.model.registers]

    @cached_property
    def _fields(self) -> Collection[str]:
        return self.policy.plan(self.decision).fields.keys()

    def _is_fact(self, name: str) -> bool:
        if name in self._fields:
            return True
        plan = self.policy.plan(self.decision)
        return name in self.policy.model.registers or plan.could_be_quota(name)

    # --- who and what there is -----------------------------------------------------------------

    def candidates(self, part: str, kind: str, day: date) -> Iterator[dict[str, Any]]:
        """Yield the entities of a type, in the order in which a search goes through them."""
        if part == "action":
            names = self.entities["action"].get("") or self._matters()
            yield from ({"name": name} for name in names)
        elif part in self.entities:
            names = self.entities[part].get(kind, {})
            yield from ({"type": kind, "id": name} for name in names)
        else:
            yield from ({"type": kind, "id": unit} for unit in self._units(kind, day))

    def _units(self, kind: str, day: date) -> Iterator[str]:
        """Yield the units of a type: all (`unit`, 单位), or those of a level or role."""
        chart = self.policy.model.chart
        for unit in chart.known(day):
            targets = (UnitTarget("level", kind), UnitTarget("role", kind))
            if kind in ("unit", "单位") or any(chart.is_target(unit, each) for each in targets):
                yield unit

    def _matters(self) -> Iterator[str]:
        return iter(self.policy.plan(self.decision).index.numbers)


def usual(policy: CompiledPolicy) -> Mapped:
    """Return the mapping of a set that says nothing about it."""
    plan = policy.plan(policy.decisions[0]) if policy.decisions else None
    if plan is None:
        return Mapped("", {part: Part() for part in _PARTS}, {"action": {}}, policy, False)
    units = [name for name, each in plan.fields.items() if each.type.name is TypeName.UNIT]
    senders = [name for name in units if name != plan.addressee_field]
    parts = {
        "subject": Part(name=senders[0] if senders else ""),
        "action": Part(name=plan.matter_field),
        "resource": Part(name=plan.addressee_field),
    }
    return Mapped(plan.head.name, parts, {"action": {}}, policy, False)


def _read(policy: CompiledPolicy, given: Mapping[str, Any], file: Path) -> Mapped:
    only_known(file, given, ("decision", *_PARTS, "entities"), "")
    for part in _PARTS:
        only_known(file, given.get(part, {}), ("type", _NAME[part], "properties"), part)
    only_known(file, given.get("entities", {}), _PARTS, "entities")
    decision = str(given.get("decision", "")) or policy.decisions[0]
    fields = policy.plan(decision).fields
    parts = {part: _part(given.get(part, {}), _NAME[part]) for part in _PARTS}
    named = [
        name
        for part in parts.values()
        for name in (part.type, part.name, *part.properties.values())
    ]
    if unknown := [name for name in named if name and name not in fields]:
        zh = f"规则集“{policy.code}”没有“{unknown[0]}”这一栏"
        unusable(file, zh, f"the set `{policy.code}` has no field `{unknown[0]}`")
    entities = given.get("entities", {})
    known = {
        part: {str(kind): _entities(each) for kind, each in entities.get(part, {}).items()}
        for part in ("subject", "resource")
        if part in entities
    }
    actions: dict[str, Entity] = {str(name): {} for name in entities.get("action", ())}
    return Mapped(decision, parts, {**known, "action": {"": actions}}, policy, True)


def _part(given: Mapping[str, Any], name: str) -> Part:
    properties = {str(key): str(value) for key, value in given.get("properties", {}).items()}
    return Part(str(given.get("type", "")), str(given.get(name, "")), properties)


def _entities(given: Mapping[str, Any]) -> dict[str, Entity]:
    return {str(name): dict(properties) for name, properties in given.items()}
