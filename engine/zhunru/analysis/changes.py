"""What became of a thing between two sets: which differ, and how that is told part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar

from zhunru.checker.words import Phrase
from zhunru.diagnostics import NOWHERE, Span

Change = Literal["added", "removed", "changed"]
NONE = Phrase("无", "none")

# A part of a thing: its name, what a set says there, and that in words.
Part = tuple[Phrase, Callable[[Any], Any], Callable[[Any], Phrase]]

Name = TypeVar("Name")
Thing = TypeVar("Thing")


def differing(
    old: Mapping[Name, Thing], new: Mapping[Name, Thing]
) -> Iterator[tuple[Name, Thing | None, Thing | None]]:
    """Yield the names under which two sets have not the same, with what each has, if anything."""
    for name in dict.fromkeys((*old, *new)):
        one, other = old.get(name), new.get(name)
        if one != other:
            yield name, one, other


def place_of(found: Any) -> Span:
    """Return where a thing is written; nowhere for None, which a set does not have."""
    place: Span = getattr(found, "span", NOWHERE)
    return place


def change_of(old: Any, new: Any) -> Change:
    """Tell what became of a thing; None stands for a set that does not have it."""
    return "added" if old is None else "removed" if new is None else "changed"


def was_and_is(name: Phrase, old: Phrase, new: Phrase) -> Phrase:
    """Return a part in a sentence: what it was, and what it is; 无 where nothing is said."""
    return Phrase(
        f"{name.zh}：{old.zh or NONE.zh} → {new.zh or NONE.zh}",
        f"{name.en}: {old.en or NONE.en} -> {new.en or NONE.en}",
    )


def retold(old: Any, new: Any, parts: Iterable[Part]) -> Iterator[Phrase]:
    """Yield each part of a thing that is not the same in two sets, in a sentence."""
    for name, read, tell in parts:
        before, after = read(old), read(new)
        if before != after:
            yield was_and_is(name, tell(before), tell(after))


def listed(values: Iterable[str]) -> Phrase:
    """Return names one behind another; 无 where there are none."""
    some = list(values)
    return Phrase("、".join(some), ", ".join(some)) if some else NONE
