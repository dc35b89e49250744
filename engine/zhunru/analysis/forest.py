"""Decision diagrams over finite classes: every question about all requests is one of these.

A diagram is a number in a `Forest`. It asks one axis after the other, in the order of the levels,
and ends in a value (a truth, an outcome, anything hashable). Equal diagrams are the same number,
so "no request" is `forest.no`, "every request" is `forest.yes`, and two sets of requests are equal
iff their numbers are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

END = 1 << 40  # the level of what ends a diagram: below every axis
MOST_NODES = 1_000_000
_WIDE = 24  # classes from which on equal ones are taken together

Op = Callable[[Any, Any], Hashable]
Path = dict[int, int]  # level to class
Box = dict[int, tuple[int, ...]]  # level to the classes it holds; a level left out: all of them


class TooLarge(Exception):
    """A diagram grew past its bound; what was asked stays undecided."""


class Forest:
    """Diagrams over axes of `sizes` classes each; at most `most` nodes."""

    def __init__(self, sizes: Sequence[int], most: int = MOST_NODES) -> None:
        self.sizes = list(sizes)
        self.most = most
        self._level: list[int] = []
        self._kids: list[tuple[int, ...]] = []
        self._value: list[Any] = []
        self._nodes: dict[tuple[int, tuple[int, ...]], int] = {}
        self._ends: dict[Any, int] = {}
        self._memo: dict[Any, dict[Any, int]] = {}
        self.no = self._ends[_key(False)] = self._add(END, (), False)
        self.yes = self._ends[_key(True)] = self._add(END, (), True)

    def __len__(self) -> int:
        return len(self._level)

    # --- making ------------------------------------------------------------------------------

    def end(self, value: Hashable) -> int:
        """Return the diagram that is `value` for every request."""
        if value is True or value is False:  # by far the most that is asked for
            return self.yes if value else self.no
        key = _key(value)
        found = self._ends.get(key)
        if found is None:
            found = self._ends[key] = self._add(END, (), value)
        return found

    def node(self, level: int, kids: tuple[int, ...]) -> int:
        """Return the diagram that goes on with `kids[c]` where the axis is in class `c`."""
        first = kids[0]
        # An axis that changes nothing is not asked: only so are equal numbers equal sets.
        if kids.count(first) == len(kids):
            return first
        key = (level, kids)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = self._add(level, kids, None)
        return found

    def _add(self, level: int, kids: tuple[int, ...], value: Any) -> int:
        if len(self._level) >= self.most:
            raise TooLarge
        self._level.append(level)
        self._kids.append(kids)
        self._value.append(value)
        return len(self._level) - 1

    def of(self, level: int, values: Iterable[Hashable]) -> int:
        """Return the diagram that is `values[c]` where the axis at `level` is in class `c`."""
        return self.node(level, tuple(self.end(value) for value in values))

    # --- looking -----------------------------------------------------------------------------

    def level(self, diagram: int) -> int:
        """Return the level of the axis that is asked first (`END`: none)."""
        return self._level[diagram]

    def kids(self, diagram: int) -> tuple[int, ...]:
        """Return where each class of that axis leads."""
        return self._kids[diagram]

    def value(self, diagram: int) -> Any:
        """Return the value of a diagram that asks nothing."""
        return self._value[diagram]

    def at(self, diagram: int, path: Mapping[int, int]) -> Any:
        """Return the value for the request whose classes are `path`."""
        while self._level[diagram] != END:
            diagram = self._kids[diagram][path[self._level[diagram]]]
        return self._value[diagram]

    def asked(self, diagram: int, path: Mapping[int, int]) -> list[int]:
        """Return the levels that decide the value for the request whose classes are `path`."""
        found = []
        while self._level[diagram] != END:
            found.append(self._level[diagram])
            diagram = self._kids[diagram][path[found[-1]]]
        return found

    def below(self, *diagrams: int) -> Iterator[int]:
        """Yield every diagram that these are made of, each once."""
        seen = set(diagrams)
        waiting = list(seen)
        while waiting:
            diagram = waiting.pop()
            yield diagram
            for kid in self._kids[diagram]:
                if kid not in seen:
                    seen.add(kid)
                    waiting.append(kid)

    def levels(self, *diagrams: int) -> set[int]:
        """Return the levels of the axes on which the values hang."""
        return {self._level[each] for each in self.below(*diagrams)} - {END}

    def values(self, *diagrams: int) -> list[Any]:
        """Return the values that occur, in the order in which they were made."""
        ends = sorted(each for each in self.below(*diagrams) if self._level[each] == END)
        return [self._value[each] for each in ends]

    # --- computing ---------------------------------------------------------------------------

    def both(self, one: int, other: int) -> int:
        """Return where both hold."""
        no, yes = self.no, self.yes
        if one == no or other == no:
            return no
        if one in (yes, other):
            return other
        if other == yes:
            return one
        # Ordered by number, so that a pair asked for both ways round is in the memory once.
        return self._merge("and", self.both, one, other) if one < other else self.both(other, one)

    def either(self, one: int, other: int) -> int:
        """Return where one of two holds."""
        no, yes = self.no, self.yes
        if one == yes or other == yes:
            return yes
        if one in (no, other):
            return other
        if other == no:
            return one
        found = self.either(other, one) if one > other else None
        return self._merge("or", self.either, one, other) if found is None else found

    def but(self, one: int, other: int) -> int:
        """Return where `one` holds and `other` does not."""
        return self.both(one, self.negated(other))

    def negated(self, one: int) -> int:
        """Return where it does not hold."""
        return self.mapped("not", _negated, one)

    def every(self, parts: Iterable[int]) -> int:
        """Return where all of `parts` hold."""
        found = self.yes
        for part in parts:
            found = self.both(found, part)
        return found

    def some(self, parts: Iterable[int]) -> int:
        """Return where any of `parts` holds."""
        found = self.no
        for part in parts:
            found = self.either(found, part)
        return found

    def _merge(self, name: Hashable, again: Callable[[int, int], int], one: int, other: int) -> int:
        memo = self._memo.setdefault(name, {})
        key = (one, other)
        found = memo.get(key)
        if found is None:
            level, lefts, rights = self._abreast(one, other)
            kids = _each(again, lefts, rights)
            found = memo[key] = self.node(level, kids)
        return found

    def _abreast(self, one: int, other: int) -> tuple[int, Sequence[int], Sequence[int]]:
        """Return the first level of two diagrams, and the parts of each below it."""
        here, there = self._level[one], self._level[other]
        if here == there:
            return here, self._kids[one], self._kids[other]
        if here < there:
            return here, self._kids[one], (other,) * self.sizes[here]
        return there, (one,) * self.sizes[there], self._kids[other]

    def mapped(self, name: Hashable, op: Callable[[Any], Hashable], one: int) -> int:
        """Return the diagram of `op` of the values; `name` stands for `op` in the memory."""
        memo = self._memo.setdefault(("map", name), {})
        found = memo.get(one)
        if found is None:
            if self._level[one] == END:
                found = self.end(op(self._value[one]))
            else:
                kids = _each(partial(self.mapped, name, op), self._kids[one])
                found = self.node(self._level[one], kids)
            memo[one] = found
        return found

    def joined(self, name: Hashable, op: Op, one: int, other: int) -> int:
        """Return the diagram of `op` of both values; `name` stands for `op` in the memory."""
        memo = self._memo.setdefault(("join", name), {})
        key = (one, other)
        found = memo.get(key)
        if found is None:
            if self._level[one] == END and self._level[other] == END:
                found = self.end(op(self._value[one], self._value[other]))
            else:
                level, lefts, rights = self._abreast(one, other)
                found = self.node(level, _each(partial(self.joined, name, op), lefts, rights))
            memo[key] = found
        return found

    def first(self, one: int, other: int) -> int:
        """Return the values of `one`; where it is None, those of `other`."""
        if self._level[one] == END:
            return other if self._value[one] is None else one
        if one == other or (self._level[other] == END and self._value[other] is None):
            return one
        return self._merge("first", self.first, one, other)

    def chosen(self, test: int, then: int, otherwise: int) -> int:
        """Return `then` where `test` holds, else `otherwise`."""
        if test == self.yes or then == otherwise:
            return then
        if test == self.no:
            return otherwise
        memo = self._memo.setdefault("choose", {})
        key = (test, then, otherwise)
        found = memo.get(key)
        if found is None:
            # `END` lies behind all levels, so a part that asks nothing never comes first.
            level = min(self._level[test], self._level[then], self._level[otherwise])
            columns = [self._parts(each, level) for each in key]
            found = memo[key] = self.node(level, self._chosen_each(*columns))
        return found

    def _chosen_each(
        self, tests: Sequence[int], then: Sequence[int], otherwise: Sequence[int]
    ) -> tuple[int, ...]:
        """Return `chosen` of each row; a row of a table is told no in all but a few classes."""
        no = self.no
        return tuple(
            [
                other if test == no else self.chosen(test, one, other)
                for test, one, other in zip(tests, then, otherwise, strict=True)
            ]
        )

    def _parts(self, diagram: int, level: int) -> Sequence[int]:
        if self._level[diagram] == level:
            return self._kids[diagram]
        return (diagram,) * self.sizes[level]

    def within(self, diagram: int, level: int, at: int) -> int:
        """Return the diagram for requests of class `at` on one axis."""
        here = self._level[diagram]
        if here > level:
            return diagram
        if here == level:
            return self._kids[diagram][at]
        memo = self._memo.setdefault(("within", level, at), {})
        found = memo.get(diagram)
        if found is None:
            kids = tuple([self.within(kid, level, at) for kid in self._kids[diagram]])
            found = memo[diagram] = self.node(here, kids)
        return found

    def spread(self, level: int, parts: Sequence[int]) -> int:
        """Return the diagram that is `parts[c]` where the axis at `level` is in class `c`.

        The parts do not ask that axis, but may ask axes before it.
        """
        memo: dict[tuple[int, ...], int] = {}

        def at(parts: tuple[int, ...]) -> int:
            found = memo.get(parts)
            if found is None:
                top = min(self._level[part] for part in parts)
                # All parts begin below the axis: here its own question comes in.
                if top > level:
                    found = self.node(level, parts)
                else:
                    rows = zip(*(self._parts(part, top) for part in parts), strict=True)
                    found = self.node(top, tuple([at(row) for row in rows]))
                memo[parts] = found
            return found

        return at(tuple(parts))

    def any_of(self, diagram: int, level: int) -> int:
        """Return where it holds for some class of one axis, whatever the request's own is."""
        here = self._level[diagram]
        if here > level:
            return diagram
        if here == level:
            return self.some(self._kids[diagram])
        memo = self._memo.setdefault(("any", level), {})
        found = memo.get(diagram)
        if found is None:
            kids = tuple([self.any_of(kid, level) for kid in self._kids[diagram]])
            found = memo[diagram] = self.node(here, kids)
        return found

    # --- boxes -------------------------------------------------------------------------------

    def meets(self, diagram: int, box: Box) -> bool:
        """Tell whether it holds for some request of a box."""
        last = max(box, default=-1)
        seen = {self.no}
        waiting = [diagram]
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            level = self._level[each]
            if level > last:  # nothing more is barred, and what is not `no` holds somewhere
                return True
            kids = self._kids[each]
            waiting.extend([kids[at] for at in box[level]] if level in box else kids)
        return False

    def inside(self, diagram: int, box: Box) -> int:
        """Return where it holds within a box."""
        return self._carved(diagram, box, outside=False)

    def outside(self, diagram: int, box: Box) -> int:
        """Return where it holds outside a box."""
        return self._carved(diagram, box, outside=True)

    def _carved(self, diagram: int, box: Box, *, outside: bool) -> int:
        """Return a part of a diagram; only the branches that a box goes into are made anew."""
        levels = sorted(box)
        memo: dict[tuple[int, int], int] = {}

        def carved(each: int, place: int) -> int:
            if each == self.no:
                return each
            if place == len(levels):
                return self.no if outside else each
            found = memo.get((each, place))
            if found is None:
                here, level = self._level[each], levels[place]
                if here < level:
                    kids = self._kids[each]
                    made = {kid: carved(kid, place) for kid in dict.fromkeys(kids)}
                    found = self.node(here, tuple([made[kid] for kid in kids]))
                else:
                    parts = self._parts(each, level)
                    rest = list(parts) if outside else [self.no] * len(parts)
                    for at in box[level]:
                        rest[at] = carved(parts[at], place + 1)
                    found = self.node(level, tuple(rest))
                memo[(each, place)] = found
            return found

        return carved(diagram, 0)

    def first_box(self, diagram: int) -> Box:
        """Return a box of requests that a diagram holds for, all of them; it must for some.

        Where one class says all, it is taken: what is left does not hang on it any more.
        """
        box: Box = {}
        while self._level[diagram] != END:
            kids = self._kids[diagram]
            first = self.yes if self.yes in kids else next(kid for kid in kids if kid != self.no)
            box[self._level[diagram]] = tuple([at for at, kid in enumerate(kids) if kid == first])
            diagram = first
        return box

    def levels_by_part(self, diagram: int) -> dict[int, frozenset[int]]:
        """Return the levels of the axes that each part of a diagram asks."""
        found: dict[int, frozenset[int]] = {}
        for each in self._upward(diagram):
            level = self._level[each]
            own = () if level == END else (level,)
            found[each] = frozenset(own).union(*(found[k] for k in dict.fromkeys(self._kids[each])))
        return found

    # --- reading off -------------------------------------------------------------------------

    def least(
        self,
        diagram: int,
        wanted: Callable[[Any], bool] = bool,
        price: Callable[[int, int], Any] | None = None,
    ) -> Path | None:
        """Return the cheapest way to a wanted value: fewest axes asked, then first classes.

        `price(level, class)` is what an answer costs, a pair (count, size); None of a diagram
        that has no wanted value.
        """
        pay = price or (lambda level, at: (1, at))
        best: dict[int, tuple[Any, int] | None] = {}
        for each in self._upward(diagram):
            if self._level[each] == END:
                best[each] = ((0, 0), -1) if wanted(self._value[each]) else None
                continue
            ways = []
            for at, kid in enumerate(self._kids[each]):
                onward = best[kid]
                if onward is not None:
                    step = pay(self._level[each], at)
                    ways.append(((onward[0][0] + step[0], onward[0][1] + step[1]), at))
            best[each] = min(ways, default=None)
        return self._walked(diagram, best)

    def _upward(self, diagram: int) -> list[int]:
        """Return every part of a diagram, those below first."""
        return sorted(self.below(diagram))  # a part is always made before what asks for it

    def _walked(self, diagram: int, best: Mapping[int, tuple[Any, int] | None]) -> Path | None:
        path: Path = {}
        while self._level[diagram] != END:
            way = best[diagram]
            if way is None:
                return None
            path[self._level[diagram]] = way[1]
            diagram = self._kids[diagram][way[1]]
        return path if best[diagram] is not None else None

    def share(
        self,
        diagram: int,
        weights: Mapping[int, Sequence[Fraction]],
        wanted: Callable[[Any], bool] = bool,
    ) -> Fraction:
        """Return which part of all requests has a wanted value; `weights` add up to 1 an axis."""
        found: dict[int, Fraction] = {}
        for each in self._upward(diagram):
            if self._level[each] == END:
                found[each] = Fraction(1 if wanted(self._value[each]) else 0)
            else:
                shares = weights[self._level[each]]
                pairs = zip(shares, self._kids[each], strict=True)
                found[each] = sum((share * found[kid] for share, kid in pairs), Fraction(0))
        return found[diagram]


def _each(op: Callable[..., int], *columns: Sequence[int]) -> tuple[int, ...]:
    """Return what `op` gives for each row of some columns; it is asked once for equal rows.

    A wide axis (days, matters) has few different parts below it, so most of its rows are equal.
    """
    if len(columns[0]) < _WIDE:
        return tuple(map(op, *columns))
    rows = tuple(zip(*columns, strict=True))
    known = {row: op(*row) for row in dict.fromkeys(rows)}
    return tuple([known[row] for row in rows])


def _key(value: Any) -> Any:
    """Return what tells values apart: True, 1 and Decimal(1) are three of them."""
    if isinstance(value, tuple):
        return (type(value), tuple([_key(each) for each in value]))
    return (type(value), value)


def _negated(value: Any) -> bool:
    return value is not True
