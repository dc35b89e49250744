"""What became of a thing between two sets, and the sentence that tells it part by part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from zhunru.checker.words import Phrase

Change = Literal["added", "removed", "changed"]
NONE = Phrase("无", "none")


def change_of(old: Any, new: Any) -> Change:
    """Tell what became of a thing; None stands for a set that does not have it."""
    return "added" if old is None else "removed" if new is None else "changed"


def was_and_is(name: Phrase, old: Phrase, new: Phrase) -> Phrase:
    """Return a part in a sentence: what it was, and what it is."""
    return Phrase(f"{name.zh}：{old.zh} → {new.zh}", f"{name.en}: {old.en} -> {new.en}")


def listed(values: Iterable[str]) -> Phrase:
    """Return names one behind another; 无 where there are none."""
    some = list(values)
    return Phrase("、".join(some), ", ".join(some)) if some else NONE
