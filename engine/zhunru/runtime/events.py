"""Events of a case, and the fold that makes the case of them without any policy.

`data` says in so many words what happened, and holds what changed under the keys of `_TAKEN`.
Records in it (a visit, parties, who took a line) may be records or, read back from JSON, mappings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, Literal, TypeVar

from zhunru.runtime.case import Actor, Case, Event, Extending, Party, Pause, Took, Visit

T = TypeVar("T")

Kind = Literal[
    "opened",
    "acted",  # an action of the state; also a meeting's result
    "answered",  # one party of a 会办
    "joined",  # the parties' answers took a line
    "met",  # a meeting that decided nothing
    "overdue",
    "expired",
    "unpublished",  # the day of a provisional due date has come; nothing is done
    "stalled",  # time alone would move the case round for ever at one instant
    "reminded",
    "paused",
    "resumed",
    "extension_asked",
    "extended",
    "extension_refused",
    "supervised",
    "urged",
    "reassigned",
    "added",
    "hidden",  # 匿名保密
    "withdrawn",
    "merged",
    "reprojected",
    "migrated",
    "child_ended",
]


def _copier() -> Callable[[Case], Case]:
    """Return what copies a case, written out field by field: every event begins with a copy."""
    names = [each.name for each in fields(Case)]
    copied = [f" new.{name} = case.{name}" for name in names]
    scope: dict[str, Any] = {"Case": Case, "make": object.__new__}
    exec("\n".join(["def copy(case):", " new = make(Case)", *copied, " return new"]), scope)
    found: Callable[[Case], Case] = scope["copy"]
    return found


copied = _copier()


def apply(case: Case | None, event: Event) -> Case:
    """Return the case after an event; None stands for the case that the event opens."""
    # Typed as anything: until it is handed out it is this function's own, and is changed.
    new: Any = _opened(event) if case is None else copied(case)
    for key, value in event.data.items():
        found = _TAKEN.get(key)
        if found is not None:
            name, take = found
            setattr(new, name, take(new, value))
    new.version += 1
    new.at = event.at
    found_case: Case = new
    return found_case


def _opened(event: Event) -> Case:
    head = dict(event.data["case"])
    head.update(opened=event.at, opener=event.actor or Actor(unit=""), version=0, at=event.at)
    return Case(**head)


def fold(events: Iterable[Event]) -> Case:
    """Return the case that these events add up to, the opening first.

    Raises ValueError where there is none.
    """
    case: Case | None = None
    for event in events:
        case = apply(case, event)
    if case is None:
        raise ValueError("a case has at least the event that opens it")
    return case


# --- what changes ------------------------------------------------------------------------------


_TUPLES = {"fired": tuple, "owners": tuple, "added": tuple}


def _visit(_: Case, value: Any) -> Visit:
    if isinstance(value, Visit):
        return value
    return _made(Visit, value, pauses=_pauses, extending=_extending, **_TUPLES)


def _parties(_: Case, value: Any) -> tuple[Party, ...]:
    return tuple(
        each if isinstance(each, Party) else _made(Party, each, pauses=_pauses) for each in value
    )


def _took(case: Case, value: Any) -> tuple[Took, ...]:
    """Add who took a line; of the same hands on the same line only the last time is kept."""
    return retaken(case.taken, value if isinstance(value, Took) else Took(**value))


def retaken(taken: tuple[Took, ...], took: Took) -> tuple[Took, ...]:
    """Return who took which lines after one more; the same hands on a line count once."""
    hands = _hands(took)
    # The line tells most of them apart: the rest is only looked at where it is the same.
    kept = [each for each in taken if each.line != took.line or _hands(each) != hands]
    return (*kept, took)


def _hands(took: Took) -> tuple[str, str, str, str]:
    return took.state, took.line, took.unit, took.person


def _all_taken(_: Case, value: Any) -> tuple[Took, ...]:
    return tuple(each if isinstance(each, Took) else Took(**each) for each in value)


def _opener(_: Case, value: Any) -> Actor:
    return value if isinstance(value, Actor) else _made(Actor, value, roles=tuple)


def _merged(key: str) -> Callable[[Case, Any], Mapping[str, Any]]:
    return lambda case, value: {**getattr(case, key), **value}


def _appended(key: str) -> Callable[[Case, Any], tuple[str, ...]]:
    return lambda case, value: (*getattr(case, key), *value)


def _united(key: str) -> Callable[[Case, Any], tuple[str, ...]]:
    return lambda case, value: tuple(dict.fromkeys((*getattr(case, key), *value)))


def _plain(_: Case, value: Any) -> Any:
    return value


# What is changed by a key of `data`, and how.
_TAKEN: dict[str, tuple[str, Callable[[Case, Any], Any]]] = {
    "visit": ("visit", _visit),
    "parties": ("parties", _parties),
    "took": ("taken", _took),
    "fields": ("fields", _merged("fields")),
    "spent": ("spent", _merged("spent")),
    "counts": ("counts", _merged("counts")),
    "all_counts": ("counts", _plain),
    "all_spent": ("spent", _plain),
    "all_taken": ("taken", _all_taken),
    "all_supervised": ("supervised", lambda _, value: tuple(value)),
    "opener": ("opener", _opener),
    "marks": ("marks", _appended("marks")),
    "supervised": ("supervised", _united("supervised")),
    "children": ("children", _united("children")),
    "confidential": ("confidential", _united("confidential")),
    "end": ("end", _plain),
    "digest": ("digest", _plain),
    "set_code": ("set_code", _plain),
}


# --- records read back from JSON ---------------------------------------------------------------


def _made(kind: type[T], plain: Mapping[str, Any], **readers: Callable[[Any], Any]) -> T:
    values = {name: readers[name](v) if name in readers else v for name, v in plain.items()}
    return kind(**values)


def _pauses(plain: Iterable[Any]) -> tuple[Pause, ...]:
    return tuple(each if isinstance(each, Pause) else Pause(**each) for each in plain)


def _extending(plain: Any) -> Extending | None:
    return plain if plain is None or isinstance(plain, Extending) else Extending(**plain)
