"""Cases, events and facts as canonical JSON: equal values give equal bytes, and come back equal.

Keys are sorted, what is at its default is left out. JSON has no exact numbers and no days, so
these are objects of one key that no field can have: `{"$n": "1.50"}`, `{"$d": "2026-03-02"}`,
`{"$t": …}` for a moment, `{"$s": [...]}` for a set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

import orjson

from zhunru.runtime.case import Actor, Case, Done, Event, Extending, Party, Pause, Took, Visit

T = TypeVar("T")

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_INTEGERS = 1 << 63


# --- values ------------------------------------------------------------------------------------


def encode(value: Any) -> str:
    """Return a value, also a case or an event, as canonical JSON."""
    try:
        return orjson.dumps(value, _tagged, _OPTIONS).decode()
    except TypeError:
        return orjson.dumps(_bounded(value), _tagged, _OPTIONS).decode()


def decode(text: str) -> Any:
    """Return the value that `encode` wrote; lists come back as tuples."""
    return _untagged(orjson.loads(text))


def _tagged(value: Any) -> Any:
    """Return what JSON cannot say in words of JSON; orjson asks for nothing else."""
    rule = _TAGS.get(value.__class__)
    if rule is not None:
        return rule(value)
    raise TypeError(f"not a value of a case: {value!r}")


def _number(value: Decimal) -> Any:
    return {"$n": str(value)}


def _mapping(value: Mapping[str, Any]) -> Any:
    return dict(value)


_TAGS: dict[type, Callable[[Any], Any]] = {
    Decimal: _number,
    date: lambda value: {"$d": value.isoformat()},
    datetime: lambda value: {"$t": value.isoformat()},
    frozenset: lambda value: {"$s": sorted(value)},
    set: lambda value: {"$s": sorted(value)},
    MappingProxyType: _mapping,
}


def _bounded(value: Any) -> Any:
    """Return a value whose integers are not too long for orjson: such are rare, and exact too."""
    if isinstance(value, Mapping):
        return {key: _bounded(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_bounded(item) for item in value]
    if value.__class__ is int and not -_INTEGERS <= value < _INTEGERS:
        return {"$i": str(value)}
    if value.__class__ in _RECORDS:
        return _bounded(_plain(value))
    return value


_UNTAG: dict[str, Callable[[Any], Any]] = {
    "$n": Decimal,
    "$d": date.fromisoformat,
    "$t": datetime.fromisoformat,
    "$s": frozenset,
    "$i": int,
}


def _untagged(value: Any) -> Any:
    if value.__class__ is dict:
        if len(value) == 1:
            ((key, item),) = value.items()
            rule = _UNTAG.get(key)
            if rule is not None:
                return rule(item)
        return {key: _untagged(item) for key, item in value.items()}
    if value.__class__ is list:
        return tuple([_untagged(item) for item in value])
    return value


# --- records -----------------------------------------------------------------------------------

_RECORDS = (Actor, Case, Done, Event, Extending, Party, Pause, Took, Visit)


_ALWAYS, _UNLESS_NONE, _UNLESS_EMPTY = (
    "",
    "if value is not None: ",
    "if value: ",
)


def _rule(default: Any, factory: Any) -> str:
    """Return when a field is written: a None default unless it is None, others unless empty."""
    if default is MISSING and factory is MISSING:
        return _ALWAYS
    if factory is not MISSING:
        default = factory()
    assert not default, "a default that is not empty could not be left out"
    return _UNLESS_NONE if default is None else _UNLESS_EMPTY


# Records that are written many times as they are: who opened a case, who took its lines, who was
# told of it by a line that says the same of every case.
_OFTEN = {"Actor": Actor, "Took": Took, "Visit": Visit, "Done": Done}
_WRITTEN = """ try: found[{name!r}] = value.json
 except AttributeError: found[{name!r}] = written(value)"""
_EACH_WRITTEN = """ if value: found[{name!r}] = [written(each) for each in value]"""


def _writer(kind: type) -> Callable[[Any], dict[str, Any]]:
    """Return what says of a record what JSON says: the fields that are not at their defaults.

    Written out field by field, as dataclasses write their own methods: every command writes a
    dozen records, and going through lists of fields takes three times as long.
    """
    lines = ["def plain(record):", " found = {}"]
    for each in fields(kind):
        lines.append(f" value = record.{each.name}")
        lines.append(_line(each))
    scope: dict[str, Any] = {"written": _written}
    exec("\n".join([*lines, " return found"]), scope)
    found: Callable[[Any], dict[str, Any]] = scope["plain"]
    return found


def _line(each: Field[Any]) -> str:
    # Put in as text, or JSON would ask for each of them by two calls of its own.
    if each.type in _OFTEN:
        return _WRITTEN.format(name=each.name)
    if each.type == "tuple[Took, ...]":
        return _EACH_WRITTEN.format(name=each.name)
    return f" {_rule(each.default, each.default_factory)}found[{each.name!r}] = value"


def _plain(record: Any) -> dict[str, Any]:
    return _WRITERS[record.__class__](record)


def _written(record: Any) -> orjson.Fragment:
    """Return a record as it was written last time."""
    try:
        found: orjson.Fragment = record.json
    except AttributeError:
        found = record.json = orjson.Fragment(orjson.dumps(_plain(record), _tagged, _OPTIONS))
    return found


_WRITERS: dict[type, Callable[[Any], dict[str, Any]]] = {kind: _writer(kind) for kind in _RECORDS}
_TAGS.update(_WRITERS)
_TAGS.update(dict.fromkeys(_OFTEN.values(), _written))


def encode_case(case: Case) -> str:
    """Return a case as the body of its row."""
    return encode(case)


def decode_case(text: str) -> Case:
    """Return the case that a body holds."""
    plain = orjson.loads(text)
    plain["opener"] = _actor(plain["opener"])
    plain["visit"] = _visit(plain["visit"])
    # Only facts may be tagged; what else is a list is known by name, so nothing is searched.
    for name, read in _NESTED.items():
        if name in plain:
            plain[name] = read(plain[name])
    return Case(**plain)


def _actor(plain: dict[str, Any]) -> Actor:
    if "roles" in plain:
        plain["roles"] = tuple(plain["roles"])
    return Actor(**plain)


def _visit(plain: dict[str, Any]) -> Visit:
    for name, read in _NESTED_IN_VISIT.items():
        if name in plain:
            plain[name] = read(plain[name])
    return Visit(**plain)


def _pauses(plain: list[dict[str, Any]]) -> tuple[Pause, ...]:
    return tuple(Pause(**pause) for pause in plain)


def _parties(plain: list[dict[str, Any]]) -> tuple[Party, ...]:
    for party in plain:
        if "pauses" in party:
            party["pauses"] = _pauses(party["pauses"])
    return tuple(Party(**party) for party in plain)


_NESTED_IN_VISIT: dict[str, Callable[[Any], Any]] = {
    "pauses": _pauses,
    "extending": lambda plain: Extending(**plain),
    "fired": tuple,
    "owners": tuple,
    "added": tuple,
}
_NESTED: dict[str, Callable[[Any], Any]] = {
    "fields": _untagged,
    "parties": _parties,
    "taken": lambda plain: tuple([Took(**took) for took in plain]),
    "marks": tuple,
    "supervised": tuple,
    "children": tuple,
    "confidential": tuple,
}


# --- events ------------------------------------------------------------------------------------


def encode_actor(actor: Actor | None) -> str:
    """Return who acted, as the column of an event holds it; "" is nobody."""
    if actor is None:
        return ""
    kept: Any = actor  # it is changed in nothing that belongs to its value
    try:
        text: str = kept.text
    except AttributeError:
        text = kept.text = encode(actor)
    return text


def decode_actor(text: str) -> Actor | None:
    """Return who acted."""
    return _actor(orjson.loads(text)) if text else None


def encode_event(
    event: Event, effects: tuple[Done, ...] = (), papers: Sequence[Mapping[str, str]] = ()
) -> str:
    """Return what an event changed, with its effects and the papers that went out, as its body."""
    body: dict[str, Any] = {"data": event.data}
    if effects:
        body["effects"] = effects
    if papers:
        body["papers"] = papers
    return encode(body)


def decode_event(kind: str, at: int, actor: str, body: str) -> Event:
    """Return an event from its row; its effects are not needed to find the next case."""
    return Event(kind=kind, at=at, data=decode(body)["data"], actor=decode_actor(actor))
