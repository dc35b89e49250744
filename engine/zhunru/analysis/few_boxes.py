"""Few and wide boxes of a diagram: the fewer and the wider, the shorter they are in words.

Where each entry of a list has a quota of its own there are as many boxes as entries. So nothing
here walks through all entries for each box: what a box comes to is looked for in its own branch,
and what holds for every other branch is found once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from zhunru.analysis.forest import Box, Forest

_MOST_BOXES = 400  # boxes of one outcome that are put into words
_WIDE = 24  # classes from which on those are looked at again only that a box has more to say of


def few_boxes(forest: Forest, hits: int, possible: int, most: int = _MOST_BOXES) -> list[Box]:
    """Return few and wide boxes of the hits that can be, and of no other request that can be;
    they may overlap, and hold all of them unless there are `most`."""
    barred = _Barred(forest, forest.but(possible, hits))
    boxes: list[Box] = []
    wanted = left = forest.both(hits, possible)
    while left != forest.no and len(boxes) < most:
        wide = barred.widened(forest.first_box(left))
        boxes.append(wide)
        left = forest.outside(left, wide)
    boxes.sort(key=len)
    # Where some of the hits are in no box, none is left out.
    return boxes if left != forest.no else _without_spare(forest, boxes, wanted)


class _Barred:
    """What no box may come to hold."""

    def __init__(self, forest: Forest, barred: int) -> None:
        self._forest = forest
        self._barred = barred
        self._free: dict[tuple[int, tuple[tuple[int, tuple[int, ...]], ...]], frozenset[int]] = {}
        self._asking: dict[int, dict[int, list[int]]] = {}

    def widened(self, box: Box) -> Box:
        """Drop conditions, then add classes, as long as nothing of another outcome comes in.

        What hangs on little goes first: the last facts, those that most clauses hang on stay.
        """
        for level in sorted(box, reverse=True):
            smaller = {key: classes for key, classes in box.items() if key != level}
            if not self._forest.meets(self._barred, smaller):
                box = smaller
        for level in sorted(box):
            smaller = {key: classes for key, classes in box.items() if key != level}
            box = {**box, level: self._classes(level, smaller)}
        return box

    def _classes(self, level: int, box: Box) -> tuple[int, ...]:
        """Return the classes of an axis with which a box holds nothing that is barred."""
        forest = self._forest
        free = set(range(forest.sizes[level]))
        below = {key: classes for key, classes in box.items() if key > level}
        for each in self._reached(level, box):
            if forest.level(each) == level:
                free &= self._free_of(each, below)
            elif forest.meets(each, below):
                free.clear()
        return tuple(sorted(free))

    def _reached(self, level: int, box: Box) -> list[int]:
        """Return the parts at a level, or below it, to which requests of a box come."""
        forest, found = self._forest, []
        waiting, seen = [self._barred], {forest.no}
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            here = forest.level(each)
            if here >= level:
                found.append(each)
                continue
            kids = forest.kids(each)
            waiting.extend([kids[at] for at in box[here]] if here in box else kids)
        return found

    def _free_of(self, node: int, box: Box) -> frozenset[int] | set[int]:
        """Return the classes of a part that lead to nothing that is barred within a box."""
        kids = self._forest.kids(node)
        if len(kids) < _WIDE:
            return {at for at, kid in enumerate(kids) if not self._forest.meets(kid, box)}
        asking = self._asking_of(node)
        # A quota of one entry is asked in one class: all others are what they are without it.
        own = {key for key in box if len(asking.get(key, ())) * _WIDE <= len(kids)}
        common = tuple(sorted((key, box[key]) for key in box if key not in own))
        free = self._free.get((node, common))
        if free is None:
            shared = dict(common)
            free = self._free[(node, common)] = frozenset(
                at for at, kid in enumerate(kids) if not self._forest.meets(kid, shared)
            )
        again = {at for key in own for at in asking.get(key, ())} - free
        return free.union(at for at in again if not self._forest.meets(kids[at], box))

    def _asking_of(self, node: int) -> dict[int, list[int]]:
        """Return, for each axis below a part, the classes of the part that lead to it."""
        found = self._asking.get(node)
        if found is None:
            found = self._asking[node] = {}
            for at, kid in enumerate(self._forest.kids(node)):
                for level in self._levels[kid]:
                    found.setdefault(level, []).append(at)
        return found

    @cached_property
    def _levels(self) -> dict[int, frozenset[int]]:
        """Return the axes that each part of what is barred asks."""
        return self._forest.levels_by_part(self._barred)


def _without_spare(forest: Forest, boxes: Sequence[Box], wanted: int) -> list[Box]:
    """Leave out boxes that the others cover, the narrowest first; together they hold all that is
    wanted, so a box is spare if the others hold what it does."""
    # Of two of one width the one that says something further down comes first: what is cut off
    # further up is then put above it, and nothing that was made is walked through again.
    ranked = sorted(boxes, key=lambda box: (len(box), *sorted(-each for each in box)))
    meeting = _Meeting(ranked)
    numbers = {id(box): number for number, box in enumerate(ranked)}
    kept = (1 << len(boxes)) - 1
    for box in sorted(boxes, key=len, reverse=True):
        number = numbers[id(box)]
        own = forest.inside(wanted, box)
        kept &= ~(1 << number)
        others, looked, seen = kept & meeting.with_box(box), 0, own
        while others and own != forest.no:
            first = others & -others  # the widest come first, and hold the most
            others ^= first
            own = forest.outside(own, ranked[first.bit_length() - 1])
            looked += 1
            # Often all others meet it in one class only, that of matters that are not listed. A
            # box that many others do cut is looked at again a few times only.
            if own != seen and not looked & (looked - 1):
                seen, box = own, _narrowed(forest, own, box)
                others &= meeting.with_box(box)
        if own != forest.no:
            kept |= 1 << number
    return [box for box in boxes if kept >> numbers[id(box)] & 1]


def _narrowed(forest: Forest, diagram: int, box: Box) -> Box:
    """Leave out the classes of a box in which a diagram holds nowhere."""
    return {
        level: tuple([at for at in classes if forest.meets(diagram, {level: (at,)})])
        for level, classes in box.items()
    }


class _Meeting:
    """Which boxes share a class with another on every axis; bit `n` stands for box `n`."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._every = (1 << len(boxes)) - 1
        self._saying: dict[int, int] = {}  # by axis, the boxes that say something of it
        self._holding: dict[tuple[int, int], int] = {}
        for number, box in enumerate(boxes):
            for level, classes in box.items():
                self._saying[level] = self._saying.get(level, 0) | 1 << number
                for at in classes:
                    self._holding[(level, at)] = self._holding.get((level, at), 0) | 1 << number

    def with_box(self, box: Box) -> int:
        """Return the boxes that meet a box, itself among them."""
        shared = self._every
        for level, classes in box.items():
            here = self._every & ~self._saying.get(level, 0)
            for at in classes:
                here |= self._holding.get((level, at), 0)
            shared &= here
        return shared
