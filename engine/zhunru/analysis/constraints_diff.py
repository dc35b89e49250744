"""约束 of a workflow in two sets: which came, went, or say otherwise of the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from zhunru.analysis.changes import Change
from zhunru.analysis.picture import body_text
from zhunru.checker.flow_words import length_text
from zhunru.checker.resolved_flows import (
    Apart,
    Constraint,
    Entails,
    Exactly,
    Longest,
    ResolvedWorkflow,
    Withheld,
    Without,
)
from zhunru.checker.words import Phrase
from zhunru.diagnostics import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class ConstraintChange:
    """A constraint that only one workflow has, or that says otherwise; both texts, both places."""

    change: Change
    old_text: Phrase | None = None
    new_text: Phrase | None = None
    old: Span = NOWHERE
    new: Span = NOWHERE


def compare_constraints(old: ResolvedWorkflow, new: ResolvedWorkflow) -> Iterator[ConstraintChange]:
    """Yield the constraints that are not in both; two about the same thing are held together."""
    gone = [each for each in old.constraints if each not in new.constraints]
    come = [each for each in new.constraints if each not in old.constraints]
    for one in gone:
        other = _counterpart(one, come)
        if other is None:
            yield ConstraintChange("removed", constraint_text(one), old=one.span)
            continue
        come.remove(other)
        texts = (constraint_text(one), constraint_text(other))
        yield ConstraintChange("changed", *texts, one.span, other.span)
    for other in come:
        yield ConstraintChange("added", new_text=constraint_text(other), new=other.span)


def _counterpart(one: Constraint, come: Sequence[Constraint]) -> Constraint | None:
    """Return what the new set says of the same: all subjects alike at best."""
    alike = [each for each in come if type(each) is type(one)]
    for subjects in _subjects(one):
        for each in alike:
            if subjects in _subjects(each):
                return each
    return None


def _subjects(constraint: Constraint) -> list[tuple[Any, ...]]:
    """Return what a constraint is about, in two ways for those that are about two things."""
    match constraint:
        case Without(steps=steps, target=target):
            return [("target", target), ("steps", steps)]
        case Longest(start=start, ends=ends):
            return [(start, ends), ("from", start), ("to", ends)]
        case Apart(left=left, right=right):
            return [(left, right), ("left", left), ("right", right)]
        case Entails(start=start, target=target):
            return [("start", start), ("target", target)]
        case Withheld(secret=secret, from_=body):
            return [("secret", secret), ("from", body)]
        case Exactly(role=role):
            return [("role", role)]


# --- in words ------------------------------------------------------------------------------------


def constraint_text(constraint: Constraint) -> Phrase:
    """Return a constraint as it is written, without its keyword."""
    match constraint:
        case Without(steps=steps, any_of=any_of, target=target):
            zh, en = (" 或 ", " or ") if any_of else ("、", " and ")
            return Phrase(f"未经 {zh.join(steps)} 不得 {target}",
                          f"never {target} without {en.join(steps)}")  # fmt: skip
        case Longest(start=start, ends=ends, length=length):
            zh, en = (length_text(length.amount, length.measure, lang) for lang in ("zh", "en"))
            return Phrase(f"自 {start} 至 {' 或 '.join(ends)} 不超过 {zh}",
                          f"from {start} to {' or '.join(ends)} at most {en}")  # fmt: skip
        case Entails(start=start, target=target):
            return Phrase(f"凡 {start} 必有 {target}", f"where {start} also {target}")
        case Exactly(number=number, role=role):
            return Phrase(f"每件 恰有 {number} 个 {role}", f"each case exactly {number} {role}")
        case Withheld(secret=secret, from_=body):
            return Phrase(f"{secret} 不得送达 {body_text(body)}",
                          f"{secret} is withheld from {body_text(body, 'en')}")  # fmt: skip
        case Apart():
            return _apart(constraint)


def _apart(constraint: Apart) -> Phrase:
    one = Phrase("同一人", "person") if constraint.by == "person" else Phrase("同一单位", "unit")
    left, right = constraint.left, constraint.right
    return Phrase(
        f"{'、'.join(left)} 与 {'、'.join(right)} 不得由{one.zh}承担",
        f"{', '.join(left)} and {', '.join(right)} never by one {one.en}",
    )
