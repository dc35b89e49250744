"""授权 lines of two sets: what lower sets may add or move, told part by part."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from zhunru.analysis.changes import NONE, listed, was_and_is
from zhunru.checker.resolved import CheckedPolicySet
from zhunru.checker.words import Phrase, amount
from zhunru.diagnostics import NOWHERE, Span
from zhunru.syntax.expressions import Quantity
from zhunru.syntax.nodes import Delegation

_SUBJECTS = {
    "list": Phrase("清单", "list"),
    "parameter": Phrase("参数", "parameter"),
    "clause": Phrase("条目", "entry"),
}


class Handed(NamedTuple):
    """What one 授权 says in each set; None: the set does not have it."""

    name: Phrase
    old: Delegation | None
    new: Delegation | None
    lines: tuple[Phrase, ...]

    @property
    def places(self) -> tuple[Span, Span]:
        """Return where it stands in both sets."""
        old, new = (each.span if each is not None else NOWHERE for each in (self.old, self.new))
        return old, new


def compare_delegations(old: CheckedPolicySet, new: CheckedPolicySet) -> Iterator[Handed]:
    """Yield what is not handed down alike, to each level by itself."""
    before, after = _by_target(old), _by_target(new)
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        lines = tuple(_lines(one, other))
        if one is None or other is None or lines:
            yield Handed(_name(other or one), one, other, lines)


def _by_target(policy: CheckedPolicySet) -> dict[tuple[str, str, str], Delegation]:
    """The set itself counts before those above it."""
    found: dict[tuple[str, str, str], Delegation] = {}
    for each in policy.delegations:
        found.setdefault((each.level.text, each.subject, each.target.text), each)
    return found


def _name(delegation: Delegation | None) -> Phrase:
    assert delegation is not None
    subject, level, target = _SUBJECTS[delegation.subject], delegation.level, delegation.target
    return Phrase(
        f"{level.text} {subject.zh} {target.text}", f"{level.text}, {subject.en} {target.text}"
    )


# --- part by part --------------------------------------------------------------------------------


def _parts(delegation: Delegation | None) -> Iterator[tuple[Phrase, Phrase]]:
    """Yield each part with what it says."""
    yield Phrase("增列", "additions"), _additions(delegation)
    having = [each.text for each in delegation.having] if delegation else []
    yield Phrase("须有", "having"), listed(having)
    via = delegation.via.text if delegation and delegation.via else ""
    yield Phrase("经", "via"), Phrase(via, via) if via else NONE
    yield Phrase("幅度", "within"), _bounds(delegation)


def _additions(delegation: Delegation | None) -> Phrase:
    if delegation is None:
        return NONE
    return Phrase("可以", "may be made") if delegation.additions else Phrase("不可", "may not")


def _lines(old: Delegation | None, new: Delegation | None) -> Iterator[Phrase]:
    for (name, one), (_, other) in zip(_parts(old), _parts(new), strict=True):
        if one != other:
            yield was_and_is(name, one, other)


def _bounds(delegation: Delegation | None) -> Phrase:
    low, high = (delegation.low, delegation.high) if delegation else (None, None)
    if low is not None and high is not None:
        most = _quantity(high)
        return Phrase(f"{_plain(low.value)}至{most.zh}", f"{_plain(low.value)} to {most.en}")
    if low is not None:
        least = _quantity(low)
        return Phrase(f"不少于{least.zh}", f"at least {least.en}")
    if high is not None:
        most = _quantity(high)
        return Phrase(f"不超过{most.zh}", f"at most {most.en}")
    return NONE


def _quantity(quantity: Quantity) -> Phrase:
    return amount(quantity.value, quantity.measure)


def _plain(value: Decimal) -> str:
    return f"{value:f}"
