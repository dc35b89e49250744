"""Classes of facts in words: what tells the values of some classes from all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from zhunru.analysis.axes import Axis
from zhunru.analysis.classes import UNLISTED
from zhunru.analysis.reads import Asked, Part
from zhunru.analysis.space import Space
from zhunru.checker.resolved import (
    NOTHING,
    OUTSIDE,
    BelongsTo,
    FieldValue,
    IsUnit,
)
from zhunru.checker.words import Phrase, amount, at_least, at_most, joined
from zhunru.explain.phrases import lists_of, on_lists, one_of, quota_named, register_held, show
from zhunru.vocabulary import TypeName

_FEW = 4  # values that are listed
Classes = tuple[int, ...]


class Words:
    """Describes classes of the axes of a space, as one of its parts sees them."""

    def __init__(self, space: Space, part: Part) -> None:
        self.space = space
        self.part = part
        self._tested: dict[Asked, list[tuple[Phrase, set[int]]]] = {}

    def of_box(self, box: dict[int, Classes]) -> Phrase:
        """Return in words that every fact of a box is in its classes."""
        parts = [self.of(self.space.axes[level], classes) for level, classes in box.items()]
        if not parts:
            return Phrase("任何情形", "any case")
        if len(parts) > 1:
            parts = [_bracketed(part) for part in parts]
        return joined(parts, "且", " and ")

    def of(self, axis: Axis, classes: Classes) -> Phrase:
        """Return in words that a fact is in one of some classes."""
        asked = axis.asked
        if asked.kind == "register":
            return register_held(asked.name, asked.scope, held=axis.values[classes[0]])
        if asked.kind == "quota" and axis.ends:
            return _used(axis, classes)
        if asked.kind == "quota":
            room = axis.values[classes[0]]
            zh, en = ("未满", "has room") if room else ("已满", "is spent")
            return Phrase(f"{quota_named(asked.name).zh}{zh}", f"{asked.name} {en}")
        name = "收件日期" if asked.kind == "received" else asked.name
        told = self._values(axis, classes)
        return Phrase(f"{name}{told.zh}", f"{name} {told.en}")

    def _values(self, axis: Axis, classes: Classes) -> Phrase:
        some = [at for at in classes if axis.values[at] is not NOTHING]
        nothing = Phrase("为无", "is none")
        if not some:
            return nothing
        told = self._given(axis, some)
        if len(some) == len(classes):
            return told
        return Phrase(f"{told.zh}或者为无", f"{told.en} or none")

    def _given(self, axis: Axis, classes: Sequence[int]) -> Phrase:
        if axis.ends:
            parts = (self._stretch(axis, first, last) for first, last in _runs(classes))
            return joined(parts, "或者", " or ")
        kind = self._kind(axis)
        if kind is TypeName.UNIT:
            return self._units(axis, classes)
        if kind is TypeName.MATTER:
            return self._matters(axis, classes)
        rest = [at for at in range(len(axis.values)) if at not in classes]
        if len(rest) == 1 and len(classes) > 1 and axis.values[rest[0]] is not NOTHING:
            shown = show(axis.values[rest[0]])
            return Phrase(f"不为{shown.zh}", f"is not {shown.en}")
        return one_of([axis.values[at] for at in classes], _FEW)

    def _kind(self, axis: Axis) -> TypeName | None:
        fields = self.space.fields.get(axis.asked.name)
        return fields[0].type.name if fields and axis.asked.kind == "field" else TypeName.DATE

    # --- numbers and days ----------------------------------------------------------------------

    def _stretch(self, axis: Axis, first: int, last: int) -> Phrase:
        low, high = axis.ends[first][0], axis.ends[last][1]
        if low is not None and low == high:
            shown = self._amount(axis, low)
            return Phrase(f"为{shown.zh}", f"is {shown.en}")
        day = isinstance(low if low is not None else high, date)
        ends = []
        # The first and the last stretch go on to the end of the domain: that end is no news.
        if first and low is not None:
            ends.append(at_least(self._amount(axis, low), day=day))
        numbers = sum(value is not NOTHING for value in axis.values)
        if last + 1 < numbers and high is not None:
            ends.append(at_most(self._amount(axis, high), day=day))
        if not ends:
            return Phrase("已填", "is given")
        return joined(ends, "且", " and ")

    def _amount(self, axis: Axis, value: Any) -> Phrase:
        fields = self.space.fields.get(axis.asked.name)
        if isinstance(value, Decimal) and fields:
            return amount(value, fields[0].type.measure)
        return show(value)

    # --- units and matters ---------------------------------------------------------------------

    def _units(self, axis: Axis, classes: Sequence[int]) -> Phrase:
        """Units by a test of the clauses that they all pass and no other does, or the reverse."""
        wanted = set(classes)
        rest = {at for at, v in enumerate(axis.values) if v is not NOTHING} - wanted
        for named, passing in self._tests(axis):
            if passing == wanted:
                return named
            if passing == rest:
                return _not(named)
        cover = self._cover(axis, wanted)
        if cover:
            return joined(cover, "或者", " or ")
        inner = self._cover(axis, rest) if rest else []
        if inner:
            return joined(map(_not, inner), "且", " and ")
        return one_of([axis.values[at] for at in classes], _FEW)

    def _cover(self, axis: Axis, wanted: set[int]) -> list[Phrase]:
        """Return tests that together just these units pass; none where there are no such."""
        within = [(named, passing) for named, passing in self._tests(axis) if passing <= wanted]
        chosen: list[Phrase] = []
        left = set(wanted)
        while left and within and len(chosen) < _FEW:
            # Greedy: the fewest tests are not sought, a short sentence is enough.
            named, passing = max(within, key=lambda each: len(each[1] & left))
            if not passing & left:
                return []
            chosen.append(named)
            left -= passing
        return [] if left else chosen

    def _tests(self, axis: Axis) -> list[tuple[Phrase, set[int]]]:
        """Return the tests of the clauses, with the classes that pass each."""
        found = self._tested.get(axis.asked)
        if found is None:
            found = self._tested[axis.asked] = list(self._try_tests(axis))
        return found

    def _try_tests(self, axis: Axis) -> Iterator[tuple[Phrase, set[int]]]:
        chart, name = self.part.model.chart, axis.asked.name
        units = [(at, v) for at, v in enumerate(axis.values) if isinstance(v, str)]
        yield (
            Phrase("为系统外单位", "is outside the chart"),
            {at for at, unit in units if unit.startswith(OUTSIDE)},
        )
        for reads in self.space.reads:
            for atom in reads.atoms:
                if not isinstance(atom, BelongsTo | IsUnit):
                    continue
                if not isinstance(atom.left, FieldValue) or atom.left.name != name:
                    continue
                below = isinstance(atom, BelongsTo)
                targets = atom.targets if isinstance(atom, BelongsTo) else (atom.target,)
                test = chart.belongs if below else chart.is_target
                names = [target.name for target in targets]
                verb = ("属于", "is of") if below else ("为", "is")
                yield (
                    Phrase(verb[0] + "、".join(names), f"{verb[1]} {', '.join(names)}"),
                    {at for at, unit in units if any(test(unit, target) for target in targets)},
                )

    def _matters(self, axis: Axis, classes: Sequence[int]) -> Phrase:
        """Matters by name if they are few, else by the lists that they are on.

        Where entries that cannot count are left out, a list is no name for those that are kept.
        """
        if len(classes) <= _FEW:
            return self._named(axis, classes)
        on = lists_of(self.part.plan, (axis.values[at] for at in classes))
        rest = [at for at in range(len(axis.values)) if at not in classes]
        off = lists_of(self.part.plan, (axis.values[at] for at in rest))
        if on <= self._whole and not on & off:
            return on_lists(on, yes=True)
        if off and off <= self._whole and not on & off:
            return on_lists(off, yes=False)
        if 0 < len(rest) <= _FEW and "" not in off:
            return _not(self._named(axis, rest))
        shown, count = self._named(axis, classes), len(classes)
        return Phrase(f"{shown.zh} {count} 项", f"{shown.en} ({count} in all)")

    def _named(self, axis: Axis, classes: Sequence[int]) -> Phrase:
        return one_of([_matter(axis.values[at]) for at in classes], _FEW)

    @cached_property
    def _whole(self) -> set[str]:
        """Return the lists all of whose entries are asked about."""
        plan = self.part.plan
        kept, every = (
            Counter(clause.list_name for clause in each.clauses if clause.origin == "entry")
            for each in (plan, self.part.policy.plan(plan.head.name))
        )
        return {name for name, count in kept.items() if every[name] == count}


def _used(axis: Axis, classes: Sequence[int]) -> Phrase:
    """Return in words how often a quota is used, where sets have limits of their own."""
    told = []
    for first, last in _runs([at for at in classes if axis.values[at] is not True]):
        low, high = axis.ends[first][0], axis.ends[last][1]
        if high is None:
            told.append(Phrase(f"不少于{low}次", f"at least {low} times"))
        elif low == high:
            told.append(Phrase(f"{low}次", f"{low} times"))
        else:
            told.append(Phrase(f"{low}至{high}次", f"{low} to {high} times"))
    name = axis.asked.name
    quota = quota_named(name).zh
    zh, en = joined(told, "或者", " or ")
    counted = any(axis.values[at] is True for at in classes)
    if counted and not told:
        return Phrase(f"{quota}已经计入", f"it is counted in {name} already")
    return Phrase(f"{quota}已用{zh}", f"{name} is used {en}")


def _bracketed(part: Phrase) -> Phrase:
    """Put a choice into brackets, so that what is joined to it does not belong to its last part."""
    if "或者" not in part.zh:
        return part
    return Phrase(f"（{part.zh}）", f"({part.en})")


def _matter(value: Any) -> Any:
    return "未列入清单的事项" if value == UNLISTED else value


def _not(told: Phrase) -> Phrase:
    return Phrase(f"不{told.zh}", told.en.replace("is", "is not", 1))


def _runs(classes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each row of neighbours."""
    if not classes:
        return
    first = last = classes[0]
    for at in classes[1:]:
        if at != last + 1:
            yield first, last
            first = at
        last = at
    yield first, last
